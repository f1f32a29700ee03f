using System;
using System.Collections.Generic;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Questions;

/// <summary>How much a component of one model differs from the same component of another of the same shapes.</summary>
public sealed class ComponentDifference
{
    private ComponentDifference(ComponentId component, PairSums read, PairSums write)
    {
        Component = component;
        ReadCosine = read.Cosine;
        WriteCosine = write.Cosine;
        RelativeL2 = PairSums.Relative(read.SquaresDifference + write.SquaresDifference, read.SquaresA + write.SquaresA);
    }

    /// <summary>The component.</summary>
    public ComponentId Component { get; }

    /// <summary>The cosine of what it reads with: a neuron's gate and up rows, a head's query, key and value rows, an expert's router row.</summary>
    public double ReadCosine { get; }

    /// <summary>The cosine of what it writes with: a neuron's column of the down projection, a head's of the output projection, all of an expert's.</summary>
    public double WriteCosine { get; }

    /// <summary>‖a - b‖ / ‖a‖ over both.</summary>
    public double RelativeL2 { get; }

    /// <summary>
    /// The components that differ, most first, at most <paramref name="top"/>. Null where the models do not have the same shapes, so that a component of one is
    /// not one of the other.
    /// </summary>
    public static IReadOnlyList<ComponentDifference>? Of(LanguageModel a, LanguageModel b, int top)
    {
        if (!SameShapes(a, b))
        {
            return null;
        }

        var all = new List<ComponentDifference>();
        for (int layer = 0; layer < a.Weights.Layers.Count; layer++)
        {
            AddHeads(all, a, b, layer);
            AddFeedForward(all, a, b, layer);
            if (all.Count > 4 * top)
            {
                Trim(all, top);
            }
        }

        Trim(all, top);
        return all;
    }

    private static void Trim(List<ComponentDifference> all, int top)
    {
        all.RemoveAll(d => d.RelativeL2 == 0);
        all.Sort((x, y) => x.RelativeL2 != y.RelativeL2 ? y.RelativeL2.CompareTo(x.RelativeL2) : Order(x.Component, y.Component));
        if (all.Count > top)
        {
            all.RemoveRange(top, all.Count - top);
        }
    }

    private static int Order(ComponentId x, ComponentId y)
        => x.Layer != y.Layer ? x.Layer.CompareTo(y.Layer) : x.Kind != y.Kind ? x.Kind.CompareTo(y.Kind) : x.Index.CompareTo(y.Index);

    private static bool SameShapes(LanguageModel a, LanguageModel b)
    {
        ModelConfig x = a.Config, y = b.Config;
        bool same = x.HiddenSize == y.HiddenSize && x.HeadCount == y.HeadCount && x.KeyValueHeadCount == y.KeyValueHeadCount && x.HeadSize == y.HeadSize
            && a.Weights.Layers.Count == b.Weights.Layers.Count;
        for (int l = 0; same && l < a.Weights.Layers.Count; l++)
        {
            var partsA = new List<FeedForwardPart>(FeedForwardPart.Of(a, l));
            var partsB = new List<FeedForwardPart>(FeedForwardPart.Of(b, l));
            same = partsA.Count == partsB.Count && a.Weights.Layers[l].IsMixture == b.Weights.Layers[l].IsMixture;
            for (int p = 0; same && p < partsA.Count; p++)
            {
                same = partsA[p].NeuronCount == partsB[p].NeuronCount && (partsA[p].Gate == null) == (partsB[p].Gate == null);
            }
        }

        return same;
    }

    private static void AddHeads(List<ComponentDifference> all, LanguageModel a, LanguageModel b, int layer)
    {
        LayerWeights x = a.Weights.Layers[layer], y = b.Weights.Layers[layer];
        int heads = a.Config.HeadCount, size = a.Config.HeadSize, group = heads / a.Config.KeyValueHeadCount;
        PairSums[] query = Rows(x.Query, y.Query, size);
        PairSums[] key = Rows(x.Key, y.Key, size);
        PairSums[] value = Rows(x.Value, y.Value, size);
        PairSums[] output = Columns(x.Output, y.Output, size);
        for (int h = 0; h < heads; h++)
        {
            all.Add(new ComponentDifference(new ComponentId(ComponentKind.Head, layer, h), query[h].Plus(key[h / group]).Plus(value[h / group]), output[h]));
        }
    }

    private static void AddFeedForward(List<ComponentDifference> all, LanguageModel a, LanguageModel b, int layer)
    {
        var partsA = new List<FeedForwardPart>(FeedForwardPart.Of(a, layer));
        var partsB = new List<FeedForwardPart>(FeedForwardPart.Of(b, layer));
        MixtureWeights? x = a.Weights.Layers[layer].Mixture, y = b.Weights.Layers[layer].Mixture;
        PairSums[]? routers = x == null ? null : Rows(x.Router, y!.Router, 1);
        for (int p = 0; p < partsA.Count; p++)
        {
            PairSums[] up = Rows(partsA[p].Up, partsB[p].Up, 1);
            PairSums[]? gate = partsA[p].Gate == null ? null : Rows(partsA[p].Gate!, partsB[p].Gate!, 1);
            PairSums[] down = Columns(partsA[p].Down, partsB[p].Down, 1);
            var whole = new PairSums();
            for (int i = 0; i < up.Length; i++)
            {
                PairSums read = gate == null ? up[i] : up[i].Plus(gate[i]);
                all.Add(new ComponentDifference(new ComponentId(ComponentKind.Neuron, layer, partsA[p].FirstNeuron + i), read, down[i]));
                whole = whole.Plus(read).Plus(down[i]);
            }

            if (routers != null)
            {
                all.Add(new ComponentDifference(new ComponentId(ComponentKind.Expert, layer, p), p < routers.Length ? routers[p] : new PairSums(), whole));
            }
        }
    }

    /// <summary>Sums over groups of rows.</summary>
    private static PairSums[] Rows(WeightMatrix a, WeightMatrix b, int rowsPerGroup)
    {
        var sums = new PairSums[a.Rows / rowsPerGroup];
        for (int r = 0; r < a.Rows; r++)
        {
            float[] x = a.Row(r);
            float[] y = b.Row(r);
            for (int i = 0; i < x.Length; i++)
            {
                sums[r / rowsPerGroup].Add(x[i], y[i]);
            }
        }

        return sums;
    }

    /// <summary>Sums over groups of columns.</summary>
    private static PairSums[] Columns(WeightMatrix a, WeightMatrix b, int columnsPerGroup)
    {
        var sums = new PairSums[a.Columns / columnsPerGroup];
        for (int r = 0; r < a.Rows; r++)
        {
            float[] x = a.Row(r);
            float[] y = b.Row(r);
            for (int i = 0; i < x.Length; i++)
            {
                sums[i / columnsPerGroup].Add(x[i], y[i]);
            }
        }

        return sums;
    }

    private struct PairSums
    {
        public double Dot;
        public double SquaresA;
        public double SquaresB;
        public double SquaresDifference;

        public readonly double Cosine => SquaresA == 0 || SquaresB == 0
            ? SquaresA == SquaresB ? 1 : double.NaN
            : SquaresDifference == 0 ? 1 : Math.Max(-1, Math.Min(1, Dot / Math.Sqrt(SquaresA * SquaresB)));

        public static double Relative(double squaresDifference, double squares) => squaresDifference == 0 ? 0 : Math.Sqrt(squaresDifference / squares);

        public void Add(double x, double y)
        {
            Dot += x * y;
            SquaresA += x * x;
            SquaresB += y * y;
            SquaresDifference += (x - y) * (x - y);
        }

        public readonly PairSums Plus(in PairSums other) => new()
        {
            Dot = Dot + other.Dot,
            SquaresA = SquaresA + other.SquaresA,
            SquaresB = SquaresB + other.SquaresB,
            SquaresDifference = SquaresDifference + other.SquaresDifference,
        };
    }
}
