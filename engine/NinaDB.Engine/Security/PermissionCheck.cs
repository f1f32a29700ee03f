using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Security;

/// <summary>
/// May the current principal use an object it names? Asked for names in batches and dynamic SQL only: inside a module ownership chains,
/// so what the module touches is the module owner's business.
/// </summary>
internal static class PermissionCheck
{
    private const byte DatabaseClass = 0;
    private const byte ObjectClass = 1;
    private const byte SchemaClass = 3;

    /// <summary>Error 229 unless the permission is held on the object, its schema or the database. A grant on columns admits to the object.</summary>
    public static void Require(EngineSession session, CatalogObject named, string permission)
    {
        if (named is TableDefinition { Storage: not TableStorageKind.Durable } || IsAllowed(session, named, permission))
        {
            return;
        }

        string schema = session.Catalog.SchemaName(named.SchemaId) ?? "dbo";
        throw SqlErrors.CreateWithState(229, 5, permission, named.Name, session.Database.Name, schema);
    }

    /// <summary>Whether the current principal may SELECT every one of a table's columns, given by id.</summary>
    public static bool MayReadColumns(EngineSession session, TableDefinition table, IEnumerable<int> columnIds)
    {
        if (!IsAllowed(session, table, "SELECT"))
        {
            return false;
        }

        CatalogSnapshot catalog = session.Catalog;
        bool Concerns(PermissionDefinition p, int column) =>
            p.Class == ObjectClass && p.MajorId == table.ObjectId && p.MinorId == column && p.Permission == "SELECT" && Principals.IsMember(catalog, session.PrincipalId, p.GranteeId);
        bool onWhole = !catalog.Permissions.Exists(p => p.Class == ObjectClass && p.MajorId == table.ObjectId && p.MinorId > 0 && p.State is 'G' or 'W' && p.Permission == "SELECT")
            || IsAllowed(session, table, "SELECT", wholeObject: true);
        return columnIds.All(c => !catalog.Permissions.Exists(p => p.State == 'D' && Concerns(p, c)) && (onWhole || catalog.Permissions.Exists(p => p.State is 'G' or 'W' && Concerns(p, c))));
    }

    private static bool IsAllowed(EngineSession session, CatalogObject named, string permission, bool wholeObject = false)
    {
        CatalogSnapshot catalog = session.Catalog;
        int principal = session.PrincipalId;
        if (Principals.IsOwner(catalog, principal))
        {
            return true;
        }

        bool Covers(PermissionDefinition p) =>
            (p.Permission == permission || p.Permission == "CONTROL")
            && ((p.Class == ObjectClass && p.MajorId == named.ObjectId) || (p.Class == SchemaClass && p.MajorId == named.SchemaId) || p.Class == DatabaseClass)
            && Principals.IsMember(catalog, principal, p.GranteeId);

        if (catalog.Permissions.Exists(p => p.State == 'D' && p.MinorId == 0 && Covers(p)))
        {
            return false;
        }

        return catalog.Permissions.Exists(p => p.State is 'G' or 'W' && (!wholeObject || p.MinorId == 0) && Covers(p))
            || catalog.SchemasByName.Values.Any(s => s.SchemaId == named.SchemaId && Principals.IsMember(catalog, principal, s.OwnerId))
            || IsInFixedRole(catalog, principal, permission);
    }

    private static bool IsInFixedRole(CatalogSnapshot catalog, int principal, string permission)
    {
        string? role = permission switch
        {
            "SELECT" => "db_datareader",
            "INSERT" or "UPDATE" or "DELETE" => "db_datawriter",
            _ => null,
        };
        return role is not null && catalog.FindPrincipal(role) is { } found && Principals.IsMember(catalog, principal, found.PrincipalId);
    }
}
