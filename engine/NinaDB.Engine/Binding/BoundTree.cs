namespace NinaDB.Engine.Binding;

/// <summary>
/// Walks and rebuilds bound trees. Walking keeps its own stack, and chains of operators are rebuilt along their left spine, so that an expression of ten
/// thousand terms needs no deep call stack.
/// </summary>
internal static class BoundTree
{
    /// <summary>Pushes the direct children (<see cref="BoundExpression"/> or <see cref="BoundPredicate"/>) of a node, last child first.</summary>
    public static void PushChildren(object node, Stack<object> stack)
    {
        switch (node)
        {
            case BoundBinary n:
                stack.Push(n.Right);
                stack.Push(n.Left);
                break;
            case BoundUnary n:
                stack.Push(n.Operand);
                break;
            case BoundConvert n:
                PushOptional(n.Style, stack);
                stack.Push(n.Operand);
                break;
            case BoundCollate n:
                stack.Push(n.Operand);
                break;
            case BoundCoalesce n:
                PushAll(n.Operands, stack);
                break;
            case BoundCase n:
                PushOptional(n.Else, stack);
                for (int i = n.Whens.Count - 1; i >= 0; i--)
                {
                    stack.Push(n.Whens[i].Result);
                    stack.Push(n.Whens[i].Condition);
                }

                break;
            case BoundFunctionCall n:
                PushAll(n.Arguments, stack);
                break;
            case BoundUserFunction n:
                for (int i = n.Arguments.Count - 1; i >= 0; i--)
                {
                    PushOptional(n.Arguments[i], stack);
                }

                break;
            case BoundComparison n:
                stack.Push(n.Right);
                stack.Push(n.Left);
                break;
            case BoundLogical n:
                for (int i = n.Terms.Count - 1; i >= 0; i--)
                {
                    stack.Push(n.Terms[i]);
                }

                break;
            case BoundNot n:
                stack.Push(n.Operand);
                break;
            case BoundIsNull n:
                stack.Push(n.Operand);
                break;
            case BoundDistinct n:
                stack.Push(n.Right);
                stack.Push(n.Left);
                break;
            case BoundLike n:
                PushOptional(n.Escape, stack);
                stack.Push(n.Pattern);
                stack.Push(n.Operand);
                break;
            case BoundInList n:
                PushAll(n.Values, stack);
                stack.Push(n.Operand);
                break;
            case BoundQuantified n:
                stack.Push(n.Operand);
                break;
            case BoundTest n:
                stack.Push(n.Value);
                break;
            default:
                // Constants, columns, variables, scalar subqueries, EXISTS and NEXT VALUE FOR have no children here.
                break;
        }
    }

    /// <summary>Visits every node of a tree, parents first; stops when the visitor returns false.</summary>
    /// <returns>False when the visitor stopped the walk.</returns>
    public static bool Visit(object root, Func<object, bool> visitor)
    {
        var stack = new Stack<object>();
        stack.Push(root);
        while (stack.TryPop(out object? node))
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
    public static BoundQuery? QueryOf(object node) => node switch
    {
        BoundScalarSubquery n => n.Query,
        BoundExists n => n.Query,
        BoundQuantified n => n.Query,
        _ => null,
    };

    /// <summary>Rebuilds a tree bottom-up: <paramref name="replace"/> may return a replacement for any node (children are then not visited), or null.</summary>
    public static BoundExpression Rewrite(BoundExpression root, Func<BoundExpression, BoundExpression?> replace)
    {
        // Down the left spine of operators and conversions, then up again.
        var spine = new Stack<BoundExpression>();
        BoundExpression current = root;
        BoundExpression? result;
        while ((result = replace(current)) is null && current is BoundBinary or BoundConvert)
        {
            spine.Push(current);
            current = current is BoundBinary binary ? binary.Left : ((BoundConvert)current).Operand;
        }

        result ??= RewriteChildren(current, replace);
        while (spine.TryPop(out BoundExpression? parent))
        {
            result = parent switch
            {
                BoundBinary n => new BoundBinary(n.Operator, result, Rewrite(n.Right, replace), n.Type) { Label = n.Label },
                BoundConvert n => new BoundConvert(result, n.Type, n.IsTry, n.Style is null ? null : Rewrite(n.Style, replace), n.IsImplicit) { Label = n.Label },
                _ => parent,
            };
        }

        return result;
    }

    public static BoundPredicate Rewrite(BoundPredicate root, Func<BoundExpression, BoundExpression?> replace)
    {
        switch (root)
        {
            case BoundComparison n:
                return new BoundComparison(n.Operator, Rewrite(n.Left, replace), Rewrite(n.Right, replace));
            case BoundLogical n:
                return new BoundLogical(n.IsAnd, [.. n.Terms.Select(t => Rewrite(t, replace))]);
            case BoundNot n:
                return new BoundNot(Rewrite(n.Operand, replace));
            case BoundIsNull n:
                return new BoundIsNull(Rewrite(n.Operand, replace), n.IsNegated);
            case BoundDistinct n:
                return new BoundDistinct(Rewrite(n.Left, replace), Rewrite(n.Right, replace), n.IsNegated);
            case BoundLike n:
                return new BoundLike(Rewrite(n.Operand, replace), Rewrite(n.Pattern, replace), n.Escape is null ? null : Rewrite(n.Escape, replace), n.IsNegated);
            case BoundInList n:
                return new BoundInList(Rewrite(n.Operand, replace), [.. n.Values.Select(v => Rewrite(v, replace))], n.IsNegated);
            case BoundQuantified n:
                return new BoundQuantified(n.Operator, Rewrite(n.Operand, replace), n.Query, n.Value, n.IsAll);
            case BoundTest n:
                return new BoundTest(Rewrite(n.Value, replace));
            default:
                return root;
        }
    }

    private static BoundExpression RewriteChildren(BoundExpression root, Func<BoundExpression, BoundExpression?> replace)
    {
        switch (root)
        {
            case BoundUnary n:
                return new BoundUnary(n.Operator, Rewrite(n.Operand, replace), n.Type);
            case BoundCollate n:
                return new BoundCollate(Rewrite(n.Operand, replace), n.Type) { Label = n.Label };
            case BoundCoalesce n:
                return new BoundCoalesce([.. n.Operands.Select(o => Rewrite(o, replace))], n.Type, n.IsNullable) { Label = n.Label };
            case BoundCase n:
                return new BoundCase([.. n.Whens.Select(w => (Rewrite(w.Condition, replace), Rewrite(w.Result, replace)))], n.Else is null ? null : Rewrite(n.Else, replace), n.Type) { Label = n.Label };
            case BoundFunctionCall n:
                return new BoundFunctionCall(n.Name, [.. n.Arguments.Select(a => Rewrite(a, replace))], n.Function) { Label = n.Label, IsDeterministic = n.IsDeterministic, Options = n.Options };
            case BoundUserFunction n:
                return new BoundUserFunction(n.Module, [.. n.Arguments.Select(a => a is null ? null : Rewrite(a, replace))]) { Label = n.Label };
            default:
                return root;
        }
    }

    private static void PushOptional(object? node, Stack<object> stack)
    {
        if (node is not null)
        {
            stack.Push(node);
        }
    }

    private static void PushAll(IReadOnlyList<BoundExpression> nodes, Stack<object> stack)
    {
        for (int i = nodes.Count - 1; i >= 0; i--)
        {
            stack.Push(nodes[i]);
        }
    }
}
