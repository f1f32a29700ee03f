using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Security;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>GRANT, DENY and REVOKE, in a database and on the server.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/t-sql/statements/grant-transact-sql, .../revoke-transact-sql, .../deny-transact-sql</remarks>
internal sealed partial class DdlExecutor
{
    /// <summary>What permissions are granted on, as sys.database_permissions and sys.server_permissions show it.</summary>
    /// <param name="OwnerId">Who owns it: grants of its owner, and of whoever acts for it, are recorded as the owner's.</param>
    /// <param name="Kind">As error 15151 names it.</param>
    private sealed record GrantTarget(byte Class, int MajorId, int OwnerId, string Kind, TableDefinition? Table = null, ModuleDefinition? Module = null, int? SchemaId = null)
    {
        public bool IsOfServer => PermissionNames.IsOfServer(Class);
    }

    private void ChangePermissions(PermissionStatement statement)
    {
        GrantTarget target = Locate(statement);
        if (target.IsOfServer && Catalog.DatabaseId != ServerCatalog.MasterId)
        {
            throw SqlErrors.Create(4621);
        }

        int grantor = Grantor(statement, target);
        foreach (string principalName in statement.Principals)
        {
            int grantee = Grantee(principalName, target);
            foreach ((string written, IReadOnlyList<string> columns) in statement.Permissions)
            {
                foreach (string permission in written == "ALL" ? PermissionNames.All(target.Class, target.Table is not null, target.Module) : [written])
                {
                    if (!PermissionNames.IsKnown(permission, target.Class) || !IsCompatible(permission, target))
                    {
                        throw SqlErrors.Create(4606, permission);
                    }

                    AuthorizeGrant(statement, target, permission, grantor);
                    if (permission == "CREATE DATABASE" && Catalog.DatabaseId != ServerCatalog.MasterId)
                    {
                        throw SqlErrors.Create(4620);
                    }

                    foreach (int minorId in ColumnIds(columns, target.Table, target.Module))
                    {
                        Change(statement, new PermissionDefinition(
                            target.Class, target.MajorId, minorId, grantee, grantor, permission, statement.Action == "DENY" ? 'D' : statement.WithGrantOption ? 'W' : 'G'));
                    }
                }
            }
        }
    }

    /// <summary>UNMASK is a permission of tables alone; RECEIVE one of queues, which this host does not have.</summary>
    private static bool IsCompatible(string permission, GrantTarget target) => target.Class != PrincipalAccess.ObjectClass || permission switch
    {
        "UNMASK" => target.Table is not null,
        "RECEIVE" => false,
        _ => true,
    };

    /// <summary>Errors 15151, 4624 (principals that have everything) and 4617 (fixed roles).</summary>
    private int Grantee(string name, GrantTarget target)
    {
        if (target.IsOfServer)
        {
            if (Catalog.Logins.TryGetValue(name, out LoginDefinition? login))
            {
                return login.PrincipalId == 1 || string.Equals(login.Name, _session.CurrentLogin, StringComparison.OrdinalIgnoreCase) ? throw SqlErrors.Create(4624) : login.PrincipalId;
            }

            ServerRoleDefinition role = Catalog.ServerSecurity.FindRole(name) ?? throw SqlErrors.Create(15151, "find", "login", name);
            return role.IsFixed && role.PrincipalId != FixedServerRoles.Public ? throw SqlErrors.Create(4617) : role.PrincipalId;
        }

        PrincipalDefinition principal = Catalog.FindPrincipal(name) ?? throw SqlErrors.Create(15151, "find", "user", name);
        if (principal.IsFixedRole)
        {
            throw SqlErrors.Create(4617);
        }

        bool isSpecial = principal.PrincipalId is InitialCatalog.DboId or InitialCatalog.SysId or InitialCatalog.InformationSchemaId
            || (principal.PrincipalId == target.OwnerId && target.Class != PrincipalAccess.PrincipalClass) || (principal.PrincipalId == _session.PrincipalId && principal.Type != 'R');
        return isSpecial ? throw SqlErrors.Create(4624) : principal.PrincipalId;
    }

    /// <summary>Who is recorded to have granted: AS, the owner where its owner or an administrator acts, or the current principal.</summary>
    private int Grantor(PermissionStatement statement, GrantTarget target)
    {
        if (statement.Grantor is { } name)
        {
            int? id = target.IsOfServer ? FindServerPrincipal(name) : Catalog.FindPrincipal(name)?.PrincipalId;
            bool mayAct = id is { } found && (target.IsOfServer
                ? ServerRights.Is(found) || ServerRights.Allows("CONTROL SERVER")
                : Access.Is(found) || Access.OnPrincipal(Catalog.Principals[found].Type == 'R' ? "ALTER" : "IMPERSONATE", Catalog.Principals[found]));
            return mayAct ? id!.Value : throw SqlErrors.Create(15151, "find", target.IsOfServer ? "login" : "user", name);
        }

        if (target.IsOfServer)
        {
            LoginDefinition login = ServerRights.Login;
            return login.PrincipalId == 0 || ServerRights.IsSysAdmin ? target.OwnerId : login.PrincipalId;
        }

        return Access.IsUnlimited || Access.Is(target.OwnerId) || Access.OnDatabase("CONTROL") || Access.Is(FixedRolePermissions.SecurityAdmin) ? target.OwnerId : _session.PrincipalId;
    }

    /// <summary>Errors 15151 (nothing there that the grantor could know of) and 4613 (no right to give it away).</summary>
    private void AuthorizeGrant(PermissionStatement statement, GrantTarget target, string permission, int grantor)
    {
        bool may;
        if (target.IsOfServer)
        {
            may = statement.Grantor is null ? ServerRights.MayGrant(target.Class, target.MajorId, permission)
                : Catalog.FindLogin(grantor) is { } login ? ServerAccess.Of(Catalog, login).MayGrant(target.Class, target.MajorId, permission)
                : grantor == target.OwnerId || HoldsGrantable(target, permission, grantor);
        }
        else
        {
            may = statement.Grantor is null || grantor == target.OwnerId
                ? Access.MayGrant(target.Class, target.MajorId, permission, target.SchemaId)
                : PrincipalAccess.Of(Catalog, grantor).MayGrant(target.Class, target.MajorId, permission, target.SchemaId);
        }

        // What a role may grant, its members grant AS the role.
        if (may && statement.Grantor is null && grantor == _session.PrincipalId && !target.IsOfServer && !HoldsGrantable(target, permission, grantor)
            && !Access.Controls(target.Class, target.MajorId, target.SchemaId))
        {
            may = false;
        }

        if (may)
        {
            return;
        }

        throw target.Class is PrincipalAccess.DatabaseClass or PermissionNames.ServerClass
            ? SqlErrors.Create(4613)
            : SqlErrors.Create(15151, "find", target.Kind, statement.Securable!.Name);
    }

    private bool HoldsGrantable(GrantTarget target, string permission, int grantee) =>
        Known(target.Class).Any(p => p.State == 'W' && p.GranteeId == grantee && p.Class == target.Class && p.MajorId == target.MajorId && p.Permission == permission);

    private IEnumerable<PermissionDefinition> Known(byte @class) => PermissionNames.IsOfServer(@class) ? Catalog.ServerSecurity.Permissions : Catalog.Permissions;

    /// <summary>Records one permission. Error 4611 where something grantable would go without CASCADE.</summary>
    private void Change(PermissionStatement statement, PermissionDefinition permission)
    {
        // What is said of the whole object replaces what was said of its columns.
        List<PermissionDefinition> existing = [.. Known(permission.Class).Where(p => p.HasKeyOf(permission with { MinorId = p.MinorId }) && (p.MinorId == permission.MinorId || permission.MinorId == 0))];
        bool wasGrantable = existing.Exists(p => p.State == 'W');
        if (statement.Action != "GRANT" && wasGrantable && !statement.Cascade)
        {
            throw SqlErrors.Create(4611);
        }

        switch (statement.Action)
        {
            case "GRANT":
                existing.ForEach(_editor.Remove);
                _editor.Put(wasGrantable ? permission with { State = 'W' } : permission);
                break;
            case "DENY":
                existing.ForEach(_editor.Remove);
                _editor.Put(permission);
                if (wasGrantable)
                {
                    Cascade(permission, dependent => _editor.Put(dependent with { GrantorId = permission.GrantorId, State = 'D' }));
                }

                break;
            default:
                foreach (PermissionDefinition found in existing)
                {
                    if (!statement.GrantOptionFor)
                    {
                        _editor.Remove(found);
                    }
                    else if (found.State == 'W')
                    {
                        _editor.Put(found with { State = 'G' });
                    }
                }

                if (wasGrantable)
                {
                    Cascade(permission, static _ => { });
                }

                break;
        }
    }

    /// <summary>Takes back what a grantee has passed on (and what those have passed on in turn), each time saying so.</summary>
    private void Cascade(PermissionDefinition from, Action<PermissionDefinition> taken)
    {
        var queue = new Queue<int>([from.GranteeId]);
        var seen = new HashSet<int> { from.GranteeId };
        while (queue.TryDequeue(out int grantor))
        {
            foreach (PermissionDefinition dependent in Known(from.Class).Where(p => p.GrantorId == grantor && p.Class == from.Class && p.MajorId == from.MajorId && p.Permission == from.Permission
                && (from.MinorId == 0 || p.MinorId == from.MinorId)).ToList())
            {
                _editor.Remove(dependent);
                taken(dependent);
                if (dependent.State == 'W' && seen.Add(dependent.GranteeId))
                {
                    queue.Enqueue(dependent.GranteeId);
                }
            }
        }
    }

    private static IEnumerable<int> ColumnIds(IReadOnlyList<string> columns, TableDefinition? table, ModuleDefinition? view)
    {
        if (columns.Count == 0)
        {
            return [0];
        }

        if (table is not null)
        {
            return columns.Select(c => table.FindColumn(c) is not (>= 0 and int ordinal) ? throw SqlErrors.Create(1911, c)
                : table.Columns[ordinal].GraphType != 0 ? throw SqlErrors.Create(13907, c)
                : table.Columns[ordinal].ColumnId);
        }

        return view is { Columns.Length: > 0 }
            ? columns.Select(c => view.Columns.Select(v => v.Name).ToList().FindIndex(v => v.Equals(c, StringComparison.OrdinalIgnoreCase)) is >= 0 and int i ? i + 1 : throw SqlErrors.Create(1911, c))
            : throw SqlErrors.Create(1020);
    }

    /// <summary>Whether a GRANT, DENY or REVOKE is about the server.</summary>
    public static bool IsOfServer(PermissionStatement statement) => statement.Securable is null
        ? statement.Permissions.All(p => PermissionNames.IsKnown(p.Permission, PermissionNames.ServerClass)) && !statement.Permissions.All(p => PermissionNames.IsKnown(p.Permission, 0))
        : statement.SecurableClass is "LOGIN" or "SERVER ROLE" or "SERVER" or "ENDPOINT";

    private GrantTarget Locate(PermissionStatement statement)
    {
        ObjectName? name = statement.Securable;
        if (name is null)
        {
            return IsOfServer(statement) ? new GrantTarget(PermissionNames.ServerClass, 0, 1, "server") : new GrantTarget(0, 0, InitialCatalog.DboId, "database");
        }

        SqlErrorException Missing(string kind) => SqlErrors.Create(15151, "find", kind, name.Name);
        switch (statement.SecurableClass)
        {
            case null or "OBJECT":
                CatalogObject value = FindObject(name, alsoSystem: true) is { } found && (Access.Sees(found) || found.SchemaId == InitialCatalog.SysSchemaId) ? found : throw Missing("object");
                return new GrantTarget(1, value.ObjectId, Catalog.SchemaOwner(value.SchemaId) ?? InitialCatalog.DboId, "object", value as TableDefinition, value as ModuleDefinition, value.SchemaId);
            case "SCHEMA":
                SchemaDefinition schema = Catalog.SchemasByName.GetValueOrDefault(name.Name) ?? throw Missing("schema");
                return new GrantTarget(3, schema.SchemaId, schema.OwnerId, "schema", SchemaId: schema.SchemaId);
            case "DATABASE":
                return name.Name.Equals(Catalog.DatabaseName, StringComparison.OrdinalIgnoreCase) ? new GrantTarget(0, 0, InitialCatalog.DboId, "database") : throw Missing("database");
            case "TYPE":
                TypeDefinition type = Catalog.FindType(name.Schema ?? "dbo", name.Name) ?? throw Missing("type");
                return new GrantTarget(6, type.UserTypeId, Catalog.SchemaOwner(type.SchemaId) ?? InitialCatalog.DboId, "type", SchemaId: type.SchemaId);
            case "XML SCHEMA COLLECTION":
                XmlSchemaCollectionDefinition collection = Catalog.FindXmlCollection(name.Schema ?? "dbo", name.Name) ?? throw Missing("xml schema collection");
                return new GrantTarget(10, collection.CollectionId, Catalog.SchemaOwner(collection.SchemaId) ?? InitialCatalog.DboId, "xml schema collection", SchemaId: collection.SchemaId);
            case "ASSEMBLY":
                return new GrantTarget(5, (Catalog.Assemblies.GetValueOrDefault(name.Name) ?? throw Missing("assembly")).AssemblyId, InitialCatalog.DboId, "assembly");
            case "USER" or "ROLE":
                PrincipalDefinition principal = Catalog.FindPrincipal(name.Name) is { } known && (known.Type == 'R') == (statement.SecurableClass == "ROLE") ? known : throw Missing(statement.SecurableClass.ToLowerInvariant());
                return new GrantTarget(4, principal.PrincipalId, principal.Type == 'R' && principal.OwnerId != 0 ? principal.OwnerId : InitialCatalog.DboId, statement.SecurableClass.ToLowerInvariant());
            case "LOGIN":
                LoginDefinition login = Catalog.Logins.GetValueOrDefault(name.Name) ?? throw Missing("login");
                return new GrantTarget(PermissionNames.ServerPrincipalClass, login.PrincipalId, 1, "login");
            case "SERVER ROLE":
                ServerRoleDefinition role = Catalog.ServerSecurity.FindRole(name.Name) ?? throw Missing("server role");
                return new GrantTarget(PermissionNames.ServerPrincipalClass, role.PrincipalId, role.OwnerId, "server role");
            case "SERVER":
                return new GrantTarget(PermissionNames.ServerClass, 0, 1, "server");
            default:
                throw SqlErrors.NotSupported($"{statement.Action} ON {statement.SecurableClass}");
        }
    }
}
