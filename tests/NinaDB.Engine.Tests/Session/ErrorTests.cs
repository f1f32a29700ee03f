using Xunit;

namespace NinaDB.Engine.Tests.Session;

public sealed class ErrorTests
{
    [Theory]
    [InlineData("SELECT 1 / 0; SELECT @@ERROR; SELECT @@ERROR;", "Msg 8134, Level 16, State 1, Line 1: Divide by zero error encountered.\n8134\n0")]
    [InlineData("PRINT 'a'; SELECT nope FROM sys.objects;", "Msg 207, Level 16, State 1, Line 1: Invalid column name 'nope'.")]
    [InlineData("PRINT 'a'; SELECT * FROM dbo.nope; PRINT 'b';", "a\nMsg 208, Level 16, State 1, Line 1: Invalid object name 'dbo.nope'.")]
    [InlineData("EXEC('SELECT * FROM dbo.nope'); PRINT 'b';", "Msg 208, Level 16, State 1, Line 1: Invalid object name 'dbo.nope'.\nb")]
    [InlineData("BEGIN TRY SELECT * FROM dbo.nope; END TRY BEGIN CATCH PRINT 'caught'; END CATCH", "Msg 208, Level 16, State 1, Line 1: Invalid object name 'dbo.nope'.")]
    [InlineData("BEGIN TRY EXEC('SELECT * FROM dbo.nope'); END TRY BEGIN CATCH PRINT 'caught'; END CATCH", "caught")]
    [InlineData("RAISERROR('a %d b %s c %5d|%-5d|%05d %x %X %o %u %i %%', 10, 1, 1, 'x', 42, 42, 42, 255, 255, 8, 7, -3);", "a 1 b x c    42|42   |00042 ff FF 10 7 -3 %")]
    [InlineData("RAISERROR('%s %d', 10, 1, NULL);", "(null) (null)")]
    [InlineData("RAISERROR('%*d|%.2s|%I64d', 10, 1, 5, 7, 'abc', 5000000000);", "    7|ab|5000000000")]
    [InlineData("RAISERROR(50010, 16, 1);", "Msg 18054, Level 16, State 1, Line 1: Error 50010, severity 16, state 1 was raised, but no message with that error number was found in sys.messages. If error is larger than 50000, make sure the user-defined message is added using sp_addmessage.")]
    [InlineData("RAISERROR('x', 19, 1);", "Msg 2754, Level 16, State 1, Line 1: Error severity levels greater than 18 can only be specified by members of the sysadmin role, using the WITH LOG option.")]
    [InlineData("THROW 1, 'x', 1;", "Msg 35100, Level 16, State 1, Line 1: Error number 1 in the THROW statement is outside the valid range. Specify an error number in the valid range of 50000 to 2147483647.")]
    [InlineData("GOTO nowhere;", "Msg 133, Level 15, State 1, Line 1: A GOTO statement references the label 'nowhere' but the label has not been declared.")]
    [InlineData("BREAK;", "Msg 135, Level 15, State 1, Line 1: Cannot use a BREAK statement outside the scope of a WHILE statement.")]
    [InlineData("EXEC dbo.nope;", "Msg 2812, Level 16, State 62, Line 1: Could not find stored procedure 'dbo.nope'.")]
    [InlineData("USE nope;", "Msg 911, Level 16, State 1, Line 1: Database 'nope' does not exist. Make sure that the name is entered correctly.")]
    [InlineData("SELECT 'a';\nSELECT\n 1 / 0;\nSELECT 'b';", "a\nMsg 8134, Level 16, State 1, Line 2: Divide by zero error encountered.\nb")]
    public void Uncaught_errors(string script, string expected) => Assert.Equal(expected, SqlTestHarness.RunAlone(script));

    [Fact]
    public void The_catch_block_knows_the_error_and_forgets_it() => Assert.Equal(
        "8134 | 16 | 1 | 2 | NULL | Divide by zero error encountered.\n50001 | inner\n8134\nNULL",
        SqlTestHarness.RunAlone("""
            BEGIN TRY
                SELECT 1 / 0;
            END TRY
            BEGIN CATCH
                SELECT ERROR_NUMBER(), ERROR_SEVERITY(), ERROR_STATE(), ERROR_LINE(), ERROR_PROCEDURE(), ERROR_MESSAGE();
                BEGIN TRY THROW 50001, 'inner', 1; END TRY
                BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_MESSAGE(); END CATCH;
                SELECT ERROR_NUMBER();
            END CATCH;
            SELECT ERROR_NUMBER();
            """));

    [Fact]
    public void Errors_travel_up_through_procedures() => Assert.Equal(
        "Msg 50002, Level 16, State 1, Procedure dbo.b, Line 1: deep\ncaught dbo.b 50002",
        SqlTestHarness.RunAlone("""
            CREATE PROCEDURE dbo.b AS THROW 50002, N'deep', 1;
            GO
            CREATE PROCEDURE dbo.a AS BEGIN EXEC dbo.b; PRINT 'not here'; END
            GO
            EXEC dbo.a;
            GO
            BEGIN TRY EXEC dbo.a; END TRY
            BEGIN CATCH PRINT CONCAT('caught ', ERROR_PROCEDURE(), ' ', ERROR_NUMBER()); END CATCH;
            """));

    [Fact]
    public void Rethrow_keeps_number_line_and_procedure() => Assert.Equal(
        "Msg 8134, Level 16, State 1, Procedure dbo.p, Line 3: Divide by zero error encountered.",
        SqlTestHarness.RunAlone("CREATE PROCEDURE dbo.p AS\nDECLARE @x int;\nSET @x = 1 / 0;\nGO\nBEGIN TRY EXEC dbo.p; END TRY BEGIN CATCH THROW; END CATCH;"));

    [Fact]
    public void Jumps_leave_try_and_catch_blocks() => Assert.Equal("1\ncatch\n3\nNULL\nout", SqlTestHarness.RunAlone("""
        DECLARE @i int = 0;
        WHILE @i < 5
        BEGIN
            SET @i += 1;
            BEGIN TRY
                IF @i = 1 BEGIN PRINT '1'; CONTINUE; END;
                IF @i = 3 BEGIN PRINT '3'; BREAK; END;
                THROW 50000, 'x', 1;
            END TRY
            BEGIN CATCH PRINT 'catch'; CONTINUE; END CATCH;
        END;
        PRINT ISNULL(CAST(ERROR_NUMBER() AS varchar(10)), 'NULL');
        BEGIN TRY GOTO done; END TRY BEGIN CATCH PRINT 'never'; END CATCH;
        done: PRINT 'out';
        """));

    [Fact]
    public void Recursion_ends_at_32() => Assert.Equal("32\n217", SqlTestHarness.RunAlone("""
        CREATE TABLE dbo.n (l int);
        GO
        CREATE PROCEDURE dbo.r AS BEGIN INSERT dbo.n VALUES (@@NESTLEVEL); EXEC dbo.r; END
        GO
        BEGIN TRY EXEC dbo.r; END TRY BEGIN CATCH SELECT MAX(l) FROM dbo.n; SELECT ERROR_NUMBER(); END CATCH;
        """));
}
