using System.Text;
using System.Text.Json;

namespace NinaDB.Clr.Tests;

/// <summary>Turns a tiny model into GGUF as llama.cpp's convert_hf_to_gguf.py does: names, layouts, metadata.</summary>
internal static class TinyGguf
{
    private static readonly Dictionary<string, string> Architectures = new()
    {
        ["llama"] = "llama",
        ["mistral"] = "llama",
        ["mixtral"] = "llama",
        ["llama4_text"] = "llama4",
        ["qwen2"] = "qwen2",
        ["qwen2_moe"] = "qwen2moe",
        ["qwen3"] = "qwen3",
        ["qwen3_moe"] = "qwen3moe",
        ["gemma"] = "gemma",
        ["gemma2"] = "gemma2",
        ["gemma3_text"] = "gemma3",
        ["gpt2"] = "gpt2",
        ["gpt_neox"] = "gptneox",
    };

    private static readonly (string From, string To)[] Names =
    [
        ("model.embed_tokens.", "token_embd."), ("lm_head.", "output."), ("model.norm.", "output_norm."),
        ("transformer.wte.", "token_embd."), ("transformer.wpe.", "position_embd."), ("transformer.ln_f.", "output_norm."),
        ("gpt_neox.embed_in.", "token_embd."), ("embed_out.", "output."), ("gpt_neox.final_layer_norm.", "output_norm."),
        ("model.layers.", "blk."), ("transformer.h.", "blk."), ("gpt_neox.layers.", "blk."),
        ("input_layernorm.", "attn_norm."), ("ln_1.", "attn_norm."), ("ln_2.", "ffn_norm."),
        ("self_attn.q_proj.", "attn_q."), ("self_attn.k_proj.", "attn_k."), ("self_attn.v_proj.", "attn_v."), ("self_attn.o_proj.", "attn_output."),
        ("self_attn.q_norm.", "attn_q_norm."), ("self_attn.k_norm.", "attn_k_norm."),
        ("attn.c_attn.", "attn_qkv."), ("attn.c_proj.", "attn_output."), ("attention.query_key_value.", "attn_qkv."), ("attention.dense.", "attn_output."),
        ("mlp.shared_expert_gate.", "ffn_gate_inp_shexp."), ("mlp.shared_expert.gate_proj.", "ffn_gate_shexp."), ("mlp.shared_expert.up_proj.", "ffn_up_shexp."),
        ("mlp.shared_expert.down_proj.", "ffn_down_shexp."), ("feed_forward.shared_expert.gate_proj.", "ffn_gate_shexp."),
        ("feed_forward.shared_expert.up_proj.", "ffn_up_shexp."), ("feed_forward.shared_expert.down_proj.", "ffn_down_shexp."),
        ("block_sparse_moe.gate.", "ffn_gate_inp."), ("mlp.gate.", "ffn_gate_inp."), ("feed_forward.router.", "ffn_gate_inp."),
        ("mlp.gate_proj.", "ffn_gate."), ("mlp.up_proj.", "ffn_up."), ("mlp.down_proj.", "ffn_down."),
        ("feed_forward.gate_proj.", "ffn_gate."), ("feed_forward.up_proj.", "ffn_up."), ("feed_forward.down_proj.", "ffn_down."),
        ("mlp.c_fc.", "ffn_up."), ("mlp.c_proj.", "ffn_down."), ("mlp.dense_h_to_4h.", "ffn_up."), ("mlp.dense_4h_to_h.", "ffn_down."),
        ("pre_feedforward_layernorm.", "ffn_norm."), ("post_feedforward_layernorm.", "post_ffw_norm."),
    ];

    /// <summary>The bytes of the file. <paramref name="expertByExpert"/>: one tensor an expert, as Mixtral was first converted.</summary>
    public static byte[] Convert(TinyModel model, bool expertByExpert = false)
    {
        using JsonDocument document = JsonDocument.Parse(model.ConfigJson);
        JsonElement c = document.RootElement.TryGetProperty("text_config", out JsonElement text) ? text : document.RootElement;
        string type = c.GetProperty("model_type").GetString()!;
        var tensors = new SortedDictionary<string, TinyTensor>(StringComparer.Ordinal);
        int heads = Number(c, "num_attention_heads", "n_head");
        int keys = Number(c, "num_key_value_heads");
        foreach ((string hfName, TinyTensor hf) in model.Tensors)
        {
            string name = hfName.StartsWith("language_model.", StringComparison.Ordinal) ? hfName["language_model.".Length..] : hfName;
            TinyTensor tensor = hf;
            if (type is "llama" or "mistral" or "mixtral" && (name.Contains("q_proj", StringComparison.Ordinal) || name.Contains("k_proj", StringComparison.Ordinal)))
            {
                tensor = tensor.Rows(Interleave((int)tensor.Shape[0], name.Contains("q_proj", StringComparison.Ordinal) ? heads : keys));
            }

            if (type.StartsWith("gemma", StringComparison.Ordinal) && name.EndsWith("norm.weight", StringComparison.Ordinal))
            {
                tensor = tensor with { Values = [.. tensor.Values.Select(v => v + 1)] };
            }

            if (type == "gpt2" && tensor.Shape.Length == 2 && name.Contains(".c_", StringComparison.Ordinal))
            {
                tensor = tensor.Transpose();
            }

            if (type == "gpt_neox" && name.Contains("query_key_value", StringComparison.Ordinal))
            {
                tensor = tensor.Rows(Parts((int)tensor.Shape[0], heads));
            }

            if (name.EndsWith("gate_up_proj", StringComparison.Ordinal))
            {
                AddGateUp(tensors, Rename(name, type), tensor.Transpose());
                continue;
            }

            tensors.Add(Rename(name, type), name.EndsWith("experts.down_proj", StringComparison.Ordinal) ? tensor.Transpose() : Unwrap(name, tensor));
        }

        if (!expertByExpert)
        {
            MergeExperts(tensors);
        }

        return Write(Metadata(c, Architectures[type], type, tensors), tensors);
    }

    /// <summary>[1, hidden] is [hidden] in GGUF.</summary>
    private static TinyTensor Unwrap(string name, TinyTensor tensor)
        => name.EndsWith("shared_expert_gate.weight", StringComparison.Ordinal) ? tensor with { Shape = [tensor.Shape[1]] } : tensor;

    private static string Rename(string name, string type)
    {
        foreach ((string from, string to) in Names)
        {
            int at = name.IndexOf(from, StringComparison.Ordinal);
            if (at == 0 || (at > 0 && name[at - 1] == '.'))
            {
                name = name[..at] + to + name[(at + from.Length)..];
            }
        }

        name = name.Replace("post_attention_layernorm.", type is "gemma2" or "gemma3_text" ? "post_attention_norm." : "ffn_norm.", StringComparison.Ordinal)
            .Replace("feed_forward.experts.down_proj", "ffn_down_exps.weight", StringComparison.Ordinal);
        foreach ((string from, string to) in new[]
        {
            ("w1", "gate"), ("w2", "down"), ("w3", "up"), ("gate_proj", "gate"), ("up_proj", "up"), ("down_proj", "down"),
        })
        {
            int at = name.IndexOf(".experts.", StringComparison.Ordinal);
            if (at > 0 && name.EndsWith("." + from + ".weight", StringComparison.Ordinal))
            {
                string expert = name[(at + ".experts.".Length)..].Split('.')[0];
                string block = name[..name.IndexOf('.', "blk.".Length)];
                return $"{block}.ffn_{to}.{expert}.weight";
            }
        }

        return name;
    }

    private static void AddGateUp(SortedDictionary<string, TinyTensor> tensors, string name, TinyTensor both)
    {
        string block = name[..name.IndexOf('.', "blk.".Length)];
        (int experts, int rows, int width) = ((int)both.Shape[0], (int)both.Shape[1] / 2, (int)both.Shape[2]);
        foreach ((string part, int index) in new[] { ("gate", 0), ("up", 1) })
        {
            float[] values = [.. Enumerable.Range(0, experts).SelectMany(e => both.Values.Skip(((e * 2) + index) * rows * width).Take(rows * width))];
            tensors.Add($"{block}.ffn_{part}_exps.weight", new TinyTensor([experts, rows, width], values));
        }
    }

    /// <summary>blk.N.ffn_gate.E.weight of all E become blk.N.ffn_gate_exps.weight.</summary>
    private static void MergeExperts(SortedDictionary<string, TinyTensor> tensors)
    {
        var groups = tensors.Keys.Where(n => n.Split('.').Length == 5).GroupBy(n => string.Join('.', n.Split('.')[..3])).ToArray();
        foreach (IGrouping<string, string> group in groups)
        {
            string[] names = [.. group.OrderBy(n => int.Parse(n.Split('.')[3], System.Globalization.CultureInfo.InvariantCulture))];
            TinyTensor first = tensors[names[0]];
            tensors.Add(group.Key + "_exps.weight", new TinyTensor([names.Length, .. first.Shape], [.. names.SelectMany(n => tensors[n].Values)]));
            foreach (string name in names)
            {
                tensors.Remove(name);
            }
        }
    }

    /// <summary>Rows of heads of which each holds two halves, as neighbours.</summary>
    private static IEnumerable<int> Interleave(int rows, int heads)
    {
        int size = rows / heads;
        return Enumerable.Range(0, rows).Select(r => (r / size * size) + (r % 2 * (size / 2)) + (r % size / 2));
    }

    /// <summary>Rows of [heads, 3, size] as [3, heads, size].</summary>
    private static IEnumerable<int> Parts(int rows, int heads)
    {
        int size = rows / 3 / heads;
        return Enumerable.Range(0, rows).Select(r => (((r / size % heads * 3) + (r / size / heads)) * size) + (r % size));
    }

    private static List<(string Key, object Value)> Metadata(JsonElement c, string architecture, string type, SortedDictionary<string, TinyTensor> tensors)
    {
        var metadata = new List<(string, object)> { ("general.architecture", architecture) };
        void Add(string key, object value) => metadata.Add((architecture + "." + key, value));
        void Copy(string from, string key)
        {
            if (c.TryGetProperty(from, out JsonElement value) && value.ValueKind == JsonValueKind.Number)
            {
                Add(key, value.TryGetUInt32(out uint number) && !key.EndsWith("_epsilon", StringComparison.Ordinal) && !key.StartsWith("rope.freq", StringComparison.Ordinal)
                    ? number : value.GetSingle());
            }
        }

        foreach ((string from, string key) in new[]
        {
            ("hidden_size", "embedding_length"), ("n_embd", "embedding_length"), ("num_hidden_layers", "block_count"), ("n_layer", "block_count"),
            ("num_attention_heads", "attention.head_count"), ("n_head", "attention.head_count"), ("num_key_value_heads", "attention.head_count_kv"),
            ("max_position_embeddings", "context_length"), ("n_positions", "context_length"), ("rms_norm_eps", "attention.layer_norm_rms_epsilon"),
            ("layer_norm_eps", "attention.layer_norm_epsilon"), ("layer_norm_epsilon", "attention.layer_norm_epsilon"), ("rope_theta", "rope.freq_base"),
            ("rotary_emb_base", "rope.freq_base"), ("head_dim", "attention.key_length"), ("head_dim", "attention.value_length"),
            ("num_local_experts", "expert_count"), ("num_experts", "expert_count"), ("num_experts_per_tok", "expert_used_count"),
            ("moe_intermediate_size", "expert_feed_forward_length"), ("shared_expert_intermediate_size", "expert_shared_feed_forward_length"),
            ("attn_logit_softcapping", "attn_logit_softcapping"), ("final_logit_softcapping", "final_logit_softcapping"),
            ("interleave_moe_layer_step", "interleave_moe_layer_step"), ("attention_chunk_size", "attention.chunk_size"),
            ("attn_scale", "attention.temperature_scale"), ("floor_scale", "attention.temperature_length"), ("rope_local_base_freq", "rope.freq_base_swa"),
        })
        {
            Copy(from, key);
        }

        if (!type.StartsWith("qwen", StringComparison.Ordinal))
        {
            Copy("sliding_window", "attention.sliding_window");
        }

        if (type == "llama4_text")
        {
            Copy("intermediate_size", "expert_feed_forward_length");
        }

        Copy(type == "llama4_text" ? "intermediate_size_mlp" : "intermediate_size", "feed_forward_length");
        if (type == "gpt2")
        {
            Add("feed_forward_length", (uint)Number(c, "n_embd") * 4);
        }

        if (type == "gpt_neox")
        {
            Add("rope.dimension_count", (uint)(Number(c, "hidden_size") / Number(c, "num_attention_heads") * c.GetProperty("rotary_pct").GetDouble()));
            Add("use_parallel_residual", c.GetProperty("use_parallel_residual").GetBoolean());
        }

        if (c.TryGetProperty("rope_scaling", out JsonElement scaling))
        {
            AddScaling(c, scaling, Add, tensors);
        }

        return metadata;
    }

    /// <summary>llama3 scaling becomes a tensor of factors, the others metadata.</summary>
    private static void AddScaling(JsonElement c, JsonElement scaling, Action<string, object> add, SortedDictionary<string, TinyTensor> tensors)
    {
        string kind = scaling.GetProperty("rope_type").GetString()!;
        float factor = scaling.GetProperty("factor").GetSingle();
        if (kind != "llama3")
        {
            add("rope.scaling.type", kind);
            add("rope.scaling.factor", factor);
            if (kind == "yarn")
            {
                add("rope.scaling.original_context_length", scaling.GetProperty("original_max_position_embeddings").GetUInt32());
                add("rope.scaling.yarn_beta_fast", scaling.GetProperty("beta_fast").GetSingle());
            }

            return;
        }

        int size = Number(c, "head_dim");
        double original = scaling.GetProperty("original_max_position_embeddings").GetDouble();
        double low = original / scaling.GetProperty("low_freq_factor").GetDouble();
        double high = original / scaling.GetProperty("high_freq_factor").GetDouble();
        float[] factors =
        [
            .. Enumerable.Range(0, size / 2).Select(i =>
            {
                double wave = 2 * Math.PI * Math.Pow(c.GetProperty("rope_theta").GetDouble(), 2.0 * i / size);
                double smooth = ((original / wave) - (original / low)) / ((original / high) - (original / low));
                return wave < high ? 1f : wave > low ? factor : (float)(1 / (((1 - smooth) / factor) + smooth));
            }),
        ];
        tensors.Add("rope_freqs.weight", new TinyTensor([factors.Length], factors));
    }

    private static int Number(JsonElement c, params string[] names)
    {
        foreach (string name in names)
        {
            if (c.TryGetProperty(name, out JsonElement value))
            {
                return value.GetInt32();
            }
        }

        return 0;
    }

    private static byte[] Write(List<(string Key, object Value)> metadata, SortedDictionary<string, TinyTensor> tensors)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        void Text(string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            writer.Write((ulong)bytes.Length);
            writer.Write(bytes);
        }

        writer.Write(0x46554747u);
        writer.Write(3u);
        writer.Write((ulong)tensors.Count);
        writer.Write((ulong)metadata.Count);
        foreach ((string key, object value) in metadata)
        {
            Text(key);
            switch (value)
            {
                case uint number:
                    writer.Write(4u);
                    writer.Write(number);
                    break;
                case float number:
                    writer.Write(6u);
                    writer.Write(number);
                    break;
                case bool flag:
                    writer.Write(7u);
                    writer.Write(flag);
                    break;
                default:
                    writer.Write(8u);
                    Text((string)value);
                    break;
            }
        }

        ulong offset = 0;
        foreach ((string name, TinyTensor tensor) in tensors)
        {
            Text(name);
            writer.Write((uint)tensor.Shape.Length);
            foreach (long dimension in tensor.Shape.Reverse())
            {
                writer.Write((ulong)dimension);
            }

            writer.Write(0u);
            writer.Write(offset);
            offset += Padded((ulong)tensor.Values.Length * 4);
        }

        foreach (TinyTensor tensor in tensors.Values)
        {
            writer.Write(new byte[(int)(Padded((ulong)stream.Position) - (ulong)stream.Position)]);
            foreach (float value in tensor.Values)
            {
                writer.Write(value);
            }
        }

        writer.Write(new byte[(int)(Padded((ulong)stream.Position) - (ulong)stream.Position)]);
        return stream.ToArray();
    }

    private static ulong Padded(ulong length) => (length + 31) / 32 * 32;
}
