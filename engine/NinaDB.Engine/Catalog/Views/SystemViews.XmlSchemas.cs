using System.Runtime.CompilerServices;
using System.Xml.Schema;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types.Xml;
using NinaDB.Engine.Types.Xml.Schema;

namespace NinaDB.Engine.Catalog;

/// <summary>XML schema collections and what is in them. https://learn.microsoft.com/sql/relational-databases/system-catalog-views/xml-schemas-xml-type-system-catalog-views-transact-sql</summary>
internal static partial class SystemViews
{
    private const string ComponentColumns =
        "xml_component_id int, xml_collection_id int, xml_namespace_id int, is_qualified bit, name nvarchar(4000) null, symbol_space char(1), symbol_space_desc nvarchar(60) null, kind char(1), "
        + "kind_desc nvarchar(60) null, derivation char(1), derivation_desc nvarchar(60) null, base_xml_component_id int null, scoping_xml_component_id int null";

    private static readonly string[] BuiltInNamespaces =
    [
        XmlSchemaModel.Xsd, XmlNode.XmlNamespace, XmlSchemaModel.Xsi, "http://www.w3.org/2004/07/xpath-functions", SqlTypesSchema.Namespace, "http://www.w3.org/2004/07/xpath-datatypes",
        "urn:schemas-microsoft-com:xml-sql", "http://schemas.microsoft.com/sqlserver/2004/SOAP",
    ];

    private static readonly string[] PrimitiveTypes =
    [
        "string", "boolean", "decimal", "float", "double", "duration", "dateTime", "time", "date", "gYearMonth", "gYear", "gMonthDay", "gDay", "gMonth", "hexBinary", "base64Binary", "anyURI", "QName", "NOTATION",
    ];

    private static readonly string[] DerivedTypes =
    [
        "normalizedString", "token", "language", "NMTOKEN", "Name", "NCName", "ID", "IDREF", "ENTITY", "integer", "nonPositiveInteger", "negativeInteger", "long", "int", "short", "byte",
        "nonNegativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte", "positiveInteger",
    ];

    /// <summary>First component id of what users define.</summary>
    private const int FirstComponentId = 65536;

    private static readonly IReadOnlyList<XmlSchemaComponent> BuiltInComponents = ListBuiltIn();

    private static readonly Dictionary<string, int> BuiltInTypeIds = BuiltInComponents.Where(c => c is { Space: 'T', NamespaceId: 1 }).ToDictionary(c => c.Name!, c => c.Id);

    private static readonly ConditionalWeakTable<CatalogSnapshot, List<(int Collection, XmlSchemaComponent Component)>> ComponentCache = [];

    private static void AddXmlSchemaViews(Action<SystemView> add)
    {
        add(Sys("xml_schema_collections", "xml_collection_id int, schema_id int, principal_id int null, name sysname, create_date datetime, modify_date datetime",
            s => new[] { new object?[] { XmlSchemaCollectionDefinition.BuiltInId, InitialCatalog.SysSchemaId, null, "sys", s.Catalog.DatabaseCreateDate, s.Catalog.DatabaseCreateDate } }
                .Concat(Collections(s).Select(c => new object?[] { c.CollectionId, c.SchemaId, null, c.Name, c.CreateDate, c.ModifyDate }))));
        add(Sys("xml_schema_namespaces", "xml_collection_id int, name nvarchar(4000), xml_namespace_id int",
            s => BuiltInNamespaces.Select((n, i) => new object?[] { XmlSchemaCollectionDefinition.BuiltInId, n, i + 1 })
                .Concat(Collections(s).SelectMany(c => c.Model.Namespaces.Select((n, i) => new object?[] { c.CollectionId, n, i + 1 })))));
        add(Sys("xml_schema_components", ComponentColumns, s => Components(s).Select(c => ComponentRow(c.Collection, c.Component))));
        add(Sys("xml_schema_types",
            ComponentColumns + ", is_abstract bit, allows_mixed_content bit, is_extension_blocked bit, is_restriction_blocked bit, is_final_extension bit, is_final_restriction bit, is_final_list_member bit, is_final_union_member bit",
            s => Components(s).Where(c => c.Component.Space == 'T').Select(c => (object?[])[.. ComponentRow(c.Collection, c.Component), .. TypeColumns(c.Component.Part as XmlSchemaType)])));
        add(Sys("xml_schema_elements",
            ComponentColumns + ", is_default_fixed bit, is_abstract bit, is_nillable bit, must_be_qualified bit, is_extension_blocked bit, is_restriction_blocked bit, is_substitution_blocked bit, "
            + "is_final_extension bit, is_final_restriction bit, default_value nvarchar(4000) null",
            s => Components(s).Where(c => c.Component.Kind == 'E').Select(c => (object?[])[.. ComponentRow(c.Collection, c.Component), .. ElementColumns((XmlSchemaElement)c.Component.Part!)])));
        add(Sys("xml_schema_attributes", ComponentColumns + ", is_default_fixed bit, must_be_qualified bit, default_value nvarchar(4000) null",
            s => Components(s).Where(c => c.Component.Kind == 'A').Select(c => (object?[])[.. ComponentRow(c.Collection, c.Component), .. AttributeColumns(c.Component.Part as XmlSchemaAttribute)])));
        add(Sys("xml_schema_model_groups", ComponentColumns + ", compositor char(1), compositor_desc nvarchar(60) null",
            s => Components(s).Where(c => c.Component.Kind == 'M').Select(c => (object?[])[.. ComponentRow(c.Collection, c.Component), .. Compositor(c.Component.Part)])));
        add(Sys("xml_schema_wildcards", ComponentColumns + ", process_content char(1), process_content_desc nvarchar(60) null, disallow_namespaces bit",
            s => Components(s).Where(c => c.Component.Kind is 'W' or 'V').Select(c => (object?[])[.. ComponentRow(c.Collection, c.Component), .. Wildcard(c.Component.Part)])));
        add(Sys("xml_schema_wildcard_namespaces", "xml_component_id int, namespace nvarchar(4000)",
            s => Components(s).Where(c => c.Component.Kind is 'W' or 'V').SelectMany(c => NamespacesOf(c.Component.Part).Select(n => new object?[] { c.Component.Id, n }))));
        add(Sys("xml_schema_component_placements",
            "xml_component_id int, placement_id int, placed_xml_component_id int, is_default_fixed bit, min_occurrences int, max_occurrences int, default_value nvarchar(4000) null",
            s => Components(s).SelectMany(c => c.Component.Placements.Select((p, i) => new object?[] { c.Component.Id, i + 1, p.Id, p.IsFixed, Occurrences(p.Minimum), Occurrences(p.Maximum), p.Default }))));
        add(Sys("xml_schema_facets", "xml_component_id int, facet_id int, kind char(2), kind_desc nvarchar(60) null, is_fixed bit, value nvarchar(4000) null",
            s => Components(s).SelectMany(c => FacetRows(c.Component))));
        add(Sys("column_xml_schema_collection_usages", "object_id int, column_id int, xml_collection_id int",
            s => AllTables(s).SelectMany(t => t.Columns.Where(c => c.Type.XmlSchema is not null).Select(c => new object?[] { t.ObjectId, c.ColumnId, c.Type.XmlSchema!.CollectionId }))));
        add(Sys("parameter_xml_schema_collection_usages", "object_id int, parameter_id int, xml_collection_id int",
            s => Of<ModuleDefinition>(s).SelectMany(m => m.Parameters.Select((p, i) => (p, i)).Where(p => p.p.Type.XmlSchema is not null)
                .Select(p => new object?[] { m.ObjectId, p.i + 1, p.p.Type.XmlSchema!.CollectionId }))));
    }

    private static IEnumerable<XmlSchemaCollectionDefinition> Collections(EngineSession session) => session.Catalog.XmlCollections.Values.OrderBy(c => c.CollectionId);

    private static List<(int Collection, XmlSchemaComponent Component)> Components(EngineSession session) => ComponentCache.GetValue(session.Catalog, static catalog =>
    {
        var components = BuiltInComponents.Select(c => (XmlSchemaCollectionDefinition.BuiltInId, c)).ToList();
        int next = FirstComponentId;
        foreach (XmlSchemaCollectionDefinition collection in catalog.XmlCollections.Values.OrderBy(c => c.CollectionId))
        {
            IReadOnlyList<XmlSchemaComponent> own = XmlSchemaModel.Deep(() => XmlSchemaComponentList.Of(collection.Model, next, BuiltInTypeIds));
            components.AddRange(own.Select(c => (collection.CollectionId, c)));
            next += own.Count;
        }

        return components;
    });

    private static List<XmlSchemaComponent> ListBuiltIn()
    {
        var list = new List<XmlSchemaComponent>();
        void Add(int space, string name, char symbol, char kind, char derivation, int? baseId) => list.Add(new XmlSchemaComponent(list.Count + 1, space, name, symbol, kind, derivation, baseId, null, true, null));
        Add(1, "anyType", 'T', 'N', 'N', null);
        Add(1, "anySimpleType", 'T', 'Z', 'R', 1);
        foreach (string name in PrimitiveTypes)
        {
            Add(1, name, 'T', 'P', 'R', 2);
        }

        foreach (string name in DerivedTypes)
        {
            XmlSchemaType type = XmlSchemaType.GetBuiltInSimpleType(new System.Xml.XmlQualifiedName(name, XmlSchemaModel.Xsd))!;
            Add(1, name, 'T', 'S', 'R', list.Find(c => c.Name == type.BaseXmlSchemaType!.QualifiedName.Name)?.Id ?? 2);
        }

        foreach (string name in (ReadOnlySpan<string>)["NMTOKENS", "IDREFS", "ENTITIES"])
        {
            Add(1, name, 'T', 'L', 'R', 2);
        }

        foreach (string name in (ReadOnlySpan<string>)["lang", "space", "base"])
        {
            Add(2, name, 'A', 'A', 'N', null);
        }

        foreach ((string name, string baseType) in SqlTypesSchema.Types)
        {
            Add(5, name, 'T', 'S', 'R', list.Find(c => c.NamespaceId == 1 && c.Name == baseType[4..])?.Id);
        }

        return list;
    }

    private static object?[] ComponentRow(int collection, XmlSchemaComponent c) =>
    [
        c.Id, collection, c.NamespaceId, c.IsQualified, c.Name, c.Space.ToString(),
        c.Space switch { 'T' => "TYPE", 'E' => "ELEMENT", 'M' => "MODEL_GROUP", 'A' => "ATTRIBUTE", 'G' => "ATTRIBUTE_GROUP", _ => "NONE" }, c.Kind.ToString(),
        c.Kind switch
        {
            'N' => "ANY_TYPE", 'Z' => "ANY_SIMPLE_TYPE", 'P' => "PRIMITIVE_TYPE", 'S' => "SIMPLE_TYPE", 'L' => "LIST_TYPE", 'U' => "UNION_TYPE", 'C' => "COMPLEX_SIMPLE_TYPE", 'K' => "COMPLEX_TYPE",
            'E' => "ELEMENT", 'M' => "MODEL_GROUP", 'W' => "ELEMENT_WILDCARD", 'A' => "ATTRIBUTE", 'G' => "ATTRIBUTE_GROUP", _ => "ATTRIBUTE_WILDCARD",
        },
        c.Derivation.ToString(), c.Derivation switch { 'X' => "EXTENSION", 'R' => "RESTRICTION", 'S' => "SUBSTITUTION", _ => "NONE" }, c.BaseId, c.Scope,
    ];

    private static object?[] TypeColumns(XmlSchemaType? type)
    {
        var complex = type as XmlSchemaComplexType;
        XmlSchemaDerivationMethod block = complex?.BlockResolved ?? XmlSchemaDerivationMethod.Empty;
        XmlSchemaDerivationMethod final = type?.FinalResolved ?? XmlSchemaDerivationMethod.Empty;
        return
        [
            complex?.IsAbstract ?? false, type is null ? false : complex?.ContentType == XmlSchemaContentType.Mixed, Has(block, XmlSchemaDerivationMethod.Extension), Has(block, XmlSchemaDerivationMethod.Restriction),
            Has(final, XmlSchemaDerivationMethod.Extension), Has(final, XmlSchemaDerivationMethod.Restriction), Has(final, XmlSchemaDerivationMethod.List), Has(final, XmlSchemaDerivationMethod.Union),
        ];
    }

    private static bool Has(XmlSchemaDerivationMethod set, XmlSchemaDerivationMethod method) => set == XmlSchemaDerivationMethod.All || (set != XmlSchemaDerivationMethod.None && (set & method) != 0);

    private static object?[] ElementColumns(XmlSchemaElement element) =>
    [
        element.FixedValue is not null, element.IsAbstract, element.IsNillable, element.QualifiedName.Namespace.Length > 0, Has(element.BlockResolved, XmlSchemaDerivationMethod.Extension),
        Has(element.BlockResolved, XmlSchemaDerivationMethod.Restriction), Has(element.BlockResolved, XmlSchemaDerivationMethod.Substitution), Has(element.FinalResolved, XmlSchemaDerivationMethod.Extension),
        Has(element.FinalResolved, XmlSchemaDerivationMethod.Restriction), element.DefaultValue ?? element.FixedValue,
    ];

    private static object?[] AttributeColumns(XmlSchemaAttribute? attribute) =>
        [attribute?.FixedValue is not null, attribute is null || attribute.QualifiedName.Namespace.Length > 0, attribute?.DefaultValue ?? attribute?.FixedValue];

    private static object?[] Compositor(XmlSchemaObject? part) => (part is XmlSchemaGroup group ? group.Particle : part) switch
    {
        XmlSchemaAll => ["A", "XSD_ALL_GROUP"],
        XmlSchemaChoice => ["C", "XSD_CHOICE_GROUP"],
        _ => ["S", "XSD_SEQUENCE_GROUP"],
    };

    private static object?[] Wildcard(XmlSchemaObject? part)
    {
        XmlSchemaContentProcessing processing = part switch { XmlSchemaAny any => any.ProcessContents, XmlSchemaAnyAttribute any => any.ProcessContents, _ => XmlSchemaContentProcessing.Strict };
        bool isOther = NamespaceText(part) is null or "##any" or "##other";
        return processing switch
        {
            XmlSchemaContentProcessing.Lax => ["L", "LAX_VALIDATION", isOther],
            XmlSchemaContentProcessing.Skip => ["P", "SKIP_VALIDATION", isOther],
            _ => ["S", "STRICT_VALIDATION", isOther],
        };
    }

    private static string? NamespaceText(XmlSchemaObject? part) => part switch { XmlSchemaAny any => any.Namespace, XmlSchemaAnyAttribute any => any.Namespace, _ => null };

    private static IEnumerable<string> NamespacesOf(XmlSchemaObject? part) => (NamespaceText(part) ?? "##any").Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(n => n switch
    {
        "##any" => Array.Empty<string>(),
        "##local" => [""],
        "##other" or "##targetNamespace" => [SchemaOf(part)],
        _ => [n],
    });

    private static string SchemaOf(XmlSchemaObject? part)
    {
        while (part is not null and not XmlSchema)
        {
            part = part.Parent;
        }

        return (part as XmlSchema)?.TargetNamespace ?? "";
    }

    private static int Occurrences(decimal value) => value > int.MaxValue ? -1 : (int)value;

    private static IEnumerable<object?[]> FacetRows(XmlSchemaComponent component)
    {
        XmlSchemaObjectCollection? facets = component.Part switch
        {
            XmlSchemaSimpleType { Content: XmlSchemaSimpleTypeRestriction restriction } => restriction.Facets,
            XmlSchemaComplexType { ContentModel: XmlSchemaSimpleContent { Content: XmlSchemaSimpleContentRestriction restriction } } => restriction.Facets,
            _ => null,
        };
        int id = 0;
        foreach (XmlSchemaFacet facet in facets?.OfType<XmlSchemaFacet>() ?? [])
        {
            (string kind, string description) = facet switch
            {
                XmlSchemaLengthFacet => ("LG", "LENGTH"),
                XmlSchemaMinLengthFacet => ("LN", "MINIMUM_LENGTH"),
                XmlSchemaMaxLengthFacet => ("LX", "MAXIMUM_LENGTH"),
                XmlSchemaEnumerationFacet => ("EU", "ENUMERATION"),
                XmlSchemaMinInclusiveFacet => ("IN", "MINIMUM_INCLUSIVE_VALUE"),
                XmlSchemaMaxInclusiveFacet => ("IX", "MAXIMUM_INCLUSIVE_VALUE"),
                XmlSchemaMinExclusiveFacet => ("EN", "MINIMUM_EXCLUSIVE_VALUE"),
                XmlSchemaMaxExclusiveFacet => ("EX", "MAXIMUM_EXCLUSIVE_VALUE"),
                XmlSchemaTotalDigitsFacet => ("DT", "TOTAL_DIGITS"),
                XmlSchemaFractionDigitsFacet => ("DF", "FRACTION_DIGITS"),
                XmlSchemaPatternFacet => ("PT", "PATTERN"),
                _ => ("WS", "WHITESPACE_NORMALIZATION"),
            };
            yield return [component.Id, ++id, kind, description, facet.IsFixed, facet.Value];
        }
    }
}
