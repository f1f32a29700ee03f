#if !NETFRAMEWORK
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using NinaDB.Clr.Quantization;

namespace NinaDB.Clr.Tensors;

/// <summary>One token by encoded rows: weights are decoded in registers, in the lanes and the order of <see cref="Tile4X1"/>.</summary>
internal static unsafe partial class Kernels
{
    /// <summary>Computes as many leading rows as there is a kernel for; returns their number, a multiple of four.</summary>
    private static int MultiplyInRegisters(DType type, float* x, byte* w, long rowBytes, int rows, int k, float* y)
    {
        if (!HasAvx2 || (k & 7) != 0)
        {
            return 0;
        }

        int end = rows & ~3;
        switch (type)
        {
            case DType.BF16:
                for (int r = 0; r < end; r += 4)
                {
                    DotBF16(x, w + (r * rowBytes), rowBytes, k, y + r);
                }

                return end;
            case DType.F16:
                for (int r = 0; r < end; r += 4)
                {
                    DotF16(x, w + (r * rowBytes), rowBytes, k, y + r);
                }

                return end;
            case DType.Q8_0:
                float* halves = Halves.Table;
                for (int r = 0; r < end; r += 4)
                {
                    DotQ8_0(x, w + (r * rowBytes), rowBytes, k, y + r, halves);
                }

                return end;
            default:
                for (int r = 0; r < end; r += 4)
                {
                    DotDecoded(type, x, w + (r * rowBytes), rowBytes, k, y + r);
                }

                return end;
        }
    }

    /// <summary>Types without a kernel of their own: parts of four rows are decoded into the first-level cache.</summary>
    private static void DotDecoded(DType type, float* x, byte* w, long rowBytes, int k, float* y)
    {
        DTypeInfo info = DTypeInfo.Of(type);
        float* part = stackalloc float[4 * DepthBlock];
        float* sums = stackalloc float[32];
        for (int depth = 0; depth < k; depth += DepthBlock)
        {
            int count = Math.Min(DepthBlock, k - depth);
            long offset = info.ByteLength(depth);
            for (int r = 0; r < 4; r++)
            {
                BlockCodec.Decode(type, w + (r * rowBytes) + offset, part + (r * DepthBlock), count);
            }

            TileStep step = (depth == 0 ? TileStep.First : 0) | (depth + count == k ? TileStep.Last : 0);
            Tile4X1(x + depth, 0, part, DepthBlock, count, sums, step, y, 0);
        }
    }

    private static void DotBF16(float* x, byte* w, long rowBytes, int k, float* y)
    {
        Vector256<float> a = default, b = default, c = default, d = default;
        byte* w1 = w + rowBytes, w2 = w1 + rowBytes, w3 = w2 + rowBytes;
        for (long i = 0; i < k; i += 8)
        {
            if ((i & 31) == 0)
            {
                Prefetch(w + (2 * i), w1 + (2 * i), w2 + (2 * i), w3 + (2 * i), 4 * rowBytes);
            }

            Vector256<float> p = Vector256.Load(x + i);
            a = Fma.MultiplyAdd(WidenBF16((ushort*)w + i), p, a);
            b = Fma.MultiplyAdd(WidenBF16((ushort*)w1 + i), p, b);
            c = Fma.MultiplyAdd(WidenBF16((ushort*)w2 + i), p, c);
            d = Fma.MultiplyAdd(WidenBF16((ushort*)w3 + i), p, d);
        }

        Reduce(a, b, c, d).Store(y);
    }

    private static void DotF16(float* x, byte* w, long rowBytes, int k, float* y)
    {
        Vector256<float> a = default, b = default, c = default, d = default;
        byte* w1 = w + rowBytes, w2 = w1 + rowBytes, w3 = w2 + rowBytes;
        for (long i = 0; i < k; i += 8)
        {
            if ((i & 31) == 0)
            {
                Prefetch(w + (2 * i), w1 + (2 * i), w2 + (2 * i), w3 + (2 * i), 4 * rowBytes);
            }

            Vector256<float> p = Vector256.Load(x + i);
            a = Fma.MultiplyAdd(WidenF16((ushort*)w + i), p, a);
            b = Fma.MultiplyAdd(WidenF16((ushort*)w1 + i), p, b);
            c = Fma.MultiplyAdd(WidenF16((ushort*)w2 + i), p, c);
            d = Fma.MultiplyAdd(WidenF16((ushort*)w3 + i), p, d);
        }

        Reduce(a, b, c, d).Store(y);
    }

    private static void DotQ8_0(float* x, byte* w, long rowBytes, int k, float* y, float* halves)
    {
        Vector256<float> a = default, b = default, c = default, d = default;
        byte* w1 = w + rowBytes, w2 = w1 + rowBytes, w3 = w2 + rowBytes;
        for (float* end = x + k; x < end; x += 32, w += 34, w1 += 34, w2 += 34, w3 += 34)
        {
            Prefetch(w, w1, w2, w3, 4 * rowBytes);
            Vector256<float> p = Vector256.Load(x), q = Vector256.Load(x + 8), s = Vector256.Load(x + 16), t = Vector256.Load(x + 24);
            a = BlockQ8_0(w, p, q, s, t, halves, a);
            b = BlockQ8_0(w1, p, q, s, t, halves, b);
            c = BlockQ8_0(w2, p, q, s, t, halves, c);
            d = BlockQ8_0(w3, p, q, s, t, halves, d);
        }

        Reduce(a, b, c, d).Store(y);
    }

    /// <summary>
    /// Fetches what the next four rows have at this place. A row is too short for the processor to see where its reading leads: without this
    /// it waits for memory half of the time. An address outside of the matrix does no harm.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* a, byte* b, byte* c, byte* d, long ahead)
    {
        Sse.Prefetch1(a + ahead);
        Sse.Prefetch1(b + ahead);
        Sse.Prefetch1(c + ahead);
        Sse.Prefetch1(d + ahead);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> BlockQ8_0(byte* block, Vector256<float> p, Vector256<float> q, Vector256<float> s, Vector256<float> t, float* halves, Vector256<float> sum)
    {
        Vector256<float> scale = Vector256.Create(halves[*(ushort*)block]);
        var quants = (sbyte*)(block + 2);
        sum = Fma.MultiplyAdd(Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(quants)) * scale, p, sum);
        sum = Fma.MultiplyAdd(Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(quants + 8)) * scale, q, sum);
        sum = Fma.MultiplyAdd(Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(quants + 16)) * scale, s, sum);
        return Fma.MultiplyAdd(Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(quants + 24)) * scale, t, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> WidenBF16(ushort* source) => (Avx2.ConvertToVector256Int32(source) << 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> WidenF16(ushort* source)
    {
        Vector256<int> half = Avx2.ConvertToVector256Int32(source);
        Vector256<int> magnitude = (half & Vector256.Create(0x7FFF)) << 13;
        Vector256<int> sign = (half & Vector256.Create(0x8000)) << 16;

        // 2^112 moves the exponent bias from 15 to 127 and normalises subnormals on the way; what was infinite or no number stays so.
        Vector256<int> scaled = (magnitude.AsSingle() * Vector256.Create(5.192296858534828e33f)).AsInt32();
        Vector256<int> special = Vector256.GreaterThan(magnitude, Vector256.Create(0x0F7FFFFF)) & Vector256.Create(0x7F800000);
        return (scaled | special | sign).AsSingle();
    }

    /// <summary>Every F16 value as a float: one load instead of a dozen instructions for each block's scale. Lives as long as the process.</summary>
    private static class Halves
    {
        public static readonly float* Table = Create();

        private static float* Create()
        {
            var table = (float*)NativeMemory.AlignedAlloc((1 << 16) * sizeof(float), 64);
            for (int i = 0; i < 1 << 16; i++)
            {
                table[i] = HalfFloat.ToSingle((ushort)i);
            }

            return table;
        }
    }
}
#endif
