using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>PIVOT and UNPIVOT.</summary>
public sealed partial class Parser
{
    // ---- PIVOT ----

    private TableSource ParsePivots(TableSource source)
    {
        while (Current.Keyword is Keyword.Pivot or Keyword.Unpivot)
        {
            source = At(Keyword.Pivot) ? ParsePivot(source) : ParseUnpivot(source);
        }

        return source;
    }

    private PivotTableSource ParsePivot(TableSource source)
    {
        Expect(Keyword.Pivot);
        Expect(TokenKind.LeftParen);
        Token start = Current;
        if (Peek().Kind == TokenKind.LeftParen && Peek(2).Kind == TokenKind.Star)
        {
            // A pivot aggregates a column.
            throw SyntaxError(Peek(2));
        }

        if (ParseExpression() is not FunctionCallExpression aggregate)
        {
            throw SyntaxError(start);
        }

        Expect(Keyword.For);
        ColumnExpression column = ParseColumnReference();
        Expect(Keyword.In);
        List<string> values = ParseIdentifierList();
        Expect(TokenKind.RightParen);
        string? alias = ParseTableAlias() ?? throw SyntaxError();
        return Finish(source, new PivotTableSource { Source = source, Aggregate = aggregate, PivotColumn = column, Values = values, Alias = alias });
    }

    private UnpivotTableSource ParseUnpivot(TableSource source)
    {
        Expect(Keyword.Unpivot);
        Expect(TokenKind.LeftParen);
        string valueColumn = ParseIdentifier();
        Expect(Keyword.For);
        string pivotColumn = ParseIdentifier();
        Expect(Keyword.In);
        Expect(TokenKind.LeftParen);
        var columns = new List<ColumnExpression>();
        do
        {
            columns.Add(ParseColumnReference());
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
        Expect(TokenKind.RightParen);
        string? alias = ParseTableAlias() ?? throw SyntaxError();
        return Finish(source, new UnpivotTableSource
        {
            Source = source,
            ValueColumn = valueColumn,
            PivotColumn = pivotColumn,
            Columns = columns,
            Alias = alias,
        });
    }

    /// <summary>A possibly qualified column name.</summary>
    private ColumnExpression ParseColumnReference()
    {
        Token start = Current;
        if (At(TokenKind.PseudoColumn))
        {
            Advance();
            return Finish(start, new ColumnExpression { Name = ValueOf(start) });
        }

        if (At(Keyword.RowGuidCol) || At(Keyword.IdentityCol))
        {
            return (ColumnExpression)ParseKeywordPrimary();
        }

        List<string> parts = ParseNameParts();
        return Finish(start, new ColumnExpression { Qualifier = parts.Count == 1 ? [] : parts[..^1], Name = parts[^1] });
    }
}
