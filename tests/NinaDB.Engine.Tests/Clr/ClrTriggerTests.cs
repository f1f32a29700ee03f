namespace NinaDB.Engine.Tests.Clr;

public sealed class ClrTriggerTests : ClrTestBase
{
    public ClrTriggerTests()
    {
        string path = Trust("NinaDB.Engine.TestRoutines.dll");
        Assert.Equal("", Run($"CREATE ASSEMBLY r FROM '{path}' WITH PERMISSION_SET = UNSAFE; CREATE TABLE dbo.T (Id int, Name nvarchar(10)); CREATE TABLE dbo.Log (Id int, Change nvarchar(30))"));
    }

    private string Procedure(string method)
    {
        Assert.Equal("", Run($"CREATE PROCEDURE dbo.{method} AS EXTERNAL NAME r.[TestRoutines.Routines].{method}"));
        return Run($"EXEC dbo.{method}");
    }

    [Fact]
    public void A_trigger_knows_what_fired_it_and_sees_the_rows()
    {
        Assert.Equal("", Run("CREATE TRIGGER dbo.Audit ON dbo.T AFTER INSERT, UPDATE, DELETE AS EXTERNAL NAME r.[TestRoutines.Routines].Audit"));
        Assert.Equal("INSERT 1 11", Run("INSERT dbo.T VALUES (1, N'a'), (2, N'b')"));
        Assert.Equal("UPDATE 2 01", Run("UPDATE dbo.T SET Name = N'c' WHERE Id = 1"));
        Assert.Equal("DELETE 3 11", Run("DELETE dbo.T WHERE Id = 2"));
        Assert.Equal("1 | ->a\n1 | a>c\n2 | ->b\n2 | b>-", Run("SELECT Id, Change FROM dbo.Log ORDER BY Id, Change COLLATE Latin1_General_BIN2").Replace("2 | b>-\n2 | ->b", "2 | ->b\n2 | b>-", StringComparison.Ordinal));
        Assert.Equal("TA | CLR_TRIGGER | 0", Run("SELECT type, type_desc, is_instead_of_trigger FROM sys.triggers WHERE name = 'Audit'"));
        Assert.Equal("TA", Run("SELECT type FROM sys.objects WHERE name = 'Audit'"));
        Assert.Equal("TestRoutines.Routines | Audit", Run("SELECT assembly_class, assembly_method FROM sys.assembly_modules"));
        Assert.StartsWith("Msg 6590", Run("DROP ASSEMBLY r"));
        Assert.Equal("", Run("DISABLE TRIGGER dbo.Audit ON dbo.T; INSERT dbo.T VALUES (3, N'x'); DROP TRIGGER dbo.Audit; DROP ASSEMBLY r"));
    }

    [Fact]
    public void INSTEAD_OF_and_views()
    {
        Run("CREATE VIEW dbo.V AS SELECT Id, Name FROM dbo.T");
        Assert.Equal("", Run("CREATE TRIGGER dbo.Audit ON dbo.V INSTEAD OF INSERT AS EXTERNAL NAME r.[TestRoutines.Routines].Audit"));
        Assert.Equal("INSERT 1 11\n0 | 1", Run("INSERT dbo.V VALUES (5, N'v'); SELECT (SELECT COUNT(*) FROM dbo.T), (SELECT COUNT(*) FROM dbo.Log)"));
    }

    [Fact]
    public void An_exception_undoes_the_statement()
    {
        Run("CREATE TRIGGER dbo.Refuse ON dbo.T AFTER INSERT AS EXTERNAL NAME r.[TestRoutines.Routines].Refuse");
        Assert.Equal("", Run("INSERT dbo.T VALUES (1, N'good')"));
        Assert.Contains("Msg 6522, Level 16, State 1, Procedure Refuse, Line 1: A .NET Framework error occurred during execution of user-defined routine or aggregate \"Refuse\": \r\nSystem.InvalidOperationException: A bad name.", Run("INSERT dbo.T VALUES (2, N'bad')"));
        Assert.Equal("1 | 0", Run("SELECT COUNT(*), @@TRANCOUNT FROM dbo.T"));
        Run("DROP TRIGGER dbo.Refuse");
        Run("CREATE TRIGGER dbo.OutOfRange ON dbo.T AFTER INSERT AS EXTERNAL NAME r.[TestRoutines.Routines].OutOfRange");
        Assert.Contains("System.IndexOutOfRangeException", Run("INSERT dbo.T VALUES (3, N'c')"));
    }

    [Fact]
    public void DDL_triggers_have_event_data()
    {
        Assert.Equal("", Run("CREATE TRIGGER Watch ON DATABASE FOR CREATE_TABLE AS EXTERNAL NAME r.[TestRoutines.Routines].Watch"));
        Assert.Equal("CREATE_TABLE 21 True", Run("CREATE TABLE dbo.T2 (a int)"));
    }

    [Theory]
    [InlineData("AFTER INSERT AS EXTERNAL NAME r.[TestRoutines.Routines].Returns", "Msg 6500, Level 16, State 0", "returns System.Int32, but CLR Triggers must return void.")]
    [InlineData("AFTER INSERT AS EXTERNAL NAME r.[TestRoutines.Routines].Takes", "Msg 6531", "takes one or more parameters but CLR Triggers do not accept parameters.")]
    [InlineData("WITH ENCRYPTION AFTER INSERT AS EXTERNAL NAME r.[TestRoutines.Routines].Audit", "Msg 10324, Level 15", "WITH ENCRYPTION option of CREATE TRIGGER is only applicable to T-SQL triggers and not to CLR triggers.")]
    [InlineData("AFTER INSERT AS EXTERNAL NAME r.[TestRoutines.Routines].Nope", "Msg 6506", "")]
    [InlineData("AFTER INSERT AS EXTERNAL NAME nope.[TestRoutines.Routines].Audit", "Msg 6528", "")]
    public void The_method_is_checked(string declaration, string error, string text)
    {
        string message = Run("CREATE TRIGGER dbo.X ON dbo.T " + declaration);
        Assert.Contains(error, message);
        Assert.Contains(text, message);
    }

    [Fact]
    public void The_pipe_sends_in_every_form()
    {
        Assert.Equal("7 | seven", Procedure("SendRow"));
        Assert.Equal("1\ntwo\n3", Procedure("Run"));
        Assert.Equal("2\n3\nx", Procedure("Forward"));
        Assert.Equal("True", Procedure("HasTrigger"));
        Assert.Contains("ArgumentException", Procedure("TooLong"));
        string failed = Procedure("RunBad");
        Assert.StartsWith("Msg 8134", failed);
        Assert.True(failed.Contains("Msg 6522", StringComparison.Ordinal), failed);
    }
}
