using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>
/// What conditions over constants are known to be before any row is read. An operand whose value cannot change the answer is not evaluated, and so the error it
/// would raise never comes; it has been bound all the same.
/// </summary>
/// <remarks>https://learn.microsoft.com/sql/relational-databases/query-processing-architecture-guide (constant folding); the fine rules are probed ones.</remarks>
internal static class PredicateFolding
{
    /// <summary>A chain with a constant that absorbs the rest of it (FALSE in AND, TRUE in OR) is that constant.</summary>
    public static BoundPredicate Absorb(BoundLogical chain)
    {
        Truth absorbing = chain.IsAnd ? Truth.False : Truth.True;
        foreach (BoundPredicate term in chain.Terms)
        {
            if (Settle(term) == absorbing)
            {
                return term;
            }
        }

        return chain;
    }

    /// <summary>The value that a condition has for every row; null where rows decide.</summary>
    public static Truth? Settle(BoundPredicate predicate)
    {
        switch (predicate)
        {
            case BoundComparison { Left: BoundConstant left, Right: BoundConstant right } comparison:
                return Compare(comparison.Operator, left, right);
            case BoundComparison { Left: var left, Right: var right } when IsNull(left) || IsNull(right):
                return Truth.Unknown;
            case BoundIsNull { Operand: BoundConstant operand } test:
                return operand.Value.IsNull != test.IsNegated ? Truth.True : Truth.False;
            case BoundNot not:
                return Settle(not.Operand) switch { Truth.True => Truth.False, Truth.False => Truth.True, var other => other };
            case BoundLogical chain:
                return SettleAll(chain);
            default:
                return null;
        }
    }

    /// <summary>Whether a condition holds for no row whatever the rows are: a filter by it has nothing to read.</summary>
    public static bool IsNeverTrue(BoundPredicate predicate) => predicate switch
    {
        BoundLogical { IsAnd: true } and => and.Terms.Any(IsNeverTrue),
        BoundLogical or => or.Terms.All(IsNeverTrue),
        BoundNot not => IsNeverFalse(not.Operand),
        BoundInList { IsNegated: true } list => list.Values.Any(IsNull),
        BoundInList list => list.Values.All(IsNull),
        _ => Settle(predicate) is Truth.False or Truth.Unknown,
    };

    private static bool IsNeverFalse(BoundPredicate predicate) => predicate switch
    {
        BoundLogical { IsAnd: true } and => and.Terms.All(IsNeverFalse),
        BoundLogical or => or.Terms.Any(IsNeverFalse),
        BoundNot not => IsNeverTrue(not.Operand),
        BoundInList { IsNegated: false } list => list.Values.Any(IsNull),
        _ => Settle(predicate) is Truth.True or Truth.Unknown,
    };

    private static Truth? SettleAll(BoundLogical chain)
    {
        Truth absorbing = chain.IsAnd ? Truth.False : Truth.True;
        Truth? result = chain.IsAnd ? Truth.True : Truth.False;
        foreach (BoundPredicate term in chain.Terms)
        {
            Truth? settled = Settle(term);
            if (settled == absorbing)
            {
                return absorbing;
            }

            result = settled is null || result is null ? null : settled == Truth.Unknown ? Truth.Unknown : result;
        }

        return result;
    }

    private static bool IsNull(BoundExpression expression) => expression is BoundConstant { Value.IsNull: true };

    private static Truth? Compare(ComparisonOperator op, BoundConstant left, BoundConstant right)
    {
        if (left.Value.IsNull || right.Value.IsNull)
        {
            return Truth.Unknown;
        }

        SqlType type = left.Type.IsDecimal || left.Type.IsString ? left.Type : right.Type;
        if (!(type.IsExactInteger && left.Type.IsExactInteger) && left.Type.Id != right.Type.Id)
        {
            return null;
        }

        int order;
        try
        {
            order = SqlComparer.Compare(left.Value, right.Value, type);
        }
        catch (SqlErrorException)
        {
            // A type without order: the row that meets it says so.
            return null;
        }

        bool holds = op switch
        {
            ComparisonOperator.Equal => order == 0,
            ComparisonOperator.NotEqual => order != 0,
            ComparisonOperator.Less => order < 0,
            ComparisonOperator.LessOrEqual or ComparisonOperator.NotGreater => order <= 0,
            ComparisonOperator.Greater => order > 0,
            _ => order >= 0,
        };
        return holds ? Truth.True : Truth.False;
    }
}
