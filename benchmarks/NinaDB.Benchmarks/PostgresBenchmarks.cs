using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.SqlClient;
using NinaDB.Cli;
using NinaDB.Cli.Feed.Sinks;
using NinaDB.Engine;
using NinaDB.Engine.Data;
using NinaDB.Engine.Session;
using NinaDB.Feed.Tests;
using NinaDB.Tds;
using Npgsql;
using NpgsqlTypes;

namespace NinaDB.Benchmarks;

/// <summary>
/// The same schema, data and queries on NinaDB and on a private PostgreSQL 15 of default settings, in turns, in one run. PostgreSQL is reached through Npgsql over its Unix socket,
/// NinaDB in process through its ADO.NET provider, and, for information, through TDS over loopback. NINADB_BENCH_CASES names a part of the cases; NINADB_BENCH_ROUNDS, how often each is run.
/// </summary>
internal static partial class PostgresBenchmarks
{
    private const string Password = "Correct-horse-42";

    /// <summary>How long the calls of one turn take together.</summary>
    private static readonly TimeSpan CallsOfATurn = TimeSpan.FromSeconds(0.4);

    /// <summary>How long each side runs a case before it is measured.</summary>
    private static readonly TimeSpan WarmingUp = TimeSpan.FromSeconds(1);

    /// <summary>A statement's text in both dialects.</summary>
    private readonly record struct Texts(string Own, string Peer);

    /// <summary>One thing to compare.</summary>
    /// <param name="Most">The floor: how many times PostgreSQL's time ours may be.</param>
    private sealed record Case(string Name, double Most, Texts Text)
    {
        /// <summary>Values of the integer parameters of call number n; null for a statement that is measured whole, in milliseconds.</summary>
        public Func<int, int[]>? Arguments { get; init; }

        /// <summary>Number of calls in one transaction; 1 to commit each.</summary>
        public int Transaction { get; init; } = 1;

        /// <summary>Most calls in a turn, where the data would run out.</summary>
        public long MostCalls { get; init; } = long.MaxValue;

        /// <summary>Whether it changes data: every round then has other values.</summary>
        public bool IsWrite { get; init; }
    }

    /// <summary>One end of the comparison.</summary>
    private sealed class Side(DbConnection connection, bool isPeer) : IDisposable
    {
        /// <summary>Numbers of calls so far, by case: a write never meets the same values twice.</summary>
        private readonly Dictionary<string, int> _calls = [];

        public void Run(string text)
        {
            using DbCommand command = connection.CreateCommand();
            command.CommandText = text;
            command.CommandTimeout = 0;
            command.ExecuteNonQuery();
        }

        /// <summary>Milliseconds of a statement, or microseconds of a call; and a sum of what it has read, which must be the same on both sides.</summary>
        public (double Time, double Check) Turn(Case test)
        {
            using DbCommand command = connection.CreateCommand();
            command.CommandText = isPeer ? test.Text.Peer : test.Text.Own;
            command.CommandTimeout = 0;
            if (test.Arguments is null)
            {
                var clock = Stopwatch.StartNew();
                double check = Drain(command);
                return (clock.Elapsed.TotalMilliseconds, check);
            }

            return Calls(test, command);
        }

        private (double Time, double Check) Calls(Case test, DbCommand command)
        {
            int call = _calls.GetValueOrDefault(test.Name);
            int[] first = test.Arguments!(call);
            for (int i = 0; i < first.Length; i++)
            {
                command.Parameters.Add(Parameter(i));
            }

            Set(command, first);
            command.Prepare();
            double check = 0;
            long calls = 0;
            var clock = Stopwatch.StartNew();
            do
            {
                using DbTransaction? transaction = test.Transaction > 1 ? connection.BeginTransaction() : null;
                command.Transaction = transaction;
                for (int i = 0; i < test.Transaction; i++)
                {
                    Set(command, test.Arguments(call++));
                    check += test.IsWrite ? command.ExecuteNonQuery() : Drain(command);
                    calls++;
                }

                transaction?.Commit();
            }
            while (clock.Elapsed < CallsOfATurn && calls < test.MostCalls);
            double time = clock.Elapsed.TotalMicroseconds / calls;
            _calls[test.Name] = call;
            return (time, check / calls);
        }

        private DbParameter Parameter(int index) => connection switch
        {
            NpgsqlConnection => new NpgsqlParameter<int> { NpgsqlDbType = NpgsqlDbType.Integer },
            SqlConnection => new SqlParameter($"@p{index + 1}", SqlDbType.Int),
            _ => new NinaParameter { ParameterName = $"@p{index + 1}", DbType = DbType.Int32 },
        };

        private static void Set(DbCommand command, int[] values)
        {
            for (int i = 0; i < values.Length; i++)
            {
                if (command.Parameters[i] is NpgsqlParameter<int> typed)
                {
                    typed.TypedValue = values[i];
                }
                else
                {
                    command.Parameters[i].Value = values[i];
                }
            }
        }

        /// <summary>Reads every row; the number of rows and the sum of their first column tell whether both sides did the same.</summary>
        private static double Drain(DbCommand command)
        {
            double check = 0;
            using DbDataReader reader = command.ExecuteReader();
            Type? type = null;
            while (reader.Read())
            {
                type ??= reader.GetFieldType(0);
                check += 1 + (type == typeof(int) ? reader.GetInt32(0) : Convert.ToDouble(reader.GetValue(0), CultureInfo.InvariantCulture));
            }

            return check;
        }

        public void Dispose() => connection.Dispose();
    }

    public static void Run(Report report, string folder)
    {
        if (PostgresCluster.Missing is { } reason)
        {
            report.Refuse($"The group postgres needs PostgreSQL beside NinaDB. {reason}");
            return;
        }

        string filter = Environment.GetEnvironmentVariable("NINADB_BENCH_CASES") ?? "";
        int rounds = int.TryParse(Environment.GetEnvironmentVariable("NINADB_BENCH_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 5;
        Case[] cases = [.. Cases().Where(c => filter.Split(',').Any(f => c.Name.Contains(f, StringComparison.OrdinalIgnoreCase)))];
        using Database database = Database.Create(Path.Combine(folder, "postgres"));
        using var cluster = PostgresCluster.Durable();
        using NpgsqlDataSource source = NpgsqlDataSource.Create(PostgresAddress.Parse(cluster.NewDatabase()).ConnectionString);
        using var peer = new Side(source.OpenConnection(), isPeer: true);
        var connection = new NinaConnection(database);
        connection.Open();
        using var own = new Side(connection, isPeer: false);
        Fill(own, peer);
        double[]?[] served = new double[cases.Length][];
        bool isServed = Environment.GetEnvironmentVariable("NINADB_BENCH_TDS") != "0";
        if (isServed)
        {
            Serve(database, cases, served);
        }

        for (int i = 0; i < cases.Length; i++)
        {
            Case test = cases[i];
            var ownTimes = new double[rounds];
            var peerTimes = new double[rounds];

            // Both warm up as a server has that runs for a while; for statements the turns also show that both compute the same.
            double ownCheck = WarmUp(own, test);
            double peerCheck = WarmUp(peer, test);
            if (test.Arguments is null && Math.Abs(ownCheck - peerCheck) > 1e-6 * Math.Abs(peerCheck))
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{test.Name}: {ownCheck} here, {peerCheck} in PostgreSQL."));
            }

            for (int round = 0; round < rounds; round++)
            {
                ownTimes[round] = own.Turn(test).Time;
                peerTimes[round] = peer.Turn(test).Time;
            }

            report.Add(new Comparison(test.Name, Median(ownTimes), Median(peerTimes), served[i] is { } times ? Median(times) : null, test.Arguments is null ? "ms" : "µs", test.Most));
        }
    }

    private static double WarmUp(Side side, Case test)
    {
        var clock = Stopwatch.StartNew();
        double check;
        do
        {
            check = side.Turn(test).Check;
        }
        while (!test.IsWrite && clock.Elapsed < WarmingUp);
        return check;
    }

    /// <summary>The cases through the wire protocol: client and server share this process.</summary>
    private static void Serve(Database database, Case[] cases, double[]?[] times)
    {
        using (EngineSession session = database.OpenSession())
        {
            session.RunText($"CREATE LOGIN bench WITH PASSWORD = N'{Password}'; CREATE USER bench FOR LOGIN bench; ALTER ROLE db_owner ADD MEMBER bench;", CancellationToken.None);
        }

        TdsServer server = TdsServer.Start(database, new TdsServerOptions { Port = 0 });
        try
        {
            var connection = new SqlConnection($"Server=tcp:127.0.0.1,{server.EndPoint.Port};User ID=bench;Password={Password};Encrypt=true;TrustServerCertificate=true;Pooling=false;");
            connection.Open();
            using var side = new Side(connection, isPeer: false);
            for (int i = 0; i < cases.Length; i++)
            {
                if (!cases[i].IsWrite)
                {
                    side.Turn(cases[i]);
                    times[i] = [side.Turn(cases[i]).Time, side.Turn(cases[i]).Time, side.Turn(cases[i]).Time];
                }
            }
        }
        finally
        {
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
