using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>Lists of statements, and which parser a statement's first words call for.</summary>
public sealed partial class Parser
{
    /// <summary>What SET QUOTED_IDENTIFIER last said; it acts while parsing, on the text that follows.</summary>
    private bool _quotedIdentifier;
    private bool? _writtenQuotedIdentifier;

    /// <summary>Nothing but empty statements has been read in this batch.</summary>
    private bool _atBatchStart = true;

    private List<Statement> ParseStatements(bool isBatch)
    {
        var statements = new List<Statement>();
        bool terminated = true;
        while (true)
        {
            while (Accept(TokenKind.Semicolon))
            {
                terminated = true;
            }

            if (At(TokenKind.EndOfFile) || (!isBatch && At(Keyword.End)))
            {
                return statements;
            }

            if (!terminated && At(Keyword.With))
            {
                throw ErrorHere(319);
            }

            if (!terminated && AtWord("THROW"))
            {
                throw SyntaxError();
            }

            Statement statement = ParseStatement();
            statements.Add(statement);
            terminated = statement is LabelStatement or BlockStatement or TryCatchStatement or IfStatement { Else: null, Then: BlockStatement };
        }
    }

    private Statement ParseStatement()
    {
        Enter();
        bool first = _atBatchStart;
        Token start = Current;
        Statement statement = ParseStatementCore(first);
        _atBatchStart = false;
        Leave();
        return statement.EndOffset > 0 ? statement : Finish(start, statement);
    }

    private Statement ParseStatementCore(bool first)
    {
        Token start = Current;
        switch (start.Kind)
        {
            case TokenKind.LeftParen:
                return ParseSelectStatement([]);
            case TokenKind.Identifier or TokenKind.QuotedIdentifier or TokenKind.Dot:
                return ParseWordStatement(first);
            case TokenKind.Keyword:
                break;
            default:
                throw SyntaxError();
        }

        if (start.Keyword is not (Keyword.Create or Keyword.Alter))
        {
            _atBatchStart = false;
        }

        switch (start.Keyword)
        {
            case Keyword.Select:
                return ParseSelectStatement([]);
            case Keyword.With:
                return ParseWithStatement();
            case Keyword.Insert:
                return ParseInsert([]);
            case Keyword.Update:
                return Peek().Keyword == Keyword.Statistics ? ParseStatistics() : ParseUpdate([]);
            case Keyword.Delete:
                return ParseDelete([]);
            case Keyword.Merge:
                return ParseMerge([]);
            case Keyword.Truncate:
                return ParseTruncate();
            case Keyword.Declare:
                return ParseDeclare();
            case Keyword.Set:
                return ParseSet();
            case Keyword.If:
                return ParseIf();
            case Keyword.While:
                return ParseWhile();
            case Keyword.Begin:
                return ParseBegin();
            case Keyword.Break:
                return ParseBreak();
            case Keyword.Continue:
                return ParseContinue();
            case Keyword.Return:
                return ParseReturn();
            case Keyword.Goto:
                return ParseGoto();
            case Keyword.Print:
                Advance();
                return ParsePrint(start);
            case Keyword.RaisError:
                return ParseRaiserror();
            case Keyword.WaitFor:
                return ParseWaitFor();
            case Keyword.Commit or Keyword.Rollback or Keyword.Save:
                return ParseTransaction();
            case Keyword.Exec or Keyword.Execute:
                return ParseExecuteOrExecuteAs();
            case Keyword.Revert:
                return ParseRevert();
            case Keyword.Use:
                Advance();
                return Finish(start, new UseStatement { Database = ParseIdentifier() });
            case Keyword.Open or Keyword.Close or Keyword.Deallocate or Keyword.Fetch:
                return ParseCursorStatement();
            case Keyword.Create:
                return ParseCreate(first);
            case Keyword.Alter:
                return ParseAlter(first);
            case Keyword.Drop:
                return ParseDrop();
            case Keyword.Grant or Keyword.Deny or Keyword.Revoke:
                return ParsePermission();
            case Keyword.Bulk:
                return ParseBulkInsert();
            case Keyword.Dbcc:
                return ParseDbcc();
            case Keyword.Add when PeekWord(1, "SIGNATURE") || PeekWord(1, "COUNTER") || PeekWord(1, "SENSITIVITY"):
            case Keyword.End when PeekWord(1, "CONVERSATION"):
                return ParseUtility();
            case Keyword.Kill or Keyword.Checkpoint or Keyword.Reconfigure or Keyword.Shutdown or Keyword.Backup or Keyword.Restore
                or Keyword.SetUser or Keyword.ReadText or Keyword.WriteText or Keyword.UpdateText or Keyword.Lineno:
                return ParseUtility();
            default:
                throw SyntaxError();
        }
    }

    /// <summary>PRINT of an expression without subqueries (error 1046).</summary>
    private PrintStatement ParsePrint(in Token start)
    {
        Expression value = ParseExpression();
        if (Binding.SyntaxTree.Visit(value, node => node is ScalarSubqueryExpression))
        {
            throw At(start, SqlErrors.Create(1046));
        }

        return Finish(start, new PrintStatement { Value = value });
    }

    /// <summary>Statements that begin with a word that is not reserved: labels, THROW, ENABLE TRIGGER, and a procedure called without EXEC.</summary>
    private Statement ParseWordStatement(bool first)
    {
        Token start = Current;
        if (At(TokenKind.Identifier))
        {
            if (Peek().Kind == TokenKind.Colon)
            {
                return ParseLabel();
            }

            if (AtWord("THROW") && Peek().Kind is not (TokenKind.Dot or TokenKind.String))
            {
                return ParseThrow();
            }

            if ((AtWord("ENABLE") || AtWord("DISABLE")) && Peek().Keyword == Keyword.Trigger)
            {
                return ParseTriggerState();
            }

            if ((AtWord("RECEIVE") || AtWord("SEND")) && (!first || Peek().Kind == TokenKind.Star || Peek().Keyword is Keyword.Top or Keyword.On))
            {
                throw NotSupported(start, ValueOf(start).ToUpperInvariant());
            }

            if (AtWords("GET", "CONVERSATION") || AtWords("MOVE", "CONVERSATION"))
            {
                return ParseUtility();
            }
        }

        if (!first)
        {
            throw SyntaxError();
        }

        ObjectName procedure = ParseObjectName();
        if (Current.Kind is TokenKind.LeftParen or TokenKind.Equal)
        {
            throw SyntaxError(start);
        }

        int? number = At(TokenKind.Semicolon) && Peek().Kind == TokenKind.Integer ? ParseProcedureNumber() : null;
        List<ExecuteArgument> arguments = ParseExecuteArguments();
        List<ResultSetSyntax>? sets = ParseExecuteOptions();
        return Finish(start, new ExecuteStatement { Procedure = procedure, ProcedureNumber = number, Arguments = arguments, ResultSets = sets });
    }

    private bool AtWords(string first, string second) => AtWord(first) && PeekWord(1, second);

    private SelectStatement ParseSelectStatement(IReadOnlyList<CommonTableExpression> with, bool nested = false)
    {
        Token start = Current;
        QueryExpression query = ParseQuery(nested: nested);
        List<QueryHint> hints = ParseOptionClause();
        if (At(Keyword.For) && query.For is null && (PeekWord(1, "JSON") || PeekWord(1, "XML")))
        {
            // FOR comes before OPTION.
            throw SyntaxError();
        }

        var statement = new SelectStatement { With = with, Query = query, Hints = hints };
        return with.Count > 0 ? Finish(with[0], statement) : Finish(start, statement);
    }

    private Statement ParseWithStatement()
    {
        Token start = Current;
        List<CommonTableExpression> with = ParseCommonTableExpressions();
        Statement statement = Current.Keyword switch
        {
            Keyword.Select => ParseSelectStatement(with),
            Keyword.Insert => ParseInsert(with),
            Keyword.Update => ParseUpdate(with),
            Keyword.Delete => ParseDelete(with),
            Keyword.Merge => ParseMerge(with),
            _ => At(TokenKind.LeftParen) ? ParseSelectStatement(with) : throw SyntaxError(),
        };
        return Finish(start, statement);
    }

    /// <summary>A query with its WITH list, as views, inline functions and cursors hold one.</summary>
    private SelectStatement ParseSelectWithCtes(bool nested = false)
    {
        Token start = Current;
        List<CommonTableExpression> with = At(Keyword.With) ? ParseCommonTableExpressions() : [];
        if (Current.Kind != TokenKind.LeftParen && !At(Keyword.Select))
        {
            throw SyntaxError();
        }

        return Finish(start, ParseSelectStatement(with, nested));
    }

    /// <summary>DBCC name [(arguments)] [WITH options].</summary>
    private UtilityStatement ParseDbcc()
    {
        Token start = Current;
        Advance();
        string command = "DBCC " + TakeWord();
        List<Expression> arguments = At(TokenKind.LeftParen) ? ParseArguments() : [];
        var options = new List<string>();
        if (Accept(Keyword.With))
        {
            do
            {
                options.Add(TakeWord());
                if (options[^1] == "MAXDOP" && Accept(TokenKind.Equal))
                {
                    ParsePrimary();
                }
            }
            while (Accept(TokenKind.Comma));
        }

        return Finish(start, new UtilityStatement { Command = command, Arguments = arguments, Options = options });
    }

    /// <summary>A statement the parser knows by its first words only; the executor runs it or refuses it by name.</summary>
    private UtilityStatement ParseUtility()
    {
        Token start = Current;
        string command = TakeWord();
        var arguments = new List<Expression>();
        switch (start.Keyword)
        {
            case Keyword.Kill:
                arguments.Add(ParseExpression());
                break;
            case Keyword.Checkpoint:
                if (At(TokenKind.Integer))
                {
                    arguments.Add(ParsePrimary());
                }

                break;
            case Keyword.Reconfigure:
                if (Accept(Keyword.With))
                {
                    ExpectWord("OVERRIDE");
                }

                break;
            default:
                if (AtAnyWord)
                {
                    command += " " + TakeWord();
                }

                SkipStatement();
                break;
        }

        return Finish(start, new UtilityStatement { Command = command, Arguments = arguments });
    }

    /// <summary>Passes over the rest of a statement: to a semicolon at its own level, or the end of the batch.</summary>
    private void SkipStatement()
    {
        while (!At(TokenKind.EndOfFile) && !At(TokenKind.Semicolon))
        {
            if (At(TokenKind.LeftParen))
            {
                SkipParentheses();
            }
            else if (At(TokenKind.Error))
            {
                throw SyntaxError();
            }
            else
            {
                Advance();
            }
        }
    }
}
