using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Tds.Protocol;

/// <summary>sql_variant values ([MS-TDS] 2.2.5.5.4): base type, its properties, its bytes.</summary>
internal static class VariantFormat
{
    public static void Write(PacketOutput output, SqlValue.VariantBox variant)
    {
        SqlType type = variant.Type;
        SqlValue value = variant.Value;
        switch (type.Id)
        {
            case SqlTypeId.Bit:
                Begin(output, TypeToken.Bit, 0, 1);
                output.Write((byte)value.AsInt64);
                break;
            case SqlTypeId.TinyInt:
                Begin(output, TypeToken.Int1, 0, 1);
                output.Write((byte)value.AsInt64);
                break;
            case SqlTypeId.SmallInt:
                Begin(output, TypeToken.Int2, 0, 2);
                output.Write((short)value.AsInt64);
                break;
            case SqlTypeId.Int:
                Begin(output, TypeToken.Int4, 0, 4);
                output.Write(value.AsInt32);
                break;
            case SqlTypeId.BigInt:
                Begin(output, TypeToken.Int8, 0, 8);
                output.Write(value.AsInt64);
                break;
            case SqlTypeId.Decimal or SqlTypeId.Numeric:
                Begin(output, type.Id == SqlTypeId.Decimal ? TypeToken.DecimalN : TypeToken.NumericN, 2, 17);
                output.Write(type.Precision);
                output.Write(type.Scale);
                value.AsNumeric.TryRescale(type.Scale, false, out Numeric128 number);
                ColumnFormat.WriteMagnitude(output, number, 16);
                break;
            case SqlTypeId.SmallMoney:
                Begin(output, TypeToken.Money4, 0, 4);
                output.Write(value.AsInt32);
                break;
            case SqlTypeId.Money:
                Begin(output, TypeToken.Money, 0, 8);
                output.Write((int)(value.AsInt64 >> 32));
                output.Write((int)value.AsInt64);
                break;
            case SqlTypeId.Real:
                Begin(output, TypeToken.Float4, 0, 4);
                output.Write(BitConverter.SingleToInt32Bits((float)value.AsDouble));
                break;
            case SqlTypeId.Float:
                Begin(output, TypeToken.Float8, 0, 8);
                output.Write(value.AsInt64);
                break;
            case SqlTypeId.DateTime:
                Begin(output, TypeToken.DateTime, 0, 8);
                ColumnFormat.WriteDateTimeUnits(output, value.AsInt64);
                break;
            case SqlTypeId.SmallDateTime:
                Begin(output, TypeToken.DateTime4, 0, 4);
                output.Write((ushort)((value.AsInt64 / TimeSpan.TicksPerDay) - DateTimes.Days1900));
                output.Write((ushort)(value.AsInt64 % TimeSpan.TicksPerDay / TimeSpan.TicksPerMinute));
                break;
            case SqlTypeId.Date:
                Begin(output, TypeToken.Date, 0, 3);
                output.WriteLowBytes(value.AsInt64, 3);
                break;
            case SqlTypeId.Time:
                Begin(output, TypeToken.Time, 1, ColumnFormat.TimeLength(type.Scale));
                output.Write(type.Scale);
                WriteTime(output, value.AsInt64, type.Scale);
                break;
            case SqlTypeId.DateTime2:
                Begin(output, TypeToken.DateTime2, 1, ColumnFormat.TimeLength(type.Scale) + 3);
                output.Write(type.Scale);
                WriteTicks(output, value.AsInt64, type.Scale);
                break;
            case SqlTypeId.DateTimeOffset:
                Begin(output, TypeToken.DateTimeOffset, 1, ColumnFormat.TimeLength(type.Scale) + 5);
                output.Write(type.Scale);
                WriteTicks(output, value.AsInt64, type.Scale);
                output.Write((short)value.OffsetMinutes);
                break;
            case SqlTypeId.UniqueIdentifier:
                Begin(output, TypeToken.Guid, 0, 16);
                output.Write(value.AsGuid.ToByteArray());
                break;
            case SqlTypeId.Char or SqlTypeId.VarChar:
                WriteText(output, type.Id == SqlTypeId.Char ? TypeToken.Char : TypeToken.VarChar, type, TextEncodings.GetBytes(value.AsString, type.EffectiveCollation), type.Length);
                break;
            case SqlTypeId.NChar or SqlTypeId.NVarChar:
                WriteText(output, type.Id == SqlTypeId.NChar ? TypeToken.NChar : TypeToken.NVarChar, type, System.Text.Encoding.Unicode.GetBytes(value.AsString), type.Length * 2);
                break;
            case SqlTypeId.Binary or SqlTypeId.VarBinary:
                byte[] bytes = value.AsBytes;
                Begin(output, type.Id == SqlTypeId.Binary ? TypeToken.Binary : TypeToken.VarBinary, 2, bytes.Length);
                output.Write((ushort)Math.Max(bytes.Length, type.Length));
                output.Write(bytes);
                break;
            default:
                throw SqlErrors.NotSupported($"{type.Name} in sql_variant");
        }
    }

    /// <summary>A variant that a client sends, of <paramref name="length"/> bytes.</summary>
    public static SqlValue Read(MessageReader reader, int length)
    {
        if (length < 2)
        {
            throw new TdsProtocolException($"A sql_variant of {length} bytes.");
        }

        byte token = reader.Byte();
        int properties = reader.Byte();
        int bytes = length - 2 - properties;
        if (bytes < 0)
        {
            throw new TdsProtocolException("A sql_variant is shorter than its properties.");
        }

        ClientType type = ClientType.ReadVariantBase(reader, token, properties, bytes);
        SqlValue value = type.ReadBytes(reader, bytes);
        return value.IsNull ? SqlValue.Null : SqlValue.FromVariant(value, type.Type);
    }

    private static void WriteText(PacketOutput output, byte token, SqlType type, byte[] bytes, int maximum)
    {
        Begin(output, token, 7, bytes.Length);
        CollationBytes.Write(output, type.EffectiveCollation);
        output.Write((ushort)Math.Max(bytes.Length, maximum));
        output.Write(bytes);
    }

    private static void WriteTime(PacketOutput output, long ticks, int scale) =>
        output.WriteLowBytes(ticks / DateTimes.TicksOfScale(scale), ColumnFormat.TimeLength(scale));

    private static void WriteTicks(PacketOutput output, long ticks, int scale)
    {
        WriteTime(output, ticks % TimeSpan.TicksPerDay, scale);
        output.WriteLowBytes(ticks / TimeSpan.TicksPerDay, 3);
    }

    private static void Begin(PacketOutput output, byte token, int properties, int bytes)
    {
        output.Write(2 + properties + bytes);
        output.Write(token);
        output.Write((byte)properties);
    }
}
