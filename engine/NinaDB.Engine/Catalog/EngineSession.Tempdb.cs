using System.Collections.Immutable;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Session;

/// <summary>tempdb as this session sees it: its own temp tables, described by the same catalog views.</summary>
public sealed partial class EngineSession
{
    /// <summary>Rows of tempdb.sys.x. They are made at once, because the view reads the catalog of the session.</summary>
    internal IReadOnlyList<SqlValue[]> RowsOfTempdb(SystemView view)
    {
        CatalogSnapshot durable = Catalog;
        try
        {
            Catalog = TempdbCatalog(durable);
            return [.. view.Rows(this)];
        }
        finally
        {
            Catalog = durable;
        }
    }

    private CatalogSnapshot TempdbCatalog(CatalogSnapshot durable)
    {
        // An inner table hides an outer one of the same name.
        var visible = new Dictionary<string, CatalogObject>(StringComparer.OrdinalIgnoreCase);
        foreach (TemporaryTable temporary in Temporary.Tables)
        {
            visible[temporary.Table.Name] = temporary.Table;
        }

        return durable with
        {
            Version = CatalogSnapshot.NextVersion(),
            ObjectsById = visible.Values.ToImmutableDictionary(o => o.ObjectId),
            ObjectIdsByName = CatalogSnapshot.EmptyNames.AddRange(visible.Values.Select(o => KeyValuePair.Create((o.SchemaId, o.Name), o.ObjectId))),
            ExtendedProperties = [],
            Permissions = [],
        };
    }
}
