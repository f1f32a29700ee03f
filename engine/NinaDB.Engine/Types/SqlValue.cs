using System.Data.SqlTypes;
using System.Runtime.CompilerServices;

namespace NinaDB.Engine.Types;

/// <summary>
/// One value of any SQL type, or NULL. A 24-byte struct so that rows are plain arrays without boxing.
/// The kind tag says how the payload is held; declared lengths, scales and collations live in <see cref="SqlType"/>, not here.
/// </summary>
/// <remarks>
/// Payloads: integers, bit: <c>_bits</c>. real/float: double bits. money/smallmoney: <c>_bits</c> = amount * 10,000. decimal/numeric: the unscaled value in <c>_bits</c> and the scale in <c>_aux</c> when it
/// fits a long, else a boxed <see cref="Numeric128"/>.
/// date: days since 0001-01-01. time: 100 ns ticks since midnight. datetime2: 100 ns ticks since 0001-01-01. smalldatetime: as datetime2, whole minutes.
/// datetime: <c>_bits</c> = days since 1900-01-01 * 25,920,000 + 1/300 s units since midnight (may be negative). datetimeoffset: UTC ticks in <c>_bits</c>, offset minutes in <c>_aux</c>.
/// strings, xml, json: <see cref="string"/>. binary types: <c>byte[]</c> or <see cref="SqlLob"/>. uniqueidentifier: boxed <see cref="Guid"/>. vector: <c>float[]</c> (float16 rounded to half).
/// sql_variant: a <see cref="VariantBox"/> with the inner value and its type.
/// </remarks>
public readonly partial struct SqlValue
{
    private readonly object? _ref;
    private readonly long _bits;
    private readonly int _aux;
    private readonly SqlTypeId _kind;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SqlValue(SqlTypeId kind, long bits, object? reference = null, int aux = 0)
    {
        _kind = kind;
        _bits = bits;
        _ref = reference;
        _aux = aux;
    }

    /// <summary>The NULL of every type; also <c>default(SqlValue)</c>.</summary>
    public static SqlValue Null => default;

    public bool IsNull
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _kind == SqlTypeId.Null;
    }

    /// <summary>How the payload is held (<see cref="SqlTypeId.Null"/> for NULL).</summary>
    public SqlTypeId Kind => _kind;

    public static SqlValue FromBit(bool value) => new(SqlTypeId.Bit, value ? 1 : 0);

    public static SqlValue FromTinyInt(byte value) => new(SqlTypeId.TinyInt, value);

    public static SqlValue FromSmallInt(short value) => new(SqlTypeId.SmallInt, value);

    public static SqlValue FromInt(int value) => new(SqlTypeId.Int, value);

    public static SqlValue FromBigInt(long value) => new(SqlTypeId.BigInt, value);

    /// <summary>An exact integer of the given integer kind; the caller has checked its range.</summary>
    public static SqlValue FromInteger(SqlTypeId kind, long value) => new(kind, value);

    public static SqlValue FromReal(float value) => new(SqlTypeId.Real, BitConverter.DoubleToInt64Bits(value));

    public static SqlValue FromFloat(double value) => new(SqlTypeId.Float, BitConverter.DoubleToInt64Bits(value));

    /// <param name="kind">Decimal or Numeric.</param>
    public static SqlValue FromDecimal(SqlDecimal value, SqlTypeId kind = SqlTypeId.Decimal) => FromNumeric(Numeric128.FromSqlDecimal(value), kind);

    /// <param name="kind">Decimal or Numeric.</param>
    internal static SqlValue FromNumeric(Numeric128 value, SqlTypeId kind = SqlTypeId.Decimal) =>
        value.Unscaled >= long.MinValue && value.Unscaled <= long.MaxValue ? new(kind, (long)value.Unscaled, null, value.Scale) : new(kind, 0, value);

    /// <param name="tenThousandths">The amount times 10,000.</param>
    public static SqlValue FromMoney(long tenThousandths) => new(SqlTypeId.Money, tenThousandths);

    public static SqlValue FromSmallMoney(int tenThousandths) => new(SqlTypeId.SmallMoney, tenThousandths);

    /// <param name="dayNumber">Days since 0001-01-01.</param>
    public static SqlValue FromDate(int dayNumber) => new(SqlTypeId.Date, dayNumber);

    public static SqlValue FromTime(long ticks) => new(SqlTypeId.Time, ticks);

    public static SqlValue FromDateTime2(long ticks) => new(SqlTypeId.DateTime2, ticks);

    public static SqlValue FromSmallDateTime(long ticks) => new(SqlTypeId.SmallDateTime, ticks);

    /// <param name="days">Days since 1900-01-01 (negative before).</param>
    /// <param name="threeHundredths">1/300 s units since midnight.</param>
    public static SqlValue FromDateTime(int days, int threeHundredths) => new(SqlTypeId.DateTime, days * 25_920_000L + threeHundredths);

    /// <param name="units">Days since 1900-01-01 times 25,920,000 plus 1/300 s units.</param>
    public static SqlValue FromDateTimeUnits(long units) => new(SqlTypeId.DateTime, units);

    public static SqlValue FromDateTimeOffset(long utcTicks, int offsetMinutes) => new(SqlTypeId.DateTimeOffset, utcTicks, null, offsetMinutes);

    /// <param name="kind">One of the character kinds (Char, VarChar, Text, NChar, NVarChar, NText), Xml or Json.</param>
    public static SqlValue FromString(string value, SqlTypeId kind = SqlTypeId.NVarChar) => new(kind, 0, value);

    /// <param name="kind">Binary, VarBinary, Image or RowVersion.</param>
    public static SqlValue FromBinary(byte[] value, SqlTypeId kind = SqlTypeId.VarBinary) => new(kind, 0, value);

    public static SqlValue FromLob(SqlLob value) => new(SqlTypeId.VarBinary, 0, value);

    public static SqlValue FromGuid(Guid value) => new(SqlTypeId.UniqueIdentifier, 0, value);

    public static SqlValue FromVector(float[] value) => new(SqlTypeId.Vector, 0, value);

    public static SqlValue FromVariant(SqlValue inner, SqlType type) => inner.IsNull ? Null : new(SqlTypeId.SqlVariant, 0, new VariantBox(inner, type));

    /// <summary>bit, tinyint, smallint, int or bigint payload; also raw bits of money, date, time, datetime, datetime2.</summary>
    public long AsInt64
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _bits;
    }

    public int AsInt32
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (int)_bits;
    }

    public bool AsBoolean => _bits != 0;

    /// <summary>The reference payload (string, bytes, LOB, boxed decimal or Guid, vector, variant), or null for values that are bits.</summary>
    internal object? Reference => _ref;

    /// <summary>real or float payload.</summary>
    public double AsDouble => BitConverter.Int64BitsToDouble(_bits);

    public SqlDecimal AsDecimal => AsNumeric.ToSqlDecimal();

    /// <summary>decimal or numeric payload.</summary>
    internal Numeric128 AsNumeric => _ref is null ? new Numeric128(_bits, (byte)_aux) : (Numeric128)_ref;

    /// <summary>Whether a decimal's unscaled value is held in <see cref="AsInt64"/>.</summary>
    internal bool IsSmallNumeric
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _ref is null;
    }

    /// <summary>Scale of a decimal for which <see cref="IsSmallNumeric"/> holds.</summary>
    internal int SmallNumericScale => _aux;

    /// <summary>A decimal whose unscaled value fits a long.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static SqlValue FromSmallNumeric(long unscaled, int scale, SqlTypeId kind) => new(kind, unscaled, null, scale);

    /// <summary>The same payload tagged as another kind that is held the same way (varchar as nvarchar, numeric as decimal).</summary>
    internal SqlValue WithKind(SqlTypeId kind) => new(kind, _bits, _ref, _aux);

    /// <summary>Character, xml or json payload.</summary>
    public string AsString => _ref as string ?? _ref!.ToString()!;

    /// <summary>Binary payload, materialised if it is a <see cref="SqlLob"/>.</summary>
    public byte[] AsBytes => _ref is SqlLob lob ? lob.ToArray() : (byte[])_ref!;

    /// <summary>The large-object handle, or null when the bytes are in memory.</summary>
    public SqlLob? AsLob => _ref as SqlLob;

    public Guid AsGuid => (Guid)_ref!;

    public float[] AsVector => (float[])_ref!;

    /// <summary>A table variable on its way to a table-valued parameter of a function.</summary>
    internal static SqlValue FromTable(Catalog.TableDefinition table) => new(SqlTypeId.Table, 0, table);

    internal Catalog.TableDefinition AsTable => (Catalog.TableDefinition)_ref!;

    public VariantBox AsVariant => (VariantBox)_ref!;

    public int OffsetMinutes => _aux;

    /// <summary>Value and declared type inside a sql_variant.</summary>
    public sealed record VariantBox(SqlValue Value, SqlType Type);
}
