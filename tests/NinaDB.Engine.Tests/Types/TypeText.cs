using System.Globalization;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Tests.Types;

/// <summary>Lets test data name types and values as T-SQL writes them.</summary>
internal static class TypeText
{
    /// <summary>"decimal(10,2)", "nvarchar(max)", "int".</summary>
    public static SqlType Type(string text)
    {
        int open = text.IndexOf('(', StringComparison.Ordinal);
        string name = open < 0 ? text : text[..open];
        string[] arguments = open < 0 ? [] : text[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries);
        int Argument(int index, int otherwise) => index >= arguments.Length ? otherwise
            : arguments[index] == "max" ? SqlType.Max : int.Parse(arguments[index], CultureInfo.InvariantCulture);
        return name switch
        {
            "null" => SqlType.Null,
            "bit" => SqlType.Bit,
            "tinyint" => SqlType.TinyInt,
            "smallint" => SqlType.SmallInt,
            "int" => SqlType.Int,
            "bigint" => SqlType.BigInt,
            "decimal" => SqlType.Decimal(Argument(0, 18), Argument(1, 0)),
            "numeric" => SqlType.Numeric(Argument(0, 18), Argument(1, 0)),
            "money" => SqlType.Money,
            "smallmoney" => SqlType.SmallMoney,
            "real" => SqlType.Real,
            "float" => SqlType.Float,
            "date" => SqlType.Date,
            "time" => SqlType.Time(Argument(0, 7)),
            "datetime" => SqlType.DateTime,
            "smalldatetime" => SqlType.SmallDateTime,
            "datetime2" => SqlType.DateTime2(Argument(0, 7)),
            "datetimeoffset" => SqlType.DateTimeOffset(Argument(0, 7)),
            "char" => SqlType.Char(Argument(0, 30)),
            "varchar" => SqlType.VarChar(Argument(0, 30)),
            "nchar" => SqlType.NChar(Argument(0, 30)),
            "nvarchar" => SqlType.NVarChar(Argument(0, 30)),
            "text" => SqlType.Text,
            "ntext" => SqlType.NText,
            "binary" => SqlType.Binary(Argument(0, 30)),
            "varbinary" => SqlType.VarBinary(Argument(0, 30)),
            "image" => SqlType.Image,
            "timestamp" => SqlType.RowVersion,
            "uniqueidentifier" => SqlType.UniqueIdentifier,
            "sql_variant" => SqlType.SqlVariant,
            "xml" => SqlType.Xml,
            "json" => SqlType.Json,
            "vector" => arguments.Length > 1 ? SqlType.Vector(int.Parse(arguments[0], CultureInfo.InvariantCulture), halfPrecision: true) : SqlType.Vector(Argument(0, 3)),
            _ => throw new ArgumentException(text),
        };
    }

    /// <summary>A value of a type, from its text; "NULL" and 0x... included.</summary>
    public static SqlValue Value(string? text, SqlType type)
    {
        if (text is null or "NULL")
        {
            return SqlValue.Null;
        }

        return type.IsBinary
            ? SqlConvert.Convert(SqlValue.FromString(text, SqlTypeId.VarChar), SqlType.VarChar(8000), type, 1)
            : SqlConvert.Convert(SqlValue.FromString(text), SqlType.NVarCharMax, type);
    }

    public static string Show(SqlValue value, SqlType type) => SqlFormat.ToText(value, type);
}
