using NinaDB.Engine.Binding;
using NinaDB.Engine.Execution.Expressions;

namespace NinaDB.Engine.Execution.Aggregates;

/// <summary>An aggregate ready to run: makes accumulators and feeds them from the registers of the current row. Immutable, shared by executions.</summary>
internal sealed class CompiledAggregate
{
    private CompiledAggregate(Func<Accumulator> create, Action<Accumulator, ExecutionContext> accumulate)
    {
        Create = create;
        Accumulate = accumulate;
    }

    /// <summary>A fresh accumulator for a group.</summary>
    public Func<Accumulator> Create { get; }

    /// <summary>Adds the current row (of the context's registers) to an accumulator that <see cref="Create"/> made.</summary>
    public Action<Accumulator, ExecutionContext> Accumulate { get; }

    public static CompiledAggregate Compile(BoundAggregate aggregate, ExpressionCompiler compiler) => throw new NotImplementedException();
}
