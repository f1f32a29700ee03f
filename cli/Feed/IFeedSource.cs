namespace NinaDB.Cli.Feed;

/// <summary>A tenant's stream of events, as the database has it.</summary>
/// <param name="Head">Sequence of its last event; 0 without any.</param>
/// <param name="Purged">Sequence of the last event that was removed from the outbox.</param>
/// <param name="Acknowledged">Up to where the consumer has acknowledged.</param>
internal sealed record TenantStream(int Tenant, Guid PublicId, long Head, long Purged, long Acknowledged);

/// <summary>Where the feed reads: the database's outbox and its current rows. Narrowed to one tenant when the feed is.</summary>
internal interface IFeedSource
{
    /// <summary>"*", or the public id of the one tenant that is fed.</summary>
    string Scope { get; }

    /// <summary>Every tenant that has a stream. From the first call on the consumer is known, so that purging waits for it.</summary>
    IReadOnlyList<TenantStream> Streams(string consumer, CancellationToken cancellation);

    /// <summary>Events that the consumer has not acknowledged; each tenant's in order and without gaps.</summary>
    IReadOnlyList<FeedEvent> ReadChanges(string consumer, int max, CancellationToken cancellation);

    void Acknowledge(string consumer, int tenant, long sequence, CancellationToken cancellation);

    /// <summary>The next rows of a table in keyset order.</summary>
    /// <param name="after">Position of the last row seen; empty for the first page.</param>
    /// <param name="filter">Restricts models and agents to the one that an event names (with its tenant), components and capabilities to a model's public id.</param>
    IReadOnlyList<FeedRow> Rows(FeedTable table, IReadOnlyList<long> after, int max, RowFilter? filter, CancellationToken cancellation);
}

/// <summary>One model or agent, by what an event calls it.</summary>
internal sealed record RowFilter(int Tenant, string Subject);
