using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Expressions;

internal sealed partial class ExpressionCompiler
{
    /// <summary>From this many constants on, an IN list is looked up in a hash table.</summary>
    private const int HashedList = 6;

    public PredicateEvaluator Compile(BoundPredicate predicate)
    {
        EnsureStack();
        switch (predicate)
        {
            case BoundComparison n:
                return CompileComparison(n);
            case BoundLogical n:
                return n.IsAnd ? And([.. n.Terms.Select(Compile)]) : Or([.. n.Terms.Select(Compile)]);
            case BoundNot n:
                PredicateEvaluator operand = Compile(n.Operand);
                return context => operand(context) switch { Truth.True => Truth.False, Truth.False => Truth.True, _ => Truth.Unknown };
            case BoundIsNull n:
                return CompileIsNull(n);
            case BoundInList n:
                return CompileInList(n);
            case BoundLike n:
                return CompileLike(n);
            case BoundExists n:
                return CompileExists(n);
            case BoundQuantified n:
                return CompileQuantified(n);
            case BoundDistinct n:
                return CompileDistinct(n);
            case BoundTest n:
                Evaluator value = Compile(n.Value);
                return context =>
                {
                    SqlValue result = value(context);
                    return result.IsNull ? Truth.Unknown : result.AsBoolean ? Truth.True : Truth.False;
                };
            default:
                throw SqlErrors.NotSupported(predicate.GetType().Name);
        }
    }

    private static PredicateEvaluator And(PredicateEvaluator[] terms)
    {
        switch (terms.Length)
        {
            case 0:
                return _ => Truth.True;
            case 1:
                return terms[0];
            case 2:
                PredicateEvaluator first = terms[0], second = terms[1];
                return context =>
                {
                    Truth a = first(context);
                    if (a == Truth.False)
                    {
                        return Truth.False;
                    }

                    Truth b = second(context);
                    return b == Truth.False || a == Truth.True ? b : Truth.Unknown;
                };
            default:
                return context =>
                {
                    Truth result = Truth.True;
                    foreach (PredicateEvaluator term in terms)
                    {
                        Truth truth = term(context);
                        if (truth == Truth.False)
                        {
                            return Truth.False;
                        }

                        if (truth == Truth.Unknown)
                        {
                            result = Truth.Unknown;
                        }
                    }

                    return result;
                };
        }
    }

    private static PredicateEvaluator Or(PredicateEvaluator[] terms)
    {
        if (terms.Length == 1)
        {
            return terms[0];
        }

        return context =>
        {
            Truth result = Truth.False;
            foreach (PredicateEvaluator term in terms)
            {
                Truth truth = term(context);
                if (truth == Truth.True)
                {
                    return Truth.True;
                }

                if (truth == Truth.Unknown)
                {
                    result = Truth.Unknown;
                }
            }

            return result;
        };
    }

    private PredicateEvaluator CompileIsNull(BoundIsNull node)
    {
        bool negated = node.IsNegated;
        if (node.Operand is BoundColumn column)
        {
            int register = column.Register;
            return context => context.Registers[register].IsNull != negated ? Truth.True : Truth.False;
        }

        Evaluator operand = Compile(node.Operand);
        return context => operand(context).IsNull != negated ? Truth.True : Truth.False;
    }

    private PredicateEvaluator CompileDistinct(BoundDistinct node)
    {
        Evaluator left = Compile(node.Left), right = Compile(node.Right);
        SqlComparer comparer = SqlComparer.For(node.Left.Type);
        bool negated = node.IsNegated;
        return context =>
        {
            SqlValue a = left(context), b = right(context);
            bool distinct = a.IsNull || b.IsNull ? a.IsNull != b.IsNull : !comparer.Equals(a, b);
            return distinct != negated ? Truth.True : Truth.False;
        };
    }

    private PredicateEvaluator CompileInList(BoundInList node)
    {
        SqlComparer comparer = SqlComparer.For(node.Operand.Type);
        Evaluator operand = Compile(node.Operand);
        Truth found = node.IsNegated ? Truth.False : Truth.True;
        Truth missing = node.IsNegated ? Truth.True : Truth.False;

        // Constants first (hashed when there are many), then whatever has to be computed.
        SqlValue[] constants = [.. node.Values.OfType<BoundConstant>().Where(c => !c.Value.IsNull).Select(c => c.Value)];
        bool hasNull = node.Values.Any(v => v is BoundConstant { Value.IsNull: true });
        Evaluator[] others = [.. node.Values.Where(v => v is not BoundConstant).Select(Compile)];
        Func<SqlValue, bool> contains = Membership(constants, comparer, node.Operand.Type);
        return context =>
        {
            SqlValue value = operand(context);
            if (value.IsNull)
            {
                return Truth.Unknown;
            }

            if (contains(value))
            {
                return found;
            }

            bool sawNull = hasNull;
            foreach (Evaluator other in others)
            {
                SqlValue candidate = other(context);
                if (candidate.IsNull)
                {
                    sawNull = true;
                }
                else if (comparer.Equals(value, candidate))
                {
                    return found;
                }
            }

            return sawNull ? Truth.Unknown : missing;
        };
    }

    private static Func<SqlValue, bool> Membership(SqlValue[] constants, SqlComparer comparer, SqlType type)
    {
        if (HoldsBits(type))
        {
            long[] bits = [.. constants.Select(c => c.AsInt64)];
            if (bits.Length < HashedList)
            {
                return value => Array.IndexOf(bits, value.AsInt64) >= 0;
            }

            HashSet<long> set = [.. bits];
            return value => set.Contains(value.AsInt64);
        }

        if (constants.Length < HashedList)
        {
            return value =>
            {
                foreach (SqlValue constant in constants)
                {
                    if (comparer.Equals(value, constant))
                    {
                        return true;
                    }
                }

                return false;
            };
        }

        var hashed = new HashSet<SqlValue>(constants, comparer);
        return hashed.Contains;
    }

    private PredicateEvaluator CompileLike(BoundLike node)
    {
        Evaluator operand = Compile(node.Operand), pattern = Compile(node.Pattern);
        Evaluator? escape = node.Escape is null ? null : Compile(node.Escape);
        Collation collation = node.Operand.Type.EffectiveCollation;
        bool isUnicode = node.Operand.Type.IsUnicodeString;
        Truth match = node.IsNegated ? Truth.False : Truth.True;
        Truth mismatch = node.IsNegated ? Truth.True : Truth.False;
        if (node is { Pattern: BoundConstant { Value.IsNull: false } fixedPattern, Escape: null or BoundConstant { Value.IsNull: false } })
        {
            string text = fixedPattern.Value.AsString;
            string? fixedEscape = (node.Escape as BoundConstant)?.Value.AsString;
            LikeMatcher? compiled = null;
            return context =>
            {
                SqlValue value = operand(context);
                if (value.IsNull)
                {
                    return Truth.Unknown;
                }

                // Made at the first use: a bad escape character is an error of execution.
                LikeMatcher matcher = compiled ??= LikeMatcher.Create(text, fixedEscape, collation, isUnicode);
                return matcher.IsMatch(value.AsString) ? match : mismatch;
            };
        }

        return context =>
        {
            SqlValue value = operand(context), text = pattern(context), mark = escape is null ? default : escape(context);
            if (value.IsNull || text.IsNull || (escape is not null && mark.IsNull))
            {
                return Truth.Unknown;
            }

            string? escapeText = escape is null ? null : mark.AsString;
            var last = context.FindCached(node) as LastPattern;
            if (last is null || last.Pattern != text.AsString || last.Escape != escapeText)
            {
                last = new LastPattern(text.AsString, escapeText, LikeMatcher.Create(text.AsString, escapeText, collation, isUnicode));
                context.Cache(node, last);
            }

            return last.Matcher.IsMatch(value.AsString) ? match : mismatch;
        };
    }

    /// <summary>The pattern compiled last, for patterns that come from variables or columns.</summary>
    private sealed record LastPattern(string Pattern, string? Escape, LikeMatcher Matcher);
}
