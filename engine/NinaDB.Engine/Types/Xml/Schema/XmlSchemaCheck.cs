using System.Xml;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types.Xml.Schema;

/// <summary>
/// Judges the schema documents of a statement before anything compiles them: what SQL Server does not take, names that nothing defines, structure, facets, and how much a
/// compilation may cost. The errors come in SQL Server's order; each of them acts as under XACT_ABORT.
/// </summary>
/// <remarks>https://learn.microsoft.com/sql/relational-databases/xml/requirements-and-limitations-for-xml-schema-collections-on-the-server</remarks>
internal sealed partial class XmlSchemaCheck
{
    private const int MaximumNameLength = 1000;

    private readonly IReadOnlyList<XmlNode> _added;
    private readonly Dictionary<(string Kind, string Uri, string Name), XmlNode> _components = [];
    private readonly HashSet<(string Kind, string Uri, string Name)> _existing = [];

    private XmlSchemaCheck(IReadOnlyList<XmlNode> existing, IReadOnlyList<XmlNode> added)
    {
        _added = added;
        foreach (XmlNode document in existing)
        {
            foreach (XmlNode component in Components(document))
            {
                var key = KeyOf(component, document);
                _components[key] = component;
                _existing.Add(key);
            }
        }
    }

    /// <summary>Types and facets that may keep values from being read back: what message 6966 warns of.</summary>
    public List<(string Type, string Facet)> Warnings { get; } = [];

    /// <param name="existing">Documents that the collection has already.</param>
    /// <param name="added">Documents of the statement.</param>
    public static XmlSchemaCheck Run(IReadOnlyList<XmlNode> existing, IReadOnlyList<XmlNode> added)
    {
        var check = new XmlSchemaCheck(existing, added);
        check.RefuseSyntax();
        check.Register();
        check.CheckSize([.. existing, .. added]);
        foreach (XmlNode document in added)
        {
            check.CheckReferences(document);
        }

        foreach (XmlNode document in added)
        {
            check.CheckStructure(document);
        }

        foreach (XmlNode document in added)
        {
            check.CheckFacets(document);
        }

        check.CheckDerivations();
        return check;
    }

    private static SqlErrorException Fail(int number, params object?[] arguments) => SqlErrors.Aborting(SqlErrors.Create(number, arguments));

    /// <summary>As <see cref="Fail"/>, for the messages that XQuery shares: they begin with where a query stands, which here is nowhere.</summary>
    private static SqlErrorException FailPlain(int number, params object?[] arguments) => Fail(number, ["", .. arguments]);

    private static string? Attribute(XmlNode node, string name) => node.FindAttribute(name, "")?.Value;

    private static string Target(XmlNode document) => Attribute(document, "targetNamespace") ?? "";

    private static IEnumerable<XmlNode> Components(XmlNode document) =>
        XmlSchemaText.Elements(document).Where(c => c.NamespaceUri == XmlSchemaModel.Xsd && c.Name is "element" or "attribute" or "simpleType" or "complexType" or "group" or "attributeGroup" && Attribute(c, "name") is not null);

    private static (string Kind, string Uri, string Name) KeyOf(XmlNode component, XmlNode document) => (KindOf(component), Target(document), Attribute(component, "name")!);

    private static string KindOf(XmlNode component) => component.Name is "simpleType" or "complexType" ? "type" : component.Name;

    private void RefuseSyntax()
    {
        foreach (XmlNode document in _added)
        {
            if (Target(document) is XmlSchemaModel.Xsd or XmlSchemaModel.Xsi or XmlNode.XmlNamespace or SqlTypesSchema.Namespace or SqlTypesSchema.SecureNamespace)
            {
                throw Fail(2385);
            }

            foreach (XmlNode node in XmlSchemaText.Descendants(document).Where(n => n.NamespaceUri == XmlSchemaModel.Xsd))
            {
                switch (node.Name)
                {
                    case "include" or "notation":
                        throw FailPlain(9336, $"<{node.QualifiedName}>");
                    case "redefine":
                        throw FailPlain(2391);
                    case "unique" or "key" or "keyref":
                        throw FailPlain(9336, node.Name);
                }
            }
        }
    }

    private void Register()
    {
        foreach (XmlNode document in _added)
        {
            foreach (XmlNode component in Components(document))
            {
                (string kind, string uri, string name) = KeyOf(component, document);
                if (name.Length > MaximumNameLength)
                {
                    throw FailPlain(2397, MaximumNameLength);
                }

                if (_existing.Contains((kind, uri, name)))
                {
                    throw Fail(6310, uri, name, kind switch { "element" => "ELEMENT", "attribute" => "ATTRIBUTE", "type" => "TYPE", "group" => "MODEL_GROUP", _ => "ATTRIBUTE_GROUP" });
                }

                if (!_components.TryAdd((kind, uri, name), component))
                {
                    throw FailPlain(2302, name);
                }
            }
        }
    }

    // ---- references ----

    private void CheckReferences(XmlNode document)
    {
        foreach (XmlNode node in XmlSchemaText.Descendants(document).Where(n => n.NamespaceUri == XmlSchemaModel.Xsd))
        {
            foreach (XmlNode attribute in node.Attributes)
            {
                if (attribute.NamespaceUri.Length > 0)
                {
                    continue;
                }

                string? kind = (attribute.Name, node.Name) switch
                {
                    ("type", "element" or "attribute") => "type",
                    ("base", _) or ("itemType", _) or ("memberTypes", _) => "type",
                    ("ref", "element" or "attribute" or "group" or "attributeGroup") => node.Name,
                    ("substitutionGroup", _) => "element",
                    _ => null,
                };
                if (kind is not null)
                {
                    foreach (string name in attribute.Name == "memberTypes" ? attribute.Value.Split((char[])[' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries) : [attribute.Value.Trim()])
                    {
                        CheckReference(document, node, kind, name);
                    }
                }
            }
        }
    }

    private void CheckReference(XmlNode document, XmlNode node, string kind, string written)
    {
        (string uri, string name) = Resolve(node, written);
        if (uri == XmlSchemaModel.Xsd)
        {
            if (kind == "type" && XmlSchemaGrammar.IsBuiltInType(name))
            {
                CheckBuiltIn(node, name);
                return;
            }

            throw FailPlain(2308, name, uri);
        }

        bool isImported = uri == Target(document) || document.Children.Exists(c => c.Name == "import" && (Attribute(c, "namespace") ?? "") == uri);
        bool isKnown = uri switch
        {
            XmlNode.XmlNamespace => kind == "attribute" && name is "lang" or "space" or "base",
            SqlTypesSchema.Namespace or SqlTypesSchema.SecureNamespace => kind == "type" && (name is "xml" or "sql_variant" or "udt" || SqlTypesSchema.Types.Any(t => t.Name == name)),
            _ => _components.ContainsKey((kind, uri, name)),
        };
        if (!isImported || !isKnown)
        {
            throw uri.Length == 0 ? FailPlain(2307, name) : FailPlain(2308, name, uri);
        }

        if (node.Name == "element" && kind == "element" && Attribute(node, "substitutionGroup") is not null && _existing.Contains((kind, uri, name)))
        {
            throw Fail(6925, Attribute(node, "name"));
        }
    }

    /// <summary>Built-in types that SQL Server takes in some places only: errors 6995, 2276, 6903.</summary>
    private static void CheckBuiltIn(XmlNode node, string name)
    {
        if (name is "ID" or "IDREF" or "IDREFS" && node.Name is "element" or "extension")
        {
            throw Fail(6995, Attribute(node, "name") ?? NameAround(node));
        }

        if (name == "QName" && node.Name == "restriction")
        {
            throw FailPlain(2276);
        }

        if (name is "QName" or "ID" && node.Name == "union")
        {
            throw Fail(6903, NameAround(node));
        }
    }

    private static string NameAround(XmlNode node)
    {
        for (XmlNode? n = node; n is not null; n = n.Parent)
        {
            if (Attribute(n, "name") is { } name)
            {
                return name;
            }
        }

        return "";
    }

    /// <summary>A qualified name as namespace and local name: errors 2379 (no name) and 2284 (prefix without declaration).</summary>
    private static (string Uri, string Name) Resolve(XmlNode node, string written)
    {
        string[] parts = written.Split(':');
        if (parts.Length > 2 || !parts.All(IsName))
        {
            throw FailPlain(2379, written);
        }

        string prefix = parts.Length == 2 ? parts[0] : "";
        return (node.LookupNamespace(prefix) ?? throw FailPlain(2284, prefix), parts[^1]);
    }

    private static bool IsName(string text) => text.Length > 0 && XmlConvert.IsStartNCNameChar(text[0]) && text.All(XmlConvert.IsNCNameChar);

    // ---- structure ----

    private void CheckStructure(XmlNode document)
    {
        CheckAttributes(document);
        foreach (XmlNode node in XmlSchemaText.Descendants(document))
        {
            if (node.Parent is { Name: "documentation" or "appinfo" } || node.NamespaceUri != XmlSchemaModel.Xsd)
            {
                continue;
            }

            if (!XmlSchemaGrammar.IsElement(node.Name))
            {
                throw FailPlain(2297, node.Name, XmlSchemaText.Location(node));
            }

            CheckAttributes(node);
            CheckOccurrences(node);
            CheckNames(node);
            CheckContent(node);
        }
    }

    private static void CheckAttributes(XmlNode node)
    {
        foreach (XmlNode attribute in node.Attributes.Where(a => a.NamespaceUri.Length == 0))
        {
            bool isSecond = node.Name == "element" && attribute.Name == "fixed" && Attribute(node, "default") is not null;
            if (!XmlSchemaGrammar.Takes(node.Name, attribute.Name) || isSecond)
            {
                throw FailPlain(2298, attribute.Name, XmlSchemaText.Location(node.Name is "complexContent" or "simpleContent" ? node.Parent! : node));
            }

            string value = attribute.Value.Trim();
            switch (attribute.Name)
            {
                case "abstract" or "nillable" or "mixed":
                case "fixed" when XmlSchemaGrammar.FacetNames.Contains(node.Name):
                    if (value is not ("true" or "false" or "1" or "0"))
                    {
                        throw FailPlain(2312, attribute.Name, "boolean", attribute.Value);
                    }

                    break;
                case "use" when value is not ("optional" or "required" or "prohibited"):
                case "form" or "elementFormDefault" or "attributeFormDefault" when value is not ("qualified" or "unqualified"):
                case "processContents" when value is not ("strict" or "lax" or "skip"):
                case "block" or "final" or "blockDefault" or "finalDefault" when !IsDerivationSet(value):
                    throw FailPlain(2313, attribute.Name, attribute.Value);
            }
        }
    }

    private static bool IsDerivationSet(string value)
    {
        string[] words = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return value == "#all" || (words.All(w => w is "extension" or "restriction" or "substitution" or "list" or "union") && words.Distinct().Count() == words.Length);
    }

    private static void CheckOccurrences(XmlNode node)
    {
        long minimum = Occurrence(node, "minOccurs", 1);
        long maximum = Attribute(node, "maxOccurs") is "unbounded" ? long.MaxValue : Occurrence(node, "maxOccurs", Math.Max(minimum, 1));
        if (minimum > maximum)
        {
            throw FailPlain(2382, XmlSchemaText.Location(node));
        }

        if (node.Name == "choice" && minimum > 0 && !XmlSchemaText.Elements(node).Any(c => c.Name != "annotation"))
        {
            throw FailPlain(2293, XmlSchemaText.Location(node));
        }
    }

    private static long Occurrence(XmlNode node, string name, long fallback)
    {
        if (Attribute(node, name) is not { } written)
        {
            return fallback;
        }

        string digits = written.Trim();
        if (digits.StartsWith('-') && digits.Length > 1 && digits.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0)
        {
            throw FailPlain(2314, name);
        }

        if (digits.Length == 0 || digits.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0)
        {
            throw FailPlain(2309, name);
        }

        return digits.TrimStart('0').Length <= 10 && long.Parse(digits, System.Globalization.CultureInfo.InvariantCulture) is var value && value <= int.MaxValue ? value : throw FailPlain(2383, written, name, int.MaxValue);
    }

    private static void CheckNames(XmlNode node)
    {
        bool isGlobal = node.Parent is { Name: "schema" };
        bool hasName = Attribute(node, "name") is not null;
        bool hasReference = Attribute(node, "ref") is not null;
        bool isNamed = node.Name is "element" or "attribute" or "group" or "attributeGroup";
        if ((isNamed && !hasName && (isGlobal || !hasReference)) || (isGlobal && node.Name is "simpleType" or "complexType" && !hasName))
        {
            throw FailPlain(2299, "name", node.Name);
        }

        if (isNamed && hasName && hasReference)
        {
            throw FailPlain(2360, XmlSchemaText.Location(node));
        }

        if (hasName && !IsName(Attribute(node, "name")!))
        {
            throw FailPlain(2379, Attribute(node, "name"));
        }
    }

    private static void CheckContent(XmlNode node)
    {
        if (node.Name is "element" or "attribute" && Attribute(node, "type") is not null && XmlSchemaText.Elements(node).FirstOrDefault(c => c.Name is "simpleType" or "complexType") is { } inner)
        {
            throw FailPlain(2305, XmlSchemaText.Location(inner));
        }

        if (node.Name is "complexType" or "extension" or "restriction" or "attributeGroup")
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (XmlNode attribute in XmlSchemaText.Elements(node).Where(c => c.Name == "attribute"))
            {
                if (Attribute(attribute, "name") is { } name && !names.Add(name))
                {
                    throw FailPlain(2310, name);
                }
            }
        }

        if (node.Name == "totalDigits" && Attribute(node, "value")?.Trim().TrimStart('0').Length == 0)
        {
            throw FailPlain(2386, "totalDigits");
        }
    }
}
