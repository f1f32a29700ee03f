using System.Globalization;
using NinaDB.Engine.Cdc;
using NinaDB.Engine.Data;
using NinaDB.Engine.Tests.Session;
using NinaDB.Engine.Tests.Storage;

namespace NinaDB.Engine.Tests.Cdc;

/// <summary>Order, atomicity and durability of captured changes.</summary>
public sealed class CaptureTests
{
    private const string Setup = """
        SET NOCOUNT ON;
        CREATE TABLE dbo.T (id int NOT NULL PRIMARY KEY, a int NULL, b varchar(50) NULL);
        EXEC sys.sp_cdc_enable_db;
        EXEC sys.sp_cdc_enable_table N'dbo', N'T', @role_name = NULL;
        """;

    /// <summary>Random statements, savepoints and rollbacks; replaying all changes, and applying net changes of every stretch, both give the table.</summary>
    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Captured_changes_replay_to_the_table(int seed)
    {
        var random = new Random(seed);
        using var sql = new SqlTestHarness();
        sql.Run(Setup + "CREATE TABLE dbo.R (id int NOT NULL PRIMARY KEY, a int NULL, b varchar(50) NULL);");
        bool inTransaction = false;
        string seen = "sys.fn_cdc_get_min_lsn('dbo_T')";
        for (int step = 0; step < 300; step++)
        {
            int id = random.Next(30), other = random.Next(30), a = random.Next(5);
            string script = random.Next(12) switch
            {
                0 when !inTransaction => "BEGIN TRAN;",
                0 or 1 when inTransaction => "SAVE TRAN s;",
                2 when inTransaction && random.Next(2) == 0 => "COMMIT;",
                2 or 3 when inTransaction && random.Next(3) == 0 => "IF @@TRANCOUNT > 0 ROLLBACK;",
                3 when inTransaction => "SAVE TRAN s; DELETE dbo.T WHERE a = 1; ROLLBACK TRAN s;",
                4 => Line($"DELETE dbo.T WHERE id = {id};"),
                5 => Line($"UPDATE dbo.T SET id = id + {other - id} WHERE id BETWEEN {id} AND {id + 2};"),
                6 or 7 => Line($"UPDATE dbo.T SET a = {a}, b = CONCAT(b, '.') WHERE id BETWEEN {id} AND {id + 5};"),
                8 => Line($"MERGE dbo.T AS t USING (VALUES ({id}, {a}), ({id + 40}, {a})) AS s (id, a) ON s.id = t.id WHEN MATCHED AND s.a = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET a = s.a WHEN NOT MATCHED THEN INSERT (id, a) VALUES (s.id, s.a);"),
                _ => Line($"INSERT dbo.T VALUES ({id}, {a}, 'x');"),
            };
            sql.Run(script);
            inTransaction = sql.Run("SELECT @@TRANCOUNT;").Trim() != "0";
            if (step % 20 == 19 && !inTransaction)
            {
                seen = Apply(sql, seen);
            }
        }

        sql.Run("IF @@TRANCOUNT > 0 COMMIT;");
        Apply(sql, seen);
        Assert.Equal("", sql.Run("SELECT * FROM dbo.T EXCEPT SELECT * FROM dbo.R; SELECT * FROM dbo.R EXCEPT SELECT * FROM dbo.T;").Trim());
        Assert.Equal(sql.Run("SELECT id, a, b FROM dbo.T ORDER BY id;"), Replay(sql));
    }

    /// <summary>Brings the copy up to date from net changes after <paramref name="from"/>; returns where to go on.</summary>
    private static string Apply(SqlTestHarness sql, string from)
    {
        string result = sql.Run($"""
            DECLARE @from binary(10) = {from}, @to binary(10) = sys.fn_cdc_get_max_lsn();
            IF @from <= @to
            BEGIN
                DELETE r FROM dbo.R AS r INNER JOIN cdc.fn_cdc_get_net_changes_dbo_T(@from, @to, 'all') AS n ON n.id = r.id WHERE n.__$operation = 1;
                UPDATE r SET a = n.a, b = n.b FROM dbo.R AS r INNER JOIN cdc.fn_cdc_get_net_changes_dbo_T(@from, @to, 'all') AS n ON n.id = r.id WHERE n.__$operation = 4;
                INSERT dbo.R SELECT n.id, n.a, n.b FROM cdc.fn_cdc_get_net_changes_dbo_T(@from, @to, 'all') AS n WHERE n.__$operation = 2;
            END;
            SELECT CONVERT(char(22), sys.fn_cdc_increment_lsn(@to), 1);
            """);
        Assert.DoesNotContain("Msg", result, StringComparison.Ordinal);
        return result.Trim();
    }

    private static string Replay(SqlTestHarness sql)
    {
        var rows = new SortedDictionary<int, string>();
        foreach (string line in sql.Run("SELECT __$operation, id, a, b FROM cdc.fn_cdc_get_all_changes_dbo_T(sys.fn_cdc_get_min_lsn('dbo_T'), sys.fn_cdc_get_max_lsn(), 'all') ORDER BY __$start_lsn, __$seqval;")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] values = line.TrimEnd('\r').Split(" | ");
            int id = int.Parse(values[1], CultureInfo.InvariantCulture);
            Assert.Equal(values[0] != "2", rows.ContainsKey(id));
            rows.Remove(id);
            if (values[0] != "1")
            {
                rows.Add(id, string.Join(" | ", values[1..]));
            }
        }

        return string.Join("\n", rows.Values);
    }

    [Fact]
    public async Task A_reader_that_follows_the_timeline_misses_nothing_and_sees_commits_in_order()
    {
        const int Writers = 6, Transactions = 40;
        using var database = Database.CreateInMemory();
        using (var sql = new SqlTestHarness(database))
        {
            sql.Run(Setup);
        }

        Task[] writers = [.. Enumerable.Range(0, Writers).Select(w => Task.Run(() =>
        {
            using var sql = new SqlTestHarness(database);
            for (int i = 0; i < Transactions; i++)
            {
                int id = (w * 1000) + (i * 2);
                string end = i % 7 == 3 ? "ROLLBACK" : "COMMIT";
                sql.Run(Line($"SET NOCOUNT ON; BEGIN TRAN; INSERT dbo.T (id, a) VALUES ({id}, {i}); INSERT dbo.T (id, a) VALUES ({id + 1}, {i}); {end};"));
            }
        }))];
        Task all = Task.WhenAll(writers);
        var changes = new List<(string Lsn, int Id)>();
        using var reader = new SqlTestHarness(database);
        string from = reader.Run("SELECT CONVERT(char(22), sys.fn_cdc_get_min_lsn('dbo_T'), 1);").Trim();
        bool isLast;
        do
        {
            isLast = all.IsCompleted;
            foreach (string line in reader.Run($"""
                DECLARE @to binary(10) = sys.fn_cdc_get_max_lsn();
                IF @to >= {from}
                    SELECT CONVERT(char(22), __$start_lsn, 1), id FROM cdc.fn_cdc_get_all_changes_dbo_T({from}, @to, 'all') ORDER BY __$start_lsn, __$seqval;
                """).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] values = line.Trim().Split(" | ");
                changes.Add((values[0], int.Parse(values[1], CultureInfo.InvariantCulture)));
            }

            if (changes.Count > 0)
            {
                from = "0x" + Convert.ToHexString(LogSequenceNumber.Increment(Convert.FromHexString(changes[^1].Lsn[2..])));
            }
        }
        while (!isLast);
        await all;

        Assert.Equal(changes.Select(c => c.Lsn), changes.Select(c => c.Lsn).Order(StringComparer.Ordinal));
        Assert.All(changes.GroupBy(c => c.Lsn), g => Assert.Equal([g.First().Id, g.First().Id + 1], g.Select(c => c.Id)));
        for (int w = 0; w < Writers; w++)
        {
            IEnumerable<int> expected = Enumerable.Range(0, Transactions).Where(i => i % 7 != 3).SelectMany(i => new[] { (w * 1000) + (i * 2), (w * 1000) + (i * 2) + 1 });
            Assert.Equal(expected, changes.Select(c => c.Id).Where(id => id / 1000 == w));
        }
    }

    [Fact]
    public void The_timeline_survives_a_restart()
    {
        using var folder = new TemporaryFolder();
        string before;
        using (Database database = Database.Create(folder.Path))
        {
            using var sql = new SqlTestHarness(database);
            sql.Run(Setup + "INSERT dbo.T (id) VALUES (1); BEGIN TRAN; INSERT dbo.T (id) VALUES (2);");
            sql.Session.Dispose();
            using var other = new SqlTestHarness(database);
            before = other.Run("SELECT CONVERT(char(22), sys.fn_cdc_get_max_lsn(), 1);").Trim();
        }

        using Database reopened = Database.Open(folder.Path);
        using var again = new SqlTestHarness(reopened);
        Assert.Equal(before, again.Run("SELECT CONVERT(char(22), sys.fn_cdc_get_max_lsn(), 1);").Trim());
        again.Run("SET NOCOUNT ON; INSERT dbo.T (id) VALUES (3);");
        string after = again.Run("SELECT CONVERT(char(22), sys.fn_cdc_get_max_lsn(), 1);").Trim();
        Assert.True(string.CompareOrdinal(after, before) > 0);
        Assert.Equal("1\n3", again.Run("SELECT id FROM cdc.fn_cdc_get_all_changes_dbo_T(sys.fn_cdc_get_min_lsn('dbo_T'), sys.fn_cdc_get_max_lsn(), 'all') ORDER BY __$start_lsn;"));
    }

    /// <summary>Rows older than the retention go with a later commit, at most the threshold of them at a time, and the low end moves first.</summary>
    [Fact]
    public void Retention_is_kept_by_later_commits()
    {
        using var sql = new SqlTestHarness();
        sql.Run(Setup + """
            EXEC sys.sp_cdc_change_job @job_type = N'cleanup', @retention = 60, @threshold = 2;
            INSERT dbo.T (id) VALUES (1), (2), (3);
            UPDATE cdc.lsn_time_mapping SET tran_begin_time = DATEADD(hour, -3, tran_begin_time), tran_end_time = DATEADD(hour, -3, tran_end_time);
            """);
        sql.Database.CdcCleanupDue.Clear();
        sql.Run("SET NOCOUNT ON; INSERT dbo.T (id) VALUES (4);");
        Assert.Equal("3\n4", sql.Run("SELECT id FROM cdc.dbo_T_CT ORDER BY id;"));
        Assert.Equal("4", sql.Run("SELECT id FROM cdc.fn_cdc_get_all_changes_dbo_T(sys.fn_cdc_get_min_lsn('dbo_T'), sys.fn_cdc_get_max_lsn(), 'all');"));
        Assert.Equal("1", sql.Run("SELECT IIF(sys.fn_cdc_get_min_lsn('dbo_T') = sys.fn_cdc_get_max_lsn(), 1, 0);"));
        sql.Run("EXEC sys.sp_cdc_start_job @job_type = N'cleanup';");
        Assert.Equal("4", sql.Run("SELECT id FROM cdc.dbo_T_CT ORDER BY id;"));
        Assert.Equal("1", sql.Run("SELECT COUNT(*) FROM cdc.lsn_time_mapping;"));
    }

    [Fact]
    public void A_process_that_fails_at_commit_captures_nothing()
    {
        using var sql = new SqlTestHarness();
        sql.Run(Setup);
        using (var connection = new NinaConnection(sql.Database))
        {
            connection.Open();
            using NinaTransaction transaction = connection.BeginTransaction();
            using NinaCommand command = connection.CreateCommand();
            command.CommandText = "INSERT dbo.T (id) VALUES (1);";
            command.ExecuteNonQuery();
        }

        Assert.Equal("0", sql.Run("SELECT COUNT(*) FROM cdc.dbo_T_CT;"));
        Assert.Equal("1", sql.Run("SELECT COUNT(*) FROM cdc.lsn_time_mapping;"));
    }

    private static string Line(FormattableString text) => FormattableString.Invariant(text);
}
