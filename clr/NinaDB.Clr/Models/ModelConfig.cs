using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Json;

namespace NinaDB.Clr.Models;

/// <summary>
/// The dimensions of a model, from config.json or GGUF metadata. Any architecture has one; numbers that the source does not say are 0.
/// <see cref="UnsupportedReason"/> says why the forward pass cannot run, when it cannot.
/// </summary>
public sealed class ModelConfig
{
    private const int MaxDimension = 1 << 24;

    private ModelConfig()
    {
    }

    /// <summary>The architecture, such as <c>llama</c> or <c>gpt2</c>; empty when unknown.</summary>
    public string Architecture { get; private set; } = string.Empty;

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

    /// <summary>The number of FFN neurons a layer (of an expert, in a mixture).</summary>
    public int FeedForwardSize { get; private set; }

    /// <summary>The number of token embeddings.</summary>
    public int VocabularySize { get; private set; }

    /// <summary>The longest sequence.</summary>
    public int ContextLength { get; private set; }

    /// <summary>The epsilon of RMSNorm.</summary>
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

    /// <summary>Whether query and key rows are stored pairwise interleaved, as GGUF stores them for this architecture.</summary>
    public bool InterleavedRotary { get; private set; }

    /// <summary>Why the forward pass cannot run; null when it can.</summary>
    public string? UnsupportedReason { get; private set; }

    /// <summary>The configuration as a JSON object: config.json, or one made from GGUF metadata.</summary>
    public JsonValue Json { get; private set; } = JsonValue.NewObject();

    /// <summary>The configuration of a model; one of unknown architecture when there is none.</summary>
    public static ModelConfig Of(ModelFile file)
    {
        if (file.Gguf != null)
        {
            return FromGguf(file.Gguf, file.Files[0].Path, file.Tensors);
        }

        if (file.ConfigJson != null)
        {
            return FromJson(file.ConfigJson, file.Name + "/config.json");
        }

        return new ModelConfig { UnsupportedReason = "there is no config.json" };
    }

    /// <summary>Reads config.json; <paramref name="source"/> names it in errors.</summary>
    public static ModelConfig FromJson(string json, string source)
    {
        JsonValue root = JsonValue.Parse(json, source);
        if (root.Kind != JsonKind.Object)
        {
            throw NinaException.InFile(ErrorNumber.ConfigInvalid, source, "config.json is not an object.");
        }

        var reader = new FieldReader(name => root[name], source);
        var config = new ModelConfig
        {
            Architecture = root["model_type"]?.AsString() ?? string.Empty,
            HiddenSize = reader.Size("hidden_size", "n_embd", "d_model"),
            LayerCount = reader.Size("num_hidden_layers", "n_layer"),
            HeadCount = reader.Size("num_attention_heads", "n_head"),
            KeyValueHeadCount = reader.Size("num_key_value_heads"),
            HeadSize = reader.Size("head_dim"),
            FeedForwardSize = reader.Size("intermediate_size", "n_inner"),
            VocabularySize = reader.Size("vocab_size"),
            ContextLength = reader.Size("max_position_embeddings", "n_positions", "n_ctx", "block_size"),
            NormEpsilon = (float)reader.Number(1e-5, "rms_norm_eps", "layer_norm_epsilon", "layer_norm_eps"),
            RopeTheta = reader.Number(10000, "rope_theta"),
            TiedEmbeddings = root["tie_word_embeddings"]?.AsBoolean() ?? false,
            ExpertCount = reader.Size("num_local_experts", "num_experts"),
            ExpertsPerToken = reader.Size("num_experts_per_tok"),
            StartTokenId = (int)(root["bos_token_id"]?.AsInt64() ?? -1),
            EndTokenIds = TokenIds(root["eos_token_id"]),
            Json = root,
        };
        config.Complete();
        config.UnsupportedReason = config.ReasonInJson(root);
        return config;
    }

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
        var config = new ModelConfig
        {
            Architecture = architecture,
            HiddenSize = reader.Size("embedding_length"),
            LayerCount = reader.Size("block_count"),
            HeadCount = reader.Size("attention.head_count"),
            KeyValueHeadCount = reader.Size("attention.head_count_kv"),
            HeadSize = reader.Size("attention.key_length", "rope.dimension_count"),
            FeedForwardSize = reader.Size("feed_forward_length"),
            VocabularySize = reader.Size("vocab_size"),
            ContextLength = reader.Size("context_length"),
            NormEpsilon = (float)reader.Number(1e-5, "attention.layer_norm_rms_epsilon"),
            RopeTheta = reader.Number(10000, "rope.freq_base"),
            ExpertCount = reader.Size("expert_count"),
            ExpertsPerToken = reader.Size("expert_used_count"),
            StartTokenId = (int)(header["tokenizer.ggml.bos_token_id"]?.AsInt64() ?? -1),
            EndTokenIds = TokenIds(fields["tokenizer.ggml.eos_token_id"]),
            InterleavedRotary = architecture == "llama",
            TiedEmbeddings = true,
        };
        bool ropeFactors = false;
        foreach (TensorInfo tensor in tensors)
        {
            TensorRole role = TensorNaming.RoleOf(tensor.Name).Role;
            if (role == TensorRole.TokenEmbedding && tensor.RowCount <= MaxDimension)
            {
                config.VocabularySize = (int)tensor.RowCount;
            }
            else if (role == TensorRole.OutputHead)
            {
                config.TiedEmbeddings = false;
            }
            else if (tensor.Name == "rope_freqs.weight")
            {
                ropeFactors = true;
            }
        }

        config.Complete();
        string? scaling = header[architecture + ".rope.scaling.type"]?.AsString();
        config.UnsupportedReason = config.ReasonInSizes()
            ?? (architecture != "llama" ? $"the architecture '{architecture}' has no forward pass in this version" : null)
            ?? (ropeFactors ? "rope frequency factors are not supported by this version" : null)
            ?? (scaling != null && scaling != "none" ? $"rope scaling '{scaling}' is not supported by this version" : null);
        config.Json = config.ToLlamaJson();
        return config;
    }

    /// <summary>Raises <see cref="ErrorNumber.ArchitectureUnsupported"/> unless the forward pass can run.</summary>
    public void RequireRunnable(string modelName)
    {
        if (UnsupportedReason != null)
        {
            throw new NinaException(
                ErrorNumber.ArchitectureUnsupported, $"Model '{modelName}' cannot be run: {UnsupportedReason}. Its tensors can still be listed and read.");
        }
    }

    /// <summary>A copy with another number of FFN neurons a layer.</summary>
    public ModelConfig WithFeedForwardSize(int size)
    {
        var copy = (ModelConfig)MemberwiseClone();
        copy.FeedForwardSize = size;
        copy.Json = Json.CopyObject().Set("intermediate_size", JsonValue.Of(size));
        return copy;
    }

    /// <summary>A copy of what the weights in memory are: rotary pairs as Hugging Face stores them.</summary>
    internal ModelConfig AsLoaded()
    {
        var copy = (ModelConfig)MemberwiseClone();
        copy.InterleavedRotary = false;
        return copy;
    }

    private static int[] TokenIds(JsonValue? value)
    {
        var ids = new List<int>();
        if (value?.AsInt64() is long id && id >= 0 && id <= int.MaxValue)
        {
            ids.Add((int)id);
        }

        foreach (JsonValue item in value?.Items ?? Array.Empty<JsonValue>())
        {
            if (item.AsInt64() is long one && one >= 0 && one <= int.MaxValue)
            {
                ids.Add((int)one);
            }
        }

        return ids.ToArray();
    }

    private void Complete()
    {
        if (KeyValueHeadCount == 0)
        {
            KeyValueHeadCount = HeadCount;
        }

        if (HeadSize == 0 && HeadCount > 0)
        {
            HeadSize = HiddenSize / HeadCount;
        }

        if (FeedForwardSize == 0 && Architecture == "gpt2")
        {
            FeedForwardSize = 4 * HiddenSize;
        }
    }

    private string? ReasonInSizes()
    {
        if (HiddenSize == 0 || LayerCount == 0 || HeadCount == 0 || FeedForwardSize == 0 || VocabularySize == 0 || ContextLength == 0)
        {
            return "the configuration lacks a size (hidden, layers, heads, feed-forward, vocabulary or context)";
        }

        if (HeadCount % KeyValueHeadCount != 0 || HeadSize % 2 != 0)
        {
            return $"{HeadCount} heads of {HeadSize} with {KeyValueHeadCount} key-value heads are not possible";
        }

        if (!(NormEpsilon >= 0) || !(RopeTheta > 0) || double.IsInfinity(RopeTheta))
        {
            return "rms_norm_eps or rope_theta is not possible";
        }

        return ExpertCount > 0 ? "mixtures of experts have no forward pass in this version" : null;
    }

    private string? ReasonInJson(JsonValue root)
    {
        if (Architecture != "llama" && Architecture != "mistral")
        {
            return Architecture.Length == 0 ? "config.json has no model_type" : $"the architecture '{Architecture}' has no forward pass in this version";
        }

        string activation = root["hidden_act"]?.AsString() ?? "silu";
        if (activation != "silu")
        {
            return $"the activation '{activation}' is not supported by this version";
        }

        if ((root["attention_bias"]?.AsBoolean() ?? false) || (root["mlp_bias"]?.AsBoolean() ?? false))
        {
            return "biases are not supported by this version";
        }

        if (root["rope_scaling"] is { Kind: JsonKind.Object } scaling && (scaling["rope_type"] ?? scaling["type"])?.AsString() is string type && type != "default")
        {
            return $"rope scaling '{type}' is not supported by this version";
        }

        if (root["sliding_window"]?.AsInt64() is long window && window < ContextLength)
        {
            return "a sliding window is not supported by this version";
        }

        return ReasonInSizes();
    }

    /// <summary>A config.json for a model that came with GGUF metadata.</summary>
    private JsonValue ToLlamaJson()
    {
        JsonValue json = JsonValue.NewObject()
            .Set("architectures", JsonValue.OfItems(new[] { JsonValue.Of("LlamaForCausalLM") }))
            .Set("model_type", JsonValue.Of(Architecture))
            .Set("hidden_act", JsonValue.Of("silu"))
            .Set("hidden_size", JsonValue.Of(HiddenSize))
            .Set("intermediate_size", JsonValue.Of(FeedForwardSize))
            .Set("num_hidden_layers", JsonValue.Of(LayerCount))
            .Set("num_attention_heads", JsonValue.Of(HeadCount))
            .Set("num_key_value_heads", JsonValue.Of(KeyValueHeadCount))
            .Set("head_dim", JsonValue.Of(HeadSize))
            .Set("max_position_embeddings", JsonValue.Of(ContextLength))
            .Set("rms_norm_eps", JsonValue.Of(double.Parse(NormEpsilon.ToString("R", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture)))
            .Set("rope_theta", JsonValue.Of(RopeTheta))
            .Set("tie_word_embeddings", JsonValue.Of(TiedEmbeddings))
            .Set("vocab_size", JsonValue.Of(VocabularySize));
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

    /// <summary>Looks up fields by their several names and checks their range.</summary>
    private sealed class FieldReader
    {
        private readonly Func<string, JsonValue?> _find;
        private readonly string _source;

        public FieldReader(Func<string, JsonValue?> find, string source)
        {
            _find = find;
            _source = source;
        }

        public int Size(params string[] names)
        {
            foreach (string name in names)
            {
                JsonValue? value = _find(name);
                if (value != null && value.Kind == JsonKind.Number)
                {
                    long? size = value.AsInt64();
                    return size >= 0 && size <= MaxDimension
                        ? (int)size.Value
                        : throw NinaException.InFile(ErrorNumber.ConfigInvalid, _source, $"{name} is {value}; 0 to {MaxDimension} is possible.");
                }
            }

            return 0;
        }

        public double Number(double byDefault, params string[] names)
        {
            foreach (string name in names)
            {
                if (_find(name)?.AsDouble() is double number)
                {
                    return number;
                }
            }

            return byDefault;
        }
    }
}
