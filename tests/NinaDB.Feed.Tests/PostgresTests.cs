using System.Text.Json;
using NinaDB.Cli.Feed;
using NinaDB.Cli.Feed.Sinks;
using Npgsql;

namespace NinaDB.Feed.Tests;

/// <summary>PostgreSQL: data and checkpoint in one transaction, so exactly once whatever is killed when.</summary>
public sealed class PostgresTests(PostgresCluster cluster) : IClassFixture<PostgresCluster>
{
    [PostgresFact]
    public Task A_kill_at_any_step_applies_everything_exactly_once()
    {
        string address = cluster.NewDatabase();
        return Faults.AtEveryStepAsync(() =>
        {
            World world = World.Busy();
            PostgresCluster.Query(address, "DROP SCHEMA IF EXISTS ninadb CASCADE;");
            return (world, step => Sink(address, step), () => CheckAsync(world, address));
        });
    }

    [PostgresFact]
    public async Task Kills_again_and_again_do_not_matter()
    {
        foreach (int seed in new[] { 1, 2, 3 })
        {
            World world = World.Busy();
            string address = cluster.NewDatabase();
            await Faults.AgainAndAgainAsync(world, step => Sink(address, step), seed);
            await CheckAsync(world, address);
        }
    }

    [PostgresFact]
    public async Task A_server_that_crashes_is_waited_for()
    {
        World world = World.Busy();
        string address = cluster.NewDatabase();
        int steps = 0;
        bool isDown = false;
        await using PostgresSink sink = Sink(address, step =>
        {
            // In the middle of a transaction, and between the commit and its being known.
            if (++steps is 12 or 25 or 40 or 61)
            {
                cluster.StopAtOnce();
                isDown = true;
            }
        });
        int waits = 0;
        var backoff = new Backoff(null, _ => { }, delay: (_, _) =>
        {
            waits++;
            if (isDown && waits % 2 == 0)
            {
                isDown = false;
                cluster.Start();
            }

            return Task.CompletedTask;
        });
        await new FeedRunner(world, sink, Faults.Options, backoff, _ => { }).RunAsync(CancellationToken.None);

        Assert.True(waits >= 8, $"{waits} waits");
        await CheckAsync(world, address);
    }

    [PostgresFact]
    public async Task Two_feeds_of_one_consumer_cannot_both_write()
    {
        World world = World.Busy();
        string address = cluster.NewDatabase();
        await using PostgresSink first = Sink(address, null);
        await first.OpenAsync(CancellationToken.None);
        await using (PostgresSink second = Sink(address, null))
        {
            await second.OpenAsync(CancellationToken.None);
            await second.ApplyAsync([], CancellationToken.None);
        }

        FeedException error = await Assert.ThrowsAsync<FeedException>(() => first.ApplyAsync([], CancellationToken.None));
        Assert.Contains("Another feed", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(world.Events);
    }

    [PostgresFact]
    public async Task A_second_consumer_brings_nothing_twice()
    {
        World world = World.Busy();
        string address = cluster.NewDatabase();
        await Faults.RunAsync(world, step => Sink(address, null), int.MaxValue);
        await Faults.RunAsync(world, step => new PostgresSink(PostgresAddress.Parse(address), "second"), int.MaxValue, Faults.Options with { Consumer = "second" });
        await CheckAsync(world, address);
    }

    [PostgresFact]
    public async Task What_was_fed_from_another_database_is_refused()
    {
        string address = cluster.NewDatabase();
        await Faults.RunAsync(World.Busy(), step => Sink(address, null), int.MaxValue);
        PostgresCluster.Query(address, "UPDATE ninadb.feed_checkpoint SET tenant_public_id = gen_random_uuid();");
        FeedException error = await Assert.ThrowsAsync<FeedException>(() => Faults.RunAsync(World.Busy(), step => Sink(address, null), int.MaxValue));
        Assert.Contains("another database", error.Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Wrong_names_are_errors_not_waits()
    {
        string address = cluster.NewDatabase();
        await using PostgresSink sink = Sink(address.Replace("/d", "/nowhere", StringComparison.Ordinal), null);
        FeedException error = await Assert.ThrowsAsync<FeedException>(() => sink.OpenAsync(CancellationToken.None));
        Assert.Contains("3D000", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://me:se%40cret@db.example:5433/ware%20house?sslmode=require", "db.example", 5433, "me", "se@cret", "ware house")]
    [InlineData("postgresql:///here?host=/run/pg&user=you", "/run/pg", 5432, "you", null, "here")]
    public void Addresses_are_read_as_libpq_reads_them(string text, string host, int port, string user, string? password, string database)
    {
        NpgsqlConnectionStringBuilder builder = PostgresAddress.Parse(text);

        Assert.Equal((host, port, user, password, database), (builder.Host, builder.Port, builder.Username, builder.Password, builder.Database));
        Assert.DoesNotContain("cret", PostgresAddress.Describe(builder), StringComparison.Ordinal);
    }

    [Fact]
    public void With_pgvector_installed_vectors_are_its_own()
    {
        Assert.Contains("meaning_vector vector(768)", PostgresSchema.CreateText(hasVectorType: true), StringComparison.Ordinal);
        Assert.Contains("meaning_vector::vector", PostgresSchema.UpsertText(FeedTable.Components, hasVectorType: true), StringComparison.Ordinal);
        Assert.Contains("meaning_vector real[]", PostgresSchema.CreateText(hasVectorType: false), StringComparison.Ordinal);
    }

    private static PostgresSink Sink(string address, FeedStep? step) => new(PostgresAddress.Parse(address), "feed", step);

    private static Task CheckAsync(World world, string address)
    {
        Assert.Equal(
            world.Events.Select(e => $"{e.Tenant}|{e.Sequence}|{e.Id}|{e.Type}|{e.Subject}"),
            PostgresCluster.Query(address, "SELECT tenant_id, sequence, id, type, subject FROM ninadb.events ORDER BY tenant_id, sequence;"));
        foreach (FeedTable table in FeedTable.All)
        {
            string columns = string.Join(", ", table.Columns.Select(column => column.Type switch
            {
                FeedType.Bytes => $"encode({column.Name}, 'hex') AS {column.Name}",
                FeedType.Timestamp => $"to_char({column.Name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS {column.Name}",
                _ => column.Name,
            }));
            string key = string.Join(" || '|' || ", table.Key.Select(i => $"{table.Columns[i].Name}::text"));
            var rows = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (string row in PostgresCluster.Query(address, $"SELECT {key} || '=' || (SELECT to_jsonb(r) FROM (SELECT {columns}) AS r)::text FROM ninadb.{table.Name} AS t;"))
            {
                string[] parts = row.Split('=', 2);
                rows.Add(parts[0], Normal(parts[1]));
            }

            Assert.Equal(new SortedDictionary<string, string>(world.Current(table).ToDictionary(pair => pair.Key, pair => Normal(pair.Value)), StringComparer.Ordinal), rows);
        }

        Assert.Equal(
            world.Events.GroupBy(e => e.Tenant).Select(group => $"{group.Key}|{group.Max(e => e.Sequence)}"),
            PostgresCluster.Query(address, "SELECT tenant_id, sequence FROM ninadb.feed_checkpoint WHERE consumer = 'feed' ORDER BY tenant_id;"));
        return Task.CompletedTask;
    }

    /// <summary>Both sides' JSON in one form: properties sorted, numbers as double, what PostgreSQL cannot hold replaced.</summary>
    private static string Normal(string json)
    {
        using JsonDocument document = JsonDocument.Parse(PostgresText.CleanJson(json));
        return Normal(document.RootElement);
    }

    private static string Normal(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(',', element.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => p.Name + ":" + Normal(p.Value))) + "}",
        JsonValueKind.Array => "[" + string.Join(',', element.EnumerateArray().Select(Normal)) + "]",
        JsonValueKind.Number => ((float)element.GetDouble()).ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        JsonValueKind.String => "'" + element.GetString() + "'",
        _ => element.GetRawText(),
    };
}
