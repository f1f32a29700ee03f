using System.Buffers.Binary;
using System.Data.SqlTypes;
using System.Text;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>Appends the fields of a catalog record. Reflection-free so that opening a database costs nothing but the reading.</summary>
internal sealed class CatalogWriter
{
    private byte[] _buffer = new byte[256];
    private int _length;

    public void Byte(byte value) => Reserve(1)[0] = value;

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Reserve(4), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Reserve(8), value);

    public void DateTime(DateTime value) => Int64(value.Ticks);

    public void Decimal(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        foreach (int part in bits)
        {
            Int32(part);
        }
    }

    public void String(string? value)
    {
        if (value is null)
        {
            Int32(-1);
            return;
        }

        int count = Encoding.UTF8.GetByteCount(value);
        Int32(count);
        Encoding.UTF8.GetBytes(value, Reserve(count));
    }

    public void Bytes(byte[]? value)
    {
        if (value is null)
        {
            Int32(-1);
            return;
        }

        Int32(value.Length);
        value.CopyTo(Reserve(value.Length));
    }

    public void List<T>(IReadOnlyCollection<T> values, Action<T> write)
    {
        Int32(values.Count);
        foreach (T value in values)
        {
            write(value);
        }
    }

    public void Map(IReadOnlyDictionary<string, string> values)
    {
        Int32(values.Count);
        foreach ((string key, string value) in values)
        {
            String(key);
            String(value);
        }
    }

    public void Type(SqlType type)
    {
        Byte((byte)type.Id);

        // Typed xml has the id of its collection for a length, which untyped xml never had.
        Int32(type.XmlSchema?.CollectionId ?? type.Length);
        Byte(type.Precision);
        Byte(type.Scale);
        String(type.Collation?.Name);
        Bool(type.IsHalfPrecision || type.XmlSchema is { IsDocument: true });
        String(type.TableTypeName);
        if (type.UdtFacts is { } facts)
        {
            Int32(facts.UserTypeId);
            String(facts.Schema);
            String(facts.Name);
            String(facts.Class);
            String(facts.AssemblyQualifiedName);
            Int32(facts.MaxByteSize);
            Bool(facts.IsByteOrdered);
            Bool(facts.IsFixedLength);
        }
    }

    /// <summary>A scalar with its kind; sql_variant with its inner type.</summary>
    public void Value(SqlValue value)
    {
        Byte((byte)value.Kind);
        switch (value.Kind)
        {
            case SqlTypeId.Null:
                break;
            case SqlTypeId.Decimal or SqlTypeId.Numeric:
                SqlDecimal number = value.AsDecimal;
                Byte(number.Precision);
                Byte(number.Scale);
                Bool(number.IsPositive);
                foreach (int part in number.Data)
                {
                    Int32(part);
                }

                break;
            case SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.Text or SqlTypeId.NChar or SqlTypeId.NVarChar or SqlTypeId.NText or SqlTypeId.Xml or SqlTypeId.Json:
                String(value.AsString);
                break;
            case SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image or SqlTypeId.RowVersion or SqlTypeId.HierarchyId or SqlTypeId.Udt:
                Bytes(value.AsBytes);
                break;
            case SqlTypeId.UniqueIdentifier:
                Bytes(value.AsGuid.ToByteArray());
                break;
            case SqlTypeId.SqlVariant:
                Type(value.AsVariant.Type);
                Value(value.AsVariant.Value);
                break;
            case SqlTypeId.DateTimeOffset:
                Int64(value.AsInt64);
                Int32(value.OffsetMinutes);
                break;
            case SqlTypeId.Real or SqlTypeId.Float:
                Int64(BitConverter.DoubleToInt64Bits(value.AsDouble));
                break;
            case SqlTypeId.Vector or SqlTypeId.Geometry or SqlTypeId.Geography or SqlTypeId.Cursor or SqlTypeId.Table:
                throw new NotSupportedException($"A catalog record cannot hold a value of type {value.Kind}.");
            default:
                Int64(value.AsInt64);
                break;
        }
    }

    public byte[] ToArray() => _buffer.AsSpan(0, _length).ToArray();

    private Span<byte> Reserve(int count)
    {
        if (_length + count > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        }

        Span<byte> span = _buffer.AsSpan(_length, count);
        _length += count;
        return span;
    }
}

/// <summary>Reads what <see cref="CatalogWriter"/> wrote.</summary>
internal sealed class CatalogReader(byte[] buffer)
{
    private int _position;

    /// <summary>Finds the schemas of typed xml when they are needed: they are read after what they type.</summary>
    public Func<int, Types.Xml.Schema.XmlSchemaModel> XmlCollections { get; init; } = static id => throw new InvalidDataException($"A catalog record names the unknown XML schema collection {id}.");

    /// <summary>Database whose catalog is read: CLR types belong to one.</summary>
    public int DatabaseId { get; init; } = ServerCatalog.HomeId;

    /// <summary>The record has no more fields: it was written by a release that did not know the next one.</summary>
    public bool IsAtEnd => _position == buffer.Length;

    public byte Byte() => buffer[_position++];

    public bool Bool() => Byte() != 0;

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public DateTime DateTime() => new(Int64());

    public decimal Decimal() => new([Int32(), Int32(), Int32(), Int32()]);

    public string String() => StringOrNull() ?? throw new InvalidDataException("A catalog record lacks a required text.");

    public string? StringOrNull()
    {
        int count = Int32();
        return count < 0 ? null : Encoding.UTF8.GetString(Take(count));
    }

    public byte[]? BytesOrNull()
    {
        int count = Int32();
        return count < 0 ? null : Take(count).ToArray();
    }

    public T[] List<T>(Func<T> read)
    {
        var values = new T[Int32()];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = read();
        }

        return values;
    }

    public Dictionary<string, string> Map()
    {
        int count = Int32();
        var values = new Dictionary<string, string>(count, StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < count; i++)
        {
            string key = String();
            values[key] = String();
        }

        return values;
    }

    public SqlType Type()
    {
        var id = (SqlTypeId)Byte();
        int length = Int32();
        byte precision = Byte();
        byte scale = Byte();
        string? collationName = StringOrNull();
        bool half = Bool();
        string? tableType = StringOrNull();
        SqlType type = id switch
        {
            SqlTypeId.Null => SqlType.Null,
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
            SqlTypeId.Char => SqlType.Char(length),
            SqlTypeId.VarChar => SqlType.VarChar(length),
            SqlTypeId.Text => SqlType.Text,
            SqlTypeId.NChar => SqlType.NChar(length),
            SqlTypeId.NVarChar => SqlType.NVarChar(length),
            SqlTypeId.NText => SqlType.NText,
            SqlTypeId.Binary => SqlType.Binary(length),
            SqlTypeId.VarBinary => SqlType.VarBinary(length),
            SqlTypeId.Image => SqlType.Image,
            SqlTypeId.RowVersion => SqlType.RowVersion,
            SqlTypeId.UniqueIdentifier => SqlType.UniqueIdentifier,
            SqlTypeId.SqlVariant => SqlType.SqlVariant,
            SqlTypeId.Xml => length == SqlType.Max ? SqlType.Xml : SqlType.TypedXml(new Types.Xml.Schema.XmlSchemaBinding(length, half, XmlCollections)),
            SqlTypeId.Json => SqlType.Json,
            SqlTypeId.Vector => SqlType.Vector(length, half),
            SqlTypeId.HierarchyId => SqlType.HierarchyId,
            SqlTypeId.Udt => SqlType.Udt(new UdtFacts(DatabaseId, Int32(), String(), String(), String(), String(), Int32(), Bool(), Bool())),
            SqlTypeId.Cursor => SqlType.Cursor,
            SqlTypeId.Table => SqlType.Table(tableType),
            _ => throw new InvalidDataException($"A catalog record names the unknown type {id}."),
        };
        return collationName is null ? type : type.WithCollation(Collation.Find(collationName)
            ?? throw new InvalidDataException($"A catalog record names the unknown collation {collationName}."));
    }

    public SqlValue Value()
    {
        var kind = (SqlTypeId)Byte();
        switch (kind)
        {
            case SqlTypeId.Null:
                return SqlValue.Null;
            case SqlTypeId.Decimal or SqlTypeId.Numeric:
                byte precision = Byte();
                byte scale = Byte();
                bool positive = Bool();
                return SqlValue.FromDecimal(new SqlDecimal(precision, scale, positive, [Int32(), Int32(), Int32(), Int32()]), kind);
            case SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.Text or SqlTypeId.NChar or SqlTypeId.NVarChar or SqlTypeId.NText or SqlTypeId.Xml or SqlTypeId.Json:
                return SqlValue.FromString(String(), kind);
            case SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image or SqlTypeId.RowVersion or SqlTypeId.HierarchyId or SqlTypeId.Udt:
                return SqlValue.FromBinary(BytesOrNull()!, kind);
            case SqlTypeId.UniqueIdentifier:
                return SqlValue.FromGuid(new Guid(BytesOrNull()!));
            case SqlTypeId.SqlVariant:
                SqlType inner = Type();
                return SqlValue.FromVariant(Value(), inner);
            case SqlTypeId.DateTimeOffset:
                long ticks = Int64();
                return SqlValue.FromDateTimeOffset(ticks, Int32());
            case SqlTypeId.Real:
                return SqlValue.FromReal((float)BitConverter.Int64BitsToDouble(Int64()));
            case SqlTypeId.Float:
                return SqlValue.FromFloat(BitConverter.Int64BitsToDouble(Int64()));
            case SqlTypeId.Money:
                return SqlValue.FromMoney(Int64());
            case SqlTypeId.SmallMoney:
                return SqlValue.FromSmallMoney((int)Int64());
            case SqlTypeId.Date:
                return SqlValue.FromDate((int)Int64());
            case SqlTypeId.Time:
                return SqlValue.FromTime(Int64());
            case SqlTypeId.DateTime2:
                return SqlValue.FromDateTime2(Int64());
            case SqlTypeId.SmallDateTime:
                return SqlValue.FromSmallDateTime(Int64());
            case SqlTypeId.DateTime:
                return SqlValue.FromDateTimeUnits(Int64());
            default:
                return SqlValue.FromInteger(kind, Int64());
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        ReadOnlySpan<byte> span = buffer.AsSpan(_position, count);
        _position += count;
        return span;
    }
}
