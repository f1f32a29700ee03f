using System.Collections;
using System.Globalization;
using System.Xml;
using System.Xml.Schema;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types.Xml.Schema;

/// <summary>
/// Validates an instance against a collection and gives it the form in which typed xml is kept: canonical values, whitespace by the types, default attributes. The order of
/// elements is judged by the framework's automaton; which error it is, and where, is found from what the automaton would have taken.
/// </summary>
/// <remarks>https://learn.microsoft.com/sql/relational-databases/xml/compare-typed-xml-to-untyped-xml</remarks>
internal sealed class XmlInstanceValidator : IXmlNamespaceResolver
{
    private readonly XmlSchemaModel _model;
    private readonly NameTable _names = new();
    private readonly Dictionary<string, XmlNode> _ids = new(StringComparer.Ordinal);
    private readonly List<(string Name, string Value)> _references = [];
    private XmlSchemaValidator _validator;
    private XmlSchemaException? _error;
    private XmlNode _current = XmlNode.Document();

    private XmlInstanceValidator(XmlSchemaModel model)
    {
        _model = model;
        _validator = NewValidator();
    }

    /// <summary>The text of the instance as it is kept.</summary>
    public static string Run(XmlSchemaBinding binding, XmlNode instance)
    {
        XmlNode document = instance.Kind == XmlNodeKind.Document ? instance.Clone() : Wrap(instance);
        int roots = document.Children.Count(c => c.Kind == XmlNodeKind.Element);
        if (binding.IsDocument && (roots != 1 || document.Children.Exists(c => c.Kind == XmlNodeKind.Text)))
        {
            throw SqlErrors.Aborting(SqlErrors.CreateWithState(6901, roots == 0 ? (byte)2 : (byte)1));
        }

        new XmlInstanceValidator(binding.Model).Validate(document);
        return XmlText.Instance(document);
    }

    private static XmlNode Wrap(XmlNode node)
    {
        XmlNode document = XmlNode.Document();
        document.Append(node.Clone());
        return document;
    }

    private XmlSchemaValidator NewValidator()
    {
        var validator = new XmlSchemaValidator(_names, _model.Set, this, XmlSchemaValidationFlags.AllowXmlAttributes) { XmlResolver = null };
        validator.ValidationEventHandler += (_, e) =>
        {
            if (e.Severity == XmlSeverityType.Error)
            {
                _error ??= e.Exception;
            }
        };
        validator.Initialize();
        return validator;
    }

    private static SqlErrorException Fail(int number, params object?[] arguments) => SqlErrors.Aborting(SqlErrors.Create(number, arguments));

    private static string Name(XmlNode node) => Name(node.Name, node.NamespaceUri);

    private static string Name(string name, string uri) => uri.Length == 0 ? name : $"{{{uri}}}{name}";

    private static string Name(XmlQualifiedName name) => Name(name.Name, name.Namespace);

    private static string LocationOf(XmlNode node) => node.Kind == XmlNodeKind.Attribute ? $"{XmlSchemaText.Location(node.Parent!)}/@*:{node.Name}" : XmlSchemaText.Location(node);

    private void Validate(XmlNode document)
    {
        foreach (XmlNode root in document.Children.Where(c => c.Kind == XmlNodeKind.Element))
        {
            XmlSchemaElement declaration = _model.GlobalElement(root.Name, root.NamespaceUri) ?? throw Fail(6913, Name(root), LocationOf(root));
            _validator = NewValidator();
            ValidateElement(root, declaration, null);
        }

        foreach ((string name, string value) in _references)
        {
            if (!_ids.ContainsKey(value))
            {
                throw Fail(6931, name, value);
            }
        }
    }

    /// <param name="element">An element that its parent's content admits.</param>
    /// <param name="admitted">Its declaration there; null when a wildcard admits it.</param>
    /// <param name="wildcard">The wildcard that admits it; null when it is declared there.</param>
    private void ValidateElement(XmlNode element, XmlSchemaElement? admitted, XmlSchemaAny? wildcard)
    {
        _current = element;
        XmlSchemaType? cast = CastType(element);
        bool isNil = element.FindAttribute("nil", XmlSchemaModel.Xsi)?.Value.Trim() is "true" or "1";
        var info = new XmlSchemaInfo();
        _error = null;
        _validator.ValidateElement(element.Name, element.NamespaceUri, info, TypeName(element), isNil ? "true" : null, null, null);
        XmlSchemaElement? declaration = info.SchemaElement ?? admitted ?? _model.GlobalElement(element.Name, element.NamespaceUri);
        XmlSchemaType? type = cast ?? info.SchemaType;
        if (declaration is not null && cast is not null && declaration.ElementSchemaType is { } declared && !IsDerived(cast, declared))
        {
            throw Fail(6936, Name(element), Name(declared.QualifiedName), Name(cast.QualifiedName), LocationOf(element));
        }

        if (declaration is { IsAbstract: true })
        {
            throw Fail(6934, Name(element), LocationOf(element));
        }

        if (type is XmlSchemaComplexType { IsAbstract: true })
        {
            throw Fail(6919, Name(element), LocationOf(element));
        }

        if (isNil && declaration is not null && (!declaration.IsNillable || declaration.FixedValue is not null))
        {
            throw Fail(6917, Name(element), LocationOf(element));
        }

        if (declaration is null && cast is null && wildcard is not { ProcessContents: XmlSchemaContentProcessing.Lax or XmlSchemaContentProcessing.Skip } && wildcard is not null)
        {
            throw Fail(6913, Name(element), LocationOf(element));
        }

        if (declaration is null && cast is null)
        {
            // Content that a wildcard lets through unseen, or that may be looked at where something is known of it.
            _error = null;
            PassUnseen(element, wildcard);
            return;
        }

        ThrowOther(element);
        ValidateAttributes(element, type);
        _validator.ValidateEndOfAttributes(info);
        if (_error is not null)
        {
            throw MissingAttribute(element, type);
        }

        if (isNil)
        {
            if (element.Children.Exists(c => c.Kind is XmlNodeKind.Element or XmlNodeKind.Text))
            {
                throw Fail(6918, Name(element), LocationOf(element));
            }

            _validator.ValidateEndElement(info);
            _error = null;
            return;
        }

        if (XmlSchemaParts.SimpleContent(type) is { } simple)
        {
            ValidateSimple(element, simple, type!, declaration, info);
            return;
        }

        ValidateContent(element, type as XmlSchemaComplexType, info);
    }

    /// <summary>An error that none of the cases above has a number for.</summary>
    private void ThrowOther(XmlNode element)
    {
        if (_error is not null)
        {
            throw Fail(6923, Name(element), LocationOf(element));
        }
    }

    // ---- types ----

    private static string? TypeName(XmlNode element) => element.FindAttribute("type", XmlSchemaModel.Xsi)?.Value.Trim();

    /// <summary>The type that xsi:type names: errors 6929 and 6914.</summary>
    private XmlSchemaType? CastType(XmlNode element)
    {
        if (TypeName(element) is not { } written)
        {
            return null;
        }

        string[] parts = written.Split(':');
        if (parts.Length > 2 || parts.Any(p => p.Length == 0) || element.LookupNamespace(parts.Length == 2 ? parts[0] : "") is not { } uri)
        {
            throw Fail(6929, written);
        }

        var name = new XmlQualifiedName(parts[^1], uri);
        XmlSchemaType? type = _model.Set.GlobalTypes[name] as XmlSchemaType
            ?? (uri == XmlSchemaModel.Xsd ? (XmlSchemaType?)XmlSchemaType.GetBuiltInSimpleType(name) ?? XmlSchemaType.GetBuiltInComplexType(name) : null);
        return type ?? throw Fail(6914, Name(name), LocationOf(element));
    }

    private static bool IsDerived(XmlSchemaType type, XmlSchemaType from) => ReferenceEquals(type, from) || XmlSchemaType.IsDerivedFrom(type, from, XmlSchemaDerivationMethod.None);

    // ---- attributes ----

    private void ValidateAttributes(XmlNode element, XmlSchemaType? type)
    {
        bool hasId = false;
        foreach (XmlNode attribute in element.Attributes.ToList())
        {
            if (attribute.NamespaceUri == XmlSchemaModel.Xsi)
            {
                continue;
            }

            _error = null;
            var info = new XmlSchemaInfo();
            _validator.ValidateAttribute(attribute.Name, attribute.NamespaceUri, attribute.Value, info);
            XmlSchemaAttribute? declaration = info.SchemaAttribute;
            if (declaration is null)
            {
                if (_error is not null)
                {
                    throw SqlErrors.Aborting(SqlErrors.CreateWithState(6905, 3, Name(attribute), LocationOf(attribute)));
                }

                continue;
            }

            _error = null;
            if (declaration.AttributeSchemaType is not { } simple)
            {
                continue;
            }

            attribute.Value = Value(simple, attribute.Value, attribute);
            if (declaration.FixedValue is { } written && XsdCanonical.Read(_model, simple, written, this) != attribute.Value)
            {
                throw Fail(6921, Name(attribute), LocationOf(attribute));
            }

            CheckIdentity(element, attribute, simple, ref hasId);
        }

        AddDefaults(element, type);
    }

    private void CheckIdentity(XmlNode element, XmlNode attribute, XmlSchemaSimpleType type, ref bool hasId)
    {
        switch (type.TypeCode)
        {
            case XmlTypeCode.Id:
                if (hasId)
                {
                    throw Fail(6947, LocationOf(element));
                }

                hasId = true;
                if (!_ids.TryAdd(attribute.Value, attribute))
                {
                    throw Fail(6930, attribute.Name, attribute.Value, LocationOf(attribute));
                }

                break;
            case XmlTypeCode.Idref:
                foreach (string value in attribute.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    _references.Add((attribute.Name, value));
                }

                break;
        }
    }

    private void AddDefaults(XmlNode element, XmlSchemaType? type)
    {
        if (type is not XmlSchemaComplexType { AttributeUses.Count: > 0 })
        {
            return;
        }

        var defaults = new ArrayList();
        _validator.GetUnspecifiedDefaultAttributes(defaults);
        foreach (XmlSchemaAttribute attribute in defaults)
        {
            string uri = attribute.QualifiedName.Namespace;
            if (element.FindAttribute(attribute.QualifiedName.Name, uri) is null && attribute.AttributeSchemaType is { } simple)
            {
                string value = attribute.DefaultValue ?? attribute.FixedValue ?? "";
                element.AppendAttribute(XmlNode.Attribute("", attribute.QualifiedName.Name, uri, XsdCanonical.Read(_model, simple, value, this) ?? value));
            }
        }
    }

    private static SqlErrorException MissingAttribute(XmlNode element, XmlSchemaType? type)
    {
        foreach (object? use in (type as XmlSchemaComplexType)?.AttributeUses.Values ?? Array.Empty<object>())
        {
            if (use is XmlSchemaAttribute { Use: XmlSchemaUse.Required } attribute && element.FindAttribute(attribute.QualifiedName.Name, attribute.QualifiedName.Namespace) is null)
            {
                return Fail(6906, Name(attribute.QualifiedName), LocationOf(element));
            }
        }

        return Fail(6906, "", LocationOf(element));
    }

    // ---- values ----

    /// <summary>A value as it is kept: errors 6926 and 6937.</summary>
    private string Value(XmlSchemaSimpleType type, string text, XmlNode node)
    {
        string kept = XsdCanonical.Read(_model, type, text, this) ?? throw Fail(6926, text, LocationOf(node));
        return XsdCanonical.IsStable(_model, type, text, kept, this) ? kept : throw Fail(6937, kept, LocationOf(node));
    }

    private void ValidateSimple(XmlNode element, XmlSchemaSimpleType type, XmlSchemaType declared, XmlSchemaElement? declaration, XmlSchemaInfo info)
    {
        if (element.Children.Find(c => c.Kind == XmlNodeKind.Element) is { } child)
        {
            throw Fail(6912, Name(child), LocationOf(child));
        }

        string text = element.StringValue;
        bool isDefault = text.Length == 0 && (declaration?.DefaultValue ?? declaration?.FixedValue) is not null;
        if (isDefault)
        {
            text = declaration!.DefaultValue ?? declaration.FixedValue!;
        }

        string value = Value(type, text, element);
        if (declared is XmlSchemaComplexType { ContentModel: XmlSchemaSimpleContent { Content: XmlSchemaSimpleContentRestriction restriction } } && _model.PatternOf(restriction) is { } pattern && !pattern.Matches(value))
        {
            throw Fail(6926, text, LocationOf(element));
        }

        if (declaration?.FixedValue is { } written && XsdCanonical.Read(_model, type, written, this) != value)
        {
            throw Fail(6921, Name(element), LocationOf(element));
        }

        // The framework judges the facets of complex types with simple content, which the simple type does not have.
        _error = null;
        _validator.ValidateText(value);
        _validator.ValidateEndElement(info);
        if (_error is not null)
        {
            throw Fail(6926, text, LocationOf(element));
        }

        foreach (XmlNode old in element.Children.Where(c => c.Kind == XmlNodeKind.Text).ToList())
        {
            old.Remove();
        }

        if (value.Length > 0)
        {
            element.Append(XmlNode.Text(value));
        }
    }

    // ---- content ----

    private void ValidateContent(XmlNode element, XmlSchemaComplexType? type, XmlSchemaInfo info)
    {
        XmlSchemaContentType content = type?.ContentType ?? XmlSchemaContentType.Mixed;
        foreach (XmlNode child in element.Children.ToList())
        {
            switch (child.Kind)
            {
                case XmlNodeKind.Text when content is XmlSchemaContentType.ElementOnly or XmlSchemaContentType.Empty:
                    if (child.Value.AsSpan().IndexOfAnyExcept(" \t\r\n") >= 0)
                    {
                        throw content == XmlSchemaContentType.Empty ? Fail(6924, child.Value, LocationOf(element)) : Fail(6909, LocationOf(element));
                    }

                    child.Remove();
                    break;
                case XmlNodeKind.Element:
                    (XmlSchemaElement? admitted, XmlSchemaAny? wildcard) = Admit(element, child, type);
                    ValidateElement(child, admitted, wildcard);
                    _current = element;
                    break;
            }
        }

        XmlSchemaParticle[] missing = _validator.GetExpectedParticles();
        _error = null;
        _validator.ValidateEndElement(info);
        if (_error is not null)
        {
            throw Fail(6908, Expected(missing, type), LocationOf(element));
        }
    }

    /// <summary>The declaration or the wildcard that takes a child; errors 6965, 6923 and 6911 when nothing does.</summary>
    private (XmlSchemaElement? Element, XmlSchemaAny? Any) Admit(XmlNode parent, XmlNode child, XmlSchemaComplexType? type)
    {
        XmlSchemaParticle[] expected = _validator.GetExpectedParticles();
        XmlSchemaAny? wildcard = null;
        foreach (XmlSchemaParticle particle in expected)
        {
            switch (particle)
            {
                case XmlSchemaElement element when element.QualifiedName.Name == child.Name && element.QualifiedName.Namespace == child.NamespaceUri:
                    return (element, null);
                case XmlSchemaAny any when Admits(any, child.NamespaceUri, type):
                    wildcard ??= any;
                    break;
            }
        }

        if (wildcard is not null)
        {
            return (null, wildcard);
        }

        if (type?.ContentTypeParticle is XmlSchemaAll all && all.Items.OfType<XmlSchemaElement>().Any(e => e.QualifiedName.Name == child.Name && e.QualifiedName.Namespace == child.NamespaceUri))
        {
            throw Fail(6911, Name(child), LocationOf(child));
        }

        throw expected.Length == 0 ? Fail(6923, Name(child), LocationOf(child)) : Fail(6965, Expected(expected, type), Name(child), LocationOf(child));
    }

    private string TargetOf(XmlSchemaComplexType? type)
    {
        for (XmlSchemaObject? part = type; part is not null; part = part.Parent)
        {
            if (part is XmlSchema schema)
            {
                return schema.TargetNamespace ?? "";
            }
        }

        return type?.QualifiedName.Namespace ?? "";
    }

    private bool Admits(XmlSchemaAny any, string uri, XmlSchemaComplexType? type) => (any.Namespace ?? "##any").Split((char[])[' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).Any(n => n switch
    {
        "##any" => true,
        "##other" => uri.Length > 0 && uri != TargetOf(type),
        "##targetNamespace" => uri == TargetOf(type),
        "##local" => uri.Length == 0,
        _ => n == uri,
    });

    /// <summary>What could have come: 'a','{urn:x}b','{urn:y}*'.</summary>
    private string Expected(XmlSchemaParticle[] particles, XmlSchemaComplexType? type) => string.Join("','", particles.SelectMany(p => p switch
    {
        XmlSchemaElement element => [Name(element.QualifiedName)],
        XmlSchemaAny any => (any.Namespace ?? "##any").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => n switch
        {
            "##any" => "*",
            "##other" => "##other:*",
            "##targetNamespace" => $"{{{TargetOf(type)}}}*",
            "##local" => "*",
            _ => $"{{{n}}}*",
        }),
        _ => Array.Empty<string>(),
    }).Distinct());

    /// <summary>Content of a wildcard that nothing declares: with lax processing, declared elements inside are validated all the same.</summary>
    private void PassUnseen(XmlNode element, XmlSchemaAny? wildcard)
    {
        _validator.ValidateEndOfAttributes(null);
        _error = null;
        _validator.SkipToEndElement(null);
        _error = null;
        if (wildcard is { ProcessContents: XmlSchemaContentProcessing.Skip })
        {
            return;
        }

        XmlSchemaValidator outer = _validator;
        foreach (XmlNode child in XmlSchemaText.Descendants(element).Where(c => _model.GlobalElement(c.Name, c.NamespaceUri) is not null).ToList())
        {
            if (IsInside(child, element))
            {
                continue;
            }

            _validator = NewValidator();
            ValidateElement(child, _model.GlobalElement(child.Name, child.NamespaceUri), null);
        }

        _validator = outer;
    }

    /// <summary>Whether a declared element lies between the two: then it has been validated with that one.</summary>
    private bool IsInside(XmlNode child, XmlNode top)
    {
        for (XmlNode? node = child.Parent; node is not null && !ReferenceEquals(node, top); node = node.Parent)
        {
            if (_model.GlobalElement(node.Name, node.NamespaceUri) is not null)
            {
                return true;
            }
        }

        return false;
    }

    // ---- namespaces of the element at hand ----

    IDictionary<string, string> IXmlNamespaceResolver.GetNamespacesInScope(XmlNamespaceScope scope) => new Dictionary<string, string>();

    string? IXmlNamespaceResolver.LookupNamespace(string prefix) => _current.LookupNamespace(prefix);

    string? IXmlNamespaceResolver.LookupPrefix(string namespaceName)
    {
        for (XmlNode? node = _current; node is not null; node = node.Parent)
        {
            foreach ((string prefix, string uri) in node.Declarations ?? [])
            {
                if (uri == namespaceName)
                {
                    return prefix;
                }
            }
        }

        return null;
    }
}
