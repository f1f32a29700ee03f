using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>What assemblies bring: aggregates, properties of types.</summary>
public sealed partial class Parser
{
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
