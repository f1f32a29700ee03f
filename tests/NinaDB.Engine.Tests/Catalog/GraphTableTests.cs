using NinaDB.Engine.Tests.Session;
using NinaDB.Engine.Tests.Storage;

namespace NinaDB.Engine.Tests.Catalog;

/// <summary>Node and edge tables where a data file does not reach: restarts, transactions.</summary>
public sealed class GraphTableTests
{
    private const string Schema = """
        SET NOCOUNT ON;
        CREATE TABLE dbo.A (Id int NOT NULL PRIMARY KEY) AS NODE;
        CREATE TABLE dbo.B (Id int NOT NULL PRIMARY KEY) AS NODE;
        CREATE TABLE dbo.E (CONSTRAINT EC_E CONNECTION (A TO B, B TO A) ON DELETE CASCADE) AS EDGE;
        INSERT dbo.A VALUES (1), (2);
        INSERT dbo.B VALUES (1);
        INSERT dbo.E SELECT a.$node_id, b.$node_id FROM dbo.A AS a CROSS JOIN dbo.B AS b;
        """;

    private const string Shown = """
        SELECT c.name, c.graph_type FROM sys.columns AS c JOIN sys.tables AS t ON t.object_id = c.object_id ORDER BY c.object_id, c.column_id;
        SELECT c.name, c.delete_referential_action_desc, OBJECT_NAME(x.from_object_id), OBJECT_NAME(x.to_object_id) FROM sys.edge_constraints AS c
        JOIN sys.edge_constraint_clauses AS x ON x.object_id = c.object_id ORDER BY 3;
        SELECT $edge_id, $from_id, $to_id FROM dbo.E ORDER BY 1;
        """;

    [Fact]
    public void Graph_tables_survive_a_restart()
    {
        using var folder = new TemporaryFolder();
        string before;
        using (Database database = Database.Create(folder.Path))
        {
            using var sql = new SqlTestHarness(database);
            Assert.Equal("", sql.Run(Schema));
            before = sql.Run(Shown);
        }

        using Database reopened = Database.Open(folder.Path);
        using var again = new SqlTestHarness(reopened);
        Assert.Equal(before, again.Run(Shown));

        // Ids go on, and the constraint acts.
        Assert.Equal("2", again.Run("INSERT dbo.A VALUES (3); SELECT GRAPH_ID_FROM_NODE_ID($node_id) FROM dbo.A WHERE Id = 3;"));
        Assert.Equal("1", again.Run("DELETE dbo.A WHERE Id = 1; SELECT COUNT(*) FROM dbo.E;"));
        Assert.Equal("0", again.Run("DELETE dbo.B; SELECT COUNT(*) FROM dbo.E;"));
    }

    [Fact]
    public void A_rollback_takes_nodes_and_edges_back()
    {
        using var sql = new SqlTestHarness();
        sql.Run(Schema);
        sql.Run("BEGIN TRAN; DELETE dbo.B; INSERT dbo.A VALUES (9); ROLLBACK;");
        Assert.Equal("2 | 2 | 1", sql.Run("SELECT (SELECT COUNT(*) FROM dbo.E), (SELECT COUNT(*) FROM dbo.A), (SELECT COUNT(*) FROM dbo.B);"));
        sql.Run("BEGIN TRAN; CREATE TABLE dbo.N (i int) AS NODE; ROLLBACK;");
        Assert.Equal("0", sql.Run("SELECT COUNT(*) FROM sys.tables WHERE name = 'N';"));
    }
}
