using System;
using System.Collections.Generic;

namespace NinaDB.Clr.Questions;

/// <summary>The softmax of logits [vocabulary], and ranks in them. In double precision.</summary>
internal readonly struct LogitTable
{
    private LogitTable(double maximum, double logSum)
    {
        Maximum = maximum;
        LogSum = logSum;
    }

    /// <summary>The highest logit.</summary>
    public double Maximum { get; }

    /// <summary>ln Σ exp(logit - maximum).</summary>
    public double LogSum { get; }

    public static LogitTable Of(float[] logits)
    {
        double maximum = double.NegativeInfinity;
        foreach (float logit in logits)
        {
            maximum = Math.Max(maximum, logit);
        }

        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - maximum);
        }

        return new LogitTable(maximum, Math.Log(sum));
    }

    public double Probability(float logit) => Math.Exp(logit - Maximum - LogSum);

    /// <summary>The rank of an id, 1 for the highest; of equals the lower id comes first.</summary>
    public static int RankOf(float[] logits, int id)
    {
        int rank = 1;
        for (int i = 0; i < logits.Length; i++)
        {
            rank += logits[i] > logits[id] || (logits[i] == logits[id] && i < id) ? 1 : 0;
        }

        return rank;
    }

    /// <summary>The ids of the highest numbers, highest first; of equals the lower id first.</summary>
    public static List<int> Highest(float[] values, int count)
    {
        count = Math.Min(count, values.Length);
        var ids = new List<int>(count + 1);
        for (int id = 0; id < values.Length; id++)
        {
            if (ids.Count == count && !(values[id] > values[ids[count - 1]]))
            {
                continue;
            }

            int low = 0, high = ids.Count;
            while (low < high)
            {
                int middle = (low + high) / 2;
                if (values[ids[middle]] >= values[id])
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }

            ids.Insert(low, id);
            if (ids.Count > count)
            {
                ids.RemoveAt(count);
            }
        }

        return ids;
    }
}
