using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>What assemblies bring: aggregates, properties of types.</summary>
public sealed partial class Parser
{
    /// <summary>(column [ASC | DESC], ...) after ORDER.</summary>
    private List<IndexColumnSyntax> ParseFunctionOrder()
    {
        Expect(TokenKind.LeftParen);
        var columns = new List<IndexColumnSyntax>();
        do
        {
            string name = ParseIdentifier();
            bool isDescending = Accept(Keyword.Desc);
            if (!isDescending)
            {
                Accept(Keyword.Asc);
            }

            columns.Add(new IndexColumnSyntax(name, isDescending));
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
        return columns;
    }

    /// <summary>DROP FILE names | ALL and ADD FILE FROM contents of ALTER ASSEMBLY.</summary>
    private (List<string> Dropped, bool DropsAll, List<(Expression Content, string? Name)> Added) ParseAssemblyFiles()
    {
        var dropped = new List<string>();
        var added = new List<(Expression, string?)>();
        bool dropsAll = false;
        if (At(Keyword.Drop))
        {
            Advance();
            Expect(Keyword.File);
            dropsAll = Accept(Keyword.All);
            while (!dropsAll)
            {
                dropped.Add(ParseFileName());
                if (!Accept(TokenKind.Comma))
                {
                    break;
                }
            }
        }

        if (At(Keyword.Add))
        {
            Advance();
            Expect(Keyword.File);
            Expect(Keyword.From);
            do
            {
                Expression content = ParseExpression();
                added.Add((content, Accept(Keyword.As) ? ParseFileName() : null));
            }
            while (Accept(TokenKind.Comma));
        }

        return (dropped, dropsAll, added);
    }

    private string ParseFileName() => Current.Kind is TokenKind.String or TokenKind.NationalString ? ParseStringLiteral() : ParseIdentifier();

    /// <summary>Property = value, after the dot.</summary>
    private MethodCallExpression ParsePropertyAssignment(Expression target)
    {
        string property = ParseIdentifier();
        Expect(TokenKind.Equal);
        Expression value = ParseExpression();
        return Finish(target, new MethodCallExpression { Target = target, Method = property, Arguments = [value], IsProperty = true });
    }

    private CreateAggregateStatement ParseCreateAggregate(in Token start)
    {
        Advance();
        ObjectName name = ParseLocalName("CREATE AGGREGATE");
        Expect(TokenKind.LeftParen);
        var parameters = new List<ParameterSyntax>();
        do
        {
            ParameterSyntax parameter = ParseParameter();
            if (parameter.Default is not null)
            {
                throw At(start, SqlErrors.Create(10726));
            }

            parameters.Add(parameter);
        }
        while (Accept(TokenKind.Comma));

        Expect(TokenKind.RightParen);
        ExpectWord("RETURNS");
        DataTypeSyntax type = ParseDataType();
        Expect(Keyword.External);
        ExpectWord("NAME");
        string assembly = ParseIdentifier();
        Expect(TokenKind.Dot);
        string @class = ParseIdentifier();
        return Finish(start, new CreateAggregateStatement
        {
            Action = ModuleAction.Create,
            Name = name,
            SourceText = _text[start.Start.._tokens[_position - 1].End],
            Parameters = parameters,
            ReturnType = type,
            External = new ExternalName(assembly, @class, ""),
        });
    }
}
