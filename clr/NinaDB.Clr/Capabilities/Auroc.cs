using System;

namespace NinaDB.Clr.Capabilities;

/// <summary>The area under the ROC curve: the probability that a text of the domain scores above a text of another.</summary>
public static class Auroc
{
    private const double Normal95 = 1.959963984540054;

    /// <summary>
    /// For every domain, how well <paramref name="values"/> separate its texts from all others; ties count half.
    /// <paramref name="values"/> and <paramref name="order"/> are scratch: values are sorted, order is overwritten.
    /// </summary>
    public static void OfDomains(float[] values, int[] order, int[] domainOfText, int[] textsOfDomain, double[] result)
    {
        int count = values.Length;
        for (int i = 0; i < count; i++)
        {
            order[i] = i;
        }

        Array.Sort(values, order);
        Array.Clear(result, 0, result.Length);
        for (int start = 0; start < count;)
        {
            int end = start + 1;
            while (end < count && values[end] == values[start])
            {
                end++;
            }

            double rank = (start + 1 + end) / 2.0;
            for (int i = start; i < end; i++)
            {
                result[domainOfText[order[i]]] += rank;
            }

            start = end;
        }

        for (int d = 0; d < result.Length; d++)
        {
            double positive = textsOfDomain[d];
            double negative = count - positive;
            result[d] = positive == 0 || negative == 0 ? double.NaN : (result[d] - (positive * (positive + 1) / 2)) / (positive * negative);
        }
    }

    /// <summary>The 95 % interval of an AUROC (Hanley and McNeil 1982), cut to [0, 1].</summary>
    public static void Interval(double auroc, int positives, int negatives, out double lower, out double upper)
    {
        double q1 = auroc / (2 - auroc);
        double q2 = 2 * auroc * auroc / (1 + auroc);
        double variance = ((auroc * (1 - auroc)) + ((positives - 1) * (q1 - (auroc * auroc))) + ((negatives - 1) * (q2 - (auroc * auroc))))
            / ((double)positives * negatives);
        double margin = Normal95 * Math.Sqrt(Math.Max(0, variance));
        lower = Math.Max(0, auroc - margin);
        upper = Math.Min(1, auroc + margin);
    }
}
