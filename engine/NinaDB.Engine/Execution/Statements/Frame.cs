using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>Where an error inside a TRY block goes.</summary>
/// <param name="CatchPosition">First operation of the CATCH block.</param>
/// <param name="CaughtDepth">How many CATCH blocks were running when the TRY block was entered.</param>
internal readonly record struct TryHandler(int CatchPosition, int CaughtDepth);

/// <summary>A running routine: its variables, its position and what has to be restored when it returns.</summary>
internal sealed class Frame(Routine routine, Frame? caller)
{
    public Routine Routine { get; } = routine;

    public Frame? Caller { get; } = caller;

    /// <summary>What errors call the module: a procedure as its EXECUTE spelled it; null for a batch.</summary>
    public string? Name { get; init; } = routine.Name;

    /// <summary>Errors inside are those of the statement that called it: functions have no line of their own.</summary>
    public bool IsInlined => Routine.Kind is RoutineKind.ScalarFunction or RoutineKind.TableFunction;

    public VariableFrame Variables { get; } = new(routine.Variables.Count);

    public int Position { get; set; }

    /// <summary>When it was entered, where executions of its routine are counted.</summary>
    public long Started { get; set; }

    /// <summary>Open TRY blocks, outermost first; null while there is none.</summary>
    public List<TryHandler>? Handlers { get; set; }

    /// <summary>Called after the frame has been popped: copies outputs to the caller.</summary>
    public Action<BatchExecution, Frame>? Returned { get; set; }

    /// <summary>RETURN value of a procedure (0 when it says nothing).</summary>
    public int ReturnCode { get; set; }

    /// <summary>RETURN value of a scalar function.</summary>
    public SqlValue Result { get; set; }

    /// <summary>SET options to go back to; null while the frame has changed none.</summary>
    public SessionOptions? SavedOptions { get; set; }

    public int EntryTransactionCount { get; set; }

    public int EntryCaughtDepth { get; set; }

    public decimal? SavedScopeIdentity { get; set; }

    public int SavedModuleId { get; set; }

    /// <summary>Where the caller was, and who: what a module of another database, or USE in dynamic SQL, comes back to.</summary>
    public EngineSession.Place SavedPlace { get; set; }

    /// <summary>EXECUTE AS in force when the frame began: REVERT does not go below.</summary>
    public int SavedImpersonationDepth { get; init; }

    public int SavedNestLevel { get; set; }

    /// <summary>The table variables outlive the frame: a function hands its result over.</summary>
    public bool KeepTables { get; set; }

    /// <summary>Level of temp tables and @@NESTLEVEL.</summary>
    public int Level { get; init; }

    /// <summary>True when an error that no handler catches goes to the statement that called the frame (functions, triggers).</summary>
    public bool RaisesToCaller => Routine.Kind is RoutineKind.ScalarFunction or RoutineKind.TableFunction or RoutineKind.Trigger;

    /// <summary>Table variables made for the frame beside the declared ones (omitted table-valued arguments).</summary>
    public IReadOnlyList<Catalog.TableDefinition> OwnedTables => _ownedTables ?? (IReadOnlyList<Catalog.TableDefinition>)[];

    public void Own(Catalog.TableDefinition table) => (_ownedTables ??= []).Add(table);

    private List<Catalog.TableDefinition>? _ownedTables;

    /// <summary>The call promises its result sets: what was promised around it comes back when it ends.</summary>
    public bool HasContract { get; set; }

    public ResultSetContract? OuterContract { get; set; }

    /// <summary>The highest severity of the errors of this frame's own statements; without RETURN it makes the return code.</summary>
    public int WorstSeverity { get; set; }

    /// <summary>RETURN has given a code.</summary>
    public bool HasReturnCode { get; set; }

    /// <summary>Local cursors by name.</summary>
    public Dictionary<string, Cursor>? Cursors
    {
        get;
        set
        {
            field = value;
            Variables.LocalCursors = value;
        }
    }

    public void CloseCursors()
    {
        if (Cursors is not null)
        {
            foreach (Cursor cursor in Cursors.Values)
            {
                cursor.Close();
            }
        }
    }

    /// <summary>A context for expressions that use no registers, reused within the frame.</summary>
    public ExecutionContext? Scratch { get; set; }
}
