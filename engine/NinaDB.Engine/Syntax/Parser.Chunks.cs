using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>AI_GENERATE_CHUNKS, whose arguments have names.</summary>
public sealed partial class Parser
{
    /// <summary>
    /// AI_GENERATE_CHUNKS(SOURCE = text, CHUNK_TYPE = FIXED, CHUNK_SIZE = n [, OVERLAP = percent] [, ENABLE_CHUNK_SET_ID = flag]), in that order. The arguments of the
    /// node are text, size, overlap and flag; DEFAULT stands for one that was left out.
    /// </summary>
    private TableSource ParseGenerateChunks()
    {
        Token start = Current;
        ObjectName name = NameOf(start, ValueOf(start));
        Advance();
        Expect(TokenKind.LeftParen);
        Enter();
        var arguments = new Expression[4];
        ParseNamed("SOURCE");
        arguments[0] = ParseExpression();
        Expect(TokenKind.Comma);
        ParseNamed("CHUNK_TYPE");
        Token type = Current;
        if (!string.Equals(Current.Kind is TokenKind.String or TokenKind.NationalString ? ParseStringLiteral() : TakeWord(), "FIXED", StringComparison.OrdinalIgnoreCase))
        {
            throw At(type, Errors.SqlErrors.Create(102, ErrorText(type)));
        }

        string[] optional = ["CHUNK_SIZE", "OVERLAP", "ENABLE_CHUNK_SET_ID"];
        for (int i = 0; i < optional.Length; i++)
        {
            arguments[i + 1] = At(TokenKind.Comma) && PeekWord(1, optional[i]) ? ParseOptional(optional[i]) : Finish(start, new LiteralExpression { Kind = LiteralKind.Default, Text = "DEFAULT" });
        }

        Expect(TokenKind.RightParen);
        Leave();
        var call = Finish(start, new FunctionCallExpression { Name = name, Arguments = arguments });
        return ParseDerivedAlias(start, new FunctionTableSource { Call = call }, required: false);
    }

    private void ParseNamed(string name)
    {
        ExpectWord(name);
        Expect(TokenKind.Equal);
    }

    private Expression ParseOptional(string name)
    {
        Advance();
        ParseNamed(name);
        return ParseExpression();
    }
}
