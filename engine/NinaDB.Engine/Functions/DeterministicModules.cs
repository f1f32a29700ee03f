using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Functions;

/// <summary>OBJECTPROPERTY(id, 'IsDeterministic') of functions.</summary>
internal static class DeterministicModules
{
    /// <summary>A schema-bound function that reads no table and calls deterministic functions only.</summary>
    public static bool IsDeterministic(ModuleDefinition module, CatalogSnapshot catalog)
    {
        if (!module.IsSchemaBound || module.External is not null || module.Type is not (ObjectTypes.ScalarFunction or ObjectTypes.InlineFunction or ObjectTypes.TableFunction))
        {
            return false;
        }

        foreach (SyntaxNode node in SyntaxWalker.Descendants(ModuleSyntax.Function(module)))
        {
            bool breaks = node switch
            {
                GlobalVariableExpression or NextValueForExpression or NamedTableSource => true,
                FunctionCallExpression { Name.Parts.Count: > 1 } call => catalog.Find<ModuleDefinition>(call.Name.Schema, call.Name.Name) is not { } called || !IsDeterministic(called, catalog),
                FunctionCallExpression call => BuiltinFunctions.Find(call.Name.Name) is { } builtin && (!builtin.IsDeterministic || builtin.DependsOnSession),
                _ => false,
            };
            if (breaks)
            {
                return false;
            }
        }

        return true;
    }
}
