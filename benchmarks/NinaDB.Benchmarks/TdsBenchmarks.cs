using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.SqlClient;
using NinaDB.Cli;
using NinaDB.Cli.Commands;
using NinaDB.Cli.Feed.Sinks;
using NinaDB.Engine;
using NinaDB.Engine.Session;
using NinaDB.Feed.Tests;
using NinaDB.Tds;
using Npgsql;
using SqlCommand = Microsoft.Data.SqlClient.SqlCommand;

namespace NinaDB.Benchmarks;

/// <summary>The TDS server on loopback over TLS, through Microsoft.Data.SqlClient: both ends run in this process and share its processors.</summary>
internal static class TdsBenchmarks
{
    private const int Rows = 1_000_000, Calls = 30_000, Warmup = 3_000, IdleConnections = 100;
    private const string Password = "Correct-horse-42";

    public static void Run(Report report, string folder)
    {
        using Database database = Database.Create(Path.Combine(folder, "tds"));
        Run(database, $"CREATE LOGIN bench WITH PASSWORD = N'{Password}';");
        Run(database, "CREATE USER bench FOR LOGIN bench;");
        Run(database, "ALTER ROLE db_owner ADD MEMBER bench;");
        Run(database, """
            CREATE TABLE dbo.Wide (id int NOT NULL PRIMARY KEY, a int NOT NULL, b bigint NOT NULL, c float NOT NULL, d decimal(18,4) NOT NULL, e bit NOT NULL, f datetime2(3) NOT NULL,
                g nvarchar(40) NOT NULL, h varchar(40) NOT NULL, i uniqueidentifier NOT NULL);
            """);
        Run(database, "CREATE TABLE dbo.Narrow (id int NOT NULL PRIMARY KEY, name nvarchar(40) NOT NULL, score float NOT NULL);");
        Run(database, "CREATE PROCEDURE dbo.GetName @id int AS SET NOCOUNT ON; SELECT name, score FROM dbo.Narrow WHERE id = @id;");
        TdsServer server = TdsServer.Start(database, new TdsServerOptions { Port = 0 });
        try
        {
            string text = $"Server=tcp:127.0.0.1,{server.EndPoint.Port};User ID=bench;Password={Password};Encrypt=true;TrustServerCertificate=true;";
            using (var connection = new SqlConnection(text))
            {
                connection.Open();
                BulkCopy(report, connection);
                PointSelect(report, connection);
                Read(report, connection);
            }

            IdleMemory(report, text);
        }
        finally
        {
            SqlConnection.ClearAllPools();
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        Peek(report, folder);
    }

    private static void BulkCopy(Report report, SqlConnection connection)
    {
        using var rows = new GeneratedRows(Rows, [("id", typeof(int)), ("name", typeof(string)), ("score", typeof(double))], (row, column) => column switch
        {
            0 => row,
            1 => "name of row",
            _ => row * 0.5,
        });
        using var bulk = new SqlBulkCopy(connection) { DestinationTableName = "dbo.Narrow", BulkCopyTimeout = 600, EnableStreaming = true };
        var clock = Stopwatch.StartNew();
        bulk.WriteToServer(rows);
        report.Add(new Measurement("TDS: SqlBulkCopy, a million rows of three columns", Rows / clock.Elapsed.TotalSeconds, "rows/s", Floor: 100_000));
    }

    private static void PointSelect(Report report, SqlConnection connection)
    {
        using var command = new SqlCommand("dbo.GetName", connection) { CommandType = CommandType.StoredProcedure };
        SqlParameter id = command.Parameters.Add("@id", SqlDbType.Int);
        var random = new Random(1);
        var times = new double[Calls];
        for (int i = -Warmup; i < Calls; i++)
        {
            id.Value = random.Next(Rows);
            long start = Stopwatch.GetTimestamp();
            using (SqlDataReader reader = command.ExecuteReader())
            {
                if (!reader.Read() || reader.GetString(0).Length == 0)
                {
                    throw new InvalidOperationException("A row is missing.");
                }
            }

            if (i >= 0)
            {
                times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }

        report.Add(new Measurement("TDS: point select by procedure, one connection", Calls / (times.Sum() / 1000), "calls/s", Floor: 5_000));
        Array.Sort(times);
        report.Add(new Measurement("TDS: point select by procedure, p99", times[(int)(Calls * 0.99)], "ms", Floor: 1, HigherIsBetter: false));
    }

    private static void Read(Report report, SqlConnection connection)
    {
        var guid = Guid.Parse("6F9619FF-8B86-D011-B42D-00C04FC964FF");
        var time = new DateTime(2026, 11, 22, 1, 2, 3);
        using var rows = new GeneratedRows(
            Rows,
            [("id", typeof(int)), ("a", typeof(int)), ("b", typeof(long)), ("c", typeof(double)), ("d", typeof(decimal)), ("e", typeof(bool)), ("f", typeof(DateTime)), ("g", typeof(string)), ("h", typeof(string)), ("i", typeof(Guid))],
            (row, column) => column switch
            {
                0 or 1 => row,
                2 => (long)row << 20,
                3 => row * 0.25,
                4 => row / 100m,
                5 => (row & 1) == 0,
                6 => time,
                7 => "nvarchar value",
                8 => "varchar value",
                _ => guid,
            });
        using (var bulk = new SqlBulkCopy(connection) { DestinationTableName = "dbo.Wide", BulkCopyTimeout = 600, EnableStreaming = true })
        {
            bulk.WriteToServer(rows);
        }

        using var command = new SqlCommand("SELECT id, a, b, c, d, e, f, g, h, i FROM dbo.Wide;", connection) { CommandTimeout = 600 };
        double served = ReadAll(command);
        double? peer = PostgresRead();
        report.Add(new Measurement("TDS: a million rows of ten columns, read", served, "rows/s", peer, "PostgreSQL through Npgsql", peer * 0.5));
    }

    /// <summary>Rows a second, every value looked at.</summary>
    private static double ReadAll(DbCommand command)
    {
        var clock = Stopwatch.StartNew();
        long count = 0, check = 0;
        using (DbDataReader reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                check += reader.GetInt32(0) + reader.GetInt32(1) + reader.GetInt64(2) + (long)reader.GetDouble(3) + (long)reader.GetDecimal(4) + (reader.GetBoolean(5) ? 1 : 0) + reader.GetDateTime(6).Day
                    + reader.GetString(7).Length + reader.GetString(8).Length + reader.GetGuid(9).GetHashCode();
                count++;
            }
        }

        return count == Rows && check != 0 ? Rows / clock.Elapsed.TotalSeconds : throw new InvalidOperationException($"{count} rows were read.");
    }

    /// <summary>The same table in a private PostgreSQL of default settings, read in the same run; null where PostgreSQL is not installed.</summary>
    private static double? PostgresRead()
    {
        if (PostgresCluster.Missing is { } reason)
        {
            Console.Error.WriteLine("  " + reason);
            return null;
        }

        using var cluster = new PostgresCluster();
        using NpgsqlDataSource source = NpgsqlDataSource.Create(PostgresAddress.Parse(cluster.NewDatabase()).ConnectionString);
        using NpgsqlConnection connection = source.OpenConnection();
        using var fill = new NpgsqlCommand(
            $"""
            CREATE TABLE wide (id int NOT NULL PRIMARY KEY, a int NOT NULL, b bigint NOT NULL, c double precision NOT NULL, d numeric(18,4) NOT NULL, e boolean NOT NULL, f timestamp(3) NOT NULL,
                g varchar(40) NOT NULL, h varchar(40) NOT NULL, i uuid NOT NULL);
            INSERT INTO wide
            SELECT n, n, n::bigint << 20, n * 0.25, n / 100.0, n % 2 = 0, timestamp '2026-11-22 01:02:03', 'nvarchar value', 'varchar value', '6F9619FF-8B86-D011-B42D-00C04FC964FF'
            FROM generate_series(0, {Rows - 1}) AS n;
            ANALYZE wide;
            """,
            connection) { CommandTimeout = 600 };
        fill.ExecuteNonQuery();
        using var command = new NpgsqlCommand("SELECT id, a, b, c, d, e, f, g, h, i FROM wide", connection) { CommandTimeout = 600 };
        ReadAll(command);
        return ReadAll(command);
    }

    /// <summary>mqe.PeekTensor end to end: 4 KiB of a tensor of the sample model, by an application acting for a tenant.</summary>
    private static void Peek(Report report, string folder)
    {
        using Database database = Database.Create(Path.Combine(folder, "served"));
        DeployCommand.Deploy(database, quiet: true, CancellationToken.None);
        using (EngineSession session = database.OpenSession())
        {
            LocalTenant.Provision(session, CancellationToken.None);
            LocalTenant.Begin(session, CancellationToken.None);
            session.RunText($"EXECUTE mqe.IngestModel @Path = {SqlText.Quote(Product.SampleModel)};", CancellationToken.None);
        }

        Run(database, $"CREATE LOGIN bench WITH PASSWORD = N'{Password}';");
        Run(database, "CREATE USER bench FOR LOGIN bench;");
        Run(database, "ALTER ROLE nina_application ADD MEMBER bench;");
        TdsServer server = TdsServer.Start(database, new TdsServerOptions { Port = 0 });
        try
        {
            using var connection = new SqlConnection($"Server=tcp:127.0.0.1,{server.EndPoint.Port};User ID=bench;Password={Password};Encrypt=true;TrustServerCertificate=true;Pooling=false;");
            connection.Open();
            using (var begin = new SqlCommand($"EXECUTE tenancy.BeginSession @Oid = '{LocalTenant.Oid}', @Tid = '{LocalTenant.Tid}';", connection))
            {
                begin.ExecuteNonQuery();
            }

            // Eight rows of 128 numbers of 4 bytes.
            using var command = new SqlCommand("mqe.PeekTensor", connection) { CommandType = CommandType.StoredProcedure };
            command.Parameters.AddWithValue("@Tensor", "model.layers.0.mlp.gate_proj.weight");
            SqlParameter row = command.Parameters.Add("@Row", SqlDbType.BigInt);
            command.Parameters.AddWithValue("@RowCount", 8L);
            command.Parameters.AddWithValue("@ColumnCount", 128L);
            command.Parameters.AddWithValue("@Format", "bytes");
            var times = new double[Calls / 3];
            for (int i = -Warmup; i < times.Length; i++)
            {
                row.Value = (long)((i + Warmup) % 400);
                long start = Stopwatch.GetTimestamp();
                int bytes = 0;
                using (SqlDataReader reader = command.ExecuteReader())
                {
                    while (reader.Read())
                    {
                        bytes += ((byte[])reader.GetValue(1)).Length;
                    }
                }

                if (bytes is not (4096 or 2048))
                {
                    throw new InvalidOperationException($"{bytes} bytes were peeked.");
                }

                if (i >= 0)
                {
                    times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                }
            }

            Array.Sort(times);
            report.Add(new Measurement("TDS: mqe.PeekTensor of 4 KiB, p50", times[times.Length / 2], "ms"));
            report.Add(new Measurement("TDS: mqe.PeekTensor of 4 KiB, p99", times[(int)(times.Length * 0.99)], "ms", Floor: 1, HigherIsBetter: false));
        }
        finally
        {
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>What a connection costs the server that has done something and now does nothing. The clients are in another process.</summary>
    private static void IdleMemory(Report report, string text)
    {
        SqlConnection.ClearAllPools();
        (long before, long residentBefore) = Settled();
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(TdsBenchmarks).Assembly.Location);
        }

        start.ArgumentList.Add("idle");
        start.ArgumentList.Add(text);
        using Process child = Process.Start(start)!;
        if (child.StandardOutput.ReadLine() != "ready")
        {
            throw new InvalidOperationException("The idle clients did not connect.");
        }

        // Threads that ran the logins end after ten idle seconds.
        Thread.Sleep(TimeSpan.FromSeconds(12));
        (long after, long residentAfter) = Settled();
        child.StandardInput.WriteLine();
        child.WaitForExit();
        report.Add(new Measurement("TDS: memory of an idle connection", (after - before) / 1024.0 / IdleConnections, "KiB", Floor: 200, HigherIsBetter: false));

        // Each connection maps the database file; the pages that all share count here once a connection.
        report.Add(new Measurement("TDS: resident set of an idle connection, with shared pages of the database file", (residentAfter - residentBefore) / 1024.0 / IdleConnections, "KiB"));
    }

    /// <summary>The clients of <see cref="IdleMemory"/>: connect, run a statement each, wait.</summary>
    public static void IdleChild(string text)
    {
        var connections = new List<SqlConnection>();
        for (int i = 0; i < IdleConnections; i++)
        {
            connections.Add(OpenOne(text));
        }

        Console.WriteLine("ready");
        Console.ReadLine();
        connections.ForEach(c => c.Dispose());
    }

    private static SqlConnection OpenOne(string text)
    {
        var connection = new SqlConnection(text + "Pooling=false;");
        connection.Open();
        using var command = new SqlCommand("SELECT name FROM dbo.Narrow WHERE id = 7;", connection);
        command.ExecuteScalar();
        return connection;
    }

    /// <summary>Private memory (pages that no file backs and nobody else uses), and the resident set.</summary>
    private static (long Private, long Resident) Settled()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        const string PrivatePages = "Anonymous:";
        string? line = OperatingSystem.IsLinux() ? File.ReadLines("/proc/self/smaps_rollup").FirstOrDefault(l => l.StartsWith(PrivatePages, StringComparison.Ordinal)) : null;
        long resident = Environment.WorkingSet;
        return (line is null ? resident : long.Parse(line[PrivatePages.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024, resident);
    }

    private static void Run(Database database, string batch)
    {
        using EngineSession session = database.OpenSession();
        session.Execute(batch, [], new ThrowingSink());
    }
}
