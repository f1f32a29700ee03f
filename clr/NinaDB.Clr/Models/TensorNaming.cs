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

/// <summary>Knows the names that Hugging Face and GGUF give to the tensors of the Llama family.</summary>
public static class TensorNaming
{
    private const int MaxIndex = 1 << 20;

    private static readonly Dictionary<string, TensorRole> Global = new(StringComparer.Ordinal)
    {
        ["model.embed_tokens.weight"] = TensorRole.TokenEmbedding,
        ["lm_head.weight"] = TensorRole.OutputHead,
        ["model.norm.weight"] = TensorRole.FinalNorm,
        ["token_embd.weight"] = TensorRole.TokenEmbedding,
        ["output.weight"] = TensorRole.OutputHead,
        ["output_norm.weight"] = TensorRole.FinalNorm,
    };

    private static readonly Dictionary<string, TensorRole> InLayer = new(StringComparer.Ordinal)
    {
        ["input_layernorm.weight"] = TensorRole.AttentionNorm,
        ["self_attn.q_proj.weight"] = TensorRole.AttentionQuery,
        ["self_attn.k_proj.weight"] = TensorRole.AttentionKey,
        ["self_attn.v_proj.weight"] = TensorRole.AttentionValue,
        ["self_attn.o_proj.weight"] = TensorRole.AttentionOutput,
        ["post_attention_layernorm.weight"] = TensorRole.FeedForwardNorm,
        ["mlp.gate_proj.weight"] = TensorRole.FeedForwardGate,
        ["mlp.up_proj.weight"] = TensorRole.FeedForwardUp,
        ["mlp.down_proj.weight"] = TensorRole.FeedForwardDown,
        ["block_sparse_moe.gate.weight"] = TensorRole.Router,
        ["mlp.gate.weight"] = TensorRole.Router,
        ["attn_norm.weight"] = TensorRole.AttentionNorm,
        ["attn_q.weight"] = TensorRole.AttentionQuery,
        ["attn_k.weight"] = TensorRole.AttentionKey,
        ["attn_v.weight"] = TensorRole.AttentionValue,
        ["attn_output.weight"] = TensorRole.AttentionOutput,
        ["ffn_norm.weight"] = TensorRole.FeedForwardNorm,
        ["ffn_gate.weight"] = TensorRole.FeedForwardGate,
        ["ffn_up.weight"] = TensorRole.FeedForwardUp,
        ["ffn_down.weight"] = TensorRole.FeedForwardDown,
        ["ffn_gate_inp.weight"] = TensorRole.Router,
        ["ffn_gate_exps.weight"] = TensorRole.FeedForwardGate,
        ["ffn_up_exps.weight"] = TensorRole.FeedForwardUp,
        ["ffn_down_exps.weight"] = TensorRole.FeedForwardDown,
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

    /// <summary>What a tensor is for, by its name.</summary>
    public static TensorPlace RoleOf(string name)
    {
        if (Global.TryGetValue(name, out TensorRole role))
        {
            return new TensorPlace(role);
        }

        string? rest = AfterIndex(name, "model.layers.", out int layer) ?? AfterIndex(name, "blk.", out layer);
        if (rest == null)
        {
            return new TensorPlace(TensorRole.Unknown);
        }

        if (InLayer.TryGetValue(rest, out role))
        {
            return new TensorPlace(role, layer);
        }

        string? inExpert = AfterIndex(rest, "block_sparse_moe.experts.", out int expert) ?? AfterIndex(rest, "mlp.experts.", out expert);
        return inExpert != null && InExpert.TryGetValue(inExpert, out role)
            ? new TensorPlace(role, layer, expert)
            : new TensorPlace(TensorRole.Unknown, layer);
    }

    /// <summary>The Hugging Face name of a tensor of a dense Llama model.</summary>
    public static string HuggingFaceName(TensorRole role, int layer)
    {
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
                return "model.layers." + layer.ToString(CultureInfo.InvariantCulture) + "." + entry.Key;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(role));
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
