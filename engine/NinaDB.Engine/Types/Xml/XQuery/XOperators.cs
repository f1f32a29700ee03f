namespace NinaDB.Engine.Types.Xml.XQuery;

internal enum XComparison : byte
{
    Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual,
}

/// <summary>General comparisons (= != &lt; ...: some pair of items compares) and value comparisons (eq ne lt ...: of two single items).</summary>
internal sealed class XCompare(XExpression left, XExpression right, XComparison comparison, bool isGeneral) : XExpression
{
    public override XType Type { get; } = XType.Of(XAtomicType.Boolean, isGeneral || (left.Type.Count == XCount.One && right.Type.Count == XCount.One) ? XCount.One : XCount.Optional);

    public override IEnumerable<object> Evaluate(XContext context)
    {
        if (!isGeneral)
        {
            return left.Atom(context) is { } a && right.Atom(context) is { } b ? [XAtomic.Of(Holds(a, b))] : [];
        }

        return [XAtomic.Of(Some(context))];
    }

    private bool Some(XContext context)
    {
        if (right.Type.IsSingle)
        {
            return right.Atom(context) is { } only && left.Atoms(context).Any(a => Holds(a, only));
        }

        List<XAtomic> others = [.. right.Atoms(context)];
        return others.Count > 0 && left.Atoms(context).Any(a => others.Exists(b => Holds(a, b)));
    }

    private bool Holds(XAtomic a, XAtomic b)
    {
        // An untyped value takes the type of the other one; numbers make it a double.
        if (a.Type == XAtomicType.Untyped && b.Type != XAtomicType.Untyped)
        {
            if (a.CastTo(b.Type.IsNumeric() ? XAtomicType.Double : b.Type) is not { } cast)
            {
                return false;
            }

            a = cast;
        }
        else if (b.Type == XAtomicType.Untyped && a.Type != XAtomicType.Untyped)
        {
            if (b.CastTo(a.Type.IsNumeric() ? XAtomicType.Double : a.Type) is not { } cast)
            {
                return false;
            }

            b = cast;
        }

        if (a.Type.Family() != b.Type.Family())
        {
            return false;
        }

        return XAtomic.Compare(a, b) is { } order && comparison switch
        {
            XComparison.Equal => order == 0,
            XComparison.NotEqual => order != 0,
            XComparison.Less => order < 0,
            XComparison.LessOrEqual => order <= 0,
            XComparison.Greater => order > 0,
            _ => order >= 0,
        };
    }
}

/// <summary>is, &lt;&lt; and &gt;&gt;: identity and document order of two nodes.</summary>
internal sealed class XNodeCompare(XExpression left, XExpression right, int direction) : XExpression
{
    public override XType Type { get; } = XType.Of(XAtomicType.Boolean, XCount.Optional);

    public override IEnumerable<object> Evaluate(XContext context)
    {
        if (left.First(context) is not XmlNode a || right.First(context) is not XmlNode b)
        {
            return [];
        }

        return [XAtomic.Of(direction == 0 ? ReferenceEquals(a, b) : direction < 0 ? a.Order < b.Order : a.Order > b.Order)];
    }
}

/// <summary>and, or.</summary>
internal sealed class XLogical(XExpression left, XExpression right, bool isAnd) : XExpression
{
    public override XType Type { get; } = XType.Of(XAtomicType.Boolean);

    public override IEnumerable<object> Evaluate(XContext context) =>
        [XAtomic.Of(isAnd ? left.IsTrue(context) && right.IsTrue(context) : left.IsTrue(context) || right.IsTrue(context))];
}

/// <summary>+ - * div mod, and unary minus as 0 - x.</summary>
internal sealed class XArithmetic : XExpression
{
    private readonly XExpression _left;
    private readonly XExpression _right;
    private readonly char _operator;
    private readonly XAtomicType _type;

    /// <param name="left">First operand.</param>
    /// <param name="right">Second operand.</param>
    /// <param name="op">+, -, *, / (div) or % (mod).</param>
    public XArithmetic(XExpression left, XExpression right, char op)
    {
        _left = left;
        _right = right;
        _operator = op;
        XAtomicType promoted = XAtomicTypes.Promote(left.Type.Atomized.Atomic, right.Type.Atomized.Atomic);
        _type = op == '/' && promoted == XAtomicType.Integer ? XAtomicType.Decimal : promoted;
        bool isCertain = left.Type.Count == XCount.One && right.Type.Count == XCount.One && left.Type.IsNumeric && right.Type.IsNumeric && op is not ('/' or '%');
        Type = XType.Of(_type, isCertain ? XCount.One : XCount.Optional);
    }

    public override XType Type { get; }

    public override IEnumerable<object> Evaluate(XContext context)
    {
        if (_left.Atom(context) is not { } a || _right.Atom(context) is not { } b)
        {
            return [];
        }

        return Compute(a, b) is { } result ? [result] : [];
    }

    private XAtomic? Compute(XAtomic a, XAtomic b)
    {
        if (_type.IsApproximate())
        {
            if (a.Number is not { } x || b.Number is not { } y)
            {
                return null;
            }

            double value = _operator switch { '+' => x + y, '-' => x - y, '*' => x * y, '/' => x / y, _ => x % y };
            return double.IsFinite(value) ? new XAtomic(_type, _type == XAtomicType.Float ? (double)(float)value : value) : null;
        }

        if (a.CastTo(XAtomicType.Decimal)?.Value is not decimal d || b.CastTo(XAtomicType.Decimal)?.Value is not decimal e)
        {
            return null;
        }

        if (_operator is '/' or '%' && e == 0)
        {
            return null;
        }

        try
        {
            decimal exact = _operator switch
            {
                '+' => d + e,
                '-' => d - e,
                '*' => _type == XAtomicType.Integer ? d * e : decimal.Round(d * e, 6, MidpointRounding.AwayFromZero),
                '/' => decimal.Truncate(d / e * 1_000_000m) / 1_000_000m,
                _ => d % e,
            };
            return new XAtomic(_type, exact);
        }
        catch (OverflowException)
        {
            // A result out of range is the empty sequence.
            return null;
        }
    }
}

/// <summary>if (condition) then a else b.</summary>
internal sealed class XIf(XExpression condition, XExpression yes, XExpression no) : XExpression
{
    public override XType Type { get; } = XType.Either(yes.Type, no.Type);

    public override IEnumerable<object> Evaluate(XContext context) => (condition.IsTrue(context) ? yes : no).Evaluate(context);
}

/// <summary>x cast as type?, and constructor functions.</summary>
internal sealed class XCast(XExpression operand, XAtomicType type) : XExpression
{
    public override XType Type { get; } = XType.Of(type, operand.Type.Count == XCount.One && operand is XLiteral ? XCount.One : XCount.Optional);

    public override IEnumerable<object> Evaluate(XContext context) => operand.Atom(context)?.CastTo(type) is { } value ? [value] : [];
}

/// <summary>x instance of type.</summary>
internal sealed class XInstanceOf(XExpression operand, XKind kind, XAtomicType atomic, string? name, XCount count, bool isEmptyTest) : XExpression
{
    public override XType Type { get; } = XType.Of(XAtomicType.Boolean);

    public override IEnumerable<object> Evaluate(XContext context)
    {
        object? item = operand.First(context);
        return [XAtomic.Of(item is null ? isEmptyTest || count != XCount.One : !isEmptyTest && Fits(item))];
    }

    private bool Fits(object item) => kind switch
    {
        XKind.Item => true,
        XKind.Atomic => item is XAtomic value && Derives(value.Type, atomic),
        _ => item is XmlNode node && new XNodeTest(kind, name, null).Matches(node),
    };

    private static bool Derives(XAtomicType type, XAtomicType from) =>
        type == from || (from == XAtomicType.Decimal && type.IsInteger()) || (from == XAtomicType.Integer && type.IsInteger()) || (from == XAtomicType.String && type is XAtomicType.NormalizedString or XAtomicType.Token);
}

/// <summary>for and let clauses, where, order by, return; and some/every, which are the same loops.</summary>
internal sealed class XFlwor(IReadOnlyList<XFlwor.Binding> bindings, XExpression? where, IReadOnlyList<(XExpression Key, bool IsDescending)> order, XExpression result) : XExpression
{
    /// <summary>A variable of for (one item at a time) or let (all at once).</summary>
    internal sealed record Binding(int Slot, XExpression Source, bool IsLet);

    public override XType Type { get; } = Combine(bindings, where, result);

    private static XType Combine(IReadOnlyList<Binding> bindings, XExpression? where, XExpression result)
    {
        XCount count = result.Type.Count;
        foreach (Binding binding in bindings)
        {
            if (!binding.IsLet)
            {
                count = XType.Times(binding.Source.Type.Kind == XKind.Empty ? XCount.Optional : binding.Source.Type.Count, count);
            }
        }

        return result.Type.With(where is not null && count == XCount.One ? XCount.Optional : count);
    }

    public override IEnumerable<object> Evaluate(XContext context)
    {
        if (order.Count == 0)
        {
            foreach (bool _ in Tuples(context, 0))
            {
                foreach (object item in result.Evaluate(context))
                {
                    yield return item;
                }
            }

            yield break;
        }

        var tuples = new List<(XAtomic?[] Keys, List<object> Items)>();
        foreach (bool _ in Tuples(context, 0))
        {
            tuples.Add(([.. order.Select(o => o.Key.Atom(context))], [.. result.Evaluate(context)]));
        }

        foreach ((_, List<object> items) in tuples.Order(Comparer<(XAtomic?[] Keys, List<object> Items)>.Create((a, b) => Compare(a.Keys, b.Keys))))
        {
            foreach (object item in items)
            {
                yield return item;
            }
        }
    }

    private int Compare(XAtomic?[] a, XAtomic?[] b)
    {
        for (int i = 0; i < a.Length; i++)
        {
            int compared = a[i] is not { } x ? b[i] is null ? 0 : -1 : b[i] is not { } y ? 1 : XAtomic.Compare(x, y) ?? 0;
            if (compared != 0)
            {
                return order[i].IsDescending ? -compared : compared;
            }
        }

        return 0;
    }

    private IEnumerable<bool> Tuples(XContext context, int index)
    {
        if (index == bindings.Count)
        {
            if (where is null || where.IsTrue(context))
            {
                yield return true;
            }

            yield break;
        }

        Binding binding = bindings[index];
        if (binding.IsLet)
        {
            context.Variables[binding.Slot] = [.. binding.Source.Evaluate(context)];
            foreach (bool tuple in Tuples(context, index + 1))
            {
                yield return tuple;
            }

            yield break;
        }

        foreach (object item in binding.Source.Evaluate(context))
        {
            context.Variables[binding.Slot] = [item];
            foreach (bool tuple in Tuples(context, index + 1))
            {
                yield return tuple;
            }
        }
    }
}

/// <summary>some $x in ... satisfies, every $x in ... satisfies.</summary>
internal sealed class XQuantified(IReadOnlyList<XFlwor.Binding> bindings, XExpression condition, bool isEvery) : XExpression
{
    private readonly XFlwor _conditions = new(bindings, null, [], new XEffectiveBoolean(condition));

    public override XType Type { get; } = XType.Of(XAtomicType.Boolean);

    public override IEnumerable<object> Evaluate(XContext context)
    {
        foreach (object item in _conditions.Evaluate(context))
        {
            if (((XAtomic)item).Value is bool holds && holds != isEvery)
            {
                return [XAtomic.Of(!isEvery)];
            }
        }

        return [XAtomic.Of(isEvery)];
    }

    private sealed class XEffectiveBoolean(XExpression operand) : XExpression
    {
        public override XType Type { get; } = XType.Of(XAtomicType.Boolean);

        public override IEnumerable<object> Evaluate(XContext context) => [XAtomic.Of(operand.IsTrue(context))];
    }
}
