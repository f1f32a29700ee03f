using System.Text.Json;

namespace NinaDB.Cli.Feed;

/// <summary>How far the initial snapshot has come.</summary>
internal enum SnapshotPhase
{
    NotStarted,
    Running,
    Finished,

    /// <summary>The consumer was begun with --no-snapshot.</summary>
    Skipped,
}

/// <summary>State of the initial snapshot.</summary>
/// <param name="Scope">"*", or the public id of the one tenant that is fed.</param>
/// <param name="Table">The table being copied.</param>
/// <param name="After">Keyset position of the last row that was copied; empty before the first.</param>
/// <param name="Heads">Each tenant's last sequence when the snapshot began: rows that it copies include what these events did.</param>
internal sealed record SnapshotState(SnapshotPhase Phase, string Scope, string Table, IReadOnlyList<long> After, IReadOnlyDictionary<int, long> Heads)
{
    public static SnapshotState None { get; } = new(SnapshotPhase.NotStarted, string.Empty, string.Empty, [], new Dictionary<int, long>());

    public bool IsOver => Phase is SnapshotPhase.Finished or SnapshotPhase.Skipped;
}

/// <summary>A tenant's place in its stream of events.</summary>
internal readonly record struct TenantPosition(Guid PublicId, long Sequence);

/// <summary>What a destination holds: kept by the destination itself, with the data.</summary>
internal sealed class FeedCheckpoint
{
    public Dictionary<int, TenantPosition> Tenants { get; } = [];

    public SnapshotState Snapshot { get; set; } = SnapshotState.None;

    public long SequenceOf(int tenant) => Tenants.TryGetValue(tenant, out TenantPosition position) ? position.Sequence : 0;

    /// <summary>Moves on past an event.</summary>
    public void Note(EventChange change) => Tenants[change.Event.Tenant] = new TenantPosition(change.TenantPublicId, change.Event.Sequence);

    /// <summary>Begins a tenant behind events that were purged.</summary>
    public void Note(PositionChange change) => Tenants[change.Tenant] = new TenantPosition(change.TenantPublicId, change.Sequence);

    public FeedCheckpoint Copy()
    {
        var copy = new FeedCheckpoint { Snapshot = Snapshot };
        foreach ((int tenant, TenantPosition position) in Tenants)
        {
            copy.Tenants[tenant] = position;
        }

        return copy;
    }

    /// <summary>Writes the properties "tenants" and "snapshot" into the current object.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("tenants");
        foreach ((int tenant, TenantPosition position) in Tenants.OrderBy(pair => pair.Key))
        {
            writer.WriteStartObject(FeedJson.Text(tenant));
            writer.WriteString("id", position.PublicId);
            writer.WriteNumber("sequence", position.Sequence);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WritePropertyName("snapshot");
        Write(writer, Snapshot);
    }

    public static FeedCheckpoint Read(JsonElement element)
    {
        var checkpoint = new FeedCheckpoint { Snapshot = ReadSnapshot(element.GetProperty("snapshot")) };
        foreach (JsonProperty tenant in element.GetProperty("tenants").EnumerateObject())
        {
            checkpoint.Tenants[FeedJson.Number(tenant.Name)] = new TenantPosition(tenant.Value.GetProperty("id").GetGuid(), tenant.Value.GetProperty("sequence").GetInt64());
        }

        return checkpoint;
    }

    public static void Write(Utf8JsonWriter writer, SnapshotState state)
    {
        writer.WriteStartObject();
        writer.WriteString("phase", state.Phase.ToString());
        writer.WriteString("scope", state.Scope);
        writer.WriteString("table", state.Table);
        writer.WriteStartArray("after");
        foreach (long part in state.After)
        {
            writer.WriteNumberValue(part);
        }

        writer.WriteEndArray();
        writer.WriteStartObject("heads");
        foreach ((int tenant, long sequence) in state.Heads.OrderBy(pair => pair.Key))
        {
            writer.WriteNumber(FeedJson.Text(tenant), sequence);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public static SnapshotState ReadSnapshot(JsonElement element) => new(
        Enum.Parse<SnapshotPhase>(element.GetProperty("phase").GetString()!),
        element.GetProperty("scope").GetString()!,
        element.GetProperty("table").GetString()!,
        [.. element.GetProperty("after").EnumerateArray().Select(part => part.GetInt64())],
        element.GetProperty("heads").EnumerateObject().ToDictionary(head => FeedJson.Number(head.Name), head => head.Value.GetInt64()));
}
