using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Distillation;

/// <summary>Which FFN neurons of every layer an agent keeps. The number is the same in every layer, so that the agent is a standard architecture.</summary>
public sealed class AgentPlan
{
    private AgentPlan(int[][] kept) => Kept = kept;

    /// <summary>[layer][i]: the neurons kept, in ascending order.</summary>
    public IReadOnlyList<int[]> Kept { get; }

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
        if (lists == null || lists.Count != model.Weights.Layers.Count)
        {
            throw new NinaException(ErrorNumber.KeepCount, $"An agent of '{model.Name}' needs a list of neurons for each of its {model.Weights.Layers.Count} layers.");
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

    /// <summary>The number of neurons a layer that a share of them is: at least 1, rounded to a multiple of 8 when there are enough.</summary>
    public static int CountOfShare(int neurons, double share)
    {
        NinaException.Require(share > 0 && share <= 1, "The share of neurons to keep is outside (0, 1].");
        int count = (int)Math.Round(neurons * share);
        return Math.Max(1, count >= 16 && count < neurons ? count / 8 * 8 : count);
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
