using System;

namespace NinaDB.Clr.Capabilities;

/// <summary>The results of some components that follow each other: component c of the block is position First + c of the layout.</summary>
internal sealed class ProbeBlock
{
    public ProbeBlock(int first, int count, int domains, int contexts)
    {
        First = first;
        Count = count;
        Domains = domains;
        ContextCount = contexts;
        Skills = new double[count * domains];
        Importance = new double[count * domains];
        Firing = new double[count * domains];
        Signed = new double[count * domains];
        ContextText = new int[count * contexts];
        ContextPosition = new int[count * contexts];
        ContextValue = new float[count * contexts];
        for (int i = 0; i < ContextText.Length; i++)
        {
            ContextText[i] = -1;
        }
    }

    public int First { get; }

    public int Count { get; }

    public int Domains { get; }

    /// <summary>Contexts kept for each component.</summary>
    public int ContextCount { get; }

    /// <summary>[component, domain], as the following.</summary>
    public double[] Skills { get; }

    public double[] Importance { get; }

    public double[] Firing { get; }

    public double[] Signed { get; }

    /// <summary>Of experts: the AUROC of usage share x gate weight, [component, domain]; null where the block has no expert.</summary>
    public double[]? Routing { get; set; }

    /// <summary>[component, rank]: the text, or -1.</summary>
    public int[] ContextText { get; }

    public int[] ContextPosition { get; }

    public float[] ContextValue { get; }

    /// <summary>[component, dimension] unit vectors; null when only skills were asked for.</summary>
    public float[]? Meaning { get; set; }

    /// <summary>Puts a text in its place among the best of a component.</summary>
    public void Offer(int component, int text, float value, float position)
    {
        int first = component * ContextCount;
        int i = first + ContextCount - 1;
        if (ContextCount == 0 || (ContextText[i] >= 0 && Math.Abs(value) <= Math.Abs(ContextValue[i])))
        {
            return;
        }

        while (i > first && (ContextText[i - 1] < 0 || Math.Abs(ContextValue[i - 1]) < Math.Abs(value)))
        {
            ContextText[i] = ContextText[i - 1];
            ContextPosition[i] = ContextPosition[i - 1];
            ContextValue[i] = ContextValue[i - 1];
            i--;
        }

        ContextText[i] = text;
        ContextPosition[i] = (int)position;
        ContextValue[i] = value;
    }
}
