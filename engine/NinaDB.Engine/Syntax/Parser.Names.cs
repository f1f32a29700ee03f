using System.Globalization;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>Identifiers, multi-part names and data types.</summary>
public sealed partial class Parser
{
    private const int MaxNameParts = 4;

    private bool AtIdentifier => Current.Kind is TokenKind.Identifier or TokenKind.QuotedIdentifier;

    private string ParseIdentifier()
    {
        if (!AtIdentifier)
        {
            throw SyntaxError();
        }

        string value = ValueOf(Current);
        if (value.Length == 0)
        {
            throw ErrorHere(1038);
        }

        Advance();
        return value;
    }

    private string? ParseOptionalIdentifier() => AtIdentifier ? ParseIdentifier() : null;

    /// <summary>An identifier, or a string used as a name ('alias').</summary>
    private string ParseIdentifierOrString()
    {
        if (Current.Kind is TokenKind.String or TokenKind.NationalString)
        {
            string value = ValueOf(Current);
            if (value.Length == 0)
            {
                throw ErrorHere(1038);
            }

            Advance();
            return value;
        }

        return ParseIdentifier();
    }

    private List<string> ParseIdentifierList()
    {
        Expect(TokenKind.LeftParen);
        var names = new List<string>();
        do
        {
            names.Add(ParseIdentifier());
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
        return names;
    }

    private string ParseVariableName()
    {
        if (!At(TokenKind.Variable))
        {
            throw SyntaxError();
        }

        string name = ValueOf(Current);
        Advance();
        return name;
    }

    private ObjectName ParseObjectName()
    {
        Token start = Current;
        List<string> parts = ParseNameParts();
        return Finish(start, new ObjectName { Parts = parts });
    }

    /// <summary>One to four parts; an omitted middle part (db..name) is an empty string.</summary>
    private List<string> ParseNameParts()
    {
        var parts = new List<string>(2);
        while (At(TokenKind.Dot) && parts.Count < MaxNameParts - 1)
        {
            // .name: leading parts left out.
            Advance();
            parts.Add("");
        }

        parts.Add(ParseIdentifier());
        while (At(TokenKind.Dot))
        {
            Advance();
            while (At(TokenKind.Dot))
            {
                Advance();
                parts.Add("");
            }

            parts.Add(ParseIdentifier());
            if (parts.Count > MaxNameParts)
            {
                throw SyntaxError(_tokens[_position - 1]);
            }
        }

        return parts;
    }

    private ObjectName NameOf(in Token token, string name) =>
        new() { Parts = [name], Offset = token.Start, Line = token.Line, EndOffset = token.End };

    // ---- data types ----

    private DataTypeSyntax ParseDataType()
    {
        Token start = Current;
        ObjectName name = ParseTypeName();
        var arguments = new List<int>(2);
        string? baseType = null;
        bool isVarying = false;
        if (At(TokenKind.LeftParen) && name.Name.Equals("xml", StringComparison.OrdinalIgnoreCase))
        {
            return ParseTypedXml(start, name);
        }

        if (At(TokenKind.LeftParen))
        {
            Advance();
            do
            {
                if (AtWord("MAX"))
                {
                    Advance();
                    arguments.Add(-1);
                }
                else if (At(TokenKind.Integer))
                {
                    arguments.Add(ParseInt());
                }
                else if (arguments.Count == 1 && AtIdentifier && name.Name.Equals("vector", StringComparison.OrdinalIgnoreCase))
                {
                    baseType = ParseIdentifier();
                }
                else
                {
                    throw SyntaxError();
                }
            }
            while (Accept(TokenKind.Comma));
            Expect(TokenKind.RightParen);
        }

        if (At(Keyword.Varying))
        {
            Advance();
            isVarying = true;
        }

        string? collation = null;
        if (Accept(Keyword.Collate))
        {
            collation = ParseIdentifier();
        }

        return Finish(start, new DataTypeSyntax
        {
            Name = name,
            Arguments = arguments,
            BaseType = baseType,
            IsVarying = isVarying,
            Collation = collation,
        });
    }

    /// <summary>The name of a type, the ISO spellings of several words (NATIONAL CHARACTER VARYING, DOUBLE PRECISION) brought to one.</summary>
    private ObjectName ParseTypeName()
    {
        Token start = Current;
        if (Accept(Keyword.National))
        {
            if (AcceptWord("TEXT"))
            {
                return Finish(start, new ObjectName { Parts = ["ntext"] });
            }

            if (!AcceptWord("CHAR") && !AcceptWord("CHARACTER"))
            {
                throw SyntaxError();
            }

            return Finish(start, new ObjectName { Parts = [Accept(Keyword.Varying) ? "nvarchar" : "nchar"] });
        }

        if (Accept(Keyword.Double))
        {
            ExpectWord("PRECISION");
            return Finish(start, new ObjectName { Parts = ["float"] });
        }

        if (Accept(Keyword.Cursor))
        {
            return Finish(start, new ObjectName { Parts = ["cursor"] });
        }

        if ((AtWord("CHAR") || AtWord("CHARACTER") || AtWord("BINARY")) && Peek().Keyword == Keyword.Varying)
        {
            bool binary = AtWord("BINARY");
            Advance();
            Advance();
            return Finish(start, new ObjectName { Parts = [binary ? "varbinary" : "varchar"] });
        }

        if (At(TokenKind.Dot))
        {
            throw SyntaxError();
        }

        ObjectName name = ParseObjectName();
        return name.Parts.Count <= 2 ? name : throw At(start, Errors.SqlErrors.Create(117, "type", name.ToString(), 1));
    }

    private int ParseInt()
    {
        Token token = Current;
        Expect(TokenKind.Integer);
        return int.TryParse(Raw(token), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : throw SyntaxError(token);
    }

    private decimal ParseSignedDecimal()
    {
        bool negative = Accept(TokenKind.Minus);
        if (!negative)
        {
            Accept(TokenKind.Plus);
        }

        Token token = Current;
        if (token.Kind is not (TokenKind.Integer or TokenKind.Decimal))
        {
            throw SyntaxError();
        }

        Advance();
        if (!decimal.TryParse(Raw(token), NumberStyles.Number, CultureInfo.InvariantCulture, out decimal value))
        {
            throw SyntaxError(token);
        }

        return negative ? -value : value;
    }
}
