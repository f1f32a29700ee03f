using NinaDB.Engine.Tests.Session;
using NinaDB.Engine.Tests.Storage;

namespace NinaDB.Engine.Tests.Catalog;

/// <summary>What the catalog keeps of rules, defaults, numbered procedures and indexed views is there after a restart, in every database.</summary>
public sealed class StoredObjectTests
{
    private const string Objects = """
        SET NOCOUNT ON;
        CREATE TABLE dbo.T (id int NOT NULL, q int NULL);
        CREATE TYPE dbo.amount FROM int NULL;
        GO
        CREATE RULE dbo.positive AS @v >= 0;
        GO
        CREATE DEFAULT dbo.seven AS 7;
        GO
        EXEC sp_bindrule 'positive', 'T.q';
        EXEC sp_bindefault 'seven', 'T.q';
        EXEC sp_bindrule 'positive', 'amount';
        GO
        CREATE PROCEDURE dbo.p AS SELECT 'one';
        GO
        CREATE PROCEDURE dbo.p;2 AS SELECT 'two';
        GO
        CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT q, COUNT_BIG(*) AS n FROM dbo.T GROUP BY q;
        GO
        CREATE UNIQUE CLUSTERED INDEX ix ON dbo.v (q);
        INSERT dbo.T VALUES (1, 1), (2, 1), (3, 2);
        CREATE NONCLUSTERED COLUMNSTORE INDEX cs ON dbo.T (q) WITH (COMPRESSION_DELAY = 5);
        GO
        """;

    [Theory]
    [InlineData("")]
    [InlineData("CREATE DATABASE Other;\nGO\nUSE Other;\nGO\n")]
    public void Everything_is_there_after_a_restart(string place)
    {
        using var folder = new TemporaryFolder();
        using (Database database = Database.Create(folder.Path))
        {
            using var sql = new SqlTestHarness(database);
            Assert.DoesNotContain("Msg", sql.Run(place + Objects));
        }

        using Database reopened = Database.Open(folder.Path);
        using var again = new SqlTestHarness(reopened);
        again.Run(place.Length == 0 ? "" : "USE Other;");
        Assert.Equal("two", again.Run("EXEC dbo.p;2;"));
        Assert.Contains("Msg 513", again.Run("INSERT dbo.T VALUES (4, -1);"));
        again.Run("INSERT dbo.T (id) VALUES (4); DELETE dbo.T WHERE id = 3;");
        Assert.Equal("1 | 2\n7 | 1", again.Run("SELECT q, n FROM dbo.v WITH (NOEXPAND) ORDER BY q;"));
        Assert.Equal("positive", again.Run("SELECT OBJECT_NAME(rule_object_id) FROM sys.types WHERE name = 'amount';"));
        Assert.Equal("5", again.Run("SELECT compression_delay FROM sys.indexes WHERE name = 'cs';"));
    }

    [Fact]
    public void An_indexed_view_agrees_with_its_query_whatever_happens_to_its_tables()
    {
        using var sql = new SqlTestHarness();
        sql.Run("""
            SET NOCOUNT ON;
            CREATE TABLE dbo.A (id int NOT NULL PRIMARY KEY, g int NOT NULL, x int NOT NULL);
            CREATE TABLE dbo.B (g int NOT NULL PRIMARY KEY, w decimal(9, 2) NOT NULL);
            GO
            CREATE VIEW dbo.V WITH SCHEMABINDING AS
            SELECT a.g, SUM(a.x) AS x, SUM(a.x * b.w) AS xw, COUNT_BIG(*) AS n FROM dbo.A AS a JOIN dbo.B AS b ON b.g = a.g GROUP BY a.g;
            GO
            CREATE UNIQUE CLUSTERED INDEX ix ON dbo.V (g);
            """);
        var random = new Random(7);
        for (int step = 0; step < 120; step++)
        {
            int id = random.Next(12), g = random.Next(4);
            sql.Run(random.Next(6) switch
            {
                0 => $"INSERT dbo.A SELECT {id}, {g}, {random.Next(-5, 9)} WHERE NOT EXISTS (SELECT * FROM dbo.A WHERE id = {id});",
                1 => $"UPDATE dbo.A SET g = {g}, x += 1 WHERE id % 3 = {id % 3};",
                2 => $"DELETE dbo.A WHERE id = {id};",
                3 => $"MERGE dbo.B AS t USING (VALUES ({g}, {random.Next(9)})) AS s (g, w) ON s.g = t.g WHEN MATCHED THEN UPDATE SET w = s.w WHEN NOT MATCHED THEN INSERT VALUES (s.g, s.w);",
                4 => $"DELETE dbo.B WHERE g = {g};",
                _ => $"BEGIN TRAN; UPDATE dbo.A SET x *= 2; DELETE dbo.B; ROLLBACK;",
            });
            Assert.Equal(sql.Run("SELECT g, x, xw, n FROM dbo.V ORDER BY g;"), sql.Run("SELECT g, x, xw, n FROM dbo.V WITH (NOEXPAND) ORDER BY g;"));
        }
    }
}
