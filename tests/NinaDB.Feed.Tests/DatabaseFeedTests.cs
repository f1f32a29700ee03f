using System.Diagnostics;
using System.Text.Json;
using NinaDB.Cli.Feed;
using NinaDB.Cli.Feed.Sinks;
using NinaDB.Cli.Tests;
using NinaDB.Engine;
using NinaDB.Engine.Data;

namespace NinaDB.Feed.Tests;

/// <summary>The program itself on a real database.</summary>
public sealed class DatabaseFeedTests(FeedDatabase database, PostgresCluster cluster) : IClassFixture<FeedDatabase>, IClassFixture<PostgresCluster>
{
    private const int Kills = 5;

    [Theory]
    [InlineData("rows", 900_000, "-q")]
    [InlineData("events", 120_000, "--no-snapshot")]
    public async Task Nina_feed_that_is_killed_again_and_again_leaves_a_whole_file(string consumer, int bytes, string option)
    {
        string file = database.At(consumer + ".ndjson");
        string[] arguments = ["feed", "--path", database.Path, "--to", file, "--consumer", consumer, "--batch", "40", "--once", option];
        var random = new Random(7);
        int killed = 0;
        var sizes = new List<string>();
        for (int i = 0; i < Kills; i++)
        {
            long before = LengthOf(file);
            long until = before + random.Next(1, bytes);
            using Process feed = Nina.Start(arguments);
            while (!feed.HasExited && LengthOf(file) < until)
            {
                await Task.Yield();
            }

            feed.Kill();
            await feed.WaitForExitAsync();
            killed += feed.ExitCode == 0 ? 0 : 1;
            sizes.Add($"{before}..{until}: {LengthOf(file)} ({feed.ExitCode})");
        }

        (int exitCode, _, string errors) = Nina.Run(arguments);
        Assert.True(exitCode == 0, errors);
        Assert.True(killed > 1, string.Join(", ", sizes));
        await CheckFileAsync(file, hasSnapshot: option == "-q");
    }

    [SignalTheory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_feed_that_follows_ends_cleanly_when_it_is_asked_to(string signal)
    {
        string file = database.At(signal + ".ndjson");
        using Process feed = Nina.Start("feed", "--path", database.Path, "--to", file, "--consumer", signal, "--no-snapshot", "--interval", "0.05", "--batch", "100000");
        while (!feed.HasExited && LengthOf(file) < FeedDatabase.Events * 100)
        {
            await Task.Yield();
        }

        using Process interrupt = Process.Start("kill", ["-" + signal, feed.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await feed.WaitForExitAsync();

        Assert.Equal(0, feed.ExitCode);
        Assert.Equal("Feeding " + file + $" as '{signal}'.", (await feed.StandardError.ReadToEndAsync()).Trim());

        // In the middle of a batch, as likely as not: the next run goes on.
        (int exitCode, _, string errors) = Nina.Run("feed", "--path", database.Path, "--to", file, "--consumer", signal, "--once");
        Assert.True(exitCode == 0, errors);
        await CheckFileAsync(file, hasSnapshot: false);
    }

    [Fact]
    public async Task A_feed_of_one_tenant_brings_nothing_of_others()
    {
        string file = database.At("other.ndjson");
        (int exitCode, string output, string errors) = Nina.Run("feed", "--path", database.Path, "--to", file, "--consumer", "other", "--tenant", "other", "--once");
        Assert.True(exitCode == 0, errors);
        Assert.Contains("0 rows of the snapshot", output, StringComparison.Ordinal);

        Dictionary<int, long> heads = await database.HeadsAsync();
        int other = heads.Keys.Max();
        string[] lines = await File.ReadAllLinesAsync(file);
        Assert.Equal(heads[other], lines.Count(line => line.StartsWith($$"""{"kind":"event","tenant":{{other}},""", StringComparison.Ordinal)));
        Assert.DoesNotContain(lines, line => line.StartsWith("""{"kind":"event","tenant":1,""", StringComparison.Ordinal));

        (exitCode, _, errors) = Nina.Run("feed", "--path", database.Path, "--to", file, "--consumer", "other", "--once");
        Assert.Equal(5, exitCode);
        Assert.Contains("was begun for tenant", errors, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task PostgreSQL_gets_every_row_and_what_happens_to_it_later()
    {
        string address = cluster.NewDatabase();
        string[] arguments = ["feed", "--path", database.Path, "--to", address, "--consumer", "pg", "--once"];
        (int exitCode, _, string errors) = Nina.Run(arguments);
        Assert.True(exitCode == 0, errors);
        await CheckPostgresAsync(address);
        Assert.Equal(["768|768"], PostgresCluster.Query(address, "SELECT DISTINCT array_length(write_vector, 1), array_length(write_vector, 1) FROM ninadb.components WHERE kind = 'neuron';"));

        database.Run(
            $"""
            UPDATE mqe.SkillMeasurement SET SkillLevel = 0.9 WHERE ComponentId % 2 = 0;
            DELETE FROM mqe.SkillMeasurement WHERE ComponentId % 7 = 0;
            UPDATE mqe.Model SET MeasuredAt = SYSUTCDATETIME() WHERE Name = N'nina-mini';
            EXECUTE ops.PublishEvent 'model.measured', N'nina-mini', NULL;
            EXECUTE factory.DropAgent N'chess "agent"';
            EXECUTE mqe.IngestModel @Path = {NinaDB.Cli.SqlText.Quote(NinaDB.Cli.Product.SampleModel)}, @Name = N'second', @Granularity = 'layer';
            EXECUTE mqe.IngestModel @Path = {NinaDB.Cli.SqlText.Quote(NinaDB.Cli.Product.SampleModel)}, @Name = N'third', @Granularity = 'head';
            EXECUTE mqe.DropModel N'second';
            """);
        (exitCode, _, errors) = Nina.Run(arguments);
        Assert.True(exitCode == 0, errors);
        await CheckPostgresAsync(address);

        database.Run("EXECUTE mqe.DropModel N'third';");
        (exitCode, _, errors) = Nina.Run(arguments);
        Assert.True(exitCode == 0, errors);
        await CheckPostgresAsync(address);
    }

    [Fact]
    public async Task The_feeds_user_reads_through_its_procedures_and_nothing_else()
    {
        await database.AsFeedAsync("rights", source =>
        {
            Assert.Equal(2, source.Streams("rights", CancellationToken.None).Count);
            return Task.FromResult(0);
        });
        using Database open = Database.Open(database.Path);
        await using var connection = new NinaConnection(open);
        await connection.OpenAsync();
        DatabaseSource.Open(connection, "rights", null, CancellationToken.None);
        foreach (string statement in new[]
        {
            "SELECT COUNT(*) FROM mqe.Model;", "SELECT COUNT(*) FROM ops.Outbox;", "SELECT COUNT(*) FROM mqe.ModelFile;", "DELETE FROM ops.Outbox;", "EXECUTE mqe.DropModel N'nina-mini';",
            "EXECUTE ops.PublishEvent 'a', N'b', NULL;", "REVERT;", "EXECUTE AS USER = N'nina_service';",
        })
        {
            using NinaCommand command = connection.CreateCommand();
            command.CommandText = statement;
            Assert.Throws<NinaException>(() => command.ExecuteNonQuery());
        }
    }

    [Fact]
    public void Nobody_but_a_feed_may_use_its_procedures()
    {
        foreach (string procedure in new[] { "ops.FeedStreams N'x'", "ops.SnapshotModels", "ops.SnapshotComponents", "ops.SnapshotCapabilities", "ops.SnapshotAgents" })
        {
            NinaDB.Cli.CliException error = Assert.Throws<NinaDB.Cli.CliException>(() => database.Run($"EXECUTE AS USER = N'nina_local'; EXECUTE {procedure};"));
            Assert.Contains("Msg 229", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(2, "--to takes", "feed", "--to", "ftp://somewhere/x")]
    [InlineData(2, "NINA_FEED_SECRET", "feed", "--to", "http://localhost:1/hook")]
    [InlineData(2, "--batch", "feed", "--to", "x.ndjson", "--batch", "0")]
    [InlineData(2, "sslmode", "feed", "--to", "postgres://h/d?sslmode=maybe")]
    [InlineData(2, "--to", "feed")]
    [InlineData(3, "There is no database", "feed", "--to", "x.ndjson", "--path", "nowhere-at-all")]
    public void Wrong_arguments_are_named(int expected, string text, params string[] arguments)
    {
        (int exitCode, _, string errors) = Nina.Run(arguments);

        Assert.Equal(expected, exitCode);
        Assert.Contains(text, errors, StringComparison.Ordinal);
    }

    private static long LengthOf(string file) => File.Exists(file) ? new FileInfo(file).Length : 0;

    private async Task CheckFileAsync(string file, bool hasSnapshot)
    {
        var rows = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var last = new Dictionary<int, long>();
        var ids = new HashSet<string>();
        foreach (string line in File.ReadLines(file))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            switch (root.GetProperty("kind").GetString())
            {
                case "event":
                    int tenant = root.GetProperty("tenant").GetInt32();
                    long sequence = root.GetProperty("sequence").GetInt64();
                    Assert.Equal(last.GetValueOrDefault(tenant) + 1, sequence);
                    Assert.True(ids.Add(root.GetProperty("event").GetProperty("id").GetString()!));
                    last[tenant] = sequence;
                    break;
                case "row" when hasSnapshot:
                    FeedTable table = FeedTable.Named(root.GetProperty("table").GetString()!);
                    JsonElement row = root.GetProperty("row");
                    string key = table.Name + "|" + string.Join('|', table.Key.Select(i => row.GetProperty(table.Columns[i].Name).ToString()));
                    Assert.True(rows.TryAdd(key, row.GetRawText()), $"{key} came twice");
                    break;
            }
        }

        Assert.Equal(await database.HeadsAsync(), last);
        if (hasSnapshot)
        {
            Assert.Equal(await database.RowsAsync(), rows);
        }
    }

    private async Task CheckPostgresAsync(string address)
    {
        Dictionary<int, long> heads = await database.HeadsAsync();
        Assert.Equal(
            heads.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}|{pair.Value}|{pair.Value}"),
            PostgresCluster.Query(address, "SELECT tenant_id, count(*), max(sequence) FROM ninadb.events GROUP BY tenant_id ORDER BY tenant_id;"));
        SortedDictionary<string, string> rows = await database.RowsAsync();
        foreach (FeedTable table in FeedTable.All)
        {
            string key = string.Join(" || '|' || ", table.Key.Select(i => $"{table.Columns[i].Name}::text"));
            Assert.Equal(
                rows.Keys.Where(name => name.StartsWith(table.Name + "|", StringComparison.Ordinal)).Select(name => name[(table.Name.Length + 1)..]),
                PostgresCluster.Query(address, $"SELECT {key} AS k FROM ninadb.{table.Name};").Order(StringComparer.Ordinal));
        }

        // Vectors and figures to the last bit.
        foreach (string row in PostgresCluster.Query(address, "SELECT component_id, array_to_json(write_vector)::text FROM ninadb.components WHERE write_vector IS NOT NULL ORDER BY component_id LIMIT 20;"))
        {
            string[] parts = row.Split('|', 2);
            using JsonDocument source = JsonDocument.Parse(rows["components|" + parts[0]]);
            using JsonDocument copy = JsonDocument.Parse(parts[1]);
            Assert.Equal(
                source.RootElement.GetProperty("write_vector").EnumerateArray().Select(e => e.GetSingle()),
                copy.RootElement.EnumerateArray().Select(e => e.GetSingle()));
        }

        foreach (string row in PostgresCluster.Query(address, "SELECT component_id || '|' || domain, skill_level::text FROM ninadb.capabilities;"))
        {
            int at = row.LastIndexOf('|');
            using JsonDocument source = JsonDocument.Parse(rows["capabilities|" + row[..at]]);
            Assert.Equal(source.RootElement.GetProperty("skill_level").GetDouble(), double.Parse(row[(at + 1)..], System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
