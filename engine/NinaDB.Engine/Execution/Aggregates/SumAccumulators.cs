using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Aggregates;

/// <summary>COUNT and COUNT_BIG.</summary>
internal sealed class CountAccumulator(bool isBig) : Accumulator
{
    private long _count;

    public override bool CanRemove => true;

    public override SqlValue Result => isBig ? SqlValue.FromBigInt(_count) : _count <= int.MaxValue ? SqlValue.FromInt((int)_count) : throw Overflow("int");

    public void Increment() => _count++;

    public override void Add(in SqlValue value) => _count++;

    public override void Remove(in SqlValue value) => _count--;

    public override void Reset() => _count = 0;
}

/// <summary>SUM and AVG of int and bigint: AVG truncates towards zero, as integer division does.</summary>
internal sealed class IntegerSumAccumulator(SqlTypeId kind, bool isAverage) : Accumulator
{
    private long _sum;
    private long _count;

    public override bool CanRemove => true;

    public override SqlValue Result => _count == 0 ? default : SqlValue.FromInteger(kind, isAverage ? _sum / _count : _sum);

    public override void Add(in SqlValue value)
    {
        long x = value.AsInt64;
        long sum = unchecked(_sum + x);
        bool fits = kind == SqlTypeId.Int ? sum == (int)sum : ((_sum ^ sum) & (x ^ sum)) >= 0;
        if (!fits)
        {
            throw Overflow(kind == SqlTypeId.Int ? "int" : "bigint");
        }

        _sum = sum;
        _count++;
    }

    public override void Remove(in SqlValue value)
    {
        _sum -= value.AsInt64;
        _count--;
    }

    public override void Reset() => (_sum, _count) = (0, 0);
}

/// <summary>SUM and AVG of money, in ten-thousandths.</summary>
internal sealed class MoneySumAccumulator(bool isAverage) : Accumulator
{
    private long _sum;
    private long _count;

    public override bool CanRemove => true;

    public override SqlValue Result => _count == 0 ? default : SqlValue.FromMoney(isAverage ? _sum / _count : _sum);

    public override void Add(in SqlValue value)
    {
        long x = value.AsInt64;
        long sum = unchecked(_sum + x);
        if (((_sum ^ sum) & (x ^ sum)) < 0)
        {
            throw Overflow("money");
        }

        _sum = sum;
        _count++;
    }

    public override void Remove(in SqlValue value)
    {
        _sum -= value.AsInt64;
        _count--;
    }

    public override void Reset() => (_sum, _count) = (0, 0);
}

/// <summary>SUM and AVG of real and float.</summary>
internal sealed class FloatSumAccumulator(bool isAverage) : Accumulator
{
    private double _sum;
    private long _count;

    public override SqlValue Result => _count == 0 ? default
        : double.IsFinite(_sum) ? SqlValue.FromFloat(isAverage ? _sum / _count : _sum) : throw Overflow("float");

    public override void Add(in SqlValue value)
    {
        _sum += value.AsDouble;
        _count++;
    }

    public override void Reset() => (_sum, _count) = (0, 0);
}

/// <summary>PRODUCT: in the result's type, with its overflow.</summary>
internal sealed class ProductAccumulator(SqlType result, Func<SqlValue, SqlValue, SqlValue> multiply, Func<SqlValue, SqlValue>? convert) : Accumulator
{
    private SqlValue _product;

    public override SqlValue Result => _product;

    public override void Add(in SqlValue value)
    {
        SqlValue factor = convert is null ? value : convert(value);
        _product = _product.IsNull ? factor : multiply(_product, factor);
        if (_product.Kind == SqlTypeId.Float && !double.IsFinite(_product.AsDouble))
        {
            throw Overflow(result.Name);
        }
    }

    public override void Reset() => _product = default;
}

/// <summary>STDEV, STDEVP, VAR, VARP by Welford's method, so that large means do not eat the digits.</summary>
internal sealed class VarianceAccumulator(bool isPopulation, bool isDeviation) : Accumulator
{
    private double _mean;
    private double _squares;
    private long _count;

    public override SqlValue Result
    {
        get
        {
            long divisor = isPopulation ? _count : _count - 1;
            if (divisor <= 0)
            {
                return default;
            }

            double variance = _squares / divisor;
            double result = isDeviation ? Math.Sqrt(variance) : variance;
            return double.IsFinite(result) ? SqlValue.FromFloat(result) : throw Overflow("float");
        }
    }

    public override void Add(in SqlValue value)
    {
        double x = value.AsDouble;
        _count++;
        double delta = x - _mean;
        _mean += delta / _count;
        _squares += delta * (x - _mean);
    }

    public override void Reset() => (_mean, _squares, _count) = (0, 0, 0);
}
