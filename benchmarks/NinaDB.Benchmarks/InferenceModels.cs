using NinaDB.Clr.Formats;
using NinaDB.Clr.Tensors;

namespace NinaDB.Benchmarks;

/// <summary>A Llama of a given size with random weights, as GGUF. Its vocabulary is made up: only token numbers are used.</summary>
internal static class InferenceModels
{
    /// <summary>The shape of a model.</summary>
    internal sealed record Shape(int Layers, int Hidden, int FeedForward, int Heads, int KeyHeads, int HeadSize, int Vocabulary, int Context);

    /// <summary>1.04 billion parameters.</summary>
    public static Shape Billion { get; } = new(16, 2048, 8192, 32, 8, 64, 32000, 2048);

    /// <summary>Writes a model, the same numbers for the same shape. The output head is the embedding.</summary>
    public static void Write(string path, Shape shape, DType type)
    {
        using FileStream stream = File.Create(path);
        GgufWriter.Write(stream, Metadata(shape), [.. Tensors(shape).Select(t => Tensor(t.Name, t.Rows, t.Columns, type))]);
    }

    private static TensorToWrite Tensor(string name, int rows, int columns, DType type)
    {
        if (rows == 1)
        {
            return new TensorToWrite(name, DType.F32, [columns], (_, buffer, count) => Array.Fill(buffer, 1f, 0, count));
        }

        return new TensorToWrite(name, type, [rows, columns], (start, buffer, count) => Random(name, start, buffer.AsSpan(0, count)));
    }

    private static IEnumerable<(string Name, int Rows, int Columns)> Tensors(Shape s)
    {
        yield return ("token_embd.weight", s.Vocabulary, s.Hidden);
        for (int l = 0; l < s.Layers; l++)
        {
            string prefix = $"blk.{l}.";
            yield return (prefix + "attn_norm.weight", 1, s.Hidden);
            yield return (prefix + "attn_q.weight", s.Heads * s.HeadSize, s.Hidden);
            yield return (prefix + "attn_k.weight", s.KeyHeads * s.HeadSize, s.Hidden);
            yield return (prefix + "attn_v.weight", s.KeyHeads * s.HeadSize, s.Hidden);
            yield return (prefix + "attn_output.weight", s.Hidden, s.Heads * s.HeadSize);
            yield return (prefix + "ffn_norm.weight", 1, s.Hidden);
            yield return (prefix + "ffn_gate.weight", s.FeedForward, s.Hidden);
            yield return (prefix + "ffn_up.weight", s.FeedForward, s.Hidden);
            yield return (prefix + "ffn_down.weight", s.Hidden, s.FeedForward);
        }

        yield return ("output_norm.weight", 1, s.Hidden);
    }

    private static List<(string Key, GgufValue Value)> Metadata(Shape s)
    {
        int[] ids = [.. Enumerable.Range(0, s.Vocabulary)];
        return
        [
            ("general.architecture", GgufValue.Of("llama")),
            ("general.name", GgufValue.Of("benchmark")),
            ("llama.block_count", GgufValue.Of((uint)s.Layers)),
            ("llama.context_length", GgufValue.Of((uint)s.Context)),
            ("llama.embedding_length", GgufValue.Of((uint)s.Hidden)),
            ("llama.feed_forward_length", GgufValue.Of((uint)s.FeedForward)),
            ("llama.attention.head_count", GgufValue.Of((uint)s.Heads)),
            ("llama.attention.head_count_kv", GgufValue.Of((uint)s.KeyHeads)),
            ("llama.attention.key_length", GgufValue.Of((uint)s.HeadSize)),
            ("llama.attention.value_length", GgufValue.Of((uint)s.HeadSize)),
            ("llama.attention.layer_norm_rms_epsilon", GgufValue.Of(1e-5f)),
            ("llama.rope.dimension_count", GgufValue.Of((uint)s.HeadSize)),
            ("llama.rope.freq_base", GgufValue.Of(10000f)),
            ("llama.vocab_size", GgufValue.Of((uint)s.Vocabulary)),
            ("tokenizer.ggml.model", GgufValue.Of("llama")),
            ("tokenizer.ggml.tokens", GgufValue.Of(Array.ConvertAll(ids, i => i switch { 0 => "<unk>", 1 => "<s>", 2 => "</s>", < 259 => $"<0x{i - 3:X2}>", _ => "t" + i }))),
            ("tokenizer.ggml.scores", GgufValue.Of(Array.ConvertAll(ids, i => -(float)i))),
            ("tokenizer.ggml.token_type", GgufValue.Of(Array.ConvertAll(ids, i => i switch { 0 => 2, < 3 => 3, < 259 => 6, _ => 1 }))),
            ("tokenizer.ggml.bos_token_id", GgufValue.Of(1u)),
            ("tokenizer.ggml.eos_token_id", GgufValue.Of(2u)),
        ];
    }

    /// <summary>Numbers between -0.035 and 0.035: a variance of 0.0004, as models start with.</summary>
    private static void Random(string name, long start, Span<float> numbers)
    {
        uint state = 2166136261;
        foreach (char c in name)
        {
            state = (state ^ c) * 16777619;
        }

        state = (state ^ ((uint)(start >> 10) * 2654435761)) | 1;
        for (int i = 0; i < numbers.Length; i++)
        {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            numbers[i] = ((int)state >> 8) * (0.035f / (1 << 23));
        }
    }
}
