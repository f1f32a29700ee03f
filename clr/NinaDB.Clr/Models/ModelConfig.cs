using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Json;

namespace NinaDB.Clr.Models;

/// <summary>
/// The dimensions of a model, from config.json or GGUF metadata. Any architecture has one; numbers that the source does not say are 0.
/// <see cref="UnsupportedReason"/> says why the forward pass cannot run, when it cannot. What distinguishes the architectures that run is
/// here as data: one forward pass reads it.
/// </summary>
public sealed partial class ModelConfig
{
    private const int MaxDimension = 1 << 24;

    private ModelConfig()
    {
    }

    /// <summary>The architecture, such as <c>llama</c> or <c>gpt2</c>; empty when unknown.</summary>
    public string Architecture { get; private set; } = string.Empty;

    /// <summary>The family that the architecture belongs to.</summary>
    public ModelFamily Family { get; private set; }

    /// <summary>The width of the residual stream.</summary>
    public int HiddenSize { get; private set; }

    /// <summary>The number of layers.</summary>
    public int LayerCount { get; private set; }

    /// <summary>The number of query heads.</summary>
    public int HeadCount { get; private set; }

    /// <summary>The number of key and value heads.</summary>
    public int KeyValueHeadCount { get; private set; }

    /// <summary>The width of a head.</summary>
    public int HeadSize { get; private set; }

    /// <summary>The number of FFN neurons of a dense layer; of an expert where every layer is a mixture and the source says no other.</summary>
    public int FeedForwardSize { get; private set; }

    /// <summary>The number of token embeddings.</summary>
    public int VocabularySize { get; private set; }

    /// <summary>The longest sequence.</summary>
    public int ContextLength { get; private set; }

    /// <summary>The epsilon of the norms.</summary>
    public float NormEpsilon { get; private set; } = 1e-5f;

    /// <summary>The base of the rotary embedding.</summary>
    public double RopeTheta { get; private set; } = 10000;

    /// <summary>Whether the output head is the token embedding.</summary>
    public bool TiedEmbeddings { get; private set; }

    /// <summary>The number of experts a layer; 0 for a dense model.</summary>
    public int ExpertCount { get; private set; }

    /// <summary>The experts that run for each token.</summary>
    public int ExpertsPerToken { get; private set; }

    /// <summary>The token that starts a text, -1 when unknown.</summary>
    public int StartTokenId { get; private set; } = -1;

    /// <summary>The tokens that end a text.</summary>
    public IReadOnlyList<int> EndTokenIds { get; private set; } = Array.Empty<int>();

    /// <summary>Whether query and key rows are stored pairwise interleaved, as GGUF stores them for the Llama family and everybody for Llama 4.</summary>
    public bool InterleavedRotary { get; private set; }

    /// <summary>How norms work.</summary>
    public NormKind Norm { get; private set; }

    /// <summary>The non-linearity of the FFN.</summary>
    public ActivationKind Activation { get; private set; }

    /// <summary>Whether the FFN is activation(gate) · up; otherwise it is activation(up), and layers have no gate.</summary>
    public bool IsGated { get; private set; } = true;

    /// <summary>Whether the model has layers that are mixtures of experts.</summary>
    public bool IsMixture => ExpertCount > 0;

    /// <summary>The experts of a mixture layer that always run: 0 or 1.</summary>
    public int SharedExpertCount { get; private set; }

    /// <summary>The number of FFN neurons of an expert.</summary>
    public int ExpertFeedForwardSize { get; private set; }

    /// <summary>The number of FFN neurons of the shared expert.</summary>
    public int SharedExpertFeedForwardSize { get; private set; }

    /// <summary>How a router's logits become weights.</summary>
    public RoutingKind Routing { get; private set; }

    /// <summary>How the model knows positions.</summary>
    public PositionKind Position { get; private set; }

    /// <summary>The scaling of the rotary embedding.</summary>
    public RopeScaling RopeScaling { get; private set; } = RopeScaling.None;

    /// <summary>The first dimensions of a head that turn with the position; the others stay (GPT-NeoX).</summary>
    public int RotarySize { get; private set; }

    /// <summary>Whether attention and FFN both read the stream before the layer (GPT-NeoX), instead of one after the other.</summary>
    public bool ParallelResidual { get; private set; }

    /// <summary>How many positions back local layers look, themselves included; 0 for all.</summary>
    public int SlidingWindow { get; private set; }

    /// <summary>The length of the chunks that local layers do not look beyond (Llama 4); 0 for none.</summary>
    public int AttentionChunk { get; private set; }

    /// <summary>The base of the rotary embedding of local layers (Gemma 3); 0 where it is <see cref="RopeTheta"/>.</summary>
    public double LocalRopeTheta { get; private set; }

    /// <summary>What token embeddings are multiplied with (Gemma: √hidden).</summary>
    public float EmbeddingScale { get; private set; } = 1;

    /// <summary>What attention scores are multiplied with, usually 1/√(head size).</summary>
    public float AttentionScale { get; private set; }

    /// <summary>Attention scores become cap · tanh(score / cap) (Gemma 2); 0 for no cap.</summary>
    public float AttentionSoftCap { get; private set; }

    /// <summary>The same for logits.</summary>
    public float LogitSoftCap { get; private set; }

    /// <summary>Whether queries and keys of layers with rotary embedding are divided by their root mean square after it (Llama 4).</summary>
    public bool HasUnitQueryKey { get; private set; }

    /// <summary>Whether queries and keys have norms with weights (Qwen 3, Gemma 3).</summary>
    public bool HasQueryKeyNorm { get; private set; }

    /// <summary>Whether what a sublayer adds is normed first (Gemma 2, 3).</summary>
    public bool HasPostNorms { get; private set; }

    /// <summary>Whether query, key and value have biases.</summary>
    public bool HasAttentionBias { get; private set; }

    /// <summary>Whether the attention output has a bias.</summary>
    public bool HasOutputBias { get; private set; }

    /// <summary>Whether the FFN has biases.</summary>
    public bool HasFeedForwardBias { get; private set; }

    /// <summary>Layers without rotary embedding sharpen queries by 1 + this · ln(1 + ⌊(position + 1) / <see cref="TemperatureFloor"/>⌋) (Llama 4); 0 for not at all.</summary>
    public double TemperatureScale { get; private set; }

    /// <summary>The positions after which the sharpening begins.</summary>
    public double TemperatureFloor { get; private set; } = 8192;

    /// <summary>Whether the model came as GGUF, whose tensors have other names and sometimes other layouts.</summary>
    public bool IsGguf { get; private set; }

    /// <summary>Why the forward pass cannot run; null when it can.</summary>
    public string? UnsupportedReason { get; private set; }

    /// <summary>The configuration as a JSON object: config.json, or one made from GGUF metadata.</summary>
    public JsonValue Json { get; private set; } = JsonValue.NewObject();

    /// <summary>What is added to the stored weight of a norm: 1 where weights are offsets, otherwise 0.</summary>
    public float NormOffset => Norm == NormKind.RmsOffset ? 1 : 0;

    /// <summary>The configuration of a model; one of unknown architecture when there is none.</summary>
    public static ModelConfig Of(ModelFile file)
    {
        if (file.Gguf != null)
        {
            return FromGguf(file.Gguf, file.Files[0].Path, file.Tensors);
        }

        if (file.ConfigJson != null)
        {
            return FromJson(file.ConfigJson, file.Name + "/config.json", file.Tensors);
        }

        return new ModelConfig { UnsupportedReason = "there is no config.json" };
    }

    /// <summary>Whether a layer's FFN is a mixture of experts.</summary>
    public bool IsMixtureLayer(int layer)
        => IsMixture && (_mixtureLayers != null ? _mixtureLayers.Contains(layer) : (layer + 1) % _mixtureStep == 0 && !_denseLayers.Contains(layer));

    /// <summary>Whether queries and keys of a layer turn with the position.</summary>
    public bool UsesRotary(int layer)
        => Position == PositionKind.Rotary && (_rotaryLayers != null ? _rotaryLayers[layer] : _noRotaryStep == 0 || (layer + 1) % _noRotaryStep != 0);

    /// <summary>Whether a layer looks back only <see cref="SlidingWindow"/> positions, or not beyond its <see cref="AttentionChunk"/>.</summary>
    public bool IsLocal(int layer)
        => (SlidingWindow > 0 || AttentionChunk > 0) && (_localLayers != null ? _localLayers[layer] : _localRule switch
        {
            LocalRule.AllButEvery => (layer + 1) % _localStep != 0,
            LocalRule.From => layer >= _localStep,
            LocalRule.Rotary => UsesRotary(layer),
            _ => true,
        });

    /// <summary>The first position that the token at <paramref name="position"/> sees in a layer.</summary>
    public int FirstVisible(int layer, int position)
        => !IsLocal(layer) ? 0
        : AttentionChunk > 0 ? position / AttentionChunk * AttentionChunk
        : Math.Max(0, position - SlidingWindow + 1);

    /// <summary>Raises <see cref="ErrorNumber.ArchitectureUnsupported"/> unless the forward pass can run.</summary>
    public void RequireRunnable(string modelName)
    {
        if (UnsupportedReason != null)
        {
            throw new NinaException(
                ErrorNumber.ArchitectureUnsupported, $"Model '{modelName}' cannot be run: {UnsupportedReason}. Its tensors can still be listed and read.");
        }
    }

    /// <summary>A copy with another number of FFN neurons a dense layer.</summary>
    public ModelConfig WithFeedForwardSize(int size)
    {
        var copy = (ModelConfig)MemberwiseClone();
        copy.FeedForwardSize = size;
        copy.Json = TextJson().CopyObject().Set(Family switch { ModelFamily.Llama4 => "intermediate_size_mlp", ModelFamily.Gpt2 => "n_inner", _ => "intermediate_size" }, JsonValue.Of(size));
        if (IsMixture && ExpertSizeName == "intermediate_size")
        {
            copy.ExpertFeedForwardSize = size;
        }

        return copy;
    }

    /// <summary>A copy with another number of FFN neurons an expert. The shared expert of Llama 4 has the same number, so it must change with the others.</summary>
    public ModelConfig WithExpertFeedForwardSize(int size)
    {
        NinaException.Require(IsMixture, "A dense model has no experts.");
        var copy = (ModelConfig)MemberwiseClone();
        copy.ExpertFeedForwardSize = size;
        copy.Json = TextJson().CopyObject().Set(ExpertSizeName, JsonValue.Of(size));
        if (Family == ModelFamily.Mixtral)
        {
            copy.FeedForwardSize = size;
        }

        if (Family == ModelFamily.Llama4)
        {
            copy.SharedExpertFeedForwardSize = size;
        }

        return copy;
    }

    /// <summary>A copy with another number of experts a layer, of which at most as many run for a token as before.</summary>
    public ModelConfig WithExperts(int count)
    {
        NinaException.Require(IsMixture && count > 0, "A mixture has at least one expert.");
        var copy = (ModelConfig)MemberwiseClone();
        copy.ExpertCount = count;
        copy.ExpertsPerToken = Math.Min(ExpertsPerToken, count);
        copy.Json = TextJson().CopyObject()
            .Set(Family is ModelFamily.Mixtral or ModelFamily.Llama4 ? "num_local_experts" : "num_experts", JsonValue.Of(count))
            .Set("num_experts_per_tok", JsonValue.Of(copy.ExpertsPerToken));
        return copy;
    }

    /// <summary>A copy of what the weights in memory are: rotary pairs as Hugging Face stores them for Llama.</summary>
    internal ModelConfig AsLoaded()
    {
        var copy = (ModelConfig)MemberwiseClone();
        copy.InterleavedRotary = false;
        return copy;
    }
}
