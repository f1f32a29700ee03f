namespace NinaDB.Cli.Feed;

/// <summary>
/// Puts before each event the current rows that it is about. Rows are read as they are now, not as they were then: a later change has a later event, which
/// brings them again, so that a destination converges. Among the events of one batch only the last about a model or agent brings rows.
/// </summary>
/// <param name="heads">Events up to these had happened when the snapshot began; their effect is in its rows.</param>
internal sealed class RowRefresh(IFeedSource source, IReadOnlyDictionary<int, long> heads, int pageSize)
{
    private const string Model = "model";
    private const string Agent = "agent";
    private const string WeightsPrefix = "agent/";

    /// <summary>Of mqe.Model.Name.</summary>
    private const int LongestName = 200;

    public IEnumerable<FeedChange> Changes(IReadOnlyList<EventChange> events, CancellationToken cancellation)
    {
        var last = new Dictionary<(string Kind, int Tenant, string Subject), (int Index, bool WithWeights)>();
        for (int i = 0; i < events.Count; i++)
        {
            if (SubjectOf(events[i].Event) is { } subject)
            {
                bool withWeights = events[i].Event.Type is "agent.distilled" or "agent.baked" || (last.TryGetValue(subject, out (int Index, bool WithWeights) before) && before.WithWeights);
                last[subject] = (i, withWeights);
            }
        }

        for (int i = 0; i < events.Count; i++)
        {
            FeedEvent item = events[i].Event;
            if (SubjectOf(item) is { } subject)
            {
                int ordinal = 0;
                if (item.Type.EndsWith(".dropped", StringComparison.Ordinal))
                {
                    yield return Drop(subject, item.Sequence, ordinal++);
                    if (subject.Kind == Agent)
                    {
                        yield return DropWeights(subject.Tenant, subject.Subject, item.Sequence, ordinal++);
                    }
                }
                else if (last[subject] is var (index, withWeights) && index == i)
                {
                    var filter = new RowFilter(subject.Tenant, subject.Subject);
                    IEnumerable<Func<long, int, FeedChange>> rows = subject.Kind == Model ? ModelRows(filter, cancellation) : AgentRows(filter, withWeights, cancellation);
                    foreach (Func<long, int, FeedChange> row in rows)
                    {
                        yield return row(item.Sequence, ordinal++);
                    }
                }
            }

            yield return events[i];
        }
    }

    /// <summary>What an event is about; null when its rows are of no table here, or in the snapshot already.</summary>
    private (string Kind, int Tenant, string Subject)? SubjectOf(FeedEvent item)
    {
        if (item.Subject is null || (heads.TryGetValue(item.Tenant, out long head) && item.Sequence <= head))
        {
            return null;
        }

        string kind = item.Type.Split('.')[0];
        return kind is Model or Agent ? (kind, item.Tenant, item.Subject) : null;
    }

    private static DeleteChange Drop((string Kind, int Tenant, string Subject) subject, long sequence, int ordinal)
    {
        FeedTable table = subject.Kind == Model ? FeedTable.Models : FeedTable.Agents;
        return Guid.TryParse(subject.Subject, out Guid id)
            ? new DeleteChange(table, subject.Tenant, sequence, ordinal, (subject.Kind + "_id", id))
            : new DeleteChange(table, subject.Tenant, sequence, ordinal, ("name", subject.Subject));
    }

    /// <summary>An agent's weights are a model that factory.DistillAgent names for it; they go and come with events of the agent.</summary>
    private static DeleteChange DropWeights(int tenant, string agent, long sequence, int ordinal)
    {
        string name = WeightsPrefix + agent;
        return new DeleteChange(FeedTable.Models, tenant, sequence, ordinal, ("name", name.Length > LongestName ? name[..LongestName] : name));
    }

    private IEnumerable<Func<long, int, FeedChange>> AgentRows(RowFilter filter, bool withWeights, CancellationToken cancellation)
    {
        foreach (FeedRow agent in source.Rows(FeedTable.Agents, [], 1, filter, cancellation))
        {
            if (withWeights && agent["model_id"] is Guid weights)
            {
                // Those of an earlier distillation.
                yield return (sequence, ordinal) => DropWeights(agent.Tenant, (string)agent["name"]!, sequence, ordinal);
                foreach (Func<long, int, FeedChange> row in ModelRows(filter with { Subject = weights.ToString() }, cancellation))
                {
                    yield return row;
                }
            }

            yield return (sequence, ordinal) => new UpsertChange(agent, sequence, ordinal);
        }
    }

    private IEnumerable<Func<long, int, FeedChange>> ModelRows(RowFilter filter, CancellationToken cancellation)
    {
        foreach (FeedRow model in source.Rows(FeedTable.Models, [], 1, filter, cancellation))
        {
            yield return (sequence, ordinal) => new UpsertChange(model, sequence, ordinal);

            var id = (Guid)model["model_id"]!;
            RowFilter own = filter with { Subject = id.ToString() };
            foreach (FeedRow row in Pages(FeedTable.Components, own, cancellation))
            {
                yield return (sequence, ordinal) => new UpsertChange(row, sequence, ordinal);
            }

            // A new measurement replaces all of the model's: domains may have gone.
            yield return (sequence, ordinal) => new DeleteChange(FeedTable.Capabilities, model.Tenant, sequence, ordinal, ("model_id", id));
            foreach (FeedRow row in Pages(FeedTable.Capabilities, own, cancellation))
            {
                yield return (sequence, ordinal) => new UpsertChange(row, sequence, ordinal);
            }
        }
    }

    private IEnumerable<FeedRow> Pages(FeedTable table, RowFilter filter, CancellationToken cancellation)
    {
        IReadOnlyList<long> after = [];
        while (true)
        {
            IReadOnlyList<FeedRow> page = source.Rows(table, after, pageSize, filter, cancellation);
            foreach (FeedRow row in page)
            {
                yield return row;
            }

            if (page.Count < pageSize)
            {
                yield break;
            }

            after = page[^1].Position;
        }
    }
}
