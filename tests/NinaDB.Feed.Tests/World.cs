using System.Text.Json;
using NinaDB.Cli.Feed;

namespace NinaDB.Feed.Tests;

/// <summary>A database in memory as the feed sees it: tenants, rows, an outbox, acknowledgements. Changes can be made to happen while a snapshot reads.</summary>
internal sealed class World : IFeedSource
{
    private const int Components = 3;

    private readonly Dictionary<int, List<FeedEvent>> _events = [];
    private readonly Dictionary<int, Guid> _tenants = [];
    private readonly Dictionary<FeedTable, List<FeedRow>> _rows = FeedTable.All.ToDictionary(table => table, _ => new List<FeedRow>());
    private readonly Dictionary<(string Consumer, int Tenant), long> _acknowledged = [];
    private readonly SortedDictionary<int, Action> _duringReads = [];
    private int _key;
    private int _reads;

    public string Scope => "*";

    /// <summary>Events that were removed from the front of each tenant's outbox.</summary>
    public Dictionary<int, long> Purged { get; } = [];

    public IEnumerable<FeedEvent> Events => _events.OrderBy(pair => pair.Key).SelectMany(pair => pair.Value);

    /// <summary>Two tenants with a history, and changes that happen while the feed reads.</summary>
    public static World Busy()
    {
        var world = new World();
        world.AddTenant(1);
        world.AddTenant(2);
        world.Ingest(1, "gone before");
        world.Ingest(1, "kept");
        world.Ingest(2, "kept");
        world.Ingest(2, "dropped during the snapshot");
        world.Measure(1, "kept");
        world.DropModel(1, "gone before");
        world.Assemble(1, "chess", "kept");
        world.Publish(1, "usage.recorded", "probe_tokens");
        world.Assemble(2, "law", "kept");
        world.Distil(2, "law");

        // While the snapshot reads models, components, ...: what it has seen changes behind it, what it has not changes before it.
        world.During(2, () => world.DropModel(2, "dropped during the snapshot"));
        world.During(3, () => world.Ingest(1, "came during the snapshot"));
        world.During(4, () => world.Ingest(1, "came and went"));
        world.During(5, () => world.Measure(1, "came and went"));
        world.During(6, () => world.DropModel(1, "came and went"));
        world.During(7, () => world.Replace(2, "kept"));
        world.During(8, () => world.Distil(1, "chess"));
        world.During(9, () => world.Measure(1, "came during the snapshot"));
        world.During(12, () => world.DropAgent(2, "law"));
        world.During(14, () => world.Distil(1, "chess"));
        world.During(15, () =>
        {
            world.AddTenant(3);
            world.Ingest(3, "of a new tenant");
        });
        return world;
    }

    public void AddTenant(int tenant)
    {
        _tenants[tenant] = new Guid(tenant, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]);
        _events[tenant] = [];
    }

    /// <summary>Does something at a read of rows, counted from 1 over all runs, once.</summary>
    public void During(int read, Action change) => _duringReads.Add(read, change);

    public void Publish(int tenant, string type, string subject)
    {
        List<FeedEvent> stream = _events[tenant];
        long sequence = stream.Count + 1;
        var id = new Guid(tenant, (short)sequence, 9, new byte[8]);
        string json = $$"""{"specversion":"1.0","id":"{{id}}","source":"/tenants/{{_tenants[tenant]}}","type":"{{type}}","subject":{{JsonSerializer.Serialize(subject)}},"sequence":"{{sequence}}","data":{"odd":"\u0000 \ud800 \\u0000",""" + "\n\"lines\":2}}";
        stream.Add(new FeedEvent(tenant, sequence, id.ToString(), type, subject, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), json));
    }

    public void Ingest(int tenant, string name)
    {
        AddModel(tenant, name, "source");
        Publish(tenant, "model.ingested", name);
    }

    public void Measure(int tenant, string name)
    {
        FeedRow model = Find(FeedTable.Models, tenant, name)!;
        var id = (Guid)model["model_id"]!;
        Set(model, "measured_at", new DateTime(2026, 2, 1, 0, 0, _key % 60, DateTimeKind.Utc));
        _rows[FeedTable.Capabilities].RemoveAll(row => (Guid)row["model_id"]! == id);
        foreach (FeedRow component in _rows[FeedTable.Components].Where(row => (Guid)row["model_id"]! == id).ToList())
        {
            Set(component, "meaning_vector", new[] { ++_key, 0.1f, -1.5e-30f });
            foreach ((int key, string domain) in new[] { (1, "chess"), (2, "law") })
            {
                int number = (int)component["component_id"]!;
                _rows[FeedTable.Capabilities].Add(new FeedRow(
                    FeedTable.Capabilities,
                    [number, key],
                    [number, domain, tenant, id, 0.75, 0.7, 0.8, null, 0.1 * _key, "[\"a \\u0000 b\"]", "auroc-text-mean", 60, 420, 12345678901L, new byte[32], new byte[] { 1, 2 }, DateTime.UnixEpoch]));
            }
        }

        Sort();
        Publish(tenant, "model.measured", name);
    }

    public void DropModel(int tenant, string name)
    {
        RemoveModel(tenant, name);
        Publish(tenant, "model.dropped", name);
    }

    /// <summary>Dropped, and another taken in under the same name.</summary>
    public void Replace(int tenant, string name)
    {
        DropModel(tenant, name);
        Ingest(tenant, name);
    }

    public void Assemble(int tenant, string name, string baseModel)
    {
        var baseId = (Guid)Find(FeedTable.Models, tenant, baseModel)!["model_id"]!;
        _rows[FeedTable.Agents].Add(new FeedRow(
            FeedTable.Agents,
            [++_key],
            [new Guid(_key, 2, 2, new byte[8]), tenant, name, baseId, null, "[\"chess\"]", 0.5, 256, "assembled", 0.5, null, DateTime.UnixEpoch, null, null]));
        Publish(tenant, "agent.assembled", name);
    }

    public void Distil(int tenant, string name)
    {
        FeedRow agent = Find(FeedTable.Agents, tenant, name)!;
        if (agent["model_id"] is not null)
        {
            Set(agent, "model_id", null);
            RemoveModel(tenant, "agent/" + name);
        }

        Set(agent, "model_id", AddModel(tenant, "agent/" + name, "agent"));
        Set(agent, "status", "distilled");
        Publish(tenant, "agent.distilled", name);
    }

    public void DropAgent(int tenant, string name)
    {
        FeedRow agent = Find(FeedTable.Agents, tenant, name)!;
        _rows[FeedTable.Agents].RemoveAll(row => row.Position[0] == agent.Position[0]);
        if (Find(FeedTable.Models, tenant, "agent/" + name) is not null)
        {
            RemoveModel(tenant, "agent/" + name);
        }

        Publish(tenant, "agent.dropped", name);
    }

    public long AcknowledgedOf(string consumer, int tenant) => _acknowledged.GetValueOrDefault((consumer, tenant));

    /// <summary>The current rows of a table as JSON, by key.</summary>
    public SortedDictionary<string, string> Current(FeedTable table) => new(_rows[table].ToDictionary(Replica.KeyOf, Replica.JsonOf), StringComparer.Ordinal);

    public IReadOnlyList<TenantStream> Streams(string consumer, CancellationToken cancellation) =>
        [.. _tenants.Select(pair => new TenantStream(pair.Key, pair.Value, _events[pair.Key].Count, Purged.GetValueOrDefault(pair.Key), AcknowledgedOf(consumer, pair.Key)))];

    public IReadOnlyList<FeedEvent> ReadChanges(string consumer, int max, CancellationToken cancellation)
    {
        foreach ((int tenant, long purged) in Purged)
        {
            Assert.True(AcknowledgedOf(consumer, tenant) >= purged, "50035: purged before it was read");
        }

        return [.. _tenants.Keys.SelectMany(tenant => _events[tenant].Where(item => item.Sequence > AcknowledgedOf(consumer, tenant)).Take(Math.Max(1, max / _tenants.Count))).Take(max)];
    }

    public void Acknowledge(string consumer, int tenant, long sequence, CancellationToken cancellation) =>
        _acknowledged[(consumer, tenant)] = Math.Max(AcknowledgedOf(consumer, tenant), sequence);

    public IReadOnlyList<FeedRow> Rows(FeedTable table, IReadOnlyList<long> after, int max, RowFilter? filter, CancellationToken cancellation)
    {
        if (_duringReads.Remove(++_reads, out Action? change))
        {
            change();
        }

        return [.. _rows[table]
            .Where(row => after.Count == 0 || Compare(row.Position, after) > 0)
            .Where(row => filter is null || (row.Tenant == filter.Tenant && Matches(row, filter.Subject)))
            .Take(max)
            .Select(row => row with { Values = [.. row.Values] })];
    }

    private static bool Matches(FeedRow row, string subject) => row.Table == FeedTable.Models || row.Table == FeedTable.Agents
        ? (string)row["name"]! == subject || row.Values[0]!.ToString() == subject
        : row["model_id"]!.ToString() == subject;

    private static int Compare(IReadOnlyList<long> left, IReadOnlyList<long> right)
    {
        for (int i = 0; i < left.Count; i++)
        {
            if (left[i] != right[i])
            {
                return left[i].CompareTo(right[i]);
            }
        }

        return 0;
    }

    private static void Set(FeedRow row, string column, object? value) => row.Values[row.Table.Ordinal(column)] = value;

    private FeedRow? Find(FeedTable table, int tenant, string name) => _rows[table].FirstOrDefault(row => row.Tenant == tenant && (string)row["name"]! == name);

    private Guid AddModel(int tenant, string name, string kind)
    {
        int key = ++_key;
        var id = new Guid(key, 1, 1, new byte[8]);
        _rows[FeedTable.Models].Add(new FeedRow(
            FeedTable.Models,
            [key],
            [id, tenant, name, kind, "LlamaForCausalLM", 128, 4, 4, 4, 512, null, 256, 9_876_543_210L, "BF16", "safetensors", true, "odd \0 text", new byte[] { 0, 255 }, DateTime.UnixEpoch, null]));
        for (int i = 0; i < (kind == "source" ? Components : 0); i++)
        {
            int component = ++_key;
            _rows[FeedTable.Components].Add(new FeedRow(
                FeedTable.Components,
                [component],
                [component, tenant, id, "neuron", 0, i, null, "[{\"token\":\"\\u0000\",\"z\":9.5}]", null, new[] { 1f, float.Epsilon, i }]));
        }

        return id;
    }

    private void RemoveModel(int tenant, string name)
    {
        var id = (Guid)Find(FeedTable.Models, tenant, name)!["model_id"]!;
        foreach (FeedTable table in new[] { FeedTable.Models, FeedTable.Components, FeedTable.Capabilities })
        {
            _rows[table].RemoveAll(row => (Guid)row["model_id"]! == id);
        }
    }

    private void Sort() => _rows[FeedTable.Capabilities].Sort((left, right) => Compare(left.Position, right.Position));
}
