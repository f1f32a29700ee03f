using System;
using System.Collections.Generic;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Patching;

/// <summary>Makes patches of what components write: a neuron writes along its column of the down projection, a head through its columns of the attention output.</summary>
public static class ComponentPatch
{
    /// <summary>Multiplies what components write; 0 silences them.</summary>
    public static ModelPatch Scale(LanguageModel model, IEnumerable<ComponentId> components, double factor)
    {
        if (double.IsNaN(factor) || double.IsInfinity(factor))
        {
            throw new NinaException(ErrorNumber.PatchInvalid, "The factor is no finite number.");
        }

        var edits = new List<MatrixEdit>();
        foreach (KeyValuePair<PatchTarget, SortedSet<int>> entry in ColumnsOf(model, components))
        {
            int[] columns = ToArray(entry.Value);
            float[] factors = new float[columns.Length];
            for (int i = 0; i < factors.Length; i++)
            {
                factors[i] = (float)factor;
            }

            edits.Add(MatrixEdit.Scale(entry.Key, columns, factors));
        }

        return new ModelPatch(edits);
    }

    /// <summary>Makes neurons write along another direction [hidden].</summary>
    public static ModelPatch SetDirection(LanguageModel model, IEnumerable<ComponentId> components, float[] direction)
    {
        if (direction.Length != model.Config.HiddenSize)
        {
            throw new NinaException(ErrorNumber.PatchMismatch, $"A direction has {direction.Length} numbers; model '{model.Name}' is {model.Config.HiddenSize} wide.");
        }

        return OfRows(model, components, MatrixEdit.Set, (_, _) => direction);
    }

    /// <summary>
    /// Makes neurons promote a token beside what they write: adds the direction that the output head reads the token from, as long as
    /// <paramref name="strength"/> times their own write direction. A change of rank one in each layer whose neurons are as long as each other.
    /// </summary>
    public static ModelPatch Promote(LanguageModel model, IEnumerable<ComponentId> components, int token, double strength)
    {
        if (token < 0 || token >= model.Weights.OutputHead.Rows)
        {
            throw new NinaException(ErrorNumber.TokenOutOfRange, $"Token {token} is outside the vocabulary of {model.Weights.OutputHead.Rows}.");
        }

        if (double.IsNaN(strength) || double.IsInfinity(strength))
        {
            throw new NinaException(ErrorNumber.PatchInvalid, "The strength is no finite number.");
        }

        // The head reads what the final norm scaled, so the direction is scaled in the same way.
        float[] towards = model.Weights.OutputHead.Row(token);
        for (int i = 0; i < towards.Length; i++)
        {
            towards[i] *= model.Config.NormOffset + model.Weights.FinalNorm[i];
        }

        double length = Length(towards);
        if (!(length > 0))
        {
            throw new NinaException(ErrorNumber.PatchMismatch, $"The output head has no direction for token {token}.");
        }

        return OfRows(model, components, MatrixEdit.Add, (down, column) =>
        {
            double scale = strength * Length(down.Column(column)) / length;
            return Array.ConvertAll(towards, v => (float)(v * scale));
        });
    }

    private static ModelPatch OfRows(
        LanguageModel model, IEnumerable<ComponentId> components, Func<PatchTarget, int[], WeightMatrix, MatrixEdit> make, Func<WeightMatrix, int, float[]> row)
    {
        var edits = new List<MatrixEdit>();
        foreach (KeyValuePair<PatchTarget, SortedSet<int>> entry in ColumnsOf(model, components, neuronsOnly: true))
        {
            WeightMatrix down = ModelPatcher.Find(model, entry.Key);
            int[] columns = ToArray(entry.Value);
            float[] values = new float[(long)columns.Length * down.Rows];
            for (int i = 0; i < columns.Length; i++)
            {
                Array.Copy(row(down, columns[i]), 0, values, (long)i * down.Rows, down.Rows);
            }

            edits.Add(make(entry.Key, columns, new WeightMatrix(columns.Length, down.Rows, values)));
        }

        return new ModelPatch(edits);
    }

    /// <summary>The columns that components write through, by weight, in the order of the first component of each.</summary>
    private static List<KeyValuePair<PatchTarget, SortedSet<int>>> ColumnsOf(LanguageModel model, IEnumerable<ComponentId> components, bool neuronsOnly = false)
    {
        var order = new List<KeyValuePair<PatchTarget, SortedSet<int>>>();
        var byTarget = new Dictionary<PatchTarget, SortedSet<int>>();
        foreach (ComponentId component in components)
        {
            if (neuronsOnly && component.Kind != ComponentKind.Neuron)
            {
                throw new NinaException(ErrorNumber.PatchInvalid, $"{component} has no write direction of its own; neurons have.");
            }

            foreach (KeyValuePair<PatchTarget, int[]> range in RangesOf(model, component))
            {
                if (!byTarget.TryGetValue(range.Key, out SortedSet<int>? columns))
                {
                    columns = new SortedSet<int>();
                    byTarget.Add(range.Key, columns);
                    order.Add(new KeyValuePair<PatchTarget, SortedSet<int>>(range.Key, columns));
                }

                for (int i = 0; i < range.Value[1]; i++)
                {
                    columns.Add(range.Value[0] + i);
                }
            }
        }

        return order;
    }

    /// <summary>First column and count, for each weight that a component writes through. Raises <see cref="ErrorNumber.ComponentUnknown"/>.</summary>
    private static List<KeyValuePair<PatchTarget, int[]>> RangesOf(LanguageModel model, ComponentId component)
    {
        var ranges = new List<KeyValuePair<PatchTarget, int[]>>();
        if (component.Layer < 0 || component.Layer >= model.Weights.Layers.Count || component.Index < 0)
        {
            throw Unknown(component);
        }

        LayerWeights layer = model.Weights.Layers[component.Layer];
        int headSize = model.Config.HeadSize;
        switch (component.Kind)
        {
            case ComponentKind.Head when component.Index < model.Config.HeadCount:
                ranges.Add(Range(TensorRole.AttentionOutput, component.Layer, -1, component.Index * headSize, headSize));
                break;
            case ComponentKind.Neuron when component.Index < layer.NeuronCount:
                ranges.Add(NeuronOf(layer, component));
                break;
            case ComponentKind.Expert when layer.Mixture != null && component.Index < layer.Mixture.Experts.Count + (layer.Mixture.Shared == null ? 0 : 1):
                AddExpert(ranges, layer.Mixture, component.Layer, component.Index);
                break;
            case ComponentKind.Layer when component.Index == 0:
                ranges.Add(Range(TensorRole.AttentionOutput, component.Layer, -1, 0, layer.Output.Columns));
                if (layer.Mixture == null)
                {
                    ranges.Add(Range(TensorRole.FeedForwardDown, component.Layer, -1, 0, layer.NeuronCount));
                    break;
                }

                for (int e = 0; e < layer.Mixture.Experts.Count + (layer.Mixture.Shared == null ? 0 : 1); e++)
                {
                    AddExpert(ranges, layer.Mixture, component.Layer, e);
                }

                break;
            default:
                throw Unknown(component);
        }

        return ranges;
    }

    /// <summary>The experts of a mixture are numbered with the shared one last, and so are their neurons.</summary>
    private static void AddExpert(List<KeyValuePair<PatchTarget, int[]>> ranges, MixtureWeights mixture, int layer, int index)
    {
        bool isShared = index == mixture.Experts.Count;
        ExpertWeights expert = isShared ? mixture.Shared! : mixture.Experts[index];
        ranges.Add(Range(TensorRole.FeedForwardDown, layer, isShared ? PatchTarget.SharedExpert : index, 0, expert.NeuronCount));
    }

    private static KeyValuePair<PatchTarget, int[]> NeuronOf(LayerWeights layer, ComponentId neuron)
    {
        if (layer.Mixture == null)
        {
            return Range(TensorRole.FeedForwardDown, neuron.Layer, -1, neuron.Index, 1);
        }

        int width = layer.Mixture.Experts[0].NeuronCount;
        int expert = Math.Min(neuron.Index / width, layer.Mixture.Experts.Count);
        return Range(
            TensorRole.FeedForwardDown, neuron.Layer, expert == layer.Mixture.Experts.Count ? PatchTarget.SharedExpert : expert, neuron.Index - (expert * width), 1);
    }

    private static NinaException Unknown(ComponentId component) => new(ErrorNumber.ComponentUnknown, $"There is no component {component}.");

    private static KeyValuePair<PatchTarget, int[]> Range(TensorRole role, int layer, int expert, int first, int count)
        => new(new PatchTarget(role, layer, expert), new[] { first, count });

    private static double Length(float[] vector)
    {
        double sum = 0;
        foreach (float v in vector)
        {
            sum += (double)v * v;
        }

        return Math.Sqrt(sum);
    }

    private static int[] ToArray(SortedSet<int> set)
    {
        int[] array = new int[set.Count];
        set.CopyTo(array);
        return array;
    }
}
