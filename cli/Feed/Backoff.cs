namespace NinaDB.Cli.Feed;

/// <summary>
/// Waits between attempts: doubling from a second to five minutes, with half of each wait drawn by chance so that many feeds do not come back together. A wait
/// that the destination names (Retry-After) is kept to. Gives up only after <paramref name="stopAfter"/> without a success.
/// </summary>
/// <param name="delay">Waits; tests put their own in.</param>
internal sealed class Backoff(TimeSpan? stopAfter, Action<string> log, TimeProvider? clock = null, Func<TimeSpan, CancellationToken, Task>? delay = null)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly Func<TimeSpan, CancellationToken, Task> _delay = delay ?? Task.Delay;
    private int _attempt;
    private long _failingSince;

    /// <summary>An attempt succeeded.</summary>
    public void Reset() => _attempt = 0;

    /// <summary>An attempt failed: waits until the next, or throws when the time is up.</summary>
    public async Task WaitAsync(FeedUnavailableException failure, CancellationToken cancellation)
    {
        if (_attempt == 0)
        {
            _failingSince = _clock.GetTimestamp();
        }

        TimeSpan full = TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(_attempt, 20)));
        _attempt++;
        TimeSpan wait = (full / 2) + (full / 2 * Random.Shared.NextDouble());
        if (failure.RetryAfter is { } asked && asked > wait)
        {
            wait = asked;
        }

        TimeSpan failing = _clock.GetElapsedTime(_failingSince);
        if (stopAfter is { } limit && failing + wait > limit)
        {
            throw new FeedException($"Given up after {_attempt} attempts in {failing.TotalSeconds:0} s (--stop-after {limit.TotalSeconds:0}): {failure.Message}", failure);
        }

        log($"{failure.Message} Attempt {_attempt} failed; the next in {wait.TotalSeconds:0.0} s.");
        await _delay(wait, cancellation);
    }
}
