using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Quantization;

/// <summary>
/// Small blocks: a scale (and a minimum) and 32 to 128 quants (layouts: ggml-common.h). Of 4-bit quants byte j holds number j in its low half and
/// number j + n/2 in its high half.
/// </summary>
internal static unsafe partial class BlockCodec
{
    /// <summary>The 16 levels of the non-linear 4-bit types.</summary>
    private static readonly sbyte[] NonLinear4 = { -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113 };

    /// <summary>E2M1 values, doubled so that they are integers; minus zero is zero.</summary>
    private static readonly sbyte[] DoubledE2M1 = { 0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12 };

    /// <summary>F16 scale, 16 bytes of quants less 8.</summary>
    private static void DecodeQ4_0(byte* source, float* target, long blocks)
    {
#if !NETFRAMEWORK
        if (HasVectors)
        {
            DecodeQ4_0Vector(source, target, blocks);
            return;
        }
#endif
        for (; blocks > 0; blocks--, source += 18, target += 32)
        {
            float scale = Half(source);
            for (int j = 0; j < 16; j++)
            {
                int quants = source[2 + j];
                target[j] = ((quants & 15) - 8) * scale;
                target[j + 16] = ((quants >> 4) - 8) * scale;
            }
        }
    }

    /// <summary>F16 scale, F16 minimum, 16 bytes of quants.</summary>
    private static void DecodeQ4_1(byte* source, float* target, long blocks)
    {
        for (; blocks > 0; blocks--, source += 20, target += 32)
        {
            float scale = Half(source), minimum = Half(source + 2);
            for (int j = 0; j < 16; j++)
            {
                int quants = source[4 + j];
                target[j] = ((quants & 15) * scale) + minimum;
                target[j + 16] = ((quants >> 4) * scale) + minimum;
            }
        }
    }

    /// <summary>F16 scale, 32 fifth bits, 16 bytes of the lower four; less 16.</summary>
    private static void DecodeQ5_0(byte* source, float* target, long blocks)
    {
        for (; blocks > 0; blocks--, source += 22, target += 32)
        {
            float scale = Half(source);
            uint high = UInt32(source + 2);
            for (int j = 0; j < 16; j++)
            {
                int quants = source[6 + j];
                target[j] = (FiveBits(quants & 15, high, j) - 16) * scale;
                target[j + 16] = (FiveBits(quants >> 4, high, j + 16) - 16) * scale;
            }
        }
    }

    /// <summary>F16 scale, F16 minimum, 32 fifth bits, 16 bytes of the lower four.</summary>
    private static void DecodeQ5_1(byte* source, float* target, long blocks)
    {
        for (; blocks > 0; blocks--, source += 24, target += 32)
        {
            float scale = Half(source), minimum = Half(source + 2);
            uint high = UInt32(source + 4);
            for (int j = 0; j < 16; j++)
            {
                int quants = source[8 + j];
                target[j] = (FiveBits(quants & 15, high, j) * scale) + minimum;
                target[j + 16] = (FiveBits(quants >> 4, high, j + 16) * scale) + minimum;
            }
        }
    }

    /// <summary>F16 scale, 32 signed bytes.</summary>
    private static void DecodeQ8_0(byte* source, float* target, long blocks)
    {
#if !NETFRAMEWORK
        if (HasVectors)
        {
            DecodeQ8_0Vector(source, target, blocks);
            return;
        }
#endif
        for (; blocks > 0; blocks--, source += 34, target += 32)
        {
            float scale = Half(source);
            for (int j = 0; j < 32; j++)
            {
                target[j] = (sbyte)source[2 + j] * scale;
            }
        }
    }

    /// <summary>F16 scale, 16 bytes of indexes of levels.</summary>
    private static void DecodeIQ4_NL(byte* source, float* target, long blocks)
    {
        for (; blocks > 0; blocks--, source += 18, target += 32)
        {
            Levels(NonLinear4, Half(source), source + 2, target, 16);
        }
    }

    /// <summary>E8M0 scale, 16 bytes of E2M1; the scale is halved as the levels are doubled.</summary>
    private static void DecodeMXFP4(byte* source, float* target, long blocks)
    {
        for (; blocks > 0; blocks--, source += 17, target += 32)
        {
            int exponent = source[0];
            float scale = FromBits(exponent < 2 ? 0x00200000u << exponent : (uint)(exponent - 1) << 23);
            Levels(DoubledE2M1, scale, source + 1, target, 16);
        }
    }

    /// <summary>Four unsigned E4M3 scales, four times 8 bytes of E2M1.</summary>
    private static void DecodeNVFP4(byte* source, float* target, long blocks)
    {
        for (; blocks > 0; blocks--, source += 36, target += 64)
        {
            for (int part = 0; part < 4; part++)
            {
                // The top bit has no meaning; only without it does the NaN pattern mean zero (with it, the reference takes it for a number, 480).
                int bits = source[part];
                float scale = bits == 0x7F ? 0f : bits == 0xFF ? 240f : E4M3[bits & 0x7F] * 0.5f;
                Levels(DoubledE2M1, scale, source + 4 + (part * 8), target + (part * 16), 8);
            }
        }
    }

    /// <summary>F16 scale, 128 signs.</summary>
    private static void DecodeQ1_0(byte* source, float* target, long blocks)
    {
        for (; blocks > 0; blocks--, source += 18, target += 128)
        {
            float scale = Half(source);
            for (int j = 0; j < 128; j++)
            {
                target[j] = ((source[2 + (j >> 3)] >> (j & 7)) & 1) != 0 ? scale : -scale;
            }
        }
    }

    /// <summary>F16 scale, 64 quants of two bits, less 1.</summary>
    private static void DecodeQ2_0(byte* source, float* target, long blocks)
    {
        for (; blocks > 0; blocks--, source += 18, target += 64)
        {
            float scale = Half(source);
            for (int j = 0; j < 64; j++)
            {
                target[j] = (((source[2 + (j >> 2)] >> (2 * (j & 3))) & 3) - 1) * scale;
            }
        }
    }

    private static void Levels(sbyte[] levels, float scale, byte* source, float* target, int bytes)
    {
        for (int j = 0; j < bytes; j++)
        {
            int quants = source[j];
            target[j] = levels[quants & 15] * scale;
            target[j + bytes] = levels[quants >> 4] * scale;
        }
    }

    private static int FiveBits(int low, uint high, int index) => low | (int)(((high >> index) & 1) << 4);

    private static uint UInt32(byte* source) => source[0] | ((uint)source[1] << 8) | ((uint)source[2] << 16) | ((uint)source[3] << 24);
}
