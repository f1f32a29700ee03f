#if NETFRAMEWORK
using System;

namespace NinaDB.Clr.Tensors;

/// <summary>The inner loops for .NET Framework: plain code, unrolled where the compiler does not. Same results as Kernels.Simd.cs up to rounding.</summary>
internal static unsafe partial class Kernels
{
    /// <summary>Σ a·b.</summary>
    public static float Dot(float* a, float* b, int count)
    {
        float s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        int i = 0;
        for (; i <= count - 4; i += 4)
        {
            s0 += a[i] * b[i];
            s1 += a[i + 1] * b[i + 1];
            s2 += a[i + 2] * b[i + 2];
            s3 += a[i + 3] * b[i + 3];
        }

        for (; i < count; i++)
        {
            s0 += a[i] * b[i];
        }

        return (s0 + s1) + (s2 + s3);
    }

    /// <summary>y += scale · x.</summary>
    public static void AddScaled(float* y, float* x, float scale, int count)
    {
        int i = 0;
        for (; i <= count - 4; i += 4)
        {
            y[i] += x[i] * scale;
            y[i + 1] += x[i + 1] * scale;
            y[i + 2] += x[i + 2] * scale;
            y[i + 3] += x[i + 3] * scale;
        }

        for (; i < count; i++)
        {
            y[i] += x[i] * scale;
        }
    }

    /// <summary>y = x · factor ⊙ (offset + weight).</summary>
    public static void ScaleBy(float* x, float factor, float* weight, float offset, float* y, int count)
    {
        for (int i = 0; i < count; i++)
        {
            y[i] = x[i] * factor * (offset + weight[i]);
        }
    }

    /// <summary>Turns the pairs (i, i + half) of a head by the angles given as cosines and sines.</summary>
    public static void Rotate(float* x, float* cos, float* sin, int half)
    {
        for (int i = 0; i < half; i++)
        {
            float a = x[i];
            float b = x[i + half];
            x[i] = (a * cos[i]) - (b * sin[i]);
            x[i + half] = (b * cos[i]) + (a * sin[i]);
        }
    }

    /// <summary>gate = silu(gate) ⊙ up.</summary>
    public static void SiluMultiply(float* gate, float* up, int count)
    {
        for (int i = 0; i < count; i++)
        {
            gate[i] = gate[i] / (1f + (float)Math.Exp(-gate[i])) * up[i];
        }
    }

    /// <summary>x = exp(x - maximum); returns the sum.</summary>
    public static float ExpSum(float* x, int count, float maximum)
    {
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            x[i] = (float)Math.Exp(x[i] - maximum);
            sum += x[i];
        }

        return (float)sum;
    }

    /// <summary>The largest value.</summary>
    public static float Max(float* x, int count)
    {
        float max = float.NegativeInfinity;
        for (int i = 0; i < count; i++)
        {
            max = Math.Max(max, x[i]);
        }

        return max;
    }

    /// <summary>scores[s] = scale · Σ_j q[j] · keys[j · stride + s] for s &lt; count.</summary>
    public static void AttentionScores(float* q, float* keys, int dimension, int stride, int count, float scale, float* scores)
    {
        for (int s = 0; s < count; s++)
        {
            scores[s] = 0;
        }

        for (int j = 0; j < dimension; j++)
        {
            AddScaled(scores, keys + ((long)j * stride), q[j] * scale, count);
        }
    }

    /// <summary>target = factor · Σ_s weights[s] · rows[s], rows of <paramref name="dimension"/> numbers.</summary>
    public static void WeightedSum(float* rows, float* weights, float factor, int count, int dimension, float* target)
    {
        for (int j = 0; j < dimension; j++)
        {
            target[j] = 0;
        }

        for (int s = 0; s < count; s++)
        {
            AddScaled(target, rows + ((long)s * dimension), weights[s] * factor, dimension);
        }
    }

    /// <summary>y[t, r] = Σ_k x[t, k] · w[r, k]: both operands row-major with contiguous k. Four rows share each load of x.</summary>
    public static void MultiplyTransposed(float* x, int xStride, int tokens, float* w, int wStride, int rows, int k, float* y, int yStride)
    {
        int r = 0;
        for (; r <= rows - 4; r += 4)
        {
            float* w0 = w + ((long)r * wStride);
            float* w1 = w0 + wStride;
            float* w2 = w1 + wStride;
            float* w3 = w2 + wStride;
            for (int t = 0; t < tokens; t++)
            {
                float* xt = x + ((long)t * xStride);
                float a = 0, b = 0, c = 0, d = 0;
                for (int i = 0; i < k; i++)
                {
                    float v = xt[i];
                    a += v * w0[i];
                    b += v * w1[i];
                    c += v * w2[i];
                    d += v * w3[i];
                }

                float* yt = y + ((long)t * yStride) + r;
                yt[0] = a;
                yt[1] = b;
                yt[2] = c;
                yt[3] = d;
            }
        }

        for (; r < rows; r++)
        {
            for (int t = 0; t < tokens; t++)
            {
                y[((long)t * yStride) + r] = Dot(x + ((long)t * xStride), w + ((long)r * wStride), k);
            }
        }
    }

    /// <summary>BF16 to float: the upper half of the bits.</summary>
    public static void DecodeBF16(ushort* source, float* target, int count)
    {
        for (int i = 0; i < count; i++)
        {
            uint bits = (uint)source[i] << 16;
            target[i] = *(float*)&bits;
        }
    }

    /// <summary>F16 to float, exact for every value.</summary>
    public static void DecodeF16(ushort* source, float* target, int count)
    {
        for (int i = 0; i < count; i++)
        {
            target[i] = HalfFloat.ToSingle(source[i]);
        }
    }

    /// <summary>Adds |x| to <paramref name="sumAbs"/>, x to <paramref name="sum"/>, and 1 to <paramref name="fired"/> where the neuron's gate is open: x = silu(gate) · up has the sign of gate · up.</summary>
    public static void AccumulateActivation(float* x, float* up, float* sumAbs, float* sum, float* fired, int count)
    {
        for (int i = 0; i < count; i++)
        {
            sumAbs[i] += Math.Abs(x[i]);
            sum[i] += x[i];
            fired[i] += x[i] * up[i] > 0 ? 1 : 0;
        }
    }

    /// <summary>Where |x| exceeds |best|, takes x and the position.</summary>
    public static void KeepLargest(float* x, float* best, float* bestPosition, float position, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (Math.Abs(x[i]) > Math.Abs(best[i]))
            {
                best[i] = x[i];
                bestPosition[i] = position;
            }
        }
    }

    /// <summary>y += scale · x in double precision.</summary>
    public static void AddScaled(double* y, double* x, double scale, int count)
    {
        for (int i = 0; i < count; i++)
        {
            y[i] += x[i] * scale;
        }
    }

    /// <summary>Σ a·b in double precision.</summary>
    public static double Dot(double* a, double* b, int count)
    {
        double s0 = 0, s1 = 0;
        int i = 0;
        for (; i <= count - 2; i += 2)
        {
            s0 += a[i] * b[i];
            s1 += a[i + 1] * b[i + 1];
        }

        for (; i < count; i++)
        {
            s0 += a[i] * b[i];
        }

        return s0 + s1;
    }
}
#endif
