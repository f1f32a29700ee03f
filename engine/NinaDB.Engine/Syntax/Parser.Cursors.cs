using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>DECLARE CURSOR, OPEN, FETCH, CLOSE, DEALLOCATE.</summary>
public sealed partial class Parser
{
    private DeclareCursorStatement ParseDeclareCursor(in Token start)
    {
        string name = ParseIdentifier();
        var options = new List<string>();

        // The ISO form puts INSENSITIVE and SCROLL before CURSOR.
        while (AtWord("INSENSITIVE") || AtWord("SCROLL"))
        {
            options.Add(TakeWord());
        }

        bool isIso = options.Count > 0;
        CursorDefinition definition = ParseCursorDefinition(options, isIso);
        return Finish(start, new DeclareCursorStatement { Name = name, Definition = definition });
    }

    /// <summary>CURSOR options FOR query [FOR READ ONLY | FOR UPDATE [OF columns]].</summary>
    private CursorDefinition ParseCursorDefinition(List<string>? options = null, bool isIso = false)
    {
        Token start = Current;
        options ??= [];
        Expect(Keyword.Cursor);
        while (!At(Keyword.For))
        {
            string option = TakeWord();
            if (option == "INSENSITIVE")
            {
                throw At(_tokens[_position - 1], Errors.SqlErrors.Create(153, "insensitive", "DECLARE CURSOR"));
            }

            if (isIso)
            {
                throw At(_tokens[_position - 1], Errors.SqlErrors.Create(1049));
            }

            if (option is not ("LOCAL" or "GLOBAL" or "FORWARD_ONLY" or "SCROLL" or "STATIC" or "KEYSET" or "DYNAMIC" or "FAST_FORWARD"
                or "READ_ONLY" or "SCROLL_LOCKS" or "OPTIMISTIC" or "TYPE_WARNING"))
            {
                throw SyntaxError(_tokens[_position - 1]);
            }

            options.Add(option);
        }

        Advance();
        SelectStatement query = ParseSelectWithCtes();
        List<string>? updateColumns = null;
        if (Accept(Keyword.For))
        {
            if (Accept(Keyword.Read))
            {
                ExpectWord("ONLY");
                if (options.Contains("READ_ONLY"))
                {
                    throw At(start, Errors.SqlErrors.Create(1058));
                }

                options.Add("READ_ONLY");
            }
            else
            {
                Expect(Keyword.Update);
                updateColumns = [];
                if (Accept(Keyword.Of))
                {
                    do
                    {
                        updateColumns.Add(ParseColumnReference().Name);
                    }
                    while (Accept(TokenKind.Comma));
                }
            }
        }

        return Finish(start, new CursorDefinition { Options = options, Query = query, UpdateColumns = updateColumns });
    }

    private CursorStatement ParseCursorStatement()
    {
        Token start = Current;
        Advance();
        if (start.Keyword == Keyword.Fetch)
        {
            return ParseFetch(start);
        }

        CursorAction action = start.Keyword switch
        {
            Keyword.Open => CursorAction.Open,
            Keyword.Close => CursorAction.Close,
            _ => CursorAction.Deallocate,
        };
        if (At(Keyword.Open) || AtWord("MASTER") || AtWord("SYMMETRIC") || (AtWord("ALL") && PeekWord(1, "SYMMETRIC")))
        {
            throw NotSupported(start, ValueOf(start).ToUpperInvariant() + " KEY");
        }

        bool global = AtWord("GLOBAL") && Peek().Kind is TokenKind.Identifier or TokenKind.QuotedIdentifier;
        if (global)
        {
            Advance();
        }

        string name = At(TokenKind.Variable) ? ParseVariableName() : ParseIdentifier();
        return Finish(start, new CursorStatement { Action = action, Name = name, IsGlobal = global });
    }

    private CursorStatement ParseFetch(in Token start)
    {
        string? orientation = null;
        Expression? offset = null;
        if (AtWord("NEXT") || AtWord("PRIOR") || AtWord("FIRST") || AtWord("LAST"))
        {
            if (Peek().Keyword == Keyword.From || Peek().Kind is TokenKind.Identifier or TokenKind.QuotedIdentifier or TokenKind.Variable)
            {
                orientation = TakeWord();
                Expect(Keyword.From);
            }
        }
        else if (AtWord("ABSOLUTE") || AtWord("RELATIVE"))
        {
            orientation = TakeWord();
            offset = ParseSignedValue();
            Expect(Keyword.From);
        }
        else
        {
            Accept(Keyword.From);
        }

        bool global = AtWord("GLOBAL") && Peek().Kind is TokenKind.Identifier or TokenKind.QuotedIdentifier;
        if (global)
        {
            Advance();
        }

        string name = At(TokenKind.Variable) ? ParseVariableName() : ParseIdentifier();
        var into = new List<string>();
        if (Accept(Keyword.Into))
        {
            do
            {
                into.Add(ParseVariableName());
            }
            while (Accept(TokenKind.Comma));
        }

        return Finish(start, new CursorStatement
        {
            Action = CursorAction.Fetch,
            Name = name,
            IsGlobal = global,
            Orientation = orientation,
            FetchOffset = offset,
            Into = into,
        });
    }
}
