using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>Functions over the plan cache: texts, plans and attributes of a handle.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/system-dynamic-management-views/sys-dm-exec-sql-text-transact-sql</remarks>
internal static partial class SystemTableFunctions
{
    private const string PlanColumns = "dbid smallint null, objectid int null, number smallint null, encrypted bit, ";

    private static IEnumerable<SystemTableFunction> Plans()
    {
        SqlType handle = SqlType.VarBinary(64);
        yield return Declare("dm_exec_sql_text", [handle], PlanColumns + "text nvarchar(max) null", static (s, a) =>
            Find(s, a[0]) is { } routine ? [[.. Owner(routine), routine.Identity.Text]]
            : LastText(s, a[0]) is { } text ? [[null, null, null, false, text]]
            : []);
        yield return Declare("dm_exec_query_plan", [handle], PlanColumns + "query_plan xml null", static (s, a) =>
            Find(s, a[0]) is { } routine ? [[.. Owner(routine), Xml(PlanCache.Document(routine))]] : []);
        yield return Declare("dm_exec_text_query_plan", [handle, SqlType.Int, SqlType.Int], PlanColumns + "query_plan nvarchar(max) null", static (s, a) =>
            Find(s, a[0]) is { } routine
                ? [[.. Owner(routine), PlanCache.Document(routine, a[1].IsNull ? 0 : a[1].AsInt32, a[2].IsNull ? -1 : a[2].AsInt32)]]
                : []);
        yield return Declare("dm_exec_query_plan_stats", [handle], PlanColumns + "query_plan xml null", static (s, a) =>
            Find(s, a[0]) is { } routine ? [[.. Owner(routine), Xml(PlanCache.Document(routine))]] : []);
        yield return Declare("dm_exec_plan_attributes", [handle], "attribute varchar(128), value sql_variant null, is_cache_key bit", static (s, a) =>
            Find(s, a[0]) is { } routine ? Attributes(s, routine) : []);
        yield return Declare("dm_exec_cached_plan_dependent_objects", [handle],
            "usecounts int, memory_object_address varbinary(8), cacheobjtype nvarchar(50)", static (_, _) => []);
    }

    /// <summary>A function whose rows are plain objects.</summary>
    private static SystemTableFunction Declare(string name, SqlType[] parameters, string columns, Func<EngineSession, SqlValue[], IEnumerable<object?[]>> rows)
    {
        ResultColumnDefinition[] definitions = SystemViews.ParseColumns(columns);
        return new SystemTableFunction(name, parameters, definitions, (session, arguments) => rows(session, arguments).Select(row => SystemViews.Convert(name, row, definitions)));
    }

    private static Routine? Find(EngineSession session, SqlValue handle) => handle.IsNull ? null : PlanCache.Find(session, handle.AsBytes);

    /// <summary>The text of a batch that a session sent last, when its plan is not cached.</summary>
    private static string? LastText(EngineSession session, SqlValue handle) => handle.IsNull
        ? null
        : session.Database.Sessions.Select(s => s.InputBuffer.Text).FirstOrDefault(t => t.Length > 0 && handle.AsBytes.AsSpan().SequenceEqual(PlanIdentity.HandleOf(t)));

    private static object? Xml(string? text) => text is null ? null : SqlConvert.Convert(SqlValue.FromString(text), SqlType.NVarCharMax, SqlType.Xml);

    /// <summary>Database, object, number and encryption: NULL for a batch that was not prepared.</summary>
    private static object?[] Owner(Routine routine) => routine.ObjectId != 0
        ? [routine.CompiledIn, routine.ObjectId, 0, false]
        : [routine.Parameters.Count > 0 ? routine.CompiledIn : null, null, null, false];

    private static IEnumerable<object?[]> Attributes(EngineSession session, Routine routine)
    {
        SessionOptions options = session.Options;
        yield return ["set_options", (options.AnsiPadding ? 1 : 0) | (options.ConcatNullYieldsNull ? 8 : 0) | (options.AnsiWarnings ? 16 : 0) | (options.AnsiNulls ? 32 : 0) | (routine.WasQuoted ? 64 : 0)
            | (options.AnsiNullDefaultOn ? 128 : 0) | (options.ArithAbort ? 4096 : 0), true];
        yield return ["objectid", routine.ObjectId != 0 ? routine.ObjectId : System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(routine.Identity.SqlHandle.AsSpan(4)), true];
        yield return ["dbid", routine.CompiledIn, true];
        yield return ["dbid_execute", 0, true];
        yield return ["user_id", routine.ObjectId != 0 ? -2 : session.PrincipalId, true];
        yield return ["language_id", (int)options.LanguageInfo.Id, true];
        yield return ["date_format", options.DateFormat switch { "mdy" => 1, "dmy" => 2, "ymd" => 3, "ydm" => 4, "myd" => 5, _ => 6 }, true];
        yield return ["date_first", options.DateFirst, true];
        yield return ["compat_level", DatabaseOptions.CompatibilityLevel, true];
        yield return ["status", 0, true];
        yield return ["required_cursor_options", 0, true];
        yield return ["acceptable_cursor_options", 0, true];
        yield return ["merge_action_type", 0, true];
        yield return ["is_replication_specific", 0, true];
        yield return ["optional_spid", 0, true];
        yield return ["optional_clr_trigger_dbid", 0, true];
        yield return ["optional_clr_trigger_objid", 0, true];
        yield return ["inuse_exec_context", 0, false];
        yield return ["free_exec_context", 1, false];
        yield return ["hits_exec_context", Math.Max(0, routine.Uses - 1), false];
        yield return ["misses_exec_context", 0, false];
        yield return ["removed_exec_context", 0, false];
        yield return ["inuse_cursors", 0, false];
        yield return ["free_cursors", 0, false];
        yield return ["hits_cursors", 0, false];
        yield return ["misses_cursors", 0, false];
        yield return ["removed_cursors", 0, false];
        yield return ["sql_handle", SqlValue.FromVariant(SqlValue.FromBinary(routine.Identity.SqlHandle), SqlType.VarBinary(64)), false];
    }
}
