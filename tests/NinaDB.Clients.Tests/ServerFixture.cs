using System.Globalization;
using NinaDB.Cli.Tests;

namespace NinaDB.Clients.Tests;

/// <summary>One server for all clients, over a database that holds what tests/clients/setup.sql makes.</summary>
public sealed class ServerFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServedDatabase _server;

    public ServerFixture()
    {
        string database = Path.Combine(_folder.Path, "shop");
        Succeeds(Nina.Run("init", "--empty", "--quiet", "--path", database));
        Succeeds(Nina.Run("sql", "--path", database, "--stop-on-error", "-i", Path.Combine(ClientScript.Folder, "setup.sql")));
        _server = new ServedDatabase(database, _folder.Path);
        Variables = new Dictionary<string, string>
        {
            ["NINADB_HOST"] = "127.0.0.1",
            ["NINADB_PORT"] = _server.Port.ToString(CultureInfo.InvariantCulture),
            ["NINADB_USER"] = ServedDatabase.User,
            ["NINADB_PASSWORD"] = ServedDatabase.Password,
            ["NINADB_DATABASE"] = "shop",
            ["NINADB_CAFILE"] = _server.CertificatePath,
        };
    }

    /// <summary>What a script reads to find the server.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; }

    public string Log => _server.Log;

    public void Dispose()
    {
        _server.Dispose();
        _folder.Dispose();
    }

    private static void Succeeds((int ExitCode, string Output, string Errors) run) => Assert.True(run.ExitCode == 0, run.Output + run.Errors);
}
