using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace NinaDB.Conformance.Tests;

/// <summary>
/// Writes the list of supported T-SQL into docs/embedded-host.md, between two markers, from the conformance files: chapters, topics, number
/// of cases, documentation pages, known gaps, and the constructs refused by name.
/// </summary>
internal static partial class EmbeddedHostDocs
{
    private const string Begin = "<!-- generated from tests/conformance: do not edit -->";
    private const string End = "<!-- end of the generated part -->";

    private const string Preface = """
        # The embedded host

        The embedded host runs NinaDB's T-SQL without SQL Server: a folder is the database, one process opens it. It follows SQL Server 2025
        in syntax, types, errors and results. What it does not support it refuses by name (error 40517); it never ignores a construct
        that would change an answer.

        The list below says what is tested, and against which page of the documentation. Its cases are data files under `tests/conformance`:
        a script, and the exact result sets, types, messages and errors that SQL Server documents for it.

        """;

    public static string Path => System.IO.Path.Combine(Repository.Root, "docs", "embedded-host.md");

    /// <summary>The document as it should stand, keeping what was written by hand around the generated part.</summary>
    public static string Expected()
    {
        string current = File.Exists(Path) ? File.ReadAllText(Path).Replace("\r\n", "\n", StringComparison.Ordinal) : "";
        int begin = current.IndexOf(Begin, StringComparison.Ordinal);
        int end = current.IndexOf(End, StringComparison.Ordinal);
        string before = begin >= 0 ? current[..begin] : (current.Length > 0 ? current : Preface).TrimEnd('\n') + "\n\n";
        string after = end >= 0 ? current[(end + End.Length)..] : "\n";
        return before + Generate() + after;
    }

    private static string Generate()
    {
        ConformanceFile[] files = [.. ConformanceFile.All];
        var text = new StringBuilder();
        text.Append(Begin).Append("\n\n## What is tested\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{files.Sum(f => f.Cases.Count)} cases in {files.Length} topics.\n\n");
        foreach (IGrouping<string, ConformanceFile> chapter in files.Where(f => f.Chapter != "refused").GroupBy(f => f.Chapter))
        {
            text.Append(CultureInfo.InvariantCulture, $"### {char.ToUpperInvariant(chapter.Key[0])}{chapter.Key[1..]}\n\n| topic | cases | documentation |\n|---|---|---|\n");
            foreach (ConformanceFile file in chapter)
            {
                string pages = string.Join(", ", file.Sources.Select(s => $"[{PageName(s)}]({s})"));
                text.Append(CultureInfo.InvariantCulture, $"| {file.Topic} | {file.Cases.Count} | {pages} |\n");
            }

            text.Append('\n');
        }

        TSqltDocs.Append(text);
        AppendGaps(text, files);
        AppendRefused(text, files);
        return text.Append(End).ToString();
    }

    private static void AppendGaps(StringBuilder text, ConformanceFile[] files)
    {
        (ConformanceFile File, ConformanceCase Case)[] gaps = [.. files.SelectMany(f => f.Cases.Where(c => c.Gap is not null).Select(c => (f, c)))];
        text.Append("## Known differences from SQL Server\n\n");
        if (gaps.Length == 0)
        {
            text.Append("None that a case shows.\n\n");
            return;
        }

        foreach ((ConformanceFile file, ConformanceCase gap) in gaps)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {file.Topic}: {gap.Name} ({gap.Gap})\n");
        }

        text.Append('\n');
    }

    private static void AppendRefused(StringBuilder text, ConformanceFile[] files)
    {
        text.Append("## Refused by name (error 40517)\n\n");
        IEnumerable<string> names = files.SelectMany(f => f.Cases)
            .SelectMany(c => RefusedName().Matches(c.Expected)).Select(m => m.Groups[1].Value)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        foreach (string name in names)
        {
            text.Append(CultureInfo.InvariantCulture, $"- `{name}`\n");
        }

        text.Append('\n');
    }

    private static string PageName(string url) => url[(url.LastIndexOf('/') + 1)..].Replace("-transact-sql", "", StringComparison.Ordinal);

    [GeneratedRegex("Keyword or statement option '(.*?)' is not supported in the embedded host")]
    private static partial Regex RefusedName();
}

/// <summary>docs/embedded-host.md is current. With NINADB_GENERATE_DOCS=1 it is written instead.</summary>
public class EmbeddedHostDocsTests
{
    [Fact]
    public void The_list_of_supported_T_SQL_is_current()
    {
        string expected = EmbeddedHostDocs.Expected();
        if (Environment.GetEnvironmentVariable("NINADB_GENERATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(EmbeddedHostDocs.Path)!);
            File.WriteAllText(EmbeddedHostDocs.Path, expected);
            return;
        }

        string actual = File.Exists(EmbeddedHostDocs.Path) ? File.ReadAllText(EmbeddedHostDocs.Path).Replace("\r\n", "\n", StringComparison.Ordinal) : "";
        Assert.True(expected == actual, "docs/embedded-host.md is out of date: run this test with NINADB_GENERATE_DOCS=1 and commit the file.");
    }
}
