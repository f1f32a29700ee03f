using System.Globalization;
using System.Security.Cryptography;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Security;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>Logins and server roles.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/t-sql/statements/create-login-transact-sql, .../alter-server-role-transact-sql</remarks>
internal sealed partial class DdlExecutor
{
    private const int SidLength = 16;

    /// <summary>Who may do what to logins and server roles. Errors 15247 (CREATE) and 15151.</summary>
    private void AuthorizeServerPrincipal(PrincipalStatement statement)
    {
        ServerSecurity security = Catalog.ServerSecurity;
        switch (statement.Class, statement.Action)
        {
            case ("LOGIN", "CREATE"):
                if (!ServerRights.Allows("CREATE LOGIN"))
                {
                    throw SqlErrors.Create(15247);
                }

                break;
            case ("SERVER ROLE", "CREATE"):
                if (!ServerRights.Allows("CREATE SERVER ROLE"))
                {
                    throw SqlErrors.Create(15247);
                }

                break;
            case ("LOGIN", _):
                if (Catalog.Logins.TryGetValue(statement.Name, out LoginDefinition? login) && !MayAlter(login) && !ChangesOwnPassword(statement, login))
                {
                    throw SqlErrors.Create(15151, "alter", "login", statement.Name);
                }

                break;
            default:
                if (security.FindRole(statement.Name) is { } role && role.PrincipalId != FixedServerRoles.Public && !MayAlter(role))
                {
                    throw SqlErrors.Create(15151, "alter", "server role", statement.Name);
                }

                break;
        }
    }

    /// <summary>Members of sysadmin are changed by their like alone.</summary>
    private bool MayAlter(LoginDefinition login) =>
        ServerAccess.Of(Catalog, login).IsSysAdmin ? ServerRights.Allows("CONTROL SERVER") : ServerRights.Allows("ALTER", PermissionNames.ServerPrincipalClass, login.PrincipalId, isRole: false);

    /// <summary>Members of a fixed role say who else is in it; other roles are their owner's, and of who may ALTER them.</summary>
    private bool MayAlter(ServerRoleDefinition role) => role.IsFixed
        ? ServerRights.IsSysAdmin || (role.PrincipalId != FixedServerRoles.SysAdmin && ServerRights.Is(role.PrincipalId))
        : ServerRights.Is(role.OwnerId) || ServerRights.Allows("ALTER", PermissionNames.ServerPrincipalClass, role.PrincipalId, isRole: true);

    private bool ChangesOwnPassword(PrincipalStatement statement, LoginDefinition login) =>
        string.Equals(_session.CurrentLogin, login.Name, StringComparison.OrdinalIgnoreCase) && statement.Options.Keys.All(k => k is "PASSWORD" or "OLD_PASSWORD" or "DEFAULT_DATABASE" or "DEFAULT_LANGUAGE")
        && (!statement.Options.ContainsKey("PASSWORD") || (statement.Options.TryGetValue("OLD_PASSWORD", out string? old) && PasswordHash.Verify(old, login.PasswordHash)));

    private int NextServerPrincipalId() =>
        Math.Max(ServerSecurity.FirstUserId, Catalog.Logins.Values.Select(l => l.PrincipalId).Concat(Catalog.ServerSecurity.Roles.Keys).Max() + 1);

    private void ChangeLogin(PrincipalStatement statement)
    {
        Catalog.Logins.TryGetValue(statement.Name, out LoginDefinition? login);
        bool isNew = statement.Action == "CREATE";
        if (isNew)
        {
            TableBuilder.CheckName(statement.Name);
            if (login is not null || Catalog.ServerSecurity.FindRole(statement.Name) is not null)
            {
                throw SqlErrors.Create(15025, statement.Name);
            }

            char type = statement.Options.ContainsKey("FROM WINDOWS") ? 'U' : statement.Options.ContainsKey("FROM EXTERNAL PROVIDER") ? 'E' : 'S';
            login = new LoginDefinition(NextServerPrincipalId(), statement.Name, type, "master", false, null)
            {
                CreateDate = _editor.Now, StoredSid = [.. NewSid(statement)], IsPolicyChecked = type == 'S',
            };
        }
        else if (login is null)
        {
            throw SqlErrors.Create(15151, "alter", "login", statement.Name);
        }

        login = Configure(login, statement) with { ModifyDate = _editor.Now };
        if (statement.Options.TryGetValue("NAME", out string? name) && name != login.Name)
        {
            if ((Catalog.Logins.TryGetValue(name, out LoginDefinition? other) && other.PrincipalId != login.PrincipalId) || Catalog.ServerSecurity.FindRole(name) is not null)
            {
                throw SqlErrors.Create(15025, name);
            }

            KeepUsers(login, name);
            _editor.Rename(login, name);
            return;
        }

        _editor.Put(login);
        if (isNew)
        {
            _editor.Put(new PermissionDefinition(PermissionNames.ServerClass, 0, 0, login.PrincipalId, 1, "CONNECT SQL", 'G'));
        }
    }

    /// <summary>What the options of CREATE and ALTER LOGIN say besides the name.</summary>
    private static LoginDefinition Configure(LoginDefinition login, PrincipalStatement statement)
    {
        foreach ((string option, string value) in statement.Options)
        {
            bool isOn = value.Equals("ON", StringComparison.OrdinalIgnoreCase);
            login = option switch
            {
                "PASSWORD" => login with { PasswordHash = statement.Options.ContainsKey("PASSWORD HASHED") ? PasswordHash.FromServer(value) : PasswordHash.Create(value) },
                "DEFAULT_DATABASE" => login with { DefaultDatabase = value },
                "DEFAULT_LANGUAGE" => login with { DefaultLanguage = value },
                "CHECK_POLICY" => login with { IsPolicyChecked = isOn },
                "CHECK_EXPIRATION" => login with { IsExpirationChecked = isOn },
                "DISABLE" => login with { IsDisabled = true },
                "ENABLE" => login with { IsDisabled = false },
                _ => login,
            };
        }

        return login;
    }

    private byte[] NewSid(PrincipalStatement statement)
    {
        if (!statement.Options.TryGetValue("SID", out string? written))
        {
            return RandomNumberGenerator.GetBytes(SidLength);
        }

        byte[] sid = Convert.FromHexString(written.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? written[2..] : written);
        return Catalog.Logins.Values.FirstOrDefault(l => l.Sid.AsSpan().SequenceEqual(sid)) is { } taken ? throw SqlErrors.Create(15433, written) : sid;
    }

    /// <summary>Users of a login that is renamed stay its users.</summary>
    private void KeepUsers(LoginDefinition login, string name)
    {
        foreach (CatalogSnapshot database in _session.Server.Databases.ToList())
        {
            foreach (PrincipalDefinition user in database.Principals.Values.Where(p =>
                p.Type != 'R' && !InitialCatalog.IsFixedPrincipal(p.PrincipalId) && string.Equals(p.LoginName ?? p.Name, login.Name, StringComparison.OrdinalIgnoreCase)).ToList())
            {
                using Session.DatabaseScope scope = _session.In(database.DatabaseId);
                _editor.Put(user with { LoginName = string.Equals(user.Name, name, StringComparison.OrdinalIgnoreCase) ? null : name });
            }
        }
    }

    /// <summary>DROP LOGIN. Errors 15151, 15150, 15434, 15174, 15141 and 15173.</summary>
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

        if (!MayAlter(login))
        {
            throw SqlErrors.Create(15151, "drop", "login", name);
        }

        if (login.PrincipalId == 1)
        {
            throw SqlErrors.Create(15150, "drop", "login", name);
        }

        string id = login.PrincipalId.ToString(CultureInfo.InvariantCulture);
        if (_session.Database.Sessions.Any(s => !s.IsKilled && string.Equals(s.OriginalLogin, login.Name, StringComparison.OrdinalIgnoreCase)))
        {
            throw SqlErrors.Create(15434, name);
        }

        if (_session.Server.Databases.Any(d => d.DatabaseOptions.GetValueOrDefault("OWNER") == id))
        {
            throw SqlErrors.Create(15174, name);
        }

        RequireNothingOwned(login.PrincipalId, name);
        _editor.Remove(login);
    }

    private void RequireNothingOwned(int principalId, string name)
    {
        if (Catalog.ServerSecurity.Roles.Values.Any(r => r.OwnerId == principalId))
        {
            throw SqlErrors.Create(15141, "server role");
        }

        if (Catalog.ServerSecurity.Permissions.Exists(p => p.GrantorId == principalId))
        {
            throw SqlErrors.Create(15173, name);
        }
    }

    private void ChangeServerRole(PrincipalStatement statement)
    {
        ServerSecurity security = Catalog.ServerSecurity;
        if (statement.Action == "CREATE")
        {
            TableBuilder.CheckName(statement.Name);
            if (security.FindRole(statement.Name) is not null || Catalog.Logins.ContainsKey(statement.Name))
            {
                throw SqlErrors.Create(15025, statement.Name);
            }

            int owner = statement.Options.TryGetValue("AUTHORIZATION", out string? ownerName)
                ? FindServerPrincipal(ownerName) ?? throw SqlErrors.Create(15151, "find", "server principal", ownerName)
                : Catalog.Logins.GetValueOrDefault(_session.CurrentLogin)?.PrincipalId ?? 1;
            _editor.Put(new ServerRoleDefinition(NextServerPrincipalId(), statement.Name, owner, [], _editor.Now, _editor.Now));
            return;
        }

        ServerRoleDefinition role = security.FindRole(statement.Name) ?? throw SqlErrors.Create(15151, "alter", "server role", statement.Name);
        if (role.PrincipalId == FixedServerRoles.Public)
        {
            throw SqlErrors.Create(15081);
        }

        if (statement.Options.TryGetValue("NAME", out string? name))
        {
            if (role.IsFixed)
            {
                throw SqlErrors.Create(15150, "alter", "server role", role.Name);
            }

            if (FindServerPrincipal(name) is not null)
            {
                throw SqlErrors.Create(15025, name);
            }

            _editor.Put(role with { Name = name, ModifyDate = _editor.Now });
        }

        if (statement.AddMember is { } add)
        {
            SetServerMembership(role, add, isMember: true);
        }

        if (statement.DropMember is { } drop)
        {
            SetServerMembership(role, drop, isMember: false);
        }
    }

    private int? FindServerPrincipal(string name) => Catalog.Logins.GetValueOrDefault(name)?.PrincipalId ?? Catalog.ServerSecurity.FindRole(name)?.PrincipalId;

    /// <summary>ADD and DROP MEMBER. Errors 15151, 15405 (sa and fixed roles), 15413.</summary>
    private void SetServerMembership(ServerRoleDefinition role, string memberName, bool isMember)
    {
        ServerSecurity security = Catalog.ServerSecurity;
        if (Catalog.Logins.TryGetValue(memberName, out LoginDefinition? login))
        {
            if (login.PrincipalId == 1)
            {
                throw SqlErrors.Create(15405, memberName);
            }

            _editor.Put(login with { MemberOf = isMember ? login.MemberOf.Contains(role.PrincipalId) ? login.MemberOf : login.MemberOf.Add(role.PrincipalId) : login.MemberOf.Remove(role.PrincipalId) });
            return;
        }

        ServerRoleDefinition member = security.FindRole(memberName) ?? throw SqlErrors.Create(15151, isMember ? "add" : "drop", "server principal", memberName);
        if (member.IsFixed || role.PrincipalId == FixedServerRoles.SysAdmin)
        {
            throw SqlErrors.Create(15405, memberName);
        }

        if (isMember && ServerAccess.IdentitiesOf(security, role.PrincipalId, role.MemberOf).Contains(member.PrincipalId))
        {
            throw SqlErrors.Create(15413);
        }

        _editor.Put(member with { MemberOf = isMember ? member.MemberOf.Contains(role.PrincipalId) ? member.MemberOf : member.MemberOf.Add(role.PrincipalId) : member.MemberOf.Remove(role.PrincipalId) });
    }

    /// <summary>DROP SERVER ROLE. Errors 15151, 15150, 15144, 15141 and 15173.</summary>
    private void DropServerRole(string name, bool ifExists)
    {
        if (Catalog.ServerSecurity.FindRole(name) is not { } role)
        {
            if (ifExists)
            {
                return;
            }

            throw SqlErrors.Create(15151, "drop", "server role", name);
        }

        if (role.IsFixed)
        {
            throw SqlErrors.Create(15150, "drop", "server role", role.Name);
        }

        if (!MayAlter(role))
        {
            throw SqlErrors.Create(15151, "drop", "server role", name);
        }

        if (Catalog.Logins.Values.Any(l => l.MemberOf.Contains(role.PrincipalId)) || Catalog.ServerSecurity.Roles.Values.Any(r => r.MemberOf.Contains(role.PrincipalId)))
        {
            throw SqlErrors.Create(15144);
        }

        RequireNothingOwned(role.PrincipalId, name);
        _editor.Remove(role);
    }

    /// <summary>ALTER AUTHORIZATION ON DATABASE and ON SERVER ROLE.</summary>
    private void ChangeServerOwner(AlterAuthorizationStatement statement)
    {
        string name = statement.Securable.Name;
        string ownerName = statement.Owner ?? "sa";
        if (statement.SecurableClass == "SERVER ROLE")
        {
            ServerRoleDefinition role = Catalog.ServerSecurity.FindRole(name) is { } found && MayAlter(found) ? found : throw SqlErrors.Create(15151, "alter", "server role", name);
            int owner = FindServerPrincipal(ownerName) ?? throw SqlErrors.Create(15151, "find", "server principal", ownerName);
            _editor.Put(role with { OwnerId = owner, ModifyDate = _editor.Now });
            return;
        }

        if (_session.Server.Find(name) is not { } database || PrincipalAccess.In(_session, database)?.OnDatabase("TAKE OWNERSHIP") is not true)
        {
            throw SqlErrors.Create(15151, "find", "database", name);
        }

        LoginDefinition login = Catalog.Logins.GetValueOrDefault(ownerName) is { } known && (ServerRights.IsSysAdmin || ServerRights.Is(known.PrincipalId)
            || ServerRights.Allows("IMPERSONATE", PermissionNames.ServerPrincipalClass, known.PrincipalId, isRole: false))
                ? known
                : throw SqlErrors.Create(15151, "find", "principal", ownerName);
        if (ServerCatalog.IsSystemDatabase(database.DatabaseId) && database.DatabaseId != ServerCatalog.MsdbId)
        {
            throw SqlErrors.Create(15109);
        }

        using Session.DatabaseScope scope = _session.In(database.DatabaseId);
        if (database.Principals.Values.Any(p => p.Type != 'R' && !InitialCatalog.IsFixedPrincipal(p.PrincipalId) && string.Equals(p.LoginName ?? p.Name, login.Name, StringComparison.OrdinalIgnoreCase)))
        {
            throw SqlErrors.Create(15110);
        }

        _editor.SetDatabaseOption("OWNER", login.PrincipalId.ToString(CultureInfo.InvariantCulture));
    }
}
