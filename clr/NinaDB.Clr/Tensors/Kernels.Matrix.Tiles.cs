#if !NETFRAMEWORK
using System;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace NinaDB.Clr.Tensors;

/// <summary>The register tiles of the matrix product. Every sum runs over k in eight lanes, in order, and the lanes are added in one fixed way, whatever the tile.</summary>
internal static unsafe partial class Kernels
{
    /// <summary>Where in k a tile stands: its sums start at zero (First) or go on from memory, and end as results (Last) or in memory.</summary>
    [Flags]
    private enum TileStep
    {
        Middle = 0,
        First = 1,
        Last = 2,
        Whole = First | Last,
    }

    /// <summary>The four sums of lanes.</summary>
    private static Vector128<float> Reduce(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d)
    {
        Vector256<float> sum = Avx.HorizontalAdd(Avx.HorizontalAdd(a, b), Avx.HorizontalAdd(c, d));
        return sum.GetLower() + sum.GetUpper();
    }

    /// <summary>A tile of 4 rows by 6 tokens, <paramref name="count"/> numbers of k (whole vectors). See <see cref="TileStep"/> for what becomes of the sums.</summary>
    private static void Tile4X6(float* x, long xs, float* w, long ws, long count, float* sums, TileStep step, float* y, long ys)
    {
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, d0 = default, d1 = default, d2 = default, d3 = default, d4 = default, d5 = default;
        if ((step & TileStep.First) == 0)
        {
            a0 = Vector256.Load(sums);
            a1 = Vector256.Load(sums + 8);
            a2 = Vector256.Load(sums + 16);
            a3 = Vector256.Load(sums + 24);
            a4 = Vector256.Load(sums + 32);
            a5 = Vector256.Load(sums + 40);
            b0 = Vector256.Load(sums + 48);
            b1 = Vector256.Load(sums + 56);
            b2 = Vector256.Load(sums + 64);
            b3 = Vector256.Load(sums + 72);
            b4 = Vector256.Load(sums + 80);
            b5 = Vector256.Load(sums + 88);
            c0 = Vector256.Load(sums + 96);
            c1 = Vector256.Load(sums + 104);
            c2 = Vector256.Load(sums + 112);
            c3 = Vector256.Load(sums + 120);
            c4 = Vector256.Load(sums + 128);
            c5 = Vector256.Load(sums + 136);
            d0 = Vector256.Load(sums + 144);
            d1 = Vector256.Load(sums + 152);
            d2 = Vector256.Load(sums + 160);
            d3 = Vector256.Load(sums + 168);
            d4 = Vector256.Load(sums + 176);
            d5 = Vector256.Load(sums + 184);
        }

        float* x1 = x + xs, x2 = x1 + xs, x3 = x2 + xs, x4 = x3 + xs, x5 = x4 + xs;
        float* w1 = w + ws, w2 = w1 + ws, w3 = w2 + ws;
        for (long i = 0; i < count; i += 8)
        {
            Vector256<float> p = Vector256.Load(x + i), q = Vector256.Load(x1 + i), s = Vector256.Load(x2 + i), t = Vector256.Load(x3 + i), u = Vector256.Load(x4 + i), v = Vector256.Load(x5 + i);
            Vector256<float> z = Vector256.Load(w + i);
            a0 = Fma.MultiplyAdd(z, p, a0);
            a1 = Fma.MultiplyAdd(z, q, a1);
            a2 = Fma.MultiplyAdd(z, s, a2);
            a3 = Fma.MultiplyAdd(z, t, a3);
            a4 = Fma.MultiplyAdd(z, u, a4);
            a5 = Fma.MultiplyAdd(z, v, a5);
            z = Vector256.Load(w1 + i);
            b0 = Fma.MultiplyAdd(z, p, b0);
            b1 = Fma.MultiplyAdd(z, q, b1);
            b2 = Fma.MultiplyAdd(z, s, b2);
            b3 = Fma.MultiplyAdd(z, t, b3);
            b4 = Fma.MultiplyAdd(z, u, b4);
            b5 = Fma.MultiplyAdd(z, v, b5);
            z = Vector256.Load(w2 + i);
            c0 = Fma.MultiplyAdd(z, p, c0);
            c1 = Fma.MultiplyAdd(z, q, c1);
            c2 = Fma.MultiplyAdd(z, s, c2);
            c3 = Fma.MultiplyAdd(z, t, c3);
            c4 = Fma.MultiplyAdd(z, u, c4);
            c5 = Fma.MultiplyAdd(z, v, c5);
            z = Vector256.Load(w3 + i);
            d0 = Fma.MultiplyAdd(z, p, d0);
            d1 = Fma.MultiplyAdd(z, q, d1);
            d2 = Fma.MultiplyAdd(z, s, d2);
            d3 = Fma.MultiplyAdd(z, t, d3);
            d4 = Fma.MultiplyAdd(z, u, d4);
            d5 = Fma.MultiplyAdd(z, v, d5);
        }

        if ((step & TileStep.Last) == 0)
        {
            a0.Store(sums);
            a1.Store(sums + 8);
            a2.Store(sums + 16);
            a3.Store(sums + 24);
            a4.Store(sums + 32);
            a5.Store(sums + 40);
            b0.Store(sums + 48);
            b1.Store(sums + 56);
            b2.Store(sums + 64);
            b3.Store(sums + 72);
            b4.Store(sums + 80);
            b5.Store(sums + 88);
            c0.Store(sums + 96);
            c1.Store(sums + 104);
            c2.Store(sums + 112);
            c3.Store(sums + 120);
            c4.Store(sums + 128);
            c5.Store(sums + 136);
            d0.Store(sums + 144);
            d1.Store(sums + 152);
            d2.Store(sums + 160);
            d3.Store(sums + 168);
            d4.Store(sums + 176);
            d5.Store(sums + 184);

            return;
        }

        Reduce(a0, b0, c0, d0).Store(y);
        Reduce(a1, b1, c1, d1).Store(y + ys);
        Reduce(a2, b2, c2, d2).Store(y + (2 * ys));
        Reduce(a3, b3, c3, d3).Store(y + (3 * ys));
        Reduce(a4, b4, c4, d4).Store(y + (4 * ys));
        Reduce(a5, b5, c5, d5).Store(y + (5 * ys));
    }

    /// <summary>A tile of 4 rows by 3 tokens, <paramref name="count"/> numbers of k (whole vectors). See <see cref="TileStep"/> for what becomes of the sums.</summary>
    private static void Tile4X3(float* x, long xs, float* w, long ws, long count, float* sums, TileStep step, float* y, long ys)
    {
        Vector256<float> a0 = default, a1 = default, a2 = default, b0 = default, b1 = default, b2 = default, c0 = default, c1 = default, c2 = default, d0 = default, d1 = default, d2 = default;
        if ((step & TileStep.First) == 0)
        {
            a0 = Vector256.Load(sums);
            a1 = Vector256.Load(sums + 8);
            a2 = Vector256.Load(sums + 16);
            b0 = Vector256.Load(sums + 24);
            b1 = Vector256.Load(sums + 32);
            b2 = Vector256.Load(sums + 40);
            c0 = Vector256.Load(sums + 48);
            c1 = Vector256.Load(sums + 56);
            c2 = Vector256.Load(sums + 64);
            d0 = Vector256.Load(sums + 72);
            d1 = Vector256.Load(sums + 80);
            d2 = Vector256.Load(sums + 88);
        }

        float* x1 = x + xs, x2 = x1 + xs;
        float* w1 = w + ws, w2 = w1 + ws, w3 = w2 + ws;
        for (long i = 0; i < count; i += 8)
        {
            Vector256<float> p = Vector256.Load(x + i), q = Vector256.Load(x1 + i), s = Vector256.Load(x2 + i);
            Vector256<float> z = Vector256.Load(w + i);
            a0 = Fma.MultiplyAdd(z, p, a0);
            a1 = Fma.MultiplyAdd(z, q, a1);
            a2 = Fma.MultiplyAdd(z, s, a2);
            z = Vector256.Load(w1 + i);
            b0 = Fma.MultiplyAdd(z, p, b0);
            b1 = Fma.MultiplyAdd(z, q, b1);
            b2 = Fma.MultiplyAdd(z, s, b2);
            z = Vector256.Load(w2 + i);
            c0 = Fma.MultiplyAdd(z, p, c0);
            c1 = Fma.MultiplyAdd(z, q, c1);
            c2 = Fma.MultiplyAdd(z, s, c2);
            z = Vector256.Load(w3 + i);
            d0 = Fma.MultiplyAdd(z, p, d0);
            d1 = Fma.MultiplyAdd(z, q, d1);
            d2 = Fma.MultiplyAdd(z, s, d2);
        }

        if ((step & TileStep.Last) == 0)
        {
            a0.Store(sums);
            a1.Store(sums + 8);
            a2.Store(sums + 16);
            b0.Store(sums + 24);
            b1.Store(sums + 32);
            b2.Store(sums + 40);
            c0.Store(sums + 48);
            c1.Store(sums + 56);
            c2.Store(sums + 64);
            d0.Store(sums + 72);
            d1.Store(sums + 80);
            d2.Store(sums + 88);

            return;
        }

        Reduce(a0, b0, c0, d0).Store(y);
        Reduce(a1, b1, c1, d1).Store(y + ys);
        Reduce(a2, b2, c2, d2).Store(y + (2 * ys));
    }

    /// <summary>A tile of 4 rows by 1 tokens, <paramref name="count"/> numbers of k (whole vectors). See <see cref="TileStep"/> for what becomes of the sums.</summary>
    private static void Tile4X1(float* x, long xs, float* w, long ws, long count, float* sums, TileStep step, float* y, long ys)
    {
        Vector256<float> a0 = default, b0 = default, c0 = default, d0 = default;
        if ((step & TileStep.First) == 0)
        {
            a0 = Vector256.Load(sums);
            b0 = Vector256.Load(sums + 8);
            c0 = Vector256.Load(sums + 16);
            d0 = Vector256.Load(sums + 24);
        }

        float* w1 = w + ws, w2 = w1 + ws, w3 = w2 + ws;
        for (long i = 0; i < count; i += 8)
        {
            Vector256<float> p = Vector256.Load(x + i);
            Vector256<float> z = Vector256.Load(w + i);
            a0 = Fma.MultiplyAdd(z, p, a0);
            z = Vector256.Load(w1 + i);
            b0 = Fma.MultiplyAdd(z, p, b0);
            z = Vector256.Load(w2 + i);
            c0 = Fma.MultiplyAdd(z, p, c0);
            z = Vector256.Load(w3 + i);
            d0 = Fma.MultiplyAdd(z, p, d0);
        }

        if ((step & TileStep.Last) == 0)
        {
            a0.Store(sums);
            b0.Store(sums + 8);
            c0.Store(sums + 16);
            d0.Store(sums + 24);

            return;
        }

        Reduce(a0, b0, c0, d0).Store(y);
    }

    /// <summary>Eight rows by one token: enough independent sums to hide the latency of the multiply-add.</summary>
    private static void Tile8X1(float* x, float* w, long ws, long count, float* y)
    {
        Vector256<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        float* w1 = w + ws, w2 = w1 + ws, w3 = w2 + ws, w4 = w3 + ws, w5 = w4 + ws, w6 = w5 + ws, w7 = w6 + ws;
        for (long i = 0; i < count; i += 8)
        {
            Vector256<float> p = Vector256.Load(x + i);
            a = Fma.MultiplyAdd(Vector256.Load(w + i), p, a);
            b = Fma.MultiplyAdd(Vector256.Load(w1 + i), p, b);
            c = Fma.MultiplyAdd(Vector256.Load(w2 + i), p, c);
            d = Fma.MultiplyAdd(Vector256.Load(w3 + i), p, d);
            e = Fma.MultiplyAdd(Vector256.Load(w4 + i), p, e);
            f = Fma.MultiplyAdd(Vector256.Load(w5 + i), p, f);
            g = Fma.MultiplyAdd(Vector256.Load(w6 + i), p, g);
            h = Fma.MultiplyAdd(Vector256.Load(w7 + i), p, h);
        }

        Reduce(a, b, c, d).Store(y);
        Reduce(e, f, g, h).Store(y + 4);
    }

    /// <summary>One row by one token.</summary>
    private static float Tile1X1(float* x, float* w, long count)
    {
        Vector256<float> a = default;
        for (long i = 0; i < count; i += 8)
        {
            a = Fma.MultiplyAdd(Vector256.Load(w + i), Vector256.Load(x + i), a);
        }

        return Reduce(a, a, a, a).ToScalar();
    }
}
#endif
