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
    [TSqltFact]
    public void The_framework_and_its_utilities_install()
    {
        var clone = new TSqltClone(TSqltFactAttribute.Folder!);
        using var assemblies = new TSqltAssemblies(clone);
        using var run = new TSqltRun();
        run.Install(clone, assemblies);

        Assert.Empty(run.Problems);
    }
}
