using System.Collections;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Clr;

/// <summary>
/// Runs the methods behind EXTERNAL NAME modules. Assemblies and bound methods are cached against their catalog definitions, so they go when those go.
/// </summary>
internal static partial class ClrHost
{
    private static readonly ConditionalWeakTable<AssemblyDefinition, LoadedAssembly> Assemblies = [];
    private static readonly ConditionalWeakTable<ModuleDefinition, BoundModule> Modules = [];

    /// <summary>A routine and the last catalog version for which it is known to fit.</summary>
    private sealed class BoundModule(ClrRoutine routine, long version)
    {
        public ClrRoutine Routine { get; } = routine;

        public long Version { get; set; } = version;
    }

    /// <summary>Binds a module to its method, so that CREATE fails where a call would (errors 6505 to 6580).</summary>
    public static void Validate(ModuleDefinition module, CatalogSnapshot catalog)
    {
        if (module.Type == ObjectTypes.ClrAggregate)
        {
            ClrAggregate.Bind(module, catalog, a => Load(a, catalog));
            return;
        }

        ClrRoutine.Bind(module, catalog, a => Load(a, catalog));
    }

    private static Type FindType(ClrTypeName name, CatalogSnapshot catalog)
    {
        if (!catalog.Assemblies.TryGetValue(name.Assembly, out AssemblyDefinition? definition))
        {
            throw SqlErrors.Create(6528, name.Assembly, catalog.DatabaseName);
        }

        return Load(definition, catalog).GetType(name.Class, throwOnError: false) ?? throw SqlErrors.CreateWithState(6505, 2, name.Class, name.Assembly);
    }

    /// <summary>Calls a CLR scalar function; arguments have the types of the module's parameters.</summary>
    public static SqlValue InvokeScalar(ModuleDefinition module, SqlValue[] arguments, ExecutionContext context)
    {
        ClrRoutine routine = Find(module, context.Session.CatalogOf(module));
        if (module.ReturnsNullOnNullInput && Array.Exists(arguments, a => a.IsNull))
        {
            return SqlValue.Null;
        }

        using ClrContext.Scope scope = ClrContext.Enter(context.Session);
        try
        {
            return routine.Scalar!(arguments);
        }
        catch (Exception error) when (error is not SqlErrorException)
        {
            throw Wrap(error, module, routine, 6522, 2);
        }
    }

    /// <summary>Calls a CLR table-valued function; rows have the module's columns and come as the method's enumerator yields them.</summary>
    public static IEnumerable<SqlValue[]> InvokeTable(ModuleDefinition module, SqlValue[] arguments, ExecutionContext context)
    {
        ClrRoutine routine = Find(module, context.Session.CatalogOf(module));
        return Rows(module, routine, arguments, context);
    }

    /// <summary>Calls a CLR procedure and returns its return code; values of OUTPUT parameters are written back into <paramref name="arguments"/>.</summary>
    public static int InvokeProcedure(ModuleDefinition module, SqlValue[] arguments, ExecutionContext context)
    {
        ClrRoutine routine = Find(module, context.Session.CatalogOf(module));
        using ClrContext.Scope scope = ClrContext.Enter(context.Session);
        try
        {
            return routine.Procedure!(arguments);
        }
        catch (Exception error) when (error is not SqlErrorException)
        {
            throw Wrap(error, module, routine, 6522, 1);
        }
    }

    /// <summary>Runs a CLR trigger for the statement that the session says has fired it.</summary>
    public static void InvokeTrigger(ModuleDefinition module, ExecutionContext context, Execution.Statements.Frame frame)
    {
        Session.EngineSession session = context.Session;
        ClrRoutine routine = Find(module, session.CatalogOf(module));
        using ClrContext.Scope scope = ClrContext.Enter(session, (new ClrTriggerContext(session.Trigger!, module.ParentObjectId == 0 ? session.EventData : null), frame));
        try
        {
            routine.Procedure!([]);
        }
        catch (Exception error) when (error is not SqlErrorException)
        {
            throw Wrap(error, module, routine, 6522, 1);
        }
    }

    private static IEnumerable<SqlValue[]> Rows(ModuleDefinition module, ClrRoutine routine, SqlValue[] arguments, ExecutionContext context)
    {
        IEnumerator? items;
        try
        {
            items = routine.Enumerate!(arguments);
        }
        catch (Exception error) when (error is not SqlErrorException)
        {
            throw Wrap(error, module, routine, 6522, 2);
        }

        if (items is null)
        {
            yield break;
        }

        StreamOrder? order = StreamOrder.Of(module);
        try
        {
            while (true)
            {
                context.ThrowIfCancelled();
                SqlValue[] row;
                try
                {
                    if (!items.MoveNext())
                    {
                        yield break;
                    }

                    row = routine.FillRow!(items.Current);
                }
                catch (Exception error) when (error is not SqlErrorException)
                {
                    throw Wrap(error, module, routine, 6260, 1);
                }

                order?.Check(row);
                yield return row;
            }
        }
        finally
        {
            (items as IDisposable)?.Dispose();
        }
    }

    /// <summary>The bound routine; error 6263 unless clr enabled is on.</summary>
    private static ClrRoutine Find(ModuleDefinition module, CatalogSnapshot catalog)
    {
        if (Modules.TryGetValue(module, out BoundModule? bound))
        {
            if (bound.Version == catalog.Version)
            {
                return bound.Routine;
            }
        }

        if (catalog.ConfigurationInUse("clr enabled", 0) == 0)
        {
            throw SqlErrors.Create(6263);
        }

        if (bound is not null && catalog.Assemblies.TryGetValue(module.External!.Assembly, out AssemblyDefinition? current) && ReferenceEquals(current, bound.Routine.AssemblyDefinition))
        {
            bound.Version = catalog.Version;
            return bound.Routine;
        }

        ClrRoutine routine = ClrRoutine.Bind(module, catalog, a => Load(a, catalog));
        Modules.AddOrUpdate(module, new BoundModule(routine, catalog.Version));
        return routine;
    }

    private static Assembly Load(AssemblyDefinition definition, CatalogSnapshot catalog)
    {
        lock (Assemblies)
        {
            if (!Assemblies.TryGetValue(definition, out LoadedAssembly? loaded))
            {
                Assemblies.Add(definition, loaded = new LoadedAssembly(definition, catalog.Assemblies));
            }

            return loaded.Assembly;
        }
    }

    /// <summary>Error 6522 (or 6260 from FillRow) with the exception written as SQL Server's host writes it. Cancellation passes through.</summary>
    private static Exception Wrap(Exception error, ModuleDefinition module, ClrRoutine routine, int number, byte state) =>
        Wrap(error, module.Name, routine.Method.DeclaringType!.Assembly, number, state);

    private static Exception Wrap(Exception error, string name, Assembly assembly, int number, byte state)
    {
        if (error is OperationCanceledException)
        {
            return error;
        }

        string report = Report(error, assembly);
        SqlError message = number == 6522
            ? SqlErrors.CreateWithState(6522, state, name, report).Error
            : SqlErrors.CreateWithState(6260, state, report).Error;
        return new SqlErrorException(message, error);
    }

    /// <summary>type: message, then the type alone with the frames that the routine's author can see.</summary>
    private static string Report(Exception error, Assembly assembly)
    {
        string type = error is ClrTruncationException ? "System.Data.SqlServer.TruncationException" : error.GetType().FullName!;
        var text = new StringBuilder(type).Append(": ");
        text.Append(error.Message).Append("\r\n").Append(type).Append(": \r\n");
        foreach (StackFrame frame in new StackTrace(error, fNeedFileInfo: false).GetFrames())
        {
            if (frame.GetMethod() is { } method && method.DeclaringType is { } declaring && declaring.Assembly == assembly)
            {
                text.Append("   at ").Append(declaring.FullName).Append('.').Append(method.Name).Append('(')
                    .AppendJoin(", ", method.GetParameters().Select(p => $"{p.ParameterType.Name} {p.Name}")).Append(")\r\n");
            }
        }

        return text.ToString();
    }
}
