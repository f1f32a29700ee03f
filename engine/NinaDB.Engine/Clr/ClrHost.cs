using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Clr;

/// <summary>Runs the methods behind EXTERNAL NAME modules: assemblies of the catalog, loaded into collectible contexts.</summary>
internal static class ClrHost
{
    /// <summary>Calls a CLR scalar function; arguments have the types of the module's parameters.</summary>
    public static SqlValue InvokeScalar(ModuleDefinition module, ReadOnlySpan<SqlValue> arguments, ExecutionContext context) =>
        throw SqlErrors.NotSupported("EXTERNAL NAME");

    /// <summary>Calls a CLR table-valued function; rows have the module's columns and come as the method's enumerator yields them.</summary>
    public static IEnumerable<SqlValue[]> InvokeTable(ModuleDefinition module, SqlValue[] arguments, ExecutionContext context) =>
        throw SqlErrors.NotSupported("EXTERNAL NAME");

    /// <summary>Calls a CLR procedure and returns its return code; values of OUTPUT parameters are written back into <paramref name="arguments"/>.</summary>
    public static int InvokeProcedure(ModuleDefinition module, SqlValue[] arguments, ExecutionContext context) =>
        throw SqlErrors.NotSupported("EXTERNAL NAME");
}
