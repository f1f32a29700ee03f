using System.Text;

namespace NinaDB.Conformance.Tests;

/// <summary>Skips where NINADB_SQLSERVER holds no connection string.</summary>
public sealed class SqlServerTheoryAttribute : TheoryAttribute
{
    public SqlServerTheoryAttribute()
    {
        if (SqlServerHost.ConnectionString is null)
        {
            Skip = "NINADB_SQLSERVER holds no connection string of a SQL Server 2025.";
        }
    }
}

/// <summary>The cases against the server that NINADB_SQLSERVER names: any difference is printed. Cases of constructs that only the embedded host refuses are left out.</summary>
public class SqlServerConformanceTests
{
    [SqlServerTheory]
    [MemberData(nameof(ConformanceTests.Files), MemberType = typeof(ConformanceTests))]
    public void SQL_Server_answers_as_the_cases_say(string path)
    {
        ConformanceFile file = ConformanceFile.Read(Path.Combine(Repository.Conformance, path));
        if (file.Chapter == "refused")
        {
            return;
        }

        using var server = new SqlServerHost(SqlServerHost.ConnectionString!);
        var differences = new StringBuilder();
        foreach (ConformanceCase test in file.Cases)
        {
            string actual = server.Run(file, test);
            if (!SqlServerHost.Matches(test.Expected, actual))
            {
                differences.AppendLine(ConformanceRunner.Describe(file, test, actual));
            }
        }

        ConformanceReport.Write("sqlserver." + path, differences);
        Assert.True(differences.Length == 0, differences.ToString());
    }
}
