using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Expressions;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Aggregates;

/// <summary>An aggregate ready to run: makes accumulators and feeds them from the registers of the current row. Immutable, shared by executions.</summary>
internal sealed class CompiledAggregate
{
    private CompiledAggregate(Func<Accumulator> create, Action<Accumulator, ExecutionContext> accumulate)
        : this(_ => create(), accumulate)
    {
    }

    private CompiledAggregate(Func<ExecutionContext, Accumulator> create, Action<Accumulator, ExecutionContext> accumulate)
    {
        Create = create;
        Accumulate = accumulate;
    }

    /// <summary>A fresh accumulator for a group.</summary>
    public Func<ExecutionContext, Accumulator> Create { get; }

    /// <summary>Adds the current row (of the context's registers) to an accumulator that <see cref="Create"/> made.</summary>
    public Action<Accumulator, ExecutionContext> Accumulate { get; }

    public static CompiledAggregate Compile(BoundAggregate aggregate, ExpressionCompiler compiler)
    {
        if (aggregate.Module is not null)
        {
            return UserDefined(aggregate, compiler);
        }

        Func<Accumulator> create = Factory(aggregate);
        if (aggregate.Arguments.Count == 0)
        {
            return new CompiledAggregate(create, static (accumulator, _) => ((CountAccumulator)accumulator).Increment());
        }

        if (aggregate.Name.StartsWith("PERCENTILE_", StringComparison.Ordinal))
        {
            Evaluator fraction = compiler.Compile(aggregate.Arguments[0]), key = compiler.Compile(aggregate.OrderBy[0].Expression);
            return new CompiledAggregate(create, (accumulator, context) =>
            {
                SqlValue value = key(context);
                if (!value.IsNull)
                {
                    accumulator.Add(value, fraction(context));
                }
            });
        }

        if (aggregate.OrderBy.Count > 0)
        {
            return Ordered(aggregate, create, compiler);
        }

        bool acceptsNull = AcceptsNull(aggregate);
        if (aggregate.Arguments.Count == 2)
        {
            Evaluator first = compiler.Compile(aggregate.Arguments[0]), second = compiler.Compile(aggregate.Arguments[1]);
            return new CompiledAggregate(create, (accumulator, context) =>
            {
                SqlValue value = first(context);
                if (acceptsNull || !value.IsNull)
                {
                    accumulator.Add(value, second(context));
                }
            });
        }

        if (acceptsNull)
        {
            Evaluator any = compiler.Compile(aggregate.Arguments[0]);
            return new CompiledAggregate(create, (accumulator, context) => accumulator.Add(any(context)));
        }

        if (aggregate.Arguments[0] is BoundColumn column)
        {
            int register = column.Register;
            return new CompiledAggregate(create, (accumulator, context) =>
            {
                ref readonly SqlValue value = ref context.Registers[register];
                if (value.IsNull)
                {
                    context.HasEliminatedNull = true;
                }
                else
                {
                    accumulator.Add(value);
                }
            });
        }

        Evaluator argument = compiler.Compile(aggregate.Arguments[0]);
        bool warns = !aggregate.IsQuiet;
        return new CompiledAggregate(create, (accumulator, context) =>
        {
            SqlValue value = argument(context);
            if (value.IsNull)
            {
                context.HasEliminatedNull |= warns;
            }
            else
            {
                accumulator.Add(value);
            }
        });
    }

    private static CompiledAggregate UserDefined(BoundAggregate aggregate, ExpressionCompiler compiler)
    {
        Evaluator[] arguments = [.. aggregate.Arguments.Select(compiler.Compile)];
        bool skipsNull = aggregate.IsQuiet;
        return new CompiledAggregate(UserDefinedFactory(aggregate), (accumulator, context) =>
        {
            var state = (ClrAccumulator)accumulator;
            SqlValue first = arguments[0](context);
            if (first.IsNull && skipsNull)
            {
                return;
            }

            state.Arguments[0] = first;
            for (int i = 1; i < arguments.Length; i++)
            {
                state.Arguments[i] = arguments[i](context);
            }

            state.Add();
        });
    }

    /// <summary>Makes accumulators of a user-defined aggregate, whose class the session's catalog knows.</summary>
    internal static Func<ExecutionContext, Accumulator> UserDefinedFactory(BoundAggregate aggregate)
    {
        SqlComparer[]? comparers = aggregate.IsDistinct ? [.. aggregate.Arguments.Select(a => SqlComparer.For(a.Type))] : null;
        return context => new ClrAccumulator(aggregate.Module!, comparers, context);
    }

    private static bool AcceptsNull(BoundAggregate aggregate) => aggregate.Name is "JSON_ARRAYAGG" or "JSON_OBJECTAGG";

    private static CompiledAggregate Ordered(BoundAggregate aggregate, Func<Accumulator> create, ExpressionCompiler compiler)
    {
        bool acceptsNull = AcceptsNull(aggregate);
        Evaluator first = compiler.Compile(aggregate.Arguments[0]);
        Evaluator? second = aggregate.Arguments.Count > 1 ? compiler.Compile(aggregate.Arguments[1]) : null;
        Evaluator[] keys = [.. aggregate.OrderBy.Select(o => compiler.Compile(o.Expression))];
        SqlComparer[] comparers = [.. aggregate.OrderBy.Select(o => SqlComparer.For(o.Expression.Type))];
        bool[] descending = [.. aggregate.OrderBy.Select(o => o.IsDescending)];
        return new CompiledAggregate(() => new OrderedAccumulator(create(), comparers, descending), (accumulator, context) =>
        {
            SqlValue value = first(context);
            if (!acceptsNull && value.IsNull)
            {
                return;
            }

            var row = new SqlValue[keys.Length];
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = keys[i](context);
            }

            ((OrderedAccumulator)accumulator).Add(value, second is null ? default : second(context), row);
        });
    }

    /// <summary>Makes accumulators of an aggregate's values (order aside).</summary>
    internal static Func<Accumulator> Factory(BoundAggregate aggregate)
    {
        Func<Accumulator> create = PlainFactory(aggregate);
        if (!aggregate.IsDistinct || aggregate.Arguments.Count != 1 || aggregate.Name is "MIN" or "MAX" or "APPROX_COUNT_DISTINCT")
        {
            return create;
        }

        SqlComparer comparer = SqlComparer.For(aggregate.Arguments[0].Type);
        return () => new DistinctAccumulator(create(), comparer);
    }

    private static Func<Accumulator> PlainFactory(BoundAggregate aggregate)
    {
        SqlType result = aggregate.Type;
        SqlType argument = aggregate.Arguments.Count > 0 ? aggregate.Arguments[0].Type : SqlType.Int;
        bool absentOnNull = aggregate.AbsentOnNull;
        switch (aggregate.Name)
        {
            case "COUNT":
                return static () => new CountAccumulator(false);
            case "COUNT_BIG":
                return static () => new CountAccumulator(true);
            case "SUM" or "AVG":
                return SumFactory(argument, result, aggregate.Name == "AVG");
            case "MIN" or "MAX":
                bool isMaximum = aggregate.Name == "MAX";
                if (ExpressionCompiler.HoldsBits(argument))
                {
                    return () => new BitsExtremeAccumulator(isMaximum);
                }

                SqlComparer order = SqlComparer.For(argument);
                return () => new ExtremeAccumulator(isMaximum, order);
            case "STDEV" or "STDEVP" or "VAR" or "VARP":
                bool population = aggregate.Name.EndsWith('P'), deviation = aggregate.Name[0] == 'S';
                return () => new VarianceAccumulator(population, deviation);
            case "PRODUCT":
                Func<SqlValue, SqlValue, SqlValue> multiply = SqlOperators.Get(BinaryOperator.Multiply, result);
                Func<SqlValue, SqlValue>? convert = SqlConvert.GetConverter(argument, result);
                return () => new ProductAccumulator(result, multiply, convert);
            case "STRING_AGG":
                return () => new StringAccumulator(result);
            case "CHECKSUM_AGG":
                return static () => new ChecksumAccumulator();
            case "APPROX_COUNT_DISTINCT":
                SqlComparer equality = SqlComparer.For(argument);
                return () => new DistinctCountAccumulator(equality);
            case "JSON_ARRAYAGG":
                bool embedsElement = IsJsonText(aggregate.Arguments[0]);
                return () => new JsonArrayAccumulator(argument, result, absentOnNull, embedsElement);
            case "JSON_OBJECTAGG":
                SqlType value = aggregate.Arguments[1].Type;
                bool embedsMember = IsJsonText(aggregate.Arguments[1]);
                return () => new JsonObjectAccumulator(value, result, absentOnNull, embedsMember);
            case "PERCENTILE_CONT" or "PERCENTILE_DISC":
                BoundOrder key = aggregate.OrderBy[0];
                SqlComparer comparer = SqlComparer.For(key.Expression.Type);
                bool continuous = aggregate.Name == "PERCENTILE_CONT";
                return () => new PercentileAccumulator(continuous, key.IsDescending, comparer);
            default:
                throw SqlErrors.NotSupported(aggregate.Name);
        }
    }

    private static Func<Accumulator> SumFactory(SqlType argument, SqlType result, bool isAverage) => result.Id switch
    {
        SqlTypeId.Int or SqlTypeId.BigInt => () => new IntegerSumAccumulator(result.Id, isAverage),
        SqlTypeId.Money => () => new MoneySumAccumulator(isAverage),
        SqlTypeId.Float => () => new FloatSumAccumulator(isAverage),
        _ => () => new DecimalSumAccumulator(argument, result, isAverage),
    };

    /// <summary>Whether an argument is JSON by construction, so that it is embedded and not quoted.</summary>
    private static bool IsJsonText(BoundExpression argument) => argument switch
    {
        BoundFunctionCall call => call.Name is "JSON_QUERY" or "JSON_MODIFY" or "JSON_OBJECT" or "JSON_ARRAY",
        BoundConvert { IsImplicit: true } convert => IsJsonText(convert.Operand),
        _ => false,
    };
}
