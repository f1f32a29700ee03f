namespace NinaDB.Cli.Feed;

/// <summary>The kinds of values that replicated rows have.</summary>
internal enum FeedType
{
    Int,
    BigInt,
    Double,
    Text,
    Boolean,
    Guid,
    Bytes,
    Timestamp,
    Vector,
    Json,
}

/// <summary>A column of a replicated table.</summary>
internal sealed record FeedColumn(string Name, FeedType Type, bool IsNullable = false);

/// <summary>
/// A table of current rows. JSON, PostgreSQL's DDL and its upserts are all made from this one description; the procedure returns the keyset position
/// columns first, then these columns under these names.
/// </summary>
internal sealed class FeedTable
{
    private readonly Dictionary<string, int> _ordinals;

    private FeedTable(string name, string procedure, string[] positions, string[] key, params FeedColumn[] columns)
    {
        Name = name;
        Procedure = procedure;
        Positions = positions;
        Columns = columns;
        _ordinals = columns.Select((column, i) => (column.Name, i)).ToDictionary(pair => pair.Name, pair => pair.i, StringComparer.Ordinal);
        Key = [.. key.Select(Ordinal)];
        TenantOrdinal = Ordinal("tenant_id");
    }

    public static FeedTable Models { get; } = new(
        "models",
        "ops.SnapshotModels",
        ["after_model"],
        ["model_id"],
        new("model_id", FeedType.Guid),
        new("tenant_id", FeedType.Int),
        new("name", FeedType.Text),
        new("kind", FeedType.Text),
        new("architecture", FeedType.Text),
        new("hidden_size", FeedType.Int, IsNullable: true),
        new("layer_count", FeedType.Int, IsNullable: true),
        new("head_count", FeedType.Int, IsNullable: true),
        new("key_value_head_count", FeedType.Int, IsNullable: true),
        new("feed_forward_width", FeedType.Int, IsNullable: true),
        new("vocabulary_size", FeedType.Int, IsNullable: true),
        new("context_length", FeedType.Int, IsNullable: true),
        new("parameter_count", FeedType.BigInt),
        new("data_type", FeedType.Text),
        new("format", FeedType.Text),
        new("is_runnable", FeedType.Boolean),
        new("tokenizer_kind", FeedType.Text, IsNullable: true),
        new("content_hash", FeedType.Bytes),
        new("created_at", FeedType.Timestamp),
        new("measured_at", FeedType.Timestamp, IsNullable: true));

    public static FeedTable Components { get; } = new(
        "components",
        "ops.SnapshotComponents",
        ["after_component"],
        ["component_id"],
        new("component_id", FeedType.Int),
        new("tenant_id", FeedType.Int),
        new("model_id", FeedType.Guid),
        new("kind", FeedType.Text),
        new("layer", FeedType.Int, IsNullable: true),
        new("component_index", FeedType.Int),
        new("parent_component_id", FeedType.Int, IsNullable: true),
        new("top_tokens", FeedType.Json, IsNullable: true),
        new("meaning_vector", FeedType.Vector, IsNullable: true),
        new("write_vector", FeedType.Vector, IsNullable: true));

    public static FeedTable Capabilities { get; } = new(
        "capabilities",
        "ops.SnapshotCapabilities",
        ["after_component", "after_domain"],
        ["component_id", "domain"],
        new("component_id", FeedType.Int),
        new("domain", FeedType.Text),
        new("tenant_id", FeedType.Int),
        new("model_id", FeedType.Guid),
        new("skill_level", FeedType.Double),
        new("skill_lower", FeedType.Double, IsNullable: true),
        new("skill_upper", FeedType.Double, IsNullable: true),
        new("importance", FeedType.Double, IsNullable: true),
        new("firing_rate", FeedType.Double, IsNullable: true),
        new("top_contexts", FeedType.Json, IsNullable: true),
        new("method", FeedType.Text),
        new("text_count", FeedType.Int),
        new("other_text_count", FeedType.Int),
        new("token_count", FeedType.BigInt),
        new("probe_set_hash", FeedType.Bytes),
        new("model_hash", FeedType.Bytes),
        new("measured_at", FeedType.Timestamp));

    public static FeedTable Agents { get; } = new(
        "agents",
        "ops.SnapshotAgents",
        ["after_agent"],
        ["agent_id"],
        new("agent_id", FeedType.Guid),
        new("tenant_id", FeedType.Int),
        new("name", FeedType.Text),
        new("base_model_id", FeedType.Guid),
        new("model_id", FeedType.Guid, IsNullable: true),
        new("domains", FeedType.Json, IsNullable: true),
        new("keep_fraction", FeedType.Double),
        new("neurons_per_layer", FeedType.Int),
        new("status", FeedType.Text),
        new("max_loss_increase", FeedType.Double),
        new("losses", FeedType.Json, IsNullable: true),
        new("created_at", FeedType.Timestamp),
        new("distilled_at", FeedType.Timestamp, IsNullable: true),
        new("verified_at", FeedType.Timestamp, IsNullable: true));

    /// <summary>In the order of the snapshot: what is referred to comes first.</summary>
    public static IReadOnlyList<FeedTable> All { get; } = [Models, Components, Capabilities, Agents];

    /// <summary>Name at the destination.</summary>
    public string Name { get; }

    /// <summary>The procedure that reads pages of it.</summary>
    public string Procedure { get; }

    /// <summary>Leading columns of the procedure's rows: the keyset position of the row, passed back as parameters of the same name.</summary>
    public IReadOnlyList<string> Positions { get; }

    public IReadOnlyList<FeedColumn> Columns { get; }

    /// <summary>Ordinals of the primary key's columns.</summary>
    public IReadOnlyList<int> Key { get; }

    public int TenantOrdinal { get; }

    public static FeedTable Named(string name) =>
        All.FirstOrDefault(table => table.Name == name) ?? throw new FeedException($"'{name}' is no table of the feed; was it written by a later version?");

    public int Ordinal(string column) => _ordinals[column];
}

/// <summary>A current row.</summary>
/// <param name="Position">Where it stands in its table's keyset order.</param>
/// <param name="Values">In the order of the table's columns: int, long, double, string, bool, Guid, byte[], DateTime (UTC), float[], or null.</param>
internal sealed record FeedRow(FeedTable Table, long[] Position, object?[] Values)
{
    public int Tenant => (int)Values[Table.TenantOrdinal]!;

    public object? this[string column] => Values[Table.Ordinal(column)];
}
