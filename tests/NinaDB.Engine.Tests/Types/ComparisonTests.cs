using NinaDB.Engine.Execution;
using NinaDB.Engine.Types;
using static NinaDB.Engine.Tests.Types.TypeText;

namespace NinaDB.Engine.Tests.Types;

public sealed class ComparisonTests
{
    private const string Ci = "SQL_Latin1_General_CP1_CI_AS";
    private const string Cs = "Latin1_General_CS_AS";
    private const string Ai = "Latin1_General_100_CI_AI";
    private const string Bin = "Latin1_General_BIN2";

    [Theory]
    [InlineData(Ci, "abc", "ABC", 0)]
    [InlineData(Ci, "abc", "abc   ", 0)]
    [InlineData(Ci, "", "  ", 0)]
    [InlineData(Ci, "cafe", "café", -1)]
    [InlineData(Ci, "CAFÉ", "café", 0)]
    [InlineData(Ci, "cafe\u0301", "café", 0)]
    [InlineData(Ci, "caff", "café", 1)]
    [InlineData(Ci, "a", "B", -1)]
    [InlineData(Ci, "9", "a", -1)]
    [InlineData(Ci, "_", "9", -1)]
    [InlineData(Ci, "Z", "é", 1)]
    [InlineData(Ci, "strasse", "straße", 0)]
    [InlineData(Ci, "abc", "abcd", -1)]
    [InlineData(Ci, "Ω", "ω", 0)]
    [InlineData(Ci, "Д", "д", 0)]
    [InlineData(Ci, "z", "д", -1)]
    [InlineData(Cs, "abc", "ABC", -1)]
    [InlineData(Cs, "abd", "ABC", 1)]
    [InlineData(Cs, "abc", "abc ", 0)]
    [InlineData(Ai, "cafe", "CAFÉ", 0)]
    [InlineData(Bin, "a", "B", 1)]
    [InlineData(Bin, "a", "a ", 0)]
    public void Collates(string collation, string left, string right, int expected)
    {
        Collation c = Collation.Find(collation)!;
        Assert.Equal(expected, Math.Sign(c.Compare(left, right)));
        Assert.Equal(-expected, Math.Sign(c.Compare(right, left)));
        Assert.Equal(expected == 0, c.Equals(left, right));
        Assert.Equal(expected, Math.Sign(c.GetSortKey(left).AsSpan().SequenceCompareTo(c.GetSortKey(right))));
        if (expected == 0)
        {
            Assert.Equal(c.GetHashCode(left), c.GetHashCode(right));
        }
    }

    [Theory]
    [InlineData(Ci)]
    [InlineData(Cs)]
    [InlineData(Ai)]
    [InlineData(Bin)]
    public void SortKeysAgreeWithComparison(string collation)
    {
        Collation c = Collation.Find(collation)!;
        const string Alphabet = "aAbBéÉeE\u0301 _-9zZßsæøØ日д";
        var random = new Random(12);
        for (int i = 0; i < 20_000; i++)
        {
            string left = Word(random, Alphabet);
            string right = Word(random, Alphabet);
            int compared = Math.Sign(c.Compare(left, right));
            Assert.Equal(compared, Math.Sign(c.GetSortKey(left).AsSpan().SequenceCompareTo(c.GetSortKey(right))));
            Assert.Equal(compared, -Math.Sign(c.Compare(right, left)));
            Assert.Equal(compared == 0, c.Equals(left, right));
            if (compared == 0)
            {
                Assert.Equal(c.GetHashCode(left), c.GetHashCode(right));
            }
        }
    }

    [Theory]
    [InlineData("Latin1_General_100_CI_AS_SC_UTF8", true)]
    [InlineData("latin1_general_bin2", true)]
    [InlineData("SQL_Latin1_General_CP1_CI_AS", true)]
    [InlineData("Klingon_CI_AS", false)]
    [InlineData("Latin1_General_XX", false)]
    [InlineData("Latin1_General_CI", false)]
    public void KnowsCollations(string name, bool known) => Assert.Equal(known, Collation.Find(name) is not null);

    [Fact]
    public void CollationNamesAreCanonical() =>
        Assert.Same(Collation.Find("Latin1_General_100_CI_AS_SC_UTF8"), Collation.Find("LATIN1_GENERAL_100_ci_as_sc_utf8"));

    [Theory]
    [InlineData("abc", "a%", true)]
    [InlineData("abc", "A_C", true)]
    [InlineData("abc", "%b%", true)]
    [InlineData("abc", "b%", false)]
    [InlineData("abc", "[a-c]bc", true)]
    [InlineData("abc", "[^a-c]bc", false)]
    [InlineData("xbc", "[^a-c]bc", true)]
    [InlineData("50%", "50!%", true, "!")]
    [InlineData("50x", "50!%", false, "!")]
    [InlineData("a]c", "a]c", true)]
    [InlineData("a[c", "a[[]c", true)]
    [InlineData("a_c", "a[_]c", true)]
    [InlineData("abc", "a[_]c", false)]
    [InlineData("a-c", "a[a-]c", true)]
    [InlineData("", "", true)]
    [InlineData("", "%", true)]
    [InlineData("abc  ", "abc", true)]
    [InlineData("abc", "abc ", false)]
    [InlineData("aaa", "a%a%a", true)]
    [InlineData("É", "é", true)]
    [InlineData("é", "e", false)]
    [InlineData("abc", "[", false)]
    public void Likes(string value, string pattern, bool expected, string? escape = null) =>
        Assert.Equal(expected, LikeMatcher.Create(pattern, escape, Collation.Default, isUnicode: false).IsMatch(value));

    [Fact]
    public void LikeOfUnicodeCountsTrailingBlanks() =>
        Assert.False(LikeMatcher.Create("abc", null, Collation.Default, isUnicode: true).IsMatch("abc  "));

    [Fact]
    public void LikeDoesNotBlowUp()
    {
        LikeMatcher matcher = LikeMatcher.Create(string.Concat(Enumerable.Repeat("%a", 50)) + "b", null, Collation.Default, isUnicode: true);
        Assert.False(matcher.IsMatch(new string('a', 20_000)));
    }

    [Theory]
    [InlineData("abc%", "abc", true, false)]
    [InlineData("abc", "abc", false, true)]
    [InlineData("a%c", "a", false, false)]
    [InlineData("%c", "", false, false)]
    public void LikePrefixes(string pattern, string prefix, bool prefixOnly, bool exact)
    {
        LikeMatcher matcher = LikeMatcher.Create(pattern, null, Collation.Default, isUnicode: true);
        Assert.Equal((prefix, prefixOnly, exact), (matcher.Prefix, matcher.IsPrefixOnly, matcher.IsExact));
    }

    [Theory]
    [InlineData("int", "-5", "3", -1)]
    [InlineData("float", "-0.5", "0.25", -1)]
    [InlineData("decimal(10,2)", "1.50", "1.5", 0)]
    [InlineData("decimal(38,10)", "-12345678901234567890.5", "1", -1)]
    [InlineData("money", "1.5", "1.49", 1)]
    [InlineData("date", "2024-01-01", "2023-12-31", 1)]
    [InlineData("datetimeoffset(0)", "2024-01-01 12:00 +02:00", "2024-01-01 10:00 +00:00", 0)]
    [InlineData("varbinary(5)", "0x0100", "0x01", 0)]
    [InlineData("varbinary(5)", "0x02", "0x0100", 1)]
    [InlineData("uniqueidentifier", "00000000-0000-0000-0000-010000000000", "FFFFFFFF-0000-0000-0000-000000000000", 1)]
    [InlineData("int", "NULL", "-2147483648", -1)]
    [InlineData("int", "NULL", "NULL", 0)]
    public void Compares(string type, string left, string right, int expected)
    {
        SqlType t = Type(type);
        SqlValue a = Value(left, t);
        SqlValue b = Value(right, t);
        Assert.Equal(expected, Math.Sign(SqlComparer.Compare(a, b, t)));
        Assert.Equal(expected == 0, SqlComparer.Equals(a, b, t));
        if (expected == 0)
        {
            Assert.Equal(SqlComparer.GetHashCode(a, t), SqlComparer.GetHashCode(b, t));
        }
    }

    [Fact]
    public void TruthTable()
    {
        Assert.Equal(Truth.False, TruthTables.And(Truth.Unknown, Truth.False));
        Assert.Equal(Truth.Unknown, TruthTables.And(Truth.Unknown, Truth.True));
        Assert.Equal(Truth.True, TruthTables.Or(Truth.Unknown, Truth.True));
        Assert.Equal(Truth.Unknown, TruthTables.Or(Truth.Unknown, Truth.False));
        Assert.Equal(Truth.Unknown, TruthTables.Not(Truth.Unknown));
    }

    private static string Word(Random random, string alphabet) =>
        string.Create(random.Next(5), (random, alphabet), static (span, state) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = state.alphabet[state.random.Next(state.alphabet.Length)];
            }
        });
}
