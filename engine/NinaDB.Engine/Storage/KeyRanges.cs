using NinaDB.Engine.Types;

namespace NinaDB.Engine.Storage;

/// <summary>Turns conditions on key columns into byte ranges.</summary>
internal static class KeyRanges
{
    /// <summary>The least byte string greater than every string that starts with <paramref name="prefix"/>; null when there is none.</summary>
    public static byte[]? Successor(ReadOnlySpan<byte> prefix)
    {
        int length = prefix.Length;
        while (length > 0 && prefix[length - 1] == 0xFF)
        {
            length--;
        }

        if (length == 0)
        {
            return null;
        }

        byte[] result = prefix[..length].ToArray();
        result[length - 1]++;
        return result;
    }

    /// <summary>See <see cref="TableAccess.Range"/>.</summary>
    public static KeyRange Of(
        IndexLayout index, ReadOnlySpan<SqlValue> prefix, SqlValue? lower, bool lowerInclusive, SqlValue? upper, bool upperInclusive, bool includeNull)
    {
        var writer = new ByteWriter(64);
        for (int i = 0; i < prefix.Length; i++)
        {
            KeyCodec.Encode(ref writer, prefix[i], index.KeyTypes[i], index.KeyDescending[i]);
        }

        if (lower is null && upper is null)
        {
            if (prefix.Length == index.KeyOrdinals.Length && index.IsUnique && prefix.Length > 0)
            {
                return KeyRange.Exactly(writer.ToArray());
            }

            return prefix.Length == 0 ? KeyRange.All : new KeyRange(writer.ToArray(), true, Successor(writer.Written), false);
        }

        SqlType type = index.KeyTypes[prefix.Length];
        bool descending = index.KeyDescending[prefix.Length];
        if (descending)
        {
            // Bytes run against the values: what bounds the values from above bounds the bytes from below.
            (lower, upper) = (upper, lower);
            (lowerInclusive, upperInclusive) = (upperInclusive, lowerInclusive);
        }

        int start = writer.Length;
        byte[]? low;
        if (lower is { } first)
        {
            KeyCodec.Encode(ref writer, first, type, descending);
            low = lowerInclusive ? writer.ToArray() : Successor(writer.Written);
        }
        else
        {
            // NULLs come first in an ascending column.
            KeyCodec.Encode(ref writer, SqlValue.Null, type, descending);
            low = descending || includeNull ? writer.Written[..start].ToArray() : Successor(writer.Written);
        }

        writer.Truncate(start);
        byte[]? high;
        bool highInclusive = false;
        if (upper is { } last)
        {
            KeyCodec.Encode(ref writer, last, type, descending);
            high = upperInclusive ? Successor(writer.Written) : writer.ToArray();
        }
        else if (descending && !includeNull)
        {
            KeyCodec.Encode(ref writer, SqlValue.Null, type, descending);
            high = writer.ToArray();
        }
        else
        {
            high = Successor(writer.Written);
        }

        return new KeyRange(low is { Length: 0 } ? null : low, true, high, highInclusive);
    }
}
