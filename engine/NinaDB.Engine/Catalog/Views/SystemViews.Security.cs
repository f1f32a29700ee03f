using System.Buffers.Binary;
using NinaDB.Engine.Security;

namespace NinaDB.Engine.Catalog;

/// <summary>Principals and permissions of the database and the server.</summary>
internal static partial class SystemViews
{
    private static void AddSecurityViews(Action<SystemView> add)
    {
        add(Sys("database_principals",
            "name sysname, principal_id int, type char(1), type_desc nvarchar(60) null, default_schema_name sysname null, create_date datetime, modify_date datetime, "
            + "owning_principal_id int null, sid varbinary(85) null, is_fixed_role bit, authentication_type int, authentication_type_desc nvarchar(60) null, "
            + "default_language_name sysname null, default_language_lcid int null, allow_encrypted_value_modifications bit",
            s => s.Catalog.Principals.Values.OrderBy(p => p.PrincipalId).Select(p => PrincipalRow(s.Catalog, p))));
        add(Sys("database_role_members", "role_principal_id int, member_principal_id int",
            s => s.Catalog.Principals.Values.OrderBy(p => p.PrincipalId).SelectMany(p => p.MemberOf.Select(r => new object?[] { r, p.PrincipalId }))));
        add(Sys("database_permissions",
            "class tinyint, class_desc nvarchar(60) null, major_id int, minor_id int, grantee_principal_id int, grantor_principal_id int, type char(4), permission_name nvarchar(128) null, "
            + "state char(1), state_desc nvarchar(60) null",
            s => s.Catalog.Permissions.Where(p => p.Class != 100).Select(PermissionRow)));
        string serverColumns =
            "name sysname, principal_id int, sid varbinary(85) null, type char(1), type_desc nvarchar(60) null, is_disabled bit null, create_date datetime, modify_date datetime, "
            + "default_database_name sysname null, default_language_name sysname null, credential_id int null, owning_principal_id int null, is_fixed_role bit";
        add(Sys("server_principals", serverColumns, s => s.Catalog.Logins.Values.OrderBy(l => l.PrincipalId).Select(l => LoginRow(s.Catalog, l)).Concat(ServerRoles(s.Catalog))));
        add(Sys("sql_logins",
            "name sysname, principal_id int, sid varbinary(85) null, type char(1), type_desc nvarchar(60) null, is_disabled bit null, create_date datetime, modify_date datetime, "
            + "default_database_name sysname null, default_language_name sysname null, credential_id int null, is_policy_checked bit null, is_expiration_checked bit null, password_hash varbinary(256) null",
            s => s.Catalog.Logins.Values.Where(l => l.Type == 'S').OrderBy(l => l.PrincipalId).Select(l => (object?[])[.. LoginRow(s.Catalog, l)[..11], false, false, null])));
        add(Sys("server_role_members", "role_principal_id int, member_principal_id int", s => [[3, 1]]));
        add(Sys("server_permissions",
            "class tinyint, class_desc nvarchar(60) null, major_id int, minor_id int, grantee_principal_id int, grantor_principal_id int, type char(4), permission_name nvarchar(128) null, "
            + "state char(1), state_desc nvarchar(60) null",
            s => s.Catalog.Permissions.Where(p => p.Class == 100).Select(PermissionRow)));
        add(Sys("security_policies", ObjectColumns + ", is_enabled bit, is_not_for_replication bit, uses_database_collation bit null, is_schema_bound bit",
            s => Of<SecurityPolicyDefinition>(s).Select(p => Extend(p, p.IsEnabled, p.IsNotForReplication, p.IsSchemaBound, p.IsSchemaBound))));
        add(Sys("security_predicates",
            "object_id int, security_predicate_id int, target_object_id int, predicate_definition nvarchar(max) null, predicate_type int null, predicate_type_desc nvarchar(60) null, "
            + "operation int null, operation_desc nvarchar(60) null",
            s => Of<SecurityPolicyDefinition>(s).SelectMany(policy => policy.Predicates.OrderBy(p => p.PredicateId).Select(p => PredicateRow(policy, p)))));
    }

    private static object?[] PredicateRow(SecurityPolicyDefinition policy, SecurityPredicateDefinition p) =>
    [
        policy.ObjectId, p.PredicateId, p.TargetObjectId, p.Text, p.IsBlock ? 1 : 0, p.IsBlock ? "BLOCK" : "FILTER",
        p.Operation == SecurityOperation.None ? null : (int)p.Operation,
        p.Operation switch
        {
            SecurityOperation.AfterInsert => "AFTER INSERT",
            SecurityOperation.AfterUpdate => "AFTER UPDATE",
            SecurityOperation.BeforeUpdate => "BEFORE UPDATE",
            SecurityOperation.BeforeDelete => "BEFORE DELETE",
            _ => null,
        },
    ];

    private static object?[] PrincipalRow(CatalogSnapshot catalog, PrincipalDefinition p)
    {
        bool isRole = p.Type == 'R';
        bool hasLogin = catalog.Logins.ContainsKey(p.Name) || p.PrincipalId == InitialCatalog.DboId;
        return
        [
            p.Name, p.PrincipalId, p.Type.ToString(), TypeName(p.Type, isServer: false), p.DefaultSchema, catalog.DatabaseCreateDate, catalog.DatabaseCreateDate, isRole ? p.OwnerId : null,
            p.PrincipalId is InitialCatalog.InformationSchemaId or InitialCatalog.SysId ? null : Sid(p.PrincipalId), p.IsFixedRole, hasLogin && !isRole ? 1 : 0, hasLogin && !isRole ? "INSTANCE" : "NONE", null, null, false,
        ];
    }

    private static object?[] LoginRow(CatalogSnapshot catalog, LoginDefinition l) =>
    [
        l.Name, l.PrincipalId, Sid(l.PrincipalId), l.Type.ToString(), TypeName(l.Type, isServer: true), l.IsDisabled, catalog.DatabaseCreateDate, catalog.DatabaseCreateDate, l.DefaultDatabase, "us_english",
        null, null, false,
    ];

    private static IEnumerable<object?[]> ServerRoles(CatalogSnapshot catalog)
    {
        string[] names = ["public", "sysadmin", "securityadmin", "serveradmin", "setupadmin", "processadmin", "diskadmin", "dbcreator", "bulkadmin"];
        return names.Select((name, i) => new object?[]
        {
            name, i + 2, Sid(i + 2), "R", "SERVER_ROLE", false, catalog.DatabaseCreateDate, catalog.DatabaseCreateDate, null, null, null, 1, i > 0,
        });
    }

    /// <summary>sa and dbo have sid 0x01; others a stable one made of their id.</summary>
    private static byte[] Sid(int principalId)
    {
        if (principalId == 1)
        {
            return [1];
        }

        var sid = new byte[16];
        BinaryPrimitives.WriteInt32BigEndian(sid.AsSpan(12), principalId);
        return sid;
    }

    private static string TypeName(char type, bool isServer) => type switch
    {
        'R' => isServer ? "SERVER_ROLE" : "DATABASE_ROLE",
        'U' => isServer ? "WINDOWS_LOGIN" : "WINDOWS_USER",
        'E' => isServer ? "EXTERNAL_LOGIN" : "EXTERNAL_USER",
        _ => isServer ? "SQL_LOGIN" : "SQL_USER",
    };

    private static object?[] PermissionRow(PermissionDefinition p) =>
    [
        p.Class, PermissionNames.ClassDescription(p.Class), p.MajorId, p.MinorId, p.GranteeId, p.GrantorId, PermissionNames.Code(p.Permission, p.Class) ?? "", p.Permission, p.State.ToString(),
        p.State switch { 'D' => "DENY", 'W' => "GRANT_WITH_GRANT_OPTION", 'R' => "REVOKE", _ => "GRANT" },
    ];
}
