using Xunit;

namespace NinaDB.Engine.Tests.Session;

public sealed class CursorTests
{
    [Fact]
    public void Fetch_in_every_direction() => Assert.Equal("5 1 5 4 2 3 -1 ", SqlTestHarness.RunAlone("""
        DECLARE c CURSOR SCROLL FOR SELECT value FROM GENERATE_SERIES(1, 5); DECLARE @v int, @s varchar(100) = '';
        OPEN c;
        SET @s += CONCAT(@@CURSOR_ROWS, ' ');
        FETCH FIRST FROM c INTO @v; SET @s += CONCAT(@v, ' ');
        FETCH LAST FROM c INTO @v; SET @s += CONCAT(@v, ' ');
        FETCH PRIOR FROM c INTO @v; SET @s += CONCAT(@v, ' ');
        FETCH ABSOLUTE 2 FROM c INTO @v; SET @s += CONCAT(@v, ' ');
        FETCH RELATIVE 1 FROM c INTO @v; SET @s += CONCAT(@v, ' ');
        FETCH ABSOLUTE 99 FROM c INTO @v; SET @s += CONCAT(@@FETCH_STATUS, ' ');
        CLOSE c; DEALLOCATE c; PRINT @s;
        """));

    [Fact]
    public void Loop_with_where_current_of() => Assert.Equal("1 | 10\n2 | 21\n3 | 30", SqlTestHarness.RunAlone("""
        CREATE TABLE dbo.t (id int PRIMARY KEY, n int); INSERT dbo.t VALUES (1, 10), (2, 20), (3, 30);
        DECLARE @id int; DECLARE c CURSOR LOCAL FOR SELECT id FROM dbo.t;
        OPEN c; FETCH NEXT FROM c INTO @id;
        WHILE @@FETCH_STATUS = 0
        BEGIN
            IF @id = 2 UPDATE dbo.t SET n += 1 WHERE CURRENT OF c;
            FETCH NEXT FROM c INTO @id;
        END;
        CLOSE c; DEALLOCATE c; SELECT id, n FROM dbo.t ORDER BY id;
        """));

    [Fact]
    public void Cursor_variables() => Assert.Equal("1\n2", SqlTestHarness.RunAlone("""
        DECLARE @c CURSOR, @v int; SET @c = CURSOR FOR SELECT value FROM GENERATE_SERIES(1, 2);
        OPEN @c; FETCH NEXT FROM @c INTO @v; PRINT @v; FETCH NEXT FROM @c INTO @v; PRINT @v; CLOSE @c; DEALLOCATE @c;
        """));

    [Theory]
    [InlineData("OPEN nope;", "Msg 16916, Level 16, State 1, Line 1: A cursor with the name 'nope' does not exist.")]
    [InlineData("DECLARE c CURSOR FOR SELECT 1; FETCH c;", "Msg 16917, Level 16, State 2, Line 1: Cursor is not open.")]
    [InlineData("DECLARE c CURSOR FOR SELECT 1; DECLARE c CURSOR FOR SELECT 2;", "Msg 16915, Level 16, State 1, Line 1: A cursor with the name 'c' already exists.")]
    [InlineData("DECLARE c CURSOR FOR SELECT 1; OPEN c; FETCH PRIOR FROM c;", "Msg 16911, Level 16, State 1, Line 1: fetch: The fetch type prior cannot be used with forward only cursors.")]
    public void Mistakes(string script, string expected) => Assert.Equal(expected, SqlTestHarness.RunAlone(script));
}
