using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>What stands in FROM: tables, joins, APPLY, derived tables, functions, OPENJSON, VECTOR_SEARCH, PIVOT.</summary>
public sealed partial class Parser
{
    private static readonly HashSet<string> TableHints = new(StringComparer.OrdinalIgnoreCase)
    {
        "NOLOCK", "READUNCOMMITTED", "READCOMMITTED", "READCOMMITTEDLOCK", "REPEATABLEREAD", "SERIALIZABLE", "HOLDLOCK", "SNAPSHOT", "UPDLOCK",
        "XLOCK", "TABLOCK", "TABLOCKX", "PAGLOCK", "ROWLOCK", "READPAST", "NOWAIT", "NOEXPAND", "FORCESEEK", "FORCESCAN", "FASTFIRSTROW",
        "IGNORE_CONSTRAINTS", "IGNORE_TRIGGERS", "KEEPIDENTITY", "KEEPDEFAULTS", "INDEX", "SPATIAL_WINDOW_MAX_CELLS", "FORCE_ANN_ONLY",
    };

    private List<TableSource> ParseTableSources()
    {
        var sources = new List<TableSource>();
        do
        {
            sources.Add(ParseTableSource());
        }
        while (Accept(TokenKind.Comma));
        return sources;
    }

    private TableSource ParseTableSource()
    {
        Enter();
        TableSource source = ContinueJoins(ParseTablePrimary());
        Leave();
        return source;
    }

    private TableSource ContinueJoins(TableSource left)
    {
        while (AtJoin)
        {
            left = ParsePivots(ParseJoin(left));
        }

        return left;
    }

    private bool AtJoin => Current.Keyword switch
    {
        Keyword.Join or Keyword.Inner or Keyword.Full or Keyword.Cross => true,
        Keyword.Left or Keyword.Right => Peek().Kind != TokenKind.LeftParen,
        Keyword.Outer => PeekWord(1, "APPLY"),
        _ => false,
    };

    /// <summary>One join operator with its right side and condition. a JOIN b JOIN c ON .. ON .. nests to the right.</summary>
    private TableSource ParseJoin(TableSource left)
    {
        if (Accept(Keyword.Cross))
        {
            JoinKind kind = JoinKind.Cross;
            if (AcceptWord("APPLY"))
            {
                kind = JoinKind.CrossApply;
            }
            else
            {
                Expect(Keyword.Join);
            }

            return Unconditional(kind);
        }

        if (Accept(Keyword.Outer))
        {
            ExpectWord("APPLY");
            return Unconditional(JoinKind.OuterApply);
        }

        JoinKind join = JoinKind.Inner;
        if (Current.Keyword is Keyword.Left or Keyword.Right or Keyword.Full)
        {
            join = Current.Keyword switch
            {
                Keyword.Left => JoinKind.LeftOuter,
                Keyword.Right => JoinKind.RightOuter,
                _ => JoinKind.FullOuter,
            };
            Advance();
            Accept(Keyword.Outer);
        }
        else
        {
            Accept(Keyword.Inner);
        }

        string? hint = AtWord("HASH") || AtWord("LOOP") || AtWord("REMOTE") || (At(Keyword.Merge) && Peek().Keyword == Keyword.Join) ? TakeWord() : null;
        Expect(Keyword.Join);
        TableSource right = ParseTablePrimary();
        Enter();
        while (!At(Keyword.On))
        {
            if (!AtJoin)
            {
                throw SyntaxError();
            }

            right = ParseJoin(right);
        }

        Leave();
        Expect(Keyword.On);
        Predicate on = ParsePredicate();
        return Finish(left, new JoinTableSource { Kind = join, Left = left, Right = right, On = on, Hint = hint });

        TableSource Unconditional(JoinKind kind)
        {
            TableSource operand = ParseTablePrimary();
            return Finish(left, new JoinTableSource { Kind = kind, Left = left, Right = operand });
        }
    }

    private TableSource ParseTablePrimary() => ParsePivots(ParseTableOperand());

    private TableSource ParseTableOperand()
    {
        Token start = Current;
        switch (start.Kind)
        {
            case TokenKind.LeftParen:
                return ParseParenthesizedSource();
            case TokenKind.LeftBrace when PeekWord(1, "OJ"):
                Advance();
                Advance();
                TableSource outer = ParseTableSource();
                Expect(TokenKind.RightBrace);
                return outer;
            case TokenKind.Variable:
                return ParseVariableSource();
            case TokenKind.DoubleColon:
                Advance();
                break;
            case TokenKind.Keyword:
                return ParseKeywordSource();
        }

        if (Peek().Kind == TokenKind.LeftParen)
        {
            if (AtWord("OPENJSON"))
            {
                return ParseOpenJson();
            }

            if (AtWord("VECTOR_SEARCH"))
            {
                return ParseVectorSearch();
            }

            if (AtWord("AI_GENERATE_CHUNKS"))
            {
                return ParseGenerateChunks();
            }

            if (AtWord("CHANGETABLE") || AtWord("PREDICT"))
            {
                throw NotSupported(start, ValueOf(start).ToUpperInvariant());
            }
        }

        ObjectName name = ParseObjectName();
        if (At(TokenKind.LeftParen) && !AtHintList)
        {
            return ParseFunctionSource(start, name);
        }

        return ParseNamedSource(start, name);
    }

    private TableSource ParseKeywordSource()
    {
        Token start = Current;
        switch (start.Keyword)
        {
            case Keyword.OpenRowSet:
                return ParseOpenRowSet();
            case Keyword.OpenXml:
                return ParseOpenXml();
            case Keyword.OpenQuery or Keyword.OpenDataSource or Keyword.ContainsTable or Keyword.FreeTextTable
                or Keyword.SemanticKeyPhraseTable or Keyword.SemanticSimilarityTable or Keyword.SemanticSimilarityDetailsTable:
                throw NotSupported(start, ValueOf(start).ToUpperInvariant());
            default:
                throw SyntaxError();
        }
    }

    private TableSource ParseNamedSource(in Token start, ObjectName name)
    {
        SystemTimeClause? systemTime = null;
        bool forPath = false;
        if (At(Keyword.For) && PeekWord(1, "SYSTEM_TIME"))
        {
            systemTime = ParseSystemTime();
        }
        else if (At(Keyword.For) && PeekWord(1, "PATH"))
        {
            Advance();
            Advance();
            forPath = true;
        }

        List<string> hints = [];
        if (AtHintList)
        {
            hints = ParseTableHints();
        }

        string? alias = ParseTableAlias();
        TableSampleClause? sample = At(Keyword.TableSample) ? ParseTableSample() : null;
        if (AtHintList)
        {
            hints.AddRange(ParseTableHints());
        }

        // AS t(a, b) renames the columns of a derived table only; for a table it is a syntax error.
        return Finish(start, new NamedTableSource
        {
            Name = name,
            Alias = alias,
            Hints = hints,
            SystemTime = systemTime,
            IsForPath = forPath,
            Sample = sample,
        });
    }

    /// <summary>(INSERT, UPDATE, DELETE or MERGE with OUTPUT) AS alias (columns): the source of an INSERT.</summary>
    private DmlTableSource ParseNestedChange(in Token start)
    {
        Expect(TokenKind.LeftParen);
        Enter();
        _isNestedChange = true;
        DmlStatement statement = Current.Keyword switch
        {
            Keyword.Insert => (InsertStatement)ParseInsert([]),
            Keyword.Update => ParseUpdate([]),
            Keyword.Delete => ParseDelete([]),
            _ => ParseMerge([]),
        };
        _isNestedChange = false;
        Leave();
        Expect(TokenKind.RightParen);
        return ParseDerivedAlias(start, new DmlTableSource { Statement = statement });
    }

    /// <summary>The statement being read stands in parentheses: a MERGE needs no semicolon there.</summary>
    private bool _isNestedChange;

    private string? ParseTableAlias()
    {
        if (Accept(Keyword.As))
        {
            return ParseIdentifierOrString();
        }

        return AtIdentifier && !AtStatementWord && !AtWindowClause ? ParseIdentifier() : null;
    }

    /// <summary>[AS] alias [(columns)], the alias required.</summary>
    private T ParseDerivedAlias<T>(in Token start, T source, bool required = true)
        where T : TableSource
    {
        source.Alias = ParseTableAlias();
        if (source.Alias is null && required)
        {
            throw SyntaxError();
        }

        if (source.Alias is not null && At(TokenKind.LeftParen) && !AtHintList)
        {
            source.ColumnAliases = ParseIdentifierList();
        }

        if (AtHintList)
        {
            // Hints are allowed, and mean nothing, on functions.
            ParseTableHints();
        }

        return Finish(start, source);
    }

    // ---- hints ----

    /// <summary>WITH (hint...), or the old form (hint...) without WITH.</summary>
    private bool AtHintList
    {
        get
        {
            if (At(Keyword.With))
            {
                if (Peek().Kind == TokenKind.LeftParen)
                {
                    return true;
                }

                if (Peek().Kind is TokenKind.Identifier or TokenKind.QuotedIdentifier
                    && (Peek(2).Keyword == Keyword.As || Peek(2).Kind == TokenKind.LeftParen))
                {
                    throw At(Peek(), Errors.SqlErrors.Create(336, ErrorText(Peek())));
                }

                return false;
            }

            return At(TokenKind.LeftParen) && Peek().Kind is TokenKind.Identifier or TokenKind.Keyword
                && TableHints.GetAlternateLookup<ReadOnlySpan<char>>().Contains(Raw(Peek()))
                && Peek(2).Kind is TokenKind.RightParen or TokenKind.Comma or TokenKind.Equal or TokenKind.LeftParen;
        }
    }

    private List<string> ParseTableHints()
    {
        Accept(Keyword.With);
        Expect(TokenKind.LeftParen);
        var hints = new List<string>();
        do
        {
            Token token = Current;
            string hint = TakeWord();
            if (!TableHints.Contains(hint))
            {
                throw At(token, Errors.SqlErrors.Create(321, ErrorText(token)));
            }

            if (Accept(TokenKind.Equal))
            {
                hint += $"({ParseHintArgument()})";
            }
            else if (At(TokenKind.LeftParen))
            {
                int from = Current.Start;
                if (hint == "INDEX")
                {
                    ParseIndexNames();
                }
                else
                {
                    SkipParentheses();
                }

                hint += _text[from.._tokens[_position - 1].End];
            }

            else if (hint == "INDEX")
            {
                throw SyntaxError();
            }

            hints.Add(hint);
            Accept(TokenKind.Comma);
        }
        while (!At(TokenKind.RightParen));
        Advance();
        if (hints.Exists(h => h is "NOLOCK" or "READUNCOMMITTED") && hints.Exists(h => h is "XLOCK" or "UPDLOCK" or "HOLDLOCK" or "SERIALIZABLE" or "REPEATABLEREAD" or "TABLOCKX"))
        {
            throw At(_tokens[_position - 1], Errors.SqlErrors.Create(1047));
        }

        return hints;
    }

    private void ParseIndexNames()
    {
        Advance();
        do
        {
            if (!At(TokenKind.Integer) && !AtIdentifier)
            {
                throw SyntaxError();
            }

            Advance();
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
    }

    private string ParseHintArgument()
    {
        if (At(TokenKind.LeftParen))
        {
            Advance();
            string inner = ParseHintArgument();
            Expect(TokenKind.RightParen);
            return inner;
        }

        if (At(TokenKind.Integer) || AtIdentifier)
        {
            string value = ValueOf(Current);
            Advance();
            return value;
        }

        throw SyntaxError();
    }

    // ---- clauses of a table ----

    private SystemTimeClause ParseSystemTime()
    {
        Advance();
        Advance();
        if (Accept(Keyword.All))
        {
            return new SystemTimeClause(SystemTimeKind.All);
        }

        if (Accept(Keyword.As))
        {
            Expect(Keyword.Of);
            return new SystemTimeClause(SystemTimeKind.AsOf, ParseTimeArgument());
        }

        if (Accept(Keyword.From))
        {
            Expression from = ParseTimeArgument();
            Expect(Keyword.To);
            return new SystemTimeClause(SystemTimeKind.FromTo, from, ParseTimeArgument());
        }

        if (Accept(Keyword.Between))
        {
            Expression low = ParseTimeArgument();
            Expect(Keyword.And);
            return new SystemTimeClause(SystemTimeKind.BetweenAnd, low, ParseTimeArgument());
        }

        ExpectWord("CONTAINED");
        Expect(Keyword.In);
        Expect(TokenKind.LeftParen);
        Expression start = ParseTimeArgument();
        Expect(TokenKind.Comma);
        Expression end = ParseTimeArgument();
        Expect(TokenKind.RightParen);
        return new SystemTimeClause(SystemTimeKind.ContainedIn, start, end);
    }

        /// <summary>Points in time are literals or variables, nothing else.</summary>
    private Expression ParseTimeArgument()
    {
        Expression argument = Current.Kind is TokenKind.String or TokenKind.NationalString or TokenKind.Integer or TokenKind.Decimal or TokenKind.Float or TokenKind.Money
            or TokenKind.Binary or TokenKind.Variable || At(Keyword.Null)
            ? ParsePrimary()
            : throw SyntaxError();
        return argument is LiteralExpression or VariableExpression ? argument : throw SyntaxError();
    }

    private TableSampleClause ParseTableSample()
    {
        Expect(Keyword.TableSample);
        AcceptWord("SYSTEM");
        Expect(TokenKind.LeftParen);
        Expression size = ParseExpression();
        bool percent = !AcceptWord("ROWS");
        if (percent)
        {
            Accept(Keyword.Percent);
        }

        Expect(TokenKind.RightParen);
        Expression? seed = null;
        if (AcceptWord("REPEATABLE"))
        {
            Expect(TokenKind.LeftParen);
            seed = ParseExpression();
            Expect(TokenKind.RightParen);
        }

        return new TableSampleClause(size, percent, seed);
    }

    // ---- parentheses ----

    private TableSource ParseParenthesizedSource()
    {
        Token start = Current;
        if (Peek().Keyword is Keyword.Select or Keyword.Values || (Peek().Kind == TokenKind.LeftParen && ParenthesesHoldQuery()))
        {
            Expect(TokenKind.LeftParen);
            Enter();
            QueryExpression query = ParseQuery(nested: true);
            Expect(TokenKind.RightParen);
            Leave();
            bool forPath = At(Keyword.For) && PeekWord(1, "PATH");
            if (forPath)
            {
                Advance();
                Advance();
            }

            return ParseDerivedAlias(start, new DerivedTableSource { Query = query, IsForPath = forPath });
        }

        if (At(Keyword.Merge) || Peek().Keyword is Keyword.Merge or Keyword.Insert or Keyword.Update or Keyword.Delete)
        {
            return ParseNestedChange(start);
        }

        Expect(TokenKind.LeftParen);
        TableSource source = ParseTableSource();
        Expect(TokenKind.RightParen);
        return source;
    }

    /// <summary>
    /// At "((": the outer parenthesis holds a query when the inner ones end in SELECT and what follows the inner one joins queries or closes.
    /// </summary>
    private bool ParenthesesHoldQuery()
    {
        int ahead = 1;
        while (Peek(ahead).Kind == TokenKind.LeftParen)
        {
            ahead++;
        }

        if (Peek(ahead).Keyword != Keyword.Select)
        {
            return false;
        }

        int depth = 0;
        for (int i = 1; ; i++)
        {
            switch (Peek(i).Kind)
            {
                case TokenKind.LeftParen:
                    depth++;
                    break;
                case TokenKind.RightParen when --depth == 0:
                    return Peek(i + 1).Kind == TokenKind.RightParen
                        || Peek(i + 1).Keyword is Keyword.Union or Keyword.Except or Keyword.Intersect or Keyword.Order;
                case TokenKind.EndOfFile:
                case TokenKind.Error:
                    return true;
            }
        }
    }
}
