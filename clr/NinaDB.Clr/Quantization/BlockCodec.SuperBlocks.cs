using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Quantization;

/// <summary>
/// Super-blocks of 256 numbers: one or two F16 scales for the whole, and small integer scales for each 16 or 32 numbers (layouts: ggml-common.h).
/// Of 2-bit quants byte l of a group of 32 bytes holds the numbers l, l + 32, l + 64 and l + 96 of 128; of 4-bit quants, l and l + 32 of 64.
/// </summary>
internal static unsafe partial class BlockCodec
{
    /// <summary>16 bytes of scale and minimum, 64 bytes of quants, F16 scale, F16 minimum.</summary>
    private static void DecodeQ2_K(byte* source, float* target, long blocks)
    {
        for (; blocks > 0; blocks--, source += 84)
        {
            float scale = Half(source + 80), minimum = Half(source + 82);
            for (int group = 0; group < 16; group++, target += 16)
            {
                byte both = source[group];
                float groupScale = scale * (both & 15);
                float groupMinimum = minimum * (both >> 4);
                byte* quants = source + 16 + ((group >> 3) * 32) + ((group & 1) * 16);
                int shift = group & 6;
                for (int l = 0; l < 16; l++)
                {
                    target[l] = (groupScale * ((quants[l] >> shift) & 3)) - groupMinimum;
                }
            }
        }
    }

    /// <summary>32 bytes of third bits, 64 bytes of the lower two, 16 scales of six bits less 32, F16 scale. Without its third bit a quant is less 4.</summary>
    private static void DecodeQ3_K(byte* source, float* target, long blocks)
    {
        for (; blocks > 0; blocks--, source += 110)
        {
            float scale = Half(source + 108);
            byte* scales = source + 96;
            for (int group = 0; group < 16; group++, target += 16)
            {
                // The low four bits of scales 0..7 and 8..15 share bytes 0..7; the high two bits of four scales share each of the bytes 8..11.
                int low = group < 8 ? scales[group] & 15 : scales[group - 8] >> 4;
                int high = (scales[8 + (group & 3)] >> (2 * (group >> 2))) & 3;
                float groupScale = scale * ((low | (high << 4)) - 32);
                int half = (group & 1) * 16;
                byte* third = source + half;
                byte* quants = source + 32 + ((group >> 3) * 32) + half;
                int shift = group & 6;
                int bit = group >> 1;
                for (int l = 0; l < 16; l++)
                {
                    target[l] = groupScale * (((quants[l] >> shift) & 3) - (4 & (((third[l] >> bit) & 1) - 1)));
                }
            }
        }
    }

    /// <summary>F16 scale, F16 minimum, eight scales and minima of six bits, 128 bytes of quants.</summary>
    private static void DecodeQ4_K(byte* source, float* target, long blocks)
    {
#if !NETFRAMEWORK
        if (HasVectors)
        {
            DecodeQ4_KVector(source, target, blocks);
            return;
        }
#endif
        for (; blocks > 0; blocks--, source += 144)
        {
            float scale = Half(source), minimum = Half(source + 2);
            for (int group = 0; group < 8; group++, target += 32)
            {
                float groupScale = scale * ScaleOf(source + 4, group);
                float groupMinimum = minimum * MinimumOf(source + 4, group);
                byte* quants = source + 16 + ((group >> 1) * 32);
                int shift = (group & 1) * 4;
                for (int l = 0; l < 32; l++)
                {
                    target[l] = (groupScale * ((quants[l] >> shift) & 15)) - groupMinimum;
                }
            }
        }
    }

    /// <summary>As Q4_K, with 32 bytes of fifth bits before the quants: bit g of byte l is that of number l of group g.</summary>
    private static void DecodeQ5_K(byte* source, float* target, long blocks)
    {
#if !NETFRAMEWORK
        if (HasVectors)
        {
            DecodeQ5_KVector(source, target, blocks);
            return;
        }
#endif
        for (; blocks > 0; blocks--, source += 176)
        {
            float scale = Half(source), minimum = Half(source + 2);
            byte* fifth = source + 16;
            for (int group = 0; group < 8; group++, target += 32)
            {
                float groupScale = scale * ScaleOf(source + 4, group);
                float groupMinimum = minimum * MinimumOf(source + 4, group);
                byte* quants = source + 48 + ((group >> 1) * 32);
                int shift = (group & 1) * 4;
                for (int l = 0; l < 32; l++)
                {
                    target[l] = (groupScale * (((quants[l] >> shift) & 15) + (((fifth[l] >> group) & 1) << 4))) - groupMinimum;
                }
            }
        }
    }

    /// <summary>128 bytes of the lower four bits, 64 bytes of the upper two, 16 signed scales, F16 scale; less 32.</summary>
    private static void DecodeQ6_K(byte* source, float* target, long blocks)
    {
#if !NETFRAMEWORK
        if (HasVectors)
        {
            DecodeQ6_KVector(source, target, blocks);
            return;
        }
#endif
        for (; blocks > 0; blocks--, source += 210)
        {
            float scale = Half(source + 208);
            for (int group = 0; group < 16; group++, target += 16)
            {
                float groupScale = scale * (sbyte)source[192 + group];

                // 128 numbers are four rows of 32: rows 0 and 1 are the low halves of the two times 32 bytes, rows 2 and 3 the high ones.
                int row = (group >> 1) & 3;
                int place = (group & 1) * 16;
                byte* low = source + ((group >> 3) * 64) + ((row & 1) * 32) + place;
                byte* high = source + 128 + ((group >> 3) * 32) + place;
                int lowShift = (row >> 1) * 4;
                int highShift = row * 2;
                for (int l = 0; l < 16; l++)
                {
                    target[l] = groupScale * ((((low[l] >> lowShift) & 15) | (((high[l] >> highShift) & 3) << 4)) - 32);
                }
            }
        }
    }

    /// <summary>F32 scale, 256 signed bytes, 16 sums that are not needed here.</summary>
    private static void DecodeQ8_K(byte* source, float* target, long blocks)
    {
        for (; blocks > 0; blocks--, source += 292, target += 256)
        {
            float scale = FromBits(UInt32(source));
            for (int j = 0; j < 256; j++)
            {
                target[j] = scale * (sbyte)source[4 + j];
            }
        }
    }

    /// <summary>F16 scale, eight scales of six bits less 32 (two high bits each, then four low ones), 128 bytes of indexes of levels.</summary>
    private static void DecodeIQ4_XS(byte* source, float* target, long blocks)
    {
        for (; blocks > 0; blocks--, source += 136)
        {
            float scale = Half(source);
            int high = source[2] | (source[3] << 8);
            for (int group = 0; group < 8; group++, target += 32)
            {
                int bits = ((source[4 + (group >> 1)] >> (4 * (group & 1))) & 15) | (((high >> (2 * group)) & 3) << 4);
                Levels(NonLinear4, scale * (bits - 32), source + 8 + (group * 16), target, 16);
            }
        }
    }

    /// <summary>Ternary numbers, five a byte (48 bytes) and four a byte (4 bytes) as digits of a fraction to base 3; F16 scale.</summary>
    private static void DecodeTQ1_0(byte* source, float* target, long blocks)
    {
        for (; blocks > 0; blocks--, source += 54)
        {
            float scale = Half(source + 52);
            target = Ternary(source, 32, 5, scale, target);
            target = Ternary(source + 32, 16, 5, scale, target);
            target = Ternary(source + 48, 4, 4, scale, target);
        }
    }

    /// <summary>Ternary numbers of two bits, less 1; F16 scale.</summary>
    private static void DecodeTQ2_0(byte* source, float* target, long blocks)
    {
        for (; blocks > 0; blocks--, source += 66)
        {
            float scale = Half(source + 64);
            for (int row = 0; row < 8; row++, target += 32)
            {
                byte* quants = source + ((row >> 2) * 32);
                int shift = (row & 3) * 2;
                for (int l = 0; l < 32; l++)
                {
                    target[l] = (((quants[l] >> shift) & 3) - 1) * scale;
                }
            }
        }
    }

    /// <summary>Digit by digit: multiplied by a power of three (modulo 256), a byte has the wanted digit in front.</summary>
    private static float* Ternary(byte* source, int bytes, int digits, float scale, float* target)
    {
        int power = 1;
        for (int digit = 0; digit < digits; digit++, power *= 3)
        {
            for (int l = 0; l < bytes; l++)
            {
                int fraction = (source[l] * power) & 255;
                *target++ = (((fraction * 3) >> 8) - 1) * scale;
            }
        }

        return target;
    }

    /// <summary>The scale of a group of Q4_K and Q5_K, six bits: of groups 0..3 together, of groups 4..7 split into four low bits and two high ones.</summary>
    private static int ScaleOf(byte* scales, int group)
        => group < 4 ? scales[group] & 63 : (scales[group + 4] & 15) | ((scales[group - 4] >> 6) << 4);

    /// <summary>The minimum of a group, likewise.</summary>
    private static int MinimumOf(byte* scales, int group)
        => group < 4 ? scales[group + 4] & 63 : (scales[group + 4] >> 4) | ((scales[group] >> 6) << 4);
}
