using System.Text.Json;
using NinaDB.Cli.Tests;

namespace NinaDB.Clients.Tests;

/// <summary>nina itself as a client of `nina serve`: the same statements as in process, over the wire.</summary>
public sealed class ServedProductTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_demo_runs_against_a_server()
    {
        string database = Path.Combine(_folder.Path, "nina");
        Succeeds(Nina.Run("init", "--quiet", "--path", database));
        using var server = new ServedDatabase(database, _folder.Path);

        (int exitCode, string output, string errors) = Nina.Run(["demo", "--json", .. server.Options]);

        Assert.True(exitCode == 0, output + errors);
        using JsonDocument report = JsonDocument.Parse(output);
        Assert.Equal(210, report.RootElement.GetProperty("query").GetProperty("components").GetInt32());
        JsonElement chess = report.RootElement.GetProperty("losses").EnumerateArray().Single(l => l.GetProperty("domain").GetString() == "chess");
        Assert.InRange(chess.GetProperty("agent").GetDouble(), 0, chess.GetProperty("random").GetDouble());
    }

    [Fact]
    public void A_script_prints_the_same_from_a_server_as_from_a_folder()
    {
        const string Script = """
            CREATE TABLE #t (id int NOT NULL, name nvarchar(20) NULL, amount decimal(9, 2) NULL, at datetime2(3) NULL, flag bit NULL, price money NULL, data varbinary(8) NULL);
            INSERT #t VALUES (1, N'Ωmega', 12.5, '2024-02-29T12:34:56.789', 1, 9.99, 0x00FF), (2, NULL, NULL, NULL, NULL, NULL, NULL);
            PRINT N'between';
            SELECT id, name, amount, at, flag, price, data, CAST(1.5 AS float) AS f, CAST('2024-02-29' AS date) AS d, CAST('12:34:56' AS time(0)) AS t FROM #t ORDER BY id;
            GO
            UPDATE #t SET amount = 1;
            SELECT 1 / 0 AS a;
            GO
            SELECT 'after' AS x;
            """;
        string database = Path.Combine(_folder.Path, "plain");
        Succeeds(Nina.Run("init", "--empty", "--quiet", "--path", database));
        (int exitCode, string output, string errors) local = Nina.Run("sql", "--path", database, "-Q", Script);
        using var server = new ServedDatabase(database, _folder.Path);

        (int exitCode, string output, string errors) served = Nina.Run(["sql", "-Q", Script, .. server.Options]);

        Assert.Equal(local, served);
    }

    private static void Succeeds((int ExitCode, string Output, string Errors) run) => Assert.True(run.ExitCode == 0, run.Output + run.Errors);
}
