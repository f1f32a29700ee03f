using System;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Storage;

namespace NinaDB.Clr.Tensors;

/// <summary>
/// How far two tensors of the same number of elements are from each other, whatever their data types. Both are read once, block by block; sums are in double
/// precision. Pairs of which one number is not finite are left out of the sums and counted apart.
/// </summary>
public sealed unsafe class TensorComparison
{
    /// <summary>Elements decoded at once; a multiple of every quantisation block.</summary>
    private const int BlockElements = 8192;

    /// <summary>Elements that one thread takes at a time. Fixed, so that the result does not depend on the number of threads.</summary>
    private const long ChunkElements = 128L * BlockElements;

    private readonly double _dot;
    private readonly double _squaresA;
    private readonly double _squaresB;
    private readonly double _squaresDifference;

    private TensorComparison(long count, in Sums sums)
    {
        Count = count;
        Differing = sums.Differing;
        NonFinite = sums.NonFinite;
        MaxAbsDifference = sums.MaxAbsDifference;
        MaxAbsIndex = sums.MaxAbsIndex;
        _dot = sums.Dot;
        _squaresA = sums.SquaresA;
        _squaresB = sums.SquaresB;
        _squaresDifference = sums.SquaresDifference;
    }

    /// <summary>The number of elements of either.</summary>
    public long Count { get; }

    /// <summary>How many elements differ as decoded numbers (zeros of either sign are equal, and so are two that are not a number).</summary>
    public long Differing { get; }

    /// <summary>How many pairs hold a number that is not finite.</summary>
    public long NonFinite { get; }

    /// <summary>The largest |a - b|.</summary>
    public double MaxAbsDifference { get; }

    /// <summary>The first element, in row-major order, where the difference is that large; -1 where none differs.</summary>
    public long MaxAbsIndex { get; }

    /// <summary>The cosine of the angle between the two; NaN where either is zero everywhere, 1 where both are.</summary>
    public double Cosine
    {
        get
        {
            if (_squaresA == 0 || _squaresB == 0)
            {
                return _squaresA == _squaresB ? 1 : double.NaN;
            }

            return _squaresDifference == 0 ? 1 : Math.Max(-1, Math.Min(1, _dot / (Math.Sqrt(_squaresA) * Math.Sqrt(_squaresB))));
        }
    }

    /// <summary>‖a - b‖ / ‖a‖; 0 where both are equal, infinite where only a is zero everywhere.</summary>
    public double RelativeL2 => _squaresDifference == 0 ? 0 : Math.Sqrt(_squaresDifference / _squaresA);

    /// <summary>‖a - b‖.</summary>
    public double L2 => Math.Sqrt(_squaresDifference);

    /// <summary>
    /// Compares two tensors, which must have as many elements. Raises <see cref="ErrorNumber.ShapeMismatch"/> and <see cref="ErrorNumber.DTypeNotDecodable"/>.
    /// </summary>
    public static TensorComparison Of(Segment segmentA, TensorInfo a, Segment segmentB, TensorInfo b, int parallelism = 1)
    {
        TensorReader.RequireDecodable(a);
        TensorReader.RequireDecodable(b);
        long count = a.ElementCount;
        if (count != b.ElementCount)
        {
            throw new NinaException(ErrorNumber.ShapeMismatch, $"Tensor '{a.Name}' {a.ShapeText} and tensor '{b.Name}' {b.ShapeText} do not have as many elements.");
        }

        int chunks = checked((int)((count + ChunkElements - 1) / ChunkElements));
        var parts = new Sums[chunks];
        ParallelWork.For(chunks, parallelism, chunk =>
        {
            long first = chunk * ChunkElements;
            long end = Math.Min(count, first + ChunkElements);
            Sums sums = Sums.Empty;
            float[] left = new float[BlockElements];
            float[] right = new float[BlockElements];
            fixed (float* x = left, y = right)
            {
                for (long start = first; start < end; start += BlockElements)
                {
                    int length = (int)Math.Min(BlockElements, end - start);
                    TensorReader.Decode(segmentA, a, start, x, length);
                    TensorReader.Decode(segmentB, b, start, y, length);
                    sums.Add(x, y, length, start);
                }
            }

            parts[chunk] = sums;
        });
        return Join(count, parts);
    }

    /// <summary>Compares numbers in memory, of which there must be as many.</summary>
    public static TensorComparison Of(float[] a, float[] b)
    {
        if (a.LongLength != b.LongLength)
        {
            throw new NinaException(ErrorNumber.ShapeMismatch, $"{a.LongLength} and {b.LongLength} numbers cannot be compared one by one.");
        }

        Sums sums = Sums.Empty;
        fixed (float* x = a, y = b)
        {
            for (long start = 0; start < a.LongLength; start += BlockElements)
            {
                sums.Add(x + start, y + start, (int)Math.Min(BlockElements, a.LongLength - start), start);
            }
        }

        return new TensorComparison(a.LongLength, sums);
    }

    private static TensorComparison Join(long count, Sums[] parts)
    {
        Sums all = Sums.Empty;
        foreach (Sums part in parts)
        {
            all.Add(part);
        }

        return new TensorComparison(count, all);
    }

    /// <summary>What is summed over pairs of elements.</summary>
    private struct Sums
    {
        public double Dot;
        public double SquaresA;
        public double SquaresB;
        public double SquaresDifference;
        public double MaxAbsDifference;
        public long MaxAbsIndex;
        public long Differing;
        public long NonFinite;

        public static Sums Empty => new Sums { MaxAbsIndex = -1 };

        public void Add(in Sums other)
        {
            Dot += other.Dot;
            SquaresA += other.SquaresA;
            SquaresB += other.SquaresB;
            SquaresDifference += other.SquaresDifference;
            Differing += other.Differing;
            NonFinite += other.NonFinite;
            if (other.MaxAbsDifference > MaxAbsDifference)
            {
                MaxAbsDifference = other.MaxAbsDifference;
                MaxAbsIndex = other.MaxAbsIndex;
            }
        }

        public void Add(float* x, float* y, int count, long start)
        {
            // Two chains of additions each, so that one does not wait for the other.
            double dot0 = 0, dot1 = 0, a0 = 0, a1 = 0, b0 = 0, b1 = 0;
            int even = count & ~1;
            for (int i = 0; i < even; i += 2)
            {
                double p = x[i], q = y[i], r = x[i + 1], s = y[i + 1];
                dot0 += p * q;
                a0 += p * p;
                b0 += q * q;
                dot1 += r * s;
                a1 += r * r;
                b1 += s * s;
            }

            if (even < count)
            {
                double p = x[even], q = y[even];
                dot0 += p * q;
                a0 += p * p;
                b0 += q * q;
            }

            double a = a0 + a1, b = b0 + b1;
            if (double.IsNaN(a) || double.IsInfinity(a) || double.IsNaN(b) || double.IsInfinity(b))
            {
                AddOneByOne(x, y, count, start);
                return;
            }

            Dot += dot0 + dot1;
            SquaresA += a;
            SquaresB += b;
            AddDifferences(x, y, count, start);
        }

        private void AddDifferences(float* x, float* y, int count, long start)
        {
            double squares = 0;
            for (int i = 0; i < count; i++)
            {
                if (x[i] == y[i])
                {
                    continue;
                }

                Differing++;
                double difference = Math.Abs((double)x[i] - y[i]);
                squares += difference * difference;
                if (difference > MaxAbsDifference)
                {
                    MaxAbsDifference = difference;
                    MaxAbsIndex = start + i;
                }
            }

            SquaresDifference += squares;
        }

        /// <summary>The slow way, for blocks with numbers that are not finite. The squares of finite floats do not overflow a double.</summary>
        private void AddOneByOne(float* x, float* y, int count, long start)
        {
            for (int i = 0; i < count; i++)
            {
                if (IsFinite(x[i]) && IsFinite(y[i]))
                {
                    double p = x[i], q = y[i];
                    Dot += p * q;
                    SquaresA += p * p;
                    SquaresB += q * q;
                    AddDifferences(x + i, y + i, 1, start + i);
                    continue;
                }

                NonFinite++;
                if (!x[i].Equals(y[i]))
                {
                    Differing++;
                }
            }
        }

        private static bool IsFinite(float value) => !float.IsNaN(value) && !float.IsInfinity(value);
    }
}
