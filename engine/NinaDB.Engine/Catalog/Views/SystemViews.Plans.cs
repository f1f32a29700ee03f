using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Catalog;

/// <summary>The plan cache: what is in it, how often it has run, and for how long.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/system-dynamic-management-views/sys-dm-exec-query-stats-transact-sql</remarks>
internal static partial class SystemViews
{
    private static void AddPlanViews(Action<SystemView> add)
    {
        string[] measures = ["physical_reads", "logical_writes", "logical_reads", "clr_time"];
        add(Sys("dm_exec_query_stats",
            "sql_handle varbinary(64), statement_start_offset int, statement_end_offset int, plan_generation_num bigint, plan_handle varbinary(64), creation_time datetime null, last_execution_time datetime null, "
            + "execution_count bigint, " + Four("worker_time") + string.Concat(measures.Select(m => Four(m))) + Four("elapsed_time")
            + "query_hash binary(8) null, query_plan_hash binary(8) null, " + Four("rows") + "statement_sql_handle varbinary(64) null, statement_context_id bigint null, "
            + string.Concat(((string[])["dop", "grant_kb", "used_grant_kb", "ideal_grant_kb", "reserved_threads", "used_threads", "columnstore_segment_reads", "columnstore_segment_skips", "spills",
                "num_physical_reads", "page_server_reads", "num_page_server_reads"]).Select(m => Four(m))).TrimEnd(',', ' '),
            QueryStatistics));
        add(Sys("dm_exec_procedure_stats", ModuleStatisticsColumns, s => ModuleStatistics(s, RoutineKind.Procedure)));
        add(Sys("dm_exec_trigger_stats", ModuleStatisticsColumns, s => ModuleStatistics(s, RoutineKind.Trigger)));
        add(Sys("dm_exec_function_stats", ModuleStatisticsColumns, s => ModuleStatistics(s, RoutineKind.ScalarFunction)));
        add(Sys("dm_exec_cached_plans",
            "bucketid int, refcounts int, usecounts int, size_in_bytes int, memory_object_address varbinary(8), cacheobjtype nvarchar(34), objtype nvarchar(16), plan_handle varbinary(64), pool_id int, parent_plan_handle varbinary(64) null",
            s => s.Database.Routines.All(s).Select(r => new object?[]
            {
                (int)(BitConverter.ToUInt32(r.Identity.PlanHandle, 4) % CacheBuckets), 2, r.Uses, SizeOf(r), new byte[8], "Compiled Plan", PlanCache.KindOf(r), r.Identity.PlanHandle, 2, null,
            })));
    }

    /// <summary>Buckets of the cache of SQL plans.</summary>
    private const uint CacheBuckets = 40009;

    private static readonly string ModuleStatisticsColumns =
        "database_id int, object_id int, type char(2) null, type_desc nvarchar(60) null, sql_handle varbinary(64), plan_handle varbinary(64), cached_time datetime null, last_execution_time datetime null, execution_count bigint, "
        + Four("worker_time") + Four("physical_reads") + Four("logical_writes") + Four("logical_reads") + Four("elapsed_time") + Four("spills") + Four("num_physical_reads") + Four("page_server_reads")
        + Four("num_page_server_reads").TrimEnd(',', ' ');

    /// <summary>The four columns of one measure.</summary>
    private static string Four(string measure) => $"total_{measure} bigint, last_{measure} bigint, min_{measure} bigint, max_{measure} bigint, ";

    private static IEnumerable<object?[]> QueryStatistics(EngineSession session)
    {
        foreach (Routine routine in session.Database.Routines.All(session))
        {
            foreach (Operation operation in PlanCache.Counted(routine))
            {
                ExecutionStatistics statistics = operation.Statistics!;
                PlanIdentity identity = routine.Identity;
                (int start, int end) = PlanCache.BytesOf(routine, operation.Source!);
                string text = identity.Text[(start / sizeof(char))..(end / sizeof(char))];
                object?[] elapsed = Measured(statistics.Elapsed);
                yield return
                [
                    identity.SqlHandle, start, end, statistics.Generation, identity.PlanHandle, statistics.Created, statistics.LastStarted,
                    statistics.Count, .. elapsed, .. Zeros(16), .. elapsed,
                    PlanIdentity.QueryHash(text), operation.CompiledPlan is { } plan ? PlanIdentity.HashOf(string.Join('\n', ShowPlan.Operators(plan))) : null, .. Measured(statistics.Rows), null, null,
                    statistics.Count, 1L, 1L, 1L, .. Zeros(44),
                ];
            }
        }
    }

    private static IEnumerable<object?[]> ModuleStatistics(EngineSession session, RoutineKind kind)
    {
        foreach (Routine routine in session.Database.Routines.All(session).Where(r => r.Kind == kind && r.Statistics is { Count: > 0 }))
        {
            ExecutionStatistics statistics = routine.Statistics!;
            object?[] elapsed = Measured(statistics.Elapsed);
            (string type, string description) = kind switch
            {
                RoutineKind.Procedure => ("P ", "SQL_STORED_PROCEDURE"),
                RoutineKind.Trigger => ("TR", "SQL_TRIGGER"),
                _ => ("FN", "SQL_SCALAR_FUNCTION"),
            };
            yield return
            [
                routine.ObjectId < 0 ? ResourceDatabaseId : routine.CompiledIn, routine.ObjectId, type, description, routine.Identity.SqlHandle, routine.Identity.PlanHandle, routine.CachedAt, statistics.LastStarted, statistics.Count,
                .. elapsed, .. Zeros(12), .. elapsed, .. Zeros(16),
            ];
        }
    }

    /// <summary>Where system procedures are.</summary>
    private const int ResourceDatabaseId = 32767;

    private static object?[] Measured((long Total, long Last, long Least, long Most) values) => [values.Total, values.Last, values.Least, values.Most];

    private static object?[] Zeros(int count) => [.. Enumerable.Repeat<object?>(0L, count)];

    /// <summary>About what a routine takes: its text and its steps, in pages.</summary>
    private static int SizeOf(Routine routine)
    {
        const int PageBytes = 8192, BytesOfAStep = 2048;
        int bytes = (routine.Text.Length * sizeof(char)) + (routine.Operations.Length * BytesOfAStep);
        return (bytes + PageBytes - 1) / PageBytes * PageBytes;
    }
}
