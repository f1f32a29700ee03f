using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NinaDB.Engine.Vectors;

/// <summary>Dot products and distances of single-precision vectors of equal length, with as many lanes as the machine has.</summary>
internal static class VectorMath
{
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        int lanes = Vector<float>.Count;
        ref float x = ref MemoryMarshal.GetReference(a);
        ref float y = ref MemoryMarshal.GetReference(b);
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        int i = 0;
        for (; i <= a.Length - 4 * lanes; i += 4 * lanes)
        {
            s0 = Vector.FusedMultiplyAdd(Load(ref x, i), Load(ref y, i), s0);
            s1 = Vector.FusedMultiplyAdd(Load(ref x, i + lanes), Load(ref y, i + lanes), s1);
            s2 = Vector.FusedMultiplyAdd(Load(ref x, i + 2 * lanes), Load(ref y, i + 2 * lanes), s2);
            s3 = Vector.FusedMultiplyAdd(Load(ref x, i + 3 * lanes), Load(ref y, i + 3 * lanes), s3);
        }

        for (; i <= a.Length - lanes; i += lanes)
        {
            s0 = Vector.FusedMultiplyAdd(Load(ref x, i), Load(ref y, i), s0);
        }

        float sum = Vector.Sum(s0 + s1 + (s2 + s3));
        for (; i < a.Length; i++)
        {
            sum += Unsafe.Add(ref x, i) * Unsafe.Add(ref y, i);
        }

        return sum;
    }

    public static float SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        int lanes = Vector<float>.Count;
        ref float x = ref MemoryMarshal.GetReference(a);
        ref float y = ref MemoryMarshal.GetReference(b);
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        int i = 0;
        for (; i <= a.Length - 4 * lanes; i += 4 * lanes)
        {
            Vector<float> d0 = Load(ref x, i) - Load(ref y, i);
            Vector<float> d1 = Load(ref x, i + lanes) - Load(ref y, i + lanes);
            Vector<float> d2 = Load(ref x, i + 2 * lanes) - Load(ref y, i + 2 * lanes);
            Vector<float> d3 = Load(ref x, i + 3 * lanes) - Load(ref y, i + 3 * lanes);
            s0 = Vector.FusedMultiplyAdd(d0, d0, s0);
            s1 = Vector.FusedMultiplyAdd(d1, d1, s1);
            s2 = Vector.FusedMultiplyAdd(d2, d2, s2);
            s3 = Vector.FusedMultiplyAdd(d3, d3, s3);
        }

        for (; i <= a.Length - lanes; i += lanes)
        {
            Vector<float> d = Load(ref x, i) - Load(ref y, i);
            s0 = Vector.FusedMultiplyAdd(d, d, s0);
        }

        float sum = Vector.Sum(s0 + s1 + (s2 + s3));
        for (; i < a.Length; i++)
        {
            float d = Unsafe.Add(ref x, i) - Unsafe.Add(ref y, i);
            sum += d * d;
        }

        return sum;
    }

    /// <summary>Scales to length one; a zero vector stays as it is.</summary>
    public static void Normalize(Span<float> vector)
    {
        double length = Math.Sqrt(Dot(vector, vector));
        if (length > 0)
        {
            float scale = (float)(1 / length);
            foreach (ref float element in vector)
            {
                element *= scale;
            }
        }
    }

    /// <summary>A 64-bit hash of the exact bits of a vector.</summary>
    public static ulong Hash(ReadOnlySpan<float> vector)
    {
        ulong hash = 0x9E37_79B9_7F4A_7C15ul ^ (ulong)vector.Length;
        foreach (uint bits in MemoryMarshal.Cast<float, uint>(vector))
        {
            hash = (hash ^ bits) * 0xFF51_AFD7_ED55_8CCDul;
            hash ^= hash >> 32;
        }

        return hash;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Load(ref float start, int offset) => Vector.LoadUnsafe(ref start, (nuint)offset);
}
