namespace NinaDB.Cli.Feed;

/// <summary>A domain event of the outbox.</summary>
/// <param name="Tenant">The tenant's internal key.</param>
/// <param name="Sequence">1, 2, 3, ... for each tenant, without gaps, in the order of commits.</param>
/// <param name="Json">The whole CloudEvent.</param>
internal sealed record FeedEvent(int Tenant, long Sequence, string Id, string Type, string? Subject, DateTime Time, string Json);

/// <summary>What a sink is given, one after the other.</summary>
internal abstract record FeedChange;

/// <summary>A domain event. Its row changes came just before it and carry its sequence; together they are one step.</summary>
internal sealed record EventChange(FeedEvent Event, Guid TenantPublicId) : FeedChange;

/// <summary>A current row, to be inserted or to replace the one of the same key.</summary>
/// <param name="Sequence">That of the event that made it be read; 0 in the snapshot.</param>
/// <param name="Ordinal">Counts the row changes of one event, so that each has an id of its own.</param>
internal sealed record UpsertChange(FeedRow Row, long Sequence, int Ordinal) : FeedChange;

/// <summary>All rows of a table whose columns have these values go; a model takes its components and capabilities with it.</summary>
internal sealed record DeleteChange(FeedTable Table, int Tenant, long Sequence, int Ordinal, params (string Column, object Value)[] Where) : FeedChange;

/// <summary>The snapshot has come this far, with all rows before it.</summary>
internal sealed record SnapshotChange(SnapshotState State) : FeedChange;

/// <summary>A tenant's stream begins behind this event: older ones were purged before the consumer began, and the snapshot has what they did.</summary>
internal sealed record PositionChange(int Tenant, Guid TenantPublicId, long Sequence) : FeedChange;
