using NinaDB.Engine.Execution.Statements;
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

    [ThreadStatic]
    private static (ClrTriggerContext Context, Frame Frame)? s_trigger;

    /// <summary>What fired the trigger that runs; null in a routine that is none.</summary>
    public static ClrTriggerContext? TriggerContext => s_trigger?.Context;

    /// <summary>The frame of the CLR trigger that runs on this thread for a session: its commands see inserted and deleted.</summary>
    internal static Frame? TriggerFrame(EngineSession session) => ReferenceEquals(s_session, session) && s_trigger is { } trigger && trigger.Frame.Variables.Tables.Length > 0 && session.Running?.Top == trigger.Frame ? trigger.Frame : null;

    /// <summary>Where the caller's results go now: while T-SQL runs on <see cref="Session"/> that is the T-SQL's own result.</summary>
    public static ClrPipe Pipe => new(Session.Running ?? throw new InvalidOperationException("The caller of this routine takes no results."));

    internal static Scope Enter(EngineSession session, (ClrTriggerContext, Frame)? trigger = null)
    {
        var scope = new Scope(s_session, session.Running, s_trigger);
        s_session = session;
        s_trigger = trigger;
        return scope;
    }

    /// <summary>Gives the thread back to the routine that called this one, ending requests that it left open.</summary>
    internal readonly struct Scope(EngineSession? outer, BatchExecution? caller, (ClrTriggerContext, Frame)? trigger) : IDisposable
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
            s_trigger = trigger;
        }
    }
}
