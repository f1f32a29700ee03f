namespace NinaDB.Engine.Tests.Clr;

public sealed class ClrAssemblyTests : ClrTestBase
{
    [Fact]
    public void An_assembly_keeps_files()
    {
        Assert.Equal("", Run("ALTER ASSEMBLY t ADD FILE FROM 0x0102 AS N'source.cs', 0x03 AS N'symbols.pdb'"));
        Assert.Equal("1 | t\n2 | source.cs\n3 | symbols.pdb", Run("SELECT file_id, name FROM sys.assembly_files ORDER BY file_id"));
        Assert.Equal("0x0102", Run("SELECT content FROM sys.assembly_files WHERE name = 'source.cs'"));
        Assert.StartsWith("Msg 6249, Level 16, State 1, Line 1: The associated file \"source.cs\" already exists for assembly \"t\".", Run("ALTER ASSEMBLY t ADD FILE FROM 0x01 AS N'source.cs'"));
        Assert.StartsWith("Msg 6252, ", Run("ALTER ASSEMBLY t ADD FILE FROM 0x01"));
        Assert.StartsWith("Msg 6250, Level 11", Run("ALTER ASSEMBLY t DROP FILE N'nothing'"));
        Assert.Equal("2", Run("ALTER ASSEMBLY t DROP FILE N'source.cs'; SELECT COUNT(*) FROM sys.assembly_files"));
        Assert.Equal("1", Run("ALTER ASSEMBLY t DROP FILE ALL; SELECT COUNT(*) FROM sys.assembly_files"));
        Assert.Equal("1", Run($"ALTER ASSEMBLY t ADD FILE FROM '{AssemblyPath}'; SELECT COUNT(*) FROM sys.assembly_files WHERE name = 'NinaDB.Engine.TestAssembly.dll'"));
    }

    [Fact]
    public void Altering_keeps_the_kind_of_a_routine()
    {
        Run("CREATE PROCEDURE dbo.P AS SELECT 1");
        Run("CREATE PROCEDURE dbo.Nothing AS EXTERNAL NAME t.[TestAssembly.Routines].Nothing");
        Run("CREATE FUNCTION dbo.F () RETURNS int AS BEGIN RETURN 1 END");
        Assert.StartsWith("Msg 6530, Level 16, State 3, Procedure P, Line 1: Cannot perform alter on 'P' because it is an incompatible object type.", Run("ALTER PROCEDURE dbo.P AS EXTERNAL NAME t.[TestAssembly.Routines].Nothing"));
        Assert.StartsWith("Msg 6530, Level 16, State 3", Run("ALTER FUNCTION dbo.F () RETURNS int AS EXTERNAL NAME t.[TestAssembly.Routines].CountCalls"));
        Assert.StartsWith("Msg 2010", Run("ALTER PROCEDURE dbo.Nothing AS SELECT 1"));
        Assert.StartsWith("Msg 155, Level 15, State 37, Procedure Q, Line 1: 'RECOMPILE' is not a recognized CREATE PROCEDURE option.", Run("CREATE PROCEDURE dbo.Q WITH RECOMPILE AS EXTERNAL NAME t.[TestAssembly.Routines].Nothing"));
    }

    [Fact]
    public void An_unsigned_assembly_has_a_version_of_its_own_only()
    {
        Assert.Equal("ninadb.engine.testassembly, version=0.0.0.0, culture=neutral, publickeytoken=null, processorarchitecture=msil", Run("SELECT clr_name FROM sys.assemblies WHERE name = 't'"));
        Assert.Equal("1", Run("SELECT CASE WHEN CAST(ASSEMBLYPROPERTY('t', 'VersionMajor') AS int) >= 0 THEN 1 END"));
        Assert.Equal("Microsoft.SqlServer.Types | 1 | UNSAFE_ACCESS | 0", Run("SELECT name, assembly_id, permission_set_desc, is_user_defined FROM sys.assemblies WHERE is_user_defined = 0"));
        Assert.Equal("hierarchyid | Microsoft.SqlServer.Types.SqlHierarchyId", Run("SELECT t.name, t.assembly_class FROM sys.assembly_types AS t JOIN sys.assemblies AS a ON a.assembly_id = t.assembly_id WHERE t.name = 'hierarchyid'"));
    }

    [Fact]
    public void Stored_values_stand_in_the_way_of_a_new_assembly()
    {
        string other = Trust("NinaDB.Engine.TestRoutines.dll");
        Assert.StartsWith("Msg 6579", Run($"ALTER ASSEMBLY t FROM '{other}'"));
        Assert.StartsWith("Msg 6285", Run($"ALTER ASSEMBLY t FROM '{AssemblyPath}'"));
        Assert.Equal("", Run("ALTER ASSEMBLY t WITH PERMISSION_SET = UNSAFE"));
        Assert.Equal("UNSAFE_ACCESS", Run("SELECT permission_set_desc FROM sys.assemblies WHERE name = 't'"));
    }

    [Fact]
    public void Table_valued_functions_promise_their_order()
    {
        Assert.Equal("", Run("CREATE FUNCTION dbo.Down (@count int) RETURNS TABLE (n int) ORDER (n DESC) AS EXTERNAL NAME t.[TestAssembly.Routines].Descending"));
        Assert.Equal("", Run("CREATE FUNCTION dbo.[Up] (@count int) RETURNS TABLE (n int) ORDER (n) AS EXTERNAL NAME t.[TestAssembly.Routines].Descending"));
        Assert.Equal("3\n2\n1", Run("SELECT n FROM dbo.Down(3)"));
        Assert.StartsWith("Msg 5332", Run("SELECT MAX(n) FROM dbo.[Up](3)"));
        Assert.Equal("1 | 1 | 1", Run("SELECT order_column_id, column_id, is_descending FROM sys.function_order_columns WHERE object_id = OBJECT_ID('dbo.Down')"));
        Assert.Contains("Msg 207", Run("CREATE FUNCTION dbo.Wrong (@count int) RETURNS TABLE (n int) ORDER (m) AS EXTERNAL NAME t.[TestAssembly.Routines].Descending"));
    }

    [Theory]
    [InlineData("(n int NOT NULL) AS EXTERNAL NAME t.[TestAssembly.Routines].Descending", "Msg 6526", "Cannot use 'NOT NULL' constraint")]
    [InlineData("(n int DEFAULT 1) AS EXTERNAL NAME t.[TestAssembly.Routines].Descending", "Msg 6526", "(column 'n').")]
    [InlineData("(n int, PRIMARY KEY (n)) AS EXTERNAL NAME t.[TestAssembly.Routines].Descending", "Msg 6525", "Cannot use 'PRIMARY KEY' constraint in the result table of a streaming user-defined function.")]
    [InlineData("(n int IDENTITY) AS EXTERNAL NAME t.[TestAssembly.Routines].Descending", "Msg 6514, Level 16, State 2", "Cannot use 'IDENTITY' column in the result table of a streaming user-defined function (column 'n').")]
    [InlineData("(n timestamp) AS EXTERNAL NAME t.[TestAssembly.Routines].Descending", "Msg 6514, Level 16, State 1", "Cannot use 'TIMESTAMP' column")]
    [InlineData("(n varchar(10)) AS EXTERNAL NAME t.[TestAssembly.Routines].Descending", "Msg 6514, Level 16, State 3", "Cannot use 'varchar' column")]
    [InlineData("(n int) WITH SCHEMABINDING AS EXTERNAL NAME t.[TestAssembly.Routines].Descending", "Msg 487", "")]
    [InlineData("(n int, m int) AS EXTERNAL NAME t.[TestAssembly.Routines].Descending", "Msg 6208", "")]
    [InlineData("(n bigint) AS EXTERNAL NAME t.[TestAssembly.Routines].Descending", "Msg 6258", "CLR function'F' due to column 1.")]
    public void The_result_of_a_table_valued_function_is_checked(string table, string error, string text)
    {
        string message = Run("CREATE FUNCTION dbo.F (@count int) RETURNS TABLE " + table);
        Assert.Contains(error, message);
        Assert.Contains(text, message);
    }

    [Theory]
    [InlineData("WithoutAttribute", "Msg 10306")]
    [InlineData("WithoutFillRow", "Msg 6506")]
    public void The_method_that_fills_rows_is_named(string method, string error) =>
        Assert.Contains(error, Run($"CREATE FUNCTION dbo.F () RETURNS TABLE (n int) AS EXTERNAL NAME t.[TestAssembly.Routines].{method}"));
}
