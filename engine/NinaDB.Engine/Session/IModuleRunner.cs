using NinaDB.Engine.Catalog;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Session;

/// <summary>Runs modules that a query calls: scalar functions and multi-statement or CLR table-valued functions, T-SQL and CLR alike.</summary>
internal interface IModuleRunner
{
    /// <summary>Calls a scalar function. A null argument asks for the parameter's default. Nesting beyond 32 is error 217.</summary>
    SqlValue InvokeScalar(ModuleDefinition function, IReadOnlyList<SqlValue?> arguments, ExecutionContext caller);

    /// <summary>Calls a multi-statement or CLR table-valued function; rows have the module's <see cref="ModuleDefinition.Columns"/>. Streams where it can.</summary>
    IEnumerable<SqlValue[]> InvokeTable(ModuleDefinition function, IReadOnlyList<SqlValue?> arguments, ExecutionContext caller);

    /// <summary>NEXT VALUE FOR: takes the sequence's next value, outside the transaction. Exhaustion is error 11728.</summary>
    SqlValue NextSequenceValue(SequenceDefinition sequence, ExecutionContext caller);
}
