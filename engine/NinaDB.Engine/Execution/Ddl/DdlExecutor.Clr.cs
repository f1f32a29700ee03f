using NinaDB.Engine.Catalog;
using NinaDB.Engine.Clr;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>What assemblies bring besides procedures and functions.</summary>
internal sealed partial class DdlExecutor
{
    private void CreateAggregate(CreateAggregateStatement statement)
    {
        ModuleDefinition module = Begin(statement, ObjectTypes.ClrAggregate, _ => false);
        module = module with
        {
            Parameters = Parameters(statement.Parameters, isFunction: true),
            ReturnType = TypeResolver.Resolve(statement.ReturnType, Catalog, TypeUse.Parameter("", 0) with { Position = 1 }).Type,
            External = statement.External,
        };
        ClrHost.Validate(module, Catalog);
        _editor.Put(module);
    }
}
