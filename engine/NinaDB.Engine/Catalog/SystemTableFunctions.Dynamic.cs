using NinaDB.Engine.Catalog.Procedures;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>The dynamic management functions: what a batch returns, who refers to an object, and how much is stored where.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/system-dynamic-management-views/system-dynamic-management-views</remarks>
internal static partial class SystemTableFunctions
{
    /// <summary>Columns that describe a column of a result set, before those of the wire protocol.</summary>
    private const int DescribedColumns = 35;

    private static IEnumerable<SystemTableFunction> Dynamic()
    {
        SqlType text = SqlType.NVarCharMax;
        yield return new SystemTableFunction(
            "dm_exec_describe_first_result_set", [text, text, SqlType.TinyInt], SystemViews.ParseColumns(ResultSetColumns), DescribeBatch);
        yield return new SystemTableFunction(
            "dm_exec_describe_first_result_set_for_object", [SqlType.Int, SqlType.TinyInt], SystemViews.ParseColumns(ResultSetColumns), DescribeObject);
        yield return new SystemTableFunction(
            "dm_io_virtual_file_stats", [SqlType.Int, SqlType.Int],
            SystemViews.ParseColumns(
                "database_id smallint, file_id smallint, sample_ms bigint, num_of_reads bigint, num_of_bytes_read bigint, io_stall_read_ms bigint, io_stall_queued_read_ms bigint, num_of_writes bigint, "
                + "num_of_bytes_written bigint, io_stall_write_ms bigint, io_stall_queued_write_ms bigint, io_stall bigint, size_on_disk_bytes bigint, file_handle varbinary(8)"),
            FileStatistics);
        yield return new SystemTableFunction(
            "dm_db_index_physical_stats", [SqlType.SmallInt, SqlType.Int, SqlType.Int, SqlType.Int, SqlType.SysName],
            SystemViews.ParseColumns(
                "database_id smallint null, object_id int null, index_id int null, partition_number int null, index_type_desc nvarchar(60) null, alloc_unit_type_desc nvarchar(60) null, index_depth tinyint null, "
                + "index_level tinyint null, avg_fragmentation_in_percent float null, fragment_count bigint null, avg_fragment_size_in_pages float null, page_count bigint null, avg_page_space_used_in_percent float null, "
                + "record_count bigint null, ghost_record_count bigint null, version_ghost_record_count bigint null, min_record_size_in_bytes int null, max_record_size_in_bytes int null, "
                + "avg_record_size_in_bytes float null, forwarded_record_count bigint null, compressed_page_count bigint null, hobt_id bigint null, columnstore_delete_buffer_state tinyint null, "
                + "columnstore_delete_buffer_state_desc nvarchar(60) null, version_record_count bigint null, inrow_version_record_count bigint null, inrow_diff_version_record_count bigint null, "
                + "total_inrow_version_payload_size_in_bytes bigint null, offrow_regular_version_record_count bigint null, offrow_long_term_version_record_count bigint null"),
            IndexStatistics);
    }

    private const string ResultSetColumns =
        "is_hidden bit null, column_ordinal int null, name sysname null, is_nullable bit null, system_type_id int null, system_type_name nvarchar(256) null, max_length smallint null, precision tinyint null, "
        + "scale tinyint null, collation_name sysname null, user_type_id int null, user_type_database sysname null, user_type_schema sysname null, user_type_name sysname null, "
        + "assembly_qualified_type_name nvarchar(4000) null, xml_collection_id int null, xml_collection_database sysname null, xml_collection_schema sysname null, xml_collection_name sysname null, "
        + "is_xml_document bit null, is_case_sensitive bit null, is_fixed_length_clr_type bit null, source_server sysname null, source_database sysname null, source_schema sysname null, "
        + "source_table sysname null, source_column sysname null, is_identity_column bit null, is_part_of_unique_key bit null, is_updateable bit null, is_computed_column bit null, "
        + "is_sparse_column_set bit null, ordinal_in_order_by_list smallint null, order_by_list_length smallint null, order_by_is_descending smallint null, error_number int null, error_severity int null, "
        + "error_state int null, error_message nvarchar(max) null, error_type int null, error_type_desc nvarchar(60) null";

    private static IEnumerable<SqlValue[]> DescribeBatch(EngineSession session, SqlValue[] arguments) =>
        arguments[0].IsNull ? [] : Describe(session, arguments[0].AsString, arguments[1].IsNull ? "" : arguments[1].AsString);

    /// <summary>The first result set of a procedure or trigger: that of its body.</summary>
    private static IEnumerable<SqlValue[]> DescribeObject(EngineSession session, SqlValue[] arguments)
    {
        if (arguments[0].IsNull || session.Catalog.Find<ModuleDefinition>(arguments[0].AsInt32) is not { External: null } module
            || Syntax.Parser.ParseBatch(module.Text).Statements is not [Syntax.Ast.CreateProcedureStatement { Body: [{ } first, ..] body } procedure])
        {
            return [];
        }

        string declarations = string.Join(", ", module.Parameters.Where(p => p.Name.StartsWith('@')).Select(p => $"{p.Name} {p.Type.DisplayName}"));
        return Describe(session, module.Text[first.Offset..body[^1].EndOffset], declarations);
    }

    private static IEnumerable<SqlValue[]> Describe(EngineSession session, string text, string parameters)
    {
        SqlValue[][] rows;
        try
        {
            rows = [.. SystemProcedures.DescribeRows(session, text, parameters).Select(r => (SqlValue[])[.. r[..DescribedColumns], .. Enumerable.Repeat(SqlValue.Null, 6)])];
        }
        catch (SqlErrorException error)
        {
            bool isSyntax = error.Error.Number is 102 or 105 or 156 or 170;
            var row = new SqlValue[DescribedColumns + 6];
            Array.Fill(row, SqlValue.Null);
            row[0] = SqlValue.FromBit(false);
            row[1] = SqlValue.FromInt(0);
            row[DescribedColumns] = SqlValue.FromInt(error.Error.Number);
            row[DescribedColumns + 1] = SqlValue.FromInt(error.Error.Severity);
            row[DescribedColumns + 2] = SqlValue.FromInt(error.Error.State);
            row[DescribedColumns + 3] = SqlValue.FromString(error.Error.Message);
            row[DescribedColumns + 4] = SqlValue.FromInt(isSyntax ? 2 : 1);
            row[DescribedColumns + 5] = SqlValue.FromString(isSyntax ? "SYNTAX" : "MISC");
            rows = [row];
        }

        return rows;
    }

    private static IEnumerable<SqlValue[]> FileStatistics(EngineSession session, SqlValue[] arguments)
    {
        SystemView files = SystemViews.Find("sys", "master_files")!;
        int Ordinal(string name) => files.Columns.Select((c, i) => (c.Name, i)).First(c => c.Name == name).i;
        int database = Ordinal("database_id"), file = Ordinal("file_id"), size = Ordinal("size");
        SqlValue zero = SqlValue.FromBigInt(0);
        foreach (SqlValue[] row in files.Rows(session))
        {
            if ((arguments[0].IsNull || row[database].AsInt32 == arguments[0].AsInt32) && (arguments[1].IsNull || row[file].AsInt32 == arguments[1].AsInt32))
            {
                yield return
                [
                    SqlValue.FromSmallInt((short)row[database].AsInt32), SqlValue.FromSmallInt((short)row[file].AsInt32), SqlValue.FromBigInt(Environment.TickCount64),
                    zero, zero, zero, zero, zero, zero, zero, zero, zero, SqlValue.FromBigInt(row[size].AsInt64 * 8192), SqlValue.FromBinary(new byte[8]),
                ];
            }
        }
    }

    private static IEnumerable<SqlValue[]> IndexStatistics(EngineSession session, SqlValue[] arguments)
    {
        int databaseId = arguments[0].IsNull || arguments[0].AsInt32 == 0 ? session.DatabaseId : arguments[0].AsInt32;
        if (session.Server.Find(databaseId) is not { } database || session.PrincipalIn(database) is null)
        {
            return [];
        }

        using DatabaseScope scope = session.In(databaseId);
        var rows = new List<SqlValue[]>();
        foreach (TableDefinition table in database.ObjectsById.Values.OfType<TableDefinition>().OrderBy(t => t.ObjectId))
        {
            if (!arguments[1].IsNull && arguments[1].AsInt32 is not 0 and var wanted && wanted != table.ObjectId)
            {
                continue;
            }

            foreach (IndexDefinition index in table.Indexes.Where(i => i.Kind is IndexKind.Heap or IndexKind.Clustered or IndexKind.NonClustered))
            {
                if (!arguments[2].IsNull && arguments[2].AsInt32 is not -1 and var only && only != index.IndexId)
                {
                    continue;
                }

                long pages = SystemViews.Pages(session, table);
                var row = new SqlValue[30];
                Array.Fill(row, SqlValue.Null);
                row[0] = SqlValue.FromSmallInt((short)databaseId);
                row[1] = SqlValue.FromInt(table.ObjectId);
                row[2] = SqlValue.FromInt(index.IndexId);
                row[3] = SqlValue.FromInt(1);
                row[4] = SqlValue.FromString(index.Kind switch { IndexKind.Heap => "HEAP", IndexKind.Clustered => "CLUSTERED INDEX", _ => "NONCLUSTERED INDEX" });
                row[5] = SqlValue.FromString("IN_ROW_DATA");
                row[6] = SqlValue.FromTinyInt(1);
                row[7] = SqlValue.FromTinyInt(0);
                row[8] = SqlValue.FromFloat(0);
                row[9] = SqlValue.FromBigInt(pages > 0 ? 1 : 0);
                row[10] = SqlValue.FromFloat(pages);
                row[11] = SqlValue.FromBigInt(pages);
                if (!arguments[4].IsNull && !arguments[4].AsString.Equals("LIMITED", StringComparison.OrdinalIgnoreCase) && !arguments[4].AsString.Equals("DEFAULT", StringComparison.OrdinalIgnoreCase))
                {
                    row[13] = SqlValue.FromBigInt(SystemViews.Rows(session, table));
                    row[14] = row[15] = SqlValue.FromBigInt(0);
                }

                rows.Add(row);
            }
        }

        return rows;
    }
}
