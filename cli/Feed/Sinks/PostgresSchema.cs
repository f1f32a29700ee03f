using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace NinaDB.Cli.Feed.Sinks;

/// <summary>The schema `ninadb` at the destination, made on first use, and the statements that write to it.</summary>
internal static class PostgresSchema
{
    public const string Name = "ninadb";

    /// <summary>Of the tables' shape; a schema of another version is refused.</summary>
    private const int Version = 1;

    /// <summary>Length of the vectors; pgvector indexes columns of one length.</summary>
    private const int Dimensions = 768;

    /// <summary>Key of the advisory lock under which the schema is made.</summary>
    private const long CreationLock = 0x6E696E616462;

    /// <summary>Creates what is missing. True when vectors are pgvector's, false when they are real[].</summary>
    public static async Task<bool> EnsureAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({CreationLock});", cancellation);
        if (await ScalarAsync(connection, $"SELECT to_regclass('{Name}.feed_schema') IS NOT NULL;", cancellation) is false)
        {
            bool hasVectorType = await ScalarAsync(connection, "SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'vector');", cancellation) is true;
            await ExecuteAsync(connection, CreateText(hasVectorType), cancellation);
        }

        object? version = await ScalarAsync(connection, $"SELECT version FROM {Name}.feed_schema;", cancellation);
        if (version is not Version)
        {
            throw new FeedException($"The schema {Name} has version {version}; this feed writes version {Version}.");
        }

        object? type = await ScalarAsync(
            connection,
            $"SELECT udt_name FROM information_schema.columns WHERE table_schema = '{Name}' AND table_name = 'components' AND column_name = 'meaning_vector';",
            cancellation);
        foreach (FeedTable table in FeedTable.All)
        {
            string columns = string.Join(", ", table.Columns.Select(column => $"{column.Name} {TypeName(column.Type, hasVectorType: false)}"));
            await ExecuteAsync(connection, $"CREATE TEMPORARY TABLE {Stage(table)} ({columns}) ON COMMIT DELETE ROWS;", cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return type is "vector";
    }

    /// <summary>The temporary table that rows are copied into.</summary>
    public static string Stage(FeedTable table) => $"feed_{table.Name}";

    public static string CopyText(FeedTable table) => $"COPY {Stage(table)} ({ColumnList(table)}) FROM STDIN (FORMAT BINARY)";

    /// <summary>From the temporary table into the real one.</summary>
    public static string UpsertText(FeedTable table, bool hasVectorType)
    {
        IEnumerable<string> values = table.Columns.Select(column => column.Type == FeedType.Vector && hasVectorType ? $"{column.Name}::vector" : column.Name);
        string key = string.Join(", ", table.Key.Select(i => table.Columns[i].Name));
        string updates = string.Join(", ", table.Columns.Where((_, i) => !table.Key.Contains(i)).Select(column => $"{column.Name} = EXCLUDED.{column.Name}"));
        return $"INSERT INTO {Name}.{table.Name} ({ColumnList(table)}) SELECT {string.Join(", ", values)} FROM {Stage(table)} "
            + $"ON CONFLICT ({key}) DO UPDATE SET {updates}; TRUNCATE {Stage(table)};";
    }

    public static NpgsqlDbType DbType(FeedType type) => type switch
    {
        FeedType.Int => NpgsqlDbType.Integer,
        FeedType.BigInt => NpgsqlDbType.Bigint,
        FeedType.Double => NpgsqlDbType.Double,
        FeedType.Text => NpgsqlDbType.Text,
        FeedType.Boolean => NpgsqlDbType.Boolean,
        FeedType.Guid => NpgsqlDbType.Uuid,
        FeedType.Bytes => NpgsqlDbType.Bytea,
        FeedType.Timestamp => NpgsqlDbType.TimestampTz,
        FeedType.Vector => NpgsqlDbType.Array | NpgsqlDbType.Real,
        FeedType.Json => NpgsqlDbType.Jsonb,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    public static string CreateText(bool hasVectorType)
    {
        var text = new StringBuilder();
        text.AppendLine($"CREATE SCHEMA IF NOT EXISTS {Name};");
        foreach (FeedTable table in FeedTable.All)
        {
            text.AppendLine($"CREATE TABLE {Name}.{table.Name}").AppendLine("(");
            foreach (FeedColumn column in table.Columns)
            {
                text.AppendLine($"    {column.Name} {TypeName(column.Type, hasVectorType)}{(column.IsNullable ? string.Empty : " NOT NULL")},");
            }

            text.AppendLine($"    PRIMARY KEY ({string.Join(", ", table.Key.Select(i => table.Columns[i].Name))})").AppendLine(");");
        }

        text.AppendLine(
            $"""
            CREATE TABLE {Name}.events
            (
                tenant_id integer NOT NULL,
                sequence bigint NOT NULL,
                id text NOT NULL,
                type text NOT NULL,
                subject text NULL,
                occurred_at timestamptz NOT NULL,
                event jsonb NOT NULL,
                PRIMARY KEY (tenant_id, sequence)
            );
            CREATE TABLE {Name}.feed_consumer
            (
                consumer text NOT NULL PRIMARY KEY,
                snapshot jsonb NOT NULL,
                version bigint NOT NULL
            );
            CREATE TABLE {Name}.feed_checkpoint
            (
                consumer text NOT NULL,
                tenant_id integer NOT NULL,
                tenant_public_id uuid NOT NULL,
                sequence bigint NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now(),
                PRIMARY KEY (consumer, tenant_id)
            );
            CREATE TABLE {Name}.feed_schema (version integer NOT NULL);
            INSERT INTO {Name}.feed_schema VALUES ({Version});
            CREATE INDEX ON {Name}.models (tenant_id, name);
            CREATE INDEX ON {Name}.agents (tenant_id, name);
            CREATE INDEX ON {Name}.components (model_id);
            CREATE INDEX ON {Name}.capabilities (model_id);
            CREATE INDEX ON {Name}.capabilities (domain, skill_level DESC);
            CREATE INDEX ON {Name}.events (type);
            """);
        return text.ToString();
    }

    public static async Task ExecuteAsync(NpgsqlConnection connection, string text, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string text, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(text, connection);
        return await command.ExecuteScalarAsync(cancellation);
    }

    private static string ColumnList(FeedTable table) => string.Join(", ", table.Columns.Select(column => column.Name));

    private static string TypeName(FeedType type, bool hasVectorType) => type switch
    {
        FeedType.Int => "integer",
        FeedType.BigInt => "bigint",
        FeedType.Double => "double precision",
        FeedType.Text => "text",
        FeedType.Boolean => "boolean",
        FeedType.Guid => "uuid",
        FeedType.Bytes => "bytea",
        FeedType.Timestamp => "timestamptz",
        FeedType.Vector => hasVectorType ? $"vector({Dimensions})" : "real[]",
        FeedType.Json => "jsonb",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
