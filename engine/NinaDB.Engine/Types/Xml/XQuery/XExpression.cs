namespace NinaDB.Engine.Types.Xml.XQuery;

/// <summary>What an expression is evaluated against: the context item with its place, the variables, and the SQL values that it names.</summary>
internal sealed class XContext(object? item, object[][] variables, XAtomic?[] accessors)
{
    public object? Item { get; } = item;

    public int Position { get; private init; } = 1;

    /// <summary>How many items the predicate filters; asked for only where last() is used.</summary>
    public int Last { get; private init; } = 1;

    /// <summary>Values of the query's $variables by slot.</summary>
    public object[][] Variables { get; } = variables;

    /// <summary>Values of sql:column() and sql:variable() by slot; null for NULL.</summary>
    public XAtomic?[] Accessors { get; } = accessors;

    /// <summary>xml values of sql:variable() and sql:column() that are inserted, by slot.</summary>
    public XmlNode?[] Instances { get; init; } = [];

    public XContext At(object item, int position, int last) => new(item, Variables, Accessors) { Position = position, Last = last, Instances = Instances };
}

/// <summary>How the nodes of a result are arranged.</summary>
internal enum XOrder : byte
{
    /// <summary>Not known: paths over it sort.</summary>
    Any,

    /// <summary>In document order, without duplicates.</summary>
    Ordered,

    /// <summary>In document order, and no node lies inside another.</summary>
    Flat,
}

/// <summary>A compiled expression of XQuery. Items are <see cref="XmlNode"/> and <see cref="XAtomic"/>.</summary>
internal abstract class XExpression
{
    public abstract XType Type { get; }

    public virtual XOrder Order => Type.IsSingle ? XOrder.Flat : XOrder.Any;

    public abstract IEnumerable<object> Evaluate(XContext context);

    public object? First(XContext context)
    {
        foreach (object item in Evaluate(context))
        {
            return item;
        }

        return null;
    }

    /// <summary>The first item as an atomic value; null for an empty result.</summary>
    public XAtomic? Atom(XContext context) => First(context) is { } item ? Typed(item) : null;

    public static XAtomic Atomize(object item) => item as XAtomic
        ?? (item is XmlNode { Kind: XmlNodeKind.Comment or XmlNodeKind.ProcessingInstruction } other ? XAtomic.Of(other.Value) : XAtomic.Untyped(((XmlNode)item).StringValue));

    /// <summary>An item's value in the type that the schema gives it; null for an element that says xsi:nil.</summary>
    private XAtomic? Typed(object item)
    {
        XAtomic value = Atomize(item);
        if (item is not XmlNode node || Type.Model is null || !Type.IsNode)
        {
            return value;
        }

        return node.IsNil ? null : Type.Atomic == XAtomicType.Untyped || Type.Kind is not (XKind.Element or XKind.Attribute) ? value : value.CastTo(Type.Atomic) ?? value;
    }

    public IEnumerable<XAtomic> Atoms(XContext context)
    {
        foreach (object item in Evaluate(context))
        {
            if (Typed(item) is { } value)
            {
                yield return value;
            }
        }
    }

    /// <summary>The effective boolean value of a condition.</summary>
    public bool IsTrue(XContext context)
    {
        object? item = First(context);
        return item is XmlNode || (item is XAtomic { Value: var value } && value switch { bool flag => flag, decimal d => d != 0, double d => d != 0 && !double.IsNaN(d), _ => ((string)value).Length > 0 });
    }

    /// <summary>The text of all items with single spaces between them.</summary>
    public string JoinedText(XContext context) => string.Join(' ', Atoms(context).Select(a => a.Text));
}

/// <summary>A literal.</summary>
internal sealed class XLiteral(XAtomic value) : XExpression
{
    public XAtomic Value { get; } = value;

    public override XType Type { get; } = XType.Of(value.Type);

    public override IEnumerable<object> Evaluate(XContext context) => [Value];
}

/// <summary>(a, b, ...), and () without any.</summary>
internal sealed class XSequence(IReadOnlyList<XExpression> items) : XExpression
{
    public IReadOnlyList<XExpression> Items { get; } = items;

    public override XType Type { get; } = items.Aggregate(XType.Empty, (type, item) => XType.Followed(type, item.Type));

    public override IEnumerable<object> Evaluate(XContext context)
    {
        foreach (XExpression item in Items)
        {
            foreach (object value in item.Evaluate(context))
            {
                yield return value;
            }
        }
    }
}

/// <summary>The context item.</summary>
internal sealed class XContextItem(XType type) : XExpression
{
    public override XType Type { get; } = type;

    public override IEnumerable<object> Evaluate(XContext context) => context.Item is null ? [] : [context.Item];
}

/// <summary>The document node that the context item belongs to.</summary>
internal sealed class XRoot(XType type) : XExpression
{
    public override XType Type { get; } = type;

    public override IEnumerable<object> Evaluate(XContext context) => context.Item is XmlNode node ? [node.Root] : [];
}

/// <summary>$name.</summary>
internal sealed class XVariable(int slot, XType type) : XExpression
{
    public override XType Type { get; } = type;

    public override IEnumerable<object> Evaluate(XContext context) => context.Variables[slot];
}

/// <summary>sql:column() and sql:variable().</summary>
internal sealed class XAccessor(int slot, XType type) : XExpression
{
    public int Slot { get; } = slot;

    public override XType Type { get; } = type;

    public override IEnumerable<object> Evaluate(XContext context) => context.Accessors[Slot] is { } value ? [value] : [];
}

/// <summary>sql:variable() or sql:column() of an xml value: its nodes, to be inserted.</summary>
internal sealed class XInstance(int slot) : XExpression
{
    public override XType Type { get; } = XType.Of(XKind.Node, XCount.Many);

    public override IEnumerable<object> Evaluate(XContext context) => context.Instances[slot] is { } root ? root.Kind == XmlNodeKind.Document ? root.Children : [root] : [];
}

/// <summary>expression[predicate].</summary>
internal sealed class XFilter(XExpression input, XExpression predicate, bool usesLast) : XExpression
{
    public override XType Type { get; } = predicate.Type.IsNumeric ? input.Type.With(XCount.Optional)
        : input.Type.Count == XCount.One ? input.Type.With(XCount.Optional) : input.Type;

    public override XOrder Order => input.Order;

    public override IEnumerable<object> Evaluate(XContext context) => Apply(input.Evaluate(context), predicate, usesLast, context);

    /// <summary>The items that a predicate keeps: by position when it is a number, else those for which it holds.</summary>
    public static IEnumerable<object> Apply(IEnumerable<object> items, XExpression predicate, bool usesLast, XContext context)
    {
        if (predicate is XLiteral { Value.Number: { } wanted })
        {
            return wanted >= 1 && wanted == Math.Floor(wanted) && wanted <= int.MaxValue ? items.Skip((int)wanted - 1).Take(1) : [];
        }

        return Filter(items, predicate, usesLast, context);
    }

    private static IEnumerable<object> Filter(IEnumerable<object> items, XExpression predicate, bool usesLast, XContext context)
    {
        int last = 0;
        if (usesLast)
        {
            List<object> all = items as List<object> ?? [.. items];
            last = all.Count;
            items = all;
        }

        int position = 0;
        bool isPosition = predicate.Type.IsNumeric;
        foreach (object item in items)
        {
            XContext inner = context.At(item, ++position, last);
            if (isPosition ? predicate.Atom(inner)?.Number == position : predicate.IsTrue(inner))
            {
                yield return item;
            }
        }
    }
}

/// <summary>position() and last().</summary>
internal sealed class XPosition(bool isLast) : XExpression
{
    public override XType Type { get; } = XType.Of(XAtomicType.Integer);

    public override IEnumerable<object> Evaluate(XContext context) => [XAtomic.Of(isLast ? context.Last : (long)context.Position)];
}
