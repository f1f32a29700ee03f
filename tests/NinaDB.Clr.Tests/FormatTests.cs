using System.Buffers.Binary;
using System.Text;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Models;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Tests;

/// <summary>Headers of safetensors and GGUF: what is right is read, what is wrong is refused by number, with file, offset and reason.</summary>
public sealed class FormatTests
{
    private const string OneTensor = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";

    [Theory]
    [InlineData(OneTensor, 7, ErrorNumber.SafetensorsOffsets)]
    [InlineData(OneTensor, 9, ErrorNumber.SafetensorsHole)]
    [InlineData("{\"a\":{\"dtype\":\"F33\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, ErrorNumber.SafetensorsDType)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8, ErrorNumber.SafetensorsLength)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", 8, ErrorNumber.SafetensorsShape)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}", 8, ErrorNumber.SafetensorsShape)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,8]}}", 8, ErrorNumber.JsonValue)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", 8, ErrorNumber.SafetensorsOffsets)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8, ErrorNumber.SafetensorsHeader)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}}", 8, ErrorNumber.SafetensorsHeader)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, ErrorNumber.JsonDuplicateKey)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, ErrorNumber.DuplicateTensor)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, ErrorNumber.SafetensorsOverlap)]
    [InlineData("{\"a\":[[[[[[[[[[1]]]]]]]]]]}", 0, ErrorNumber.JsonValue)]
    [InlineData("{\"__metadata__\":{\"a\":\"b\",\"a\":\"c\"}}", 0, ErrorNumber.JsonDuplicateKey)]
    [InlineData("{\"a\":}", 0, ErrorNumber.JsonValue)]
    [InlineData("[]", 0, ErrorNumber.SafetensorsHeaderStart)]
    [InlineData("{\"__metadata__\":{\"a\":1}}", 0, ErrorNumber.SafetensorsMetadata)]
    [InlineData("{\"__metadata__\":[]}", 0, ErrorNumber.SafetensorsMetadata)]
    public void A_wrong_safetensors_header_is_refused(string header, int dataBytes, int number)
    {
        NinaException error = Assert.Throws<NinaException>(() => Read(Safetensors(header, dataBytes)));
        Assert.True(error.Number == number || (number == ErrorNumber.JsonValue && error.Number == ErrorNumber.JsonSyntax), error.Number + " " + error.Message);
        Assert.Contains("t.safetensors", error.Message, StringComparison.Ordinal);
        Assert.Contains("offset", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL)]
    [InlineData(1000UL)]
    [InlineData(100_000_001UL)]
    [InlineData(ulong.MaxValue)]
    public void A_header_length_that_cannot_be_is_refused(ulong length)
    {
        byte[] file = Safetensors(OneTensor, 8);
        BinaryPrimitives.WriteUInt64LittleEndian(file, length);
        Assert.Equal(ErrorNumber.SafetensorsHeaderLength, Assert.Throws<NinaException>(() => Read(file)).Number);
    }

    [Fact]
    public void Every_truncation_of_the_sample_is_refused()
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(TestData.NinaMini, "model.safetensors"));
        foreach (int length in Enumerable.Range(0, 64).Concat([100, 1000, 4000, 100_000, whole.Length - 1]))
        {
            Assert.Throws<NinaException>(() => Read(whole[..length]));
        }

        Assert.Equal(38, Read(whole).Tensors.Count);
    }

    [Fact]
    public void Deep_json_costs_an_error_not_a_stack()
    {
        byte[] text = Encoding.ASCII.GetBytes(new string('[', 1_000_000));
        Assert.Equal(ErrorNumber.JsonTooDeep, Assert.Throws<NinaException>(() => Json.JsonValue.Parse(text, "deep.json")).Number);
    }

    [Theory]
    [InlineData("{\"a\":1,\"a\":2}", ErrorNumber.JsonDuplicateKey)]
    [InlineData("{\"a\":1,}", ErrorNumber.JsonSyntax)]
    [InlineData("[1 2]", ErrorNumber.JsonSyntax)]
    [InlineData("[01]", ErrorNumber.JsonSyntax)]
    [InlineData("[\"\\ud800\"]", ErrorNumber.JsonSyntax)]
    [InlineData("[\"\u0001\"]", ErrorNumber.JsonSyntax)]
    [InlineData("[1]]", ErrorNumber.JsonSyntax)]
    [InlineData("", ErrorNumber.JsonSyntax)]
    public void Wrong_json_is_refused(string text, int number)
        => Assert.Equal(number, Assert.Throws<NinaException>(() => Json.JsonValue.Parse(text, "x.json")).Number);

    [Fact]
    public void Json_survives_a_round_trip()
    {
        const string text = "{\"a\":[1,2.5e-3,null,true,\"x\\\"\\n\\u0007é😀\"],\"b\":{}}";
        Assert.Equal(text, Json.JsonWriter.ToText(Json.JsonValue.Parse(text, "x.json"), indented: false));
    }

    [Fact]
    public void A_sharded_folder_opens_as_one_model_and_its_index_is_checked()
    {
        using var folder = new TemporaryFolder();
        IReadOnlyList<TensorToWrite> tensors = HuggingFaceWriter.Tensors(TestData.Nina, DType.BF16);
        WriteShard(folder.File("model-00001-of-00002.safetensors"), tensors.Take(20));
        WriteShard(folder.File("model-00002-of-00002.safetensors"), tensors.Skip(20));
        File.Copy(Path.Combine(TestData.NinaMini, "config.json"), folder.File("config.json"));
        File.Copy(Path.Combine(TestData.NinaMini, "tokenizer.json"), folder.File("tokenizer.json"));
        string index = Index(tensors.Select((t, i) => (t.Name, i < 20 ? 1 : 2)));
        File.WriteAllText(folder.File("model.safetensors.index.json"), index);
        LanguageModel model = LanguageModel.Open(folder.FullPath);
        Assert.Equal(TestData.Nina.Weights.Layers[3].Down!.Values, model.Weights.Layers[3].Down!.Values);

        File.WriteAllText(folder.File("model.safetensors.index.json"), Index(tensors.Select((t, i) => (t.Name, i < 21 ? 1 : 2))));
        Assert.Equal(ErrorNumber.ShardIndex, Assert.Throws<NinaException>(() => ModelFile.Open(folder.FullPath)).Number);
        File.WriteAllText(folder.File("model.safetensors.index.json"), index.Replace("model-00001-of", "../model-00001-of", StringComparison.Ordinal));
        Assert.Equal(ErrorNumber.ShardIndex, Assert.Throws<NinaException>(() => ModelFile.Open(folder.FullPath)).Number);
        File.WriteAllText(folder.File("model.safetensors.index.json"), index);
        File.Delete(folder.File("model-00002-of-00002.safetensors"));
        NinaException missing = Assert.Throws<NinaException>(() => ModelFile.Open(folder.FullPath));
        Assert.Equal(ErrorNumber.ShardMissing, missing.Number);
        Assert.Contains("model-00002-of-00002.safetensors", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shard_with_a_tensor_that_the_index_lacks_is_refused()
    {
        using var folder = new TemporaryFolder();
        IReadOnlyList<TensorToWrite> tensors = HuggingFaceWriter.Tensors(TestData.Nina, DType.BF16);
        WriteShard(folder.File("model-00001-of-00001.safetensors"), tensors);
        File.WriteAllText(folder.File("model.safetensors.index.json"), Index(tensors.Skip(1).Select(t => (t.Name, 1))).Replace("of-00002", "of-00001", StringComparison.Ordinal));
        NinaException error = Assert.Throws<NinaException>(() => ModelFile.Open(folder.FullPath));
        Assert.Equal(ErrorNumber.ShardIndex, error.Number);
        Assert.Contains(tensors[0].Name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_in_two_shards_is_refused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.safetensors", Safetensors(OneTensor, 8));
        folder.Write("b.safetensors", Safetensors(OneTensor, 8));
        NinaException error = Assert.Throws<NinaException>(() => ModelFile.Open("m", [folder.File("a.safetensors"), folder.File("b.safetensors")], null, null));
        Assert.Equal(ErrorNumber.DuplicateTensor, error.Number);
    }

    [Fact]
    public void What_is_written_is_read_back_in_every_type()
    {
        using var folder = new TemporaryFolder();
        float[] values = [0f, -0f, 1f, -1.5f, 65504f, 6.1035156e-5f, 5.9604645e-8f, float.NaN, float.PositiveInfinity, 3.14159f, 1e30f, -1e-30f];
        foreach (DType dtype in new[] { DType.F32, DType.F16, DType.BF16 })
        {
            string path = folder.File(dtype + ".safetensors");
            using (FileStream stream = File.Create(path))
            {
                SafetensorsWriter.Write(stream, [new TensorToWrite("t", dtype, [3, 4], () => values)]);
            }

            ModelFile file = ModelFile.Open(path);
            using SegmentLease lease = SegmentCache.Shared.Open(path);
            float[] read = TensorReader.ReadAll(lease.Segment, file["t"]);
            for (int i = 0; i < values.Length; i++)
            {
                float expected = dtype == DType.F16 ? (float)(Half)values[i] : dtype == DType.BF16 ? RoundToBFloat(values[i]) : values[i];
                Assert.Equal(BitConverter.SingleToInt32Bits(expected), BitConverter.SingleToInt32Bits(read[i]));
            }

            SegmentCache.Shared.Close(path);
        }
    }

    [Fact]
    public void An_exported_model_is_the_same_model()
    {
        using var folder = new TemporaryFolder();
        string target = folder.File("agent");
        HuggingFaceWriter.Write(target, TestData.Nina, DType.BF16, new Dictionary<string, string> { ["agent.json"] = "{}" });
        LanguageModel copy = LanguageModel.Open(target);
        Assert.Equal(TestData.Nina.Weights.Embedding.Values, copy.Weights.Embedding.Values);
        Assert.Equal(TestData.Nina.Config.FeedForwardSize, copy.Config.FeedForwardSize);
        int[] ids = TestData.Nina.EncodePassage("The knight on f3 attacks the pawn.");
        Assert.Equal(TestData.Nina.Score(ids).Nats, copy.Score(ids).Nats, 1e-9);
        Assert.Equal(ErrorNumber.WriteFailed, Assert.Throws<NinaException>(() => HuggingFaceWriter.Write(target, TestData.Nina, DType.BF16)).Number);
        Assert.Equal(["agent"], Directory.GetFileSystemEntries(folder.FullPath).Select(Path.GetFileName));
    }

    [SharedModelsFact]
    public void A_gguf_model_exports_as_hugging_face_and_says_the_same()
    {
        using var folder = new TemporaryFolder();
        LanguageModel gguf = LanguageModel.Open(Path.Combine(TestData.SharedModels, "stories260K", "stories260K.gguf"));
        HuggingFaceWriter.Write(folder.File("hf"), gguf, DType.F32);
        LanguageModel copy = LanguageModel.Open(folder.File("hf"));
        foreach (string text in new[] { "Once upon a time, there was a dog.", "  two blanks\nand a línea — 😀", "Lily's mom said, \"Don't worry!\"" })
        {
            Assert.Equal(gguf.Tokenizer.Encode(text), copy.Tokenizer.Encode(text));
            Assert.Equal(text, copy.Tokenizer.Decode(copy.Tokenizer.Encode(text)));
        }

        int[] ids = gguf.Tokenizer.Encode("Once upon a time, there was a little girl named Lily.");
        Assert.Equal(gguf.Score(ids).Nats, copy.Score(ids).Nats, 1e-6);
    }

    [SharedModelsFact]
    public void Gguf_and_the_same_weights_elsewhere_agree()
    {
        ModelFile file = ModelFile.Open(Path.Combine(TestData.SharedModels, "stories260K", "stories260K.gguf"));
        Assert.Equal(48, file.Tensors.Count);
        Assert.Equal(3u, file.Gguf!.Version);
        ModelConfig config = ModelConfig.Of(file);
        Assert.Null(config.UnsupportedReason);
        Assert.Equal((64, 172, 5, 8, 4, 512), (config.HiddenSize, config.FeedForwardSize, config.LayerCount, config.HeadCount, config.KeyValueHeadCount, config.VocabularySize));
    }

    [Fact]
    public void A_tokenizer_of_another_vocabulary_is_refused()
    {
        string config = File.ReadAllText(Path.Combine(TestData.NinaMini, "config.json"));
        string weights = Path.Combine(TestData.NinaMini, "model.safetensors");
        const string tiny = "{\"added_tokens\":[],\"model\":{\"type\":\"BPE\",\"unk_token\":\"a\",\"vocab\":{\"a\":0,\"b\":1},\"merges\":[]}}";
        NinaException error = Assert.Throws<NinaException>(() => LanguageModel.Load(ModelFile.Open("m", [weights], config, tiny)));
        Assert.Equal(ErrorNumber.TokenizerMismatch, error.Number);
        error = Assert.Throws<NinaException>(() => LanguageModel.Load(ModelFile.Open("m", [weights], config, null)));
        Assert.Equal(ErrorNumber.TokenizerMissing, error.Number);
        error = Assert.Throws<NinaException>(() => LanguageModel.Load(ModelFile.Open("m", [weights], config.Replace("\"intermediate_size\": 512", "\"intermediate_size\": 511", StringComparison.Ordinal), File.ReadAllText(Path.Combine(TestData.NinaMini, "tokenizer.json")))));
        Assert.Equal(ErrorNumber.TensorShape, error.Number);
        error = Assert.Throws<NinaException>(() => LanguageModel.Load(ModelFile.Open("m", [weights], config.Replace("\"llama\"", "\"mamba\"", StringComparison.Ordinal), null)));
        Assert.Equal(ErrorNumber.ArchitectureUnsupported, error.Number);
    }

    [Fact]
    public void Types_that_cannot_be_decoded_are_listed_and_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("q.safetensors", Safetensors("{\"a\":{\"dtype\":\"C64\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8));
        ModelFile file = ModelFile.Open(path);
        Assert.Equal(DType.C64, file["a"].DType);
        using SegmentLease lease = SegmentCache.Shared.Open(path);
        NinaException error = Assert.Throws<NinaException>(() => TensorReader.ReadAll(lease.Segment, file["a"]));
        Assert.Equal(ErrorNumber.DTypeNotDecodable, error.Number);
        Assert.Contains("C64", error.Message, StringComparison.Ordinal);
    }

    private static SafetensorsHeader Read(byte[] file) => SafetensorsHeader.Read(new MemoryStream(file), file.Length, "t.safetensors");

    private static byte[] Safetensors(string header, int dataBytes)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] file = new byte[8 + text.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)text.Length);
        text.CopyTo(file, 8);
        return file;
    }

    private static float RoundToBFloat(float value)
    {
        if (float.IsNaN(value))
        {
            return BitConverter.Int32BitsToSingle((BitConverter.SingleToInt32Bits(value) & ~0xFFFF) | 0x400000);
        }

        decimal low = BitConverter.SingleToInt32Bits(value) & 0xFFFF;
        int high = BitConverter.SingleToInt32Bits(value) & ~0xFFFF;
        bool up = low > 0x8000 || (low == 0x8000 && (high & 0x10000) != 0);
        return BitConverter.Int32BitsToSingle(up ? high + 0x10000 : high);
    }

    private static void WriteShard(string path, IEnumerable<TensorToWrite> tensors)
    {
        using FileStream stream = File.Create(path);
        SafetensorsWriter.Write(stream, [.. tensors]);
    }

    private static string Index(IEnumerable<(string Name, int Shard)> tensors)
        => "{\"metadata\":{},\"weight_map\":{" + string.Join(",", tensors.Select(t => $"\"{t.Name}\":\"model-0000{t.Shard}-of-00002.safetensors\"")) + "}}";
}
