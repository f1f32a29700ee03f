using NinaDB.Engine.Execution;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Session;

/// <summary>SET TEXTSIZE: how many bytes of max and text values a SELECT sends.</summary>
internal sealed class TextSizeLimit
{
    private readonly int _bytes;
    private readonly (int Ordinal, SqlType Type)[] _columns;

    private TextSizeLimit(int bytes, (int Ordinal, SqlType Type)[] columns)
    {
        _bytes = bytes;
        _columns = columns;
    }

    /// <summary>Null when no value can be too long.</summary>
    public static TextSizeLimit? For(IReadOnlyList<OutputColumn> columns, int textSize)
    {
        if (textSize is < 0 or int.MaxValue)
        {
            return null;
        }

        (int, SqlType)[] limited = [.. columns.Select((c, i) => (i, c.Type)).Where(c => (c.Type.IsMax && (c.Type.IsString || c.Type.IsBinary)) || c.Type.IsLegacyLob)];
        return limited.Length == 0 ? null : new TextSizeLimit(textSize, limited);
    }

    public void Cut(SqlValue[] row)
    {
        foreach ((int ordinal, SqlType type) in _columns)
        {
            SqlValue value = row[ordinal];
            if (value.IsNull)
            {
                continue;
            }

            if (type.IsBinary)
            {
                if ((value.AsLob?.Length ?? value.AsBytes.Length) > _bytes)
                {
                    row[ordinal] = SqlValue.FromBinary(Head(value, _bytes), value.Kind);
                }
            }
            else if (type.IsUnicodeString)
            {
                row[ordinal] = value.AsString.Length > _bytes / 2 ? SqlValue.FromString(value.AsString[..(_bytes / 2)], value.Kind) : value;
            }
            else
            {
                row[ordinal] = SqlValue.FromString(TextEncodings.Truncate(value.AsString, _bytes, type.EffectiveCollation), value.Kind);
            }
        }
    }

    private static byte[] Head(SqlValue value, int count)
    {
        if (value.AsLob is not { } lob)
        {
            return value.AsBytes[..count];
        }

        var head = new byte[count];
        int done = 0;
        while (done < count && lob.Read(done, head.AsSpan(done)) is var read and > 0)
        {
            done += read;
        }

        return head;
    }
}
