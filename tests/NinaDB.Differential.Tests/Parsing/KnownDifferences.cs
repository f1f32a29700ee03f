using System.Text.RegularExpressions;

namespace NinaDB.Differential.Tests.Parsing;

/// <summary>
/// Where the two parsers may part, and why: Parsing/known-differences.txt. A line is "newer: PATTERN" (syntax after SQL Server 2019: the batch is not compared),
/// or "differs: PATTERN" (the server is documented to answer as we do), a regular expression over the batch; the comment lines above it give the reason.
/// </summary>
internal static class KnownDifferences
{
    private static readonly Regex[] Newer = Read("newer: ");
    private static readonly Regex[] Differs = Read("differs: ");

    /// <summary>The batch holds syntax that ScriptDom of 2019 cannot know.</summary>
    public static bool IsNewer(string batch) => Newer.Any(p => p.IsMatch(batch));

    public static bool Explains(string batch) => Differs.Any(p => p.IsMatch(batch));

    private static Regex[] Read(string head) =>
    [
        .. File.ReadLines(Path.Combine(Corpus.Root, "tests", "NinaDB.Differential.Tests", "Parsing", "known-differences.txt"))
            .Where(l => l.StartsWith(head, StringComparison.Ordinal))
            .Select(l => new Regex(l[head.Length..], RegexOptions.IgnoreCase | RegexOptions.Singleline, TimeSpan.FromSeconds(5))),
    ];
}
