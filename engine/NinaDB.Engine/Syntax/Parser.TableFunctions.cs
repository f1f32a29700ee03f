using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>Variables, functions and rowset functions as sources.</summary>
public sealed partial class Parser
{
    // ---- variables and functions ----

    private TableSource ParseVariableSource()
    {
        Token start = Current;
        Advance();
        string name = ValueOf(start);
        if (Accept(TokenKind.Dot))
        {
            var variable = Finish(start, new VariableExpression { Name = name });
            MethodCallExpression call = ParseMethodCall(variable);
            return ParseDerivedAlias(start, new MethodTableSource { Call = call }, required: false);
        }

        List<string> hints = AtHintList ? ParseTableHints() : [];
        string? alias = ParseTableAlias();
        if (hints.Count == 0 && AtHintList)
        {
            ParseTableHints();
        }

        return Finish(start, new VariableTableSource { Name = name, Alias = alias });
    }

    private TableSource ParseFunctionSource(in Token start, ObjectName name)
    {
        if (name.Parts.Count >= 2 && name.Name == "nodes")
        {
            IReadOnlyList<string> parts = name.Parts;
            var target = Finish(start, new ColumnExpression { Qualifier = [.. parts.Take(parts.Count - 2)], Name = parts[^2] });
            List<Expression> paths = ParseArguments();
            var nodes = Finish(start, new MethodCallExpression { Target = target, Method = "nodes", Arguments = paths });
            return ParseDerivedAlias(start, new MethodTableSource { Call = nodes }, required: false);
        }

        List<Expression> arguments = ParseArguments();
        var call = Finish(start, new FunctionCallExpression { Name = name, Arguments = arguments });
        return ParseDerivedAlias(start, new FunctionTableSource { Call = call }, required: false);
    }

    private OpenJsonTableSource ParseOpenJson()
    {
        Token start = Current;
        Advance();
        Expect(TokenKind.LeftParen);
        Enter();
        Expression json = ParseExpression();
        Expression? path = Accept(TokenKind.Comma) ? ParseExpression() : null;
        Expect(TokenKind.RightParen);
        Leave();
        List<OpenJsonColumn>? columns = null;
        if (At(Keyword.With) && Peek().Kind == TokenKind.LeftParen && !IsHintName(Peek(2), Peek(3)))
        {
            Advance();
            Advance();
            columns = [];
            do
            {
                Token column = Current;
                string name = ParseIdentifier();
                DataTypeSyntax type = ParseDataType();
                string? columnPath = Current.Kind is TokenKind.String or TokenKind.NationalString ? ParseStringLiteral() : null;
                bool asJson = false;
                if (Accept(Keyword.As))
                {
                    ExpectWord("JSON");
                    asJson = true;
                }

                columns.Add(Finish(column, new OpenJsonColumn { Name = name, Type = type, Path = columnPath, AsJson = asJson }));
            }
            while (Accept(TokenKind.Comma));
            Expect(TokenKind.RightParen);
        }

        return ParseDerivedAlias(start, new OpenJsonTableSource { Json = json, Path = path, Columns = columns }, required: false);
    }

    /// <summary>OPENXML takes one token an argument: a variable for the handle, literals or variables for the others.</summary>
    private OpenXmlTableSource ParseOpenXml()
    {
        Token start = Current;
        Advance();
        Expect(TokenKind.LeftParen);
        if (!At(TokenKind.Variable))
        {
            throw SyntaxError();
        }

        Expression handle = ParseOpenXmlArgument();
        Expect(TokenKind.Comma);
        Expression pattern = ParseOpenXmlArgument();
        Expression? flags = Accept(TokenKind.Comma) ? ParseOpenXmlArgument() : null;
        Expect(TokenKind.RightParen);
        List<OpenXmlColumn>? columns = null;
        ObjectName? schema = null;
        if (At(Keyword.With) && Peek().Kind == TokenKind.LeftParen)
        {
            Advance();
            Advance();
            columns = [];
            do
            {
                Token column = Current;
                string name = ParseIdentifier();
                DataTypeSyntax type = ParseDataType();
                string? path = Current.Kind is TokenKind.String or TokenKind.NationalString ? ParseStringLiteral() : null;
                columns.Add(Finish(column, new OpenXmlColumn { Name = name, Type = type, Pattern = path }));
            }
            while (Accept(TokenKind.Comma));
            Expect(TokenKind.RightParen);
        }
        else if (Accept(Keyword.With))
        {
            schema = ParseObjectName();
        }

        return ParseDerivedAlias(start, new OpenXmlTableSource { Handle = handle, Pattern = pattern, Flags = flags, Columns = columns, Schema = schema }, required: false);
    }

    private Expression ParseOpenXmlArgument()
    {
        Token start = Current;
        if (At(TokenKind.Variable))
        {
            Advance();
            return Finish(start, new VariableExpression { Name = ValueOf(start) });
        }

        LiteralKind kind = start.Kind switch
        {
            TokenKind.String => LiteralKind.String,
            TokenKind.NationalString => LiteralKind.NationalString,
            TokenKind.Integer => LiteralKind.Integer,
            _ => throw SyntaxError(),
        };
        Advance();
        return Finish(start, new LiteralExpression { Kind = kind, Text = ValueOf(start) });
    }

    private bool IsHintName(in Token word, in Token next) =>
        word.Kind is TokenKind.Identifier or TokenKind.Keyword && next.Kind is TokenKind.RightParen or TokenKind.Comma
        && TableHints.GetAlternateLookup<ReadOnlySpan<char>>().Contains(Raw(word));

    private OpenRowsetBulkSource ParseOpenRowSet()
    {
        Token start = Current;
        Advance();
        Expect(TokenKind.LeftParen);
        if (!Accept(Keyword.Bulk))
        {
            throw NotSupported(start, "OPENROWSET (provider)");
        }

        Expression file = ParseExpression();
        var options = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (Accept(TokenKind.Comma))
        {
            ParseBulkOption(options, "");
        }

        Expect(TokenKind.RightParen);
        bool hasSchema = At(Keyword.With) && Peek().Kind == TokenKind.LeftParen;
        if (hasSchema)
        {
            Advance();
            SkipParentheses();
        }

        return ParseDerivedAlias(start, new OpenRowsetBulkSource { File = file, Options = options, HasSchema = hasSchema }, required: false);
    }

    /// <summary>
    /// VECTOR_SEARCH(TABLE = t [AS a], COLUMN = c, SIMILAR_TO = x, METRIC = 'm' [, TOP_N = k]) [AS s] [WITH (FORCE_ANN_ONLY)]; the order is fixed.
    /// </summary>
    private VectorSearchTableSource ParseVectorSearch()
    {
        Token start = Current;
        Advance();
        Expect(TokenKind.LeftParen);
        Enter();
        Expect(Keyword.Table);
        Expect(TokenKind.Equal);
        ObjectName table = ParseObjectName();
        string? tableAlias = null;
        if (Accept(Keyword.As))
        {
            tableAlias = ParseIdentifier();
        }
        else if (AtIdentifier)
        {
            tableAlias = ParseIdentifier();
        }

        Expect(TokenKind.Comma);
        Expect(Keyword.Column);
        Expect(TokenKind.Equal);
        string column = ParseIdentifier();
        Expect(TokenKind.Comma);
        ExpectWord("SIMILAR_TO");
        Expect(TokenKind.Equal);
        Expression similarTo = ParseExpression();
        Expect(TokenKind.Comma);
        ExpectWord("METRIC");
        Expect(TokenKind.Equal);
        string metric = ParseStringLiteral();
        Expression? topN = null;
        if (Accept(TokenKind.Comma))
        {
            ExpectWord("TOP_N");
            Expect(TokenKind.Equal);
            topN = ParseExpression();
        }

        Expect(TokenKind.RightParen);
        Leave();
        string? alias = ParseTableAlias();
        bool force = false;
        if (AtHintList)
        {
            force = ParseTableHints().Contains("FORCE_ANN_ONLY");
        }

        return Finish(start, new VectorSearchTableSource
        {
            Table = table,
            TableAlias = tableAlias,
            Column = column,
            SimilarTo = similarTo,
            Metric = metric,
            TopN = topN,
            ForceAnnOnly = force,
            Alias = alias,
        });
    }
}
