using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Aggregates;

/// <summary>SUM and AVG of decimal and numeric: exact, in units of the operand's scale.</summary>
internal sealed class DecimalSumAccumulator(SqlType operand, SqlType result, bool isAverage) : Accumulator
{
    private static readonly Int128 Limit = Numeric128.Power10(Numeric128.MaxPrecision);

    private Int128 _sum;
    private long _count;

    public override bool CanRemove => true;

    public override SqlValue Result
    {
        get
        {
            if (_count == 0)
            {
                return default;
            }

            var sum = new Numeric128(_sum, operand.Scale);
            Numeric128 value = isAverage ? Numeric128.Divide(sum, Numeric128.FromInt64(_count), result.Scale) ?? throw Overflow(result.Name) : sum;
            return SqlValue.FromNumeric(value, result.Id);
        }
    }

    public override void Add(in SqlValue value)
    {
        _sum += Unscaled(value);
        if (Int128.Abs(_sum) >= Limit)
        {
            throw Overflow(result.Name);
        }

        _count++;
    }

    public override void Remove(in SqlValue value)
    {
        _sum -= Unscaled(value);
        _count--;
    }

    public override void Reset() => (_sum, _count) = (0, 0);

    private Int128 Unscaled(in SqlValue value)
    {
        Numeric128 number = value.AsNumeric;
        if (number.Scale == operand.Scale)
        {
            return number.Unscaled;
        }

        return number.TryRescale(operand.Scale, truncate: false, out Numeric128 rescaled) ? rescaled.Unscaled : throw Overflow(result.Name);
    }
}
