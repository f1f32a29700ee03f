using System.Collections.Generic;
using System.Globalization;
using NinaDB.Clr.Json;

namespace NinaDB.Clr.Models;

/// <content>Writes config.json.</content>
public sealed partial class ModelConfig
{
    /// <summary>Whether a tensor holds a factor for every rotary frequency (GGUF's form of llama3 scaling).</summary>
    public bool HasRopeFactors { get; private set; }

    /// <summary>A config.json of the text model alone, as <see cref="HuggingFaceWriter"/> writes its tensors.</summary>
    internal JsonValue ExportJson()
    {
        JsonValue json = TextJson().CopyObject();
        if (!ReferenceEquals(TextJson(), Json))
        {
            (string type, string architecture) = HuggingFaceNames();
            json.Set("architectures", JsonValue.OfItems(new[] { JsonValue.Of(architecture) })).Set("model_type", JsonValue.Of(type));
        }

        return json;
    }

    /// <summary>A copy whose rope factors, read from a tensor, are expressed as llama3 scaling.</summary>
    internal ModelConfig WithRopeScaling(RopeScaling scaling)
    {
        var copy = (ModelConfig)MemberwiseClone();
        copy.RopeScaling = scaling;
        copy.HasRopeFactors = false;
        copy.Json = TextJson().CopyObject();
        if (scaling.ToJson() is JsonValue json)
        {
            copy.Json.Set("rope_scaling", json);
        }

        return copy;
    }

    private static JsonValue Float(float value)
        => JsonValue.Of(double.Parse(value.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));

    private (string Type, string Architecture) HuggingFaceNames() => Family switch
    {
        ModelFamily.Llama => ("llama", "LlamaForCausalLM"),
        ModelFamily.Llama4 => ("llama4_text", "Llama4ForCausalLM"),
        ModelFamily.Mistral => ("mistral", "MistralForCausalLM"),
        ModelFamily.Mixtral => ("mixtral", "MixtralForCausalLM"),
        ModelFamily.Qwen2 => ("qwen2", "Qwen2ForCausalLM"),
        ModelFamily.Qwen2Moe => ("qwen2_moe", "Qwen2MoeForCausalLM"),
        ModelFamily.Qwen3 => ("qwen3", "Qwen3ForCausalLM"),
        ModelFamily.Qwen3Moe => ("qwen3_moe", "Qwen3MoeForCausalLM"),
        ModelFamily.Gemma => ("gemma", "GemmaForCausalLM"),
        ModelFamily.Gemma2 => ("gemma2", "Gemma2ForCausalLM"),
        ModelFamily.Gemma3 => ("gemma3_text", "Gemma3ForCausalLM"),
        ModelFamily.Gpt2 => ("gpt2", "GPT2LMHeadModel"),
        ModelFamily.GptNeox => ("gpt_neox", "GPTNeoXForCausalLM"),
        _ => (Architecture, "AutoModelForCausalLM"),
    };

    /// <summary>A config.json for a model that came with GGUF metadata.</summary>
    private JsonValue ToHuggingFaceJson()
    {
        (string type, string architecture) = HuggingFaceNames();
        JsonValue json = JsonValue.NewObject()
            .Set("architectures", JsonValue.OfItems(new[] { JsonValue.Of(architecture) }))
            .Set("model_type", JsonValue.Of(type));
        if (Family == ModelFamily.Gpt2)
        {
            json.Set("activation_function", JsonValue.Of("gelu_new"))
                .Set("n_embd", JsonValue.Of(HiddenSize))
                .Set("n_inner", JsonValue.Of(FeedForwardSize))
                .Set("n_layer", JsonValue.Of(LayerCount))
                .Set("n_head", JsonValue.Of(HeadCount))
                .Set("n_positions", JsonValue.Of(ContextLength))
                .Set("layer_norm_epsilon", Float(NormEpsilon));
        }
        else
        {
            json.Set("hidden_act", JsonValue.Of(Activation switch
                {
                    ActivationKind.Silu => "silu",
                    ActivationKind.GeluTanh => "gelu_pytorch_tanh",
                    ActivationKind.GeluErf => "gelu",
                    _ => "relu",
                }))
                .Set("hidden_size", JsonValue.Of(HiddenSize))
                .Set("intermediate_size", JsonValue.Of(Family == ModelFamily.Llama4 ? ExpertFeedForwardSize : FeedForwardSize))
                .Set("num_hidden_layers", JsonValue.Of(LayerCount))
                .Set("num_attention_heads", JsonValue.Of(HeadCount))
                .Set("num_key_value_heads", JsonValue.Of(KeyValueHeadCount))
                .Set("head_dim", JsonValue.Of(HeadSize))
                .Set("max_position_embeddings", JsonValue.Of(ContextLength))
                .Set(Norm == NormKind.Layer ? "layer_norm_eps" : "rms_norm_eps", Float(NormEpsilon))
                .Set("rope_theta", JsonValue.Of(RopeTheta));
            AddFamilyFields(json);
        }

        json.Set("tie_word_embeddings", JsonValue.Of(TiedEmbeddings)).Set("vocab_size", JsonValue.Of(VocabularySize));
        if (RopeScaling.ToJson() is JsonValue scaling)
        {
            json.Set("rope_scaling", scaling);
        }

        if (StartTokenId >= 0)
        {
            json.Set("bos_token_id", JsonValue.Of(StartTokenId));
        }

        if (EndTokenIds.Count > 0)
        {
            json.Set("eos_token_id", JsonValue.Of(EndTokenIds[0]));
        }

        return json;
    }

    private void AddFamilyFields(JsonValue json)
    {
        switch (Family)
        {
            case ModelFamily.Llama when HasAttentionBias || HasFeedForwardBias:
                json.Set("attention_bias", JsonValue.Of(HasAttentionBias)).Set("mlp_bias", JsonValue.Of(HasFeedForwardBias));
                break;
            case ModelFamily.Mistral:
                json.Set("sliding_window", JsonValue.Of(SlidingWindow));
                break;
            case ModelFamily.Mixtral:
                json.Set("num_local_experts", JsonValue.Of(ExpertCount))
                    .Set("num_experts_per_tok", JsonValue.Of(ExpertsPerToken))
                    .Set("sliding_window", SlidingWindow > 0 ? JsonValue.Of(SlidingWindow) : JsonValue.Null);
                break;
            case ModelFamily.Qwen2Moe:
            case ModelFamily.Qwen3Moe:
                json.Set("num_experts", JsonValue.Of(ExpertCount))
                    .Set("num_experts_per_tok", JsonValue.Of(ExpertsPerToken))
                    .Set("moe_intermediate_size", JsonValue.Of(ExpertFeedForwardSize))
                    .Set("norm_topk_prob", JsonValue.Of(Routing == RoutingKind.SoftmaxOfChosen))
                    .Set("decoder_sparse_step", JsonValue.Of(1L));
                if (Family == ModelFamily.Qwen2Moe)
                {
                    json.Set("shared_expert_intermediate_size", JsonValue.Of(SharedExpertFeedForwardSize));
                }

                break;
            case ModelFamily.Gemma:
                json.Set("hidden_activation", JsonValue.Of("gelu_pytorch_tanh"));
                break;
            case ModelFamily.Gemma2:
            case ModelFamily.Gemma3:
                json.Set("hidden_activation", JsonValue.Of("gelu_pytorch_tanh"))
                    .Set("query_pre_attn_scalar", JsonValue.Of(System.Math.Round(1.0 / ((double)AttentionScale * AttentionScale))))
                    .Set("attn_logit_softcapping", AttentionSoftCap > 0 ? Float(AttentionSoftCap) : JsonValue.Null)
                    .Set("final_logit_softcapping", LogitSoftCap > 0 ? Float(LogitSoftCap) : JsonValue.Null)
                    .Set("sliding_window", JsonValue.Of(SlidingWindow))
                    .Set("layer_types", LayerTypes("sliding_attention"));
                if (Family == ModelFamily.Gemma3)
                {
                    json.Set("rope_local_base_freq", JsonValue.Of(LocalRopeTheta));
                }

                break;
            case ModelFamily.Llama4:
                json.Set("intermediate_size_mlp", JsonValue.Of(FeedForwardSize))
                    .Set("num_local_experts", JsonValue.Of(ExpertCount))
                    .Set("num_experts_per_tok", JsonValue.Of(ExpertsPerToken))
                    .Set("interleave_moe_layer_step", JsonValue.Of(_mixtureStep))
                    .Set("no_rope_layer_interval", JsonValue.Of(_noRotaryStep))
                    .Set("attention_chunk_size", JsonValue.Of(AttentionChunk))
                    .Set("use_qk_norm", JsonValue.Of(HasUnitQueryKey))
                    .Set("attn_temperature_tuning", JsonValue.Of(TemperatureScale != 0))
                    .Set("attn_scale", JsonValue.Of(TemperatureScale))
                    .Set("floor_scale", JsonValue.Of(TemperatureFloor));
                break;
            case ModelFamily.GptNeox:
                json.Set("rotary_pct", JsonValue.Of(HeadSize > 0 ? (double)RotarySize / HeadSize : 1))
                    .Set("rotary_emb_base", JsonValue.Of(RopeTheta))
                    .Set("use_parallel_residual", JsonValue.Of(ParallelResidual));
                break;
        }
    }

    private JsonValue LayerTypes(string local)
    {
        var types = new List<JsonValue>();
        for (int l = 0; l < LayerCount && l < MaxListedLayers; l++)
        {
            types.Add(JsonValue.Of(IsLocal(l) ? local : "full_attention"));
        }

        return JsonValue.OfItems(types);
    }

    private const int MaxListedLayers = 4096;
}
