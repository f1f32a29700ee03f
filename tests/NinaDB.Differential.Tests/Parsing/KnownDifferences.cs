using System.Text.RegularExpressions;

namespace NinaDB.Differential.Tests.Parsing;

/// <summary>
/// Where the two parsers may part, and why: Parsing/known-differences.txt. A line is "newer: BATCH" (syntax after SQL Server 2019: the batch is not compared),
/// "refused: ERROR ## BATCH" (ScriptDom accepts what we refuse with such an error) or "accepted: ERROR ## BATCH" (we accept what ScriptDom refuses so); ERROR and BATCH
/// are regular expressions, and the comment lines above give the reason.
/// </summary>
internal static class KnownDifferences
{
    private const string Separator = " ## ";

    private static readonly Regex[] Newer = [.. Lines("newer: ").Select(Pattern)];
    private static readonly (Regex Error, Regex Batch)[] Refused = Pairs("refused: ");
    private static readonly (Regex Error, Regex Batch)[] Accepted = Pairs("accepted: ");

    /// <summary>The batch holds syntax that ScriptDom of 2019 cannot know.</summary>
    public static bool IsNewer(string batch) => Newer.Any(p => p.IsMatch(batch));

    public static bool Explains(Difference difference, string batch) => difference.Ours is { } ours
        ? Refused.Any(p => p.Error.IsMatch(ours) && p.Batch.IsMatch(batch))
        : Accepted.Any(p => p.Error.IsMatch(difference.Theirs!) && p.Batch.IsMatch(batch));

    private static (Regex, Regex)[] Pairs(string head) => [.. Lines(head).Select(l => l.Split(Separator)).Select(p => (Pattern(p[0]), Pattern(p[1])))];

    private static Regex Pattern(string text) => new(text, RegexOptions.IgnoreCase | RegexOptions.Singleline, TimeSpan.FromSeconds(5));

    private static IEnumerable<string> Lines(string head) =>
        File.ReadLines(Path.Combine(Corpus.Root, "tests", "NinaDB.Differential.Tests", "Parsing", "known-differences.txt"))
            .Where(l => l.StartsWith(head, StringComparison.Ordinal))
            .Select(l => l[head.Length..]);
}
