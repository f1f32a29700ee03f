using System.Text;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Fuzzing;
using NinaDB.Clr.Json;
using NinaDB.Clr.Tokenization;

namespace NinaDB.Clr.Tests;

/// <summary>Each kind of tokenizer on a small vocabulary of its own.</summary>
public sealed class TokenizerKindTests
{
    [Fact]
    public void Small_vocabularies_give_the_reference_implementation_s_ids()
    {
        foreach ((string sample, (string text, int[] ids)) in TokenizerSamples.Golden())
        {
            Tokenizer tokenizer = TokenizerJsonReader.Read(sample);
            Assert.Equal(ids, tokenizer.Encode(text, parseSpecial: true));
            Assert.Equal(ids, TokenizerJsonReader.Read(tokenizer.ToJson()).Encode(text, parseSpecial: true));
        }
    }

    [Fact]
    public void Special_tokens_in_a_text_are_text_unless_they_are_asked_for()
    {
        Tokenizer tokenizer = TokenizerJsonReader.Read(TokenizerSamples.WithAddedTokens);
        Assert.Equal([.. "<|s|>".Select(c => (int)c)], tokenizer.Encode("<|s|>"));
        Assert.Equal([270], tokenizer.Encode("<|s|>", parseSpecial: true));
        Assert.Equal("word<|l|>", tokenizer.Decode([269, 270, 267]));
        Assert.Equal("byte-level BPE", tokenizer.Kind);
        Assert.Equal("é", tokenizer.Display(264));
        Assert.Equal("<0xC3>", tokenizer.Display(0xC3));
    }

    [Fact]
    public void A_unigram_model_ends_its_texts_and_knows_what_it_does_not_know()
    {
        Tokenizer tokenizer = TokenizerJsonReader.Read(TokenizerSamples.Unigram(byteFallback: true));
        Assert.Equal("unigram", tokenizer.Kind);
        Assert.Equal("ab 漢", tokenizer.Decode(tokenizer.Encode("ab 漢")));
        Assert.Equal(0, tokenizer.Vocabulary.UnknownId);
        Assert.Equal([7, 10], tokenizer.Encode("ab aab", addSpecial: false)[..2]);
    }

    [Theory]
    [InlineData("abc", new[] { 9 })]
    [InlineData("ab bc", new[] { 7, 13, 11, 8 })]
    [InlineData("a  b", new[] { 7, 15, 13 })]
    [InlineData("漢x", new[] { 11, 3, 4, 5, 0 })]
    [InlineData("<ud>é", new[] { 6, 11, 16 })]
    public void A_tokenizer_model_is_read_and_written(string text, int[] ids)
    {
        Tokenizer tokenizer = SentencePieceReader.Read(TokenizerSamples.SentencePiece());
        Assert.Equal("SentencePiece BPE", tokenizer.Kind);
        Assert.Equal([1, .. ids], tokenizer.Encode(text));
        Assert.Equal([1, .. ids], TokenizerJsonReader.Read(tokenizer.ToJson()).Encode(text));
        Assert.Equal([1, .. ids], TokenizerTestFiles.FromMetadata(TokenizerGgufWriter.Metadata(tokenizer)).Encode(text));
    }

    [Fact]
    public void A_tokenizer_model_says_what_happens_to_blanks()
    {
        Assert.Equal([12, 15, 13], SentencePieceReader.Read(TokenizerSamples.SentencePiece(blankPrefix: false)).Encode("a  b", addSpecial: false));
        Assert.Equal([7, 11, 13], SentencePieceReader.Read(TokenizerSamples.SentencePiece(singleBlanks: true)).Encode("  a  b ", addSpecial: false));
        Tokenizer unigram = SentencePieceReader.Read(TokenizerSamples.SentencePiece(modelType: 1));
        Assert.Equal("unigram", unigram.Kind);
        Assert.Equal([9], unigram.Encode("abc"));
        Assert.Equal([9], TokenizerTestFiles.FromMetadata(TokenizerGgufWriter.Metadata(unigram)).Encode("abc", addSpecial: false));
    }

    [Fact]
    public void The_configuration_beside_a_tokenizer_model_decides_about_start_and_end()
    {
        Tokenizer tokenizer = SentencePieceReader.Read(
            TokenizerSamples.SentencePiece(), configJson: "{\"add_bos_token\": false, \"add_eos_token\": true}", chatTemplate: "{{ messages }}");
        Assert.Equal([9, 2], tokenizer.Encode("abc"));
        Assert.Equal("{{ messages }}", tokenizer.ChatTemplate);
        Assert.Equal("a", new TokenizerSource(null, null, "{\"chat_template\": \"a\"}").ChatTemplate());
        Assert.Equal("b", new TokenizerSource(null, null, "{\"chat_template\": [{\"name\": \"x\", \"template\": \"a\"}, {\"name\": \"default\", \"template\": \"b\"}]}").ChatTemplate());
        Assert.Equal("c", new TokenizerSource(null, null, "{\"chat_template\": \"a\"}", "c").ChatTemplate());
    }

    [Theory]
    [InlineData(3, ErrorNumber.TokenizerUnsupported)]
    [InlineData(4, ErrorNumber.TokenizerUnsupported)]
    public void Other_kinds_of_tokenizer_model_are_refused(int modelType, int number)
        => Assert.Equal(number, Assert.Throws<NinaException>(() => SentencePieceReader.Read(TokenizerSamples.SentencePiece(modelType))).Number);

    [Fact]
    public void A_tokenizer_model_that_ends_early_is_refused()
    {
        byte[] model = TokenizerSamples.SentencePiece();
        Assert.Equal(ErrorNumber.SentencePieceInvalid, Assert.Throws<NinaException>(() => SentencePieceReader.Read(model[..^1])).Number);
        Assert.Equal(ErrorNumber.SentencePieceInvalid, Assert.Throws<NinaException>(() => SentencePieceReader.Read([])).Number);
        Assert.Equal(ErrorNumber.SentencePieceInvalid, Assert.Throws<NinaException>(() => SentencePieceReader.Read([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1])).Number);
    }

    [SharedModelsFact]
    public void A_tokenizer_model_agrees_with_the_gguf_of_the_same_model()
    {
        string folder = Path.Combine(TestData.SharedModels, "stories260K");
        Tokenizer model = SentencePieceReader.Read(File.ReadAllBytes(Path.Combine(folder, "tok512.model")));
        string path = Path.Combine(folder, "stories260K.gguf");
        using FileStream stream = File.OpenRead(path);
        Tokenizer gguf = TokenizerGgufReader.Read(GgufHeader.Read(stream, stream.Length, path), path);
        Assert.Equal(gguf.Vocabulary.Count, model.Vocabulary.Count);
        for (int id = 0; id < gguf.Vocabulary.Count; id++)
        {
            Assert.Equal(gguf.Vocabulary[id], model.Vocabulary[id]);
            Assert.Equal(gguf.Vocabulary.KindOf(id), model.Vocabulary.KindOf(id));
        }

        // The file asks for single blanks, which GGUF leaves out: texts that have them already are the same.
        foreach (string text in TestData.TestTexts("chess", 50).Concat(TestData.TestTexts("law", 50)).Append("Once upon a time, 😀 漢字"))
        {
            int[] ids = gguf.Encode(text);
            Assert.Equal(ids, model.Encode(text));
            Assert.Equal(text, model.Decode(ids));
        }

        // SentencePiece 0.1.97 on the same file.
        Assert.Equal([], model.Encode(" ", addSpecial: false));
        Assert.Equal([261, 268], model.Encode("  a  b ", addSpecial: false));
    }

    [Fact]
    public void The_sample_is_the_same_from_gguf_metadata()
    {
        Tokenizer nina = TestData.Nina.Tokenizer;
        IReadOnlyList<(string Key, GgufValue Value)> metadata = TokenizerGgufWriter.Metadata(nina);
        Tokenizer gguf = TokenizerTestFiles.FromMetadata(metadata);
        foreach (string text in TestData.TestTexts("law", 50).Append("naïve — 😀 漢字 <s>"))
        {
            Assert.Equal(nina.Encode(text), gguf.Encode(text));
        }

        Assert.Equal("llama", metadata[0].Value.AsString());
    }

    [Fact]
    public void A_tokenizer_that_gguf_has_no_name_for_is_refused()
    {
        string json = TokenizerSamples.Llama3.Replace(@"\\p{N}{1,3}", @"\\p{N}{1,4}", StringComparison.Ordinal);
        Assert.Equal(ErrorNumber.TokenizerNotInGguf, Assert.Throws<NinaException>(() => TokenizerGgufWriter.Metadata(TokenizerJsonReader.Read(json))).Number);
        Assert.Equal("llama-bpe", TokenizerGgufWriter.Metadata(TokenizerJsonReader.Read(TokenizerSamples.Llama3)).Single(m => m.Key == "tokenizer.ggml.pre").Value.AsString());
    }

    [Fact]
    public void Bytes_that_are_no_characters_decode_to_replacement_characters()
    {
        Tokenizer tokenizer = TokenizerJsonReader.Read(TokenizerSamples.Llama3);
        Assert.Equal("a\uFFFDb", tokenizer.Decode([97, 0xE2, 0x96, 98]));
        Assert.Equal("\uFFFD\uFFFD\uFFFD", tokenizer.Decode([0xED, 0xA0, 0x80]));
        Assert.Equal("\uFFFD", tokenizer.Decode([0xF0, 0x9F, 0x98]));
        Assert.Equal("😀", tokenizer.Decode([0xF0, 0x9F, 0x98, 0x80]));
        TokenStream stream = tokenizer.StartStream();
        Assert.Equal(["", "", "", "😀", ""], [stream.Push(0xF0), stream.Push(0x9F), stream.Push(0x98), stream.Push(0x80), stream.Finish()]);
    }

    [Fact]
    public void Any_text_encodes_and_any_valid_text_comes_back()
    {
        Tokenizer[] tokenizers = [TokenizerJsonReader.Read(TokenizerSamples.Llama3), TestData.Nina.Tokenizer];
        var random = new Random(5);
        for (int i = 0; i < 2000; i++)
        {
            var text = new StringBuilder();
            for (int k = random.Next(30); k >= 0; k--)
            {
                text.Append((char)(random.Next(4) switch { 0 => random.Next(128), 1 => random.Next(0x3000), 2 => random.Next(0xD800, 0xE000), _ => random.Next(0x10000) }));
            }

            // Halves of pairs become U+FFFD; nothing else changes.
            text.Replace(Tokenizer.Blank, '_');
            string valid = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToString()));
            foreach (Tokenizer tokenizer in tokenizers)
            {
                Assert.Equal(valid, tokenizer.Decode(tokenizer.Encode(text.ToString())));
            }
        }
    }

    [Theory]
    [InlineData("a")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("0")]
    [InlineData("!")]
    [InlineData("\u0300")]
    [InlineData("\ud83d\ude00")]
    [InlineData(" \n")]
    public void A_long_run_of_one_character_takes_time_in_proportion(string unit)
    {
        string text = string.Concat(Enumerable.Repeat(unit, 400_000 / unit.Length)) + "x";
        var watch = System.Diagnostics.Stopwatch.StartNew();
        foreach (string sample in new[] { TokenizerSamples.WithAddedTokensInLowerCase, TokenizerSamples.Unigram(true) })
        {
            Assert.NotEmpty(TokenizerJsonReader.Read(sample).Encode(text));
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(15), watch.Elapsed.ToString());
    }

    [Fact]
    public void An_added_token_must_have_its_own_id()
    {
        JsonValue root = JsonValue.Parse(TokenizerSamples.WithAddedTokens, "x");
        Assert.Equal(5, root["added_tokens"]!.Items.Count);
        string json = TokenizerSamples.WithAddedTokens.Replace("\"id\": 267", "\"id\": 10", StringComparison.Ordinal);
        Assert.Equal(ErrorNumber.TokenizerInvalid, Assert.Throws<NinaException>(() => TokenizerJsonReader.Read(json)).Number);
    }
}
