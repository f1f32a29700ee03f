using System.Globalization;

namespace NinaDB.Engine.Types;

public sealed partial record SqlType
{
    /// <summary>Bare name as error messages and sys.types show it: "int", "nvarchar", "timestamp".</summary>
    public string Name => Id switch
    {
        SqlTypeId.Null => "void type",
        SqlTypeId.Table => "table type",
        SqlTypeId.Cursor => "cursor",
        SqlTypeId.Udt => UdtFacts!.Name,
        _ => SystemTypes.Of(Id)!.Name,
    };

    /// <summary>Name with length, precision and scale as a declaration writes it: "nvarchar(max)", "decimal(10,2)", "vector(3)".</summary>
    public string DisplayName => Id switch
    {
        SqlTypeId.Decimal or SqlTypeId.Numeric => string.Create(CultureInfo.InvariantCulture, $"{Name}({Precision},{Scale})"),
        SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.NChar or SqlTypeId.NVarChar or SqlTypeId.Binary or SqlTypeId.VarBinary =>
            IsMax ? Name + "(max)" : string.Create(CultureInfo.InvariantCulture, $"{Name}({Length})"),
        SqlTypeId.Time or SqlTypeId.DateTime2 or SqlTypeId.DateTimeOffset => string.Create(CultureInfo.InvariantCulture, $"{Name}({Scale})"),
        SqlTypeId.Vector => IsHalfPrecision
            ? string.Create(CultureInfo.InvariantCulture, $"vector({Length},float16)")
            : string.Create(CultureInfo.InvariantCulture, $"vector({Length})"),
        SqlTypeId.Table => TableTypeName ?? "table",
        _ => Name,
    };

    /// <summary>The name of a value's type in errors of its conversion: texts of fixed length are not told from others.</summary>
    internal string SourceName => Id switch { SqlTypeId.Char => "varchar", SqlTypeId.NChar => "nvarchar", _ => ErrorName };

    /// <summary>Name as conversion errors show it: bare, with (max) where that is the length.</summary>
    internal string ErrorName => IsMax && Id is (SqlTypeId.VarChar or SqlTypeId.NVarChar or SqlTypeId.VarBinary) ? Name + "(max)" : Name;

    /// <summary>The collation that governs comparisons of this character type: its own or the database default.</summary>
    public Collation EffectiveCollation => Collation ?? Types.Collation.Default;

    /// <summary>sys.columns.max_length: bytes a value can take; -1 for max types.</summary>
    public int MaxLength => Id switch
    {
        SqlTypeId.Bit or SqlTypeId.TinyInt => 1,
        SqlTypeId.SmallInt => 2,
        SqlTypeId.Int or SqlTypeId.Real or SqlTypeId.SmallMoney or SqlTypeId.SmallDateTime => 4,
        SqlTypeId.BigInt or SqlTypeId.Float or SqlTypeId.Money or SqlTypeId.DateTime or SqlTypeId.RowVersion => 8,
        SqlTypeId.Decimal or SqlTypeId.Numeric => Precision <= 9 ? 5 : Precision <= 19 ? 9 : Precision <= 28 ? 13 : 17,
        SqlTypeId.Date => 3,
        SqlTypeId.Time => Scale <= 2 ? 3 : Scale <= 4 ? 4 : 5,
        SqlTypeId.DateTime2 => Scale <= 2 ? 6 : Scale <= 4 ? 7 : 8,
        SqlTypeId.DateTimeOffset => Scale <= 2 ? 8 : Scale <= 4 ? 9 : 10,
        SqlTypeId.UniqueIdentifier => 16,
        SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.Binary or SqlTypeId.VarBinary => Length,
        SqlTypeId.NChar or SqlTypeId.NVarChar => IsMax ? Max : Length * 2,
        SqlTypeId.Vector => 8 + (Length * (IsHalfPrecision ? 2 : 4)),
        SqlTypeId.Text or SqlTypeId.NText or SqlTypeId.Image => 16,
        SqlTypeId.SqlVariant => 8016,
        SqlTypeId.HierarchyId => 892,
        SqlTypeId.Udt => Length,
        _ => Max,
    };

    /// <summary>sys.columns.precision.</summary>
    public byte CatalogPrecision => Id switch
    {
        SqlTypeId.Bit => 1,
        SqlTypeId.Date => 10,
        SqlTypeId.Time => (byte)(Scale == 0 ? 8 : 9 + Scale),
        SqlTypeId.SmallDateTime => 16,
        SqlTypeId.DateTime => 23,
        SqlTypeId.DateTime2 => (byte)(Scale == 0 ? 19 : 20 + Scale),
        SqlTypeId.DateTimeOffset => (byte)(Scale == 0 ? 26 : 27 + Scale),
        _ => Precision,
    };

    /// <summary>The longest declared length of this character or binary type before max: 8000, or 4000 for n-types.</summary>
    public int LengthLimit => IsUnicodeString ? 4000 : 8000;

    /// <summary>True for text, ntext and image.</summary>
    public bool IsLegacyLob => Id is SqlTypeId.Text or SqlTypeId.NText or SqlTypeId.Image;

    /// <summary>True for char, nchar and binary: values are padded to the declared length.</summary>
    public bool IsFixedLength => Id is SqlTypeId.Char or SqlTypeId.NChar or SqlTypeId.Binary;
}
