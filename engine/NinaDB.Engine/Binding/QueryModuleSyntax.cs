using System.Runtime.CompilerServices;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Binding;

/// <summary>Parsed bodies of views and inline functions, and parsed expression texts of the catalog. Each definition is parsed once.</summary>
internal static class ModuleSyntax
{
    private static readonly ConditionalWeakTable<ModuleDefinition, Statement> Modules = [];
    private static readonly ConditionalWeakTable<string, SyntaxNode> Texts = [];

    public static CreateViewStatement View(ModuleDefinition module) => (CreateViewStatement)Modules.GetValue(module, Parse);

    public static CreateFunctionStatement Function(ModuleDefinition module) => (CreateFunctionStatement)Modules.GetValue(module, Parse);

    /// <summary>An expression as the catalog keeps it (computed column, default), by the identity of its text.</summary>
    public static Expression Expression(string text) => (Expression)Texts.GetValue(text, static t => Parser.ParseScalarExpression(t, ParseOptions.Default));

    /// <summary>A condition as the catalog keeps it (filtered index, check), by the identity of its text.</summary>
    public static Predicate Predicate(string text) => (Predicate)Texts.GetValue(text, static t => Parser.ParseCondition(t, ParseOptions.Default));

    private static Statement Parse(ModuleDefinition module)
    {
        foreach (Statement statement in Parser.ParseBatch(module.Text, new ParseOptions(module.UsesQuotedIdentifier)).Statements)
        {
            if (statement is ModuleStatement)
            {
                return statement;
            }
        }

        throw SqlErrors.Create(208, module.Name);
    }
}
