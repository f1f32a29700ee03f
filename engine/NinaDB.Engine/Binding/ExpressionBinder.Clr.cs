using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>Calls of what assemblies bring: aggregates.</summary>
internal sealed partial class ExpressionBinder
{
    /// <summary>Whether a call names a user-defined aggregate (which takes its schema's name).</summary>
    public bool IsUserAggregate(FunctionCallExpression call) => call.Name.Parts.Count > 1 && UserAggregate(call.Name) is not null;

    private ModuleDefinition? UserAggregate(ObjectName name) => FindObject(name) as ModuleDefinition is { Type: ObjectTypes.ClrAggregate } module ? module : null;

    private BoundAggregate BindUserAggregate(FunctionCallExpression call)
    {
        ModuleDefinition module = UserAggregate(call.Name)!;
        _queries.NoteNamed(module);
        if (call.IsStar)
        {
            throw SqlErrors.Create(102, "*");
        }

        if (call.Arguments.Count != module.Parameters.Length)
        {
            throw SqlErrors.Create(174, module.Name, module.Parameters.Length);
        }

        BoundExpression[] arguments = [.. call.Arguments.Select((a, i) => Coerce(Bind(a), module.Parameters[i].Type))];
        return new BoundAggregate(call.Name.ToString(), arguments, call.IsDistinct, module.ReturnType!) { Module = module };
    }

    private BoundWindow BindUserAggregateOver(FunctionCallExpression call, IReadOnlyList<BoundOrder> order)
    {
        if (order.Count > 0)
        {
            throw SqlErrors.Create(156, "ORDER");
        }

        if (call.IsDistinct)
        {
            throw SqlErrors.Create(10759);
        }

        BoundAggregate aggregate = BindUserAggregate(call);
        return new BoundWindow(aggregate.Name, aggregate.Arguments, aggregate.Type) { Aggregate = aggregate };
    }
}
