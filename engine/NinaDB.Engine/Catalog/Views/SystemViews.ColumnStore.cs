namespace NinaDB.Engine.Catalog;

/// <summary>Views of columnstore indexes. Rows are kept as rows: what SQL Server calls an open delta row group, and no compressed segments.</summary>
internal static partial class SystemViews
{
    private static void AddColumnStoreViews(Action<SystemView> add)
    {
        add(Empty("column_store_segments",
            "partition_id bigint null, hobt_id bigint, column_id int, segment_id int, version int, encoding_type int, row_count int, has_nulls int, base_id bigint, magnitude float, primary_dictionary_id int, "
            + "secondary_dictionary_id int, min_data_id bigint, max_data_id bigint, null_value bigint, on_disk_size bigint, collation_id int null, min_deep_data varbinary(18) null, max_deep_data varbinary(18) null"));
        add(Empty("column_store_dictionaries",
            "partition_id bigint null, hobt_id bigint, column_id int, dictionary_id int, version int, type int, flags bigint, last_id int, entry_count bigint, on_disk_size bigint"));
        add(Sys("column_store_row_groups",
            "object_id int, index_id int, partition_number int, row_group_id int, delta_store_hobt_id bigint null, state tinyint, state_description nvarchar(60), total_rows bigint, deleted_rows bigint null, size_in_bytes bigint",
            s => ColumnStores(s).Select(x => new object?[]
            {
                x.Table.ObjectId, x.Index.IndexId, x.Number, 0, HobtId(x.Table, x.Index), 1, "OPEN", x.Rows, null, Pages(s, x.Table) * 8192,
            })));
        add(Sys("dm_db_column_store_row_group_physical_stats",
            "object_id int, index_id int, partition_number int, row_group_id int, delta_store_hobt_id bigint null, state tinyint, state_desc nvarchar(60), total_rows bigint, deleted_rows bigint null, "
            + "size_in_bytes bigint null, trim_reason tinyint null, trim_reason_desc nvarchar(60) null, transition_to_compressed_state tinyint null, transition_to_compressed_state_desc nvarchar(60) null, "
            + "has_vertipaq_optimization bit null, generation bigint null, created_time datetime2 null, closed_time datetime2 null",
            s => ColumnStores(s).Select(x => new object?[]
            {
                x.Table.ObjectId, x.Index.IndexId, x.Number, 0, HobtId(x.Table, x.Index), 1, "OPEN", x.Rows, null, Pages(s, x.Table) * 8192, null, null, null, null, null, null, x.Table.CreateDate, null,
            })));
    }

    private static IEnumerable<(TableDefinition Table, IndexDefinition Index, int Number, long Rows)> ColumnStores(Session.EngineSession session) =>
        StoredPartitions(session).Where(x => x.Index is { IsColumnStore: true, IsDisabled: false } && x.Rows > 0);
}
