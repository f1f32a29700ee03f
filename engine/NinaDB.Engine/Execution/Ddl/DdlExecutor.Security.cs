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
            case "SERVER ROLE":
                ChangeServerRole(statement);
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

                if (Catalog.OwnerLogin.Equals(login, StringComparison.OrdinalIgnoreCase) || Catalog.Principals.Values.Any(p => p.Type != 'R' && !InitialCatalog.IsFixedPrincipal(p.PrincipalId)
                    && string.Equals(p.LoginName ?? p.Name, login, StringComparison.OrdinalIgnoreCase)))
                {
                    throw SqlErrors.Create(15063);
                }
            }

            char type = statement.Options.ContainsKey("FROM EXTERNAL PROVIDER") ? 'E' : statement.Name.Contains('\\') ? 'U' : 'S';
            int id = NextPrincipalId();
            _editor.Put(new PrincipalDefinition(id, statement.Name, type, statement.Options.GetValueOrDefault("DEFAULT_SCHEMA", "dbo"), 0, false, [])
            {
                LoginName = string.Equals(loginName, statement.Name, StringComparison.OrdinalIgnoreCase) ? null : loginName,
                NeedsConnect = true,
                DefaultLanguage = statement.Options.GetValueOrDefault("DEFAULT_LANGUAGE"),
            });
            _editor.Put(new PermissionDefinition(PrincipalAccess.DatabaseClass, 0, 0, id, InitialCatalog.DboId, "CONNECT", 'G'));
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

            user = user with { Name = name, LoginName = user.LoginName ?? user.Name };
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
            user = user with { LoginName = string.Equals(newLogin, user.Name, StringComparison.OrdinalIgnoreCase) ? null : newLogin };
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

        if (Catalog.Permissions.Exists(p => p.GrantorId == principal.PrincipalId))
        {
            throw SqlErrors.Create(15284);
        }

        if (kind == "ROLE" && Catalog.Principals.Values.Any(p => p.MemberOf.Contains(principal.PrincipalId)))
        {
            throw SqlErrors.Create(15144);
        }

        _editor.Remove(principal);
    }

    private void ChangeOwner(AlterAuthorizationStatement statement)
    {
        if (statement.SecurableClass is "DATABASE" or "SERVER ROLE")
        {
            ChangeServerOwner(statement);
            return;
        }

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
}
