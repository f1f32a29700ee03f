using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>EXECUTE of procedures and strings, EXECUTE AS, REVERT.</summary>
public sealed partial class Parser
{
    private Statement ParseExecuteOrExecuteAs() => Peek().Keyword == Keyword.As ? ParseExecuteAs() : ParseExecute();

    private ExecuteStatement ParseExecute(bool takesSets = true)
    {
        Token start = Current;
        Advance();
        if (At(TokenKind.LeftParen))
        {
            return ParseExecuteString(start, takesSets);
        }

        string? returnVariable = null;
        if (At(TokenKind.Variable) && Peek().Kind == TokenKind.Equal)
        {
            returnVariable = ParseVariableName();
            Advance();
        }

        ObjectName? procedure = null;
        string? variable = null;
        if (At(TokenKind.Variable))
        {
            variable = ParseVariableName();
        }
        else
        {
            procedure = ParseObjectName();
        }

        // proc;1 is a group number; anything else after the semicolon is the next statement.
        int? number = At(TokenKind.Semicolon) && Peek().Kind == TokenKind.Integer && _tokens[_position - 1].Kind != TokenKind.Variable ? ParseProcedureNumber() : null;

        List<ExecuteArgument> arguments = ParseExecuteArguments();
        List<ResultSetSyntax>? sets = ParseExecuteOptions(takesSets);
        return Finish(start, new ExecuteStatement
        {
            ResultSets = sets,
            ReturnVariable = returnVariable,
            Procedure = procedure,
            ProcedureVariable = variable,
            ProcedureNumber = number,
            Arguments = arguments,
        });
    }

    /// <summary>EXEC ('text' + @variable ...) [AS USER = 'x'] [AT server].</summary>
    private ExecuteStatement ParseExecuteString(in Token start, bool takesSets)
    {
        Expect(TokenKind.LeftParen);
        Enter();
        Expression text = ParseExecuteText();
        var arguments = new List<ExecuteArgument>();
        while (Accept(TokenKind.Comma))
        {
            arguments.Add(ParseExecuteArgument());
        }

        Expect(TokenKind.RightParen);
        Leave();
        string? asUser = null;
        if (Accept(Keyword.As))
        {
            if (!Accept(Keyword.User))
            {
                ExpectWord("LOGIN");
            }

            Expect(TokenKind.Equal);
            asUser = ParseStringLiteral();
        }

        string? server = null;
        if (AtWord("AT") && Peek().Kind is TokenKind.Identifier or TokenKind.QuotedIdentifier)
        {
            Advance();
            server = ParseIdentifier();
        }

        List<ResultSetSyntax>? sets = ParseExecuteOptions(takesSets);
        return Finish(start, new ExecuteStatement { DynamicSql = text, Arguments = arguments, AsUser = asUser, AtServer = server, ResultSets = sets });
    }

    /// <summary>Strings and variables joined by +: all that a string to execute is made of.</summary>
    private Expression ParseExecuteText()
    {
        Token start = Current;
        Expression text = ParseExecuteTextPart();
        while (Accept(TokenKind.Plus))
        {
            text = Finish(start, new BinaryExpression { Operator = BinaryOperator.Add, Left = text, Right = ParseExecuteTextPart() });
        }

        return text;
    }

    private Expression ParseExecuteTextPart() =>
        Current.Kind is TokenKind.String or TokenKind.NationalString or TokenKind.Variable or TokenKind.GlobalVariable || (At(TokenKind.QuotedIdentifier) && !_quotedIdentifier)
            ? ParsePrimary()
            : throw SyntaxError();

    private List<ExecuteArgument> ParseExecuteArguments()
    {
        var arguments = new List<ExecuteArgument>();
        if (!AtExecuteArgument)
        {
            return arguments;
        }

        do
        {
            arguments.Add(ParseExecuteArgument());
        }
        while (Accept(TokenKind.Comma));
        return arguments;
    }

    private bool AtExecuteArgument => Current.Kind switch
    {
        TokenKind.Integer or TokenKind.Decimal or TokenKind.Float or TokenKind.Money or TokenKind.Binary or TokenKind.String
            or TokenKind.NationalString or TokenKind.Variable or TokenKind.GlobalVariable or TokenKind.Minus or TokenKind.Plus
            or TokenKind.QuotedIdentifier => true,
        TokenKind.Identifier => Peek().Kind != TokenKind.Colon,
        TokenKind.Keyword => At(Keyword.Null) || At(Keyword.Default),
        _ => false,
    };

    private ExecuteArgument ParseExecuteArgument()
    {
        Token start = Current;
        string? name = null;
        if (At(TokenKind.Variable) && Peek().Kind == TokenKind.Equal)
        {
            name = ParseVariableName();
            Advance();
        }

        Expression value = ParseExecuteValue();
        bool output = AcceptWord("OUTPUT") || AcceptWord("OUT");
        return Finish(start, new ExecuteArgument { Name = name, Value = value, IsOutput = output });
    }

    /// <summary>A constant with its sign, a variable, DEFAULT, NULL, or a bare word that stands for a string. No expressions.</summary>
    private Expression ParseExecuteValue()
    {
        Token start = Current;
        switch (start.Kind)
        {
            case TokenKind.Minus or TokenKind.Plus:
                Advance();
                if (Current.Kind is not (TokenKind.Integer or TokenKind.Decimal or TokenKind.Float or TokenKind.Money))
                {
                    throw SyntaxError();
                }

                Expression number = ParsePrimary();
                UnaryOperator sign = start.Kind == TokenKind.Minus ? UnaryOperator.Minus : UnaryOperator.Plus;
                return Finish(start, new UnaryExpression { Operator = sign, Operand = number });
            case TokenKind.Integer or TokenKind.Decimal or TokenKind.Float or TokenKind.Money or TokenKind.Binary or TokenKind.String
                or TokenKind.NationalString or TokenKind.Variable or TokenKind.GlobalVariable:
                return ParsePrimary();
            case TokenKind.Identifier or TokenKind.QuotedIdentifier:
                string text = ParseIdentifier();
                return Finish(start, new LiteralExpression { Kind = LiteralKind.NationalString, Text = text });
            case TokenKind.Keyword when start.Keyword == Keyword.Null:
                return TakeLiteral(LiteralKind.Null);
            case TokenKind.Keyword when start.Keyword == Keyword.Default:
                return TakeLiteral(LiteralKind.Default);
            default:
                throw SyntaxError();
        }
    }

    /// <summary>WITH RECOMPILE, which changes nothing here, and WITH RESULT SETS.</summary>
    /// <param name="takesSets">False in INSERT ... EXEC, which declares none.</param>
    private List<ResultSetSyntax>? ParseExecuteOptions(bool takesSets = true)
    {
        if (!At(Keyword.With) || !(PeekWord(1, "RECOMPILE") || PeekWord(1, "RESULT")))
        {
            return null;
        }

        Advance();
        List<ResultSetSyntax>? sets = null;
        bool hasSets = false;
        do
        {
            if (AcceptWord("RECOMPILE"))
            {
                continue;
            }

            if (hasSets)
            {
                throw SyntaxError();
            }

            ExpectWord("RESULT");
            if (!takesSets)
            {
                throw SyntaxError();
            }

            ExpectWord("SETS");
            hasSets = true;
            sets = AcceptWord("UNDEFINED") ? null : AcceptWord("NONE") ? [] : ParseResultSets();
        }
        while (Accept(TokenKind.Comma));
        return sets;
    }

    private List<ResultSetSyntax> ParseResultSets()
    {
        var sets = new List<ResultSetSyntax>();
        Expect(TokenKind.LeftParen);
        do
        {
            Token start = Current;
            if (Accept(Keyword.As))
            {
                sets.Add(ParseResultSetShape(start));
                continue;
            }

            Expect(TokenKind.LeftParen);
            var columns = new List<ResultSetColumnSyntax>();
            do
            {
                string name = ParseIdentifier();
                DataTypeSyntax type = ParseDataType();
                columns.Add(new ResultSetColumnSyntax(name, type, ParseNullability() ?? true));
            }
            while (Accept(TokenKind.Comma));
            Expect(TokenKind.RightParen);
            sets.Add(Finish(start, new ResultSetSyntax { Columns = columns }));
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
        return sets;
    }

    /// <summary>OBJECT name, TYPE name or FOR XML.</summary>
    private ResultSetSyntax ParseResultSetShape(in Token start)
    {
        if (AcceptWord("OBJECT"))
        {
            return Finish(start, new ResultSetSyntax { Object = ParseObjectName() });
        }

        if (AcceptWord("TYPE"))
        {
            return Finish(start, new ResultSetSyntax { Type = ParseObjectName() });
        }

        Expect(Keyword.For);
        ExpectWord("XML");
        return Finish(start, new ResultSetSyntax { IsXml = true });
    }

    private ExecuteAsStatement ParseExecuteAs()
    {
        Token start = Current;
        Advance();
        Advance();
        string kind = TakeWord();
        if (kind is not ("USER" or "LOGIN" or "CALLER"))
        {
            throw SyntaxError(_tokens[_position - 1]);
        }

        Expression? name = null;
        if (kind is "USER" or "LOGIN")
        {
            Expect(TokenKind.Equal);
            Token nameStart = Current;
            name = nameStart.Kind is TokenKind.String or TokenKind.NationalString or TokenKind.Variable ? ParsePrimary()
                : Finish(nameStart, new LiteralExpression { Kind = LiteralKind.NationalString, Text = ParseIdentifier() });
        }

        bool noRevert = false;
        if (At(Keyword.With) && PeekWord(1, "NO"))
        {
            Advance();
            Advance();
            Expect(Keyword.Revert);
            noRevert = true;
        }
        string? cookie = null;
        if (!noRevert && At(Keyword.With) && PeekWord(1, "COOKIE"))
        {
            Advance();
            Advance();
            Expect(Keyword.Into);
            cookie = ParseVariableName();
        }

        return Finish(start, new ExecuteAsStatement { Kind = kind, Name = name, NoRevert = noRevert, CookieVariable = cookie });
    }

    private RevertStatement ParseRevert()
    {
        Token start = Current;
        Advance();
        Expression? cookie = null;
        if (At(Keyword.With) && PeekWord(1, "COOKIE"))
        {
            Advance();
            Advance();
            Expect(TokenKind.Equal);
            cookie = ParsePrimary();
        }

        return Finish(start, new RevertStatement { Cookie = cookie });
    }
}
