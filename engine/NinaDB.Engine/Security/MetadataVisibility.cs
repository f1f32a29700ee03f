using NinaDB.Engine.Catalog;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Security;

/// <summary>Which rows of the catalog views the current principal sees, and which definitions it may read.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/security/metadata-visibility-configuration</remarks>
internal static class MetadataVisibility
{
    private static readonly string[] Definitions = ["definition", "VIEW_DEFINITION", "ROUTINE_DEFINITION", "CHECK_CLAUSE", "COLUMN_DEFAULT", "predicate_definition", "filter_definition"];

    /// <summary>Anything with an object id; what belongs to a table is seen with the table.</summary>
    public static bool Sees(EngineSession session, int objectId) => Owner(session.Catalog, objectId) is not { } value || PrincipalAccess.Of(session).Sees(value);

    public static bool SeesDefinition(EngineSession session, int objectId) => Owner(session.Catalog, objectId) is not { } value || PrincipalAccess.Of(session).SeesDefinition(value);

    /// <summary>The rows of a system view that the session's principal sees.</summary>
    public static IEnumerable<SqlValue[]> Filter(EngineSession session, string schema, string view, IReadOnlyList<ResultColumnDefinition> columns, IEnumerable<SqlValue[]> rows)
    {
        // To own a database shows nobody the server.
        if (schema == "sys" && FilterServer(session, view, columns, rows) is { } ofServer)
        {
            return ofServer;
        }

        PrincipalAccess access = PrincipalAccess.Of(session);
        if (access.IsUnlimited)
        {
            return rows;
        }

        if (schema == "INFORMATION_SCHEMA")
        {
            return FilterIso(session, columns, rows);
        }

        switch (view)
        {
            case "database_principals":
                return rows.Where(r => SeesPrincipal(session, access, r[1].AsInt32));
            case "database_role_members":
                return rows.Where(r => SeesPrincipal(session, access, r[0].AsInt32) && SeesPrincipal(session, access, r[1].AsInt32));
            case "database_permissions":
                return rows.Where(r => access.Is(r[4].AsInt32) || access.OnDatabase("VIEW DEFINITION"));
            case "trusted_assemblies":
                return [];
            case "assemblies" or "assembly_files" or "assembly_references":
                int id = Column(columns, "assembly_id");
                return rows.Where(r => id < 0 || r[id].AsInt32 == 1 || access.OnAssembly("VIEW DEFINITION", r[id].AsInt32) || access.OnAssembly("EXECUTE", r[id].AsInt32));
            case "extended_properties":
                return rows.Where(r => r[0].AsInt64 is not (1 or 2 or 7) || Sees(session, r[2].AsInt32));
        }

        int key = Column(columns, "object_id");
        if (key < 0)
        {
            key = Column(columns, "parent_object_id");
        }

        if (key < 0)
        {
            key = Column(columns, "referencing_id");
        }

        return key < 0 ? rows : Filter(session, columns, rows, r => r[key].IsNull ? null : r[key].AsInt32);
    }

    /// <summary>Rows of the views of the server; null for other views.</summary>
    private static IEnumerable<SqlValue[]>? FilterServer(EngineSession session, string view, IReadOnlyList<ResultColumnDefinition> columns, IEnumerable<SqlValue[]> rows)
    {
        if (view is not ("server_principals" or "sql_logins" or "server_role_members" or "server_permissions" or "databases" or "dm_exec_sessions" or "dm_exec_requests" or "dm_exec_connections" or "sysprocesses"))
        {
            return null;
        }

        var server = ServerAccess.Of(session);
        if (server.IsSysAdmin)
        {
            return rows;
        }

        switch (view)
        {
            case "server_principals" or "sql_logins":
                bool seesLogins = server.Allows("ALTER ANY LOGIN") || server.Allows("VIEW ANY SECURITY DEFINITION");
                return rows.Where(r => seesLogins || r[1].AsInt32 == 1 || server.Is(r[1].AsInt32)
                        || (r[3].AsString == "R" && (r[1].AsInt32 < ServerSecurity.FirstUserId || server.Allows("VIEW DEFINITION", PermissionNames.ServerPrincipalClass, r[1].AsInt32, isRole: true)))
                        || server.Allows("VIEW DEFINITION", PermissionNames.ServerPrincipalClass, r[1].AsInt32, isRole: false))
                    .Select(r => view == "sql_logins" ? Without(r, columns.Count - 1) : r);
            case "server_role_members":
                return server.Allows("VIEW ANY SECURITY DEFINITION") ? rows : rows.Where(r => server.Is(r[1].AsInt32) || (server.Is(r[0].AsInt32) && r[0].AsInt32 != FixedServerRoles.Public));
            case "server_permissions":
                return server.Allows("VIEW ANY SECURITY DEFINITION") ? rows : rows.Where(r => server.Is(r[4].AsInt32) || r[5].AsInt32 == server.Login.PrincipalId);
            case "databases":
                int id = Column(columns, "database_id");
                return server.Allows("VIEW ANY DATABASE") || server.Allows("ALTER ANY DATABASE") ? rows
                    : rows.Where(r => r[id].AsInt32 is ServerCatalog.MasterId or ServerCatalog.TempdbId || r[id].AsInt32 == session.DatabaseId
                        || (session.Server.Find(r[id].AsInt32)?.OwnerLogin is { } owner && owner.Equals(server.Login.Name, StringComparison.OrdinalIgnoreCase)));
            default:
                // A user of an in-process session who has no login sees what its database user may see.
                int own = view == "sysprocesses" ? 0 : Column(columns, "session_id");
                return server.Allows("VIEW SERVER PERFORMANCE STATE") ? rows : rows.Where(r => r[own].AsInt64 == session.SessionId);
        }
    }

    private static IEnumerable<SqlValue[]> FilterIso(EngineSession session, IReadOnlyList<ResultColumnDefinition> columns, IEnumerable<SqlValue[]> rows)
    {
        foreach (string kind in (ReadOnlySpan<string>)["TABLE", "ROUTINE", "SPECIFIC", "VIEW", "SEQUENCE", "CONSTRAINT"])
        {
            int schema = Column(columns, kind + "_SCHEMA");
            int name = Column(columns, kind + "_NAME");
            if (schema >= 0 && name >= 0)
            {
                CatalogSnapshot catalog = session.Catalog;
                return Filter(session, columns, rows, r => r[schema].IsNull || r[name].IsNull
                    ? null
                    : catalog.Find(r[schema].AsString, r[name].AsString)?.ObjectId ?? catalog.FindConstraint(r[schema].AsString, r[name].AsString)?.ObjectId);
            }
        }

        return rows;
    }

    private static IEnumerable<SqlValue[]> Filter(EngineSession session, IReadOnlyList<ResultColumnDefinition> columns, IEnumerable<SqlValue[]> rows, Func<SqlValue[], int?> key)
    {
        int definition = -1;
        foreach (string name in Definitions)
        {
            definition = Math.Max(definition, Column(columns, name));
        }

        foreach (SqlValue[] row in rows)
        {
            if (key(row) is not { } id)
            {
                yield return row;
            }
            else if (Sees(session, id))
            {
                yield return definition >= 0 && !SeesDefinition(session, id) ? Without(row, definition) : row;
            }
        }
    }

    /// <summary>Itself, its roles, what every database has, and what it may administer.</summary>
    private static bool SeesPrincipal(EngineSession session, PrincipalAccess access, int principalId) =>
        access.Is(principalId) || InitialCatalog.IsFixedPrincipal(principalId)
        || (session.Catalog.Principals.TryGetValue(principalId, out PrincipalDefinition? principal)
            && (access.OnPrincipal("VIEW DEFINITION", principal) || access.OnPrincipal("ALTER", principal) || access.OnPrincipal("IMPERSONATE", principal)));

    /// <summary>The object that decides over an id; null for system objects, temporary ones and types, which everybody sees.</summary>
    private static CatalogObject? Owner(CatalogSnapshot catalog, int objectId) => catalog.Find(objectId) ?? catalog.FindConstraint(objectId)?.Table;

    private static SqlValue[] Without(SqlValue[] row, int column)
    {
        SqlValue[] copy = row.AsSpan().ToArray();
        copy[column] = SqlValue.Null;
        return copy;
    }

    private static int Column(IReadOnlyList<ResultColumnDefinition> columns, string name)
    {
        for (int i = 0; i < columns.Count; i++)
        {
            if (columns[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }
}
