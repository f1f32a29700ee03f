using System.Globalization;
using System.Xml;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types.Xml.XQuery;

/// <summary>What the SQL side tells the compiler about an expression.</summary>
internal sealed class XQueryOptions
{
    /// <summary>value, query, exist, nodes or modify.</summary>
    public required string Method { get; init; }

    /// <summary>The column that the method is called on, as messages name it (dbo.t.c); null for variables and expressions.</summary>
    public string? Receiver { get; init; }

    /// <summary>Type of the context item: the document node, or what a row of nodes() refers to.</summary>
    public XType ContextType { get; init; } = XType.DocumentNode;

    /// <summary>WITH XMLNAMESPACES of the statement; an empty prefix is the default.</summary>
    public IReadOnlyList<(string Prefix, string Uri)> Namespaces { get; init; } = [];

    /// <summary>Finds what sql:column("name") or sql:variable("name") means: its slot and SQL type. Throws for names that do not exist.</summary>
    public required Func<string, bool, (int Slot, SqlType Type)> Accessor { get; init; }
}

/// <summary>
/// Compiles XQuery: https://learn.microsoft.com/sql/xquery/xquery-language-reference-sql-server. A recursive descent over the characters, because constructors have a lexical
/// structure of their own. Static errors are SQL Server's, found from the shape of the expression and never from an instance.
/// </summary>
internal sealed partial class XQueryParser
{
    private const int MaximumNesting = 200;

    private readonly string _text;
    private readonly XQueryOptions _options;
    private readonly string _where;
    private readonly Dictionary<string, string> _namespaces = new(StringComparer.Ordinal)
    {
        ["xml"] = XmlNode.XmlNamespace,
        ["xs"] = "http://www.w3.org/2001/XMLSchema",
        ["xsi"] = "http://www.w3.org/2001/XMLSchema-instance",
        ["fn"] = FunctionNamespace,
        ["xdt"] = "http://www.w3.org/2004/07/xpath-datatypes",
        ["sql"] = SqlNamespace,
    };

    private const string FunctionNamespace = "http://www.w3.org/2004/07/xpath-functions";
    private const string SqlNamespace = "urn:schemas-microsoft-com:xml-sql";

    private readonly List<(string Prefix, string Uri)> _declared = [];
    private readonly List<(string Name, int Slot, XType Type)> _variables = [];
    private string _defaultNamespace = "";
    private XType _context;
    private int _at;
    private int _slots;
    private int _predicates;
    private int _nesting;
    private bool _usesLast;
    private bool _usesPosition;

    private XQueryParser(string text, XQueryOptions options)
    {
        _text = text;
        _options = options;
        _context = options.ContextType;
        _where = options.Receiver is null ? $"XQuery [{options.Method}()]: " : $"XQuery [{options.Receiver}.{options.Method}()]: ";
        foreach ((string prefix, string uri) in options.Namespaces)
        {
            Declare(prefix, uri);
        }
    }

    /// <summary>Compiles a query.</summary>
    public static XQuery Compile(string text, XQueryOptions options)
    {
        var parser = new XQueryParser(text, options);
        parser.ParseProlog();
        XExpression body = parser.ParseExpression();
        parser.SkipSpaces();
        if (!parser.IsAtEnd)
        {
            throw parser.Fail(2209, parser.NextToken());
        }

        return new XQuery(body, parser._slots, parser._declared);
    }

    private bool IsAtEnd => _at >= _text.Length;

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    private SqlErrorException Fail(int number, params object?[] arguments) => SqlErrors.Create(number, [_where, .. arguments]);

    // ---- characters and words ----

    private void SkipSpaces()
    {
        while (!IsAtEnd)
        {
            if (Current is ' ' or '\t' or '\r' or '\n')
            {
                _at++;
            }
            else if (Follows("(:"))
            {
                SkipComment();
            }
            else
            {
                return;
            }
        }
    }

    private void SkipComment()
    {
        int depth = 0;
        int line = _text.AsSpan(0, _at).Count('\n') + 1;
        do
        {
            if (IsAtEnd)
            {
                throw Fail(2340, line);
            }

            if (Follows("(:"))
            {
                depth++;
                _at += 2;
            }
            else if (Follows(":)"))
            {
                depth--;
                _at += 2;
            }
            else
            {
                _at++;
            }
        }
        while (depth > 0);
    }

    private bool Follows(string text) => string.CompareOrdinal(_text, _at, text, 0, text.Length) == 0;

    /// <summary>Skips spaces; then takes a symbol when it is there.</summary>
    private bool Accept(string symbol)
    {
        SkipSpaces();
        if (!Follows(symbol))
        {
            return false;
        }

        _at += symbol.Length;
        return true;
    }

    /// <summary>Skips spaces; then whether a whole word is there.</summary>
    private bool AtWord(string word)
    {
        SkipSpaces();
        return Follows(word) && (_at + word.Length >= _text.Length || !IsNameCharacter(_text[_at + word.Length]));
    }

    private bool AcceptWord(string word)
    {
        if (!AtWord(word))
        {
            return false;
        }

        _at += word.Length;
        return true;
    }

    /// <summary>Two words, as in "order by"; nothing is taken unless both are there.</summary>
    private bool AcceptWords(string first, string second)
    {
        int from = _at;
        if (AcceptWord(first) && AcceptWord(second))
        {
            return true;
        }

        _at = from;
        return false;
    }

    private static bool IsNameCharacter(char c) => XmlConvert.IsNCNameChar(c);

    private bool AtName
    {
        get
        {
            SkipSpaces();
            return !IsAtEnd && XmlConvert.IsStartNCNameChar(Current);
        }
    }

    private string ReadName()
    {
        int from = _at;
        while (!IsAtEnd && IsNameCharacter(Current))
        {
            _at++;
        }

        return _text[from.._at];
    }

    /// <summary>prefix:name or name; the prefix is empty when there is none.</summary>
    private (string Prefix, string Name) ReadQualifiedName()
    {
        string first = ReadName();
        if (Current == ':' && _at + 1 < _text.Length && XmlConvert.IsStartNCNameChar(_text[_at + 1]))
        {
            _at++;
            return (first, ReadName());
        }

        return ("", first);
    }

    private string Resolve(string prefix) => _namespaces.TryGetValue(prefix, out string? uri) ? uri : throw Fail(2229, prefix);

    private void Expect(string symbol)
    {
        if (!Accept(symbol))
        {
            throw Fail(9303, NextToken(), symbol);
        }
    }

    private void ExpectWord(string word)
    {
        if (!AcceptWord(word))
        {
            throw Fail(9303, NextToken(), word);
        }
    }

    /// <summary>The token at hand, for messages.</summary>
    private string NextToken()
    {
        SkipSpaces();
        if (IsAtEnd)
        {
            return "<eof>";
        }

        int from = _at;
        try
        {
            if (Current == '$')
            {
                _at++;
            }

            if (XmlConvert.IsStartNCNameChar(Current))
            {
                ReadQualifiedName();
            }
            else if (char.IsAsciiDigit(Current))
            {
                while (char.IsAsciiDigit(Current) || Current == '.')
                {
                    _at++;
                }
            }
            else
            {
                string[] symbols = ["!=", "<=", ">=", ":=", "//", "::", "..", "<<", ">>", "<!", "<?", "</", "/>"];
                _at += Array.Find(symbols, Follows)?.Length ?? 1;
            }

            return _text[from.._at];
        }
        finally
        {
            _at = from;
        }
    }

    // ---- prolog ----

    private void ParseProlog()
    {
        if (AcceptWords("xquery", "version"))
        {
            if (ReadString() != "1.0")
            {
                throw Fail(9304);
            }

            ExpectSemicolon();
        }

        while (true)
        {
            int from = _at;
            if (AcceptWords("declare", "namespace"))
            {
                SkipSpaces();
                string prefix = ReadName();
                Expect("=");
                Declare(prefix, ReadString());
            }
            else if (AcceptWords("declare", "default"))
            {
                bool isElement = AcceptWord("element");
                if (!isElement && !AcceptWord("function"))
                {
                    throw Fail(2209, "declare");
                }

                ExpectWord("namespace");
                string uri = ReadString();
                if (isElement)
                {
                    Declare("", uri);
                }
            }
            else if (AcceptWords("declare", "function") || AcceptWords("declare", "variable"))
            {
                throw Fail(9335, _text[from.._at].Trim());
            }
            else if (AtWord("declare") && IsDeclaration())
            {
                throw Fail(2209, "declare");
            }
            else
            {
                _at = from;
                return;
            }

            ExpectSemicolon();
        }
    }

    /// <summary>declare followed by another word is no path.</summary>
    private bool IsDeclaration()
    {
        int from = _at;
        AcceptWord("declare");
        bool result = AtName;
        _at = from;
        return result;
    }

    private void ExpectSemicolon()
    {
        if (!Accept(";"))
        {
            throw Fail(9327, NextToken());
        }
    }

    private void Declare(string prefix, string uri)
    {
        _declared.RemoveAll(d => d.Prefix == prefix);
        _declared.Add((prefix, uri));
        if (prefix.Length == 0)
        {
            _defaultNamespace = uri;
        }
        else
        {
            _namespaces[prefix] = uri;
        }
    }

    // ---- expressions ----

    /// <summary>expression, expression, ...</summary>
    private XExpression ParseExpression()
    {
        XExpression first = ParseSingle();
        if (!Accept(","))
        {
            return first;
        }

        var items = new List<XExpression> { first };
        do
        {
            items.Add(ParseSingle());
            CheckHomogeneous(items[0].Type, items[^1].Type);
        }
        while (Accept(","));
        return new XSequence(items);
    }

    /// <summary>Nodes and values do not go into one sequence (error 2210).</summary>
    private void CheckHomogeneous(XType a, XType b)
    {
        if ((a.IsNode && b.IsAtomic) || (a.IsAtomic && b.IsNode))
        {
            throw Fail(2210, a.IsAtomic ? a : b, a.IsAtomic ? b : a);
        }
    }

    private XExpression ParseSingle()
    {
        if (++_nesting > MaximumNesting)
        {
            throw Fail(2363);
        }

        try
        {
            SkipSpaces();
            int from = _at;
            if ((AcceptWord("for") || AcceptWord("let")) && Accept("$"))
            {
                _at = from;
                return ParseFlwor();
            }

            _at = from;
            if (AcceptWord("some") || AcceptWord("every"))
            {
                bool isEvery = _text.AsSpan(from).StartsWith("every");
                if (Accept("$"))
                {
                    return ParseQuantified(isEvery);
                }

                _at = from;
            }

            if (AcceptWord("if") && Accept("("))
            {
                return ParseIf();
            }

            _at = from;
            foreach (string word in (ReadOnlySpan<string>)["typeswitch", "validate", "ordered", "unordered"])
            {
                if (AcceptWord(word) && (Accept("(") || Accept("{")))
                {
                    throw Fail(9335, word);
                }

                _at = from;
            }

            return ParseOr();
        }
        finally
        {
            _nesting--;
        }
    }

    private XExpression ParseIf()
    {
        XExpression condition = ParseExpression();
        Expect(")");
        CheckCondition(condition);
        ExpectWord("then");
        XExpression yes = ParseSingle();
        ExpectWord("else");
        XExpression no = ParseSingle();
        CheckHomogeneous(yes.Type, no.Type);
        return new XIf(condition, yes, no);
    }

    /// <summary>A condition is a boolean or a sequence of nodes (error 2204).</summary>
    private void CheckCondition(XExpression condition)
    {
        if (condition.Type is { IsAtomic: true, IsBoolean: false })
        {
            throw Fail(2204, condition.Type);
        }
    }

    private XExpression ParseFlwor()
    {
        int scope = _variables.Count;
        var bindings = new List<XFlwor.Binding>();
        while (true)
        {
            SkipSpaces();
            int from = _at;
            bool isLet = AcceptWord("let");
            if (!isLet && !AcceptWord("for"))
            {
                break;
            }

            SkipSpaces();
            if (Current != '$')
            {
                _at = from;
                break;
            }

            do
            {
                bindings.Add(ParseBinding(isLet ? ":=" : "in", isLet, isQuantified: false));
            }
            while (Accept(","));
        }

        XExpression? where = null;
        var order = new List<(XExpression, bool)>();
        bool afterBindings = true;
        if (AcceptWord("where"))
        {
            afterBindings = false;
            where = ParseSingle();
            CheckCondition(where);
        }

        if (AcceptWords("stable", "order") || AtOrderBy())
        {
            afterBindings = false;
            ExpectWord("by");
            do
            {
                order.Add(ParseOrderItem());
            }
            while (Accept(","));
        }

        if (!AcceptWord("return"))
        {
            throw afterBindings ? Fail(9332, NextToken()) : Fail(9303, NextToken(), "return");
        }

        XExpression result = ParseSingle();
        _variables.RemoveRange(scope, _variables.Count - scope);
        return new XFlwor(bindings, where, order, result);
    }

    private bool AtOrderBy()
    {
        int from = _at;
        if (AcceptWords("order", "by"))
        {
            _at -= 2;
            return true;
        }

        _at = from;
        return false;
    }

    private (XExpression Key, bool IsDescending) ParseOrderItem()
    {
        XExpression key = ParseSingle();
        CheckSingle("order by", key);
        bool isDescending = AcceptWord("descending");
        if (!isDescending)
        {
            AcceptWord("ascending");
        }

        int from = _at;
        if (AcceptWords("empty", "greatest") || AcceptWords("empty", "least"))
        {
            throw Fail(9335, string.Join(' ', _text[from.._at].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        }

        if (AtWord("collation"))
        {
            throw Fail(9335, "collation");
        }

        return (key, isDescending);
    }

    private XFlwor.Binding ParseBinding(string separator, bool isLet, bool isQuantified)
    {
        if (!Accept("$"))
        {
            throw Fail(2241);
        }

        SkipSpaces();
        (string prefix, string name) = ReadQualifiedName();
        if (prefix.Length > 0)
        {
            throw Fail(9323);
        }

        foreach (string refused in (ReadOnlySpan<string>)["at", "as"])
        {
            if (AtWord(refused))
            {
                throw Fail(9335, refused);
            }
        }

        if (!(isLet ? Accept(separator) : AcceptWord(separator)))
        {
            throw isQuantified ? Fail(9303, NextToken(), separator) : Fail(2205, separator);
        }

        XExpression source = ParseSingle();
        CheckConstructed(source, isLet ? "'let'" : isQuantified ? "'some'" : "'for'");
        int slot = _slots++;
        _variables.Add((name, slot, isLet ? source.Type : source.Type.With(XCount.One)));
        return new XFlwor.Binding(slot, source, isLet);
    }

    private XQuantified ParseQuantified(bool isEvery)
    {
        int scope = _variables.Count;
        _at--;
        var bindings = new List<XFlwor.Binding>();
        do
        {
            bindings.Add(ParseBinding("in", isLet: false, isQuantified: true));
        }
        while (Accept(","));
        ExpectWord("satisfies");
        XExpression condition = ParseSingle();
        CheckCondition(condition);
        _variables.RemoveRange(scope, _variables.Count - scope);
        return new XQuantified(bindings, condition, isEvery);
    }

    private XExpression ParseOr()
    {
        XExpression left = ParseAnd();
        while (AcceptWord("or"))
        {
            CheckCondition(left);
            XExpression right = ParseAnd();
            CheckCondition(right);
            left = new XLogical(left, right, isAnd: false);
        }

        return left;
    }

    private XExpression ParseAnd()
    {
        XExpression left = ParseComparison();
        while (AcceptWord("and"))
        {
            CheckCondition(left);
            XExpression right = ParseComparison();
            CheckCondition(right);
            left = new XLogical(left, right, isAnd: true);
        }

        return left;
    }

    private static readonly (string Symbol, XComparison Comparison)[] GeneralComparisons =
        [("!=", XComparison.NotEqual), ("<=", XComparison.LessOrEqual), (">=", XComparison.GreaterOrEqual), ("=", XComparison.Equal), ("<", XComparison.Less), (">", XComparison.Greater)];

    private static readonly (string Word, XComparison Comparison)[] ValueComparisons =
        [("eq", XComparison.Equal), ("ne", XComparison.NotEqual), ("lt", XComparison.Less), ("le", XComparison.LessOrEqual), ("gt", XComparison.Greater), ("ge", XComparison.GreaterOrEqual)];

    private XExpression ParseComparison()
    {
        XExpression left = ParseAdditive();
        SkipSpaces();
        if (AcceptWord("to"))
        {
            throw Fail(9335, "to");
        }

        if (AcceptWord("is"))
        {
            return NodeComparison("is", left, 0);
        }

        if (Accept("<<"))
        {
            return NodeComparison("<<", left, -1);
        }

        if (Accept(">>"))
        {
            return NodeComparison(">>", left, 1);
        }

        foreach ((string word, XComparison comparison) in ValueComparisons)
        {
            if (AcceptWord(word))
            {
                XExpression right = ParseAdditive();
                CheckComparable(word, left, right);
                CheckSingle(word, left);
                CheckSingle(word, right);
                return new XCompare(left, right, comparison, isGeneral: false);
            }
        }

        foreach ((string symbol, XComparison comparison) in GeneralComparisons)
        {
            if (Accept(symbol))
            {
                XExpression right = ParseAdditive();
                CheckComparable(symbol, left, right);
                return new XCompare(left, right, comparison, isGeneral: true);
            }
        }

        return left;
    }

    private XNodeCompare NodeComparison(string name, XExpression left, int direction)
    {
        XExpression right = ParseAdditive();
        foreach (XExpression operand in (ReadOnlySpan<XExpression>)[left, right])
        {
            if (operand.Type.Kind == XKind.Empty || operand.Type.IsAtomic)
            {
                throw Fail(2234, name, left.Type, right.Type);
            }

            if (!operand.Type.IsSingle)
            {
                throw Fail(2389, name, operand.Type);
            }
        }

        return new XNodeCompare(left, right, direction);
    }

    /// <summary>Two typed operands have to be of one family (error 2234).</summary>
    private void CheckComparable(string name, XExpression left, XExpression right)
    {
        CheckConstructed(left, "data()");
        CheckConstructed(right, "data()");
        XType a = left.Type.Atomized;
        XType b = right.Type.Atomized;
        if (a.IsAtomic && b.IsAtomic && a.Atomic != XAtomicType.Untyped && b.Atomic != XAtomicType.Untyped && a.Atomic.Family() != b.Atomic.Family())
        {
            throw Fail(2234, name, a, b);
        }
    }

    private void CheckSingle(string name, XExpression operand)
    {
        CheckConstructed(operand, "data()");
        if (!operand.Type.IsSingle)
        {
            throw Fail(2389, name, operand.Type.Atomized);
        }
    }

    /// <summary>What the query makes can be returned, nested and tested, and nothing else (error 2373).</summary>
    private void CheckConstructed(XExpression operand, string name)
    {
        if (operand.Type.IsConstructed)
        {
            throw Fail(2373, name);
        }
    }

    private XExpression ParseAdditive()
    {
        XExpression left = ParseMultiplicative();
        while (true)
        {
            SkipSpaces();
            if (Current is not ('+' or '-'))
            {
                return left;
            }

            char op = _text[_at++];
            left = Arithmetic(left, ParseMultiplicative(), op, op.ToString());
        }
    }

    private XExpression ParseMultiplicative()
    {
        XExpression left = ParseUnion();
        while (true)
        {
            if (Accept("*"))
            {
                left = Arithmetic(left, ParseUnion(), '*', "*");
            }
            else if (AcceptWord("div"))
            {
                left = Arithmetic(left, ParseUnion(), '/', "div");
            }
            else if (AcceptWord("mod"))
            {
                left = Arithmetic(left, ParseUnion(), '%', "mod");
            }
            else if (AcceptWord("idiv"))
            {
                throw Fail(9335, "idiv");
            }
            else
            {
                return left;
            }
        }
    }

    private XArithmetic Arithmetic(XExpression left, XExpression right, char op, string name)
    {
        foreach (XExpression operand in (ReadOnlySpan<XExpression>)[left, right])
        {
            CheckSingle(name, operand);
            XType type = operand.Type.Atomized;
            if (type.IsAtomic && type.Atomic != XAtomicType.Untyped && !type.IsNumeric)
            {
                throw Fail(9308, name, type);
            }
        }

        return new XArithmetic(left, right, op);
    }

    private XExpression ParseUnion()
    {
        XExpression left = ParseInstanceOf();
        foreach (string word in (ReadOnlySpan<string>)["union", "intersect", "except"])
        {
            if (AtWord(word))
            {
                throw Fail(9335, word);
            }
        }

        return Accept("|") ? throw Fail(9335, "union") : left;
    }

    private XExpression ParseInstanceOf()
    {
        XExpression operand = ParseCast();
        if (AcceptWords("instance", "of"))
        {
            if (operand.Type.IsConstructed)
            {
                throw Fail(2373, "'instance of'");
            }

            if (!operand.Type.IsSingle)
            {
                throw Fail(2389, "instance of", operand.Type);
            }

            return ParseSequenceType(operand);
        }

        foreach (string word in (ReadOnlySpan<string>)["treat", "castable"])
        {
            if (AcceptWords(word, "as"))
            {
                throw Fail(9335, word + " as");
            }
        }

        return operand;
    }

    private XInstanceOf ParseSequenceType(XExpression operand)
    {
        SkipSpaces();
        (string prefix, string name) = ReadQualifiedName();
        if (prefix.Length > 0)
        {
            XAtomicType type = XAtomicTypes.Find($"{prefix}:{name}") ?? throw Fail(2232, prefix, name);
            return new XInstanceOf(operand, XKind.Atomic, type, null, ParseOccurrence(), false);
        }

        Expect("(");
        string? inner = AtName ? ReadQualifiedName().Name : null;
        if (Accept("*"))
        {
            inner = null;
        }

        Expect(")");
        return name switch
        {
            "empty" => new XInstanceOf(operand, XKind.Empty, XAtomicType.Untyped, null, XCount.One, true),
            "item" => new XInstanceOf(operand, XKind.Item, XAtomicType.Untyped, null, ParseOccurrence(), false),
            "node" => new XInstanceOf(operand, XKind.Node, XAtomicType.Untyped, null, ParseOccurrence(), false),
            "element" => new XInstanceOf(operand, XKind.Element, XAtomicType.Untyped, inner, ParseOccurrence(), false),
            "attribute" => new XInstanceOf(operand, XKind.Attribute, XAtomicType.Untyped, inner, ParseOccurrence(), false),
            "text" => new XInstanceOf(operand, XKind.Text, XAtomicType.Untyped, null, ParseOccurrence(), false),
            "comment" => new XInstanceOf(operand, XKind.Comment, XAtomicType.Untyped, null, ParseOccurrence(), false),
            "processing-instruction" => new XInstanceOf(operand, XKind.ProcessingInstruction, XAtomicType.Untyped, inner, ParseOccurrence(), false),
            "document-node" => throw Fail(9335, "document-node()"),
            _ => throw Fail(2209, name),
        };
    }

    private XCount ParseOccurrence()
    {
        if (Current is '?' or '*' or '+')
        {
            return _text[_at++] == '+' ? XCount.One : XCount.Optional;
        }

        return XCount.One;
    }

    private XExpression ParseCast()
    {
        XExpression operand = ParseUnary();
        if (!AcceptWords("cast", "as"))
        {
            return operand;
        }

        SkipSpaces();
        (string prefix, string name) = ReadQualifiedName();
        XAtomicType type = XAtomicTypes.Find($"{prefix}:{name}") ?? throw (prefix.Length == 0 ? Fail(2231, name) : Fail(2232, prefix, name));
        if (!Accept("?"))
        {
            throw Fail(9301);
        }

        return Cast(operand, type);
    }

    /// <summary>The cast of one value; literals that do not convert are error 9319.</summary>
    private XCast Cast(XExpression operand, XAtomicType type)
    {
        CheckConstructed(operand, "data()");
        XType from = operand.Type.Atomized;
        if (!from.IsSingle || from.Kind == XKind.Empty || (type == XAtomicType.QName && from.Atomic != type))
        {
            throw Fail(2365, from, type.Name());
        }

        if (operand is XLiteral literal && (literal.Value.CastTo(type) is null || (type.IsApproximate() && literal.Value.Text.Trim() == "NaN")))
        {
            throw Fail(9319, literal.Value.Text);
        }

        return new XCast(operand, type);
    }

    private XExpression ParseUnary()
    {
        bool isNegative = false;
        bool isSigned = false;
        SkipSpaces();
        while (Current is '-' or '+')
        {
            isSigned = true;
            isNegative ^= _text[_at++] == '-';
            SkipSpaces();
        }

        XExpression operand = ParsePath();
        if (!isSigned || !isNegative)
        {
            return operand;
        }

        return operand is XLiteral { Value.Value: decimal number } literal
            ? new XLiteral(literal.Value with { Value = -number })
            : Arithmetic(new XLiteral(XAtomic.Of(0L)), operand, '-', "-");
    }

    // ---- literals ----

    /// <summary>A string literal; its entity references are read.</summary>
    private string ReadString()
    {
        SkipSpaces();
        if (Current is not ('"' or '\''))
        {
            throw Fail(9317, NextToken());
        }

        char quote = _text[_at++];
        var value = new System.Text.StringBuilder();
        while (true)
        {
            if (IsAtEnd)
            {
                throw Fail(2274, 1);
            }

            char c = _text[_at];
            if (c == quote)
            {
                _at++;
                if (Current != quote)
                {
                    return value.ToString();
                }

                value.Append(quote);
                _at++;
            }
            else if (c == '&')
            {
                value.Append(ReadReference());
            }
            else
            {
                value.Append(c);
                _at++;
            }
        }
    }

    private string ReadReference()
    {
        _at++;
        if (Current == '#')
        {
            return ReadCharacterReference();
        }

        int from = _at;
        while (char.IsAsciiLetter(Current))
        {
            _at++;
        }

        string name = _text[from.._at];
        if (name.Length == 0)
        {
            throw Fail(2282);
        }

        if (Current != ';')
        {
            throw Fail(2283, Current);
        }

        _at++;
        return name switch { "lt" => "<", "gt" => ">", "amp" => "&", "quot" => "\"", "apos" => "'", _ => throw Fail(2282) };
    }

    private string ReadCharacterReference()
    {
        _at++;
        bool isHexadecimal = Current == 'x';
        int from = isHexadecimal ? ++_at : _at;
        while (isHexadecimal ? char.IsAsciiHexDigit(Current) : char.IsAsciiDigit(Current))
        {
            _at++;
        }

        if (_at == from || Current != ';'
            || !int.TryParse(_text.AsSpan(from, _at - from), isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out int code)
            || code is <= 0 or > 0x10FFFF or (>= 0xD800 and <= 0xDFFF))
        {
            throw Fail(2285);
        }

        _at++;
        return char.ConvertFromUtf32(code);
    }

    private XLiteral ReadNumber()
    {
        int from = _at;
        bool isDecimal = false;
        while (char.IsAsciiDigit(Current) || (Current == '.' && !isDecimal))
        {
            isDecimal |= Current == '.';
            _at++;
        }

        if (Current is 'e' or 'E')
        {
            _at++;
            if (Current is '+' or '-')
            {
                _at++;
            }

            while (char.IsAsciiDigit(Current))
            {
                _at++;
            }

            return new XLiteral(XAtomic.Of(XAtomic.ParseDouble(_text[from.._at]) ?? throw Fail(2342)));
        }

        if (!decimal.TryParse(_text.AsSpan(from, _at - from), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
        {
            throw Fail(2342);
        }

        return new XLiteral(new XAtomic(isDecimal ? XAtomicType.Decimal : XAtomicType.Integer, decimal.Round(number, 10, MidpointRounding.AwayFromZero)));
    }
}
