using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using NinaDB.Clr.Json;
using NinaDB.Clr.Tokenization;

namespace NinaDB.Clr.Fuzzing;

/// <summary>
/// Small tokenizer.json files and the ids that Hugging Face's tokenizers 0.23.2 gives for texts with them (no special tokens parsed differently there). Both
/// builds of the assembly are held against them.
/// </summary>
public static class TokenizerSamples
{
    private const string Llama3Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private static readonly string[][] Merges =
    {
        new[] { "h", "e" }, new[] { "l", "l" }, new[] { "he", "ll" }, new[] { "hell", "o" }, new[] { "\u0120", "hello" }, new[] { "1", "2" },
        new[] { "12", "3" }, new[] { "'", "s" }, new[] { "\u00c3", "\u00a9" }, new[] { "\u0120", "\u0120" }, new[] { "\u00d0", "\u013f" },
    };

    /// <summary>Byte-level BPE with Llama 3's pattern: the 256 bytes, then the merged tokens.</summary>
    public static string Llama3 => ByteLevel(ignoreMerges: true, string.Empty, "null");

    /// <summary>The same with added tokens of every kind.</summary>
    public static string WithAddedTokens => ByteLevel(false, AddedTokens, "null");

    /// <summary>The same again, in lower case.</summary>
    public static string WithAddedTokensInLowerCase => ByteLevel(false, AddedTokens, "{\"type\": \"Lowercase\"}");

    private static string AddedTokens => string.Join(",", new[]
    {
        Added(267, "<|l|>", "lstrip"), Added(268, "<|r|>", "rstrip"), Added(269, "word", "single_word"), Added(270, "<|s|>", "special"), Added(271, "\u00c0B", "normalized"),
    });

    /// <summary>Sample, text, ids. Special tokens in the text are parsed.</summary>
    public static IEnumerable<KeyValuePair<string, KeyValuePair<string, int[]>>> Golden()
    {
        yield return Case(Llama3, "hello hello's 12345", "259, 260, 263, 32, 262, 52, 53");
        yield return Case(Llama3, "HELLO'S  hello\n\n hello", "72, 69, 76, 76, 79, 39, 83, 32, 260, 10, 10, 260");

        // Supplementary letters and digits are letters and digits: a runtime that sees halves of pairs would cut elsewhere.
        yield return Case(Llama3, "é \U0001F600\U0001D538\U0001D7D9\U00010400", "264, 32, 240, 159, 152, 128, 240, 157, 148, 184, 240, 157, 159, 153, 240, 144, 144, 128");
        yield return Case(Llama3, "  \r\n\t x", "265, 13, 10, 9, 32, 120");
        yield return Case(Llama3, "'\u017f'LL", "39, 197, 191, 39, 76, 76");
        yield return Case(WithAddedTokens, "a  <|l|> b", "97, 267, 32, 98");
        yield return Case(WithAddedTokens, "a <|r|>  b", "97, 32, 268, 98");
        yield return Case(WithAddedTokens, "word sword word's éword", "269, 32, 115, 119, 111, 114, 100, 32, 269, 263, 32, 264, 119, 111, 114, 100");
        yield return Case(WithAddedTokens, "<|s|>x", "270, 120");
        yield return Case(WithAddedTokens, "x\u00c0Bx", "120, 271, 120");
        yield return Case(WithAddedTokensInLowerCase, "x\u00c0Bx x\u00e0bx", "120, 271, 120, 32, 120, 271, 120");
        yield return Case(WithAddedTokensInLowerCase, "HELLO <|S|>", "259, 32, 60, 124, 115, 124, 62");
        yield return Case(Unigram(false), "ab abc aab", "7, 10, 11, 10, 6, 2");
        yield return Case(Unigram(false), "xy abz", "3, 0, 7, 0, 2");
        yield return Case(Unigram(false), "\uff8aabc é", "3, 0, 8, 3, 12, 2");
        yield return Case(Unigram(false), "漢x\U0001F600", "3, 0, 16, 2");
        yield return Case(Unigram(true), "漢 xy", "3, 13, 14, 15, 3, 0, 2");
        yield return Case(Unigram(true), "漢字", "3, 0, 2");
    }

    /// <summary>A unigram model with 17 pieces, NFKC and SentencePiece's blanks.</summary>
    public static string Unigram(bool byteFallback)
    {
        var pieces = new[]
        {
            "<unk>=0", "<s>=0", "</s>=0", "\u2581=-3", "a=-4", "b=-4.5", "ab=-5", "\u2581ab=-5.5", "abc=-9", "c=-6", "\u2581a=-4.2", "bc=-7", "é=-8",
            "<0xE6>=-9", "<0xBC>=-9", "<0xA2>=-9", "\U0001F600=-6",
        };
        string vocab = string.Join(",", pieces.Select(p => "[" + Text(p.Split('=')[0]) + "," + p.Split('=')[1] + "]"));
        const string blanks = "{\"type\": \"Metaspace\", \"replacement\": \"\u2581\", \"prepend_scheme\": \"always\", \"split\": true}";
        return "{\"version\": \"1.0\", \"added_tokens\": [" + Added(0, "<unk>", "special") + "," + Added(1, "<s>", "special") + "," + Added(2, "</s>", "special")
            + "], \"normalizer\": {\"type\": \"NFKC\"}, \"pre_tokenizer\": " + blanks
            + ", \"post_processor\": {\"type\": \"TemplateProcessing\", \"single\": [{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}, {\"SpecialToken\": {\"id\": \"</s>\", \"type_id\": 0}}],"
            + " \"special_tokens\": {\"</s>\": {\"id\": \"</s>\", \"ids\": [2], \"tokens\": [\"</s>\"]}}}, \"decoder\": " + blanks
            + ", \"model\": {\"type\": \"Unigram\", \"unk_id\": 0, \"byte_fallback\": " + (byteFallback ? "true" : "false") + ", \"vocab\": [" + vocab + "]}}";
    }

    /// <summary>A tokenizer.model with scores as byte pair encoding has them, byte pieces for the bytes of U+6F22, and a user-defined piece.</summary>
    public static byte[] SentencePiece(int modelType = 2, bool blankPrefix = true, bool singleBlanks = false)
    {
        var pieces = new[]
        {
            "<unk>|0|2", "<s>|0|3", "</s>|0|3", "<0xE6>|0|6", "<0xBC>|0|6", "<0xA2>|0|6", "<ud>|0|4", "\u2581a|-1|1", "bc|-2|1", "\u2581abc|-3|1", "ab|-4|1", "\u2581|-5|1",
            "a|-6|1", "b|-7|1", "c|-8|1", "\u2581\u2581|-9|1", "é|-10|1",
        };
        var model = new MemoryStream();
        foreach (string piece in pieces)
        {
            string[] parts = piece.Split('|');
            var message = new MemoryStream();
            AddField(message, 1, Encoding.UTF8.GetBytes(parts[0]));
            message.WriteByte((2 << 3) | 5);
            byte[] score = BitConverter.GetBytes(float.Parse(parts[1], CultureInfo.InvariantCulture));
            message.Write(score, 0, score.Length);
            AddNumber(message, 3, parts[2][0] - '0');
            AddField(model, 1, message.ToArray());
        }

        var trainer = new MemoryStream();
        AddNumber(trainer, 3, modelType);
        AddField(trainer, 1, Encoding.UTF8.GetBytes("corpus.txt"));
        AddField(model, 2, trainer.ToArray());
        var normalizer = new MemoryStream();
        AddNumber(normalizer, 3, blankPrefix ? 1 : 0);
        AddNumber(normalizer, 4, singleBlanks ? 1 : 0);
        AddField(model, 3, normalizer.ToArray());
        return model.ToArray();
    }

    /// <summary>Encodes, decodes and writes a tokenizer that was accepted.</summary>
    public static void Exercise(Tokenizer tokenizer)
    {
        tokenizer.Decode(tokenizer.Encode("ab  <s> abc é word\ud800 <|l|> 漢 123", true, true));
        tokenizer.ToJson();
    }

    private static void AddField(Stream stream, int number, byte[] bytes)
    {
        stream.WriteByte((byte)((number << 3) | 2));
        stream.WriteByte((byte)((bytes.Length & 0x7F) | 0x80));
        stream.WriteByte((byte)(bytes.Length >> 7));
        stream.Write(bytes, 0, bytes.Length);
    }

    private static void AddNumber(Stream stream, int number, int value)
    {
        stream.WriteByte((byte)(number << 3));
        stream.WriteByte((byte)value);
    }

    private static string ByteLevel(bool ignoreMerges, string added, string normalizer)
    {
        var tokens = new List<string>();
        int next = 0x100;
        for (int b = 0; b < 256; b++)
        {
            bool printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            tokens.Add(((char)(printable ? b : next++)).ToString());
        }

        tokens.AddRange(Merges.Select(m => m[0] + m[1]));
        string vocab = string.Join(",", tokens.Select((t, id) => Text(t) + ":" + id.ToString(CultureInfo.InvariantCulture)));
        string merges = string.Join(",", Merges.Select(m => "[" + Text(m[0]) + "," + Text(m[1]) + "]"));
        return "{\"version\": \"1.0\", \"added_tokens\": [" + added + "], \"normalizer\": " + normalizer
            + ", \"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"Split\", \"pattern\": {\"Regex\": " + Text(Llama3Pattern)
            + "}, \"behavior\": \"Isolated\", \"invert\": false}, {\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": true, \"use_regex\": false}]}"
            + ", \"post_processor\": null, \"decoder\": {\"type\": \"ByteLevel\"}, \"model\": {\"type\": \"BPE\", \"dropout\": null, \"unk_token\": null, \"ignore_merges\": "
            + (ignoreMerges ? "true" : "false") + ", \"vocab\": {" + vocab + "}, \"merges\": [" + merges + "]}}";
    }

    private static string Added(int id, string content, string flag)
    {
        var text = new StringBuilder("{\"id\": ").Append(id.ToString(CultureInfo.InvariantCulture)).Append(", \"content\": ").Append(Text(content));
        foreach (string name in new[] { "single_word", "lstrip", "rstrip", "normalized", "special" })
        {
            text.Append(", \"").Append(name).Append("\": ").Append(name == flag ? "true" : "false");
        }

        return text.Append('}').ToString();
    }

    private static string Text(string value) => JsonWriter.ToText(JsonValue.Of(value), indented: false);

    private static KeyValuePair<string, KeyValuePair<string, int[]>> Case(string sample, string text, string ids)
        => new KeyValuePair<string, KeyValuePair<string, int[]>>(
            sample,
            new KeyValuePair<string, int[]>(text, ids.Split(',').Select(i => int.Parse(i, CultureInfo.InvariantCulture)).ToArray()));
}
