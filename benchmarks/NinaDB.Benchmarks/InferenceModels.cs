using System.Buffers.Binary;
using System.Text;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Benchmarks;

/// <summary>GGUF files for the inference benchmark: the sample model, and a Llama of a given size with random weights. The vocabulary is made up; only token numbers are used.</summary>
internal static class InferenceModels
{
    private const int Alignment = 32;
    private const int HeaderText = 8;

    /// <summary>The shape of a model.</summary>
    internal sealed record Shape(int Layers, int Hidden, int FeedForward, int Heads, int KeyHeads, int HeadSize, int Vocabulary, int Context, bool Tied);

    /// <summary>1.1 billion parameters.</summary>
    public static Shape Billion { get; } = new(16, 2048, 8192, 32, 8, 64, 32000, 2048, Tied: true);

    private delegate void RowSource(int row, Span<float> target);

    /// <summary>Writes a model with random weights, the same for the same shape.</summary>
    public static void WriteRandom(string path, Shape shape, DType type)
        => Write(path, shape, type, (name, _) => name.EndsWith("norm.weight", StringComparison.Ordinal)
            ? (_, row) => row.Fill(1f)
            : (r, row) => Random(name, r, row));

    /// <summary>Writes a loaded Llama model. Query and key rows go interleaved, as the format has them.</summary>
    public static void WriteModel(string path, LanguageModel model, DType type)
    {
        ModelConfig config = model.Config;
        var shape = new Shape(
            config.LayerCount, config.HiddenSize, config.FeedForwardSize, config.HeadCount, config.KeyValueHeadCount, config.HeadSize, config.VocabularySize, config.ContextLength,
            ReferenceEquals(model.Weights.Embedding, model.Weights.OutputHead));
        Write(path, shape, type, (name, layer) =>
        {
            ModelWeights weights = model.Weights;
            if (layer < 0)
            {
                return name switch
                {
                    "token_embd.weight" => Rows(weights.Embedding),
                    "output.weight" => Rows(weights.OutputHead),
                    _ => Vector(weights.FinalNorm),
                };
            }

            LayerWeights w = weights.Layers[layer];
            return name[(name.IndexOf('.', 4) + 1)..] switch
            {
                "attn_norm.weight" => Vector(w.AttentionNorm),
                "ffn_norm.weight" => Vector(w.FeedForwardNorm),
                "attn_q.weight" => Interleaved(w.Query, config.HeadSize),
                "attn_k.weight" => Interleaved(w.Key, config.HeadSize),
                "attn_v.weight" => Rows(w.Value),
                "attn_output.weight" => Rows(w.Output),
                "ffn_gate.weight" => Rows(w.Gate!),
                "ffn_up.weight" => Rows(w.Up),
                _ => Rows(w.Down),
            };
        });

        static RowSource Rows(WeightMatrix matrix) => (r, row) => matrix.Row(r).CopyTo(row);
        static RowSource Vector(float[] vector) => (_, row) => vector.CopyTo(row);
        static RowSource Interleaved(WeightMatrix matrix, int size) => (r, row) =>
        {
            int inHead = r % size;
            matrix.Row(r - inHead + (inHead / 2) + (inHead % 2 * (size / 2))).CopyTo(row);
        };
    }

    private static void Write(string path, Shape shape, DType type, Func<string, int, RowSource> source)
    {
        List<(string Name, int Layer, int Rows, int Columns)> tensors = Tensors(shape);
        using FileStream stream = File.Create(path);
        using (var header = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            WriteHeader(header, shape, tensors, type);
        }

        foreach ((string name, int layer, int rows, int columns) in tensors)
        {
            Pad(stream);
            WriteTensor(stream, source(name, layer), rows, columns, rows == 1 ? DType.F32 : type);
        }
    }

    private static List<(string Name, int Layer, int Rows, int Columns)> Tensors(Shape s)
    {
        List<(string, int, int, int)> list = [("token_embd.weight", -1, s.Vocabulary, s.Hidden)];
        for (int l = 0; l < s.Layers; l++)
        {
            string prefix = $"blk.{l}.";
            list.AddRange(
            [
                (prefix + "attn_norm.weight", l, 1, s.Hidden),
                (prefix + "attn_q.weight", l, s.Heads * s.HeadSize, s.Hidden),
                (prefix + "attn_k.weight", l, s.KeyHeads * s.HeadSize, s.Hidden),
                (prefix + "attn_v.weight", l, s.KeyHeads * s.HeadSize, s.Hidden),
                (prefix + "attn_output.weight", l, s.Hidden, s.Heads * s.HeadSize),
                (prefix + "ffn_norm.weight", l, 1, s.Hidden),
                (prefix + "ffn_gate.weight", l, s.FeedForward, s.Hidden),
                (prefix + "ffn_up.weight", l, s.FeedForward, s.Hidden),
                (prefix + "ffn_down.weight", l, s.Hidden, s.FeedForward),
            ]);
        }

        list.Add(("output_norm.weight", -1, 1, s.Hidden));
        if (!s.Tied)
        {
            list.Add(("output.weight", -1, s.Vocabulary, s.Hidden));
        }

        return list;
    }

    private static void WriteHeader(BinaryWriter w, Shape s, List<(string Name, int Layer, int Rows, int Columns)> tensors, DType type)
    {
        string[] vocabulary = [.. Enumerable.Range(0, s.Vocabulary).Select(i => i switch { 0 => "<unk>", 1 => "<s>", 2 => "</s>", < 259 => $"<0x{i - 3:X2}>", _ => "t" + i })];
        (string Key, object Value)[] metadata =
        [
            ("general.architecture", "llama"),
            ("general.name", "benchmark"),
            ("llama.block_count", (uint)s.Layers),
            ("llama.context_length", (uint)s.Context),
            ("llama.embedding_length", (uint)s.Hidden),
            ("llama.feed_forward_length", (uint)s.FeedForward),
            ("llama.attention.head_count", (uint)s.Heads),
            ("llama.attention.head_count_kv", (uint)s.KeyHeads),
            ("llama.attention.key_length", (uint)s.HeadSize),
            ("llama.attention.value_length", (uint)s.HeadSize),
            ("llama.attention.layer_norm_rms_epsilon", 1e-5f),
            ("llama.rope.dimension_count", (uint)s.HeadSize),
            ("llama.rope.freq_base", 10000f),
            ("llama.vocab_size", (uint)s.Vocabulary),
            ("tokenizer.ggml.model", "llama"),
            ("tokenizer.ggml.tokens", vocabulary),
            ("tokenizer.ggml.scores", Enumerable.Range(0, s.Vocabulary).Select(i => -(float)i).ToArray()),
            ("tokenizer.ggml.token_type", Enumerable.Range(0, s.Vocabulary).Select(i => i == 0 ? 2 : i < 3 ? 3 : i < 259 ? 6 : 1).ToArray()),
            ("tokenizer.ggml.bos_token_id", 1u),
            ("tokenizer.ggml.eos_token_id", 2u),
        ];
        w.Write("GGUF"u8);
        w.Write(3u);
        w.Write((ulong)tensors.Count);
        w.Write((ulong)metadata.Length);
        foreach ((string key, object value) in metadata)
        {
            Text(w, key);
            Value(w, value);
        }

        ulong offset = 0;
        foreach ((string name, _, int rows, int columns) in tensors)
        {
            Text(w, name);
            DType stored = rows == 1 ? DType.F32 : type;
            w.Write(rows == 1 ? 1u : 2u);
            w.Write((ulong)columns);
            if (rows > 1)
            {
                w.Write((ulong)rows);
            }

            w.Write(stored switch { DType.F32 => 0u, DType.F16 => 1u, DType.Q8_0 => 8u, DType.BF16 => 30u, _ => throw new NotSupportedException($"{stored}") });
            w.Write(offset);
            offset += (ulong)DTypeInfo.Of(stored).ByteLength((long)rows * columns);
            offset = (offset + Alignment - 1) / Alignment * Alignment;
        }
    }

    private static void Value(BinaryWriter w, object value)
    {
        switch (value)
        {
            case uint number:
                w.Write(4u);
                w.Write(number);
                break;
            case float number:
                w.Write(6u);
                w.Write(number);
                break;
            case string text:
                w.Write((uint)HeaderText);
                Text(w, text);
                break;
            case string[] texts:
                w.Write(9u);
                w.Write((uint)HeaderText);
                w.Write((ulong)texts.Length);
                Array.ForEach(texts, t => Text(w, t));
                break;
            case float[] numbers:
                w.Write(9u);
                w.Write(6u);
                w.Write((ulong)numbers.Length);
                Array.ForEach(numbers, w.Write);
                break;
            case int[] numbers:
                w.Write(9u);
                w.Write(5u);
                w.Write((ulong)numbers.Length);
                Array.ForEach(numbers, w.Write);
                break;
        }
    }

    private static void Text(BinaryWriter w, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        w.Write((ulong)bytes.Length);
        w.Write(bytes);
    }

    private static void Pad(FileStream stream)
    {
        int rest = (int)(stream.Position % Alignment);
        if (rest > 0)
        {
            stream.Write(new byte[Alignment - rest]);
        }
    }

    private static void WriteTensor(FileStream stream, RowSource source, int rows, int columns, DType type)
    {
        float[] row = new float[columns];
        byte[] bytes = new byte[DTypeInfo.Of(type).ByteLength(columns)];
        for (int r = 0; r < rows; r++)
        {
            source(r, row);
            Encode(row, bytes, type);
            stream.Write(bytes);
        }
    }

    private static void Encode(float[] row, Span<byte> bytes, DType type)
    {
        if (type == DType.Q8_0)
        {
            for (int b = 0; b < row.Length / 32; b++)
            {
                ReadOnlySpan<float> block = row.AsSpan(b * 32, 32);
                float largest = 0;
                foreach (float v in block)
                {
                    largest = Math.Max(largest, Math.Abs(v));
                }

                float scale = largest / 127;
                BinaryPrimitives.WriteUInt16LittleEndian(bytes[(b * 34)..], HalfFloat.FromSingle(scale));
                for (int i = 0; i < 32; i++)
                {
                    bytes[(b * 34) + 2 + i] = (byte)(sbyte)(scale == 0 ? 0 : MathF.Round(block[i] / scale));
                }
            }

            return;
        }

        for (int i = 0; i < row.Length; i++)
        {
            if (type == DType.F32)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes[(i * 4)..], row[i]);
            }
            else
            {
                BinaryPrimitives.WriteUInt16LittleEndian(bytes[(i * 2)..], type == DType.F16 ? HalfFloat.FromSingle(row[i]) : HalfFloat.BFloatFromSingle(row[i]));
            }
        }
    }

    /// <summary>Numbers between -0.035 and 0.035: a variance of 0.0004, as models start with.</summary>
    private static void Random(string name, int index, Span<float> row)
    {
        uint state = 2166136261;
        foreach (char c in name)
        {
            state = (state ^ c) * 16777619;
        }

        state = (state ^ ((uint)index * 2654435761)) | 1;
        for (int i = 0; i < row.Length; i++)
        {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            row[i] = ((int)state >> 8) * (0.035f / (1 << 23));
        }
    }
}
