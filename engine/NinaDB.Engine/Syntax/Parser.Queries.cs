using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>Queries: SELECT, set operations, ORDER BY, FOR JSON and FOR XML, common table expressions, OPTION.</summary>
public sealed partial class Parser
{
    /// <summary>An ORDER BY that was read behind the last SELECT and belongs to the whole query.</summary>
    private List<OrderByItem>? _orderOfQuery;

    private bool AtSetOperator => Current.Keyword is Keyword.Union or Keyword.Except or Keyword.Intersect;

    /// <summary>A whole query with ORDER BY, OFFSET and FOR; <paramref name="first"/> is its first operand where that has been read already.</summary>
    /// <param name="nested">It stands in another query or is a view's: each SELECT TOP of a set operation may then have its own ORDER BY.</param>
    private QueryExpression ParseQuery(QueryExpression? first = null, bool nested = false)
    {
        Enter();
        QueryExpression query = ParseSetOperations(first, nested);
        List<OrderByItem>? order = _orderOfQuery;
        _orderOfQuery = null;
        if (order is not null || At(Keyword.Order))
        {
            if (query.OrderBy.Count > 0)
            {
                throw SyntaxError();
            }

            query.OrderBy = order ?? ParseOrderBy();
            if (AtWord("OFFSET"))
            {
                ParseOffsetFetch(query);
            }
            else if (At(Keyword.Fetch) && (PeekWord(1, "NEXT") || PeekWord(1, "FIRST")) && Peek(2).Kind == TokenKind.Integer)
            {
                throw At(Current, Errors.SqlErrors.CreateWithState(153, 2, ValueOf(Peek()), "FETCH"));
            }
        }

        if (At(Keyword.For) && (PeekWord(1, "JSON") || PeekWord(1, "XML") || Peek().Keyword == Keyword.Browse))
        {
            query.For = ParseFor();
        }

        if (_position > 0)
        {
            query.EndOffset = Math.Max(query.EndOffset, _tokens[_position - 1].End);
        }

        Leave();
        return query;
    }

    private List<OrderByItem> ParseOrderBy()
    {
        Expect(Keyword.Order);
        Expect(Keyword.By);
        var items = new List<OrderByItem>();
        do
        {
            Token start = Current;
            Expression expression = ParseExpression();
            bool descending = Accept(Keyword.Desc);
            if (!descending)
            {
                Accept(Keyword.Asc);
            }

            items.Add(Finish(start, new OrderByItem { Expression = expression, IsDescending = descending }));
        }
        while (Accept(TokenKind.Comma));
        return items;
    }

    private void ParseOffsetFetch(QueryExpression query)
    {
        ExpectWord("OFFSET");
        query.OffsetRows = ParseExpression();
        if (!AcceptWord("ROW"))
        {
            ExpectWord("ROWS");
        }

        if (!At(Keyword.Fetch) || !(PeekWord(1, "NEXT") || PeekWord(1, "FIRST")))
        {
            return;
        }

        // FETCH NEXT FROM cursor of a following statement is not ours.
        if (Peek(2).Keyword == Keyword.From)
        {
            return;
        }

        Advance();
        Advance();
        query.FetchRows = ParseExpression();
        if (!AcceptWord("ROW"))
        {
            ExpectWord("ROWS");
        }

        ExpectWord("ONLY");
    }

    /// <summary>UNION and EXCEPT from the left, INTERSECT binding tighter.</summary>
    private QueryExpression ParseSetOperations(QueryExpression? first, bool nested)
    {
        QueryExpression left = ParseIntersections(first ?? ParseQueryTerm(nested, isFirst: true), nested);
        while (Current.Keyword is Keyword.Union or Keyword.Except)
        {
            SetOperator op = At(Keyword.Except) ? SetOperator.Except : SetOperator.Union;
            Advance();
            if (op == SetOperator.Union && Accept(Keyword.All))
            {
                op = SetOperator.UnionAll;
            }

            QueryExpression right = ParseIntersections(ParseQueryTerm(nested), nested);
            left = Finish(left, new SetOperationQuery { Operator = op, Left = left, Right = right });
        }

        return left;
    }

    private QueryExpression ParseIntersections(QueryExpression left, bool nested)
    {
        while (Accept(Keyword.Intersect))
        {
            QueryExpression right = ParseQueryTerm(nested);
            left = Finish(left, new SetOperationQuery { Operator = SetOperator.Intersect, Left = left, Right = right });
        }

        return left;
    }

    private QueryExpression ParseQueryTerm(bool nested, bool isFirst = false)
    {
        if (At(TokenKind.LeftParen))
        {
            return ParseSubquery();
        }

        if (At(Keyword.Values))
        {
            return ParseValues();
        }

        SelectQuery select = ParseSelect();
        if (nested && At(Keyword.Order))
        {
            ParseOrderOfTerm(select, isFirst);
        }

        return select;
    }

    /// <summary>ORDER BY between the operands of a nested set operation belongs to its SELECT; after the last one it does where that has TOP.</summary>
    private void ParseOrderOfTerm(SelectQuery select, bool isFirst)
    {
        List<OrderByItem> order = ParseOrderBy();
        if (AtSetOperator || (!isFirst && select.Top is not null && !At(Keyword.For) && !AtWord("OFFSET")))
        {
            select.OrderBy = order;
        }
        else
        {
            _orderOfQuery = order;
        }
    }

    private SelectQuery ParseSelect()
    {
        Token start = Current;
        Expect(Keyword.Select);
        bool distinct = Accept(Keyword.Distinct);
        if (!distinct)
        {
            Accept(Keyword.All);
        }

        TopClause? top = At(Keyword.Top) ? ParseTop() : null;
        var items = new List<SelectItem>();
        do
        {
            items.Add(ParseSelectItem());
        }
        while (Accept(TokenKind.Comma));

        ObjectName? into = null;
        if (Accept(Keyword.Into))
        {
            into = ParseObjectName();
            if (Accept(Keyword.On))
            {
                ParseIdentifierOrString();
            }
        }

        List<TableSource> from = Accept(Keyword.From) ? ParseTableSources() : [];
        Predicate? where = Accept(Keyword.Where) ? ParsePredicate() : null;
        (List<GroupingItem> groupBy, bool groupsAllRows) = At(Keyword.Group) ? ParseGroupBy() : ([], false);
        Predicate? having = Accept(Keyword.Having) ? ParsePredicate() : null;
        List<(string, OverClause)> windows = AtWindowClause ? ParseWindows() : [];
        return Finish(start, new SelectQuery
        {
            IsDistinct = distinct,
            Top = top,
            Items = items,
            Into = into,
            From = from,
            Where = where,
            GroupBy = groupBy,
            GroupsAllRows = groupsAllRows,
            Having = having,
            Windows = windows,
        });
    }

    private TopClause ParseTop()
    {
        Token start = Current;
        Expect(Keyword.Top);
        Expression count;
        if (Accept(TokenKind.LeftParen))
        {
            Enter();
            count = At(Keyword.Select) ? SubqueryValue() : ParseExpression();
            Expect(TokenKind.RightParen);
            Leave();
        }
        else if (Current.Kind is TokenKind.Integer or TokenKind.Decimal or TokenKind.Float or TokenKind.Variable)
        {
            count = ParsePrimary();
        }
        else
        {
            throw SyntaxError();
        }

        bool percent = Accept(Keyword.Percent);
        bool ties = false;
        bool approximate = false;
        if (At(Keyword.With) && PeekWord(1, "TIES"))
        {
            Advance();
            Advance();
            ties = true;
        }
        else if (At(Keyword.With) && PeekWord(1, "APPROXIMATE"))
        {
            Advance();
            Advance();
            approximate = true;
        }

        return Finish(start, new TopClause { Count = count, IsPercent = percent, WithTies = ties, WithApproximate = approximate });

        Expression SubqueryValue()
        {
            Token select = Current;
            QueryExpression query = ParseQuery();
            return Finish(select, new ScalarSubqueryExpression { Query = query });
        }
    }

    private SelectItem ParseSelectItem()
    {
        Token start = Current;
        switch (start.Kind)
        {
            case TokenKind.Star:
                Advance();
                return Finish(start, new StarItem());
            case TokenKind.Variable when AtAssignment(1, out BinaryOperator? op):
                Advance();
                Advance();
                Expression assigned = ParseExpression();
                return Finish(start, new AssignmentItem { Variable = ValueOf(start), Expression = assigned, Operator = op });
            case TokenKind.Identifier or TokenKind.QuotedIdentifier or TokenKind.String or TokenKind.NationalString when Peek().Kind == TokenKind.Equal:
                string name = ParseIdentifierOrString();
                Advance();
                Expression value = ParseExpression();
                return Finish(start, new ExpressionItem { Expression = value, Alias = name });
            case TokenKind.Identifier or TokenKind.QuotedIdentifier when TryParseQualifiedStar() is { } star:
                return Finish(start, star);
        }

        Expression expression = ParseExpression();
        string? alias = ParseColumnAlias();
        return Finish(start, new ExpressionItem { Expression = expression, Alias = alias });
    }

    private string? ParseColumnAlias()
    {
        if (Accept(Keyword.As))
        {
            return ParseIdentifierOrString();
        }

        if (Current.Kind is TokenKind.String or TokenKind.NationalString)
        {
            return ParseIdentifierOrString();
        }

        return AtIdentifier && !AtWindowClause && !AtStatementWord ? ParseIdentifier() : null;
    }

    /// <summary>
    /// A contextual word that begins a clause or statement here, although it could be an alias: OUTPUT, USING, OFFSET. Never quoted names.
    /// </summary>
    private bool AtStatementWord =>
        At(TokenKind.Identifier)
        && ((AtWord("OUTPUT") && Peek().Kind is TokenKind.Identifier or TokenKind.Variable or TokenKind.PseudoColumn)
            || (AtWord("USING") && Peek().Kind is TokenKind.Identifier or TokenKind.QuotedIdentifier or TokenKind.LeftParen or TokenKind.Variable)
            || (AtWord("OFFSET") && Peek().Kind is TokenKind.Integer or TokenKind.Variable or TokenKind.LeftParen));

    /// <summary>a.b.* read without consuming anything else.</summary>
    private StarItem? TryParseQualifiedStar()
    {
        int ahead = 1;
        while (Peek(ahead).Kind == TokenKind.Dot && Peek(ahead + 1).Kind is TokenKind.Identifier or TokenKind.QuotedIdentifier)
        {
            ahead += 2;
        }

        if (Peek(ahead).Kind != TokenKind.Dot || Peek(ahead + 1).Kind != TokenKind.Star)
        {
            return null;
        }

        var qualifier = new List<string> { ParseIdentifier() };
        Advance();
        while (!At(TokenKind.Star))
        {
            qualifier.Add(ParseIdentifier());
            Advance();
        }

        Advance();
        return new StarItem { Qualifier = qualifier };
    }

    /// <summary>= or a compound assignment operator <paramref name="ahead"/> tokens on.</summary>
    private bool AtAssignment(int ahead, out BinaryOperator? op)
    {
        switch (Peek(ahead).Kind)
        {
            case TokenKind.Equal:
                op = null;
                return true;
            case TokenKind.PlusEqual:
                op = BinaryOperator.Add;
                return true;
            case TokenKind.MinusEqual:
                op = BinaryOperator.Subtract;
                return true;
            case TokenKind.StarEqual:
                op = BinaryOperator.Multiply;
                return true;
            case TokenKind.SlashEqual:
                op = BinaryOperator.Divide;
                return true;
            case TokenKind.PercentEqual:
                op = BinaryOperator.Modulo;
                return true;
            case TokenKind.AmpersandEqual:
                op = BinaryOperator.BitwiseAnd;
                return true;
            case TokenKind.PipeEqual:
                op = BinaryOperator.BitwiseOr;
                return true;
            case TokenKind.CaretEqual:
                op = BinaryOperator.BitwiseXor;
                return true;
            case TokenKind.DoublePipeEqual:
                op = BinaryOperator.Concat;
                return true;
            default:
                op = null;
                return false;
        }
    }

    // ---- GROUP BY ----

    private (List<GroupingItem> Items, bool All) ParseGroupBy()
    {
        Expect(Keyword.Group);
        Expect(Keyword.By);
        bool all = Accept(Keyword.All);
        Token start = Current;
        var items = new List<GroupingItem>();
        do
        {
            items.Add(ParseGroupingItem());
        }
        while (Accept(TokenKind.Comma));

        if (At(Keyword.With) && (PeekWord(1, "ROLLUP") || PeekWord(1, "CUBE")))
        {
            Advance();
            GroupingKind kind = AtWord("CUBE") ? GroupingKind.Cube : GroupingKind.Rollup;
            Advance();
            items = [Finish(start, new GroupingItem { Kind = kind, Items = items })];
        }

        if (all && items.Exists(i => i.Kind != GroupingKind.Expressions || i.Expressions.Count == 0))
        {
            throw At(start, Errors.SqlErrors.Create(1028));
        }

        return (items, all);
    }

    private GroupingItem ParseGroupingItem()
    {
        Token start = Current;
        Enter();
        GroupingItem item;
        if (AtWord("ROLLUP") && Peek().Kind == TokenKind.LeftParen)
        {
            item = ParseGroupingList(start, GroupingKind.Rollup);
        }
        else if (AtWord("CUBE") && Peek().Kind == TokenKind.LeftParen)
        {
            item = ParseGroupingList(start, GroupingKind.Cube);
        }
        else if (AtWord("GROUPING") && PeekWord(1, "SETS"))
        {
            Advance();
            item = ParseGroupingList(start, GroupingKind.GroupingSets);
        }
        else if (At(TokenKind.LeftParen) && (Peek().Kind == TokenKind.RightParen || ParenthesisHoldsList()))
        {
            Advance();
            var expressions = new List<Expression>();
            if (!At(TokenKind.RightParen))
            {
                do
                {
                    expressions.Add(ParseExpression());
                }
                while (Accept(TokenKind.Comma));
            }

            Expect(TokenKind.RightParen);
            item = Finish(start, new GroupingItem { Kind = GroupingKind.Expressions, Expressions = expressions });
        }
        else
        {
            Expression expression = ParseExpression();
            item = Finish(start, new GroupingItem { Kind = GroupingKind.Expressions, Expressions = [expression] });
        }

        Leave();
        return item;
    }

    private GroupingItem ParseGroupingList(in Token start, GroupingKind kind)
    {
        Advance();
        Expect(TokenKind.LeftParen);
        var items = new List<GroupingItem>();
        do
        {
            items.Add(ParseGroupingItem());
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
        return Finish(start, new GroupingItem { Kind = kind, Items = items });
    }

    /// <summary>The parenthesis that opens here has a comma at its own level: (a, b) is a grouping set, (a + b) an expression.</summary>
    private bool ParenthesisHoldsList()
    {
        int depth = 0;
        for (int ahead = 0; ; ahead++)
        {
            switch (Peek(ahead).Kind)
            {
                case TokenKind.LeftParen:
                    depth++;
                    break;
                case TokenKind.RightParen when --depth == 0:
                case TokenKind.EndOfFile:
                case TokenKind.Error:
                    return false;
                case TokenKind.Comma when depth == 1:
                    return true;
            }
        }
    }

    // ---- WINDOW ----

    private bool AtWindowClause =>
        AtWord("WINDOW") && Peek().Kind is TokenKind.Identifier or TokenKind.QuotedIdentifier
        && Peek(2).Keyword == Keyword.As && Peek(3).Kind == TokenKind.LeftParen;

    private List<(string, OverClause)> ParseWindows()
    {
        Advance();
        var windows = new List<(string, OverClause)>();
        do
        {
            string name = ParseIdentifier();
            Expect(Keyword.As);
            windows.Add((name, ParseWindowDefinition(Current)));
        }
        while (Accept(TokenKind.Comma));
        return windows;
    }

    // ---- VALUES ----

    private ValuesQuery ParseValues(int maxRows = int.MaxValue)
    {
        Token start = Current;
        Expect(Keyword.Values);
        var rows = new List<IReadOnlyList<Expression>>();
        do
        {
            List<Expression> row = ParseArguments();
            if (row.Count == 0)
            {
                throw SyntaxError(_tokens[_position - 1]);
            }

            if (rows.Count > 0 && rows[0].Count != row.Count)
            {
                throw At(start, Errors.SqlErrors.Create(10709));
            }

            rows.Add(row);
            if (rows.Count > maxRows)
            {
                throw At(start, Errors.SqlErrors.Create(10738, maxRows));
            }
        }
        while (Accept(TokenKind.Comma));
        return Finish(start, new ValuesQuery { Rows = rows });
    }
}
