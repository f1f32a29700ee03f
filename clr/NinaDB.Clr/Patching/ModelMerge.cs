using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Patching;

/// <summary>
/// Merges models that share an ancestor: whole tensors (a weighted sum, or task arithmetic: a base and weighted differences from it), or components of one put into
/// the other. Architecture, shapes and tokenizer must be the same; that is checked before anything is written.
/// </summary>
public static class ModelMerge
{
    /// <summary>Texts whose tokens must be the same.</summary>
    private static readonly string[] Samples = { "The quick brown fox jumps over the lazy dog, 1234567890 times.", "Ünïcode: 漢字, кириллица, 🙂\n\ttabs  and   blanks", "fn main() { println!(\"{}\", x[0] == 'a'); }" };

    /// <summary>Raises <see cref="ErrorNumber.ModelsDiffer"/>, naming the first difference, unless two models can be combined.</summary>
    public static void RequireAlike(LanguageModel one, LanguageModel other)
    {
        ModelConfig a = one.Config;
        ModelConfig b = other.Config;
        if (a.Family != b.Family)
        {
            throw Differ(one, other, $"the architecture is {a.Architecture} and {b.Architecture}");
        }

        foreach ((string name, double left, double right) in new (string, double, double)[]
        {
            ("hidden size", a.HiddenSize, b.HiddenSize), ("number of layers", a.LayerCount, b.LayerCount), ("number of heads", a.HeadCount, b.HeadCount),
            ("number of key-value heads", a.KeyValueHeadCount, b.KeyValueHeadCount), ("head size", a.HeadSize, b.HeadSize), ("FFN size", a.FeedForwardSize, b.FeedForwardSize),
            ("number of experts", a.ExpertCount, b.ExpertCount), ("number of experts a token", a.ExpertsPerToken, b.ExpertsPerToken),
            ("vocabulary", a.VocabularySize, b.VocabularySize), ("base of the rotary embedding", a.RopeTheta, b.RopeTheta),
        })
        {
            if (left != right)
            {
                throw Differ(one, other, FormattableString.Invariant($"the {name} is {left} and {right}"));
            }
        }

        RequireSameTokenizer(one, other);
        IReadOnlyList<TensorToWrite> ours = HuggingFaceWriter.Tensors(one, DType.F32);
        IReadOnlyList<TensorToWrite> theirs = HuggingFaceWriter.Tensors(other, DType.F32);
        RequireSameNames(one, other, ours, theirs);
        RequireSameNames(one, other, theirs, ours);
        for (int i = 0; i < ours.Count; i++)
        {
            if (string.Join(",", ours[i].Shape) != string.Join(",", theirs[i].Shape))
            {
                throw Differ(one, other, $"the tensor {ours[i].Name} is [{string.Join(",", ours[i].Shape)}] and [{string.Join(",", theirs[i].Shape)}]");
            }
        }
    }

    /// <summary>
    /// Writes the sum of weight · model over all models as a Hugging Face folder; with <paramref name="origin"/> that model plus the sum of weight · (model - origin).
    /// </summary>
    public static void Write(string folder, IReadOnlyList<KeyValuePair<LanguageModel, double>> models, LanguageModel? origin, DType dtype)
    {
        NinaException.Require(models.Count >= (origin == null ? 2 : 1), "A merge takes two models, or a base and one.");
        LanguageModel first = origin ?? models[0].Key;
        var parts = new List<IReadOnlyList<TensorToWrite>>();
        foreach (KeyValuePair<LanguageModel, double> model in models)
        {
            NinaException.Require(!double.IsNaN(model.Value) && !double.IsInfinity(model.Value), "A weight of a merge is no finite number.");
            RequireAlike(first, model.Key);
            parts.Add(HuggingFaceWriter.Tensors(model.Key, DType.F32));
        }

        IReadOnlyList<TensorToWrite> shapes = HuggingFaceWriter.Tensors(first, DType.F32);
        var merged = new List<TensorToWrite>(shapes.Count);
        for (int i = 0; i < shapes.Count; i++)
        {
            int index = i;
            merged.Add(new TensorToWrite(shapes[i].Name, dtype, shapes[i].Shape, () => Sum(index, shapes, parts, models, origin != null)));
        }

        WriteFolder(folder, first, merged, dtype);
    }

    /// <summary>A model with some components of another: neurons (their rows and columns), experts (with their row of the router), or whole layers.</summary>
    public static LanguageModel TakeComponents(LanguageModel model, LanguageModel other, IEnumerable<ComponentId> components)
    {
        RequireAlike(model, other);
        var layers = new List<LayerWeights>(model.Weights.Layers);
        var neurons = new SortedDictionary<int, SortedSet<int>>();
        foreach (ComponentId component in components)
        {
            if (component.Layer < 0 || component.Layer >= layers.Count || component.Index < 0)
            {
                throw Unknown(component);
            }

            LayerWeights source = other.Weights.Layers[component.Layer];
            switch (component.Kind)
            {
                case ComponentKind.Layer when component.Index == 0:
                    layers[component.Layer] = source;
                    break;
                case ComponentKind.Expert when source.Mixture != null && component.Index < source.Mixture.Experts.Count:
                    layers[component.Layer] = layers[component.Layer].WithMixture(WithExpert(layers[component.Layer].Mixture!, source.Mixture, component.Index));
                    break;
                case ComponentKind.Neuron when source.Mixture == null && component.Index < source.NeuronCount:
                    if (!neurons.TryGetValue(component.Layer, out SortedSet<int>? set))
                    {
                        neurons.Add(component.Layer, set = new SortedSet<int>());
                    }

                    set.Add(component.Index);
                    break;
                default:
                    throw Unknown(component);
            }
        }

        foreach (KeyValuePair<int, SortedSet<int>> entry in neurons)
        {
            layers[entry.Key] = WithNeurons(layers[entry.Key], other.Weights.Layers[entry.Key], entry.Value);
        }

        return model.With(model.Name, model.Config, model.Weights.WithLayers(layers));
    }

    private static void RequireSameNames(LanguageModel one, LanguageModel other, IReadOnlyList<TensorToWrite> has, IReadOnlyList<TensorToWrite> needs)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (TensorToWrite tensor in has)
        {
            names.Add(tensor.Name);
        }

        foreach (TensorToWrite tensor in needs)
        {
            if (!names.Contains(tensor.Name))
            {
                throw Differ(one, other, $"only one of them has the tensor {tensor.Name}");
            }
        }
    }

    private static NinaException Differ(LanguageModel one, LanguageModel other, string reason)
        => new(ErrorNumber.ModelsDiffer, $"The models '{one.Name}' and '{other.Name}' cannot be combined: {reason}.");

    private static NinaException Unknown(ComponentId component)
        => new(ErrorNumber.ComponentUnknown, $"{component} is nothing that can be taken from one model into another: neurons of dense layers, experts and layers are.");

    private static void RequireSameTokenizer(LanguageModel one, LanguageModel other)
    {
        for (int id = 0; id < one.Tokenizer.Vocabulary.Count; id++)
        {
            if (id >= other.Tokenizer.Vocabulary.Count || one.Tokenizer.Vocabulary[id] != other.Tokenizer.Vocabulary[id])
            {
                throw Differ(one, other, $"token {id} is not the same in their vocabularies");
            }
        }

        foreach (string text in Samples)
        {
            if (string.Join(",", Encode(one, text)) != string.Join(",", Encode(other, text)))
            {
                throw Differ(one, other, "their tokenizers split a text differently");
            }
        }
    }

    /// <summary>The tokens of a text; none where the vocabulary cannot express it.</summary>
    private static int[] Encode(LanguageModel model, string text)
    {
        try
        {
            return model.Tokenizer.Encode(text);
        }
        catch (NinaException error) when (error.Number == ErrorNumber.TextNotEncodable)
        {
            return Array.Empty<int>();
        }
    }

    private static float[] Sum(
        int index,
        IReadOnlyList<TensorToWrite> shapes,
        IReadOnlyList<IReadOnlyList<TensorToWrite>> parts,
        IReadOnlyList<KeyValuePair<LanguageModel, double>> models,
        bool hasOrigin)
    {
        float[]? origin = hasOrigin ? shapes[index].ReadValues() : null;
        double[] sums = new double[DTypeInfo.ElementCount(shapes[index].Shape)];
        for (int m = 0; m < parts.Count; m++)
        {
            float[] values = parts[m][index].ReadValues();
            double weight = models[m].Value;
            for (long i = 0; i < sums.LongLength; i++)
            {
                sums[i] += weight * (values[i] - (origin == null ? 0.0 : origin[i]));
            }
        }

        float[] result = new float[sums.LongLength];
        for (long i = 0; i < sums.LongLength; i++)
        {
            result[i] = (float)(sums[i] + (origin == null ? 0.0 : origin[i]));
        }

        return result;
    }

    private static MixtureWeights WithExpert(MixtureWeights mixture, MixtureWeights other, int index)
    {
        WeightMatrix router = new(mixture.Router.Rows, mixture.Router.Columns, (float[])mixture.Router.Values.Clone());
        Array.Copy(other.Router.Row(index), 0, router.Values, (long)index * router.Columns, router.Columns);
        MixtureWeights changed = mixture.WithExpert(index, other.Experts[index]);
        return new MixtureWeights(router, changed.Experts, changed.Shared, changed.SharedGate);
    }

    private static LayerWeights WithNeurons(LayerWeights layer, LayerWeights other, SortedSet<int> neurons)
    {
        WeightMatrix? gate = layer.Gate == null ? null : WithRows(layer.Gate, other.Gate!, neurons);
        WeightMatrix up = WithRows(layer.DenseUp, other.DenseUp, neurons);
        WeightMatrix down = WithRows(layer.DenseDown.Transpose(), other.DenseDown.Transpose(), neurons).Transpose();
        foreach (int neuron in neurons)
        {
            if ((layer.UpBias != null && layer.UpBias[neuron] != other.UpBias![neuron]) || (layer.GateBias != null && layer.GateBias[neuron] != other.GateBias![neuron]))
            {
                throw new NinaException(ErrorNumber.ModelsDiffer, $"Neuron {neuron} has another bias in the other model; whole layers can be taken.");
            }
        }

        return layer.WithFeedForward(gate, up, down);
    }

    private static WeightMatrix WithRows(WeightMatrix matrix, WeightMatrix other, SortedSet<int> rows)
    {
        float[] values = (float[])matrix.Values.Clone();
        foreach (int row in rows)
        {
            Array.Copy(other.Row(row), 0, values, (long)row * matrix.Columns, matrix.Columns);
        }

        return new WeightMatrix(matrix.Rows, matrix.Columns, values);
    }

    private static void WriteFolder(string folder, LanguageModel model, IReadOnlyList<TensorToWrite> tensors, DType dtype)
    {
        try
        {
            Directory.CreateDirectory(folder);
            using (var stream = new FileStream(Path.Combine(folder, "model.safetensors"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20))
            {
                SafetensorsWriter.Write(stream, tensors);
                stream.Flush(flushToDisk: true);
            }

            foreach (KeyValuePair<string, string> file in HuggingFaceWriter.SideFiles(model, dtype))
            {
                File.WriteAllText(Path.Combine(folder, file.Key), file.Value, new UTF8Encoding(false));
            }
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
        {
            throw new NinaException(ErrorNumber.WriteFailed, $"Folder '{folder}' cannot be written: {error.Message}", error);
        }
    }
}
