using System;
using System.Collections.Generic;
using System.Globalization;

namespace NinaDB.Clr.Models;

/// <summary>The GGUF name of a tensor that has a Hugging Face name, and what has to be done to it on the way.</summary>
internal sealed class GgufTensorName
{
    private static readonly Dictionary<string, string> Global = new(StringComparer.Ordinal)
    {
        ["model.embed_tokens.weight"] = "token_embd.weight",
        ["lm_head.weight"] = "output.weight",
        ["model.norm.weight"] = "output_norm.weight",
    };

    private static readonly Dictionary<string, string> InLayer = new(StringComparer.Ordinal)
    {
        ["input_layernorm"] = "attn_norm",
        ["self_attn.q_proj"] = "attn_q",
        ["self_attn.k_proj"] = "attn_k",
        ["self_attn.v_proj"] = "attn_v",
        ["self_attn.o_proj"] = "attn_output",
        ["self_attn.q_norm"] = "attn_q_norm",
        ["self_attn.k_norm"] = "attn_k_norm",
        ["post_attention_layernorm"] = "ffn_norm",
        ["mlp.gate_proj"] = "ffn_gate",
        ["mlp.up_proj"] = "ffn_up",
        ["mlp.down_proj"] = "ffn_down",
        ["block_sparse_moe.gate"] = "ffn_gate_inp",
        ["mlp.gate"] = "ffn_gate_inp",
    };

    private static readonly Dictionary<string, string> InExpert = new(StringComparer.Ordinal)
    {
        ["w1"] = "ffn_gate_exps",
        ["w2"] = "ffn_down_exps",
        ["w3"] = "ffn_up_exps",
        ["gate_proj"] = "ffn_gate_exps",
        ["down_proj"] = "ffn_down_exps",
        ["up_proj"] = "ffn_up_exps",
    };

    private GgufTensorName(string name, int expert = -1, bool isRotary = false, bool isSmall = false)
    {
        Name = name;
        Expert = expert;
        IsRotary = isRotary;
        IsSmall = isSmall;
    }

    /// <summary>The name; of an expert's tensor, that of the stack of all experts.</summary>
    public string Name { get; }

    /// <summary>The expert, -1 for none.</summary>
    public int Expert { get; }

    /// <summary>Whether the rows are those of rotated heads (query and key).</summary>
    public bool IsRotary { get; }

    /// <summary>Whether the tensor stays F32 although it is a matrix (a router).</summary>
    public bool IsSmall { get; }

    /// <summary>The GGUF name of a Hugging Face name, null for one that has none.</summary>
    public static GgufTensorName? Of(string name)
    {
        const string Layers = "model.layers.";
        if (Global.TryGetValue(name, out string? known))
        {
            return new GgufTensorName(known);
        }

        if (!name.StartsWith(Layers, StringComparison.Ordinal))
        {
            return null;
        }

        string[] parts = name.Split('.');
        string kind = parts[parts.Length - 1];
        if (parts.Length < 5 || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int layer) || (kind != "weight" && kind != "bias"))
        {
            return null;
        }

        string prefix = "blk." + layer.ToString(CultureInfo.InvariantCulture) + ".";
        string place = string.Join(".", parts, 3, parts.Length - 4);
        if (InLayer.TryGetValue(place, out known))
        {
            return new GgufTensorName(prefix + known + "." + kind, -1, known == "attn_q" || known == "attn_k", known == "ffn_gate_inp");
        }

        return parts.Length == 8 && parts[4] == "experts" && (parts[3] == "block_sparse_moe" || parts[3] == "mlp")
            && int.TryParse(parts[5], NumberStyles.None, CultureInfo.InvariantCulture, out int expert) && InExpert.TryGetValue(parts[6], out known) && kind == "weight"
            ? new GgufTensorName(prefix + known + ".weight", expert)
            : null;
    }
}
