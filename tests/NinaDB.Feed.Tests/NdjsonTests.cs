using System.Text.Json;
using NinaDB.Cli.Feed;
using NinaDB.Cli.Feed.Sinks;
using NinaDB.Cli.Tests;

namespace NinaDB.Feed.Tests;

/// <summary>A file is its own checkpoint: neither gaps nor repeats, whatever a kill leaves at its end.</summary>
public sealed class NdjsonTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task A_kill_at_any_step_leaves_neither_gap_nor_repeat()
    {
        int runs = 0;
        return Faults.AtEveryStepAsync(
            () =>
            {
                World world = World.Busy();
                string file = _folder.At($"{++runs}.ndjson");
                return (world, step => new NdjsonSink(file, "feed", step, checkpointEvery: 3000), () => CheckAsync(world, file));
            },
            all: true);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Kills_again_and_again_do_not_matter(int seed)
    {
        World world = World.Busy();
        string file = _folder.At("again.ndjson");
        await Faults.AgainAndAgainAsync(world, step => new NdjsonSink(file, "feed", step, checkpointEvery: 2000), seed);
        await CheckAsync(world, file);
    }

    [Fact]
    public async Task A_file_torn_at_any_byte_goes_on_where_it_was_whole()
    {
        string whole = _folder.At("whole.ndjson");
        var first = new World();
        Fill(first);
        await Faults.RunAsync(first, step => new NdjsonSink(whole, "feed", checkpointEvery: 500), int.MaxValue);
        byte[] bytes = await File.ReadAllBytesAsync(whole);
        for (int length = 0; length <= bytes.Length; length += 37)
        {
            // The database was told nothing: as after a kill before the acknowledgement.
            var world = new World();
            Fill(world);
            string file = _folder.At("torn.ndjson");
            await File.WriteAllBytesAsync(file, bytes[..length]);
            Assert.True(await Faults.RunAsync(world, step => new NdjsonSink(file, "feed", checkpointEvery: 500), int.MaxValue));
            await CheckAsync(world, file);
        }
    }

    [Fact]
    public async Task A_tail_of_zeros_after_a_power_cut_is_cut_off()
    {
        World world = World.Busy();
        string file = _folder.At("zeros.ndjson");
        await Faults.RunAsync(world, step => new NdjsonSink(file, "feed", step), 40);
        await using (FileStream stream = File.Open(file, FileMode.Append))
        {
            stream.Write([0, 0, 0, (byte)'\n', 0, 0, (byte)'{', (byte)'\n', 0]);
        }

        Assert.True(await Faults.RunAsync(world, step => new NdjsonSink(file, "feed"), int.MaxValue));
        await CheckAsync(world, file);
    }

    [Fact]
    public async Task A_file_of_somebody_else_is_left_alone()
    {
        string file = _folder.At("mine.ndjson");
        foreach (string content in new[] { "{\"a\":1}\n", "{\"kind\":\"feet\"", "some text", "\n" })
        {
            await File.WriteAllTextAsync(file, content);
            FeedException error = await Assert.ThrowsAsync<FeedException>(() => Faults.RunAsync(World.Busy(), step => new NdjsonSink(file, "feed"), int.MaxValue));
            Assert.Contains("was not written by", error.Message, StringComparison.Ordinal);
            Assert.Equal(content, await File.ReadAllTextAsync(file));
        }
    }

    [Fact]
    public async Task A_file_of_another_consumer_is_refused()
    {
        string file = _folder.At("other.ndjson");
        await Faults.RunAsync(World.Busy(), step => new NdjsonSink(file, "other"), int.MaxValue);
        await Assert.ThrowsAsync<FeedException>(() => Faults.RunAsync(World.Busy(), step => new NdjsonSink(file, "feed"), int.MaxValue));
    }

    [Fact]
    public async Task A_file_that_was_lost_after_the_database_was_told_is_an_error_not_a_gap()
    {
        World world = World.Busy();
        string file = _folder.At("lost.ndjson");
        await Faults.RunAsync(world, step => new NdjsonSink(file, "feed"), int.MaxValue);
        long length = new FileInfo(file).Length;
        File.Delete(file);

        FeedException error = await Assert.ThrowsAsync<FeedException>(() => Faults.RunAsync(world, step => new NdjsonSink(file, "feed"), int.MaxValue));
        Assert.Contains("would be lost", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, new FileInfo(file).Length);
        Assert.NotEqual(0, length);
    }

    [Fact]
    public async Task A_database_restored_from_an_older_copy_is_an_error()
    {
        string file = _folder.At("older.ndjson");
        await Faults.RunAsync(World.Busy(), step => new NdjsonSink(file, "feed"), int.MaxValue);
        var older = new World();
        Fill(older);
        FeedException error = await Assert.ThrowsAsync<FeedException>(() => Faults.RunAsync(older, step => new NdjsonSink(file, "feed"), int.MaxValue));
        Assert.Contains("older copy", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_feed_that_begins_after_a_purge_begins_behind_it()
    {
        World world = World.Busy();
        world.Purged[1] = 3;
        string file = _folder.At("purged.ndjson");
        await Faults.RunAsync(world, step => new NdjsonSink(file, "feed", step), 9);
        Assert.True(await Faults.RunAsync(world, step => new NdjsonSink(file, "feed"), int.MaxValue));
        await CheckAsync(world, file);
    }

    [Fact]
    public async Task Without_a_snapshot_the_events_bring_the_rows()
    {
        var world = new World();
        Fill(world);
        world.DropModel(1, "a");
        string file = _folder.At("events.ndjson");
        Assert.True(await Faults.RunAsync(world, step => new NdjsonSink(file, "feed"), int.MaxValue, Faults.Options with { NoSnapshot = true }));
        await CheckAsync(world, file);
    }

    [Fact]
    public async Task Each_change_after_the_end_is_taken_up_by_the_next_run()
    {
        World world = World.Busy();
        string file = _folder.At("more.ndjson");
        await Faults.RunAsync(world, step => new NdjsonSink(file, "feed"), int.MaxValue);
        world.Ingest(1, "later");
        world.Measure(1, "later");
        world.Replace(1, "later");
        world.DropAgent(1, "chess");
        await Faults.RunAsync(world, step => new NdjsonSink(file, "feed"), int.MaxValue);
        await CheckAsync(world, file);
    }

    private static void Fill(World world)
    {
        world.AddTenant(1);
        world.AddTenant(2);
        world.Ingest(1, "a");
        world.Measure(1, "a");
        world.Ingest(2, "b");
        world.Assemble(1, "agent", "a");
        world.DropAgent(1, "agent");
    }

    private static async Task CheckAsync(World world, string file)
    {
        var replica = new Replica();
        var events = new List<(int Tenant, long Sequence, string Id)>();
        string[] lines = (await File.ReadAllTextAsync(file)).Split('\n');
        Assert.Equal(string.Empty, lines[^1]);
        foreach (string line in lines[..^1])
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            switch (root.GetProperty("kind").GetString())
            {
                case "event":
                    events.Add((root.GetProperty("tenant").GetInt32(), root.GetProperty("sequence").GetInt64(), root.GetProperty("event").GetProperty("id").GetString()!));
                    break;
                case "row" when root.GetProperty("op").GetString() == "upsert":
                    replica.Upsert(root.GetProperty("table").GetString()!, root.GetProperty("row"));
                    break;
                case "row":
                    replica.Delete(root.GetProperty("table").GetString()!, root.GetProperty("key"));
                    break;
                case "snapshot" when root.GetProperty("state").GetProperty("phase").GetString() == "Finished":
                    replica.DropOrphans();
                    break;
            }
        }

        Assert.Equal(world.Events.Where(e => e.Sequence > world.Purged.GetValueOrDefault(e.Tenant)).Select(e => (e.Tenant, e.Sequence, e.Id)), events.OrderBy(e => e.Tenant));
        replica.AssertSame(world);
        foreach (FeedEvent item in world.Events)
        {
            Assert.True(world.AcknowledgedOf("feed", item.Tenant) >= item.Sequence);
        }
    }
}
