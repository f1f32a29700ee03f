namespace NinaDB.Engine.Tests.Clr;

public sealed class ClrAggregateTests : ClrTestBase
{
    private void Install()
    {
        Assert.Equal("", Run("CREATE AGGREGATE dbo.Concatenate (@value nvarchar(100)) RETURNS nvarchar(4000) EXTERNAL NAME t.[TestAssembly.Concatenate]"));
        Assert.Equal("", Run("CREATE AGGREGATE dbo.WeightedSum (@value float, @weight int) RETURNS nvarchar(50) EXTERNAL NAME t.[TestAssembly.WeightedSum]"));
        Assert.Equal("", Run("CREATE AGGREGATE dbo.Forgetful (@value int) RETURNS int EXTERNAL NAME t.[TestAssembly.Forgetful]"));
        Run("CREATE TABLE dbo.Sale (Region nvarchar(10), Product nvarchar(10), Price float, Quantity int);"
            + "INSERT dbo.Sale VALUES (N'north', N'pen', 1.5, 2), (N'north', N'ink', 4, 1), (N'south', N'pen', 1.5, 10), (N'south', N'pen', 2, NULL), (N'west', NULL, NULL, NULL)");
    }

    [Fact]
    public void Aggregates_of_groups_and_of_everything()
    {
        Install();
        Assert.Equal("north | pen,ink\nsouth | pen,pen\nwest | ", Run("SELECT Region, dbo.Concatenate(Product) FROM dbo.Sale GROUP BY Region ORDER BY Region"));
        Assert.Equal("22/2", Run("SELECT dbo.WeightedSum(Price, Quantity) FROM dbo.Sale"));
        Assert.Equal("south", Run("SELECT Region FROM dbo.Sale GROUP BY Region HAVING dbo.WeightedSum(Price, Quantity) = N'15/1'"));
        Assert.Equal("pen,ink", Run("SELECT dbo.Concatenate(DISTINCT Product) FROM dbo.Sale"));
        Assert.Equal("pen,ink,pen,pen", Run("SELECT dbo.Concatenate(ALL Product) FROM dbo.Sale"));
        Assert.Equal("7/0 | 2", Run("SELECT dbo.WeightedSum(s.Price, s.Quantity), COUNT(*) FROM dbo.Sale AS s WHERE s.Region = N'north'"));
        Assert.Equal("north | 7/0\nsouth | 15/1\nwest | 0/1\nNULL | 22/2", Run("SELECT Region, dbo.WeightedSum(Price, Quantity) FROM dbo.Sale GROUP BY ROLLUP (Region) ORDER BY GROUPING(Region), Region"));
    }

    [Fact]
    public void No_rows_reach_the_class_unless_it_is_null_if_empty()
    {
        Install();
        Assert.Equal("NULL", Run("SELECT dbo.WeightedSum(Price, Quantity) FROM dbo.Sale WHERE 1 = 0"));
        Assert.Equal("0", Run("SELECT dbo.Forgetful(Quantity) FROM dbo.Sale WHERE 1 = 0"));
        Assert.Equal("", Run("SELECT dbo.Forgetful(Quantity) FROM dbo.Sale WHERE 1 = 0 GROUP BY Region"));
    }

    [Fact]
    public void The_state_goes_through_its_bytes()
    {
        Install();
        Assert.Equal("200", Run("SELECT dbo.Forgetful(Quantity) FROM dbo.Sale WHERE Region = N'north'"));
        Run("CREATE AGGREGATE dbo.TooLong (@value int) RETURNS int EXTERNAL NAME t.[TestAssembly.TooLong]");
        Assert.Contains("The buffer is insufficient. Read or write operation failed.", Run("SELECT dbo.TooLong(1)"));
    }

    [Fact]
    public void Windows_are_whole_partitions()
    {
        Install();
        Assert.Equal("pen | 7/0\nink | 7/0\npen | 15/1\npen | 15/1\nNULL | 0/1", Run("SELECT Product, dbo.WeightedSum(Price, Quantity) OVER (PARTITION BY Region) FROM dbo.Sale"));
        Assert.Equal("22/2", Run("SELECT DISTINCT dbo.WeightedSum(Price, Quantity) OVER () FROM dbo.Sale"));
        Assert.StartsWith("Msg 156, Level 15", Run("SELECT dbo.WeightedSum(Price, Quantity) OVER (PARTITION BY Region ORDER BY Price) FROM dbo.Sale"));
        Assert.StartsWith("Msg 10759", Run("SELECT dbo.Concatenate(DISTINCT Product) OVER () FROM dbo.Sale"));
    }

    [Fact]
    public void The_rules_of_aggregates_hold()
    {
        Install();
        Assert.StartsWith("Msg 130", Run("SELECT SUM(LEN(dbo.Concatenate(Product))) FROM dbo.Sale"));
        Assert.StartsWith("Msg 130", Run("SELECT dbo.Concatenate(MAX(Product)) FROM dbo.Sale"));
        Assert.StartsWith("Msg 147", Run("SELECT 1 FROM dbo.Sale WHERE dbo.Concatenate(Product) = N''"));
        Assert.StartsWith("Msg 8120", Run("SELECT Region, dbo.Concatenate(Product) FROM dbo.Sale"));
        Assert.StartsWith("Msg 174, Level 15, State 1, Line 1: The WeightedSum function requires 2 argument(s).", Run("SELECT dbo.WeightedSum(Price) FROM dbo.Sale"));
        Assert.StartsWith("Msg 195", Run("SELECT WeightedSum(Price, Quantity) FROM dbo.Sale"));
        Assert.Equal("2 | pen,ink", Run("SELECT (SELECT COUNT(DISTINCT s.Product)), dbo.Concatenate(DISTINCT s.Product) FROM dbo.Sale AS s WHERE s.Product IS NOT NULL"));
    }

    [Fact]
    public void Pivot_takes_what_is_invariant_to_nulls()
    {
        Install();
        Assert.Equal("pen,ink | pen,pen", Run("SELECT north, south FROM (SELECT Region, Product FROM dbo.Sale) AS s PIVOT (dbo.Concatenate(Product) FOR Region IN (north, south)) AS p"));
        Assert.StartsWith("Msg 406", Run("SELECT north FROM (SELECT Region, Quantity FROM dbo.Sale) AS s PIVOT (dbo.Forgetful(Quantity) FOR Region IN (north)) AS p"));
    }

    [Fact]
    public void The_catalog_shows_them()
    {
        Install();
        Assert.Equal("WeightedSum | AF | AGGREGATE_FUNCTION", Run("SELECT name, type, type_desc FROM sys.objects WHERE object_id = OBJECT_ID('dbo.WeightedSum')"));
        Assert.Equal("TestAssembly.WeightedSum | NULL", Run("SELECT assembly_class, assembly_method FROM sys.assembly_modules WHERE object_id = OBJECT_ID('dbo.WeightedSum')"));
        Assert.Equal("0 |  | nvarchar | 1\n1 | @value | float | 0\n2 | @weight | int | 0", Run("SELECT parameter_id, name, TYPE_NAME(user_type_id), is_output FROM sys.parameters WHERE object_id = OBJECT_ID('dbo.WeightedSum') ORDER BY parameter_id"));
        Assert.Equal("FUNCTION | EXTERNAL | nvarchar", Run("SELECT ROUTINE_TYPE, ROUTINE_BODY, DATA_TYPE FROM INFORMATION_SCHEMA.ROUTINES WHERE ROUTINE_NAME = 'WeightedSum'"));
        Assert.StartsWith("Msg 2714", Run("CREATE FUNCTION dbo.WeightedSum () RETURNS int AS BEGIN RETURN 1 END"));
        Assert.StartsWith("Msg 3705", Run("DROP FUNCTION dbo.WeightedSum"));
        Assert.StartsWith("Msg 2809, Level 16, State 1, Line 1: The request for procedure 'WeightedSum' failed because 'WeightedSum' is a aggregate function object.", Run("EXEC dbo.WeightedSum 1, 2"));
        Assert.StartsWith("Msg 6590", Run("DROP ASSEMBLY t"));
        Assert.Equal("", Run("DROP AGGREGATE dbo.WeightedSum, dbo.Concatenate; DROP AGGREGATE IF EXISTS dbo.WeightedSum, dbo.Forgetful; DROP ASSEMBLY t"));
    }

    [Fact]
    public void Calling_needs_execute()
    {
        Install();
        Run("CREATE USER u WITHOUT LOGIN; GRANT SELECT ON dbo.Sale TO u");
        Assert.StartsWith("Msg 229, Level 14, State 5, Line 1: The EXECUTE permission was denied on the object 'Forgetful'", Run("EXECUTE AS USER = 'u'; SELECT dbo.Forgetful(Quantity) FROM dbo.Sale"));
        Run("REVERT; GRANT EXECUTE ON dbo.Forgetful TO u");
        Assert.Equal("200", Run("EXECUTE AS USER = 'u'; SELECT dbo.Forgetful(Quantity) FROM dbo.Sale WHERE Region = N'north'; REVERT"));
        Assert.StartsWith(
            "Msg 262, Level 14, State 1, Line 1: CREATE AGGREGATE permission denied in database",
            Run("EXECUTE AS USER = 'u'; CREATE AGGREGATE dbo.Other (@value int) RETURNS int EXTERNAL NAME t.[TestAssembly.Forgetful]"));
    }

    [Fact]
    public void An_exception_of_the_class_is_error_6522()
    {
        Install();
        Assert.StartsWith(
            "Msg 6522, Level 16, State 2, Line 1: A .NET Framework error occurred during execution of user-defined routine or aggregate \"Forgetful\": \r\nTestAssembly.NumberedException: Negative.\r\n",
            Run("SELECT dbo.Forgetful(-Quantity) FROM dbo.Sale WHERE Quantity > 0"));
        Run("EXEC sp_configure 'clr enabled', 0; RECONFIGURE;");
        Assert.StartsWith("Msg 6263", Run("SELECT dbo.Forgetful(Quantity) FROM dbo.Sale"));
    }

    [Theory]
    [InlineData("(@v int) RETURNS int EXTERNAL NAME t.[TestAssembly.Nope]", "Msg 6556, Level 16, State 1", "CREATE AGGREGATE failed because it could not find type 'TestAssembly.Nope' in assembly 't'.")]
    [InlineData("(@v int) RETURNS int EXTERNAL NAME t.[TestAssembly.Nope]", "Msg 6597, Level 16, State 2", "CREATE AGGREGATE failed.")]
    [InlineData("(@v int) RETURNS int EXTERNAL NAME t.[TestAssembly.Instance]", "Msg 6255, Level 16, State 1", "does not conform to the UDAGG specification: missing custom attribute \"Microsoft.SqlServer.Server.SqlUserDefinedAggregateAttribute\".")]
    [InlineData("(@v int) RETURNS int EXTERNAL NAME t.[TestAssembly.HoldsReference]", "Msg 6225", "field \"_text\" of type \"t.TestAssembly.HoldsReference\" is of type \"mscorlib.System.String\" which is a non-value type.")]
    [InlineData("(@v int) RETURNS int EXTERNAL NAME t.[TestAssembly.NoMerge]", "Msg 6558", "due to method 'Merge'.")]
    [InlineData("(@v int) RETURNS int EXTERNAL NAME t.[TestAssembly.TooWide]", "Msg 6244", "The size (9000) for \"t.TestAssembly.TooWide\"")]
    [InlineData("(@v int) RETURNS int EXTERNAL NAME t.[TestAssembly.NotSerializable]", "Msg 6226", "IBinarySerialize")]
    [InlineData("(@v int, @w int) RETURNS int EXTERNAL NAME t.[TestAssembly.Forgetful]", "Msg 6558", "due to method 'Accumulate'.")]
    [InlineData("(@v int) RETURNS bigint EXTERNAL NAME t.[TestAssembly.Forgetful]", "Msg 6558", "due to method 'Terminate'.")]
    [InlineData("(@v bigint) RETURNS int EXTERNAL NAME t.[TestAssembly.Forgetful]", "Msg 6552, Level 16, State 3", "CREATE for \"A\" failed because T-SQL and CLR types for parameter \"@v\" do not match.")]
    [InlineData("(@v int = 1) RETURNS int EXTERNAL NAME t.[TestAssembly.Forgetful]", "Msg 10726, Level 15", "User defined aggregates do not support default parameters.")]
    [InlineData("@v int RETURNS int EXTERNAL NAME t.[TestAssembly.Forgetful]", "Msg 102", "")]
    [InlineData("(@v int) RETURNS int AS EXTERNAL NAME t.[TestAssembly.Forgetful]", "Msg 156", "")]
    [InlineData("(@v int) RETURNS int EXTERNAL NAME t.[TestAssembly.Forgetful].Init", "Msg 102", "")]
    [InlineData("(@v int) RETURNS int EXTERNAL NAME nope.[TestAssembly.Forgetful]", "Msg 6528", "")]
    public void The_class_is_checked(string declaration, string error, string text)
    {
        string message = Run("CREATE AGGREGATE dbo.A " + declaration);
        Assert.Contains(error, message);
        Assert.Contains(text, message);
    }
}
