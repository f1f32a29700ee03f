using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Json;
using NinaDB.Clr.Models;
using NinaDB.Clr.Quantization;
using NinaDB.Clr.Tensors;
using NinaDB.Clr.Tokenization;

namespace NinaDB.Clr.Fuzzing;

/// <summary>
/// Mutates valid files and gives them to the readers. Each input must be read, with everything inside its bounds, or be refused with a
/// numbered error, soon and in little memory. The same seed gives the same inputs on every platform.
/// </summary>
public sealed class HeaderFuzzer
{
    /// <summary>Bytes that one small input may make a reader allocate: buffers, and a small multiple of the input.</summary>
    private const long MaxAllocatedBytes = 8 << 20;

    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(2);

    private static readonly ulong[] Boundaries =
    {
        0, 1, 2, 7, 8, 31, 32, 127, 128, 255, 256, 32767, 65535, 65536, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000,
        0x7FFFFFFFFFFFFFFF, 0x8000000000000000, 0xFFFFFFFFFFFFFFFF, 100_000_000, 100_000_001,
    };

    private static readonly string[] Fragments =
    {
        "{", "}", "[", "]", "\"", ",", ":", "null", "true", "-1", "0", "1e309", "9223372036854775807", "9223372036854775808", "\\u0000", "\\ud800",
        "[[[[[[[[[[", "\"F32\"", "\"BF16\"", "\"data_offsets\"", "\"shape\"", "\"dtype\"", "\"__metadata__\"", "[0,0]", "[4294967296,4294967296]", "{}",
    };

    private readonly List<Target> _targets = new List<Target>();
    private ulong _random;

    /// <summary>Creates a fuzzer.</summary>
    public HeaderFuzzer(long seed)
    {
        _random = (ulong)seed;
        byte[] safetensors = ValidSafetensors();
        byte[] gguf = ValidGguf();
        _targets.Add(new Target("safetensors", safetensors, ReadSafetensors));
        _targets.Add(new Target("gguf", gguf, ReadGguf));
        _targets.Add(new Target("blocks.gguf", ValidBlocks(), ReadGguf));
        _targets.Add(new Target("types.safetensors", ValidTypes(), ReadSafetensors));
        _targets.Add(new Target("tokenizer.json", Encoding.UTF8.GetBytes(ValidTokenizer), bytes => TokenizerJsonReader.Read(Encoding.UTF8.GetString(bytes)).Encode("ab <s> é")));
        _targets.Add(new Target("config.json", Encoding.UTF8.GetBytes(ValidConfig), ReadConfig));
        _targets.Add(new Target("json", Encoding.UTF8.GetBytes(ValidConfig), bytes => JsonValue.Parse(bytes, "x.json")));
        _targets.Add(new Target("config.json of Llama 4", Encoding.UTF8.GetBytes(Llama4Config), ReadConfig));
        _targets.Add(new Target("config.json of a Qwen mixture", Encoding.UTF8.GetBytes(QwenConfig), ReadConfig));
        _targets.Add(new Target("byte-level tokenizer.json", Encoding.UTF8.GetBytes(TokenizerSamples.WithAddedTokens), bytes => TokenizerSamples.Exercise(TokenizerJsonReader.Read(Encoding.UTF8.GetString(bytes)))));
        _targets.Add(new Target("unigram tokenizer.json", Encoding.UTF8.GetBytes(TokenizerSamples.Unigram(true)), bytes => TokenizerSamples.Exercise(TokenizerJsonReader.Read(Encoding.UTF8.GetString(bytes)))));
        _targets.Add(new Target("tokenizer.model", TokenizerSamples.SentencePiece(), bytes => TokenizerSamples.Exercise(SentencePieceReader.Read(bytes))));
    }

    /// <summary>How many inputs were read without an error.</summary>
    public long Accepted { get; private set; }

    /// <summary>How many inputs were refused, by error number.</summary>
    public SortedDictionary<int, long> Refused { get; } = new SortedDictionary<int, long>();

    /// <summary>Runs inputs; returns a description of the first that misbehaves, with the input in hexadecimal, or null.</summary>
    public string? Run(long count, Action<long>? progress = null)
    {
        foreach (Target target in _targets)
        {
            target.Read(target.Valid);
        }

        var watch = new Stopwatch();
        for (long i = 0; i < count; i++)
        {
            Target target = _targets[(int)(i % 15) switch { 0 => 4, 1 => 5, 2 => 6, 3 => 0, 4 => 0, 5 => 3, 6 => 2, 7 => 2, 8 => 7, 9 => 8, 10 => 9, 11 => 10, 12 => 11, _ => 1 }];
            byte[] input = Mutate(target.Valid);
            string? problem = null;
            long before = AllocatedBytes();
            watch.Restart();
            try
            {
                target.Read(input);
                Accepted++;
            }
            catch (NinaException error)
            {
                Refused.TryGetValue(error.Number, out long seen);
                Refused[error.Number] = seen + 1;
                if (error.Number < 51000 || error.Number > 51999 || string.IsNullOrEmpty(error.Message))
                {
                    problem = "an error without a number or message";
                }
            }
            catch (Exception error)
            {
                problem = error.ToString();
            }

            if (watch.Elapsed > MaxTime)
            {
                problem = "took " + watch.Elapsed;
            }

            if (AllocatedBytes() - before > MaxAllocatedBytes)
            {
                problem = "allocated " + (AllocatedBytes() - before) + " bytes";
            }

            if (problem != null)
            {
                return "input " + i + " for " + target.Name + ": " + problem + "\n" + BitConverter.ToString(input).Replace("-", string.Empty);
            }

            if ((i + 1) % 100_000 == 0)
            {
                progress?.Invoke(i + 1);
            }
        }

        return null;
    }

    private static long AllocatedBytes()
#if NETFRAMEWORK
        => 0;
#else
        => GC.GetAllocatedBytesForCurrentThread();
#endif

    private static void ReadSafetensors(byte[] bytes)
    {
        SafetensorsHeader header = SafetensorsHeader.Read(new MemoryStream(bytes), bytes.Length, "x.safetensors");
        CheckTensors(header.Tensors, bytes.Length);
        DecodeAll(header.Tensors, bytes);
    }

    /// <summary>Whatever the bytes of an accepted tensor are, they decode; no block reads or writes outside of its own.</summary>
    private static unsafe void DecodeAll(IReadOnlyList<TensorInfo> tensors, byte[] bytes)
    {
        fixed (byte* start = bytes)
        {
            foreach (TensorInfo tensor in tensors)
            {
                if (!DTypeInfo.Of(tensor.DType).IsDecodable || tensor.ElementCount == 0)
                {
                    continue;
                }

                float[] values = new float[tensor.ElementCount + 1];
                values[values.Length - 1] = 12345f;
                fixed (float* target = values)
                {
                    BlockCodec.Decode(tensor.DType, start + tensor.ByteOffset, target, tensor.ElementCount);
                }

                if (values[values.Length - 1] != 12345f)
                {
                    throw new InvalidOperationException("Decoding " + tensor + " wrote behind its numbers.");
                }
            }
        }
    }

    /// <summary>A file with a tensor of every GGUF type that can be decoded.</summary>
    private static byte[] ValidBlocks()
    {
        var tensors = new List<TensorToWrite>();
        foreach (DType type in Enum.GetValues(typeof(DType)))
        {
            if (type != DType.Unknown && DTypeInfo.Of(type).GgufId >= 0)
            {
                tensors.Add(Bytes(type));
            }
        }

        var stream = new MemoryStream();
        GgufWriter.Write(
            stream,
            new List<(string, GgufValue)>
            {
                ("general.architecture", GgufValue.Of("none")),
                ("split.no", GgufValue.Of((ushort)0)),
                ("split.count", GgufValue.Of((ushort)1)),
                ("general.alignment", GgufValue.Of(8u)),
            },
            tensors,
            2);
        return stream.ToArray();
    }

    /// <summary>A file with a tensor of every safetensors type.</summary>
    private static byte[] ValidTypes()
    {
        var tensors = new List<TensorToWrite>();
        foreach (DType type in Enum.GetValues(typeof(DType)))
        {
            if (type != DType.Unknown && DTypeInfo.Of(type).SafetensorsName != null)
            {
                tensors.Add(Bytes(type));
            }
        }

        var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, tensors, new Dictionary<string, string> { ["b"] = "1", ["a"] = "\"" });
        return stream.ToArray();
    }

    private static TensorToWrite Bytes(DType type)
    {
        DTypeInfo info = DTypeInfo.Of(type);
        long elements = Math.Max(4, info.BlockElements);
        byte[] data = new byte[info.ByteLength(elements)];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (byte)(i * 37);
        }

        return TensorToWrite.OfBytes(info.Name, type, new[] { elements }, s => s.Write(data, 0, data.Length));
    }

    /// <summary>A configuration that is accepted answers for every layer, and can be written.</summary>
    private static void ReadConfig(byte[] bytes)
    {
        ModelConfig config = ModelConfig.FromJson(Encoding.UTF8.GetString(bytes), "config.json");
        for (int layer = 0; config.UnsupportedReason == null && layer < Math.Min(config.LayerCount, 64); layer++)
        {
            config.IsMixtureLayer(layer);
            if (config.FirstVisible(layer, 100) > 100 || (config.UsesRotary(layer) && config.RotarySize > config.HeadSize))
            {
                throw new InvalidOperationException("A layer that cannot be was accepted.");
            }
        }
    }

    private static void ReadGguf(byte[] bytes)
    {
        GgufHeader header = GgufHeader.Read(new MemoryStream(bytes), bytes.Length, "x.gguf");
        CheckTensors(header.Tensors, bytes.Length);
        DecodeAll(header.Tensors, bytes);
        ModelConfig.FromGguf(header, "x.gguf", header.Tensors);
        if (TokenizerGgufReader.IsPresent(header))
        {
            TokenizerGgufReader.Read(header, "x.gguf").Encode("ab <s> é");
        }
    }

    /// <summary>What was accepted must be true.</summary>
    private static void CheckTensors(IReadOnlyList<TensorInfo> tensors, long length)
    {
        foreach (TensorInfo tensor in tensors)
        {
            long bytes = DTypeInfo.Of(tensor.DType).ByteLength(tensor.ElementCount);
            if (bytes != tensor.ByteLength || tensor.ByteOffset < 0 || tensor.ByteOffset > length - bytes)
            {
                throw new InvalidOperationException("The tensor " + tensor + " was accepted, outside the file.");
            }
        }
    }

    private byte[] Mutate(byte[] valid)
    {
        byte[] input = (byte[])valid.Clone();
        int rounds = 1 + SeededRandom.Next(ref _random, 4);
        for (int r = 0; r < rounds && input.Length > 0; r++)
        {
            int at = SeededRandom.Next(ref _random, input.Length);
            switch (SeededRandom.Next(ref _random, 12))
            {
                case 0:
                    input[at] ^= (byte)(1 << SeededRandom.Next(ref _random, 8));
                    break;
                case 1:
                    input[at] = (byte)SeededRandom.Next(ref _random, 256);
                    break;
                case 2:
                    Array.Resize(ref input, at);
                    break;
                case 3:
                    Overwrite(input, at, BitConverter.GetBytes(Boundaries[SeededRandom.Next(ref _random, Boundaries.Length)]), SeededRandom.Next(ref _random, 2) == 0 ? 8 : 4);
                    break;
                case 4:
                    input = Splice(input, at, Math.Min(input.Length - at, SeededRandom.Next(ref _random, 16)), new byte[0]);
                    break;
                case 5:
                    input = Splice(input, at, 0, Encoding.UTF8.GetBytes(Fragments[SeededRandom.Next(ref _random, Fragments.Length)]));
                    break;
                case 6:
                    byte[] fragment = Encoding.UTF8.GetBytes(Fragments[SeededRandom.Next(ref _random, Fragments.Length)]);
                    Overwrite(input, at, fragment, fragment.Length);
                    break;
                case 7:
                    int length = Math.Min(input.Length - at, 1 + SeededRandom.Next(ref _random, 64));
                    byte[] part = new byte[length];
                    Array.Copy(input, at, part, 0, length);
                    input = Splice(input, SeededRandom.Next(ref _random, input.Length), 0, part);
                    break;
                case 8:
                case 9:
                case 10:
                    // Another digit keeps the grammar and changes a shape or an offset.
                    int digit = Array.FindIndex(input, at, b => b >= '0' && b <= '9');
                    if (digit >= 0)
                    {
                        input[digit] = (byte)('0' + SeededRandom.Next(ref _random, 10));
                    }

                    break;
                default:
                    Array.Resize(ref input, input.Length + SeededRandom.Next(ref _random, 64));
                    break;
            }
        }

        return input;
    }

    private static void Overwrite(byte[] input, int at, byte[] value, int count)
        => Array.Copy(value, 0, input, at, Math.Min(Math.Min(count, value.Length), input.Length - at));

    private static byte[] Splice(byte[] input, int at, int removed, byte[] inserted)
    {
        byte[] result = new byte[input.Length - removed + inserted.Length];
        Array.Copy(input, 0, result, 0, at);
        Array.Copy(inserted, 0, result, at, inserted.Length);
        Array.Copy(input, at + removed, result, at + inserted.Length, input.Length - at - removed);
        return result;
    }

    private static byte[] ValidSafetensors()
    {
        var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, new[]
        {
            new TensorToWrite("model.embed_tokens.weight", DType.BF16, new long[] { 4, 3 }, () => new float[12]),
            new TensorToWrite("model.norm.weight", DType.F32, new long[] { 3 }, () => new float[3]),
            new TensorToWrite("empty", DType.F16, new long[] { 0, 7 }, () => new float[0]),
            new TensorToWrite("scalar", DType.F32, new long[0], () => new float[1]),
        });
        return stream.ToArray();
    }

    private static byte[] ValidGguf()
    {
        var stream = new MemoryStream();
        var writer = new BinaryWriter(stream);
        writer.Write(GgufHeader.Magic);
        writer.Write(3u);
        writer.Write(2ul);
        writer.Write(10ul);
        WriteKey(writer, "general.architecture", 8, w => WriteString(w, "llama"));
        WriteKey(writer, "general.alignment", 4, w => w.Write(32u));
        WriteKey(writer, "llama.block_count", 4, w => w.Write(1u));
        WriteKey(writer, "llama.rope.freq_base", 6, w => w.Write(10000f));
        WriteKey(writer, "flag", 7, w => w.Write((byte)1));
        WriteKey(writer, "big", 10, w => w.Write(ulong.MaxValue));
        WriteKey(writer, "nested", 9, w =>
        {
            w.Write(9u);
            w.Write(1ul);
            w.Write(5u);
            w.Write(2ul);
            w.Write(1);
            w.Write(2);
        });
        WriteKey(writer, "tokenizer.ggml.model", 8, w => WriteString(w, "llama"));
        WriteKey(writer, "tokenizer.ggml.tokens", 9, w =>
        {
            string[] tokens = { "<unk>", "<s>", "</s>", "\u2581", "a", "b", "ab", "\u2581ab" };
            w.Write(8u);
            w.Write((ulong)tokens.Length);
            foreach (string token in tokens)
            {
                WriteString(w, token);
            }
        });
        WriteKey(writer, "tokenizer.ggml.scores", 9, w =>
        {
            w.Write(6u);
            w.Write(8ul);
            for (int i = 0; i < 8; i++)
            {
                w.Write((float)i);
            }
        });
        WriteString(writer, "token_embd.weight");
        writer.Write(2u);
        writer.Write(4ul);
        writer.Write(8ul);
        writer.Write(0u);
        writer.Write(0ul);
        WriteString(writer, "blk.0.attn_q.weight");
        writer.Write(2u);
        writer.Write(32ul);
        writer.Write(2ul);
        writer.Write(8u);
        writer.Write(128ul);
        while (stream.Length % 32 != 0)
        {
            writer.Write((byte)0);
        }

        writer.Write(new byte[128 + 68]);
        return stream.ToArray();
    }

    private static void WriteKey(BinaryWriter writer, string key, uint type, Action<BinaryWriter> value)
    {
        WriteString(writer, key);
        writer.Write(type);
        value(writer);
    }

    private static void WriteString(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private const string Llama4Config = "{\"model_type\":\"llama4\",\"text_config\":{\"model_type\":\"llama4_text\",\"hidden_size\":8,\"intermediate_size\":4,\"intermediate_size_mlp\":16,"
        + "\"num_hidden_layers\":4,\"num_attention_heads\":2,\"num_key_value_heads\":1,\"head_dim\":4,\"vocab_size\":9,\"max_position_embeddings\":64,\"rms_norm_eps\":1e-5,"
        + "\"rope_theta\":500000,\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8,\"low_freq_factor\":1,\"high_freq_factor\":4,\"original_max_position_embeddings\":16},"
        + "\"num_local_experts\":4,\"num_experts_per_tok\":1,\"interleave_moe_layer_step\":2,\"moe_layers\":[1,3],\"no_rope_layers\":[1,1,1,0],\"attention_chunk_size\":8,"
        + "\"use_qk_norm\":true,\"attn_temperature_tuning\":4,\"attn_scale\":0.1,\"floor_scale\":8192,"
        + "\"layer_types\":[\"chunked_attention\",\"chunked_attention\",\"chunked_attention\",\"full_attention\"]}}";

    private const string QwenConfig = "{\"model_type\":\"qwen2_moe\",\"hidden_size\":8,\"intermediate_size\":16,\"num_hidden_layers\":3,\"num_attention_heads\":2,\"num_key_value_heads\":2,"
        + "\"vocab_size\":9,\"max_position_embeddings\":64,\"rms_norm_eps\":1e-6,\"num_experts\":6,\"num_experts_per_tok\":2,\"moe_intermediate_size\":4,"
        + "\"shared_expert_intermediate_size\":8,\"norm_topk_prob\":false,\"decoder_sparse_step\":1,\"mlp_only_layers\":[0],\"use_sliding_window\":true,\"sliding_window\":8,"
        + "\"max_window_layers\":1,\"rope_scaling\":{\"type\":\"yarn\",\"factor\":4,\"original_max_position_embeddings\":16,\"beta_fast\":32}}";

    private const string ValidConfig =
        "{\"model_type\":\"llama\",\"hidden_size\":8,\"num_hidden_layers\":1,\"num_attention_heads\":2,\"num_key_value_heads\":1,\"intermediate_size\":16,"
        + "\"vocab_size\":8,\"max_position_embeddings\":16,\"rms_norm_eps\":1e-05,\"rope_theta\":10000.0,\"rope_scaling\":null,\"eos_token_id\":[2,1],\"x\":\"\\u00e9\\n\"}";

    private const string ValidTokenizer =
        "{\"added_tokens\":[{\"id\":0,\"content\":\"<unk>\",\"special\":true},{\"id\":1,\"content\":\"<s>\",\"special\":true}],"
        + "\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Prepend\",\"prepend\":\"\u2581\"},{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"\u2581\"}]},"
        + "\"pre_tokenizer\":null,\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"<s>\",\"type_id\":0}},{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}],"
        + "\"special_tokens\":{\"<s>\":{\"id\":\"<s>\",\"ids\":[1],\"tokens\":[\"<s>\"]}}},\"decoder\":{\"type\":\"ByteFallback\"},"
        + "\"model\":{\"type\":\"BPE\",\"unk_token\":\"<unk>\",\"byte_fallback\":true,\"vocab\":{\"<unk>\":0,\"<s>\":1,\"a\":2,\"b\":3,\"ab\":4,\"\u2581\":5},\"merges\":[\"a b\"]}}";

    /// <summary>A reader and the file that it is fed with, mutated.</summary>
    private sealed class Target
    {
        public Target(string name, byte[] valid, Action<byte[]> read)
        {
            Name = name;
            Valid = valid;
            Read = read;
        }

        public string Name { get; }

        public byte[] Valid { get; }

        public Action<byte[]> Read { get; }
    }
}
