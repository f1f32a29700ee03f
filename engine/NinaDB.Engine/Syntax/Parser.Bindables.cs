using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>
/// CREATE DEFAULT and CREATE RULE. Each must begin its batch, and is all of it.
/// https://learn.microsoft.com/sql/t-sql/statements/create-default-transact-sql, https://learn.microsoft.com/sql/t-sql/statements/create-rule-transact-sql.
/// </summary>
public sealed partial class Parser
{
    private const byte MisplacedRule = 12;
    private const byte MisplacedDefault = 13;

    private CreateBindableStatement ParseCreateBindable(in Token start, bool first)
    {
        bool isRule = At(Keyword.Rule);
        string kind = isRule ? "CREATE RULE" : "CREATE DEFAULT";
        if (!first)
        {
            throw At(start, SqlErrors.CreateWithState(111, isRule ? MisplacedRule : MisplacedDefault, kind));
        }

        Advance();
        ObjectName name = ParseLocalName(kind);
        _module = name.Name;
        Expect(Keyword.As);
        int from = Current.Start;
        Predicate? condition = isRule ? ParsePredicate() : null;
        Expression? value = isRule ? null : ParseExpression();
        return Finish(start, new CreateBindableStatement
        {
            Name = name,
            SourceText = ModuleText(start),
            Value = value,
            Condition = condition,
            Body = _text[from.._tokens[_position - 1].End],
        });
    }

    /// <summary>A rule's condition with its variable replaced by a column.</summary>
    internal static Predicate ParseRule(string condition, string column)
    {
        var text = new System.Text.StringBuilder(condition);
        foreach (Token token in new Lexer(condition, quotedIdentifier: true).Run().Where(t => t.Kind == TokenKind.Variable).Reverse())
        {
            text.Remove(token.Start, token.Length).Insert(token.Start, Catalog.SyntaxText.Quote(column));
        }

        return ParseCondition(text.ToString(), ParseOptions.Default);
    }
}
