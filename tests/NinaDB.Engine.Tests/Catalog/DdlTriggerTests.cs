using NinaDB.Engine.Tests.Session;
using NinaDB.Engine.Tests.Storage;

namespace NinaDB.Engine.Tests.Catalog;

/// <summary>DDL triggers where a data file does not reach: restarts, transactions, other sessions.</summary>
public sealed class DdlTriggerTests
{
    private const string Watch = """
        SET NOCOUNT ON;
        CREATE TABLE dbo.Log (event nvarchar(100), command nvarchar(max));
        GO
        CREATE TRIGGER Watch ON DATABASE FOR DDL_TABLE_EVENTS AS
        INSERT dbo.Log SELECT EVENTDATA().value('(/EVENT_INSTANCE/EventType)[1]', 'nvarchar(100)'), EVENTDATA().value('(/EVENT_INSTANCE/TSQLCommand/CommandText)[1]', 'nvarchar(max)');
        GO
        """;

    [Fact]
    public void A_trigger_fires_after_a_restart()
    {
        using var folder = new TemporaryFolder();
        using (Database database = Database.Create(folder.Path))
        {
            using var sql = new SqlTestHarness(database);
            Assert.Equal("", sql.Run(Watch));
        }

        using Database reopened = Database.Open(folder.Path);
        using var again = new SqlTestHarness(reopened);
        again.Run("CREATE TABLE dbo.T (i int);");
        Assert.Equal("CREATE_TABLE | CREATE TABLE dbo.T (i int)", again.Run("SELECT event, command FROM dbo.Log;"));
    }

    [Fact]
    public void What_a_trigger_wrote_goes_with_the_transaction()
    {
        using var sql = new SqlTestHarness();
        sql.Run(Watch);
        sql.Run("BEGIN TRAN; CREATE TABLE dbo.T (i int); ROLLBACK;");
        Assert.Equal("0", sql.Run("SELECT COUNT(*) FROM dbo.Log;"));
        sql.Run("BEGIN TRAN; CREATE TABLE dbo.T (i int); COMMIT;");
        Assert.Equal("1", sql.Run("SELECT COUNT(*) FROM dbo.Log;"));
    }

    [Fact]
    public void Statements_of_modules_and_dynamic_batches_fire_with_their_own_text()
    {
        using var sql = new SqlTestHarness();
        sql.Run(Watch + """
            -- a comment
            CREATE PROCEDURE dbo.P AS
                CREATE TABLE dbo.A (i int);
            GO
            EXEC dbo.P;
            EXEC (N'SELECT 1 AS x; CREATE TABLE dbo.B (i int)');
            """);
        Assert.Equal("CREATE TABLE dbo.A (i int)\nCREATE TABLE dbo.B (i int)", sql.Run("SELECT command FROM dbo.Log ORDER BY command;"));
    }

    [Fact]
    public void A_trigger_does_not_fire_itself()
    {
        using var sql = new SqlTestHarness();
        sql.Run("""
            SET NOCOUNT ON;
            GO
            CREATE TRIGGER Make ON DATABASE FOR CREATE_TABLE AS
            IF OBJECT_ID('dbo.Made') IS NULL CREATE TABLE dbo.Made (i int);
            GO
            CREATE TABLE dbo.T (i int);
            """);
        Assert.Equal("Made\nT", sql.Run("SELECT name FROM sys.tables ORDER BY name;"));
    }
}
