using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>Binds expressions and predicates against a scope: names, types, implicit conversions, and every semantic error of expressions.</summary>
internal sealed partial class ExpressionBinder(BindingScope scope, IQueryBinder queries)
{
    private readonly BindingScope _scope = scope;
    private readonly IQueryBinder _queries = queries;

    public BoundExpression Bind(Expression expression) => throw new NotImplementedException();

    public BoundPredicate Bind(Predicate predicate) => throw new NotImplementedException();

    /// <summary>Converts to a type: itself when nothing is to do. Throws 206, 257 or 529 when the conversion is not allowed.</summary>
    public BoundExpression Coerce(BoundExpression expression, SqlType type, bool isImplicit = true) => throw new NotImplementedException();

    /// <summary>
    /// Binds an aggregate call against this scope (the rows before grouping; the scope's collectors must be null). Called by the query binder's aggregate collector.
    /// </summary>
    public BoundAggregate BindAggregate(FunctionCallExpression call) => throw new NotImplementedException();

    /// <summary>Binds a window function against this scope (after grouping; aggregates are allowed inside). <paramref name="windows"/> is the WINDOW clause.</summary>
    public BoundWindow BindWindow(FunctionCallExpression call, IReadOnlyList<(string Name, OverClause Definition)>? windows = null) => throw new NotImplementedException();

    /// <summary>A comparison of two bound operands with their implicit conversions (also used for joins USING-style rewrites, MERGE, set operations).</summary>
    public BoundPredicate Compare(ComparisonOperator op, BoundExpression left, BoundExpression right) => throw new NotImplementedException();
}
