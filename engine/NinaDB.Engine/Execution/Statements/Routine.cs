using NinaDB.Engine.Session;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>What kind of code a routine is; it decides scope rules and what an error ends.</summary>
internal enum RoutineKind : byte
{
    Batch, Procedure, DynamicBatch, ScalarFunction, TableFunction, Trigger,
}

/// <param name="Variable">Where the argument goes.</param>
/// <param name="HasDefault">The parameter may be omitted.</param>
/// <param name="Default">Compiled default; null for none.</param>
internal sealed record RoutineParameter(VariableInfo Variable, bool IsOutput, bool IsReadOnly, bool HasDefault, Evaluator? Default);

/// <summary>
/// A batch or module body flattened into operations with jumps, so that GOTO, BREAK and TRY/CATCH are plain positions and a run can stop at any row.
/// Immutable and shared by all sessions; operations cache their compiled plans.
/// </summary>
internal sealed class Routine
{
    public required RoutineKind Kind { get; init; }

    /// <summary>Two-part name for error messages (ERROR_PROCEDURE() shows the last part); null for a batch.</summary>
    public string? Name { get; init; }

    /// <summary>The source that statements' offsets count in.</summary>
    public string Text { get; init; } = "";

    /// <summary>Object id of the module; 0 for a batch.</summary>
    public int ObjectId { get; init; }

    /// <summary>Database of the module: what it does, it does there. Null for batches, for temporary procedures and for the sp_ procedures of master, which act in the caller's database.</summary>
    public int? DatabaseId { get; init; }

    /// <summary>Schema that unqualified names resolve to first; null in batches.</summary>
    public string? Schema { get; init; }

    public required VariableMap Variables { get; init; }

    public IReadOnlyList<RoutineParameter> Parameters { get; init; } = [];

    public required Operation[] Operations { get; init; }

    /// <summary>Variables that are tables and must be created when a frame starts (declared ones, not parameters).</summary>
    public IReadOnlyList<VariableInfo> DeclaredTables { get; init; } = [];

    /// <summary>True when any variable is a table.</summary>
    public bool HasTableVariables { get; init; }

    /// <summary>Catalog version whose user types the variables were resolved with; -1 when there are none.</summary>
    public long TypesVersion { get; init; } = -1;

    /// <summary>Settings the module was created with; null for batches, which use the session's.</summary>
    public bool? QuotedIdentifier { get; init; }

    public bool? AnsiNulls { get; init; }

    /// <summary>What the text's last SET QUOTED_IDENTIFIER says: it holds for the whole batch, since that is how it was read.</summary>
    public bool? WrittenQuotedIdentifier { get; init; }

    /// <summary>True when any variable is a cursor.</summary>
    public bool HasCursorVariables { get; init; }

    /// <summary>The database it was compiled in; a part of what plans are kept apart by.</summary>
    public int CompiledIn { get; init; }

    /// <summary>QUOTED_IDENTIFIER as the text was read under.</summary>
    public bool WasQuoted { get; init; }

    /// <summary>When it came into the cache.</summary>
    public DateTime CachedAt { get; } = DateTime.Now;

    /// <summary>How often it has been looked up in the cache.</summary>
    public int Uses;

    /// <summary>Its handles, made when somebody asks.</summary>
    public PlanIdentity Identity => field ??= PlanIdentity.Of(this);

    /// <summary>Executions of a module as a whole; null for batches.</summary>
    public ExecutionStatistics? Statistics { get; init; }

    /// <summary>Catalog version against which the operations were last compiled ahead; 0 for never.</summary>
    public long PrecompiledVersion { get; set; }

    /// <summary>EXECUTE AS of the module; null for CALLER.</summary>
    public int? ExecuteAsPrincipalId { get; init; }

    /// <summary>Return type of a scalar function.</summary>
    public Types.SqlType? ReturnType { get; init; }

    /// <summary>The @table variable that a multi-statement function returns.</summary>
    public VariableInfo? ReturnTable { get; init; }
}

/// <summary>One step of a routine.</summary>
internal abstract class Operation
{
    /// <summary>What a client is told the statement was, with its number of rows.</summary>
    public virtual StatementKind StatementKind => StatementKind.Other;

    /// <summary>Position of this operation in its routine.</summary>
    public int Index { get; set; }

    /// <summary>1-based line of its statement, for errors.</summary>
    public int Line { get; init; }

    protected int Next => Index + 1;

    /// <summary>The statement it comes from; null for a step that the compiler has added.</summary>
    public Syntax.Ast.Statement? Source { get; set; }

    /// <summary>It has a plan: its executions are counted.</summary>
    public virtual bool IsPlanned => false;

    /// <summary>Executions since the plan was made; null for what has no plan, or none yet.</summary>
    public ExecutionStatistics? Statistics { get; protected set; }

    /// <summary>What SHOWPLAN tells of the statement as it is compiled now, by whoever compiled it; null where it is not.</summary>
    public virtual ShownPlan? CompiledPlan => null;

    /// <summary>True for steps that only steer (jumps, TRY markers): they leave @@ERROR and @@ROWCOUNT alone.</summary>
    public virtual bool IsControl => false;

    /// <summary>Whether values are left out of its conversion errors.</summary>
    public virtual bool RedactsErrors => false;

    /// <summary>Runs the step and returns the position to go on with.</summary>
    public abstract int Execute(BatchExecution run, Frame frame);

    /// <summary>What SHOWPLAN tells of the statement; null where it has no plan.</summary>
    public virtual ShownPlan? ShowPlan(BatchExecution run, Frame frame) => null;

    /// <summary>Compiles, with what the principal may do, to find the types of parameters that were not declared.</summary>
    public virtual void Infer(EngineSession session, Routine routine, Binding.ParameterInference inference)
    {
    }

    /// <summary>Compiles only to see what the statement reads; null for one that compiles nothing.</summary>
    public virtual Binding.StatementAccess? Analyze(EngineSession session, Routine routine) => null;

    /// <summary>Compiles ahead of the run, so that binding errors stop a batch before anything has happened. Missing objects are left to run time.</summary>
    public virtual void Precompile(BatchExecution run, Frame frame)
    {
    }
}
