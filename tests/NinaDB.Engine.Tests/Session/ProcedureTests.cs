using System.Data;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;
using Xunit;

namespace NinaDB.Engine.Tests.Session;

public sealed class ProcedureTests : IDisposable
{
    private readonly SqlTestHarness _sql = new();

    public void Dispose() => _sql.Dispose();

    [Fact]
    public void Arguments_by_position_name_default_and_output() => Assert.Equal("7 | 3\n6\n13\n11", _sql.Run("""
        CREATE PROCEDURE dbo.p @a int, @b int = 2, @c int = NULL OUTPUT AS BEGIN SET @c = @a + @b; RETURN 7; END
        GO
        DECLARE @r int, @c int;
        EXEC @r = dbo.p 1, @c = @c OUTPUT; SELECT @r, @c;
        EXEC dbo.p 1, 5, @c OUTPUT; SELECT @c;
        EXEC dbo.p @b = 3, @a = 10, @c = @c OUT; SELECT @c;
        DECLARE @name sysname = N'dbo.p'; EXEC @name 9, DEFAULT, @c OUTPUT; SELECT @c;
        """));

    [Theory]
    [InlineData("EXEC dbo.p;", "Msg 201, Level 16, State 4, Procedure dbo.p, Line 0: Procedure or function 'p' expects parameter '@a', which was not supplied.")]
    [InlineData("EXEC dbo.p 1, 2;", "Msg 8144, Level 16, State 2, Procedure dbo.p, Line 0: Procedure or function p has too many arguments specified.")]
    [InlineData("EXEC dbo.p @b = 1;", "Msg 201, Level 16, State 4, Procedure dbo.p, Line 0: Procedure or function 'p' expects parameter '@a', which was not supplied.")]
    [InlineData("EXEC dbo.p 'x';", "Msg 8114, Level 16, State 1, Procedure dbo.p, Line 0: Error converting data type varchar to int.")]
    [InlineData("DECLARE @x int; EXEC dbo.p @x OUTPUT;", "Msg 8162, Level 16, State 2, Procedure dbo.p, Line 0: The formal parameter \"@a\" was not declared as an OUTPUT parameter, but the actual parameter passed in requested output.")]
    public void Wrong_arguments(string call, string expected)
    {
        _sql.Run("CREATE PROCEDURE dbo.p @a int AS SELECT @a;");
        Assert.Equal(expected, _sql.Run(call));
    }

    [Fact]
    public void Dynamic_sql_has_its_own_variables_and_sees_temp_tables() => Assert.Equal("42\n84\n1\n5", _sql.Run("""
        DECLARE @y int;
        EXEC sp_executesql N'SELECT @x; SET @y = @x * 2', N'@x int, @y int OUTPUT', 42, @y OUTPUT; SELECT @y;
        CREATE TABLE #t (a int); EXEC('INSERT #t VALUES (1); CREATE TABLE #inner (b int)'); SELECT a FROM #t;
        EXEC('CREATE TABLE #inner (c int); INSERT #inner VALUES (5); SELECT c FROM #inner');
        """));

    [Fact]
    public void Set_options_end_with_the_procedure() => Assert.Equal("inside 16384\n0", _sql.Run("""
        CREATE PROCEDURE dbo.p AS BEGIN SET XACT_ABORT ON; PRINT CONCAT('inside ', @@OPTIONS & 16384); END
        GO
        EXEC dbo.p; SELECT @@OPTIONS & 16384;
        """));

    [Fact]
    public void Insert_exec_collects_every_result_set() => Assert.Equal("1 | a\n2 | b\n3", _sql.Run("""
        CREATE PROCEDURE dbo.p AS BEGIN SELECT 1, 'a'; SELECT 2, 'b'; END
        GO
        CREATE TABLE #t (i int, s varchar(5)); INSERT #t EXEC dbo.p; SELECT * FROM #t ORDER BY i;
        DECLARE @t TABLE (i int); INSERT @t EXEC('SELECT 3'); SELECT i FROM @t;
        """));

    [Fact]
    public void Table_valued_parameters_are_read_only() => Assert.Equal("3\n0\nMsg 10700, Level 16, State 1, Procedure bad, Line 1: The table-valued parameter \"@t\" is READONLY and cannot be modified.\nMsg 2812, Level 16, State 62, Line 1: Could not find stored procedure 'dbo.bad'.", _sql.Run("""
        CREATE TYPE dbo.ids AS TABLE (id int PRIMARY KEY);
        GO
        CREATE PROCEDURE dbo.p @t dbo.ids READONLY AS SELECT COUNT(*) FROM @t;
        GO
        DECLARE @v dbo.ids; INSERT @v VALUES (1), (2), (3); EXEC dbo.p @v; EXEC dbo.p;
        GO
        CREATE PROCEDURE dbo.bad @t dbo.ids READONLY AS DELETE @t;
        GO
        EXEC dbo.bad;
        """).Replace(", Line 0", ", Line 1", StringComparison.Ordinal));

    [Fact]
    public void Called_through_the_api_with_outputs_return_value_and_rows()
    {
        _sql.Run("""
            CREATE TYPE dbo.pairs AS TABLE (id int, name nvarchar(20));
            GO
            CREATE PROCEDURE dbo.p @rows dbo.pairs READONLY, @n int OUTPUT, @s nvarchar(10) = N'dflt' AS
            BEGIN
                SELECT @n = COUNT(*) FROM @rows; SELECT @s, name FROM @rows ORDER BY id; RETURN 5;
            END
            """);
        var n = new SessionParameter("@n", SqlType.Int, SqlValue.Null, ParameterDirection.Output);
        var code = new SessionParameter("@RETURN_VALUE", SqlType.Int, SqlValue.Null, ParameterDirection.ReturnValue);
        var rows = new SessionParameter("@rows", SqlType.Table("dbo.pairs"), SqlValue.Null)
        {
            Rows = [[SqlValue.FromInt(1), SqlValue.FromString("a")], [SqlValue.FromInt(2), SqlValue.FromString("b")]],
        };
        using BatchExecution call = _sql.Session.ExecuteProcedure("dbo.p", [rows, n, code]);
        var seen = new List<string>();
        while (call.MoveNext())
        {
            if (call.Event == BatchEvent.Row)
            {
                seen.Add(call.Row[0].AsString + call.Row[1].AsString);
            }
        }

        Assert.Equal(["dflta", "dfltb"], seen);
        Assert.Equal(2, n.Value.AsInt32);
        Assert.Equal(5, code.Value.AsInt32);
        Assert.Equal(5, call.ReturnValue);
    }

    [Fact]
    public void Batch_parameters_are_variables()
    {
        var x = new SessionParameter("@x", SqlType.Int, SqlValue.FromInt(20), ParameterDirection.InputOutput);
        Assert.Equal("21", _sql.Run("SELECT @x + 1; SET @x = @x * 2;", x));
        Assert.Equal(40, x.Value.AsInt32);
    }

    [Fact]
    public void Scalar_and_table_functions() => Assert.Equal("42\n1\n2\n3\n8", _sql.Run("""
        CREATE FUNCTION dbo.f (@x int = 4) RETURNS int AS BEGIN DECLARE @r int = @x * 2; RETURN @r; END
        GO
        CREATE FUNCTION dbo.t (@n int) RETURNS @r TABLE (i int PRIMARY KEY) AS
        BEGIN DECLARE @i int = 0; WHILE @i < @n BEGIN SET @i += 1; INSERT @r VALUES (@i); END; RETURN; END
        GO
        SELECT dbo.f(21); SELECT i FROM dbo.t(3) ORDER BY i; SELECT dbo.f(DEFAULT);
        """));

    [Fact]
    public void Functions_report_no_counts()
    {
        using var sql = new SqlTestHarness { ShowCounts = true };
        Assert.Equal("1\n(1)", sql.Run("""
            CREATE FUNCTION dbo.t () RETURNS @r TABLE (i int) AS BEGIN INSERT @r VALUES (1); RETURN; END
            GO
            SELECT i FROM dbo.t();
            """));
    }
}
