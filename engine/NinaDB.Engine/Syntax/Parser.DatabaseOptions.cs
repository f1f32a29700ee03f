using System.Globalization;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>Values of ALTER DATABASE ... SET: each option has one form, and anything else is a syntax error.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/t-sql/statements/alter-database-transact-sql-set-options</remarks>
public sealed partial class Parser
{
    /// <summary>name ON | OFF.</summary>
    private static readonly HashSet<string> OptionSwitches = new(StringComparer.Ordinal)
    {
        "ALLOW_SNAPSHOT_ISOLATION", "READ_COMMITTED_SNAPSHOT", "AUTO_CLOSE", "AUTO_SHRINK", "AUTO_UPDATE_STATISTICS", "AUTO_UPDATE_STATISTICS_ASYNC", "ANSI_NULL_DEFAULT", "ANSI_NULLS", "ANSI_PADDING",
        "ANSI_WARNINGS", "ARITHABORT", "CONCAT_NULL_YIELDS_NULL", "NUMERIC_ROUNDABORT", "QUOTED_IDENTIFIER", "RECURSIVE_TRIGGERS", "CURSOR_CLOSE_ON_COMMIT", "DB_CHAINING", "TRUSTWORTHY",
        "DATE_CORRELATION_OPTIMIZATION", "TORN_PAGE_DETECTION", "TEMPORAL_HISTORY_RETENTION", "MIXED_PAGE_ALLOCATION", "HONOR_BROKER_PRIORITY",
    };

    /// <summary>name = ON | OFF.</summary>
    private static readonly HashSet<string> EqualSwitches = new(StringComparer.Ordinal)
    {
        "ACCELERATED_DATABASE_RECOVERY", "OPTIMIZED_LOCKING", "NESTED_TRIGGERS", "TRANSFORM_NOISE_WORDS", "LEDGER", "REMOTE_DATA_ARCHIVE", "DATA_RETENTION", "PERSISTENT_LOG_BUFFER", "CHANGE_TRACKING",
    };

    /// <summary>name word.</summary>
    private static readonly Dictionary<string, string[]> Words = new(StringComparer.Ordinal)
    {
        ["RECOVERY"] = ["FULL", "BULK_LOGGED", "SIMPLE"],
        ["PAGE_VERIFY"] = ["CHECKSUM", "TORN_PAGE_DETECTION", "NONE"],
        ["CURSOR_DEFAULT"] = ["GLOBAL", "LOCAL"],
        ["PARAMETERIZATION"] = ["SIMPLE", "FORCED"],
        ["ENCRYPTION"] = ["ON", "OFF", "SUSPEND", "RESUME"],
    };

    /// <summary>Options that are their own value.</summary>
    private static readonly HashSet<string> States = new(StringComparer.Ordinal)
    {
        "SINGLE_USER", "RESTRICTED_USER", "MULTI_USER", "READ_ONLY", "READ_WRITE", "OFFLINE", "ONLINE", "EMERGENCY", "ENABLE_BROKER", "DISABLE_BROKER", "NEW_BROKER", "ERROR_BROKER_CONVERSATIONS",
    };

    /// <param name="at">The option's name, where an unknown one is reported.</param>
    private string ParseDatabaseOptionValue(in Token at, string name)
    {
        if (States.Contains(name))
        {
            return "";
        }

        if (OptionSwitches.Contains(name) || name == "AUTO_CREATE_STATISTICS")
        {
            string value = OnOrOff();
            if (name == "AUTO_CREATE_STATISTICS" && At(TokenKind.LeftParen))
            {
                SkipParentheses();
            }

            return value;
        }

        if (EqualSwitches.Contains(name))
        {
            if (name == "CHANGE_TRACKING" && At(TokenKind.LeftParen))
            {
                SkipParentheses();
                return "";
            }

            if (!Accept(TokenKind.Equal))
            {
                throw SyntaxError(at);
            }

            string value = OnOrOff();
            if (At(TokenKind.LeftParen))
            {
                SkipParentheses();
            }

            return value;
        }

        if (Words.TryGetValue(name, out string[]? words))
        {
            return OneOf(words);
        }

        switch (name)
        {
            case "COMPATIBILITY_LEVEL" or "TWO_DIGIT_YEAR_CUTOFF":
                Expect(TokenKind.Equal);
                return ParseInt().ToString(CultureInfo.InvariantCulture);
            case "TARGET_RECOVERY_TIME":
                Expect(TokenKind.Equal);
                int number = ParseInt();
                return (OneOf("SECONDS", "MINUTES") == "MINUTES" ? number * 60 : number).ToString(CultureInfo.InvariantCulture);
            case "DELAYED_DURABILITY":
                Expect(TokenKind.Equal);
                return OneOf("DISABLED", "ALLOWED", "FORCED");
            case "CONTAINMENT":
                Expect(TokenKind.Equal);
                return OneOf("NONE", "PARTIAL");
            case "DEFAULT_LANGUAGE" or "DEFAULT_FULLTEXT_LANGUAGE" or "CATALOG_COLLATION":
                Expect(TokenKind.Equal);
                return ParseOptionValue();
            case "MEMORY_OPTIMIZED_ELEVATE_TO_SNAPSHOT":
                Accept(TokenKind.Equal);
                return OnOrOff();
            case "QUERY_STORE":
                string store = Accept(TokenKind.Equal) ? OnOrOff() : AcceptWord("CLEAR") ? "CLEAR" : "";
                if (store == "CLEAR")
                {
                    Accept(Keyword.All);
                }
                else if (At(TokenKind.LeftParen))
                {
                    SkipParentheses();
                }

                return store;
            case "AUTOMATIC_TUNING":
                if (Accept(TokenKind.Equal))
                {
                    return OneOf("AUTO", "INHERIT", "CUSTOM");
                }

                SkipParentheses();
                return "";
            case "FILESTREAM" or "HADR" or "PARTNER" or "WITNESS":
                if (At(TokenKind.LeftParen))
                {
                    SkipParentheses();
                    return "";
                }

                return name == "FILESTREAM" ? throw SyntaxError() : throw NotSupported(at, "ALTER DATABASE ... SET " + name);
            default:
                throw SyntaxError(at);
        }
    }

    private string OnOrOff() => Accept(Keyword.On) ? "ON" : Accept(Keyword.Off) ? "OFF" : throw SyntaxError();

    private string OneOf(params string[] words)
    {
        Token at = Current;
        if (!AtAnyWord)
        {
            throw SyntaxError();
        }

        string word = TakeWord();
        return words.Contains(word) ? word : throw SyntaxError(at);
    }
}
