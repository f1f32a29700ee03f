using NinaDB.Engine.Binding;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Planning;

/// <summary>
/// Values of a comparison as keys of an index. A column may be compared with a value of a wider type (int with bigint, decimal(5,2) with decimal(18,6)) without
/// conversion; its index holds the column's type, so the value is brought to that type here, and never wraps, rounds or fails.
/// </summary>
internal static class SeekValues
{
    /// <summary>Whether every value of the expression can be held exactly by the column's type, so that a seek decides the comparison alone.</summary>
    public static bool IsExact(BoundExpression value, SqlType column)
    {
        SqlType from = value.Type;
        if (from.IsExactInteger && column.IsExactInteger)
        {
            return from.Id <= column.Id || (value is BoundConstant constant && (constant.Value.IsNull || Fits(constant.Value.AsInt64, column)));
        }

        if (from.IsDecimal && column.IsDecimal)
        {
            return (from.Scale <= column.Scale && from.Precision - from.Scale <= column.Precision - column.Scale)
                || (value is BoundConstant { Value.IsNull: false } literal && literal.Value.AsNumeric.TryRescale(column.Scale, true, out Numeric128 cut)
                    && cut.Equals(literal.Value.AsNumeric) && cut.Fits(column.Precision));
        }

        return true;
    }

    /// <summary>The value as the column's type, or NULL when no value of that type equals it.</summary>
    public static Evaluator ForEquality(BoundExpression value, Evaluator evaluate, SqlType column) => Convert(value, evaluate, column, 0);

    /// <summary>A lower bound that excludes no row it should not; unless <see cref="IsExact"/>, use it inclusively and check the comparison again.</summary>
    public static Evaluator ForLowerBound(BoundExpression value, Evaluator evaluate, SqlType column) => Convert(value, evaluate, column, -1);

    /// <summary>An upper bound that excludes no row it should not; unless <see cref="IsExact"/>, use it inclusively and check the comparison again.</summary>
    public static Evaluator ForUpperBound(BoundExpression value, Evaluator evaluate, SqlType column) => Convert(value, evaluate, column, 1);

    private static Evaluator Convert(BoundExpression value, Evaluator evaluate, SqlType column, int direction)
    {
        if (value.Type.IsExactInteger && column.IsExactInteger && !IsExact(value, column))
        {
            return context =>
            {
                SqlValue wide = evaluate(context);
                if (wide.IsNull || Fits(wide.AsInt64, column))
                {
                    return wide;
                }

                (long minimum, long maximum) = Range(column);
                return direction == 0 ? SqlValue.Null : SqlValue.FromInteger(column.Id, Math.Clamp(wide.AsInt64, minimum, maximum));
            };
        }

        if (value.Type.IsDecimal && column.IsDecimal && !value.Type.Equals(column))
        {
            return context =>
            {
                SqlValue wide = evaluate(context);
                return wide.IsNull ? wide : Decimal(wide.AsNumeric, column, direction);
            };
        }

        return evaluate;
    }

    private static SqlValue Decimal(Numeric128 value, SqlType column, int direction)
    {
        Int128 limit = Numeric128.Power10(column.Precision) - 1;
        if (!value.TryRescale(column.Scale, truncate: true, out Numeric128 cut) || !cut.Fits(column.Precision))
        {
            return direction == 0 ? SqlValue.Null : SqlValue.FromNumeric(new Numeric128(value.IsNegative ? -limit : limit, column.Scale), column.Id);
        }

        int loss = Numeric128.Compare(value, cut);
        if (loss == 0)
        {
            return SqlValue.FromNumeric(cut, column.Id);
        }

        if (direction == 0)
        {
            return SqlValue.Null;
        }

        // Step outwards when truncation went inwards.
        Int128 step = direction < 0 && loss < 0 ? -1 : direction > 0 && loss > 0 ? 1 : 0;
        return SqlValue.FromNumeric(new Numeric128(Int128.Clamp(cut.Unscaled + step, -limit, limit), column.Scale), column.Id);
    }

    private static bool Fits(long value, SqlType column)
    {
        (long minimum, long maximum) = Range(column);
        return value >= minimum && value <= maximum;
    }

    private static (long Minimum, long Maximum) Range(SqlType type) => type.Id switch
    {
        SqlTypeId.Bit => (0, 1),
        SqlTypeId.TinyInt => (byte.MinValue, byte.MaxValue),
        SqlTypeId.SmallInt => (short.MinValue, short.MaxValue),
        SqlTypeId.Int => (int.MinValue, int.MaxValue),
        _ => (long.MinValue, long.MaxValue),
    };
}
