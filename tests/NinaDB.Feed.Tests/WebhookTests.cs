using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using NinaDB.Cli.Feed;
using NinaDB.Cli.Feed.Sinks;
using NinaDB.Cli.Tests;

namespace NinaDB.Feed.Tests;

/// <summary>A webhook gets everything at least once, in order, under ids by which it can drop what comes again.</summary>
public sealed class WebhookTests : IDisposable
{
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes("a secret of the tests");

    private readonly TemporaryFolder _folder = new();
    private readonly Receiver _receiver = new(Secret);
    private readonly ConcurrentQueue<TimeSpan> _waits = [];

    public void Dispose()
    {
        _receiver.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public Task A_kill_at_any_step_loses_nothing()
    {
        int runs = 0;
        return Faults.AtEveryStepAsync(() =>
        {
            World world = World.Busy();
            _receiver.Clear();
            string state = _folder.At($"{++runs}.json");
            return (world, step => Sink(state, step), () => CheckAsync(world));
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Kills_again_and_again_do_not_matter(int seed)
    {
        World world = World.Busy();
        await Faults.AgainAndAgainAsync(world, step => Sink(_folder.At("state.json"), step), seed);
        await CheckAsync(world);
    }

    [Fact]
    public async Task A_receiver_that_fails_is_tried_again_with_growing_waits()
    {
        World world = World.Busy();
        _receiver.Answers.Enqueue((503, null));
        _receiver.Answers.Enqueue((500, null));
        _receiver.Answers.Enqueue((408, null));
        _receiver.Answers.Enqueue((502, null));
        Assert.True(await Faults.RunAsync(world, step => Sink(_folder.At("state.json"), null), int.MaxValue));

        await CheckAsync(world);
        Assert.Equal(4, _waits.Count);
        TimeSpan[] waits = [.. _waits];
        for (int i = 0; i < waits.Length; i++)
        {
            Assert.InRange(waits[i].TotalSeconds, 0.5 * (1 << i), 1 << i);
        }
    }

    [Theory]
    [InlineData("17")]
    [InlineData("date")]
    public async Task Retry_After_is_kept_to(string value)
    {
        World world = World.Busy();
        _receiver.Answers.Enqueue((429, value == "date" ? DateTimeOffset.UtcNow.AddSeconds(30).ToString("R", CultureInfo.InvariantCulture) : value));
        Assert.True(await Faults.RunAsync(world, step => Sink(_folder.At("state.json"), null), int.MaxValue));

        await CheckAsync(world);
        Assert.InRange(Assert.Single(_waits).TotalSeconds, 16, 31);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(410)]
    [InlineData(302)]
    public async Task A_refusal_stops_the_feed_loudly(int status)
    {
        _receiver.Answers.Enqueue((status, null));
        FeedException error = await Assert.ThrowsAsync<FeedException>(() => Faults.RunAsync(World.Busy(), step => Sink(_folder.At("state.json"), null), int.MaxValue));

        Assert.Contains($"answered {status}", error.Message, StringComparison.Ordinal);
        Assert.Contains("what the receiver says", error.Message, StringComparison.Ordinal);
        Assert.Empty(_waits);
    }

    [Fact]
    public async Task Stop_after_gives_up()
    {
        for (int i = 0; i < 50; i++)
        {
            _receiver.Answers.Enqueue((503, "40"));
        }

        FeedException error = await Assert.ThrowsAsync<FeedException>(() => Faults.RunAsync(World.Busy(), step => Sink(_folder.At("state.json"), null), int.MaxValue));
        Assert.StartsWith("Given up after", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_is_not_there_is_waited_for()
    {
        World world = World.Busy();
        _receiver.Stop();
        bool restarted = false;
        await Faults.RunAsync(
            world,
            step => Sink(_folder.At("state.json"), null, () =>
            {
                if (!restarted)
                {
                    restarted = true;
                    _receiver.Start();
                }
            }),
            int.MaxValue);
        await CheckAsync(world);
        Assert.True(restarted);
    }

    [Fact]
    public async Task An_answer_that_gets_lost_makes_a_batch_come_again_under_the_same_ids()
    {
        World world = World.Busy();
        _receiver.Answers.Enqueue((Receiver.TakeAndFail, null));
        _receiver.Answers.Enqueue((Receiver.TakeAndFail, null));
        Assert.True(await Faults.RunAsync(world, step => Sink(_folder.At("state.json"), null), int.MaxValue));

        Assert.True(_receiver.Repeats > 0);
        await CheckAsync(world);
    }

    [Fact]
    public async Task A_lost_state_is_an_error_not_a_gap()
    {
        World world = World.Busy();
        await Faults.RunAsync(world, step => Sink(_folder.At("state.json"), null), int.MaxValue);
        File.Delete(_folder.At("state.json"));
        FeedException error = await Assert.ThrowsAsync<FeedException>(() => Faults.RunAsync(world, step => Sink(_folder.At("state.json"), null), int.MaxValue));
        Assert.Contains("would be lost", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_signature_is_that_of_the_documentation()
    {
        // Computed with: printf '1700000000.[]' | openssl dgst -sha256 -hmac 'a secret of the tests'
        Assert.Equal("v1=d0dea62c40cec249ea22c11af4ce816f900fb192c31aa95a83838c9706370494", WebhookSignature.Sign(Secret, 1_700_000_000, "[]"u8));
    }

    private WebhookSink Sink(string state, FeedStep? step, Action? onWait = null)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(35), _ => { }, delay: (wait, _) =>
        {
            _waits.Enqueue(wait);
            onWait?.Invoke();
            return Task.CompletedTask;
        });
        return new WebhookSink(_receiver.Address, "feed", Secret, 4, new WebhookState(state, "feed"), backoff, step);
    }

    private Task CheckAsync(World world)
    {
        Assert.Empty(_receiver.Complaints);
        var replica = new Replica();
        var events = new List<(int Tenant, long Sequence)>();
        foreach (JsonElement item in _receiver.Events)
        {
            string type = item.GetProperty("type").GetString()!;
            string table = item.GetProperty("source").GetString()!.Split('/')[^1];
            switch (type)
            {
                case "row.upserted":
                    replica.Upsert(table, item.GetProperty("data"));
                    break;
                case "row.deleted":
                    replica.Delete(table, item.GetProperty("data"));
                    break;
                default:
                    FeedEvent known = world.Events.Single(e => e.Id == item.GetProperty("id").GetString());
                    events.Add((known.Tenant, known.Sequence));
                    break;
            }
        }

        // Of models that came and went during the snapshot.
        replica.DropOrphans();
        Assert.Equal(world.Events.Select(e => (e.Tenant, e.Sequence)), events.OrderBy(e => e.Tenant));
        replica.AssertSame(world);
        return Task.CompletedTask;
    }
}
