using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>FOR XML, FOR JSON, FOR BROWSE.</summary>
public sealed partial class Parser
{
    // ---- FOR ----

    private ForClause? ParseFor()
    {
        Token start = Current;
        Expect(Keyword.For);
        if (Accept(Keyword.Browse))
        {
            return null;
        }

        Token word = Current;
        bool json = AcceptWord("JSON");
        if (!json)
        {
            ExpectWord("XML");
        }

        string? elementName = null;
        ForKind kind;
        if (AcceptWord("PATH"))
        {
            kind = json ? ForKind.JsonPath : ForKind.XmlPath;
        }
        else if (AcceptWord("AUTO"))
        {
            kind = json ? ForKind.JsonAuto : ForKind.XmlAuto;
        }
        else if (!json && AcceptWord("RAW"))
        {
            kind = ForKind.XmlRaw;
        }
        else if (!json && AcceptWord("EXPLICIT"))
        {
            kind = ForKind.XmlExplicit;
        }
        else
        {
            throw SyntaxError();
        }

        if (At(TokenKind.LeftParen))
        {
            if (json)
            {
                throw At(word, Errors.SqlErrors.Create(102, "JSON"));
            }

            if (kind is ForKind.XmlAuto or ForKind.XmlExplicit)
            {
                throw At(Current, Errors.SqlErrors.Create(6859));
            }

            elementName = ParseParenthesizedString();
        }

        string? root = null, inlineSchema = null, schemaUri = null;
        bool hasDefaultRoot = false;
        bool includeNulls = false, withoutWrapper = false, type = false, elements = false, xsiNil = false, base64 = false;
        var options = new HashSet<string>(StringComparer.Ordinal);
        while (Accept(TokenKind.Comma))
        {
            string option = TakeWord();
            if (!options.Add(option) || (json && option == "ELEMENTS"))
            {
                throw At(word, Errors.SqlErrors.Create(102, json ? "JSON" : "XML"));
            }

            switch (option)
            {
                case "ROOT":
                    hasDefaultRoot = !At(TokenKind.LeftParen);
                    root = hasDefaultRoot ? "root" : ParseParenthesizedString();
                    break;
                case "INCLUDE_NULL_VALUES" when json:
                    includeNulls = true;
                    break;
                case "WITHOUT_ARRAY_WRAPPER" when json:
                    withoutWrapper = true;
                    break;
                case "TYPE" when !json:
                    type = true;
                    break;
                case "ELEMENTS" when !json:
                    elements = true;
                    xsiNil = AcceptWord("XSINIL");
                    AcceptWord("ABSENT");
                    break;
                case "BINARY" when !json:
                    ExpectWord("BASE64");
                    base64 = true;
                    break;
                case "XMLDATA" or "XMLSCHEMA" when !json:
                    if (inlineSchema is not null)
                    {
                        throw SyntaxError(_tokens[_position - 1]);
                    }

                    inlineSchema = option;
                    schemaUri = option == "XMLSCHEMA" && At(TokenKind.LeftParen) ? ParseParenthesizedString() : null;
                    break;
                case "PATH" or "AUTO" or "RAW" or "EXPLICIT":
                    throw At(word, Errors.SqlErrors.Create(102, json ? "JSON" : "XML"));
                default:
                    throw SyntaxError(_tokens[_position - 1]);
            }
        }

        return Finish(start, new ForClause
        {
            Kind = kind,
            Root = root,
            HasDefaultRoot = hasDefaultRoot,
            ElementName = elementName,
            IncludeNullValues = includeNulls,
            WithoutArrayWrapper = withoutWrapper,
            Type = type,
            Elements = elements,
            ElementsXsiNil = xsiNil,
            BinaryBase64 = base64,
            InlineSchema = inlineSchema,
            SchemaUri = schemaUri,
        });
    }

    private string ParseParenthesizedString()
    {
        Expect(TokenKind.LeftParen);
        string value = ParseStringLiteral();
        Expect(TokenKind.RightParen);
        return value;
    }

    private string ParseStringLiteral()
    {
        if (Current.Kind is not (TokenKind.String or TokenKind.NationalString))
        {
            throw SyntaxError();
        }

        string value = ValueOf(Current);
        Advance();
        return value;
    }
}
