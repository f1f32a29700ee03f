using NinaDB.Engine.Catalog;

namespace NinaDB.Engine.Session;

/// <summary>tempdb as this session sees it: what is in tempdb for everybody, and its own temp tables, described by the same catalog views.</summary>
public sealed partial class EngineSession
{
    /// <summary>The catalog of tempdb with the session's own temporary objects in it.</summary>
    private CatalogSnapshot TempdbCatalog()
    {
        // An inner table hides an outer one of the same name.
        var visible = new Dictionary<string, CatalogObject>(StringComparer.OrdinalIgnoreCase);
        foreach (TemporaryTable temporary in Temporary.Tables)
        {
            visible[temporary.Table.Name] = temporary.Table;
        }

        foreach (TemporaryProcedure temporary in Temporary.Procedures)
        {
            visible[temporary.Module.Name] = temporary.Module;
        }

        CatalogSnapshot tempdb = Server.Tempdb;
        return visible.Count == 0 ? tempdb : tempdb with
        {
            Version = CatalogSnapshot.NextVersion(),
            ObjectsById = tempdb.ObjectsById.AddRange(visible.Values.Select(o => KeyValuePair.Create(o.ObjectId, o))),
            ObjectIdsByName = tempdb.ObjectIdsByName.AddRange(visible.Values.Select(o => KeyValuePair.Create((o.SchemaId, o.Name), o.ObjectId))),
        };
    }
}
