using System.Data.SqlTypes;
using System.Globalization;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Data;

/// <summary>Values on their way between the engine and .NET.</summary>
internal static class ClrValues
{
    /// <summary>1900-01-01 in days since 0001-01-01.</summary>
    private const int Days1900 = 693_595;

    private const long DateTimeUnitsPerDay = 25_920_000;

    /// <summary>The value as GetValue returns it. Errors: a decimal beyond .NET's range is an <see cref="OverflowException"/> (read it as SqlDecimal).</summary>
    public static object ToObject(in SqlValue value) => value.Kind switch
    {
        SqlTypeId.Null => DBNull.Value,
        SqlTypeId.Bit => value.AsBoolean,
        SqlTypeId.TinyInt => (byte)value.AsInt64,
        SqlTypeId.SmallInt => (short)value.AsInt64,
        SqlTypeId.Int => value.AsInt32,
        SqlTypeId.BigInt => value.AsInt64,
        SqlTypeId.Decimal or SqlTypeId.Numeric => value.AsDecimal.Value,
        SqlTypeId.SmallMoney or SqlTypeId.Money => Money(value),
        SqlTypeId.Real => (float)value.AsDouble,
        SqlTypeId.Float => value.AsDouble,
        SqlTypeId.Date or SqlTypeId.SmallDateTime or SqlTypeId.DateTime or SqlTypeId.DateTime2 => DateTimeOf(value),
        SqlTypeId.Time => new TimeSpan(value.AsInt64),
        SqlTypeId.DateTimeOffset => OffsetOf(value),
        SqlTypeId.UniqueIdentifier => value.AsGuid,
        SqlTypeId.Vector => value.AsVector.Clone(),
        SqlTypeId.SqlVariant => ToObject(value.AsVariant.Value),
        _ => value.Reference is string text ? text : value.AsBytes,
    };

    public static decimal Money(in SqlValue value) => value.AsInt64 / 10_000m;

    public static DateTime DateTimeOf(in SqlValue value) => value.Kind switch
    {
        SqlTypeId.Date => new DateTime(value.AsInt64 * TimeSpan.TicksPerDay),
        SqlTypeId.DateTime => LegacyDateTime(value).Value,
        _ => new DateTime(value.AsInt64),
    };

    public static DateTimeOffset OffsetOf(in SqlValue value) =>
        new DateTimeOffset(value.AsInt64, TimeSpan.Zero).ToOffset(TimeSpan.FromMinutes(value.OffsetMinutes));

    private static SqlDateTime LegacyDateTime(in SqlValue value)
    {
        (long days, long units) = Math.DivRem(value.AsInt64, DateTimeUnitsPerDay);
        return units < 0 ? new SqlDateTime((int)days - 1, (int)(units + DateTimeUnitsPerDay)) : new SqlDateTime((int)days, (int)units);
    }

    /// <summary>The value as GetProviderSpecificValue returns it.</summary>
    public static object ToProviderObject(in SqlValue value, SqlType type) => type.Id switch
    {
        SqlTypeId.Bit => value.IsNull ? SqlBoolean.Null : new SqlBoolean(value.AsBoolean),
        SqlTypeId.TinyInt => value.IsNull ? SqlByte.Null : new SqlByte((byte)value.AsInt64),
        SqlTypeId.SmallInt => value.IsNull ? SqlInt16.Null : new SqlInt16((short)value.AsInt64),
        SqlTypeId.Int or SqlTypeId.Null => value.IsNull ? SqlInt32.Null : new SqlInt32(value.AsInt32),
        SqlTypeId.BigInt => value.IsNull ? SqlInt64.Null : new SqlInt64(value.AsInt64),
        SqlTypeId.Decimal or SqlTypeId.Numeric => value.IsNull ? SqlDecimal.Null : value.AsDecimal,
        SqlTypeId.SmallMoney or SqlTypeId.Money => value.IsNull ? SqlMoney.Null : new SqlMoney(Money(value)),
        SqlTypeId.Real => value.IsNull ? SqlSingle.Null : new SqlSingle((float)value.AsDouble),
        SqlTypeId.Float => value.IsNull ? SqlDouble.Null : new SqlDouble(value.AsDouble),
        SqlTypeId.DateTime => value.IsNull ? SqlDateTime.Null : LegacyDateTime(value),
        SqlTypeId.SmallDateTime => value.IsNull ? SqlDateTime.Null : new SqlDateTime(DateTimeOf(value)),
        SqlTypeId.UniqueIdentifier => value.IsNull ? SqlGuid.Null : new SqlGuid(value.AsGuid),
        _ when type.IsBinary => value.IsNull ? SqlBinary.Null : new SqlBinary(value.AsBytes),
        _ when type.IsString => value.IsNull ? SqlString.Null : new SqlString(value.AsString),
        _ => ToObject(value),
    };

    /// <summary>An engine value and its natural type for a .NET object. NULL is nvarchar(4000), as for untyped parameters of SqlClient.</summary>
    public static (SqlValue Value, SqlType Type) FromObject(object? value)
    {
        switch (value)
        {
            case null or DBNull or INullable { IsNull: true }:
                return (SqlValue.Null, SqlType.NVarChar(4000));
            case bool x:
                return (SqlValue.FromBit(x), SqlType.Bit);
            case byte x:
                return (SqlValue.FromTinyInt(x), SqlType.TinyInt);
            case sbyte x:
                return (SqlValue.FromSmallInt(x), SqlType.SmallInt);
            case short x:
                return (SqlValue.FromSmallInt(x), SqlType.SmallInt);
            case ushort x:
                return (SqlValue.FromInt(x), SqlType.Int);
            case int x:
                return (SqlValue.FromInt(x), SqlType.Int);
            case uint x:
                return (SqlValue.FromBigInt(x), SqlType.BigInt);
            case long x:
                return (SqlValue.FromBigInt(x), SqlType.BigInt);
            case ulong x:
                return FromObject((decimal)x);
            case float x:
                return (SqlValue.FromReal(x), SqlType.Real);
            case double x:
                return (SqlValue.FromFloat(x), SqlType.Float);
            case decimal x:
                return FromObject(new SqlDecimal(x));
            case SqlDecimal x:
                return (SqlValue.FromDecimal(x), ClrTypes.DecimalType(x));
            case string x:
                return (SqlValue.FromString(x), SqlType.NVarChar(x.Length <= 4000 ? 4000 : SqlType.Max));
            case char x:
                return (SqlValue.FromString(x.ToString()), SqlType.NVarChar(1));
            case char[] x:
                return FromObject(new string(x));
            case Guid x:
                return (SqlValue.FromGuid(x), SqlType.UniqueIdentifier);
            case byte[] x:
                return (SqlValue.FromBinary(x), SqlType.VarBinary(x.Length <= 8000 ? 8000 : SqlType.Max));
            case ReadOnlyMemory<byte> x:
                return FromObject(x.ToArray());
            case Memory<byte> x:
                return FromObject(x.ToArray());
            case SqlLob x:
                return (SqlValue.FromLob(x), SqlType.VarBinaryMax);
            case Stream x:
                return (StreamLob.ValueOf(x), SqlType.VarBinaryMax);
            case float[] x:
                return (SqlValue.FromVector((float[])x.Clone()), SqlType.Vector(x.Length));
            case ReadOnlyMemory<float> x:
                return (SqlValue.FromVector(x.ToArray()), SqlType.Vector(x.Length));
            case Enum x:
                return FromObject(Convert.ChangeType(x, Enum.GetUnderlyingType(x.GetType()), CultureInfo.InvariantCulture));
            default:
                return FromTime(value);
        }
    }

    private static (SqlValue Value, SqlType Type) FromTime(object value) => value switch
    {
        DateTime x => FromDateTime(x),
        DateOnly x => (SqlValue.FromDate(x.DayNumber), SqlType.Date),
        TimeOnly x => (SqlValue.FromTime(x.Ticks), SqlType.Time(7)),
        TimeSpan x => x >= TimeSpan.Zero && x < TimeSpan.FromDays(1)
            ? (SqlValue.FromTime(x.Ticks), SqlType.Time(7))
            : throw new OverflowException("A time of day is at least 00:00 and less than 24:00."),
        DateTimeOffset x => (SqlValue.FromDateTimeOffset(x.UtcTicks, (int)x.Offset.TotalMinutes), SqlType.DateTimeOffset(7)),
        SqlDateTime x => (SqlValue.FromDateTime(x.DayTicks, x.TimeTicks), SqlType.DateTime),
        SqlBoolean x => FromObject(x.Value),
        SqlByte x => FromObject(x.Value),
        SqlInt16 x => FromObject(x.Value),
        SqlInt32 x => FromObject(x.Value),
        SqlInt64 x => FromObject(x.Value),
        SqlSingle x => FromObject(x.Value),
        SqlDouble x => FromObject(x.Value),
        SqlString x => FromObject(x.Value),
        SqlChars x => FromObject(x.Value),
        SqlGuid x => FromObject(x.Value),
        SqlBinary x => FromObject(x.Value),
        SqlBytes x => FromObject(x.Value),
        SqlMoney x => (SqlValue.FromMoney((long)(x.Value * 10_000m)), SqlType.Money),
        SqlXml x => (SqlValue.FromString(x.Value, SqlTypeId.Xml), SqlType.Xml),
        _ => throw new ArgumentException($"No mapping exists from object type {value.GetType().FullName} to a known managed provider native type."),
    };

    /// <summary>datetime when it can hold the date, as SqlClient does; datetime2 before 1753.</summary>
    private static (SqlValue Value, SqlType Type) FromDateTime(DateTime time)
    {
        if (time.Year < 1753)
        {
            return (SqlValue.FromDateTime2(time.Ticks), SqlType.DateTime2(7));
        }

        var legacy = new SqlDateTime(time);
        return (SqlValue.FromDateTime(legacy.DayTicks, legacy.TimeTicks), SqlType.DateTime);
    }

    /// <summary>A DateTime with all its ticks, for a parameter that is declared as date or datetime2.</summary>
    public static (SqlValue Value, SqlType Type) FromDateTimeExactly(DateTime time) => (SqlValue.FromDateTime2(time.Ticks), SqlType.DateTime2(7));
}
