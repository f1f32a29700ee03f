using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Tests;

public sealed class TextGeneratorTests
{
    [Fact]
    public void Min_p_keeps_what_is_probable_enough_beside_the_best()
    {
        // Probabilities are as 8 : 4 : 2 : 1.
        float[] logits = [(float)Math.Log(1), (float)Math.Log(2), (float)Math.Log(4), (float)Math.Log(8)];
        Assert.Equal([2, 3], Picks(logits, new SamplingOptions { Temperature = 1, MinP = 0.45 }));
        Assert.Equal([1, 2, 3], Picks(logits, new SamplingOptions { Temperature = 1, MinP = 0.2 }));
        Assert.Equal([3], Picks(logits, new SamplingOptions { Temperature = 1, MinP = 1 }));
        Assert.Equal([2, 3], Picks(logits, new SamplingOptions { Temperature = 1, MinP = 0.01, TopK = 2 }));
    }

    [Fact]
    public void A_penalty_divides_what_is_positive_and_multiplies_what_is_negative()
    {
        float[] logits = [4, -4, 3, -1];
        TextGenerator.Penalize(logits, [0, 1, 99, -1], 2);
        Assert.Equal([2f, -8f, 3f, -1f], logits);
    }

    [Fact]
    public void A_penalty_breaks_a_loop()
    {
        var plain = new SamplingOptions { MaxTokens = 24 };
        var penalized = new SamplingOptions { MaxTokens = 24, RepetitionPenalty = 1.8 };
        int[] before = [.. TextGenerator.Generate(TestData.Nina, "Nina opened with the Sicilian Defense:", plain).Select(t => t.Id)];
        int[] after = [.. TextGenerator.Generate(TestData.Nina, "Nina opened with the Sicilian Defense:", penalized).Select(t => t.Id)];
        Assert.True(after.Distinct().Count() > before.Distinct().Count());
    }

    [Theory]
    [InlineData("one two three", "two", "one ", true)]
    [InlineData("one tw", "two", "one tw", false)]
    [InlineData("aab", "ab", "a", true)]
    [InlineData("xyz", "abc", "xyz", false)]
    [InlineData("abcab", "abd", "abcab", false)]
    public void A_stop_sequence_is_found_however_the_text_is_cut(string text, string stop, string expected, bool isStopped)
    {
        for (int size = 1; size <= text.Length; size++)
        {
            var scanner = new StopScanner([stop, "never"]);
            string shown = string.Empty;
            for (int i = 0; i < text.Length && !scanner.IsStopped; i += size)
            {
                shown += scanner.Push(text.Substring(i, Math.Min(size, text.Length - i)));
            }

            Assert.Equal(isStopped, scanner.IsStopped);
            Assert.Equal(expected, shown + scanner.Finish());
        }
    }

    [Fact]
    public void Every_generation_says_why_it_ended()
    {
        const string Prompt = "Nina opened with the Sicilian Defense:";
        GeneratedToken[] length = Run(new SamplingOptions { MaxTokens = 12 });
        Assert.Equal(FinishReason.Length, length[^1].Finish);
        Assert.All(length[..^1], t => Assert.Equal(FinishReason.None, t.Finish));

        GeneratedToken[] stopped = Run(new SamplingOptions { MaxTokens = 50, Stop = ["bishop", " on the long"] });
        Assert.Equal(FinishReason.Stop, stopped[^1].Finish);
        Assert.Equal(" 1. e4 c5. The ", string.Concat(stopped.Select(t => t.Text)));

        GeneratedToken[] context = Run(new SamplingOptions { MaxTokens = 5000, Stop = ["~~~"], ReportsEnd = true });
        Assert.True(context[^1].Finish is FinishReason.Context or FinishReason.End);
        Assert.True(context.Length <= 1 + TestData.Nina.Config.ContextLength);

        // Somewhere a prompt ends by itself.
        GeneratedToken[] ended = [.. TextGenerator.Generate(
            TestData.Nina, TestData.TestTexts("law", 1)[0], new SamplingOptions { MaxTokens = 200, ReportsEnd = true })];
        Assert.Equal((FinishReason.End, 2), (ended[^1].Finish, ended[^1].Id));
        GeneratedToken[] silent = [.. TextGenerator.Generate(TestData.Nina, TestData.TestTexts("law", 1)[0], new SamplingOptions { MaxTokens = 200 })];
        Assert.Equal(ended.Length - 1, silent.Length);

        GeneratedToken[] Run(SamplingOptions options) => [.. TextGenerator.Generate(TestData.Nina, Prompt, options)];
    }

    [Fact]
    public void Options_are_read_from_json_and_checked()
    {
        SamplingOptions options = SamplingOptions.Create(5, 0.5, 3, 0.9, 7, """{"min_p": 0.1, "repetition_penalty": 1.2, "stop": ["a", "\n"]}""");
        Assert.Equal((0.1, 1.2, true), (options.MinP, options.RepetitionPenalty, options.ReportsEnd));
        Assert.Equal(["a", "\n"], options.Stop);
        SamplingOptions plain = SamplingOptions.Create(5, 0.5, 3, 0.9, 7, null);
        Assert.Equal((0.0, 1.0, false, 0), (plain.MinP, plain.RepetitionPenalty, plain.ReportsEnd, plain.Stop.Count));
        foreach (string wrong in new[] { """{"min_p": 2}""", """{"repetition_penalty": 0}""", """{"stop": [""]}""", """{"stop": "x"}""" })
        {
            Assert.Equal(ErrorNumber.InvalidArgument, Assert.Throws<NinaException>(() => SamplingOptions.Create(1, 0, 0, 1, 0, wrong)).Number);
        }

        Assert.Equal(ErrorNumber.JsonValue, Assert.Throws<NinaException>(() => SamplingOptions.Create(1, 0, 0, 1, 0, """{"stop": [1]}""")).Number);
    }

    private static int[] Picks(float[] logits, SamplingOptions options)
    {
        ulong random = 1;
        return [.. Enumerable.Range(0, 400).Select(_ => TextGenerator.Pick(logits, options, ref random)).Distinct().Order()];
    }
}
