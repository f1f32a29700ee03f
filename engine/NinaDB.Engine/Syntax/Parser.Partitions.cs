using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>Partition functions and schemes, and the places where tables name them.</summary>
public sealed partial class Parser
{
    private Statement ParseCreatePartition(in Token start)
    {
        Advance();
        if (Accept(Keyword.Function))
        {
            string name = ParseIdentifier();
            Expect(TokenKind.LeftParen);
            DataTypeSyntax type = ParseDataType();
            if (Accept(Keyword.Collate))
            {
                type = new DataTypeSyntax { Name = type.Name, Arguments = type.Arguments, BaseType = type.BaseType, Collation = ParseIdentifierOrDefault(), Offset = type.Offset, Line = type.Line, EndOffset = type.EndOffset };
            }

            Expect(TokenKind.RightParen);
            Expect(Keyword.As);
            ExpectWord("RANGE");
            bool isRight = Accept(Keyword.Right);
            if (!isRight)
            {
                Accept(Keyword.Left);
            }

            Expect(Keyword.For);
            Expect(Keyword.Values);
            return Finish(start, new PartitionFunctionStatement { Action = "CREATE", Name = name, Type = type, IsRight = isRight, Values = ParseArguments() });
        }

        ExpectWord("SCHEME");
        string scheme = ParseIdentifier();
        Expect(Keyword.As);
        ExpectWord("PARTITION");
        string function = ParseIdentifier();
        bool isAll = Accept(Keyword.All);
        Expect(Keyword.To);
        Expect(TokenKind.LeftParen);
        var filegroups = new List<string>();
        do
        {
            filegroups.Add(ParseIdentifierOrString());
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
        return Finish(start, new PartitionSchemeStatement { Action = "CREATE", Name = scheme, Function = function, IsAll = isAll, Filegroups = filegroups });
    }

    private Statement ParseAlterPartition(in Token start)
    {
        Advance();
        if (Accept(Keyword.Function))
        {
            string name = ParseIdentifier();
            Expect(TokenKind.LeftParen);
            Expect(TokenKind.RightParen);
            bool isSplit = AcceptWord("SPLIT");
            if (!isSplit)
            {
                Expect(Keyword.Merge);
            }

            ExpectWord("RANGE");
            return Finish(start, new PartitionFunctionStatement { Action = isSplit ? "SPLIT" : "MERGE", Name = name, Values = ParseBoundary() });
        }

        ExpectWord("SCHEME");
        string scheme = ParseIdentifier();
        ExpectWord("NEXT");
        ExpectWord("USED");
        List<string> filegroups = AtIdentifier || Current.Kind is TokenKind.String or TokenKind.NationalString ? [ParseIdentifierOrString()] : [];
        return Finish(start, new PartitionSchemeStatement { Action = "NEXT USED", Name = scheme, Filegroups = filegroups });
    }

    private List<Expression> ParseBoundary()
    {
        if (Peek().Kind == TokenKind.RightParen)
        {
            throw SyntaxError(Peek());
        }

        return ParseArguments();
    }

    /// <summary>WITH (PARTITIONS (n, n TO m)).</summary>
    private List<(Expression From, Expression? To)> ParsePartitionList()
    {
        Advance();
        Advance();
        ExpectWord("PARTITIONS");
        Expect(TokenKind.LeftParen);
        var ranges = new List<(Expression, Expression?)>();
        do
        {
            Expression from = ParseExpression();
            ranges.Add((from, Accept(Keyword.To) ? ParseExpression() : null));
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
        Expect(TokenKind.RightParen);
        return ranges;
    }
}
