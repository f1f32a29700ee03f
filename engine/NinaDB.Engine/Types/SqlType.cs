namespace NinaDB.Engine.Types;

/// <summary>
/// A data type with everything that distinguishes a declaration: length, precision, scale, dimensions, collation. Nullability belongs to columns.
/// Immutable; value equality. Create through the static members so that invalid combinations cannot exist.
/// </summary>
public sealed partial record SqlType
{
    /// <summary>Value of <see cref="Length"/> for varchar(max), nvarchar(max) and varbinary(max).</summary>
    public const int Max = -1;

    private SqlType(SqlTypeId id) => Id = id;

    public SqlTypeId Id { get; private init; }

    /// <summary>Declared length: characters for char types (code units for n-types), bytes for binary types, dimensions for vector; -1 = max; 0 otherwise.</summary>
    public int Length { get; private init; }

    /// <summary>Total digits of decimal/numeric; 24 or 53 for real/float; 0 otherwise.</summary>
    public byte Precision { get; private init; }

    /// <summary>Digits after the point for decimal/numeric, fractional seconds for time/datetime2/datetimeoffset.</summary>
    public byte Scale { get; private init; }

    /// <summary>Collation of a character type; null = the database default.</summary>
    public Collation? Collation { get; private init; }

    /// <summary>True for VECTOR(n, float16).</summary>
    public bool IsHalfPrecision { get; private init; }

    /// <summary>schema.name of the table type for <see cref="SqlTypeId.Table"/>; null otherwise.</summary>
    public string? TableTypeName { get; private init; }

    /// <summary>Which CLR type it is, for <see cref="SqlTypeId.Udt"/>; null otherwise.</summary>
    public UdtFacts? UdtFacts { get; private init; }

    /// <summary>Schema collection of typed xml; null for all other types.</summary>
    internal Xml.Schema.XmlSchemaBinding? XmlSchema { get; private init; }

    internal static SqlType TypedXml(Xml.Schema.XmlSchemaBinding binding) => new(SqlTypeId.Xml) { Length = Max, XmlSchema = binding };

    public static readonly SqlType Null = new(SqlTypeId.Null);
    public static readonly SqlType Bit = new(SqlTypeId.Bit);
    public static readonly SqlType TinyInt = new(SqlTypeId.TinyInt) { Precision = 3 };
    public static readonly SqlType SmallInt = new(SqlTypeId.SmallInt) { Precision = 5 };
    public static readonly SqlType Int = new(SqlTypeId.Int) { Precision = 10 };
    public static readonly SqlType BigInt = new(SqlTypeId.BigInt) { Precision = 19 };
    public static readonly SqlType SmallMoney = new(SqlTypeId.SmallMoney) { Precision = 10, Scale = 4 };
    public static readonly SqlType Money = new(SqlTypeId.Money) { Precision = 19, Scale = 4 };
    public static readonly SqlType Real = new(SqlTypeId.Real) { Precision = 24 };
    public static readonly SqlType Float = new(SqlTypeId.Float) { Precision = 53 };
    public static readonly SqlType Date = new(SqlTypeId.Date);
    public static readonly SqlType DateTime = new(SqlTypeId.DateTime) { Scale = 3 };
    public static readonly SqlType SmallDateTime = new(SqlTypeId.SmallDateTime);
    public static readonly SqlType UniqueIdentifier = new(SqlTypeId.UniqueIdentifier);
    public static readonly SqlType RowVersion = new(SqlTypeId.RowVersion) { Length = 8 };
    public static readonly SqlType SqlVariant = new(SqlTypeId.SqlVariant);
    public static readonly SqlType Xml = new(SqlTypeId.Xml) { Length = Max };
    public static readonly SqlType Json = new(SqlTypeId.Json) { Length = Max };
    public static readonly SqlType HierarchyId = new(SqlTypeId.HierarchyId);
    public static readonly SqlType Text = new(SqlTypeId.Text) { Length = Max };
    public static readonly SqlType NText = new(SqlTypeId.NText) { Length = Max };
    public static readonly SqlType Image = new(SqlTypeId.Image) { Length = Max };
    public static readonly SqlType NVarCharMax = NVarChar(Max);
    public static readonly SqlType VarCharMax = VarChar(Max);
    public static readonly SqlType VarBinaryMax = VarBinary(Max);

    /// <summary>sysname: nvarchar(128), not null by convention.</summary>
    public static readonly SqlType SysName = NVarChar(128);

    public static SqlType Decimal(int precision, int scale) => new(SqlTypeId.Decimal) { Precision = checked((byte)precision), Scale = checked((byte)scale) };

    public static SqlType Numeric(int precision, int scale) => new(SqlTypeId.Numeric) { Precision = checked((byte)precision), Scale = checked((byte)scale) };

    public static SqlType Char(int length, Collation? collation = null) => new(SqlTypeId.Char) { Length = length, Collation = collation };

    public static SqlType VarChar(int length, Collation? collation = null) => new(SqlTypeId.VarChar) { Length = length, Collation = collation };

    public static SqlType NChar(int length, Collation? collation = null) => new(SqlTypeId.NChar) { Length = length, Collation = collation };

    public static SqlType NVarChar(int length, Collation? collation = null) => new(SqlTypeId.NVarChar) { Length = length, Collation = collation };

    public static SqlType Binary(int length) => new(SqlTypeId.Binary) { Length = length };

    public static SqlType VarBinary(int length) => new(SqlTypeId.VarBinary) { Length = length };

    public static SqlType Time(int scale) => new(SqlTypeId.Time) { Scale = checked((byte)scale) };

    public static SqlType DateTime2(int scale) => new(SqlTypeId.DateTime2) { Scale = checked((byte)scale) };

    public static SqlType DateTimeOffset(int scale) => new(SqlTypeId.DateTimeOffset) { Scale = checked((byte)scale) };

    public static SqlType Vector(int dimensions, bool halfPrecision = false) => new(SqlTypeId.Vector) { Length = dimensions, IsHalfPrecision = halfPrecision };

    public static SqlType Table(string? typeName) => new(SqlTypeId.Table) { TableTypeName = typeName };

    public static SqlType Udt(UdtFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return new(SqlTypeId.Udt) { Length = facts.MaxByteSize, UdtFacts = facts };
    }

    public static SqlType Cursor { get; } = new(SqlTypeId.Cursor);

    public SqlType WithCollation(Collation? collation) => this with { Collation = collation };

    public SqlType WithLength(int length) => this with { Length = length };

    public bool IsUnicodeString => Id is SqlTypeId.NChar or SqlTypeId.NVarChar or SqlTypeId.NText;

    public bool IsAnsiString => Id is SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.Text;

    public bool IsString => IsUnicodeString || IsAnsiString;

    public bool IsBinary => Id is SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image or SqlTypeId.RowVersion;

    public bool IsExactInteger => Id is SqlTypeId.Bit or SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt;

    public bool IsDecimal => Id is SqlTypeId.Decimal or SqlTypeId.Numeric;

    public bool IsMoney => Id is SqlTypeId.Money or SqlTypeId.SmallMoney;

    public bool IsApproximate => Id is SqlTypeId.Real or SqlTypeId.Float;

    public bool IsNumber => IsExactInteger || IsDecimal || IsMoney || IsApproximate;

    public bool IsDateOrTime => Id is >= SqlTypeId.Date and <= SqlTypeId.DateTimeOffset;

    public bool IsMax => Length == Max;
}
