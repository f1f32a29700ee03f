using NinaDB.Clr.Formats;
using NinaDB.Clr.Tokenization;

namespace NinaDB.Clr.Tests;

/// <summary>
/// The vocabularies and vectors of llama.cpp (../shared/models/vocab): texts separated by lines __ggml_vocab_test__, and a line of ids for each, without special
/// tokens around them.
/// </summary>
public sealed class TokenizerVectorTests
{
    private const string Separator = "\n__ggml_vocab_test__\n";

    [SharedModelsTheory]
    [InlineData("gpt-2", "byte-level BPE")]
    [InlineData("qwen2", "byte-level BPE")]
    [InlineData("falcon", "byte-level BPE")]
    [InlineData("phi-3", "SentencePiece BPE")]
    public void Every_vector_is_exact_and_decodes_to_its_text(string name, string kind)
    {
        Tokenizer tokenizer = Open(name);
        Assert.Equal(kind, tokenizer.Kind);
        (string Text, int[] Ids)[] vectors = Vectors(name);
        Assert.True(vectors.Length > 40, $"{vectors.Length} vectors");
        foreach ((string text, int[] ids) in vectors)
        {
            Assert.Equal(ids, tokenizer.Encode(text, addSpecial: false));
            Assert.Equal(text, tokenizer.Decode(ids));
        }
    }

    [SharedModelsTheory]
    [InlineData("gpt-2")]
    [InlineData("qwen2")]
    [InlineData("falcon")]
    [InlineData("phi-3")]
    public void A_tokenizer_written_as_json_or_gguf_gives_the_same_tokens(string name)
    {
        Tokenizer original = Open(name);
        Tokenizer json = TokenizerJsonReader.Read(original.ToJson(), name);
        Tokenizer gguf = TokenizerTestFiles.FromMetadata(TokenizerGgufWriter.Metadata(original));
        foreach ((string text, int[] ids) in Vectors(name))
        {
            Assert.Equal(ids, json.Encode(text, addSpecial: false));
            Assert.Equal(text, json.Decode(ids));
            Assert.Equal(ids, gguf.Encode(text, addSpecial: false));
            Assert.Equal(original.Encode(text), gguf.Encode(text));
        }

        Assert.Equal(original.ChatTemplate, gguf.ChatTemplate);
    }

    internal static Tokenizer Open(string name)
    {
        string path = Path.Combine(TestData.SharedModels, "vocab", $"ggml-vocab-{name}.gguf");
        using FileStream stream = File.OpenRead(path);
        return TokenizerGgufReader.Read(GgufHeader.Read(stream, stream.Length, path), path);
    }

    internal static (string Text, int[] Ids)[] Vectors(string name)
    {
        string path = Path.Combine(TestData.SharedModels, "vocab", $"ggml-vocab-{name}.gguf");
        string[] texts = File.ReadAllText(path + ".inp").Split(Separator);
        string[] lines = File.ReadAllText(path + ".out").Split('\n');
        int count = lines[^1].Length == 0 ? lines.Length - 1 : lines.Length;
        Assert.InRange(texts.Length, count, count + 1);
        return [.. Enumerable.Range(0, count).Select(i => (texts[i], lines[i].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray()))];
    }
}
