using System.Collections;
using System.Linq.Expressions;
using System.Reflection;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;
using Expression = System.Linq.Expressions.Expression;

namespace NinaDB.Engine.Clr;

/// <summary>A module bound to its method: argument and result conversions are compiled into one delegate, so a call costs little more than the method itself.</summary>
internal sealed class ClrRoutine
{
    private static readonly MethodInfo GetEnumeratorMethod = typeof(IEnumerable).GetMethod(nameof(IEnumerable.GetEnumerator))!;

    private ClrRoutine(AssemblyDefinition assembly, MethodInfo method)
    {
        AssemblyDefinition = assembly;
        Method = method;
    }

    /// <summary>The definition it was bound to: after ALTER ASSEMBLY the module must be bound again.</summary>
    public AssemblyDefinition AssemblyDefinition { get; }

    public MethodInfo Method { get; }

    /// <summary>Scalar function.</summary>
    public Func<SqlValue[], SqlValue>? Scalar { get; private init; }

    /// <summary>Table-valued function: starts the enumeration.</summary>
    public Func<SqlValue[], IEnumerator?>? Enumerate { get; private init; }

    /// <summary>Table-valued function: makes a row of what the enumerator yields.</summary>
    public Func<object?, SqlValue[]>? FillRow { get; private init; }

    /// <summary>Procedure: returns the return code and writes OUTPUT parameters back into the array.</summary>
    public Func<SqlValue[], int>? Procedure { get; private init; }

    /// <summary>Finds and checks the method. Errors 6528, 6505, 6506, 6572, 6573, 6550, 6551, 6552, 6567, 6580.</summary>
    public static ClrRoutine Bind(ModuleDefinition module, CatalogSnapshot catalog, Func<AssemblyDefinition, Assembly> load)
    {
        (string assemblyName, string className, string methodName) = module.External!;
        if (!catalog.Assemblies.TryGetValue(assemblyName, out AssemblyDefinition? definition))
        {
            throw SqlErrors.Create(6528, assemblyName, catalog.DatabaseName);
        }

        Type type = load(definition).GetType(className, throwOnError: false) ?? throw SqlErrors.CreateWithState(6505, 2, className, assemblyName);
        MethodInfo[] candidates = [.. type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(m => m.Name == methodName)];
        MethodInfo method = candidates.Length switch
        {
            0 => throw SqlErrors.Create(6506, methodName, className, assemblyName),
            1 => candidates[0],
            _ => throw SqlErrors.Create(6572, methodName, className, assemblyName),
        };
        if (!method.IsStatic)
        {
            throw SqlErrors.Create(6573, methodName, className, assemblyName);
        }

        return module.Type switch
        {
            ObjectTypes.ClrScalarFunction => BindScalar(module, definition, method),
            ObjectTypes.ClrTableFunction => BindTable(module, definition, method),
            ObjectTypes.Trigger => BindTrigger(module, definition, method),
            _ => BindProcedure(module, definition, method),
        };
    }

    private static ClrRoutine BindScalar(ModuleDefinition module, AssemblyDefinition definition, MethodInfo method)
    {
        const string Statement = "CREATE FUNCTION";
        if (!ClrConvert.IsCompatible(module.ReturnType!, method.ReturnType))
        {
            throw SqlErrors.CreateWithState(6551, 2, Statement, module.Name);
        }

        ParameterExpression arguments = Expression.Parameter(typeof(SqlValue[]), "arguments");
        Expression call = Expression.Call(method, InArguments(module, method, arguments, Statement));
        Expression result = ClrConvert.To(method.ReturnType, call, module.ReturnType!);
        return new ClrRoutine(definition, method) { Scalar = Expression.Lambda<Func<SqlValue[], SqlValue>>(result, arguments).Compile() };
    }

    private static ClrRoutine BindTable(ModuleDefinition module, AssemblyDefinition definition, MethodInfo method)
    {
        const string Statement = "CREATE FUNCTION";
        bool isEnumerable = typeof(IEnumerable).IsAssignableFrom(method.ReturnType);
        if (!isEnumerable && !typeof(IEnumerator).IsAssignableFrom(method.ReturnType))
        {
            throw SqlErrors.CreateWithState(6551, 2, Statement, module.Name);
        }

        ParameterExpression arguments = Expression.Parameter(typeof(SqlValue[]), "arguments");
        Expression call = Expression.Call(method, InArguments(module, method, arguments, Statement));
        ParameterExpression source = Expression.Variable(method.ReturnType, "source");
        Expression enumerator = isEnumerable ? Expression.Call(Expression.Convert(source, typeof(IEnumerable)), GetEnumeratorMethod) : source;
        Expression body = Expression.Block(
            [source],
            Expression.Assign(source, call),
            Expression.Condition(
                Expression.ReferenceEqual(Expression.Convert(source, typeof(object)), Expression.Constant(null)),
                Expression.Constant(null, typeof(IEnumerator)),
                Expression.Convert(enumerator, typeof(IEnumerator))));
        return new ClrRoutine(definition, method)
        {
            Enumerate = Expression.Lambda<Func<SqlValue[], IEnumerator?>>(body, arguments).Compile(),
            FillRow = CompileFillRow(module, method),
        };
    }

    /// <summary>
    /// The FillRow method named by SqlFunctionAttribute: (object, out column, ...). The attribute is known by its full name only, because each assembly
    /// brings its own definition of it where .NET has none.
    /// </summary>
    private static Func<object?, SqlValue[]> CompileFillRow(ModuleDefinition module, MethodInfo method)
    {
        string name = ClrAttributes.Named<string?>(ClrAttributes.Find(method, ClrAttributes.Function), "FillRowMethodName", null) ?? throw SqlErrors.Create(10306);
        (string assembly, string type, _) = module.External!;
        MethodInfo fill = method.DeclaringType!.GetMethod(name, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static) ?? throw SqlErrors.Create(6506, name, type, assembly);
        ParameterInfo[] parameters = fill.GetParameters();
        if (parameters.Length != module.Columns.Length + 1)
        {
            throw SqlErrors.Create(6208);
        }

        if (parameters[0].ParameterType != typeof(object))
        {
            throw SqlErrors.Create(6591, "CREATE FUNCTION", module.Name, name);
        }

        ParameterExpression item = Expression.Parameter(typeof(object), "item");
        var locals = new ParameterExpression[module.Columns.Length];
        var cells = new Expression[locals.Length];
        for (int i = 0; i < locals.Length; i++)
        {
            Type clr = parameters[i + 1].ParameterType;
            if (!clr.IsByRef || !ClrConvert.IsCompatible(module.Columns[i].Type, clr.GetElementType()!))
            {
                throw SqlErrors.Create(6258, module.Name, i + 1);
            }

            locals[i] = Expression.Variable(clr.GetElementType()!, parameters[i + 1].Name);
            cells[i] = ClrConvert.To(locals[i].Type, locals[i], module.Columns[i].Type);
        }

        Expression body = Expression.Block(locals, Expression.Call(fill, [item, .. locals]), Expression.NewArrayInit(typeof(SqlValue), cells));
        return Expression.Lambda<Func<object?, SqlValue[]>>(body, item).Compile();
    }

    private static ClrRoutine BindProcedure(ModuleDefinition module, AssemblyDefinition definition, MethodInfo method)
    {
        const string Statement = "CREATE PROCEDURE";
        ParameterInfo[] parameters = method.GetParameters();
        if (parameters.Length != module.Parameters.Length)
        {
            throw SqlErrors.CreateWithState(6550, 2, Statement);
        }

        ParameterExpression arguments = Expression.Parameter(typeof(SqlValue[]), "arguments");
        var locals = new List<ParameterExpression>();
        var steps = new List<Expression>();
        var after = new List<Expression>();
        var values = new Expression[parameters.Length];
        for (int i = 0; i < parameters.Length; i++)
        {
            ParameterDefinition declared = module.Parameters[i];
            Type clr = parameters[i].ParameterType;
            if (clr.IsByRef != declared.IsOutput)
            {
                throw SqlErrors.CreateAfter(SqlErrors.Create(6580, i + 1), 6552, Statement, module.Name, declared.Name);
            }

            Type element = clr.IsByRef ? clr.GetElementType()! : clr;
            if (!ClrConvert.IsCompatible(declared.Type, element))
            {
                throw SqlErrors.CreateWithState(6552, 3, Statement, module.Name, declared.Name);
            }

            Expression cell = Expression.ArrayIndex(arguments, Expression.Constant(i));
            if (!clr.IsByRef)
            {
                values[i] = ClrConvert.From(element, cell);
                continue;
            }

            ParameterExpression local = Expression.Variable(element, parameters[i].Name);
            locals.Add(local);
            if (!parameters[i].IsOut)
            {
                steps.Add(Expression.Assign(local, ClrConvert.From(element, cell)));
            }

            values[i] = local;
            after.Add(Expression.Assign(
                Expression.ArrayAccess(arguments, Expression.Constant(i)), ClrConvert.To(element, local, declared.Type)));
        }

        Expression call = Expression.Call(method, values);
        Type returned = method.ReturnType;
        if (returned == typeof(void))
        {
            steps.Add(call);
            steps.AddRange(after);
            steps.Add(Expression.Constant(0));
        }
        else if (returned == typeof(int) || returned == typeof(int?) || returned == typeof(System.Data.SqlTypes.SqlInt32))
        {
            ParameterExpression code = Expression.Variable(typeof(SqlValue), "code");
            locals.Add(code);
            steps.Add(Expression.Assign(code, ClrConvert.To(returned, call, SqlType.Int)));
            steps.AddRange(after);
            steps.Add(Expression.Property(code, nameof(SqlValue.AsInt32)));
        }
        else
        {
            throw SqlErrors.CreateWithState(6567, 2, Statement);
        }

        return new ClrRoutine(definition, method)
        {
            Procedure = Expression.Lambda<Func<SqlValue[], int>>(Expression.Block(locals, steps), arguments).Compile(),
        };
    }

    private static ClrRoutine BindTrigger(ModuleDefinition module, AssemblyDefinition definition, MethodInfo method)
    {
        (string assembly, string type, string name) = module.External!;
        if (method.ReturnType != typeof(void))
        {
            throw SqlErrors.CreateWithState(6500, 0, name, type, assembly, method.ReturnType.FullName);
        }

        if (method.GetParameters().Length > 0)
        {
            throw SqlErrors.Create(6531, "CREATE TRIGGER", name, type, assembly);
        }

        Expression body = Expression.Block(Expression.Call(method), Expression.Constant(0));
        return new ClrRoutine(definition, method) { Procedure = Expression.Lambda<Func<SqlValue[], int>>(body, Expression.Parameter(typeof(SqlValue[]), "arguments")).Compile() };
    }

    private static Expression[] InArguments(ModuleDefinition module, MethodInfo method, ParameterExpression arguments, string statement)
    {
        ParameterInfo[] parameters = method.GetParameters();
        if (parameters.Length != module.Parameters.Length)
        {
            throw SqlErrors.CreateWithState(6550, 2, statement);
        }

        var values = new Expression[parameters.Length];
        for (int i = 0; i < parameters.Length; i++)
        {
            if (!ClrConvert.IsCompatible(module.Parameters[i].Type, parameters[i].ParameterType))
            {
                throw SqlErrors.CreateWithState(6552, 3, statement, module.Name, module.Parameters[i].Name);
            }

            values[i] = ClrConvert.From(parameters[i].ParameterType, Expression.ArrayIndex(arguments, Expression.Constant(i)));
        }

        return values;
    }
}
