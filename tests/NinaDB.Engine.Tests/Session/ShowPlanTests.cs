using Xunit;

namespace NinaDB.Engine.Tests.Session;

public sealed class ShowPlanTests : IDisposable
{
    private readonly SqlTestHarness _sql = new();

    public ShowPlanTests() => _sql.Run("CREATE TABLE dbo.t (id int NOT NULL CONSTRAINT pk PRIMARY KEY, v int); INSERT dbo.t VALUES (1, 1), (2, 2);");

    public void Dispose() => _sql.Dispose();

    [Fact]
    public void Text_names_the_statement_and_its_operators_and_runs_nothing() => Assert.Equal(
        "DELETE dbo.t WHERE id = 1\n  |--Clustered Index Delete(OBJECT:(t))\n       |--Clustered Index Seek(OBJECT:([dbo.t].[pk]))\n2",
        _sql.Run("SET SHOWPLAN_TEXT ON;\nGO\nDELETE dbo.t WHERE id = 1;\nGO\nSET SHOWPLAN_TEXT OFF;\nGO\nSELECT COUNT(*) FROM dbo.t;"));

    [Fact]
    public void All_has_a_row_for_the_statement_and_one_for_each_operator()
    {
        string[] rows = _sql.Run("SET SHOWPLAN_ALL ON;\nGO\nSELECT * FROM dbo.t ORDER BY v;\nGO\nSET SHOWPLAN_ALL OFF;").Split('\n');
        Assert.StartsWith("SELECT * FROM dbo.t ORDER BY v | 1 | 1 | 0 | NULL", rows[0], StringComparison.Ordinal);
        Assert.All(rows[1..], r => Assert.Contains("PLAN_ROW", r, StringComparison.Ordinal));
    }

    [Fact]
    public void Xml_is_a_document_of_the_official_namespace()
    {
        string text = _sql.Run("SET SHOWPLAN_XML ON;\nGO\nSELECT * FROM dbo.t WHERE v < 2;\nGO\nSET SHOWPLAN_XML OFF;");
        System.Xml.Linq.XDocument document = System.Xml.Linq.XDocument.Parse(text);
        System.Xml.Linq.XNamespace names = "http://schemas.microsoft.com/sqlserver/2004/07/showplan";
        Assert.Equal("SELECT * FROM dbo.t WHERE v < 2", document.Descendants(names + "StmtSimple").Single().Attribute("StatementText")!.Value);
        Assert.NotEmpty(document.Descendants(names + "RelOp"));
    }

    [Fact]
    public void Loops_are_described_once() =>
        Assert.Contains("SELECT @i", _sql.Run("SET SHOWPLAN_TEXT ON;\nGO\nDECLARE @i int = 0; WHILE @i < 5 BEGIN SELECT @i; END\nGO\nSET SHOWPLAN_TEXT OFF;"), StringComparison.Ordinal);
}
