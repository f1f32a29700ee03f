using Xunit;

namespace NinaDB.Engine.Tests.Session;

public sealed class SmokeTests
{
    [Fact]
    public void Select_one() => Assert.Equal("1", SqlTestHarness.RunAlone("SELECT 1;"));

    [Fact]
    public void Create_insert_select() => Assert.Equal("1 | a\n2 | b", SqlTestHarness.RunAlone("""
        CREATE TABLE dbo.t (id int PRIMARY KEY, name nvarchar(10));
        INSERT INTO dbo.t VALUES (1, N'a'), (2, N'b');
        SELECT id, name FROM dbo.t ORDER BY id;
        """));
}
