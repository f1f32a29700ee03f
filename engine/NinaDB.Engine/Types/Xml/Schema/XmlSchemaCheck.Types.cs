using System.Globalization;

namespace NinaDB.Engine.Types.Xml.Schema;

/// <summary>Facets, derivations, and the size of content models.</summary>
internal sealed partial class XmlSchemaCheck
{
    /// <summary>Global components of a collection.</summary>
    private const int MaximumComponents = 10_000;

    /// <summary>Elements and wildcards in the content of one type, with everything that it refers to in place.</summary>
    private const int MaximumContent = 5_000;

    /// <summary>The same over all types of a collection.</summary>
    private const int MaximumTotal = 100_000;

    // ---- facets ----

    private void CheckFacets(XmlNode document)
    {
        foreach (XmlNode restriction in XmlSchemaText.Descendants(document).Where(n => n is { Name: "restriction", NamespaceUri: XmlSchemaModel.Xsd }))
        {
            List<XmlNode> facets = [.. XmlSchemaText.Elements(restriction).Where(c => XmlSchemaGrammar.FacetNames.Contains(c.Name))];
            if (facets.Count == 0)
            {
                continue;
            }

            string? builtIn = BuiltInOf(restriction);
            foreach (XmlNode facet in facets)
            {
                string value = Attribute(facet, "value") ?? throw FailPlain(2299, "value", facet.Name);
                if (facet.Name is "length" or "minLength" or "maxLength" or "totalDigits" or "fractionDigits" && !IsNumber(value))
                {
                    throw FailPlain(2309, "value");
                }

                if (builtIn is not null && !XmlSchemaGrammar.TakesFacet(builtIn, facet.Name))
                {
                    throw FailPlain(2319, facet.Name, XmlSchemaText.Location(facet));
                }

                if (facet.Name == "pattern")
                {
                    if (!XmlSchemaPattern.IsValid(value))
                    {
                        throw FailPlain(2319, facet.Name, XmlSchemaText.Location(facet));
                    }

                    if (builtIn is not null && XmlSchemaGrammar.HasSpellings(builtIn))
                    {
                        Warnings.Add((NameAround(restriction), facet.Name));
                    }
                }
            }
        }
    }

    private static bool IsNumber(string value) => value.Trim() is { Length: > 0 and <= 10 } digits && digits.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>The built-in type at the end of a chain of restrictions; "list" and "union" stand for those; null for complex content and circles.</summary>
    private string? BuiltInOf(XmlNode restriction)
    {
        if (restriction.Parent is { Name: "complexContent" })
        {
            return null;
        }

        var seen = new HashSet<XmlNode>(ReferenceEqualityComparer.Instance);
        XmlNode? step = restriction;
        while (step is not null && seen.Add(step))
        {
            XmlNode? type;
            if (Attribute(step, "base") is { } written)
            {
                (string uri, string name) = Resolve(step, written.Trim());
                if (uri == XmlSchemaModel.Xsd)
                {
                    return name is "NMTOKENS" or "IDREFS" or "ENTITIES" ? "list" : name;
                }

                if (uri is SqlTypesSchema.Namespace or SqlTypesSchema.SecureNamespace)
                {
                    return SqlTypesSchema.Types.FirstOrDefault(t => t.Name == name).Base?[4..];
                }

                type = _components.GetValueOrDefault(("type", uri, name));
            }
            else
            {
                type = XmlSchemaText.Elements(step).FirstOrDefault(c => c.Name == "simpleType");
            }

            XmlNode? content = type is null ? null : XmlSchemaText.Elements(type).FirstOrDefault(c => c.Name != "annotation");
            if (content is { Name: "list" or "union" })
            {
                return content.Name;
            }

            step = content is { Name: "simpleContent" } ? XmlSchemaText.Elements(content).FirstOrDefault(c => c.Name is "restriction" or "extension") : content is { Name: "restriction" } ? content : null;
        }

        return null;
    }

    // ---- derivations of named simple types ----

    private void CheckDerivations()
    {
        foreach (XmlNode document in _added)
        {
            foreach (XmlNode type in Components(document).Where(c => c.Name is "simpleType" or "complexType"))
            {
                string name = Attribute(type, "name")!;
                if (IsCircular(type))
                {
                    throw type.Name == "simpleType" ? FailPlain(2366, name) : Fail(6953, name);
                }

                if (type.Name == "simpleType" && XmlSchemaText.Elements(type).FirstOrDefault(c => c.Name == "restriction") is { } restriction)
                {
                    CheckBounds(restriction, name);
                }
            }
        }
    }

    private bool IsCircular(XmlNode type)
    {
        var seen = new HashSet<XmlNode>(ReferenceEqualityComparer.Instance);
        for (XmlNode? step = type; step is not null;)
        {
            if (!seen.Add(step))
            {
                return ReferenceEquals(step, type);
            }

            XmlNode? derivation = XmlSchemaText.Elements(step).FirstOrDefault(c => c.Name is "restriction" or "simpleContent" or "complexContent");
            if (derivation is { Name: "simpleContent" or "complexContent" })
            {
                derivation = XmlSchemaText.Elements(derivation).FirstOrDefault(c => c.Name is "restriction" or "extension");
            }

            step = derivation is not null && Attribute(derivation, "base") is { } written && Resolve(derivation, written.Trim()) is var (uri, name) ? _components.GetValueOrDefault(("type", uri, name)) : null;
        }

        return false;
    }

    private static void CheckBounds(XmlNode restriction, string type)
    {
        decimal? Value(string facet) =>
            XmlSchemaText.Elements(restriction).FirstOrDefault(c => c.Name == facet) is { } node && decimal.TryParse(Attribute(node, "value"), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value) ? value : null;
        if (Value("fractionDigits") > Value("totalDigits"))
        {
            throw Fail(6950, type);
        }

        if (Value("minLength") > Value("maxLength"))
        {
            throw Fail(6946, type);
        }

        if ((Value("minInclusive") is not null && Value("minExclusive") is not null) || (Value("maxInclusive") is not null && Value("maxExclusive") is not null))
        {
            throw Fail(6996, type);
        }

        if (Value("minInclusive") > Value("maxInclusive") || Value("minInclusive") >= Value("maxExclusive"))
        {
            throw Fail(6951, type);
        }

        if (Value("minExclusive") > Value("maxExclusive") || Value("minExclusive") >= Value("maxInclusive"))
        {
            throw Fail(6952, type);
        }
    }

    // ---- size ----

    /// <summary>
    /// What compiling would cost: groups that refer to groups multiply (error 6998), and so do types that extend types. Circles of groups are error 6954.
    /// Runs over names that may not exist: those are found later.
    /// </summary>
    private void CheckSize(IReadOnlyList<XmlNode> documents)
    {
        if (_components.Count > MaximumComponents)
        {
            throw FailPlain(2362);
        }

        var sizes = new Dictionary<XmlNode, long>(ReferenceEqualityComparer.Instance);
        long total = 0;
        foreach (XmlNode document in documents)
        {
            foreach (XmlNode type in XmlSchemaText.Descendants(document).Where(n => n.NamespaceUri == XmlSchemaModel.Xsd && n.Name is "complexType" or "group" or "attributeGroup"))
            {
                total += Math.Min(Size(type, sizes), MaximumTotal);
                if (total > MaximumTotal)
                {
                    throw Fail(6998, NameAround(type));
                }
            }
        }
    }

    private long Size(XmlNode component, Dictionary<XmlNode, long> sizes)
    {
        if (sizes.TryGetValue(component, out long known))
        {
            // A component in the making refers to itself; types may not derive from themselves either, which is said elsewhere.
            return known >= 0 ? known : component.Name is "group" ? throw Fail(6954, NameAround(component)) : 0;
        }

        sizes[component] = -1;
        long size = Content(component, sizes);
        if (size > MaximumContent)
        {
            throw Fail(6998, NameAround(component));
        }

        sizes[component] = size;
        return size;
    }

    private long Content(XmlNode node, Dictionary<XmlNode, long> sizes)
    {
        long size = 0;
        foreach (XmlNode child in XmlSchemaText.Elements(node).Where(c => c.NamespaceUri == XmlSchemaModel.Xsd))
        {
            size += child.Name switch
            {
                "element" or "any" or "attribute" => 1,
                "group" or "attributeGroup" when Attribute(child, "ref") is { } written => 1 + (Find(child, child.Name, written) is { } target ? Size(target, sizes) : 0),
                "extension" or "restriction" => (child.Name == "extension" && Attribute(child, "base") is { } written && Find(child, "type", written) is { } target ? Size(target, sizes) : 0) + Content(child, sizes),
                "sequence" or "choice" or "all" or "simpleContent" or "complexContent" => 1 + Content(child, sizes),
                _ => 0,
            };
            if (size > MaximumContent)
            {
                return size;
            }
        }

        return size;
    }

    private XmlNode? Find(XmlNode node, string kind, string written)
    {
        string[] parts = written.Trim().Split(':');
        string? uri = node.LookupNamespace(parts.Length == 2 ? parts[0] : "");
        return uri is null ? null : _components.GetValueOrDefault((kind, uri, parts[^1]));
    }
}
