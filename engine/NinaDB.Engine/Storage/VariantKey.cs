using System.Buffers.Binary;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Storage;

/// <summary>
/// Order of sql_variant values in keys: first by type family (binary, guid, character, exact numbers, approximate numbers, dates; the documented hierarchy),
/// then by value within the family whatever the exact type.
/// </summary>
internal static class VariantKey
{
    private const byte BinaryFamily = 1, GuidFamily = 2, CharacterFamily = 3, ExactFamily = 4, ApproximateFamily = 5, TimeFamily = 6, DateFamily = 7;
    private const long DateTimeEpochTicks = 693_595L * TimeSpan.TicksPerDay;

    public static void Write(ref ByteWriter writer, SqlValue.VariantBox variant)
    {
        SqlType type = variant.Type;
        SqlValue value = variant.Value;
        byte family = Family(type);
        writer.WriteByte(family);
        switch (family)
        {
            case BinaryFamily:
                KeyCodec.WriteEscaped(ref writer, value.AsBytes);
                break;
            case GuidFamily:
                KeyCodec.WriteGuid(writer.Take(16), value.AsGuid);
                break;
            case CharacterFamily:
                KeyCodec.WriteEscaped(ref writer, (type.Collation ?? Collation.Default).GetSortKey(value.AsString));
                break;
            case ExactFamily:
                WriteExact(ref writer, type.IsDecimal ? value.AsNumeric : new Numeric128(value.AsInt64, (byte)(type.IsMoney ? 4 : 0)));
                break;
            case ApproximateFamily:
                KeyCodec.WriteDouble(ref writer, value.AsDouble);
                break;
            default:
                BinaryPrimitives.WriteUInt64BigEndian(writer.Take(8), (ulong)Ticks(value, type) ^ 0x8000_0000_0000_0000ul);
                break;
        }
    }

    /// <summary>Bytes after the family byte; 0 for the self-delimiting families.</summary>
    public static int PayloadLength(byte family) => family switch
    {
        GuidFamily => 16,
        ExactFamily => 32,
        ApproximateFamily or TimeFamily or DateFamily => 8,
        _ => 0,
    };

    private static byte Family(SqlType type) => type switch
    {
        { IsBinary: true } => BinaryFamily,
        { Id: SqlTypeId.UniqueIdentifier } => GuidFamily,
        { IsString: true } => CharacterFamily,
        { IsApproximate: true } => ApproximateFamily,
        { Id: SqlTypeId.Time } => TimeFamily,
        { IsDateOrTime: true } => DateFamily,
        _ => ExactFamily,
    };

    /// <summary>Whole part (floor) and fraction in units of 10^-38, so that numbers of any scale compare.</summary>
    private static void WriteExact(ref ByteWriter writer, Numeric128 number)
    {
        Int128 unit = Numeric128.Power10(number.Scale);
        (Int128 whole, Int128 rest) = Int128.DivRem(number.Unscaled, unit);
        if (rest < 0)
        {
            whole--;
            rest += unit;
        }

        KeyCodec.WriteInt128(ref writer, whole);
        KeyCodec.WriteInt128(ref writer, rest * Numeric128.Power10(38 - number.Scale));
    }

    private static long Ticks(SqlValue value, SqlType type) => type.Id switch
    {
        SqlTypeId.Date => value.AsInt64 * TimeSpan.TicksPerDay,
        SqlTypeId.DateTime => DateTimeEpochTicks + (long)Math.Round(value.AsInt64 * (TimeSpan.TicksPerSecond / 300.0)),
        _ => value.AsInt64,
    };
}
