using System.Data.SqlTypes;

namespace NinaDB.Engine.Storage;

/// <summary>Conversion between <see cref="SqlDecimal"/> and a scaled 128-bit integer.</summary>
internal static class DecimalBits
{
    private static readonly Int128[] Powers = BuildPowers();

    public static Int128 PowerOfTen(int exponent) => Powers[exponent];

    /// <summary>The number times 10^scale. A value that has more digits after the point is rounded to the scale.</summary>
    public static Int128 ToInt128(SqlDecimal number, int scale)
    {
        if (number.Scale > scale)
        {
            number = SqlDecimal.AdjustScale(number, scale - number.Scale, fRound: true);
        }

        Int128 magnitude = (Int128)Magnitude(number) * Powers[scale - number.Scale];
        return number.IsPositive ? magnitude : -magnitude;
    }

    /// <summary>The digits without sign and point.</summary>
    public static UInt128 Magnitude(SqlDecimal number)
    {
        Span<uint> words = stackalloc uint[4];
        number.WriteTdsValue(words);
        return new UInt128((ulong)words[3] << 32 | words[2], (ulong)words[1] << 32 | words[0]);
    }

    public static SqlDecimal FromMagnitude(UInt128 magnitude, int precision, int scale, bool isPositive)
    {
        ulong low = (ulong)magnitude;
        ulong high = (ulong)(magnitude >> 64);
        return new SqlDecimal((byte)precision, (byte)scale, isPositive, (int)low, (int)(low >> 32), (int)high, (int)(high >> 32));
    }

    private static Int128[] BuildPowers()
    {
        var powers = new Int128[39];
        powers[0] = 1;
        for (int i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * 10;
        }

        return powers;
    }
}
