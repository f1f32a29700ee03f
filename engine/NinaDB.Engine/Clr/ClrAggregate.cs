using System.Linq.Expressions;
using System.Reflection;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;
using Expression = System.Linq.Expressions.Expression;

namespace NinaDB.Engine.Clr;

/// <summary>
/// A user-defined aggregate bound to its class: https://learn.microsoft.com/sql/relational-databases/clr-integration-database-objects-user-defined-functions/clr-user-defined-aggregates-requirements.
/// The methods are compiled with their conversions; states are instances of the class, boxed if it is a structure.
/// </summary>
internal sealed class ClrAggregate
{
    private const string Statement = "CREATE AGGREGATE", Specification = "UDAGG";
    private const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public;

    private readonly Func<object> _create;
    private readonly Action<object> _init;
    private readonly Action<object, SqlValue[]> _accumulate;
    private readonly Func<object, SqlValue> _terminate;
    private readonly ClrSerializer? _passage;

    private ClrAggregate(AssemblyDefinition definition, Type type, CustomAttributeData attribute, ClrSerializer serializer, MethodInfo init, Action<object, SqlValue[]> accumulate, Func<object, SqlValue> terminate)
    {
        AssemblyDefinition = definition;
        Type = type;
        IsInvariantToNulls = ClrAttributes.Named(attribute, "IsInvariantToNulls", false);
        IsNullIfEmpty = ClrAttributes.Named(attribute, "IsNullIfEmpty", false);
        _create = ClrSerializer.Constructor(type);
        ParameterExpression state = Expression.Parameter(typeof(object), "state");
        _init = Expression.Lambda<Action<object>>(Expression.Call(ClrSerializer.Target(state, type), init), state).Compile();
        _accumulate = accumulate;
        _terminate = terminate;
        _passage = ClrAttributes.FormatOf(attribute) == ClrFormat.UserDefined ? serializer : null;
    }

    public AssemblyDefinition AssemblyDefinition { get; }

    public Type Type { get; }

    /// <summary>NULLs make no difference to the result: what PIVOT asks for.</summary>
    public bool IsInvariantToNulls { get; }

    /// <summary>The aggregate of no rows is NULL without asking the class.</summary>
    public bool IsNullIfEmpty { get; }

    /// <summary>Finds and checks the class. Errors 6528, 6556, 6255, 6225, 6226, 6244, 6558 and 6552.</summary>
    public static ClrAggregate Bind(ModuleDefinition module, CatalogSnapshot catalog, Func<AssemblyDefinition, Assembly> load)
    {
        (string assemblyName, string className, _) = module.External!;
        if (!catalog.Assemblies.TryGetValue(assemblyName, out AssemblyDefinition? definition))
        {
            throw SqlErrors.Create(6528, assemblyName, catalog.DatabaseName);
        }

        Type type = load(definition).GetType(className, throwOnError: false) ?? throw Failed(SqlErrors.Create(6556, Statement, className, assemblyName));
        CustomAttributeData attribute = ClrAttributes.Find(type, ClrAttributes.UserDefinedAggregate)
            ?? throw SqlErrors.Create(6255, Statement, className, Specification, ClrAttributes.UserDefinedAggregate);
        ClrSerializer serializer = ClrSerializer.Of(type, attribute, definition.Name, requiresLayout: false);
        MethodInfo init = Require(className, "Init", type.GetMethod("Init", Members, System.Type.EmptyTypes), m => m.ReturnType == typeof(void));
        MethodInfo accumulate = Require(
            className, "Accumulate", type.GetMethods(Members).FirstOrDefault(m => m.Name == "Accumulate" && m.GetParameters().Length == module.Parameters.Length), m => m.ReturnType == typeof(void));
        Require(className, "Merge", type.GetMethod("Merge", Members, [type]), m => m.ReturnType == typeof(void));
        MethodInfo terminate = Require(className, "Terminate", type.GetMethod("Terminate", Members, System.Type.EmptyTypes), m => ClrConvert.IsCompatible(module.ReturnType!, m.ReturnType));
        return new ClrAggregate(definition, type, attribute, serializer, init, Accumulator(module, type, accumulate), Terminator(module, type, terminate));
    }

    /// <summary>An instance for a new group.</summary>
    public object Start()
    {
        object state = _create();
        _init(state);
        return state;
    }

    public void Accumulate(object state, SqlValue[] arguments) => _accumulate(state, arguments);

    /// <summary>The result of a group. A state of Format.UserDefined goes through its bytes first, as on the server: what Write leaves out is gone.</summary>
    public SqlValue Finish(object state) => _terminate(_passage is null ? state : _passage.Read(_passage.Write(state)));

    private static Action<object, SqlValue[]> Accumulator(ModuleDefinition module, Type type, MethodInfo method)
    {
        ParameterExpression state = Expression.Parameter(typeof(object), "state"), arguments = Expression.Parameter(typeof(SqlValue[]), "arguments");
        ParameterInfo[] parameters = method.GetParameters();
        var values = new Expression[parameters.Length];
        for (int i = 0; i < values.Length; i++)
        {
            ParameterDefinition declared = module.Parameters[i];
            if (!ClrConvert.IsCompatible(declared.Type, parameters[i].ParameterType))
            {
                throw SqlErrors.CreateWithState(6552, 3, "CREATE", module.Name, declared.Name);
            }

            values[i] = ClrConvert.From(parameters[i].ParameterType, Expression.ArrayIndex(arguments, Expression.Constant(i)));
        }

        return Expression.Lambda<Action<object, SqlValue[]>>(Expression.Call(ClrSerializer.Target(state, type), method, values), state, arguments).Compile();
    }

    private static Func<object, SqlValue> Terminator(ModuleDefinition module, Type type, MethodInfo method)
    {
        ParameterExpression state = Expression.Parameter(typeof(object), "state");
        Expression result = ClrConvert.To(method.ReturnType, Expression.Call(ClrSerializer.Target(state, type), method), module.ReturnType!);
        return Expression.Lambda<Func<object, SqlValue>>(result, state).Compile();
    }

    private static MethodInfo Require(string className, string name, MethodInfo? method, Func<MethodInfo, bool> conforms) =>
        method is not null && conforms(method) ? method : throw Failed(SqlErrors.Create(6558, Statement, className, Specification, name));

    private static SqlErrorException Failed(SqlErrorException reason) => SqlErrors.CreationFailed(reason, "AGGREGATE", 2);
}
