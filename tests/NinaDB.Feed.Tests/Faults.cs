using NinaDB.Cli.Feed;

namespace NinaDB.Feed.Tests;

/// <summary>Ends a feed at a chosen step, as a kill would.</summary>
internal sealed class Faults(int killAt)
{
    private int _steps;

    private List<string>? _names;

    public static FeedOptions Options { get; } = new() { Once = true, Batch = 4 };

    public void Reached(string step)
    {
        _names?.Add(step);
        if (++_steps == killAt)
        {
            throw new KilledException(step);
        }
    }

    /// <summary>One run; false when it was killed.</summary>
    public static async Task<bool> RunAsync(World world, Func<FeedStep, IFeedSink> open, int killAt, FeedOptions? options = null, List<string>? steps = null)
    {
        var faults = new Faults(killAt) { _names = steps };
        await using IFeedSink sink = open(faults.Reached);
        var backoff = new Backoff(TimeSpan.FromSeconds(30), _ => { }, delay: (_, _) => Task.CompletedTask);
        var runner = new FeedRunner(world, sink, options ?? Options, backoff, _ => { }, faults.Reached);
        try
        {
            await runner.RunAsync(CancellationToken.None);
            return true;
        }
        catch (KilledException)
        {
            return false;
        }
    }

    /// <summary>
    /// For every step of a run: a new world and destination, killed there, run again to the end, checked. Of each kind of step the first, second, middle and last
    /// occurrence, or all of them.
    /// </summary>
    public static async Task AtEveryStepAsync(Func<(World World, Func<FeedStep, IFeedSink> Open, Func<Task> Check)> arrange, bool all = false)
    {
        List<string> steps = [];
        (World first, Func<FeedStep, IFeedSink> openFirst, Func<Task> checkFirst) = arrange();
        Assert.True(await RunAsync(first, openFirst, int.MaxValue, steps: steps));
        await checkFirst();
        IEnumerable<int> kills = all
            ? Enumerable.Range(1, steps.Count)
            : steps.Select((name, i) => (name, i + 1)).GroupBy(step => step.name, step => step.Item2).SelectMany(group => Chosen([.. group])).Order();
        int killed = 0;
        foreach (int k in kills)
        {
            (World world, Func<FeedStep, IFeedSink> open, Func<Task> check) = arrange();
            Assert.False(await RunAsync(world, open, k));
            Assert.True(await RunAsync(world, open, int.MaxValue));
            await check();
            killed++;
        }

        Assert.True(killed > 10, $"only {killed} steps");
    }

    private static IEnumerable<int> Chosen(int[] occurrences) =>
        new[] { 0, 1, occurrences.Length / 2, occurrences.Length - 1 }.Where(i => i < occurrences.Length).Distinct().Select(i => occurrences[i]);

    /// <summary>Killed again and again at steps drawn by chance, until a run comes through.</summary>
    public static async Task AgainAndAgainAsync(World world, Func<FeedStep, IFeedSink> open, int seed)
    {
        var random = new Random(seed);
        for (int run = 0; run < 100; run++)
        {
            if (await RunAsync(world, open, random.Next(1, 25)))
            {
                return;
            }
        }

        Assert.True(await RunAsync(world, open, int.MaxValue));
    }
}

internal sealed class KilledException(string step) : Exception(step);
