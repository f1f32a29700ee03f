using NinaDB.Engine.Planning;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>Functions over statistics objects: their properties and their histograms.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/system-dynamic-management-views/sys-dm-db-stats-properties-transact-sql</remarks>
internal static partial class SystemTableFunctions
{
    private static IEnumerable<SystemTableFunction> Statistics()
    {
        yield return Declare("dm_db_stats_properties", [SqlType.Int, SqlType.Int],
            "object_id int, stats_id int, last_updated datetime2 null, rows bigint null, rows_sampled bigint null, steps int null, unfiltered_rows bigint null, modification_counter bigint null, persisted_sample_percent float null",
            (s, a) => Known(s, a) is var (table, id, statistics)
                ?
                [
                    statistics is null
                        ? [table.ObjectId, id, null, null, null, null, null, null, null]
                        : [table.ObjectId, id, statistics.Updated, statistics.Rows, statistics.RowsSampled, statistics.Steps.Count, statistics.UnfilteredRows,
                            s.Database.Statistics.Modifications(table.ObjectId) - statistics.Modifications, 0.0],
                ]
                : []);
        yield return Declare("dm_db_stats_histogram", [SqlType.Int, SqlType.Int],
            "object_id int, stats_id int, step_number int, range_high_key sql_variant null, range_rows real, equal_rows real, distinct_range_rows bigint, average_range_rows real",
            (s, a) => Known(s, a) is var (table, id, statistics) && statistics is not null
                ? statistics.Steps.Select((step, i) => new object?[]
                {
                    table.ObjectId, id, i + 1, step.High.IsNull ? null : SqlValue.FromVariant(step.High, statistics.KeyType), step.RangeRows, step.EqualRows, step.DistinctRangeRows, step.AverageRangeRows,
                })
                : []);
        yield return Declare("dm_db_incremental_stats_properties", [SqlType.Int, SqlType.Int],
            "object_id int, stats_id int, partition_number int, last_updated datetime2 null, rows bigint null, rows_sampled bigint null, steps int null, unfiltered_rows bigint null, modification_counter bigint null",
            static (_, _) => []);
    }

    /// <summary>The table and its statistics, where there are such; what was made of them last, if anything.</summary>
    private static (TableDefinition Table, int Id, TableStatistics? Statistics)? Known(EngineSession session, SqlValue[] arguments)
    {
        if (arguments[0].IsNull || arguments[1].IsNull || session.FindTable(arguments[0].AsInt32) is not { } table)
        {
            return null;
        }

        int id = arguments[1].AsInt32;
        return TableStatistics.Of(table).Any(s => s.Id == id) && Security.PrincipalAccess.Of(session).Sees(table)
            ? (table, id, session.Database.Statistics.Find(table.ObjectId, id))
            : null;
    }
}
