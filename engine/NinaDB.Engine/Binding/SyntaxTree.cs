using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Binding;

/// <summary>Walks expression syntax without recursion. Subqueries are leaves.</summary>
internal static class SyntaxTree
{
    /// <summary>Pushes the direct children (expressions and predicates) of a node, last child first; absent optional children are skipped.</summary>
    public static void PushChildren(SyntaxNode node, Stack<SyntaxNode> stack)
    {
        switch (node)
        {
            case UnaryExpression n:
                stack.Push(n.Operand);
                break;
            case BinaryExpression n:
                stack.Push(n.Right);
                stack.Push(n.Left);
                break;
            case CollateExpression n:
                stack.Push(n.Operand);
                break;
            case AtTimeZoneExpression n:
                stack.Push(n.TimeZone);
                stack.Push(n.Operand);
                break;
            case CaseExpression n:
                PushOptional(n.Else, stack);
                for (int i = n.Whens.Count - 1; i >= 0; i--)
                {
                    stack.Push(n.Whens[i].Result);
                    PushOptional(n.Whens[i].Condition, stack);
                    PushOptional(n.Whens[i].Value, stack);
                }

                PushOptional(n.Input, stack);
                break;
            case ConvertExpression n:
                PushOptional(n.Culture, stack);
                PushOptional(n.Style, stack);
                stack.Push(n.Operand);
                break;
            case IifExpression n:
                stack.Push(n.WhenFalse);
                stack.Push(n.WhenTrue);
                stack.Push(n.Condition);
                break;
            case FunctionCallExpression n:
                PushWindow(n.Over, stack);
                if (n.WithinGroup is not null)
                {
                    PushOrder(n.WithinGroup, stack);
                }

                PushAll(n.JsonKeys, stack);
                PushAll(n.Arguments, stack);
                break;
            case MethodCallExpression n:
                PushAll(n.Arguments, stack);
                stack.Push(n.Target);
                break;
            case NextValueForExpression n:
                PushWindow(n.Over, stack);
                break;
            case ComparisonPredicate n:
                stack.Push(n.Right);
                stack.Push(n.Left);
                break;
            case QuantifiedPredicate n:
                stack.Push(n.Left);
                break;
            case AndPredicate n:
                stack.Push(n.Right);
                stack.Push(n.Left);
                break;
            case OrPredicate n:
                stack.Push(n.Right);
                stack.Push(n.Left);
                break;
            case NotPredicate n:
                stack.Push(n.Operand);
                break;
            case IsNullPredicate n:
                stack.Push(n.Operand);
                break;
            case DistinctPredicate n:
                stack.Push(n.Right);
                stack.Push(n.Left);
                break;
            case BetweenPredicate n:
                stack.Push(n.High);
                stack.Push(n.Low);
                stack.Push(n.Operand);
                break;
            case LikePredicate n:
                PushOptional(n.Escape, stack);
                stack.Push(n.Pattern);
                stack.Push(n.Operand);
                break;
            case InPredicate n:
                PushAll(n.Values, stack);
                stack.Push(n.Operand);
                break;
            case FunctionPredicate n:
                stack.Push(n.Call);
                break;
            default:
                // Literals, names, variables, subqueries, MATCH.
                break;
        }
    }

    /// <summary>Visits every node, parents first; stops when the visitor returns false.</summary>
    /// <returns>False when the visitor stopped the walk.</returns>
    public static bool Visit(SyntaxNode root, Func<SyntaxNode, bool> visitor)
    {
        var stack = new Stack<SyntaxNode>();
        stack.Push(root);
        while (stack.TryPop(out SyntaxNode? node))
        {
            if (!visitor(node))
            {
                return false;
            }

            PushChildren(node, stack);
        }

        return true;
    }

    /// <summary>The subquery of a node that has one.</summary>
    public static QueryExpression? QueryOf(SyntaxNode node) => node switch
    {
        ScalarSubqueryExpression n => n.Query,
        QuantifiedPredicate n => n.Query,
        InPredicate n => n.Query,
        ExistsPredicate n => n.Query,
        _ => null,
    };

    private static void PushWindow(OverClause? over, Stack<SyntaxNode> stack)
    {
        if (over is not null)
        {
            PushOrder(over.OrderBy, stack);
            PushAll(over.PartitionBy, stack);
        }
    }

    private static void PushOrder(IReadOnlyList<OrderByItem> items, Stack<SyntaxNode> stack)
    {
        for (int i = items.Count - 1; i >= 0; i--)
        {
            stack.Push(items[i].Expression);
        }
    }

    private static void PushOptional(SyntaxNode? node, Stack<SyntaxNode> stack)
    {
        if (node is not null)
        {
            stack.Push(node);
        }
    }

    private static void PushAll(IReadOnlyList<Expression>? nodes, Stack<SyntaxNode> stack)
    {
        for (int i = (nodes?.Count ?? 0) - 1; i >= 0; i--)
        {
            stack.Push(nodes![i]);
        }
    }
}

/// <summary>
/// Structural equality of expression syntax: names case-insensitively, columns with and without qualifier alike (whether an unqualified name is ambiguous is
/// somebody else's error), subqueries by identity.
/// </summary>
internal sealed class SyntaxTreeComparer : IEqualityComparer<Expression>
{
    public bool Equals(Expression? x, Expression? y)
    {
        if (x is null || y is null)
        {
            return x is null && y is null;
        }

        var left = new Stack<SyntaxNode>();
        var right = new Stack<SyntaxNode>();
        left.Push(x);
        right.Push(y);
        while (left.TryPop(out SyntaxNode? a))
        {
            SyntaxNode b = right.Pop();
            if (ReferenceEquals(a, b))
            {
                continue;
            }

            if (a.GetType() != b.GetType() || !NodesMatch(a, b))
            {
                return false;
            }

            SyntaxTree.PushChildren(a, left);
            SyntaxTree.PushChildren(b, right);
            if (left.Count != right.Count)
            {
                return false;
            }
        }

        return true;
    }

    public int GetHashCode(Expression obj)
    {
        var hash = new HashCode();
        int budget = 12;
        SyntaxTree.Visit(obj, node =>
        {
            hash.Add(node.GetType());
            switch (node)
            {
                case ColumnExpression n:
                    hash.Add(StringComparer.OrdinalIgnoreCase.GetHashCode(n.Name));
                    break;
                case LiteralExpression n:
                    hash.Add(n.Text);
                    break;
                case FunctionCallExpression n:
                    hash.Add(StringComparer.OrdinalIgnoreCase.GetHashCode(n.Name.Name));
                    break;
                case BinaryExpression n:
                    hash.Add(n.Operator);
                    break;
            }

            return --budget > 0;
        });
        return hash.ToHashCode();
    }

    private static bool NodesMatch(SyntaxNode a, SyntaxNode b) => (a, b) switch
    {
        (LiteralExpression x, LiteralExpression y) => x.Kind == y.Kind && x.Text == y.Text,
        (ColumnExpression x, ColumnExpression y) => Same(x.Name, y.Name) && QualifiersMatch(x.Qualifier, y.Qualifier),
        (VariableExpression x, VariableExpression y) => Same(x.Name, y.Name),
        (GlobalVariableExpression x, GlobalVariableExpression y) => Same(x.Name, y.Name),
        (UnaryExpression x, UnaryExpression y) => x.Operator == y.Operator,
        (BinaryExpression x, BinaryExpression y) => x.Operator == y.Operator,
        (CollateExpression x, CollateExpression y) => Same(x.Collation, y.Collation),
        (AtTimeZoneExpression, AtTimeZoneExpression) => true,
        (CaseExpression x, CaseExpression y) => x.Whens.Count == y.Whens.Count && (x.Input is null) == (y.Input is null) && (x.Else is null) == (y.Else is null),
        (ConvertExpression x, ConvertExpression y) => x.IsTry == y.IsTry && x.IsParse == y.IsParse && TypesMatch(x.Type, y.Type)
            && (x.Style is null) == (y.Style is null) && (x.Culture is null) == (y.Culture is null),
        (IifExpression, IifExpression) => true,
        (FunctionCallExpression x, FunctionCallExpression y) => CallsMatch(x, y),
        (MethodCallExpression x, MethodCallExpression y) => x.Method == y.Method && x.IsMutator == y.IsMutator && x.IsProperty == y.IsProperty && x.Arguments.Count == y.Arguments.Count,
        (ComparisonPredicate x, ComparisonPredicate y) => x.Operator == y.Operator,
        (AndPredicate or OrPredicate or NotPredicate, _) => true,
        (IsNullPredicate x, IsNullPredicate y) => x.IsNegated == y.IsNegated,
        (DistinctPredicate x, DistinctPredicate y) => x.IsNegated == y.IsNegated,
        (BetweenPredicate x, BetweenPredicate y) => x.IsNegated == y.IsNegated,
        (LikePredicate x, LikePredicate y) => x.IsNegated == y.IsNegated && (x.Escape is null) == (y.Escape is null),
        (InPredicate x, InPredicate y) => x.IsNegated == y.IsNegated && x.Query is null && y.Query is null && x.Values!.Count == y.Values!.Count,
        (FunctionPredicate, FunctionPredicate) => true,
        _ => false,
    };

    private static bool CallsMatch(FunctionCallExpression x, FunctionCallExpression y) =>
        x.Name.Parts.Count == y.Name.Parts.Count && x.Name.Parts.Zip(y.Name.Parts).All(p => Same(p.First, p.Second))
        && x.Arguments.Count == y.Arguments.Count && x.IsStar == y.IsStar && x.IsDistinct == y.IsDistinct && x.IgnoreNulls == y.IgnoreNulls
        && x.AbsentOnNull == y.AbsentOnNull && x.WithArrayWrapper == y.WithArrayWrapper && Same(x.TrimSpecification, y.TrimSpecification)
        && (x.JsonKeys?.Count ?? -1) == (y.JsonKeys?.Count ?? -1) && OrdersMatch(x.WithinGroup, y.WithinGroup) && WindowsMatch(x.Over, y.Over)
        && (x.Returning is null ? y.Returning is null : y.Returning is not null && TypesMatch(x.Returning, y.Returning));

    private static bool WindowsMatch(OverClause? x, OverClause? y) =>
        x is null || y is null
            ? x is null && y is null
            : Same(x.WindowName, y.WindowName) && x.PartitionBy.Count == y.PartitionBy.Count && OrdersMatch(x.OrderBy, y.OrderBy) && x.FrameUnit == y.FrameUnit
                && BoundsMatch(x.FrameStart, y.FrameStart) && BoundsMatch(x.FrameEnd, y.FrameEnd);

    private static bool BoundsMatch(FrameBound? x, FrameBound? y) =>
        x is null || y is null
            ? x is null && y is null
            : x.Kind == y.Kind && ExpressionInfo.SyntaxComparer.Equals(x.Offset, y.Offset);

    private static bool OrdersMatch(IReadOnlyList<OrderByItem>? x, IReadOnlyList<OrderByItem>? y) =>
        (x?.Count ?? 0) == (y?.Count ?? 0) && (x is null || y is null || x.Zip(y).All(p => p.First.IsDescending == p.Second.IsDescending));

    private static bool TypesMatch(DataTypeSyntax x, DataTypeSyntax y) =>
        Same(x.Name.ToString(), y.Name.ToString()) && x.Arguments.SequenceEqual(y.Arguments) && Same(x.BaseType, y.BaseType);

    private static bool QualifiersMatch(IReadOnlyList<string> x, IReadOnlyList<string> y)
    {
        for (int i = 1; i <= Math.Min(x.Count, y.Count); i++)
        {
            if (!Same(x[^i], y[^i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Same(string? a, string? b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
