namespace NinaDB.Engine.Types.Xml.XQuery;

/// <summary>Paths, steps and primary expressions.</summary>
internal sealed partial class XQueryParser
{
    private static readonly XNodeTest AnyNode = new(XKind.Node, null, null);

    private static readonly string[] RefusedAxes = ["ancestor", "ancestor-or-self", "following", "following-sibling", "preceding", "preceding-sibling"];

    private XExpression ParsePath()
    {
        SkipSpaces();
        XExpression? path = null;
        bool isDescendant = false;
        if (Follows("//"))
        {
            _at += 2;
            path = new XRoot(RootType);
            isDescendant = true;
            RequireStep();
        }
        else if (Current == '/')
        {
            _at++;
            path = new XRoot(RootType);
            if (!AtStep())
            {
                return path;
            }
        }

        while (true)
        {
            path = path is null ? ParseStep(null, false) : ParseStep(path, isDescendant);
            SkipSpaces();
            if (Follows("//"))
            {
                _at += 2;
                isDescendant = true;
            }
            else if (Current == '/')
            {
                _at++;
                isDescendant = false;
            }
            else
            {
                return path;
            }

            if (path.Type.IsConstructed)
            {
                throw Fail(2373, "'/'");
            }

            if (path.Type.IsAtomic)
            {
                throw Fail(2374, "'/'");
            }

            RequireStep();
        }
    }

    /// <summary>Type of the document node above the context item.</summary>
    private XType RootType => _options.ContextType is { Kind: XKind.Document } document ? document : XType.DocumentNode with { Model = _options.ContextType.Model };

    private bool AtStep()
    {
        SkipSpaces();
        return AtName || Current is '@' or '.' or '*' or '(' or '$' or '"' or '\'' || char.IsAsciiDigit(Current);
    }

    private void RequireStep()
    {
        if (!AtStep())
        {
            throw Fail(9341, NextToken());
        }
    }

    /// <param name="input">What the step starts from; null for the first step of a relative path.</param>
    /// <param name="isDescendant">Whether // came before it.</param>
    private XExpression ParseStep(XExpression? input, bool isDescendant)
    {
        SkipSpaces();
        XAxis axis = XAxis.Child;
        XNodeTest? test = null;
        if (Current == '@')
        {
            _at++;
            axis = XAxis.Attribute;
            test = ParseNodeTest(XKind.Attribute);
        }
        else if (Follows(".."))
        {
            _at += 2;
            axis = XAxis.Parent;
            test = AnyNode;
        }
        else if (Current == '.' && !(_at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1])))
        {
            _at++;
            if (input is null)
            {
                return ParseFilters(new XContextItem(_context));
            }

            axis = XAxis.Self;
            test = AnyNode;
        }
        else if (Current == '*')
        {
            test = ParseNodeTest(XKind.Element);
        }
        else if (AtName)
        {
            test = ParseNamedStep(ref axis);
        }

        if (test is null)
        {
            return ParsePrimaryStep(input);
        }

        if (input is null && isDescendant)
        {
            input = new XRoot(RootType);
        }

        input ??= new XContextItem(_context);
        CheckAxis(input.Type, axis, test);
        if (isDescendant)
        {
            return ParseDescendantStep(input, axis, test);
        }

        return new XStep(input, axis, test, ParsePredicates(XStep.ItemType(input.Type, axis, test)));
    }

    /// <summary>a//b is a/descendant-or-self::node()/b; without predicates that count it is a/descendant::b.</summary>
    private XStep ParseDescendantStep(XExpression input, XAxis axis, XNodeTest test)
    {
        bool position = _usesPosition;
        _usesPosition = false;
        var all = new XStep(input, XAxis.DescendantOrSelf, AnyNode, []);
        List<(XExpression Predicate, bool UsesLast)> predicates = ParsePredicates(XStep.ItemType(all.Type, axis, test));
        bool counts = _usesPosition || predicates.Exists(p => p.Predicate.Type.IsNumeric);
        _usesPosition |= position;
        return axis == XAxis.Child && !counts ? new XStep(input, XAxis.Descendant, test, predicates) : new XStep(all, axis, test, predicates);
    }

    /// <summary>What an axis can never find is an error: 9320, 2219, 2261, 2377.</summary>
    private void CheckAxis(XType input, XAxis axis, XNodeTest test)
    {
        if (axis == XAxis.Parent && input.Kind == XKind.Document)
        {
            throw Fail(9320);
        }

        if (input.Kind is XKind.Attribute or XKind.Text or XKind.Comment && axis == XAxis.Attribute && test.Name is not null)
        {
            throw Fail(2219, test.Name, input.With(XCount.One));
        }

        if (input.Kind is XKind.Attribute or XKind.Text or XKind.Comment && axis == XAxis.Child)
        {
            throw test.Kind == XKind.Element && test.Name is not null ? Fail(2261, test.Name, input.With(XCount.One)) : Fail(2377, test.Kind == XKind.Text ? "text()" : "child");
        }

        if (XSchemaTyping.IsImpossible(input, axis, test))
        {
            throw test.Kind == XKind.Attribute ? Fail(2219, test.Name, input) : input.Kind == XKind.Document ? Fail(2260, test.TypeName) : Fail(2261, test.TypeName, input);
        }

        if (test.Kind == XKind.Text && axis == XAxis.Child && XSchemaTyping.HasNoText(input))
        {
            throw Fail(9312, input);
        }

        if (axis == XAxis.Self && test is { Kind: XKind.Element, Name: not null } && input is { Kind: XKind.Element, Name: not "*" } && input.Name != test.TypeName)
        {
            throw Fail(2261, test.Name, input);
        }
    }

    /// <summary>A name, an axis with its test, a kind test; null when it is a function call or a computed constructor.</summary>
    private XNodeTest? ParseNamedStep(ref XAxis axis)
    {
        int from = _at;
        string word = ReadName();
        SkipSpaces();
        if (Follows("::") && _text[_at - 1] is not (' ' or '\t' or '\r' or '\n'))
        {
            if (Array.IndexOf(RefusedAxes, word) >= 0)
            {
                throw Fail(9335, word);
            }

            axis = word switch
            {
                "child" => XAxis.Child,
                "attribute" => XAxis.Attribute,
                "self" => XAxis.Self,
                "parent" => XAxis.Parent,
                "descendant" => XAxis.Descendant,
                "descendant-or-self" => XAxis.DescendantOrSelf,
                _ => throw Fail(2392, word),
            };
            _at += 2;
            return ParseNodeTest(axis == XAxis.Attribute ? XKind.Attribute : XKind.Element);
        }

        _at = from;
        (string prefix, string name) = ReadQualifiedName();
        SkipSpaces();
        bool isCall = Current == '(' && !(prefix.Length == 0 && name is "text" or "node" or "comment" or "processing-instruction");
        bool isConstructor = prefix.Length == 0 && IsComputedConstructor(name);
        _at = from;
        return isCall || isConstructor ? null : ParseNodeTest(XKind.Element);
    }

    /// <summary>After the word: element name {, attribute name {, text {, ...</summary>
    private bool IsComputedConstructor(string word)
    {
        int from = _at;
        try
        {
            SkipSpaces();
            if (word is "text" or "comment" or "document")
            {
                return Current == '{';
            }

            if (word is not ("element" or "attribute" or "processing-instruction"))
            {
                return false;
            }

            if (Current == '{')
            {
                return true;
            }

            if (!AtName)
            {
                return false;
            }

            ReadQualifiedName();
            SkipSpaces();
            return Current == '{';
        }
        finally
        {
            _at = from;
        }
    }

    /// <param name="kind">Element or attribute: what a bare name means on the axis.</param>
    private XNodeTest ParseNodeTest(XKind kind)
    {
        SkipSpaces();
        if (Current == '*')
        {
            _at++;
            if (Current == ':')
            {
                _at++;
                return new XNodeTest(kind, ReadName(), null);
            }

            return new XNodeTest(kind, null, null);
        }

        if (!AtName)
        {
            throw Fail(2256, NextToken());
        }

        (string prefix, string name) = ReadQualifiedName();
        if (prefix.Length == 0 && Follows(":*"))
        {
            _at += 2;
            return new XNodeTest(kind, null, Resolve(name));
        }

        int from = _at;
        SkipSpaces();
        if (prefix.Length == 0 && Current == '(' && name is "text" or "node" or "comment" or "processing-instruction")
        {
            _at++;
            string? target = null;
            if (name == "processing-instruction")
            {
                SkipSpaces();
                target = Current is '"' or '\'' ? ReadString() : AtName ? ReadName() : null;
            }

            Expect(")");
            return new XNodeTest(name switch { "text" => XKind.Text, "node" => XKind.Node, "comment" => XKind.Comment, _ => XKind.ProcessingInstruction }, target, null);
        }

        _at = from;
        return new XNodeTest(kind, name, prefix.Length > 0 ? Resolve(prefix) : kind == XKind.Element ? _defaultNamespace : "");
    }

    private List<(XExpression Predicate, bool UsesLast)> ParsePredicates(XType item)
    {
        var predicates = new List<(XExpression, bool)>();
        while (Accept("["))
        {
            predicates.Add(ParsePredicate(item));
        }

        return predicates;
    }

    private (XExpression Predicate, bool UsesLast) ParsePredicate(XType item)
    {
        XType context = _context;
        bool usesLast = _usesLast;
        _context = item.With(XCount.One);
        _usesLast = false;
        _predicates++;
        XExpression predicate = ParseSingle();
        _predicates--;
        bool needsLast = _usesLast;
        _context = context;
        _usesLast = usesLast;
        Expect("]");
        XType type = predicate.Type;
        if (type.IsAtomic && !type.IsNumeric && !type.IsBoolean)
        {
            throw Fail(2203, type);
        }

        return (predicate, needsLast);
    }

    /// <summary>Predicates over a whole expression: they count over all of its items.</summary>
    private XExpression ParseFilters(XExpression expression)
    {
        while (Accept("["))
        {
            if (expression.Type.IsConstructed)
            {
                throw Fail(2373, "'[]'");
            }

            (XExpression predicate, bool usesLast) = ParsePredicate(expression.Type);
            expression = new XFilter(expression, predicate, usesLast);
        }

        return expression;
    }

    private XExpression ParsePrimaryStep(XExpression? input)
    {
        if (input is null)
        {
            return ParseFilters(ParsePrimary());
        }

        // A parenthesized expression may be a step: a/(b, c). Functions may not.
        if (Current != '(')
        {
            throw AtName ? Fail(9335, "/function()") : Fail(9341, NextToken());
        }

        XType context = _context;
        _context = input.Type.With(XCount.One);
        XExpression inner = ParsePrimary();
        _context = context;
        return ParseFilters(new XMapStep(input, inner));
    }

    private XExpression ParsePrimary()
    {
        SkipSpaces();
        switch (Current)
        {
            case '"' or '\'':
                return new XLiteral(XAtomic.Of(ReadString()));
            case '$':
                return ParseVariable();
            case '(':
                _at++;
                if (Accept(")"))
                {
                    return new XSequence([]);
                }

                XExpression inner = ParseExpression();
                Expect(")");
                return inner;
            case '<':
                return ParseDirectConstructor();
            case '.' or (>= '0' and <= '9'):
                return ReadNumber();
        }

        if (!AtName)
        {
            throw Fail(2209, NextToken());
        }

        int from = _at;
        string word = ReadName();
        if (IsComputedConstructor(word))
        {
            return ParseComputedConstructor(word);
        }

        _at = from;
        return ParseFunctionCall();
    }

    private XVariable ParseVariable()
    {
        _at++;
        SkipSpaces();
        (string prefix, string name) = ReadQualifiedName();
        if (prefix.Length > 0)
        {
            throw Fail(2228, prefix, name);
        }

        int index = _variables.FindLastIndex(v => v.Name == name);
        return index < 0 ? throw Fail(2227, "$" + name) : new XVariable(_variables[index].Slot, _variables[index].Type);
    }
}

/// <summary>A parenthesized step: evaluated for every node of the input, the results in document order.</summary>
internal sealed class XMapStep(XExpression input, XExpression step) : XExpression
{
    public override XType Type { get; } = step.Type.With(XType.Times(input.Type.Count, step.Type.Count));

    public override XOrder Order => Type.IsNode ? XOrder.Ordered : XOrder.Any;

    public override IEnumerable<object> Evaluate(XContext context)
    {
        IEnumerable<object> all = input.Evaluate(context).SelectMany(item => step.Evaluate(context.At(item, 1, 1)));
        return Type.IsNode ? all.Cast<XmlNode>().Distinct().OrderBy(n => n.Order) : all;
    }
}
