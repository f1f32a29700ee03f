using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Models;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Tests;

/// <summary>Stored models written into folders: byte for byte, with another type, in the other format; whole or not at all.</summary>
public sealed class ModelExportTests
{
    [Fact]
    public void As_it_came_is_byte_for_byte()
    {
        using var folder = new TemporaryFolder();
        string target = folder.File("out");
        IReadOnlyList<WrittenModelFile> written = Export(TestData.NinaMini).Write(target, null, null);
        Assert.All(written, f => Assert.Equal(ContentHash.OfFile(Path.Combine(TestData.NinaMini, f.Name)), f.Sha256));
        Assert.Equal(written.Select(f => f.Name), Directory.GetFiles(target).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal));
        Assert.Equal(written.Count, Export(TestData.NinaMini).Write(folder.File("same"), ModelFormat.Safetensors, DType.BF16).Count);
        Assert.Equal(ErrorNumber.WriteFailed, Assert.Throws<NinaException>(() => Export(TestData.NinaMini).Write(target, null, null)).Number);
    }

    [Fact]
    public void Altered_bytes_are_never_passed_on()
    {
        using var folder = new TemporaryFolder();
        var stored = new[] { new StoredFile("model.safetensors", Path.Combine(TestData.NinaMini, "model.safetensors"), true, new byte[32]) };
        var export = new ModelExport("x", stored, ModelFile.Open(TestData.NinaMini), () => TestData.Nina);
        Assert.Equal(ErrorNumber.HashMismatch, Assert.Throws<NinaException>(() => export.Write(folder.File("out"), null, null)).Number);
        Assert.Empty(Directory.GetFileSystemEntries(folder.FullPath));
        Assert.Throws<NinaException>(() => new StoredFile("../x", "y", true, null));
    }

    [Fact]
    public void There_and_back_the_weights_file_is_the_same()
    {
        using var folder = new TemporaryFolder();
        WrittenModelFile gguf = Assert.Single(Export(TestData.NinaMini).Write(folder.File("gguf"), ModelFormat.Gguf, null));
        Assert.Equal("nina-mini-BF16.gguf", gguf.Name);
        Export(folder.File("gguf")).Write(folder.File("back"), ModelFormat.Safetensors, null);
        Assert.Equal(
            ContentHash.OfFile(Path.Combine(TestData.NinaMini, "model.safetensors")), ContentHash.OfFile(Path.Combine(folder.File("back"), "model.safetensors")));
        LanguageModel model = LanguageModel.Open(folder.File("back"));
        foreach (string text in TestData.TestTexts("music", 50))
        {
            Assert.Equal(TestData.Nina.Tokenizer.Encode(text), model.Tokenizer.Encode(text));
        }
    }

    [Fact]
    public void Another_type_converts_what_are_weights_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("in"));
        byte[] ids = [1, 2, 3, 4, 5, 6, 7, 8];
        using (FileStream stream = File.Create(folder.File("in/model.safetensors")))
        {
            SafetensorsWriter.Write(
                stream,
                [new TensorToWrite("w", DType.F32, [2, 2], () => [1f, 2f, 3f, 4.00390625f]), TensorToWrite.OfBytes("ids", DType.I64, [1], s => s.Write(ids))],
                new Dictionary<string, string> { ["who"] = "me" });
        }

        File.WriteAllText(folder.File("in/config.json"), "{\"model_type\":\"unheard-of\",\"torch_dtype\":\"float32\"}");
        Export(folder.File("in")).Write(folder.File("out"), null, DType.BF16);
        ModelFile file = ModelFile.Open(folder.File("out"));
        Assert.Equal((DType.BF16, DType.I64), (file["w"].DType, file["ids"].DType));
        Assert.Equal("me", file.Metadata["who"]);
        Assert.Contains("bfloat16", file.ConfigJson, StringComparison.Ordinal);
        using (SegmentLease lease = SegmentCache.Shared.Open(file.Files[0].Path))
        {
            Assert.Equal([1f, 2f, 3f, 4f], TensorReader.ReadAll(lease.Segment, file["w"]));
            Assert.Equal(ids, TensorReader.ReadBytes(lease.Segment, file["ids"], 0, 8));
        }

        Assert.Equal(ErrorNumber.DTypeNotEncodable, Assert.Throws<NinaException>(() => Export(folder.File("in")).Write(folder.File("no"), null, DType.Q8_0)).Number);
        Assert.Equal(ErrorNumber.DTypeNotEncodable, Assert.Throws<NinaException>(() => Export(folder.File("in")).Write(folder.File("no"), ModelFormat.Gguf, DType.Q6_K)).Number);
        Assert.False(Directory.Exists(folder.File("no")));
    }

    [SharedModelsFact]
    public void A_gguf_file_gets_another_type_with_its_metadata_kept()
    {
        using var folder = new TemporaryFolder();
        string source = Path.Combine(TestData.SharedModels, "stories260K", "stories260K.gguf");
        Export(source).Write(folder.File("out"), null, DType.Q8_0);
        ModelFile before = ModelFile.Open(source);
        ModelFile after = ModelFile.Open(folder.File("out"));
        Assert.Equal(before.Gguf!.Keys, after.Gguf!.Keys);
        Assert.Equal(DType.Q8_0, after["blk.0.attn_q.weight"].DType);
        Assert.Equal(DType.F16, after["blk.0.ffn_down.weight"].DType);
        Assert.Equal(DType.F32, after["blk.0.attn_norm.weight"].DType);
        Assert.NotNull(LanguageModel.Load(after));
        Export(source).Write(folder.File("same"), null, null);
        Assert.Equal(ContentHash.OfFile(source), ContentHash.OfFile(folder.File("same/stories260K.gguf")));
    }

    [SharedModelsFact]
    public void What_has_no_equal_in_the_other_format_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        ModelExport export = Export(Path.Combine(TestData.SharedModels, "nano-gpt", "model.safetensors"), () => TestData.Nina.With("gpt", ModelConfig.FromJson("{\"model_type\":\"unheard-of\",\"hidden_size\":128,\"vocab_size\":2048}", "c"), TestData.Nina.Weights));
        NinaException error = Assert.Throws<NinaException>(() => export.Write(folder.File("out"), ModelFormat.Gguf, DType.F16));
        Assert.Equal(ErrorNumber.FormatConversion, error.Number);
        Assert.Contains("unheard-of", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.FullPath));
    }

    private static ModelExport Export(string path, Func<LanguageModel>? load = null)
    {
        ModelFile file = ModelFile.Open(path);
        List<StoredFile> stored = [.. file.Files.Select(f => new StoredFile(Path.GetFileName(f.Path), f.Path, true, ContentHash.OfFile(f.Path)))];
        string folder = Path.GetDirectoryName(file.Files[0].Path)!;
        foreach (string name in new[] { "config.json", "tokenizer.json", "tokenizer_config.json" }.Where(n => file.Format == ModelFormat.Safetensors && File.Exists(Path.Combine(folder, n))))
        {
            stored.Add(new StoredFile(name, Path.Combine(folder, name), false, ContentHash.OfFile(Path.Combine(folder, name))));
        }

        return new ModelExport("nina-mini", stored, file, load ?? (() => LanguageModel.Load(file)));
    }
}
