using System.Runtime.CompilerServices;
using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Functions;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Expressions;

/// <summary>
/// Compiles bound expressions to closures over the execution context. Closures hold no state of a run, so plans can be shared; the hot shapes
/// (columns, constants and variables of fixed-size types) have closures of their own that call no other delegate.
/// </summary>
/// <param name="planner">Plans subqueries; null where none can occur (constraints, constant folding).</param>
internal sealed partial class ExpressionCompiler(IQueryPlanner? planner)
{
    /// <summary>From this many links on, a chain of operators is evaluated in a loop instead of by nested calls.</summary>
    private const int LongChain = 16;

    private readonly IQueryPlanner? _planner = planner;

    public Evaluator Compile(BoundExpression expression) => _absorbsErrors || _refusesRounding ? UnderOptions(expression, CompileNode(expression)) : CompileNode(expression);

    private Evaluator CompileNode(BoundExpression expression)
    {
        EnsureStack();
        switch (expression)
        {
            case BoundConstant n:
                SqlValue constant = n.Value;
                return _ => constant;
            case BoundColumn n:
                int register = n.Register;
                return context => context.Registers[register];
            case BoundVariable { Type.Id: SqlTypeId.Table } n:
                int tableSlot = n.Slot;
                return context => SqlValue.FromTable(context.Variables.Tables[tableSlot]!);
            case BoundVariable n:
                int slot = n.Slot;
                return context => context.Variables.Values[slot];
            case BoundBinary n:
                return SpineLength(n) >= LongChain ? CompileChain(n) : CompileBinary(n);
            case BoundConvert n:
                return SpineLength(n) >= LongChain ? CompileChain(n) : CompileConvert(n);
            case BoundUnary n:
                return CompileUnary(n);
            case BoundCollate n:
                return Compile(n.Operand);
            case BoundCase n:
                return CompileCase(n);
            case BoundCoalesce n:
                return CompileCoalesce(n);
            case BoundFunctionCall n:
                return (n.Arguments.Count > 0 && IsStable(n)) || IsRandom(n) ? OnceAnExecution(n, CompileCall(n)) : CompileCall(n);
            case BoundUserFunction n:
                return CompileUserFunction(n);
            case BoundScalarSubquery n:
                return CompileScalarSubquery(n);
            case BoundNextValue n:
                Catalog.SequenceDefinition sequence = n.Sequence;
                return context => context.Session.Modules.NextSequenceValue(sequence, context);
            default:
                throw SqlErrors.NotSupported(expression.GetType().Name);
        }
    }

    /// <summary>Whether a call over constants has one value for a whole statement: DATEADD(day, -7, GETDATE()), but not NEWID() or anything with variables.</summary>
    private static bool IsStable(BoundFunctionCall call) => BoundTree.Visit(call, static node => node switch
    {
        BoundFunctionCall n => n.IsDeterministic || n.Name is "GETDATE" or "GETUTCDATE" or "SYSDATETIME" or "SYSUTCDATETIME" or "SYSDATETIMEOFFSET" or "CURRENT_TIMESTAMP" or "CURRENT_DATE",
        BoundConstant or BoundConvert or BoundBinary or BoundUnary or BoundCollate => true,
        _ => false,
    });

    /// <summary>RAND() gives one number for a whole statement (unlike NEWID()), unless its seed differs from row to row.</summary>
    private static bool IsRandom(BoundFunctionCall call) => call.Name == "RAND" && call.Arguments.All(a => a is BoundConstant);

    private static Evaluator OnceAnExecution(object key, Evaluator evaluate) => context =>
    {
        if (context.FindCached(key) is SqlValue cached)
        {
            return cached;
        }

        SqlValue value = evaluate(context);
        context.Cache(key, value);
        return value;
    };

    private static void EnsureStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw SqlErrors.Create(8631);
        }
    }

    private static int SpineLength(BoundExpression expression)
    {
        int length = 0;
        while (Below(expression) is { } below)
        {
            length++;
            expression = below;
        }

        return length;
    }

    /// <summary>The next node down the left spine, or null at its foot.</summary>
    private static BoundExpression? Below(BoundExpression expression) => expression switch
    {
        BoundBinary binary => binary.Left,
        BoundConvert { Style: null } convert => convert.Operand,
        _ => null,
    };

    private Evaluator CompileChain(BoundExpression top)
    {
        var spine = new Stack<BoundExpression>();
        BoundExpression current = top;
        while (Below(current) is { } below)
        {
            spine.Push(current);
            current = below;
        }

        Evaluator foot = Compile(current);
        var steps = new List<Func<SqlValue, ExecutionContext, SqlValue>>(spine.Count);
        while (spine.TryPop(out BoundExpression? node))
        {
            if (node is BoundBinary binary)
            {
                Evaluator right = Compile(binary.Right);
                Func<SqlValue, SqlValue, SqlValue> apply = SqlOperators.Get(binary.Operator, binary.Type);
                steps.Add((value, context) => apply(value, right(context)));
            }
            else if (Converter((BoundConvert)node, null) is { } convert)
            {
                steps.Add(convert);
            }
        }

        Func<SqlValue, ExecutionContext, SqlValue>[] all = [.. steps];
        return context =>
        {
            SqlValue value = foot(context);
            foreach (Func<SqlValue, ExecutionContext, SqlValue> step in all)
            {
                value = step(value, context);
            }

            return value;
        };
    }

    private Evaluator CompileBinary(BoundBinary node)
    {
        if (IsIntegerOperator(node))
        {
            SqlTypeId kind = node.Type.Id;
            IntegerEvaluator compute = CompileIntegerOperator(node);
            return context => compute(context, out long value) ? SqlValue.FromInteger(kind, value) : default;
        }

        Func<SqlValue, SqlValue, SqlValue> apply = SqlOperators.Get(node.Operator, node.Type);
        Evaluator left = Compile(node.Left);
        Evaluator right = Compile(node.Right);
        if (node.Type.Id == SqlTypeId.Float && node.Left.Type.Id == SqlTypeId.Float && node.Right.Type.Id == SqlTypeId.Float
            && node.Operator is BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply)
        {
            return CompileFloatArithmetic(node.Operator, left, right, apply);
        }

        return context => apply(left(context), right(context));
    }

    private static Evaluator CompileFloatArithmetic(BinaryOperator op, Evaluator left, Evaluator right, Func<SqlValue, SqlValue, SqlValue> apply) => context =>
    {
        SqlValue a = left(context), b = right(context);
        if (a.IsNull || b.IsNull)
        {
            return default;
        }

        double x = a.AsDouble, y = b.AsDouble;
        double result = op switch { BinaryOperator.Add => x + y, BinaryOperator.Subtract => x - y, _ => x * y };
        return double.IsFinite(result) ? SqlValue.FromFloat(result) : apply(a, b);
    };

    private Evaluator CompileUnary(BoundUnary node)
    {
        Func<SqlValue, SqlValue> apply = SqlOperators.Get(node.Operator, node.Type);
        Evaluator operand = Compile(node.Operand);
        return context =>
        {
            SqlValue value = operand(context);
            return value.IsNull ? value : apply(value);
        };
    }

    private Evaluator CompileConvert(BoundConvert node)
    {
        if (node is { Style: null, IsTry: false } && IsWidening(node.Operand.Type, node.Type))
        {
            SqlTypeId kind = node.Type.Id;
            IntegerEvaluator widened = CompileInteger(node.Operand);
            return context => widened(context, out long value) ? SqlValue.FromInteger(kind, value) : default;
        }

        Evaluator operand = Compile(node.Operand);
        Evaluator? style = node.Style is null or BoundConstant ? null : Compile(node.Style);
        if (Converter(node, style) is not { } convert)
        {
            return operand;
        }

        if (node.Operand is BoundConstant && style is null)
        {
            // Left unfolded because it depends on the session (or fails): once an execution is enough.
            return OnceAnExecution(node, context => convert(operand(context), context));
        }

        return context => convert(operand(context), context);
    }

    /// <summary>The conversion of a node as a step, or null when values stay as they are.</summary>
    private static Func<SqlValue, ExecutionContext, SqlValue>? Converter(BoundConvert node, Evaluator? style)
    {
        SqlType from = node.Operand.Type, to = node.Type;
        if (style is not null)
        {
            bool isTry = node.IsTry;
            return (value, context) =>
            {
                SqlValue chosen = style(context);
                return value.IsNull || chosen.IsNull ? SqlValue.Null
                    : isTry ? SqlConvert.TryConvert(value, from, to, chosen.AsInt32, context.Session.Options)
                    : SqlConvert.Convert(value, from, to, chosen.AsInt32, context.Session.Options);
            };
        }

        int? fixedStyle = null;
        if (node.Style is BoundConstant constant)
        {
            if (constant.Value.IsNull)
            {
                return (_, _) => SqlValue.Null;
            }

            fixedStyle = constant.Value.AsInt32;
        }

        if (SqlConvert.GetConverter(from, to, fixedStyle) is not { } convert)
        {
            return null;
        }

        if (node.IsTry)
        {
            return (value, context) => value.IsNull ? value : SqlConvert.TryConvert(value, from, to, fixedStyle, context.Session.Options);
        }

        // Reading and writing dates depends on SET DATEFORMAT and language.
        bool dependsOnSession = (from.IsDateOrTime || to.IsDateOrTime) && (from.IsString || to.IsString) || from.Id == SqlTypeId.SqlVariant;
        return dependsOnSession
            ? (value, context) => value.IsNull ? value : SqlConvert.Convert(value, from, to, fixedStyle, context.Session.Options)
            : (value, _) => value.IsNull ? value : convert(value);
    }

    private Evaluator CompileCase(BoundCase node)
    {
        PredicateEvaluator[] conditions = [.. node.Whens.Select(w => Compile(w.Condition))];
        Evaluator[] results = [.. node.Whens.Select(w => Compile(w.Result))];
        Evaluator? otherwise = node.Else is null ? null : Compile(node.Else);
        if (conditions.Length == 1)
        {
            PredicateEvaluator condition = conditions[0];
            Evaluator result = results[0];
            return otherwise is null
                ? context => condition(context) == Truth.True ? result(context) : default
                : context => condition(context) == Truth.True ? result(context) : otherwise(context);
        }

        return context =>
        {
            for (int i = 0; i < conditions.Length; i++)
            {
                if (conditions[i](context) == Truth.True)
                {
                    return results[i](context);
                }
            }

            return otherwise is null ? default : otherwise(context);
        };
    }

    private Evaluator CompileCoalesce(BoundCoalesce node)
    {
        Evaluator[] operands = [.. node.Operands.Select(Compile)];
        if (operands.Length == 2)
        {
            Evaluator first = operands[0], second = operands[1];
            return context =>
            {
                SqlValue value = first(context);
                return value.IsNull ? second(context) : value;
            };
        }

        return context =>
        {
            foreach (Evaluator operand in operands)
            {
                SqlValue value = operand(context);
                if (!value.IsNull)
                {
                    return value;
                }
            }

            return default;
        };
    }

    private Evaluator CompileCall(BoundFunctionCall node)
    {
        FunctionEvaluator evaluate = node.Function.Evaluate;
        bool nullIfAnyNull = node.Function.NullIfAnyNull;
        Evaluator[] arguments = [.. node.Arguments.Select(Compile)];

        // Dateparts and the like stand as NULL constants: they do not make the result NULL.
        bool[] matters = [.. node.Arguments.Select(a => a.Type.Id != SqlTypeId.Null || node.Options is null)];
        switch (arguments.Length)
        {
            case 0:
                return context => evaluate(context, []);
            case 1:
                Evaluator only = arguments[0];
                bool checkOnly = nullIfAnyNull && matters[0];
                return context =>
                {
                    SqlValue value = only(context);
                    if (checkOnly && value.IsNull)
                    {
                        return default;
                    }

                    SqlValue[] rented = context.RentArguments(1);
                    rented[0] = value;
                    SqlValue result = evaluate(context, rented);
                    context.ReturnArguments(rented);
                    return result;
                };
            case 2:
                Evaluator first = arguments[0], second = arguments[1];
                bool checkFirst = nullIfAnyNull && matters[0], checkSecond = nullIfAnyNull && matters[1];
                return context =>
                {
                    SqlValue a = first(context), b = second(context);
                    if ((checkFirst && a.IsNull) || (checkSecond && b.IsNull))
                    {
                        return default;
                    }

                    SqlValue[] rented = context.RentArguments(2);
                    rented[0] = a;
                    rented[1] = b;
                    SqlValue result = evaluate(context, rented);
                    context.ReturnArguments(rented);
                    return result;
                };
            default:
                return context =>
                {
                    SqlValue[] rented = context.RentArguments(arguments.Length);
                    bool sawNull = false;
                    for (int i = 0; i < arguments.Length; i++)
                    {
                        rented[i] = arguments[i](context);
                        sawNull |= matters[i] && rented[i].IsNull;
                    }

                    SqlValue result = nullIfAnyNull && sawNull ? default : evaluate(context, rented);
                    context.ReturnArguments(rented);
                    return result;
                };
        }
    }

    private Evaluator CompileUserFunction(BoundUserFunction node)
    {
        Catalog.ModuleDefinition module = node.Module;
        Evaluator?[] arguments = [.. node.Arguments.Select(a => a is null ? null : Compile(a))];
        return context =>
        {
            var values = new SqlValue?[arguments.Length];
            for (int i = 0; i < arguments.Length; i++)
            {
                values[i] = arguments[i] is { } argument ? argument(context) : null;
            }

            if (module.ReturnsNullOnNullInput && Array.Exists(values, v => v is { IsNull: true }))
            {
                return default;
            }

            return context.Session.Modules.InvokeScalar(module, values, context);
        };
    }
}
