using NinaDB.Engine.Binding;
using NinaDB.Engine.Execution.Expressions;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Aggregates;

/// <summary>The rows of one partition, sorted, as the operator that materialised them offers them.</summary>
internal interface IWindowPartition
{
    int Count { get; }

    /// <summary>Puts a row back into the registers it came from.</summary>
    void Load(int row, ExecutionContext context);
}

/// <summary>Computes one window function over a materialised partition. Immutable; all state is local to a call.</summary>
internal sealed class WindowEvaluator
{
    private WindowEvaluator()
    {
    }

    public static WindowEvaluator Compile(BoundWindow window, ExpressionCompiler compiler) => throw new NotImplementedException();

    /// <summary>The function's value for every row of the partition, in partition order.</summary>
    public SqlValue[] Evaluate(IWindowPartition partition, ExecutionContext context) => throw new NotImplementedException();
}
