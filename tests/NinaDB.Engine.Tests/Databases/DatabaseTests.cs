using NinaDB.Engine.Data;
using NinaDB.Engine.Tests.Session;
using NinaDB.Engine.Tests.Storage;

namespace NinaDB.Engine.Tests.Databases;

/// <summary>What several sessions and restarts make of the databases of one server.</summary>
public sealed class DatabaseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Databases_outlive_the_server_and_tempdb_does_not()
    {
        using (Database server = Database.Create(_folder.Path))
        using (var sql = new SqlTestHarness(server))
        {
            sql.Run("CREATE DATABASE sales;");
            sql.Run("CREATE TABLE sales.dbo.t (id int PRIMARY KEY, v varchar(max)); INSERT sales.dbo.t VALUES (1, REPLICATE(CONVERT(varchar(max), 'x'), 20000));");
            sql.Run("CREATE TABLE tempdb.dbo.t (id int, v varchar(max)); INSERT tempdb.dbo.t VALUES (1, REPLICATE(CONVERT(varchar(max), 'x'), 20000)); CREATE TABLE master.dbo.m (id int);");
            sql.Run("USE msdb; EXEC ('CREATE PROCEDURE dbo.p AS SELECT DB_NAME()');");
        }

        using (Database server = Database.Open(_folder.Path))
        using (var sql = new SqlTestHarness(server))
        {
            Assert.Equal("1 | 20000", sql.Run("SELECT id, LEN(v) FROM sales.dbo.t;"));
            Assert.Equal("NULL", sql.Run("SELECT OBJECT_ID('tempdb.dbo.t');"));
            Assert.Equal("1", sql.Run("SELECT COUNT(*) FROM master.sys.tables WHERE name = 'm';"));
            Assert.Equal("msdb", sql.Run("EXEC msdb.dbo.p;"));
            Assert.Equal("0", sql.Run("CREATE TABLE tempdb.dbo.t (id int); SELECT COUNT(*) FROM tempdb.dbo.t;"));
            Assert.Equal("", sql.Run("DROP DATABASE sales;"));
        }

        using (Database server = Database.Open(_folder.Path))
        using (var sql = new SqlTestHarness(server))
        {
            Assert.Equal("NULL", sql.Run("SELECT DB_ID('sales');"));
        }
    }

    [Fact]
    public void A_transaction_over_databases_is_lost_as_a_whole_when_the_server_stops()
    {
        using (Database server = Database.Create(_folder.Path))
        using (var sql = new SqlTestHarness(server))
        {
            sql.Run("CREATE DATABASE a; CREATE DATABASE b; CREATE TABLE a.dbo.t (id int); CREATE TABLE b.dbo.t (id int);");
            sql.Run("BEGIN TRANSACTION; INSERT a.dbo.t VALUES (1); INSERT b.dbo.t VALUES (1); CREATE TABLE b.dbo.made (id int);");
        }

        using (Database server = Database.Open(_folder.Path))
        using (var sql = new SqlTestHarness(server))
        {
            Assert.Equal("0 | 0 | NULL", sql.Run("SELECT (SELECT COUNT(*) FROM a.dbo.t), (SELECT COUNT(*) FROM b.dbo.t), OBJECT_ID('b.dbo.made');"));
        }
    }

    [Fact]
    public void Identity_values_go_on_after_a_restart_in_every_database()
    {
        using (Database server = Database.Create(_folder.Path))
        using (var sql = new SqlTestHarness(server))
        {
            sql.Run("CREATE DATABASE a; CREATE TABLE a.dbo.t (id int IDENTITY, v int); CREATE TABLE dbo.t (id int IDENTITY(100, 1), v int); INSERT a.dbo.t (v) VALUES (1), (2); INSERT dbo.t (v) VALUES (1);");
        }

        using (Database server = Database.Open(_folder.Path))
        using (var sql = new SqlTestHarness(server))
        {
            Assert.Equal("3 | 101", sql.Run("INSERT a.dbo.t (v) VALUES (3); INSERT dbo.t (v) VALUES (2); SELECT (SELECT MAX(id) FROM a.dbo.t), (SELECT MAX(id) FROM dbo.t);"));
        }
    }

    [Fact]
    public void A_global_temporary_table_is_everybodys_until_its_session_ends()
    {
        using var first = new SqlTestHarness();
        using SqlTestHarness second = first.Another();
        using (SqlTestHarness owner = first.Another())
        {
            owner.Run("CREATE TABLE ##g (id int); INSERT ##g VALUES (1);");
            second.Run("INSERT ##g VALUES (2);");
            Assert.Equal("2", first.Run("SELECT COUNT(*) FROM ##g;"));
        }

        Assert.StartsWith("Msg 208,", first.Run("SELECT COUNT(*) FROM ##g;"), StringComparison.Ordinal);
        Assert.Equal("", second.Run("CREATE TABLE ##g (other int);"));
    }

    [Fact]
    public void A_reset_session_gives_up_its_global_temporary_tables_and_its_database()
    {
        using var sql = new SqlTestHarness();
        sql.Run("CREATE DATABASE a;");
        sql.Run("USE a; CREATE TABLE ##g (id int);");
        sql.Session.Reset();
        Assert.Equal("NULL | NinaDB", sql.Run("SELECT OBJECT_ID('tempdb..##g'), DB_NAME();"));
    }

    [Fact]
    public void A_database_in_use_by_another_session_is_not_dropped()
    {
        using var first = new SqlTestHarness();
        first.Run("CREATE DATABASE a;");
        using (SqlTestHarness second = first.Another())
        {
            second.Run("USE a;");
            Assert.StartsWith("Msg 3702,", first.Run("DROP DATABASE a;"), StringComparison.Ordinal);
        }

        Assert.Equal("", first.Run("DROP DATABASE a;"));
    }

    [Fact]
    public void Single_user_with_rollback_immediate_ends_the_others()
    {
        using var first = new SqlTestHarness();
        first.Run("CREATE DATABASE a; CREATE TABLE a.dbo.t (id int);");
        using SqlTestHarness second = first.Another();
        second.Run("USE a; BEGIN TRANSACTION; INSERT dbo.t VALUES (1);");
        Assert.Equal("", first.Run("ALTER DATABASE a SET SINGLE_USER WITH ROLLBACK IMMEDIATE;"));
        Assert.Equal("0", first.Run("SELECT COUNT(*) FROM a.dbo.t;"));
        Assert.StartsWith("Msg 596,", second.Run("SELECT 1;"), StringComparison.Ordinal);
    }

    [Fact]
    public void Single_user_lets_one_session_in()
    {
        using var first = new SqlTestHarness();
        first.Run("CREATE DATABASE a;");
        first.Run("ALTER DATABASE a SET SINGLE_USER; USE a;");
        using SqlTestHarness second = first.Another();
        Assert.StartsWith("Msg 924,", second.Run("USE a;"), StringComparison.Ordinal);
        first.Run("USE master; ALTER DATABASE a SET MULTI_USER;");
        Assert.Equal("Changed database context to 'a'.", second.Run("USE a;"));
    }

    [Fact]
    public void Without_termination_single_user_does_not_push_others_out()
    {
        using var first = new SqlTestHarness();
        first.Run("CREATE DATABASE a;");
        using SqlTestHarness second = first.Another();
        second.Run("USE a;");
        Assert.StartsWith("Msg 5070,", first.Run("ALTER DATABASE a SET SINGLE_USER WITH NO_WAIT;"), StringComparison.Ordinal);
        Assert.Equal("a", second.Run("SELECT DB_NAME();"));
    }

    [Fact]
    public void Uncommitted_databases_and_tables_are_seen_by_nobody_else()
    {
        using var first = new SqlTestHarness();
        first.Run("CREATE DATABASE a;");
        using SqlTestHarness second = first.Another();
        first.Run("BEGIN TRANSACTION; CREATE TABLE a.dbo.t (id int); INSERT a.dbo.t VALUES (1);");
        Assert.StartsWith("Msg 208,", second.Run("SELECT * FROM a.dbo.t;"), StringComparison.Ordinal);
        first.Run("COMMIT;");
        Assert.Equal("1", second.Run("SELECT * FROM a.dbo.t;"));
    }

    [Fact]
    public void A_plan_over_another_database_follows_its_changes()
    {
        using var sql = new SqlTestHarness();
        sql.Run("CREATE DATABASE a; CREATE TABLE a.dbo.t (id int); INSERT a.dbo.t VALUES (1);");
        const string Query = "SELECT * FROM a.dbo.t;";
        Assert.Equal("1", sql.Run(Query));
        sql.Run("ALTER TABLE a.dbo.t ADD v int NOT NULL DEFAULT 7;");
        Assert.Equal("1 | 7", sql.Run(Query));
        sql.Run("DROP DATABASE a;");
        Assert.StartsWith("Msg 208,", sql.Run(Query), StringComparison.Ordinal);
        sql.Run("CREATE DATABASE a; CREATE TABLE a.dbo.t (other varchar(5)); INSERT a.dbo.t VALUES ('x');");
        Assert.Equal("x", sql.Run(Query));
    }

    [Fact]
    public void One_text_has_a_plan_in_each_database()
    {
        using var sql = new SqlTestHarness();
        sql.Run("CREATE DATABASE a; CREATE DATABASE b; CREATE TABLE a.dbo.t (id int); CREATE TABLE b.dbo.t (v varchar(5)); INSERT a.dbo.t VALUES (1); INSERT b.dbo.t VALUES ('b');");
        for (int i = 0; i < 3; i++)
        {
            sql.Run("USE a;");
            Assert.Equal("1", sql.Run("SELECT * FROM dbo.t;"));
            sql.Run("USE b;");
            Assert.Equal("b", sql.Run("SELECT * FROM dbo.t;"));
        }
    }

    [Fact]
    public void The_folders_own_database_cannot_be_dropped()
    {
        using var sql = new SqlTestHarness();
        Assert.StartsWith("Changed database context to 'master'.\nMsg 40517,", sql.Run("USE master; DROP DATABASE NinaDB;"), StringComparison.Ordinal);
    }

    [Fact]
    public void Changes_are_captured_in_each_database_by_itself()
    {
        using var sql = new SqlTestHarness();
        sql.Run("CREATE DATABASE a; CREATE DATABASE b;");
        foreach (string database in (string[])["a", "b"])
        {
            sql.Run($"USE {database};");
            sql.Run("EXEC sys.sp_cdc_enable_db; CREATE TABLE dbo.t (id int PRIMARY KEY); EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N't', @role_name = NULL;");
        }

        sql.Run("USE master;");
        sql.Run("BEGIN TRANSACTION; INSERT a.dbo.t VALUES (1); INSERT b.dbo.t VALUES (2), (3); COMMIT;");
        Assert.Equal("1", sql.Run("SELECT id FROM a.cdc.dbo_t_CT;"));
        Assert.Equal("2\n3", sql.Run("SELECT id FROM b.cdc.dbo_t_CT ORDER BY id;"));
        Assert.Equal("1", sql.Run("SELECT COUNT(*) FROM a.cdc.lsn_time_mapping a JOIN b.cdc.lsn_time_mapping b ON b.start_lsn = a.start_lsn JOIN a.cdc.dbo_t_CT c ON c.__$start_lsn = a.start_lsn;"));
    }

    [Fact]
    public void The_provider_opens_and_changes_databases()
    {
        using (Database server = Database.Create(_folder.Path))
        using (var sql = new SqlTestHarness(server))
        {
            sql.Run("CREATE DATABASE sales;");
        }

        using var connection = new NinaConnection($"Data Source={_folder.Path};Initial Catalog=sales;Pooling=False");
        connection.Open();
        Assert.Equal("sales", connection.Database);
        connection.ChangeDatabase("tempdb");
        Assert.Equal("tempdb", connection.Database);
        Assert.Equal(911, Assert.Throws<NinaException>(() => connection.ChangeDatabase("nowhere")).Number);
        Assert.Equal("tempdb", connection.Database);
        using var unknown = new NinaConnection($"Data Source={_folder.Path};Database=nowhere;Pooling=False");
        Assert.Equal(4060, Assert.Throws<NinaException>(unknown.Open).Number);
    }
}
