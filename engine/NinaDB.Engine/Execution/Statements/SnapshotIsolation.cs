using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>SET TRANSACTION ISOLATION LEVEL SNAPSHOT reads tables of databases that allow it only.</summary>
internal static class SnapshotIsolation
{
    /// <summary>master and msdb allow it always, tempdb needs no permission; others by ALTER DATABASE ... SET ALLOW_SNAPSHOT_ISOLATION ON.</summary>
    public static bool IsAllowed(CatalogSnapshot database) =>
        database.DatabaseId is ServerCatalog.MasterId or ServerCatalog.MsdbId || DatabaseOptions.IsOn(database, "ALLOW_SNAPSHOT_ISOLATION", false);

    /// <summary>Error 3952 for a table of a database that does not allow it.</summary>
    public static void Require(EngineSession session, IEnumerable<CatalogObject> objects)
    {
        foreach (CatalogObject found in objects)
        {
            if (found is TableDefinition { Storage: TableStorageKind.Durable } table && session.CatalogOf(table) is { DatabaseId: not ServerCatalog.TempdbId } database && !IsAllowed(database))
            {
                throw SqlErrors.Create(3952, database.DatabaseName);
            }
        }
    }
}
