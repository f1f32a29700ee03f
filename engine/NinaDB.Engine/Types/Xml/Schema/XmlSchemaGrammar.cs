using System.Collections.Frozen;

namespace NinaDB.Engine.Types.Xml.Schema;

/// <summary>The elements of XML Schema with the attributes that SQL Server takes on them.</summary>
internal static class XmlSchemaGrammar
{
    private static readonly FrozenDictionary<string, FrozenSet<string>> Attributes = new Dictionary<string, string>
    {
        ["schema"] = "targetNamespace version finalDefault blockDefault attributeFormDefault elementFormDefault",
        ["element"] = "name ref type substitutionGroup minOccurs maxOccurs default fixed nillable abstract final block form",
        ["complexType"] = "mixed name final block abstract",
        ["simpleType"] = "name final abstract mixed",
        ["attribute"] = "default fixed form name ref type use",
        ["group"] = "name ref minOccurs maxOccurs abstract",
        ["all"] = "minOccurs maxOccurs",
        ["choice"] = "minOccurs maxOccurs",
        ["sequence"] = "minOccurs maxOccurs",
        ["any"] = "minOccurs maxOccurs namespace processContents",
        ["anyAttribute"] = "namespace processContents",
        ["attributeGroup"] = "name ref",
        ["restriction"] = "base",
        ["extension"] = "base",
        ["simpleContent"] = "",
        ["complexContent"] = "mixed",
        ["union"] = "memberTypes",
        ["list"] = "itemType",
        ["annotation"] = "",
        ["documentation"] = "source",
        ["appinfo"] = "source",
        ["import"] = "namespace schemaLocation",
    }.Concat(Facets().Select(f => KeyValuePair.Create(f, "value fixed"))).ToFrozenDictionary(p => p.Key, p => p.Value.Split(' ').Append("id").ToFrozenSet());

    private static readonly FrozenSet<string> SimpleTypes = new[]
    {
        "string", "boolean", "decimal", "float", "double", "duration", "dateTime", "time", "date", "gYearMonth", "gYear", "gMonthDay", "gDay", "gMonth", "hexBinary", "base64Binary", "anyURI",
        "QName", "NOTATION", "normalizedString", "token", "language", "NMTOKEN", "NMTOKENS", "Name", "NCName", "ID", "IDREF", "IDREFS", "ENTITY", "ENTITIES", "integer", "nonPositiveInteger",
        "negativeInteger", "long", "int", "short", "byte", "nonNegativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte", "positiveInteger", "anySimpleType",
    }.ToFrozenSet();

    private static string[] Facets() =>
        ["length", "minLength", "maxLength", "pattern", "enumeration", "whiteSpace", "maxInclusive", "maxExclusive", "minInclusive", "minExclusive", "totalDigits", "fractionDigits"];

    public static FrozenSet<string> FacetNames { get; } = Facets().ToFrozenSet();

    public static bool IsElement(string name) => Attributes.ContainsKey(name);

    public static bool Takes(string element, string attribute) => Attributes[element].Contains(attribute);

    public static bool IsBuiltInType(string name) => SimpleTypes.Contains(name) || name == "anyType";

    /// <summary>The kinds of restriction that a built-in type takes.</summary>
    public static bool TakesFacet(string builtIn, string facet)
    {
        if (facet is "pattern" or "whiteSpace")
        {
            return true;
        }

        bool isLength = facet is "length" or "minLength" or "maxLength";
        switch (builtIn)
        {
            case "boolean":
                return false;
            case "decimal" or "integer" or "nonPositiveInteger" or "negativeInteger" or "long" or "int" or "short" or "byte" or "nonNegativeInteger" or "unsignedLong" or "unsignedInt"
                or "unsignedShort" or "unsignedByte" or "positiveInteger":
                return !isLength;
            case "float" or "double" or "duration" or "dateTime" or "time" or "date" or "gYearMonth" or "gYear" or "gMonthDay" or "gDay" or "gMonth":
                return !isLength && facet is not ("totalDigits" or "fractionDigits");
            default:
                return isLength || facet == "enumeration";
        }
    }

    /// <summary>Types whose values have several spellings: a pattern on them may refuse the one that is kept.</summary>
    public static bool HasSpellings(string builtIn) => builtIn is not ("string" or "normalizedString" or "token" or "language" or "NMTOKEN" or "Name" or "NCName" or "anyURI" or "ID" or "IDREF" or "ENTITY" or "QName");
}
