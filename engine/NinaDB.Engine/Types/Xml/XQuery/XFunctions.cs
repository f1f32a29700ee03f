namespace NinaDB.Engine.Types.Xml.XQuery;

/// <summary>A call of a function of SQL Server's XQuery library; cardinality and types of its arguments were checked when it was compiled.</summary>
internal sealed class XCall(XType type, IReadOnlyList<XExpression> arguments, Func<IReadOnlyList<XExpression>, XContext, IEnumerable<object>> evaluate) : XExpression
{
    public override XType Type { get; } = type;

    public override IEnumerable<object> Evaluate(XContext context) => evaluate(arguments, context);
}

/// <summary>How a parameter of a function takes its argument.</summary>
internal enum XParameter : byte
{
    /// <summary>Any sequence of items.</summary>
    Items,

    /// <summary>Nodes only (error 2374).</summary>
    Nodes,

    /// <summary>At most one node or value (error 2389, quoting the node's type).</summary>
    Item,

    /// <summary>At most one string (errors 2389 and 2364).</summary>
    String,

    /// <summary>At most one number.</summary>
    Number,

    /// <summary>A condition (error 2204).</summary>
    Condition,

    /// <summary>A sequence of atomic values.</summary>
    Atoms,
}

/// <summary>A function of the library.</summary>
/// <param name="Parameters">Its parameters; a call may leave out those after <see cref="Minimum"/>.</param>
/// <param name="Type">Type of the result for given argument types.</param>
/// <param name="Evaluate">The implementation.</param>
internal sealed record XFunction(IReadOnlyList<XParameter> Parameters, Func<IReadOnlyList<XExpression>, XType> Type, Func<IReadOnlyList<XExpression>, XContext, IEnumerable<object>> Evaluate)
{
    public int Minimum { get; init; } = Parameters.Count;

    /// <summary>The last parameter repeats (concat).</summary>
    public bool IsVariadic { get; init; }
}

/// <summary>The functions: https://learn.microsoft.com/sql/xquery/xquery-functions-against-the-xml-data-type.</summary>
internal static class XFunctions
{
    private static readonly Dictionary<string, XFunction> Library = Build();

    public static XFunction? Find(string name) => Library.GetValueOrDefault(name);


    private static Dictionary<string, XFunction> Build()
    {
        var library = new Dictionary<string, XFunction>(StringComparer.Ordinal);
        void Add(string name, XParameter[] parameters, XType type, Func<IReadOnlyList<XExpression>, XContext, object?> evaluate, int? minimum = null) =>
            library.Add(name, new XFunction(parameters, _ => type, (a, c) => evaluate(a, c) is { } item ? [item] : []) { Minimum = minimum ?? parameters.Length });

        XType text = XType.Of(XAtomicType.String);
        XType flag = XType.Of(XAtomicType.Boolean);
        XType whole = XType.Of(XAtomicType.Integer);
        Add("true", [], flag, static (_, _) => XAtomic.True);
        Add("false", [], flag, static (_, _) => XAtomic.False);
        Add("not", [XParameter.Condition], flag, static (a, c) => XAtomic.Of(!a[0].IsTrue(c)));
        Add("count", [XParameter.Items], whole, static (a, c) => XAtomic.Of((long)a[0].Evaluate(c).Count()));
        Add("empty", [XParameter.Items], flag, static (a, c) => XAtomic.Of(a[0].First(c) is null));
        Add("string", [XParameter.Item], text, static (a, c) => XAtomic.Of(a[0].First(c) is { } item ? ItemText(item) : ""));
        Add("string-length", [XParameter.String], whole, static (a, c) => XAtomic.Of((long)TextOf(a[0], c).Length));
        Add("upper-case", [XParameter.String], text, static (a, c) => XAtomic.Of(TextOf(a[0], c).ToUpperInvariant()));
        Add("lower-case", [XParameter.String], text, static (a, c) => XAtomic.Of(TextOf(a[0], c).ToLowerInvariant()));
        Add("contains", [XParameter.String, XParameter.String], flag, static (a, c) => XAtomic.Of(TextOf(a[0], c).Contains(TextOf(a[1], c), StringComparison.Ordinal)));
        Add("substring", [XParameter.String, XParameter.Number, XParameter.Number], text, Substring, 2);
        Add("local-name", [XParameter.Item], text, static (a, c) => XAtomic.Of(a[0].First(c) is XmlNode { Kind: XmlNodeKind.Element or XmlNodeKind.Attribute or XmlNodeKind.ProcessingInstruction } node ? node.Name : ""));
        Add("namespace-uri", [XParameter.Item], text, static (a, c) => XAtomic.Of(a[0].First(c) is XmlNode node ? node.NamespaceUri : ""));
        Add("name", [XParameter.Item], text, static (a, c) => XAtomic.Of(a[0].First(c) is XmlNode node ? node.QualifiedName : ""));
        library.Add("number", new XFunction([XParameter.Nodes], static _ => XType.Of(XAtomicType.Double), static (a, c) => [XAtomic.Of(a[0].Atom(c)?.Number ?? double.NaN)]));
        library.Add("concat", new XFunction([XParameter.String, XParameter.String], _ => text, static (a, c) => [XAtomic.Of(string.Concat(a.Select(x => TextOf(x, c))))]) { IsVariadic = true });
        library.Add("data", new XFunction([XParameter.Items], static a => a[0].Type.Atomized, static (a, c) => a[0].Atoms(c)));
        library.Add("distinct-values", new XFunction([XParameter.Atoms], static a => a[0].Type.Atomized.With(a[0].Type.Count), static (a, c) => Distinct(a[0], c)));
        library.Add("sum", new XFunction([XParameter.Atoms], static a => XType.Of(Numeric(a[0].Type)), static (a, c) => [Sum(a[0], c)]));
        library.Add("avg", new XFunction([XParameter.Atoms], static a => XType.Of(Average(Numeric(a[0].Type)), XCount.Optional), static (a, c) => Average(a[0], c) is { } value ? [value] : []));
        library.Add("min", new XFunction([XParameter.Atoms], static a => XType.Of(Extreme(a[0].Type), XCount.Optional), static (a, c) => Extreme(a[0], c, -1) is { } value ? [value] : []));
        library.Add("max", new XFunction([XParameter.Atoms], static a => XType.Of(Extreme(a[0].Type), XCount.Optional), static (a, c) => Extreme(a[0], c, 1) is { } value ? [value] : []));
        AddRounding(library, "floor", Math.Floor, decimal.Floor);
        AddRounding(library, "ceiling", Math.Ceiling, decimal.Ceiling);
        AddRounding(library, "round", static x => Math.Floor(x + 0.5), static x => decimal.Floor(x + 0.5m));
        return library;
    }

    private static void AddRounding(Dictionary<string, XFunction> library, string name, Func<double, double> approximate, Func<decimal, decimal> exact) =>
        library.Add(name, new XFunction([XParameter.Number], static a => XType.Of(Numeric(a[0].Type), a[0].Type.Count), (a, c) =>
        {
            if (a[0].Atom(c) is not { } atom || ToNumber(atom) is not { } number)
            {
                return [];
            }

            return [number.Value is decimal d ? number with { Value = exact(d) } : number with { Value = approximate((double)number.Value) }];
        }));

    public static string ItemText(object item) => item is XmlNode node ? node.StringValue : ((XAtomic)item).Text;

    private static string TextOf(XExpression expression, XContext context) => expression.Atom(context)?.Text ?? "";

    private static XAtomicType Numeric(XType type) =>
        type.Kind == XKind.Empty ? XAtomicType.Integer : type.Atomized.Atomic is var atomic && atomic.IsInteger() ? XAtomicType.Integer : atomic.IsNumeric() ? atomic : XAtomicType.Double;

    private static XAtomicType Average(XAtomicType type) => type == XAtomicType.Integer ? XAtomicType.Decimal : type;

    private static XAtomicType Extreme(XType type) => type.Atomized.Atomic is var atomic && atomic == XAtomicType.Untyped ? XAtomicType.Double : atomic;

    /// <summary>A number: untyped values as doubles; null for what is none.</summary>
    private static XAtomic? ToNumber(XAtomic value) => value.Type.IsNumeric() ? value : value.CastTo(XAtomicType.Double);

    private static XAtomic? Substring(IReadOnlyList<XExpression> arguments, XContext context)
    {
        string text = TextOf(arguments[0], context);
        if (arguments[1].Atom(context)?.Number is not { } start || double.IsNaN(start))
        {
            return XAtomic.Of("");
        }

        double from = Math.Floor(start + 0.5);
        double to = double.PositiveInfinity;
        if (arguments.Count > 2)
        {
            if (arguments[2].Atom(context)?.Number is not { } length || double.IsNaN(length))
            {
                return XAtomic.Of("");
            }

            to = from + Math.Floor(length + 0.5);
        }

        int first = (int)Math.Clamp(from - 1, 0, text.Length);
        int end = (int)Math.Clamp(to - 1, 0, text.Length);
        return XAtomic.Of(end > first ? text[first..end] : "");
    }

    private static IEnumerable<object> Distinct(XExpression expression, XContext context)
    {
        var seen = new HashSet<(int Family, object Value)>();
        foreach (XAtomic value in expression.Atoms(context))
        {
            object key = value.Value is decimal d ? (double)d : value.Value;
            if (seen.Add((value.Type.Family(), key)))
            {
                yield return value;
            }
        }
    }

    private static XAtomic Sum(XExpression expression, XContext context)
    {
        XAtomicType type = Numeric(expression.Type);
        if (type.IsApproximate())
        {
            double total = 0;
            bool any = false;
            foreach (XAtomic value in expression.Atoms(context))
            {
                any = true;
                total += ToNumber(value)?.Number ?? 0;
            }

            return any ? new XAtomic(type, total) : XAtomic.Of(0L);
        }

        decimal exact = 0;
        foreach (XAtomic value in expression.Atoms(context))
        {
            exact += value.CastTo(XAtomicType.Decimal)?.Value as decimal? ?? 0;
        }

        return new XAtomic(type, exact);
    }

    private static XAtomic? Average(XExpression expression, XContext context)
    {
        XAtomicType type = Average(Numeric(expression.Type));
        double total = 0;
        decimal exact = 0;
        long count = 0;
        foreach (XAtomic value in expression.Atoms(context))
        {
            if (ToNumber(value) is not { } number)
            {
                continue;
            }

            count++;
            total += number.Number!.Value;
            exact += type.IsApproximate() ? 0 : (decimal)number.CastTo(XAtomicType.Decimal)!.Value;
        }

        return count == 0 ? null
            : type.IsApproximate() ? new XAtomic(type, total / count)
            : new XAtomic(type, decimal.Truncate(exact / count * 10_000_000_000m) / 10_000_000_000m);
    }

    private static XAtomic? Extreme(XExpression expression, XContext context, int direction)
    {
        bool numbers = expression.Type.Atomized.Atomic == XAtomicType.Untyped;
        XAtomic? best = null;
        foreach (XAtomic value in expression.Atoms(context))
        {
            if ((numbers ? ToNumber(value) : value) is { } candidate && (best is null || Math.Sign(XAtomic.Compare(candidate, best) ?? 0) == direction))
            {
                best = candidate;
            }
        }

        return best;
    }
}
