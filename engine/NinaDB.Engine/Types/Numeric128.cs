using System.Data.SqlTypes;
using System.Globalization;
using System.Numerics;

namespace NinaDB.Engine.Types;

/// <summary>A decimal/numeric value: an integer of up to 38 digits and a scale. Exact; 0 &lt;= scale &lt;= 38.</summary>
internal readonly partial struct Numeric128(Int128 unscaled, byte scale) : IEquatable<Numeric128>
{
    /// <summary>Digits that decimal can hold.</summary>
    public const int MaxPrecision = 38;

    private static readonly Int128[] Powers = BuildPowers();

    /// <summary>The value times 10^<see cref="Scale"/>.</summary>
    public Int128 Unscaled { get; } = unscaled;

    public byte Scale { get; } = scale;

    public bool IsNegative => Int128.IsNegative(Unscaled);

    /// <summary>10^exponent for 0..38.</summary>
    public static Int128 Power10(int exponent) => Powers[exponent];

    /// <summary>Number of digits of the unscaled value; at least 1.</summary>
    public int Digits
    {
        get
        {
            Int128 magnitude = Int128.Abs(Unscaled);
            int digits = 1;
            while (digits < MaxPrecision && magnitude >= Powers[digits])
            {
                digits++;
            }

            return magnitude >= Powers[MaxPrecision] ? MaxPrecision + 1 : digits;
        }
    }

    /// <summary>True when the value fits decimal(precision, its own scale).</summary>
    public bool Fits(int precision) => Int128.Abs(Unscaled) < Powers[precision];

    /// <summary>
    /// The same value with another scale; dropped digits are rounded half away from zero, or cut when <paramref name="truncate"/>.
    /// False when the result has more than 38 digits.
    /// </summary>
    public bool TryRescale(int scale, bool truncate, out Numeric128 result)
    {
        int shift = scale - Scale;
        if (shift == 0)
        {
            result = this;
            return true;
        }

        if (shift > 0)
        {
            Int128 limit = Powers[MaxPrecision - Math.Min(shift, MaxPrecision)];
            if (Unscaled != 0 && (shift > MaxPrecision || Int128.Abs(Unscaled) >= limit))
            {
                result = default;
                return false;
            }

            result = new(Unscaled == 0 ? 0 : Unscaled * Powers[shift], (byte)scale);
            return true;
        }

        result = new(Shorten(Unscaled, -shift, truncate), (byte)scale);
        return true;
    }

    /// <summary>The integral part, towards zero.</summary>
    public Int128 Truncate() => Scale == 0 ? Unscaled : Unscaled / Powers[Scale];

    public static Numeric128 FromInt64(long value) => new(value, 0);

    /// <summary>The exact value of a double, rounded to <paramref name="scale"/>; false beyond 38 digits or for NaN and infinities.</summary>
    public static bool TryFromDouble(double value, int scale, out Numeric128 result)
    {
        result = default;
        if (!double.IsFinite(value) || Math.Abs(value) >= 1e38)
        {
            return false;
        }

        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)((bits >> 52) & 0x7FF);
        long fraction = bits & 0xFFFFFFFFFFFFFL;
        BigInteger mantissa = exponent == 0 ? fraction : fraction | (1L << 52);
        exponent = (exponent == 0 ? 1 : exponent) - 1075;
        BigInteger scaled = mantissa * BigInteger.Pow(10, scale);
        if (exponent >= 0)
        {
            scaled <<= exponent;
        }
        else
        {
            scaled = (scaled + (BigInteger.One << (-exponent - 1))) >> -exponent;
        }

        if (scaled >= BigInteger.Pow(10, MaxPrecision))
        {
            return false;
        }

        var magnitude = (Int128)scaled;
        result = new(bits < 0 ? -magnitude : magnitude, (byte)scale);
        return true;
    }

    public double ToDouble()
    {
        if (Scale == 0)
        {
            return (double)Unscaled;
        }

        // Both operands exact: one correctly rounded division. Otherwise go through the text.
        return Int128.Abs(Unscaled) <= 1L << 53 && Scale <= 22
            ? (double)(long)Unscaled / Math.Pow(10, Scale)
            : double.Parse(ToString(), CultureInfo.InvariantCulture);
    }

    public SqlDecimal ToSqlDecimal()
    {
        var magnitude = (UInt128)Int128.Abs(Unscaled);
        int[] data = [(int)(uint)magnitude, (int)(uint)(magnitude >> 32), (int)(uint)(magnitude >> 64), (int)(uint)(magnitude >> 96)];
        return new SqlDecimal((byte)Math.Max(Digits, (int)Scale), Scale, !IsNegative, data);
    }

    public static Numeric128 FromSqlDecimal(SqlDecimal value)
    {
        int[] data = value.Data;
        UInt128 magnitude = ((UInt128)(uint)data[3] << 96) | ((UInt128)(uint)data[2] << 64) | ((UInt128)(uint)data[1] << 32) | (uint)data[0];
        var unscaled = (Int128)magnitude;
        return new(value.IsPositive ? unscaled : -unscaled, value.Scale);
    }

    public static int Compare(Numeric128 left, Numeric128 right)
    {
        if (left.Scale == right.Scale)
        {
            return left.Unscaled.CompareTo(right.Unscaled);
        }

        int scale = Math.Max(left.Scale, right.Scale);
        bool leftFits = left.TryRescale(scale, false, out Numeric128 a);
        bool rightFits = right.TryRescale(scale, false, out Numeric128 b);
        if (leftFits && rightFits)
        {
            return a.Unscaled.CompareTo(b.Unscaled);
        }

        BigInteger wideLeft = (BigInteger)left.Unscaled * BigInteger.Pow(10, scale - left.Scale);
        return wideLeft.CompareTo((BigInteger)right.Unscaled * BigInteger.Pow(10, scale - right.Scale));
    }

    /// <summary>Plain digits with exactly <see cref="Scale"/> decimals: "-0.50".</summary>
    public override string ToString()
    {
        string digits = Int128.Abs(Unscaled).ToString(CultureInfo.InvariantCulture);
        if (Scale > 0)
        {
            digits = digits.PadLeft(Scale + 1, '0');
            digits = string.Concat(digits.AsSpan(0, digits.Length - Scale), ".", digits.AsSpan(digits.Length - Scale));
        }

        return IsNegative ? "-" + digits : digits;
    }

    /// <summary>Value equality: 1.0 equals 1.00.</summary>
    public bool Equals(Numeric128 other) => Compare(this, other) == 0;

    public override bool Equals(object? obj) => obj is Numeric128 other && Equals(other);

    public override int GetHashCode()
    {
        // Equal values of different scale must hash alike: drop trailing zeros.
        Int128 value = Unscaled;
        int scale = Scale;
        while (scale > 0 && value != 0)
        {
            (Int128 quotient, Int128 remainder) = Int128.DivRem(value, 10);
            if (remainder != 0)
            {
                break;
            }

            value = quotient;
            scale--;
        }

        return value == 0 ? 0 : HashCode.Combine(value, scale);
    }

    private static Int128 Shorten(Int128 value, int digits, bool truncate)
    {
        if (digits > MaxPrecision)
        {
            return 0;
        }

        Int128 divisor = Powers[digits];
        (Int128 quotient, Int128 remainder) = Int128.DivRem(value, divisor);
        if (!truncate && Int128.Abs(remainder) >= divisor - Int128.Abs(remainder))
        {
            quotient += Int128.IsNegative(value) ? -1 : 1;
        }

        return quotient;
    }

    private static Int128[] BuildPowers()
    {
        var powers = new Int128[MaxPrecision + 1];
        powers[0] = 1;
        for (int i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * 10;
        }

        return powers;
    }
}
