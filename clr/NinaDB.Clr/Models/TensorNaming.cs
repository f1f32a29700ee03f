using System;
using System.Collections.Generic;
using System.Globalization;

namespace NinaDB.Clr.Models;

/// <summary>What a tensor is for.</summary>
public enum TensorRole
{
    /// <summary>Not known from the name.</summary>
    Unknown,

    /// <summary>Token embedding [vocabulary, hidden].</summary>
    TokenEmbedding,

    /// <summary>Output head [vocabulary, hidden].</summary>
    OutputHead,

    /// <summary>The norm before the output head [hidden].</summary>
    FinalNorm,

    /// <summary>The norm before attention [hidden].</summary>
    AttentionNorm,

    /// <summary>Query projection [heads · head size, hidden].</summary>
    AttentionQuery,

    /// <summary>Key projection [key-value heads · head size, hidden].</summary>
    AttentionKey,

    /// <summary>Value projection [key-value heads · head size, hidden].</summary>
    AttentionValue,

    /// <summary>Attention output projection [hidden, heads · head size].</summary>
    AttentionOutput,

    /// <summary>The norm before the FFN [hidden].</summary>
    FeedForwardNorm,

    /// <summary>FFN gate projection [neurons, hidden].</summary>
    FeedForwardGate,

    /// <summary>FFN up projection [neurons, hidden].</summary>
    FeedForwardUp,

    /// <summary>FFN down projection [hidden, neurons].</summary>
    FeedForwardDown,

    /// <summary>The router of a mixture of experts [experts, hidden].</summary>
    Router,

    /// <summary>Learned positions [context, hidden].</summary>
    PositionEmbedding,

    /// <summary>The bias of the norm before the output head [hidden].</summary>
    FinalNormBias,

    /// <summary>The bias of the norm before attention [hidden].</summary>
    AttentionNormBias,

    /// <summary>Query bias.</summary>
    AttentionQueryBias,

    /// <summary>Key bias.</summary>
    AttentionKeyBias,

    /// <summary>Value bias.</summary>
    AttentionValueBias,

    /// <summary>Attention output bias.</summary>
    AttentionOutputBias,

    /// <summary>Query, key and value projections in one.</summary>
    AttentionFused,

    /// <summary>The bias of query, key and value in one.</summary>
    AttentionFusedBias,

    /// <summary>The norm of query heads [head size].</summary>
    AttentionQueryNorm,

    /// <summary>The norm of key heads [head size].</summary>
    AttentionKeyNorm,

    /// <summary>The norm of what attention adds [hidden].</summary>
    PostAttentionNorm,

    /// <summary>The bias of the norm before the FFN [hidden].</summary>
    FeedForwardNormBias,

    /// <summary>FFN gate bias.</summary>
    FeedForwardGateBias,

    /// <summary>FFN up bias.</summary>
    FeedForwardUpBias,

    /// <summary>FFN down bias.</summary>
    FeedForwardDownBias,

    /// <summary>The norm of what the FFN adds [hidden].</summary>
    PostFeedForwardNorm,

    /// <summary>Gate and up projections of all experts [experts, hidden, 2 · neurons], as Hugging Face stores Llama 4.</summary>
    ExpertsGateUp,

    /// <summary>Down projections of all experts [experts, neurons, hidden], as Hugging Face stores Llama 4.</summary>
    ExpertsDown,

    /// <summary>Gate projection of the shared expert.</summary>
    SharedGate,

    /// <summary>Up projection of the shared expert.</summary>
    SharedUp,

    /// <summary>Down projection of the shared expert.</summary>
    SharedDown,

    /// <summary>What weighs the shared expert [hidden].</summary>
    SharedRouter,

    /// <summary>A factor for every rotary frequency.</summary>
    RopeFactors,
}

/// <summary>Role, layer and expert of a tensor; layer and expert are -1 where they do not apply.</summary>
public readonly struct TensorPlace
{
    /// <summary>Creates a place.</summary>
    public TensorPlace(TensorRole role, int layer = -1, int expert = -1)
    {
        Role = role;
        Layer = layer;
        Expert = expert;
    }

    /// <summary>What the tensor is for.</summary>
    public TensorRole Role { get; }

    /// <summary>The layer, counted from 0.</summary>
    public int Layer { get; }

    /// <summary>The expert, counted from 0; -1 for a tensor that holds all experts, too.</summary>
    public int Expert { get; }
}

/// <summary>Knows the names that Hugging Face and GGUF give to the tensors of the architectures that have a forward pass.</summary>
public static partial class TensorNaming
{
    private const int MaxIndex = 1 << 20;

    /// <summary>What precedes "N." in the names of a layer's tensors.</summary>
    private static readonly string[] LayerPrefixes =
    {
        "model.layers.", "blk.", "transformer.h.", "h.", "gpt_neox.layers.", "language_model.model.layers.", "model.language_model.layers.",
    };

    /// <summary>What precedes the names of <see cref="Global"/> in models of several parts.</summary>
    private static readonly string[] GlobalPrefixes = { "language_model.", "transformer.", "gpt_neox." };

    private static readonly Dictionary<string, TensorRole> Global = new(StringComparer.Ordinal)
    {
        ["model.embed_tokens.weight"] = TensorRole.TokenEmbedding,
        ["lm_head.weight"] = TensorRole.OutputHead,
        ["model.norm.weight"] = TensorRole.FinalNorm,
        ["token_embd.weight"] = TensorRole.TokenEmbedding,
        ["output.weight"] = TensorRole.OutputHead,
        ["output_norm.weight"] = TensorRole.FinalNorm,
        ["output_norm.bias"] = TensorRole.FinalNormBias,
        ["position_embd.weight"] = TensorRole.PositionEmbedding,
        ["rope_freqs.weight"] = TensorRole.RopeFactors,
        ["wte.weight"] = TensorRole.TokenEmbedding,
        ["wpe.weight"] = TensorRole.PositionEmbedding,
        ["ln_f.weight"] = TensorRole.FinalNorm,
        ["ln_f.bias"] = TensorRole.FinalNormBias,
        ["embed_in.weight"] = TensorRole.TokenEmbedding,
        ["embed_out.weight"] = TensorRole.OutputHead,
        ["final_layer_norm.weight"] = TensorRole.FinalNorm,
        ["final_layer_norm.bias"] = TensorRole.FinalNormBias,
        ["model.language_model.embed_tokens.weight"] = TensorRole.TokenEmbedding,
        ["model.language_model.norm.weight"] = TensorRole.FinalNorm,
    };

    private static readonly Dictionary<string, TensorRole> InLayer = new(StringComparer.Ordinal)
    {
        // The Llama family on Hugging Face, and what its relatives add.
        ["input_layernorm.weight"] = TensorRole.AttentionNorm,
        ["self_attn.q_proj.weight"] = TensorRole.AttentionQuery,
        ["self_attn.k_proj.weight"] = TensorRole.AttentionKey,
        ["self_attn.v_proj.weight"] = TensorRole.AttentionValue,
        ["self_attn.o_proj.weight"] = TensorRole.AttentionOutput,
        ["self_attn.q_proj.bias"] = TensorRole.AttentionQueryBias,
        ["self_attn.k_proj.bias"] = TensorRole.AttentionKeyBias,
        ["self_attn.v_proj.bias"] = TensorRole.AttentionValueBias,
        ["self_attn.o_proj.bias"] = TensorRole.AttentionOutputBias,
        ["self_attn.q_norm.weight"] = TensorRole.AttentionQueryNorm,
        ["self_attn.k_norm.weight"] = TensorRole.AttentionKeyNorm,
        ["post_attention_layernorm.weight"] = TensorRole.FeedForwardNorm,
        ["pre_feedforward_layernorm.weight"] = TensorRole.FeedForwardNorm,
        ["post_feedforward_layernorm.weight"] = TensorRole.PostFeedForwardNorm,
        ["mlp.gate_proj.weight"] = TensorRole.FeedForwardGate,
        ["mlp.up_proj.weight"] = TensorRole.FeedForwardUp,
        ["mlp.down_proj.weight"] = TensorRole.FeedForwardDown,
        ["mlp.gate_proj.bias"] = TensorRole.FeedForwardGateBias,
        ["mlp.up_proj.bias"] = TensorRole.FeedForwardUpBias,
        ["mlp.down_proj.bias"] = TensorRole.FeedForwardDownBias,
        ["block_sparse_moe.gate.weight"] = TensorRole.Router,
        ["mlp.gate.weight"] = TensorRole.Router,
        ["mlp.shared_expert.gate_proj.weight"] = TensorRole.SharedGate,
        ["mlp.shared_expert.up_proj.weight"] = TensorRole.SharedUp,
        ["mlp.shared_expert.down_proj.weight"] = TensorRole.SharedDown,
        ["mlp.shared_expert_gate.weight"] = TensorRole.SharedRouter,

        // Llama 4.
        ["feed_forward.gate_proj.weight"] = TensorRole.FeedForwardGate,
        ["feed_forward.up_proj.weight"] = TensorRole.FeedForwardUp,
        ["feed_forward.down_proj.weight"] = TensorRole.FeedForwardDown,
        ["feed_forward.router.weight"] = TensorRole.Router,
        ["feed_forward.experts.gate_up_proj"] = TensorRole.ExpertsGateUp,
        ["feed_forward.experts.down_proj"] = TensorRole.ExpertsDown,
        ["feed_forward.shared_expert.gate_proj.weight"] = TensorRole.SharedGate,
        ["feed_forward.shared_expert.up_proj.weight"] = TensorRole.SharedUp,
        ["feed_forward.shared_expert.down_proj.weight"] = TensorRole.SharedDown,

        // GPT-2.
        ["ln_1.weight"] = TensorRole.AttentionNorm,
        ["ln_1.bias"] = TensorRole.AttentionNormBias,
        ["attn.c_attn.weight"] = TensorRole.AttentionFused,
        ["attn.c_attn.bias"] = TensorRole.AttentionFusedBias,
        ["attn.c_proj.weight"] = TensorRole.AttentionOutput,
        ["attn.c_proj.bias"] = TensorRole.AttentionOutputBias,
        ["ln_2.weight"] = TensorRole.FeedForwardNorm,
        ["ln_2.bias"] = TensorRole.FeedForwardNormBias,
        ["mlp.c_fc.weight"] = TensorRole.FeedForwardUp,
        ["mlp.c_fc.bias"] = TensorRole.FeedForwardUpBias,
        ["mlp.c_proj.weight"] = TensorRole.FeedForwardDown,
        ["mlp.c_proj.bias"] = TensorRole.FeedForwardDownBias,

        // GPT-NeoX.
        ["input_layernorm.bias"] = TensorRole.AttentionNormBias,
        ["post_attention_layernorm.bias"] = TensorRole.FeedForwardNormBias,
        ["attention.query_key_value.weight"] = TensorRole.AttentionFused,
        ["attention.query_key_value.bias"] = TensorRole.AttentionFusedBias,
        ["attention.dense.weight"] = TensorRole.AttentionOutput,
        ["attention.dense.bias"] = TensorRole.AttentionOutputBias,
        ["mlp.dense_h_to_4h.weight"] = TensorRole.FeedForwardUp,
        ["mlp.dense_h_to_4h.bias"] = TensorRole.FeedForwardUpBias,
        ["mlp.dense_4h_to_h.weight"] = TensorRole.FeedForwardDown,
        ["mlp.dense_4h_to_h.bias"] = TensorRole.FeedForwardDownBias,

        // GGUF, all architectures.
        ["attn_norm.weight"] = TensorRole.AttentionNorm,
        ["attn_norm.bias"] = TensorRole.AttentionNormBias,
        ["attn_q.weight"] = TensorRole.AttentionQuery,
        ["attn_k.weight"] = TensorRole.AttentionKey,
        ["attn_v.weight"] = TensorRole.AttentionValue,
        ["attn_output.weight"] = TensorRole.AttentionOutput,
        ["attn_q.bias"] = TensorRole.AttentionQueryBias,
        ["attn_k.bias"] = TensorRole.AttentionKeyBias,
        ["attn_v.bias"] = TensorRole.AttentionValueBias,
        ["attn_output.bias"] = TensorRole.AttentionOutputBias,
        ["attn_qkv.weight"] = TensorRole.AttentionFused,
        ["attn_qkv.bias"] = TensorRole.AttentionFusedBias,
        ["attn_q_norm.weight"] = TensorRole.AttentionQueryNorm,
        ["attn_k_norm.weight"] = TensorRole.AttentionKeyNorm,
        ["post_attention_norm.weight"] = TensorRole.PostAttentionNorm,
        ["ffn_norm.weight"] = TensorRole.FeedForwardNorm,
        ["ffn_norm.bias"] = TensorRole.FeedForwardNormBias,
        ["ffn_gate.weight"] = TensorRole.FeedForwardGate,
        ["ffn_up.weight"] = TensorRole.FeedForwardUp,
        ["ffn_down.weight"] = TensorRole.FeedForwardDown,
        ["ffn_gate.bias"] = TensorRole.FeedForwardGateBias,
        ["ffn_up.bias"] = TensorRole.FeedForwardUpBias,
        ["ffn_down.bias"] = TensorRole.FeedForwardDownBias,
        ["post_ffw_norm.weight"] = TensorRole.PostFeedForwardNorm,
        ["ffn_gate_inp.weight"] = TensorRole.Router,
        ["ffn_gate_exps.weight"] = TensorRole.FeedForwardGate,
        ["ffn_up_exps.weight"] = TensorRole.FeedForwardUp,
        ["ffn_down_exps.weight"] = TensorRole.FeedForwardDown,
        ["ffn_gate_shexp.weight"] = TensorRole.SharedGate,
        ["ffn_up_shexp.weight"] = TensorRole.SharedUp,
        ["ffn_down_shexp.weight"] = TensorRole.SharedDown,
        ["ffn_gate_inp_shexp.weight"] = TensorRole.SharedRouter,
    };

    /// <summary>GGUF's older way: one tensor an expert, its number before the last part of the name.</summary>
    private static readonly KeyValuePair<string, TensorRole>[] ExpertPrefixes =
    {
        new("ffn_gate.", TensorRole.FeedForwardGate),
        new("ffn_up.", TensorRole.FeedForwardUp),
        new("ffn_down.", TensorRole.FeedForwardDown),
    };

    private static readonly Dictionary<string, TensorRole> InExpert = new(StringComparer.Ordinal)
    {
        ["w1.weight"] = TensorRole.FeedForwardGate,
        ["w3.weight"] = TensorRole.FeedForwardUp,
        ["w2.weight"] = TensorRole.FeedForwardDown,
        ["gate_proj.weight"] = TensorRole.FeedForwardGate,
        ["up_proj.weight"] = TensorRole.FeedForwardUp,
        ["down_proj.weight"] = TensorRole.FeedForwardDown,
    };

    /// <summary>
    /// What a tensor is for, by its name. <paramref name="hasPostNorms"/>: Gemma 2 and 3 give the name of Llama's norm before the FFN to the
    /// norm after attention.
    /// </summary>
    public static TensorPlace RoleOf(string name, bool hasPostNorms = false)
    {
        if (TryGlobal(name, out TensorRole role))
        {
            return new TensorPlace(role);
        }

        int layer = -1;
        string? rest = null;
        for (int i = 0; rest == null && i < LayerPrefixes.Length; i++)
        {
            rest = AfterIndex(name, LayerPrefixes[i], out layer);
        }

        if (rest == null)
        {
            return new TensorPlace(TensorRole.Unknown);
        }

        if (hasPostNorms && rest == "post_attention_layernorm.weight")
        {
            return new TensorPlace(TensorRole.PostAttentionNorm, layer);
        }

        if (InLayer.TryGetValue(rest, out role))
        {
            return new TensorPlace(role, layer);
        }

        string? inExpert = AfterIndex(rest, "block_sparse_moe.experts.", out int expert) ?? AfterIndex(rest, "mlp.experts.", out expert);
        if (inExpert != null && InExpert.TryGetValue(inExpert, out role))
        {
            return new TensorPlace(role, layer, expert);
        }

        foreach (KeyValuePair<string, TensorRole> prefix in ExpertPrefixes)
        {
            if (AfterIndex(rest, prefix.Key, out expert) == "weight")
            {
                return new TensorPlace(prefix.Value, layer, expert);
            }
        }

        return new TensorPlace(TensorRole.Unknown, layer);
    }

    private static bool TryGlobal(string name, out TensorRole role)
    {
        if (Global.TryGetValue(name, out role))
        {
            return true;
        }

        foreach (string prefix in GlobalPrefixes)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal) && Global.TryGetValue(name.Substring(prefix.Length), out role))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What follows "prefix, number, dot" in a name; null when it is not built so.</summary>
    private static string? AfterIndex(string name, string prefix, out int index)
    {
        index = -1;
        if (!name.StartsWith(prefix, StringComparison.Ordinal))
        {
            return null;
        }

        int dot = name.IndexOf('.', prefix.Length);
        return dot > 0
            && int.TryParse(name.Substring(prefix.Length, dot - prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out index)
            && index < MaxIndex
            ? name.Substring(dot + 1)
            : null;
    }
}
