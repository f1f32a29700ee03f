using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>Blocks, IF, WHILE, TRY, GOTO, THROW, RAISERROR, WAITFOR, transactions.</summary>
public sealed partial class Parser
{
    private readonly Dictionary<string, Token> _labels = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(string Label, Token Token)> _gotos = [];
    private int _loopDepth;
    private int _catchDepth;

    private Statement ParseBegin()
    {
        Token start = Current;
        if (Peek().Keyword is Keyword.Tran or Keyword.Transaction or Keyword.Distributed)
        {
            return ParseTransaction();
        }

        if (PeekWord(1, "TRY"))
        {
            return ParseTryCatch();
        }

        if (PeekWord(1, "ATOMIC"))
        {
            throw SyntaxError(Peek());
        }

        if (PeekWord(1, "DIALOG") || (PeekWord(1, "CONVERSATION") && PeekWord(2, "TIMER")))
        {
            throw NotSupported(start, "BEGIN DIALOG CONVERSATION");
        }

        Advance();
        List<Statement> statements = ParseStatements(isBatch: false);
        if (statements.Count == 0)
        {
            // An empty block is a syntax error, as is one that never ends.
            throw At(Keyword.End) ? At(Current, SqlErrors.Create(102, ErrorText(Current))) : SyntaxError();
        }

        Expect(Keyword.End);
        return Finish(start, new BlockStatement { Statements = statements });
    }

    private TryCatchStatement ParseTryCatch()
    {
        Token start = Current;
        Advance();
        Advance();
        bool isBare = !At(TokenKind.Semicolon);
        List<Statement> tried = ParseStatements(isBatch: false);
        if (tried.Count == 0 && !isBare)
        {
            // BEGIN TRY END TRY is allowed, semicolons alone are not.
            throw SyntaxError();
        }

        Expect(Keyword.End);
        if (tried.Count == 0)
        {
            throw SyntaxError();
        }

        ExpectWord("TRY");
        BlockStatement tryBlock = Finish(start, new BlockStatement { Statements = tried });
        Token catchStart = Current;
        Expect(Keyword.Begin);
        ExpectWord("CATCH");
        _catchDepth++;
        List<Statement> caught = ParseStatements(isBatch: false);
        _catchDepth--;
        Expect(Keyword.End);
        ExpectWord("CATCH");
        BlockStatement catchBlock = Finish(catchStart, new BlockStatement { Statements = caught });
        return Finish(start, new TryCatchStatement { Try = tryBlock, Catch = catchBlock });
    }

    /// <summary>IF ... ELSE IF ... ELSE, the chain read in a loop and the tree built from its end.</summary>
    private IfStatement ParseIf()
    {
        var arms = new List<(Token Start, Predicate Condition, Statement Then)>();
        Statement? otherwise = null;
        while (true)
        {
            Token start = Current;
            Expect(Keyword.If);
            Predicate condition = ParsePredicate();
            Statement then = ParseBody();
            arms.Add((start, condition, then));
            if (!AtElse())
            {
                break;
            }

            Advance();
            if (!At(Keyword.If))
            {
                otherwise = ParseBody();
                break;
            }

            if (arms.Count >= MaxNesting)
            {
                throw ErrorHere(191);
            }
        }

        for (int i = arms.Count - 1; i >= 0; i--)
        {
            otherwise = Finish(arms[i].Start, new IfStatement { Condition = arms[i].Condition, Then = arms[i].Then, Else = otherwise });
        }

        return (IfStatement)otherwise!;
    }

    /// <summary>ELSE, possibly after the semicolon of the statement before it.</summary>
    private bool AtElse()
    {
        if (At(TokenKind.Semicolon) && Peek().Keyword == Keyword.Else)
        {
            Advance();
        }

        return At(Keyword.Else);
    }

    /// <summary>The one statement an IF or WHILE governs.</summary>
    private Statement ParseBody()
    {
        if (At(TokenKind.Semicolon))
        {
            throw SyntaxError();
        }

        return ParseStatement();
    }

    private WhileStatement ParseWhile()
    {
        Token start = Current;
        Advance();
        Predicate condition = ParsePredicate();
        _loopDepth++;
        Statement body = ParseBody();
        _loopDepth--;
        return Finish(start, new WhileStatement { Condition = condition, Body = body });
    }

    private BreakStatement ParseBreak()
    {
        Token start = Current;
        if (_loopDepth == 0)
        {
            throw ErrorHere(135);
        }

        Advance();
        return Finish(start, new BreakStatement());
    }

    private ContinueStatement ParseContinue()
    {
        Token start = Current;
        if (_loopDepth == 0)
        {
            throw ErrorHere(136);
        }

        Advance();
        return Finish(start, new ContinueStatement());
    }

    private ReturnStatement ParseReturn()
    {
        Token start = Current;
        Advance();
        Expression? value = AtExpressionStart ? ParseExpression() : null;
        return Finish(start, new ReturnStatement { Value = value });
    }

    /// <summary>The current token can begin a scalar expression and cannot begin a statement.</summary>
    private bool AtExpressionStart => Current.Kind switch
    {
        TokenKind.Integer or TokenKind.Decimal or TokenKind.Float or TokenKind.Money or TokenKind.Binary or TokenKind.String
            or TokenKind.NationalString or TokenKind.Variable or TokenKind.GlobalVariable or TokenKind.LeftParen or TokenKind.Minus
            or TokenKind.Plus or TokenKind.Tilde or TokenKind.LeftBrace or TokenKind.QuotedIdentifier => true,
        TokenKind.Identifier => Peek().Kind != TokenKind.Colon && !AtWord("THROW"),
        TokenKind.Keyword => Current.Keyword is Keyword.Null or Keyword.Case or Keyword.Convert or Keyword.Try_Convert or Keyword.Left
            or Keyword.Right or Keyword.Coalesce or Keyword.NullIf or Keyword.Current_Timestamp or Keyword.Current_User or Keyword.User
            or Keyword.Session_User or Keyword.System_User or Keyword.Current_Date,
        _ => false,
    };

    private GotoStatement ParseGoto()
    {
        Token start = Current;
        Advance();
        Token token = Current;
        string label = ParseIdentifier();
        _gotos.Add((label, token));
        return Finish(start, new GotoStatement { Label = label });
    }

    private LabelStatement ParseLabel()
    {
        Token start = Current;
        string label = ParseIdentifier();
        Advance();
        if (!_labels.TryAdd(label, start))
        {
            throw At(start, SqlErrors.Create(132, label));
        }

        return Finish(start, new LabelStatement { Label = label });
    }

    private void CheckLabels()
    {
        foreach ((string label, Token token) in _gotos)
        {
            if (!_labels.ContainsKey(label))
            {
                throw At(token, SqlErrors.Create(133, label));
            }
        }
    }

    private ThrowStatement ParseThrow()
    {
        Token start = Current;
        Advance();
        if (Current.Kind is TokenKind.Integer or TokenKind.Variable)
        {
            Expression number = ParsePrimary();
            Expect(TokenKind.Comma);
            Expression message = Current.Kind is TokenKind.String or TokenKind.NationalString or TokenKind.Variable ? ParsePrimary() : throw SyntaxError();
            Expect(TokenKind.Comma);
            Expression state = Current.Kind is TokenKind.Integer or TokenKind.Variable ? ParsePrimary() : throw SyntaxError();
            return Finish(start, new ThrowStatement { Number = number, Message = message, State = state });
        }

        if (_catchDepth == 0)
        {
            throw At(start, SqlErrors.Create(10704));
        }

        return Finish(start, new ThrowStatement());
    }

    private RaiserrorStatement ParseRaiserror()
    {
        Token start = Current;
        Advance();
        Expect(TokenKind.LeftParen);
        Expression message = ParseRaiserrorValue();
        Expect(TokenKind.Comma);
        Expression severity = ParseRaiserrorNumber();
        Expect(TokenKind.Comma);
        Expression state = ParseRaiserrorNumber();
        var arguments = new List<Expression>();
        while (Accept(TokenKind.Comma))
        {
            arguments.Add(ParseRaiserrorValue());
        }

        Expect(TokenKind.RightParen);
        bool log = false, noWait = false, setError = false;
        if (At(Keyword.With))
        {
            Advance();
            do
            {
                if (AcceptWord("LOG"))
                {
                    log = true;
                }
                else if (AcceptWord("NOWAIT"))
                {
                    noWait = true;
                }
                else if (AcceptWord("SETERROR"))
                {
                    setError = true;
                }
                else
                {
                    throw SyntaxError();
                }
            }
            while (Accept(TokenKind.Comma));
        }

        return Finish(start, new RaiserrorStatement
        {
            Message = message,
            Severity = severity,
            State = state,
            Arguments = arguments,
            WithLog = log,
            WithNoWait = noWait,
            WithSetError = setError,
        });
    }

    /// <summary>What RAISERROR takes: a constant with its sign, a variable or NULL; no expressions.</summary>
    private Expression ParseRaiserrorValue() => Current.Kind switch
    {
        TokenKind.Integer or TokenKind.Decimal or TokenKind.Float or TokenKind.Money or TokenKind.Binary or TokenKind.String or TokenKind.NationalString
            or TokenKind.Variable or TokenKind.GlobalVariable or TokenKind.Minus or TokenKind.Plus => ParseExecuteValue(),
        TokenKind.Keyword when At(Keyword.Null) => ParseExecuteValue(),
        TokenKind.QuotedIdentifier when !_quotedIdentifier => ParseExecuteValue(),
        _ => throw SyntaxError(),
    };

    private WaitForStatement ParseWaitFor()
    {
        Token start = Current;
        Advance();
        if (At(TokenKind.LeftParen))
        {
            throw NotSupported(start, "WAITFOR (RECEIVE)");
        }

        bool delay = AcceptWord("DELAY");
        if (!delay)
        {
            ExpectWord("TIME");
        }

        if (Current.Kind is not (TokenKind.String or TokenKind.NationalString or TokenKind.Variable))
        {
            throw SyntaxError();
        }

        Expression value = ParsePrimary();
        return Finish(start, new WaitForStatement { IsDelay = delay, Value = value });
    }

    /// <summary>BEGIN, COMMIT, ROLLBACK and SAVE TRANSACTION, with COMMIT WORK and ROLLBACK WORK.</summary>
    private TransactionStatement ParseTransaction()
    {
        Token start = Current;
        TransactionAction action = start.Keyword switch
        {
            Keyword.Begin => TransactionAction.Begin,
            Keyword.Commit => TransactionAction.Commit,
            Keyword.Rollback => TransactionAction.Rollback,
            _ => TransactionAction.Save,
        };
        Advance();
        if (At(Keyword.Distributed))
        {
            throw NotSupported(start, "BEGIN DISTRIBUTED TRANSACTION");
        }

        bool hasWord = Accept(Keyword.Tran) || Accept(Keyword.Transaction);
        if (!hasWord)
        {
            if (action is TransactionAction.Save)
            {
                throw SyntaxError();
            }

            AcceptWord("WORK");
            return Finish(start, new TransactionStatement { Action = action });
        }

        Expression? name = null;
        if (AtIdentifier && Peek().Kind != TokenKind.Colon)
        {
            Token token = Current;
            string text = ParseIdentifier();
            name = Finish(token, new LiteralExpression { Kind = LiteralKind.String, Text = text });
        }
        else if (At(TokenKind.Variable))
        {
            name = ParsePrimary();
        }
        else if (action == TransactionAction.Save)
        {
            throw SyntaxError();
        }

        bool isDelayed = false, isMarked = false;
        if (action is TransactionAction.Commit && At(Keyword.With) && Peek().Kind == TokenKind.LeftParen && PeekWord(2, "DELAYED_DURABILITY"))
        {
            isDelayed = PeekWord(4, "ON");
            for (int i = 0; i < 3; i++)
            {
                Advance();
            }

            Expect(TokenKind.Equal);
            ParseOnOff();
            Expect(TokenKind.RightParen);
        }
        else if (At(Keyword.With) && PeekWord(1, "MARK"))
        {
            Advance();
            Advance();
            isMarked = true;
            if (Current.Kind is TokenKind.String or TokenKind.NationalString or TokenKind.Variable)
            {
                // The description is for restoring a log, which there is none of here.
                Advance();
            }
        }

        return Finish(start, new TransactionStatement { Action = action, Name = name, IsDelayed = isDelayed, IsMarked = isMarked });
    }
}
