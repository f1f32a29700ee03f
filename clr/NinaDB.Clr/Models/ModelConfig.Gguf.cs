using System;
using System.Collections.Generic;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Json;

namespace NinaDB.Clr.Models;

/// <content>Reads GGUF metadata as llama.cpp's converters write it.</content>
public sealed partial class ModelConfig
{
    /// <summary>Llama 4's chunk, which older files do not store.</summary>
    private const int Llama4Chunk = 8192;

    /// <summary>The layers of Gemma 2 27B and Gemma 3 27B, whose attention is scaled by hidden / heads.</summary>
    private const int Gemma2LargeLayers = 46;
    private const int Gemma3LargeLayers = 62;

    private bool _hasEmbedding;

    /// <summary>Reads the metadata of a GGUF file.</summary>
    public static ModelConfig FromGguf(GgufHeader header, string source, IReadOnlyList<TensorInfo> tensors)
    {
        string architecture = header["general.architecture"]?.AsString() ?? string.Empty;
        JsonValue fields = JsonValue.NewObject();
        foreach (string key in header.Keys)
        {
            fields.Set(key, header[key]!.ToJson(maxItems: 64));
        }

        var reader = new FieldReader(name => fields[architecture + "." + name], source);
        int experts = reader.Size("expert_count");
        ModelFamily family = FamilyOfGguf(architecture, experts, reader.Size("attention.sliding_window"));
        var config = new ModelConfig
        {
            IsGguf = true,
            Architecture = architecture,
            Family = family,
            HiddenSize = reader.Size("embedding_length"),
            LayerCount = reader.Size("block_count"),
            HeadCount = reader.Size("attention.head_count"),
            KeyValueHeadCount = reader.Size("attention.head_count_kv"),
            HeadSize = family == ModelFamily.GptNeox ? reader.Size("attention.key_length") : reader.Size("attention.key_length", "rope.dimension_count"),
            FeedForwardSize = reader.Size("feed_forward_length"),
            VocabularySize = reader.Size("vocab_size"),
            ContextLength = reader.Size("context_length"),
            NormEpsilon = (float)reader.Number(1e-5, "attention.layer_norm_rms_epsilon", "attention.layer_norm_epsilon"),
            RopeTheta = reader.Number(10000, "rope.freq_base"),
            RotarySize = reader.Size("rope.dimension_count"),
            ExpertCount = experts,
            ExpertsPerToken = reader.Size("expert_used_count"),
            StartTokenId = (int)(header["tokenizer.ggml.bos_token_id"]?.AsInt64() is long id && id >= 0 && id <= int.MaxValue ? id : -1),
            EndTokenIds = TokenIds(fields["tokenizer.ggml.eos_token_id"]),
            InterleavedRotary = family is ModelFamily.Llama or ModelFamily.Mistral or ModelFamily.Mixtral or ModelFamily.Llama4,
            TiedEmbeddings = true,
        };
        config.ApplyFamily();
        config.ReadTensors(tensors);
        string? reason = config.ReadGgufRope(reader) ?? config.ReadGgufFamily(reader);
        config.Complete();
        config.UnsupportedReason = (family == ModelFamily.Unknown ? config.ReasonUnknown(architecture, "there is no general.architecture") : null)
            ?? config.ReasonInSizes() ?? reason
            ?? (config._hasEmbedding ? null : "there is no token embedding: the file holds a vocabulary only")
            ?? (reader.Size("attention.value_length") is int values and > 0 && values != config.HeadSize ? "values of another width than keys are not supported by this version" : null);
        config.Json = config.ToHuggingFaceJson();
        return config;
    }

    private static ModelFamily FamilyOfGguf(string architecture, int experts, int window) => architecture switch
    {
        "llama" or "mistral" => experts > 0 ? ModelFamily.Mixtral : window > 0 ? ModelFamily.Mistral : ModelFamily.Llama,
        "llama4" => ModelFamily.Llama4,
        "qwen2" => ModelFamily.Qwen2,
        "qwen2moe" => ModelFamily.Qwen2Moe,
        "qwen3" => ModelFamily.Qwen3,
        "qwen3moe" => ModelFamily.Qwen3Moe,
        "gemma" => ModelFamily.Gemma,
        "gemma2" => ModelFamily.Gemma2,
        "gemma3" => ModelFamily.Gemma3,
        "gpt2" => ModelFamily.Gpt2,
        "gptneox" => ModelFamily.GptNeox,
        _ => ModelFamily.Unknown,
    };

    /// <summary>What metadata does not say and tensors do.</summary>
    private void ReadTensors(IReadOnlyList<TensorInfo> tensors)
    {
        foreach (TensorInfo tensor in tensors)
        {
            TensorPlace place = TensorNaming.RoleOf(tensor.Name);
            switch (place.Role)
            {
                case TensorRole.TokenEmbedding when tensor.RowCount <= MaxDimension:
                    VocabularySize = (int)tensor.RowCount;
                    _hasEmbedding = true;
                    break;
                case TensorRole.OutputHead:
                    TiedEmbeddings = false;
                    break;
                case TensorRole.RopeFactors:
                    HasRopeFactors = true;
                    break;
                case TensorRole.AttentionQueryBias:
                    HasAttentionBias = true;
                    break;
                case TensorRole.AttentionOutputBias:
                    HasOutputBias = true;
                    break;
                case TensorRole.FeedForwardDownBias:
                    HasFeedForwardBias = true;
                    break;
                case TensorRole.FeedForwardGate when place.Expert < 0 && tensor.Shape.Count == 3 && tensor.Shape[1] <= MaxDimension:
                    ExpertFeedForwardSize = (int)tensor.Shape[1];
                    break;
                case TensorRole.FeedForwardGate when place.Expert == 0 && tensor.Shape.Count == 2 && tensor.Shape[0] <= MaxDimension:
                    ExpertFeedForwardSize = (int)tensor.Shape[0];
                    break;
                case TensorRole.SharedGate when tensor.Shape.Count == 2 && tensor.Shape[0] <= MaxDimension:
                    SharedExpertFeedForwardSize = (int)tensor.Shape[0];
                    break;
            }
        }
    }

    private string? ReadGgufRope(FieldReader reader)
    {
        string type = reader.Text("rope.scaling.type") ?? (reader.Number(1, "rope.scale_linear") != 1 ? "linear" : "none");
        double factor = reader.Number(reader.Number(1, "rope.scale_linear"), "rope.scaling.factor");
        switch (type)
        {
            case "none":
                return null;
            case "linear":
                RopeScaling = new RopeScaling { Kind = RopeScalingKind.Linear, Factor = factor };
                return null;
            case "yarn":
                RopeScaling = new RopeScaling
                {
                    Kind = RopeScalingKind.Yarn,
                    Factor = factor,
                    OriginalContext = reader.Number(ContextLength, "rope.scaling.original_context_length"),
                    BetaFast = reader.Number(32, "rope.scaling.yarn_beta_fast"),
                    BetaSlow = reader.Number(1, "rope.scaling.yarn_beta_slow"),
                    AttentionFactor = RopeScaling.YarnAttentionFactor(factor) * reader.Number(1, "rope.scaling.attn_factor", "rope.scaling.yarn_attn_factor"),
                };
                return reader.Number(1, "rope.scaling.yarn_ext_factor") is 1 or -1 ? null : "a yarn extrapolation factor other than 1 is not supported by this version";
            default:
                return $"rope scaling '{type}' is not supported by this version";
        }
    }

    private string? ReadGgufFamily(FieldReader reader)
    {
        SlidingWindow = reader.Size("attention.sliding_window");
        switch (Family)
        {
            case ModelFamily.Qwen2:
            case ModelFamily.Qwen3:
                ExpertCount = 0;
                SlidingWindow = 0;
                break;
            case ModelFamily.Qwen2Moe:
                Routing = RoutingKind.SoftmaxOfAll;
                SharedExpertCount = 1;
                SlidingWindow = 0;
                break;
            case ModelFamily.Qwen3Moe:
                // llama.cpp normalises the weights of the chosen experts of this architecture, always.
                Routing = RoutingKind.SoftmaxOfChosen;
                SlidingWindow = 0;
                break;
            case ModelFamily.Gemma:
                SlidingWindow = 0;
                break;
            case ModelFamily.Gemma2:
                AttentionSoftCap = (float)reader.Number(50, "attn_logit_softcapping");
                LogitSoftCap = (float)reader.Number(30, "final_logit_softcapping");
                _localRule = LocalRule.AllButEvery;
                _localStep = 2;
                ScaleByHidden(Gemma2LargeLayers);
                break;
            case ModelFamily.Gemma3:
                _localRule = LocalRule.AllButEvery;
                _localStep = reader.Size("attention.sliding_window_pattern") is int pattern and > 0 ? pattern : 6;
                LocalRopeTheta = reader.Number(10000, "rope.freq_base_swa");
                ScaleByHidden(Gemma3LargeLayers);
                break;
            case ModelFamily.Llama4:
                ExpertsPerToken = ExpertsPerToken == 0 ? 1 : ExpertsPerToken;
                _mixtureStep = Math.Max(1, reader.Size("interleave_moe_layer_step"));
                _noRotaryStep = 4;
                _localRule = LocalRule.Rotary;
                AttentionChunk = reader.Size("attention.chunk_size", "attention.sliding_window") is int chunk and > 0 ? chunk : Llama4Chunk;
                SlidingWindow = 0;

                // As llama.cpp decides it: Maverick (128 experts) was trained without the norm.
                HasUnitQueryKey = ExpertCount != 128;
                TemperatureScale = reader.Number(0.1, "attention.temperature_scale");
                TemperatureFloor = reader.Number(8192, "attention.temperature_length");
                break;
            case ModelFamily.GptNeox:
                ParallelResidual = reader.Flag(true, "use_parallel_residual");
                break;
        }

        return null;
    }

    /// <summary>The distance between mixture layers of Llama 4.</summary>
    internal int MixtureStep => _mixtureStep;

    /// <summary>What a reader of a GGUF file would take this configuration to be: what no key says follows from the family.</summary>
    internal ModelConfig AsReadFromGguf()
    {
        var read = new ModelConfig
        {
            Family = Family,
            HiddenSize = HiddenSize,
            LayerCount = LayerCount,
            HeadCount = HeadCount,
            KeyValueHeadCount = KeyValueHeadCount,
            HeadSize = HeadSize,
            FeedForwardSize = FeedForwardSize,
            ContextLength = ContextLength,
            ExpertCount = ExpertCount,
            ExpertsPerToken = ExpertsPerToken,
        };
        read.ApplyFamily();
        JsonValue fields = JsonValue.NewObject();
        if (SlidingWindow > 0)
        {
            fields.Set("attention.sliding_window", JsonValue.Of(SlidingWindow));
        }

        if (AttentionChunk > 0)
        {
            fields.Set("attention.chunk_size", JsonValue.Of(AttentionChunk));
        }

        fields.Set("interleave_moe_layer_step", JsonValue.Of(_mixtureStep));
        read.ReadGgufFamily(new FieldReader(name => fields[name], "GGUF"));
        read.Complete();
        return read;
    }

    private void ScaleByHidden(int layersOfLargeModel)
    {
        if (LayerCount == layersOfLargeModel && HeadCount > 0 && HiddenSize >= HeadCount)
        {
            AttentionScale = (float)(1 / Math.Sqrt(HiddenSize / HeadCount));
        }
    }
}
