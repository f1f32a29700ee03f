using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Distillation;

/// <summary>Which FFN neurons, or experts, of every layer an agent keeps. The number is the same in every layer, so that the agent is a standard architecture.</summary>
public sealed class AgentPlan
{
    private AgentPlan(int[][] kept, int[][]? experts = null, int[][][]? expertNeurons = null)
    {
        Kept = kept;
        KeptExperts = experts;
        ExpertNeurons = expertNeurons;
    }

    /// <summary>[layer][i]: the neurons kept, in ascending order; those of a layer that is a mixture are in <see cref="ExpertNeurons"/>.</summary>
    public IReadOnlyList<int[]> Kept { get; }

    /// <summary>[layer][i]: the experts kept, in ascending order, none for dense layers; null for a dense model.</summary>
    public IReadOnlyList<int[]>? KeptExperts { get; }

    /// <summary>[layer][i]: the neurons that the i-th kept expert keeps; null when experts are kept whole.</summary>
    public IReadOnlyList<int[][]>? ExpertNeurons { get; }

    /// <summary>The experts kept a mixture layer.</summary>
    public int ExpertsPerLayer => LongestOf(KeptExperts);

    /// <summary>The neurons kept an expert; 0 when experts are kept whole.</summary>
    public int NeuronsPerExpert
    {
        get
        {
            foreach (int[][] layer in ExpertNeurons ?? Array.Empty<int[][]>())
            {
                if (layer.Length > 0)
                {
                    return layer[0].Length;
                }
            }

            return 0;
        }
    }

    /// <summary>The neurons kept a layer.</summary>
    public int KeptPerLayer => Kept[0].Length;

    /// <summary>Keeps the neurons with the highest importance ([layer][neuron]); among equals the lower number.</summary>
    public static AgentPlan ByImportance(IReadOnlyList<double[]> importance, int keptPerLayer)
    {
        NinaException.Require(importance != null && importance.Count > 0, "There is no layer to choose from.");
        int[][] kept = new int[importance!.Count][];
        for (int l = 0; l < kept.Length; l++)
        {
            RequireCount(keptPerLayer, importance[l].Length, l);
            int[] order = new int[importance[l].Length];
            for (int i = 0; i < order.Length; i++)
            {
                order[i] = i;
            }

            double[] scores = importance[l];
            Array.Sort(order, (a, b) => scores[a] != scores[b] ? scores[b].CompareTo(scores[a]) : a.CompareTo(b));
            kept[l] = First(order, keptPerLayer);
        }

        return new AgentPlan(kept);
    }

    /// <summary>Keeps neurons drawn at random: the baseline that a choice must beat.</summary>
    public static AgentPlan AtRandom(LanguageModel model, int keptPerLayer, long seed)
    {
        int[][] kept = new int[model.Weights.Layers.Count][];
        ulong random = (ulong)seed;
        for (int l = 0; l < kept.Length; l++)
        {
            int neurons = model.Weights.Layers[l].DenseUp.Rows;
            RequireCount(keptPerLayer, neurons, l);
            kept[l] = First(SeededRandom.Permutation(neurons, ref random), keptPerLayer);
        }

        return new AgentPlan(kept);
    }

    /// <summary>A plan from lists that were chosen elsewhere (in SQL). Raises <see cref="ErrorNumber.KeepCount"/> unless every layer keeps the same number of its neurons, each once.</summary>
    public static AgentPlan FromLists(LanguageModel model, IReadOnlyList<int[]> lists)
    {
        if (lists == null || lists.Count != model.Weights.Layers.Count || model.Config.IsMixture)
        {
            throw new NinaException(ErrorNumber.KeepCount, $"An agent of '{model.Name}' needs a list of {(model.Config.IsMixture ? "experts" : "neurons")} for each of its {model.Weights.Layers.Count} layers.");
        }

        int[][] kept = new int[lists.Count][];
        for (int l = 0; l < kept.Length; l++)
        {
            int neurons = model.Weights.Layers[l].DenseUp.Rows;
            kept[l] = (int[])lists[l].Clone();
            Array.Sort(kept[l]);
            RequireCount(kept[l].Length, neurons, l);
            for (int i = 0; i < kept[l].Length; i++)
            {
                if (kept[l][i] < 0 || kept[l][i] >= neurons || (i > 0 && kept[l][i] == kept[l][i - 1]))
                {
                    throw new NinaException(ErrorNumber.KeepCount, $"Layer {l}: neuron {kept[l][i]} is named twice or is not one of the {neurons}.");
                }
            }

            if (kept[l].Length != kept[0].Length)
            {
                throw new NinaException(ErrorNumber.KeepCount, $"Layer {l} keeps {kept[l].Length} neurons, layer 0 {kept[0].Length}: the number must be the same in every layer.");
            }
        }

        return new AgentPlan(kept);
    }

    /// <summary>Keeps the experts with the highest importance ([layer][expert], as <see cref="ExpertRouting.Measure"/> gives it), whole; among equals the lower number.</summary>
    public static AgentPlan ExpertsByImportance(LanguageModel model, IReadOnlyList<double[]> importance, int keptPerLayer)
    {
        NinaException.Require(importance.Count == model.Weights.Layers.Count, "The importance is of another model.");
        int[][] lists = new int[importance.Count][];
        for (int l = 0; l < lists.Length; l++)
        {
            double[] scores = importance[l];
            int[] order = new int[scores.Length];
            for (int i = 0; i < order.Length; i++)
            {
                order[i] = i;
            }

            Array.Sort(order, (a, b) => scores[a] != scores[b] ? scores[b].CompareTo(scores[a]) : a.CompareTo(b));
            lists[l] = First(order, Math.Min(keptPerLayer, order.Length));
        }

        return FromExperts(model, lists);
    }

    /// <summary>Keeps experts drawn at random.</summary>
    public static AgentPlan ExpertsAtRandom(LanguageModel model, int keptPerLayer, long seed)
    {
        int[][] lists = new int[model.Weights.Layers.Count][];
        ulong random = (ulong)seed;
        for (int l = 0; l < lists.Length; l++)
        {
            int experts = model.Weights.Layers[l].Mixture?.Experts.Count ?? 0;
            lists[l] = First(SeededRandom.Permutation(experts, ref random), Math.Min(keptPerLayer, experts));
        }

        return FromExperts(model, lists);
    }

    /// <summary>
    /// A plan for a mixture of experts: for each layer the experts to keep (none for dense layers, which stay whole), and where given the neurons that each of
    /// them keeps, in the order of its list. Raises <see cref="ErrorNumber.KeepCount"/> unless every mixture layer keeps as many.
    /// </summary>
    public static AgentPlan FromExperts(LanguageModel model, IReadOnlyList<int[]> lists, IReadOnlyList<int[][]>? neurons = null)
    {
        IReadOnlyList<LayerWeights> layers = model.Weights.Layers;
        if (lists == null || lists.Count != layers.Count || !model.Config.IsMixture || (neurons != null && neurons.Count != layers.Count))
        {
            throw new NinaException(ErrorNumber.KeepCount, $"'{model.Name}' has {layers.Count} layers{(model.Config.IsMixture ? string.Empty : " and no experts")}; {lists?.Count ?? 0} lists of experts are given.");
        }

        int[][] kept = new int[layers.Count][];
        int[][] experts = new int[layers.Count][];
        int[][][]? inExperts = neurons == null ? null : new int[layers.Count][][];
        for (int l = 0; l < kept.Length; l++)
        {
            MixtureWeights? mixture = layers[l].Mixture;
            kept[l] = mixture == null ? First(Range(layers[l].NeuronCount), layers[l].NeuronCount) : Array.Empty<int>();
            experts[l] = Sorted(lists[l], mixture?.Experts.Count ?? 0, $"Layer {l}: expert");
            int count = LongestOf(lists);
            if (mixture == null ? experts[l].Length != 0 : experts[l].Length != count || count == 0)
            {
                throw new NinaException(ErrorNumber.KeepCount, $"Layer {l} keeps {experts[l].Length} experts: every mixture must keep as many, at least one, and a dense layer has none.");
            }

            if (inExperts != null)
            {
                inExperts[l] = NeuronsOf(neurons![l], lists[l], experts[l], mixture, l);
            }
        }

        return new AgentPlan(kept, experts, inExperts);
    }

    /// <summary>The number of neurons a layer that a share of them is: at least 1, rounded to a multiple of 8 when there are enough.</summary>
    public static int CountOfShare(int neurons, double share)
    {
        NinaException.Require(share > 0 && share <= 1, "The share of neurons to keep is outside (0, 1].");
        int count = (int)Math.Round(neurons * share);
        return Math.Max(1, count >= 16 && count < neurons ? count / 8 * 8 : count);
    }

    /// <summary>The neurons of each kept expert, in the order of the sorted experts.</summary>
    private static int[][] NeuronsOf(int[][] given, int[] listed, int[] sorted, MixtureWeights? mixture, int layer)
    {
        if (given.Length != listed.Length)
        {
            throw new NinaException(ErrorNumber.KeepCount, $"Layer {layer} keeps {listed.Length} experts; neurons are given for {given.Length}.");
        }

        int[][] result = new int[sorted.Length][];
        for (int i = 0; i < sorted.Length; i++)
        {
            int expert = sorted[i];
            result[i] = Sorted(given[Array.IndexOf(listed, expert)], mixture!.Experts[expert].NeuronCount, $"Layer {layer}, expert {expert}: neuron");
            if (result[i].Length == 0 || result[i].Length != result[0].Length)
            {
                throw new NinaException(ErrorNumber.KeepCount, $"Layer {layer}, expert {expert} keeps {result[i].Length} neurons: every expert must keep as many, at least one.");
            }
        }

        return result;
    }

    private static int[] Sorted(int[] list, int count, string what)
    {
        int[] sorted = (int[])list.Clone();
        Array.Sort(sorted);
        for (int i = 0; i < sorted.Length; i++)
        {
            if (sorted[i] < 0 || sorted[i] >= count || (i > 0 && sorted[i] == sorted[i - 1]))
            {
                throw new NinaException(ErrorNumber.KeepCount, $"{what} {sorted[i]} is named twice or is not one of the {count}.");
            }
        }

        return sorted;
    }

    private static int[] Range(int count)
    {
        int[] range = new int[count];
        for (int i = 0; i < count; i++)
        {
            range[i] = i;
        }

        return range;
    }

    private static int LongestOf(IReadOnlyList<int[]>? lists)
    {
        int longest = 0;
        foreach (int[] list in lists ?? Array.Empty<int[]>())
        {
            longest = Math.Max(longest, list.Length);
        }

        return longest;
    }

    private static int[] First(int[] order, int count)
    {
        int[] kept = new int[count];
        Array.Copy(order, kept, count);
        Array.Sort(kept);
        return kept;
    }

    private static void RequireCount(int kept, int neurons, int layer)
    {
        if (kept < 1 || kept > neurons)
        {
            throw new NinaException(ErrorNumber.KeepCount, $"Layer {layer} has {neurons} neurons; {kept} of them cannot be kept.");
        }
    }
}
