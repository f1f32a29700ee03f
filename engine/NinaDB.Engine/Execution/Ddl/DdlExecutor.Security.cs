using System.Collections.Immutable;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Security;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>Users, roles, logins, ownership; GRANT, DENY and REVOKE.</summary>
internal sealed partial class DdlExecutor
{
    private void ChangePrincipal(PrincipalStatement statement)
    {
        switch (statement.Class)
        {
            case "USER":
                ChangeUser(statement);
                break;
            case "ROLE":
                ChangeRole(statement);
                break;
            case "LOGIN":
                ChangeLogin(statement);
                break;
            default:
                throw SqlErrors.NotSupported($"{statement.Action} {statement.Class}");
        }
    }

    private int NextPrincipalId() =>
        Math.Max(5, Catalog.Principals.Keys.Where(id => !InitialCatalog.IsFixedPrincipal(id)).Select(id => id + 1).DefaultIfEmpty(5).Max());

    private void ChangeUser(PrincipalStatement statement)
    {
        if (statement.Action == "CREATE")
        {
            TableBuilder.CheckName(statement.Name);
            if (Catalog.FindPrincipal(statement.Name) is not null)
            {
                throw SqlErrors.Create(15023, statement.Name);
            }

            bool hasLogin = !statement.Options.ContainsKey("WITHOUT LOGIN") && !statement.Options.ContainsKey("PASSWORD") && !statement.Options.ContainsKey("FROM EXTERNAL PROVIDER");
            string? loginName = hasLogin ? statement.Options.GetValueOrDefault("FOR LOGIN", statement.Name) : "";
            if (hasLogin)
            {
                string login = statement.Options.GetValueOrDefault("FOR LOGIN", statement.Name);
                if (!Catalog.Logins.ContainsKey(login))
                {
                    throw SqlErrors.Create(15007, login);
                }
            }

            char type = statement.Options.ContainsKey("FROM EXTERNAL PROVIDER") ? 'E' : statement.Name.Contains('\\') ? 'U' : 'S';
            _editor.Put(new PrincipalDefinition(
                NextPrincipalId(), statement.Name, type, statement.Options.GetValueOrDefault("DEFAULT_SCHEMA", "dbo"), 0, false, [])
            {
                LoginName = string.Equals(loginName, statement.Name, StringComparison.OrdinalIgnoreCase) ? null : loginName,
            });
            return;
        }

        PrincipalDefinition user = Catalog.FindPrincipal(statement.Name) is { Type: not 'R' } found
            ? found
            : throw SqlErrors.Create(15151, "alter", "user", statement.Name);
        if (statement.Options.TryGetValue("NAME", out string? name))
        {
            if (InitialCatalog.IsFixedPrincipal(user.PrincipalId))
            {
                throw SqlErrors.Create(15150, "alter", "user", user.Name);
            }

            if (Catalog.FindPrincipal(name) is not null)
            {
                throw SqlErrors.Create(15023, name);
            }

            user = user with { Name = name };
        }

        if (statement.Options.TryGetValue("DEFAULT_SCHEMA", out string? schema))
        {
            user = user with { DefaultSchema = schema };
        }

        if (statement.Options.TryGetValue("LOGIN", out string? newLogin) && !Catalog.Logins.ContainsKey(newLogin))
        {
            throw SqlErrors.Create(15007, newLogin);
        }

        if (newLogin is not null)
        {
            user = user with { LoginName = newLogin };
        }

        _editor.Put(user);
    }

    private void ChangeRole(PrincipalStatement statement)
    {
        if (statement.Action == "CREATE")
        {
            TableBuilder.CheckName(statement.Name);
            if (Catalog.FindPrincipal(statement.Name) is not null)
            {
                throw SqlErrors.Create(15023, statement.Name);
            }

            int owner = _session.PrincipalId;
            if (statement.Options.TryGetValue("AUTHORIZATION", out string? ownerName))
            {
                owner = Catalog.FindPrincipal(ownerName)?.PrincipalId ?? throw SqlErrors.Create(15151, "find", "principal", ownerName);
            }

            _editor.Put(new PrincipalDefinition(NextPrincipalId(), statement.Name, 'R', null, owner, false, []));
            return;
        }

        PrincipalDefinition role = Catalog.FindPrincipal(statement.Name) is { Type: 'R' } found
            ? found
            : throw SqlErrors.Create(15151, "alter", "role", statement.Name);
        if (role.PrincipalId == InitialCatalog.PublicId)
        {
            throw SqlErrors.Create(15081);
        }

        if (statement.Options.TryGetValue("NAME", out string? name))
        {
            if (role.IsFixedRole)
            {
                throw SqlErrors.Create(15150, "alter", "role", role.Name);
            }

            if (Catalog.FindPrincipal(name) is not null)
            {
                throw SqlErrors.Create(15023, name);
            }

            _editor.Put(role with { Name = name });
        }

        if (statement.AddMember is { } add)
        {
            SetMembership(role, add, isMember: true);
        }

        if (statement.DropMember is { } drop)
        {
            SetMembership(role, drop, isMember: false);
        }
    }

    internal void SetMembership(PrincipalDefinition role, string memberName, bool isMember)
    {
        PrincipalDefinition member = Catalog.FindPrincipal(memberName) ?? throw SqlErrors.Create(15151, isMember ? "add" : "drop", "principal", memberName);
        if (member.PrincipalId is InitialCatalog.DboId or InitialCatalog.PublicId or InitialCatalog.InformationSchemaId or InitialCatalog.SysId || member.IsFixedRole)
        {
            throw SqlErrors.Create(15405, memberName);
        }

        if (isMember && (member.PrincipalId == role.PrincipalId || Principals.IsMember(Catalog, role.PrincipalId, member.PrincipalId)))
        {
            throw SqlErrors.Create(15413);
        }

        ImmutableArray<int> roles = isMember
            ? member.MemberOf.Contains(role.PrincipalId) ? member.MemberOf : member.MemberOf.Add(role.PrincipalId)
            : member.MemberOf.Remove(role.PrincipalId);
        _editor.Put(member with { MemberOf = roles });
    }

    private void DropPrincipal(string kind, string name, bool ifExists)
    {
        PrincipalDefinition? principal = Catalog.FindPrincipal(name);
        if (principal is null || (principal.Type == 'R') != (kind == "ROLE"))
        {
            if (ifExists)
            {
                return;
            }

            throw SqlErrors.Create(15151, "drop", kind.ToLowerInvariant(), name);
        }

        AuthorizeDrop(kind.ToLowerInvariant(), name, () => Access.OnPrincipal("ALTER", principal));
        if (InitialCatalog.IsFixedPrincipal(principal.PrincipalId))
        {
            throw SqlErrors.Create(15150, "drop", kind.ToLowerInvariant(), name);
        }

        if (Catalog.SchemasByName.Values.Any(s => s.OwnerId == principal.PrincipalId))
        {
            throw SqlErrors.Create(15138, "schema");
        }

        if (Catalog.Principals.Values.Any(p => p.Type == 'R' && p.OwnerId == principal.PrincipalId))
        {
            throw SqlErrors.Create(15138, "database role");
        }

        if (kind == "ROLE" && Catalog.Principals.Values.Any(p => p.MemberOf.Contains(principal.PrincipalId)))
        {
            throw SqlErrors.Create(15144);
        }

        _editor.Remove(principal);
    }

    private void ChangeLogin(PrincipalStatement statement)
    {
        Catalog.Logins.TryGetValue(statement.Name, out LoginDefinition? login);
        if (statement.Action == "CREATE")
        {
            if (login is not null)
            {
                throw SqlErrors.Create(15025, statement.Name);
            }

            int id = Math.Max(256, Catalog.Logins.Values.Select(l => l.PrincipalId + 1).Max());
            char type = statement.Options.ContainsKey("FROM WINDOWS") ? 'U' : statement.Options.ContainsKey("FROM EXTERNAL PROVIDER") ? 'E' : 'S';
            login = new LoginDefinition(id, statement.Name, type, statement.Options.GetValueOrDefault("DEFAULT_DATABASE", "master"), false, null);
        }
        else if (login is null)
        {
            throw SqlErrors.Create(15151, "alter", "login", statement.Name);
        }

        if (statement.Options.TryGetValue("PASSWORD", out string? password))
        {
            login = login with { PasswordHash = PasswordHash.Create(password) };
        }

        if (statement.Options.TryGetValue("NAME", out string? name))
        {
            _editor.Remove(login);
            login = login with { Name = name };
        }

        if (statement.Options.TryGetValue("DEFAULT_DATABASE", out string? database))
        {
            login = login with { DefaultDatabase = database };
        }

        if (statement.Options.ContainsKey("DISABLE") || statement.Options.ContainsKey("ENABLE"))
        {
            login = login with { IsDisabled = statement.Options.ContainsKey("DISABLE") };
        }

        _editor.Put(login);
    }

    private void DropLogin(string name, bool ifExists)
    {
        if (!Catalog.Logins.TryGetValue(name, out LoginDefinition? login))
        {
            if (ifExists)
            {
                return;
            }

            throw SqlErrors.Create(15151, "drop", "login", name);
        }

        AuthorizeDrop("login", name, static () => false);
        if (login.PrincipalId == 1)
        {
            throw SqlErrors.Create(15150, "drop", "login", name);
        }

        _editor.Remove(login);
    }

    private void ChangeOwner(AlterAuthorizationStatement statement)
    {
        int owner = statement.Owner is null ? InitialCatalog.DboId
            : Catalog.FindPrincipal(statement.Owner)?.PrincipalId ?? throw SqlErrors.Create(15151, "find", "principal", statement.Owner);
        switch (statement.SecurableClass)
        {
            case "SCHEMA":
                SchemaDefinition schema = Catalog.SchemasByName.GetValueOrDefault(statement.Securable.Name)
                    ?? throw SqlErrors.Create(15151, "alter", "schema", statement.Securable.Name);
                _editor.Put(schema with { OwnerId = owner });
                break;
            case "ROLE":
                PrincipalDefinition role = Catalog.FindPrincipal(statement.Securable.Name) is { Type: 'R' } found
                    ? found
                    : throw SqlErrors.Create(15151, "alter", "role", statement.Securable.Name);
                _editor.Put(role with { OwnerId = owner });
                break;
            default:
                throw SqlErrors.NotSupported($"ALTER AUTHORIZATION ON {statement.SecurableClass}");
        }
    }

    private void ChangePermissions(PermissionStatement statement)
    {
        if (statement.SecurableClass is "LOGIN" or "SERVER" or "ENDPOINT" or "SERVER ROLE")
        {
            throw SqlErrors.NotSupported($"{statement.Action} ON {statement.SecurableClass}");
        }

        (byte @class, int majorId, TableDefinition? table, ModuleDefinition? module) = Securable(statement);
        foreach (string principalName in statement.Principals)
        {
            PrincipalDefinition? grantee = Catalog.FindPrincipal(principalName);
            LoginDefinition? login = grantee is null && @class == 100 ? Catalog.Logins.GetValueOrDefault(principalName) : null;
            if (grantee is null && login is null)
            {
                throw SqlErrors.Create(15151, "find", "user", principalName);
            }

            if (grantee is not null && (grantee.PrincipalId is InitialCatalog.DboId or InitialCatalog.SysId or InitialCatalog.InformationSchemaId || grantee.IsFixedRole))
            {
                throw grantee.IsFixedRole ? SqlErrors.Create(4617) : SqlErrors.Create(4624);
            }

            foreach ((string written, IReadOnlyList<string> columns) in statement.Permissions)
            {
                foreach (string permission in written == "ALL" ? PermissionNames.All(@class, table is not null, module) : [written])
                {
                    if (!PermissionNames.IsKnown(permission, @class))
                    {
                        throw SqlErrors.Create(4606, permission);
                    }

                    AuthorizeGrant(statement, @class, majorId, permission);
                    foreach (int minorId in ColumnIds(columns, table, module))
                    {
                        Change(statement, new PermissionDefinition(@class, majorId, minorId, grantee?.PrincipalId ?? login!.PrincipalId, _session.PrincipalId, permission,
                            statement.Action == "DENY" ? 'D' : statement.WithGrantOption ? 'W' : 'G'));
                    }
                }
            }
        }
    }

    private void Change(PermissionStatement statement, PermissionDefinition permission)
    {
        if (statement.Action != "REVOKE")
        {
            _editor.Put(permission);
            return;
        }

        PermissionDefinition? existing = Catalog.Permissions.Find(p => p.Class == permission.Class && p.MajorId == permission.MajorId && p.MinorId == permission.MinorId
            && p.GranteeId == permission.GranteeId && p.Permission == permission.Permission);
        if (existing is null)
        {
            return;
        }

        if (statement.GrantOptionFor)
        {
            _editor.Put(existing with { State = existing.State == 'W' ? 'G' : existing.State });
        }
        else
        {
            _editor.Remove(existing);
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

    /// <summary>Class and id of what permissions are granted on, as sys.database_permissions shows them.</summary>
    private (byte Class, int MajorId, TableDefinition? Table, ModuleDefinition? Module) Securable(PermissionStatement statement)
    {
        ObjectName? name = statement.Securable;
        if (name is null)
        {
            bool isServer = statement.Permissions.All(p => PermissionNames.IsKnown(p.Permission, 100)) && !statement.Permissions.All(p => PermissionNames.IsKnown(p.Permission, 0));
            return (isServer ? (byte)100 : (byte)0, 0, null, null);
        }

        switch (statement.SecurableClass)
        {
            case null or "OBJECT":
                CatalogObject value = FindObject(name, alsoSystem: true) ?? throw SqlErrors.Create(15151, "find", "object", name.Name);
                return (1, value.ObjectId, value as TableDefinition, value as ModuleDefinition);
            case "SCHEMA":
                return (3, (Catalog.SchemasByName.GetValueOrDefault(name.Name) ?? throw SqlErrors.Create(15151, "find", "schema", name.Name)).SchemaId, null, null);
            case "DATABASE":
                return name.Name.Equals(Catalog.DatabaseName, StringComparison.OrdinalIgnoreCase) ? ((byte)0, 0, null, null) : throw SqlErrors.Create(15151, "find", "database", name.Name);
            case "TYPE":
                return (6, (Catalog.FindType(name.Schema ?? "dbo", name.Name) ?? throw SqlErrors.Create(15151, "find", "type", name.Name)).UserTypeId, null, null);
            case "XML SCHEMA COLLECTION":
                return (10, (Catalog.FindXmlCollection(name.Schema ?? "dbo", name.Name) ?? throw SqlErrors.Create(15151, "find", "xml schema collection", name.Name)).CollectionId, null, null);
            case "ASSEMBLY":
                return (5, (Catalog.Assemblies.GetValueOrDefault(name.Name) ?? throw SqlErrors.Create(15151, "find", "assembly", name.Name)).AssemblyId, null, null);
            case "USER" or "ROLE":
                return (4, (Catalog.FindPrincipal(name.Name) ?? throw SqlErrors.Create(15151, "find", "user", name.Name)).PrincipalId, null, null);
            default:
                throw SqlErrors.NotSupported($"{statement.Action} ON {statement.SecurableClass}");
        }
    }
}
