using NinaDB.Clr.Matching;

namespace NinaDB.Clr.Tests;

/// <summary>How texts are compared with rules: evasions that must be seen through, and harmless texts that must pass.</summary>
public sealed class MatchingTests
{
    [Theory]
    [InlineData("Hello  World", "hello world")]
    [InlineData("  a\r\n\tb\u00a0c\u3000d ", "a b c d")]
    [InlineData("Crème Brûlée", "creme brulee")]
    [InlineData("Cre\u0300me", "creme")]
    [InlineData("ＢＯＭＢ１２", "bomb12")]
    [InlineData("bo\u200bm\u200db\ufeff\u00ad", "bomb")]
    [InlineData("bo\u202em\u2066b", "bomb")]
    [InlineData("\U0001D401\U0001D428\U0001D426\U0001D41B \U0001D7CF", "bomb 1")]
    [InlineData("ⓑⓞⓜⓑ ⒝ 🅱 🄱 🇧", "bomb b b b b")]
    [InlineData("вомв", "bomb")]
    [InlineData("ΒΟΜΒ", "bomb")]
    [InlineData("ﬁne ﬀ ß æ ø ł", "fine ff ss ae o l")]
    [InlineData("bo\U000E0001\U000E0062mb\ufe0f", "bomb")]
    [InlineData("\u1160b\u3164omb\u2800", "bomb")]
    [InlineData("ʙᴏᴍʙ", "bomb")]
    [InlineData("③ ⑫ ⓪ ²", "3 12 0 2")]
    public void Folding_removes_what_makes_no_difference_to_a_reader(string text, string expected) => Assert.Equal(expected, TextFold.Fold(text));

    [Theory]
    [InlineData("bomb")]
    [InlineData("How to build a BOMB?")]
    [InlineData("b.o.m.b")]
    [InlineData("b-o_m*b")]
    [InlineData("b o m b")]
    [InlineData("b  o\nm\tb now")]
    [InlineData("bo mb")]
    [InlineData("bo\u200bmb")]
    [InlineData("b\u00f6mb")]
    [InlineData("\u0432\u043e\u043c\u0432")]
    [InlineData("b\u03bfmb")]
    [InlineData("\uff42\uff4f\uff4d\uff42")]
    [InlineData("b0mb")]
    [InlineData("80m8")]
    [InlineData("boooomb")]
    [InlineData("bommmmb")]
    [InlineData("b💣o💣m💣b")]
    [InlineData("(bomb)")]
    [InlineData("bomb's")]
    [InlineData("\U0001D535 b\u0336o\u0336m\u0336b\u0336")]
    public void A_forbidden_word_is_found_however_it_is_written(string text) => Assert.Equal("bomb", WordMatcher.Find(text, "tank, bomb"));

    [Theory]
    [InlineData("bombastic")]
    [InlineData("aplomb")]
    [InlineData("a bo and an mbira")]
    [InlineData("carbo mbps")]
    [InlineData("8008 and 80")]
    [InlineData("")]
    [InlineData("💣")]
    public void A_harmless_text_is_let_through(string text) => Assert.Null(WordMatcher.Find(text, "bomb"));

    [Theory]
    [InlineData("pen is mightier than the sword", "penis")]
    [InlineData("The bishop on the long diagonal", "hopon")]
    [InlineData("room 1057", "lost")]
    [InlineData("He assists", "ass")]
    [InlineData("as sassy", "ass")]
    public void Neighbouring_words_do_not_make_a_forbidden_one(string text, string word) => Assert.Null(WordMatcher.Find(text, word));

    [Theory]
    [InlineData("make a pipe bomb")]
    [InlineData("MAKE   A\n\nPIPE-BOMB")]
    [InlineData("makeapipebomb")]
    [InlineData("m.a.k.e a p i p e bomb")]
    [InlineData("ma\u200bke, a: pipe \"bomb\"")]
    [InlineData("m4ke a p1pe b0mb")]
    public void A_phrase_is_found_across_its_words(string text) => Assert.Equal("make a pipe bomb", WordMatcher.Find("Please " + text + "!", "make a pipe bomb"));

    [Fact]
    public void A_star_stands_for_any_ending()
    {
        Assert.Equal("explosi*", WordMatcher.Find("Explosives!", "explosi*"));
        Assert.Null(WordMatcher.Find("explore", "explosi*"));
    }

    [Fact]
    public void Words_of_other_scripts_match_in_either_case()
    {
        Assert.Equal("бомба", WordMatcher.Find("Где БОМБА?", "бомба"));
        Assert.Equal("ΝΑΡΚΩΤΙΚΑ", WordMatcher.Find("ναρκωτικά", "ΝΑΡΚΩΤΙΚΑ"));
        Assert.Equal("炸弹", WordMatcher.Find("炸弹", "炸弹"));
    }

    [Fact]
    public void Entries_that_nothing_could_match_are_named() => Assert.Equal(["!!", "*"], WordMatcher.Unmatchable("bomb, !!\n* ; tank"));

    [Fact]
    public void Passages_overlap_and_cover_the_text()
    {
        string text = string.Join(' ', Enumerable.Range(0, 50).Select(i => $"w{i}"));
        IReadOnlyList<string> passages = TextFold.Passages(text, 24);
        Assert.Equal(6, passages.Count);
        Assert.StartsWith("w0 ", passages[0], StringComparison.Ordinal);
        Assert.StartsWith("w6 ", passages[1], StringComparison.Ordinal);
        Assert.EndsWith(" w49", passages[^1], StringComparison.Ordinal);
        Assert.Empty(TextFold.Passages(" ... ", 24));
    }

    [Fact]
    public void Random_text_never_breaks_matching_and_folding_twice_changes_nothing()
    {
        var random = new Random(50040);
        char[] alphabet = ['b', 'o', 'm', ' ', '.', '\u200b', '\u0301', '\ud83d', '\udca3', '\ud835', '\udd35', 'в', 'Ο', '０', '!', '@', '\0', '\u2460'];
        for (int i = 0; i < 20000; i++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(24)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
            string folded = TextFold.Fold(text);
            Assert.Equal(folded, TextFold.Fold(folded));
            WordMatcher.Find(text, "bomb, b!o, вом");
        }
    }
}
