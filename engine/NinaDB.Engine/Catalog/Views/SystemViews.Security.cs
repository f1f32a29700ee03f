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
        add(Sys("database_permissions", PermissionColumns, s => s.Catalog.Permissions.Select(PermissionRow)));
        AddServerSecurityViews(add);
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
        bool hasLogin = p.PrincipalId == InitialCatalog.DboId || (p.LoginName is not { Length: 0 } && catalog.Logins.ContainsKey(p.LoginName ?? p.Name));
        return
        [
            p.Name, p.PrincipalId, p.Type.ToString(), TypeName(p.Type, isServer: false), p.DefaultSchema, catalog.DatabaseCreateDate, catalog.DatabaseCreateDate, isRole ? p.OwnerId : null,
            p.PrincipalId is InitialCatalog.InformationSchemaId or InitialCatalog.SysId ? null : p.Sid(catalog), p.IsFixedRole, hasLogin && !isRole ? 1 : 0, hasLogin && !isRole ? "INSTANCE" : "NONE", p.DefaultLanguage, null, false,
        ];
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
