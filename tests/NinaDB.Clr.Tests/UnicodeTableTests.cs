using System.Globalization;
using System.Text;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Tokenization.Unicode;

namespace NinaDB.Clr.Tests;

/// <summary>The Unicode tables and the pattern language of the tokenizers. NINADB_GENERATE_UNICODE=1 writes the category table anew.</summary>
public sealed class UnicodeTableTests
{
    [Fact]
    public void Categories_and_lower_case_are_those_of_this_runtime()
    {
        string path = Path.Combine(TestData.Root, "clr", "NinaDB.Clr", "Tokenization", "Unicode", "UnicodeTable.Categories.Data.cs");
        string expected = Generate();
        if (Environment.GetEnvironmentVariable("NINADB_GENERATE_UNICODE") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.Equal(expected, File.ReadAllText(path));
        for (int c = 0; c < UnicodeTable.CodePointCount; c++)
        {
            if (UnicodeTable.CategoryOf(c) != CharUnicodeInfo.GetUnicodeCategory(c))
            {
                Assert.Fail($"U+{c:X4} is {UnicodeTable.CategoryOf(c)}.");
            }
        }
    }

    [Fact]
    public void Normalisation_forms_are_those_of_this_runtime()
    {
        string[] marks = ["\u0301", "\u0323", "\u0327\u0301", "\u3099", "\u11A8", "\u0301\u0323\u0315"];
        for (int c = 0x20; c < 0x20000; c++)
        {
            UnicodeCategory category = UnicodeTable.CategoryOf(c);
            if (category == UnicodeCategory.Surrogate || category == UnicodeCategory.OtherNotAssigned || IsNewerThanTheData(c))
            {
                continue;
            }

            string text = char.ConvertFromUtf32(c) + marks[c % marks.Length];
            Check(text, NormalizationForm.FormC, false, true);
            Check(text, NormalizationForm.FormD, false, false);
            Check(text, NormalizationForm.FormKC, true, true);
            Check(text, NormalizationForm.FormKD, true, false);
        }
    }

    [Theory]
    [InlineData(@"\s+(?!\S)|\s+", "a   b", "  | ")]
    [InlineData(@"\p{N}{1,3}", "12345", "123|45")]
    [InlineData(@"[^\r\n\p{L}\p{N}]?+\p{L}+", "!ab cd\nef", "!ab| cd|ef")]
    [InlineData(@"(?i:'s|'ll)|x", "'S'lLx'\u017f", "'S|'lL|x|'\u017f")]
    [InlineData(@"[\p{L}&&[^a-c]]+", "abcdxé", "dxé")]
    [InlineData(@"\p{L}+", "\U0001D538b\ud800c", "\U0001D538b|c")]
    [InlineData(@"(ab|a)(c|bcd)", "abcd", "abc")]
    [InlineData(@"(?>ab|a)bc", "abcabbc", "abbc")]
    [InlineData(@"a+?b*?c", "aabc", "aabc")]
    [InlineData(@"\bfoo\b", "foo food foo", "foo|foo")]
    [InlineData(@"^a|b$", "aab", "a|b")]
    [InlineData(@"[\]\-x{2}]+", "]-x{}", "]-x{}")]
    [InlineData(@"\d{2,}x?", "1 22x 333", "22x|333")]
    [InlineData(@"(?:ab){2}", "ababab", "abab")]
    public void Patterns_match_as_regular_expressions_do(string pattern, string text, string expected)
    {
        var matches = new List<TextRange>();
        TextPattern.Compile(pattern, "test").FindAll(text, 0, text.Length, matches);
        Assert.Equal(expected, string.Join("|", matches.Select(m => text[m.Start..m.End])));
    }

    [Theory]
    [InlineData("(a")]
    [InlineData("a)")]
    [InlineData("[a")]
    [InlineData("*a")]
    [InlineData(@"\p{Klingon}")]
    [InlineData(@"(?<=a)b")]
    [InlineData(@"\1")]
    [InlineData("(a*)*")]
    [InlineData("a{2000}")]
    [InlineData("((((a{500}){500}){500}){500})")]
    [InlineData("[b-a]")]
    [InlineData("(?i:é)")]
    [InlineData("a{1}{1}{1}{1}{1}")]
    public void What_a_pattern_cannot_say_is_refused(string pattern)
        => Assert.Equal(ErrorNumber.PatternUnsupported, Assert.Throws<NinaException>(() => TextPattern.Compile(pattern, "test")).Number);

    [Fact]
    public void A_pattern_that_would_take_for_ever_is_stopped()
    {
        TextPattern pattern = TextPattern.Compile("(?:a|a)(?:a|a)+b", "test");
        string text = new('a', 300);
        Assert.Equal(ErrorNumber.PatternTooCostly, Assert.Throws<NinaException>(() => pattern.FindAll(text, 0, text.Length, [])).Number);
    }

    private static void Check(string text, NormalizationForm form, bool compatible, bool compose)
    {
        string expected = text.Normalize(form);
        string actual = UnicodeForm.Normalize(text, compatible, compose);
        if (expected != actual)
        {
            Assert.Fail($"{form} of U+{char.ConvertToUtf32(text, 0):X4}");
        }
    }

    /// <summary>Code points that came after Unicode 14, which the normalisation data is of.</summary>
    private static bool IsNewerThanTheData(int c) => c is >= 0x10D50 and <= 0x10D8F or >= 0x11380 and <= 0x113FF or >= 0x16D40 and <= 0x16D7F or >= 0x11F00 and <= 0x11F5F
        or >= 0x1E030 and <= 0x1E08F or >= 0x1E4D0 and <= 0x1E5FF or >= 0x10EFD and <= 0x10EFF or 0x105C9 or 0x105E4 or 0x897 or 0x0CF3 or 0x0ECE or >= 0x16100 and <= 0x1613F
        or 0xA7F1 or 0x1CCD6 or >= 0x1CCD6 and <= 0x1CCF9;

    private static string Generate()
    {
        var categories = new List<byte>();
        int start = 0;
        for (int c = 1; c <= UnicodeTable.CodePointCount; c++)
        {
            if (c == UnicodeTable.CodePointCount || CharUnicodeInfo.GetUnicodeCategory(c) != CharUnicodeInfo.GetUnicodeCategory(start))
            {
                AddNumber(categories, c - start);
                categories.Add((byte)CharUnicodeInfo.GetUnicodeCategory(start));
                start = c;
            }
        }

        var lower = new List<byte>();
        int previous = 0;
        for (int c = 0; c < UnicodeTable.CodePointCount; c++)
        {
            int letter = Rune.IsValid(c) ? Rune.ToLowerInvariant(new Rune(c)).Value : c;
            if (letter != c)
            {
                AddNumber(lower, c - previous);
                AddNumber(lower, letter);
                previous = c;
            }
        }

        return "// <auto-generated>\n// The Unicode data of .NET 10 (CharUnicodeInfo, Rune.ToLowerInvariant), written by UnicodeTableTests with NINADB_GENERATE_UNICODE=1.\n// </auto-generated>\n"
            + "namespace NinaDB.Clr.Tokenization.Unicode;\n\ninternal static partial class UnicodeTable\n{\n"
            + Constant("CategoryData", "Runs of code points of one general category: length, category.", categories) + "\n"
            + Constant("LowerData", "Code points whose lower-case letter is another one.", lower) + "}\n";
    }

    private static string Constant(string name, string summary, List<byte> data)
        => $"    /// <summary>{summary}</summary>\n    private const string {name} =\n"
            + string.Join(" +\n", Convert.ToBase64String([.. data]).Chunk(150).Select(line => $"        \"{new string(line)}\"")) + ";\n";

    private static void AddNumber(List<byte> data, int number)
    {
        for (; number >= 128; number >>= 7)
        {
            data.Add((byte)((number & 127) | 128));
        }

        data.Add((byte)number);
    }
}
