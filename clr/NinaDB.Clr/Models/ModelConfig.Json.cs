using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Json;

namespace NinaDB.Clr.Models;

/// <content>Reads config.json as Hugging Face's transformers write it.</content>
public sealed partial class ModelConfig
{
    private const string SlidingAttention = "sliding_attention";
    private const string ChunkedAttention = "chunked_attention";

    /// <summary>
    /// Reads config.json; <paramref name="source"/> names it in errors. A model of several parts is read as its text_config. Files leave out what
    /// is the default of their family's class: the defaults are here, and the size of the vocabulary is taken from <paramref name="tensors"/>.
    /// </summary>
    public static ModelConfig FromJson(string json, string source, IReadOnlyList<TensorInfo>? tensors = null)
    {
        JsonValue root = JsonValue.Parse(json, source);
        if (root.Kind != JsonKind.Object)
        {
            throw NinaException.InFile(ErrorNumber.ConfigInvalid, source, "config.json is not an object.");
        }

        JsonValue text = TextOf(root);
        var reader = new FieldReader(name => text[name], source);
        string type = text["model_type"]?.AsString() ?? root["model_type"]?.AsString() ?? string.Empty;
        ModelFamily family = FamilyOfJson(type);
        var config = new ModelConfig
        {
            Architecture = root["model_type"]?.AsString() ?? type,
            Family = family,
            HiddenSize = reader.Size("hidden_size", "n_embd", "d_model"),
            LayerCount = reader.Size("num_hidden_layers", "n_layer"),
            HeadCount = reader.Size("num_attention_heads", "n_head"),
            KeyValueHeadCount = reader.Size("num_key_value_heads"),
            HeadSize = reader.Size("head_dim"),
            FeedForwardSize = family == ModelFamily.Llama4 ? reader.Size("intermediate_size_mlp", "intermediate_size") : reader.Size("intermediate_size", "n_inner"),
            VocabularySize = reader.Size("vocab_size"),
            ContextLength = reader.Size("max_position_embeddings", "n_positions", "n_ctx", "block_size"),
            NormEpsilon = (float)reader.Number(family is ModelFamily.Gemma or ModelFamily.Gemma2 or ModelFamily.Gemma3 ? 1e-6 : 1e-5, "rms_norm_eps", "layer_norm_epsilon", "layer_norm_eps"),
            RopeTheta = reader.Number(DefaultTheta(family), "rope_theta", "rotary_emb_base"),
            TiedEmbeddings = (text["tie_word_embeddings"] ?? root["tie_word_embeddings"])?.AsBoolean() ?? TiesByDefault(family),
            ExpertCount = reader.Size("num_local_experts", "num_experts"),
            ExpertsPerToken = reader.Size("num_experts_per_tok"),
            StartTokenId = (int)((text["bos_token_id"] ?? root["bos_token_id"])?.AsInt64() is long id && id >= 0 && id <= int.MaxValue ? id : -1),
            EndTokenIds = TokenIds(text["eos_token_id"] ?? root["eos_token_id"]),
            Json = root,
        };
        config.ApplyFamily();
        config.ApplyDefaults(tensors);
        string? reason = config.ReadFamilyFields(reader);
        config.ReadRope(reader, ref reason);
        config.Complete();
        config.UnsupportedReason = (family == ModelFamily.Unknown ? config.ReasonUnknown(config.Architecture, "config.json has no model_type") : null)
            ?? reason ?? config.ReasonInActivation(reader) ?? config.ReasonInSizes();
        return config;
    }

    /// <summary>The part of config.json that describes the text model.</summary>
    private static JsonValue TextOf(JsonValue root) => root["text_config"] is { Kind: JsonKind.Object } text ? text : root;

    private static ModelFamily FamilyOfJson(string type) => type switch
    {
        "llama" => ModelFamily.Llama,
        "llama4" or "llama4_text" => ModelFamily.Llama4,
        "mistral" => ModelFamily.Mistral,
        "mixtral" => ModelFamily.Mixtral,
        "qwen2" => ModelFamily.Qwen2,
        "qwen2_moe" => ModelFamily.Qwen2Moe,
        "qwen3" => ModelFamily.Qwen3,
        "qwen3_moe" => ModelFamily.Qwen3Moe,
        "gemma" => ModelFamily.Gemma,
        "gemma2" => ModelFamily.Gemma2,
        "gemma3" or "gemma3_text" => ModelFamily.Gemma3,
        "gpt2" => ModelFamily.Gpt2,
        "gpt_neox" => ModelFamily.GptNeox,
        _ => ModelFamily.Unknown,
    };

    private static double DefaultTheta(ModelFamily family) => family switch
    {
        ModelFamily.Gemma3 => 1000000,
        ModelFamily.Llama4 => 500000,
        ModelFamily.Mixtral => 1000000,
        _ => 10000,
    };

    /// <summary>What transformers take tie_word_embeddings to be when the file does not say.</summary>
    private static bool TiesByDefault(ModelFamily family) => family is ModelFamily.Gpt2 or ModelFamily.Gemma or ModelFamily.Gemma2 or ModelFamily.Gemma3;

    private JsonValue TextJson() => TextOf(Json);

    private string ReasonUnknown(string architecture, string whenMissing)
        => architecture.Length == 0 ? whenMissing : $"the architecture '{architecture}' has no forward pass in this version";

    /// <summary>What the classes of transformers take for fields that published files leave out.</summary>
    private void ApplyDefaults(IReadOnlyList<TensorInfo>? tensors)
    {
        if (Family == ModelFamily.Gemma3)
        {
            HeadCount = HeadCount == 0 ? 8 : HeadCount;
            KeyValueHeadCount = KeyValueHeadCount == 0 ? 4 : KeyValueHeadCount;
            ContextLength = ContextLength == 0 ? 131072 : ContextLength;
        }

        for (int i = 0; VocabularySize == 0 && Family != ModelFamily.Unknown && tensors != null && i < tensors.Count; i++)
        {
            if (TensorNaming.RoleOf(tensors[i].Name).Role is TensorRole.TokenEmbedding or TensorRole.OutputHead && tensors[i].RowCount <= MaxDimension)
            {
                VocabularySize = (int)tensors[i].RowCount;
            }
        }
    }

    /// <summary>The fields that only some families have. Returns why the model cannot run, or null.</summary>
    private string? ReadFamilyFields(FieldReader reader)
    {
        bool biases = reader.Flag(false, "attention_bias");
        switch (Family)
        {
            case ModelFamily.Llama:
                HasAttentionBias = HasOutputBias = biases;
                HasFeedForwardBias = reader.Flag(false, "mlp_bias");
                if (IsMixture)
                {
                    return "a mixture of experts of model_type 'llama' is not known";
                }

                break;
            case ModelFamily.Mistral:
            case ModelFamily.Mixtral:
                SlidingWindow = reader.Size("sliding_window");
                ReadLayerTypes(reader, SlidingAttention);
                break;
            case ModelFamily.Qwen2:
            case ModelFamily.Qwen2Moe:
            case ModelFamily.Qwen3:
            case ModelFamily.Qwen3Moe:
                ReadQwen(reader, biases);
                break;
            case ModelFamily.Gemma:
            case ModelFamily.Gemma2:
            case ModelFamily.Gemma3:
                return ReadGemma(reader, biases);
            case ModelFamily.Llama4:
                HasAttentionBias = HasOutputBias = biases;
                ReadLlama4(reader);
                break;
            case ModelFamily.Gpt2:
                if (reader.Flag(false, "scale_attn_by_inverse_layer_idx") || !reader.Flag(true, "scale_attn_weights") || reader.Flag(false, "add_cross_attention"))
                {
                    return "attention scaled by layer, unscaled attention and cross attention are not supported by this version";
                }

                break;
            case ModelFamily.GptNeox:
                ParallelResidual = reader.Flag(true, "use_parallel_residual");
                HasAttentionBias = HasOutputBias = reader.Flag(true, "attention_bias");
                break;
        }

        return null;
    }

    private void ReadQwen(FieldReader reader, bool biases)
    {
        if (Family is ModelFamily.Qwen3 or ModelFamily.Qwen3Moe)
        {
            HasAttentionBias = HasOutputBias = biases;
            HeadSize = HeadSize == 0 && Family == ModelFamily.Qwen3 ? 128 : HeadSize;
        }
        else
        {
            HasAttentionBias = reader.Flag(true, "qkv_bias");
        }

        if (reader.Flag(false, "use_sliding_window"))
        {
            SlidingWindow = reader.Size("sliding_window");
            _localRule = LocalRule.From;
            _localStep = reader.Size("max_window_layers");
            ReadLayerTypes(reader, SlidingAttention);
        }

        if (Family is not (ModelFamily.Qwen2Moe or ModelFamily.Qwen3Moe))
        {
            ExpertCount = 0;
            return;
        }

        ExpertFeedForwardSize = reader.Size("moe_intermediate_size");
        Routing = reader.Flag(false, "norm_topk_prob") ? RoutingKind.SoftmaxOfChosen : RoutingKind.SoftmaxOfAll;
        _mixtureStep = Math.Max(1, reader.Size("decoder_sparse_step"));
        _denseLayers = Layers(reader.List("mlp_only_layers"));
        if (Family == ModelFamily.Qwen2Moe)
        {
            SharedExpertCount = 1;
            SharedExpertFeedForwardSize = reader.Size("shared_expert_intermediate_size");
        }
    }

    private string? ReadGemma(FieldReader reader, bool biases)
    {
        HeadSize = HeadSize == 0 ? 256 : HeadSize;
        HasAttentionBias = HasOutputBias = biases;
        if (Family == ModelFamily.Gemma)
        {
            return null;
        }

        double scalar = reader.Number(256, "query_pre_attn_scalar");
        AttentionScale = (float)(1 / Math.Sqrt(scalar));
        AttentionSoftCap = (float)reader.Number(0, "attn_logit_softcapping");
        LogitSoftCap = (float)reader.Number(0, "final_logit_softcapping");
        SlidingWindow = reader.Size("sliding_window") is int window and > 0 ? window : 4096;
        _localRule = LocalRule.AllButEvery;
        _localStep = Family == ModelFamily.Gemma2 ? 2 : Math.Max(1, reader.Size("sliding_window_pattern", "_sliding_window_pattern") is int step and > 0 ? step : 6);
        ReadLayerTypes(reader, SlidingAttention);
        if (Family == ModelFamily.Gemma3)
        {
            LocalRopeTheta = reader.Number(10000, "rope_local_base_freq");
            return reader.Flag(false, "use_bidirectional_attention") ? "attention in both directions is not supported by this version" : null;
        }

        return null;
    }

    private void ReadLlama4(FieldReader reader)
    {
        ExpertFeedForwardSize = reader.Size("intermediate_size");
        ExpertsPerToken = ExpertsPerToken == 0 ? 1 : ExpertsPerToken;
        _mixtureStep = Math.Max(1, reader.Size("interleave_moe_layer_step"));
        if (reader.List("moe_layers").Count > 0)
        {
            _mixtureLayers = Layers(reader.List("moe_layers"));
        }

        _noRotaryStep = reader.Size("no_rope_layer_interval") is int interval and > 0 ? interval : 4;
        IReadOnlyList<JsonValue> rotary = reader.List("no_rope_layers");
        if (rotary.Count > 0)
        {
            // The name says the opposite of the content: 1 is a layer with rotary embedding.
            _rotaryLayers = new bool[rotary.Count];
            for (int i = 0; i < rotary.Count; i++)
            {
                _rotaryLayers[i] = rotary[i].AsInt64() is long flag ? flag != 0 : rotary[i].AsBoolean() ?? true;
            }
        }

        AttentionChunk = reader.Size("attention_chunk_size");
        _localRule = LocalRule.Rotary;
        ReadLayerTypes(reader, ChunkedAttention);
        HasUnitQueryKey = reader.Flag(true, "use_qk_norm");
        if (reader.Has("attn_temperature_tuning", byDefault: true))
        {
            TemperatureScale = reader.Number(0.1, "attn_scale");
            TemperatureFloor = reader.Number(8192, "floor_scale");
        }
    }

    /// <summary>Newer files name the kind of attention of every layer.</summary>
    private void ReadLayerTypes(FieldReader reader, string local)
    {
        IReadOnlyList<JsonValue> types = reader.List("layer_types");
        if (types.Count > 0)
        {
            _localLayers = new bool[types.Count];
            for (int i = 0; i < types.Count; i++)
            {
                _localLayers[i] = types[i].AsString() == local;
            }
        }
    }

    private static HashSet<int> Layers(IReadOnlyList<JsonValue> list)
    {
        var layers = new HashSet<int>();
        foreach (JsonValue item in list)
        {
            if (item.AsInt64() is long layer && layer >= 0 && layer <= MaxDimension)
            {
                layers.Add((int)layer);
            }
        }

        return layers;
    }

    /// <summary>rope_theta, rope_scaling, and rope_parameters, which newer files have in place of the two.</summary>
    private void ReadRope(FieldReader reader, ref string? reason)
    {
        if (Family == ModelFamily.GptNeox)
        {
            double share = reader.Number(0.25, "rotary_pct", "partial_rotary_factor");
            RotarySize = (int)Math.Min(MaxDimension, Math.Max(0, (HeadCount > 0 ? HiddenSize / HeadCount : 0) * share));
        }

        JsonValue? rope = reader.Object("rope_parameters");
        if (rope?["full_attention"] is { Kind: JsonKind.Object } full)
        {
            LocalRopeTheta = rope[SlidingAttention]?["rope_theta"]?.AsDouble() ?? LocalRopeTheta;
            rope = full;
        }

        RopeTheta = rope?["rope_theta"]?.AsDouble() ?? RopeTheta;
        if (Family == ModelFamily.GptNeox && rope?["partial_rotary_factor"]?.AsDouble() is double part && HeadCount > 0)
        {
            RotarySize = (int)Math.Min(MaxDimension, Math.Max(0, HiddenSize / HeadCount * part));
        }
        else if (Family != ModelFamily.GptNeox && (reader.Number(1, "partial_rotary_factor") != 1))
        {
            reason ??= "a rotary embedding of a part of the head is supported for GPT-NeoX only";
        }

        rope = reader.Object("rope_scaling") ?? rope;
        string type = (rope?["rope_type"] ?? rope?["type"])?.AsString() ?? "default";
        if (rope == null || type == "default")
        {
            return;
        }

        var fields = new FieldReader(name => rope[name], "rope_scaling");
        double factor = fields.Number(1, "factor");
        var scaling = new RopeScaling { Factor = factor, OriginalContext = fields.Number(ContextLength, "original_max_position_embeddings") };
        switch (type)
        {
            case "linear":
                scaling.Kind = RopeScalingKind.Linear;
                break;
            case "llama3":
                scaling.Kind = RopeScalingKind.Llama3;
                scaling.LowFrequencyFactor = fields.Number(1, "low_freq_factor");
                scaling.HighFrequencyFactor = fields.Number(4, "high_freq_factor");
                break;
            case "yarn":
                scaling.Kind = RopeScalingKind.Yarn;
                scaling.BetaFast = fields.Number(32, "beta_fast");
                scaling.BetaSlow = fields.Number(1, "beta_slow");
                scaling.Truncates = fields.Flag(true, "truncate");
                double scale = fields.Number(0, "mscale");
                double scaleOfAll = fields.Number(0, "mscale_all_dim");
                double byDefault = scale != 0 && scaleOfAll != 0
                    ? RopeScaling.YarnAttentionFactor(factor, scale) / RopeScaling.YarnAttentionFactor(factor, scaleOfAll)
                    : RopeScaling.YarnAttentionFactor(factor);
                scaling.AttentionFactor = fields.Number(byDefault, "attention_factor");
                break;
            default:
                reason ??= $"rope scaling '{type}' is not supported by this version";
                break;
        }

        RopeScaling = scaling;
    }

    private string? ReasonInActivation(FieldReader reader)
    {
        bool gemma = Family is ModelFamily.Gemma or ModelFamily.Gemma2 or ModelFamily.Gemma3;
        string? name = gemma ? reader.Text("hidden_activation", "hidden_act") : reader.Text("hidden_act", "activation_function");
        switch (name)
        {
            case null:
                return null;
            case "silu":
            case "swish":
                Activation = ActivationKind.Silu;
                return null;
            case "gelu":
                // Gemma 1 files say gelu and mean its tanh formula.
                Activation = Family == ModelFamily.Gemma ? ActivationKind.GeluTanh : ActivationKind.GeluErf;
                return null;
            case "gelu_new":
            case "gelu_fast":
            case "gelu_pytorch_tanh":
                Activation = ActivationKind.GeluTanh;
                return null;
            case "relu":
                Activation = ActivationKind.Relu;
                return null;
            default:
                return $"the activation '{name}' is not supported by this version";
        }
    }
}
