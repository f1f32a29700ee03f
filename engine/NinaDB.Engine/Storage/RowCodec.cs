using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Storage;

/// <summary>How the bytes of a stored value are to be read; the three high bits of its tag.</summary>
internal enum StoredForm : byte
{
    /// <summary>Numbers in as few little-endian bytes as they need, binary, guid, vector.</summary>
    Raw = 0,
    Ascii = 1,
    Utf8 = 2,
    Utf16 = 3,

    /// <summary>Reference into the tree of large values.</summary>
    Large = 4,

    /// <summary>Reference to a FILESTREAM file.</summary>
    File = 5,
}

/// <summary>
/// The format of stored rows: highest column id covered (varint), a bitmap of the columns that are not NULL by column id, then their values in order of column id.
/// Each value carries its own length, so a reader skips what it does not need and columns that were dropped; a column added later is simply not covered.
/// </summary>
internal static class RowCodec
{
    /// <summary>Values of max types above this many bytes live outside the row.</summary>
    public const int InlineLimit = 8000;

    /// <summary>Length in a tag that stands for one that follows.</summary>
    public const int LongLength = 31;

    /// <summary>Whether values are stored as integers of as few bytes as they need.</summary>
    public static bool IsInteger(SqlType type) => type.Id is SqlTypeId.Bit or SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt or SqlTypeId.SmallMoney
        or SqlTypeId.Money or SqlTypeId.Date or SqlTypeId.Time or SqlTypeId.SmallDateTime or SqlTypeId.DateTime or SqlTypeId.DateTime2;

    /// <summary>Appends tag and payload of a value that is not NULL and that fits the row.</summary>
    public static void WriteValue(ref ByteWriter writer, in SqlValue value, SqlType type)
    {
        switch (type.Id)
        {
            case SqlTypeId.Bit or SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt or SqlTypeId.SmallMoney or SqlTypeId.Money
                or SqlTypeId.Date or SqlTypeId.Time or SqlTypeId.SmallDateTime or SqlTypeId.DateTime or SqlTypeId.DateTime2:
                WriteInteger(ref writer, value.AsInt64);
                break;
            case SqlTypeId.Float:
                WriteTag(ref writer, StoredForm.Raw, 8);
                BinaryPrimitives.WriteDoubleLittleEndian(writer.Take(8), value.AsDouble);
                break;
            case SqlTypeId.Real:
                WriteTag(ref writer, StoredForm.Raw, 4);
                BinaryPrimitives.WriteSingleLittleEndian(writer.Take(4), (float)value.AsDouble);
                break;
            case SqlTypeId.Decimal or SqlTypeId.Numeric:
                WriteDecimal(ref writer, value.AsNumeric);
                break;
            case SqlTypeId.DateTimeOffset:
                WriteTag(ref writer, StoredForm.Raw, 10);
                BinaryPrimitives.WriteInt64LittleEndian(writer.Take(8), value.AsInt64);
                BinaryPrimitives.WriteInt16LittleEndian(writer.Take(2), (short)value.OffsetMinutes);
                break;
            case SqlTypeId.UniqueIdentifier:
                WriteTag(ref writer, StoredForm.Raw, 16);
                value.AsGuid.TryWriteBytes(writer.Take(16));
                break;
            case SqlTypeId.Vector:
                WriteVector(ref writer, value.AsVector, type.IsHalfPrecision);
                break;
            case SqlTypeId.SqlVariant:
                WriteVariant(ref writer, value.AsVariant);
                break;
            default:
                if (value.Reference is string text)
                {
                    WriteText(ref writer, text);
                }
                else
                {
                    WriteBytes(ref writer, StoredForm.Raw, value.AsBytes);
                }

                break;
        }
    }

    public static void WriteBytes(ref ByteWriter writer, StoredForm form, ReadOnlySpan<byte> bytes)
    {
        WriteTag(ref writer, form, bytes.Length);
        writer.Write(bytes);
    }

    /// <summary>The best of the three text forms, and its length in bytes. Text that is no valid UTF-16 stays UTF-16.</summary>
    public static StoredForm TextForm(string text, out int byteCount)
    {
        if (Ascii.IsValid(text))
        {
            byteCount = text.Length;
            return StoredForm.Ascii;
        }

        byteCount = Encoding.UTF8.GetByteCount(text);
        if (byteCount <= text.Length * 2 && IsWellFormed(text))
        {
            return StoredForm.Utf8;
        }

        byteCount = text.Length * 2;
        return StoredForm.Utf16;
    }

    public static void EncodeText(string text, StoredForm form, Span<byte> destination)
    {
        switch (form)
        {
            case StoredForm.Ascii:
                Encoding.Latin1.GetBytes(text, destination);
                break;
            case StoredForm.Utf8:
                Encoding.UTF8.GetBytes(text, destination);
                break;
            default:
                MemoryMarshal.AsBytes(text.AsSpan()).CopyTo(destination);
                break;
        }
    }

    public static string DecodeText(StoredForm form, ReadOnlySpan<byte> bytes) => form switch
    {
        StoredForm.Ascii => Encoding.Latin1.GetString(bytes),
        StoredForm.Utf8 => Encoding.UTF8.GetString(bytes),
        _ => new string(MemoryMarshal.Cast<byte, char>(bytes)),
    };

    /// <summary>Reads the tag at <paramref name="position"/> and moves behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static StoredForm ReadTag(ReadOnlySpan<byte> row, ref int position, out int length)
    {
        byte tag = row[position++];
        length = tag & LongLength;
        if (length == LongLength)
        {
            length = (int)ReadVarint(row, ref position);
        }

        return (StoredForm)(tag >> 5);
    }

    public static ulong ReadVarint(ReadOnlySpan<byte> bytes, ref int position)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte b = bytes[position++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }
    }

    /// <summary>Decodes an inline value of the given type.</summary>
    public static SqlValue ReadValue(StoredForm form, ReadOnlySpan<byte> bytes, SqlType type)
    {
        switch (type.Id)
        {
            case SqlTypeId.Bit or SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt or SqlTypeId.SmallMoney or SqlTypeId.Money
                or SqlTypeId.Date or SqlTypeId.Time or SqlTypeId.SmallDateTime or SqlTypeId.DateTime or SqlTypeId.DateTime2:
                return SqlValue.FromInteger(type.Id, ReadInteger(bytes));
            case SqlTypeId.Float:
                return SqlValue.FromFloat(BinaryPrimitives.ReadDoubleLittleEndian(bytes));
            case SqlTypeId.Real:
                return SqlValue.FromReal(BinaryPrimitives.ReadSingleLittleEndian(bytes));
            case SqlTypeId.Decimal or SqlTypeId.Numeric:
                return SqlValue.FromNumeric(ReadDecimal(bytes), type.Id);
            case SqlTypeId.DateTimeOffset:
                return SqlValue.FromDateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadInt16LittleEndian(bytes[8..]));
            case SqlTypeId.UniqueIdentifier:
                return SqlValue.FromGuid(new Guid(bytes));
            case SqlTypeId.Vector:
                return SqlValue.FromVector(ReadVector(bytes, type));
            case SqlTypeId.SqlVariant:
                return ReadVariant(bytes);
            default:
                return form == StoredForm.Raw ? SqlValue.FromBinary(bytes.ToArray(), type.Id) : SqlValue.FromString(DecodeText(form, bytes), type.Id);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long ReadInteger(ReadOnlySpan<byte> bytes)
    {
        ulong zigzag = 0;
        for (int i = bytes.Length - 1; i >= 0; i--)
        {
            zigzag = zigzag << 8 | bytes[i];
        }

        return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
    }

    private static void WriteTag(ref ByteWriter writer, StoredForm form, int length)
    {
        if (length < LongLength)
        {
            writer.WriteByte((byte)((int)form << 5 | length));
        }
        else
        {
            writer.WriteByte((byte)((int)form << 5 | LongLength));
            writer.WriteVarint((ulong)length);
        }
    }

    private static void WriteInteger(ref ByteWriter writer, long number)
    {
        ulong zigzag = (ulong)(number << 1 ^ number >> 63);
        int length = (71 - BitOperations.LeadingZeroCount(zigzag)) / 8;
        int start = writer.Length;
        Span<byte> bytes = writer.Take(9);
        bytes[0] = (byte)length;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[1..], zigzag);
        writer.Truncate(start + 1 + length);
    }

    private static void WriteText(ref ByteWriter writer, string text)
    {
        StoredForm form = TextForm(text, out int byteCount);
        WriteTag(ref writer, form, byteCount);
        EncodeText(text, form, writer.Take(byteCount));
    }

    private static bool IsWellFormed(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]))
            {
                if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
                {
                    return false;
                }

                i++;
            }
        }

        return true;
    }

    /// <summary>The scale, then the unscaled number as little-endian two's complement in as few bytes as hold it.</summary>
    private static void WriteDecimal(ref ByteWriter writer, Numeric128 number)
    {
        Int128 unscaled = number.Unscaled;
        int bits = 128 - (int)UInt128.LeadingZeroCount((UInt128)(unscaled ^ unscaled >> 127));
        int length = unscaled == 0 ? 0 : bits / 8 + 1;
        WriteTag(ref writer, StoredForm.Raw, 1 + length);
        writer.WriteByte(number.Scale);
        int start = writer.Length;
        BinaryPrimitives.WriteInt128LittleEndian(writer.Take(16), unscaled);
        writer.Truncate(start + length);
    }

    private static Numeric128 ReadDecimal(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= 9)
        {
            long small = bytes.Length > 1 && bytes[^1] >= 0x80 ? -1 : 0;
            for (int i = bytes.Length - 1; i >= 1; i--)
            {
                small = small << 8 | bytes[i];
            }

            return new Numeric128(small, bytes[0]);
        }

        Int128 unscaled = bytes[^1] >= 0x80 ? -1 : 0;
        for (int i = bytes.Length - 1; i >= 1; i--)
        {
            unscaled = unscaled << 8 | bytes[i];
        }

        return new Numeric128(unscaled, bytes[0]);
    }

    private static void WriteVector(ref ByteWriter writer, float[] vector, bool half)
    {
        WriteTag(ref writer, StoredForm.Raw, vector.Length * (half ? 2 : 4));
        if (half)
        {
            foreach (float element in vector)
            {
                BinaryPrimitives.WriteHalfLittleEndian(writer.Take(2), (Half)element);
            }
        }
        else
        {
            writer.Write(MemoryMarshal.AsBytes(vector.AsSpan()));
        }
    }

    internal static float[] ReadVector(ReadOnlySpan<byte> bytes, SqlType type)
    {
        if (!type.IsHalfPrecision)
        {
            return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        }

        var vector = new float[bytes.Length / 2];
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(2 * i)..]);
        }

        return vector;
    }

    /// <summary>Type id, length, precision, scale, collation name, then the value with its own tag.</summary>
    private static void WriteVariant(ref ByteWriter writer, SqlValue.VariantBox variant)
    {
        var inner = new ByteWriter(64);
        SqlType type = variant.Type;
        inner.WriteByte((byte)type.Id);
        inner.WriteVarint((ulong)(type.Length + 1));
        inner.WriteByte(type.Precision);
        inner.WriteByte(type.Scale);
        string collation = type.Collation?.Name ?? "";
        inner.WriteByte((byte)collation.Length);
        Encoding.ASCII.GetBytes(collation, inner.Take(collation.Length));
        WriteValue(ref inner, variant.Value, type);
        WriteBytes(ref writer, StoredForm.Raw, inner.Written);
    }

    private static SqlValue ReadVariant(ReadOnlySpan<byte> bytes)
    {
        int position = 1;
        int length = (int)ReadVarint(bytes, ref position) - 1;
        byte precision = bytes[position++];
        byte scale = bytes[position++];
        int nameLength = bytes[position++];
        string collation = Encoding.ASCII.GetString(bytes.Slice(position, nameLength));
        position += nameLength;
        SqlType type = TypeOf((SqlTypeId)bytes[0], length, precision, scale, nameLength == 0 ? null : Collation.Find(collation));
        StoredForm form = ReadTag(bytes, ref position, out int valueLength);
        return SqlValue.FromVariant(ReadValue(form, bytes.Slice(position, valueLength), type), type);
    }

    private static SqlType TypeOf(SqlTypeId id, int length, byte precision, byte scale, Collation? collation) => id switch
    {
        SqlTypeId.Bit => SqlType.Bit,
        SqlTypeId.TinyInt => SqlType.TinyInt,
        SqlTypeId.SmallInt => SqlType.SmallInt,
        SqlTypeId.Int => SqlType.Int,
        SqlTypeId.BigInt => SqlType.BigInt,
        SqlTypeId.Decimal => SqlType.Decimal(precision, scale),
        SqlTypeId.Numeric => SqlType.Numeric(precision, scale),
        SqlTypeId.SmallMoney => SqlType.SmallMoney,
        SqlTypeId.Money => SqlType.Money,
        SqlTypeId.Real => SqlType.Real,
        SqlTypeId.Float => SqlType.Float,
        SqlTypeId.Date => SqlType.Date,
        SqlTypeId.Time => SqlType.Time(scale),
        SqlTypeId.SmallDateTime => SqlType.SmallDateTime,
        SqlTypeId.DateTime => SqlType.DateTime,
        SqlTypeId.DateTime2 => SqlType.DateTime2(scale),
        SqlTypeId.DateTimeOffset => SqlType.DateTimeOffset(scale),
        SqlTypeId.Char => SqlType.Char(length, collation),
        SqlTypeId.VarChar => SqlType.VarChar(length, collation),
        SqlTypeId.NChar => SqlType.NChar(length, collation),
        SqlTypeId.NVarChar => SqlType.NVarChar(length, collation),
        SqlTypeId.Binary => SqlType.Binary(length),
        SqlTypeId.VarBinary => SqlType.VarBinary(length),
        SqlTypeId.UniqueIdentifier => SqlType.UniqueIdentifier,
        _ => throw new InvalidDataException($"A sql_variant holds the type {id}."),
    };
}
