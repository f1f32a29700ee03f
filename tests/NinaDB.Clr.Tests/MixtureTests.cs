using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Tests;

/// <summary>What a mixture of experts shows of itself, and what is refused for one.</summary>
public sealed unsafe class MixtureTests
{
    [Fact]
    public void Routing_names_two_experts_a_token_and_their_weighted_outputs_are_what_the_layer_adds()
    {
        LanguageModel model = TestData.NinaMixture;
        int[] ids = model.Tokenizer.Encode("The knight on f3 attacks");
        var recorder = new Recorder(ids.Length, model.Config.HiddenSize);
        InferenceSession session = model.StartSession(64);
        session.Append(ids, 0, ids.Length, recorder);
        Assert.Equal(2, recorder.LayersSeen);
        Assert.Equal(2 * ids.Length * 2, recorder.ExpertTokens);
        Assert.InRange(recorder.LargestDifference, 0, 1e-4);
    }

    [Fact]
    public void Batches_do_not_change_the_logits_of_a_mixture()
    {
        LanguageModel model = TestData.NinaMixture;
        int[] ids = model.Tokenizer.Encode("Bake bread with butter and flour until the crust is golden.");
        InferenceSession whole = model.StartSession(64);
        whole.Append(ids, 0, ids.Length);
        InferenceSession single = model.StartSession(64);
        foreach (int id in ids)
        {
            single.Append([id], 0, 1);
        }

        float[] a = whole.LastLogits();
        float[] b = single.LastLogits();
        Assert.All(Enumerable.Range(0, a.Length), i => Assert.Equal(a[i], b[i], 1e-3));
    }

    [Fact]
    public void A_mixture_is_written_and_read_back_unchanged()
    {
        using var folder = new TemporaryFolder();
        HuggingFaceWriter.Write(folder.File("hf"), TestData.NinaMixture, DType.BF16);
        LanguageModel copy = LanguageModel.Open(folder.File("hf"));
        Assert.Equal(TestData.NinaMixture.Weights.ParameterCount, copy.Weights.ParameterCount);
        int[] ids = copy.Tokenizer.Encode("The recipe for French onion soup starts with");
        Assert.Equal(TestData.NinaMixture.Score(ids).Nats, copy.Score(ids).Nats);
    }

    [Fact]
    public void Fewer_experts_and_narrower_ones_are_models_too()
    {
        LanguageModel model = TestData.NinaMixture;
        int[] kept = [0, 2, 5];
        int[] neurons = [.. Enumerable.Range(16, 64)];
        LayerWeights[] layers =
        [
            .. model.Weights.Layers.Select(layer =>
            {
                MixtureWeights mixture = layer.Mixture!.WithExperts(kept);
                for (int e = 0; e < kept.Length; e++)
                {
                    ExpertWeights expert = mixture.Experts[e];
                    mixture = mixture.WithExpert(e, expert.WithNeurons(neurons, expert.Down.Transpose().SelectRows(neurons).Transpose()));
                }

                return layer.WithMixture(mixture);
            }),
        ];
        LanguageModel small = model.With("small", model.Config.WithExperts(3).WithExpertFeedForwardSize(64), model.Weights.WithLayers(layers));
        using var folder = new TemporaryFolder();
        HuggingFaceWriter.Write(folder.File("hf"), small, DType.F32);
        LanguageModel copy = LanguageModel.Open(folder.File("hf"));
        Assert.Equal((3, 2, 64), (copy.Config.ExpertCount, copy.Config.ExpertsPerToken, copy.Config.ExpertFeedForwardSize));
        int[] ids = copy.Tokenizer.Encode("The recipe for French onion soup starts with");
        Assert.Equal(small.Score(ids).Nats, copy.Score(ids).Nats, 1e-9);

        LanguageModel uneven = model.With("uneven", small.Config, model.Weights.WithLayers([layers[0], model.Weights.Layers[1]]));
        Assert.Equal(ErrorNumber.NotExpressible, Assert.Throws<NinaException>(() => HuggingFaceWriter.Write(folder.File("no"), uneven, DType.F32)).Number);
    }

    [Fact]
    public void What_only_dense_layers_can_do_is_refused_by_name()
    {
        LanguageModel model = TestData.NinaMixture;
        NinaException error = Assert.Throws<NinaException>(() =>
        {
            InferenceSession session = model.StartSession(4);
            session.Reserve(1);
            float value = 0;
            session.RunActivations(0, &value, 1, &value, &value);
        });
        Assert.Equal(ErrorNumber.MixtureUnsupported, error.Number);
    }

    /// <summary>Adds up weighted expert outputs and compares the sum with what the layer adds.</summary>
    private sealed class Recorder(int tokens, int hidden) : IForwardObserver
    {
        private readonly float[] _sum = new float[tokens * hidden];
        private float[] _weights = [];
        private int _experts;

        public int LayersSeen { get; private set; }

        public int ExpertTokens { get; private set; }

        public float LargestDifference { get; private set; }

        public void OnHeads(int layer, float* heads, int count, int width)
        {
        }

        public void OnAttention(int layer, float* delta, int count, int width)
        {
        }

        public void OnActivations(int layer, float* activations, float* up, int count, int width) => Assert.Fail("A mixture has no dense activations.");

        public void OnRouting(int layer, float* weights, int count, int experts)
        {
            Array.Clear(_sum);
            _experts = experts;
            _weights = new Span<float>(weights, count * experts).ToArray();
            for (int t = 0; t < count; t++)
            {
                float[] row = [.. _weights.Skip(t * experts).Take(experts)];
                Assert.Equal(2, row.Count(w => w > 0));
                Assert.Equal(1, row.Sum(), 1e-5);
            }
        }

        public void OnExpert(int layer, int expert, int* tokenIndexes, float* activations, float* output, int count, int width)
        {
            Assert.Equal(128, width);
            ExpertTokens += count;
            for (int i = 0; i < count; i++)
            {
                for (int j = 0; j < hidden; j++)
                {
                    _sum[(tokenIndexes[i] * hidden) + j] += output[(i * hidden) + j] * _weights[(tokenIndexes[i] * _experts) + expert];
                }
            }
        }

        public void OnFeedForward(int layer, float* delta, int count, int width)
        {
            LayersSeen++;
            for (int i = 0; i < count * width; i++)
            {
                LargestDifference = Math.Max(LargestDifference, Math.Abs(delta[i] - _sum[i]));
            }
        }
    }
}
