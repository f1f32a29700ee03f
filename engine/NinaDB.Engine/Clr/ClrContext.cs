using NinaDB.Engine.Session;

namespace NinaDB.Engine.Clr;

/// <summary>
/// What a CLR routine knows of its caller: the session to run T-SQL on (SQL Server's context connection) and the pipe to the caller's results
/// (SqlContext.Pipe). Valid on the thread of the call, while the routine runs.
/// </summary>
public static class ClrContext
{
    [ThreadStatic]
    private static EngineSession? s_session;

    /// <summary>True while a CLR routine runs on this thread.</summary>
    public static bool IsAvailable => s_session is not null;

    /// <summary>The session that called the routine. T-SQL run on it belongs to the caller's transaction and sees its temp tables.</summary>
    /// <exception cref="InvalidOperationException">No CLR routine is running on this thread.</exception>
    public static EngineSession Session => s_session ?? throw new InvalidOperationException("The requested operation requires a SqlClr context, which is only available when running in the host's process.");

    /// <summary>Where the caller's results go now: while T-SQL runs on <see cref="Session"/> that is the T-SQL's own result.</summary>
    public static ClrPipe Pipe => new(Session.Running?.Sink ?? throw new InvalidOperationException("The caller of this routine takes no results."));

    internal static Scope Enter(EngineSession session)
    {
        var scope = new Scope(s_session, session.Running);
        s_session = session;
        return scope;
    }

    /// <summary>Gives the thread back to the routine that called this one, ending requests that it left open.</summary>
    internal readonly struct Scope(EngineSession? outer, BatchExecution? caller) : IDisposable
    {
        public void Dispose()
        {
            EngineSession session = s_session!;
            while (session.Running is { } open && open != caller)
            {
                open.Dispose();
                if (session.Running == open)
                {
                    break;
                }
            }

            s_session = outer;
        }
    }
}
