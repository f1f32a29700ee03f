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
}
