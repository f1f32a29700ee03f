using System.Buffers;
using System.Buffers.Binary;
using NinaDB.Engine.Types;

namespace NinaDB.Tds.Protocol;

internal sealed partial class ColumnFormat
{
    private const int LobChunk = 32 * 1024;

    /// <summary>Stands for the text pointer and timestamp that precede text, ntext and image values; no statement uses them here.</summary>
    private static readonly byte[] TextPointer = [16, .. "nina text ptr\0\0\0"u8, .. "\0\0\0\0\0\0\0\0"u8];

    public void WriteValue(PacketOutput output, in SqlValue value)
    {
        if (value.IsNull)
        {
            WriteNull(output);
            return;
        }

        switch (_format)
        {
            case WireFormat.Integer:
                WriteInteger(output, value.AsInt64);
                break;
            case WireFormat.Decimal:
                WriteDecimal(output, value);
                break;
            case WireFormat.Money:
                WriteLength(output);
                output.Write((int)(value.AsInt64 >> 32));
                output.Write((int)value.AsInt64);
                break;
            case WireFormat.SmallMoney:
                WriteLength(output);
                output.Write(value.AsInt32);
                break;
            case WireFormat.Real:
                WriteLength(output);
                output.Write(BitConverter.SingleToInt32Bits((float)value.AsDouble));
                break;
            case WireFormat.Float:
                WriteLength(output);
                output.Write(value.AsInt64);
                break;
            case WireFormat.Date:
                output.Write((byte)3);
                output.WriteLowBytes(value.AsInt64, 3);
                break;
            case WireFormat.Time:
                output.Write((byte)_length);
                WriteTime(output, value.AsInt64);
                break;
            case WireFormat.DateTime:
                WriteLength(output);
                WriteDateTimeUnits(output, value.AsInt64);
                break;
            case WireFormat.SmallDateTime:
                WriteLength(output);
                output.Write((ushort)((value.AsInt64 / TimeSpan.TicksPerDay) - DateTimes.Days1900));
                output.Write((ushort)(value.AsInt64 % TimeSpan.TicksPerDay / TimeSpan.TicksPerMinute));
                break;
            case WireFormat.DateTime2:
                output.Write((byte)_length);
                WriteTicks(output, value.AsInt64);
                break;
            case WireFormat.DateTimeOffset:
                output.Write((byte)_length);
                WriteTicks(output, value.AsInt64);
                output.Write((short)value.OffsetMinutes);
                break;
            case WireFormat.Guid:
                output.Write((byte)16);
                Span<byte> guid = stackalloc byte[16];
                value.AsGuid.TryWriteBytes(guid);
                output.Write(guid);
                break;
            case WireFormat.Binary:
                byte[] bytes = value.AsBytes;
                output.Write((ushort)bytes.Length);
                output.Write(bytes);
                break;
            case WireFormat.NarrowText:
                WriteNarrow(output, Text(value));
                break;
            case WireFormat.WideText:
                string wide = Text(value);
                output.Write((ushort)(wide.Length * 2));
                output.WriteUnicode(wide);
                break;
            case WireFormat.PartialNarrowText:
                WritePartialNarrow(output, Text(value));
                break;
            case WireFormat.PartialWideText:
                string partial = Text(value);
                BeginPartial(output, partial.Length * 2L);
                output.WriteUnicode(partial);
                EndPartial(output, partial.Length);
                break;
            case WireFormat.PartialBinary:
                WritePartialBinary(output, value);
                break;
            case WireFormat.LegacyNarrowText:
                string narrow = Text(value);
                byte[] encoded = TextEncodings.GetBytes(narrow, _collation!);
                output.Write(TextPointer);
                output.Write(encoded.Length);
                output.Write(encoded);
                break;
            case WireFormat.LegacyWideText:
                string legacy = Text(value);
                output.Write(TextPointer);
                output.Write(legacy.Length * 2);
                output.WriteUnicode(legacy);
                break;
            case WireFormat.LegacyBinary:
                byte[] image = value.AsBytes;
                output.Write(TextPointer);
                output.Write(image.Length);
                output.Write(image);
                break;
            case WireFormat.Variant:
                VariantFormat.Write(output, value.AsVariant);
                break;
            case WireFormat.Vector:
                WriteVector(output, value.AsVector);
                break;
        }
    }

    /// <summary>The text of a value: its own, or how it reads to a client that does not know its type.</summary>
    private string Text(in SqlValue value) => _asText ? SqlFormat.ToText(value, Type) : value.AsString;

    /// <summary>The length byte that precedes values of nullable types.</summary>
    private void WriteLength(PacketOutput output)
    {
        if (!_isFixed)
        {
            output.Write((byte)_length);
        }
    }

    private void WriteInteger(PacketOutput output, long value)
    {
        WriteLength(output);
        switch (_length)
        {
            case 1:
                output.Write((byte)value);
                break;
            case 2:
                output.Write((short)value);
                break;
            case 4:
                output.Write((int)value);
                break;
            default:
                output.Write(value);
                break;
        }
    }

    private void WriteDecimal(PacketOutput output, in SqlValue value)
    {
        output.Write((byte)_length);
        if (value.IsSmallNumeric && value.SmallNumericScale == _scale)
        {
            long unscaled = value.AsInt64;
            output.Write(unscaled >= 0 ? (byte)1 : (byte)0);
            ulong magnitude = unscaled >= 0 ? (ulong)unscaled : (ulong)-unscaled;
            int left = _length - 1;
            if (left == 4)
            {
                output.Write((uint)magnitude);
                return;
            }

            output.Write(magnitude);
            for (left -= 8; left > 0; left -= 4)
            {
                output.Write(0);
            }

            return;
        }

        if (!value.AsNumeric.TryRescale(_scale, truncate: false, out Numeric128 number))
        {
            throw Engine.Errors.SqlErrors.Create(8115, "numeric", "numeric");
        }

        WriteMagnitude(output, number, _length - 1);
    }

    internal static void WriteMagnitude(PacketOutput output, Numeric128 number, int bytes)
    {
        output.Write(number.IsNegative ? (byte)0 : (byte)1);
        var magnitude = (UInt128)Int128.Abs(number.Unscaled);
        for (int i = 0; i < bytes; i += 4)
        {
            output.Write((uint)magnitude);
            magnitude >>= 32;
        }
    }

    private void WriteTime(PacketOutput output, long ticks) => output.WriteLowBytes(ticks / DateTimes.TicksOfScale(_scale), TimeLength(_scale));

    private void WriteTicks(PacketOutput output, long ticks)
    {
        WriteTime(output, ticks % TimeSpan.TicksPerDay);
        output.WriteLowBytes(ticks / TimeSpan.TicksPerDay, 3);
    }

    internal static void WriteDateTimeUnits(PacketOutput output, long units)
    {
        long days = Math.DivRem(units, DateTimes.UnitsPerDay, out long inDay);
        if (inDay < 0)
        {
            inDay += DateTimes.UnitsPerDay;
            days--;
        }

        output.Write((int)days);
        output.Write((int)inDay);
    }

    private void WriteNarrow(PacketOutput output, string text)
    {
        if (NarrowBytes(text) is { } bytes)
        {
            output.Write((ushort)bytes.Length);
            output.Write(bytes);
            return;
        }

        output.Write((ushort)text.Length);
        output.WriteAscii(text);
    }

    private void WritePartialNarrow(PacketOutput output, string text)
    {
        if (NarrowBytes(text) is { } bytes)
        {
            BeginPartial(output, bytes.Length);
            output.Write(bytes);
            EndPartial(output, bytes.Length);
            return;
        }

        BeginPartial(output, text.Length);
        output.WriteAscii(text);
        EndPartial(output, text.Length);
    }

    /// <summary>A partially length-prefixed value ([MS-TDS] 2.2.5.2.3) that is one chunk.</summary>
    private static void BeginPartial(PacketOutput output, long length)
    {
        output.Write(length);
        if (length > 0)
        {
            output.Write((uint)length);
        }
    }

    private static void EndPartial(PacketOutput output, long length) => output.Write(0);

    private static void WritePartialBinary(PacketOutput output, in SqlValue value)
    {
        if (value.AsLob is not { } lob)
        {
            byte[] bytes = value.AsBytes;
            BeginPartial(output, bytes.Length);
            output.Write(bytes);
            EndPartial(output, bytes.Length);
            return;
        }

        output.Write(lob.Length);
        byte[] chunk = ArrayPool<byte>.Shared.Rent(LobChunk);
        try
        {
            for (long offset = 0; offset < lob.Length;)
            {
                int read = lob.Read(offset, chunk.AsSpan(0, LobChunk));
                if (read == 0)
                {
                    throw new EndOfStreamException("A large object is shorter than its recorded length.");
                }

                output.Write(read);
                output.Write(chunk.AsSpan(0, read));
                offset += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        output.Write(0);
    }

    /// <summary>A vector as eight bytes of header (mark 0xA9, version 1, dimensions, element type) and its elements ([MS-TDS] 2.2.5.5.7).</summary>
    private static void WriteVector(PacketOutput output, float[] vector)
    {
        output.Write((ushort)(8 + (4 * vector.Length)));
        output.Write((byte)0xA9);
        output.Write((byte)1);
        output.Write((ushort)vector.Length);
        output.Write(0);
        foreach (float element in vector)
        {
            output.Write(BitConverter.SingleToInt32Bits(element));
        }
    }
}
