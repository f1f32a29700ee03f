using NinaDB.Engine.Execution.Ddl;
using NinaDB.Engine.Functions;
using NinaDB.Engine.Security;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>Principals and permissions of the server.</summary>
internal static partial class SystemViews
{
    private const string PermissionColumns =
        "class tinyint, class_desc nvarchar(60) null, major_id int, minor_id int, grantee_principal_id int, grantor_principal_id int, type char(4), permission_name nvarchar(128) null, "
        + "state char(1), state_desc nvarchar(60) null";

    private static void AddServerSecurityViews(Action<SystemView> add)
    {
        add(Sys("server_principals",
            "name sysname, principal_id int, sid varbinary(85) null, type char(1), type_desc nvarchar(60) null, is_disabled bit null, create_date datetime, modify_date datetime, "
            + "default_database_name sysname null, default_language_name sysname null, credential_id int null, owning_principal_id int null, is_fixed_role bit, tenant_id uniqueidentifier null",
            s => s.Catalog.Logins.Values.Select(l => (Id: l.PrincipalId, Row: (object?[])[.. LoginRow(s.Catalog, l), null, null, false, l.Type == 'S' ? Guid.Empty : null]))
                .Concat(s.Catalog.ServerSecurity.Roles.Values.Select(r => (Id: r.PrincipalId, Row: ServerRoleRow(r))))
                .OrderBy(p => p.Id).Select(p => p.Row)));
        add(Sys("sql_logins",
            "name sysname, principal_id int, sid varbinary(85) null, type char(1), type_desc nvarchar(60) null, is_disabled bit null, create_date datetime, modify_date datetime, "
            + "default_database_name sysname null, default_language_name sysname null, credential_id int null, is_policy_checked bit null, is_expiration_checked bit null, password_hash varbinary(256) null",
            s => s.Catalog.Logins.Values.Where(l => l.Type == 'S').OrderBy(l => l.PrincipalId).Select(l => (object?[])[.. LoginRow(s.Catalog, l), null, l.IsPolicyChecked, l.IsExpirationChecked, null])));
        add(Sys("server_role_members", "role_principal_id int, member_principal_id int",
            s => s.Catalog.Logins.Values.Select(l => (l.PrincipalId, l.MemberOf)).Concat(s.Catalog.ServerSecurity.Roles.Values.Select(r => (r.PrincipalId, r.MemberOf)))
                .SelectMany(m => m.MemberOf.Select(r => new object?[] { r, m.PrincipalId }))));
        add(Sys("server_triggers",
            "name sysname, object_id int, parent_class tinyint, parent_class_desc nvarchar(60) null, parent_id int, type char(2), type_desc nvarchar(60) null, create_date datetime, modify_date datetime, "
            + "is_ms_shipped bit, is_disabled bit",
            s => ServerTriggers(s).Select(t => new object?[] { t.Name, t.ObjectId, 100, "SERVER", 0, t.Type, "SQL_TRIGGER", t.CreateDate, t.ModifyDate, false, t.IsDisabled })));
        add(Sys("server_trigger_events",
            "object_id int, type int, type_desc nvarchar(60) null, is_trigger_event bit null, event_group_type int null, event_group_type_desc nvarchar(60) null, is_first bit null, is_last bit null",
            s => ServerTriggers(s).SelectMany(t => t.TriggerEvents.SelectMany(name => name == DdlExecutor.Logon
                ? [[t.ObjectId, LogonType, DdlExecutor.Logon, true, null, null, false, false]]
                : DdlEvents.Expand(name).Select(e => new object?[] { t.ObjectId, e.Type, e.Name, true, e.Group, e.GroupName, false, false })))));
        add(Sys("server_permissions", PermissionColumns, s => s.Catalog.ServerSecurity.Permissions.Select(PermissionRow)));
    }

    /// <summary>Number of the event LOGON.</summary>
    private const int LogonType = 147;

    private static IEnumerable<ModuleDefinition> ServerTriggers(EngineSession session) => ServerAccess.Of(session) is { } access && (access.Allows("VIEW ANY DEFINITION") || access.Allows("CONTROL SERVER"))
        ? session.Server.Master.TriggersOn(DdlExecutor.ServerTriggers)
        : [];

    private static object?[] LoginRow(CatalogSnapshot catalog, LoginDefinition l) =>
    [
        l.Name, l.PrincipalId, l.Sid, l.Type.ToString(), TypeName(l.Type, isServer: true), l.IsDisabled, l.CreateDate ?? catalog.DatabaseCreateDate, l.ModifyDate ?? l.CreateDate ?? catalog.DatabaseCreateDate,
        l.DefaultDatabase, l.DefaultLanguage,
    ];

    private static object?[] ServerRoleRow(ServerRoleDefinition r) =>
    [
        r.Name, r.PrincipalId, BuiltinFunctions.ServerRoleSid(r.PrincipalId), "R", "SERVER_ROLE", false, r.CreateDate, r.ModifyDate, null, null, null, r.OwnerId,
        r.IsFixed && r.PrincipalId != FixedServerRoles.Public, null,
    ];
}
