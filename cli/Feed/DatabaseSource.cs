using System.Data;
using System.Data.Common;
using System.Globalization;

namespace NinaDB.Cli.Feed;

/// <summary>The database as a feed sees it: through the procedures that role nina_feed may execute, and nothing else.</summary>
internal sealed class DatabaseSource : IFeedSource
{
    /// <summary>The user without login that the feed becomes; its role reads the rows of every tenant.</summary>
    private const string Reader = "nina_feed_reader";

    private readonly DbConnection _connection;
    private readonly int? _tenant;

    private DatabaseSource(DbConnection connection, int? tenant, string scope)
    {
        _connection = connection;
        _tenant = tenant;
        Scope = scope;
    }

    public string Scope { get; }

    /// <param name="connection">Open, and given up to the feed: it changes its user for good.</param>
    /// <param name="tenant">Public id, key or name of the one tenant to be fed; null for all.</param>
    public static DatabaseSource Open(DbConnection connection, string consumer, string? tenant, CancellationToken cancellation)
    {
        using (DbCommand become = connection.CreateCommand())
        {
            become.CommandText = $"EXECUTE AS USER = N'{Reader}' WITH NO REVERT;";
            become.ExecuteNonQuery();
        }

        var all = new DatabaseSource(connection, null, "*");
        if (tenant is null)
        {
            return all;
        }

        (TenantStream Stream, string Name)[] found = [.. all.ReadStreams(consumer, cancellation).Where(pair =>
            string.Equals(pair.Stream.PublicId.ToString(), tenant, StringComparison.OrdinalIgnoreCase) || FeedJson.Text(pair.Stream.Tenant) == tenant || pair.Name == tenant)];
        return found.Length == 1
            ? new DatabaseSource(connection, found[0].Stream.Tenant, found[0].Stream.PublicId.ToString())
            : throw new CliException(ExitCode.Usage, found.Length == 0 ? $"There is no tenant '{tenant}'." : $"Several tenants are named '{tenant}'; use its public id.");
    }

    public IReadOnlyList<TenantStream> Streams(string consumer, CancellationToken cancellation) => [.. ReadStreams(consumer, cancellation).Select(pair => pair.Stream)];

    public IReadOnlyList<FeedEvent> ReadChanges(string consumer, int max, CancellationToken cancellation)
    {
        var events = new List<FeedEvent>();
        using DbCommand command = Procedure("ops.ReadChanges", ("@Consumer", consumer), ("@Max", max), ("@FeedTenantId", _tenant));
        Read(command, cancellation, reader => events.Add(new FeedEvent(
            reader.GetInt32(reader.GetOrdinal("tenant_id")),
            reader.GetInt64(reader.GetOrdinal("sequence")),
            reader.GetGuid(reader.GetOrdinal("event_id")).ToString(),
            reader.GetString(reader.GetOrdinal("type")),
            reader.GetString(reader.GetOrdinal("subject")),
            DateTime.SpecifyKind(reader.GetDateTime(reader.GetOrdinal("occurred_at")), DateTimeKind.Utc),
            reader.GetString(reader.GetOrdinal("event")))));
        return events;
    }

    public void Acknowledge(string consumer, int tenant, long sequence, CancellationToken cancellation)
    {
        using DbCommand command = Procedure("ops.AcknowledgeChanges", ("@Consumer", consumer), ("@Sequence", sequence), ("@TenantId", tenant));
        Run(command, cancellation, command.ExecuteNonQuery);
    }

    public IReadOnlyList<FeedRow> Rows(FeedTable table, IReadOnlyList<long> after, int max, RowFilter? filter, CancellationToken cancellation)
    {
        using DbCommand command = Procedure(table.Procedure, ("@Max", max), ("@TenantId", filter?.Tenant ?? _tenant), ("@Subject", filter?.Subject));
        for (int i = 0; i < after.Count; i++)
        {
            Add(command, "@" + table.Positions[i], after[i]);
        }

        var rows = new List<FeedRow>();
        int[]? ordinals = null;
        Read(command, cancellation, reader =>
        {
            ordinals ??= [.. table.Positions.Concat(table.Columns.Select(column => column.Name)).Select(reader.GetOrdinal)];
            long[] position = [.. ordinals.Take(table.Positions.Count).Select(reader.GetInt64)];
            var values = new object?[table.Columns.Count];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = Value(reader, ordinals[table.Positions.Count + i], table.Columns[i]);
            }

            rows.Add(new FeedRow(table, position, values));
        });
        return rows;
    }

    private List<(TenantStream Stream, string Name)> ReadStreams(string consumer, CancellationToken cancellation)
    {
        var streams = new List<(TenantStream Stream, string Name)>();
        using DbCommand command = Procedure("ops.FeedStreams", ("@Consumer", consumer), ("@TenantId", _tenant));
        Read(command, cancellation, reader => streams.Add((
            new TenantStream(
                reader.GetInt32(reader.GetOrdinal("tenant_id")),
                reader.GetGuid(reader.GetOrdinal("tenant_public_id")),
                reader.GetInt64(reader.GetOrdinal("head_sequence")),
                reader.GetInt64(reader.GetOrdinal("purged_sequence")),
                reader.GetInt64(reader.GetOrdinal("acknowledged_sequence"))),
            reader.GetString(reader.GetOrdinal("name")))));
        return streams;
    }

    private static object? Value(DbDataReader reader, int ordinal, FeedColumn column)
    {
        if (reader.IsDBNull(ordinal))
        {
            return column.IsNullable ? null : throw new FeedException($"The column {column.Name} has a NULL, which the feed does not expect.");
        }

        return column.Type switch
        {
            FeedType.Int => reader.GetInt32(ordinal),
            FeedType.BigInt => reader.GetInt64(ordinal),
            FeedType.Double => reader.GetDouble(ordinal),
            FeedType.Text or FeedType.Json => reader.GetString(ordinal),
            FeedType.Boolean => reader.GetBoolean(ordinal),
            FeedType.Guid => reader.GetGuid(ordinal),
            FeedType.Bytes => (byte[])reader.GetValue(ordinal),
            FeedType.Timestamp => DateTime.SpecifyKind(reader.GetDateTime(ordinal), DateTimeKind.Utc),
            FeedType.Vector => (float[])reader.GetValue(ordinal),
            _ => throw new InvalidOperationException($"Unknown type {column.Type}."),
        };
    }

    private DbCommand Procedure(string name, params (string Name, object? Value)[] parameters)
    {
        DbCommand command = _connection.CreateCommand();
        command.CommandType = CommandType.StoredProcedure;
        command.CommandText = name;

        // A page of a large model may take its time; Ctrl-C ends it.
        command.CommandTimeout = 0;
        foreach ((string parameter, object? value) in parameters)
        {
            if (value is not null)
            {
                Add(command, parameter, value);
            }
        }

        return command;
    }

    private static void Add(DbCommand command, string name, object value)
    {
        DbParameter parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }

    private static void Read(DbCommand command, CancellationToken cancellation, Action<DbDataReader> row) => Run(command, cancellation, () =>
    {
        using DbDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            row(reader);
        }

        return 0;
    });

    private static void Run(DbCommand command, CancellationToken cancellation, Func<int> work)
    {
        cancellation.ThrowIfCancellationRequested();
        using CancellationTokenRegistration registration = cancellation.Register(command.Cancel);
        try
        {
            work();
        }
        catch (DbException error)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new CliException(ExitCode.SqlError, string.Create(CultureInfo.InvariantCulture, $"{command.CommandText}: Msg {error.ErrorCode}: {error.Message}"));
        }
    }
}
