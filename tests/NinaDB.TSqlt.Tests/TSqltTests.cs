namespace NinaDB.TSqlt.Tests;

/// <summary>Runs when NINADB_TSQLT names a clone of tSQLt.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TSqltFactAttribute : FactAttribute
{
    public TSqltFactAttribute()
    {
        if (string.IsNullOrEmpty(Folder))
        {
            Skip = "NINADB_TSQLT does not name a clone of tSQLt.";
        }
    }

    internal static string? Folder => Environment.GetEnvironmentVariable("NINADB_TSQLT");
}

/// <summary>tSQLt's own tests on the embedded host.</summary>
public sealed class TSqltTests
{
    private const double LeastShare = 0.9;

    /// <summary>The framework, its utilities and all test classes install; every test passes but those of tests/tsqlt/expected.txt.</summary>
    [TSqltFact]
    public void Its_own_tests_pass_but_those_expected_to_fail()
    {
        var clone = new TSqltClone(TSqltFactAttribute.Folder!);
        using var assemblies = new TSqltAssemblies(clone);
        using var run = new TSqltRun();
        run.Install(clone, assemblies);
        foreach (TSqltScript testClass in clone.TestClasses())
        {
            run.Install(testClass);
        }

        Assert.Empty(run.Problems);

        TSqltResult[] results = [.. run.Tests().Select(t => run.Run(t.Class, t.Test))];
        Report(results);
        var expectations = TSqltExpectations.Read();
        TSqltResult[] failed = [.. results.Where(r => r.Result is not ("Success" or "Skipped"))];
        string[] unexpected = [.. failed.Where(r => !expectations.Failures.ContainsKey((r.Class, r.Test))).Select(r => $"{r.Class}.[{r.Test}]: {r.Result}: {r.Message}")];
        string[] passing = [.. expectations.Failures.Keys.Where(k => !failed.Any(r => (r.Class, r.Test) == k)).Select(k => $"{k.Class}.[{k.Test}] passes now")];

        Assert.Empty(unexpected);
        Assert.Empty(passing);
        Assert.Equal(expectations.Total, results.Length);
        Assert.Equal(expectations.Passed, results.Count(r => r.Result == "Success"));
        Assert.Equal(expectations.Skipped, results.Count(r => r.Result == "Skipped"));
        Assert.True(expectations.Passed >= LeastShare * (expectations.Total - expectations.Skipped), "Fewer than nine in ten pass.");
    }

    /// <summary>With NINADB_TSQLT_REPORT=FILE, one line a test: result, class, test, milliseconds, message.</summary>
    private static void Report(IEnumerable<TSqltResult> results)
    {
        if (Environment.GetEnvironmentVariable("NINADB_TSQLT_REPORT") is { Length: > 0 } file)
        {
            File.WriteAllLines(file, results.Select(r => $"{r.Result}\t{r.Class}\t{r.Test}\t{r.Time.TotalMilliseconds:0}\t{r.Message.ReplaceLineEndings(" / ")}"));
        }
    }
}
