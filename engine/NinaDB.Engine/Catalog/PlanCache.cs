using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Catalog;

/// <summary>What the dynamic management views tell of cached routines, and of those that sessions are running.</summary>
internal static class PlanCache
{
    /// <summary>The routine behind a sql_handle or a plan_handle; null when nobody has it any more.</summary>
    public static Routine? Find(EngineSession session, ReadOnlySpan<byte> handle)
    {
        foreach (Routine routine in session.Database.Routines.All(session).Concat(session.Database.Sessions.SelectMany(RunningIn)))
        {
            PlanIdentity identity = routine.Identity;
            if (handle.SequenceEqual(identity.PlanHandle) || handle.SequenceEqual(identity.SqlHandle))
            {
                return routine;
            }
        }

        return null;
    }

    /// <summary>Routines of the frames of a session, innermost first.</summary>
    private static IEnumerable<Routine> RunningIn(EngineSession session)
    {
        for (Frame? frame = session.Running?.Top; frame is not null; frame = frame.Caller)
        {
            if (frame.Routine.Text.Length > 0)
            {
                yield return frame.Routine;
            }
        }
    }

    /// <summary>Adhoc, Prepared, Proc or Trigger.</summary>
    public static string KindOf(Routine routine) => routine.Kind switch
    {
        RoutineKind.Trigger => "Trigger",
        RoutineKind.Batch or RoutineKind.DynamicBatch => routine.Parameters.Count > 0 ? "Prepared" : "Adhoc",
        _ => "Proc",
    };

    /// <summary>Where a statement stands in the text of its routine, in bytes.</summary>
    public static (int Start, int End) BytesOf(Routine routine, Statement statement)
    {
        int prefix = routine.Identity.Prefix;
        return ((prefix + statement.Offset) * sizeof(char), (prefix + Math.Min(statement.EndOffset, routine.Text.Length)) * sizeof(char));
    }

    /// <summary>The statements of a routine with a plan that have run, each once.</summary>
    public static IEnumerable<Operation> Counted(Routine routine) =>
        routine.Operations.Where(o => o is { Source: not null, Statistics.Count: > 0 });

    /// <summary>The plans that the statements of a routine have now, as XML.</summary>
    /// <param name="start">Byte offset of the statement that is wanted; 0 with an <paramref name="end"/> of -1 for all.</param>
    public static string? Document(Routine routine, int start = 0, int end = -1)
    {
        return ShowPlan.Document(routine.Text, routine.Operations.Where(IsWanted).Select(o => o.CompiledPlan).OfType<ShownPlan>());

        bool IsWanted(Operation operation) =>
            operation.Source is { } source && ((start == 0 && end == -1) || BytesOf(routine, source) is var (from, to) && from == start && (end == -1 || to == end));
    }

    /// <summary>The handle of what a session sent last.</summary>
    public static byte[]? LastHandle(EngineSession session) =>
        session.Running is { } running && RunningIn(session).LastOrDefault() is { } routine ? routine.Identity.SqlHandle
        : session.InputBuffer.Text.Length > 0 ? PlanIdentity.HandleOf(session.InputBuffer.Text)
        : null;
}
