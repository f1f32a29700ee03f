using NinaDB.Engine.Catalog.Dependencies;
using NinaDB.Engine.Clr;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>Procedures, functions, triggers, their text and parameters; assemblies; dependencies.</summary>
internal static partial class SystemViews
{
    private const string ModuleViewColumns =
        "object_id int, definition nvarchar(max) null, uses_ansi_nulls bit null, uses_quoted_identifier bit null, is_schema_bound bit null, uses_database_collation bit null, "
        + "is_recompiled bit null, null_on_null_input bit null, execute_as_principal_id int null, uses_native_compilation bit null, inline_type bit null, is_inlineable bit null";

    private const string ParameterViewColumns =
        "object_id int, name sysname null, parameter_id int, system_type_id tinyint, user_type_id int, max_length smallint, precision tinyint, scale tinyint, is_output bit, is_cursor_ref bit, "
        + "has_default_value bit, is_xml_document bit, default_value sql_variant null, xml_collection_id int, is_readonly bit, is_nullable bit null, encryption_type int null, "
        + "encryption_type_desc nvarchar(64) null, encryption_algorithm_name sysname null, column_encryption_key_id int null, column_encryption_key_database_name sysname null, "
        + "vector_dimensions int null, vector_base_type tinyint null, vector_base_type_desc nvarchar(10) null";

    private static void AddModuleViews(Action<SystemView> add)
    {
        add(Sys("procedures", ObjectColumns + ", is_auto_executed bit, is_execution_replicated bit null, is_repl_serializable_only bit null, skips_repl_constraints bit null",
            s => Modules(s, ObjectTypes.Procedure, ObjectTypes.ClrProcedure).Select(p => Extend(p, false, false, false, false))));
        add(Sys("sql_modules", ModuleViewColumns, SqlModules));
        add(Sys("all_sql_modules", ModuleViewColumns, SqlModules));
        add(Empty("system_sql_modules", ModuleViewColumns));
        add(Sys("parameters", ParameterViewColumns, s => Of<ModuleDefinition>(s).SelectMany(m => ParameterRows(s, m))));
        add(Sys("all_parameters", ParameterViewColumns, s => Of<ModuleDefinition>(s).SelectMany(m => ParameterRows(s, m))
            .Concat(Procedures.SystemProcedures.All.SelectMany(p => p.Parameters.Select((x, i) => ParameterRow(p.ObjectId, i + 1,
                new ParameterDefinition { Name = x.Name, Type = x.Type, IsOutput = x.IsOutput }))))));
        add(Sys("triggers",
            "name sysname, object_id int, parent_class tinyint, parent_class_desc nvarchar(60) null, parent_id int, type char(2), type_desc nvarchar(60) null, create_date datetime, "
            + "modify_date datetime, is_ms_shipped bit, is_disabled bit, is_not_for_replication bit, is_instead_of_trigger bit",
            s => Modules(s, ObjectTypes.Trigger).Select(t => new object?[]
            {
                t.Name, t.ObjectId, t.ParentObjectId == 0 ? 0 : 1, t.ParentObjectId == 0 ? "DATABASE" : "OBJECT_OR_COLUMN", t.ParentObjectId, t.External is null ? t.Type : "TA", t.External is null ? "SQL_TRIGGER" : "CLR_TRIGGER", t.CreateDate, t.ModifyDate, false, t.IsDisabled, false, t.IsInsteadOf,
            })));
        string eventColumns = "object_id int, type int, type_desc nvarchar(60), is_first bit null, is_last bit null, event_group_type int null, event_group_type_desc nvarchar(60) null";
        add(Sys("events", eventColumns + ", is_trigger_event bit null", TriggerEvents));
        add(Sys("trigger_events", eventColumns + ", is_trigger_event bit null", TriggerEvents));
        add(Sys("trigger_event_types", "type int, type_name nvarchar(64) null, parent_type int null",
            s => Execution.Ddl.DdlEvents.All.Select(e => new object?[] { e.Type, e.Name, e.Parent is 0 ? null : e.Parent })));
        AddAssemblyViews(add);
        add(Sys("sql_expression_dependencies",
            "referencing_id int, referencing_minor_id int, referencing_class tinyint null, referencing_class_desc nvarchar(60) null, is_schema_bound_reference bit, referenced_class tinyint null, "
            + "referenced_class_desc nvarchar(60) null, referenced_server_name sysname null, referenced_database_name sysname null, referenced_schema_name sysname null, "
            + "referenced_entity_name sysname null, referenced_id int null, referenced_minor_id int, is_caller_dependent bit, is_ambiguous bit",
            s => Of<ModuleDefinition>(s).SelectMany(m => Dependencies(s, m)).Concat(Of<TableDefinition>(s).SelectMany(t => Dependencies(s, t))).Concat(Of<SecurityPolicyDefinition>(s).Where(p => p.IsSchemaBound).SelectMany(p => Dependencies(s, p)))));
    }

    /// <summary>The assembly of hierarchyid, geometry and geography, which every database has.</summary>
    private const string SystemTypesAssembly = "microsoft.sqlserver.types, version=17.0.0.0, culture=neutral, publickeytoken=89845dcd8080cc91, processorarchitecture=msil";

    private static readonly DateTime SystemCreated = new(2025, 11, 18);

    private static void AddAssemblyViews(Action<SystemView> add)
    {
        add(Sys("assemblies",
            "name sysname, principal_id int, assembly_id int, clr_name nvarchar(4000) null, permission_set tinyint null, permission_set_desc nvarchar(60) null, is_visible bit, "
            + "create_date datetime, modify_date datetime, is_user_defined bit null",
            s => s.Catalog.Assemblies.Values.OrderBy(a => a.AssemblyId).Select(a => new object?[]
            {
                a.Name, 1, a.AssemblyId, a.ClrName, a.PermissionSet, a.PermissionSet switch { 1 => "SAFE_ACCESS", 2 => "EXTERNAL_ACCESS", _ => "UNSAFE_ACCESS" }, true, a.CreateDate, a.CreateDate, true,
            }).Prepend(["Microsoft.SqlServer.Types", 4, 1, SystemTypesAssembly, 3, "UNSAFE_ACCESS", true, SystemCreated, SystemCreated, false])));
        add(Sys("assembly_modules",
            "object_id int, assembly_id int, assembly_class sysname null, assembly_method sysname null, null_on_null_input bit null, execute_as_principal_id int null",
            s => Of<ModuleDefinition>(s).Where(m => m.External is not null).Select(m => new object?[]
            {
                m.ObjectId, s.Catalog.Assemblies.GetValueOrDefault(m.External!.Assembly)?.AssemblyId ?? 0, m.External.Class, m.External.Method.Length == 0 ? null : m.External.Method, m.ReturnsNullOnNullInput, m.ExecuteAsPrincipalId,
            })));
        add(Sys("function_order_columns", "object_id int, order_column_id int, column_id int, is_descending bit null",
            s => Modules(s, ObjectTypes.ClrTableFunction).SelectMany(m => Binding.ModuleSyntax.Function(m).Order.Select((o, i) => new object?[]
            {
                m.ObjectId, i + 1, m.Columns.Select((c, n) => c.Name.Equals(o.Name, StringComparison.OrdinalIgnoreCase) ? n + 1 : 0).Max(), o.IsDescending,
            }))));
        add(Sys("assembly_files", "assembly_id int, name nvarchar(260) null, file_id int, content varbinary(max) null",
            s => s.Catalog.Assemblies.Values.OrderBy(a => a.AssemblyId).SelectMany(a => a.Files.Select(f => new object?[] { a.AssemblyId, f.Name, f.FileId, f.Content }).Prepend([a.AssemblyId, a.Name, 1, a.Content]))));
        add(Sys("assembly_references", "assembly_id int, referenced_assembly_id int", s =>
            from a in s.Catalog.Assemblies.Values
            from reference in AssemblyInspector.Read(a.Content)?.References ?? []
            from b in s.Catalog.Assemblies.Values
            where AssemblyInspector.SimpleName(b.ClrName).Equals(reference, StringComparison.OrdinalIgnoreCase)
            select new object?[] { a.AssemblyId, b.AssemblyId }));
        add(Sys("trusted_assemblies", "hash varbinary(8000) null, description nvarchar(4000) null, create_date datetime2, created_by nvarchar(128)",
            s => s.Catalog.TrustedAssemblies.Values.Select(t => new object?[] { System.Convert.FromHexString(t.HashHex), t.Description, t.CreateDate, "sa" })));
    }

    private static IEnumerable<ModuleDefinition> Modules(EngineSession session, params string[] types) => Of<ModuleDefinition>(session).Where(m => types.Contains(m.Type) && m.ParentObjectId != Execution.Ddl.DdlExecutor.ServerTriggers);

    private static IEnumerable<object?[]> SqlModules(EngineSession session) => ModuleTexts(session).Concat(Of<BindableDefinition>(session).Select(b => new object?[]
    {
        b.ObjectId, b.Text, true, true, false, false, false, false, null, false, false, false,
    }));

    private static IEnumerable<object?[]> ModuleTexts(EngineSession session) => Of<ModuleDefinition>(session).Where(m => m.External is null && m.ParentObjectId != Execution.Ddl.DdlExecutor.ServerTriggers).Select(m => new object?[]
    {
        m.ObjectId, m.IsEncrypted ? null : m.Text, m.UsesAnsiNulls, m.UsesQuotedIdentifier, m.IsSchemaBound, false, false, m.ReturnsNullOnNullInput, m.ExecuteAsPrincipalId, false, m.Type == ObjectTypes.ScalarFunction, false,
    });

    private static IEnumerable<object?[]> ParameterRows(EngineSession session, ModuleDefinition module)
    {
        if (module.ReturnType is { } returned)
        {
            yield return ParameterRow(module.ObjectId, 0, new ParameterDefinition { Name = "", Type = returned, IsOutput = true });
        }

        for (int i = 0; i < module.Parameters.Length; i++)
        {
            ParameterDefinition parameter = module.Parameters[i];

            // As in SQL Server, defaults are kept for CLR modules alone; those of T-SQL stand in the text.
            bool hasDefault = module.External is not null && parameter.HasDefault;
            yield return ParameterRow(module.ObjectId, i + 1, parameter, hasDefault, hasDefault ? DefaultOf(session, module, i) : null);
        }
    }

    /// <summary>The default of a parameter as a sql_variant; null where that type cannot hold it.</summary>
    private static object? DefaultOf(EngineSession session, ModuleDefinition module, int index)
    {
        SqlType type = module.Parameters[index].Type;
        SqlValue value = Execution.Statements.ModuleRunner.DefaultOf(session, module, index);
        return value.IsNull || type.IsMax || type.Id is SqlTypeId.SqlVariant ? value : SqlValue.FromVariant(value, type);
    }

    private static object?[] ParameterRow(int objectId, int id, ParameterDefinition p, bool hasDefault = false, object? defaultValue = null)
    {
        // A cursor is passed by its handle.
        SqlType type = p.Type.Id == SqlTypeId.Cursor ? SqlType.Int : p.Type;
        bool isVector = type.Id == SqlTypeId.Vector;
        return
        [
            objectId, p.Name, id, SystemTypes.SystemTypeIdOf(type.Id), UserTypeId(type, p.UserTypeId), type.MaxLength, type.CatalogPrecision, CatalogScale(type), p.IsOutput, p.Type.Id == SqlTypeId.Cursor,
            hasDefault, type.XmlSchema is { IsDocument: true }, defaultValue, type.XmlSchema?.CollectionId ?? 0, p.IsReadOnly, true, null, null, null, null, null, isVector ? type.Length : null, isVector ? (type.IsHalfPrecision ? 1 : 0) : null,
            isVector ? (type.IsHalfPrecision ? "float16" : "float32") : null,
        ];
    }

    private static IEnumerable<object?[]> TriggerEvents(EngineSession session)
    {
        foreach (ModuleDefinition trigger in Modules(session, ObjectTypes.Trigger))
        {
            foreach (string name in trigger.TriggerEvents)
            {
                if (trigger.ParentObjectId != 0)
                {
                    yield return [trigger.ObjectId, name switch { "INSERT" => 1, "UPDATE" => 2, _ => 3 }, name, false, false, null, null, true];
                    continue;
                }

                foreach ((int type, string description, int? group, string? groupName) in Execution.Ddl.DdlEvents.Expand(name))
                {
                    yield return [trigger.ObjectId, type, description, false, false, group, groupName, true];
                }
            }
        }
    }

    /// <summary>For each predicate of a policy its table, the columns that it reads, and its function.</summary>
    private static IEnumerable<object?[]> Dependencies(EngineSession session, SecurityPolicyDefinition policy)
    {
        CatalogSnapshot catalog = session.Catalog;
        foreach (SecurityPredicateDefinition predicate in policy.Predicates.OrderBy(p => p.PredicateId))
        {
            if (catalog.Find<TableDefinition>(predicate.TargetObjectId) is not { } table || catalog.Find(predicate.FunctionId) is not { } function)
            {
                continue;
            }

            yield return Row(table, 0);
            foreach (string column in SyntaxWalker.ColumnNames(Execution.Ddl.DdlExpressions.Parse(predicate.Text)))
            {
                if (table.FindColumn(column) is >= 0 and int ordinal)
                {
                    yield return Row(table, table.Columns[ordinal].ColumnId);
                }
            }

            yield return Row(function, 0);

            object?[] Row(CatalogObject referenced, int minorId) =>
            [
                policy.ObjectId, predicate.PredicateId, 1, "OBJECT_OR_COLUMN", true, 1, "OBJECT_OR_COLUMN", null, null, catalog.SchemaName(referenced.SchemaId), referenced.Name, referenced.ObjectId, minorId,
                false, false,
            ];
        }
    }

    /// <summary>What a module's text names, resolved where it can be; the columns too where it is bound to its schema.</summary>
    private static IEnumerable<object?[]> Dependencies(EngineSession session, ModuleDefinition module)
    {
        bool isDdlTrigger = module.Type == ObjectTypes.Trigger && module.ParentObjectId == 0;
        foreach (EntityReference reference in ReferenceCollector.Of(session, module, withColumns: module.IsSchemaBound).References)
        {
            bool isBound = module.IsSchemaBound || reference.Class == EntityReference.TypeClass;
            yield return Row(reference, 0);
            foreach (ColumnReference column in reference.Columns.Values.Where(_ => module.IsSchemaBound))
            {
                yield return Row(reference, column.ColumnId);
            }

            object?[] Row(EntityReference r, int minorId) =>
            [
                module.ObjectId, 0, isDdlTrigger ? 12 : 1, isDdlTrigger ? "DATABASE_DDL_TRIGGER" : "OBJECT_OR_COLUMN", isBound, r.Class, r.ClassName, r.Server, r.Database, r.Schema, r.Name,
                r.Database is null || r.Server is not null ? r.Id : null, minorId, r.IsCallerDependent, false,
            ];
        }
    }

    /// <summary>What computed columns, checks and defaults use: columns of their table, and functions.</summary>
    private static IEnumerable<object?[]> Dependencies(EngineSession session, TableDefinition table)
    {
        foreach ((int id, EntityReference reference) in ReferenceCollector.Of(session, table))
        {
            foreach (int minorId in reference.IsColumnsOnly ? reference.Columns.Keys.AsEnumerable() : [0])
            {
                yield return
                [
                    id, reference.ReferencingMinorId, 1, "OBJECT_OR_COLUMN", true, 1, "OBJECT_OR_COLUMN", null, null, reference.Schema, reference.Name, reference.Id, minorId, false, false,
                ];
            }
        }
    }
}
