using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>INSERT, UPDATE, DELETE, MERGE, TRUNCATE, BULK INSERT and OUTPUT.</summary>
public sealed partial class Parser
{
    /// <summary>Row constructors allowed in INSERT ... VALUES (error 10738).</summary>
    private const int MaxInsertRows = 1000;

    private Statement ParseInsert(IReadOnlyList<CommonTableExpression> with)
    {
        Token start = Current;
        Expect(Keyword.Insert);
        if (At(Keyword.Bulk))
        {
            return ParseInsertBulk(start);
        }

        TopClause? top = At(Keyword.Top) ? ParseDmlTop() : null;
        Accept(Keyword.Into);
        TableSource target = ParseDmlTarget();
        List<string> columns = [];
        if (At(TokenKind.LeftParen) && Peek().Keyword != Keyword.Select && Peek().Kind != TokenKind.LeftParen)
        {
            columns = ParseInsertColumns();
        }

        List<OutputClause> outputs = ParseOutputs();
        QueryExpression? source = null;
        ExecuteStatement? execute = null;
        bool defaults = false;
        switch (Current.Keyword)
        {
            case Keyword.Values:
                source = ParseValues(MaxInsertRows);
                break;
            case Keyword.Default:
                Advance();
                Expect(Keyword.Values);
                defaults = true;
                break;
            case Keyword.Exec or Keyword.Execute:
                execute = ParseExecute(takesSets: false);
                break;
            case Keyword.Select:
                source = ParseQuery();
                break;
            default:
                source = At(TokenKind.LeftParen) ? ParseQuery() : throw SyntaxError();
                break;
        }

        List<QueryHint> hints = ParseOptionClause();
        return Finish(start, new InsertStatement
        {
            With = with,
            Top = top,
            Target = target,
            Columns = columns,
            Outputs = outputs,
            Source = source,
            Execute = execute,
            IsDefaultValues = defaults,
            Hints = hints,
        });
    }

    /// <summary>TOP of a changing statement: its value stands in parentheses.</summary>
    private TopClause ParseDmlTop() => Peek().Kind == TokenKind.LeftParen ? ParseTop() : throw SyntaxError(Peek());

    private List<string> ParseInsertColumns()
    {
        Expect(TokenKind.LeftParen);
        var columns = new List<string>();
        do
        {
            columns.Add(ParseColumnReference().Name);
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
        return columns;
    }

    /// <summary>A table, view, alias or table variable, with its hints.</summary>
    private TableSource ParseDmlTarget()
    {
        Token start = Current;
        if (At(TokenKind.Variable))
        {
            Advance();
            return Finish(start, new VariableTableSource { Name = ValueOf(start) });
        }

        if (Current.Keyword is Keyword.OpenRowSet or Keyword.OpenQuery or Keyword.OpenDataSource)
        {
            throw NotSupported(start, ValueOf(start).ToUpperInvariant());
        }

        ObjectName name = ParseObjectName();
        List<string> hints = At(Keyword.With) && Peek().Kind == TokenKind.LeftParen ? ParseTableHints() : [];
        foreach (string hint in hints)
        {
            int number = hint switch
            {
                "NOLOCK" or "READUNCOMMITTED" => 1065,
                _ when hint.StartsWith("INDEX", StringComparison.Ordinal) || hint.StartsWith("FORCESEEK", StringComparison.Ordinal) || hint.StartsWith("FORCESCAN", StringComparison.Ordinal) => 1069,
                _ => 0,
            };
            if (number != 0)
            {
                throw At(start, SqlErrors.Create(number));
            }
        }

        return Finish(start, new NamedTableSource { Name = name, Hints = hints });
    }

    private List<OutputClause> ParseOutputs()
    {
        var outputs = new List<OutputClause>();
        while (AtWord("OUTPUT"))
        {
            Token start = Current;
            Advance();
            var items = new List<SelectItem>();
            do
            {
                items.Add(ParseSelectItem());
            }
            while (Accept(TokenKind.Comma));

            TableSource? into = null;
            List<string> columns = [];
            if (Accept(Keyword.Into))
            {
                into = ParseDmlTarget();
                if (At(TokenKind.LeftParen) && Peek().Keyword != Keyword.Select && Peek().Kind != TokenKind.LeftParen)
                {
                    columns = ParseInsertColumns();
                }
            }

            outputs.Add(Finish(start, new OutputClause { Items = items, Into = into, IntoColumns = columns }));
        }

        return outputs;
    }

    private UpdateStatement ParseUpdate(IReadOnlyList<CommonTableExpression> with)
    {
        Token start = Current;
        Expect(Keyword.Update);
        TopClause? top = At(Keyword.Top) ? ParseDmlTop() : null;
        TableSource target = ParseDmlTarget();
        Expect(Keyword.Set);
        List<SetClause> set = ParseSetClauses();
        List<OutputClause> outputs = ParseOutputs();
        List<TableSource> from = Accept(Keyword.From) ? ParseTableSources() : [];
        Predicate? where = ParseDmlWhere(out string? cursor);
        List<QueryHint> hints = ParseOptionClause();
        return Finish(start, new UpdateStatement
        {
            With = with,
            Top = top,
            Target = target,
            Set = set,
            Outputs = outputs,
            From = from,
            Where = where,
            CurrentOf = cursor,
            Hints = hints,
        });
    }

    private Predicate? ParseDmlWhere(out string? cursor)
    {
        cursor = null;
        if (!Accept(Keyword.Where))
        {
            return null;
        }

        if (!Accept(Keyword.Current))
        {
            return ParsePredicate();
        }

        Expect(Keyword.Of);
        if (AtWord("GLOBAL") && Peek().Kind is TokenKind.Identifier or TokenKind.QuotedIdentifier)
        {
            Advance();
        }

        cursor = At(TokenKind.Variable) ? ParseVariableName() : ParseIdentifier();
        return null;
    }

    private List<SetClause> ParseSetClauses()
    {
        var clauses = new List<SetClause>();
        do
        {
            clauses.Add(ParseSetClause());
        }
        while (Accept(TokenKind.Comma));
        return clauses;
    }

    private SetClause ParseSetClause()
    {
        Token start = Current;
        string? variable = null;
        BinaryOperator? op;
        if (At(TokenKind.Variable))
        {
            variable = ParseVariableName();
            if (!AtAssignment(0, out op))
            {
                throw SyntaxError();
            }

            Advance();

            // @v = column = expression
            if (op is null && AtColumnAssignment())
            {
                ColumnExpression both = ParseColumnReference();
                AtAssignment(0, out op);
                Advance();
                Expression shared = ParseArgument();
                return Finish(start, new SetClause { Variable = variable, Column = both, Operator = op, Value = shared });
            }

            Expression assigned = ParseExpression();
            return Finish(start, new SetClause { Variable = variable, Operator = op, Value = assigned });
        }

        ColumnExpression column = ParseColumnReference();
        if (At(TokenKind.LeftParen) && column.Qualifier.Count > 0)
        {
            var target = new ColumnExpression
            {
                Qualifier = [.. column.Qualifier.Take(column.Qualifier.Count - 1)],
                Name = column.Qualifier[^1],
                Offset = column.Offset,
                Line = column.Line,
                EndOffset = column.EndOffset,
            };
            List<Expression> arguments = ParseArguments();
            MethodCallExpression method = Finish(start, new MethodCallExpression { Target = target, Method = column.Name, Arguments = arguments });
            return Finish(start, new SetClause { Column = target, Method = method });
        }

        if (!AtAssignment(0, out op))
        {
            throw SyntaxError();
        }

        Advance();
        Expression value = ParseArgument();
        return Finish(start, new SetClause { Column = column, Operator = op, Value = value });
    }

    /// <summary>A dotted name followed by an assignment operator.</summary>
    private bool AtColumnAssignment()
    {
        int ahead = 0;
        while (Peek(ahead).Kind is TokenKind.Identifier or TokenKind.QuotedIdentifier)
        {
            if (Peek(ahead + 1).Kind != TokenKind.Dot)
            {
                return AtAssignment(ahead + 1, out _);
            }

            ahead += 2;
        }

        return false;
    }

    private DeleteStatement ParseDelete(IReadOnlyList<CommonTableExpression> with)
    {
        Token start = Current;
        Expect(Keyword.Delete);
        TopClause? top = At(Keyword.Top) ? ParseDmlTop() : null;
        Accept(Keyword.From);
        TableSource target = ParseDmlTarget();
        List<OutputClause> outputs = ParseOutputs();
        List<TableSource> from = Accept(Keyword.From) ? ParseTableSources() : [];
        Predicate? where = ParseDmlWhere(out string? cursor);
        List<QueryHint> hints = ParseOptionClause();
        return Finish(start, new DeleteStatement
        {
            With = with,
            Top = top,
            Target = target,
            Outputs = outputs,
            From = from,
            Where = where,
            CurrentOf = cursor,
            Hints = hints,
        });
    }

    private MergeStatement ParseMerge(IReadOnlyList<CommonTableExpression> with)
    {
        Token start = Current;
        Expect(Keyword.Merge);
        TopClause? top = At(Keyword.Top) ? ParseDmlTop() : null;
        Accept(Keyword.Into);
        TableSource target = ParseDmlTarget();
        string? alias = ParseTableAlias();
        target.Alias = alias;
        ExpectWord("USING");
        TableSource source = ParseTableSource();
        Expect(Keyword.On);
        Predicate on = ParsePredicate();
        var clauses = new List<MergeClause>();
        while (At(Keyword.When))
        {
            MergeClause clause = ParseMergeClause();
            CheckMergeClause(clause, clauses);
            clauses.Add(clause);
        }

        if (clauses.Count == 0)
        {
            throw SyntaxError();
        }

        List<OutputClause> outputs = ParseOutputs();
        List<QueryHint> hints = ParseOptionClause();
        if (!At(TokenKind.Semicolon) && !(_isNestedChange && At(TokenKind.RightParen)))
        {
            if (At(TokenKind.EndOfFile) || AtStatementStart)
            {
                throw At(At(TokenKind.EndOfFile) ? _tokens[_position - 1] : Current, SqlErrors.Create(10713));
            }

            throw SyntaxError();
        }

        return Finish(start, new MergeStatement
        {
            With = with,
            Top = top,
            Target = target,
            TargetAlias = alias,
            Source = source,
            On = on,
            Clauses = clauses,
            Outputs = outputs,
            Hints = hints,
        });
    }

    private bool AtStatementStart => Current.Keyword is Keyword.Select or Keyword.Insert or Keyword.Update or Keyword.Delete or Keyword.Merge
        or Keyword.Declare or Keyword.Set or Keyword.If or Keyword.While or Keyword.Begin or Keyword.End or Keyword.Return or Keyword.Print
        or Keyword.Exec or Keyword.Execute or Keyword.Create or Keyword.Alter or Keyword.Drop or Keyword.Commit or Keyword.Rollback
        or Keyword.RaisError or Keyword.Else or Keyword.Truncate or Keyword.With;

    private MergeClause ParseMergeClause()
    {
        Token start = Current;
        Expect(Keyword.When);
        MergeMatch match = MergeMatch.Matched;
        if (Accept(Keyword.Not))
        {
            ExpectWord("MATCHED");
            match = MergeMatch.NotMatchedByTarget;
            if (Accept(Keyword.By))
            {
                if (AcceptWord("SOURCE"))
                {
                    match = MergeMatch.NotMatchedBySource;
                }
                else
                {
                    ExpectWord("TARGET");
                }
            }
        }
        else
        {
            ExpectWord("MATCHED");
        }

        Predicate? condition = Accept(Keyword.And) ? ParsePredicate() : null;
        Expect(Keyword.Then);
        if (match == MergeMatch.NotMatchedByTarget ? At(Keyword.Update) || At(Keyword.Delete) : At(Keyword.Insert))
        {
            throw ErrorHere(match == MergeMatch.NotMatchedByTarget ? 10710 : 10711, ValueOf(Current).ToUpperInvariant(), ClauseName(match));
        }

        if (match != MergeMatch.NotMatchedByTarget)
        {
            if (Accept(Keyword.Delete))
            {
                return Finish(start, new MergeClause { Match = match, Condition = condition, IsDelete = true });
            }

            Expect(Keyword.Update);
            Expect(Keyword.Set);
            List<SetClause> set = ParseSetClauses();
            return Finish(start, new MergeClause { Match = match, Condition = condition, Set = set });
        }

        Expect(Keyword.Insert);
        List<string>? columns = At(TokenKind.LeftParen) ? ParseInsertColumns() : null;
        if (Accept(Keyword.Default))
        {
            Expect(Keyword.Values);
            return Finish(start, new MergeClause { Match = match, Condition = condition, InsertColumns = columns, IsInsertDefaultValues = true });
        }

        Expect(Keyword.Values);
        List<Expression> values = At(TokenKind.LeftParen) && Peek().Kind == TokenKind.RightParen ? throw SyntaxError(Peek()) : ParseArguments();
        return Finish(start, new MergeClause { Match = match, Condition = condition, InsertColumns = columns, InsertValues = values });
    }

    private static string ClauseName(MergeMatch match) => match switch
    {
        MergeMatch.Matched => "WHEN MATCHED",
        MergeMatch.NotMatchedByTarget => "WHEN NOT MATCHED",
        _ => "WHEN NOT MATCHED BY SOURCE",
    };

    /// <summary>Errors 5324 (a clause that is never reached) and 10714 (the same action again).</summary>
    private static void CheckMergeClause(MergeClause clause, List<MergeClause> before)
    {
        string name = ClauseName(clause.Match);
        static string Action(MergeClause c) => c.IsDelete ? "DELETE" : c.Set is not null ? "UPDATE" : "INSERT";
        foreach (MergeClause other in before.Where(c => c.Match == clause.Match))
        {
            if (other.Condition is null && clause.Condition is not null && clause.Match != MergeMatch.NotMatchedByTarget)
            {
                throw At(clause, SqlErrors.Create(5324, name, name));
            }

            if (Action(other) == Action(clause))
            {
                throw At(clause, SqlErrors.Create(10714, Action(clause), name));
            }
        }
    }

    private static SqlErrorException At(SyntaxNode node, SqlErrorException error)
    {
        error.Locate(node.Line, null);
        return error;
    }

    private TruncateTableStatement ParseTruncate()
    {
        Token start = Current;
        Advance();
        Expect(Keyword.Table);
        ObjectName table = ParseObjectName();
        List<(Expression, Expression?)> partitions = At(Keyword.With) && Peek().Kind == TokenKind.LeftParen && PeekWord(2, "PARTITIONS") ? ParsePartitionList() : [];
        return Finish(start, new TruncateTableStatement { Table = table, Partitions = partitions });
    }

    private BulkInsertStatement ParseBulkInsert()
    {
        Token start = Current;
        Advance();
        Expect(Keyword.Insert);
        ObjectName table = ParseObjectName();
        Expect(Keyword.From);
        Expression file = Current.Kind is TokenKind.String or TokenKind.NationalString ? ParsePrimary() : throw SyntaxError();
        Dictionary<string, string> options = NewOptions();
        if (Accept(Keyword.With))
        {
            Expect(TokenKind.LeftParen);
            do
            {
                ParseBulkOption(options, "ON");
            }
            while (Accept(TokenKind.Comma));
            Expect(TokenKind.RightParen);
        }

        return Finish(start, new BulkInsertStatement { Table = table, File = file, Options = options });
    }

    /// <summary>NAME [= value], or ORDER (column [ASC | DESC], ...) [UNIQUE], whose columns become lines. Error 4130 for a name that was there before.</summary>
    private void ParseBulkOption(Dictionary<string, string> options, string fallback)
    {
        Token start = Current;
        string name = TakeWord();
        string value = fallback;
        if (name == "ORDER" && Accept(TokenKind.LeftParen))
        {
            var columns = new List<string>();
            do
            {
                columns.Add(ParseIdentifier());
                if (!Accept(Keyword.Asc))
                {
                    Accept(Keyword.Desc);
                }
            }
            while (Accept(TokenKind.Comma));
            Expect(TokenKind.RightParen);
            Accept(Keyword.Unique);
            value = string.Join('\n', columns);
        }
        else if (Accept(TokenKind.Equal))
        {
            value = ParseOptionValue();
        }

        if (!options.TryAdd(name, value))
        {
            SqlErrorException error = SqlErrors.Create(4130);
            error.Locate(start.Line, null);
            throw error;
        }
    }

    /// <summary>INSERT BULK, which clients send ahead of a bulk-copy stream.</summary>
    private InsertBulkStatement ParseInsertBulk(in Token start)
    {
        Expect(Keyword.Bulk);
        ObjectName table = ParseObjectName();
        var columns = new List<ColumnDefinitionSyntax>();
        if (Accept(TokenKind.LeftParen))
        {
            do
            {
                Token column = Current;
                string name = ParseIdentifier();
                DataTypeSyntax type = ParseDataType();
                bool? nullable = ParseNullability();
                columns.Add(Finish(column, new ColumnDefinitionSyntax { Name = name, Type = type, IsNullable = nullable }));
            }
            while (Accept(TokenKind.Comma));
            Expect(TokenKind.RightParen);
        }

        Dictionary<string, string> options = Accept(Keyword.With) ? ParseOptionList() : NewOptions();
        return Finish(start, new InsertBulkStatement { Table = table, Columns = columns, Options = options });
    }
}
