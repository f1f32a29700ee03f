using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Binding;

/// <summary>Questions about expressions that binder and planner ask.</summary>
internal static partial class ExpressionInfo
{
    /// <summary>Registers that evaluating the expression reads (outer references of its subqueries included).</summary>
    public static HashSet<int> Registers(BoundExpression expression) => throw new NotImplementedException();

    public static HashSet<int> Registers(BoundPredicate predicate) => throw new NotImplementedException();

    public static bool ContainsSubquery(BoundExpression expression) => throw new NotImplementedException();

    public static bool ContainsSubquery(BoundPredicate predicate) => throw new NotImplementedException();

    /// <summary>Same value at every evaluation with the same registers and variables; false for NEWID(), RAND(), NEXT VALUE FOR, user functions.</summary>
    public static bool IsDeterministic(BoundExpression expression) => throw new NotImplementedException();

    public static bool IsDeterministic(BoundPredicate predicate) => throw new NotImplementedException();

    /// <summary>Reads no register and no subquery: one value for a whole execution (literals, variables, GETDATE()).</summary>
    public static bool IsRuntimeConstant(BoundExpression expression) => throw new NotImplementedException();

    /// <summary>Replaces columns by what <paramref name="map"/> returns for their register (null = keep). Null when a subquery stands in the way.</summary>
    public static BoundExpression? Substitute(BoundExpression expression, Func<int, BoundExpression?> map) => throw new NotImplementedException();

    public static BoundPredicate? Substitute(BoundPredicate predicate, Func<int, BoundExpression?> map) => throw new NotImplementedException();

    /// <summary>Compares syntax trees by structure, names case-insensitively (GROUP BY matching).</summary>
    public static IEqualityComparer<Expression> SyntaxComparer { get; } = EqualityComparer<Expression>.Default;

    /// <summary>Compares bound expressions by structure (index and predicate matching, common subexpressions).</summary>
    public static IEqualityComparer<BoundExpression> BoundComparer { get; } = EqualityComparer<BoundExpression>.Default;

    public static IEqualityComparer<BoundPredicate> PredicateComparer { get; } = EqualityComparer<BoundPredicate>.Default;

    /// <summary>The conjuncts of a condition (itself when it is no AND).</summary>
    public static IReadOnlyList<BoundPredicate> Conjuncts(BoundPredicate? predicate) => throw new NotImplementedException();

    /// <summary>Joins conditions with AND; null for none.</summary>
    public static BoundPredicate? And(IReadOnlyList<BoundPredicate> terms) => throw new NotImplementedException();

    /// <summary>True for COUNT, SUM, STRING_AGG ... (by upper-case or any-case name).</summary>
    public static bool IsAggregate(string name) => throw new NotImplementedException();

    /// <summary>True for ROW_NUMBER, LAG ... and the rest that need OVER.</summary>
    public static bool IsWindowOnly(string name) => throw new NotImplementedException();
}
