using System.Collections.Immutable;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Ddl;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Cdc;

/// <summary>What a capture instance is made from, checked.</summary>
internal sealed record CaptureRequest(TableDefinition Source, string Schema, string Instance, ImmutableArray<ColumnDefinition> Columns, IndexDefinition? Index, bool SupportsNetChanges, string? Role, string? Filegroup);

/// <summary>Makes and removes the objects of change data capture: schema, user, metadata tables, change tables, functions, grants.</summary>
internal sealed class CdcInstaller(EngineSession session, ExecutionContext context)
{
    private const int DbOwnerId = 16384;

    private const string MetadataTables = """
        CREATE TABLE cdc.change_tables (object_id int NOT NULL, version int NULL, source_object_id int NULL, capture_instance sysname NOT NULL, start_lsn binary(10) NULL, end_lsn binary(10) NULL,
            supports_net_changes bit NULL, has_drop_pending bit NULL, role_name sysname NULL, index_name sysname NULL, filegroup_name sysname NULL, create_date datetime NULL, partition_switch bit NOT NULL);
        CREATE UNIQUE CLUSTERED INDEX change_tables_clustered_idx ON cdc.change_tables (object_id);
        CREATE UNIQUE INDEX change_tables_unique_idx ON cdc.change_tables (capture_instance);
        CREATE INDEX source_object_id_idx ON cdc.change_tables (source_object_id);
        CREATE TABLE cdc.captured_columns (object_id int NOT NULL, column_name sysname NOT NULL, column_id int NULL, column_type sysname NOT NULL, column_ordinal int NOT NULL, is_computed bit NULL,
            masking_function nvarchar(4000) NULL);
        CREATE UNIQUE CLUSTERED INDEX captured_columns_clustered_idx ON cdc.captured_columns (object_id, column_ordinal);
        CREATE TABLE cdc.index_columns (object_id int NOT NULL, column_name sysname NOT NULL, index_ordinal tinyint NOT NULL, column_id int NOT NULL);
        CREATE UNIQUE CLUSTERED INDEX index_columns_clustered_idx ON cdc.index_columns (object_id, index_ordinal, column_name);
        CREATE TABLE cdc.ddl_history (source_object_id int NULL, object_id int NOT NULL, required_column_update bit NULL, ddl_command nvarchar(max) NULL, ddl_lsn binary(10) NOT NULL, ddl_time datetime NULL);
        CREATE CLUSTERED INDEX ddl_history_clustered_idx ON cdc.ddl_history (object_id, ddl_lsn);
        CREATE TABLE cdc.lsn_time_mapping (start_lsn binary(10) NOT NULL, tran_begin_time datetime NULL, tran_end_time datetime NULL, tran_id varbinary(10) NULL, tran_begin_lsn binary(10) NULL);
        CREATE UNIQUE CLUSTERED INDEX lsn_time_mapping_clustered_idx ON cdc.lsn_time_mapping (start_lsn);
        CREATE INDEX lsn_time_mapping_nonunique_idx ON cdc.lsn_time_mapping (tran_end_time);
        """;

    private readonly CatalogEditor _editor = new(session);
    private readonly CdcStore _store = new(session);

    private CatalogSnapshot Catalog => session.Catalog;

    /// <summary>sys.sp_cdc_enable_db. Error 22906.</summary>
    public void EnableDatabase()
    {
        if (Catalog.SchemasByName.ContainsKey(CdcCatalog.SchemaName) || Catalog.FindPrincipal(CdcCatalog.SchemaName) is not null)
        {
            throw SqlErrors.Create(22906, Catalog.DatabaseName);
        }

        Run("CREATE USER cdc WITHOUT LOGIN WITH DEFAULT_SCHEMA = cdc;");
        Run("CREATE SCHEMA cdc AUTHORIZATION cdc;");
        PrincipalDefinition user = Catalog.FindPrincipal(CdcCatalog.SchemaName)!;
        _editor.Put(user with { MemberOf = [DbOwnerId] });
        Run(MetadataTables);
        foreach (TableDefinition table in CdcObjects().OfType<TableDefinition>().ToList())
        {
            _editor.Put(table with { Options = table.Options.SetItem(CdcCatalog.SystemOption, "ON") });
        }

        _editor.SetDatabaseOption(CdcCatalog.EnabledOption, "ON");
    }

    /// <summary>sys.sp_cdc_disable_db: everything goes, the captured changes too.</summary>
    public void DisableDatabase()
    {
        foreach (CatalogObject value in CdcObjects().ToList())
        {
            DropObject(value);
        }

        CdcJob.Remove(_editor, CdcJob.Capture);
        CdcJob.Remove(_editor, CdcJob.Cleanup);
        _editor.RemoveDatabaseOption(CdcCatalog.EnabledOption);
        _editor.Remove(Catalog.SchemasByName[CdcCatalog.SchemaName]);
        if (Catalog.FindPrincipal(CdcCatalog.SchemaName) is { } user)
        {
            _editor.Remove(user);
        }
    }

    /// <summary>sys.sp_cdc_enable_table, once everything was checked.</summary>
    public void EnableTable(CaptureRequest request)
    {
        bool isFirst = _store.Rows(CdcStore.ChangeTables).Count == 0;
        if (request.Role is { } role && Catalog.FindPrincipal(role) is null)
        {
            Run($"CREATE ROLE {CdcFunctionText.Quote(role)};");
        }

        CdcTransaction transaction = CdcTransaction.Of(session);
        transaction.NoteEntry(session.DatabaseId);
        TableDefinition changeTable = CreateChangeTable(request);
        AddMetadata(request, changeTable, transaction.Lsn);
        Run(CdcFunctionText.AllChanges(changeTable, "CREATE"));
        Grant(CaptureInstance.AllChangesFunction(request.Instance), request.Role);
        if (request.SupportsNetChanges)
        {
            Run(CdcFunctionText.NetChanges(changeTable, "CREATE"));
            Grant(CaptureInstance.NetChangesFunction(request.Instance), request.Role);
        }

        if (isFirst)
        {
            if (CdcJob.Find(Catalog, CdcJob.Capture) is null)
            {
                CdcJob.Put(_editor, CdcJob.NewCapture());
            }

            if (CdcJob.Find(Catalog, CdcJob.Cleanup) is null)
            {
                CdcJob.Put(_editor, CdcJob.NewCleanup());
            }
        }

        Touch(request.Source.ObjectId);
    }

    /// <summary>Removes a capture instance: change table, functions and metadata. The last one takes the time mapping and the jobs with it.</summary>
    public void DropInstance(TableDefinition changeTable)
    {
        CaptureInstance instance = CaptureInstance.Of(changeTable);
        foreach (string function in (ReadOnlySpan<string>)[CaptureInstance.AllChangesFunction(instance.Name), CaptureInstance.NetChangesFunction(instance.Name)])
        {
            if (Catalog.Find(CdcCatalog.SchemaName, function) is { } found)
            {
                DropObject(found);
            }
        }

        SqlValue id = SqlValue.FromInt(changeTable.ObjectId);
        foreach ((string table, int ordinal) in (ReadOnlySpan<(string, int)>)[(CdcStore.ChangeTables, 0), (CdcStore.CapturedColumns, 0), (CdcStore.IndexColumns, 0), (CdcStore.DdlHistory, 1)])
        {
            _store.Delete(table, row => row[ordinal].AsInt32 == id.AsInt32);
        }

        DropObject(changeTable);
        if (_store.Rows(CdcStore.ChangeTables).Count == 0)
        {
            _store.Delete(CdcStore.LsnTimeMapping, static _ => true);
            CdcJob.Remove(_editor, CdcJob.Capture);
            CdcJob.Remove(_editor, CdcJob.Cleanup);
        }

        Touch(instance.SourceObjectId);
    }

    /// <summary>Makes the functions of an instance anew after a column of its change table has got another type.</summary>
    public void RefreshFunctions(TableDefinition changeTable)
    {
        Run(CdcFunctionText.AllChanges(changeTable, "ALTER"));
        if (CaptureInstance.Of(changeTable).SupportsNetChanges)
        {
            Run(CdcFunctionText.NetChanges(changeTable, "ALTER"));
        }
    }

    /// <summary>Type of a captured column in the change table.</summary>
    public static SqlType CapturedType(ColumnDefinition column)
    {
        if (column.Type.Id == SqlTypeId.RowVersion)
        {
            return SqlType.Binary(8);
        }

        return column.Identity is null ? column.Type : column.Type.Id is SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int ? SqlType.Int : SqlType.BigInt;
    }

    private IEnumerable<CatalogObject> CdcObjects() => Catalog.ObjectsById.Values.Where(o => CdcCatalog.IsCdcSchema(Catalog, o.SchemaId)).OrderByDescending(o => o.ObjectId);

    private TableDefinition CreateChangeTable(CaptureRequest request)
    {
        var columns = new List<ColumnDefinition>();
        void Add(string name, SqlType type, bool isNullable, string? mask = null) =>
            columns.Add(new ColumnDefinition { ColumnId = columns.Count + 1, Name = name, Type = type, IsNullable = isNullable, MaskFunction = mask });
        Add(CaptureInstance.StartLsnName, SqlType.Binary(LogSequenceNumber.Length), false);
        Add(CaptureInstance.EndLsnName, SqlType.Binary(LogSequenceNumber.Length), true);
        Add(CaptureInstance.SequenceValueName, SqlType.Binary(LogSequenceNumber.Length), false);
        Add(CaptureInstance.OperationName, SqlType.Int, false);
        Add(CaptureInstance.UpdateMaskName, SqlType.VarBinary(128), true);
        foreach (ColumnDefinition column in request.Columns)
        {
            Add(column.Name, CapturedType(column), true, column.MaskFunction);
        }

        Add(CaptureInstance.CommandIdName, SqlType.Int, true);
        ImmutableArray<int> keys = request.Index is null ? [] : [.. request.Index.KeyColumns.Select(k => k.ColumnId)];
        ImmutableArray<int> captured = [.. request.Columns.Select(c => c.ColumnId)];
        IndexColumn Key(int ordinal) => new(columns[ordinal].ColumnId);
        var clustered = new IndexDefinition
        {
            IndexId = 1,
            Name = request.Instance + "_CT_clustered_idx",
            Kind = IndexKind.Clustered,
            IsUnique = true,
            KeyColumns = [Key(CaptureInstance.StartLsn), Key(columns.Count - 1), Key(CaptureInstance.SequenceValue), Key(CaptureInstance.Operation)],
        };
        var indexes = ImmutableArray.Create(clustered);
        if (request.SupportsNetChanges)
        {
            indexes = indexes.Add(new IndexDefinition
            {
                IndexId = 2,
                Name = request.Instance + "_CT_idx",
                Kind = IndexKind.NonClustered,
                KeyColumns = [.. keys.Select(id => Key(CaptureInstance.FirstCaptured + captured.IndexOf(id)))],
            });
        }

        var instance = new CaptureInstance(request.Instance, request.Source.ObjectId, captured, keys, request.SupportsNetChanges, request.Role);
        TableDefinition table = TableAccess.CreateTrees(
            new TableDefinition
            {
                ObjectId = _editor.NextObjectId(),
                SchemaId = Catalog.SchemasByName[CdcCatalog.SchemaName].SchemaId,
                Name = CaptureInstance.TableName(request.Instance),
                Type = ObjectTypes.UserTable,
                Columns = [.. columns],
                Indexes = indexes,
                MaxColumnId = columns.Count,
                CreateDate = _editor.Now,
                ModifyDate = _editor.Now,
                Options = ImmutableDictionary<string, string>.Empty.Add(CaptureInstance.Option, instance.Serialize()).Add(CdcCatalog.SystemOption, "ON"),
            },
            session.Store);
        _editor.Put(table);
        return table;
    }

    private void AddMetadata(CaptureRequest request, TableDefinition changeTable, SqlValue lsn)
    {
        SqlValue id = SqlValue.FromInt(changeTable.ObjectId);
        _store.Insert(
            CdcStore.ChangeTables,
            [
                id, SqlValue.FromInt(0), SqlValue.FromInt(request.Source.ObjectId), SqlValue.FromString(request.Instance), lsn, SqlValue.Null, SqlValue.FromBit(request.SupportsNetChanges), SqlValue.FromBit(false),
                Text(request.Role), Text(request.Index?.Name), Text(request.Filegroup), Clr.ClrConvert.To_DateTime(_editor.Now, SqlType.DateTime), SqlValue.FromBit(true),
            ]);
        int ordinal = 0;
        foreach (ColumnDefinition column in request.Columns)
        {
            _store.Insert(
                CdcStore.CapturedColumns,
                [
                    id, SqlValue.FromString(column.Name), SqlValue.FromInt(column.ColumnId), SqlValue.FromString(CapturedType(column).Name), SqlValue.FromInt(++ordinal), SqlValue.FromBit(column.IsComputed),
                    Text(column.MaskFunction),
                ]);
        }

        byte position = 0;
        foreach (IndexColumn key in request.Index?.KeyColumns ?? [])
        {
            _store.Insert(
                CdcStore.IndexColumns,
                [id, SqlValue.FromString(request.Source.Columns[request.Source.OrdinalOf(key.ColumnId)].Name), SqlValue.FromTinyInt(++position), SqlValue.FromInt(key.ColumnId)]);
        }
    }

    private static SqlValue Text(string? text) => text is null ? SqlValue.Null : SqlValue.FromString(text);

    private void Grant(string function, string? role) => Run($"GRANT SELECT ON OBJECT::[cdc].{CdcFunctionText.Quote(function)} TO {CdcFunctionText.Quote(role ?? "public")};");

    private void DropObject(CatalogObject value)
    {
        if (value is TableDefinition table)
        {
            DdlExpressions.Access(table, session, context).Drop();
        }

        _editor.Remove(value);
    }

    /// <summary>Plans that write the source are made anew.</summary>
    private void Touch(int sourceObjectId)
    {
        if (Catalog.Find<TableDefinition>(sourceObjectId) is { } source)
        {
            _editor.Put(source with { ModifyDate = _editor.Now });
        }
    }

    private void Run(string script)
    {
        foreach (Statement statement in Parser.ParseBatch(script).Statements)
        {
            DdlExecutor.Execute(statement, session, context, asSystem: true);
        }
    }
}
