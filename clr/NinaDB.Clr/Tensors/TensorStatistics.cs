using System;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Storage;

namespace NinaDB.Clr.Tensors;

/// <summary>What a tensor's numbers are like. Minimum, maximum, mean and deviation are over the finite ones.</summary>
public sealed unsafe class TensorStatistics
{
    private const int BlockElements = 8192;

    private TensorStatistics()
    {
    }

    /// <summary>The number of elements.</summary>
    public long Count { get; private set; }

    /// <summary>The least finite value; 0 when there is none.</summary>
    public double Minimum { get; private set; }

    /// <summary>The largest finite value; 0 when there is none.</summary>
    public double Maximum { get; private set; }

    /// <summary>The mean.</summary>
    public double Mean { get; private set; }

    /// <summary>The standard deviation (of the population).</summary>
    public double StandardDeviation { get; private set; }

    /// <summary>How many are zero, of either sign.</summary>
    public long Zeros { get; private set; }

    /// <summary>How many are not a number.</summary>
    public long NaNs { get; private set; }

    /// <summary>How many are infinite.</summary>
    public long Infinities { get; private set; }

    /// <summary>Reads a tensor once, block by block.</summary>
    public static TensorStatistics Of(Segment segment, TensorInfo tensor)
    {
        TensorReader.RequireDecodable(tensor);
        var result = new TensorStatistics { Count = tensor.ElementCount };
        float[] buffer = new float[BlockElements];
        double min = double.PositiveInfinity, max = double.NegativeInfinity, mean = 0, squares = 0;
        long finite = 0;
        fixed (float* block = buffer)
        {
            for (long start = 0; start < result.Count; start += BlockElements)
            {
                int count = (int)Math.Min(BlockElements, result.Count - start);
                TensorReader.Decode(segment, tensor, start, block, count);
                if (!Kernels.TryBlockStatistics(block, count, out float low, out float high, out float sum, out int zeros))
                {
                    count = result.DropNonFinite(block, count);
                    if (count == 0)
                    {
                        continue;
                    }

                    Kernels.TryBlockStatistics(block, count, out low, out high, out sum, out zeros);
                }

                result.Zeros += zeros;
                min = Math.Min(min, low);
                max = Math.Max(max, high);

                // Chan's rule joins the moments of two sets without losing digits.
                double blockMean = (double)sum / count;
                if (double.IsInfinity(blockMean))
                {
                    blockMean = ExactMean(block, count);
                }

                double blockSquares = SquaredDeviation(block, count, blockMean);
                double delta = blockMean - mean;
                long joined = finite + count;
                squares += blockSquares + (delta * delta * ((double)finite * count / joined));
                mean += delta * count / joined;
                finite = joined;
            }
        }

        if (finite > 0)
        {
            result.Minimum = min;
            result.Maximum = max;
            result.Mean = mean;
            result.StandardDeviation = Math.Sqrt(squares / finite);
        }

        return result;
    }

    private static double ExactMean(float* block, int count)
    {
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += block[i];
        }

        return sum / count;
    }

    private static double SquaredDeviation(float* block, int count, double mean)
    {
        float fast = Kernels.SquaredDeviation(block, count, (float)mean);
        if (!float.IsInfinity(fast) && !float.IsNaN(fast))
        {
            // The float mean differs from the double one by a rounding: the parallel-axis rule takes that back out.
            double shift = (float)mean - mean;
            return Math.Max(0, fast - (shift * shift * count));
        }

        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            double d = block[i] - mean;
            sum += d * d;
        }

        return sum;
    }

    /// <summary>Counts and removes what is not finite; returns how many are left.</summary>
    private int DropNonFinite(float* block, int count)
    {
        int kept = 0;
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
                block[kept++] = block[i];
            }
        }

        return kept;
    }
}
