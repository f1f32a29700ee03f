using System;
#if !NETFRAMEWORK
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
#endif

namespace NinaDB.Clr.Tensors;

/// <summary>What one pass over some numbers yields. Sums are of differences from a shift near their mean, so that few digits cancel.</summary>
internal struct BlockMoments
{
    public float Minimum;
    public float Maximum;
    public double Sum;
    public double Squares;
    public int Zeros;

    /// <summary>False when a number was not finite, or too large to square: the sums then mean nothing.</summary>
    public readonly bool IsFinite => !double.IsNaN(Squares) && !double.IsInfinity(Squares) && !double.IsNaN(Sum);
}

/// <summary>Minimum, maximum, sums and zeros of numbers as they are stored, in one pass: of floats, of BF16, and of Q4_K blocks without decoding them.</summary>
internal static unsafe class MomentKernels
{
    public static BlockMoments OfFloats(float* x, int count, float shift)
    {
        var result = new BlockMoments { Minimum = float.PositiveInfinity, Maximum = float.NegativeInfinity };
        int i = 0;
#if !NETFRAMEWORK
        i = OfPairs<Floats>((byte*)x, count, shift, ref result);
#endif
        for (; i < count; i++)
        {
            AddOne(ref result, x[i], shift);
        }

        return result;
    }

    public static BlockMoments OfBf16(ushort* source, int count, float shift)
    {
        var result = new BlockMoments { Minimum = float.PositiveInfinity, Maximum = float.NegativeInfinity };
        int i = 0;
#if !NETFRAMEWORK
        i = OfPairs<Bf16>((byte*)source, count, shift, ref result);
#endif
        for (; i < count; i++)
        {
            uint bits = (uint)source[i] << 16;
            AddOne(ref result, *(float*)&bits, shift);
        }

        return result;
    }

    private static void AddOne(ref BlockMoments result, float value, float shift)
    {
        result.Minimum = Math.Min(result.Minimum, value);
        result.Maximum = Math.Max(result.Maximum, value);
        float difference = value - shift;
        result.Sum += difference;
        result.Squares += (double)difference * difference;
        result.Zeros += value == 0f ? 1 : 0;
    }

#if !NETFRAMEWORK
    /// <summary>How two vectors of numbers come out of memory.</summary>
    private interface IPairSource
    {
        static abstract int ElementBytes { get; }

        static abstract void Load(byte* source, out Vector<float> a, out Vector<float> b);
    }

    private readonly struct Floats : IPairSource
    {
        public static int ElementBytes => sizeof(float);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Load(byte* source, out Vector<float> a, out Vector<float> b)
        {
            a = Vector.Load((float*)source);
            b = Vector.Load((float*)source + Vector<float>.Count);
        }
    }

    private readonly struct Bf16 : IPairSource
    {
        public static int ElementBytes => sizeof(ushort);

        /// <summary>Neighbours go to different vectors: the order of the numbers does not matter here, and nothing needs to be shuffled.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Load(byte* source, out Vector<float> a, out Vector<float> b)
        {
            Vector<uint> both = Vector.Load((uint*)source);
            a = Vector.AsVectorSingle(Vector.ShiftLeft(both, 16));
            b = Vector.AsVectorSingle(both & new Vector<uint>(0xFFFF0000));
        }
    }

    /// <summary>Two vectors at a time, each with sums of its own, so that one addition does not wait for the other. Returns how many numbers it has taken.</summary>
    private static int OfPairs<T>(byte* source, int count, float shift, ref BlockMoments result)
        where T : struct, IPairSource
    {
        int step = 2 * Vector<float>.Count;
        int whole = count / step * step;
        if (whole == 0)
        {
            return 0;
        }

        var shifts = new Vector<float>(shift);
        Vector<float> low0 = new(float.PositiveInfinity), low1 = low0, high0 = new(float.NegativeInfinity), high1 = high0;
        Vector<float> sum0 = Vector<float>.Zero, sum1 = sum0, squares0 = sum0, squares1 = sum0;
        Vector<int> zeros = Vector<int>.Zero;
        for (byte* end = source + ((long)whole * T.ElementBytes); source < end; source += step * T.ElementBytes)
        {
            T.Load(source, out Vector<float> a, out Vector<float> b);
            low0 = Vector.MinNative(low0, a);
            low1 = Vector.MinNative(low1, b);
            high0 = Vector.MaxNative(high0, a);
            high1 = Vector.MaxNative(high1, b);
            zeros -= Vector.Equals(a, Vector<float>.Zero);
            zeros -= Vector.Equals(b, Vector<float>.Zero);
            a -= shifts;
            b -= shifts;
            sum0 += a;
            sum1 += b;
            squares0 = Vector.FusedMultiplyAdd(a, a, squares0);
            squares1 = Vector.FusedMultiplyAdd(b, b, squares1);
        }

        Vector<float> low = Vector.Min(low0, low1), high = Vector.Max(high0, high1);
        for (int k = 0; k < Vector<float>.Count; k++)
        {
            result.Minimum = Math.Min(result.Minimum, low[k]);
            result.Maximum = Math.Max(result.Maximum, high[k]);
        }

        result.Sum += Vector.Sum(sum0) + (double)Vector.Sum(sum1);
        result.Squares += Vector.Sum(squares0) + (double)Vector.Sum(squares1);
        result.Zeros += Vector.Sum(zeros);
        return whole;
    }

    /// <summary>Whether Q4_K blocks can be summed as integers on this machine.</summary>
    public static bool CanSumQ4K => Avx2.IsSupported;

    /// <summary>
    /// Blocks of Q4_K: a number is d·scale·q - dmin·min with q in 0..15, so that a sub-block of 32 needs only Σq and Σq². It is looked into only where
    /// q = 0 or 15 could beat what is known (<paramref name="minimum"/>, <paramref name="maximum"/>), or where some q may give zero. Blocks with scales that are not finite
    /// make the result not finite.
    /// </summary>
    public static BlockMoments OfQ4K(byte* source, int blocks, float shift, float minimum, float maximum)
    {
        const int BlockBytes = 144;
        var result = new BlockMoments { Minimum = minimum, Maximum = maximum };
        Vector256<byte> low = Vector256.Create((byte)15);
        Vector256<sbyte> ones = Vector256.Create((sbyte)1);
        Vector256<float> sum = Vector256<float>.Zero, squares = Vector256<float>.Zero;
        for (int b = 0; b < blocks; b++, source += BlockBytes)
        {
            float d = HalfFloat.ToSingle(*(ushort*)source);
            float dmin = HalfFloat.ToSingle(*(ushort*)(source + 2));
            Scales(source + 4, out Vector256<float> scales, out Vector256<float> mins);
            scales *= d;
            mins *= dmin;
            Vector256<int> q0, q1, q2, q3, s0, s1, s2, s3;
            (q0, s0) = Pair(source + 16, low, ones);
            (q1, s1) = Pair(source + 48, low, ones);
            (q2, s2) = Pair(source + 80, low, ones);
            (q3, s3) = Pair(source + 112, low, ones);
            Vector256<float> count = Fields(q0, q1, q2, q3), square = Fields(s0, s1, s2, s3);
            Vector256<float> offset = mins + Vector256.Create(shift);
            Vector256<float> linear = scales * count;
            sum += linear - (offset * 32f);
            squares += (scales * scales * square) - (2f * offset * linear) + (offset * offset * 32f);

            Vector256<float> first = -mins, last = (scales * 15f) - mins;
            Vector256<float> nearest = Vector256.Floor((mins / scales) + Vector256.Create(0.5f));
            Vector256<float> ranges = Vector256.LessThan(Vector256.Min(first, last), Vector256.Create(result.Minimum)) | Vector256.GreaterThan(Vector256.Max(first, last), Vector256.Create(result.Maximum));
            Vector256<float> zeros = Vector256.Equals(scales * nearest, mins) | Vector256.Equals(scales, Vector256<float>.Zero);
            uint open = (ranges | zeros).ExtractMostSignificantBits();
            for (; open != 0; open &= open - 1)
            {
                int s = BitOperations.TrailingZeroCount(open);
                LookInto(source + 16 + (s / 2 * 32), (s & 1) * 4, scales[s], mins[s], ref result);
            }
        }

        result.Sum = Vector256.Sum(sum);
        result.Squares = Vector256.Sum(squares);
        return result;
    }

    /// <summary>A sub-block number by number: only q that occur count.</summary>
    private static void LookInto(byte* source, int shift, float scale, float min, ref BlockMoments result)
    {
        Vector256<byte> q = Vector256.ShiftRightLogical(Vector256.Load(source).AsUInt16(), shift).AsByte() & Vector256.Create((byte)15);
        for (int k = 0; k < 16; k++)
        {
            uint found = Vector256.Equals(q, Vector256.Create((byte)k)).ExtractMostSignificantBits();
            if (found != 0)
            {
                float value = (scale * k) - min;
                result.Minimum = Math.Min(result.Minimum, value);
                result.Maximum = Math.Max(result.Maximum, value);
                result.Zeros += value == 0f ? BitOperations.PopCount(found) : 0;
            }
        }
    }

    /// <summary>The eight 6-bit scales and minimums of a block, packed into twelve bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scales(byte* packed, out Vector256<float> scales, out Vector256<float> mins)
    {
        uint a = *(uint*)packed, b = *(uint*)(packed + 4), c = *(uint*)(packed + 8);
        ulong scale = (a & 0x3F3F3F3F) | ((ulong)((c & 0x0F0F0F0F) | (((a >> 6) & 0x03030303) << 4)) << 32);
        ulong min = (b & 0x3F3F3F3F) | ((ulong)(((c >> 4) & 0x0F0F0F0F) | (((b >> 6) & 0x03030303) << 4)) << 32);
        scales = Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(scale).AsByte()));
        mins = Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(min).AsByte()));
    }

    /// <summary>Partial Σq and Σq² of the two sub-blocks that share 32 bytes: the first one's in the low halves of eight 32-bit lanes, the second one's in the high halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<int> Sums, Vector256<int> Squares) Pair(byte* source, Vector256<byte> low, Vector256<sbyte> ones)
    {
        Vector256<byte> both = Vector256.Load(source);
        Vector256<byte> a = both & low;
        Vector256<byte> b = Vector256.ShiftRightLogical(both.AsUInt16(), 4).AsByte() & low;
        Vector256<short> one = Vector256<short>.One;
        Vector256<int> sumA = Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(a, ones), one);
        Vector256<int> sumB = Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(b, ones), one);
        Vector256<int> squareA = Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(a, a.AsSByte()), one);
        Vector256<int> squareB = Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(b, b.AsSByte()), one);
        return (sumA | Vector256.ShiftLeft(sumB, 16), squareA | Vector256.ShiftLeft(squareB, 16));
    }

    /// <summary>Adds up the lanes of each and spreads their halves: the sums of the eight sub-blocks, at most 7,200 each, so that no half overflows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Fields(Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d)
    {
        Vector256<int> all = Avx2.HorizontalAdd(Avx2.HorizontalAdd(a, b), Avx2.HorizontalAdd(c, d));
        Vector128<ushort> halves = (all.GetLower() + all.GetUpper()).AsUInt16();
        return Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(halves));
    }
#else
    /// <summary>Whether Q4_K blocks can be summed as integers on this machine.</summary>
    public static bool CanSumQ4K => false;

    /// <summary>Not on this runtime.</summary>
    public static BlockMoments OfQ4K(byte* source, int blocks, float shift, float minimum, float maximum) => throw new NotSupportedException();
#endif
}
