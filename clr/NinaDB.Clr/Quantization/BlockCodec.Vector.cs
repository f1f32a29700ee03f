#if !NETFRAMEWORK
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace NinaDB.Clr.Quantization;

/// <summary>The most used types eight numbers at a time. The same operations in the same order, so the bits are the same; multiplications and additions stay apart.</summary>
internal static unsafe partial class BlockCodec
{
    private static bool HasVectors => Avx2.IsSupported && !s_scalarOnly;

    /// <summary>Set by tests, which compare both ways.</summary>
    internal static bool s_scalarOnly;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DecodeQ4_0Vector(byte* source, float* target, long blocks)
    {
        Vector256<int> eight = Vector256.Create(8);
        Vector256<int> low = Vector256.Create(15);
        for (; blocks > 0; blocks--, source += 18, target += 32)
        {
            Vector256<float> scale = Vector256.Create(Half(source));
            for (int j = 0; j < 16; j += 8)
            {
                Vector256<int> quants = Avx2.ConvertToVector256Int32(source + 2 + j);
                (ToSingle((quants & low) - eight) * scale).Store(target + j);
                (ToSingle((quants >>> 4) - eight) * scale).Store(target + j + 16);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DecodeQ8_0Vector(byte* source, float* target, long blocks)
    {
        for (; blocks > 0; blocks--, source += 34, target += 32)
        {
            Vector256<float> scale = Vector256.Create(Half(source));
            var quants = (sbyte*)(source + 2);
            (ToSingle(Avx2.ConvertToVector256Int32(quants)) * scale).Store(target);
            (ToSingle(Avx2.ConvertToVector256Int32(quants + 8)) * scale).Store(target + 8);
            (ToSingle(Avx2.ConvertToVector256Int32(quants + 16)) * scale).Store(target + 16);
            (ToSingle(Avx2.ConvertToVector256Int32(quants + 24)) * scale).Store(target + 24);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DecodeQ4_KVector(byte* source, float* target, long blocks)
    {
        Vector256<int> low = Vector256.Create(15);
        for (; blocks > 0; blocks--, source += 144)
        {
            float scale = Half(source), minimum = Half(source + 2);
            byte* quants = source + 16;
            for (int group = 0; group < 8; group += 2, quants += 32, target += 64)
            {
                Vector256<float> scale0 = Vector256.Create(scale * ScaleOf(source + 4, group));
                Vector256<float> scale1 = Vector256.Create(scale * ScaleOf(source + 4, group + 1));
                Vector256<float> minimum0 = Vector256.Create(minimum * MinimumOf(source + 4, group));
                Vector256<float> minimum1 = Vector256.Create(minimum * MinimumOf(source + 4, group + 1));
                for (int l = 0; l < 32; l += 8)
                {
                    Vector256<int> both = Avx2.ConvertToVector256Int32(quants + l);
                    Less(scale0 * ToSingle(both & low), minimum0).Store(target + l);
                    Less(scale1 * ToSingle(both >>> 4), minimum1).Store(target + l + 32);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DecodeQ5_KVector(byte* source, float* target, long blocks)
    {
        Vector256<int> low = Vector256.Create(15);
        Vector256<int> sixteen = Vector256.Create(16);
        for (; blocks > 0; blocks--, source += 176)
        {
            float scale = Half(source), minimum = Half(source + 2);
            byte* fifth = source + 16;
            byte* quants = source + 48;
            for (int group = 0; group < 8; group += 2, quants += 32, target += 64)
            {
                Vector256<float> scale0 = Vector256.Create(scale * ScaleOf(source + 4, group));
                Vector256<float> scale1 = Vector256.Create(scale * ScaleOf(source + 4, group + 1));
                Vector256<float> minimum0 = Vector256.Create(minimum * MinimumOf(source + 4, group));
                Vector256<float> minimum1 = Vector256.Create(minimum * MinimumOf(source + 4, group + 1));
                for (int l = 0; l < 32; l += 8)
                {
                    Vector256<int> both = Avx2.ConvertToVector256Int32(quants + l);
                    Vector256<int> high = Avx2.ConvertToVector256Int32(fifth + l) << 4;
                    Less(scale0 * ToSingle((both & low) | ((high >>> group) & sixteen)), minimum0).Store(target + l);
                    Less(scale1 * ToSingle((both >>> 4) | ((high >>> (group + 1)) & sixteen)), minimum1).Store(target + l + 32);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DecodeQ6_KVector(byte* source, float* target, long blocks)
    {
        Vector256<int> low = Vector256.Create(15);
        Vector256<int> upper = Vector256.Create(0x30);
        Vector256<int> bias = Vector256.Create(32);
        for (; blocks > 0; blocks--, source += 210)
        {
            float scale = Half(source + 208);
            for (int half = 0; half < 2; half++, target += 128)
            {
                byte* ql = source + (half * 64);
                byte* qh = source + 128 + (half * 32);
                var scales = (sbyte*)(source + 192 + (half * 8));
                for (int l = 0; l < 32; l += 8)
                {
                    int part = l >> 4;
                    Vector256<int> first = Avx2.ConvertToVector256Int32(ql + l);
                    Vector256<int> second = Avx2.ConvertToVector256Int32(ql + 32 + l);
                    Vector256<int> high = Avx2.ConvertToVector256Int32(qh + l);
                    Vector256<int> q0 = ((first & low) | ((high << 4) & upper)) - bias;
                    Vector256<int> q1 = ((second & low) | ((high << 2) & upper)) - bias;
                    Vector256<int> q2 = ((first >>> 4) | (high & upper)) - bias;
                    Vector256<int> q3 = ((second >>> 4) | ((high >>> 2) & upper)) - bias;
                    (Vector256.Create(scale * scales[part]) * ToSingle(q0)).Store(target + l);
                    (Vector256.Create(scale * scales[part + 2]) * ToSingle(q1)).Store(target + l + 32);
                    (Vector256.Create(scale * scales[part + 4]) * ToSingle(q2)).Store(target + l + 64);
                    (Vector256.Create(scale * scales[part + 6]) * ToSingle(q3)).Store(target + l + 96);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> ToSingle(Vector256<int> value) => Avx.ConvertToVector256Single(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Less(Vector256<float> value, Vector256<float> minimum) => Avx.Subtract(value, minimum);
}
#endif
