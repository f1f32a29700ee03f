using System.Data.SqlTypes;
using System.Linq.Expressions;
using System.Reflection;
using System.Xml;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Clr;

/// <summary>
/// Values across the CLR border. For every CLR type a pair of static methods, From (SQL to CLR) and To (CLR to SQL), which the compiled routines call directly.
/// NULL becomes the Null of a SqlTypes structure, null of a nullable type.
/// </summary>
internal static class ClrConvert
{
    private const long UnitsPerDay = 25_920_000;

    /// <summary>Which CLR types a SQL type may be bound to; SQL Server allows exactly these (varchar, text, vector and json none).</summary>
    public static bool IsCompatible(SqlType sql, Type clr)
    {
        clr = Nullable.GetUnderlyingType(clr) ?? clr;
        return sql.Id switch
        {
            SqlTypeId.Bit => clr == typeof(SqlBoolean) || clr == typeof(bool),
            SqlTypeId.TinyInt => clr == typeof(SqlByte) || clr == typeof(byte),
            SqlTypeId.SmallInt => clr == typeof(SqlInt16) || clr == typeof(short),
            SqlTypeId.Int => clr == typeof(SqlInt32) || clr == typeof(int),
            SqlTypeId.BigInt => clr == typeof(SqlInt64) || clr == typeof(long),
            SqlTypeId.Real => clr == typeof(SqlSingle) || clr == typeof(float),
            SqlTypeId.Float => clr == typeof(SqlDouble) || clr == typeof(double),
            SqlTypeId.Decimal or SqlTypeId.Numeric => clr == typeof(SqlDecimal) || clr == typeof(decimal),
            SqlTypeId.Money or SqlTypeId.SmallMoney => clr == typeof(SqlMoney) || clr == typeof(decimal),
            SqlTypeId.NVarChar or SqlTypeId.NChar => clr == typeof(SqlString) || clr == typeof(string) || clr == typeof(SqlChars) || clr == typeof(char[]),
            SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.RowVersion => clr == typeof(SqlBinary) || clr == typeof(SqlBytes) || clr == typeof(byte[]),
            SqlTypeId.UniqueIdentifier => clr == typeof(SqlGuid) || clr == typeof(Guid),
            SqlTypeId.DateTime or SqlTypeId.SmallDateTime => clr == typeof(SqlDateTime) || clr == typeof(DateTime),
            SqlTypeId.Date or SqlTypeId.DateTime2 => clr == typeof(DateTime),
            SqlTypeId.Time => clr == typeof(TimeSpan),
            SqlTypeId.DateTimeOffset => clr == typeof(DateTimeOffset),
            SqlTypeId.Xml => clr == typeof(SqlXml),
            SqlTypeId.Udt => clr.FullName == sql.UdtFacts!.Class && UdtClass.Find(clr) is not null,
            _ => false,
        };
    }

    /// <summary>The SQL type that stands for a CLR type where nothing else is declared; null when there is none.</summary>
    public static SqlType? NaturalType(Type clr) => Naturals.GetValueOrDefault(Nullable.GetUnderlyingType(clr) ?? clr);

    private static readonly Dictionary<Type, SqlType> Naturals = new()
    {
        [typeof(SqlBoolean)] = SqlType.Bit,
        [typeof(bool)] = SqlType.Bit,
        [typeof(SqlByte)] = SqlType.TinyInt,
        [typeof(byte)] = SqlType.TinyInt,
        [typeof(SqlInt16)] = SqlType.SmallInt,
        [typeof(short)] = SqlType.SmallInt,
        [typeof(SqlInt32)] = SqlType.Int,
        [typeof(int)] = SqlType.Int,
        [typeof(SqlInt64)] = SqlType.BigInt,
        [typeof(long)] = SqlType.BigInt,
        [typeof(SqlSingle)] = SqlType.Real,
        [typeof(float)] = SqlType.Real,
        [typeof(SqlDouble)] = SqlType.Float,
        [typeof(double)] = SqlType.Float,
        [typeof(SqlDecimal)] = SqlType.Decimal(18, 0),
        [typeof(SqlMoney)] = SqlType.Money,
        [typeof(SqlString)] = SqlType.NVarChar(4000),
        [typeof(string)] = SqlType.NVarChar(4000),
        [typeof(SqlChars)] = SqlType.NVarCharMax,
        [typeof(SqlBinary)] = SqlType.VarBinary(8000),
        [typeof(SqlBytes)] = SqlType.VarBinaryMax,
        [typeof(SqlGuid)] = SqlType.UniqueIdentifier,
        [typeof(Guid)] = SqlType.UniqueIdentifier,
        [typeof(SqlDateTime)] = SqlType.DateTime,
        [typeof(DateTime)] = SqlType.DateTime2(7),
        [typeof(TimeSpan)] = SqlType.Time(7),
        [typeof(DateTimeOffset)] = SqlType.DateTimeOffset(7),
        [typeof(SqlXml)] = SqlType.Xml,
    };

    /// <summary>A SQL value as a CLR value.</summary>
    public static Expression From(Type clr, Expression value) => UdtClass.Find(clr) is { } udt
        ? Expression.Convert(Expression.Call(Expression.Constant(udt), nameof(UdtClass.Read), null, value), clr)
        : Expression.Call(From(clr), value);

    /// <summary>A CLR value as a SQL value of a type.</summary>
    public static Expression To(Type clr, Expression value, SqlType type) => UdtClass.Find(clr) is { } udt
        ? Expression.Call(Expression.Constant(udt), nameof(UdtClass.Write), null, Expression.Convert(value, typeof(object)))
        : Expression.Call(To(clr), value, Expression.Constant(type));

    /// <summary>The method that makes a CLR value: (SqlValue) to <paramref name="clr"/>.</summary>
    public static MethodInfo From(Type clr) => Find("From", m => m.ReturnType == clr);

    /// <summary>The method that makes a SQL value: (clr, SqlType) to SqlValue.</summary>
    public static MethodInfo To(Type clr) => Find("To", m => m.GetParameters()[0].ParameterType == clr);

    private static MethodInfo Find(string prefix, Func<MethodInfo, bool> matches) =>
        typeof(ClrConvert).GetMethods(BindingFlags.Static | BindingFlags.NonPublic).Single(m => m.Name.StartsWith(prefix + "_", StringComparison.Ordinal) && matches(m));

    // From: SQL to CLR. A plain CLR value type cannot be NULL.

    internal static SqlBoolean From_SqlBoolean(SqlValue v) => v.IsNull ? SqlBoolean.Null : new SqlBoolean(v.AsBoolean);

    internal static bool From_Boolean(SqlValue v) => NotNull(v).AsBoolean;

    internal static bool? From_NullableBoolean(SqlValue v) => v.IsNull ? null : v.AsBoolean;

    internal static SqlByte From_SqlByte(SqlValue v) => v.IsNull ? SqlByte.Null : new SqlByte((byte)v.AsInt64);

    internal static byte From_Byte(SqlValue v) => (byte)NotNull(v).AsInt64;

    internal static byte? From_NullableByte(SqlValue v) => v.IsNull ? null : (byte)v.AsInt64;

    internal static SqlInt16 From_SqlInt16(SqlValue v) => v.IsNull ? SqlInt16.Null : new SqlInt16((short)v.AsInt64);

    internal static short From_Int16(SqlValue v) => (short)NotNull(v).AsInt64;

    internal static short? From_NullableInt16(SqlValue v) => v.IsNull ? null : (short)v.AsInt64;

    internal static SqlInt32 From_SqlInt32(SqlValue v) => v.IsNull ? SqlInt32.Null : new SqlInt32(v.AsInt32);

    internal static int From_Int32(SqlValue v) => NotNull(v).AsInt32;

    internal static int? From_NullableInt32(SqlValue v) => v.IsNull ? null : v.AsInt32;

    internal static SqlInt64 From_SqlInt64(SqlValue v) => v.IsNull ? SqlInt64.Null : new SqlInt64(v.AsInt64);

    internal static long From_Int64(SqlValue v) => NotNull(v).AsInt64;

    internal static long? From_NullableInt64(SqlValue v) => v.IsNull ? null : v.AsInt64;

    internal static SqlSingle From_SqlSingle(SqlValue v) => v.IsNull ? SqlSingle.Null : new SqlSingle((float)v.AsDouble);

    internal static float From_Single(SqlValue v) => (float)NotNull(v).AsDouble;

    internal static float? From_NullableSingle(SqlValue v) => v.IsNull ? null : (float)v.AsDouble;

    internal static SqlDouble From_SqlDouble(SqlValue v) => v.IsNull ? SqlDouble.Null : new SqlDouble(v.AsDouble);

    internal static double From_Double(SqlValue v) => NotNull(v).AsDouble;

    internal static double? From_NullableDouble(SqlValue v) => v.IsNull ? null : v.AsDouble;

    internal static SqlDecimal From_SqlDecimal(SqlValue v) => v.IsNull ? SqlDecimal.Null : v.AsDecimal;

    internal static decimal From_Decimal(SqlValue v) => From_NullableDecimal(NotNull(v))!.Value;

    internal static decimal? From_NullableDecimal(SqlValue v) => v.IsNull ? null : v.Kind is SqlTypeId.Money or SqlTypeId.SmallMoney ? v.AsInt64 / 10000m : v.AsDecimal.Value;

    internal static SqlMoney From_SqlMoney(SqlValue v) => v.IsNull ? SqlMoney.Null : new SqlMoney(v.AsInt64 / 10000m);

    internal static SqlString From_SqlString(SqlValue v) => v.IsNull ? SqlString.Null : new SqlString(v.AsString);

    internal static string? From_String(SqlValue v) => v.IsNull ? null : v.AsString;

    internal static SqlChars From_SqlChars(SqlValue v) => v.IsNull ? SqlChars.Null : new SqlChars(v.AsString.ToCharArray());

    internal static char[]? From_CharArray(SqlValue v) => v.IsNull ? null : v.AsString.ToCharArray();

    internal static SqlBinary From_SqlBinary(SqlValue v) => v.IsNull ? SqlBinary.Null : new SqlBinary(v.AsBytes);

    /// <summary>Large objects stay on disk: the method reads as much of them as it wants.</summary>
    internal static SqlBytes From_SqlBytes(SqlValue v) => v.IsNull ? SqlBytes.Null : v.AsLob is { } lob ? new SqlBytes(new LobStream(lob)) : new SqlBytes(v.AsBytes);

    internal static byte[]? From_ByteArray(SqlValue v) => v.IsNull ? null : v.AsBytes;

    internal static SqlGuid From_SqlGuid(SqlValue v) => v.IsNull ? SqlGuid.Null : new SqlGuid(v.AsGuid);

    internal static Guid From_Guid(SqlValue v) => NotNull(v).AsGuid;

    internal static Guid? From_NullableGuid(SqlValue v) => v.IsNull ? null : v.AsGuid;

    internal static SqlDateTime From_SqlDateTime(SqlValue v)
    {
        if (v.IsNull)
        {
            return SqlDateTime.Null;
        }

        if (v.Kind != SqlTypeId.DateTime)
        {
            return new SqlDateTime(new DateTime(v.AsInt64));
        }

        long days = Math.DivRem(v.AsInt64, UnitsPerDay, out long units);
        return units < 0 ? new SqlDateTime((int)days - 1, (int)(units + UnitsPerDay)) : new SqlDateTime((int)days, (int)units);
    }

    internal static DateTime From_DateTime(SqlValue v) => From_NullableDateTime(NotNull(v))!.Value;

    internal static DateTime? From_NullableDateTime(SqlValue v) => v.IsNull ? null : v.Kind switch
    {
        SqlTypeId.DateTime => From_SqlDateTime(v).Value,
        SqlTypeId.Date => new DateTime(v.AsInt64 * TimeSpan.TicksPerDay),
        _ => new DateTime(v.AsInt64),
    };

    internal static TimeSpan From_TimeSpan(SqlValue v) => new(NotNull(v).AsInt64);

    internal static TimeSpan? From_NullableTimeSpan(SqlValue v) => v.IsNull ? null : new TimeSpan(v.AsInt64);

    internal static DateTimeOffset From_DateTimeOffset(SqlValue v) => From_NullableDateTimeOffset(NotNull(v))!.Value;

    internal static DateTimeOffset? From_NullableDateTimeOffset(SqlValue v) =>
        v.IsNull ? null : new DateTimeOffset(v.AsInt64, TimeSpan.Zero).ToOffset(TimeSpan.FromMinutes(v.OffsetMinutes));

    internal static SqlXml From_SqlXml(SqlValue v) => v.IsNull ? SqlXml.Null : new SqlXml(XmlReader.Create(new StringReader(v.AsString), new XmlReaderSettings { ConformanceLevel = ConformanceLevel.Fragment }));

    private static SqlValue NotNull(SqlValue v) => v.IsNull ? throw new SqlNullValueException() : v;

    // To: CLR to SQL, fitted to the declared type.

    internal static SqlValue To_SqlBoolean(SqlBoolean v, SqlType t) => v.IsNull ? SqlValue.Null : SqlValue.FromBit(v.Value);

    internal static SqlValue To_Boolean(bool v, SqlType t) => SqlValue.FromBit(v);

    internal static SqlValue To_NullableBoolean(bool? v, SqlType t) => v is { } x ? SqlValue.FromBit(x) : SqlValue.Null;

    internal static SqlValue To_SqlByte(SqlByte v, SqlType t) => v.IsNull ? SqlValue.Null : SqlValue.FromTinyInt(v.Value);

    internal static SqlValue To_Byte(byte v, SqlType t) => SqlValue.FromTinyInt(v);

    internal static SqlValue To_NullableByte(byte? v, SqlType t) => v is { } x ? SqlValue.FromTinyInt(x) : SqlValue.Null;

    internal static SqlValue To_SqlInt16(SqlInt16 v, SqlType t) => v.IsNull ? SqlValue.Null : SqlValue.FromSmallInt(v.Value);

    internal static SqlValue To_Int16(short v, SqlType t) => SqlValue.FromSmallInt(v);

    internal static SqlValue To_NullableInt16(short? v, SqlType t) => v is { } x ? SqlValue.FromSmallInt(x) : SqlValue.Null;

    internal static SqlValue To_SqlInt32(SqlInt32 v, SqlType t) => v.IsNull ? SqlValue.Null : SqlValue.FromInt(v.Value);

    internal static SqlValue To_Int32(int v, SqlType t) => SqlValue.FromInt(v);

    internal static SqlValue To_NullableInt32(int? v, SqlType t) => v is { } x ? SqlValue.FromInt(x) : SqlValue.Null;

    internal static SqlValue To_SqlInt64(SqlInt64 v, SqlType t) => v.IsNull ? SqlValue.Null : SqlValue.FromBigInt(v.Value);

    internal static SqlValue To_Int64(long v, SqlType t) => SqlValue.FromBigInt(v);

    internal static SqlValue To_NullableInt64(long? v, SqlType t) => v is { } x ? SqlValue.FromBigInt(x) : SqlValue.Null;

    internal static SqlValue To_SqlSingle(SqlSingle v, SqlType t) => v.IsNull ? SqlValue.Null : SqlValue.FromReal(v.Value);

    internal static SqlValue To_Single(float v, SqlType t) => SqlValue.FromReal(v);

    internal static SqlValue To_NullableSingle(float? v, SqlType t) => v is { } x ? SqlValue.FromReal(x) : SqlValue.Null;

    internal static SqlValue To_SqlDouble(SqlDouble v, SqlType t) => v.IsNull ? SqlValue.Null : SqlValue.FromFloat(v.Value);

    internal static SqlValue To_Double(double v, SqlType t) => SqlValue.FromFloat(v);

    internal static SqlValue To_NullableDouble(double? v, SqlType t) => v is { } x ? SqlValue.FromFloat(x) : SqlValue.Null;

    internal static SqlValue To_SqlDecimal(SqlDecimal v, SqlType t) => v.IsNull ? SqlValue.Null : SqlValue.FromDecimal(SqlDecimal.ConvertToPrecScale(v, t.Precision, t.Scale), t.Id);

    internal static SqlValue To_Decimal(decimal v, SqlType t) => t.IsMoney ? Money(v, t) : To_SqlDecimal(new SqlDecimal(v), t);

    internal static SqlValue To_NullableDecimal(decimal? v, SqlType t) => v is { } x ? To_Decimal(x, t) : SqlValue.Null;

    internal static SqlValue To_SqlMoney(SqlMoney v, SqlType t) => v.IsNull ? SqlValue.Null : Money(v.Value, t);

    private static SqlValue Money(decimal value, SqlType type)
    {
        decimal scaled = decimal.Round(value * 10000m);
        return type.Id == SqlTypeId.SmallMoney ? SqlValue.FromSmallMoney(checked((int)scaled)) : SqlValue.FromMoney(checked((long)scaled));
    }

    internal static SqlValue To_SqlString(SqlString v, SqlType t) => v.IsNull ? SqlValue.Null : Text(v.Value, t);

    internal static SqlValue To_String(string? v, SqlType t) => v is null ? SqlValue.Null : Text(v, t);

    internal static SqlValue To_SqlChars(SqlChars? v, SqlType t) => v is null || v.IsNull ? SqlValue.Null : Text(new string(v.Value), t);

    internal static SqlValue To_CharArray(char[]? v, SqlType t) => v is null ? SqlValue.Null : Text(new string(v), t);

    private static SqlValue Text(string value, SqlType type)
    {
        if (!type.IsMax && value.Length > type.Length)
        {
            throw new ClrTruncationException(value.Length * 2, type.Length * 2);
        }

        return SqlValue.FromString(type.Id == SqlTypeId.NChar ? value.PadRight(type.Length) : value, type.Id);
    }

    internal static SqlValue To_SqlBinary(SqlBinary v, SqlType t) => v.IsNull ? SqlValue.Null : Bytes(v.Value, t);

    internal static SqlValue To_SqlBytes(SqlBytes? v, SqlType t) => v is null || v.IsNull ? SqlValue.Null : Bytes(v.Value, t);

    internal static SqlValue To_ByteArray(byte[]? v, SqlType t) => v is null ? SqlValue.Null : Bytes(v, t);

    private static SqlValue Bytes(byte[] value, SqlType type)
    {
        if (!type.IsMax && value.Length > type.Length)
        {
            throw new ClrTruncationException(value.Length, type.Length);
        }

        if (type.Id == SqlTypeId.Binary && value.Length < type.Length)
        {
            Array.Resize(ref value, type.Length);
        }

        return SqlValue.FromBinary(value, type.Id);
    }

    internal static SqlValue To_SqlGuid(SqlGuid v, SqlType t) => v.IsNull ? SqlValue.Null : SqlValue.FromGuid(v.Value);

    internal static SqlValue To_Guid(Guid v, SqlType t) => SqlValue.FromGuid(v);

    internal static SqlValue To_NullableGuid(Guid? v, SqlType t) => v is { } x ? SqlValue.FromGuid(x) : SqlValue.Null;

    internal static SqlValue To_SqlDateTime(SqlDateTime v, SqlType t) => v.IsNull ? SqlValue.Null
        : t.Id == SqlTypeId.DateTime ? SqlValue.FromDateTime(v.DayTicks, v.TimeTicks) : To_DateTime(v.Value, t);

    internal static SqlValue To_DateTime(DateTime v, SqlType t)
    {
        switch (t.Id)
        {
            case SqlTypeId.DateTime:
                var sql = new SqlDateTime(v);
                return SqlValue.FromDateTime(sql.DayTicks, sql.TimeTicks);
            case SqlTypeId.SmallDateTime:
                return SqlValue.FromSmallDateTime((v.Ticks + (TimeSpan.TicksPerMinute / 2)) / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute);
            case SqlTypeId.Date:
                return SqlValue.FromDate((int)(v.Ticks / TimeSpan.TicksPerDay));
            default:
                return SqlValue.FromDateTime2(Fraction(v.Ticks, t.Scale));
        }
    }

    internal static SqlValue To_NullableDateTime(DateTime? v, SqlType t) => v is { } x ? To_DateTime(x, t) : SqlValue.Null;

    internal static SqlValue To_TimeSpan(TimeSpan v, SqlType t) => SqlValue.FromTime(Fraction(v.Ticks, t.Scale));

    internal static SqlValue To_NullableTimeSpan(TimeSpan? v, SqlType t) => v is { } x ? To_TimeSpan(x, t) : SqlValue.Null;

    internal static SqlValue To_DateTimeOffset(DateTimeOffset v, SqlType t) =>
        SqlValue.FromDateTimeOffset(Fraction(v.UtcTicks, t.Scale), (int)v.Offset.TotalMinutes);

    internal static SqlValue To_NullableDateTimeOffset(DateTimeOffset? v, SqlType t) => v is { } x ? To_DateTimeOffset(x, t) : SqlValue.Null;

    internal static SqlValue To_SqlXml(SqlXml? v, SqlType t) => v is null || v.IsNull ? SqlValue.Null : SqlValue.FromString(v.Value, SqlTypeId.Xml);

    /// <summary>Rounds 100 ns ticks to a number of fractional digits.</summary>
    private static long Fraction(long ticks, int scale)
    {
        long unit = 1;
        for (int i = scale; i < 7; i++)
        {
            unit *= 10;
        }

        return (ticks + (unit / 2)) / unit * unit;
    }
}

/// <summary>A string or binary result is longer than its declared type: never cut, always an error (worded as SQL Server's host words it).</summary>
internal sealed class ClrTruncationException(int size, int limit)
    : Exception($"Trying to convert return value or output parameter of size {size} bytes to a T-SQL type with a smaller size limit of {limit} bytes.");
