using System.Text.Json;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Models;
using NinaDB.Clr.Patching;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Tests;

/// <summary>Reversible changes of weights: edits of components, LoRA adapters, patch files.</summary>
public sealed class PatchTests
{
    private const string Prompt = "Nina opened with the Sicilian Defense:";
    private static readonly string[] AdaptedModules = ["self_attn.q_proj", "self_attn.v_proj", "mlp.gate_proj", "mlp.down_proj"];

    /// <summary>
    /// The logits after the prompt that Reference/lora_reference.py computes in float64, for the adapter that <see cref="WriteAdapter"/> writes: the same
    /// integers give the same values there.
    /// </summary>
    [Theory]
    [InlineData(8, false, new[] { 506, 576, 1914, 327, 718, 373 }, new[] { 16.19443, 9.21717, 6.53036, 6.47373, 5.53062, 5.37048 })]
    [InlineData(6, true, new[] { 506, 576, 1914, 327, 718, 373 }, new[] { 16.19424, 9.24964, 6.53346, 6.50451, 5.5642, 5.35664 })]
    public void A_LoRA_adapter_gives_the_logits_of_an_independent_computation(int alpha, bool rankStabilised, int[] ids, double[] expected)
    {
        using var folder = new TemporaryFolder();
        WriteAdapter(folder.FullPath, 4, alpha, rankStabilised);
        LanguageModel model = TestData.Nina;
        float[] before = Logits(model);
        ModelPatch patch = LoraAdapter.Read(folder.FullPath, model);
        Assert.Equal(16, patch.Edits.Count);
        float[] logits = Logits(ModelPatcher.Apply(model, [patch]));
        for (int i = 0; i < ids.Length; i++)
        {
            Assert.Equal(expected[i], logits[ids[i]], 1e-3);
        }

        Assert.Equal(before, Logits(model));
    }

    [Fact]
    public void A_patch_file_holds_what_was_written()
    {
        LanguageModel model = TestData.Nina;
        var down = new PatchTarget(TensorRole.FeedForwardDown, 2);
        ModelPatch patch = new(
        [
            MatrixEdit.Scale(down, [3, 511], [0.5f, -2f]),
            MatrixEdit.Set(down, [7], new WeightMatrix(1, 128, Ramp(128))),
            MatrixEdit.Add(new PatchTarget(TensorRole.AttentionOutput, 1), [0, 127], new WeightMatrix(2, 128, Ramp(256))),
            MatrixEdit.LowRank(new PatchTarget(TensorRole.OutputHead), new WeightMatrix(1, 128, Ramp(128)), new WeightMatrix(2048, 1, Ramp(2048)), 0.25),
        ]);
        using var folder = new TemporaryFolder();
        patch.Write(folder.File("p"));
        ModelPatch read = ModelPatch.Read(folder.File("p"));
        Assert.Equal(patch.ParameterCount, read.ParameterCount);
        Assert.Equal(2 + 128 + 256 + 128 + 2048, read.ParameterCount);
        LanguageModel expected = ModelPatcher.Apply(model, [patch]);
        LanguageModel actual = ModelPatcher.Apply(model, [read]);
        Assert.Equal(Logits(expected), Logits(actual));
        Assert.NotEqual(Logits(model), Logits(actual));

        WeightMatrix before = model.Weights.Layers[2].Down!;
        WeightMatrix after = actual.Weights.Layers[2].Down!;
        for (int r = 0; r < 128; r++)
        {
            Assert.Equal(before.Row(r)[3] * 0.5f, after.Row(r)[3]);
            Assert.Equal(before.Row(r)[511] * -2f, after.Row(r)[511]);
            Assert.Equal(Ramp(128)[r], after.Row(r)[7]);
            Assert.Equal(before.Row(r)[4], after.Row(r)[4]);
            Assert.Equal(model.Weights.Layers[1].Output.Row(r)[127] + Ramp(256)[128 + r], actual.Weights.Layers[1].Output.Row(r)[127]);
        }

        // What no edit names is the same memory.
        Assert.Same(model.Weights.Layers[2].Up, actual.Weights.Layers[2].Up);
        Assert.Same(model.Weights.Embedding, actual.Weights.Embedding);
    }

    [Fact]
    public void The_cache_keeps_a_model_with_and_without_patches_apart()
    {
        using var folder = new TemporaryFolder();
        ComponentPatch.Scale(TestData.Nina, [new ComponentId(ComponentKind.Layer, 2, 0)], 0).Write(folder.File("p"));
        var cache = new ModelCache(4, LanguageModel.DefaultMaxBytes);
        string[] files = [Path.Combine(TestData.NinaMini, "model.safetensors")];
        string config = File.ReadAllText(Path.Combine(TestData.NinaMini, "config.json"));
        string tokenizer = File.ReadAllText(Path.Combine(TestData.NinaMini, "tokenizer.json"));
        LanguageModel patched = cache.Get("m", files, config, tokenizer, [folder.File("p")]);
        LanguageModel plain = cache.Get("m", files, config, tokenizer);
        Assert.Equal(2, cache.Count);
        Assert.Same(patched, cache.Get("m", files, config, tokenizer, [folder.File("p")]));
        Assert.Equal(Logits(TestData.Nina), Logits(plain));
        Assert.NotEqual(Logits(plain), Logits(patched));
    }

    [Fact]
    public void Silencing_components_is_what_an_ablation_is()
    {
        LanguageModel model = TestData.Nina;
        ComponentId[] components = [new(ComponentKind.Neuron, 3, 100), new(ComponentKind.Head, 1, 4), new(ComponentKind.Layer, 0, 0)];
        LanguageModel patched = ModelPatcher.Apply(model, [ComponentPatch.Scale(model, components, 0)]);
        Assert.Equal(Logits(Ablation.Without(model, components)), Logits(patched));
    }

    [Fact]
    public void A_promoted_token_gains_where_the_neuron_fires()
    {
        LanguageModel model = TestData.Nina;
        const int Token = 1000;
        ComponentId neuron = Enumerable.Range(0, 512).Select(i => new ComponentId(ComponentKind.Neuron, 3, i))
            .MaxBy(id => Gain(model, ComponentPatch.Promote(model, [id], Token, 1), Token));
        double one = Gain(model, ComponentPatch.Promote(model, [neuron], Token, 1), Token);
        double three = Gain(model, ComponentPatch.Promote(model, [neuron], Token, 3), Token);
        double back = Gain(model, ComponentPatch.Promote(model, [neuron], Token, -1), Token);
        Assert.True(one > 0.1 && three > 2 * one && back < 0, $"{one} {three} {back}");
        Assert.Equal(ErrorNumber.PatchInvalid, Assert.Throws<NinaException>(() => ComponentPatch.Promote(model, [new ComponentId(ComponentKind.Head, 0, 0)], Token, 1)).Number);
        Assert.Equal(ErrorNumber.TokenOutOfRange, Assert.Throws<NinaException>(() => ComponentPatch.Promote(model, [neuron], 2048, 1)).Number);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        LanguageModel model = TestData.Nina;
        var row = new WeightMatrix(1, 4, [1, 2, 3, 4]);
        AssertRefused(ErrorNumber.PatchMismatch, MatrixEdit.Scale(new PatchTarget(TensorRole.FeedForwardDown, 4), [0], [1]));
        AssertRefused(ErrorNumber.PatchMismatch, MatrixEdit.Scale(new PatchTarget(TensorRole.FeedForwardDown, 0, 0), [0], [1]));
        AssertRefused(ErrorNumber.PatchMismatch, MatrixEdit.Scale(new PatchTarget(TensorRole.FeedForwardDown, 0), [512], [1]));
        AssertRefused(ErrorNumber.PatchMismatch, MatrixEdit.Set(new PatchTarget(TensorRole.FeedForwardDown, 0), [0], row));
        AssertRefused(ErrorNumber.PatchMismatch, MatrixEdit.LowRank(new PatchTarget(TensorRole.FeedForwardDown, 0), row, new WeightMatrix(128, 1, Ramp(128)), 1));
        Assert.Equal(ErrorNumber.PatchInvalid, Assert.Throws<NinaException>(() => MatrixEdit.Scale(new PatchTarget(TensorRole.OutputHead), [2, 2], [1, 1])).Number);
        Assert.Equal(ErrorNumber.PatchInvalid, Assert.Throws<NinaException>(() => MatrixEdit.Scale(new PatchTarget(TensorRole.OutputHead), [2], [float.NaN])).Number);
        Assert.Equal(ErrorNumber.PatchInvalid, Assert.Throws<NinaException>(() => PatchTarget.Parse("layers.x.feed_forward_down")).Number);
        Assert.Equal(ErrorNumber.PatchInvalid, Assert.Throws<NinaException>(() => PatchTarget.Parse("layers.1.warp_drive")).Number);
        Assert.Equal("layers.1.experts.5.feed_forward_up", PatchTarget.Parse("layers.1.experts.5.feed_forward_up").ToString());

        void AssertRefused(int number, MatrixEdit edit)
            => Assert.Equal(number, Assert.Throws<NinaException>(() => ModelPatcher.Apply(model, [new ModelPatch([edit])])).Number);
    }

    [Theory]
    [InlineData("""{"peft_type":"LORA","r":4,"lora_alpha":8,"use_dora":true}""", ErrorNumber.AdapterUnsupported)]
    [InlineData("""{"peft_type":"IA3","r":4,"lora_alpha":8}""", ErrorNumber.AdapterUnsupported)]
    [InlineData("""{"peft_type":"LORA","r":4,"lora_alpha":8,"bias":"all"}""", ErrorNumber.AdapterUnsupported)]
    [InlineData("""{"peft_type":"LORA","r":4,"lora_alpha":8,"modules_to_save":["lm_head"]}""", ErrorNumber.AdapterUnsupported)]
    [InlineData("""{"peft_type":"LORA","r":4,"lora_alpha":8,"alpha_pattern":{"^q":3}}""", ErrorNumber.AdapterUnsupported)]
    [InlineData("""{"peft_type":"LORA","r":8,"lora_alpha":8}""", ErrorNumber.AdapterInvalid)]
    [InlineData("""{"peft_type":"LORA","r":4}""", ErrorNumber.AdapterInvalid)]
    [InlineData("[", ErrorNumber.JsonSyntax)]
    public void An_adapter_that_cannot_be_applied_is_refused(string config, int number)
    {
        using var folder = new TemporaryFolder();
        WriteAdapter(folder.FullPath, 4, 8, false);
        File.WriteAllText(folder.File("adapter_config.json"), config);
        Assert.Equal(number, Assert.Throws<NinaException>(() => LoraAdapter.Read(folder.FullPath, TestData.Nina)).Number);
    }

    [Fact]
    public void An_adapter_of_other_shapes_is_refused_before_anything_is_made()
    {
        using var folder = new TemporaryFolder();
        WriteTensors(folder.FullPath, [("layers.0.self_attn.q_proj", Values(0, 4, 64, 1), Values(1, 128, 4, 1))]);
        File.WriteAllText(folder.File("adapter_config.json"), """{"r":4,"lora_alpha":8}""");
        Assert.Equal(ErrorNumber.PatchMismatch, Assert.Throws<NinaException>(() => LoraAdapter.Read(folder.FullPath, TestData.Nina)).Number);
        WriteTensors(folder.FullPath, [("layers.9.self_attn.q_proj", Values(0, 4, 128, 1), Values(1, 128, 4, 1))]);
        Assert.Equal(ErrorNumber.PatchMismatch, Assert.Throws<NinaException>(() => LoraAdapter.Read(folder.FullPath, TestData.Nina)).Number);
        WriteTensors(folder.FullPath, [("layers.0.self_attn.q_proj", Values(0, 4, 128, 1), Values(1, 128, 3, 1))]);
        Assert.Equal(ErrorNumber.AdapterInvalid, Assert.Throws<NinaException>(() => LoraAdapter.Read(folder.FullPath, TestData.Nina)).Number);
    }

    [Fact]
    public void Patterns_give_modules_a_rank_and_alpha_of_their_own()
    {
        using var folder = new TemporaryFolder();
        WriteTensors(folder.FullPath, [("layers.0.self_attn.q_proj", Values(0, 2, 128, 1), Values(1, 128, 2, 1)), ("layers.0.self_attn.k_proj", Values(0, 4, 128, 1), Values(1, 64, 4, 1))]);
        File.WriteAllText(folder.File("adapter_config.json"), """{"r":4,"lora_alpha":8,"rank_pattern":{"q_proj":2},"alpha_pattern":{"layers.0.self_attn.q_proj":32}}""");
        Dictionary<TensorRole, double> scales = LoraAdapter.Read(folder.FullPath, TestData.Nina).Edits.ToDictionary(e => e.Target.Role, e => e.Multiplier);
        Assert.Equal(16, scales[TensorRole.AttentionQuery]);
        Assert.Equal(2, scales[TensorRole.AttentionKey]);
    }

    /// <summary>llama.cpp's converter interleaves the rows of lora_b as it does those of the query and key projections.</summary>
    [Fact]
    public void A_GGUF_adapter_is_the_PEFT_adapter_in_other_clothes()
    {
        using var folder = new TemporaryFolder();
        WeightMatrix a = Values(0, 4, 128, 0.05);
        WeightMatrix b = Values(7, 128, 4, 0.02);
        WeightMatrix downA = Values(3, 4, 512, 0.05);
        WriteTensors(folder.FullPath, [("layers.1.self_attn.q_proj", a, b), ("layers.1.mlp.down_proj", downA, b)]);
        File.WriteAllText(folder.File("adapter_config.json"), """{"r":4,"lora_alpha":8}""");
        int[] interleaved = [.. Enumerable.Range(0, 128).Select(row => (row / 16 * 16) + (row % 2 * 8) + (row % 16 / 2))];
        using (FileStream stream = File.Create(folder.File("adapter.gguf")))
        {
            GgufWriter.Write(
                stream,
                [("general.architecture", GgufValue.Of("llama")), ("general.type", GgufValue.Of("adapter")), ("adapter.type", GgufValue.Of("lora")), ("adapter.lora.alpha", GgufValue.Of(8f))],
                [
                    new TensorToWrite("blk.1.attn_q.weight.lora_a", DType.F32, [4, 128], () => a.Values),
                    new TensorToWrite("blk.1.attn_q.weight.lora_b", DType.F32, [128, 4], () => b.SelectRows(interleaved).Values),
                    new TensorToWrite("blk.1.ffn_down.weight.lora_a", DType.F32, [4, 512], () => downA.Values),
                    new TensorToWrite("blk.1.ffn_down.weight.lora_b", DType.F32, [128, 4], () => b.Values),
                ]);
        }

        LanguageModel model = TestData.Nina;
        float[] peft = Logits(ModelPatcher.Apply(model, [LoraAdapter.Read(folder.FullPath, model)]));
        Assert.Equal(peft, Logits(ModelPatcher.Apply(model, [LoraAdapter.Read(folder.File("adapter.gguf"), model)])));
        Assert.NotEqual(peft, Logits(model));
        Assert.Equal(ErrorNumber.AdapterInvalid, Assert.Throws<NinaException>(() => LoraAdapter.Read(Path.Combine(TestData.NinaMini, "model.safetensors"), model)).Number);
    }

    /// <summary>Corrupted patch files end in a numbered error or in a patch that is checked like any other.</summary>
    [Fact]
    public void A_damaged_patch_file_never_does_more_than_fail()
    {
        using var folder = new TemporaryFolder();
        ComponentPatch.Promote(TestData.Nina, [new ComponentId(ComponentKind.Neuron, 0, 1)], 5, 1).Write(folder.File("p"));
        byte[] good = File.ReadAllBytes(folder.File("p"));
        var random = new Random(17);
        for (int i = 0; i < 300; i++)
        {
            byte[] bad = (byte[])good.Clone();
            for (int k = 0; k < 3; k++)
            {
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            }

            string path = folder.Write($"p{i}", i % 5 == 0 ? bad[..random.Next(bad.Length)] : bad);
            try
            {
                ModelPatcher.Apply(TestData.Nina, [ModelPatch.Read(path)]);
            }
            catch (NinaException)
            {
            }
        }
    }

    private static double Gain(LanguageModel model, ModelPatch patch, int token) => Logits(ModelPatcher.Apply(model, [patch]))[token] - Logits(model)[token];

    private static float[] Logits(LanguageModel model)
    {
        int[] ids = model.Tokenizer.Encode(Prompt);
        InferenceSession session = model.StartSession(32);
        session.Append(ids, 0, ids.Length);
        return [.. session.LastLogits()];
    }

    private static float[] Ramp(int count) => [.. Enumerable.Range(0, count).Select(i => ((i % 17) - 8) / 64f)];

    private static WeightMatrix Values(int seed, int rows, int columns, double amplitude)
        => new(rows, columns, [.. Enumerable.Range(0, rows).SelectMany(i => Enumerable.Range(0, columns).Select(j => (float)(((((i * 31) + (j * 17) + (seed * 13)) % 101) - 50) / 50.0 * amplitude)))]);

    private static void WriteAdapter(string folder, int rank, int alpha, bool rankStabilised)
    {
        var tensors = new List<(string, WeightMatrix, WeightMatrix)>();
        for (int s = 0; s < 16; s++)
        {
            string module = AdaptedModules[s % 4];
            int rows = module == "mlp.gate_proj" ? 512 : module == "self_attn.v_proj" ? 64 : 128;
            int columns = module == "mlp.down_proj" ? 512 : 128;
            tensors.Add(($"layers.{s / 4}.{module}", Values(s, rank, columns, 0.05), Values(s + 7, rows, rank, 0.02)));
        }

        WriteTensors(folder, tensors);
        File.WriteAllText(
            Path.Combine(folder, "adapter_config.json"),
            JsonSerializer.Serialize(new { peft_type = "LORA", r = rank, lora_alpha = alpha, use_rslora = rankStabilised, bias = "none", modules_to_save = (string[]?)null, target_modules = AdaptedModules }));
    }

    private static void WriteTensors(string folder, IReadOnlyList<(string Module, WeightMatrix A, WeightMatrix B)> pairs)
    {
        var tensors = new List<TensorToWrite>();
        foreach ((string module, WeightMatrix a, WeightMatrix b) in pairs)
        {
            tensors.Add(new TensorToWrite($"base_model.model.model.{module}.lora_A.weight", DType.F32, [a.Rows, a.Columns], () => a.Values));
            tensors.Add(new TensorToWrite($"base_model.model.model.{module}.lora_B.weight", DType.F32, [b.Rows, b.Columns], () => b.Values));
        }

        using FileStream stream = File.Create(Path.Combine(folder, "adapter_model.safetensors"));
        SafetensorsWriter.Write(stream, tensors);
    }
}
