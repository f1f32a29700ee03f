namespace NinaDB.TSql.Tests;

/// <summary>Five seconds of the soak (benchmarks/NinaDB.Soak), which runs for ten minutes by default.</summary>
public sealed class SoakTests
{
    [Fact]
    public void Mixed_load_of_several_tenants_leaks_nothing_and_loses_no_event()
    {
        using var run = new SoakRun(new SoakOptions(Seconds: 5, Tenants: 3), TextWriter.Null);
        SoakReport report = run.Run();

        Assert.Empty(report.Violations);
        Assert.True(report.Acts > 20, $"Only {report.Acts} acts.");
    }

    [Theory]
    [InlineData("ALTER SECURITY POLICY mqe.RowPolicy WITH (STATE = OFF);", "may not see")]
    [InlineData("ALTER SECURITY POLICY factory.RowPolicy WITH (STATE = OFF);", "may not see")]
    public void A_soak_without_a_policy_finds_the_leak(string sabotage, string finding)
    {
        using var run = new SoakRun(new SoakOptions(Seconds: 10, Tenants: 2, Sabotage: sabotage), TextWriter.Null);

        Assert.Contains(run.Run().Violations, violation => violation.Contains(finding, StringComparison.Ordinal));
    }
}
