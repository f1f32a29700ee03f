using System.Numerics;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types;

internal readonly partial struct Numeric128
{
    /// <summary>Sum at the result's scale; null beyond 38 digits.</summary>
    public static Numeric128? Add(Numeric128 left, Numeric128 right, int scale)
    {
        if (left.Scale == right.Scale && left.Scale == scale)
        {
            // 10^38 * 2 exceeds Int128 by little: the sum of two 38-digit numbers may wrap, so check signs.
            Int128 sum = unchecked(left.Unscaled + right.Unscaled);
            bool wrapped = left.IsNegative == right.IsNegative && Int128.IsNegative(sum) != left.IsNegative;
            return wrapped || Int128.Abs(sum) >= Powers[MaxPrecision] ? null : new(sum, left.Scale);
        }

        int common = Math.Max(left.Scale, right.Scale);
        if (left.TryRescale(common, false, out Numeric128 a) && right.TryRescale(common, false, out Numeric128 b))
        {
            return Add(a, b, common) is { } exact && exact.TryRescale(scale, false, out Numeric128 result) ? result : FromBig(Big(a) + Big(b), common, scale, truncate: false);
        }

        BigInteger wide = (Big(left) * BigInteger.Pow(10, common - left.Scale)) + (Big(right) * BigInteger.Pow(10, common - right.Scale));
        return FromBig(wide, common, scale, truncate: false);
    }

    public static Numeric128? Subtract(Numeric128 left, Numeric128 right, int scale) => Add(left, new(-right.Unscaled, right.Scale), scale);

    /// <summary>Product at the result's scale, rounded; null beyond 38 digits.</summary>
    public static Numeric128? Multiply(Numeric128 left, Numeric128 right, int scale)
    {
        int exactScale = left.Scale + right.Scale;
        var a = (UInt128)Int128.Abs(left.Unscaled);
        var b = (UInt128)Int128.Abs(right.Unscaled);
        if (exactScale <= MaxPrecision && (128 - (int)UInt128.LeadingZeroCount(a)) + (128 - (int)UInt128.LeadingZeroCount(b)) <= 126)
        {
            var product = (Int128)(a * b);
            var exact = new Numeric128(left.IsNegative != right.IsNegative ? -product : product, (byte)exactScale);
            return exact.TryRescale(scale, false, out Numeric128 result) && result.Fits(MaxPrecision) ? result : null;
        }

        return FromBig(Big(left) * Big(right), exactScale, scale, truncate: false);
    }

    /// <summary>Quotient at the result's scale, digits beyond it cut; null beyond 38 digits. Error 8134 for a zero divisor.</summary>
    public static Numeric128? Divide(Numeric128 left, Numeric128 right, int scale)
    {
        if (right.Unscaled == 0)
        {
            throw SqlErrors.Create(8134);
        }

        int shift = scale + right.Scale - left.Scale;
        if (shift is >= 0 and <= MaxPrecision && Int128.Abs(left.Unscaled) < Powers[MaxPrecision - shift])
        {
            Int128 quotient = left.Unscaled * Powers[shift] / right.Unscaled;
            return new(quotient, (byte)scale);
        }

        BigInteger numerator = Big(left);
        BigInteger denominator = Big(right);
        if (shift >= 0)
        {
            numerator *= BigInteger.Pow(10, shift);
        }
        else
        {
            denominator *= BigInteger.Pow(10, -shift);
        }

        return FromBig(numerator / denominator, scale, scale, truncate: true);
    }

    /// <summary>Remainder with the sign of the dividend. Error 8134 for a zero divisor.</summary>
    public static Numeric128? Modulo(Numeric128 left, Numeric128 right, int scale)
    {
        if (right.Unscaled == 0)
        {
            throw SqlErrors.Create(8134);
        }

        int common = Math.Max(left.Scale, right.Scale);
        if (left.TryRescale(common, false, out Numeric128 a) && right.TryRescale(common, false, out Numeric128 b))
        {
            return new Numeric128(a.Unscaled % b.Unscaled, (byte)common).TryRescale(scale, false, out Numeric128 result) ? result : null;
        }

        BigInteger wide = BigInteger.Remainder(Big(left) * BigInteger.Pow(10, common - left.Scale), Big(right) * BigInteger.Pow(10, common - right.Scale));
        return FromBig(wide, common, scale, truncate: false);
    }

    private static BigInteger Big(Numeric128 value) => (BigInteger)value.Unscaled;

    private static Numeric128? FromBig(BigInteger value, int fromScale, int toScale, bool truncate)
    {
        if (toScale < fromScale)
        {
            BigInteger divisor = BigInteger.Pow(10, fromScale - toScale);
            BigInteger quotient = BigInteger.DivRem(value, divisor, out BigInteger remainder);
            if (!truncate && BigInteger.Abs(remainder) * 2 >= divisor)
            {
                quotient += value.Sign;
            }

            value = quotient;
        }
        else if (toScale > fromScale)
        {
            value *= BigInteger.Pow(10, toScale - fromScale);
        }

        return BigInteger.Abs(value) >= (BigInteger)Powers[MaxPrecision] ? null : new((Int128)value, (byte)toScale);
    }
}
