using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace NinaDB.Cli.Feed.Sinks;

/// <summary>
/// PostgreSQL: events, rows and the checkpoint in one transaction, so that a change is applied exactly once whatever is killed when. The consumer's row is locked
/// and its version compared in that transaction: two feeds of one consumer cannot both write.
/// </summary>
internal sealed class PostgresSink(NpgsqlConnectionStringBuilder address, string consumer, FeedStep? step = null) : IFeedSink
{
    /// <summary>Rows kept in memory before they are copied over.</summary>
    private const int FlushAt = 1000;

    /// <summary>SqlState classes that pass: connection, transaction rollback, resources, operator intervention.</summary>
    private static readonly string[] PassingClasses = ["08", "40", "53", "57"];

    private readonly Dictionary<FeedTable, string> _upserts = [];
    private readonly Dictionary<string, FeedRow> _rows = new(StringComparer.Ordinal);
    private readonly List<FeedEvent> _events = [];
    private FeedTable? _rowsTable;
    private NpgsqlConnection? _connection;
    private long _version;

    public string Description => PostgresAddress.Describe(address);

    public FeedCheckpoint Checkpoint { get; private set; } = new();

    public Task OpenAsync(CancellationToken cancellation) => GuardAsync(async () =>
    {
        await DisposeAsync();
        _connection = new NpgsqlConnection(address.ConnectionString);
        await _connection.OpenAsync(cancellation);
        bool hasVectorType = await PostgresSchema.EnsureAsync(_connection, cancellation);
        foreach (FeedTable table in FeedTable.All)
        {
            _upserts[table] = PostgresSchema.UpsertText(table, hasVectorType);
        }

        step?.Invoke("postgres.schema");
        await ReadCheckpointAsync(_connection, cancellation);
        step?.Invoke("postgres.opened");
    });

    public Task ApplyAsync(IEnumerable<FeedChange> changes, CancellationToken cancellation) => GuardAsync(async () =>
    {
        NpgsqlConnection connection = _connection ?? throw new InvalidOperationException("The sink is not open.");
        _rows.Clear();
        _events.Clear();
        FeedCheckpoint checkpoint = Checkpoint.Copy();
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        await LockAsync(connection, cancellation);
        step?.Invoke("postgres.locked");
        foreach (FeedChange change in changes)
        {
            await TakeAsync(connection, change, checkpoint, cancellation);
        }

        await FlushRowsAsync(connection, cancellation);
        await FlushEventsAsync(connection, cancellation);
        await WriteCheckpointAsync(connection, checkpoint, cancellation);
        step?.Invoke("postgres.written");
        await transaction.CommitAsync(cancellation);
        _version++;
        step?.Invoke("postgres.committed");
        Checkpoint = checkpoint;
    });

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    private async Task TakeAsync(NpgsqlConnection connection, FeedChange change, FeedCheckpoint checkpoint, CancellationToken cancellation)
    {
        switch (change)
        {
            case EventChange published:
                checkpoint.Note(published);
                _events.Add(published.Event);
                if (_events.Count >= FlushAt)
                {
                    await FlushEventsAsync(connection, cancellation);
                }

                break;
            case UpsertChange upsert:
                if (_rowsTable != upsert.Row.Table || _rows.Count >= FlushAt)
                {
                    await FlushRowsAsync(connection, cancellation);
                }

                // One statement cannot touch a row twice; the later one counts.
                _rowsTable = upsert.Row.Table;
                _rows[string.Join('\0', _rowsTable.Key.Select(i => upsert.Row.Values[i]))] = upsert.Row;
                break;
            case DeleteChange delete:
                await FlushRowsAsync(connection, cancellation);
                await DeleteAsync(connection, delete, cancellation);
                break;
            case PositionChange position:
                checkpoint.Note(position);
                break;
            case SnapshotChange snapshot:
                checkpoint.Snapshot = snapshot.State;
                if (snapshot.State.Phase == SnapshotPhase.Finished)
                {
                    await FlushRowsAsync(connection, cancellation);
                    await DeleteOrphansAsync(connection, cancellation);
                }

                break;
            default:
                throw new InvalidOperationException($"Unknown change {change.GetType().Name}.");
        }
    }

    private async Task FlushRowsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (_rows.Count == 0 || _rowsTable is not { } table)
        {
            return;
        }

        NpgsqlDbType[] types = [.. table.Columns.Select(column => PostgresSchema.DbType(column.Type))];
        await using (NpgsqlBinaryImporter importer = await connection.BeginBinaryImportAsync(PostgresSchema.CopyText(table), cancellation))
        {
            foreach (FeedRow row in _rows.Values)
            {
                await importer.StartRowAsync(cancellation);
                for (int i = 0; i < types.Length; i++)
                {
                    await WriteAsync(importer, row.Values[i], types[i], cancellation);
                }
            }

            await importer.CompleteAsync(cancellation);
        }

        step?.Invoke("postgres.copied");
        await PostgresSchema.ExecuteAsync(connection, _upserts[table], cancellation);
        step?.Invoke("postgres.upserted");
        _rows.Clear();
    }

    private static Task WriteAsync(NpgsqlBinaryImporter importer, object? value, NpgsqlDbType type, CancellationToken cancellation) => value switch
    {
        null => importer.WriteNullAsync(cancellation),
        int number => importer.WriteAsync(number, type, cancellation),
        long number => importer.WriteAsync(number, type, cancellation),
        double number => importer.WriteAsync(number, type, cancellation),
        bool flag => importer.WriteAsync(flag, type, cancellation),
        Guid id => importer.WriteAsync(id, type, cancellation),
        DateTime time => importer.WriteAsync(time, type, cancellation),
        byte[] bytes => importer.WriteAsync(bytes, type, cancellation),
        float[] vector => importer.WriteAsync(vector, type, cancellation),
        string text => importer.WriteAsync(type == NpgsqlDbType.Jsonb ? PostgresText.CleanJson(text) : PostgresText.Clean(text), type, cancellation),
        _ => throw new InvalidOperationException($"A value of type {value.GetType()} has no PostgreSQL form here."),
    };

    private async Task FlushEventsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (_events.Count == 0)
        {
            return;
        }

        // A second consumer of the same database brings the same events.
        await using var command = new NpgsqlCommand(
            $"""
            INSERT INTO {PostgresSchema.Name}.events (tenant_id, sequence, id, type, subject, occurred_at, event)
            SELECT e.tenant_id, e.sequence, e.id, e.type, e.subject, e.occurred_at, e.event::jsonb
            FROM unnest($1, $2, $3, $4, $5, $6, $7) AS e (tenant_id, sequence, id, type, subject, occurred_at, event)
            ON CONFLICT (tenant_id, sequence) DO NOTHING;
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. _events.Select(e => e.Tenant)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. _events.Select(e => e.Sequence)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. _events.Select(e => PostgresText.Clean(e.Id))] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. _events.Select(e => PostgresText.Clean(e.Type))] });
        command.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. _events.Select(e => e.Subject is null ? null : PostgresText.Clean(e.Subject))] });
        command.Parameters.Add(new NpgsqlParameter<DateTime[]> { TypedValue = [.. _events.Select(e => e.Time)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. _events.Select(e => PostgresText.CleanJson(e.Json))] });
        await command.ExecuteNonQueryAsync(cancellation);
        step?.Invoke("postgres.events");
        _events.Clear();
    }

    private async Task DeleteAsync(NpgsqlConnection connection, DeleteChange delete, CancellationToken cancellation)
    {
        var condition = new StringBuilder("tenant_id = $1");
        for (int i = 0; i < delete.Where.Length; i++)
        {
            condition.Append($" AND {delete.Where[i].Column} = ${i + 2}");
        }

        var text = new StringBuilder();
        if (delete.Table == FeedTable.Models)
        {
            // In one statement: data-modifying WITH parts see the tables as they were before it.
            string models = $"SELECT model_id FROM {PostgresSchema.Name}.models WHERE {condition}";
            text.Append($"WITH c AS (DELETE FROM {PostgresSchema.Name}.components WHERE model_id IN ({models})), s AS (DELETE FROM {PostgresSchema.Name}.capabilities WHERE model_id IN ({models})) ");
        }

        text.Append($"DELETE FROM {PostgresSchema.Name}.{delete.Table.Name} WHERE {condition}");
        await using var command = new NpgsqlCommand(text.ToString(), connection);
        command.Parameters.Add(new NpgsqlParameter { Value = delete.Tenant });
        foreach ((_, object value) in delete.Where)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value is string name ? PostgresText.Clean(name) : value });
        }

        await command.ExecuteNonQueryAsync(cancellation);
        step?.Invoke("postgres.deleted");
    }

    /// <summary>A model that came and went while the snapshot ran can have left components; one that came and stayed comes again with its event.</summary>
    private static Task DeleteOrphansAsync(NpgsqlConnection connection, CancellationToken cancellation) => PostgresSchema.ExecuteAsync(
        connection,
        string.Concat(new[] { "components", "capabilities" }.Select(table =>
            $"DELETE FROM {PostgresSchema.Name}.{table} AS r WHERE NOT EXISTS (SELECT 1 FROM {PostgresSchema.Name}.models AS m WHERE m.model_id = r.model_id);")),
        cancellation);

    private async Task ReadCheckpointAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var checkpoint = new FeedCheckpoint();
        await using (var begin = new NpgsqlCommand($"INSERT INTO {PostgresSchema.Name}.feed_consumer (consumer, snapshot, version) VALUES ($1, $2, 0) ON CONFLICT (consumer) DO NOTHING;", connection))
        {
            begin.Parameters.Add(new NpgsqlParameter { Value = consumer });
            begin.Parameters.Add(new NpgsqlParameter { Value = SnapshotText(SnapshotState.None), NpgsqlDbType = NpgsqlDbType.Jsonb });
            await begin.ExecuteNonQueryAsync(cancellation);
        }

        await using var command = new NpgsqlCommand(
            $"""
            SELECT c.version, c.snapshot::text, p.tenant_id, p.tenant_public_id, p.sequence
            FROM {PostgresSchema.Name}.feed_consumer AS c
            LEFT JOIN {PostgresSchema.Name}.feed_checkpoint AS p ON p.consumer = c.consumer
            WHERE c.consumer = $1;
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = consumer });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            _version = reader.GetInt64(0);
            using (JsonDocument snapshot = JsonDocument.Parse(reader.GetString(1)))
            {
                checkpoint.Snapshot = FeedCheckpoint.ReadSnapshot(snapshot.RootElement);
            }

            if (!await reader.IsDBNullAsync(2, cancellation))
            {
                checkpoint.Tenants[reader.GetInt32(2)] = new TenantPosition(reader.GetGuid(3), reader.GetInt64(4));
            }
        }

        Checkpoint = checkpoint;
    }

    private async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT version FROM {PostgresSchema.Name}.feed_consumer WHERE consumer = $1 FOR UPDATE;", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = consumer });
        if (await command.ExecuteScalarAsync(cancellation) is not long version || version != _version)
        {
            throw new FeedException($"Another feed writes to {Description} as the consumer '{consumer}'.");
        }
    }

    private async Task WriteCheckpointAsync(NpgsqlConnection connection, FeedCheckpoint checkpoint, CancellationToken cancellation)
    {
        KeyValuePair<int, TenantPosition>[] moved = [.. checkpoint.Tenants.Where(pair => !Checkpoint.Tenants.TryGetValue(pair.Key, out TenantPosition before) || before != pair.Value)];
        if (moved.Length > 0)
        {
            await using var positions = new NpgsqlCommand(
                $"""
                INSERT INTO {PostgresSchema.Name}.feed_checkpoint (consumer, tenant_id, tenant_public_id, sequence)
                SELECT $1, p.tenant_id, p.tenant_public_id, p.sequence FROM unnest($2, $3, $4) AS p (tenant_id, tenant_public_id, sequence)
                ON CONFLICT (consumer, tenant_id) DO UPDATE SET sequence = EXCLUDED.sequence, applied_at = now();
                """,
                connection);
            positions.Parameters.Add(new NpgsqlParameter { Value = consumer });
            positions.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. moved.Select(pair => pair.Key)] });
            positions.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. moved.Select(pair => pair.Value.PublicId)] });
            positions.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. moved.Select(pair => pair.Value.Sequence)] });
            await positions.ExecuteNonQueryAsync(cancellation);
        }

        await using var state = new NpgsqlCommand($"UPDATE {PostgresSchema.Name}.feed_consumer SET snapshot = $2, version = version + 1 WHERE consumer = $1;", connection);
        state.Parameters.Add(new NpgsqlParameter { Value = consumer });
        state.Parameters.Add(new NpgsqlParameter { Value = SnapshotText(checkpoint.Snapshot), NpgsqlDbType = NpgsqlDbType.Jsonb });
        await state.ExecuteNonQueryAsync(cancellation);
    }

    private static string SnapshotText(SnapshotState state)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            FeedCheckpoint.Write(writer, state);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>Sorts failures: those that pass, and those that somebody has to mend.</summary>
    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (PostgresException error) when (!PassingClasses.Contains(error.SqlState[..2]))
        {
            throw new FeedException($"{Description}: {error.SqlState}: {error.MessageText}{(error.Detail is null ? string.Empty : " " + error.Detail)}", error);
        }
        catch (Exception error) when (error is NpgsqlException or SocketException or IOException or TimeoutException)
        {
            throw new FeedUnavailableException($"{Description}: {error.Message}", inner: error);
        }
    }
}
