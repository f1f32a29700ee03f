using System.Globalization;
using System.Text;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>Format files that are not XML: a version, the number of fields, and a line for each.</summary>
/// <remarks>https://learn.microsoft.com/sql/relational-databases/import-export/non-xml-format-files-sql-server</remarks>
internal static class BulkTextFormat
{
    private static readonly HashSet<string> Versions = new(StringComparer.Ordinal)
    {
        "7.0", "8.0", "9.0", "10.0", "11.0", "12.0", "13.0", "14.0", "15.0", "16.0", "17.0",
    };

    private static readonly Dictionary<string, BulkHostType> HostTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["SQLCHAR"] = BulkHostType.Char, ["SQLNCHAR"] = BulkHostType.NChar, ["SQLBINARY"] = BulkHostType.Binary, ["SQLVARYBIN"] = BulkHostType.Binary,
        ["SQLBIT"] = BulkHostType.Bit, ["SQLTINYINT"] = BulkHostType.TinyInt, ["SQLSMALLINT"] = BulkHostType.SmallInt, ["SQLINT"] = BulkHostType.Int,
        ["SQLBIGINT"] = BulkHostType.BigInt, ["SQLFLT4"] = BulkHostType.Real, ["SQLFLT8"] = BulkHostType.Float, ["SQLMONEY4"] = BulkHostType.SmallMoney,
        ["SQLMONEY"] = BulkHostType.Money, ["SQLDATETIM4"] = BulkHostType.SmallDateTime, ["SQLDATETIME"] = BulkHostType.DateTime, ["SQLDECIMAL"] = BulkHostType.Decimal,
        ["SQLNUMERIC"] = BulkHostType.Decimal, ["SQLUNIQUEID"] = BulkHostType.UniqueIdentifier, ["SQLDATE"] = BulkHostType.Date, ["SQLTIME"] = BulkHostType.Time,
        ["SQLDATETIME2"] = BulkHostType.DateTime2, ["SQLDATETIMEOFFSET"] = BulkHostType.DateTimeOffset, ["SQLUDT"] = BulkHostType.Binary,
    };

    public static BulkFormat Parse(string text, string path)
    {
        string[] lines = text.Split('\n');
        if (!Versions.Contains(lines[0].Trim()))
        {
            throw SqlErrors.Create(4820, path);
        }

        if (lines.Length < 2 || !int.TryParse(lines[1].Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int count))
        {
            throw SqlErrors.Create(4821, path);
        }

        BulkFormat.RequireCount(count, path);
        var fields = new BulkField[count];
        var columns = new List<BulkRowColumn>();
        for (int i = 0; i < count; i++)
        {
            List<string?> parts = i + 2 < lines.Length ? Split(lines[i + 2]) : [];
            fields[i] = Field(parts, i + 1, path, out SqlType type);
            if (fields[i].Column > 0)
            {
                columns.Add(new BulkRowColumn(fields[i].Name, type, i));
            }
        }

        columns.Sort((a, b) => fields[a.Field].Column.CompareTo(fields[b.Field].Column));
        return new BulkFormat(fields, [.. columns]);
    }

    private static BulkField Field(List<string?> parts, int number, string path, out SqlType type)
    {
        string Part(int index) => index < parts.Count ? parts[index] ?? "" : "";
        int? Number(int index) => int.TryParse(Part(index), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;
        if (Number(0) != number)
        {
            throw SqlErrors.Create(4823, path);
        }

        if (!HostTypes.TryGetValue(Part(1), out BulkHostType host))
        {
            throw SqlErrors.Create(4824, number, path);
        }

        if (Number(2) is not (0 or 1 or 2 or 4 or 8) || Number(2) is not { } prefix)
        {
            throw SqlErrors.Create(4825, number, path);
        }

        if (Number(3) is not { } length)
        {
            throw SqlErrors.Create(4826, number, path);
        }

        if (parts.Count < 5 || parts[4] is not ['"', .. var terminator])
        {
            throw SqlErrors.Create(4827, number, path);
        }

        if (Number(5) is not { } column)
        {
            throw SqlErrors.Create(4828, number, path);
        }

        if (parts.Count < 7)
        {
            throw SqlErrors.Create(4829, number, path);
        }

        string collation = Part(7).TrimStart('"');
        if (!BulkFormat.TryEncoding(collation, out Encoding? encoding))
        {
            throw SqlErrors.Create(4839, number, path);
        }

        if (prefix == 0 && terminator.Length == 0 && length == 0)
        {
            throw SqlErrors.Create(4882, number, path);
        }

        type = RowType(host, length);
        return new BulkField
        {
            HostType = host,
            Prefix = prefix,
            Length = length,
            Terminator = BulkFormat.Bytes(terminator, host == BulkHostType.NChar),
            Column = column,
            Name = Part(6).TrimStart('"'),
            Encoding = encoding,
        };
    }

    /// <summary>The type that OPENROWSET gives a field's column.</summary>
    private static SqlType RowType(BulkHostType host, int length) => host switch
    {
        BulkHostType.Char => length is 0 or > 8000 ? SqlType.VarCharMax : SqlType.VarChar(length),
        BulkHostType.NChar => length is < 2 or > 8000 ? SqlType.NVarCharMax : SqlType.NVarChar(length / 2),
        BulkHostType.Binary => length is 0 or > 8000 ? SqlType.VarBinaryMax : SqlType.VarBinary(length),
        _ => BulkNative.TypeOf(host),
    };

    /// <summary>The words of a line; one in quotation marks keeps its first mark and loses its escapes.</summary>
    private static List<string?> Split(string line)
    {
        var parts = new List<string?>();
        int i = 0;
        while (true)
        {
            while (i < line.Length && char.IsWhiteSpace(line[i]))
            {
                i++;
            }

            if (i == line.Length)
            {
                return parts;
            }

            var part = new StringBuilder();
            if (line[i] != '"')
            {
                while (i < line.Length && !char.IsWhiteSpace(line[i]))
                {
                    part.Append(line[i++]);
                }

                parts.Add(part.ToString());
                continue;
            }

            part.Append('"');
            for (i++; i < line.Length && line[i] != '"'; i++)
            {
                if (line[i] != '\\' || i + 1 == line.Length)
                {
                    part.Append(line[i]);
                    continue;
                }

                i++;
                part.Append(BulkOptions.Escaped(line[i]));
            }

            // Without its end it is no terminator.
            parts.Add(i < line.Length ? part.ToString() : null);
            i = Math.Min(i + 1, line.Length);
        }
    }
}
