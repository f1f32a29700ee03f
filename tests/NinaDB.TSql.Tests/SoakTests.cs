using NinaDB.Soak;

namespace NinaDB.TSql.Tests;

/// <summary>Five seconds of the soak (benchmarks/NinaDB.Soak), which runs for ten minutes by default.</summary>
public sealed class SoakTests
{
    [Fact]
    public void Mixed_load_of_several_tenants_leaks_nothing_and_loses_no_event()
    {
        using var run = new SoakRun(new SoakOptions(Seconds: 5, Tenants: 4), TextWriter.Null);
        SoakReport report = run.Run();

        Assert.Empty(report.Violations);
        Assert.True(report.Acts > 20, $"Only {report.Acts} acts.");
    }
}
