using System;
using System.Collections.Generic;
using System.Globalization;

namespace NinaDB.Clr.Models;

/// <content>The names that Hugging Face gives.</content>
public static partial class TensorNaming
{
    /// <summary>Names that differ from those of Llama. Names that start with a dot stand alone; the others follow the prefix of the layer.</summary>
    private static readonly Dictionary<TensorRole, string> Gpt2Names = new()
    {
        [TensorRole.TokenEmbedding] = ".transformer.wte.weight",
        [TensorRole.PositionEmbedding] = ".transformer.wpe.weight",
        [TensorRole.FinalNorm] = ".transformer.ln_f.weight",
        [TensorRole.FinalNormBias] = ".transformer.ln_f.bias",
        [TensorRole.AttentionNorm] = "ln_1.weight",
        [TensorRole.AttentionNormBias] = "ln_1.bias",
        [TensorRole.FeedForwardNorm] = "ln_2.weight",
        [TensorRole.FeedForwardNormBias] = "ln_2.bias",
        [TensorRole.AttentionFused] = "attn.c_attn.weight",
        [TensorRole.AttentionFusedBias] = "attn.c_attn.bias",
        [TensorRole.AttentionOutput] = "attn.c_proj.weight",
        [TensorRole.AttentionOutputBias] = "attn.c_proj.bias",
        [TensorRole.FeedForwardUp] = "mlp.c_fc.weight",
        [TensorRole.FeedForwardUpBias] = "mlp.c_fc.bias",
        [TensorRole.FeedForwardDown] = "mlp.c_proj.weight",
        [TensorRole.FeedForwardDownBias] = "mlp.c_proj.bias",
    };

    private static readonly Dictionary<TensorRole, string> NeoxNames = new()
    {
        [TensorRole.TokenEmbedding] = ".gpt_neox.embed_in.weight",
        [TensorRole.OutputHead] = ".embed_out.weight",
        [TensorRole.FinalNorm] = ".gpt_neox.final_layer_norm.weight",
        [TensorRole.FinalNormBias] = ".gpt_neox.final_layer_norm.bias",
        [TensorRole.AttentionNormBias] = "input_layernorm.bias",
        [TensorRole.FeedForwardNormBias] = "post_attention_layernorm.bias",
        [TensorRole.AttentionFused] = "attention.query_key_value.weight",
        [TensorRole.AttentionFusedBias] = "attention.query_key_value.bias",
        [TensorRole.AttentionOutput] = "attention.dense.weight",
        [TensorRole.AttentionOutputBias] = "attention.dense.bias",
        [TensorRole.FeedForwardUp] = "mlp.dense_h_to_4h.weight",
        [TensorRole.FeedForwardUpBias] = "mlp.dense_h_to_4h.bias",
        [TensorRole.FeedForwardDown] = "mlp.dense_4h_to_h.weight",
        [TensorRole.FeedForwardDownBias] = "mlp.dense_4h_to_h.bias",
    };

    private static readonly Dictionary<TensorRole, string> Llama4Names = new()
    {
        [TensorRole.FeedForwardGate] = "feed_forward.gate_proj.weight",
        [TensorRole.FeedForwardUp] = "feed_forward.up_proj.weight",
        [TensorRole.FeedForwardDown] = "feed_forward.down_proj.weight",
        [TensorRole.Router] = "feed_forward.router.weight",
        [TensorRole.SharedGate] = "feed_forward.shared_expert.gate_proj.weight",
        [TensorRole.SharedUp] = "feed_forward.shared_expert.up_proj.weight",
        [TensorRole.SharedDown] = "feed_forward.shared_expert.down_proj.weight",
    };

    private static readonly Dictionary<TensorRole, string> GemmaNames = new()
    {
        [TensorRole.PostAttentionNorm] = "post_attention_layernorm.weight",
        [TensorRole.FeedForwardNorm] = "pre_feedforward_layernorm.weight",
    };

    private static readonly Dictionary<TensorRole, string> QwenNames = new() { [TensorRole.Router] = "mlp.gate.weight" };

    private static readonly Dictionary<TensorRole, string> NoNames = new();

    /// <summary>The name of a tensor in a family's Hugging Face checkpoints; by default of a dense Llama model.</summary>
    public static string HuggingFaceName(TensorRole role, int layer, ModelFamily family = ModelFamily.Llama)
    {
        Dictionary<TensorRole, string> names = family switch
        {
            ModelFamily.Gpt2 => Gpt2Names,
            ModelFamily.GptNeox => NeoxNames,
            ModelFamily.Llama4 => Llama4Names,
            ModelFamily.Gemma2 or ModelFamily.Gemma3 => GemmaNames,
            ModelFamily.Qwen2Moe or ModelFamily.Qwen3Moe => QwenNames,
            _ => NoNames,
        };
        string prefix = LayerPrefix(layer, family);
        if (names.TryGetValue(role, out string? own))
        {
            return own[0] == '.' ? own.Substring(1) : prefix + own;
        }

        foreach (KeyValuePair<string, TensorRole> entry in Global)
        {
            if (entry.Value == role)
            {
                return entry.Key;
            }
        }

        foreach (KeyValuePair<string, TensorRole> entry in InLayer)
        {
            if (entry.Value == role)
            {
                return prefix + entry.Key;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(role));
    }

    /// <summary>The Hugging Face name of a matrix of an expert.</summary>
    public static string ExpertName(TensorRole role, int layer, int expert, ModelFamily family)
    {
        bool mixtral = family == ModelFamily.Mixtral;
        string part = role switch
        {
            TensorRole.FeedForwardGate => mixtral ? "w1.weight" : "gate_proj.weight",
            TensorRole.FeedForwardUp => mixtral ? "w3.weight" : "up_proj.weight",
            TensorRole.FeedForwardDown => mixtral ? "w2.weight" : "down_proj.weight",
            _ => throw new ArgumentOutOfRangeException(nameof(role)),
        };
        return LayerPrefix(layer, family) + (mixtral ? "block_sparse_moe" : "mlp") + ".experts." + expert.ToString(CultureInfo.InvariantCulture) + "." + part;
    }

    private static string LayerPrefix(int layer, ModelFamily family)
        => (family switch { ModelFamily.Gpt2 => "transformer.h.", ModelFamily.GptNeox => "gpt_neox.layers.", _ => "model.layers." })
        + layer.ToString(CultureInfo.InvariantCulture) + ".";
}
