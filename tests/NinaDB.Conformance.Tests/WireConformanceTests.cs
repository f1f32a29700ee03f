using System.Text;
using NinaDB.Engine;
using NinaDB.Engine.Session;
using NinaDB.Tds;

namespace NinaDB.Conformance.Tests;

/// <summary>
/// The cases through the wire: the embedded host behind its own TDS server, asked by SqlClient as a SQL Server would be. Proves the server, and the runner that
/// <see cref="SqlServerConformanceTests"/> points at a real one.
/// </summary>
public class WireConformanceTests
{
    private const string Login = "sa", Password = "Correct-horse-42";

    /// <summary>Chapters whose cases depend on nothing but the server's answers to a client.</summary>
    public static TheoryData<string> Chapters() => ["collations", "dml", "errors", "functions", "json", "objects", "options", "programming", "queries", "temporal", "transactions", "types", "xml"];

    [Theory]
    [MemberData(nameof(Chapters))]
    public async Task The_host_answers_over_TDS_as_in_process(string chapter)
    {
        using Database database = Database.CreateInMemory();
        using (EngineSession session = database.OpenSession())
        {
            session.Execute($"ALTER LOGIN {Login} WITH PASSWORD = N'{Password}';", [], new CanonicalOutput());
        }

        await using TdsServer server = TdsServer.Start(database, new TdsServerOptions { Port = 0, Log = new ServerLog(TextWriter.Null, ServerLogLevel.Warning) });
        using var host = new SqlServerHost($"Server=tcp:127.0.0.1,{server.EndPoint.Port};User ID={Login};Password={Password};Encrypt=true;TrustServerCertificate=true;Connect Timeout=15");
        var differences = new StringBuilder();
        foreach (ConformanceFile file in ConformanceFile.All.Where(f => f.Chapter == chapter))
        {
            foreach (ConformanceCase test in file.Cases.Where(c => c.Gap is null))
            {
                string actual = host.Run(file, test);
                if (!SqlServerHost.Matches(test.Expected, actual))
                {
                    differences.AppendLine(ConformanceRunner.Describe(file, test, actual));
                }
            }
        }

        ConformanceReport.Write("wire." + chapter, differences);
        Assert.True(differences.Length == 0, differences.ToString());
    }
}
