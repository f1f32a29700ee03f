using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Expressions;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Aggregates;

/// <summary>The rows of one partition, sorted, as the operator that materialised them offers them.</summary>
internal interface IWindowPartition
{
    int Count { get; }

    /// <summary>Puts a row back into the registers it came from.</summary>
    void Load(int row, ExecutionContext context);
}

/// <summary>Computes one window function over a materialised partition. Immutable; all state is local to a call.</summary>
internal sealed partial class WindowEvaluator
{
    private readonly BoundWindow _window;
    private readonly Evaluator[] _arguments;
    private readonly Evaluator[] _keys;
    private readonly SqlComparer[] _comparers;
    private readonly Evaluator? _startOffset;
    private readonly Evaluator? _endOffset;
    private readonly Func<Accumulator>? _createAccumulator;

    private WindowEvaluator(BoundWindow window, ExpressionCompiler compiler)
    {
        _window = window;
        _arguments = [.. window.Arguments.Select(compiler.Compile)];
        _keys = [.. window.OrderBy.Select(o => compiler.Compile(o.Expression))];
        _comparers = [.. window.OrderBy.Select(o => SqlComparer.For(o.Expression.Type))];
        _startOffset = window.Frame?.StartOffset is { } start ? compiler.Compile(start) : null;
        _endOffset = window.Frame?.EndOffset is { } end ? compiler.Compile(end) : null;
        _createAccumulator = window.Aggregate is { Module: null } aggregate ? CompiledAggregate.Factory(aggregate) : null;
    }

    public static WindowEvaluator Compile(BoundWindow window, ExpressionCompiler compiler) => new(window, compiler);

    /// <summary>The function's value for every row of the partition, in partition order.</summary>
    public SqlValue[] Evaluate(IWindowPartition partition, ExecutionContext context)
    {
        if (_window.Aggregate is { Module: not null } user)
        {
            return UserAggregate(user, partition, context);
        }

        if (_window.Aggregate is not null)
        {
            return Aggregate(partition, context);
        }

        return _window.Name switch
        {
            "ROW_NUMBER" => RowNumber(partition.Count),
            "RANK" => Rank(partition, context, dense: false),
            "DENSE_RANK" => Rank(partition, context, dense: true),
            "NTILE" => NTile(partition, context),
            "PERCENT_RANK" => PercentRank(partition, context),
            "CUME_DIST" => CumulativeDistribution(partition, context),
            "LAG" => Shift(partition, context, -1),
            "LEAD" => Shift(partition, context, 1),
            "FIRST_VALUE" => EdgeValue(partition, context, isFirst: true),
            "LAST_VALUE" => EdgeValue(partition, context, isFirst: false),
            "PERCENTILE_CONT" or "PERCENTILE_DISC" => Percentile(partition, context),
            _ => throw SqlErrors.NotSupported(_window.Name),
        };
    }

    /// <summary>A user-defined aggregate is over whole partitions.</summary>
    private SqlValue[] UserAggregate(BoundAggregate aggregate, IWindowPartition partition, ExecutionContext context)
    {
        var results = new SqlValue[partition.Count];
        if (results.Length == 0)
        {
            return results;
        }

        var state = (ClrAccumulator)CompiledAggregate.UserDefinedFactory(aggregate)(context);
        for (int row = 0; row < results.Length; row++)
        {
            partition.Load(row, context);
            for (int i = 0; i < _arguments.Length; i++)
            {
                state.Arguments[i] = _arguments[i](context);
            }

            state.Add();
        }

        Array.Fill(results, state.Result);
        return results;
    }

    private static SqlValue[] RowNumber(int count)
    {
        var results = new SqlValue[count];
        for (int i = 0; i < count; i++)
        {
            results[i] = SqlValue.FromBigInt(i + 1);
        }

        return results;
    }

    private SqlValue[] Rank(IWindowPartition partition, ExecutionContext context, bool dense)
    {
        int[] peerStart = PeerStarts(partition, context);
        var results = new SqlValue[peerStart.Length];
        long denseRank = 0;
        for (int i = 0; i < results.Length; i++)
        {
            if (peerStart[i] == i)
            {
                denseRank++;
            }

            results[i] = SqlValue.FromBigInt(dense ? denseRank : peerStart[i] + 1);
        }

        return results;
    }

    private SqlValue[] PercentRank(IWindowPartition partition, ExecutionContext context)
    {
        int[] peerStart = PeerStarts(partition, context);
        var results = new SqlValue[peerStart.Length];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = SqlValue.FromFloat(results.Length == 1 ? 0 : (double)peerStart[i] / (results.Length - 1));
        }

        return results;
    }

    private SqlValue[] CumulativeDistribution(IWindowPartition partition, ExecutionContext context)
    {
        int[] peerEnd = PeerEnds(PeerStarts(partition, context));
        var results = new SqlValue[peerEnd.Length];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = SqlValue.FromFloat((double)(peerEnd[i] + 1) / results.Length);
        }

        return results;
    }

    /// <summary>The first groups get one row more when the rows do not divide evenly.</summary>
    private SqlValue[] NTile(IWindowPartition partition, ExecutionContext context)
    {
        int count = partition.Count;
        var results = new SqlValue[count];
        if (count == 0)
        {
            return results;
        }

        partition.Load(0, context);
        SqlValue argument = _arguments[0](context);
        long groups = argument.AsInt64;
        if (argument.IsNull || groups <= 0)
        {
            throw SqlErrors.Create(4116, "ntile");
        }

        long small = count / groups, larger = count % groups;
        int row = 0;
        for (long group = 1; row < count; group++)
        {
            long size = small + (group <= larger ? 1 : 0);
            for (long i = 0; i < size; i++)
            {
                results[row++] = SqlValue.FromBigInt(group);
            }
        }

        return results;
    }

    private SqlValue[] Shift(IWindowPartition partition, ExecutionContext context, int direction)
    {
        int count = partition.Count;
        SqlValue[] values = Argument(partition, context, 0);
        int[]? nearest = _window.IgnoreNulls ? NearestNonNull(values, direction) : null;
        var results = new SqlValue[count];
        bool perRow = _arguments.Length > 1;
        for (int i = 0; i < count; i++)
        {
            long offset = 1;
            if (perRow)
            {
                partition.Load(i, context);
                SqlValue given = _arguments[1](context);
                offset = given.IsNull ? throw SqlErrors.Create(8730) : given.AsInt64;
                if (offset < 0)
                {
                    throw SqlErrors.Create(8730);
                }
            }

            long target = nearest is null ? i + (direction * offset) : Skip(nearest, i, offset, direction);
            if (target >= 0 && target < count)
            {
                results[i] = values[target];
            }
            else if (_arguments.Length > 2)
            {
                results[i] = _arguments[2](context);
            }
        }

        return results;
    }

    /// <summary>The row that is <paramref name="offset"/> non-NULL values away; -1 when there are not so many.</summary>
    private static long Skip(int[] nearest, int row, long offset, int direction)
    {
        long at = row;
        for (long step = 0; step < offset; step++)
        {
            long next = at + direction;
            if (next < 0 || next >= nearest.Length)
            {
                return -1;
            }

            at = nearest[next];
            if (at < 0)
            {
                return -1;
            }
        }

        return at;
    }

    /// <summary>For every row, the row itself or the nearest one in the direction that is not NULL; -1 for none.</summary>
    private static int[] NearestNonNull(SqlValue[] values, int direction)
    {
        var nearest = new int[values.Length];
        int last = -1;
        for (int step = 0; step < values.Length; step++)
        {
            // Walk against the direction, so that what lies ahead is known.
            int i = direction > 0 ? values.Length - 1 - step : step;
            if (!values[i].IsNull)
            {
                last = i;
            }

            nearest[i] = last;
        }

        return nearest;
    }

    private SqlValue[] EdgeValue(IWindowPartition partition, ExecutionContext context, bool isFirst)
    {
        SqlValue[] values = Argument(partition, context, 0);
        (int[] starts, int[] ends) = Frames(partition, context);
        int[]? nearest = _window.IgnoreNulls ? NearestNonNull(values, isFirst ? 1 : -1) : null;
        var results = new SqlValue[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            if (starts[i] > ends[i])
            {
                continue;
            }

            int at = isFirst ? starts[i] : ends[i];
            if (nearest is not null)
            {
                at = nearest[at];
            }

            if (at >= starts[i] && at <= ends[i])
            {
                results[i] = values[at];
            }
        }

        return results;
    }

    private SqlValue[] Percentile(IWindowPartition partition, ExecutionContext context)
    {
        int count = partition.Count;
        var results = new SqlValue[count];
        if (count == 0)
        {
            return results;
        }

        var sorted = new List<SqlValue>(count);
        double fraction = 0;
        for (int i = 0; i < count; i++)
        {
            partition.Load(i, context);
            if (i == 0)
            {
                SqlValue given = _arguments[0](context);
                fraction = given.IsNull ? double.NaN : given.AsDouble;
            }

            SqlValue key = _keys[0](context);
            if (!key.IsNull)
            {
                sorted.Add(key);
            }
        }

        Array.Fill(results, PercentileAccumulator.Of(sorted, fraction, _window.Name == "PERCENTILE_CONT"));
        return results;
    }

    private SqlValue[] Argument(IWindowPartition partition, ExecutionContext context, int argument)
    {
        var values = new SqlValue[partition.Count];
        Evaluator evaluate = _arguments[argument];
        for (int i = 0; i < values.Length; i++)
        {
            partition.Load(i, context);
            values[i] = evaluate(context);
        }

        return values;
    }

    /// <summary>For every row, the first row with the same sort keys.</summary>
    private int[] PeerStarts(IWindowPartition partition, ExecutionContext context)
    {
        int count = partition.Count;
        var starts = new int[count];
        var previous = new SqlValue[_keys.Length];
        for (int i = 0; i < count; i++)
        {
            partition.Load(i, context);
            bool same = i > 0;
            for (int k = 0; k < _keys.Length; k++)
            {
                SqlValue key = _keys[k](context);
                same = same && _comparers[k].Equals(previous[k], key);
                previous[k] = key;
            }

            starts[i] = same ? starts[i - 1] : i;
        }

        return starts;
    }

    /// <summary>For every row, the last row with the same sort keys.</summary>
    private static int[] PeerEnds(int[] starts)
    {
        var ends = new int[starts.Length];
        for (int i = starts.Length - 1; i >= 0; i--)
        {
            ends[i] = i + 1 < starts.Length && starts[i + 1] == starts[i] ? ends[i + 1] : i;
        }

        return ends;
    }
}
