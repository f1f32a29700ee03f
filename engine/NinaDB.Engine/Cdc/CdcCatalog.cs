using NinaDB.Engine.Catalog;
using NinaDB.Engine.Security;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Cdc;

/// <summary>What the catalog says about change data capture, and who may see a capture instance.</summary>
internal static class CdcCatalog
{
    /// <summary>Name of the schema and of its owner.</summary>
    public const string SchemaName = "cdc";

    /// <summary>Database option that is ON while the database is enabled.</summary>
    public const string EnabledOption = "CHANGE_DATA_CAPTURE";

    /// <summary>Table option of the tables that the system has made.</summary>
    public const string SystemOption = "CDC_SYSTEM";

    public static bool IsEnabled(CatalogSnapshot catalog) => catalog.DatabaseOptions.ContainsKey(EnabledOption);

    /// <summary>Whether an object belongs to change data capture: nobody creates, alters or drops such objects by DDL.</summary>
    public static bool IsSystemObject(CatalogSnapshot catalog, CatalogObject value) => IsEnabled(catalog) && IsCdcSchema(catalog, value.SchemaId);

    public static bool IsCdcSchema(CatalogSnapshot catalog, int schemaId) =>
        catalog.SchemasByName.TryGetValue(SchemaName, out SchemaDefinition? schema) && schema.SchemaId == schemaId;

    /// <summary>The change table of a capture instance by name, or null.</summary>
    public static TableDefinition? FindChangeTable(CatalogSnapshot catalog, string? instance) =>
        instance is not null && IsEnabled(catalog) && catalog.Find<TableDefinition>(SchemaName, CaptureInstance.TableName(instance)) is { } table && CaptureInstance.IsChangeTable(table)
            ? table
            : null;

    /// <summary>
    /// Whether the session's principal may see the changes of an instance: an owner may; others need SELECT on the source table and membership in the gating role.
    /// </summary>
    public static bool MayRead(EngineSession session, CaptureInstance instance)
    {
        CatalogSnapshot catalog = session.Catalog;
        if (Principals.IsOwner(catalog, session.PrincipalId))
        {
            return true;
        }

        if (instance.Role is { } name && !(catalog.FindPrincipal(name) is { } role && Principals.IsMember(catalog, session.PrincipalId, role.PrincipalId)))
        {
            return false;
        }

        return catalog.Find<TableDefinition>(instance.SourceObjectId) is { } source && PermissionCheck.MayReadColumns(session, source, instance.ColumnIds);
    }
}
