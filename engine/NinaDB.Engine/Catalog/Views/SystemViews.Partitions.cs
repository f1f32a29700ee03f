using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Ddl;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>sys.partition_functions, sys.partition_schemes and what belongs to them.</summary>
internal static partial class SystemViews
{
    private static void AddPartitionViews(Action<SystemView> add, string spaces)
    {
        add(Sys("partition_functions", "name sysname, function_id int, type char(2), type_desc nvarchar(60) null, fanout int, boundary_value_on_right bit, is_system bit, create_date datetime, modify_date datetime",
            s => Partitions.Functions(s.Catalog).Select(f => (object?[])[f.Name, f.FunctionId, "R ", "RANGE", f.PartitionCount, f.IsRight, false, f.CreateDate, f.ModifyDate])));
        add(Sys("partition_schemes", spaces + ", function_id int", s => Partitions.Schemes(s.Catalog).Select(p => (object?[])[p.Name, p.SchemeId, "PS", "PARTITION_SCHEME", false, false, FunctionOf(s, p).FunctionId])));
        add(Sys("partition_range_values", "function_id int, boundary_id int, parameter_id int, value sql_variant null",
            s => Partitions.Functions(s.Catalog).SelectMany(f => f.Boundaries.Select((b, i) => (object?[])[f.FunctionId, i + 1, 1, SqlValue.FromVariant(b, f.ParameterType)]))));
        add(Sys("partition_parameters",
            "function_id int, parameter_id int, system_type_id tinyint, max_length smallint, precision tinyint, scale tinyint, collation_name sysname null, user_type_id int",
            s => Partitions.Functions(s.Catalog).Select(f => (object?[])
            [
                f.FunctionId, 1, SystemTypes.SystemTypeIdOf(f.ParameterType.Id), f.ParameterType.MaxLength, f.ParameterType.CatalogPrecision, CatalogScale(f.ParameterType),
                f.ParameterType.IsString ? f.ParameterType.EffectiveCollation.Name : null, SystemTypes.UserTypeIdOf(f.ParameterType.Id),
            ])));
        add(Sys("destination_data_spaces", "partition_scheme_id int, destination_id int, data_space_id int",
            s => Partitions.Schemes(s.Catalog).SelectMany(p => p.Filegroups.Concat(p.NextUsed is { } next ? [next] : (string[])[]).Select((f, i) => (object?[])
            [
                p.SchemeId, i + 1, Filegroups.All(s.Catalog).Select((name, n) => (name, n)).First(x => x.name.Equals(f, StringComparison.OrdinalIgnoreCase)).n + 1,
            ]))));
    }

    private static PartitionFunctionDefinition FunctionOf(EngineSession session, PartitionSchemeDefinition scheme) => session.Catalog.Find<PartitionFunctionDefinition>(scheme.FunctionObjectId)!;

    /// <summary>Every partition of every index, with its rows.</summary>
    private static IEnumerable<(TableDefinition Table, IndexDefinition Index, int Number, long Rows)> StoredPartitions(EngineSession session)
    {
        foreach (IGrouping<int, (TableDefinition Table, IndexDefinition Index)> group in Stored(session).GroupBy(x => x.Table.ObjectId))
        {
            TableDefinition table = group.First().Table;
            long[] rows = Partitions.Of(session.Catalog, table) is ({ }, { } function) ? CountRows(session, table, function) : [Rows(session, table)];
            foreach ((_, IndexDefinition index) in group)
            {
                for (int i = 0; i < rows.Length; i++)
                {
                    yield return (table, index, i + 1, rows[i]);
                }
            }
        }
    }

    private static long[] CountRows(EngineSession session, TableDefinition table, PartitionFunctionDefinition function)
    {
        var counts = new long[function.PartitionCount];
        var context = new ExecutionContext(session, new VariableFrame(0), 0, CancellationToken.None);
        TableAccess access = DdlExpressions.Access(table, session, context);
        int column = table.OrdinalOf(table.PartitionColumnId);
        int[] ordinals = [.. Enumerable.Range(0, table.Columns.Length).Where(i => table.Columns[i] is { IsComputed: false } or { IsPersisted: true })];
        var row = new SqlValue[table.Columns.Length];
        using TableCursor cursor = access.Scan(table.RowStore, KeyRange.All, ordinals, row, ordinals);
        while (cursor.MoveNext())
        {
            counts[function.PartitionOf(row[column]) - 1]++;
        }

        return counts;
    }
}
