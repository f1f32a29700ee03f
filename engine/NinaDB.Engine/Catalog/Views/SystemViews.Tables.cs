using System.Globalization;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;

namespace NinaDB.Engine.Catalog;

/// <summary>Tables, views, indexes, statistics, partitions.</summary>
internal static partial class SystemViews
{
    private const string IndexViewColumns =
        "object_id int, name sysname null, index_id int, type tinyint, type_desc nvarchar(60) null, is_unique bit null, data_space_id int, ignore_dup_key bit null, "
        + "is_primary_key bit null, is_unique_constraint bit null, fill_factor tinyint, is_padded bit null, is_disabled bit null, is_hypothetical bit null, "
        + "is_ignored_in_optimization bit null, allow_row_locks bit null, allow_page_locks bit null, has_filter bit null, filter_definition nvarchar(max) null, "
        + "compression_delay int null, suppress_dup_key_messages bit null, auto_created bit null, optimize_for_sequential_key bit null";

    private static void AddTableViews(Action<SystemView> add)
    {
        add(Sys("tables", ObjectColumns
            + ", lob_data_space_id int, filestream_data_space_id int null, max_column_id_used int, lock_on_bulk_load bit, uses_ansi_nulls bit null, is_replicated bit null, "
            + "has_replication_filter bit null, is_merge_published bit null, is_sync_tran_subscribed bit null, has_unchecked_assembly_data bit, text_in_row_limit int null, "
            + "large_value_types_out_of_row bit null, is_tracked_by_cdc bit null, lock_escalation tinyint null, lock_escalation_desc nvarchar(60) null, is_filetable bit null, "
            + "is_memory_optimized bit null, durability tinyint null, durability_desc nvarchar(60) null, temporal_type tinyint null, temporal_type_desc nvarchar(60) null, "
            + "history_table_id int null, is_remote_data_archive_enabled bit null, is_external bit, history_retention_period int null, history_retention_period_unit int null, "
            + "history_retention_period_unit_desc nvarchar(10) null, is_node bit null, is_edge bit null, data_retention_period int null, data_retention_period_unit int null, "
            + "data_retention_period_unit_desc nvarchar(10) null, ledger_type tinyint null, ledger_type_desc nvarchar(60) null, ledger_view_id int null, is_dropped_ledger_table bit null",
            s => Of<TableDefinition>(s).Select(t => TableRow(t, s.Catalog.ChangeTablesOf(t.ObjectId).Count > 0))));
        string viewColumns = ObjectColumns
            + ", is_replicated bit null, has_replication_filter bit null, has_opaque_metadata bit, has_unchecked_assembly_data bit, with_check_option bit, is_date_correlation_view bit, "
            + "is_tracked_by_cdc bit null, has_snapshot bit null, ledger_view_type tinyint null, ledger_view_type_desc nvarchar(60) null, is_dropped_ledger_view bit null";
        add(Sys("views", viewColumns, s => Modules(s, ObjectTypes.View).Select(v => ViewRow(ObjectNames.Entry(v), v.WithCheckOption))));
        add(Sys("system_views", viewColumns, s => ObjectNames.SystemObjects().Where(o => o.Type == ObjectTypes.View).Select(o => ViewRow(o, false))));
        add(Sys("all_views", viewColumns, s => Modules(s, ObjectTypes.View).Select(v => ViewRow(ObjectNames.Entry(v), v.WithCheckOption))
            .Concat(ObjectNames.SystemObjects().Where(o => o.Type == ObjectTypes.View).Select(o => ViewRow(o, false)))));
        add(Sys("indexes", IndexViewColumns, s => AllIndexed(s).SelectMany(t => ShownIndexes(t).OrderBy(i => i.IndexId).Select(i => IndexRow(s.Catalog, t, i)))));
        add(Sys("vector_indexes", IndexViewColumns + ", vector_index_type nvarchar(60) null, distance_metric nvarchar(60) null, build_parameters nvarchar(max) null",
            s => AllTables(s).SelectMany(t => t.Indexes.Where(i => i.Kind == IndexKind.Vector).Select(i => (object?[])[.. IndexRow(s.Catalog, t, i), .. VectorColumns(i)]))));
        AddSpecialIndexViews(add);
        add(Sys("index_columns",
            "object_id int, index_id int, index_column_id int, column_id int, key_ordinal tinyint, partition_ordinal tinyint, is_descending_key bit null, is_included_column bit null, "
            + "column_store_order_ordinal tinyint null, data_clustering_ordinal tinyint null",
            s => AllIndexed(s).SelectMany(t => ShownIndexes(t).SelectMany(i => IndexColumnRows(t, i)))));
        add(Sys("stats",
            "object_id int, name nvarchar(128) null, stats_id int, auto_created bit null, user_created bit null, no_recompute bit null, has_filter bit null, "
            + "filter_definition nvarchar(max) null, is_temporary bit null, is_incremental bit null, has_persisted_sample bit null, stats_generation_method int, "
            + "stats_generation_method_desc varchar(80), auto_drop bit null, replica_role_id tinyint null, replica_role_desc nvarchar(60) null, replica_name sysname null",
            s => AllIndexed(s).SelectMany(t => t.Indexes.Where(i => i.Kind is IndexKind.Clustered or IndexKind.NonClustered).Select(i => new object?[]
            {
                t.ObjectId, i.Name, i.IndexId, false, false, i.Options.GetValueOrDefault("STATISTICS_NORECOMPUTE") is "ON", i.FilterText is not null, i.FilterText, false, false, false, 0, "Sort based statistics", false, 1, "PRIMARY", null,
            }).Concat(t.Statistics.Select(x => new object?[]
            {
                t.ObjectId, x.Name, x.StatisticsId, false, true, x.IsNotRecomputed, x.FilterText is not null, x.FilterText, false, false, false, 0, "Sort based statistics", false, 1, "PRIMARY", null,
            })))));
        add(Sys("stats_columns", "object_id int, stats_id int, stats_column_id int null, column_id int null",
            s => AllIndexed(s).SelectMany(t => t.Indexes.Where(i => i.Kind is IndexKind.Clustered or IndexKind.NonClustered)
                .SelectMany(i => i.KeyColumns.Select((c, n) => new object?[] { t.ObjectId, i.IndexId, n + 1, c.ColumnId }))
                .Concat(t.Statistics.SelectMany(x => x.ColumnIds.Select((c, n) => new object?[] { t.ObjectId, x.StatisticsId, n + 1, c }))))));
        add(Sys("partitions",
            "partition_id bigint, object_id int, index_id int, partition_number int, hobt_id bigint, rows bigint null, filestream_filegroup_id smallint, data_compression tinyint, "
            + "data_compression_desc nvarchar(60) null, xml_compression bit null, xml_compression_desc varchar(3) null",
            s => StoredPartitions(s).Select(x => new object?[]
            {
                HobtId(x.Table, x.Index) + x.Number - 1, x.Table.ObjectId, x.Index.IndexId, x.Number, HobtId(x.Table, x.Index) + x.Number - 1, x.Rows, 0, Compression(x.Index).Id, Compression(x.Index).Name, false, "OFF",
            })));
        add(Sys("allocation_units",
            "allocation_unit_id bigint, type tinyint, type_desc nvarchar(60) null, container_id bigint, data_space_id int null, total_pages bigint, used_pages bigint, data_pages bigint",
            s => Stored(s).Select(x => new object?[] { HobtId(x.Table, x.Index), 1, "IN_ROW_DATA", HobtId(x.Table, x.Index), 1, Pages(s, x.Table), Pages(s, x.Table), Pages(s, x.Table) })));
        add(Sys("dm_db_partition_stats",
            "partition_id bigint null, object_id int, index_id int, partition_number int, in_row_data_page_count bigint null, in_row_used_page_count bigint null, "
            + "in_row_reserved_page_count bigint null, lob_used_page_count bigint null, lob_reserved_page_count bigint null, row_overflow_used_page_count bigint null, "
            + "row_overflow_reserved_page_count bigint null, used_page_count bigint null, reserved_page_count bigint null, row_count bigint null",
            s => StoredPartitions(s).Select(x =>
            {
                long pages = Pages(s, x.Table);
                return new object?[] { HobtId(x.Table, x.Index) + x.Number - 1, x.Table.ObjectId, x.Index.IndexId, x.Number, pages, pages, pages, 0, 0, 0, 0, pages, pages, x.Rows };
            })));
    }

    /// <summary>User tables and the tables behind table types.</summary>
    private static IEnumerable<TableDefinition> AllTables(EngineSession session) =>
        Of<TableDefinition>(session).Concat(session.Catalog.TypesById.Values.Where(t => t.Table is not null).Select(t => t.Table!));

    /// <summary>What has indexes: tables, and views that are indexed.</summary>
    private static IEnumerable<TableDefinition> AllIndexed(EngineSession session) => AllTables(session).Concat(IndexedViews(session));

    private static IEnumerable<TableDefinition> IndexedViews(EngineSession session) =>
        Modules(session, ObjectTypes.View).Where(v => v.Materialized is not null).Select(v => v.Materialized!);

    private static IEnumerable<(TableDefinition Table, IndexDefinition Index)> Stored(EngineSession session) =>
        Of<TableDefinition>(session).Concat(IndexedViews(session)).SelectMany(t => ShownIndexes(t).Where(i => i.Kind != IndexKind.Vector && (!i.IsCatalogOnly || i.IsColumnStore)).Select(i => (t, i)));

    /// <summary>The indexes of a table as the catalog shows them: a clustered columnstore index in the place of the heap that holds its rows.</summary>
    internal static IEnumerable<IndexDefinition> ShownIndexes(TableDefinition table)
    {
        IndexDefinition? columns = table.Indexes.FirstOrDefault(i => i.Kind == IndexKind.ClusteredColumnStore);
        return columns is null ? table.Indexes : table.Indexes.Where(i => i != columns).Select(i => i.Kind == IndexKind.Heap ? columns with { TreeId = i.TreeId } : i);
    }

    /// <summary>sys.partitions.data_compression.</summary>
    private static (byte Id, string Name) Compression(IndexDefinition index) => !index.IsColumnStore ? ((byte)0, "NONE")
        : index.Options.GetValueOrDefault("DATA_COMPRESSION", "").Equals("COLUMNSTORE_ARCHIVE", StringComparison.OrdinalIgnoreCase) ? ((byte)4, "COLUMNSTORE_ARCHIVE") : ((byte)3, "COLUMNSTORE");

    private static long HobtId(TableDefinition table, IndexDefinition index) => 72057594037927936L + ((long)index.TreeId << 16);

    /// <summary>Rows of a table as the session's connection sees them.</summary>
    internal static long Rows(EngineSession session, TableDefinition table) => session.StoreFor(table).EstimateCount(table.RowStore.TreeId);

    /// <summary>8 KB pages a table would take, estimated from its rows and the widths of its columns.</summary>
    internal static long Pages(EngineSession session, TableDefinition table)
    {
        const int UsableBytes = 8060;
        const int TypicalLob = 256;
        long width = 8 + table.Columns.Sum(c => c.Type.MaxLength is > 0 and <= UsableBytes and int length ? (c.Type.IsFixedLength || !(c.Type.IsString || c.Type.IsBinary) ? length : length / 2) : TypicalLob);
        return ((Rows(session, table) * width) + UsableBytes - 1) / UsableBytes;
    }

    private static object?[] TableRow(TableDefinition t, bool isTracked) => Extend(
        t, 0, t.Columns.Any(c => c.IsFileStream) ? 2 : null, t.MaxColumnId, false, true, false, false, false, false, false, 0, false, isTracked, 0,
        t.Options.GetValueOrDefault("LOCK_ESCALATION", "TABLE").ToUpperInvariant(), false, false, 0, "SCHEMA_AND_DATA", t.Versioning is not null ? 2 : t.HistoryOf != 0 ? 1 : 0,
        t.Versioning is not null ? "SYSTEM_VERSIONED_TEMPORAL_TABLE" : t.HistoryOf != 0 ? "HISTORY_TABLE" : "NON_TEMPORAL_TABLE", t.Versioning?.HistoryTableId, false, false,
        t.Versioning?.RetentionPeriod, t.Versioning is { } v ? (int)v.RetentionUnit : null, t.Versioning?.RetentionUnit.ToString().ToUpperInvariant(),
        t.IsNode, t.IsEdge, null, null, null, 0, "NON_LEDGER_TABLE", null, false);

    private static object?[] ViewRow(ObjectEntry view, bool withCheck) =>
        [.. ObjectRow(view), false, false, false, false, withCheck, false, false, false, 0, "NON_LEDGER_VIEW", false];

    private static object?[] IndexRow(CatalogSnapshot catalog, TableDefinition table, IndexDefinition i)
    {
        (byte type, string description) = i.Kind switch
        {
            IndexKind.Heap => ((byte)0, "HEAP"),
            IndexKind.Clustered => ((byte)1, "CLUSTERED"),
            IndexKind.NonClustered => ((byte)2, "NONCLUSTERED"),
            IndexKind.Vector => ((byte)8, "VECTOR"),
            IndexKind.Xml => ((byte)3, "XML"),
            IndexKind.ClusteredColumnStore => ((byte)5, "CLUSTERED COLUMNSTORE"),
            IndexKind.ColumnStore => ((byte)6, "NONCLUSTERED COLUMNSTORE"),
            IndexKind.Hypothetical => ((byte)2, "NONCLUSTERED"),
            _ => ((byte)9, "JSON"),
        };
        bool Option(string name, bool fallback) => i.Options.TryGetValue(name, out string? value) ? value.Equals("ON", StringComparison.OrdinalIgnoreCase) : fallback;
        bool lockable = i.Kind != IndexKind.Vector;
        return
        [
            table.ObjectId, i.Name, i.IndexId, type, description, i.IsUnique, Partitions.Of(catalog, table) is ({ } scheme, _) ? scheme.SchemeId : 1, i.IgnoreDuplicateKeys, i.IsPrimaryKey, i.IsUniqueConstraint, i.FillFactor, Option("PAD_INDEX", false), i.IsDisabled,
            i.Kind == IndexKind.Hypothetical, false, lockable && Option("ALLOW_ROW_LOCKS", true), lockable && Option("ALLOW_PAGE_LOCKS", true), i.FilterText is not null, i.FilterText,
            i.IsColumnStore ? int.Parse(i.Options.GetValueOrDefault("COMPRESSION_DELAY", "0").Split(' ')[0], CultureInfo.InvariantCulture) : null, false, false,
            Option("OPTIMIZE_FOR_SEQUENTIAL_KEY", false),
        ];
    }

    private static object?[] VectorColumns(IndexDefinition index)
    {
        string m = index.Options.GetValueOrDefault("M", "16");
        string ef = index.Options.GetValueOrDefault("EF_CONSTRUCTION", index.Options.GetValueOrDefault("EF", "200"));
        string parameters = string.Create(CultureInfo.InvariantCulture, $"{{\"Graph\":\"HNSW\", \"M\":\"{m}\", \"EfConstruction\":\"{ef}\"}}");
        return [index.Options.GetValueOrDefault("TYPE", "DiskANN"), index.VectorMetric!.ToUpperInvariant(), parameters];
    }

    private static IEnumerable<object?[]> IndexColumnRows(TableDefinition table, IndexDefinition index)
    {
        int position = 0;
        if (index.IsColumnStore)
        {
            List<int> order = index.Options.TryGetValue(Execution.Ddl.TableBuilder.OrderOption, out string? ids) ? [.. ids.Split(' ').Select(i => int.Parse(i, CultureInfo.InvariantCulture))] : [];
            foreach (int column in index.Kind == IndexKind.ClusteredColumnStore ? table.Columns.Select(c => c.ColumnId) : index.IncludedColumnIds)
            {
                position++;
                yield return [table.ObjectId, index.IndexId, position, column, 0, column == table.PartitionColumnId ? 1 : 0, false, true, order.IndexOf(column) + 1, 0];
            }

            yield break;
        }

        foreach (IndexColumn column in index.KeyColumns)
        {
            position++;
            yield return [table.ObjectId, index.IndexId, position, column.ColumnId, index.Kind == IndexKind.Vector || (index.IsCatalogOnly && index.Kind != IndexKind.Hypothetical) ? 0 : position, column.ColumnId == table.PartitionColumnId ? 1 : 0, column.IsDescending, false, 0, 0];
        }

        foreach (int included in index.IncludedColumnIds)
        {
            position++;
            yield return [table.ObjectId, index.IndexId, position, included, 0, 0, false, true, 0, 0];
        }

        if (table.PartitionColumnId != 0 && index.Kind is IndexKind.Heap or IndexKind.Clustered or IndexKind.NonClustered && index.KeyColumns.All(k => k.ColumnId != table.PartitionColumnId)
            && !index.IncludedColumnIds.Contains(table.PartitionColumnId))
        {
            yield return [table.ObjectId, index.IndexId, position + 1, table.PartitionColumnId, 0, 1, false, false, 0, 0];
        }
    }
}
