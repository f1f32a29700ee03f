using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>Function calls: the plain form, and the functions with a grammar of their own.</summary>
public sealed partial class Parser
{
    /// <summary>The call whose name has been read; the current token is the opening parenthesis.</summary>
    private Expression ParseFunctionCall(in Token start, ObjectName name)
    {
        if (name.Parts.Count == 1)
        {
            switch (name.Name.ToUpperInvariant())
            {
                case "CAST":
                case "TRY_CAST":
                    return ParseCast(start, isTry: name.Name.Length > 4);
                case "PARSE":
                case "TRY_PARSE":
                    return ParseParse(start, isTry: name.Name.Length > 5);
                case "IIF":
                    return ParseIif(start);
                case "TRIM":
                    return ParseTrim(start, name);
                case "JSON_OBJECT":
                case "JSON_OBJECTAGG":
                case "JSON_ARRAY":
                case "JSON_ARRAYAGG":
                case "JSON_VALUE":
                case "JSON_QUERY":
                    return ParseJsonFunction(start, name);
                case "REGEXP_LIKE":
                    // A predicate, and a reserved word: not a value.
                    throw At(start, Errors.SqlErrors.Create(156, "REGEXP_LIKE"));
                case "AI_GENERATE_EMBEDDINGS":
                    throw NotSupported(start, "AI_GENERATE_EMBEDDINGS");
                case "PREDICT":
                    throw NotSupported(start, "PREDICT");
            }
        }

        Expect(TokenKind.LeftParen);
        Enter();
        bool isStar = false;
        bool isDistinct = false;
        var arguments = new List<Expression>();
        string? starQualifier = null;
        if (At(TokenKind.Star) && Peek().Kind == TokenKind.RightParen)
        {
            Advance();
            isStar = true;
        }
        else if (AtIdentifier && Peek().Kind == TokenKind.Dot && Peek(2).Kind == TokenKind.Star && Peek(3).Kind == TokenKind.RightParen && name.Parts.Count == 1)
        {
            // COUNT(alias.*), of paths only.
            starQualifier = ParseIdentifier();
            Advance();
            Advance();
            isStar = true;
        }
        else if (!At(TokenKind.RightParen))
        {
            isDistinct = Accept(Keyword.Distinct);
            if (!isDistinct)
            {
                Accept(Keyword.All);
            }

            do
            {
                arguments.Add(name.Parts.Count == 1 && At(Keyword.Default) ? throw SyntaxError() : ParseArgument());
            }
            while (Accept(TokenKind.Comma));
        }

        Expect(TokenKind.RightParen);
        Leave();

        bool? ignoreNulls = ParseNullTreatment();
        List<OrderByItem>? withinGroup = null;
        bool graphPath = false;
        if (AtWord("WITHIN") && Peek().Keyword == Keyword.Group)
        {
            Advance();
            Advance();
            Expect(TokenKind.LeftParen);
            if (AcceptWords("GRAPH", "PATH"))
            {
                graphPath = true;
            }
            else
            {
                withinGroup = ParseOrderBy();
            }

            Expect(TokenKind.RightParen);
        }

        if (starQualifier is not null && !graphPath)
        {
            throw SyntaxError();
        }

        ignoreNulls ??= ParseNullTreatment();
        OverClause? over = At(Keyword.Over) ? ParseOver() : null;
        return Finish(start, new FunctionCallExpression
        {
            Name = name,
            Arguments = arguments,
            IsStar = isStar,
            IsDistinct = isDistinct,
            Over = over,
            WithinGroup = withinGroup,
            IgnoreNulls = ignoreNulls,
            IsGraphPath = graphPath,
            StarQualifier = starQualifier,
        });
    }

    private bool? ParseNullTreatment()
    {
        if (AcceptWords("IGNORE", "NULLS"))
        {
            return true;
        }

        return AcceptWords("RESPECT", "NULLS") ? false : null;
    }

    private ConvertExpression ParseCast(in Token start, bool isTry)
    {
        Expect(TokenKind.LeftParen);
        Enter();
        Expression operand = ParseExpression();
        if (!At(Keyword.As))
        {
            throw At(start, Errors.SqlErrors.CreateWithState(1035, 10, ErrorText(start), "AS"));
        }

        Advance();
        DataTypeSyntax type = ParseDataType();
        Expect(TokenKind.RightParen);
        Leave();
        return Finish(start, new ConvertExpression { Type = type, Operand = operand, IsTry = isTry, IsCast = true });
    }

    private ConvertExpression ParseParse(in Token start, bool isTry)
    {
        Expect(TokenKind.LeftParen);
        Enter();
        Expression operand = ParseExpression();
        Expect(Keyword.As);
        DataTypeSyntax type = ParseDataType();
        Expression? culture = AcceptWord("USING") ? ParseExpression() : null;
        Expect(TokenKind.RightParen);
        Leave();
        return Finish(start, new ConvertExpression { Type = type, Operand = operand, IsTry = isTry, IsParse = true, Culture = culture });
    }

    private IifExpression ParseIif(in Token start)
    {
        Expect(TokenKind.LeftParen);
        Enter();
        Predicate condition = ParsePredicate();
        Expect(TokenKind.Comma);
        Expression whenTrue = ParseExpression();
        Expect(TokenKind.Comma);
        Expression whenFalse = ParseExpression();
        Expect(TokenKind.RightParen);
        Leave();
        return Finish(start, new IifExpression { Condition = condition, WhenTrue = whenTrue, WhenFalse = whenFalse });
    }

    /// <summary>TRIM([LEADING | TRAILING | BOTH] [characters FROM] string): arguments are the string, then the characters if given.</summary>
    private FunctionCallExpression ParseTrim(in Token start, ObjectName name)
    {
        Expect(TokenKind.LeftParen);
        Enter();
        string? specification = null;
        if ((AtWord("LEADING") || AtWord("TRAILING") || AtWord("BOTH")) && Peek().Keyword == Keyword.From)
        {
            // A side needs the characters that go.
            throw At(Peek(), Errors.SqlErrors.Create(156, "FROM"));
        }

        if ((AtWord("LEADING") || AtWord("TRAILING") || AtWord("BOTH"))
            && Peek().Kind is not (TokenKind.RightParen or TokenKind.Dot or TokenKind.LeftParen or TokenKind.Plus)
            && Peek().Keyword != Keyword.From)
        {
            specification = TakeWord();
        }

        var arguments = new List<Expression> { ParseExpression() };
        if (Accept(Keyword.From))
        {
            arguments.Insert(0, ParseExpression());
        }

        Expect(TokenKind.RightParen);
        Leave();
        return Finish(start, new FunctionCallExpression { Name = name, Arguments = arguments, TrimSpecification = specification });
    }

    /// <summary>JSON_OBJECT, JSON_ARRAY and their aggregates, JSON_VALUE and JSON_QUERY with their trailing clauses.</summary>
    private FunctionCallExpression ParseJsonFunction(in Token start, ObjectName name)
    {
        Expect(TokenKind.LeftParen);
        Enter();
        bool keyed = name.Name.StartsWith("JSON_OBJECT", StringComparison.OrdinalIgnoreCase);
        List<Expression>? keys = keyed ? [] : null;
        var arguments = new List<Expression>();
        bool distinct = false;
        if (!At(TokenKind.RightParen) && !AtJsonNullClause && !AtWord("RETURNING"))
        {
            distinct = Accept(Keyword.Distinct);
            do
            {
                Expression value = ParseExpression();
                if (keyed)
                {
                    keys!.Add(value);
                    Expect(TokenKind.Colon);
                    value = ParseExpression();
                }

                arguments.Add(value);
            }
            while (Accept(TokenKind.Comma));
        }

        List<OrderByItem>? order = At(Keyword.Order) && !keyed ? ParseOrderBy() : null;
        bool? absentOnNull = null;
        if (AtJsonNullClause)
        {
            absentOnNull = AtWord("ABSENT");
            Advance();
            Advance();
            Advance();
        }

        DataTypeSyntax? returning = AcceptWord("RETURNING") ? ParseDataType() : null;
        bool wrapper = false;
        if (At(Keyword.With) && PeekWord(1, "ARRAY") && PeekWord(2, "WRAPPER"))
        {
            Advance();
            Advance();
            Advance();
            wrapper = true;
        }

        Expect(TokenKind.RightParen);
        Leave();
        OverClause? over = At(Keyword.Over) ? ParseOver() : null;
        return Finish(start, new FunctionCallExpression
        {
            Name = name,
            Arguments = arguments,
            JsonKeys = keys,
            AbsentOnNull = absentOnNull,
            Returning = returning,
            WithArrayWrapper = wrapper,
            WithinGroup = order,
            Over = over,
            IsDistinct = distinct,
        });
    }

    private bool AtJsonNullClause => (At(Keyword.Null) || AtWord("ABSENT")) && Peek().Keyword == Keyword.On && Peek(2).Keyword == Keyword.Null;

    // ---- windows ----

    private OverClause ParseOver()
    {
        Token start = Current;
        Expect(Keyword.Over);
        if (!At(TokenKind.LeftParen))
        {
            string name = ParseIdentifier();
            return Finish(start, new OverClause { WindowName = name });
        }

        return ParseWindowDefinition(start);
    }

    /// <summary>([name] [PARTITION BY ...] [ORDER BY ...] [ROWS | RANGE ...]).</summary>
    private OverClause ParseWindowDefinition(in Token start)
    {
        Expect(TokenKind.LeftParen);
        Enter();
        string? windowName = null;
        if (AtIdentifier && !(AtWord("PARTITION") && Peek().Keyword == Keyword.By) && !AtFrameUnit)
        {
            windowName = ParseIdentifier();
        }

        var partition = new List<Expression>();
        if (AtWord("PARTITION"))
        {
            Advance();
            Expect(Keyword.By);
            do
            {
                partition.Add(ParseExpression());
            }
            while (Accept(TokenKind.Comma));
        }

        List<OrderByItem> order = At(Keyword.Order) ? ParseOrderBy() : [];
        FrameUnit? unit = null;
        FrameBound? first = null;
        FrameBound? last = null;
        if (AtFrameUnit)
        {
            unit = AtWord("ROWS") ? FrameUnit.Rows : FrameUnit.Range;
            Advance();
            if (Accept(Keyword.Between))
            {
                first = ParseFrameBound();
                Expect(Keyword.And);
                last = ParseFrameBound();
            }
            else
            {
                first = ParseFrameBound();
            }
        }

        Expect(TokenKind.RightParen);
        Leave();
        return Finish(start, new OverClause
        {
            WindowName = windowName,
            PartitionBy = partition,
            OrderBy = order,
            FrameUnit = unit,
            FrameStart = first,
            FrameEnd = last,
        });
    }

    private bool AtFrameUnit =>
        (AtWord("ROWS") || AtWord("RANGE"))
        && (Peek().Keyword is Keyword.Between or Keyword.Current || PeekWord(1, "UNBOUNDED") || Peek().Kind is TokenKind.Integer or TokenKind.Variable);

    private FrameBound ParseFrameBound()
    {
        if (AcceptWord("UNBOUNDED"))
        {
            if (AcceptWord("PRECEDING"))
            {
                return new FrameBound(FrameBoundKind.UnboundedPreceding);
            }

            ExpectWord("FOLLOWING");
            return new FrameBound(FrameBoundKind.UnboundedFollowing);
        }

        if (Accept(Keyword.Current))
        {
            ExpectWord("ROW");
            return new FrameBound(FrameBoundKind.CurrentRow);
        }

        Expression offset = ParsePrimary();
        if (AcceptWord("PRECEDING"))
        {
            return new FrameBound(FrameBoundKind.Preceding, offset);
        }

        ExpectWord("FOLLOWING");
        return new FrameBound(FrameBoundKind.Following, offset);
    }
}
