namespace NinaDB.Engine.Types.Xml.XQuery;

/// <summary>Kinds of static item types.</summary>
internal enum XKind : byte
{
    Empty, Item, Node, Document, Element, Attribute, Text, Comment, ProcessingInstruction, Atomic,
}

/// <summary>How many items an expression may give.</summary>
internal enum XCount : byte
{
    One, Optional, Many,
}

/// <summary>The atomic types of XQuery that SQL Server knows.</summary>
internal enum XAtomicType : byte
{
    Untyped, String, NormalizedString, Token, AnyUri, QName, Boolean, Decimal,
    Integer, NonPositiveInteger, NegativeInteger, Long, Int, Short, Byte, NonNegativeInteger, UnsignedLong, UnsignedInt, UnsignedShort, UnsignedByte, PositiveInteger,
    Float, Double, DateTime, Date, Time, Duration, GYear, GYearMonth, GMonth, GMonthDay, GDay, HexBinary, Base64Binary,
}

/// <summary>What an expression gives, as far as its shape tells: SQL Server's static typing never looks at an instance.</summary>
internal sealed record XType(XKind Kind, string Name, XAtomicType Atomic, XCount Count)
{
    public static XType Empty { get; } = new(XKind.Empty, "", XAtomicType.Untyped, XCount.Optional);

    public static XType DocumentNode { get; } = new(XKind.Document, "", XAtomicType.Untyped, XCount.One);

    public bool IsNode => Kind is >= XKind.Node and <= XKind.ProcessingInstruction;

    public bool IsAtomic => Kind == XKind.Atomic;

    /// <summary>Made by the query: most operations refuse it (error 2373).</summary>
    public bool IsConstructed { get; init; }

    /// <summary>Schemas of a typed instance; null for untyped ones.</summary>
    public Schema.XmlSchemaModel? Model { get; init; }

    /// <summary>The document node of xml(DOCUMENT ...).</summary>
    public bool IsDocument { get; init; }

    /// <summary>Type that the schema gives a node; null where it is not known.</summary>
    public System.Xml.Schema.XmlSchemaType? SchemaType { get; init; }

    /// <summary>Declaration of an element; null where it is not known.</summary>
    public System.Xml.Schema.XmlSchemaElement? Declaration { get; init; }

    public bool IsSingle => Count != XCount.Many;

    public bool IsNumeric => IsAtomic && Atomic.IsNumeric();

    public bool IsBoolean => IsAtomic && Atomic == XAtomicType.Boolean;

    public static XType Of(XAtomicType type, XCount count = XCount.One) => new(XKind.Atomic, "", type, count);

    public static XType Of(XKind kind, XCount count, string name = "*") => new(kind, name, XAtomicType.Untyped, count);

    public XType With(XCount count) => Kind == XKind.Empty || Count == count ? this : this with { Count = count };

    /// <summary>The type after fn:data(): nodes of untyped instances are untyped atomic values.</summary>
    public XType Atomized => IsAtomic || Kind == XKind.Empty ? this : Of(Kind is XKind.Element or XKind.Attribute ? Atomic : XAtomicType.Untyped, Count);

    /// <summary>Name of the type of a node's content as messages quote it.</summary>
    private string TypeName(string untyped)
    {
        if (SchemaType is not { } type)
        {
            return untyped;
        }

        System.Xml.XmlQualifiedName name = type.QualifiedName;
        return name.IsEmpty ? "#anonymous" : name.Namespace == Schema.XmlSchemaModel.Xsd ? "xs:" + name.Name : name.Namespace.Length == 0 ? name.Name : $"{{{name.Namespace}}}:{name.Name}";
    }

    /// <summary>The type as messages quote it.</summary>
    public override string ToString()
    {
        string count = Count switch { XCount.One => "", XCount.Optional => " ?", _ => " *" };
        return Kind switch
        {
            XKind.Empty => "empty",
            XKind.Item => "item()" + count,
            XKind.Node => "(element(*,xdt:untyped) | text | comment | processing-instruction)" + count,
            XKind.Document => "document { (element(*,xdt:untyped) ? & text ? & comment ? & processing-instruction ?) * }",
            XKind.Element => $"element({Name},{TypeName("xdt:untyped")}){count}",
            XKind.Attribute => $"attribute({Name},{TypeName("xdt:untypedAtomic")}){count}",
            XKind.Text => "text" + count,
            XKind.Comment => "comment" + count,
            XKind.ProcessingInstruction => "processing-instruction" + count,
            _ => Atomic.Name() + count,
        };
    }

    /// <summary>How often something happens that each of some items does some times.</summary>
    public static XCount Times(XCount outer, XCount inner) =>
        outer == XCount.Many || inner == XCount.Many ? XCount.Many : outer == XCount.One ? inner : XCount.Optional;

    /// <summary>The type of one of two alternatives.</summary>
    public static XType Either(XType a, XType b)
    {
        if (a.Kind == XKind.Empty || b.Kind == XKind.Empty)
        {
            XType other = a.Kind == XKind.Empty ? b : a;
            return other.Count == XCount.One ? other.With(XCount.Optional) : other;
        }

        XCount count = (XCount)Math.Max((int)a.Count, (int)b.Count);
        return Merge(a, b, count);
    }

    /// <summary>The type of one sequence after another.</summary>
    public static XType Followed(XType a, XType b) =>
        a.Kind == XKind.Empty ? b : b.Kind == XKind.Empty ? a : Merge(a, b, XCount.Many);

    private static XType Merge(XType a, XType b, XCount count)
    {
        bool constructed = a.IsConstructed || b.IsConstructed;
        if (a.Kind == b.Kind && a.Name == b.Name && a.Atomic == b.Atomic)
        {
            return a with { Count = count, IsConstructed = constructed };
        }

        if (a.IsAtomic && b.IsAtomic)
        {
            XAtomicType type = a.Atomic == b.Atomic ? a.Atomic : a.IsNumeric && b.IsNumeric ? XAtomicTypes.Promote(a.Atomic, b.Atomic) : XAtomicType.Untyped;
            return Of(type, count);
        }

        XKind kind = a.Kind == b.Kind ? a.Kind : a.IsNode && b.IsNode ? XKind.Node : XKind.Item;
        return Of(kind, count) with { IsConstructed = constructed };
    }
}

/// <summary>Facts about atomic types.</summary>
internal static class XAtomicTypes
{
    private static readonly string[] Names =
    [
        "xdt:untypedAtomic", "xs:string", "xs:normalizedString", "xs:token", "xs:anyURI", "xs:QName", "xs:boolean", "xs:decimal",
        "xs:integer", "xs:nonPositiveInteger", "xs:negativeInteger", "xs:long", "xs:int", "xs:short", "xs:byte", "xs:nonNegativeInteger", "xs:unsignedLong", "xs:unsignedInt",
        "xs:unsignedShort", "xs:unsignedByte", "xs:positiveInteger",
        "xs:float", "xs:double", "xs:dateTime", "xs:date", "xs:time", "xs:duration", "xs:gYear", "xs:gYearMonth", "xs:gMonth", "xs:gMonthDay", "xs:gDay", "xs:hexBinary", "xs:base64Binary",
    ];

    public static string Name(this XAtomicType type) => Names[(int)type];

    public static bool IsInteger(this XAtomicType type) => type is >= XAtomicType.Integer and <= XAtomicType.PositiveInteger;

    public static bool IsNumeric(this XAtomicType type) => type is >= XAtomicType.Decimal and <= XAtomicType.Double;

    public static bool IsString(this XAtomicType type) => type is >= XAtomicType.String and <= XAtomicType.AnyUri;

    public static bool IsApproximate(this XAtomicType type) => type is XAtomicType.Float or XAtomicType.Double;

    /// <summary>The type named xs:name or xdt:name; null when there is none.</summary>
    public static XAtomicType? Find(string name)
    {
        int index = Array.IndexOf(Names, name);
        return index < 0 ? null : (XAtomicType)index;
    }

    /// <summary>What two operands of arithmetic become: integer, decimal, float, double. Untyped values count as double.</summary>
    public static XAtomicType Promote(XAtomicType a, XAtomicType b)
    {
        if (a is XAtomicType.Untyped or XAtomicType.Double || b is XAtomicType.Untyped or XAtomicType.Double)
        {
            return XAtomicType.Double;
        }

        return a == XAtomicType.Float || b == XAtomicType.Float ? XAtomicType.Float
            : a == XAtomicType.Decimal || b == XAtomicType.Decimal ? XAtomicType.Decimal
            : XAtomicType.Integer;
    }

    /// <summary>Types that compare with each other.</summary>
    public static int Family(this XAtomicType type) => type switch
    {
        XAtomicType.Untyped => 0,
        _ when type.IsString() => 1,
        _ when type.IsNumeric() => 2,
        _ => 10 + (int)type,
    };

    /// <summary>The type that sql:column() and sql:variable() give a SQL type; null when they do not take it.</summary>
    public static XAtomicType? Of(SqlType type) => type.Id switch
    {
        SqlTypeId.Bit => XAtomicType.Boolean,
        SqlTypeId.TinyInt => XAtomicType.UnsignedByte,
        SqlTypeId.SmallInt => XAtomicType.Short,
        SqlTypeId.Int => XAtomicType.Int,
        SqlTypeId.BigInt => XAtomicType.Long,
        SqlTypeId.Decimal or SqlTypeId.Numeric or SqlTypeId.Money or SqlTypeId.SmallMoney => XAtomicType.Decimal,
        SqlTypeId.Float => XAtomicType.Double,
        SqlTypeId.Real => XAtomicType.Float,
        SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.NChar or SqlTypeId.NVarChar or SqlTypeId.UniqueIdentifier => XAtomicType.String,
        SqlTypeId.Binary or SqlTypeId.VarBinary => XAtomicType.Base64Binary,
        SqlTypeId.Date => XAtomicType.Date,
        SqlTypeId.Time => XAtomicType.Time,
        SqlTypeId.DateTime or SqlTypeId.SmallDateTime or SqlTypeId.DateTime2 or SqlTypeId.DateTimeOffset => XAtomicType.DateTime,
        _ => null,
    };
}
