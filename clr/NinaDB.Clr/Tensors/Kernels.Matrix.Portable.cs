#if !NETFRAMEWORK
using System.Numerics;

namespace NinaDB.Clr.Tensors;

/// <summary>Matrix products on processors without AVX2.</summary>
internal static unsafe partial class Kernels
{
    /// <summary><see cref="MultiplyTransposed"/> with whatever vectors the processor has: register blocks of 4 rows by 3 tokens.</summary>
    private static void MultiplyPortable(float* x, int xStride, int tokens, float* w, int wStride, int rows, int k, float* y, int yStride)
    {
        int r = 0;
        for (; r <= rows - 4; r += 4)
        {
            float* w0 = w + ((long)r * wStride);
            int t = 0;
            for (; t <= tokens - 3; t += 3)
            {
                Block4X3(x + ((long)t * xStride), xStride, w0, wStride, k, y + ((long)t * yStride) + r, yStride);
            }

            for (; t < tokens; t++)
            {
                Block4X1(x + ((long)t * xStride), w0, wStride, k, y + ((long)t * yStride) + r);
            }
        }

        for (; r < rows; r++)
        {
            for (int t = 0; t < tokens; t++)
            {
                y[((long)t * yStride) + r] = Block1X1(x + ((long)t * xStride), w + ((long)r * wStride), k);
            }
        }
    }

    private static void Block4X3(float* x, int xs, float* w, int ws, int k, float* y, int ys)
    {
        int width = Vector<float>.Count;
        Vector<float> a0 = Vector<float>.Zero, a1 = a0, a2 = a0, b0 = a0, b1 = a0, b2 = a0, c0 = a0, c1 = a0, c2 = a0, d0 = a0, d1 = a0, d2 = a0;
        float* x1 = x + xs, x2 = x1 + xs;
        float* w1 = w + ws, w2 = w1 + ws, w3 = w2 + ws;
        int i = 0;
        for (; i <= k - width; i += width)
        {
            Vector<float> p = Vector.Load(x + i), q = Vector.Load(x1 + i), s = Vector.Load(x2 + i);
            Vector<float> v = Vector.Load(w + i);
            a0 = Vector.FusedMultiplyAdd(v, p, a0);
            a1 = Vector.FusedMultiplyAdd(v, q, a1);
            a2 = Vector.FusedMultiplyAdd(v, s, a2);
            v = Vector.Load(w1 + i);
            b0 = Vector.FusedMultiplyAdd(v, p, b0);
            b1 = Vector.FusedMultiplyAdd(v, q, b1);
            b2 = Vector.FusedMultiplyAdd(v, s, b2);
            v = Vector.Load(w2 + i);
            c0 = Vector.FusedMultiplyAdd(v, p, c0);
            c1 = Vector.FusedMultiplyAdd(v, q, c1);
            c2 = Vector.FusedMultiplyAdd(v, s, c2);
            v = Vector.Load(w3 + i);
            d0 = Vector.FusedMultiplyAdd(v, p, d0);
            d1 = Vector.FusedMultiplyAdd(v, q, d1);
            d2 = Vector.FusedMultiplyAdd(v, s, d2);
        }

        float* y1 = y + ys, y2 = y1 + ys;
        y[0] = Vector.Sum(a0);
        y[1] = Vector.Sum(b0);
        y[2] = Vector.Sum(c0);
        y[3] = Vector.Sum(d0);
        y1[0] = Vector.Sum(a1);
        y1[1] = Vector.Sum(b1);
        y1[2] = Vector.Sum(c1);
        y1[3] = Vector.Sum(d1);
        y2[0] = Vector.Sum(a2);
        y2[1] = Vector.Sum(b2);
        y2[2] = Vector.Sum(c2);
        y2[3] = Vector.Sum(d2);
        for (; i < k; i++)
        {
            y[0] += w[i] * x[i];
            y[1] += w1[i] * x[i];
            y[2] += w2[i] * x[i];
            y[3] += w3[i] * x[i];
            y1[0] += w[i] * x1[i];
            y1[1] += w1[i] * x1[i];
            y1[2] += w2[i] * x1[i];
            y1[3] += w3[i] * x1[i];
            y2[0] += w[i] * x2[i];
            y2[1] += w1[i] * x2[i];
            y2[2] += w2[i] * x2[i];
            y2[3] += w3[i] * x2[i];
        }
    }

    /// <summary>One row, summed as <see cref="Block4X1"/> does: where a row stands does not change its result.</summary>
    private static float Block1X1(float* x, float* w, int k)
    {
        int width = Vector<float>.Count;
        Vector<float> a = Vector<float>.Zero;
        int i = 0;
        for (; i <= k - width; i += width)
        {
            a = Vector.FusedMultiplyAdd(Vector.Load(w + i), Vector.Load(x + i), a);
        }

        float sum = Vector.Sum(a);
        for (; i < k; i++)
        {
            sum += w[i] * x[i];
        }

        return sum;
    }

    private static void Block4X1(float* x, float* w, int ws, int k, float* y)
    {
        int width = Vector<float>.Count;
        Vector<float> a = Vector<float>.Zero, b = a, c = a, d = a;
        float* w1 = w + ws, w2 = w1 + ws, w3 = w2 + ws;
        int i = 0;
        for (; i <= k - width; i += width)
        {
            Vector<float> p = Vector.Load(x + i);
            a = Vector.FusedMultiplyAdd(Vector.Load(w + i), p, a);
            b = Vector.FusedMultiplyAdd(Vector.Load(w1 + i), p, b);
            c = Vector.FusedMultiplyAdd(Vector.Load(w2 + i), p, c);
            d = Vector.FusedMultiplyAdd(Vector.Load(w3 + i), p, d);
        }

        y[0] = Vector.Sum(a);
        y[1] = Vector.Sum(b);
        y[2] = Vector.Sum(c);
        y[3] = Vector.Sum(d);
        for (; i < k; i++)
        {
            y[0] += w[i] * x[i];
            y[1] += w1[i] * x[i];
            y[2] += w2[i] * x[i];
            y[3] += w3[i] * x[i];
        }
    }
}
#endif
