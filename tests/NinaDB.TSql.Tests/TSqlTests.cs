using System.Text.RegularExpressions;

namespace NinaDB.TSql.Tests;

/// <summary>Every [test ...] procedure under tests/tsql/tests, run on the embedded host; one xunit case each.</summary>
public sealed partial class TSqlTests(TSqlRun run) : IClassFixture<TSqlRun>
{
    public static TheoryData<string, string> Tests
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string file in TSqlRun.TestFiles())
            {
                foreach (Match match in TestProcedure().Matches(File.ReadAllText(file)))
                {
                    data.Add(match.Groups[1].Value, match.Groups[2].Value);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Tests))]
    public void A_T_SQL_test_succeeds(string className, string test)
    {
        Assert.True(run.Results.TryGetValue((className, test), out (string Result, string? Message) outcome), "The test did not run.");
        Assert.True(outcome.Result == "Success", $"{outcome.Result}: {outcome.Message}");
    }

    [GeneratedRegex(@"^CREATE PROCEDURE (\w+)\.\[(test [^\]]+)\]", RegexOptions.Multiline)]
    private static partial Regex TestProcedure();
}
