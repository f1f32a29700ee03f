using System.Buffers.Binary;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Storage;

/// <summary>
/// Memcomparable encoding of values: the byte order of encoded keys is the order of the values in their SQL type and collation. Each component starts with a
/// marker (NULL sorts first), is self-delimiting, and is inverted as a whole for descending columns. Strings are held as collation sort keys, which cannot be
/// turned back into text: index entries keep the originals in their value.
/// </summary>
internal static class KeyCodec
{
    private const byte NullMarker = 0x00;
    private const byte ValueMarker = 0x01;

    /// <summary>Greater than every encoded component, also of descending columns; as a suffix it makes an inclusive upper bound of a prefix.</summary>
    public const byte AfterEverything = 0xFF;

    /// <summary>Whether a component of this type can be decoded again.</summary>
    public static bool IsDecodable(SqlType type) => type.Id switch
    {
        SqlTypeId.Bit or SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt => true,
        SqlTypeId.Money or SqlTypeId.SmallMoney or SqlTypeId.Date or SqlTypeId.Time or SqlTypeId.SmallDateTime or SqlTypeId.DateTime or SqlTypeId.DateTime2 => true,
        SqlTypeId.UniqueIdentifier or SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.RowVersion or SqlTypeId.HierarchyId or SqlTypeId.Udt => true,
        _ => false,
    };

    /// <summary>Appends one component. The value must already have the given type.</summary>
    public static void Encode(ref ByteWriter writer, in SqlValue value, SqlType type, bool descending = false)
    {
        int start = writer.Length;
        if (value.IsNull)
        {
            writer.WriteByte(NullMarker);
        }
        else
        {
            writer.WriteByte(ValueMarker);
            EncodeValue(ref writer, value, type);
        }

        if (descending)
        {
            Invert(writer.Written[start..]);
        }
    }

    /// <summary>Length in bytes of the component at the start of <paramref name="key"/>.</summary>
    public static int ComponentLength(ReadOnlySpan<byte> key, SqlType type, bool descending = false)
    {
        byte flip = descending ? (byte)0xFF : (byte)0;
        if ((key[0] ^ flip) == NullMarker)
        {
            return 1;
        }

        int width = FixedWidth(type);
        return width > 0 ? 1 + width : type.Id == SqlTypeId.SqlVariant ? VariantLength(key, flip) : 1 + EscapedLength(key[1..], flip);
    }

    /// <summary>Decodes one component of a decodable type and returns its length.</summary>
    public static int Decode(ReadOnlySpan<byte> key, SqlType type, bool descending, out SqlValue value)
    {
        int length = ComponentLength(key, type, descending);
        Span<byte> copy = length <= 64 ? stackalloc byte[length] : new byte[length];
        key[..length].CopyTo(copy);
        if (descending)
        {
            Invert(copy);
        }

        value = copy[0] == NullMarker ? SqlValue.Null : DecodeValue(copy[1..], type);
        return length;
    }

    private static void Invert(Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)~bytes[i];
        }
    }

    /// <summary>Bytes after the marker; 0 when the type is self-delimiting instead.</summary>
    private static int FixedWidth(SqlType type) => type.Id switch
    {
        SqlTypeId.Bit or SqlTypeId.TinyInt => 1,
        SqlTypeId.SmallInt => 2,
        SqlTypeId.Int or SqlTypeId.Date or SqlTypeId.SmallMoney => 4,
        SqlTypeId.BigInt or SqlTypeId.Money or SqlTypeId.Time or SqlTypeId.SmallDateTime or SqlTypeId.DateTime or SqlTypeId.DateTime2 or SqlTypeId.DateTimeOffset => 8,
        SqlTypeId.Real or SqlTypeId.Float => 8,
        SqlTypeId.Decimal or SqlTypeId.Numeric => DecimalWidth(type.Precision),
        SqlTypeId.UniqueIdentifier => 16,
        _ => 0,
    };

    private static int DecimalWidth(int precision) => precision switch { <= 9 => 4, <= 18 => 8, _ => 16 };

    private static void EncodeValue(ref ByteWriter writer, in SqlValue value, SqlType type)
    {
        switch (type.Id)
        {
            case SqlTypeId.Bit or SqlTypeId.TinyInt:
                writer.WriteByte((byte)value.AsInt64);
                break;
            case SqlTypeId.SmallInt:
                BinaryPrimitives.WriteUInt16BigEndian(writer.Take(2), (ushort)(value.AsInt64 ^ 0x8000));
                break;
            case SqlTypeId.Int or SqlTypeId.Date or SqlTypeId.SmallMoney:
                BinaryPrimitives.WriteUInt32BigEndian(writer.Take(4), (uint)value.AsInt64 ^ 0x8000_0000u);
                break;
            case SqlTypeId.BigInt or SqlTypeId.Money or SqlTypeId.Time or SqlTypeId.SmallDateTime or SqlTypeId.DateTime or SqlTypeId.DateTime2 or SqlTypeId.DateTimeOffset:
                BinaryPrimitives.WriteUInt64BigEndian(writer.Take(8), (ulong)value.AsInt64 ^ 0x8000_0000_0000_0000ul);
                break;
            case SqlTypeId.Real or SqlTypeId.Float:
                WriteDouble(ref writer, value.AsDouble);
                break;
            case SqlTypeId.Decimal or SqlTypeId.Numeric:
                WriteDecimal(ref writer, value.AsNumeric, type);
                break;
            case SqlTypeId.UniqueIdentifier:
                WriteGuid(writer.Take(16), value.AsGuid);
                break;
            case SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.Text or SqlTypeId.NChar or SqlTypeId.NVarChar or SqlTypeId.NText:
                WriteEscaped(ref writer, (type.Collation ?? Collation.Default).GetSortKey(value.AsString));
                break;
            case SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image or SqlTypeId.RowVersion or SqlTypeId.HierarchyId or SqlTypeId.Udt:
                WriteEscaped(ref writer, value.AsBytes);
                break;
            case SqlTypeId.SqlVariant:
                VariantKey.Write(ref writer, value.AsVariant);
                break;
            default:
                throw new InvalidOperationException($"Values of type {type.Id} cannot be index keys.");
        }
    }

    private static SqlValue DecodeValue(ReadOnlySpan<byte> bytes, SqlType type)
    {
        switch (type.Id)
        {
            case SqlTypeId.Bit or SqlTypeId.TinyInt:
                return SqlValue.FromInteger(type.Id, bytes[0]);
            case SqlTypeId.SmallInt:
                return SqlValue.FromSmallInt((short)(BinaryPrimitives.ReadUInt16BigEndian(bytes) ^ 0x8000));
            case SqlTypeId.Int or SqlTypeId.Date or SqlTypeId.SmallMoney:
                return SqlValue.FromInteger(type.Id, (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes) ^ 0x8000_0000u));
            case SqlTypeId.BigInt or SqlTypeId.Money or SqlTypeId.Time or SqlTypeId.SmallDateTime or SqlTypeId.DateTime or SqlTypeId.DateTime2:
                return SqlValue.FromInteger(type.Id, (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) ^ 0x8000_0000_0000_0000ul));
            case SqlTypeId.UniqueIdentifier:
                return SqlValue.FromGuid(ReadGuid(bytes));
            case SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.RowVersion or SqlTypeId.HierarchyId or SqlTypeId.Udt:
                return SqlValue.FromBinary(Unescape(bytes), type.Id);
            default:
                throw new InvalidOperationException($"Keys of type {type.Id} cannot be decoded.");
        }
    }

    internal static void WriteDouble(ref ByteWriter writer, double number)
    {
        long bits = BitConverter.DoubleToInt64Bits(number == 0 ? 0.0 : number);
        ulong ordered = bits < 0 ? (ulong)~bits : (ulong)bits ^ 0x8000_0000_0000_0000ul;
        BinaryPrimitives.WriteUInt64BigEndian(writer.Take(8), ordered);
    }

    private static void WriteDecimal(ref ByteWriter writer, Numeric128 number, SqlType type)
    {
        if (!number.TryRescale(type.Scale, truncate: false, out Numeric128 rescaled))
        {
            throw new InvalidOperationException("A decimal key does not fit its column.");
        }

        Int128 scaled = rescaled.Unscaled;
        switch (DecimalWidth(type.Precision))
        {
            case 4:
                BinaryPrimitives.WriteUInt32BigEndian(writer.Take(4), (uint)(int)scaled ^ 0x8000_0000u);
                break;
            case 8:
                BinaryPrimitives.WriteUInt64BigEndian(writer.Take(8), (ulong)(long)scaled ^ 0x8000_0000_0000_0000ul);
                break;
            default:
                WriteInt128(ref writer, scaled);
                break;
        }
    }

    internal static void WriteInt128(ref ByteWriter writer, Int128 number) =>
        BinaryPrimitives.WriteUInt128BigEndian(writer.Take(16), (UInt128)number ^ (UInt128.One << 127));

    /// <summary>SQL Server's order of uniqueidentifier: the last six bytes first, then groups from right to left.</summary>
    internal static void WriteGuid(Span<byte> destination, Guid guid)
    {
        Span<byte> b = stackalloc byte[16];
        guid.TryWriteBytes(b);
        b[10..16].CopyTo(destination);
        b[8..10].CopyTo(destination[6..]);
        b[6..8].CopyTo(destination[8..]);
        b[4..6].CopyTo(destination[10..]);
        b[0..4].CopyTo(destination[12..]);
    }

    private static Guid ReadGuid(ReadOnlySpan<byte> source)
    {
        Span<byte> b = stackalloc byte[16];
        source[..6].CopyTo(b[10..]);
        source[6..8].CopyTo(b[8..]);
        source[8..10].CopyTo(b[6..]);
        source[10..12].CopyTo(b[4..]);
        source[12..16].CopyTo(b);
        return new Guid(b);
    }

    /// <summary>Zero bytes become 00 FF and the end 00 01, so that a prefix sorts before its continuations.</summary>
    internal static void WriteEscaped(ref ByteWriter writer, ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            int zero = bytes.IndexOf((byte)0);
            if (zero < 0)
            {
                writer.Write(bytes);
                break;
            }

            writer.Write(bytes[..(zero + 1)]);
            writer.WriteByte(0xFF);
            bytes = bytes[(zero + 1)..];
        }

        writer.WriteByte(0);
        writer.WriteByte(1);
    }

    private static int EscapedLength(ReadOnlySpan<byte> bytes, byte flip)
    {
        byte zero = (byte)(0 ^ flip);
        byte end = (byte)(1 ^ flip);
        int position = 0;
        while (true)
        {
            int next = bytes[position..].IndexOf(zero);
            if (next < 0)
            {
                throw new InvalidDataException("A key component has no end.");
            }

            position += next + 2;
            if (bytes[position - 1] == end)
            {
                return position;
            }
        }
    }

    private static byte[] Unescape(ReadOnlySpan<byte> bytes)
    {
        int length = EscapedLength(bytes, 0) - 2;
        var result = new byte[length];
        int count = 0;
        for (int i = 0; i < length; i++)
        {
            result[count++] = bytes[i];
            if (bytes[i] == 0)
            {
                i++;
            }
        }

        return count == length ? result : result[..count];
    }

    private static int VariantLength(ReadOnlySpan<byte> key, byte flip) => 2 + VariantKey.PayloadLength((byte)(key[1] ^ flip)) switch
    {
        0 => EscapedLength(key[2..], flip),
        int fixedLength => fixedLength,
    };
}
