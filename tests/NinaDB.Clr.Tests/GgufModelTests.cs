using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Models;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Tests;

/// <summary>A model written as GGUF and read back is the same model.</summary>
public sealed class GgufModelTests
{
    [Fact]
    public void The_sample_as_gguf_has_the_same_tokens_weights_and_logits()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("nina.gguf");
        byte[] hash = GgufModelWriter.Write(path, TestData.Nina, DType.F32, new Dictionary<string, string> { ["ninadb.agent"] = "{\"a\":1}" });
        Assert.Equal(ContentHash.OfFile(path), hash);
        ModelFile file = ModelFile.Open(path);
        Assert.Equal("{\"a\":1}", file.Gguf!["ninadb.agent"]!.AsString());
        LanguageModel model = LanguageModel.Load(file);
        Assert.Equal(TestData.Nina.Weights.Layers[2].Query.Values, model.Weights.Layers[2].Query.Values);
        Assert.Equal(TestData.Nina.Weights.Layers[3].Down!.Values, model.Weights.Layers[3].Down!.Values);
        foreach (string text in TestData.Domains.SelectMany(d => TestData.ProbeTexts(d, 400).Concat(TestData.TestTexts(d, 100))).Concat(["", " ", "  a  b ", "naïve — 😀\n\t", "<s>x</s>"]))
        {
            Assert.Equal(TestData.Nina.Tokenizer.Encode(text), model.Tokenizer.Encode(text));
        }

        foreach (string text in TestData.Domains.Select(d => TestData.TestTexts(d, 1)[0]))
        {
            Assert.Equal(Logits(TestData.Nina, text), Logits(model, text));
        }

        Assert.Equal(ErrorNumber.WriteFailed, Assert.Throws<NinaException>(() => GgufModelWriter.Write(path, TestData.Nina, DType.F32)).Number);
    }

    [Theory]
    [InlineData(DType.F16, 0.02)]
    [InlineData(DType.BF16, 0.0001)]
    [InlineData(DType.Q8_0, 0.2)]
    [InlineData(DType.Q4_0, 4)]
    [InlineData(DType.Q4_K, 4)]
    public void Quantised_samples_stay_near_the_original(DType dtype, double bound)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("nina.gguf");
        GgufModelWriter.Write(path, TestData.Nina, dtype);
        ModelFile file = ModelFile.Open(path);
        Assert.Equal(dtype == DType.Q4_K ? DType.Q8_0 : dtype, file["blk.0.attn_q.weight"].DType);
        Assert.Equal(dtype, file["blk.0.ffn_down.weight"].DType);
        Assert.Equal(DType.F32, file["blk.0.attn_norm.weight"].DType);
        LanguageModel model = LanguageModel.Load(file);
        string text = TestData.TestTexts("chess", 1)[0];
        double worst = Logits(TestData.Nina, text).Zip(Logits(model, text)).Max(p => Math.Abs(p.First - p.Second));
        Assert.True(worst <= bound, $"{worst}");

        using var again = new MemoryStream();
        GgufWriter.Rewrite(again, file);
        Assert.Equal(File.ReadAllBytes(path), again.ToArray());
    }

    [SharedModelsFact]
    public void A_mixture_of_experts_goes_to_gguf_and_back()
    {
        using var folder = new TemporaryFolder();
        LanguageModel source = LanguageModel.Open(Path.Combine(TestData.SharedModels, "nina-mini-moe"));
        string path = folder.File("moe.gguf");
        GgufModelWriter.Write(path, source, DType.BF16);
        ModelFile file = ModelFile.Open(path);
        Assert.Equal([8L, 128L, 128L], file["blk.1.ffn_down_exps.weight"].Shape);
        LanguageModel model = LanguageModel.Load(file);
        string text = TestData.TestTexts("law", 1)[0];
        Assert.Equal(Logits(source, text), Logits(model, text));

        string back = folder.File("hf");
        HuggingFaceWriter.Write(back, model, DType.BF16);
        Assert.Equal(
            ContentHash.OfFile(Path.Combine(TestData.SharedModels, "nina-mini-moe", "model.safetensors")),
            ContentHash.OfFile(Path.Combine(back, "model.safetensors")));
    }

    [SharedModelsFact]
    public void The_story_model_survives_both_formats_with_every_tensor_the_same()
    {
        using var folder = new TemporaryFolder();
        string source = Path.Combine(TestData.SharedModels, "stories260K", "stories260K.gguf");
        ModelFile original = ModelFile.Open(source);
        LanguageModel model = LanguageModel.Load(original);
        HuggingFaceWriter.Write(folder.File("hf"), model, DType.F32);
        string path = folder.File("again.gguf");
        GgufModelWriter.Write(path, LanguageModel.Open(folder.File("hf")), DType.F32);
        ModelFile again = ModelFile.Open(path);
        using SegmentLease first = SegmentCache.Shared.Open(source);
        using SegmentLease second = SegmentCache.Shared.Open(path);
        foreach (TensorInfo tensor in original.Tensors.Where(t => again.Find(t.Name) != null || t.Name != "output.weight"))
        {
            Assert.Equal(TensorReader.ReadBytes(first.Segment, tensor, 0, (int)tensor.ByteLength), TensorReader.ReadBytes(second.Segment, again[tensor.Name], 0, (int)tensor.ByteLength));
        }
    }

    private static float[] Logits(LanguageModel model, string text)
    {
        int[] ids = model.Tokenizer.Encode(text);
        InferenceSession session = model.StartSession(ids.Length);
        session.Append(ids, 0, ids.Length);
        return session.LastLogits();
    }
}
