using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>DROP, and the statements on whole databases.</summary>
public sealed partial class Parser
{
    private Statement ParseDrop()
    {
        Token start = Current;
        Advance();
        string? name = ParseDropClass();
        if (name is null)
        {
            return ParseRefused(start);
        }

        bool ifExists = name != "XML SCHEMA COLLECTION" && AcceptWords("IF", "EXISTS");
        var names = new List<ObjectName>();
        List<ObjectName>? on = name == "INDEX" ? [] : null;
        do
        {
            if (name == "INDEX")
            {
                ParseDropIndex(names, on!);
            }
            else
            {
                names.Add(name is "TABLE" or "SEQUENCE" or "STATISTICS" ? ParseObjectName() : ParseLocalName("DROP " + name));
            }
        }
        while (Accept(TokenKind.Comma));

        if (name == "TRIGGER" && Accept(Keyword.On))
        {
            bool isServer = AcceptAllServer();
            if (!isServer)
            {
                Expect(Keyword.Database);
            }

            name = isServer ? "SERVER TRIGGER" : "DATABASE TRIGGER";
        }
        else if (name == "ASSEMBLY" && At(Keyword.With))
        {
            Advance();
            ExpectWord("NO");
            ExpectWord("DEPENDENTS");
        }

        return Finish(start, new DropStatement { Class = name, IfExists = ifExists, Names = names, On = on });
    }

    /// <summary>The class of a DROP, consumed; null (nothing consumed) when it is not one of ours.</summary>
    private string? ParseDropClass()
    {
        string? name = Current.Keyword switch
        {
            Keyword.Table => "TABLE",
            Keyword.View => "VIEW",
            Keyword.Proc or Keyword.Procedure => "PROCEDURE",
            Keyword.Function => "FUNCTION",
            Keyword.Trigger => "TRIGGER",
            Keyword.Index => "INDEX",
            Keyword.Schema => "SCHEMA",
            Keyword.User => "USER",
            Keyword.Statistics => "STATISTICS",
            Keyword.Rule => "RULE",
            Keyword.Default => "DEFAULT",
            Keyword.Database when !PeekWord(1, "SCOPED") && !PeekWord(1, "AUDIT") && !PeekWord(1, "ENCRYPTION") => "DATABASE",
            _ => null,
        };
        if (name is null && At(TokenKind.Identifier))
        {
            name = ValueOf(Current).ToUpperInvariant() switch
            {
                "XML" when Peek().Keyword == Keyword.Schema && PeekWord(2, "COLLECTION") => "XML SCHEMA COLLECTION",
                "TYPE" => "TYPE",
                "SEQUENCE" => "SEQUENCE",
                "SYNONYM" => "SYNONYM",
                "ASSEMBLY" => "ASSEMBLY",
                "AGGREGATE" => "AGGREGATE",
                "ROLE" => "ROLE",
                "LOGIN" => "LOGIN",
                "SECURITY" when PeekWord(1, "POLICY") => "SECURITY POLICY",
                "PARTITION" when Peek().Keyword == Keyword.Function => "PARTITION FUNCTION",
                "PARTITION" when PeekWord(1, "SCHEME") => "PARTITION SCHEME",
                "SERVER" when PeekWord(1, "ROLE") => "SERVER ROLE",
                "APPLICATION" when PeekWord(1, "ROLE") => "APPLICATION ROLE",
                _ => null,
            };
        }

        if (name is not null)
        {
            Advance();
            for (int words = name.Count(c => c == ' '); words > 0; words--)
            {
                Advance();
            }
        }

        return name;
    }

    /// <summary>DROP INDEX ix ON t [WITH (...)], or the old t.ix.</summary>
    private void ParseDropIndex(List<ObjectName> names, List<ObjectName> on)
    {
        Token start = Current;
        ObjectName index = ParseObjectName();
        if (Accept(Keyword.On))
        {
            names.Add(index);
            on.Add(ParseObjectName());
            if (At(Keyword.With))
            {
                ParseWithOptions();
            }

            return;
        }

        if (index.Parts.Count < 2)
        {
            throw At(start, Errors.SqlErrors.Create(159));
        }

        names.Add(Finish(start, new ObjectName { Parts = [index.Parts[^1]] }));
        on.Add(Finish(start, new ObjectName { Parts = [.. index.Parts.Take(index.Parts.Count - 1)] }));
    }

    // ---- databases ----

    /// <summary>CREATE DATABASE and ALTER DATABASE: clauses are gathered as options for the executor.</summary>
    private DatabaseStatement ParseDatabase(in Token start, string action)
    {
        Advance();
        string? name = Accept(Keyword.Current) ? null : ParseIdentifier();
        Dictionary<string, string> options = NewOptions();
        string? termination = null;
        if (action == "CREATE")
        {
            ParseCreateDatabaseClauses(options);
        }
        else if (Accept(Keyword.Set))
        {
            termination = ParseDatabaseOptions(options);
        }
        else if (Accept(Keyword.Collate))
        {
            options["COLLATE"] = ParseIdentifier();
        }
        else if (AtWords("MODIFY", "NAME"))
        {
            Advance();
            Advance();
            Expect(TokenKind.Equal);
            options["MODIFY NAME"] = ParseIdentifier();
        }
        else if (At(Keyword.Add) || AtWord("MODIFY") || AtWord("REMOVE"))
        {
            ParseFileClause(options);
        }
        else
        {
            throw SyntaxError();
        }

        return Finish(start, new DatabaseStatement { Action = action, Name = name, Options = options, EndsSessions = termination == "IMMEDIATE", NoWait = termination == "NO_WAIT" });
    }

    private void ParseCreateDatabaseClauses(Dictionary<string, string> options)
    {
        while (true)
        {
            if (AcceptWord("CONTAINMENT"))
            {
                Expect(TokenKind.Equal);
                options["CONTAINMENT"] = TakeWord();
            }
            else if (Accept(Keyword.Collate))
            {
                options["COLLATE"] = ParseIdentifier();
            }
            else if (At(Keyword.On) || AtWords("LOG", "ON"))
            {
                // Where SQL Server puts files does not concern this host.
                options["ON"] = "";
                ParseFiles();
            }
            else if (At(Keyword.With))
            {
                Advance();
                ParseDatabaseOptions(options);
            }
            else if (At(Keyword.For) || At(Keyword.As))
            {
                throw NotSupported(Current, "CREATE DATABASE ... " + ValueOf(Current).ToUpperInvariant());
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>ADD FILEGROUP g CONTAINS FILESTREAM, ADD FILE (...) TO FILEGROUP g: the words, upper-cased, and the first name.</summary>
    private void ParseFileClause(Dictionary<string, string> options)
    {
        string verb = TakeWord();
        string kind = AtWord("LOG") ? TakeWord() + " " + TakeWord() : AtWord("FILE") || AtWord("FILEGROUP") ? TakeWord() : throw SyntaxError();
        string value = AtIdentifier ? ParseIdentifier() : "";
        while (!At(TokenKind.Semicolon) && !At(TokenKind.EndOfFile) && !AtStatementStart)
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

        options[verb + " " + kind] = value;
    }

    /// <summary>READ_COMMITTED_SNAPSHOT ON, COMPATIBILITY_LEVEL = 170, RECOVERY SIMPLE, QUERY_STORE = ON (...), [WITH ROLLBACK IMMEDIATE].</summary>
    /// <returns>IMMEDIATE for ROLLBACK, NO_WAIT, or null.</returns>
    private string? ParseDatabaseOptions(Dictionary<string, string> options)
    {
        do
        {
            Token at = Current;
            string name = TakeWord();
            options[name] = ParseDatabaseOptionValue(at, name).ToUpperInvariant();
        }
        while (Accept(TokenKind.Comma));
        if (At(Keyword.With) && (Peek().Keyword == Keyword.Rollback || PeekWord(1, "NO_WAIT")))
        {
            Advance();
            if (Accept(Keyword.Rollback))
            {
                if (!AcceptWord("IMMEDIATE"))
                {
                    ExpectWord("AFTER");
                    ParseInt();
                    AcceptWord("SECONDS");
                }

                return "IMMEDIATE";
            }

            Advance();
            return "NO_WAIT";
        }

        return null;
    }

    /// <summary>ALTER DATABASE SCOPED CONFIGURATION [FOR SECONDARY] SET name = value | CLEAR name.</summary>
    private DatabaseStatement ParseScopedConfiguration(in Token start)
    {
        Advance();
        Advance();
        Advance();
        Dictionary<string, string> options = NewOptions();
        if (Accept(Keyword.For))
        {
            ExpectWord("SECONDARY");
        }

        if (AcceptWord("CLEAR"))
        {
            options["CLEAR"] = TakeWord();
            if (At(TokenKind.Binary))
            {
                // One plan of the cache, by its handle.
                Advance();
            }
        }
        else
        {
            Expect(Keyword.Set);
            string name = TakeWord();
            Expect(TokenKind.Equal);
            options[name] = ParseOptionValue().ToUpperInvariant();
        }

        return Finish(start, new DatabaseStatement { Action = "SCOPED CONFIGURATION", Options = options });
    }
}
