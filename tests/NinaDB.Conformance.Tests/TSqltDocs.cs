using System.Globalization;
using System.Text;

namespace NinaDB.Conformance.Tests;

/// <summary>The section of docs/embedded-host.md about tSQLt's own tests, from tests/tsqlt/expected.txt (NinaDB.TSqlt.Tests holds the file to what is so).</summary>
internal static class TSqltDocs
{
    public static void Append(StringBuilder text)
    {
        string[] lines = [.. File.ReadAllLines(Path.Combine(Repository.Root, "tests", "tsqlt", "expected.txt")).Where(l => l.Length > 0 && l[0] != '#')];
        Dictionary<string, string> values = lines.Where(l => !l.StartsWith("fail:", StringComparison.Ordinal))
            .ToDictionary(l => l[..l.IndexOf(':', StringComparison.Ordinal)], l => l[(l.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());
        text.Append("## tSQLt\n\n");
        text.Append(CultureInfo.InvariantCulture, $"[tSQLt](https://tsqlt.org) (commit {values["commit"]}) installs on the embedded host, and {values["passed"]} of {values["tests"]} of its own tests pass; ");
        text.Append(CultureInfo.InvariantCulture, $"{values["skipped"]} more it skips itself. {values["scope"]}\n\nThese fail:\n\n");
        foreach (string line in lines.Where(l => l.StartsWith("fail:", StringComparison.Ordinal)))
        {
            string failure = line["fail:".Length..].Trim();
            int first = failure.IndexOf(" | ", StringComparison.Ordinal), last = failure.LastIndexOf(" | ", StringComparison.Ordinal);
            text.Append(CultureInfo.InvariantCulture, $"- `{failure[..first]}`, {failure[(first + 3)..last]}: {failure[(last + 3)..]}\n");
        }

        text.Append('\n');
    }
}
