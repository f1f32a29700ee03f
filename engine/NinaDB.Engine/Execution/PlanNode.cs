using NinaDB.Engine.Binding;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution;

/// <summary>A node of an executable plan: immutable, shared by all sessions that run it. All state of a run lives in the iterator it opens.</summary>
internal abstract class PlanNode
{
    /// <summary>Estimated rows, for join ordering and for SHOWPLAN.</summary>
    public double EstimatedRows { get; set; } = 1000;

    public virtual IReadOnlyList<PlanNode> Inputs => [];

    /// <summary>Starts a run. The iterator writes each row into the registers that this node's columns own.</summary>
    public RowIterator Open(ExecutionContext context)
    {
        RowIterator rows = Iterate(context);
        return context.Profile is null ? rows : context.Profile.Watch(this, rows);
    }

    /// <summary>What <see cref="Open"/> starts.</summary>
    protected abstract RowIterator Iterate(ExecutionContext context);

    /// <summary>One line for SHOWPLAN_TEXT, in SQL Server's vocabulary (Clustered Index Seek, Hash Match, ...).</summary>
    public abstract string Describe();
}

/// <summary>A running operator.</summary>
internal abstract class RowIterator : IDisposable
{
    /// <summary>Produces the next row into the context's registers; false at the end.</summary>
    public abstract bool MoveNext();

    /// <summary>
    /// Starts again from the first row under the outer registers as they are now; false when the operator cannot (the caller then opens its plan anew).
    /// Nested loops call it for every outer row, which saves the allocations of opening.
    /// </summary>
    public virtual bool TryRestart() => false;

    public virtual void Dispose()
    {
    }
}

/// <summary>One output column of a compiled query.</summary>
internal sealed record OutputColumn(string Name, Types.SqlType Type, bool IsNullable, int Register)
{
    /// <summary>SELECT INTO makes it an identity column again.</summary>
    public bool InheritsIdentity { get; init; }

    public bool IsIdentity { get; init; }

    public bool IsComputed { get; init; }

    /// <summary>The untyped NULL literal: int on its own, but of the other side's type in a set operation, and assigned to a column of any type.</summary>
    public bool IsUntyped { get; init; }

    /// <summary>How strongly a character column holds on to its collation in a set operation.</summary>
    public Binding.CollationLabel Label { get; init; } = Binding.CollationLabel.Implicit;

    /// <summary>Digits of the integer literal it shows; 0 for everything else.</summary>
    public int LiteralDigits { get; init; }

    /// <summary>The type that an assignment converts from.</summary>
    public Types.SqlType AssignedType => IsUntyped ? Types.SqlType.Null : Type;

    /// <summary>Where it comes from, where the client asked for that; null otherwise.</summary>
    public BaseColumn? Base { get; init; }

    /// <summary>The base column it shows unchanged, where it is one (SELECT ... INTO, FOR JSON AUTO, column metadata); null otherwise.</summary>
    public Catalog.ColumnDefinition? Source { get; init; }
}

/// <summary>
/// One item of an assignment SELECT: after each row, in order, the value (already of the variable's type) is stored in the variable's slot.
/// Evaluation must be left to that moment because an item may read a variable that an earlier item, or row, has set.
/// </summary>
internal sealed record CompiledAssignment(VariableInfo Variable, Evaluator Value);

/// <summary>A query ready to run: its plan, its output columns and the size of its register file.</summary>
internal sealed record CompiledQuery(PlanNode Root, IReadOnlyList<OutputColumn> Columns, int RegisterCount)
{
    /// <summary>Items of an assignment SELECT (then there are no columns); empty for an ordinary query.</summary>
    public IReadOnlyList<CompiledAssignment> Assignments { get; init; } = [];

    /// <summary>1-based numbers of the output columns that the rows are ordered by.</summary>
    public IReadOnlyList<int> Order { get; init; } = [];

    /// <summary>Target of SELECT ... INTO; null otherwise.</summary>
    public ObjectName? Into { get; init; }
}
