using System.Collections.Immutable;
using NinaDB.Engine.Types;
using NinaDB.Engine.Types.Xml.Schema;

namespace NinaDB.Engine.Catalog;

/// <summary>An XML schema collection: what CREATE gave and what each ALTER ... ADD put to it. Ids begin at 65536; 1 is the built-in sys.sys.</summary>
public sealed record XmlSchemaCollectionDefinition(int CollectionId, int SchemaId, string Name, DateTime CreateDate, DateTime ModifyDate, ImmutableArray<string> Texts)
{
    internal const int FirstId = 65536;

    /// <summary>xml_collection_id of sys.sys.</summary>
    internal const int BuiltInId = 1;

    private readonly Lazy<XmlSchemaModel> _model = new(() => XmlSchemaModel.Load(Texts));

    /// <summary>The compiled schemas.</summary>
    internal XmlSchemaModel Model => _model.Value;

    /// <summary>xml that is typed by this collection.</summary>
    internal SqlType TypeOf(bool isDocument) => SqlType.TypedXml(new XmlSchemaBinding(CollectionId, isDocument, _ => Model));

    /// <summary>Two are the same when they are one: the record's own equality would compare models.</summary>
    public bool Equals(XmlSchemaCollectionDefinition? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => CollectionId;
}

public sealed partial record CatalogSnapshot
{
    /// <summary>XML schema collections by id.</summary>
    public ImmutableDictionary<int, XmlSchemaCollectionDefinition> XmlCollections { get; init; } = ImmutableDictionary<int, XmlSchemaCollectionDefinition>.Empty;

    /// <summary>A collection by schema (null for dbo) and name.</summary>
    public XmlSchemaCollectionDefinition? FindXmlCollection(string? schema, string name) =>
        XmlCollections.Count > 0 && SchemasByName.TryGetValue(schema ?? "dbo", out SchemaDefinition? s)
            ? XmlCollections.Values.FirstOrDefault(c => c.SchemaId == s.SchemaId && c.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            : null;

    /// <summary>Adds or replaces a collection. What is typed by it goes over to the new definition: columns, parameters, results, shapes of table types.</summary>
    internal CatalogSnapshot WithXmlCollection(XmlSchemaCollectionDefinition collection)
    {
        bool isNew = !XmlCollections.ContainsKey(collection.CollectionId);
        CatalogSnapshot next = this with { Version = NextVersion(), XmlCollections = XmlCollections.SetItem(collection.CollectionId, collection) };
        if (isNew)
        {
            return next;
        }

        SqlType Rebind(SqlType type) => type.XmlSchema is { } binding && binding.CollectionId == collection.CollectionId ? collection.TypeOf(binding.IsDocument) : type;
        foreach (CatalogObject value in next.ObjectsById.Values)
        {
            if (XmlSchemaUses.TypesOf(value).Any(t => t.XmlSchema?.CollectionId == collection.CollectionId))
            {
                next = next.WithObject(XmlSchemaUses.Map(value, Rebind));
            }
        }

        foreach (TypeDefinition type in next.TypesById.Values.Where(t => t.Table is not null && XmlSchemaUses.TypesOf(t.Table).Any(c => c.XmlSchema?.CollectionId == collection.CollectionId)))
        {
            next = next.WithType(type with { Table = (TableDefinition)XmlSchemaUses.Map(type.Table!, Rebind) });
        }

        return next;
    }

    internal CatalogSnapshot WithoutXmlCollection(int collectionId) => this with { Version = NextVersion(), XmlCollections = XmlCollections.Remove(collectionId) };
}

/// <summary>The types in an object that may be typed xml.</summary>
internal static class XmlSchemaUses
{
    public static IEnumerable<SqlType> TypesOf(CatalogObject value) => value switch
    {
        TableDefinition table => table.Columns.Select(c => c.Type),
        ModuleDefinition module => module.Parameters.Select(p => p.Type).Concat(module.Columns.Select(c => c.Type)).Concat(module.ReturnTable?.Columns.Select(c => c.Type) ?? [])
            .Concat(module.ReturnType is { } result ? [result] : []),
        _ => [],
    };

    public static CatalogObject Map(CatalogObject value, Func<SqlType, SqlType> map) => value switch
    {
        TableDefinition table => table with { Columns = [.. table.Columns.Select(c => c with { Type = map(c.Type) })] },
        ModuleDefinition module => module with
        {
            Parameters = [.. module.Parameters.Select(p => p with { Type = map(p.Type) })],
            Columns = [.. module.Columns.Select(c => c with { Type = map(c.Type) })],
            ReturnTable = module.ReturnTable is { } table ? (TableDefinition)Map(table, map) : null,
            ReturnType = module.ReturnType is { } result ? map(result) : null,
        },
        _ => value,
    };

    /// <summary>What keeps a collection from being dropped (error 6328): a table by its column, a module by a parameter, a table type.</summary>
    public static string? UserOf(CatalogSnapshot catalog, int collectionId)
    {
        foreach (CatalogObject value in catalog.ObjectsById.Values.OrderBy(o => o.CreateDate))
        {
            if (value is TableDefinition or ModuleDefinition && TypesOf(value).Any(t => t.XmlSchema?.CollectionId == collectionId))
            {
                return catalog.QualifiedName(value);
            }
        }

        TypeDefinition? type = catalog.TypesById.Values.FirstOrDefault(t => t.Table is { } table && TypesOf(table).Any(c => c.XmlSchema?.CollectionId == collectionId));
        return type is null ? null : $"{catalog.SchemaName(type.SchemaId)}.{type.Name}";
    }
}
