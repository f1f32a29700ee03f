using NinaDB.Engine.Session;
using Xunit;

namespace NinaDB.Engine.Tests.Session;

public sealed class RequestTests : IDisposable
{
    private readonly SqlTestHarness _sql = new();

    public void Dispose() => _sql.Dispose();

    [Fact]
    public void Events_come_in_order()
    {
        using BatchExecution run = _sql.Session.ExecuteBatch("PRINT 'a'; SELECT 1 AS x UNION ALL SELECT 2; RAISERROR('e', 16, 1); DECLARE @t TABLE (i int); INSERT @t VALUES (1);", []);
        var events = new List<string>();
        while (run.MoveNext())
        {
            events.Add(run.Event switch
            {
                BatchEvent.Columns => "columns " + run.Columns[0].Name,
                BatchEvent.Row => "row " + run.Row[0].AsInt32,
                BatchEvent.Done => "done " + run.RowCount,
                BatchEvent.Message or BatchEvent.Error => run.Event + " " + run.Message!.Message,
                _ => run.Event.ToString(),
            });
        }

        Assert.Equal(["Message a", "columns x", "row 1", "row 2", "EndRows", "done 2", "Error e", "done 1"], events);
    }

    [Fact]
    public void An_abandoned_reader_leaves_the_session_usable()
    {
        _sql.Run("CREATE TABLE dbo.t (i int); INSERT dbo.t SELECT value FROM GENERATE_SERIES(1, 1000);");
        using (BatchExecution run = _sql.Session.ExecuteBatch("SELECT i FROM dbo.t; PRINT 'never';", []))
        {
            Assert.True(run.MoveNext());
            Assert.True(run.MoveNext());
        }

        Assert.Equal("1000", _sql.Run("SELECT COUNT(*) FROM dbo.t;"));
        _sql.Run("DROP TABLE dbo.t;");
    }

    [Fact]
    public void Cancellation_undoes_the_statement_and_keeps_the_transaction()
    {
        _sql.Run("CREATE TABLE dbo.t (i int); BEGIN TRAN; INSERT dbo.t VALUES (1);");
        using var cancel = new CancellationTokenSource();
        using BatchExecution run = _sql.Session.ExecuteBatch("SET NOCOUNT ON; PRINT 'go'; WHILE 1 = 1 INSERT dbo.t VALUES (2);", [], cancel.Token);
        Assert.True(run.MoveNext());
        cancel.CancelAfter(30);
        Assert.Throws<OperationCanceledException>(() => run.MoveNext());
        Assert.Equal("1", _sql.Run("SELECT @@TRANCOUNT; ROLLBACK;"));
        Assert.Equal("0", _sql.Run("SELECT COUNT(*) FROM dbo.t;"));
    }

    [Fact]
    public void Reset_returns_to_a_fresh_session()
    {
        _sql.Run("SET NOCOUNT ON; SET DATEFIRST 1; CREATE TABLE #t (i int); CREATE TABLE dbo.t (i int); BEGIN TRAN; INSERT dbo.t VALUES (1);");
        _sql.Session.Reset();
        Assert.Equal("0 | 7\n0", _sql.Run("SELECT @@TRANCOUNT, @@DATEFIRST; SELECT COUNT(*) FROM dbo.t;"));
        Assert.StartsWith("Msg 208", _sql.Run("SELECT * FROM #t;"), StringComparison.Ordinal);
    }

    [Fact]
    public void Plans_follow_the_catalog() => Assert.Equal("1\n1 | NULL\n1\nMsg 208, Level 16, State 1, Line 1: Invalid object name 'dbo.t'.", _sql.Run("""
        CREATE TABLE dbo.t (a int); INSERT dbo.t VALUES (1);
        GO
        SELECT * FROM dbo.t;
        GO
        ALTER TABLE dbo.t ADD b int;
        GO
        SELECT * FROM dbo.t;
        GO
        ALTER TABLE dbo.t DROP COLUMN b;
        GO
        SELECT * FROM dbo.t;
        GO
        DROP TABLE dbo.t;
        GO
        SELECT * FROM dbo.t;
        """));

    [Fact]
    public async Task Sessions_write_in_turn()
    {
        _sql.Run("CREATE TABLE dbo.t (id int IDENTITY PRIMARY KEY, who int);");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(who => Task.Run(() =>
        {
            using SqlTestHarness other = _sql.Another();
            for (int i = 0; i < 25; i++)
            {
                Assert.Equal("", other.Run($"INSERT dbo.t (who) VALUES ({who});"));
            }
        })));
        Assert.Equal("100 | 100 | 4", _sql.Run("SELECT COUNT(*), MAX(id), COUNT(DISTINCT who) FROM dbo.t;"));
    }

    [Fact]
    public void A_database_comes_back_from_its_folder()
    {
        string folder = Path.Combine(Path.GetTempPath(), "nina-" + Guid.NewGuid().ToString("N"));
        try
        {
            using (Database database = Database.Create(folder))
            using (var sql = new SqlTestHarness(database))
            {
                sql.Run("""
                    CREATE TABLE dbo.t (id int IDENTITY PRIMARY KEY, v nvarchar(20), rv rowversion);
                    CREATE SEQUENCE dbo.s START WITH 10;
                    INSERT dbo.t (v) VALUES (N'a'), (N'b'); SELECT NEXT VALUE FOR dbo.s;
                    GO
                    CREATE PROCEDURE dbo.p AS SELECT v FROM dbo.t ORDER BY id;
                    """);
            }

            using (Database database = Database.Open(folder))
            using (var sql = new SqlTestHarness(database))
            {
                Assert.Equal("a\nb\n3\n11", sql.Run("EXEC dbo.p; INSERT dbo.t (v) VALUES (N'c'); SELECT MAX(id) FROM dbo.t; SELECT NEXT VALUE FOR dbo.s;"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
