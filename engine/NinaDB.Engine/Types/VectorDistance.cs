using System.Numerics;
using System.Runtime.InteropServices;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types;

internal enum VectorMetric : byte
{
    Cosine, Euclidean, Dot,
}

/// <summary>
/// Distances and norms of vectors, in single precision over SIMD lanes. The last bits depend on the width of the machine's lanes, as they do on SQL Server.
/// </summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/functions/vector-distance-transact-sql.</remarks>
internal static class VectorDistance
{
    /// <summary>cosine, euclidean or dot, in any case, blanks at the end ignored. Error 42201 otherwise.</summary>
    public static VectorMetric ParseMetric(string name) => name.TrimEnd(' ').ToUpperInvariant() switch
    {
        "COSINE" => VectorMetric.Cosine,
        "EUCLIDEAN" => VectorMetric.Euclidean,
        "DOT" => VectorMetric.Dot,
        _ => throw SqlErrors.Create(42201, name),
    };

    /// <summary>Smaller is closer for every metric: 1 - similarity, Euclidean distance, or the negative inner product. Error 42204 when the dimensions differ.</summary>
    public static double Compute(VectorMetric metric, ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (a.Length != b.Length)
        {
            throw SqlErrors.Create(42204, a.Length, b.Length);
        }

        switch (metric)
        {
            case VectorMetric.Euclidean:
                return Math.Sqrt(SquaredDistance(a, b));
            case VectorMetric.Dot:
                float product = Dot(a, b);
                return float.IsFinite(product) ? -product : throw SqlErrors.Create(8115, "expression", "float");
            default:
                float cross = Dot(a, b);
                double norms = Math.Sqrt(Dot(a, a)) * Math.Sqrt(Dot(b, b));
                if (norms == 0)
                {
                    return 1;
                }

                double similarity = cross / norms;
                return 1 - (double.IsNaN(similarity) ? 1 : Math.Clamp(similarity, -1, 1));
        }
    }

    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ReadOnlySpan<Vector<float>> x = MemoryMarshal.Cast<float, Vector<float>>(a);
        ReadOnlySpan<Vector<float>> y = MemoryMarshal.Cast<float, Vector<float>>(b);
        Vector<float> first = Vector<float>.Zero;
        Vector<float> second = Vector<float>.Zero;
        int i = 0;
        for (; i + 1 < x.Length; i += 2)
        {
            first = Vector.FusedMultiplyAdd(x[i], y[i], first);
            second = Vector.FusedMultiplyAdd(x[i + 1], y[i + 1], second);
        }

        for (; i < x.Length; i++)
        {
            first = Vector.FusedMultiplyAdd(x[i], y[i], first);
        }

        float sum = Vector.Sum(first + second);
        for (int k = x.Length * Vector<float>.Count; k < a.Length; k++)
        {
            sum += a[k] * b[k];
        }

        return sum;
    }

    public static float SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ReadOnlySpan<Vector<float>> x = MemoryMarshal.Cast<float, Vector<float>>(a);
        ReadOnlySpan<Vector<float>> y = MemoryMarshal.Cast<float, Vector<float>>(b);
        Vector<float> lanes = Vector<float>.Zero;
        for (int i = 0; i < x.Length; i++)
        {
            Vector<float> difference = x[i] - y[i];
            lanes = Vector.FusedMultiplyAdd(difference, difference, lanes);
        }

        float sum = Vector.Sum(lanes);
        for (int k = x.Length * Vector<float>.Count; k < a.Length; k++)
        {
            float difference = a[k] - b[k];
            sum += difference * difference;
        }

        return sum;
    }

    /// <summary>norm1 (sum of magnitudes), norm2 (Euclidean) or norminf (largest magnitude). Error 42247 otherwise.</summary>
    public static double Norm(string name, ReadOnlySpan<float> vector)
    {
        double result = 0;
        switch (name.TrimEnd(' ').ToUpperInvariant())
        {
            case "NORM1":
                foreach (float element in vector)
                {
                    result += Math.Abs(element);
                }

                return result;
            case "NORM2":
                foreach (float element in vector)
                {
                    result += (double)element * element;
                }

                return Math.Sqrt(result);
            case "NORMINF":
                foreach (float element in vector)
                {
                    result = Math.Max(result, Math.Abs(element));
                }

                return result;
            default:
                throw SqlErrors.Create(42247, name);
        }
    }

    /// <summary>Divided by its norm; a zero vector stays zero.</summary>
    public static float[] Normalize(string norm, ReadOnlySpan<float> vector)
    {
        float divisor = (float)Norm(norm, vector);
        var result = new float[vector.Length];
        if (divisor > 0 && float.IsFinite(divisor))
        {
            for (int i = 0; i < result.Length; i++)
            {
                result[i] = vector[i] / divisor;
            }
        }

        return result;
    }
}
