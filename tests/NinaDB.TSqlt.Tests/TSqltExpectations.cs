namespace NinaDB.TSqlt.Tests;

/// <summary>
/// tests/tsqlt/expected.txt: how many of tSQLt's tests there are and pass, and each that fails with the reason. Lines are <c>key: value</c>, failures
/// <c>fail: class | test | reason</c>; # begins a comment.
/// </summary>
internal sealed class TSqltExpectations
{
    private readonly Dictionary<string, string> _values = [];

    private TSqltExpectations()
    {
    }

    /// <summary>Reason by class and test.</summary>
    public Dictionary<(string Class, string Test), string> Failures { get; } = [];

    public int Total => Number("tests");

    public int Passed => Number("passed");

    /// <summary>Left out by tSQLt itself: for other versions of SQL Server, or disabled.</summary>
    public int Skipped => Number("skipped");

    public static TSqltExpectations Read()
    {
        var expectations = new TSqltExpectations();
        foreach (string line in File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "tsqlt", "expected.txt")).Where(l => l.Length > 0 && l[0] != '#'))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string key = line[..colon], value = line[(colon + 1)..].Trim();
            if (key != "fail")
            {
                expectations._values.Add(key, value);
                continue;
            }

            // Names of tests may hold any character, so the reason is what follows the last bar.
            int first = value.IndexOf(" | ", StringComparison.Ordinal), last = value.LastIndexOf(" | ", StringComparison.Ordinal);
            expectations.Failures.Add((value[..first], value[(first + 3)..last]), value[(last + 3)..]);
        }

        return expectations;
    }

    private int Number(string key) => int.Parse(_values[key], System.Globalization.CultureInfo.InvariantCulture);
}
