namespace NinaDB.Engine.Tests.Clr;

public sealed class ClrTypeTests : ClrTestBase
{
    private void Install()
    {
        Assert.Equal("", Run("CREATE TYPE dbo.Point EXTERNAL NAME t.[TestAssembly.Point]"));
        Assert.Equal("", Run("CREATE TYPE dbo.Label EXTERNAL NAME t.[TestAssembly.Label]"));
        Assert.Equal("", Run("CREATE TYPE dbo.Document EXTERNAL NAME t.[TestAssembly.Document]"));
    }

    [Fact]
    public void Values_come_from_text_and_go_to_text_and_bytes()
    {
        Install();
        Assert.Equal("3,-4", Run("DECLARE @p dbo.Point = '3,-4'; SELECT @p.ToString()"));
        Assert.Equal("0x00800000037FFFFFFC | 9", Run("DECLARE @p dbo.Point = '3,-4'; SELECT CAST(@p AS varbinary(20)), DATALENGTH(@p)"));
        Assert.Equal("3,-4", Run("SELECT CAST(CAST(0x00800000037FFFFFFC AS dbo.Point) AS nvarchar(20))"));
        Assert.Equal("3,4 | NULL", Run("SELECT CONVERT(dbo.Point, N'3,4').ToString(), TRY_CAST('x' AS dbo.Point)").Replace("0x008000000380000004", "3,4", StringComparison.Ordinal));
        Assert.Equal("NULL", Run("DECLARE @p dbo.Point; SELECT @p.ToString()"));
        Assert.Equal("hello | 0x0568656C6C6F", Run("DECLARE @l dbo.Label = N'hello'; SELECT @l.ToString(), CAST(@l AS varbinary(max))"));
    }

    [Fact]
    public void Native_fields_are_ordered_bytes()
    {
        Run("CREATE TYPE dbo.Layout EXTERNAL NAME t.[TestAssembly.Layout]");
        Assert.Equal("0x01027D7FFC000580000006000000077FFFFFFFFFFFFFF8BFC00000C0040000000000003FFBFFFFFFFFFFFF0180000009", Run("SELECT CAST(CAST('' AS dbo.Layout) AS varbinary(100))"));
        Assert.Equal("True 2 -3 -4 5 6 7 -8 1.5 2.5 -2.5 9", Run("SELECT CAST('' AS dbo.Layout).ToString()"));
    }

    [Fact]
    public void Columns_hold_values()
    {
        Install();
        Assert.Equal("", Run("CREATE TABLE dbo.Place (Id int PRIMARY KEY, Name dbo.Label NULL, At dbo.Point NOT NULL DEFAULT '0,0', INDEX ix (At)); INSERT dbo.Place VALUES (1, 'b', '3,4'), (2, NULL, '-1,5'), (3, 'a', dbo.Point::Make(3, -7)); INSERT dbo.Place (Id) VALUES (4);"));
        Assert.Equal("2 | -1,5\n4 | 0,0\n3 | 3,-7\n1 | 3,4", Run("SELECT Id, At.ToString() FROM dbo.Place ORDER BY At"));
        Assert.Equal("1", Run("SELECT Id FROM dbo.Place WHERE At = '3,4'"));
        Assert.Equal("1 | 3\n3 | 3", Run("SELECT p.Id, p.At.X FROM dbo.Place AS p WHERE p.At.X > 2 ORDER BY 1"));
        Assert.Equal("3,4 | -1,5", Run("SELECT MAX(At).ToString(), MIN(At).ToString() FROM dbo.Place"));
        Assert.Equal("3 | 2", Run("SELECT At.X, COUNT(*) FROM dbo.Place GROUP BY At.X HAVING COUNT(*) > 1"));
        Assert.Equal("4", Run("SELECT COUNT(DISTINCT At) FROM dbo.Place"));
        Assert.Equal("1 | b | NULL", Run("SELECT p.Id, p.Name.ToString(), q.Name.ToString() FROM dbo.Place AS p JOIN dbo.Place AS q ON q.At = CAST('-1,5' AS dbo.Point) WHERE p.Id = 1"));
        Assert.Equal("3 | a", Run("SELECT TOP (1) Id, [Name].Text FROM dbo.Place WHERE [Name].Length = 1 ORDER BY Id DESC"));
        Assert.Equal("", Run("SELECT * INTO dbo.Copy FROM dbo.Place"));
        Assert.Equal("Label | Point", Run("SELECT TYPE_NAME(MIN(user_type_id)), TYPE_NAME(MAX(user_type_id)) FROM sys.columns WHERE object_id = OBJECT_ID('dbo.Copy') AND system_type_id = 240").Replace("Point | Label", "Label | Point", StringComparison.Ordinal));
        Assert.StartsWith("Msg 3732", Run("DROP TYPE dbo.Point"));
        Assert.StartsWith("Msg 2601", Run("CREATE UNIQUE INDEX u ON dbo.Place (At); INSERT dbo.Place VALUES (9, NULL, '3,4')"));
        Assert.StartsWith("Msg 2715", Run("CREATE TABLE #t (p dbo.Point)"));
    }

    [Fact]
    public void Properties_and_mutators_change_values()
    {
        Install();
        Assert.Equal("5,7 | 2", Run("DECLARE @p dbo.Point = '1,2'; SET @p.X = 5; SET @p.Move(0, 5); SELECT @p.ToString(), @p.Mirrored.X - 5"));
        Run("CREATE TABLE dbo.Place (Id int, At dbo.Point); INSERT dbo.Place VALUES (1, '1,1'), (2, NULL)");
        Assert.Equal("10,1", Run("UPDATE dbo.Place SET At.X = Id * 10 WHERE Id = 1; SELECT At.ToString() FROM dbo.Place WHERE Id = 1"));
        Assert.Equal("11,3", Run("UPDATE dbo.Place SET At.Move(1, 2) WHERE Id = 1; SELECT At.ToString() FROM dbo.Place WHERE Id = 1"));
        Assert.StartsWith("Msg 5302, Level 16, State 1, Line 1: Mutator 'X' on 'At' cannot be called on a null value.", Run("UPDATE dbo.Place SET At.X = 1"));
        Assert.StartsWith("Msg 5302, Level 16, State 1, Line 1: Mutator 'Move' on '@p' cannot be called on a null value.", Run("DECLARE @p dbo.Point; SET @p.Move(1, 1)"));
        Assert.StartsWith("Msg 6201, Level 16, State 1, Line 1: Method \"ToString\" of type \"TestAssembly.Point\" in assembly \"t\" is not marked as a mutator.", Run("DECLARE @p dbo.Point = '1,1'; SET @p.ToString()"));
        Assert.StartsWith("Msg 6200, ", Run("DECLARE @p dbo.Point = '1,1'; SELECT @p.Move(1, 1)"));
        Assert.StartsWith("Msg 6595, ", Run("DECLARE @p dbo.Point = '1,1'; SET @p.Mirrored = '1,1'"));
    }

    [Fact]
    public void Methods_are_called()
    {
        Install();
        Assert.Equal("5 | NULL", Run("DECLARE @p dbo.Point = '0,0', @n dbo.Point; SELECT @p.DistanceFrom('3,4'), @p.DistanceFrom(@n)"));
        Assert.Equal("8 | NULL | 0 | NULL", Run("DECLARE @p dbo.Point = '3,4', @n dbo.Point; SELECT @p.Plus(5), @p.Plus(NULL), @n.HasValue(), @n.X"));
        Assert.Equal("0,0 | 1,2 | 4,3", Run("SELECT dbo.Point::Origin.ToString(), Point::Parse('1,2').ToString(), dbo.Point::[Parse]('3,4').Mirrored.ToString()"));
        Assert.StartsWith("Msg 6592, Level 16, State 1, Line 1: Could not find property or field 'Z' for type 'TestAssembly.Point' in assembly 't'.", Run("DECLARE @p dbo.Point; SELECT @p.Z"));
        Assert.StartsWith("Msg 6506, Level 16, State 10", Run("DECLARE @p dbo.Point; SELECT @p.Nope()"));
        Assert.StartsWith("Msg 174, ", Run("DECLARE @p dbo.Point; SELECT @p.Plus()"));
        Assert.StartsWith("Msg 6584, ", Run("SELECT dbo.Point::X"));
        Assert.StartsWith("Msg 243, Level 16, State 4, Line 1: Type Nowhere is not a defined system type.", Run("SELECT Nowhere::Parse('1')"));
        Assert.StartsWith("Msg 258, ", Run("DECLARE @p dbo.Point = '1,2'; SELECT @p.X.Y"));
        Assert.Contains("System.ArgumentException: Empty.", Run("DECLARE @l dbo.Label = N''"));
        Assert.StartsWith("Msg 6522, Level 16, State 2, Line 1: A .NET Framework error occurred during execution of user-defined routine or aggregate \"Label\": \r\nSystem.ArgumentException: Empty.", Run("DECLARE @l dbo.Label = N''"));
        Assert.Contains("TruncationException", Run("SELECT dbo.Label::Parse(N'abcdef').Code"));
        Assert.Contains("The buffer is insufficient.", Run("DECLARE @l dbo.Label = REPLICATE(N'x', 50)"));
    }

    [Fact]
    public void Types_that_do_not_compare_are_refused_where_order_is_asked_for()
    {
        Install();
        Run("CREATE TABLE dbo.T (Id int, L dbo.Label)");
        Assert.StartsWith("Msg 403, Level 16, State 1, Line 1: Invalid operator for data type. Operator equals equal to, type equals Label.", Run("SELECT 1 FROM dbo.T WHERE L = 'x'"));
        Assert.StartsWith("Msg 249, Level 16, State 1, Line 1: The type \"Label\" is not comparable. It cannot be used in the ORDER BY clause.", Run("SELECT Id FROM dbo.T ORDER BY L"));
        Assert.StartsWith("Msg 249, Level 16, State 1, Line 1: The type \"Label\" is not comparable. It cannot be used in the GROUP BY clause.", Run("SELECT COUNT(*) FROM dbo.T GROUP BY L"));
        Assert.StartsWith("Msg 421, ", Run("SELECT DISTINCT L FROM dbo.T"));
        Assert.StartsWith("Msg 1978, ", Run("CREATE INDEX ix ON dbo.T (L)"));
        Assert.Contains("Msg 1919, ", Run("CREATE TABLE dbo.U (L dbo.Label NOT NULL PRIMARY KEY)"));
        Assert.Equal("0", Run("SELECT COUNT(*) FROM dbo.T WHERE L IS NULL"));
    }

    [Fact]
    public void Conversions_are_those_of_CLR_types()
    {
        Install();
        Assert.StartsWith("Msg 529, Level 16, State 2, Line 1: Explicit conversion from data type int to ", Run("SELECT CAST(1 AS dbo.Point)"));
        Assert.Contains(".dbo.Point is not allowed.", Run("SELECT CAST(1 AS dbo.Point)"));
        Assert.StartsWith("Msg 206, Level 16, State 2, Line 1: Operand type clash: int is incompatible with Point", Run("DECLARE @p dbo.Point = 1").Replace("State 1", "State 2", StringComparison.Ordinal));
        Assert.StartsWith("Msg 257, ", Run("DECLARE @p dbo.Point = '1,2', @t nvarchar(10); SET @t = @p"));
        Assert.StartsWith("Msg 257, ", Run("DECLARE @p dbo.Point = 0x00800000037FFFFFFC"));
        Assert.Contains("dbo.Point is incompatible with dbo.Label", Run("DECLARE @p dbo.Point = '1,2', @l dbo.Label; SET @l = @p"));
        Assert.StartsWith("Msg 403, ", Run("DECLARE @p dbo.Point = '1,2'; SELECT @p + 1"));
        Assert.StartsWith("Msg 6235, Level 16, State 1, Line 1: Data serialization error. Length (2) is less than fixed length (9) for type 'Point'.", Run("SELECT CAST(0x0102 AS dbo.Point)"));
        Assert.StartsWith("Msg 6207, ", Run("DECLARE @p dbo.Point = '1,2'; SELECT CAST(@p AS binary(20))"));
    }

    [Fact]
    public void Parameters_routines_and_aggregates_take_values()
    {
        Install();
        Run("CREATE FUNCTION dbo.[Double] (@p dbo.Point) RETURNS dbo.Point AS EXTERNAL NAME t.[TestAssembly.PointRoutines].[Double]");
        Run("CREATE FUNCTION dbo.Describe (@l dbo.Label) RETURNS nvarchar(50) AS EXTERNAL NAME t.[TestAssembly.PointRoutines].Describe");
        Run("CREATE PROCEDURE dbo.Turn @p dbo.Point OUTPUT AS EXTERNAL NAME t.[TestAssembly.PointRoutines].Turn");
        Run("CREATE AGGREGATE dbo.Farthest (@p dbo.Point) RETURNS dbo.Point EXTERNAL NAME t.[TestAssembly.Farthest]");
        Run("CREATE FUNCTION dbo.Shift (@p dbo.Point, @by int) RETURNS dbo.Point AS BEGIN SET @p.X = @p.X + @by; RETURN @p; END");
        Run("CREATE PROCEDURE dbo.Show @p dbo.Point AS SELECT @p.ToString()");
        Assert.Equal("6,8 | nothing | x", Run("SELECT dbo.[Double]('3,4').ToString(), dbo.Describe(NULL), dbo.Describe(N'x')"));
        Assert.Equal("4,3", Run("DECLARE @p dbo.Point = '3,4'; EXEC dbo.Turn @p OUTPUT; SELECT @p.ToString()"));
        Assert.Equal("7,1", Run("SELECT dbo.Farthest(CAST(v.t AS dbo.Point)).ToString() FROM (VALUES ('1,9'), ('7,1'), (NULL)) AS v (t)"));
        Assert.Equal("5,2", Run("SELECT dbo.Shift('3,2', 2).ToString()"));
        Assert.Equal("9,9", Run("EXEC dbo.Show '9,9'"));
        Assert.Equal("1", Run("EXEC sp_executesql N'SELECT @p.X', N'@p dbo.Point', @p = '1,2'"));
        Assert.StartsWith("Msg 6598, ", Run("DROP FUNCTION dbo.[Double], dbo.Describe, dbo.Shift; DROP PROCEDURE dbo.Turn, dbo.Show; DROP AGGREGATE dbo.Farthest; DROP ASSEMBLY t"));
        Assert.Equal("", Run("DROP TYPE dbo.Point; DROP TYPE dbo.Label; DROP TYPE dbo.Document; DROP ASSEMBLY t"));
    }

    [Fact]
    public void Values_without_a_limit_are_stored_off_row()
    {
        Install();
        Run("CREATE TABLE dbo.D (Id int, Doc dbo.Document); INSERT dbo.D VALUES (1, '100000'), (2, '3')");
        Assert.Equal("1 | 100000 | 100004\n2 | 3 | 7", Run("SELECT Id, Doc.Size, DATALENGTH(Doc) FROM dbo.D ORDER BY Id"));
        Assert.Equal("-1 | 0", Run("SELECT max_length, is_fixed_length FROM sys.assembly_types WHERE name = 'Document'"));
    }

    [Fact]
    public void The_catalog_shows_them()
    {
        Install();
        Assert.Equal("240 | 9 | 1 | 1 | 1", Run("SELECT system_type_id, max_length, is_assembly_type, is_user_defined, is_nullable FROM sys.types WHERE name = 'Point'"));
        Assert.Equal("TestAssembly.Point | 1 | 1", Run("SELECT assembly_class, is_binary_ordered, is_fixed_length FROM sys.assembly_types WHERE name = 'Point'"));
        Run("CREATE TABLE dbo.T (P dbo.Point)");
        Assert.Equal("Point | 9 | Point", Run("SELECT TYPE_NAME(user_type_id), max_length, (SELECT DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'T') FROM sys.columns WHERE object_id = OBJECT_ID('dbo.T')"));
        Assert.StartsWith("Msg 219", Run("CREATE TYPE dbo.Point FROM int"));
        Assert.StartsWith("Msg 8188", Run("CREATE TYPE dbo.Point2 EXTERNAL NAME t.[TestAssembly.Point]"));
        Run("EXEC sp_configure 'clr enabled', 0; RECONFIGURE;");
        Assert.StartsWith("Msg 6263", Run("SELECT CAST('1,2' AS dbo.Point)"));
    }

    [Theory]
    [InlineData("nope.[TestAssembly.Point]", "Msg 6267, Level 16, State 1", "Assembly \"nope\" does not exist, or the user does not have permission to reference it.")]
    [InlineData("t.[TestAssembly.Nope]", "Msg 6556", "CREATE TYPE failed because it could not find type 'TestAssembly.Nope' in assembly 't'.")]
    [InlineData("t.[TestAssembly.Instance]", "Msg 6255, Level 16, State 2", "does not conform to the UDT specification")]
    [InlineData("t.[TestAssembly.NotSequential]", "Msg 6229", "It is not marked with \"LayoutKind.Sequential\".")]
    [InlineData("t.[TestAssembly.HoldsDecimal]", "Msg 6222", "field \"_value\"")]
    [InlineData("t.[TestAssembly.NotNullable]", "Msg 6577", "due to interface 'INullable'.")]
    [InlineData("t.[TestAssembly.WithoutNull]", "Msg 6557, Level 16, State 7", "due to field 'Null'.")]
    [InlineData("t.[TestAssembly.WithoutParse]", "Msg 6558", "due to method 'Parse'.")]
    [InlineData("t.[TestAssembly.WithoutParse]", "Msg 6597, Level 16, State 1", "CREATE TYPE failed.")]
    [InlineData("t.[TestAssembly.Point].X", "Msg 102", "")]
    public void The_class_is_checked(string name, string error, string text)
    {
        string message = Run("CREATE TYPE dbo.A EXTERNAL NAME " + name);
        Assert.Contains(error, message);
        Assert.Contains(text, message);
    }
}
