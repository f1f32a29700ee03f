using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>
/// Conditions. A parenthesis may open either a condition or a scalar expression; the *Node methods return whichever it was, so that
/// nothing is ever parsed twice.
/// </summary>
public sealed partial class Parser
{
    private Predicate ParsePredicate()
    {
        Enter();
        Predicate predicate = RequirePredicate(ParseOrNode());
        Leave();
        return predicate;
    }

    private Predicate RequirePredicate(SyntaxNode node)
    {
        if (node is Predicate predicate)
        {
            return predicate;
        }

        if (At(TokenKind.Error))
        {
            throw SyntaxError();
        }

        Token near = At(TokenKind.EndOfFile) ? _tokens[_position - 1] : Current;
        throw At(near, Errors.SqlErrors.Create(4145, ErrorText(near)));
    }

    private SyntaxNode ParseOrNode()
    {
        SyntaxNode first = ParseAndNode();
        if (!At(Keyword.Or))
        {
            return first;
        }

        var operands = new List<Predicate> { RequirePredicate(first) };
        while (Accept(Keyword.Or))
        {
            operands.Add(RequirePredicate(ParseAndNode()));
        }

        return Balance(operands, 0, operands.Count, isAnd: false);
    }

    private SyntaxNode ParseAndNode()
    {
        SyntaxNode first = ParseNotNode();
        if (!At(Keyword.And))
        {
            return first;
        }

        var operands = new List<Predicate> { RequirePredicate(first) };
        while (Accept(Keyword.And))
        {
            operands.Add(RequirePredicate(ParseNotNode()));
        }

        return Balance(operands, 0, operands.Count, isAnd: true);
    }

    /// <summary>
    /// AND and OR are associative, so a long chain becomes a balanced tree: its depth is the logarithm of its length, and passes that
    /// recurse over it stay shallow. Short chains keep the plain left-deep form.
    /// </summary>
    private static Predicate Balance(List<Predicate> operands, int from, int count, bool isAnd)
    {
        const int leftDeepUpTo = 8;
        if (count == 1)
        {
            return operands[from];
        }

        int leftCount = count <= leftDeepUpTo ? count - 1 : count / 2;
        Predicate left = Balance(operands, from, leftCount, isAnd);
        Predicate right = Balance(operands, from + leftCount, count - leftCount, isAnd);
        return isAnd
            ? new AndPredicate { Left = left, Right = right, Offset = left.Offset, Line = left.Line, EndOffset = right.EndOffset }
            : new OrPredicate { Left = left, Right = right, Offset = left.Offset, Line = left.Line, EndOffset = right.EndOffset };
    }

    private SyntaxNode ParseNotNode()
    {
        if (!At(Keyword.Not))
        {
            return ParsePredicateNode();
        }

        // An even number of NOTs cancels out, in three-valued logic too.
        Token start = Current;
        bool negate = false;
        while (Accept(Keyword.Not))
        {
            negate = !negate;
        }

        Predicate operand = RequirePredicate(ParsePredicateNode());
        return negate ? Finish(start, new NotPredicate { Operand = operand }) : operand;
    }

    private SyntaxNode ParsePredicateNode()
    {
        Token start = Current;
        switch (start.Kind)
        {
            case TokenKind.LeftParen when Peek().Keyword != Keyword.Select:
                return ParseParenthesizedNode();
            case TokenKind.Keyword:
                switch (start.Keyword)
                {
                    case Keyword.Exists:
                        Advance();
                        QueryExpression query = ParseSubquery();
                        return Finish(start, new ExistsPredicate { Query = query });
                    case Keyword.Update when Peek().Kind == TokenKind.LeftParen:
                        if (Peek(2).Kind == TokenKind.RightParen)
                        {
                            throw SyntaxError(Peek(2));
                        }

                        Advance();
                        return ParsePredicateFunction(start);
                    case Keyword.Contains when Peek().Kind == TokenKind.LeftParen:
                    case Keyword.FreeText when Peek().Kind == TokenKind.LeftParen:
                        throw NotSupported(start, ValueOf(start).ToUpperInvariant());
                    case Keyword.TsEqual:
                        throw NotSupported(start, "TSEQUAL");
                }

                break;
            case TokenKind.Identifier when Peek().Kind == TokenKind.LeftParen:
                if (AtWord("MATCH"))
                {
                    return ParseMatch();
                }

                if (AtWord("REGEXP_LIKE"))
                {
                    Advance();
                    return ParsePredicateFunction(start);
                }

                break;
        }

        return ParseComparisonTail(ParseExpression());
    }

    private FunctionPredicate ParsePredicateFunction(in Token start)
    {
        ObjectName name = NameOf(start, ValueOf(start));
        List<Expression> arguments = ParseArguments();
        var call = Finish(start, new FunctionCallExpression { Name = name, Arguments = arguments });
        return Finish(start, new FunctionPredicate { Call = call });
    }

    private SyntaxNode ParseParenthesizedNode()
    {
        Token start = Current;
        Expect(TokenKind.LeftParen);
        Enter();
        SyntaxNode inner = ParseOrNode();
        if (inner is Expression scalar)
        {
            inner = ContinueSubquery(start, scalar);
        }

        Expect(TokenKind.RightParen);
        Leave();
        if (inner is Expression expression)
        {
            return ParseComparisonTail(ContinueExpression(ParsePostfix(expression)));
        }

        return inner;
    }

    /// <summary>What makes a condition of a scalar expression; the expression itself when nothing does.</summary>
    private SyntaxNode ParseComparisonTail(Expression left)
    {
        if (At(TokenKind.Keyword))
        {
            bool negated = false;
            if (At(Keyword.Not) && Peek().Keyword is Keyword.Between or Keyword.In or Keyword.Like)
            {
                Advance();
                negated = true;
            }

            switch (Current.Keyword)
            {
                case Keyword.Is:
                    return ParseIs(left);
                case Keyword.Between:
                    Advance();
                    Expression low = ParseExpression();
                    Expect(Keyword.And);
                    Expression high = ParseExpression();
                    return Finish(left, new BetweenPredicate { Operand = left, Low = low, High = high, IsNegated = negated });
                case Keyword.In:
                    return ParseIn(left, negated);
                case Keyword.Like:
                    Advance();
                    Expression pattern = ParseExpression();
                    Expression? escape = null;
                    if (Accept(Keyword.Escape))
                    {
                        escape = ParseExpression();
                    }
                    else if (At(TokenKind.LeftBrace) && Peek().Keyword == Keyword.Escape)
                    {
                        Advance();
                        Advance();
                        escape = ParseExpression();
                        Expect(TokenKind.RightBrace);
                    }

                    return Finish(left, new LikePredicate { Operand = left, Pattern = pattern, Escape = escape, IsNegated = negated });
            }

            return left;
        }

        ComparisonOperator? op = TakeComparison();
        if (op is null)
        {
            return left;
        }

        if (Current.Keyword is Keyword.All or Keyword.Any or Keyword.Some)
        {
            bool isAll = At(Keyword.All);
            Advance();
            QueryExpression query = ParseSubquery();
            return Finish(left, new QuantifiedPredicate { Operator = op.Value, Left = left, Query = query, IsAll = isAll });
        }

        Expression right = ParseExpression();
        return Finish(left, new ComparisonPredicate { Operator = op.Value, Left = left, Right = right });
    }

    /// <summary>A comparison operator; its two characters may be apart (&lt; =).</summary>
    private ComparisonOperator? TakeComparison()
    {
        ComparisonOperator? op = Current.Kind switch
        {
            TokenKind.Equal => ComparisonOperator.Equal,
            TokenKind.NotEqual => ComparisonOperator.NotEqual,
            TokenKind.Less => ComparisonOperator.Less,
            TokenKind.LessOrEqual => ComparisonOperator.LessOrEqual,
            TokenKind.Greater => ComparisonOperator.Greater,
            TokenKind.GreaterOrEqual => ComparisonOperator.GreaterOrEqual,
            TokenKind.NotLess => ComparisonOperator.NotLess,
            TokenKind.NotGreater => ComparisonOperator.NotGreater,
            TokenKind.Exclamation => Peek().Kind switch
            {
                TokenKind.Equal => ComparisonOperator.NotEqual,
                TokenKind.Less => ComparisonOperator.NotLess,
                TokenKind.Greater => ComparisonOperator.NotGreater,
                _ => null,
            },
            _ => null,
        };
        if (op is null)
        {
            return null;
        }

        bool twoTokens = At(TokenKind.Exclamation);
        Advance();
        if (twoTokens)
        {
            Advance();
        }
        else if (op == ComparisonOperator.Less && Accept(TokenKind.Equal))
        {
            op = ComparisonOperator.LessOrEqual;
        }
        else if (op == ComparisonOperator.Less && Accept(TokenKind.Greater))
        {
            op = ComparisonOperator.NotEqual;
        }
        else if (op == ComparisonOperator.Greater && Accept(TokenKind.Equal))
        {
            op = ComparisonOperator.GreaterOrEqual;
        }

        return op;
    }

    private Predicate ParseIs(Expression left)
    {
        Expect(Keyword.Is);
        bool negated = Accept(Keyword.Not);
        if (Accept(Keyword.Null))
        {
            return Finish(left, new IsNullPredicate { Operand = left, IsNegated = negated });
        }

        Expect(Keyword.Distinct);
        Expect(Keyword.From);
        Expression right = ParseExpression();
        return Finish(left, new DistinctPredicate { Left = left, Right = right, IsNegated = negated });
    }

    private InPredicate ParseIn(Expression left, bool negated)
    {
        Expect(Keyword.In);
        if (At(TokenKind.LeftParen) && Peek().Keyword == Keyword.Select)
        {
            QueryExpression query = ParseSubquery();
            return Finish(left, new InPredicate { Operand = left, Query = query, IsNegated = negated });
        }

        Token open = Current;
        Expect(TokenKind.LeftParen);
        Enter();
        var values = new List<Expression>();
        do
        {
            values.Add(ParseExpression());
        }
        while (Accept(TokenKind.Comma));
        if (values.Count == 1)
        {
            values[0] = ContinueSubquery(open, values[0]);
        }

        Expect(TokenKind.RightParen);
        Leave();
        return values is [ScalarSubqueryExpression subquery]
            ? Finish(left, new InPredicate { Operand = left, Query = subquery.Query, IsNegated = negated })
            : Finish(left, new InPredicate { Operand = left, Values = values, IsNegated = negated });
    }

    /// <summary>(SELECT ...), possibly in several parentheses.</summary>
    private QueryExpression ParseSubquery()
    {
        Expect(TokenKind.LeftParen);
        Enter();
        QueryExpression query = ParseQuery(nested: true);
        Expect(TokenKind.RightParen);
        Leave();
        return query;
    }

    // ---- graph patterns ----

    private MatchPredicate ParseMatch()
    {
        Token start = Current;
        Advance();
        Expect(TokenKind.LeftParen);
        Enter();
        var steps = new List<MatchStep>();
        var equalities = new List<(string, string)>();
        int group = 0;
        do
        {
            if (AtWord("SHORTEST_PATH"))
            {
                ParseShortestPath(steps, ref group);
                continue;
            }

            (string from, bool last) = ParseMatchNode();
            if (last && Accept(TokenKind.Equal))
            {
                (string other, bool otherIsLast) = AtWord("LAST_NODE") ? ParseMatchNode() : throw SyntaxError();
                equalities.Add(otherIsLast ? (from, other) : throw SyntaxError());
            }
            else
            {
                ParseMatchChain(steps, from, last);
            }
        }
        while (Accept(Keyword.And));
        Expect(TokenKind.RightParen);
        Leave();
        return Finish(start, new MatchPredicate { Steps = steps, LastNodeEqualities = equalities });
    }

    private (string Alias, bool IsLastNode) ParseMatchNode()
    {
        if (AtWord("LAST_NODE") && Peek().Kind == TokenKind.LeftParen)
        {
            Advance();
            Advance();
            string alias = ParseIdentifier();
            Expect(TokenKind.RightParen);
            return (alias, true);
        }

        return (ParseIdentifier(), false);
    }

    /// <summary>One or more -(edge)->node or &lt;-(edge)-node after a first node.</summary>
    private void ParseMatchChain(List<MatchStep> steps, string from, bool fromIsLast)
    {
        do
        {
            (string edge, bool backwards) = ParseMatchEdge();
            (string to, bool toIsLast) = ParseMatchNode();
            steps.Add(backwards
                ? new MatchStep(to, edge, from) { IsBackwards = true, FromIsLastNode = toIsLast, ToIsLastNode = fromIsLast }
                : new MatchStep(from, edge, to) { FromIsLastNode = fromIsLast, ToIsLastNode = toIsLast });
            (from, fromIsLast) = (to, toIsLast);
        }
        while (AtMatchEdge);
    }

    private bool AtMatchEdge => At(TokenKind.Minus) || (At(TokenKind.Less) && Peek().Kind == TokenKind.Minus);

    private (string Edge, bool Backwards) ParseMatchEdge()
    {
        bool backwards = Accept(TokenKind.Less);
        Expect(TokenKind.Minus);
        Expect(TokenKind.LeftParen);
        string edge = ParseIdentifier();
        Expect(TokenKind.RightParen);
        Expect(TokenKind.Minus);
        if (!backwards)
        {
            Expect(TokenKind.Greater);
        }

        return (edge, backwards);
    }

    /// <summary>SHORTEST_PATH(a(-(e)->b)+), the mirrored (b-(e)->)+ a, and {1,n} for +; several patterns with AND.</summary>
    private void ParseShortestPath(List<MatchStep> steps, ref int group)
    {
        Advance();
        Expect(TokenKind.LeftParen);
        do
        {
            ParseRepeatedPattern(steps, group++);
        }
        while (Accept(Keyword.And));
        Expect(TokenKind.RightParen);
    }

    private void ParseRepeatedPattern(List<MatchStep> steps, int group)
    {
        var inner = new List<MatchStep>();
        if (At(TokenKind.LeftParen))
        {
            // (node -(edge)->)+ node
            Advance();
            (string from, bool _) = ParseMatchNode();
            var hops = new List<(string Node, string Edge, bool Backwards)>();
            string node = from;
            while (true)
            {
                (string edge, bool backwards) = ParseMatchEdge();
                hops.Add((node, edge, backwards));
                if (At(TokenKind.RightParen))
                {
                    break;
                }

                node = ParseIdentifier();
            }

            Expect(TokenKind.RightParen);
            (int min, int? max) = ParseHops();
            (string to, bool toIsLast) = ParseMatchNode();
            for (int i = 0; i < hops.Count; i++)
            {
                bool final = i == hops.Count - 1;
                string next = final ? to : hops[i + 1].Node;
                inner.Add(hops[i].Backwards
                    ? new MatchStep(next, hops[i].Edge, hops[i].Node, true, min, max) { IsBackwards = true, IsMirrored = true, FromIsLastNode = final && toIsLast }
                    : new MatchStep(hops[i].Node, hops[i].Edge, next, true, min, max) { IsMirrored = true, ToIsLastNode = final && toIsLast });
            }
        }
        else
        {
            (string from, bool last) = ParseMatchNode();
            Expect(TokenKind.LeftParen);
            ParseMatchChain(inner, from, last);
            Expect(TokenKind.RightParen);
            (int min, int? max) = ParseHops();
            for (int i = 0; i < inner.Count; i++)
            {
                inner[i] = inner[i] with { IsShortestPath = true, MinHops = min, MaxHops = max };
            }
        }

        foreach (MatchStep step in inner)
        {
            steps.Add(step with { PathGroup = group });
        }
    }

    /// <summary>+ (any number of hops) or {1,n}.</summary>
    private (int Min, int? Max) ParseHops()
    {
        if (Accept(TokenKind.Plus))
        {
            return (1, null);
        }

        Expect(TokenKind.LeftBrace);
        int min;
        int max;
        if (At(TokenKind.Integer))
        {
            min = ParseInt();
            Expect(TokenKind.Comma);
            max = ParseInt();
        }
        else
        {
            throw SyntaxError();
        }

        Expect(TokenKind.RightBrace);
        return (min, max);
    }
}
