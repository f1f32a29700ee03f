namespace NinaDB.Cli.Feed;

/// <summary>A destination. It keeps its own checkpoint with the data it holds, so that what was applied and what is known to be applied never differ.</summary>
internal interface IFeedSink : IAsyncDisposable
{
    /// <summary>Where to, without secrets.</summary>
    string Description { get; }

    /// <summary>What the destination holds; current after <see cref="OpenAsync"/> and each <see cref="ApplyAsync"/>.</summary>
    FeedCheckpoint Checkpoint { get; }

    /// <summary>Connects and finds the checkpoint. May be called again after a failure.</summary>
    Task OpenAsync(CancellationToken cancellation);

    /// <summary>Applies changes in order, durably. When it throws, <see cref="OpenAsync"/> finds out how much was applied.</summary>
    Task ApplyAsync(IEnumerable<FeedChange> changes, CancellationToken cancellation);
}

/// <summary>Called when a sink or the runner has reached a step; tests end the feed there as a kill would.</summary>
internal delegate void FeedStep(string name);
