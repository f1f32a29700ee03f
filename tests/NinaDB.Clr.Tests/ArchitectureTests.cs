using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;
using NinaDB.Clr.Tokenization;

namespace NinaDB.Clr.Tests;

/// <summary>Every architecture gives the logits that an independent program computed (Reference/architectures.py), from Hugging Face files and from GGUF.</summary>
public sealed unsafe class ArchitectureTests
{
    /// <summary>The reference is rounded to six digits and computed in double precision.</summary>
    private const double Tolerance = 1e-4;

    public static TheoryData<string> All => [.. TinyModel.Names()];

    [Theory]
    [MemberData(nameof(All))]
    public void Hugging_face_files_give_the_reference_logits(string name)
    {
        using var folder = new TemporaryFolder();
        TinyModel tiny = TinyModel.Of(name);
        ModelFile file = WriteHuggingFace(folder, tiny);
        RequireReference(tiny, Load(file, out ModelConfig config), config);
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("llama_linear_biases")]
    [InlineData("llama_llama3")]
    [InlineData("llama_yarn")]
    [InlineData("mistral")]
    [InlineData("mixtral")]
    [InlineData("mixtral", true)]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    [InlineData("qwen2_moe")]
    [InlineData("qwen3_moe")]
    [InlineData("gemma")]
    [InlineData("gemma2")]
    [InlineData("gemma3")]
    [InlineData("gpt2")]
    [InlineData("gpt_neox")]
    [InlineData("gpt_neox_serial")]
    [InlineData("llama4")]
    [InlineData("llama4_published")]
    public void Gguf_gives_the_reference_logits_and_can_be_written_as_hugging_face_files(string name, bool expertByExpert = false)
    {
        using var folder = new TemporaryFolder();
        TinyModel tiny = TinyModel.Of(name);
        ModelFile file = ModelFile.Open(folder.Write("model.gguf", TinyGguf.Convert(tiny, expertByExpert)));
        ModelWeights weights = Load(file, out ModelConfig config);
        RequireReference(tiny, weights, config);
        if (name == "llama_llama3")
        {
            // The factors say what the scaling does, not how it came about: these have another original context than any published model.
            Assert.Equal(ErrorNumber.NotExpressible, Assert.Throws<NinaException>(() => HuggingFaceLayout.ConfigOf(name, config, weights)).Number);
            return;
        }

        string json = HuggingFaceLayout.ConfigOf(name, config, weights).ExportJson().ToString();
        ModelFile copy = WriteHuggingFace(folder, json, new HuggingFaceLayout(config, weights, DType.F32).Tensors());
        RequireReference(tiny, Load(copy, out config), config);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Writing_gives_back_the_tensors_that_were_read(string name)
    {
        using var folder = new TemporaryFolder();
        TinyModel tiny = TinyModel.Of(name);
        ModelFile file = WriteHuggingFace(folder, tiny);
        ModelWeights weights = Load(file, out ModelConfig config);
        TensorToWrite[] written = [.. new HuggingFaceLayout(config, weights, DType.F32).Tensors()];
        Assert.Equal(tiny.Tensors.Count, written.Length);
        Assert.Equal(weights.ParameterCount, tiny.Tensors.Values.Sum(t => t.Values.LongLength));
        foreach (TensorToWrite tensor in written)
        {
            TinyTensor original = tiny.Tensors.TryGetValue(tensor.Name, out TinyTensor? found) ? found : tiny.Tensors["language_model." + tensor.Name];
            Assert.Equal(original.Shape, tensor.Shape);
            Assert.Equal(original.Values, tensor.ReadValues());
        }

        string json = HuggingFaceLayout.ConfigOf(name, config, weights).ExportJson().ToString();
        RequireReference(tiny, Load(WriteHuggingFace(folder, json, written), out config), config);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_model_goes_to_gguf_and_back_or_is_refused_by_name(string name)
    {
        using var folder = new TemporaryFolder();
        TinyModel tiny = TinyModel.Of(name);
        LanguageModel model = Model(folder, tiny);
        string path = folder.File("model.gguf");
        string? refusal = name switch
        {
            "qwen2_window" => "what layer 1 attends to",
            "qwen3_moe_dense_first" => "that layer 0 is not a mixture",
            "llama4_all_mixture" => "unit vectors",
            _ => null,
        };
        if (refusal != null)
        {
            NinaException error = Assert.Throws<NinaException>(() => GgufModelWriter.Write(path, model, DType.F32));
            Assert.Equal(ErrorNumber.FormatConversion, error.Number);
            Assert.Contains(refusal, error.Message, StringComparison.Ordinal);
            return;
        }

        GgufModelWriter.Write(path, model, DType.F32);
        RequireReference(tiny, Load(ModelFile.Open(path), out ModelConfig config), config);
    }

    [Fact]
    public void A_session_takes_memory_for_the_tokens_it_holds()
    {
        using var folder = new TemporaryFolder();
        TinyModel tiny = TinyModel.Of("llama");
        string json = tiny.ConfigJson.Replace("\"max_position_embeddings\": 32", "\"max_position_embeddings\": 16000000", StringComparison.Ordinal);
        ModelWeights weights = Load(WriteHuggingFace(folder, tiny, json), out ModelConfig config);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var session = new InferenceSession(config, weights, int.MaxValue);
        session.Append(tiny.Ids, 0, tiny.Ids.Length);
        Assert.Equal(16000000, session.Capacity);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);

        // The cache moves to larger room twice; what it holds stays.
        var fresh = new InferenceSession(config, weights, 1024);
        int[] ids = [.. Enumerable.Range(0, 700).Select(i => (i * i) % 24)];
        fresh.Append(ids, 0, ids.Length);
        session.Reset();
        foreach (int id in ids)
        {
            session.Append([id], 0, 1);
        }

        float[] a = session.LastLogits();
        float[] b = fresh.LastLogits();
        Assert.All(Enumerable.Range(0, a.Length), i => Assert.Equal(a[i], b[i], Tolerance));
    }

    [Theory]
    [InlineData("llama", "\"rope_scaling\": {\"rope_type\": \"dynamic\", \"factor\": 2.0}, ", "rope scaling 'dynamic'")]
    [InlineData("llama", "\"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 0}, ", "rope scaling is not possible")]
    [InlineData("llama", "\"partial_rotary_factor\": 0.5, ", "GPT-NeoX only")]
    [InlineData("gpt2", "\"scale_attn_by_inverse_layer_idx\": true, ", "scaled by layer")]
    [InlineData("qwen2", "\"layer_types\": [\"full_attention\"], ", null)]
    public void What_is_not_known_is_refused_by_name(string name, string extra, string? reason)
    {
        string json = TinyModel.Of(name).ConfigJson.Insert(1, extra);
        ModelConfig config = ModelConfig.FromJson(json, "config.json");
        if (reason == null)
        {
            Assert.Null(config.UnsupportedReason);
            return;
        }

        Assert.Contains(reason, config.UnsupportedReason, StringComparison.Ordinal);
        Assert.Equal(ErrorNumber.ArchitectureUnsupported, Assert.Throws<NinaException>(() => config.RequireRunnable("m")).Number);
    }

    /// <summary>The configurations of published models, as far as they say something about the forward pass.</summary>
    [Theory]
    [InlineData(
        "Llama 3.1 8B",
        """{"model_type":"llama","hidden_size":4096,"intermediate_size":14336,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":8,"vocab_size":128256,"max_position_embeddings":131072,"rms_norm_eps":1e-05,"rope_theta":500000.0,"hidden_act":"silu","attention_bias":false,"mlp_bias":false,"tie_word_embeddings":false,"eos_token_id":[128001,128008,128009],"rope_scaling":{"factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0,"original_max_position_embeddings":8192,"rope_type":"llama3"}}""",
        "Llama Llama3 0 0")]
    [InlineData(
        "Llama 4 Scout",
        """{"model_type":"llama4","vision_config":{"model_type":"llama4_vision_model"},"text_config":{"model_type":"llama4_text","attention_chunk_size":8192,"attn_temperature_tuning":4,"floor_scale":8192,"attn_scale":0.1,"attention_bias":false,"head_dim":128,"hidden_act":"silu","hidden_size":5120,"interleave_moe_layer_step":1,"intermediate_size":8192,"intermediate_size_mlp":16384,"max_position_embeddings":10485760,"no_rope_layers":[],"num_attention_heads":40,"num_experts_per_tok":1,"num_hidden_layers":48,"num_key_value_heads":8,"num_local_experts":16,"rms_norm_eps":1e-05,"rope_scaling":{"factor":16.0,"high_freq_factor":1.0,"low_freq_factor":1.0,"original_max_position_embeddings":8192,"rope_type":"llama3"},"rope_theta":500000.0,"tie_word_embeddings":false,"use_qk_norm":true,"vocab_size":202048}}""",
        "Llama4 Llama3 48 36")]
    [InlineData(
        "Mistral 7B v0.1",
        """{"model_type":"mistral","hidden_size":4096,"intermediate_size":14336,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":8,"vocab_size":32000,"max_position_embeddings":32768,"rms_norm_eps":1e-05,"rope_theta":10000.0,"sliding_window":4096,"hidden_act":"silu","tie_word_embeddings":false}""",
        "Mistral None 0 32")]
    [InlineData(
        "Qwen 2.5 7B",
        """{"model_type":"qwen2","hidden_size":3584,"intermediate_size":18944,"num_hidden_layers":28,"num_attention_heads":28,"num_key_value_heads":4,"vocab_size":152064,"max_position_embeddings":131072,"max_window_layers":28,"rms_norm_eps":1e-06,"rope_theta":1000000.0,"sliding_window":131072,"use_sliding_window":false,"hidden_act":"silu","tie_word_embeddings":false}""",
        "Qwen2 None 0 0")]
    [InlineData(
        "Qwen 3 30B A3B",
        """{"model_type":"qwen3_moe","attention_bias":false,"decoder_sparse_step":1,"head_dim":128,"hidden_act":"silu","hidden_size":2048,"intermediate_size":6144,"max_position_embeddings":40960,"max_window_layers":48,"mlp_only_layers":[],"moe_intermediate_size":768,"norm_topk_prob":true,"num_attention_heads":32,"num_experts":128,"num_experts_per_tok":8,"num_hidden_layers":48,"num_key_value_heads":4,"rms_norm_eps":1e-06,"rope_scaling":null,"rope_theta":1000000.0,"sliding_window":null,"tie_word_embeddings":false,"use_sliding_window":false,"vocab_size":151936}""",
        "Qwen3Moe None 48 0")]
    [InlineData(
        "Gemma 3 4B",
        """{"model_type":"gemma3","architectures":["Gemma3ForConditionalGeneration"],"eos_token_id":[1,106],"text_config":{"hidden_size":2560,"intermediate_size":10240,"model_type":"gemma3_text","num_hidden_layers":34,"rope_scaling":{"factor":8.0,"rope_type":"linear"},"sliding_window":1024,"vocab_size":262208}}""",
        "Gemma3 Linear 0 29")]
    [InlineData(
        "Pythia 70M",
        """{"model_type":"gpt_neox","hidden_act":"gelu","hidden_size":512,"intermediate_size":2048,"layer_norm_eps":1e-05,"max_position_embeddings":2048,"num_attention_heads":8,"num_hidden_layers":6,"rotary_emb_base":10000,"rotary_pct":0.25,"tie_word_embeddings":false,"use_parallel_residual":true,"vocab_size":50304}""",
        "GptNeox None 0 0")]
    [InlineData(
        "GPT-2",
        """{"model_type":"gpt2","activation_function":"gelu_new","n_ctx":1024,"n_embd":768,"n_head":12,"n_layer":12,"n_positions":1024,"layer_norm_epsilon":1e-05,"vocab_size":50257}""",
        "Gpt2 None 0 0")]
    public void Published_configurations_are_understood(string name, string json, string expected)
    {
        ModelConfig config = ModelConfig.FromJson(json, name);
        Assert.Null(config.UnsupportedReason);
        IEnumerable<int> layers = Enumerable.Range(0, config.LayerCount);
        Assert.Equal(expected, $"{config.Family} {config.RopeScaling.Kind} {layers.Count(config.IsMixtureLayer)} {layers.Count(config.IsLocal)}");
        Assert.Equal(config.Family is ModelFamily.Gpt2 or ModelFamily.Gemma3, config.TiedEmbeddings);
    }

    [Theory]
    [InlineData("mixtral", "\"num_experts_per_tok\": 2", "\"num_experts_per_tok\": 5")]
    [InlineData("mixtral", "\"num_local_experts\": 4", "\"num_local_experts\": 5000")]
    [InlineData("gpt_neox", "\"rotary_pct\": 0.5", "\"rotary_pct\": 1e300")]
    [InlineData("gemma2", "\"query_pre_attn_scalar\": 6", "\"query_pre_attn_scalar\": -1")]
    [InlineData("llama4", "\"floor_scale\": 4", "\"floor_scale\": 0")]
    public void Numbers_that_cannot_be_are_refused(string name, string from, string to)
        => Assert.NotNull(ModelConfig.FromJson(TinyModel.Of(name).ConfigJson.Replace(from, to, StringComparison.Ordinal), "config.json").UnsupportedReason);

    [Fact]
    public void A_missing_tensor_is_named_as_its_family_names_it()
    {
        using var folder = new TemporaryFolder();
        TinyModel tiny = TinyModel.Of("gpt2");
        ModelFile file = WriteHuggingFace(
            folder,
            tiny.ConfigJson,
            tiny.Tensors.Where(t => t.Key != "transformer.h.1.mlp.c_fc.bias").Select(t => new TensorToWrite(t.Key, DType.F32, t.Value.Shape, () => t.Value.Values)));
        NinaException error = Assert.Throws<NinaException>(() => Load(file, out _));
        Assert.Equal(ErrorNumber.TensorMissing, error.Number);
        Assert.Contains("transformer.h.1.mlp.c_fc.bias", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_error_function_is_exact_to_float_precision()
    {
        // Values of Abramowitz and Stegun, table 7.1.
        foreach ((double x, double value) in new[] { (0.0, 0.0), (0.1, 0.1124629160), (0.5, 0.5204998778), (1.0, 0.8427007929), (1.9, 0.9927904292), (2.0, 0.9953222650), (3.0, 0.9999779095) })
        {
            Assert.Equal(value, Activations.Erf(x), 1e-9);
            Assert.Equal(-value, Activations.Erf(-x), 1e-9);
        }
    }

    /// <summary>A tiny model, from Hugging Face files, with a tokenizer of one letter a token.</summary>
    internal static LanguageModel Model(TemporaryFolder folder, TinyModel tiny)
        => WithTokenizer(tiny.Name, Load(WriteHuggingFace(folder, tiny), out ModelConfig config), config);

    private static LanguageModel WithTokenizer(string name, ModelWeights weights, ModelConfig config)
    {
        string vocabulary = string.Join(",", Enumerable.Range(0, 23).Select(i => $"\"{(char)('a' + i)}\":{i}")) + ",\"ab\":23";
        string tokenizer = "{\"added_tokens\":[],\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":true},"
            + "\"decoder\":{\"type\":\"ByteLevel\"},\"model\":{\"type\":\"BPE\",\"vocab\":{" + vocabulary + "},\"merges\":[\"a b\"]}}";
        return new LanguageModel(name, config, weights, TokenizerJsonReader.Read(tokenizer), tokenizer);
    }

    private static ModelFile WriteHuggingFace(TemporaryFolder folder, TinyModel tiny, string? configJson = null)
        => WriteHuggingFace(folder, configJson ?? tiny.ConfigJson, tiny.Tensors.Select(t => new TensorToWrite(t.Key, DType.F32, t.Value.Shape, () => t.Value.Values)));

    private static ModelFile WriteHuggingFace(TemporaryFolder folder, string configJson, IEnumerable<TensorToWrite> tensors)
    {
        string path = folder.File(Guid.NewGuid().ToString("N") + ".safetensors");
        using (FileStream stream = File.Create(path))
        {
            SafetensorsWriter.Write(stream, [.. tensors]);
        }

        return ModelFile.Open("tiny", [path], configJson, null);
    }

    private static ModelWeights Load(ModelFile file, out ModelConfig config)
    {
        config = ModelConfig.Of(file);
        Assert.Null(config.UnsupportedReason);
        ModelWeights weights = ModelWeights.Load(file, config, 1 << 30);
        config = config.AsLoaded();
        return weights;
    }

    /// <summary>Runs the tokens at once, and in two parts: the cache must not change anything.</summary>
    private static void RequireReference(TinyModel tiny, ModelWeights weights, ModelConfig config)
    {
        var whole = new InferenceSession(config, weights, tiny.Ids.Length);
        whole.Append(tiny.Ids, 0, tiny.Ids.Length);
        var parts = new InferenceSession(config, weights, config.ContextLength);
        int done = 0;
        for (int i = 0; i < tiny.Positions.Length; i++)
        {
            int vocabulary = tiny.Logits[i].Length;
            float[] logits = new float[vocabulary];
            fixed (float* target = logits)
            {
                whole.Logits(tiny.Positions[i], 1, target);
            }

            parts.Append(tiny.Ids, done, tiny.Positions[i] + 1 - done);
            done = tiny.Positions[i] + 1;
            float[] last = parts.LastLogits();
            for (int v = 0; v < vocabulary; v++)
            {
                Assert.Equal(tiny.Logits[i][v], logits[v], Tolerance);
                Assert.Equal(tiny.Logits[i][v], last[v], Tolerance);
            }
        }
    }
}
