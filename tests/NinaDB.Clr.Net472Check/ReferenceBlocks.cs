using System;
using System.Collections.Generic;
using NinaDB.Clr.Quantization;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Fuzzing;

/// <summary>
/// Random blocks of every type and what the formats' reference makes of them: checksums that were computed once with ggml itself (commit d99724f2,
/// dequantize_row_* and quantize_row_*_ref, compiled without contraction of floating-point operations) over the bytes and numbers that this class makes.
/// </summary>
public static unsafe class ReferenceBlocks
{
    /// <summary>Blocks of each type.</summary>
    public const int BlockCount = 1024;

    /// <summary>Numbers that are quantised.</summary>
    public const int NumberCount = 256 * 1024;

    /// <summary>Type, seed of the bytes, checksum of the floats.</summary>
    public static readonly (DType Type, int Seed, ulong Checksum)[] Decoded =
    {
        (DType.Q4_0, 0, 0x9F7A6334F6EDE641UL),
        (DType.Q4_1, 1, 0x691CB9C9EDD9CBF8UL),
        (DType.Q5_0, 2, 0x1C9F6ACABF453F7EUL),
        (DType.Q5_1, 3, 0x9BC70C15910A6F6CUL),
        (DType.Q8_0, 4, 0x15526DF103714E64UL),
        (DType.Q2_K, 5, 0x7DC5D85655E02970UL),
        (DType.Q3_K, 6, 0xEA9EE4F796B67B0DUL),
        (DType.Q4_K, 7, 0x3E40AD67730DFFF0UL),
        (DType.Q5_K, 8, 0xA0DEAD28CDF66473UL),
        (DType.Q6_K, 9, 0x4640C52927A4BFDBUL),
        (DType.Q8_K, 10, 0x2AFC077D9E4673DBUL),
        (DType.IQ4_NL, 11, 0xCEA2D3342BB089F3UL),
        (DType.IQ4_XS, 12, 0x582406D6B664D7EEUL),
        (DType.MXFP4, 13, 0x34EA611F3FCB0733UL),
        (DType.NVFP4, 14, 0xB26CC74F1AE452C9UL),
        (DType.TQ1_0, 15, 0xBBE292DA9BCE0094UL),
        (DType.TQ2_0, 16, 0x93921F86749BE0F1UL),
        (DType.Q1_0, 17, 0xDD0F2C8704B7A625UL),
        (DType.Q2_0, 18, 0x25096630222824C1UL),
        (DType.F16, 19, 0x83BA5B7AAE3299E4UL),
    };

    /// <summary>Type, seed of the numbers, checksum of the blocks.</summary>
    public static readonly (DType Type, int Seed, ulong Checksum)[] Encoded =
    {
        (DType.Q8_0, 0, 0xB6BA5090C6E81E30UL),
        (DType.Q4_0, 1, 0x0F628458DD9DDB10UL),
        (DType.Q4_K, 2, 0xC064AEF49216C7EAUL),
    };

    /// <summary>Decodes and encodes everything; says what differs.</summary>
    public static IEnumerable<(string What, bool IsSame)> Check()
    {
        foreach ((DType type, int seed, ulong checksum) in Decoded)
        {
            float[] values = Decode(type, RandomBlocks(type, seed), BlockCount * DTypeInfo.Of(type).BlockElements);
            byte[] bytes = new byte[values.Length * 4];
            Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
            yield return ("decoding " + type, Checksum(bytes) == checksum);
        }

        foreach ((DType type, int seed, ulong checksum) in Encoded)
        {
            yield return ("encoding " + type, Checksum(Encode(type, RandomNumbers(1234567UL + (ulong)seed, NumberCount))) == checksum);
        }
    }

    /// <summary>The blocks of some numbers.</summary>
    public static byte[] Encode(DType type, float[] values)
    {
        byte[] bytes = new byte[Math.Max(0, DTypeInfo.Of(type).ByteLength(values.Length))];
        fixed (float* source = values)
        fixed (byte* target = bytes)
        {
            BlockCodec.Encode(type, source, target, values.Length);
        }

        return bytes;
    }

    /// <summary>The numbers of some blocks.</summary>
    public static float[] Decode(DType type, byte[] bytes, int elements)
    {
        float[] values = new float[elements];
        fixed (byte* source = bytes)
        fixed (float* target = values)
        {
            BlockCodec.Decode(type, source, target, elements);
        }

        return values;
    }

    /// <summary>Bytes of xorshift64; the F16 and F32 scales in them are made finite.</summary>
    public static byte[] RandomBlocks(DType type, int seed)
    {
        DTypeInfo info = DTypeInfo.Of(type);
        byte[] bytes = new byte[BlockCount * (info.BlockElements == 1 && type != DType.F16 ? 2 : 1) * info.BlockBytes];
        ulong state = 88172645463325252UL + (ulong)seed;
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)(Next(ref state) >> 56);
        }

        for (int block = 0; block < BlockCount; block++)
        {
            foreach (int place in ScalePlaces(type))
            {
                bytes[(block * info.BlockBytes) + place] &= 0xBF;
            }
        }

        return bytes;
    }

    /// <summary>Numbers of many magnitudes; some groups of one sign, some of mostly zeros.</summary>
    public static float[] RandomNumbers(ulong state, int count)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            ulong r = Next(ref state);
            float u = ((long)(r >> 40) - 8388608) / 8388608.0f;
            values[i] = (i / 256 % 5) switch
            {
                4 => i % 32 == 0 ? u : 0f,
                3 => (u * u) + 0.25f,
                _ => u / (1 << (int)((r >> 8) & 7)),
            };
        }

        return values;
    }

    /// <summary>The byte with the exponent's top bit of every scale in a block.</summary>
    private static int[] ScalePlaces(DType type) => type switch
    {
        DType.Q4_1 or DType.Q5_1 or DType.Q4_K or DType.Q5_K => new[] { 1, 3 },
        DType.Q2_K => new[] { 81, 83 },
        DType.Q3_K => new[] { 109 },
        DType.Q6_K => new[] { 209 },
        DType.Q8_K => new[] { 3 },
        DType.TQ1_0 => new[] { 53 },
        DType.TQ2_0 => new[] { 65 },
        DType.Q4_0 or DType.Q5_0 or DType.Q8_0 or DType.IQ4_NL or DType.IQ4_XS or DType.Q1_0 or DType.Q2_0 or DType.F16 => new[] { 1 },
        _ => Array.Empty<int>(),
    };

    private static ulong Next(ref ulong state)
    {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return state;
    }

    /// <summary>FNV-1a, 64 bits.</summary>
    public static ulong Checksum(byte[] bytes)
    {
        ulong hash = 14695981039346656037UL;
        foreach (byte b in bytes)
        {
            hash = (hash ^ b) * 1099511628211UL;
        }

        return hash;
    }
}
