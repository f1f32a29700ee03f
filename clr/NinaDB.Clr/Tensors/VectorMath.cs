using System;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Tensors;

/// <summary>Lengths and angles of vectors.</summary>
public static unsafe class VectorMath
{
    /// <summary>The cosine of the angle between two vectors; 0 when one is zero.</summary>
    public static float Cosine(float[] a, float[] b)
    {
        if (a.Length != b.Length)
        {
            throw new NinaException(ErrorNumber.ShapeMismatch, $"Vectors of {a.Length} and {b.Length} numbers have no cosine.");
        }

        fixed (float* x = a, y = b)
        {
            double lengths = Math.Sqrt((double)Kernels.Dot(x, x, a.Length) * Kernels.Dot(y, y, b.Length));
            return lengths > 0 ? (float)(Kernels.Dot(x, y, a.Length) / lengths) : 0;
        }
    }

    /// <summary>Scales a vector to length 1; leaves a zero vector alone.</summary>
    public static void Normalize(float[] vector)
    {
        fixed (float* x = vector)
        {
            Normalize(x, vector.Length);
        }
    }

    internal static void Normalize(float* x, int count)
    {
        double length = Math.Sqrt(Kernels.Dot(x, x, count));
        if (length > 0 && !double.IsInfinity(length))
        {
            float scale = (float)(1 / length);
            for (int i = 0; i < count; i++)
            {
                x[i] *= scale;
            }
        }
    }
}
