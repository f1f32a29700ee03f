using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>DECLARE and SET.</summary>
public sealed partial class Parser
{
    /// <summary>SET options that are ON or OFF.</summary>
    private static readonly HashSet<string> Switches = new(StringComparer.Ordinal)
    {
        "NOCOUNT", "XACT_ABORT", "ANSI_NULLS", "ANSI_PADDING", "ANSI_WARNINGS", "ANSI_DEFAULTS", "ANSI_NULL_DFLT_ON", "ANSI_NULL_DFLT_OFF",
        "ARITHABORT", "ARITHIGNORE", "CONCAT_NULL_YIELDS_NULL", "QUOTED_IDENTIFIER", "NUMERIC_ROUNDABORT", "CURSOR_CLOSE_ON_COMMIT", "FMTONLY",
        "FORCEPLAN", "IMPLICIT_TRANSACTIONS", "NOEXEC", "PARSEONLY", "REMOTE_PROC_TRANSACTIONS", "SHOWPLAN_ALL", "SHOWPLAN_TEXT", "SHOWPLAN_XML",
        "NO_BROWSETABLE", "DISABLE_DEF_CNST_CHK", "RESULT_SET_CACHING",
    };

    /// <summary>SET options that take a value.</summary>
    private static readonly HashSet<string> ValueOptions = new(StringComparer.Ordinal)
    {
        "ROWCOUNT", "TEXTSIZE", "LOCK_TIMEOUT", "DEADLOCK_PRIORITY", "DATEFIRST", "DATEFORMAT", "LANGUAGE", "CONTEXT_INFO",
        "QUERY_GOVERNOR_COST_LIMIT", "FIPS_FLAGGER",
    };

    private Statement ParseDeclare()
    {
        Token start = Current;
        Advance();
        if (AtIdentifier)
        {
            return ParseDeclareCursor(start);
        }

        var variables = new List<VariableDeclaration>();
        do
        {
            variables.Add(ParseVariableDeclaration());
        }
        while (Accept(TokenKind.Comma));
        return Finish(start, new DeclareStatement { Variables = variables });
    }

    private VariableDeclaration ParseVariableDeclaration()
    {
        Token start = Current;
        string name = ParseVariableName();
        Accept(Keyword.As);
        if (Accept(Keyword.Table))
        {
            TableDefinitionSyntax table = ParseTableDefinition();
            return Finish(start, new VariableDeclaration { Name = name, Table = table });
        }

        DataTypeSyntax type = ParseDataType();
        if (At(Keyword.Not))
        {
            throw At(Current, SqlErrors.Create(102, ErrorText(Current)));
        }

        Expression? value = Accept(TokenKind.Equal) ? ParseExpression() : null;
        return Finish(start, new VariableDeclaration { Name = name, Type = type, Value = value });
    }

    private Statement ParseSet()
    {
        Token start = Current;
        Advance();
        if (At(TokenKind.Variable))
        {
            return ParseSetVariable(start);
        }

        if (Accept(Keyword.Transaction) || Accept(Keyword.Tran))
        {
            return ParseIsolationLevel(start);
        }

        if (Accept(Keyword.Identity_Insert))
        {
            ObjectName table = ParseObjectName();
            bool on = ParseOnOff();
            return Finish(start, new SetOptionStatement { Options = ["IDENTITY_INSERT"], IsOn = on, Table = table });
        }

        if (Accept(Keyword.Statistics))
        {
            string list = "STATISTICS " + TakeStatistics();
            while (Accept(TokenKind.Comma))
            {
                list += "," + TakeStatistics();
            }

            return Finish(start, new SetOptionStatement { Options = [list], IsOn = ParseOnOff() });
        }

        if (At(Keyword.Offsets))
        {
            return ParseOffsets(start);
        }

        if (!AtAnyWord)
        {
            throw SyntaxError();
        }

        return ParseSetOptions(start);
    }

    private string TakeStatistics() => AtWord("IO") || AtWord("TIME") || AtWord("PROFILE") || AtWord("XML") ? TakeWord() : throw SyntaxError();

    /// <summary>SET OFFSETS keyword, ... ON | OFF: what clients of DB-Library asked for. It is read, and means nothing any more.</summary>
    private SetOptionStatement ParseOffsets(in Token start)
    {
        do
        {
            Advance();
            if (!AtAnyWord)
            {
                throw SyntaxError();
            }

            Advance();
        }
        while (At(TokenKind.Comma));
        return Finish(start, new SetOptionStatement { Options = ["OFFSETS"], IsOn = ParseOnOff() });
    }

    private SetOptionStatement ParseSetOptions(in Token start)
    {
        var options = new List<string>();
        do
        {
            Token token = Current;
            string option = TakeWord();
            if (ValueOptions.Contains(option) && options.Count == 0)
            {
                return ParseValueOption(start, option);
            }

            if (!Switches.Contains(option))
            {
                throw At(token, SqlErrors.CreateWithState(195, 5, ErrorText(token), "SET option"));
            }

            options.Add(option);
        }
        while (Accept(TokenKind.Comma));
        if (AtIdentifier)
        {
            throw At(Current, SqlErrors.CreateWithState(102, 4, options[^1].ToLowerInvariant()));
        }

        bool on = ParseOnOff();
        var statement = Finish(start, new SetOptionStatement { Options = options, IsOn = on });
        if (options.Contains("QUOTED_IDENTIFIER") || options.Contains("ANSI_DEFAULTS"))
        {
            _writtenQuotedIdentifier = on;
            if (on != _quotedIdentifier)
            {
                _quotedIdentifier = on;
                _lexer.Restart(_position, on);
            }
        }

        return statement;
    }

    private SetOptionStatement ParseValueOption(in Token start, string option)
    {
        // Words such as ymd, us_english, LOW and OFF stay words; numbers, strings and variables are expressions.
        if (option is "ROWCOUNT" or "TEXTSIZE" or "LOCK_TIMEOUT" or "DATEFIRST" && Current.Kind is not (TokenKind.String or TokenKind.NationalString))
        {
            return Finish(start, new SetOptionStatement { Options = [option], Value = ParseSignedValue() });
        }

        if (option == "CONTEXT_INFO" && AtAnyWord && !At(Keyword.Null))
        {
            throw SyntaxError();
        }

        if (AtAnyWord)
        {
            if (Current.Kind == TokenKind.Keyword && option is "DATEFORMAT" or "DEADLOCK_PRIORITY" or "LANGUAGE")
            {
                throw SyntaxError();
            }

            string word = ValueOf(Current);
            Advance();
            return Finish(start, new SetOptionStatement { Options = [option], Word = word });
        }

        Token token = Current;
        Expression value = ParseUnary();
        if (option == "LOCK_TIMEOUT" && value is not (LiteralExpression { Kind: LiteralKind.Integer } or UnaryExpression { Operand: LiteralExpression { Kind: LiteralKind.Integer } }))
        {
            throw At(token, SqlErrors.CreateWithState(102, 3, option));
        }

        return Finish(start, new SetOptionStatement { Options = [option], Value = value });
    }

    private SetOptionStatement ParseIsolationLevel(in Token start)
    {
        ExpectWord("ISOLATION");
        ExpectWord("LEVEL");
        string word;
        if (AcceptWord("READ"))
        {
            word = AcceptWord("COMMITTED") ? "READ COMMITTED" : AcceptWord("UNCOMMITTED") ? "READ UNCOMMITTED" : throw SyntaxError();
        }
        else if (AcceptWord("REPEATABLE"))
        {
            Expect(Keyword.Read);
            word = "REPEATABLE READ";
        }
        else if (AtWord("SNAPSHOT") || AtWord("SERIALIZABLE"))
        {
            word = TakeWord();
        }
        else
        {
            throw SyntaxError();
        }

        return Finish(start, new SetOptionStatement { Options = ["TRANSACTION ISOLATION LEVEL"], Word = word });
    }

    private bool ParseOnOff()
    {
        if (Accept(Keyword.On))
        {
            return true;
        }

        Expect(Keyword.Off);
        return false;
    }

    private SetVariableStatement ParseSetVariable(in Token start)
    {
        Token token = Current;
        string name = ParseVariableName();
        if (Accept(TokenKind.Dot))
        {
            var variable = Finish(token, new VariableExpression { Name = name });
            MethodCallExpression call = Peek().Kind == TokenKind.Equal ? ParsePropertyAssignment(variable) : ParseMethodCall(variable);
            return Finish(start, new SetVariableStatement { Variable = name, Value = call, Method = call });
        }

        if (!AtAssignment(0, out BinaryOperator? op))
        {
            throw SyntaxError();
        }

        Advance();
        if (op is null && At(Keyword.Cursor))
        {
            Token cursorToken = Current;
            CursorDefinition cursor = ParseCursorDefinition();
            var none = new LiteralExpression
            {
                Kind = LiteralKind.Null,
                Text = "NULL",
                Offset = cursorToken.Start,
                Line = cursorToken.Line,
                EndOffset = cursorToken.End,
            };
            return Finish(start, new SetVariableStatement { Variable = name, Value = none, Cursor = cursor });
        }

        Expression value = ParseExpression();
        return Finish(start, new SetVariableStatement { Variable = name, Value = value, Operator = op });
    }
}
