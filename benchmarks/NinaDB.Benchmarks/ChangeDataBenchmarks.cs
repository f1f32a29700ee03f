using System.Diagnostics;
using System.Globalization;
using NinaDB.Engine.Data;

namespace NinaDB.Benchmarks;

/// <summary>What change data capture adds to writing, against the same table without it, and how fast changes are read.</summary>
internal static class ChangeDataBenchmarks
{
    private const int Rows = 60_000;
    private const int Commits = 1_000;
    private const int Rounds = 5;

    public static void Run(Report report, string folder)
    {
        using var connection = new NinaConnection($"Data Source={Path.Combine(folder, "cdc")};Pooling=False");
        connection.Open();
        foreach (string table in (string[])["Plain", "Captured"])
        {
            Execute(connection, $"CREATE TABLE dbo.{table} (Id int NOT NULL PRIMARY KEY, Name nvarchar(50) NOT NULL, Score float NOT NULL, Grp int NOT NULL)");
        }

        Execute(connection, "EXEC sys.sp_cdc_enable_db");
        Execute(connection, "EXEC sys.sp_cdc_enable_table N'dbo', N'Captured', @role_name = NULL");

        int next = 0;
        Compare(report, "INSERT, one transaction", (table, first) => Rows / Inserts(connection, table, first, Rows), "rows/s", ref next);
        Compare(report, "UPDATE of 60,000 rows, one statement", (table, _) => Rows / Time(() => Execute(connection, $"UPDATE dbo.{table} SET Score += 1 WHERE Id < {Rows}")), "rows/s", ref next);
        Compare(report, "INSERT, a commit a row", (table, first) => Commits / Time(() => Fill(connection, table, first, Commits)), "commits/s", ref next);
        Read(report, connection, "all changes", "fn_cdc_get_all_changes_dbo_Captured");
        Read(report, connection, "net changes", "fn_cdc_get_net_changes_dbo_Captured");
    }

    /// <summary>The best of some rounds, the two tables in turn, so that what else the machine does falls on both.</summary>
    private static void Compare(Report report, string name, Func<string, int, double> rate, string unit, ref int next)
    {
        double plain = 0, captured = 0;
        for (int round = 0; round < Rounds; round++)
        {
            plain = Math.Max(plain, rate("Plain", next));
            captured = Math.Max(captured, rate("Captured", next));
            next += Rows;
        }

        report.Add(new Measurement(name + ", captured", captured, unit, plain, "not captured"));
    }

    private static double Inserts(NinaConnection connection, string table, int first, int count)
    {
        using NinaTransaction transaction = connection.BeginTransaction();
        double seconds = Time(() => Fill(connection, table, first, count));
        transaction.Commit();
        return seconds;
    }

    private static void Fill(NinaConnection connection, string table, int first, int count)
    {
        using NinaCommand command = connection.CreateCommand();
        command.CommandText = $"INSERT dbo.{table} (Id, Name, Score, Grp) VALUES (@id, @name, @score, @grp)";
        NinaParameter id = command.Parameters.AddWithValue("@id", 0);
        NinaParameter name = command.Parameters.AddWithValue("@name", "");
        NinaParameter score = command.Parameters.AddWithValue("@score", 0.0);
        NinaParameter group = command.Parameters.AddWithValue("@grp", 0);
        for (int i = first; i < first + count; i++)
        {
            id.Value = i;
            name.Value = "name of row " + i.ToString(CultureInfo.InvariantCulture);
            score.Value = i * 0.5;
            group.Value = i % 100;
            command.ExecuteNonQuery();
        }
    }

    private static void Read(Report report, NinaConnection connection, string name, string function)
    {
        using NinaCommand command = connection.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText = $"SELECT * FROM cdc.{function}(sys.fn_cdc_get_min_lsn('dbo_Captured'), sys.fn_cdc_get_max_lsn(), 'all')";
        long rows = 0;
        double seconds = Time(() =>
        {
            using NinaDataReader reader = command.ExecuteReader();
            while (reader.Read())
            {
                rows++;
            }
        });
        report.Add(new Measurement($"reading {name}", rows / seconds, "rows/s"));
    }

    private static double Time(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalSeconds;
    }

    private static void Execute(NinaConnection connection, string text)
    {
        using NinaCommand command = connection.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}
