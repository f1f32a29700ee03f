using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>Questions about expressions that binder and planner ask.</summary>
internal static partial class ExpressionInfo
{
    private static readonly HashSet<string> Aggregates = new(StringComparer.OrdinalIgnoreCase)
    {
        "COUNT", "COUNT_BIG", "SUM", "AVG", "MIN", "MAX", "STDEV", "STDEVP", "VAR", "VARP", "STRING_AGG", "CHECKSUM_AGG", "APPROX_COUNT_DISTINCT",
        "GROUPING", "GROUPING_ID", "JSON_ARRAYAGG", "JSON_OBJECTAGG", "PRODUCT", "APPROX_PERCENTILE_CONT", "APPROX_PERCENTILE_DISC",
    };

    private static readonly HashSet<string> WindowOnly = new(StringComparer.OrdinalIgnoreCase)
    {
        "ROW_NUMBER", "RANK", "DENSE_RANK", "NTILE", "LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE", "PERCENT_RANK", "CUME_DIST", "PERCENTILE_CONT", "PERCENTILE_DISC",
    };

    /// <summary>Compares syntax trees by structure, names case-insensitively (GROUP BY matching). A column matches with and without its qualifier.</summary>
    public static IEqualityComparer<Expression> SyntaxComparer { get; } = new SyntaxTreeComparer();

    /// <summary>Compares bound expressions by structure (index and predicate matching, common subexpressions).</summary>
    public static IEqualityComparer<BoundExpression> BoundComparer { get; } = new BoundTreeComparer();

    public static IEqualityComparer<BoundPredicate> PredicateComparer { get; } = new BoundTreeComparer();

    /// <summary>Registers that evaluating the expression reads (outer references of its subqueries included).</summary>
    public static HashSet<int> Registers(BoundExpression expression) => RegistersOf(expression);

    public static HashSet<int> Registers(BoundPredicate predicate) => RegistersOf(predicate);

    public static bool ContainsSubquery(BoundExpression expression) => !BoundTree.Visit(expression, static n => BoundTree.QueryOf(n) is null);

    public static bool ContainsSubquery(BoundPredicate predicate) => !BoundTree.Visit(predicate, static n => BoundTree.QueryOf(n) is null);

    /// <summary>Same value at every evaluation with the same registers and variables; false for NEWID(), RAND(), NEXT VALUE FOR, user functions.</summary>
    public static bool IsDeterministic(BoundExpression expression) => BoundTree.Visit(expression, IsDeterministicNode);

    public static bool IsDeterministic(BoundPredicate predicate) => BoundTree.Visit(predicate, IsDeterministicNode);

    /// <summary>Reads no register and no subquery: one value for a whole execution (literals, variables, GETDATE()).</summary>
    public static bool IsRuntimeConstant(BoundExpression expression) => BoundTree.Visit(expression, static node => node switch
    {
        BoundColumn or BoundNextValue or BoundUserFunction => false,
        BoundFunctionCall { Name: "NEWID" or "NEWSEQUENTIALID" or "RAND" or "CRYPT_GEN_RANDOM" } => false,
        _ => BoundTree.QueryOf(node) is null,
    });

    /// <summary>
    /// True when moving the evaluation (to other rows, or before another filter) could raise an error that would not have been raised: a division, a conversion, a function.
    /// </summary>
    public static bool CanFail(BoundPredicate predicate) => !BoundTree.Visit(predicate, static node => node switch
    {
        BoundFunctionCall or BoundUserFunction or BoundScalarSubquery or BoundNextValue => false,
        BoundBinary binary => binary.Type.IsString,
        BoundUnary => false,
        BoundConvert convert => convert.IsTry || IsSafe(convert.Operand.Type, convert.Type),
        _ => true,
    });

    /// <summary>Replaces columns by what <paramref name="map"/> returns for their register (null = keep). Null when a subquery stands in the way.</summary>
    public static BoundExpression? Substitute(BoundExpression expression, Func<int, BoundExpression?> map) =>
        BlocksSubstitution(expression, map) ? null : BoundTree.Rewrite(expression, node => node is BoundColumn column ? map(column.Register) : null);

    public static BoundPredicate? Substitute(BoundPredicate predicate, Func<int, BoundExpression?> map) =>
        BlocksSubstitution(predicate, map) ? null : BoundTree.Rewrite(predicate, node => node is BoundColumn column ? map(column.Register) : null);

    /// <summary>The conjuncts of a condition (itself when it is no AND).</summary>
    public static IReadOnlyList<BoundPredicate> Conjuncts(BoundPredicate? predicate) => predicate switch
    {
        null => [],
        BoundLogical { IsAnd: true } and => and.Terms,
        _ => [predicate],
    };

    /// <summary>Joins conditions with AND; null for none.</summary>
    public static BoundPredicate? And(IReadOnlyList<BoundPredicate> terms)
    {
        if (terms.Count <= 1)
        {
            return terms.Count == 0 ? null : terms[0];
        }

        var flat = new List<BoundPredicate>(terms.Count);
        foreach (BoundPredicate term in terms)
        {
            flat.AddRange(Conjuncts(term));
        }

        return new BoundLogical(true, flat);
    }

    /// <summary>True for COUNT, SUM, STRING_AGG ... (by any-case name).</summary>
    public static bool IsAggregate(string name) => Aggregates.Contains(name);

    /// <summary>True for ROW_NUMBER, LAG ... and the rest that need OVER.</summary>
    public static bool IsWindowOnly(string name) => WindowOnly.Contains(name);

    private static HashSet<int> RegistersOf(object root)
    {
        var registers = new HashSet<int>();
        BoundTree.Visit(root, node =>
        {
            if (node is BoundColumn column)
            {
                registers.Add(column.Register);
            }
            else if (BoundTree.QueryOf(node) is { } query)
            {
                registers.UnionWith(query.OuterReferences);
            }

            return true;
        });
        return registers;
    }

    private static bool IsDeterministicNode(object node) => node switch
    {
        BoundFunctionCall call => call.IsDeterministic,
        BoundUserFunction or BoundNextValue => false,
        _ => true,
    };

    private static bool BlocksSubstitution(object root, Func<int, BoundExpression?> map) =>
        !BoundTree.Visit(root, node => BoundTree.QueryOf(node) is not { } query || query.OuterReferences.All(register => map(register) is null));

    /// <summary>Conversions that succeed whatever the value.</summary>
    private static bool IsSafe(SqlType from, SqlType to)
    {
        if (from.IsExactInteger && to.IsExactInteger)
        {
            return to.Id >= from.Id;
        }

        return (from.IsString && to.IsString) || (from.IsExactInteger && (to.IsApproximate || (to.IsDecimal && to.Precision - to.Scale >= 19)));
    }
}
