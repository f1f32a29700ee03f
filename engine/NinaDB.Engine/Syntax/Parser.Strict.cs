using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>What stands for a value where the grammar takes no expressions: signed numbers and variables.</summary>
public sealed partial class Parser
{
    /// <summary>The hints of OPTION, whole.</summary>
    private static readonly HashSet<string> WholeHints = new(StringComparer.Ordinal)
    {
        "RECOMPILE", "MAXRECURSION", "MAXDOP", "MAX_GRANT_PERCENT", "MIN_GRANT_PERCENT", "FAST", "LOOP JOIN", "HASH JOIN", "MERGE JOIN", "FORCE ORDER", "HASH GROUP", "ORDER GROUP",
        "CONCAT UNION", "HASH UNION", "MERGE UNION", "KEEP PLAN", "KEEPFIXED PLAN", "ROBUST PLAN", "EXPAND VIEWS", "OPTIMIZE FOR", "OPTIMIZE FOR UNKNOWN", "USE HINT", "USE PLAN",
        "FORCE EXTERNALPUSHDOWN", "DISABLE EXTERNALPUSHDOWN", "FORCE SCALEOUTEXECUTION", "DISABLE SCALEOUTEXECUTION", "FORCE SINGLENODE PLAN", "DISABLE_OPTIMIZED_PLAN_FORCING",
        "IGNORE_NONCLUSTERED_COLUMNSTORE_INDEX", "NO_PERFORMANCE_SPOOL", "QUERYTRACEON", "TABLE HINT", "PARAMETERIZATION SIMPLE", "PARAMETERIZATION FORCED", "LABEL", "FOR TIMESTAMP AS OF",
    };

    /// <summary>A number with at most one sign, or a variable.</summary>
    private Expression ParseSignedValue(bool mayBeVariable = true)
    {
        Token next = At(TokenKind.Minus) || At(TokenKind.Plus) ? Peek() : Current;
        return next.Kind is TokenKind.Integer or TokenKind.Decimal or TokenKind.Float or TokenKind.Binary || (mayBeVariable && next.Kind is TokenKind.Variable or TokenKind.GlobalVariable)
            ? ParseUnary()
            : throw SyntaxError(next);
    }

    /// <summary>RAISERROR's severity and state: integers or variables.</summary>
    private Expression ParseRaiserrorNumber() => Current.Kind is TokenKind.String or TokenKind.NationalString or TokenKind.QuotedIdentifier ? throw SyntaxError() : ParseRaiserrorValue();

    /// <summary>ON [PRIMARY] files, FILEGROUP name files, LOG ON files of CREATE DATABASE.</summary>
    private void ParseFiles()
    {
        AcceptWord("LOG");
        Expect(Keyword.On);
        Accept(Keyword.Primary);
        do
        {
            if (AcceptWord("FILEGROUP"))
            {
                ParseIdentifier();
                if (AcceptWord("CONTAINS"))
                {
                    TakeWord();
                }

                Accept(Keyword.Default);
            }

            ParseFileSpecification();
        }
        while (Accept(TokenKind.Comma));
    }

    /// <summary>(NAME = n, FILENAME = 'f', SIZE = 10MB, MAXSIZE = UNLIMITED, FILEGROWTH = 10%).</summary>
    private void ParseFileSpecification()
    {
        Expect(TokenKind.LeftParen);
        do
        {
            Token token = Current;
            string part = TakeWord();
            Expect(TokenKind.Equal);
            switch (part)
            {
                case "NAME":
                    ParseIdentifierOrString();
                    break;
                case "FILENAME":
                    ParseStringLiteral();
                    break;
                case "SIZE" or "FILEGROWTH" when At(TokenKind.Integer):
                case "MAXSIZE" when At(TokenKind.Integer) || AtWord("UNLIMITED"):
                    ParseOptionValue();
                    break;
                default:
                    throw SyntaxError(part is "SIZE" or "FILEGROWTH" or "MAXSIZE" ? Current : token);
            }
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
    }
}
