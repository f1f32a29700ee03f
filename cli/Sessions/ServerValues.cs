using System.Data.Common;
using System.Globalization;
using Microsoft.Data.SqlClient;
using NinaDB.Engine.Types;

namespace NinaDB.Cli.Sessions;

/// <summary>What a server's client library read, as the engine's types and values, so that both kinds of session print alike.</summary>
internal static class ServerValues
{
    private const int TicksOfMoney = 10_000;

    public static SqlType TypeOf(DbColumn column)
    {
        int size = column.ColumnSize is { } length and > 0 and < int.MaxValue ? length : SqlType.Max;
        byte scale = (byte)(column.NumericScale is { } s and >= 0 and <= 38 ? s : 7);
        return column.DataTypeName switch
        {
            "bit" => SqlType.Bit,
            "tinyint" => SqlType.TinyInt,
            "smallint" => SqlType.SmallInt,
            "int" => SqlType.Int,
            "bigint" => SqlType.BigInt,
            "real" => SqlType.Real,
            "float" => SqlType.Float,
            "money" => SqlType.Money,
            "smallmoney" => SqlType.SmallMoney,
            "decimal" or "numeric" => SqlType.Decimal(column.NumericPrecision ?? 38, column.NumericScale ?? 0),
            "date" => SqlType.Date,
            "time" => SqlType.Time(scale),
            "datetime" => SqlType.DateTime,
            "smalldatetime" => SqlType.SmallDateTime,
            "datetime2" => SqlType.DateTime2(scale),
            "datetimeoffset" => SqlType.DateTimeOffset(scale),
            "uniqueidentifier" => SqlType.UniqueIdentifier,
            "char" => SqlType.Char(size),
            "nchar" => SqlType.NChar(size),
            "varchar" => SqlType.VarChar(size),
            "nvarchar" => SqlType.NVarChar(size),
            "binary" or "timestamp" => SqlType.Binary(size),
            "varbinary" or "image" => SqlType.VarBinary(size),
            _ => SqlType.NVarCharMax,
        };
    }

    public static SqlValue Read(SqlDataReader reader, int ordinal, SqlType type)
    {
        switch (type.Id)
        {
            case SqlTypeId.Bit:
                return SqlValue.FromBit(reader.GetBoolean(ordinal));
            case SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt:
                return SqlValue.FromInteger(type.Id, Convert.ToInt64(reader.GetValue(ordinal), CultureInfo.InvariantCulture));
            case SqlTypeId.Real:
                return SqlValue.FromReal(reader.GetFloat(ordinal));
            case SqlTypeId.Float:
                return SqlValue.FromFloat(reader.GetDouble(ordinal));
            case SqlTypeId.Money:
                return SqlValue.FromMoney((long)(reader.GetDecimal(ordinal) * TicksOfMoney));
            case SqlTypeId.SmallMoney:
                return SqlValue.FromSmallMoney((int)(reader.GetDecimal(ordinal) * TicksOfMoney));
            case SqlTypeId.Decimal or SqlTypeId.Numeric:
                return SqlValue.FromDecimal(reader.GetSqlDecimal(ordinal), type.Id);
            case SqlTypeId.Date:
                return SqlValue.FromDate(DateOnly.FromDateTime(reader.GetDateTime(ordinal)).DayNumber);
            case SqlTypeId.Time:
                return SqlValue.FromTime(reader.GetTimeSpan(ordinal).Ticks);
            case SqlTypeId.DateTime:
                System.Data.SqlTypes.SqlDateTime time = reader.GetSqlDateTime(ordinal);
                return SqlValue.FromDateTime(time.DayTicks, time.TimeTicks);
            case SqlTypeId.SmallDateTime:
                return SqlValue.FromSmallDateTime(reader.GetDateTime(ordinal).Ticks);
            case SqlTypeId.DateTime2:
                return SqlValue.FromDateTime2(reader.GetDateTime(ordinal).Ticks);
            case SqlTypeId.DateTimeOffset:
                DateTimeOffset moment = reader.GetDateTimeOffset(ordinal);
                return SqlValue.FromDateTimeOffset(moment.UtcTicks, (int)moment.Offset.TotalMinutes);
            case SqlTypeId.UniqueIdentifier:
                return SqlValue.FromGuid(reader.GetGuid(ordinal));
            case SqlTypeId.Binary or SqlTypeId.VarBinary:
                return SqlValue.FromBinary((byte[])reader.GetValue(ordinal), type.Id);
            case SqlTypeId.Char or SqlTypeId.NChar or SqlTypeId.VarChar or SqlTypeId.NVarChar when reader.GetFieldType(ordinal) == typeof(string):
                return SqlValue.FromString(reader.GetString(ordinal), type.Id);
            default:
                return SqlValue.FromString(Convert.ToString(reader.GetValue(ordinal), CultureInfo.InvariantCulture) ?? "");
        }
    }
}
