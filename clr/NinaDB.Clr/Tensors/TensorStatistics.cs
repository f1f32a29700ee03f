using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Storage;

namespace NinaDB.Clr.Tensors;

/// <summary>
/// What a tensor's numbers are like. Minimum, maximum, mean, deviation and histogram are over the finite ones. The tensor is read once, block by block (twice with a
/// histogram, whose bins need the range first), and the result does not depend on the number of threads.
/// </summary>
public sealed unsafe class TensorStatistics
{
    /// <summary>The most bins of a histogram.</summary>
    public const int MaxBins = 4096;

    /// <summary>Elements decoded at once: they stay in the first-level cache. A multiple of every quantisation block.</summary>
    private const int BlockElements = 4096;

    /// <summary>Elements that one thread takes at a time.</summary>
    private const long ChunkElements = 256L * BlockElements;

    private TensorStatistics(long count, in Moments moments)
    {
        Count = count;
        Zeros = moments.Zeros;
        NaNs = moments.NaNs;
        Infinities = moments.Infinities;
        if (moments.Finite > 0)
        {
            Minimum = moments.Minimum;
            Maximum = moments.Maximum;
            Mean = moments.Mean;
            StandardDeviation = Math.Sqrt(moments.Squares / moments.Finite);
        }
    }

    /// <summary>The number of elements.</summary>
    public long Count { get; }

    /// <summary>The least finite value; 0 when there is none.</summary>
    public double Minimum { get; }

    /// <summary>The largest finite value; 0 when there is none.</summary>
    public double Maximum { get; }

    /// <summary>The mean.</summary>
    public double Mean { get; }

    /// <summary>The standard deviation (of the population).</summary>
    public double StandardDeviation { get; }

    /// <summary>How many are zero, of either sign.</summary>
    public long Zeros { get; }

    /// <summary>How many are not a number.</summary>
    public long NaNs { get; }

    /// <summary>How many are infinite.</summary>
    public long Infinities { get; }

    /// <summary>How many finite values fall into each of the equal bins from minimum to maximum, which belongs to the last; empty when none was asked for.</summary>
    public IReadOnlyList<long> Histogram { get; private set; } = Array.Empty<long>();

    /// <summary>Reads a tensor, with a histogram of <paramref name="bins"/> bins (0 for none), on at most <paramref name="parallelism"/> threads.</summary>
    public static TensorStatistics Of(Segment segment, TensorInfo tensor, int bins = 0, int parallelism = 1)
    {
        NinaException.Require(bins >= 0 && bins <= MaxBins, $"A histogram has 0 to {MaxBins} bins.");
        TensorReader.RequireDecodable(tensor);
        long count = tensor.ElementCount;
        int chunks = checked((int)((count + ChunkElements - 1) / ChunkElements));
        var parts = new Moments[chunks];
        ParallelWork.For(chunks, parallelism, chunk => parts[chunk] = MomentsOf(segment, tensor, chunk * ChunkElements, Math.Min(count, (chunk + 1) * ChunkElements)));
        Moments all = Moments.Empty;
        foreach (Moments part in parts)
        {
            all.Add(part);
        }

        var result = new TensorStatistics(count, all);
        if (bins > 0)
        {
            result.Histogram = HistogramOf(segment, tensor, result, bins, chunks, parallelism);
        }

        return result;
    }

    private static Moments MomentsOf(Segment segment, TensorInfo tensor, long first, long end)
    {
        Moments moments = Moments.Empty;
        DTypeInfo type = DTypeInfo.Of(tensor.DType);
        float* block = stackalloc float[BlockElements];
        for (long start = first; start < end; start += BlockElements)
        {
            int length = (int)Math.Min(BlockElements, end - start);
            if (!TryStored(segment, tensor, type, start, length, ref moments))
            {
                TensorReader.Decode(segment, tensor, start, block, length);
                moments.Add(block, length);
            }
        }

        return moments;
    }

    /// <summary>Takes the numbers as they are stored, without decoding them first, where there is a way; false where there is none, or a number is not finite.</summary>
    private static bool TryStored(Segment segment, TensorInfo tensor, DTypeInfo type, long start, int length, ref Moments moments)
    {
        bool isQ4K = tensor.DType == DType.Q4_K && MomentKernels.CanSumQ4K;
        if (!(isQ4K || tensor.DType == DType.F32 || tensor.DType == DType.BF16) || length % type.BlockElements != 0)
        {
            return false;
        }

        byte* source = segment.At(tensor.ByteOffset + type.ByteLength(start), type.ByteLength(length));
        float shift = (float)moments.Mean;
        BlockMoments found = isQ4K
            ? MomentKernels.OfQ4K(source, length / type.BlockElements, shift, (float)moments.Minimum, (float)moments.Maximum)
            : tensor.DType == DType.BF16
                ? MomentKernels.OfBf16((ushort*)source, length, shift)
                : MomentKernels.OfFloats((float*)source, length, shift);
        return moments.TryAdd(found, length, shift);
    }

    private static long[] HistogramOf(Segment segment, TensorInfo tensor, TensorStatistics statistics, int bins, int chunks, int parallelism)
    {
        var total = new long[bins];
        double scale = statistics.Maximum > statistics.Minimum ? bins / (statistics.Maximum - statistics.Minimum) : 0;
        long count = statistics.Count;
        ParallelWork.For(chunks, parallelism, chunk =>
        {
            var counts = new long[bins];
            float* block = stackalloc float[BlockElements];
            long end = Math.Min(count, (chunk + 1) * ChunkElements);
            for (long start = chunk * ChunkElements; start < end; start += BlockElements)
            {
                int length = (int)Math.Min(BlockElements, end - start);
                TensorReader.Decode(segment, tensor, start, block, length);
                for (int i = 0; i < length; i++)
                {
                    double place = (block[i] - statistics.Minimum) * scale;
                    if (place >= 0 && place < double.PositiveInfinity && !float.IsInfinity(block[i]))
                    {
                        counts[Math.Min(bins - 1, (int)place)]++;
                    }
                }
            }

            lock (total)
            {
                for (int i = 0; i < bins; i++)
                {
                    total[i] += counts[i];
                }
            }
        });
        return total;
    }

    /// <summary>Moments of some numbers; two sets are joined by Chan's rule, which loses no digits.</summary>
    private struct Moments
    {
        public long Finite;
        public long Zeros;
        public long NaNs;
        public long Infinities;
        public double Minimum;
        public double Maximum;
        public double Mean;
        public double Squares;

        public static Moments Empty => new Moments { Minimum = double.PositiveInfinity, Maximum = double.NegativeInfinity };

        public void Add(in Moments other)
        {
            Zeros += other.Zeros;
            NaNs += other.NaNs;
            Infinities += other.Infinities;
            if (other.Finite > 0)
            {
                Join(other.Finite, other.Minimum, other.Maximum, other.Mean, other.Squares);
            }
        }

        public void Add(float* block, int count)
        {
            float shift = (float)Mean;
            if (TryAdd(MomentKernels.OfFloats(block, count, shift), count, shift))
            {
                return;
            }

            float* kept = stackalloc float[BlockElements];
            int finite = DropNonFinite(block, count, kept);
            if (finite > 0)
            {
                AddOneByOne(kept, finite);
            }
        }

        /// <summary>Adds what one pass found; false when it met a number that is not finite, or too large to square in single precision.</summary>
        public bool TryAdd(in BlockMoments found, int count, float shift)
        {
            if (!found.IsFinite)
            {
                return false;
            }

            Zeros += found.Zeros;
            Join(count, found.Minimum, found.Maximum, shift + (found.Sum / count), Math.Max(0, found.Squares - (found.Sum * found.Sum / count)));
            return true;
        }

        private void AddOneByOne(float* block, int count)
        {
            double low = block[0], high = block[0], sum = 0;
            for (int i = 0; i < count; i++)
            {
                low = Math.Min(low, block[i]);
                high = Math.Max(high, block[i]);
                sum += block[i];
                Zeros += block[i] == 0f ? 1 : 0;
            }

            double mean = sum / count, squares = 0;
            for (int i = 0; i < count; i++)
            {
                squares += (block[i] - mean) * (block[i] - mean);
            }

            Join(count, low, high, mean, squares);
        }

        private void Join(long count, double low, double high, double mean, double squares)
        {
            Minimum = Math.Min(Minimum, low);
            Maximum = Math.Max(Maximum, high);
            long joined = Finite + count;
            double delta = mean - Mean;
            Squares += squares + (delta * delta * ((double)Finite * count / joined));
            Mean += delta * count / joined;
            Finite = joined;
        }

        /// <summary>Counts what is not finite and copies the rest; returns how many are left. The source may be a mapped file and is not written to.</summary>
        private int DropNonFinite(float* block, int count, float* kept)
        {
            int finite = 0;
            for (int i = 0; i < count; i++)
            {
                if (float.IsNaN(block[i]))
                {
                    NaNs++;
                }
                else if (float.IsInfinity(block[i]))
                {
                    Infinities++;
                }
                else
                {
                    kept[finite++] = block[i];
                }
            }

            return finite;
        }
    }
}
