namespace NinaDB.Engine.Binding;

/// <summary>Structural equality of bound trees. Subqueries are equal only to themselves; NEWID() and the like never match another call.</summary>
internal sealed class BoundTreeComparer : IEqualityComparer<BoundExpression>, IEqualityComparer<BoundPredicate>
{
    public bool Equals(BoundExpression? x, BoundExpression? y) => AreEqual(x, y);

    public bool Equals(BoundPredicate? x, BoundPredicate? y) => AreEqual(x, y);

    public int GetHashCode(BoundExpression obj) => Hash(obj);

    public int GetHashCode(BoundPredicate obj) => Hash(obj);

    private static bool AreEqual(object? x, object? y)
    {
        if (x is null || y is null)
        {
            return x is null && y is null;
        }

        var left = new Stack<object>();
        var right = new Stack<object>();
        left.Push(x);
        right.Push(y);
        while (left.TryPop(out object? a))
        {
            object b = right.Pop();
            if (ReferenceEquals(a, b))
            {
                continue;
            }

            if (a.GetType() != b.GetType() || !NodesMatch(a, b))
            {
                return false;
            }

            int depth = left.Count;
            BoundTree.PushChildren(a, left);
            BoundTree.PushChildren(b, right);
            if (left.Count != right.Count)
            {
                return false;
            }

            if (left.Count == depth && a is BoundScalarSubquery or BoundExists)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether two nodes of one class agree in everything but their children.</summary>
    private static bool NodesMatch(object a, object b)
    {
        if (a is BoundExpression ea && b is BoundExpression eb && !ea.Type.Equals(eb.Type))
        {
            return false;
        }

        return (a, b) switch
        {
            (BoundConstant x, BoundConstant y) => SameValue(x, y),
            (BoundColumn x, BoundColumn y) => x.Register == y.Register,
            (BoundVariable x, BoundVariable y) => x.Slot == y.Slot,
            (BoundBinary x, BoundBinary y) => x.Operator == y.Operator,
            (BoundUnary x, BoundUnary y) => x.Operator == y.Operator,
            (BoundConvert x, BoundConvert y) => x.IsTry == y.IsTry && (x.Style is null) == (y.Style is null),
            (BoundCase x, BoundCase y) => x.Whens.Count == y.Whens.Count && (x.Else is null) == (y.Else is null),
            (BoundFunctionCall x, BoundFunctionCall y) => x.IsDeterministic && string.Equals(x.Name, y.Name, StringComparison.OrdinalIgnoreCase)
                && x.Arguments.Count == y.Arguments.Count && x.Options == y.Options,
            (BoundUserFunction or BoundNextValue or BoundScalarSubquery or BoundExists or BoundQuantified, _) => false,
            (BoundCoalesce x, BoundCoalesce y) => x.Operands.Count == y.Operands.Count,
            (BoundCollate, BoundCollate) => true,
            (BoundComparison x, BoundComparison y) => x.Operator == y.Operator,
            (BoundLogical x, BoundLogical y) => x.IsAnd == y.IsAnd && x.Terms.Count == y.Terms.Count,
            (BoundNot, BoundNot) => true,
            (BoundIsNull x, BoundIsNull y) => x.IsNegated == y.IsNegated,
            (BoundDistinct x, BoundDistinct y) => x.IsNegated == y.IsNegated,
            (BoundLike x, BoundLike y) => x.IsNegated == y.IsNegated && (x.Escape is null) == (y.Escape is null),
            (BoundInList x, BoundInList y) => x.IsNegated == y.IsNegated && x.Values.Count == y.Values.Count,
            (BoundTest, BoundTest) => true,
            _ => false,
        };
    }

    /// <summary>Constants match only when they are the very same value (ordinally, for strings).</summary>
    private static bool SameValue(BoundConstant x, BoundConstant y)
    {
        if (x.Value.IsNull || y.Value.IsNull)
        {
            return x.Value.IsNull && y.Value.IsNull;
        }

        if (x.Value.Kind != y.Value.Kind)
        {
            return false;
        }

        object? a = x.Value.Reference, b = y.Value.Reference;
        return a switch
        {
            null => b is null && x.Value.AsInt64 == y.Value.AsInt64 && x.Value.OffsetMinutes == y.Value.OffsetMinutes,
            string text => text == b as string,
            byte[] bytes => b is byte[] other && bytes.AsSpan().SequenceEqual(other),
            _ => a.Equals(b),
        };
    }

    private static int Hash(object root)
    {
        // The first few nodes are enough to tell expressions apart.
        var hash = new HashCode();
        int budget = 12;
        BoundTree.Visit(root, node =>
        {
            hash.Add(node.GetType());
            switch (node)
            {
                case BoundColumn n:
                    hash.Add(n.Register);
                    break;
                case BoundVariable n:
                    hash.Add(n.Slot);
                    break;
                case BoundConstant n:
                    hash.Add(n.Value.AsInt64);
                    break;
                case BoundFunctionCall n:
                    hash.Add(StringComparer.OrdinalIgnoreCase.GetHashCode(n.Name));
                    break;
                case BoundBinary n:
                    hash.Add(n.Operator);
                    break;
                case BoundComparison n:
                    hash.Add(n.Operator);
                    break;
            }

            return --budget > 0;
        });
        return hash.ToHashCode();
    }
}
