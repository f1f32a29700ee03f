using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>sys.dm_exec_cursors and sys.dm_exec_input_buffer: what sessions have open, and what they sent last.</summary>
internal static class RequestFunctions
{
    /// <summary>A cursor's fetch status before its first FETCH.</summary>
    public const int NotFetched = -9;

    public static readonly SystemTableFunction Cursors = new(
        "dm_exec_cursors",
        [SqlType.Int],
        [
            new("session_id", SqlType.Int, true), new("cursor_id", SqlType.Int, true), new("name", SqlType.NVarChar(256), true), new("properties", SqlType.NVarChar(256), true),
            new("sql_handle", SqlType.VarBinary(64), true), new("statement_start_offset", SqlType.Int, true), new("statement_end_offset", SqlType.Int, true),
            new("plan_generation_num", SqlType.BigInt, true), new("creation_time", SqlType.DateTime, true), new("is_open", SqlType.Bit, true), new("is_async_population", SqlType.Bit, true),
            new("is_close_on_commit", SqlType.Bit, true), new("fetch_status", SqlType.Int, true), new("fetch_buffer_size", SqlType.Int, true), new("fetch_buffer_start", SqlType.Int, true),
            new("ansi_position", SqlType.Int, true), new("worker_time", SqlType.BigInt, true), new("reads", SqlType.BigInt, true), new("writes", SqlType.BigInt, true),
            new("dormant_duration", SqlType.BigInt, true),
        ],
        CursorRows);

    public static readonly SystemTableFunction InputBuffer = new(
        "dm_exec_input_buffer",
        [SqlType.SmallInt, SqlType.Int],
        [new("event_type", SqlType.NVarChar(256), false), new("parameters", SqlType.SmallInt, false), new("event_info", SqlType.NVarCharMax, true)],
        (session, arguments) => Sessions(session, arguments[0], allOfZero: false).Select(s => new[]
        {
            SqlValue.FromString(s.InputBuffer.Type), SqlValue.FromSmallInt(0), SqlValue.FromString(s.InputBuffer.Text),
        }));

    private static IEnumerable<EngineSession> Sessions(EngineSession session, SqlValue id, bool allOfZero)
    {
        int? wanted = id.IsNull ? null : id.AsInt32;
        return session.Database.Sessions.Where(s => s.SessionId == wanted || (allOfZero && wanted == 0));
    }

    private static IEnumerable<SqlValue[]> CursorRows(EngineSession session, SqlValue[] arguments)
    {
        foreach (EngineSession owner in Sessions(session, arguments[0], allOfZero: true))
        {
            int id = 0;
            var seen = new HashSet<Cursor>();
            foreach ((string name, Cursor cursor) in CursorsOf(owner))
            {
                id++;
                if (seen.Add(cursor))
                {
                    yield return
                    [
                        SqlValue.FromInt(owner.SessionId), SqlValue.FromInt(id), SqlValue.FromString(name), SqlValue.FromString(Properties(name, cursor)), SqlValue.Null, SqlValue.FromInt(0), SqlValue.FromInt(-1),
                        SqlValue.FromBigInt(1), SqlValue.Null, SqlValue.FromBit(cursor.IsOpen), SqlValue.FromBit(false), SqlValue.FromBit(owner.Options.CursorCloseOnCommit),
                        SqlValue.FromInt(cursor.FetchStatus), SqlValue.FromInt(1), SqlValue.FromInt(0), SqlValue.FromInt(cursor.Position), SqlValue.FromBigInt(0), SqlValue.FromBigInt(0),
                        SqlValue.FromBigInt(0), SqlValue.FromBigInt(0),
                    ];
                }
            }
        }
    }

    /// <summary>Global cursors, then those of the running modules, innermost first.</summary>
    private static IEnumerable<(string Name, Cursor Cursor)> CursorsOf(EngineSession session)
    {
        foreach ((string name, Cursor cursor) in session.GlobalCursors)
        {
            yield return (name, cursor);
        }

        for (Frame? frame = session.Running?.Top; frame is not null; frame = frame.Caller)
        {
            foreach ((string name, Cursor cursor) in frame.Cursors ?? [])
            {
                yield return (name, cursor);
            }

            foreach (Execution.VariableInfo variable in frame.Variables.Cursors.Length == 0 ? [] : frame.Routine.Variables.All)
            {
                if (frame.Variables.Cursors[variable.Slot] is Cursor cursor)
                {
                    yield return (variable.Name, cursor);
                }
            }
        }
    }

    /// <summary>Interface, type, concurrency, scope and nesting, as the view writes them.</summary>
    private static string Properties(string name, Cursor cursor)
    {
        IReadOnlyList<string> options = cursor.Definition.Options;
        string type = cursor.Plan.IsFastForward ? "Fast_Forward" : cursor.Model switch { CursorModel.Static => "Snapshot", CursorModel.Keyset => "Keyset", _ => "Dynamic" };
        string concurrency = cursor.Plan.Concurrency switch { CursorConcurrency.ReadOnly => "Read Only", CursorConcurrency.ScrollLocks => "Scroll Locks", _ => "Optimistic" };
        string scope = options.Contains("LOCAL") || name.StartsWith('@') ? "Local" : "Global";
        return $"TSQL | {type} | {concurrency} | {scope} (0)";
    }
}
