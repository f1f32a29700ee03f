using System.Globalization;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Functions;
using NinaDB.Engine.Security;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>What there is of logins, users and roles, and who is in which: sp_helplogins, sp_helpuser, sp_helprole, sp_helpsrvrole and the like.</summary>
internal static partial class SystemProcedures
{
    private static readonly SqlType SidType = SqlType.VarBinary(85);
    private static readonly SqlType Remark = SqlType.NVarChar(70);

    private static void AddSecurityProcedures(Action<SystemProcedure> add)
    {
        add(Reads("sp_helpsrvrole", c =>
        {
            c.Send([Column("ServerRole", Name), Column("Description", SqlType.NVarChar(35))], FixedServerRole(c).Select(r => new[] { Text(r.Name), Text(r.Description) }));
            return 0;
        }, Optional("@srvrolename", Name)));
        add(Reads("sp_helpsrvrolemember", HelpServerRoleMembers, Optional("@srvrolename", Name)));
        add(Reads("sp_srvrolepermission", c =>
        {
            SendRolePermissions(c, "ServerRole", FixedServerRole(c).Select(r => r.Name), RolePermissionTexts.OfServerRole);
            return 0;
        }, Optional("@srvrolename", Name)));
        add(Reads("sp_helpdbfixedrole", c =>
        {
            c.Send([Column("DbFixedRole", Name), Column("Description", SqlType.NVarChar(35))], FixedDatabaseRole(c).Select(r => new[] { Text(r.Name), Text(r.Description) }));
            return 0;
        }, Optional("@rolename", Name)));
        add(Reads("sp_dbfixedrolepermission", c =>
        {
            SendRolePermissions(c, "DbFixedRole", FixedDatabaseRole(c).Select(r => r.Name), RolePermissionTexts.OfDatabaseRole);
            return 0;
        }, Optional("@rolename", Name)));
        add(Reads("sp_helprole", c =>
        {
            RequireRole(c);
            c.Send([Column("RoleName", Name), Column("RoleId", SqlType.SmallInt), Column("IsAppRole", SqlType.Int)],
                Roles(c).OrderBy(p => p.PrincipalId).Select(p => new[] { Text(p.Name), SqlValue.FromSmallInt((short)p.PrincipalId), Int(0) }));
            return 0;
        }, Optional("@rolename", Name)));
        add(Reads("sp_helprolemember", c =>
        {
            RequireRole(c);
            CatalogSnapshot catalog = c.Session.Catalog;
            c.Send([Column("DbRole", Name), Column("MemberName", Name), Column("MemberSID", SidType)],
                from role in Roles(c)
                orderby role.Name
                from member in catalog.Principals.Values
                where member.MemberOf.Contains(role.PrincipalId)
                orderby role.Name, member.Name
                select new[] { Text(role.Name), Text(member.Name), SqlValue.FromBinary(member.Sid(catalog)) });
            return 0;
        }, Optional("@rolename", Name)));
        add(Reads("sp_helpuser", HelpUser, Optional("@name_in_db", Name)));
        add(Reads("sp_helplogins", HelpLogins, Optional("@LoginNamePattern", Name)));
        add(Reads("sp_helprotect", HelpProtect, Optional("@name", LongName), Optional("@username", Name), Optional("@grantorname", Name), Optional("@permissionarea", SqlType.VarChar(10), SqlValue.FromString("o s", SqlTypeId.VarChar))));
    }

    /// <summary>The fixed server role that is asked for, or all; error 15412.</summary>
    private static IEnumerable<FixedServerRole> FixedServerRole(SystemProcedureCall call) => call.Text(0) is not { } name ? FixedServerRoles.All
        : FixedServerRoles.All.FirstOrDefault(r => Same(r.Name, name)) is { } role ? [role]
        : throw SqlErrors.Create(15412, name);

    private static readonly (string Name, string Description)[] DatabaseRoles =
    [
        ("db_owner", "DB Owners"), ("db_accessadmin", "DB Access Administrators"), ("db_securityadmin", "DB Security Administrators"), ("db_ddladmin", "DB DDL Administrators"),
        ("db_backupoperator", "DB Backup Operator"), ("db_datareader", "DB Data Reader"), ("db_datawriter", "DB Data Writer"), ("db_denydatareader", "DB Deny Data Reader"),
        ("db_denydatawriter", "DB Deny Data Writer"),
    ];

    private static IEnumerable<(string Name, string Description)> FixedDatabaseRole(SystemProcedureCall call) => call.Text(0) is not { } name ? DatabaseRoles
        : DatabaseRoles.FirstOrDefault(r => Same(r.Name, name)) is { Name: not null } role ? [role]
        : throw SqlErrors.Create(15412, name);

    private static void SendRolePermissions(SystemProcedureCall call, string column, IEnumerable<string> roles, Func<string, IEnumerable<string>> permissions) => call.Send(
        [Column(column, Name), Column("Permission", Remark)],
        roles.Order(StringComparer.OrdinalIgnoreCase).SelectMany(r => permissions(r).Order(StringComparer.OrdinalIgnoreCase).Select(p => new[] { Text(r), Text(p) })));

    private static int HelpServerRoleMembers(SystemProcedureCall call)
    {
        CatalogSnapshot catalog = call.Session.Catalog;
        HashSet<int> roles = [.. FixedServerRole(call).Select(r => r.Id)];
        IEnumerable<(string Name, byte[] Sid, IEnumerable<int> MemberOf)> members = catalog.Logins.Values.Select(l => (l.Name, l.Sid, (IEnumerable<int>)l.MemberOf))
            .Concat(catalog.ServerSecurity.Roles.Values.Select(r => (r.Name, BuiltinFunctions.ServerRoleSid(r.PrincipalId), (IEnumerable<int>)r.MemberOf)));
        call.Send([Column("ServerRole", Name), Column("MemberName", Name), Column("MemberSID", SidType)],
            from member in members
            from role in member.MemberOf
            where roles.Contains(role)
            let name = catalog.ServerSecurity.Roles[role].Name
            orderby name, member.Name
            select new[] { Text(name), Text(member.Name), SqlValue.FromBinary(member.Sid) });
        return 0;
    }

    private static IEnumerable<PrincipalDefinition> Roles(SystemProcedureCall call) =>
        call.Session.Catalog.Principals.Values.Where(p => p.Type == 'R' && (call.Text(0) is not { } name || Same(p.Name, name)));

    /// <summary>Error 15409 unless the argument names a role.</summary>
    private static void RequireRole(SystemProcedureCall call)
    {
        if (call.Text(0) is { } name && call.Session.Catalog.FindPrincipal(name) is not { Type: 'R' })
        {
            throw SqlErrors.Create(15409, name);
        }
    }

    /// <summary>Users with their roles and logins; with a role's name, its members.</summary>
    private static int HelpUser(SystemProcedureCall call)
    {
        CatalogSnapshot catalog = call.Session.Catalog;
        SqlType number = SqlType.Char(10);
        SqlValue Id(int id) => SqlValue.FromString(id.ToString(CultureInfo.InvariantCulture).PadRight(10), SqlTypeId.Char);
        string? asked = call.Text(0);
        if (asked is not null && catalog.FindPrincipal(asked) is not { } named)
        {
            throw SqlErrors.Create(15198, asked);
        }

        if (asked is not null && catalog.FindPrincipal(asked) is { Type: 'R' } role)
        {
            call.Send([Column("Role_name", Name), Column("Role_id", number), Column("Users_in_role", Name), Column("Userid", number)],
                catalog.Principals.Values.Where(p => p.MemberOf.Contains(role.PrincipalId)).OrderBy(p => p.Name, StringComparer.OrdinalIgnoreCase)
                    .Select(p => new[] { Text(role.Name), Id(role.PrincipalId), Text(p.Name), Id(p.PrincipalId) }));
            return 0;
        }

        call.Send(
            [Column("UserName", Name), Column("RoleName", Name), Column("LoginName", Name), Column("DefDBName", Name), Column("DefSchemaName", Name), Column("UserID", number), Column("SID", SidType)],
            from user in catalog.Principals.Values
            where user.Type != 'R' && (asked is null || Same(user.Name, asked))
            orderby user.Name
            let login = LoginOf(catalog, user)
            from roleId in user.MemberOf.Length == 0 ? [InitialCatalog.PublicId] : user.MemberOf
            select new[]
            {
                Text(user.Name), Text(catalog.Principals[roleId].Name), Text(login?.Name), Text(login?.DefaultDatabase), Text(user.DefaultSchema), Id(user.PrincipalId),
                user.PrincipalId is InitialCatalog.InformationSchemaId or InitialCatalog.SysId ? SqlValue.Null : SqlValue.FromBinary(user.Sid(catalog)),
            });
        return 0;
    }

    private static LoginDefinition? LoginOf(CatalogSnapshot catalog, PrincipalDefinition user) => user.PrincipalId == InitialCatalog.DboId ? catalog.Logins.GetValueOrDefault(catalog.OwnerLogin)
        : InitialCatalog.IsFixedPrincipal(user.PrincipalId) || user.LoginName is { Length: 0 } ? null
        : catalog.Logins.GetValueOrDefault(user.LoginName ?? user.Name);

    /// <summary>Two result sets: the logins, and what they are in each database. Errors 15247 and 15007.</summary>
    private static int HelpLogins(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        if (!ServerAccess.Of(session).Allows("ALTER ANY LOGIN"))
        {
            throw SqlErrors.Create(15247);
        }

        string? asked = call.Text(0);
        LoginDefinition[] logins = [.. session.Catalog.Logins.Values.Where(l => asked is null || Same(l.Name, asked)).OrderBy(l => l.Name, StringComparer.OrdinalIgnoreCase)];
        if (logins.Length == 0)
        {
            throw SqlErrors.Create(15007, asked);
        }

        (LoginDefinition Login, string Database, PrincipalDefinition User, CatalogSnapshot Catalog)[] users =
        [
            .. from login in logins
               from database in session.Server.Databases.OrderBy(d => d.DatabaseName, StringComparer.OrdinalIgnoreCase)
               from user in database.Principals.Values
               where user.Type != 'R' && LoginOf(database, user)?.PrincipalId == login.PrincipalId
               select (login, database.DatabaseName, user, database),
        ];
        call.Send(
            [Column("LoginName", Name), Column("SID", SidType), Column("DefDBName", Name), Column("DefLangName", Name), Column("AUser", SqlType.Char(5)), Column("ARemote", SqlType.Char(7))],
            logins.Select(l => new[]
            {
                Text(l.Name), SqlValue.FromBinary(l.Sid), Text(l.DefaultDatabase), Text(l.DefaultLanguage),
                SqlValue.FromString((users.Any(u => u.Login.PrincipalId == l.PrincipalId) ? "yes" : "NO").PadRight(5), SqlTypeId.Char), SqlValue.FromString("no     ", SqlTypeId.Char),
            }));
        call.Send([Column("LoginName", Name), Column("DBName", Name), Column("UserName", Name), Column("UserOrAlias", SqlType.Char(8))],
            users.SelectMany(u => (SqlValue[][])
            [
                .. u.User.MemberOf.Select(r => new[] { Text(u.Login.Name), Text(u.Database), Text(u.Catalog.Principals[r].Name), SqlValue.FromString("MemberOf", SqlTypeId.Char) }),
                [Text(u.Login.Name), Text(u.Database), Text(u.User.Name), SqlValue.FromString("User    ", SqlTypeId.Char)],
            ]));
        return 0;
    }

    private static readonly HashSet<string> OldActions = ["SELECT", "INSERT", "UPDATE", "DELETE", "EXECUTE", "REFERENCES", "CREATE TABLE", "CREATE VIEW", "CREATE PROCEDURE", "CREATE DEFAULT", "CREATE RULE", "CREATE FUNCTION", "CREATE DATABASE", "BACKUP DATABASE", "BACKUP LOG"];

    /// <summary>Permissions on objects ("o") and statements ("s"). Error 15330 when there are none to show.</summary>
    private static int HelpProtect(SystemProcedureCall call)
    {
        CatalogSnapshot catalog = call.Session.Catalog;
        string area = call.Text(3) ?? "o s";
        string? name = call.Text(0);
        IReadOnlyList<string>? parts = name is null ? null : Syntax.Parser.TryParseName(name);
        var rows = new List<(string Owner, string Object, string Grantee, string Grantor, string Protect, string Action, int ColumnId, string Column)>();
        foreach (PermissionDefinition p in catalog.Permissions)
        {
            if (p.Class is not (PrincipalAccess.DatabaseClass or PrincipalAccess.ObjectClass) || !area.Contains(p.Class == PrincipalAccess.ObjectClass ? 'o' : 's', StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            CatalogObject? value = p.Class == PrincipalAccess.ObjectClass ? catalog.Find(p.MajorId) : null;
            string grantee = catalog.Principals.GetValueOrDefault(p.GranteeId)?.Name ?? "";
            string grantor = catalog.Principals.GetValueOrDefault(p.GrantorId)?.Name ?? "";
            bool isNamed = name is null || (value is not null ? Same(value.Name, parts?[^1]) && (parts!.Count < 2 || Same(catalog.SchemaName(value.SchemaId), parts[^2])) : Same(p.Permission, name));
            if (!isNamed || (call.Text(1) is { } user && !Same(user, grantee)) || (call.Text(2) is { } by && !Same(by, grantor)))
            {
                continue;
            }

            string action = OldActions.Contains(p.Permission) ? CultureInfo.InvariantCulture.TextInfo.ToTitleCase(p.Permission.ToLowerInvariant()) : p.Permission;
            string column = value is null || p.Permission is not ("SELECT" or "UPDATE") ? "."
                : p.MinorId == 0 ? "(All+New)"
                : (value as TableDefinition)?.Columns.FirstOrDefault(c => c.ColumnId == p.MinorId)?.Name ?? (value as ModuleDefinition)?.Columns.ElementAtOrDefault(p.MinorId - 1)?.Name ?? ".";
            rows.Add((value is null ? "." : catalog.SchemaName(value.SchemaId) ?? ".", value?.Name ?? ".", grantee, grantor, p.State switch { 'D' => "Deny", 'W' => "Grant_WGO", _ => "Grant" }, action, p.MinorId, column));
        }

        if (rows.Count == 0)
        {
            throw SqlErrors.Create(15330);
        }

        call.Send(
            [Column("Owner", Name), Column("Object", Name), Column("Grantee", Name), Column("Grantor", Name), Column("ProtectType", SqlType.NVarChar(10)), Column("Action", SqlType.NVarChar(60)), Column("Column", Name)],
            rows.OrderBy(r => r.Owner, StringComparer.OrdinalIgnoreCase).ThenBy(r => r.Object, StringComparer.OrdinalIgnoreCase).ThenBy(r => r.Grantee, StringComparer.OrdinalIgnoreCase)
                .ThenBy(r => r.Grantor, StringComparer.OrdinalIgnoreCase).ThenBy(r => r.Protect, StringComparer.Ordinal).ThenBy(r => r.Action, StringComparer.OrdinalIgnoreCase).ThenBy(r => r.ColumnId)
                .Select(r => new[] { Text(r.Owner), Text(r.Object), Text(r.Grantee), Text(r.Grantor), Text(r.Protect.PadRight(10)), Text(r.Action), Text(r.Column) }));
        return 0;
    }
}
