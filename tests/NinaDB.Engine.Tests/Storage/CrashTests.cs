using System.Diagnostics;
using System.Globalization;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Data;
using NinaDB.Engine.Storage;

namespace NinaDB.Engine.Tests.Storage;

/// <summary>A process that writes is killed again and again; nothing that it acknowledged may be lost, and nothing half done may stay.</summary>
public sealed class CrashTests
{
    /// <summary>Set NINADB_CRASH_ROUNDS for a longer run, NINADB_CRASH_SEED for another one.</summary>
    private static readonly int Rounds = Setting("NINADB_CRASH_ROUNDS", 12);

    private static readonly int Seed = Setting("NINADB_CRASH_SEED", 20_251_122);

    [Fact]
    public async Task Killing_the_writer_loses_nothing_acknowledged_and_leaves_nothing_half_done()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(Seed);
        int acknowledged = 0;
        for (int round = 0; round < Rounds; round++)
        {
            acknowledged = Math.Max(acknowledged, await WriteUntilKilled(folder.Path, random.Next(), random.Next(25), random.Next(20)));
            Verify(folder.Path, acknowledged);
        }

        Assert.True(acknowledged > Rounds);
    }

    /// <summary>Starts a writer, kills it a moment after it has acknowledged some transactions, and returns the last one that it acknowledged (0 for none).</summary>
    private static async Task<int> WriteUntilKilled(string folder, int seed, int transactions, int milliseconds)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "exec", typeof(CrashTests).Assembly.Location, "crash-writer", folder, seed.ToString(CultureInfo.InvariantCulture) },
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string? line = await process.StandardOutput.ReadLineAsync();
        if (line != "ready")
        {
            Assert.Fail("The writer did not start: " + line + await errors);
        }

        int last = 0;
        int count = 0;
        var enough = new TaskCompletionSource();
        Task reading = Task.Run(async () =>
        {
            do
            {
                if (count++ == transactions)
                {
                    enough.TrySetResult();
                }

                line = await process.StandardOutput.ReadLineAsync();
                last = line is null ? last : int.Parse(line, CultureInfo.InvariantCulture);
            }
            while (line is not null);
            enough.TrySetResult();
        });
        await enough.Task;
        await Task.Delay(milliseconds);
        Assert.False(process.HasExited, process.HasExited ? await errors : "");
        process.Kill();
        await process.WaitForExitAsync();
        await reading;
        return last;
    }

    private static void Verify(string folder, int acknowledged)
    {
        using Database database = Database.Open(folder);
        using var connection = new NinaConnection(database);
        connection.Open();
        Dictionary<int, (int Items, int Files)> done = [];
        Read(connection, "SELECT N, Items, Files FROM dbo.Done", r => done.Add(r.GetInt32(0), (r.GetInt32(1), r.GetInt32(2))));
        int last = done.Count == 0 ? 0 : done.Keys.Max();
        Assert.True(last >= acknowledged, $"Transaction {acknowledged} was acknowledged, the last one there is {last}.");
        int first = done.Count == 0 ? 1 : done.Keys.Min();
        Assert.Equal(Enumerable.Range(first, last - first + 1), done.Keys.Order());
        Assert.All(done, d => Assert.Equal((CrashWriter.ItemsOf(d.Key), CrashWriter.FilesOf(d.Key)), d.Value));

        Dictionary<int, int> items = Counts(connection, "SELECT N, COUNT(*) FROM dbo.Item GROUP BY N");
        Assert.Equal(done.ToDictionary(d => d.Key, d => d.Value.Items), items);
        Dictionary<int, int> files = Counts(connection, "SELECT N, COUNT(*) FROM dbo.Attachment GROUP BY N");
        Assert.Equal(done.Where(d => d.Value.Files > 0).ToDictionary(d => d.Key, d => d.Value.Files), files);
        Assert.Equal(done.Keys.Order(), Counts(connection, "SELECT N, 1 FROM dbo.Meaning").Keys.Order());
        Read(connection, "SELECT SUM(Balance), COUNT(*) FROM dbo.Account", r => Assert.Equal((CrashWriter.Accounts * CrashWriter.StartBalance, CrashWriter.Accounts), (r.GetInt32(0), r.GetInt32(1))));

        Cdc.CapturedTransactions.Verify(connection, last);

        using IStoreConnection store = database.Store.OpenConnection();
        store.BeginStatement();
        foreach (TableDefinition table in database.Catalog.ObjectsById.Values.OfType<TableDefinition>())
        {
            Assert.Empty(new TableAccess(table, store).Check());
        }

        string fileFolder = database.Store.FileStreams!.Folder;
        Assert.Equal(files.Values.Sum(), Directory.Exists(fileFolder) ? Directory.GetFiles(fileFolder).Length : 0);
        store.EndStatement();
    }

    private static Dictionary<int, int> Counts(NinaConnection connection, string query)
    {
        var counts = new Dictionary<int, int>();
        Read(connection, query, r => counts.Add(r.GetInt32(0), r.GetInt32(1)));
        return counts;
    }

    private static void Read(NinaConnection connection, string query, Action<NinaDataReader> row)
    {
        using NinaCommand command = connection.CreateCommand();
        command.CommandText = query;
        using NinaDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            row(reader);
        }
    }

    private static int Setting(string name, int standard) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : standard;
}
