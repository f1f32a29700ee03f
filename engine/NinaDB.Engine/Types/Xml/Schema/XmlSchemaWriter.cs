using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Schema;

namespace NinaDB.Engine.Types.Xml.Schema;

/// <summary>
/// The schemas of a collection as XML_SCHEMA_NAMESPACE() rebuilds them from their components: prefix t for the target namespace, ns1, ns2 ... for others, elements before
/// attributes, groups and types, each kind by name; comments and annotations are gone, content without derivation is a restriction of xsd:anyType.
/// </summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/xml/xml-schema-namespace</remarks>
internal sealed class XmlSchemaWriter
{
    private readonly StringBuilder _text = new();
    private readonly List<string> _others = [];
    private readonly string _target;
    private readonly XmlSchemaModel _model;
    private bool _isElementQualified, _isAttributeQualified;

    private XmlSchemaWriter(XmlSchemaModel model, string target)
    {
        _model = model;
        _target = target;
    }

    /// <param name="model">The collection.</param>
    /// <param name="only">The one namespace that is asked for; null for all.</param>
    public static string Write(XmlSchemaModel model, string? only)
    {
        var text = new StringBuilder();
        foreach (string target in model.Namespaces.Where(n => only is null || n == only))
        {
            text.Append(new XmlSchemaWriter(model, target).WriteSchema());
        }

        return text.ToString();
    }

    private string WriteSchema()
    {
        List<XmlSchema> schemas = [.. _model.Set.Schemas(_target.Length == 0 ? null : _target).Cast<XmlSchema>()];
        _isElementQualified = schemas.Exists(s => s.ElementFormDefault == XmlSchemaForm.Qualified);
        _isAttributeQualified = schemas.Exists(s => s.AttributeFormDefault == XmlSchemaForm.Qualified);
        List<XmlSchemaObject> items = [.. schemas.SelectMany(s => s.Items.Cast<XmlSchemaObject>())];
        foreach (XmlSchemaElement element in items.OfType<XmlSchemaElement>().OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            Element(element, isGlobal: true);
        }

        foreach (XmlSchemaAttribute attribute in items.OfType<XmlSchemaAttribute>().OrderBy(a => a.Name, StringComparer.Ordinal))
        {
            Attribute(attribute, isGlobal: true);
        }

        foreach (XmlSchemaGroup group in items.OfType<XmlSchemaGroup>().OrderBy(g => g.Name, StringComparer.Ordinal))
        {
            Open("group", ("name", group.Name));
            Particle(group.Particle);
            Close("group");
        }

        foreach (XmlSchemaAttributeGroup group in items.OfType<XmlSchemaAttributeGroup>().OrderBy(g => g.Name, StringComparer.Ordinal))
        {
            Open("attributeGroup", ("name", group.Name));
            Attributes(group.Attributes, group.AnyAttribute);
            Close("attributeGroup");
        }

        foreach (XmlSchemaComplexType type in items.OfType<XmlSchemaComplexType>().OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            ComplexType(type);
        }

        foreach (XmlSchemaSimpleType type in items.OfType<XmlSchemaSimpleType>().OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            SimpleType(type);
        }

        return Head() + _text + "</xsd:schema>";
    }

    private string Head()
    {
        var head = new StringBuilder("<xsd:schema xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"");
        void Add(string name, string value)
        {
            head.Append(' ').Append(name).Append("=\"");
            XmlText.AppendAttribute(head, value);
            head.Append('"');
        }

        if (_target.Length > 0)
        {
            Add("xmlns:t", _target);
        }

        for (int i = 0; i < _others.Count; i++)
        {
            Add(string.Create(CultureInfo.InvariantCulture, $"xmlns:ns{i + 1}"), _others[i]);
        }

        if (_target.Length > 0)
        {
            Add("targetNamespace", _target);
        }

        if (_isElementQualified)
        {
            Add("elementFormDefault", "qualified");
        }

        if (_isAttributeQualified)
        {
            Add("attributeFormDefault", "qualified");
        }

        head.Append('>');
        foreach (string other in _others)
        {
            head.Append("<xsd:import namespace=\"");
            XmlText.AppendAttribute(head, other);
            head.Append("\"/>");
        }

        return head.ToString();
    }

    // ---- markup ----

    private void Start(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        _text.Append("<xsd:").Append(name);
        foreach ((string attribute, string? value) in attributes)
        {
            if (value is not null)
            {
                _text.Append(' ').Append(attribute).Append("=\"");
                XmlText.AppendAttribute(_text, value);
                _text.Append('"');
            }
        }
    }

    private void Open(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        _text.Append('>');
    }

    private void Empty(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        _text.Append("/>");
    }

    private void Close(string name)
    {
        // An element that nothing was written into closes itself.
        if (_text[^1] == '>' && _text[^2] != '/' && LastIs(name))
        {
            _text.Insert(_text.Length - 1, '/');
            return;
        }

        _text.Append("</xsd:").Append(name).Append('>');
    }

    private bool LastIs(string name)
    {
        int open = _text.Length - 1;
        while (open > 0 && _text[open] != '<')
        {
            open--;
        }

        string tag = "<xsd:" + name;
        return open + tag.Length < _text.Length && _text.ToString(open, tag.Length) == tag && _text[open + tag.Length] is ' ' or '>';
    }

    private string Name(XmlQualifiedName name)
    {
        if (name.Namespace == XmlSchemaModel.Xsd)
        {
            return "xsd:" + name.Name;
        }

        if (name.Namespace == XmlNode.XmlNamespace)
        {
            return "xml:" + name.Name;
        }

        if (name.Namespace == _target)
        {
            return _target.Length == 0 ? name.Name : "t:" + name.Name;
        }

        int index = _others.IndexOf(name.Namespace);
        if (index < 0)
        {
            index = _others.Count;
            _others.Add(name.Namespace);
        }

        return string.Create(CultureInfo.InvariantCulture, $"ns{index + 1}:{name.Name}");
    }

    private string? NameOrNull(XmlQualifiedName name) => name.IsEmpty ? null : Name(name);

    private static string? Minimum(XmlSchemaParticle particle) => particle.MinOccurs == 1 ? null : particle.MinOccurs.ToString(CultureInfo.InvariantCulture);

    private static string? Maximum(XmlSchemaParticle particle) =>
        particle.MaxOccurs == 1 ? null : particle.MaxOccursString == "unbounded" ? "unbounded" : particle.MaxOccurs.ToString(CultureInfo.InvariantCulture);

    // ---- components ----

    private void Element(XmlSchemaElement element, bool isGlobal)
    {
        (string, string?)[] occurrences = isGlobal ? [] : [("minOccurs", Minimum(element)), ("maxOccurs", Maximum(element))];
        if (!element.RefName.IsEmpty)
        {
            Empty("element", [("ref", Name(element.RefName)), .. occurrences]);
            return;
        }

        Open("element",
        [
            ("name", element.Name), ("type", NameOrNull(element.SchemaTypeName)), ("default", element.DefaultValue), ("fixed", element.FixedValue), ("nillable", element.IsNillable ? "true" : null),
            ("abstract", element.IsAbstract ? "true" : null), ("substitutionGroup", NameOrNull(element.SubstitutionGroup)), ("form", isGlobal ? null : Form(element.Form, _isElementQualified)), .. occurrences,
        ]);
        switch (element.SchemaType)
        {
            case XmlSchemaComplexType complex:
                ComplexType(complex);
                break;
            case XmlSchemaSimpleType simple:
                SimpleType(simple);
                break;
        }

        Close("element");
    }

    private static string? Form(XmlSchemaForm form, bool isDefaultQualified) => form switch
    {
        XmlSchemaForm.Qualified when !isDefaultQualified => "qualified",
        XmlSchemaForm.Unqualified when isDefaultQualified => "unqualified",
        _ => null,
    };

    private void Attribute(XmlSchemaAttribute attribute, bool isGlobal)
    {
        string? use = attribute.Use switch { XmlSchemaUse.Required => "required", XmlSchemaUse.Prohibited => "prohibited", _ => null };
        if (!attribute.RefName.IsEmpty)
        {
            Empty("attribute", ("ref", Name(attribute.RefName)), ("use", use), ("default", attribute.DefaultValue), ("fixed", attribute.FixedValue));
            return;
        }

        Open("attribute", ("name", attribute.Name), ("type", NameOrNull(attribute.SchemaTypeName)), ("use", use), ("default", attribute.DefaultValue), ("fixed", attribute.FixedValue),
            ("form", isGlobal ? null : Form(attribute.Form, _isAttributeQualified)));
        if (attribute.SchemaType is { } type)
        {
            SimpleType(type);
        }

        Close("attribute");
    }

    private void Attributes(XmlSchemaObjectCollection attributes, XmlSchemaAnyAttribute? any)
    {
        foreach (XmlSchemaObject item in attributes)
        {
            if (item is XmlSchemaAttribute attribute)
            {
                Attribute(attribute, isGlobal: false);
            }
            else if (item is XmlSchemaAttributeGroupRef group)
            {
                Empty("attributeGroup", ("ref", Name(group.RefName)));
            }
        }

        if (any is not null)
        {
            Empty("anyAttribute", ("namespace", any.Namespace), ("processContents", Processing(any.ProcessContents)));
        }
    }

    private static string? Processing(XmlSchemaContentProcessing processing) => processing switch { XmlSchemaContentProcessing.Lax => "lax", XmlSchemaContentProcessing.Skip => "skip", _ => null };

    private void ComplexType(XmlSchemaComplexType type)
    {
        string? mixed = type.IsMixed || type.ContentModel is XmlSchemaComplexContent { IsMixed: true } ? "true" : null;
        Open("complexType", ("name", type.Name), ("mixed", mixed), ("abstract", type.IsAbstract ? "true" : null));
        switch (type.ContentModel)
        {
            case XmlSchemaSimpleContent simple:
                Open("simpleContent");
                SimpleContent(simple.Content);
                Close("simpleContent");
                break;
            case XmlSchemaComplexContent { Content: XmlSchemaComplexContentExtension extension }:
                Open("complexContent", ("mixed", mixed));
                Open("extension", ("base", Name(extension.BaseTypeName)));
                Particle(extension.Particle);
                Attributes(extension.Attributes, extension.AnyAttribute);
                Close("extension");
                Close("complexContent");
                break;
            case XmlSchemaComplexContent { Content: XmlSchemaComplexContentRestriction restriction }:
                Restriction(Name(restriction.BaseTypeName), mixed, restriction.Particle, restriction.Attributes, restriction.AnyAttribute);
                break;
            default:
                Restriction("xsd:anyType", mixed, type.Particle, type.Attributes, type.AnyAttribute);
                break;
        }

        Close("complexType");
    }

    private void Restriction(string baseType, string? mixed, XmlSchemaParticle? particle, XmlSchemaObjectCollection attributes, XmlSchemaAnyAttribute? any)
    {
        Open("complexContent", ("mixed", mixed));
        Open("restriction", ("base", baseType));
        Particle(particle);
        Attributes(attributes, any);
        Close("restriction");
        Close("complexContent");
    }

    private void SimpleContent(XmlSchemaContent? content)
    {
        switch (content)
        {
            case XmlSchemaSimpleContentExtension extension:
                Open("extension", ("base", Name(extension.BaseTypeName)));
                Attributes(extension.Attributes, extension.AnyAttribute);
                Close("extension");
                break;
            case XmlSchemaSimpleContentRestriction restriction:
                Open("restriction", ("base", Name(restriction.BaseTypeName)));
                if (restriction.BaseType is { } inner)
                {
                    SimpleType(inner);
                }

                Facets(restriction, restriction.Facets);
                Attributes(restriction.Attributes, restriction.AnyAttribute);
                Close("restriction");
                break;
        }
    }

    private void SimpleType(XmlSchemaSimpleType type)
    {
        Open("simpleType", ("name", type.Name));
        switch (type.Content)
        {
            case XmlSchemaSimpleTypeRestriction restriction:
                Open("restriction", ("base", NameOrNull(restriction.BaseTypeName)));
                if (restriction.BaseType is { } inner)
                {
                    SimpleType(inner);
                }

                Facets(restriction, restriction.Facets);
                Close("restriction");
                break;
            case XmlSchemaSimpleTypeList list:
                Open("list", ("itemType", NameOrNull(list.ItemTypeName)));
                if (list.ItemType is { } item)
                {
                    SimpleType(item);
                }

                Close("list");
                break;
            case XmlSchemaSimpleTypeUnion union:
                Open("union", ("memberTypes", union.MemberTypes is { Length: > 0 } members ? string.Join(' ', members.Select(Name)) : null));
                foreach (XmlSchemaObject member in union.BaseTypes)
                {
                    SimpleType((XmlSchemaSimpleType)member);
                }

                Close("union");
                break;
        }

        Close("simpleType");
    }

    private void Facets(XmlSchemaAnnotated restriction, XmlSchemaObjectCollection facets)
    {
        foreach (string pattern in _model.PatternOf(restriction)?.Written ?? [])
        {
            Empty("pattern", ("value", pattern));
        }

        foreach (XmlSchemaFacet facet in facets)
        {
            string name = facet switch
            {
                XmlSchemaLengthFacet => "length",
                XmlSchemaMinLengthFacet => "minLength",
                XmlSchemaMaxLengthFacet => "maxLength",
                XmlSchemaEnumerationFacet => "enumeration",
                XmlSchemaMinInclusiveFacet => "minInclusive",
                XmlSchemaMaxInclusiveFacet => "maxInclusive",
                XmlSchemaMinExclusiveFacet => "minExclusive",
                XmlSchemaMaxExclusiveFacet => "maxExclusive",
                XmlSchemaTotalDigitsFacet => "totalDigits",
                XmlSchemaFractionDigitsFacet => "fractionDigits",
                _ => "whiteSpace",
            };
            Empty(name, ("value", facet.Value), ("fixed", facet.IsFixed ? "true" : null));
        }
    }

    private void Particle(XmlSchemaParticle? particle)
    {
        switch (particle)
        {
            case XmlSchemaElement element:
                Element(element, isGlobal: false);
                break;
            case XmlSchemaAny any:
                Empty("any", ("namespace", any.Namespace), ("processContents", Processing(any.ProcessContents)), ("minOccurs", Minimum(any)), ("maxOccurs", Maximum(any)));
                break;
            case XmlSchemaGroupRef group:
                Empty("group", ("ref", Name(group.RefName)), ("minOccurs", Minimum(group)), ("maxOccurs", Maximum(group)));
                break;
            case XmlSchemaGroupBase model:
                string name = model switch { XmlSchemaAll => "all", XmlSchemaChoice => "choice", _ => "sequence" };
                Open(name, ("minOccurs", Minimum(model)), ("maxOccurs", Maximum(model)));
                foreach (XmlSchemaObject item in model.Items)
                {
                    Particle(item as XmlSchemaParticle);
                }

                Close(name);
                break;
        }
    }
}
