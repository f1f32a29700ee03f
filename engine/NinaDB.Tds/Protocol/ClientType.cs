using System.Buffers.Binary;
using NinaDB.Engine.Types;

namespace NinaDB.Tds.Protocol;

/// <summary>How long a client's value says it is.</summary>
internal enum LengthPrefix : byte
{
    /// <summary>The type says it.</summary>
    None,
    OneByte,
    TwoBytes,
    FourBytes,

    /// <summary>Chunks ([MS-TDS] 2.2.5.2.3).</summary>
    Partial,
}

/// <summary>A type as a client declares it with a parameter or a bulk-load column, and the values that follow ([MS-TDS] 2.2.5.4 to 2.2.5.6).</summary>
internal sealed class ClientType
{
    private ClientType(byte token, SqlType type, LengthPrefix prefix, int fixedLength = 0, Collation? collation = null)
    {
        Token = token;
        Type = type;
        Prefix = prefix;
        FixedLength = fixedLength;
        Collation = collation;
    }

    public byte Token { get; }

    public SqlType Type { get; }

    public LengthPrefix Prefix { get; }

    public int FixedLength { get; }

    /// <summary>How narrow text is encoded.</summary>
    public Collation? Collation { get; }

    /// <summary>Table types, whose rows follow.</summary>
    public bool IsTable => Token == TypeToken.Table;

    /// <summary>text, ntext and image: rows of bulk load precede them with a text pointer.</summary>
    public bool IsLegacyLob => Token is TypeToken.Text or TypeToken.NText or TypeToken.Image;

    public static ClientType Read(MessageReader reader)
    {
        byte token = reader.Byte();
        switch (token)
        {
            case TypeToken.Null:
                return new(token, SqlType.Null, LengthPrefix.None);
            case TypeToken.Bit:
                return new(token, SqlType.Bit, LengthPrefix.None, 1);
            case TypeToken.Int1:
                return new(token, SqlType.TinyInt, LengthPrefix.None, 1);
            case TypeToken.Int2:
                return new(token, SqlType.SmallInt, LengthPrefix.None, 2);
            case TypeToken.Int4:
                return new(token, SqlType.Int, LengthPrefix.None, 4);
            case TypeToken.Int8:
                return new(token, SqlType.BigInt, LengthPrefix.None, 8);
            case TypeToken.Float4:
                return new(token, SqlType.Real, LengthPrefix.None, 4);
            case TypeToken.Float8:
                return new(token, SqlType.Float, LengthPrefix.None, 8);
            case TypeToken.Money4:
                return new(token, SqlType.SmallMoney, LengthPrefix.None, 4);
            case TypeToken.Money:
                return new(token, SqlType.Money, LengthPrefix.None, 8);
            case TypeToken.DateTime4:
                return new(token, SqlType.SmallDateTime, LengthPrefix.None, 4);
            case TypeToken.DateTime:
                return new(token, SqlType.DateTime, LengthPrefix.None, 8);
            case TypeToken.BitN or TypeToken.IntN or TypeToken.FloatN or TypeToken.MoneyN or TypeToken.DateTimeN or TypeToken.Guid:
                int length = reader.Byte();
                return new(token, OfLength(token, length), LengthPrefix.OneByte);
            case TypeToken.DecimalN or TypeToken.NumericN or TypeToken.Decimal or TypeToken.Numeric:
                reader.Byte();
                return new(token, Number(token, reader.Byte(), reader.Byte()), LengthPrefix.OneByte);
            case TypeToken.Date:
                return new(token, SqlType.Date, LengthPrefix.OneByte);
            case TypeToken.Time or TypeToken.DateTime2 or TypeToken.DateTimeOffset:
                return new(token, OfScale(token, reader.Byte()), LengthPrefix.OneByte);
            case TypeToken.OldChar or TypeToken.OldVarChar:
                return new(token, SqlType.VarChar(Math.Max(1, (int)reader.Byte())), LengthPrefix.OneByte, 0, Engine.Types.Collation.Default);
            case TypeToken.OldBinary or TypeToken.OldVarBinary:
                return new(token, SqlType.VarBinary(Math.Max(1, (int)reader.Byte())), LengthPrefix.OneByte);
            case TypeToken.VarBinary or TypeToken.Binary:
                int binary = reader.UInt16();
                return binary == TypeToken.PartialLength
                    ? new(token, SqlType.VarBinaryMax, LengthPrefix.Partial)
                    : new(token, SqlType.VarBinary(Clamp(binary, 8000)), LengthPrefix.TwoBytes);
            case TypeToken.VarChar or TypeToken.Char:
                int narrow = reader.UInt16();
                Collation collation = CollationBytes.Read(reader);
                SqlType narrowType = narrow == TypeToken.PartialLength ? SqlType.VarCharMax : token == TypeToken.Char ? SqlType.Char(Clamp(narrow, 8000)) : SqlType.VarChar(Clamp(narrow, 8000));
                return new(token, narrowType, narrow == TypeToken.PartialLength ? LengthPrefix.Partial : LengthPrefix.TwoBytes, 0, collation);
            case TypeToken.NVarChar or TypeToken.NChar:
                int wide = reader.UInt16();
                CollationBytes.Read(reader);
                SqlType wideType = wide == TypeToken.PartialLength ? SqlType.NVarCharMax : token == TypeToken.NChar ? SqlType.NChar(Clamp(wide / 2, 4000)) : SqlType.NVarChar(Clamp(wide / 2, 4000));
                return new(token, wideType, wide == TypeToken.PartialLength ? LengthPrefix.Partial : LengthPrefix.TwoBytes);
            case TypeToken.Text:
                reader.Int32();
                return new(token, SqlType.VarCharMax, LengthPrefix.FourBytes, 0, CollationBytes.Read(reader));
            case TypeToken.NText:
                reader.Int32();
                CollationBytes.Read(reader);
                return new(token, SqlType.NVarCharMax, LengthPrefix.FourBytes);
            case TypeToken.Image:
                reader.Int32();
                return new(token, SqlType.VarBinaryMax, LengthPrefix.FourBytes);
            case TypeToken.Variant:
                reader.Int32();
                return new(token, SqlType.SqlVariant, LengthPrefix.FourBytes);
            case TypeToken.Xml:
                if (reader.Byte() != 0)
                {
                    reader.ByteText();
                    reader.ByteText();
                    reader.ShortText();
                }

                return new(token, SqlType.Xml, LengthPrefix.Partial);
            case TypeToken.Json:
                return new(token, SqlType.Json, LengthPrefix.Partial, 0, Engine.Types.Collation.Utf8Binary);
            case TypeToken.Vector:
                int vector = reader.UInt16();
                byte element = reader.Byte();
                if (element > 1)
                {
                    throw new TdsProtocolException($"Vector elements of type {element}.");
                }

                return new(token, SqlType.Vector(Math.Max(1, (vector - 8) / (element == 1 ? 2 : 4)), element == 1), LengthPrefix.TwoBytes);
            case TypeToken.Table:
                return new(token, SqlType.Table(null), LengthPrefix.None);
            case TypeToken.Udt:
                throw Engine.Errors.SqlErrors.NotSupported("parameters of CLR user-defined types");
            default:
                throw new TdsProtocolException($"Type 0x{token:X2} is unknown.");
        }
    }

    /// <summary>The type inside a sql_variant; its properties are read, its bytes follow.</summary>
    public static ClientType ReadVariantBase(MessageReader reader, byte token, int properties, int bytes)
    {
        int expected = token switch
        {
            TypeToken.Time or TypeToken.DateTime2 or TypeToken.DateTimeOffset => 1,
            TypeToken.DecimalN or TypeToken.NumericN or TypeToken.VarBinary or TypeToken.Binary => 2,
            TypeToken.VarChar or TypeToken.Char or TypeToken.NVarChar or TypeToken.NChar => 7,
            _ => 0,
        };
        if (properties != expected)
        {
            throw new TdsProtocolException($"A sql_variant of type 0x{token:X2} with {properties} property bytes.");
        }

        switch (token)
        {
            case TypeToken.Time or TypeToken.DateTime2 or TypeToken.DateTimeOffset:
                return new(token, OfScale(token, reader.Byte()), LengthPrefix.None);
            case TypeToken.DecimalN or TypeToken.NumericN:
                return new(token, Number(token, reader.Byte(), reader.Byte()), LengthPrefix.None);
            case TypeToken.VarBinary or TypeToken.Binary:
                return new(token, SqlType.VarBinary(Clamp(reader.UInt16(), 8000)), LengthPrefix.None);
            case TypeToken.VarChar or TypeToken.Char:
                Collation collation = CollationBytes.Read(reader);
                return new(token, SqlType.VarChar(Clamp(reader.UInt16(), 8000)), LengthPrefix.None, 0, collation);
            case TypeToken.NVarChar or TypeToken.NChar:
                CollationBytes.Read(reader);
                return new(token, SqlType.NVarChar(Clamp(reader.UInt16() / 2, 4000)), LengthPrefix.None);
            case TypeToken.Guid:
                return new(token, SqlType.UniqueIdentifier, LengthPrefix.None);
            case TypeToken.Date:
                return new(token, SqlType.Date, LengthPrefix.None);
            case TypeToken.Bit:
                return new(token, SqlType.Bit, LengthPrefix.None);
            case TypeToken.Int1 or TypeToken.Int2 or TypeToken.Int4 or TypeToken.Int8:
                return new(TypeToken.IntN, OfLength(TypeToken.IntN, bytes), LengthPrefix.None);
            case TypeToken.Float4 or TypeToken.Float8:
                return new(TypeToken.FloatN, OfLength(TypeToken.FloatN, bytes), LengthPrefix.None);
            case TypeToken.Money or TypeToken.Money4:
                return new(TypeToken.MoneyN, OfLength(TypeToken.MoneyN, bytes), LengthPrefix.None);
            case TypeToken.DateTime or TypeToken.DateTime4:
                return new(TypeToken.DateTimeN, OfLength(TypeToken.DateTimeN, bytes), LengthPrefix.None);
            default:
                throw new TdsProtocolException($"A sql_variant of type 0x{token:X2}.");
        }
    }

    /// <summary>A value with its length.</summary>
    /// <param name="inRow">In a row of bulk load, where text, ntext and image have a text pointer.</param>
    public SqlValue ReadValue(MessageReader reader, bool inRow = false)
    {
        int length;
        switch (Prefix)
        {
            case LengthPrefix.None:
                return Token == TypeToken.Null ? SqlValue.Null : ReadBytes(reader, FixedLength);
            case LengthPrefix.OneByte:
                length = reader.Byte();
                if (length == 0 && Token is not (TypeToken.OldChar or TypeToken.OldVarChar or TypeToken.OldBinary or TypeToken.OldVarBinary))
                {
                    return SqlValue.Null;
                }

                return ReadBytes(reader, length);
            case LengthPrefix.TwoBytes:
                length = reader.UInt16();
                return length == TypeToken.NullLength ? SqlValue.Null : ReadBytes(reader, length);
            case LengthPrefix.FourBytes:
                if (inRow && IsLegacyLob)
                {
                    int pointer = reader.Byte();
                    if (pointer == 0)
                    {
                        return SqlValue.Null;
                    }

                    reader.Skip(pointer + 8);
                }

                length = reader.Int32();
                if (length == -1 || (length == 0 && Token == TypeToken.Variant))
                {
                    return SqlValue.Null;
                }

                return Token == TypeToken.Variant ? VariantFormat.Read(reader, length) : ReadBytes(reader, length);
            default:
                return PartialReader.Read(reader) is { } bytes ? Decode(bytes) : SqlValue.Null;
        }
    }

    /// <summary>A value of a known length.</summary>
    public SqlValue ReadBytes(MessageReader reader, int length) => Decode(reader.Span(length));

    private SqlValue Decode(ReadOnlySpan<byte> bytes)
    {
        switch (Token)
        {
            case TypeToken.Bit or TypeToken.BitN:
                return SqlValue.FromBit(Exactly(bytes, 1)[0] != 0);
            case TypeToken.Int1:
                return SqlValue.FromTinyInt(bytes[0]);
            case TypeToken.Int2 or TypeToken.Int4 or TypeToken.Int8 or TypeToken.IntN:
                return bytes.Length switch
                {
                    1 => SqlValue.FromTinyInt(bytes[0]),
                    2 => SqlValue.FromSmallInt(BinaryPrimitives.ReadInt16LittleEndian(bytes)),
                    4 => SqlValue.FromInt(BinaryPrimitives.ReadInt32LittleEndian(bytes)),
                    8 => SqlValue.FromBigInt(BinaryPrimitives.ReadInt64LittleEndian(bytes)),
                    _ => throw Wrong(bytes),
                };
            case TypeToken.Float4 or TypeToken.Float8 or TypeToken.FloatN:
                return bytes.Length switch
                {
                    4 => SqlValue.FromReal(Finite(BinaryPrimitives.ReadSingleLittleEndian(bytes))),
                    8 => SqlValue.FromFloat(Finite(BinaryPrimitives.ReadDoubleLittleEndian(bytes))),
                    _ => throw Wrong(bytes),
                };
            case TypeToken.Money or TypeToken.Money4 or TypeToken.MoneyN:
                return bytes.Length switch
                {
                    4 => SqlValue.FromSmallMoney(BinaryPrimitives.ReadInt32LittleEndian(bytes)),
                    8 => SqlValue.FromMoney(((long)BinaryPrimitives.ReadInt32LittleEndian(bytes) << 32) | BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..])),
                    _ => throw Wrong(bytes),
                };
            case TypeToken.DateTime or TypeToken.DateTime4 or TypeToken.DateTimeN:
                return bytes.Length switch
                {
                    4 => SqlValue.FromSmallDateTime(((BinaryPrimitives.ReadUInt16LittleEndian(bytes) + (long)DateTimes.Days1900) * TimeSpan.TicksPerDay)
                        + (Below(BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]), 1440) * TimeSpan.TicksPerMinute)),
                    8 => SqlValue.FromDateTime(
                        InDateTimeRange(BinaryPrimitives.ReadInt32LittleEndian(bytes)), (int)Below(BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]), DateTimes.UnitsPerDay)),
                    _ => throw Wrong(bytes),
                };
            case TypeToken.Date:
                return SqlValue.FromDate(DaysOf(Exactly(bytes, 3)));
            case TypeToken.Time:
                return SqlValue.FromTime(TimeOf(Exactly(bytes, ColumnFormat.TimeLength(Type.Scale))));
            case TypeToken.DateTime2:
                Exactly(bytes, ColumnFormat.TimeLength(Type.Scale) + 3);
                return SqlValue.FromDateTime2(TimeOf(bytes[..^3]) + (DaysOf(bytes[^3..]) * TimeSpan.TicksPerDay));
            case TypeToken.DateTimeOffset:
                Exactly(bytes, ColumnFormat.TimeLength(Type.Scale) + 5);
                short offset = BinaryPrimitives.ReadInt16LittleEndian(bytes[^2..]);
                if (offset is < -840 or > 840)
                {
                    throw new TdsProtocolException($"A time zone offset of {offset} minutes.");
                }

                return SqlValue.FromDateTimeOffset(TimeOf(bytes[..^5]) + (DaysOf(bytes[^5..^2]) * TimeSpan.TicksPerDay), offset);
            case TypeToken.DecimalN or TypeToken.NumericN or TypeToken.Decimal or TypeToken.Numeric:
                return NumberOf(bytes);
            case TypeToken.Guid:
                return SqlValue.FromGuid(new Guid(Exactly(bytes, 16)));
            case TypeToken.VarChar or TypeToken.Char or TypeToken.Text or TypeToken.OldChar or TypeToken.OldVarChar:
                return SqlValue.FromString(TextEncodings.GetString(bytes, Collation!), Type.Id);
            case TypeToken.Json:
                return SqlValue.FromString(System.Text.Encoding.UTF8.GetString(bytes), SqlTypeId.NVarChar);
            case TypeToken.NVarChar or TypeToken.NChar or TypeToken.NText:
                return SqlValue.FromString(WideText(bytes), Type.Id);
            case TypeToken.Xml:
                return SqlValue.FromString(XmlText(bytes), SqlTypeId.NVarChar);
            case TypeToken.Vector:
                return VectorOf(bytes);
            default:
                return SqlValue.FromBinary(bytes.ToArray(), SqlTypeId.VarBinary);
        }
    }

    /// <summary>Type that the decoded value has: xml and json come as text and are checked when they are converted.</summary>
    public SqlType ValueType => Token is TypeToken.Xml or TypeToken.Json ? SqlType.NVarCharMax : Type;

    private static string WideText(ReadOnlySpan<byte> bytes) =>
        (bytes.Length & 1) == 0 ? System.Text.Encoding.Unicode.GetString(bytes) : throw new TdsProtocolException("Unicode text of an odd number of bytes.");

    private static string XmlText(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
        {
            return WideText(bytes[2..]);
        }

        // UTF-16 without a mark has a zero in every second byte of its ASCII characters.
        return bytes.Length >= 2 && bytes[1] == 0 && (bytes.Length & 1) == 0 ? WideText(bytes) : System.Text.Encoding.UTF8.GetString(bytes);
    }

    private SqlValue NumberOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is < 2 or > 17)
        {
            throw Wrong(bytes);
        }

        UInt128 magnitude = 0;
        for (int i = bytes.Length - 1; i > 0; i--)
        {
            magnitude = (magnitude << 8) | bytes[i];
        }

        if (magnitude >= (UInt128)Numeric128.Power10(Numeric128.MaxPrecision))
        {
            throw new TdsProtocolException("A decimal of more than 38 digits.");
        }

        var number = new Numeric128(bytes[0] != 0 ? (Int128)magnitude : -(Int128)magnitude, Type.Scale);
        return SqlValue.FromNumeric(number, Type.Id);
    }

    private SqlValue VectorOf(ReadOnlySpan<byte> bytes)
    {
        int size = Type.IsHalfPrecision ? 2 : 4;
        if (bytes.Length < 8 || bytes[0] != 0xA9 || bytes[1] != 1)
        {
            throw new TdsProtocolException("A vector without its header.");
        }

        int dimensions = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
        if (bytes.Length != 8 + (dimensions * size))
        {
            throw Wrong(bytes);
        }

        var vector = new float[dimensions];
        for (int i = 0; i < vector.Length; i++)
        {
            ReadOnlySpan<byte> element = bytes[(8 + (i * size))..];
            float number = size == 2 ? (float)BinaryPrimitives.ReadHalfLittleEndian(element) : BinaryPrimitives.ReadSingleLittleEndian(element);
            vector[i] = float.IsFinite(number) ? number : throw new TdsProtocolException("A vector element that is no number.");
        }

        return SqlValue.FromVector(vector);
    }

    private long TimeOf(ReadOnlySpan<byte> bytes)
    {
        long units = 0;
        for (int i = bytes.Length - 1; i >= 0; i--)
        {
            units = (units << 8) | bytes[i];
        }

        return Below(units * DateTimes.TicksOfScale(Type.Scale), TimeSpan.TicksPerDay);
    }

    private static int DaysOf(ReadOnlySpan<byte> bytes) => (int)Below(bytes[0] | (bytes[1] << 8) | (bytes[2] << 16), DateTimes.EndDays);

    private static long Below(long value, long limit) => value < limit ? value : throw new TdsProtocolException("A date or time is out of range.");

    private static int InDateTimeRange(int days) =>
        days >= DateTimes.Days1753 - DateTimes.Days1900 && days < DateTimes.EndDays - DateTimes.Days1900 ? days : throw new TdsProtocolException("A datetime is out of range.");

    private static float Finite(float value) => float.IsFinite(value) ? value : throw NotFinite();

    private static double Finite(double value) => double.IsFinite(value) ? value : throw NotFinite();

    private static TdsProtocolException NotFinite() => new("A float that is not a number or infinite.");

    private ReadOnlySpan<byte> Exactly(ReadOnlySpan<byte> bytes, int length) => bytes.Length == length ? bytes : throw Wrong(bytes);

    private TdsProtocolException Wrong(ReadOnlySpan<byte> bytes) => new($"A value of type 0x{Token:X2} has {bytes.Length} bytes.");

    private static int Clamp(int length, int maximum) => Math.Clamp(length, 1, maximum);

    private static SqlType OfLength(byte token, int length) => (token, length) switch
    {
        (TypeToken.BitN, 1) => SqlType.Bit,
        (TypeToken.IntN, 1) => SqlType.TinyInt,
        (TypeToken.IntN, 2) => SqlType.SmallInt,
        (TypeToken.IntN, 4) => SqlType.Int,
        (TypeToken.IntN, 8) => SqlType.BigInt,
        (TypeToken.FloatN, 4) => SqlType.Real,
        (TypeToken.FloatN, 8) => SqlType.Float,
        (TypeToken.MoneyN, 4) => SqlType.SmallMoney,
        (TypeToken.MoneyN, 8) => SqlType.Money,
        (TypeToken.DateTimeN, 4) => SqlType.SmallDateTime,
        (TypeToken.DateTimeN, 8) => SqlType.DateTime,
        (TypeToken.Guid, 16) => SqlType.UniqueIdentifier,
        _ => throw new TdsProtocolException($"Type 0x{token:X2} of length {length}."),
    };

    private static SqlType OfScale(byte token, byte scale) => scale > 7
        ? throw new TdsProtocolException($"A time of scale {scale}.")
        : token switch
        {
            TypeToken.Time => SqlType.Time(scale),
            TypeToken.DateTime2 => SqlType.DateTime2(scale),
            _ => SqlType.DateTimeOffset(scale),
        };

    private static SqlType Number(byte token, byte precision, byte scale) => precision is 0 or > 38 || scale > precision
        ? throw new TdsProtocolException($"A decimal of precision {precision} and scale {scale}.")
        : token is TypeToken.NumericN or TypeToken.Numeric ? SqlType.Numeric(precision, scale) : SqlType.Decimal(precision, scale);
}
