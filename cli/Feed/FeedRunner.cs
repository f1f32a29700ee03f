namespace NinaDB.Cli.Feed;

/// <summary>What a run did.</summary>
internal sealed record FeedReport(long Events, long Rows);

/// <summary>
/// Carries a database's events and current rows to a destination. Order of durability: the destination commits data and checkpoint together, and only then is
/// the database told (ops.AcknowledgeChanges). Whatever is killed when, the destination knows what it has; what the database offers again is passed over.
/// </summary>
internal sealed class FeedRunner(IFeedSource source, IFeedSink sink, FeedOptions options, Backoff backoff, Action<string> log, FeedStep? step = null)
{
    /// <summary>Rows read at once, at most: a component with its vectors takes several kilobytes.</summary>
    private const int LargestPage = 2_000;

    private readonly Dictionary<int, Guid> _tenants = [];
    private readonly int _page = Math.Min(options.Batch, LargestPage);
    private long _events;
    private long _rows;

    /// <summary>Runs until everything is delivered (--once) or until it is cancelled.</summary>
    public async Task<FeedReport> RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await sink.OpenAsync(cancellation);
                step?.Invoke("runner.opened");
                Reconcile(cancellation);

                // The destination is the right one: it may cut off what a kill left, and finds out whether somebody else writes to it.
                await ApplyAsync([], cancellation);
                await SnapshotAsync(cancellation);
                await FollowAsync(cancellation);
                return new FeedReport(_events, _rows);
            }
            catch (FeedUnavailableException failure)
            {
                await backoff.WaitAsync(failure, cancellation);
            }
        }
    }

    /// <summary>Compares the destination's checkpoint with the database. They may differ only by what a kill between commit and acknowledgement leaves.</summary>
    private void Reconcile(CancellationToken cancellation)
    {
        foreach (TenantStream stream in source.Streams(options.Consumer, cancellation))
        {
            _tenants[stream.Tenant] = stream.PublicId;
            if (sink.Checkpoint.Tenants.TryGetValue(stream.Tenant, out TenantPosition position) && position.PublicId != stream.PublicId)
            {
                throw new FeedException($"{sink.Description} was fed from another database: tenant {stream.Tenant} is {position.PublicId} there and {stream.PublicId} here.");
            }

            if (position.Sequence > stream.Head)
            {
                throw new FeedException(
                    $"{sink.Description} has event {position.Sequence} of tenant {stream.PublicId}, but the database ends at {stream.Head}: it was restored from an older copy. "
                    + "Feed into a new destination.");
            }

            if (stream.Acknowledged > position.Sequence)
            {
                throw new FeedException(
                    $"The consumer '{options.Consumer}' has acknowledged event {stream.Acknowledged} of tenant {stream.PublicId}, but {sink.Description} ends at {position.Sequence}: "
                    + "events between would be lost. Was the destination replaced or restored? A new --consumer name begins anew, with a snapshot.");
            }

            if (position.Sequence > stream.Acknowledged)
            {
                source.Acknowledge(options.Consumer, stream.Tenant, position.Sequence, cancellation);
            }
        }
    }

    private async Task SnapshotAsync(CancellationToken cancellation)
    {
        SnapshotState state = sink.Checkpoint.Snapshot;
        if (state.Phase != SnapshotPhase.NotStarted && state.Scope != source.Scope && state.Scope != "*")
        {
            throw new FeedException($"The consumer '{options.Consumer}' was begun for tenant {state.Scope} only. Another scope needs another --consumer name.");
        }

        if (state.IsOver)
        {
            return;
        }

        if (state.Phase == SnapshotPhase.NotStarted)
        {
            // Read before any row: whatever happens from here on is an event above these.
            IReadOnlyList<TenantStream> streams = source.Streams(options.Consumer, cancellation);
            state = options.NoSnapshot
                ? SnapshotState.None with { Phase = SnapshotPhase.Skipped, Scope = source.Scope }
                : new SnapshotState(SnapshotPhase.Running, source.Scope, FeedTable.All[0].Name, [], streams.ToDictionary(stream => stream.Tenant, stream => stream.Head));
            TenantStream[] purged = options.NoSnapshot ? [] : [.. streams.Where(stream => stream.Purged > 0)];
            await ApplyAsync([.. purged.Select(stream => new PositionChange(stream.Tenant, stream.PublicId, stream.Purged)), new SnapshotChange(state)], cancellation);
            foreach (TenantStream stream in purged)
            {
                log($"Events 1 to {stream.Purged} of tenant {stream.PublicId} were purged before this consumer began; the snapshot has what they did.");
                source.Acknowledge(options.Consumer, stream.Tenant, stream.Purged, cancellation);
            }
        }

        while (state.Phase == SnapshotPhase.Running)
        {
            cancellation.ThrowIfCancellationRequested();
            FeedTable table = FeedTable.Named(state.Table);
            IReadOnlyList<FeedRow> page = source.Rows(table, state.After, _page, null, cancellation);
            var changes = new List<FeedChange>(page.Count + 1);
            changes.AddRange(page.Select(row => new UpsertChange(row, 0, 0)));
            state = Advance(state, table, page);
            changes.Add(new SnapshotChange(state));
            await ApplyAsync(changes, cancellation);
            _rows += page.Count;
            step?.Invoke("runner.page");
        }
    }

    private static SnapshotState Advance(SnapshotState state, FeedTable table, IReadOnlyList<FeedRow> page)
    {
        if (page.Count > 0)
        {
            return state with { After = page[^1].Position };
        }

        int next = FeedTable.All.ToList().IndexOf(table) + 1;
        return next < FeedTable.All.Count
            ? state with { Table = FeedTable.All[next].Name, After = [] }
            : state with { Phase = SnapshotPhase.Finished, Table = string.Empty, After = [] };
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            IReadOnlyList<FeedEvent> events = source.ReadChanges(options.Consumer, options.Batch, cancellation);
            step?.Invoke("runner.read");
            if (events.Count == 0)
            {
                if (options.Once)
                {
                    return;
                }

                await Task.Delay(options.Interval, cancellation);
                continue;
            }

            List<EventChange> news = News(events, cancellation);
            if (news.Count > 0)
            {
                await ApplyAsync(new RowRefresh(source, sink.Checkpoint.Snapshot.Heads, _page).Changes(news, cancellation), cancellation);
                _events += news.Count;
                step?.Invoke("runner.applied");
            }

            foreach ((int tenant, long sequence) in events.GroupBy(e => e.Tenant).Select(group => (group.Key, group.Max(e => e.Sequence))))
            {
                source.Acknowledge(options.Consumer, tenant, sequence, cancellation);
                step?.Invoke("runner.acknowledged");
            }
        }
    }

    /// <summary>The events that the destination does not have. A gap is an error: nothing may be passed over.</summary>
    private List<EventChange> News(IReadOnlyList<FeedEvent> events, CancellationToken cancellation)
    {
        var news = new List<EventChange>(events.Count);
        var last = new Dictionary<int, long>();
        foreach (FeedEvent item in events)
        {
            long known = last.TryGetValue(item.Tenant, out long sequence) ? sequence : sink.Checkpoint.SequenceOf(item.Tenant);
            if (item.Sequence <= known)
            {
                continue;
            }

            if (item.Sequence != known + 1)
            {
                throw new FeedException($"Event {known + 1} of tenant {item.Tenant} is missing: after {known} the database offers {item.Sequence}.");
            }

            last[item.Tenant] = item.Sequence;
            news.Add(new EventChange(item, PublicIdOf(item.Tenant, cancellation)));
        }

        return news;
    }

    private Guid PublicIdOf(int tenant, CancellationToken cancellation)
    {
        if (!_tenants.ContainsKey(tenant))
        {
            foreach (TenantStream stream in source.Streams(options.Consumer, cancellation))
            {
                _tenants[stream.Tenant] = stream.PublicId;
            }
        }

        return _tenants.TryGetValue(tenant, out Guid id) ? id : throw new FeedException($"Tenant {tenant} has events but no stream.");
    }

    private async Task ApplyAsync(IEnumerable<FeedChange> changes, CancellationToken cancellation)
    {
        await sink.ApplyAsync(changes, cancellation);
        backoff.Reset();
    }
}
