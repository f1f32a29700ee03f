using System.Text;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Aggregates;

/// <summary>MIN and MAX of types that compare as the integers that hold them.</summary>
internal sealed class BitsExtremeAccumulator(bool isMaximum) : Accumulator
{
    private SqlValue _best;

    public override SqlValue Result => _best;

    public override void Add(in SqlValue value)
    {
        if (_best.IsNull || (isMaximum ? value.AsInt64 > _best.AsInt64 : value.AsInt64 < _best.AsInt64))
        {
            _best = value;
        }
    }

    public override void Reset() => _best = default;
}

/// <summary>MIN and MAX of everything else.</summary>
internal sealed class ExtremeAccumulator(bool isMaximum, SqlComparer comparer) : Accumulator
{
    private SqlValue _best;

    public override SqlValue Result => _best;

    public override void Add(in SqlValue value)
    {
        if (_best.IsNull)
        {
            _best = value;
            return;
        }

        int order = comparer.Compare(value, _best);
        if (isMaximum ? order > 0 : order < 0)
        {
            _best = value;
        }
    }

    public override void Reset() => _best = default;
}

/// <summary>STRING_AGG: NULLs are left out together with their separator.</summary>
internal sealed class StringAccumulator(SqlType type) : Accumulator
{
    private readonly StringBuilder _text = new();
    private bool _any;

    public override SqlValue Result => _any ? SqlValue.FromString(_text.ToString(), type.Id) : default;

    public override void Add(in SqlValue value) => Add(value, default);

    public override void Add(in SqlValue value, in SqlValue second)
    {
        if (_any && !second.IsNull)
        {
            _text.Append(second.AsString);
        }

        _text.Append(value.AsString);
        _any = true;
        if (!type.IsMax && _text.Length > (type.IsUnicodeString ? 4000 : 8000))
        {
            throw SqlErrors.Create(9829);
        }
    }

    public override void Reset()
    {
        _text.Clear();
        _any = false;
    }
}

/// <summary>CHECKSUM_AGG: order does not matter.</summary>
internal sealed class ChecksumAccumulator : Accumulator
{
    private int _sum;
    private long _count;

    public override bool CanRemove => true;

    public override SqlValue Result => _count == 0 ? default : SqlValue.FromInt(_sum);

    public override void Add(in SqlValue value)
    {
        _sum ^= value.AsInt32;
        _count++;
    }

    public override void Remove(in SqlValue value)
    {
        _sum ^= value.AsInt32;
        _count--;
    }

    public override void Reset() => (_sum, _count) = (0, 0);
}

/// <summary>APPROX_COUNT_DISTINCT; exact, which is within the promised error.</summary>
internal sealed class DistinctCountAccumulator(SqlComparer comparer) : Accumulator
{
    private readonly HashSet<SqlValue> _seen = new(comparer);

    public override SqlValue Result => SqlValue.FromBigInt(_seen.Count);

    public override void Add(in SqlValue value) => _seen.Add(value);

    public override void Reset() => _seen.Clear();
}

/// <summary>PERCENTILE_CONT and PERCENTILE_DISC over values that arrive in any order (APPROX_ forms) or sorted (window forms).</summary>
internal sealed class PercentileAccumulator(bool isContinuous, bool isDescending, SqlComparer comparer) : Accumulator
{
    private readonly List<SqlValue> _values = [];
    private double _fraction;

    public override SqlValue Result
    {
        get
        {
            _values.Sort(comparer);
            if (isDescending)
            {
                _values.Reverse();
            }

            return Of(_values, _fraction, isContinuous);
        }
    }

    public override void Add(in SqlValue value) => _values.Add(value);

    public override void Add(in SqlValue value, in SqlValue second)
    {
        _values.Add(value);
        _fraction = second.AsDouble;
    }

    public override void Reset() => _values.Clear();

    /// <summary>The percentile of sorted values without NULLs.</summary>
    public static SqlValue Of(List<SqlValue> sorted, double fraction, bool isContinuous)
    {
        if (fraction is not (>= 0 and <= 1))
        {
            throw SqlErrors.Create(10755);
        }

        if (sorted.Count == 0)
        {
            return default;
        }

        if (!isContinuous)
        {
            // The first value whose cumulative distribution reaches the fraction.
            int index = (int)Math.Ceiling(fraction * sorted.Count) - 1;
            return sorted[Math.Clamp(index, 0, sorted.Count - 1)];
        }

        double position = fraction * (sorted.Count - 1);
        int low = (int)Math.Floor(position), high = (int)Math.Ceiling(position);
        double a = sorted[low].AsDouble, b = sorted[high].AsDouble;
        return SqlValue.FromFloat(low == high ? a : a + ((position - low) * (b - a)));
    }
}

/// <summary>DISTINCT: passes each value on once.</summary>
internal sealed class DistinctAccumulator(Accumulator inner, SqlComparer comparer) : Accumulator
{
    private readonly HashSet<SqlValue> _seen = new(comparer);

    public override bool AcceptsNull => inner.AcceptsNull;

    public override SqlValue Result => inner.Result;

    public override void Add(in SqlValue value)
    {
        if (_seen.Add(value))
        {
            inner.Add(value);
        }
    }

    public override void Reset()
    {
        _seen.Clear();
        inner.Reset();
    }
}

/// <summary>WITHIN GROUP (ORDER BY ...): keeps the rows and feeds them in order when the result is asked for.</summary>
internal sealed class OrderedAccumulator(Accumulator inner, SqlComparer[] comparers, bool[] isDescending) : Accumulator
{
    private readonly List<(SqlValue Value, SqlValue Second, SqlValue[] Keys)> _rows = [];

    public override bool AcceptsNull => inner.AcceptsNull;

    public override SqlValue Result
    {
        get
        {
            inner.Reset();
            foreach ((SqlValue value, SqlValue second, _) in _rows.OrderBy(row => row.Keys, Comparer<SqlValue[]>.Create(CompareKeys)))
            {
                inner.Add(value, second);
            }

            return inner.Result;
        }
    }

    public void Add(in SqlValue value, in SqlValue second, SqlValue[] keys) => _rows.Add((value, second, keys));

    public override void Add(in SqlValue value) => throw new NotSupportedException("An ordered aggregate takes its sort keys too.");

    public override void Reset()
    {
        _rows.Clear();
        inner.Reset();
    }

    private int CompareKeys(SqlValue[] x, SqlValue[] y)
    {
        for (int i = 0; i < comparers.Length; i++)
        {
            int order = comparers[i].Compare(x[i], y[i]);
            if (order != 0)
            {
                return isDescending[i] ? -order : order;
            }
        }

        return 0;
    }
}
