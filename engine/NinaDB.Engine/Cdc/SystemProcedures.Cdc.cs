using System.Collections.Immutable;
using NinaDB.Engine.Cdc;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Security;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>sys.sp_cdc_*: enabling and disabling change data capture.</summary>
internal static partial class SystemProcedures
{
    private const int MaximumInstanceName = 100;
    private const int MaximumInstances = 2;
    private const int MaximumKeyColumns = 14;

    /// <summary>A table has at most 1,024 columns, six of which are a change table's own.</summary>
    private const int MaximumCapturedColumns = 1018;

    private static void AddCdcProcedures(Action<SystemProcedure> add)
    {
        add(Changes("sp_cdc_enable_db", EnableCdc));
        add(Changes("sp_cdc_disable_db", DisableCdc));
        add(Changes("sp_cdc_enable_table", EnableCdcTable,
            Required("@source_schema", Name), Required("@source_name", Name), Optional("@capture_instance", Name), Optional("@supports_net_changes", SqlType.Bit), Required("@role_name", Name),
            Optional("@index_name", Name), Optional("@captured_column_list", SqlType.NVarCharMax), Optional("@filegroup_name", Name), Optional("@allow_partition_switch", SqlType.Bit, SqlValue.FromBit(true))));
        add(Changes("sp_cdc_disable_table", DisableCdcTable, Required("@source_schema", Name), Required("@source_name", Name), Required("@capture_instance", Name)));
        AddCdcHelpProcedures(add);
        AddCdcJobProcedures(add);
    }

    private static int EnableCdc(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        if (session.PrincipalId != InitialCatalog.DboId)
        {
            throw SqlErrors.Create(22902, "sysadmin");
        }

        if (CdcCatalog.IsEnabled(session.Catalog))
        {
            call.Inform(22905, session.Catalog.DatabaseName);
            return 0;
        }

        new CdcInstaller(session, call.Context).EnableDatabase();
        return 0;
    }

    private static int DisableCdc(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        if (session.PrincipalId != InitialCatalog.DboId)
        {
            throw SqlErrors.Create(22902, "sysadmin");
        }

        RequireCdc(session);
        new CdcInstaller(session, call.Context).DisableDatabase();
        return 0;
    }

    /// <summary>Error 22901 unless the database is enabled.</summary>
    private static void RequireCdc(EngineSession session)
    {
        if (!CdcCatalog.IsEnabled(session.Catalog))
        {
            throw SqlErrors.Create(22901, session.Catalog.DatabaseName);
        }
    }

    /// <summary>Error 22904 unless the caller owns the database, then 22901.</summary>
    private static void RequireCdcOwner(EngineSession session)
    {
        if (!Principals.IsOwner(session.Catalog, session.PrincipalId))
        {
            throw SqlErrors.Create(22904);
        }

        RequireCdc(session);
    }

    /// <summary>A name argument without trailing blanks; error 22963 when there is none.</summary>
    private static string RequireText(SystemProcedureCall call, int index, string parameter) =>
        call.Text(index)?.TrimEnd() is { Length: > 0 } text ? text : throw SqlErrors.Create(22963, parameter);

    private static int EnableCdcTable(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        RequireCdcOwner(session);
        string schema = RequireText(call, 0, "@source_schema");
        string name = RequireText(call, 1, "@source_name");
        string? role = call.Text(4)?.TrimEnd();
        if (role is { Length: 0 })
        {
            throw SqlErrors.Create(22907);
        }

        if (role is not null && session.Catalog.FindPrincipal(role) is { Type: not 'R' })
        {
            throw SqlErrors.Create(22938, role);
        }

        if (Same(schema, CdcCatalog.SchemaName))
        {
            throw SqlErrors.Create(22974);
        }

        if (session.Catalog.Find(schema, name) is not TableDefinition source)
        {
            throw SqlErrors.Create(22931, schema, name);
        }

        schema = session.Catalog.SchemaName(source.SchemaId)!;
        name = source.Name;
        if (source.IsNode || source.IsEdge)
        {
            throw SqlErrors.Create(13927, $"{schema}.{name}");
        }

        string instance = call.Text(2)?.TrimEnd() is { Length: > 0 } given ? given : $"{schema}_{name}";
        if (instance.Length > MaximumInstanceName)
        {
            throw SqlErrors.Create(22927, instance);
        }

        if (session.Catalog.ChangeTablesOf(source.ObjectId).Count >= MaximumInstances)
        {
            throw SqlErrors.Create(22962, schema, name);
        }

        if (CdcCatalog.FindChangeTable(session.Catalog, instance) is not null)
        {
            throw SqlErrors.Create(22926, instance);
        }

        string? filegroup = call.Text(7)?.TrimEnd();
        if (filegroup is { Length: > 0 } && !Filegroups.All(session.Catalog).Contains(filegroup, StringComparer.OrdinalIgnoreCase))
        {
            throw SqlErrors.Create(22973, filegroup, session.Catalog.DatabaseName);
        }

        IndexDefinition? index = IdentifyingIndex(call, source, schema);
        bool supportsNet = call.Arguments[3].IsNull ? index is not null : call.Arguments[3].AsBoolean;
        if (supportsNet && index is null)
        {
            throw SqlErrors.Create(22939);
        }

        if (supportsNet && index!.KeyColumns.Length > MaximumKeyColumns)
        {
            throw SqlErrors.Create(22865, index.Name, schema, name);
        }

        ImmutableArray<ColumnDefinition> columns = CapturedColumns(call.Text(6), source, schema);
        if (columns.Length > MaximumCapturedColumns)
        {
            throw SqlErrors.Create(22925, instance, MaximumCapturedColumns);
        }

        if (index is not null && index.KeyColumns.Any(k => columns.All(c => c.ColumnId != k.ColumnId)))
        {
            throw SqlErrors.Create(22943);
        }

        if (call.IsPassed[8] && !call.Arguments[8].IsNull && !call.Arguments[8].AsBoolean)
        {
            call.Inform(22857);
        }

        new CdcInstaller(session, call.Context).EnableTable(new CaptureRequest(source, schema, instance, columns, index, supportsNet, role, string.IsNullOrEmpty(filegroup) ? null : filegroup));
        return 0;
    }

    /// <summary>The index named by @index_name, else the primary key, else null. Errors 22928, 22929, 22980, 22838.</summary>
    private static IndexDefinition? IdentifyingIndex(SystemProcedureCall call, TableDefinition source, string schema)
    {
        if (call.Text(5)?.TrimEnd() is not { Length: > 0 } name)
        {
            return source.Indexes.FirstOrDefault(i => i.IsPrimaryKey);
        }

        IndexDefinition index = source.Indexes.FirstOrDefault(i => Same(i.Name, name)) ?? throw SqlErrors.Create(22928, name, schema, source.Name);
        if (!index.IsUnique || index.FilterText is not null)
        {
            throw SqlErrors.Create(22929, name, schema, source.Name);
        }

        if (index.IsDisabled)
        {
            throw SqlErrors.Create(22980, name, schema, source.Name);
        }

        return index.KeyColumns.Any(k => source.Columns[source.OrdinalOf(k.ColumnId)].IsNullable) ? throw SqlErrors.Create(22838, name, schema, source.Name) : index;
    }

    /// <summary>
    /// The columns to capture in the order of the source. Errors 22930, 22965, 22975; vector, json and FILESTREAM columns, of whose capture no documentation speaks, are refused.
    /// </summary>
    private static ImmutableArray<ColumnDefinition> CapturedColumns(string? list, TableDefinition source, string schema)
    {
        HashSet<int>? wanted = null;
        if (!string.IsNullOrWhiteSpace(list))
        {
            wanted = [];
            foreach (string name in ColumnList.Parse(list))
            {
                int ordinal = source.FindColumn(name);
                wanted.Add(ordinal >= 0 ? source.Columns[ordinal].ColumnId : throw SqlErrors.Create(22930, name, schema, source.Name));
            }
        }

        ImmutableArray<ColumnDefinition> columns = [.. source.Columns.Where(c => wanted is null || wanted.Contains(c.ColumnId))];
        foreach (ColumnDefinition column in columns)
        {
            if (CaptureInstance.ReservedNames.Contains(column.Name, StringComparer.OrdinalIgnoreCase))
            {
                throw SqlErrors.Create(22975, source.Name);
            }

            RequireCapturable(column);
        }

        return columns;
    }

    /// <summary>Error 40517 that names a column of a type that is not captured.</summary>
    internal static void RequireCapturable(ColumnDefinition column)
    {
        string? kind = column.IsFileStream ? "FILESTREAM" : column.Type.Id is SqlTypeId.Vector or SqlTypeId.Json ? column.Type.Name : null;
        if (kind is not null)
        {
            throw SqlErrors.NotSupported($"change data capture of the {kind} column '{column.Name}' (leave it out of @captured_column_list)");
        }
    }

    private static int DisableCdcTable(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        RequireCdcOwner(session);
        string schema = RequireText(call, 0, "@source_schema");
        string name = RequireText(call, 1, "@source_name");
        string instance = RequireText(call, 2, "@capture_instance");
        if (session.Catalog.Find(schema, name) is not TableDefinition source)
        {
            throw SqlErrors.Create(22931, schema, name);
        }

        IReadOnlyList<TableDefinition> tables = session.Catalog.ChangeTablesOf(source.ObjectId);
        if (tables.Count == 0)
        {
            throw SqlErrors.Create(22985, schema, name);
        }

        TableDefinition[] chosen = [.. tables.Where(t => Same(instance, "all") || Same(CaptureInstance.Of(t).Name, instance))];
        if (chosen.Length == 0)
        {
            throw SqlErrors.Create(22960, instance, schema, name);
        }

        var installer = new CdcInstaller(session, call.Context);
        foreach (TableDefinition table in chosen)
        {
            installer.DropInstance(table);
        }

        return 0;
    }
}
