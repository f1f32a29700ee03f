namespace NinaDB.Cli.Feed;

/// <summary>How `nina feed` was asked to work.</summary>
internal sealed record FeedOptions
{
    public string Consumer { get; init; } = "feed";

    /// <summary>Events or rows read at once.</summary>
    public int Batch { get; init; } = 1000;

    /// <summary>Drain what there is, then end.</summary>
    public bool Once { get; init; }

    /// <summary>Between polls when there is nothing new.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Events only from the beginning, without a copy of the current rows first.</summary>
    public bool NoSnapshot { get; init; }

    /// <summary>How long a destination may fail before the feed gives up; never when null.</summary>
    public TimeSpan? StopAfter { get; init; }
}
