using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>What a DML statement changes.</summary>
/// <param name="Shape">The table as it was compiled; for a view with INSTEAD OF triggers the shape of its rows.</param>
/// <param name="Variable">The table variable it is; null for other tables.</param>
/// <param name="View">The view it is named through; null for a table.</param>
internal sealed record DmlTarget(TableDefinition Shape, VariableInfo? Variable, ModuleDefinition? View)
{
    /// <summary>What rows written through a view WITH CHECK OPTION must satisfy.</summary>
    public ViewCheck? Check { get; init; }

    /// <summary>The view that the statement names when the rows are those of its base table.</summary>
    public ModuleDefinition? Through { get; init; }

    public StoreUse Store => Shape.Storage switch
    {
        TableStorageKind.Durable => StoreUse.Durable,
        TableStorageKind.Temporary => StoreUse.Temporary,
        _ => StoreUse.Variable,
    };

    /// <summary>The table to write in this frame.</summary>
    public TableDefinition In(Frame frame) => Variable is null ? Shape : frame.Variables.Tables[Variable.Slot]!;

    /// <summary>Finds the target of INSERT, or of UPDATE/DELETE/MERGE/OUTPUT INTO when its name is no alias. Errors 208 and 1087.</summary>
    public static DmlTarget Resolve(UnitCompiler compiler, TableSource source) => source switch
    {
        VariableTableSource v => ResolveVariable(compiler, v.Name),
        NamedTableSource n => ResolveName(compiler, n.Name),
        _ => throw SqlErrors.NotSupported(source.GetType().Name),
    };

    private static DmlTarget ResolveVariable(UnitCompiler compiler, string name)
    {
        VariableInfo? variable = compiler.Context.Variables.Find(name);
        if (variable?.Table is null)
        {
            throw SqlErrors.Create(1087, name);
        }

        if (compiler.IsReadOnly(variable))
        {
            throw SqlErrors.Create(10700, name);
        }

        return new DmlTarget(variable.Table, variable, null);
    }

    private static DmlTarget ResolveName(UnitCompiler compiler, ObjectName name)
    {
        if (TemporaryNames.IsLocal(name.Name))
        {
            return new DmlTarget(compiler.FindTemporary(name.Name) ?? throw SqlErrors.CreateWithState(208, 0, name), null, null);
        }

        switch (compiler.FindObject(name))
        {
            case TableDefinition table:
                return new DmlTarget(table, null, null);
            case ModuleDefinition { Type: ObjectTypes.View } view:
                return new DmlTarget(TriggerTables.ShapeFor(view), null, view);
            default:
                if (name.Schema is not null && SystemViews.Find(name.Schema, name.Name) is not null)
                {
                    throw SqlErrors.Create(259);
                }

                throw SqlErrors.Create(208, name);
        }
    }
}
