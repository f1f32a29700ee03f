using System.Xml;
using System.Xml.Schema;
using NinaDB.Engine.Types.Xml.Schema;

namespace NinaDB.Engine.Types.Xml.XQuery;

/// <summary>What a schema collection tells of the steps of a path over typed xml: the type of what a step finds, and how often there may be one.</summary>
/// <remarks>https://learn.microsoft.com/sql/xquery/type-system-xquery</remarks>
internal static class XSchemaTyping
{
    /// <summary>The type of the document node of a typed instance.</summary>
    public static XType Document(XmlSchemaBinding binding) => XType.DocumentNode with { Model = binding.Model, IsDocument = binding.IsDocument };

    /// <summary>The type of an item that a step gives; null where the collection says nothing.</summary>
    public static XType? Item(XType input, XAxis axis, XNodeTest test)
    {
        if (input.Model is not { } model)
        {
            return null;
        }

        XType plain = XType.Of(test.Kind, XCount.One, test.TypeName) with { Model = model };
        if (test is { Kind: XKind.Element, Name: not null } && axis is XAxis.Child or XAxis.Descendant or XAxis.DescendantOrSelf)
        {
            return Elements(input, axis, test) is { Count: > 0 } found && found.All(e => ReferenceEquals(e.Element.ElementSchemaType, found[0].Element.ElementSchemaType))
                ? Typed(plain, found[0].Element.ElementSchemaType) with { Declaration = found[0].Element }
                : plain;
        }

        if (test is { Kind: XKind.Attribute, Name: not null } && axis == XAxis.Attribute)
        {
            return Attribute(input, test) is { } attribute ? Typed(plain, attribute.AttributeSchemaType) : plain;
        }

        return test.Kind is XKind.Element or XKind.Attribute ? plain : null;
    }

    /// <summary>How many items a step may give from one node; null where the collection says nothing.</summary>
    public static XCount? Count(XType input, XAxis axis, XNodeTest test)
    {
        if (input.Model is null || test.Name is null)
        {
            return null;
        }

        if (test.Kind == XKind.Attribute && axis == XAxis.Attribute)
        {
            return Attribute(input, test) is { Use: XmlSchemaUse.Required } ? XCount.One : null;
        }

        if (test.Kind != XKind.Element || axis != XAxis.Child)
        {
            return null;
        }

        if (input.Kind == XKind.Document)
        {
            return !input.IsDocument ? XCount.Many : input.Model.Set.GlobalElements.Count == 1 ? XCount.One : XCount.Optional;
        }

        if (input.SchemaType is not XmlSchemaComplexType || Elements(input, axis, test) is not { Count: > 0 } found)
        {
            return null;
        }

        decimal maximum = 0;
        decimal minimum = 0;
        foreach ((_, decimal least, decimal most) in found)
        {
            minimum += least;
            maximum = most > 1 ? 2 : maximum + most;
        }

        return maximum > 1 ? XCount.Many : minimum >= 1 ? XCount.One : XCount.Optional;
    }

    /// <summary>Whether the collection knows that there is no such element or attribute: errors 2260, 2261, 2219.</summary>
    public static bool IsImpossible(XType input, XAxis axis, XNodeTest test)
    {
        if (input.Model is not { } model || test.Name is null)
        {
            return false;
        }

        if (axis == XAxis.Attribute && test.Kind == XKind.Attribute)
        {
            return input.SchemaType switch
            {
                XmlSchemaComplexType { AttributeWildcard: null } complex => test.Uri != XmlSchemaModel.Xsi && !ReferenceEquals(complex, XmlSchemaType.GetBuiltInComplexType(XmlTypeCode.Item)) && Attribute(input, test) is null,
                XmlSchemaSimpleType => test.Uri != XmlSchemaModel.Xsi,
                _ => false,
            };
        }

        if (axis != XAxis.Child || test.Kind != XKind.Element)
        {
            return false;
        }

        return input.Kind == XKind.Document ? test.Uri is { } uri && model.GlobalElement(test.Name, uri) is null
            : input.SchemaType switch
            {
                XmlSchemaSimpleType => true,
                XmlSchemaComplexType complex => Elements(input, axis, test).Count == 0 && !XmlSchemaParts.Children(complex).Any(c => c.Any is not null),
                _ => false,
            };
    }

    /// <summary>Elements of simple types, and of any type, have no text nodes to ask for (error 9312).</summary>
    public static bool HasNoText(XType input) => input.Kind == XKind.Element && input.SchemaType is XmlSchemaSimpleType or XmlSchemaComplexType { ContentType: XmlSchemaContentType.TextOnly }
        || ReferenceEquals(input.SchemaType, XmlSchemaType.GetBuiltInComplexType(XmlTypeCode.Item));

    /// <summary>Whether values of a type may stand where another is declared: they are of it or derive from it.</summary>
    public static bool Derives(XAtomicType type, XAtomicType from)
    {
        while (true)
        {
            if (type == from)
            {
                return true;
            }

            XAtomicType? parent = type switch
            {
                XAtomicType.NormalizedString => XAtomicType.String,
                XAtomicType.Token => XAtomicType.NormalizedString,
                XAtomicType.Integer => XAtomicType.Decimal,
                XAtomicType.NonPositiveInteger or XAtomicType.Long or XAtomicType.NonNegativeInteger => XAtomicType.Integer,
                XAtomicType.NegativeInteger => XAtomicType.NonPositiveInteger,
                XAtomicType.Int => XAtomicType.Long,
                XAtomicType.Short => XAtomicType.Int,
                XAtomicType.Byte => XAtomicType.Short,
                XAtomicType.UnsignedLong or XAtomicType.PositiveInteger => XAtomicType.NonNegativeInteger,
                XAtomicType.UnsignedInt => XAtomicType.UnsignedLong,
                XAtomicType.UnsignedShort => XAtomicType.UnsignedInt,
                XAtomicType.UnsignedByte => XAtomicType.UnsignedShort,
                _ => null,
            };
            if (parent is not { } next)
            {
                return false;
            }

            type = next;
        }
    }

    private static XType Typed(XType item, XmlSchemaType? type) => type is null ? item : item with { SchemaType = type, Atomic = AtomicOf(type) };

    /// <summary>The built-in atomic type of a node's value; untyped for lists, unions, and content of elements.</summary>
    private static XAtomicType AtomicOf(XmlSchemaType type)
    {
        if (XmlSchemaParts.SimpleContent(type) is not { Datatype.Variety: XmlSchemaDatatypeVariety.Atomic } simple)
        {
            return XAtomicType.Untyped;
        }

        for (XmlSchemaType? step = simple; step is not null; step = step.BaseXmlSchemaType)
        {
            if (step.QualifiedName.Namespace == XmlSchemaModel.Xsd)
            {
                string name = step.QualifiedName.Name;
                return XAtomicTypes.Find("xs:" + name) ?? (name is "language" or "NMTOKEN" or "Name" or "NCName" or "ID" or "IDREF" or "ENTITY" ? XAtomicType.Token : XAtomicType.Untyped);
            }
        }

        return XAtomicType.Untyped;
    }

    private static List<(XmlSchemaElement Element, decimal Minimum, decimal Maximum)> Elements(XType input, XAxis axis, XNodeTest test)
    {
        XmlSchemaModel model = input.Model!;
        bool Fits(XmlSchemaElement element) => element.QualifiedName.Name == test.Name && (test.Uri is null || element.QualifiedName.Namespace == test.Uri);
        if (axis == XAxis.Child && input.Kind == XKind.Document)
        {
            return [.. model.Set.GlobalElements.Values.Cast<XmlSchemaElement>().Where(Fits).Select(e => (e, 0m, decimal.MaxValue))];
        }

        if (axis == XAxis.Child && input.SchemaType is XmlSchemaComplexType complex)
        {
            var found = new List<(XmlSchemaElement, decimal, decimal)>();
            foreach ((XmlSchemaElement? element, XmlSchemaAny? any, decimal minimum, decimal maximum) in XmlSchemaParts.Children(complex))
            {
                if (element is not null && Fits(element))
                {
                    found.Add((element, minimum, maximum));
                }
                else if (any is not null && test.Uri is not null && model.GlobalElement(test.Name!, test.Uri) is { } global)
                {
                    found.Add((global, 0, decimal.MaxValue));
                }
            }

            return found;
        }

        return axis == XAxis.Child && input.SchemaType is not null ? [] : [.. model.ElementsNamed(test.Name!).Where(Fits).Select(e => (e, 0m, decimal.MaxValue))];
    }

    private static XmlSchemaAttribute? Attribute(XType input, XNodeTest test) =>
        input.SchemaType is XmlSchemaComplexType complex ? complex.AttributeUses[new XmlQualifiedName(test.Name, test.Uri ?? "")] as XmlSchemaAttribute : null;
}
