using NinaDB.Engine.Session;

namespace NinaDB.Engine.Catalog;

/// <summary>Views that scripts of administrators read: tokens, usages of types, transactions, and features of which this host has none.</summary>
internal static partial class SystemViews
{
    private static void AddMoreViews(Action<SystemView> add)
    {
        add(Empty("openkeys", "database_id int null, database_name sysname null, key_id int null, key_name sysname null, key_guid uniqueidentifier null, opened_date datetime null, status smallint null"));
        add(Empty("cryptographic_providers", "provider_id int, name sysname, guid uniqueidentifier null, version nvarchar(24) null, dll_path nvarchar(260) null, is_enabled bit"));
        add(Sys("numbered_procedures", "object_id int, procedure_number smallint null, definition nvarchar(max) null",
            s => Of<ModuleDefinition>(s).SelectMany(m => m.Numbered.Select(n => new object?[] { m.ObjectId, n.Number, n.IsEncrypted ? null : n.Text }))));
        add(Sys("numbered_procedure_parameters", "object_id int, procedure_number smallint null, name sysname null, parameter_id int, system_type_id tinyint, user_type_id int, max_length smallint, precision tinyint, scale tinyint, is_output bit, is_cursor_ref bit",
            s => Of<ModuleDefinition>(s).SelectMany(m => m.Numbered.SelectMany(n => n.Parameters.Select((p, i) => (object?[])[m.ObjectId, n.Number, .. ParameterRow(m.ObjectId, i + 1, p)[1..10]])))));
        add(Empty("internal_tables", ObjectColumns + ", internal_type tinyint null, internal_type_desc nvarchar(60) null, parent_id int, parent_minor_id int, lob_data_space_id int, filestream_data_space_id int null"));
        add(Empty("plan_guides", "plan_guide_id int, name sysname, create_date datetime, modify_date datetime, is_disabled bit null, query_text nvarchar(max) null, scope_type tinyint null, scope_type_desc nvarchar(60) null, scope_object_id int null, scope_batch nvarchar(max) null, parameters nvarchar(max) null, hints nvarchar(max) null"));
        add(Empty("dm_os_performance_counters", "object_name nchar(128), counter_name nchar(128), instance_name nchar(128) null, cntr_value bigint, cntr_type int"));
        add(Empty("dm_db_missing_index_details",
            "index_handle int, database_id smallint, object_id int, equality_columns nvarchar(4000) null, inequality_columns nvarchar(4000) null, included_columns nvarchar(4000) null, statement nvarchar(4000)"));
        add(Empty("dm_db_missing_index_groups", "index_group_handle int, index_handle int"));
        add(Empty("dm_db_missing_index_group_stats",
            "group_handle int, unique_compiles bigint, user_seeks bigint, user_scans bigint, last_user_seek datetime null, last_user_scan datetime null, avg_total_user_cost float null, avg_user_impact float null, "
            + "system_seeks bigint, system_scans bigint, last_system_seek datetime null, last_system_scan datetime null, avg_total_system_cost float null, avg_system_impact float null"));
        add(Sys("endpoints",
            "name sysname, endpoint_id int, principal_id int null, protocol tinyint, protocol_desc nvarchar(60) null, type tinyint, type_desc nvarchar(60) null, state tinyint null, state_desc nvarchar(60) null, is_admin_endpoint bit",
            _ =>
            [
                ["Dedicated Admin Connection", 1, 1, 2, "TCP", 2, "TSQL", 0, "STARTED", true], ["TSQL Local Machine", 2, 1, 4, "SHARED_MEMORY", 2, "TSQL", 0, "STARTED", false],
                ["TSQL Named Pipes", 3, 1, 3, "NAMED_PIPES", 2, "TSQL", 0, "STARTED", false], ["TSQL Default TCP", 4, 1, 2, "TCP", 2, "TSQL", 0, "STARTED", false],
                ["TSQL Default VIA", 5, 1, 5, "VIA", 2, "TSQL", 0, "STARTED", false],
            ]));
        add(Sys("user_token", "principal_id int null, sid varbinary(85) null, name nvarchar(128) null, type nvarchar(128) null, usage nvarchar(128) null", UserTokens));
        add(Sys("login_token", "principal_id int null, sid varbinary(85) null, name nvarchar(128) null, type nvarchar(128) null, usage nvarchar(128) null",
            s => s.Catalog.Logins.TryGetValue(s.CurrentLogin, out LoginDefinition? login)
                ? [
                    [login.PrincipalId, login.Sid, login.Name, "SQL LOGIN", "GRANT OR DENY"],
                    .. Security.ServerAccess.IdentitiesOf(s.Catalog.ServerSecurity, login.PrincipalId, login.MemberOf).Where(s.Catalog.ServerSecurity.Roles.ContainsKey).Order()
                        .Select(r => new object?[] { r, Functions.BuiltinFunctions.ServerRoleSid(r), s.Catalog.ServerSecurity.Roles[r].Name, "SERVER ROLE", "GRANT OR DENY" }),
                ]
                : []));
        add(Sys("column_type_usages", "object_id int, column_id int, user_type_id int",
            s => Of<TableDefinition>(s).SelectMany(t => t.Columns.Where(c => c.UserTypeId > 0).Select(c => new object?[] { t.ObjectId, c.ColumnId, c.UserTypeId }))));
        add(Sys("parameter_type_usages", "object_id int, parameter_id int, user_type_id int",
            s => Of<ModuleDefinition>(s).SelectMany(m => m.Parameters.Select((p, i) => (p, i)).Where(x => x.p.UserTypeId > 0).Select(x => new object?[] { m.ObjectId, x.i + 1, x.p.UserTypeId }))));
        add(Sys("sql_dependencies",
            "class tinyint, class_desc nvarchar(60) null, object_id int, column_id int, referenced_major_id int, referenced_minor_id int, is_selected bit, is_updated bit, is_select_all bit",
            s => Rows(s, "sql_expression_dependencies").Where(r => !r["referenced_id"].IsNull)
                .Select(r => (object?[])[0, "OBJECT_OR_COLUMN_REFERENCE_NON_SCHEMA_BOUND", r["referencing_id"], 0, r["referenced_id"], 0, true, false, false])));
        add(Sys("sysreferences",
            "constid int, fkeyid int, rkeyid int, rkeyindid smallint null, keycnt smallint null",
            s => Of<TableDefinition>(s).SelectMany(t => t.ForeignKeys.Select(k => new object?[] { k.ObjectId, t.ObjectId, k.ReferencedObjectId, 1, k.ColumnIds.Length }))));
        add(Sys("sysconstraints", "constid int, id int, colid smallint null, spare1 tinyint null, status int null, actions int null, error int null",
            s => Of<TableDefinition>(s).SelectMany(CatalogSnapshot.ConstraintsOf).Select(c => new object?[]
            {
                c.ObjectId, c.Table.ObjectId, 0, 0, c.Type switch { ObjectTypes.PrimaryKey => 1, ObjectTypes.Unique => 2, ObjectTypes.ForeignKey => 3, ObjectTypes.Check => 4, ObjectTypes.Default => 5, _ => 0 }, 4096, 0,
            })));
        add(Sys("sysmembers", "memberuid smallint null, groupuid smallint null",
            s => s.Catalog.Principals.Values.OrderBy(p => p.PrincipalId).SelectMany(p => p.MemberOf.Select(r => new object?[] { p.PrincipalId, r }))));
        add(Sys("sysfilegroups", "groupid smallint null, allocpolicy smallint null, status int null, groupname sysname",
            s => Filegroups.All(s.Catalog).Select((g, i) => new object?[] { i + 1, 0, i == 0 ? 16 : 0, g })));
    }

    /// <summary>The user and the roles it is in, as permission checks see them.</summary>
    private static IEnumerable<object?[]> UserTokens(EngineSession session)
    {
        foreach (int id in Security.Principals.IdentitiesOf(session.Catalog, session.PrincipalId).OrderBy(i => i == session.PrincipalId ? -1 : i))
        {
            if (session.Catalog.Principals.TryGetValue(id, out PrincipalDefinition? principal))
            {
                yield return [id, null, principal.Name, principal.Type == 'R' ? "ROLE" : "SQL USER", "GRANT OR DENY"];
            }
        }
    }
}
