using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace NinaDB.Engine.Vectors;

/// <summary>
/// A copy of every vector in bytes, a quarter of its size: searches walk the graph over these, because memory is what they wait for, and compare what they found with the vectors themselves.
/// Kept in memory only, made from the vectors.
/// </summary>
internal sealed partial class HnswIndex
{
    /// <summary>Shorter vectors are not worth the second comparison.</summary>
    private const int ShortestCoded = 64;

    private const float LargestCode = 127;

    /// <summary>Codes by id, in blocks as the vectors.</summary>
    private volatile sbyte[][] _codes = [];

    /// <summary>By id: what a code of 1 stands for, and the squared length of the vector.</summary>
    private volatile (float Scale, float Square)[][] _codeFacts = [];

    private bool HasCodes => Avx2.IsSupported && Options.Dimensions >= ShortestCoded;

    /// <summary>A vector that others are compared with: as it is, and in bytes.</summary>
    private readonly ref struct Probe(ReadOnlySpan<float> vector, ReadOnlySpan<sbyte> codes, float scale, float square)
    {
        public ReadOnlySpan<float> Vector { get; } = vector;

        public ReadOnlySpan<sbyte> Codes { get; } = codes;

        public float Scale { get; } = scale;

        public float Square { get; } = square;
    }

    private Probe ProbeOf(ReadOnlySpan<float> vector)
    {
        if (!HasCodes)
        {
            return new Probe(vector, [], 0, 0);
        }

        var codes = new sbyte[vector.Length];
        (float scale, float square) = Encode(vector, codes);
        return new Probe(vector, codes, scale, square);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<sbyte> CodesOf(int id) => _codes[id >> BlockShift].AsSpan((id & BlockMask) * Options.Dimensions, Options.Dimensions);

    /// <summary>Called once a vector is in its place.</summary>
    private void EncodeVector(int id)
    {
        if (HasCodes)
        {
            _codeFacts[id >> BlockShift][id & BlockMask] = Encode(VectorOf(id), CodesOf(id));
        }
    }

    private void EnsureCodes(int blocks)
    {
        if (!HasCodes)
        {
            return;
        }

        sbyte[][] codes = _codes;
        (float, float)[][] facts = _codeFacts;
        int old = codes.Length;
        Array.Resize(ref codes, blocks);
        Array.Resize(ref facts, blocks);
        for (int i = old; i < blocks; i++)
        {
            codes[i] = GC.AllocateUninitializedArray<sbyte>(BlockLength * Options.Dimensions, pinned: true);
            facts[i] = new (float, float)[BlockLength];
        }

        _codes = codes;
        _codeFacts = facts;
    }

    /// <summary>Nearness by the bytes where there are bytes: near enough to choose a way, not to answer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float RoughNearness(in Probe probe, int id)
    {
        if (probe.Codes.IsEmpty)
        {
            return Nearness(probe.Vector, VectorOf(id));
        }

        (float scale, float square) = _codeFacts[id >> BlockShift][id & BlockMask];
        float dot = probe.Scale * scale * DotCodes(probe.Codes, CodesOf(id));
        return Options.Metric switch
        {
            VectorMetric.Cosine => 1 - dot,
            VectorMetric.Dot => -dot,
            _ => probe.Square + square - (2 * dot),
        };
    }

    /// <summary>Asks for the memory of what a search compares next. Blocks are pinned, so that the address stays true.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void Prefetch(in Probe probe, int id)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        byte* start = probe.Codes.IsEmpty
            ? (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(VectorOf(id)))
            : (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(CodesOf(id)));
        byte* end = start + (Options.Dimensions * (probe.Codes.IsEmpty ? sizeof(float) : sizeof(sbyte)));
        for (byte* line = start; line < end; line += CacheLine)
        {
            Sse.Prefetch0(line);
        }
    }

    private static (float Scale, float Square) Encode(ReadOnlySpan<float> vector, Span<sbyte> codes)
    {
        float largest = 0;
        foreach (float value in vector)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        float factor = largest > 0 ? LargestCode / largest : 0;
        for (int i = 0; i < vector.Length; i++)
        {
            codes[i] = (sbyte)MathF.Round(vector[i] * factor);
        }

        return (largest / LargestCode, VectorMath.Dot(vector, vector));
    }

    private static int DotCodes(ReadOnlySpan<sbyte> a, ReadOnlySpan<sbyte> b)
    {
        ref sbyte x = ref MemoryMarshal.GetReference(a);
        ref sbyte y = ref MemoryMarshal.GetReference(b);
        int i = 0, sum = 0;
        if (Avx512BW.IsSupported)
        {
            Vector512<int> s0 = Vector512<int>.Zero, s1 = s0;
            for (; i <= a.Length - 64; i += 64)
            {
                s0 += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.LoadUnsafe(ref x, (nuint)i)), Avx512BW.ConvertToVector512Int16(Vector256.LoadUnsafe(ref y, (nuint)i)));
                s1 += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.LoadUnsafe(ref x, (nuint)i + 32)), Avx512BW.ConvertToVector512Int16(Vector256.LoadUnsafe(ref y, (nuint)i + 32)));
            }

            sum = Vector512.Sum(s0 + s1);
        }
        else
        {
            Vector256<int> s0 = Vector256<int>.Zero, s1 = s0;
            for (; i <= a.Length - 32; i += 32)
            {
                s0 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref x, (nuint)i)), Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref y, (nuint)i)));
                s1 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref x, (nuint)i + 16)), Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref y, (nuint)i + 16)));
            }

            sum = Vector256.Sum(s0 + s1);
        }

        for (; i < a.Length; i++)
        {
            sum += Unsafe.Add(ref x, i) * Unsafe.Add(ref y, i);
        }

        return sum;
    }
}
