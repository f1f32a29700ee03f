#if !NETFRAMEWORK
using System;
using System.Numerics;

namespace NinaDB.Clr.Tensors;

/// <summary>The inner loops, written once for .NET with <see cref="Vector{T}"/> and once (Kernels.Scalar.cs) for .NET Framework, which has no such type.</summary>
internal static unsafe partial class Kernels
{
    /// <summary>Σ a·b.</summary>
    public static float Dot(float* a, float* b, int count)
    {
        int width = Vector<float>.Count;
        Vector<float> s0 = Vector<float>.Zero, s1 = Vector<float>.Zero;
        int i = 0;
        for (; i <= count - (2 * width); i += 2 * width)
        {
            s0 = Vector.FusedMultiplyAdd(Vector.Load(a + i), Vector.Load(b + i), s0);
            s1 = Vector.FusedMultiplyAdd(Vector.Load(a + i + width), Vector.Load(b + i + width), s1);
        }

        for (; i <= count - width; i += width)
        {
            s0 = Vector.FusedMultiplyAdd(Vector.Load(a + i), Vector.Load(b + i), s0);
        }

        float sum = Vector.Sum(s0 + s1);
        for (; i < count; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    /// <summary>y += scale · x.</summary>
    public static void AddScaled(float* y, float* x, float scale, int count)
    {
        int width = Vector<float>.Count;
        var s = new Vector<float>(scale);
        int i = 0;
        for (; i <= count - width; i += width)
        {
            Vector.FusedMultiplyAdd(Vector.Load(x + i), s, Vector.Load(y + i)).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] += x[i] * scale;
        }
    }

    /// <summary>y = x · factor ⊙ (offset + weight).</summary>
    public static void ScaleBy(float* x, float factor, float* weight, float offset, float* y, int count)
    {
        int width = Vector<float>.Count;
        var f = new Vector<float>(factor);
        var o = new Vector<float>(offset);
        int i = 0;
        for (; i <= count - width; i += width)
        {
            (Vector.Load(x + i) * f * (o + Vector.Load(weight + i))).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] = x[i] * factor * (offset + weight[i]);
        }
    }

    /// <summary>Turns the pairs (i, i + half) of a head by the angles given as cosines and sines.</summary>
    public static void Rotate(float* x, float* cos, float* sin, int half)
    {
        int width = Vector<float>.Count;
        int i = 0;
        for (; i <= half - width; i += width)
        {
            Vector<float> a = Vector.Load(x + i), b = Vector.Load(x + i + half), c = Vector.Load(cos + i), s = Vector.Load(sin + i);
            ((a * c) - (b * s)).Store(x + i);
            ((b * c) + (a * s)).Store(x + i + half);
        }

        for (; i < half; i++)
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
        int width = Vector<float>.Count;
        int i = 0;
        for (; i <= count - width; i += width)
        {
            Vector<float> g = Vector.Load(gate + i);
            (g / (Vector<float>.One + Vector.Exp(-g)) * Vector.Load(up + i)).Store(gate + i);
        }

        for (; i < count; i++)
        {
            gate[i] = gate[i] / (1f + MathF.Exp(-gate[i])) * up[i];
        }
    }

    /// <summary>x = exp(x - maximum); returns the sum.</summary>
    public static float ExpSum(float* x, int count, float maximum)
    {
        int width = Vector<float>.Count;
        var m = new Vector<float>(maximum);
        Vector<float> total = Vector<float>.Zero;
        int i = 0;
        for (; i <= count - width; i += width)
        {
            Vector<float> e = Vector.Exp(Vector.Load(x + i) - m);
            e.Store(x + i);
            total += e;
        }

        float sum = Vector.Sum(total);
        for (; i < count; i++)
        {
            x[i] = MathF.Exp(x[i] - maximum);
            sum += x[i];
        }

        return sum;
    }

    /// <summary>The largest value.</summary>
    public static float Max(float* x, int count)
    {
        int width = Vector<float>.Count;
        float max = float.NegativeInfinity;
        int i = 0;
        if (count >= width)
        {
            Vector<float> m = Vector.Load(x);
            for (i = width; i <= count - width; i += width)
            {
                m = Vector.Max(m, Vector.Load(x + i));
            }

            for (int k = 0; k < width; k++)
            {
                max = Math.Max(max, m[k]);
            }
        }

        for (; i < count; i++)
        {
            max = Math.Max(max, x[i]);
        }

        return max;
    }

    /// <summary>
    /// scores[s] = scale · Σ_j q[j] · keys[j · stride + s] for s &lt; count. Keys are stored dimension by dimension, so that eight positions
    /// are scored at once without a horizontal sum.
    /// </summary>
    public static void AttentionScores(float* q, float* keys, int dimension, int stride, int count, float scale, float* scores)
    {
        int width = Vector<float>.Count;
        int s = 0;
        for (; s <= count - (2 * width); s += 2 * width)
        {
            Vector<float> a = Vector<float>.Zero, b = Vector<float>.Zero;
            float* k = keys + s;
            for (int j = 0; j < dimension; j++, k += stride)
            {
                var v = new Vector<float>(q[j]);
                a = Vector.FusedMultiplyAdd(v, Vector.Load(k), a);
                b = Vector.FusedMultiplyAdd(v, Vector.Load(k + width), b);
            }

            (a * scale).Store(scores + s);
            (b * scale).Store(scores + s + width);
        }

        for (; s <= count - width; s += width)
        {
            Vector<float> a = Vector<float>.Zero;
            float* k = keys + s;
            for (int j = 0; j < dimension; j++, k += stride)
            {
                a = Vector.FusedMultiplyAdd(new Vector<float>(q[j]), Vector.Load(k), a);
            }

            (a * scale).Store(scores + s);
        }

        for (; s < count; s++)
        {
            float sum = 0;
            for (int j = 0; j < dimension; j++)
            {
                sum += q[j] * keys[((long)j * stride) + s];
            }

            scores[s] = sum * scale;
        }
    }

    /// <summary>target = factor · Σ_s weights[s] · rows[s], rows of <paramref name="dimension"/> numbers.</summary>
    public static void WeightedSum(float* rows, float* weights, float factor, int count, int dimension, float* target)
    {
        int width = Vector<float>.Count;
        int j = 0;
        for (; j <= dimension - (2 * width); j += 2 * width)
        {
            Vector<float> a = Vector<float>.Zero, b = Vector<float>.Zero;
            float* row = rows + j;
            for (int s = 0; s < count; s++, row += dimension)
            {
                var w = new Vector<float>(weights[s]);
                a = Vector.FusedMultiplyAdd(w, Vector.Load(row), a);
                b = Vector.FusedMultiplyAdd(w, Vector.Load(row + width), b);
            }

            (a * factor).Store(target + j);
            (b * factor).Store(target + j + width);
        }

        for (; j < dimension; j++)
        {
            float sum = 0;
            for (int s = 0; s < count; s++)
            {
                sum += weights[s] * rows[((long)s * dimension) + j];
            }

            target[j] = sum * factor;
        }
    }

    /// <summary>BF16 to float: the upper half of the bits.</summary>
    public static void DecodeBF16(ushort* source, float* target, int count)
    {
        int width = Vector<ushort>.Count;
        int i = 0;
        for (; i <= count - width; i += width)
        {
            Vector.Widen(Vector.Load(source + i), out Vector<uint> low, out Vector<uint> high);
            Vector.AsVectorSingle(low << 16).Store(target + i);
            Vector.AsVectorSingle(high << 16).Store(target + i + Vector<float>.Count);
        }

        for (; i < count; i++)
        {
            uint bits = (uint)source[i] << 16;
            target[i] = *(float*)&bits;
        }
    }

    /// <summary>F16 to float, exact for every value, subnormals and NaN payloads included.</summary>
    public static void DecodeF16(ushort* source, float* target, int count)
    {
        int width = Vector<ushort>.Count;
        int i = 0;
        for (; i <= count - width; i += width)
        {
            Vector.Widen(Vector.Load(source + i), out Vector<uint> low, out Vector<uint> high);
            WidenF16(low).Store(target + i);
            WidenF16(high).Store(target + i + Vector<float>.Count);
        }

        for (; i < count; i++)
        {
            target[i] = HalfFloat.ToSingle(source[i]);
        }
    }

    private static Vector<float> WidenF16(Vector<uint> half)
    {
        Vector<uint> magnitude = (half & new Vector<uint>(0x7FFF)) << 13;
        Vector<uint> sign = (half & new Vector<uint>(0x8000)) << 16;

        // 2^112 moves the exponent bias from 15 to 127 and normalises subnormals on the way.
        Vector<uint> scaled = Vector.AsVectorUInt32(Vector.AsVectorSingle(magnitude) * new Vector<float>(5.192296858534828e33f));
        Vector<uint> special = Vector.GreaterThanOrEqual(magnitude, new Vector<uint>(0x0F800000));
        Vector<uint> bits = Vector.ConditionalSelect(special, magnitude | new Vector<uint>(0x7F800000), scaled);
        return Vector.AsVectorSingle(bits | sign);
    }

    /// <summary>Adds |x| to <paramref name="sumAbs"/>, x to <paramref name="sum"/>, and 1 to <paramref name="fired"/> where the neuron's gate is open: x = silu(gate) · up has the sign of gate · up.</summary>
    public static void AccumulateActivation(float* x, float* up, float* sumAbs, float* sum, float* fired, int count)
    {
        int width = Vector<float>.Count;
        int i = 0;
        for (; i <= count - width; i += width)
        {
            Vector<float> v = Vector.Load(x + i);
            (Vector.Load(sumAbs + i) + Vector.Abs(v)).Store(sumAbs + i);
            (Vector.Load(sum + i) + v).Store(sum + i);
            Vector<float> one = Vector.ConditionalSelect(Vector.GreaterThan(v * Vector.Load(up + i), Vector<float>.Zero), Vector<float>.One, Vector<float>.Zero);
            (Vector.Load(fired + i) + one).Store(fired + i);
        }

        for (; i < count; i++)
        {
            sumAbs[i] += Math.Abs(x[i]);
            sum[i] += x[i];
            fired[i] += x[i] * up[i] > 0 ? 1 : 0;
        }
    }

    /// <summary>Where |x| exceeds |best|, takes x and the position.</summary>
    public static void KeepLargest(float* x, float* best, float* bestPosition, float position, int count)
    {
        int width = Vector<float>.Count;
        var p = new Vector<float>(position);
        int i = 0;
        for (; i <= count - width; i += width)
        {
            Vector<float> v = Vector.Load(x + i), b = Vector.Load(best + i);
            Vector<int> larger = Vector.GreaterThan(Vector.Abs(v), Vector.Abs(b));
            Vector.ConditionalSelect(larger, v, b).Store(best + i);
            Vector.ConditionalSelect(larger, p, Vector.Load(bestPosition + i)).Store(bestPosition + i);
        }

        for (; i < count; i++)
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
        int width = Vector<double>.Count;
        var s = new Vector<double>(scale);
        int i = 0;
        for (; i <= count - width; i += width)
        {
            Vector.FusedMultiplyAdd(Vector.Load(x + i), s, Vector.Load(y + i)).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] += x[i] * scale;
        }
    }

    /// <summary>Σ a·b in double precision.</summary>
    public static double Dot(double* a, double* b, int count)
    {
        int width = Vector<double>.Count;
        Vector<double> s0 = Vector<double>.Zero, s1 = s0, s2 = s0, s3 = s0;
        int i = 0;
        for (; i <= count - (4 * width); i += 4 * width)
        {
            s0 = Vector.FusedMultiplyAdd(Vector.Load(a + i), Vector.Load(b + i), s0);
            s1 = Vector.FusedMultiplyAdd(Vector.Load(a + i + width), Vector.Load(b + i + width), s1);
            s2 = Vector.FusedMultiplyAdd(Vector.Load(a + i + (2 * width)), Vector.Load(b + i + (2 * width)), s2);
            s3 = Vector.FusedMultiplyAdd(Vector.Load(a + i + (3 * width)), Vector.Load(b + i + (3 * width)), s3);
        }

        for (; i <= count - width; i += width)
        {
            s0 = Vector.FusedMultiplyAdd(Vector.Load(a + i), Vector.Load(b + i), s0);
        }

        double sum = Vector.Sum(s0 + s1 + s2 + s3);
        for (; i < count; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
#endif
