using System;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Quantization;

/// <summary>Quantisers. Q8_0 and Q4_0 make the bytes of the reference; Q4_K searches scales and minima as the reference does.
/// Every operation is cast to float: a runtime may otherwise keep intermediate results at a higher precision, and choose other levels.</summary>
internal static unsafe partial class BlockCodec
{
    /// <summary>Scales that the search of Q4_K tries for each group, besides the plain one.</summary>
    private const int ScaleSteps = 21;

    private static void EncodeQ8_0(float* source, byte* target, long blocks)
    {
        for (; blocks > 0; blocks--, source += 32, target += 34)
        {
            float largest = 0f;
            for (int j = 0; j < 32; j++)
            {
                largest = Math.Max(largest, Math.Abs(Finite(source[j])));
            }

            float scale = (float)(largest / 127f);
            float inverse = scale != 0f ? (float)(1f / scale) : 0f;
            PutScale(target, scale);
            for (int j = 0; j < 32; j++)
            {
                target[2 + j] = (byte)(sbyte)RoundAway((float)(source[j] * inverse));
            }
        }
    }

    private static void EncodeQ4_0(float* source, byte* target, long blocks)
    {
        for (; blocks > 0; blocks--, source += 32, target += 18)
        {
            // The number of the largest magnitude becomes -8, the one level that has no opposite.
            float largest = 0f, extreme = 0f;
            for (int j = 0; j < 32; j++)
            {
                float magnitude = Math.Abs(Finite(source[j]));
                if (largest < magnitude)
                {
                    largest = magnitude;
                    extreme = source[j];
                }
            }

            float scale = extreme / -8f;
            float inverse = scale != 0f ? (float)(1f / scale) : 0f;
            PutScale(target, scale);
            for (int j = 0; j < 16; j++)
            {
                target[2 + j] = (byte)(NibbleQ4_0(source[j], inverse) | (NibbleQ4_0(source[j + 16], inverse) << 4));
            }
        }
    }

    private static int NibbleQ4_0(float value, float inverse)
    {
        float scaled = (float)(value * inverse);
        return Math.Min(15, (int)(float)(scaled + 8.5f) & 255);
    }

    private static void EncodeQ4_K(float* source, byte* target, long blocks)
    {
        byte* levels = stackalloc byte[256];
        byte* trial = stackalloc byte[32];
        float* weights = stackalloc float[32];
        float* scales = stackalloc float[8];
        float* minima = stackalloc float[8];
        for (; blocks > 0; blocks--, source += 256, target += 144)
        {
            float largestScale = 0f, largestMinimum = 0f;
            for (int group = 0; group < 8; group++)
            {
                float* values = source + (group * 32);
                float squares = 0f;
                for (int l = 0; l < 32; l++)
                {
                    squares = (float)(squares + (float)(Finite(values[l]) * values[l]));
                }

                // Large numbers count for more, small ones still for something.
                float typical = (float)Math.Sqrt((float)(squares / 32f));
                for (int l = 0; l < 32; l++)
                {
                    weights[l] = (float)(typical + Math.Abs(values[l]));
                }

                scales[group] = FitGroup(values, weights, levels + (group * 32), trial, out minima[group]);

                // Not Math.Max, which differs between runtimes for zeros of two signs.
                largestScale = scales[group] > largestScale ? scales[group] : largestScale;
                largestMinimum = minima[group] > largestMinimum ? minima[group] : largestMinimum;
            }

            PackScales(scales, minima, largestScale, largestMinimum, target);
            RequantizeGroups(source, levels, target);
            byte* quants = target + 16;
            for (int pair = 0; pair < 4; pair++)
            {
                for (int l = 0; l < 32; l++)
                {
                    *quants++ = (byte)(levels[(pair * 64) + l] | (levels[(pair * 64) + 32 + l] << 4));
                }
            }
        }
    }

    /// <summary>
    /// The scale and the minimum (not negative: it is subtracted) that approximate 32 numbers by 16 levels with the least weighted squared error: a number of
    /// scales are tried for the levels, and for each set of levels the least-squares line through them is taken.
    /// </summary>
    private static float FitGroup(float* values, float* weights, byte* levels, byte* trial, out float minimum)
    {
        float least = values[0], most = values[0], sumWeight = weights[0], sumValue = (float)(sumWeight * values[0]);
        for (int i = 1; i < 32; i++)
        {
            least = values[i] < least ? values[i] : least;
            most = values[i] > most ? values[i] : most;
            sumWeight = (float)(sumWeight + weights[i]);
            sumValue = (float)(sumValue + (float)(weights[i] * values[i]));
        }

        least = least > 0f ? 0f : least;
        if (most == least)
        {
            for (int i = 0; i < 32; i++)
            {
                levels[i] = 0;
            }

            minimum = -least;
            return 0f;
        }

        float low = least;
        float inverse = (float)(15f / (float)(most - least));
        float scale = (float)(1f / inverse);
        float bestError = 0f;
        for (int i = 0; i < 32; i++)
        {
            levels[i] = Level((float)(inverse * (float)(values[i] - least)));
            bestError = AddError(bestError, weights[i], scale, levels[i], least, values[i]);
        }

        for (int step = 0; step < ScaleSteps; step++)
        {
            // The levels are always those above the current minimum, which a better line moves.
            inverse = (float)((float)((float)(-1f + (float)(0.1f * step)) + 15f) / (float)(most - low));
            float sumLevel = 0f, sumSquare = 0f, sumProduct = 0f;
            for (int i = 0; i < 32; i++)
            {
                int level = Level((float)(inverse * (float)(values[i] - low)));
                trial[i] = (byte)level;
                float weighted = (float)(weights[i] * level);
                sumLevel = (float)(sumLevel + weighted);
                sumSquare = (float)(sumSquare + (float)(weighted * level));
                sumProduct = (float)(sumProduct + (float)(weighted * values[i]));
            }

            float determinant = Cross(sumWeight, sumSquare, sumLevel, sumLevel);
            if (!(determinant > 0f))
            {
                continue;
            }

            float trialScale = (float)(Cross(sumWeight, sumProduct, sumValue, sumLevel) / determinant);
            float trialLow = (float)(Cross(sumSquare, sumValue, sumLevel, sumProduct) / determinant);
            if (trialLow > 0f)
            {
                trialLow = 0f;
                trialScale = (float)(sumProduct / sumSquare);
            }

            float error = 0f;
            for (int i = 0; i < 32; i++)
            {
                error = AddError(error, weights[i], trialScale, trial[i], trialLow, values[i]);
            }

            if (error < bestError)
            {
                Buffer.MemoryCopy(trial, levels, 32, 32);
                bestError = error;
                scale = trialScale;
                low = trialLow;
            }
        }

        minimum = -low;
        return scale;
    }

    /// <summary>The weighted squared error of one level, added to a sum.</summary>
    private static float AddError(float sum, float weight, float scale, int level, float low, float value)
    {
        float difference = (float)((float)((float)(scale * level) + low) - value);
        return (float)(sum + (float)(weight * (float)(difference * difference)));
    }

    /// <summary>a·b - c·d.</summary>
    private static float Cross(float a, float b, float c, float d) => (float)((float)(a * b) - (float)(c * d));

    private static byte Level(float value) => (byte)RoundEven(Math.Max(0f, Math.Min(15f, value)));

    /// <summary>Scales and minima as six-bit multiples of the super-block's two F16 numbers.</summary>
    private static void PackScales(float* scales, float* minima, float largestScale, float largestMinimum, byte* target)
    {
        float inverseScale = largestScale > 0f ? (float)(63f / largestScale) : 0f;
        float inverseMinimum = largestMinimum > 0f ? (float)(63f / largestMinimum) : 0f;
        PutScale(target, (float)(largestScale / 63f));
        PutScale(target + 2, (float)(largestMinimum / 63f));
        byte* packed = target + 4;
        for (int group = 0; group < 8; group++)
        {
            int scale = Math.Min(63, RoundEven((float)(inverseScale * scales[group])) & 255);
            int minimum = Math.Min(63, RoundEven((float)(inverseMinimum * minima[group])) & 255);
            if (group < 4)
            {
                packed[group] = (byte)scale;
                packed[group + 4] = (byte)minimum;
            }
            else
            {
                packed[group + 4] = (byte)((scale & 15) | ((minimum & 15) << 4));
                packed[group - 4] |= (byte)((scale >> 4) << 6);
                packed[group] |= (byte)((minimum >> 4) << 6);
            }
        }
    }

    /// <summary>The levels again, for the scales as they were rounded. A group whose scale became 0 keeps its levels: they do not matter.</summary>
    private static void RequantizeGroups(float* source, byte* levels, byte* target)
    {
        for (int group = 0; group < 8; group++)
        {
            float scale = (float)(Half(target) * ScaleOf(target + 4, group));
            if (scale == 0f)
            {
                continue;
            }

            float minimum = (float)(Half(target + 2) * MinimumOf(target + 4, group));
            for (int l = group * 32; l < (group * 32) + 32; l++)
            {
                levels[l] = Level((float)((float)(source[l] + minimum) / scale));
            }
        }
    }

    /// <summary>To the nearest integer, halves to even: what adding and subtracting 1.5 * 2^23 does in single precision.</summary>
    private static int RoundEven(float value) => (int)Math.Round(value, MidpointRounding.ToEven);

    /// <summary>To the nearest integer, halves away from zero, as C's roundf.</summary>
    private static int RoundAway(float value) => (int)Math.Round((double)value, MidpointRounding.AwayFromZero);

    private static float Finite(float value)
        => float.IsNaN(value) || float.IsInfinity(value)
            ? throw new NinaException(ErrorNumber.NotQuantizable, "A NaN or an infinity cannot be quantised: its block would lose every number.")
            : value;

    /// <summary>A scale as F16; one that F16 cannot hold would make the whole block infinite.</summary>
    private static void PutScale(byte* target, float scale)
    {
        ushort half = HalfFloat.FromSingle(scale);
        if ((half & 0x7C00) == 0x7C00)
        {
            throw new NinaException(ErrorNumber.NotQuantizable, "A block of numbers is too large to be quantised: its scale does not fit F16.");
        }

        target[0] = (byte)half;
        target[1] = (byte)(half >> 8);
    }
}
