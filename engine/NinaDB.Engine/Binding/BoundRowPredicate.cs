using NinaDB.Engine.Execution.Expressions;
using NinaDB.Engine.Planning;

namespace NinaDB.Engine.Binding;

/// <summary>
/// A security predicate over the rows of one table: the values it takes from a row, and the query of its function. A row is admitted when the query returns a row for
/// its values.
/// </summary>
/// <param name="arguments">Values over the table's registers, already of the parameters' types.</param>
/// <param name="parameters">Registers through which the query reads them.</param>
internal sealed class BoundRowPredicate(IReadOnlyList<BoundExpression> arguments, int[] parameters, BoundSelect query)
{
    private RowPredicate? _compiled;

    public IReadOnlyList<BoundExpression> Arguments { get; } = arguments;

    public int[] Parameters { get; } = parameters;

    public BoundSelect Query { get; } = query;

    /// <summary>Ids of the tables that its function reads, directly or through other functions; null when that is not known.</summary>
    public IReadOnlySet<int>? Reads { get; init; }

    /// <summary>Compiles it once, however many ways into its table the planner weighs.</summary>
    public RowPredicate Compile(QueryPlanner planner) => _compiled ??= new RowPredicate(this, planner);

    /// <summary>Registers of the table that its arguments read.</summary>
    public void AddReferences(RegisterSet set)
    {
        foreach (BoundExpression argument in Arguments)
        {
            set.AddRange(ExpressionInfo.Registers(argument));
        }
    }
}
