using System.Globalization;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Types.Json;

/// <summary>A column of OPENJSON ... WITH.</summary>
/// <param name="Path">Where the value is, from each row's object; <see cref="JsonPath.Property"/> of the column's name when none is given.</param>
/// <param name="AsJson">AS JSON: objects and arrays as text; error 13618 unless the type is nvarchar(max) or json.</param>
internal sealed record OpenJsonColumnInfo(SqlType Type, JsonPath Path, bool AsJson);

/// <summary>The rows of OPENJSON.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/functions/openjson-transact-sql.</remarks>
internal static class OpenJson
{
    /// <summary>Type of the key column of the default schema.</summary>
    public static SqlType KeyType { get; } = SqlType.NVarChar(4000, Collation.Find("Latin1_General_BIN2"));

    public static SqlType ValueType => SqlType.NVarCharMax;

    public static SqlType TypeType => SqlType.TinyInt;

    /// <summary>Default schema: key, value, type of every member or element at the path.</summary>
    public static IEnumerable<SqlValue[]> Rows(string json, string? path)
    {
        JsonRange? container = FindContainer(json, path, 1);
        if (container is not { } range)
        {
            yield break;
        }

        if (range.Kind == JsonKind.Array)
        {
            int index = 0;
            foreach (JsonRange element in JsonLookup.Elements(json, range))
            {
                yield return Row(index++.ToString(CultureInfo.InvariantCulture), element, json);
            }

            yield break;
        }

        foreach ((string name, JsonRange value) in JsonLookup.Members(json, range))
        {
            yield return Row(name, value, json);
        }
    }

    /// <summary>WITH schema: one row an element of the array at the path (or the one object there).</summary>
    public static IEnumerable<SqlValue[]> Rows(string json, string? path, IReadOnlyList<OpenJsonColumnInfo> columns, SessionOptions? options = null)
    {
        JsonRange? container = FindContainer(json, path, 2);
        if (container is not { } range)
        {
            yield break;
        }

        IEnumerable<JsonRange> rows = range.Kind == JsonKind.Array ? JsonLookup.Elements(json, range) : [range];
        foreach (JsonRange row in rows)
        {
            string text = row.Slice(json).ToString();
            var values = new SqlValue[columns.Count];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = ColumnValue(text, row.Kind, columns[i], options);
            }

            yield return values;
        }
    }

    private static SqlValue[] Row(string key, JsonRange value, string json)
    {
        string? text = value.IsContainer ? value.Slice(json).ToString() : JsonLookup.ScalarText(json, value);
        return [SqlValue.FromString(key), text is null ? SqlValue.Null : SqlValue.FromString(text), SqlValue.FromTinyInt((byte)value.Kind)];
    }

    /// <param name="json">The document.</param>
    /// <param name="path">The path of its value that is opened; null for the document.</param>
    /// <param name="state">State of error 13611: 1 for the default schema, 2 for WITH.</param>
    private static JsonRange? FindContainer(string json, string? path, byte state)
    {
        JsonPath parsed = path is null ? JsonPath.Root : JsonPath.ParsePlain(path);
        JsonRange? found = JsonLookup.Find(json, parsed, path is null ? (byte)4 : (byte)3);
        if (found is null)
        {
            return parsed.IsStrict ? throw SqlErrors.CreateWithState(13608, 3) : null;
        }

        if (!found.Value.IsContainer)
        {
            return parsed.IsStrict ? throw SqlErrors.CreateWithState(13611, state) : null;
        }

        return found;
    }

    private static SqlValue ColumnValue(string row, JsonKind rowKind, OpenJsonColumnInfo column, SessionOptions? options)
    {
        JsonRange? found = rowKind is JsonKind.Object or JsonKind.Array ? JsonLookup.Find(row, column.Path)
            : column.Path.Steps.Count == 0 ? new JsonRange(0, row.Length, rowKind)
            : null;
        if (found is not { } value)
        {
            return column.Path.IsStrict ? throw SqlErrors.CreateWithState(13608, 6) : SqlValue.Null;
        }

        if (column.AsJson)
        {
            return value.IsContainer ? SqlConvert.Convert(SqlValue.FromString(value.Slice(row).ToString()), SqlType.NVarCharMax, column.Type)
                : column.Path.IsStrict && value.Kind != JsonKind.Null ? throw SqlErrors.CreateWithState(13624, 1) : SqlValue.Null;
        }

        if (value.IsContainer)
        {
            return column.Path.IsStrict ? throw SqlErrors.CreateWithState(13624, 1) : SqlValue.Null;
        }

        return column.Type.IsBinary ? BinaryValue(JsonLookup.ScalarText(row, value), column.Type) : ScalarValue(row, value, column.Type, options, isRowset: true);
    }

    /// <summary>A binary column reads base64, and never cuts it.</summary>
    private static SqlValue BinaryValue(string? text, SqlType type)
    {
        if (text is null)
        {
            return SqlValue.Null;
        }

        var bytes = new byte[(text.Length * 3 / 4) + 3];
        if (!System.Convert.TryFromBase64String(text, bytes, out int written))
        {
            throw SqlErrors.CreateWithState(13612, 5);
        }

        return type.Length > 0 && written > type.Length
            ? throw SqlErrors.CreateWithState(13613, type.Id == SqlTypeId.RowVersion ? (byte)2 : (byte)1)
            : SqlConvert.Convert(SqlValue.FromBinary(bytes[..written]), SqlType.VarBinaryMax, type);
    }

    /// <summary>A JSON scalar as a SQL type: text converts as CAST does, true and false are bits, binary is base64.</summary>
    internal static SqlValue ScalarValue(string json, JsonRange value, SqlType type, SessionOptions? options, bool isRowset = false)
    {
        if (JsonLookup.ScalarText(json, value) is not { } text)
        {
            return SqlValue.Null;
        }

        if (type.IsBinary && value.Kind == JsonKind.String)
        {
            var bytes = new byte[(text.Length * 3 / 4) + 3];
            return System.Convert.TryFromBase64String(text, bytes, out int written)
                ? SqlConvert.Convert(SqlValue.FromBinary(bytes[..written]), SqlType.VarBinaryMax, type)
                : throw SqlErrors.Create(9803, type.Name);
        }

        if (value.Kind == JsonKind.Boolean && type.IsNumber)
        {
            return SqlConvert.Convert(SqlValue.FromBit(text == "true"), SqlType.Bit, type);
        }

        if (value.Kind == JsonKind.Number && type.IsNumber && (!isRowset || !type.IsExactInteger || type.Id == SqlTypeId.Bit) && text.AsSpan().IndexOfAny('e', 'E', '.') >= 0 && !type.IsApproximate)
        {
            // 1e3 and 1.0 are numbers for every numeric type; OPENJSON makes whole numbers of the text alone (error 245 or 8114).
            bool plain = SqlConvert.TryParseDecimal(text, out Numeric128 number, out _);
            return plain
                ? SqlConvert.Convert(SqlValue.FromNumeric(number), SqlType.Decimal(38, number.Scale), type)
                : SqlConvert.Convert(SqlValue.FromFloat(double.Parse(text, CultureInfo.InvariantCulture)), SqlType.Float, type);
        }

        return SqlConvert.Convert(SqlValue.FromString(text), SqlType.NVarCharMax, type, null, options);
    }
}
