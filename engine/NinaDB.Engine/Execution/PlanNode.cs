namespace NinaDB.Engine.Execution;

/// <summary>A node of an executable plan: immutable, shared by all sessions that run it. All state of a run lives in the iterator it opens.</summary>
internal abstract class PlanNode
{
    /// <summary>Estimated rows, for join ordering and for SHOWPLAN.</summary>
    public double EstimatedRows { get; set; } = 1000;

    public virtual IReadOnlyList<PlanNode> Inputs => [];

    /// <summary>Starts a run. The iterator writes each row into the registers that this node's columns own.</summary>
    public abstract RowIterator Open(ExecutionContext context);

    /// <summary>One line for SHOWPLAN_TEXT, in SQL Server's vocabulary (Clustered Index Seek, Hash Match, ...).</summary>
    public abstract string Describe();
}

/// <summary>A running operator.</summary>
internal abstract class RowIterator : IDisposable
{
    /// <summary>Produces the next row into the context's registers; false at the end.</summary>
    public abstract bool MoveNext();

    public virtual void Dispose()
    {
    }
}

/// <summary>One output column of a compiled query.</summary>
internal sealed record OutputColumn(string Name, Types.SqlType Type, bool IsNullable, int Register)
{
    public bool IsIdentity { get; init; }

    public bool IsComputed { get; init; }
}

/// <summary>A query ready to run: its plan, its output columns and the size of its register file.</summary>
internal sealed record CompiledQuery(PlanNode Root, IReadOnlyList<OutputColumn> Columns, int RegisterCount);
