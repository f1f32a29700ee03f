using System.Diagnostics;
using System.Security.Cryptography;
using NinaDB.Engine.Tests.Session;

namespace NinaDB.Engine.Tests.Clr;

public sealed class ClrTests : IDisposable
{
    private static readonly string AssemblyPath = Path.Combine(AppContext.BaseDirectory, "NinaDB.Engine.TestAssembly.dll");

    private readonly SqlTestHarness _sql = new();

    public void Dispose() => _sql.Dispose();

    private static string Hash => Convert.ToHexString(SHA512.HashData(File.ReadAllBytes(AssemblyPath)));

    private void Install(bool enabled = true)
    {
        Assert.Equal("", _sql.Run($"EXEC sys.sp_add_trusted_assembly 0x{Hash}, N'tests'; CREATE ASSEMBLY t FROM '{AssemblyPath}';"));
        if (enabled)
        {
            Assert.StartsWith("Configuration option 'clr enabled' changed from 0 to 1.", _sql.Run("EXEC sp_configure 'clr enabled', 1; RECONFIGURE;"));
        }
    }

    private string Function(string name, string parameters, string returns) =>
        _sql.Run($"CREATE OR ALTER FUNCTION dbo.[{name}] ({parameters}) RETURNS {returns} AS EXTERNAL NAME t.[TestAssembly.Routines].[{name}];");

    [Fact]
    public void Scalar_functions_run_and_carry_null()
    {
        Install();
        Assert.Equal("", Function("Add", "@a int, @b int", "int"));
        Assert.Equal("", Function("Greet", "@name nvarchar(50)", "nvarchar(100)"));
        Assert.Equal("5 | NULL | Hello, world | NULL", _sql.Run("SELECT dbo.[Add](2, 3), dbo.[Add](1, NULL), dbo.Greet(N'world'), dbo.Greet(NULL)"));
        Assert.Equal("10", _sql.Run("SELECT SUM(dbo.[Add](n, n)) FROM (VALUES (1), (4)) AS v (n)"));
    }

    [Fact]
    public void Defaults_of_parameters_are_kept()
    {
        Install();
        Assert.Equal("", Function("Add", "@a int, @b int = 40", "int"));
        Assert.Equal("42", _sql.Run("SELECT dbo.[Add](2, DEFAULT)"));
        Assert.Equal("@a | 0 | NULL\n@b | 1 | 40", _sql.Run("SELECT name, has_default_value, default_value FROM sys.parameters WHERE object_id = OBJECT_ID('dbo.Add') AND parameter_id > 0 ORDER BY parameter_id"));
    }

    [Theory]
    [InlineData("Boolean", "bit", "1", "1")]
    [InlineData("Byte", "tinyint", "200", "200")]
    [InlineData("Int16", "smallint", "-5", "-5")]
    [InlineData("Int64", "bigint", "9000000000", "9000000000")]
    [InlineData("Single", "real", "1.5", "1.5")]
    [InlineData("Double", "float", "2.25", "2.25")]
    [InlineData("Decimal", "decimal(20, 4)", "12345.6789", "12345.6789")]
    [InlineData("Money", "money", "12.3456", "12.3456")]
    [InlineData("String", "nvarchar(max)", "N'łódź'", "łódź")]
    [InlineData("Chars", "nvarchar(max)", "N'abc'", "abc")]
    [InlineData("Binary", "varbinary(10)", "0x0102", "0x0102")]
    [InlineData("Bytes", "varbinary(max)", "0x0102", "0x0102")]
    [InlineData("Guid", "uniqueidentifier", "'6F9619FF-8B86-D011-B42D-00C04FC964FF'", "6F9619FF-8B86-D011-B42D-00C04FC964FF")]
    [InlineData("DateTime", "datetime", "'2024-02-29T13:14:15.167'", "2024-02-29 13:14:15.167")]
    [InlineData("DateTime", "datetime", "'1850-06-01T06:00:00'", "1850-06-01 06:00:00.000")]
    [InlineData("DateTime2", "datetime2(7)", "'2024-02-29T13:14:15.1234567'", "2024-02-29 13:14:15.1234567")]
    [InlineData("DateTime2", "date", "'2024-02-29'", "2024-02-29")]
    [InlineData("Time", "time(3)", "'01:02:03.456'", "01:02:03.456")]
    [InlineData("Offset", "datetimeoffset(0)", "'2024-02-29T13:14:15+02:00'", "2024-02-29 13:14:15 +02:00")]
    [InlineData("Nullable", "int", "7", "7")]
    public void Values_go_there_and_back(string method, string type, string value, string expected)
    {
        Install();
        string name = "Echo" + method;
        Assert.Equal("", _sql.Run($"CREATE FUNCTION dbo.{name} (@v {type}) RETURNS {type} AS EXTERNAL NAME t.[TestAssembly.Routines].{name}"));
        Assert.Equal($"{expected} | NULL", _sql.Run($"SELECT dbo.{name}({value}), dbo.{name}(NULL)"));
    }

    [Fact]
    public void Table_valued_functions_stream()
    {
        Install();
        Assert.Equal("", _sql.Run("CREATE FUNCTION dbo.Numbers (@count int) RETURNS TABLE (n int, square bigint, [text] nvarchar(20)) AS EXTERNAL NAME t.[TestAssembly.Routines].Numbers"));
        Assert.Equal("", _sql.Run("CREATE FUNCTION dbo.Pairs (@count int) RETURNS TABLE ([key] nvarchar(10), value int) AS EXTERNAL NAME t.[TestAssembly.Routines].Pairs"));
        Assert.Equal("1 | 1 | NULL\n2 | 4 | even", _sql.Run("SELECT * FROM dbo.Numbers(2)"));
        Assert.Equal("2", _sql.Run("SELECT COUNT(*) FROM dbo.Numbers(5) WHERE [text] = N'even'"));
        Assert.Equal("k0 | NULL\nk1 | 1", _sql.Run("SELECT * FROM dbo.Pairs(2)"));
        Assert.Equal("0", _sql.Run("SELECT COUNT(*) FROM dbo.Pairs(NULL)"));
        Assert.Equal("1 | 1\n2 | 1\n2 | 2", _sql.Run("SELECT v.x, n.n FROM (VALUES (1), (2)) AS v (x) CROSS APPLY dbo.Numbers(v.x) AS n ORDER BY v.x, n.n"));

        // The thousandth row fails: TOP stops before it is asked for.
        Assert.Equal("1", _sql.Run("SELECT TOP (1) n FROM dbo.Numbers(5000)"));
        Assert.StartsWith("Msg 6260, ", _sql.Run("SELECT MAX(n) FROM dbo.Numbers(5000)"));
    }

    [Fact]
    public void Procedures_return_codes_and_output_parameters()
    {
        Install();
        Assert.Equal("", _sql.Run("CREATE PROCEDURE dbo.Divide @a int, @b int, @q int OUTPUT, @log nvarchar(50) OUTPUT AS EXTERNAL NAME t.[TestAssembly.Routines].Divide"));
        Assert.Equal("", _sql.Run("CREATE PROCEDURE dbo.Nothing AS EXTERNAL NAME t.[TestAssembly.Routines].Nothing"));
        Assert.Equal("3 | 2 | x17/5;", _sql.Run("DECLARE @q int, @log nvarchar(50) = N'x', @rc int; EXEC @rc = dbo.Divide 17, 5, @q OUTPUT, @log OUTPUT; SELECT @q, @rc, @log"));
        Assert.Equal("0", _sql.Run("DECLARE @rc int; EXEC @rc = dbo.Nothing; SELECT @rc"));
    }

    [Fact]
    public void Outside_of_a_routine_there_is_no_context_connection()
    {
        Assert.False(NinaDB.Engine.Clr.ClrContext.IsAvailable);
        using var connection = new NinaDB.Engine.Data.NinaConnection("Context Connection=True");
        Assert.Throws<InvalidOperationException>(connection.Open);
    }

    [Fact]
    public void Exceptions_become_error_6522()
    {
        Install();
        Function("Fail", "@n int", "int");
        string message = _sql.Run("SELECT dbo.Fail(0)");
        Assert.StartsWith("Msg 6522, Level 16, State 2, Line 1: A .NET Framework error occurred during execution of user-defined routine or aggregate \"Fail\": \r\nSystem.DivideByZeroException: Attempted to divide by zero.\r\nSystem.DivideByZeroException: \r\n   at TestAssembly.Routines.Fail(SqlInt32 number)\r\n.", message);
        Assert.Contains("TestAssembly.NumberedException: The file is truncated.", _sql.Run("SELECT dbo.Fail(51234)"));
        Assert.Equal("6522", _sql.Run("BEGIN TRY SELECT dbo.Fail(0) END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH"));
        Function("PlainInt", "@v int", "int");
        Assert.Contains("SqlNullValueException", _sql.Run("SELECT dbo.PlainInt(NULL)"));
        Function("EchoString", "@v nvarchar(20)", "nvarchar(5)");
        Assert.Contains("TruncationException: Trying to convert return value or output parameter of size 20 bytes to a T-SQL type with a smaller size limit of 10 bytes.", _sql.Run("SELECT dbo.EchoString(N'0123456789')"));
    }

    [Theory]
    [InlineData("CREATE FUNCTION f (@a int) RETURNS int AS EXTERNAL NAME nope.[TestAssembly.Routines].[Add]", 6528)]
    [InlineData("CREATE FUNCTION f (@a int) RETURNS int AS EXTERNAL NAME t.[TestAssembly.Nope].[Add]", 6505)]
    [InlineData("CREATE FUNCTION f (@a int) RETURNS int AS EXTERNAL NAME t.[TestAssembly.Routines].Nope", 6506)]
    [InlineData("CREATE FUNCTION f (@a int) RETURNS int AS EXTERNAL NAME t.[TestAssembly.Routines].[Add]", 6550)]
    [InlineData("CREATE FUNCTION f (@a int, @b int) RETURNS bigint AS EXTERNAL NAME t.[TestAssembly.Routines].[Add]", 6551)]
    [InlineData("CREATE FUNCTION f (@a int, @b bigint) RETURNS int AS EXTERNAL NAME t.[TestAssembly.Routines].[Add]", 6552)]
    [InlineData("CREATE FUNCTION f (@a varchar(10)) RETURNS nvarchar(50) AS EXTERNAL NAME t.[TestAssembly.Routines].Greet", 6552)]
    [InlineData("CREATE FUNCTION f () RETURNS int AS EXTERNAL NAME t.[TestAssembly.Instance].NotStatic", 6573)]
    [InlineData("CREATE PROCEDURE p @a int AS EXTERNAL NAME t.[TestAssembly.Routines].Overloaded", 6572)]
    [InlineData("CREATE PROCEDURE p AS EXTERNAL NAME t.[TestAssembly.Routines].WrongReturn", 6567)]
    [InlineData("CREATE PROCEDURE p @a int, @b int, @q int, @log nvarchar(50) OUTPUT AS EXTERNAL NAME t.[TestAssembly.Routines].Divide", 6552)]
    [InlineData("CREATE ASSEMBLY x FROM '/no/such/file.dll'", 6501)]
    [InlineData("CREATE ASSEMBLY x FROM 0x4D5A0102", 6544)]
    [InlineData("DROP ASSEMBLY nope", 15151)]
    [InlineData("ALTER ASSEMBLY nope FROM 0x01", 6528)]
    [InlineData("EXEC sys.sp_add_trusted_assembly 0x01", 214)]
    [InlineData("EXEC sys.sp_drop_trusted_assembly 0x00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000", 214)]
    public void Creation_checks_what_a_call_would_need(string statement, int error)
    {
        Install();
        Assert.Contains($"Msg {error}, ", _sql.Run(statement));
    }

    [Fact]
    public void Untrusted_assemblies_and_disabled_clr_are_refused()
    {
        Assert.StartsWith("Msg 10343, Level 14", _sql.Run($"CREATE ASSEMBLY t FROM '{AssemblyPath}'"));
        Assert.StartsWith("Msg 10327, Level 14", _sql.Run($"CREATE ASSEMBLY t FROM '{AssemblyPath}' WITH PERMISSION_SET = UNSAFE"));
        Install(enabled: false);
        Assert.Equal("", Function("Add", "@a int, @b int", "int"));
        Assert.StartsWith("Msg 6263, ", _sql.Run("SELECT dbo.[Add](1, 2)"));
        _sql.Run("EXEC sp_configure 'clr enabled', 1; RECONFIGURE;");
        Assert.Equal("3", _sql.Run("SELECT dbo.[Add](1, 2)"));
        _sql.Run("EXEC sp_configure 'clr enabled', 0; RECONFIGURE;");
        Assert.StartsWith("Msg 6263, ", _sql.Run("SELECT dbo.[Add](1, 2)"));
        Assert.StartsWith("Msg 6246, ", _sql.Run($"CREATE ASSEMBLY t FROM '{AssemblyPath}'"));
        Assert.StartsWith("Msg 6285, ", _sql.Run($"CREATE ASSEMBLY t2 FROM '{AssemblyPath}'"));
        Assert.StartsWith("Msg 6590, ", _sql.Run("DROP ASSEMBLY t"));
        Assert.Equal("", _sql.Run("DROP FUNCTION dbo.[Add]; DROP ASSEMBLY t; DROP ASSEMBLY IF EXISTS t;"));
    }

    [Fact]
    public void An_assembly_comes_as_bytes_too_and_shows_in_the_catalog()
    {
        _sql.Run("EXEC sp_configure 'show advanced options', 1; RECONFIGURE; EXEC sp_configure 'clr strict security', 0; RECONFIGURE;");
        string hex = Convert.ToHexString(File.ReadAllBytes(AssemblyPath));
        Assert.Equal("", _sql.Run($"CREATE ASSEMBLY t FROM 0x{hex} WITH PERMISSION_SET = SAFE"));
        Assert.Equal("t | SAFE_ACCESS | 65536", _sql.Run("SELECT name, permission_set_desc, assembly_id FROM sys.assemblies WHERE is_user_defined = 1"));
        Assert.Equal("ninadb.engine.testassembly", _sql.Run("SELECT LEFT(clr_name, 26) FROM sys.assemblies WHERE assembly_id > 1"));
        Function("Add", "@a int, @b int", "int");
        Assert.Equal("Add | TestAssembly.Routines | Add", _sql.Run("SELECT OBJECT_NAME(object_id), assembly_class, assembly_method FROM sys.assembly_modules"));
    }

    [Fact]
    public void A_peek_through_select_is_fast()
    {
        Install();
        _sql.Run("CREATE FUNCTION dbo.Peek (@content varbinary(max), @offset bigint, @count int) RETURNS varbinary(8000) AS EXTERNAL NAME t.[TestAssembly.Routines].Peek");
        _sql.Run("CREATE FUNCTION dbo.CountCalls () RETURNS int AS EXTERNAL NAME t.[TestAssembly.Routines].CountCalls");
        Assert.Equal("0x4142", _sql.Run("SELECT dbo.Peek(CAST(REPLICATE('AB', 5000) AS varbinary(max)), 100, 2)"));

        // Not a benchmark: only a call that does something absurd (binding anew, say) would miss this.
        _sql.Run("SELECT MAX(dbo.CountCalls()) FROM GENERATE_SERIES(1, 1000)");
        var watch = Stopwatch.StartNew();
        Assert.Equal("51000", _sql.Run("SELECT MAX(dbo.CountCalls()) FROM GENERATE_SERIES(1, 50000)"));
        Assert.True(watch.ElapsedMilliseconds < 5000, $"50,000 calls took {watch.ElapsedMilliseconds} ms");
    }
}
