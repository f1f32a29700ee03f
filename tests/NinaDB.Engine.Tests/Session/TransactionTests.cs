using Xunit;

namespace NinaDB.Engine.Tests.Session;

public sealed class TransactionTests : IDisposable
{
    private readonly SqlTestHarness _sql = new();

    public TransactionTests() => _sql.Run("CREATE TABLE dbo.t (id int PRIMARY KEY, v varchar(10) UNIQUE);");

    public void Dispose() => _sql.Dispose();

    [Theory]
    [InlineData("BEGIN TRAN; BEGIN TRAN; SELECT @@TRANCOUNT; COMMIT; SELECT @@TRANCOUNT; ROLLBACK; SELECT @@TRANCOUNT;", "2\n1\n0")]
    [InlineData("BEGIN TRAN; INSERT dbo.t VALUES (1, 'a'); COMMIT; SELECT COUNT(*) FROM dbo.t;", "1")]
    [InlineData("BEGIN TRAN; INSERT dbo.t VALUES (1, 'a'); ROLLBACK; SELECT COUNT(*) FROM dbo.t;", "0")]
    [InlineData("BEGIN TRAN; INSERT dbo.t VALUES (1, 'a'); SAVE TRAN s; INSERT dbo.t VALUES (2, 'b'); ROLLBACK TRAN s; COMMIT; SELECT id FROM dbo.t;", "1")]
    [InlineData("BEGIN TRAN; SAVE TRAN s; INSERT dbo.t VALUES (2, 'b'); ROLLBACK TRAN s; INSERT dbo.t VALUES (3, 'c'); COMMIT; SELECT id FROM dbo.t;", "3")]
    [InlineData("BEGIN TRAN a; SAVE TRAN s; INSERT dbo.t VALUES (2, 'b'); SAVE TRAN s; INSERT dbo.t VALUES (3, 'c'); ROLLBACK TRAN s; ROLLBACK TRAN a; SELECT @@TRANCOUNT;", "0")]
    [InlineData("BEGIN TRAN; ROLLBACK TRAN nope; SELECT @@TRANCOUNT; ROLLBACK;", "Msg 6401, Level 16, State 1, Line 1: Cannot roll back nope. No transaction or savepoint of that name was found.\n1")]
    [InlineData("BEGIN TRAN; CREATE TABLE dbo.u (a int); INSERT dbo.u VALUES (1); ROLLBACK; SELECT a FROM dbo.u;", "Msg 208, Level 16, State 1, Line 1: Invalid object name 'dbo.u'.")]
    [InlineData("BEGIN TRAN; SAVE TRAN s; CREATE TABLE dbo.u (a int); ROLLBACK TRAN s; CREATE TABLE dbo.u (b int); COMMIT; SELECT COUNT(b) FROM dbo.u;", "0")]
    [InlineData("BEGIN TRAN; CREATE TABLE #x (a int); ROLLBACK; CREATE TABLE #x (b int); INSERT #x VALUES (1); SELECT b FROM #x;", "1")]
    [InlineData("BEGIN TRAN; INSERT dbo.t VALUES (1, 'a'), (2, 'a'); COMMIT; SELECT COUNT(*), @@TRANCOUNT FROM dbo.t;",
        "Msg 2627, Level 14, State 1, Line 1: Violation of UNIQUE KEY constraint 'UQ'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (a).\nThe statement has been terminated.\n0 | 0")]
    public void Nesting_savepoints_and_statement_rollback(string script, string expected) =>
        Assert.Equal(expected, System.Text.RegularExpressions.Regex.Replace(_sql.Run(script), "UQ__\\w+", "UQ"));

    [Fact]
    public void Conversion_errors_end_the_batch_and_the_transaction() => Assert.Equal(
        "Msg 245, Level 16, State 1, Line 1: Conversion failed when converting the varchar value 'x' to data type int.\n0",
        _sql.Run("BEGIN TRAN; INSERT dbo.t VALUES (1, 'a'); SELECT CAST('x' AS int); SELECT 'not here';\nGO\nSELECT @@TRANCOUNT;"));

    [Fact]
    public void Throw_ends_the_batch_but_not_the_transaction() => Assert.Equal(
        "Msg 50001, Level 16, State 1, Line 1: no\n1",
        _sql.Run("BEGIN TRAN; THROW 50001, 'no', 1; SELECT 'not here';\nGO\nSELECT @@TRANCOUNT; ROLLBACK;"));

    [Fact]
    public void Raiserror_ends_nothing_even_under_xact_abort() => Assert.Equal(
        "Msg 50000, Level 16, State 1, Line 1: no\n1",
        _sql.Run("SET XACT_ABORT ON; BEGIN TRAN; RAISERROR('no', 16, 1); SELECT @@TRANCOUNT; ROLLBACK;"));

    [Fact]
    public void Xact_abort_rolls_back_and_ends_the_batch() => Assert.Equal(
        "Msg 8134, Level 16, State 1, Line 1: Divide by zero error encountered.\n0 | 0",
        _sql.Run("SET XACT_ABORT ON; BEGIN TRAN; INSERT dbo.t VALUES (1, 'a'); SELECT 1 / 0; SELECT 'not here';\nGO\nSELECT @@TRANCOUNT, COUNT(*) FROM dbo.t;"));

    [Fact]
    public void A_doomed_transaction_can_only_be_rolled_back() => Assert.Equal(
        "-1\n3930\nMsg 3998, Level 16, State 1, Line 1: Uncommittable transaction is detected at the end of the batch. The transaction is rolled back.\n0",
        _sql.Run("""
            SET XACT_ABORT ON;
            BEGIN TRY BEGIN TRAN; SELECT 1 / 0; END TRY
            BEGIN CATCH
                SELECT XACT_STATE();
                BEGIN TRY INSERT dbo.t VALUES (1, 'a'); END TRY
                BEGIN CATCH SELECT ERROR_NUMBER(); END CATCH;
            END CATCH;
            GO
            SELECT @@TRANCOUNT;
            """));

    [Fact]
    public void A_mismatched_procedure_reports_266() => Assert.Equal(
        "Msg 266, Level 16, State 2, Procedure dbo.p, Line 0: Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = 0, current count = 1.\n1",
        _sql.Run("CREATE PROCEDURE dbo.p AS BEGIN TRAN;\nGO\nEXEC dbo.p; SELECT @@TRANCOUNT; ROLLBACK;"));

    [Fact]
    public void Readers_see_committed_rows_and_never_wait()
    {
        using SqlTestHarness other = _sql.Another();
        _sql.Run("BEGIN TRAN; INSERT dbo.t VALUES (1, 'a'); CREATE TABLE dbo.u (a int);");
        Assert.Equal("0", other.Run("SELECT COUNT(*) FROM dbo.t;"));
        Assert.StartsWith("Msg 208", other.Run("SELECT * FROM dbo.u;"), StringComparison.Ordinal);
        Assert.Equal("Msg 1222, Level 16, State *, Line 1: Lock request time out period exceeded.",
            System.Text.RegularExpressions.Regex.Replace(other.Run("SET LOCK_TIMEOUT 0; INSERT dbo.t VALUES (2, 'b');"), "State \\d+", "State *"));
        _sql.Run("COMMIT;");
        Assert.Equal("1\n0", other.Run("SELECT COUNT(*) FROM dbo.t; SELECT COUNT(*) FROM dbo.u;"));
    }

    [Fact]
    public void A_read_with_an_update_lock_waits_for_its_turn_and_keeps_it()
    {
        using SqlTestHarness other = _sql.Another();
        _sql.Run("INSERT dbo.t VALUES (1, 'a'); BEGIN TRAN; DECLARE @id int = (SELECT id FROM dbo.t WITH (UPDLOCK, HOLDLOCK) WHERE id = 1);");
        Assert.Equal("1", other.Run("SELECT id FROM dbo.t;"));
        Assert.StartsWith("Msg 1222", other.Run("SET LOCK_TIMEOUT 0; BEGIN TRAN; SELECT id FROM dbo.t WITH (UPDLOCK);"), StringComparison.Ordinal);
        _sql.Run("UPDATE dbo.t SET v = 'b'; COMMIT;");
        Assert.Equal("b", other.Run("IF @@TRANCOUNT = 0 BEGIN TRAN; SELECT v FROM dbo.t WITH (UPDLOCK); ROLLBACK;"));
    }

    [Fact]
    public void A_running_select_keeps_its_snapshot()
    {
        _sql.Run("INSERT dbo.t VALUES (1, 'a'), (2, 'b'), (3, 'c');");
        using SqlTestHarness other = _sql.Another();
        using NinaDB.Engine.Session.BatchExecution reader = other.Session.ExecuteBatch("SELECT id FROM dbo.t ORDER BY id; SELECT COUNT(*) FROM dbo.t;", []);
        var rows = new List<int>();
        while (reader.MoveNext())
        {
            if (reader.Event == NinaDB.Engine.Session.BatchEvent.Row)
            {
                rows.Add(reader.Row[0].AsInt32);
                if (rows.Count == 1)
                {
                    _sql.Run("DELETE dbo.t;");
                }
            }
        }

        Assert.Equal([1, 2, 3, 0], rows);
    }

    [Fact]
    public void Sequences_and_identities_do_not_roll_back() => Assert.Equal("1\n2\n2", _sql.Run("""
        CREATE SEQUENCE dbo.s AS int START WITH 1;
        CREATE TABLE dbo.i (id int IDENTITY, a int);
        BEGIN TRAN; SELECT NEXT VALUE FOR dbo.s; INSERT dbo.i (a) VALUES (1); ROLLBACK;
        SELECT NEXT VALUE FOR dbo.s;
        INSERT dbo.i (a) VALUES (1); SELECT id FROM dbo.i;
        """));

    [Fact]
    public void Truncate_rolls_back_with_its_identity() => Assert.Equal("1\n2\n1", _sql.Run("""
        CREATE TABLE dbo.i (id int IDENTITY, a int);
        INSERT dbo.i (a) VALUES (1);
        BEGIN TRAN; TRUNCATE TABLE dbo.i; ROLLBACK;
        INSERT dbo.i (a) VALUES (1); SELECT id FROM dbo.i ORDER BY id;
        TRUNCATE TABLE dbo.i; INSERT dbo.i (a) VALUES (1); SELECT id FROM dbo.i;
        """));

    [Fact]
    public void Table_variables_ignore_rollback() => Assert.Equal("1",
        _sql.Run("DECLARE @t TABLE (a int); BEGIN TRAN; INSERT @t VALUES (1); ROLLBACK; SELECT a FROM @t;"));

    [Fact]
    public void Implicit_transactions_begin_with_the_first_table_access() => Assert.Equal("0\n0\n1\n0",
        _sql.Run("SET IMPLICIT_TRANSACTIONS ON; SELECT @@TRANCOUNT; SELECT COUNT(*) FROM dbo.t; SELECT @@TRANCOUNT; COMMIT; SELECT @@TRANCOUNT;"));
}
