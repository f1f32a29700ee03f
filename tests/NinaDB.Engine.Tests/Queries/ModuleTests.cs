namespace NinaDB.Engine.Tests.Queries;

/// <summary>Views, inline functions, synonyms, system views.</summary>
public sealed class ModuleTests : IDisposable
{
    private readonly QueryHarness _db = new QueryHarness().Run("""
        CREATE SCHEMA sales;
        GO
        CREATE TABLE sales.Item (Id int NOT NULL PRIMARY KEY, Name varchar(20) NOT NULL, Price int NOT NULL, Twice AS (Price * 2));
        INSERT INTO sales.Item (Id, Name, Price) VALUES (1, 'a', 10), (2, 'b', 20), (3, 'c', 30);
        GO
        CREATE VIEW sales.items AS SELECT Id AS item_id, Name AS item_name, Price + 1 AS price FROM Item WHERE Price > 5;
        GO
        CREATE VIEW sales.renamed (x, y) AS SELECT item_id, price FROM sales.items;
        GO
        CREATE FUNCTION sales.Cheaper (@limit int, @factor int = 1) RETURNS TABLE AS RETURN (SELECT Id, Price * @factor AS p FROM sales.Item WHERE Price < @limit);
        GO
        CREATE SYNONYM dbo.it FOR sales.Item;
        """);

    public void Dispose() => _db.Dispose();

    [Theory]
    [InlineData("SELECT * FROM sales.items WHERE price > 15 ORDER BY item_id", "2|b|21\n3|c|31")]
    [InlineData("SELECT x, y FROM sales.renamed r WHERE r.x = 1", "1|11")]
    [InlineData("SELECT i.item_name FROM sales.items i JOIN sales.Item t ON t.Id = i.item_id WHERE t.Twice = 40", "b")]
    [InlineData("SELECT * FROM sales.Cheaper(25, 2) ORDER BY Id", "1|20\n2|40")]
    [InlineData("SELECT t.Id, c.Id, c.p FROM sales.Item t CROSS APPLY sales.Cheaper(t.Price + 0, DEFAULT) c ORDER BY t.Id, c.Id", "2|1|10\n3|1|10\n3|2|20")]
    [InlineData("SELECT t.Id, (SELECT COUNT(*) FROM sales.Cheaper(t.Price, 1)) FROM sales.Item t ORDER BY 1", "1|0\n2|1\n3|2")]
    [InlineData("SELECT COUNT(*) FROM it", "3")]
    [InlineData("SELECT Id, Twice FROM sales.Item WHERE Twice > 30 ORDER BY Id", "2|40\n3|60")]
    public void Expands(string sql, string expected) => Assert.Equal(expected, _db.Query(sql));

    [Fact]
    public void A_row_takes_one_value_of_a_sequence()
    {
        _db.Run("CREATE SEQUENCE dbo.S AS int START WITH 1");
        Assert.Equal("1|1|x\n2|2|y", _db.Query("SELECT NEXT VALUE FOR dbo.S, NEXT VALUE FOR dbo.S + 0, v FROM (VALUES ('x'), ('y')) t(v)"));
        Assert.Equal("10|5\n20|4\n30|3", _db.Query("SELECT v, NEXT VALUE FOR dbo.S OVER (ORDER BY v DESC) FROM (VALUES (10), (30), (20)) t(v) ORDER BY v"));
        Assert.Equal(11723, _db.Error("SELECT NEXT VALUE FOR dbo.S FROM sales.Item ORDER BY Id"));
    }

    [Fact]
    public void Extended_properties_are_listed_by_level()
    {
        _db.Run("""
            EXEC sys.sp_addextendedproperty N'MS_Description', N'Things', N'SCHEMA', N'sales', N'TABLE', N'Item';
            EXEC sys.sp_addextendedproperty N'MS_Description', N'The key', N'SCHEMA', N'sales', N'TABLE', N'Item', N'COLUMN', N'Id';
            """);
        Assert.Equal("TABLE|Item|Things", _db.Query("SELECT objtype, objname, CAST(value AS nvarchar(50)) FROM sys.fn_listextendedproperty(NULL, 'SCHEMA', 'sales', 'TABLE', 'Item', NULL, NULL)"));
        Assert.Equal("COLUMN|Id|The key", _db.Query("SELECT objtype, objname, CAST(value AS nvarchar(50)) FROM fn_listextendedproperty(NULL, 'SCHEMA', 'sales', 'TABLE', 'Item', 'COLUMN', default)"));
    }

    [Fact]
    public void A_condition_on_a_view_reaches_the_index() =>
        Assert.Contains("Clustered Index Seek", _db.Plan("SELECT * FROM sales.renamed WHERE x = 2"), StringComparison.Ordinal);

    [Theory]
    [InlineData("SELECT * FROM sales.Cheaper(1)", 313)]
    [InlineData("SELECT * FROM sales.Cheaper(1, 2, 3)", 8144)]
    [InlineData("SELECT * FROM sales.Nothing(1)", 208)]
    public void Refuses(string sql, int number) => Assert.Equal(number, _db.Error(sql));
}
