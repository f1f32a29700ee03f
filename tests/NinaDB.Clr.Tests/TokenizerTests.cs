using System.Diagnostics;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Tokenization;

namespace NinaDB.Clr.Tests;

public sealed class TokenizerTests
{
    private static Tokenizer Tokenizer => TestData.Nina.Tokenizer;

    [Theory]
    [InlineData("The knight on f3 attacks")]
    [InlineData("  two blanks,\ttab\nand newline ")]
    [InlineData("naïve — 😀 漢字 \u0000 end")]
    [InlineData(" ")]
    [InlineData("")]
    [InlineData("<s> is text, and so is <unk>")]
    public void Text_survives_a_round_trip(string text)
    {
        int[] ids = Tokenizer.Encode(text);
        Assert.Equal(1, ids[0]);
        Assert.DoesNotContain(0, ids);
        Assert.Equal(text, Tokenizer.Decode(ids));
    }

    [Fact]
    public void Control_tokens_are_parsed_only_when_asked_for()
    {
        Assert.Equal(1, Tokenizer.Encode("<s>a</s>").Count(id => id is 1 or 2));
        Assert.Equal([1, 1, .. Tokenizer.Encode("a", addSpecial: false), 2], Tokenizer.Encode("<s>a</s>", parseSpecial: true));
    }

    [Fact]
    public void A_stream_waits_for_the_bytes_of_a_character()
    {
        int[] ids = Tokenizer.Encode("a😀b", addSpecial: false);
        TokenStream stream = Tokenizer.StartStream(continues: false);
        string[] parts = [.. ids.Select(stream.Push)];
        Assert.Equal("a😀b", string.Concat(parts) + stream.Finish());
        Assert.Contains(string.Empty, parts);
        Assert.DoesNotContain(parts, p => p.Contains('\uFFFD', StringComparison.Ordinal));

        TokenStream cut = Tokenizer.StartStream();
        string text = string.Concat(ids.TakeWhile(id => Tokenizer.Vocabulary.KindOf(id) != TokenKind.Byte).Append(ids.First(id => Tokenizer.Vocabulary.KindOf(id) == TokenKind.Byte)).Select(cut.Push));
        Assert.Equal("\uFFFD", cut.Finish());
        Assert.Equal(" a", text);
    }

    [Fact]
    public void Long_hostile_text_takes_time_in_proportion()
    {
        foreach (string unit in new[] { "a", "the", " ", "\u0001", "pawn" })
        {
            var watch = Stopwatch.StartNew();
            int[] ids = Tokenizer.Encode(string.Concat(Enumerable.Repeat(unit, 300_000 / unit.Length)));
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), unit + " " + watch.Elapsed);
            Assert.True(ids.Length > 10_000);
        }

        Assert.Equal(ErrorNumber.TextTooLong, Assert.Throws<NinaException>(() => Tokenizer.Encode(new string('a', Tokenizer.MaxTextLength + 1))).Number);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_crash()
        => Assert.Equal("\uFFFD", Tokenizer.Decode(Tokenizer.Encode("\ud800")));

    [Theory]
    [InlineData("\"type\": \"BPE\"", "\"type\": \"WordPiece\"", ErrorNumber.TokenizerUnsupported)]
    [InlineData("\"pre_tokenizer\": null", "\"pre_tokenizer\": {\"type\": \"UnicodeScripts\"}", ErrorNumber.TokenizerUnsupported)]
    [InlineData("\"type\": \"Prepend\"", "\"type\": \"BertNormalizer\"", ErrorNumber.TokenizerUnsupported)]
    [InlineData("\"<0x00>\": 3", "\"<0x00>\": 4", ErrorNumber.TokenizerInvalid)]
    [InlineData("\"<0x00>\": 3", "\"<0x00>\": 2000000000", ErrorNumber.TokenizerInvalid)]
    [InlineData("\"\u2581pael la\"", "\"\u2581pael nothing\"", ErrorNumber.TokenizerInvalid)]
    public void A_tokenizer_that_is_not_understood_is_refused(string old, string replacement, int number)
    {
        string json = File.ReadAllText(Path.Combine(TestData.NinaMini, "tokenizer.json"));
        Assert.Contains(old, json, StringComparison.Ordinal);
        Assert.Equal(number, Assert.Throws<NinaException>(() => TokenizerJsonReader.Read(json.Replace(old, replacement, StringComparison.Ordinal))).Number);
    }

    [Fact]
    public void Ids_outside_the_vocabulary_are_refused()
        => Assert.Equal(ErrorNumber.TokenOutOfRange, Assert.Throws<NinaException>(() => Tokenizer.Decode([5000])).Number);
}
