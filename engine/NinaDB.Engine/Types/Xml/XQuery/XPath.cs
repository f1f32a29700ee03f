namespace NinaDB.Engine.Types.Xml.XQuery;

internal enum XAxis : byte
{
    Child, Attribute, Self, Parent, Descendant, DescendantOrSelf,
}

/// <summary>A node test: a kind of node and, for elements, attributes and processing instructions, a name.</summary>
/// <param name="Kind">What nodes have to be; <see cref="XKind.Node"/> for any.</param>
/// <param name="Name">Local name; null for any.</param>
/// <param name="Uri">Namespace; null for any.</param>
internal sealed record XNodeTest(XKind Kind, string? Name, string? Uri)
{
    public bool Matches(XmlNode node) => Kind switch
    {
        XKind.Node => true,
        XKind.Element => node.Kind == XmlNodeKind.Element && (Name is null || node.Name == Name) && (Uri is null || node.NamespaceUri == Uri),
        XKind.Attribute => node.Kind == XmlNodeKind.Attribute && (Name is null || node.Name == Name) && (Uri is null || node.NamespaceUri == Uri),
        XKind.Text => node.Kind == XmlNodeKind.Text,
        XKind.Comment => node.Kind == XmlNodeKind.Comment,
        XKind.ProcessingInstruction => node.Kind == XmlNodeKind.ProcessingInstruction && (Name is null || node.Name == Name),
        XKind.Document => node.Kind == XmlNodeKind.Document,
        _ => false,
    };

    /// <summary>The name as static types quote it.</summary>
    public string TypeName => Name is null ? "*" : string.IsNullOrEmpty(Uri) ? Name : $"{{{Uri}}}{Name}";
}

/// <summary>A step of a path over every node of its input, with predicates that count within each of them.</summary>
internal sealed class XStep : XExpression
{
    private readonly XExpression _input;
    private readonly XAxis _axis;
    private readonly XNodeTest _test;
    private readonly IReadOnlyList<(XExpression Predicate, bool UsesLast)> _predicates;
    private readonly bool _sorts;

    public XStep(XExpression input, XAxis axis, XNodeTest test, IReadOnlyList<(XExpression Predicate, bool UsesLast)> predicates)
    {
        _input = input;
        _axis = axis;
        _test = test;
        _predicates = predicates;
        XCount count = axis switch
        {
            XAxis.Child or XAxis.Descendant or XAxis.DescendantOrSelf => XCount.Many,
            XAxis.Attribute => test.Name is null ? XCount.Many : XCount.Optional,
            _ => XCount.Optional,
        };
        if (axis == XAxis.Self && test.Kind == XKind.Node)
        {
            count = XCount.One;
        }

        count = XSchemaTyping.Count(input.Type, axis, test) ?? count;

        foreach ((XExpression predicate, _) in predicates)
        {
            if (predicate.Type.IsNumeric)
            {
                count = XCount.Optional;
            }
            else if (count == XCount.One)
            {
                count = XCount.Optional;
            }
        }

        Type = ItemType(input.Type, axis, test).With(XType.Times(input.Type.Count, count));
        (Order, _sorts) = Arrange(input.Order, axis);
        if (input.Type.IsSingle)
        {
            _sorts = false;
            Order = axis is XAxis.Child or XAxis.Attribute or XAxis.Self or XAxis.Parent ? XOrder.Flat : XOrder.Ordered;
        }
    }

    public override XType Type { get; }

    public override XOrder Order { get; }

    public static XType ItemType(XType input, XAxis axis, XNodeTest test) => test.Kind switch
    {
        XKind.Node => axis switch
        {
            XAxis.Self => input.With(XCount.One),
            XAxis.Attribute => XType.Of(XKind.Attribute, XCount.One),
            _ => XType.Of(XKind.Node, XCount.One) with { Model = input.Model },
        },
        _ => XSchemaTyping.Item(input, axis, test) ?? XType.Of(test.Kind, XCount.One, test.TypeName),
    };

    private static (XOrder Order, bool Sorts) Arrange(XOrder input, XAxis axis) => (input, axis) switch
    {
        (XOrder.Flat, XAxis.Child or XAxis.Attribute or XAxis.Self) => (XOrder.Flat, false),
        (XOrder.Flat, XAxis.Descendant or XAxis.DescendantOrSelf) => (XOrder.Ordered, false),
        (XOrder.Ordered, XAxis.Self or XAxis.Attribute) => (XOrder.Ordered, false),
        _ => (XOrder.Ordered, true),
    };

    public override IEnumerable<object> Evaluate(XContext context)
    {
        if (!_sorts)
        {
            return Steps(context);
        }

        var nodes = new List<XmlNode>();
        var seen = new HashSet<XmlNode>(ReferenceEqualityComparer.Instance);
        foreach (object item in Steps(context))
        {
            if (seen.Add((XmlNode)item))
            {
                nodes.Add((XmlNode)item);
            }
        }

        nodes.Sort(static (a, b) => a.Order.CompareTo(b.Order));
        return nodes;
    }

    private IEnumerable<object> Steps(XContext context)
    {
        foreach (object item in _input.Evaluate(context))
        {
            if (item is not XmlNode node)
            {
                continue;
            }

            IEnumerable<object> found = Nodes(node);
            foreach ((XExpression predicate, bool usesLast) in _predicates)
            {
                found = XFilter.Apply(found, predicate, usesLast, context);
            }

            foreach (object result in found)
            {
                yield return result;
            }
        }
    }

    private IEnumerable<object> Nodes(XmlNode node)
    {
        switch (_axis)
        {
            case XAxis.Child:
                foreach (XmlNode child in node.Children)
                {
                    if (_test.Matches(child))
                    {
                        yield return child;
                    }
                }

                break;
            case XAxis.Attribute:
                foreach (XmlNode attribute in node.Attributes)
                {
                    if (_test.Matches(attribute))
                    {
                        yield return attribute;
                    }
                }

                break;
            case XAxis.Self when _test.Matches(node):
                yield return node;
                break;
            case XAxis.Parent when node.Parent is { } parent && _test.Matches(parent):
                yield return parent;
                break;
            case XAxis.Descendant or XAxis.DescendantOrSelf:
                if (_axis == XAxis.DescendantOrSelf && _test.Matches(node))
                {
                    yield return node;
                }

                // Depth first without recursion: iterators inside iterators would cost a level each.
                var stack = new Stack<(List<XmlNode> Nodes, int Next)>();
                stack.Push((node.Children, 0));
                while (stack.TryPop(out (List<XmlNode> Nodes, int Next) level))
                {
                    if (level.Next >= level.Nodes.Count)
                    {
                        continue;
                    }

                    XmlNode next = level.Nodes[level.Next];
                    stack.Push((level.Nodes, level.Next + 1));
                    if (_test.Matches(next))
                    {
                        yield return next;
                    }

                    if (next.HasChildren)
                    {
                        stack.Push((next.Children, 0));
                    }
                }

                break;
        }
    }
}
