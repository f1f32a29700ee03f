using NinaDB.Engine.Binding;

namespace NinaDB.Engine.Execution.Expressions;

/// <summary>Compiles bound expressions to closures over the execution context.</summary>
internal sealed partial class ExpressionCompiler(IQueryPlanner? planner)
{
    private readonly IQueryPlanner? _planner = planner;

    public Evaluator Compile(BoundExpression expression) => throw new NotImplementedException();

    public PredicateEvaluator Compile(BoundPredicate predicate) => throw new NotImplementedException();
}
