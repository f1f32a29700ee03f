using System.Diagnostics;
using System.Globalization;
using NinaDB.Engine.Data;

namespace NinaDB.Benchmarks;

/// <summary>The host as an application sees it, through ADO.NET, with raw SQLite doing the same next to it.</summary>
internal static class HostBenchmarks
{
    private const int Rows = 200_000;

    public static void Run(Report report, string folder)
    {
        string path = Path.Combine(folder, "host");
        string connectionString = $"Data Source={path};Pooling=False";
        using (var connection = new NinaConnection(connectionString))
        {
            connection.Open();
            Execute(connection, "CREATE TABLE dbo.T (Id int NOT NULL PRIMARY KEY, Name nvarchar(50) NOT NULL, Score float NOT NULL, Grp int NOT NULL)");
            Inserts(report, connection);
            Selects(report, connection, Path.Combine(folder, "raw.db"));
            Scans(report, connection);
        }

        OpenTime(report, connectionString, path);
    }

    private static void Inserts(Report report, NinaConnection connection)
    {
        using NinaTransaction transaction = connection.BeginTransaction();
        using NinaCommand command = connection.CreateCommand();
        command.CommandText = "INSERT dbo.T (Id, Name, Score, Grp) VALUES (@id, @name, @score, @grp)";
        NinaParameter id = command.Parameters.AddWithValue("@id", 0);
        NinaParameter name = command.Parameters.AddWithValue("@name", "");
        NinaParameter score = command.Parameters.AddWithValue("@score", 0.0);
        NinaParameter group = command.Parameters.AddWithValue("@grp", 0);
        var clock = new Stopwatch();
        for (int i = 0; i < Rows; i++)
        {
            if (i == Rows / 10)
            {
                clock.Start();
            }

            id.Value = i;
            name.Value = "name of row " + i.ToString(CultureInfo.InvariantCulture);
            score.Value = i * 0.5;
            group.Value = i % 100;
            command.ExecuteNonQuery();
        }

        double seconds = clock.Elapsed.TotalSeconds;
        transaction.Commit();
        report.Add(new Measurement("single-row INSERT in a transaction, with parameters", (Rows - Rows / 10) / seconds, "rows/s", Floor: 50_000));
    }

    private static void Selects(Report report, NinaConnection connection, string rawFile)
    {
        using var raw = new RawSqlite(rawFile);
        raw.Fill(Rows);
        double limit = raw.PointSelects(100_000);
        using NinaCommand command = connection.CreateCommand();
        command.CommandText = "SELECT Name, Score FROM dbo.T WHERE Id = @id";
        NinaParameter id = command.Parameters.AddWithValue("@id", 0);
        var random = new Random(1);
        double best = 0;
        long length = 0;
        for (int round = 0; round < 3; round++)
        {
            const int count = 60_000;
            var clock = Stopwatch.StartNew();
            for (int i = 0; i < count; i++)
            {
                id.Value = random.Next(Rows);
                using NinaDataReader reader = command.ExecuteReader();
                while (reader.Read())
                {
                    length += reader.GetString(0).Length;
                }
            }

            best = Math.Max(best, count / clock.Elapsed.TotalSeconds);
        }

        report.Add(new Measurement("SELECT by primary key, one thread", best, "queries/s", limit, "raw SQLite", 50_000));
    }

    private static void Scans(Report report, NinaConnection connection)
    {
        foreach ((string name, string query) in new[]
        {
            ("scan and aggregate: SUM, COUNT", "SELECT SUM(Score), COUNT(*) FROM dbo.T"),
            ("scan, filter and aggregate", "SELECT SUM(Score) FROM dbo.T WHERE Grp < 50"),
            ("scan and group by", "SELECT Grp, SUM(Score) FROM dbo.T GROUP BY Grp"),
        })
        {
            double best = 0;
            for (int round = 0; round < 6; round++)
            {
                var clock = Stopwatch.StartNew();
                Execute(connection, query);
                best = Math.Max(best, Rows / clock.Elapsed.TotalSeconds);
            }

            report.Add(new Measurement(name, best, "rows/s", Floor: 1_000_000));
        }

        using NinaCommand command = connection.CreateCommand();
        command.CommandText = "SELECT Id, Name, Score, Grp FROM dbo.T";
        double rate = 0;
        for (int round = 0; round < 4; round++)
        {
            var clock = Stopwatch.StartNew();
            using NinaDataReader reader = command.ExecuteReader();
            while (reader.Read())
            {
                reader.GetInt32(0);
            }

            rate = Math.Max(rate, Rows / clock.Elapsed.TotalSeconds);
        }

        report.Add(new Measurement("read all rows through a reader", rate, "rows/s"));
    }

    /// <summary>A new process opens the database and answers one query, so that JIT and runtime start are in the figure.</summary>
    private static void OpenTime(Report report, string connectionString, string path)
    {
        double best = double.MaxValue;
        double inProcess = double.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            var clock = Stopwatch.StartNew();
            using Process child = Process.Start(new ProcessStartInfo("dotnet") { ArgumentList = { "exec", typeof(HostBenchmarks).Assembly.Location, "open", path }, RedirectStandardOutput = true })!;
            string output = child.StandardOutput.ReadToEnd();
            child.WaitForExit();
            best = Math.Min(best, clock.Elapsed.TotalMilliseconds);
            inProcess = Math.Min(inProcess, double.Parse(output, CultureInfo.InvariantCulture));
        }

        report.Add(new Measurement("open + first query, in a cold process", inProcess, "ms", best, "whole process", 400, HigherIsBetter: false));
        var warm = Stopwatch.StartNew();
        OpenOnce(connectionString);
        report.Add(new Measurement("open + first query, warm", warm.Elapsed.TotalMilliseconds, "ms"));
    }

    /// <summary>The child process of <see cref="OpenTime"/>: prints the milliseconds it took.</summary>
    public static void OpenChild(string path)
    {
        var clock = Stopwatch.StartNew();
        OpenOnce($"Data Source={path};Pooling=False");
        Console.Write(clock.Elapsed.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
    }

    private static void OpenOnce(string connectionString)
    {
        using var connection = new NinaConnection(connectionString);
        connection.Open();
        using NinaCommand command = connection.CreateCommand();
        command.CommandText = "SELECT Name FROM dbo.T WHERE Id = 5";
        command.ExecuteScalar();
    }

    private static void Execute(NinaConnection connection, string text)
    {
        using NinaCommand command = connection.CreateCommand();
        command.CommandText = text;
        command.CommandTimeout = 0;
        using NinaDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
        }
    }
}
