using System.Data.Common;
using System.Data.SqlTypes;
using System.Globalization;
using Microsoft.Data.SqlClient;

namespace NinaDB.Conformance.Tests;

/// <summary>Types and values as the conformance files write them, from what SqlClient receives.</summary>
internal static class ClientFormat
{
    public static string TypeOf(DbColumn column)
    {
        string name = column.DataTypeName ?? "";
        int size = column.ColumnSize ?? 0;
        return name switch
        {
            "char" or "nchar" or "binary" => $"{name}({size})",
            "varchar" or "nvarchar" or "varbinary" => size >= 1_000_000 ? $"{name}(max)" : $"{name}({size})",
            "decimal" or "numeric" => $"decimal({column.NumericPrecision},{column.NumericScale})",
            "time" or "datetime2" or "datetimeoffset" => $"{name}({column.NumericScale})",
            _ => name[(name.LastIndexOf('.') + 1)..],
        };
    }

    public static string Value(SqlDataReader reader, int ordinal, DbColumn column)
    {
        if (reader.IsDBNull(ordinal))
        {
            return "NULL";
        }

        CultureInfo culture = CultureInfo.InvariantCulture;
        int scale = column.NumericScale is { } s && s <= 7 ? s : 7;
        return reader.GetSqlValue(ordinal) switch
        {
            SqlBoolean value => value.IsTrue ? "1" : "0",
            SqlMoney value => value.Value.ToString("0.0000", culture),
            SqlSingle value => value.Value.ToString("R", culture),
            SqlDouble value => value.Value.ToString("R", culture),
            SqlGuid value => value.Value.ToString().ToUpperInvariant(),
            SqlBinary value => "0x" + Convert.ToHexString(value.Value),
            SqlDateTime value when column.DataTypeName == "smalldatetime" => value.Value.ToString("yyyy-MM-dd HH:mm:ss", culture),
            SqlDateTime value => value.Value.ToString("yyyy-MM-dd HH:mm:ss.fff", culture),
            DateTime value when column.DataTypeName == "date" => value.ToString("yyyy-MM-dd", culture),
            DateTime value => WithFraction(value, "yyyy-MM-dd HH:mm:ss", scale),
            TimeSpan value => WithFraction(DateTime.MinValue + value, "HH:mm:ss", scale),
            DateTimeOffset value => $"{WithFraction(value.DateTime, "yyyy-MM-dd HH:mm:ss", scale)} {value:zzz}",
            SqlXml value => Text(value.Value),
            INullable value => Text(value.ToString()!),
            object value => Text(Convert.ToString(value, culture)!),
        };
    }

    private static string Text(string value) => value.Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal);

    private static string WithFraction(DateTime value, string format, int scale)
    {
        string text = value.ToString(format, CultureInfo.InvariantCulture);
        return scale == 0 ? text : text + "." + (value.Ticks % TimeSpan.TicksPerSecond).ToString("0000000", CultureInfo.InvariantCulture)[..scale];
    }
}
