using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;
using NinaDB.Clr.Patching;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Tests;

/// <summary>Models that share an ancestor are merged; others are refused by what differs.</summary>
public sealed class MergeTests
{
    private static readonly LanguageModel Nina = TestData.Nina;
    private static readonly LanguageModel Tuned = Perturbed(7, 0.01);
    private static readonly LanguageModel Mixture = LanguageModel.Open(Path.Combine(TestData.Root, "samples", "models", "nina-mini-moe"));

    [Fact]
    public void A_linear_merge_is_the_weighted_sum_of_every_tensor()
    {
        LanguageModel merged = Merge([new(Nina, 0.25), new(Tuned, 0.75)], null);
        AssertTensors(merged, (a, b) => (0.25 * a) + (0.75 * b));
    }

    [Fact]
    public void Task_arithmetic_adds_what_a_fine_tune_changed()
    {
        LanguageModel other = Perturbed(8, 0.02);
        LanguageModel merged = Merge([new(Tuned, 1), new(other, 0.5)], Nina);
        float[] expected = [.. Nina.Weights.Layers[1].Query.Values.Zip(Tuned.Weights.Layers[1].Query.Values, (a, b) => b - a)
            .Zip(other.Weights.Layers[1].Query.Values.Zip(Nina.Weights.Layers[1].Query.Values, (c, a) => (c, a)), (d, o) => (float)(o.a + d + (0.5 * (o.c - o.a))))];
        Assert.Equal(expected, merged.Weights.Layers[1].Query.Values, (x, y) => Math.Abs(x - y) < 1e-6);

        // Nothing added is the base, bit for bit.
        Assert.Equal(Nina.Weights.Layers[2].Down!.Values, Merge([new(Tuned, 0)], Nina).Weights.Layers[2].Down!.Values);
    }

    [Fact]
    public void Neurons_and_layers_are_taken_with_all_their_weights()
    {
        LanguageModel merged = ModelMerge.TakeComponents(Nina, Tuned, [new(ComponentKind.Neuron, 1, 17), new(ComponentKind.Neuron, 1, 400), new(ComponentKind.Layer, 3, 0)]);
        LayerWeights layer = merged.Weights.Layers[1];
        for (int i = 0; i < 512; i++)
        {
            LayerWeights from = (i is 17 or 400 ? Tuned : Nina).Weights.Layers[1];
            Assert.Equal(from.Gate!.Row(i), layer.Gate!.Row(i));
            Assert.Equal(from.Up!.Row(i), layer.Up!.Row(i));
            Assert.Equal(from.Down!.Column(i), layer.Down!.Column(i));
        }

        Assert.Same(Tuned.Weights.Layers[3], merged.Weights.Layers[3]);
        Assert.Same(Nina.Weights.Layers[0], merged.Weights.Layers[0]);
        Assert.Equal(ErrorNumber.ComponentUnknown, Assert.Throws<NinaException>(() => ModelMerge.TakeComponents(Nina, Tuned, [new(ComponentKind.Head, 0, 0)])).Number);
    }

    [Fact]
    public void An_expert_is_taken_with_its_row_of_the_router()
    {
        LanguageModel other = Mixture.With("other", Mixture.Config, Mixture.Weights.WithLayers(
            [.. Mixture.Weights.Layers.Select(l => l.WithMixture(new MixtureWeights(Noisy(l.Mixture!.Router, 3, 0.1), l.Mixture.Experts.Select(e => e.WithDown(Noisy(e.Down, 4, 0.1))).ToArray())))]));
        LanguageModel merged = ModelMerge.TakeComponents(Mixture, other, [new(ComponentKind.Expert, 1, 5)]);
        MixtureWeights mixture = merged.Weights.Layers[1].Mixture!;
        Assert.Equal(other.Weights.Layers[1].Mixture!.Router.Row(5), mixture.Router.Row(5));
        Assert.Equal(Mixture.Weights.Layers[1].Mixture!.Router.Row(4), mixture.Router.Row(4));
        Assert.Same(other.Weights.Layers[1].Mixture!.Experts[5], mixture.Experts[5]);
        Assert.Same(Mixture.Weights.Layers[1].Mixture!.Experts[4], mixture.Experts[4]);
    }

    [Fact]
    public void Models_that_differ_are_refused_by_what_differs()
    {
        AssertDiffer(Mixture, "architecture");
        AssertDiffer(Nina.With("n", Nina.Config.WithFeedForwardSize(256), Nina.Weights), "FFN size is 512 and 256");
        AssertDiffer(Nina.With("n", Nina.Config, Nina.Weights.WithEmbedding(Nina.Weights.Embedding, Noisy(Nina.Weights.Embedding, 1, 0))), "lm_head.weight");

        static void AssertDiffer(LanguageModel other, string reason)
        {
            NinaException error = Assert.Throws<NinaException>(() => ModelMerge.RequireAlike(Nina, other));
            Assert.Equal(ErrorNumber.ModelsDiffer, error.Number);
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        }
    }

    private static void AssertTensors(LanguageModel merged, Func<double, double, double> expected)
    {
        for (int l = 0; l < 4; l++)
        {
            float[] ours = Nina.Weights.Layers[l].Up!.Values;
            float[] theirs = Tuned.Weights.Layers[l].Up!.Values;
            float[] actual = merged.Weights.Layers[l].Up!.Values;
            for (int i = 0; i < ours.Length; i++)
            {
                Assert.Equal(expected(ours[i], theirs[i]), actual[i], 1e-6);
            }
        }

        Assert.Equal(Nina.Tokenizer.Encode("The knight"), merged.Tokenizer.Encode("The knight"));
    }

    private static LanguageModel Merge(IReadOnlyList<KeyValuePair<LanguageModel, double>> models, LanguageModel? origin)
    {
        using var folder = new TemporaryFolder();
        ModelMerge.Write(folder.File("m"), models, origin, DType.F32);
        LanguageModel merged = LanguageModel.Open(folder.File("m"));
        _ = merged.Weights.Layers.Sum(l => l.Up!.Values[0]);
        return merged;
    }

    private static LanguageModel Perturbed(int seed, double amount) => Nina.With("tuned", Nina.Config, Nina.Weights.WithLayers(
        [.. Nina.Weights.Layers.Select((l, i) => l.WithAttention(Noisy(l.Query, seed + i, amount), l.Key, l.Value, l.Output)
            .WithFeedForward(Noisy(l.Gate!, seed + i + 10, amount), Noisy(l.Up!, seed + i + 20, amount), Noisy(l.Down!, seed + i + 30, amount)))]));

    private static WeightMatrix Noisy(WeightMatrix matrix, int seed, double amount)
    {
        var random = new Random(seed);
        return new WeightMatrix(matrix.Rows, matrix.Columns, [.. matrix.Values.Select(v => (float)(v + (amount * (random.NextDouble() - 0.5))))]);
    }
}
