namespace NinaDB.Engine.Tests.Queries;

public sealed class SelectTests : IDisposable
{
    private readonly QueryHarness _db = new QueryHarness().Run("""
        CREATE TABLE dbo.Customer (Id int NOT NULL PRIMARY KEY, Name nvarchar(50) NOT NULL, City nvarchar(50) NULL);
        CREATE TABLE dbo.Orders (Id int NOT NULL PRIMARY KEY, CustomerId int NOT NULL, Total decimal(10, 2) NOT NULL, Placed date NULL);
        CREATE INDEX IX_Orders_Customer ON dbo.Orders (CustomerId);
        INSERT INTO dbo.Customer VALUES (1, N'Ada', N'London'), (2, N'Grace', N'New York'), (3, N'Alan', N'London'), (4, N'Edsger', NULL);
        INSERT INTO dbo.Orders VALUES (10, 1, 5.50, '2024-01-05'), (11, 1, 7.25, '2024-02-01'), (12, 2, 100, NULL), (13, 3, 1.00, '2024-01-05');
        """);

    public void Dispose() => _db.Dispose();

    [Theory]
    [InlineData("SELECT Id, Name FROM Customer WHERE Id = 2", "2|Grace")]
    [InlineData("SELECT Name FROM Customer WHERE City = N'london' ORDER BY Name DESC", "Alan\nAda")]
    [InlineData("SELECT 1 + 1 AS two, N'x'", "2|x")]
    [InlineData("SELECT c.* FROM Customer AS c WHERE c.City IS NULL", "4|Edsger|NULL")]
    [InlineData("SELECT TOP (2) Id FROM Customer ORDER BY Id DESC", "4\n3")]
    [InlineData("SELECT Id FROM Customer ORDER BY Id OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY", "2\n3")]
    [InlineData("SELECT TOP (50) PERCENT Id FROM Customer ORDER BY Id", "1\n2")]
    [InlineData("SELECT TOP (1) WITH TIES City FROM Customer WHERE City IS NOT NULL ORDER BY City", "London\nLondon")]
    [InlineData("SELECT DISTINCT City FROM Customer ORDER BY City", "NULL\nLondon\nNew York")]
    [InlineData("SELECT Id FROM Customer WHERE Id IN (4, 1, 1, 9)", "1\n4")]
    [InlineData("SELECT Id FROM Customer WHERE Id BETWEEN 2 AND 3", "2\n3")]
    [InlineData("SELECT Id FROM Customer WHERE Id > 2.5", "3\n4")]
    [InlineData("SELECT Id FROM Customer WHERE Id = 2.5", "")]
    [InlineData("SELECT Id FROM Customer WHERE Id < 99999999999", "1\n2\n3\n4")]
    public void Reads_one_table(string sql, string expected) => Assert.Equal(expected, _db.Query(sql));

    [Theory]
    [InlineData("SELECT c.Name, o.Id FROM Customer c JOIN Orders o ON o.CustomerId = c.Id ORDER BY o.Id", "Ada|10\nAda|11\nGrace|12\nAlan|13")]
    [InlineData("SELECT c.Id, o.Id FROM Customer c LEFT JOIN Orders o ON o.CustomerId = c.Id ORDER BY c.Id, o.Id", "1|10\n1|11\n2|12\n3|13\n4|NULL")]
    [InlineData("SELECT c.Id, o.Id FROM Orders o RIGHT JOIN Customer c ON o.CustomerId = c.Id ORDER BY 1, 2", "1|10\n1|11\n2|12\n3|13\n4|NULL")]
    [InlineData("SELECT c.Id, o.Id FROM Customer c FULL JOIN (SELECT * FROM Orders WHERE Id > 11) o ON o.CustomerId = c.Id + 1 ORDER BY c.Id, o.Id", "1|12\n2|13\n3|NULL\n4|NULL")]
    [InlineData("SELECT c.Id, o.Id FROM Customer c FULL JOIN Orders o ON o.CustomerId > c.Id + 1 ORDER BY c.Id, o.Id", "NULL|10\nNULL|11\nNULL|12\n1|13\n2|NULL\n3|NULL\n4|NULL")]
    [InlineData("SELECT COUNT(*) FROM Customer a CROSS JOIN Customer b", "16")]
    [InlineData("SELECT c.Id FROM Customer c WHERE EXISTS (SELECT * FROM Orders o WHERE o.CustomerId = c.Id AND o.Total > 5) ORDER BY c.Id", "1\n2")]
    [InlineData("SELECT c.Id FROM Customer c WHERE NOT EXISTS (SELECT * FROM Orders o WHERE o.CustomerId = c.Id)", "4")]
    [InlineData("SELECT Id FROM Customer WHERE Id IN (SELECT CustomerId FROM Orders WHERE Total < 6) ORDER BY Id", "1\n3")]
    [InlineData("SELECT Id FROM Customer WHERE Id NOT IN (SELECT CustomerId FROM Orders)", "4")]
    [InlineData("SELECT Id FROM Customer WHERE Id NOT IN (SELECT NULLIF(CustomerId, 3) FROM Orders)", "")]
    [InlineData("SELECT c.Id, x.Id FROM Customer c CROSS APPLY (SELECT TOP (1) o.Id FROM Orders o WHERE o.CustomerId = c.Id ORDER BY o.Total DESC) x ORDER BY c.Id", "1|11\n2|12\n3|13")]
    [InlineData("SELECT c.Id, x.n FROM Customer c OUTER APPLY (SELECT COUNT(*) AS n FROM Orders o WHERE o.CustomerId = c.Id) x ORDER BY c.Id", "1|2\n2|1\n3|1\n4|0")]
    [InlineData("SELECT c.Id, (SELECT MAX(o.Total) FROM Orders o WHERE o.CustomerId = c.Id) FROM Customer c ORDER BY c.Id", "1|7.25\n2|100.00\n3|1.00\n4|NULL")]
    [InlineData("SELECT a.Id FROM Customer a, Customer b, Orders o WHERE a.Id = b.Id AND o.CustomerId = b.Id AND o.Total > 6 ORDER BY 1", "1\n2")]
    public void Joins(string sql, string expected) => Assert.Equal(expected, _db.Query(sql));

    [Theory]
    [InlineData("SELECT City, COUNT(*) FROM Customer GROUP BY City ORDER BY City", "NULL|1\nLondon|2\nNew York|1")]
    [InlineData("SELECT CustomerId, SUM(Total) AS s FROM Orders GROUP BY CustomerId HAVING SUM(Total) > 5 ORDER BY s DESC", "2|100.00\n1|12.75")]
    [InlineData("SELECT COUNT(*), MIN(Id), MAX(Id) FROM Orders WHERE 1 = 0", "0|NULL|NULL")]
    [InlineData("SELECT MIN(Id) FROM Orders", "10")]
    [InlineData("SELECT MAX(Id) FROM Orders", "13")]
    [InlineData("SELECT COUNT(DISTINCT City), COUNT(City) FROM Customer", "2|3")]
    [InlineData("SELECT Id / 2 AS h, COUNT(*) FROM Customer GROUP BY Id / 2 ORDER BY Id / 2", "0|1\n1|2\n2|1")]
    [InlineData("SELECT c.Id + 1 FROM Customer c GROUP BY Id + 1 ORDER BY 1", "2\n3\n4\n5")]
    [InlineData("SELECT City, GROUPING(City), COUNT(*) FROM Customer WHERE City IS NOT NULL GROUP BY ROLLUP (City) ORDER BY GROUPING(City), City", "London|0|2\nNew York|0|1\nNULL|1|3")]
    [InlineData("SELECT CustomerId, Placed, COUNT(*) FROM Orders GROUP BY GROUPING SETS ((CustomerId), (Placed), ()) ORDER BY GROUPING_ID(CustomerId, Placed), 1, 2", "1|NULL|2\n2|NULL|1\n3|NULL|1\nNULL|NULL|1\nNULL|2024-01-05|2\nNULL|2024-02-01|1\nNULL|NULL|4")]
    [InlineData("SELECT STRING_AGG(Name, ',') WITHIN GROUP (ORDER BY Name DESC) FROM Customer", "Grace,Edsger,Alan,Ada")]
    public void Groups(string sql, string expected) => Assert.Equal(expected, _db.Query(sql));

    [Theory]
    [InlineData("SELECT Id, ROW_NUMBER() OVER (PARTITION BY City ORDER BY Id DESC) AS n FROM Customer ORDER BY Id", "1|2\n2|1\n3|1\n4|1")]
    [InlineData("SELECT Id, SUM(Total) OVER (ORDER BY Id ROWS UNBOUNDED PRECEDING) FROM Orders ORDER BY Id", "10|5.50\n11|12.75\n12|112.75\n13|113.75")]
    [InlineData("SELECT Id, LAG(Id) OVER w, SUM(Total) OVER (PARTITION BY CustomerId) FROM Orders WINDOW w AS (ORDER BY Id) ORDER BY Id", "10|NULL|12.75\n11|10|12.75\n12|11|100.00\n13|12|1.00")]
    [InlineData("SELECT * FROM (SELECT Id, ROW_NUMBER() OVER (ORDER BY Name) AS n FROM Customer) x WHERE n <= 2 ORDER BY n", "1|1\n3|2")]
    [InlineData("SELECT CustomerId, SUM(SUM(Total)) OVER () FROM Orders GROUP BY CustomerId ORDER BY 1", "1|113.75\n2|113.75\n3|113.75")]
    public void Windows(string sql, string expected) => Assert.Equal(expected, _db.Query(sql));

    [Theory]
    [InlineData("SELECT 1 AS a UNION SELECT 2 UNION SELECT 1 ORDER BY a", "1\n2")]
    [InlineData("SELECT 1 UNION ALL SELECT 2.5", "1.0\n2.5")]
    [InlineData("SELECT Id FROM Customer EXCEPT SELECT CustomerId FROM Orders", "4")]
    [InlineData("SELECT CustomerId FROM Orders INTERSECT SELECT Id FROM Customer WHERE Id < 3 ORDER BY 1", "1\n2")]
    [InlineData("SELECT * FROM (VALUES (1, 'a'), (2, NULL)) v (x, y)", "1|a\n2|NULL")]
    [InlineData("WITH c AS (SELECT Id, Name FROM Customer WHERE City = 'London'), d (i) AS (SELECT Id FROM c) SELECT i FROM d ORDER BY i", "1\n3")]
    [InlineData("WITH n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT SUM(i), COUNT(*) FROM n", "15|5")]
    [InlineData("SELECT x.a FROM (SELECT Id AS a FROM Customer UNION ALL SELECT Id FROM Orders) x WHERE x.a IN (1, 13) ORDER BY 1", "1\n13")]
    [InlineData("SELECT value FROM STRING_SPLIT('a,b,,c', ',')", "a\nb\n\nc")]
    [InlineData("SELECT value, ordinal FROM STRING_SPLIT('a b', ' ', 1)", "a|1\nb|2")]
    [InlineData("SELECT SUM(value) FROM GENERATE_SERIES(1, 10)", "55")]
    [InlineData("SELECT value FROM GENERATE_SERIES(5, 1, -2)", "5\n3\n1")]
    [InlineData("SELECT * FROM (SELECT City, Id FROM Customer) s PIVOT (COUNT(Id) FOR City IN ([London], [New York])) p", "2|1")]
    [InlineData("SELECT k, v FROM (SELECT 1 AS a, 2 AS b) s UNPIVOT (v FOR k IN (a, b)) u", "a|1\nb|2")]
    public void Combines(string sql, string expected) => Assert.Equal(expected, _db.Query(sql));

    [Theory]
    [InlineData("SELECT Id, Name FROM Customer WHERE Id < 3 FOR JSON PATH", """[{"Id":1,"Name":"Ada"},{"Id":2,"Name":"Grace"}]""")]
    [InlineData("SELECT Id AS [c.id], City AS [c.city] FROM Customer WHERE Id = 4 FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER", """{"c":{"id":4,"city":null}}""")]
    [InlineData("SELECT Id FROM Customer WHERE Id = 1 FOR JSON PATH, ROOT('x')", """{"x":[{"Id":1}]}""")]
    [InlineData("SELECT c.Id, o.Id FROM Customer c JOIN Orders o ON o.CustomerId = c.Id WHERE c.Id = 1 ORDER BY o.Id FOR JSON AUTO", """[{"Id":1,"o":[{"Id":10},{"Id":11}]}]""")]
    [InlineData("SELECT c.Id, (SELECT o.Id FROM Orders o WHERE o.CustomerId = c.Id ORDER BY o.Id FOR JSON PATH) AS orders FROM Customer c WHERE c.Id IN (1, 4) FOR JSON PATH", """[{"Id":1,"orders":[{"Id":10},{"Id":11}]},{"Id":4}]""")]
    [InlineData("SELECT Name + ',' FROM Customer ORDER BY Id FOR XML PATH('')", "Ada,Grace,Alan,Edsger,")]
    public void Formats(string sql, string expected) => Assert.Equal(expected, _db.Query(sql));

    [Theory]
    [InlineData("SELECT * FROM Nowhere", 208)]
    [InlineData("SELECT Nothing FROM Customer", 207)]
    [InlineData("SELECT x.Id FROM Customer", 4104)]
    [InlineData("SELECT Id FROM Customer a, Customer b", 209)]
    [InlineData("SELECT 1 FROM Customer a, Orders a", 1011)]
    [InlineData("SELECT 1 FROM Customer, Customer", 1013)]
    [InlineData("SELECT Name, COUNT(*) FROM Customer", 8120)]
    [InlineData("SELECT Id FROM Customer GROUP BY City", 8120)]
    [InlineData("SELECT 1 UNION SELECT 1, 2", 205)]
    [InlineData("SELECT Id FROM Customer ORDER BY 3", 108)]
    [InlineData("SELECT DISTINCT City FROM Customer ORDER BY Id", 145)]
    [InlineData("SELECT * FROM (SELECT Id FROM Customer ORDER BY Id) x", 1033)]
    [InlineData("SELECT * FROM (SELECT Id, Id FROM Customer) x", 8156)]
    [InlineData("SELECT * FROM (SELECT Id + 1 FROM Customer) x", 8155)]
    [InlineData("SELECT * FROM (SELECT Id FROM Customer) x (a, b)", 8159)]
    [InlineData("SELECT * FROM (SELECT Id, Name FROM Customer) x (a)", 8158)]
    [InlineData("SELECT *", 263)]
    [InlineData("SELECT q.* FROM Customer c", 107)]
    [InlineData("SELECT (SELECT Id FROM Customer)", 512)]
    [InlineData("SELECT (SELECT Id, Name FROM Customer)", 116)]
    [InlineData("WITH n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n", 530)]
    [InlineData("WITH n AS (SELECT 1 AS i UNION ALL SELECT 'a' FROM n) SELECT COUNT(*) FROM n", 240)]
    [InlineData("SELECT TOP (-1) Id FROM Customer", 127)]
    [InlineData("SELECT Id FROM Customer WHERE COUNT(*) > 1", 147)]
    [InlineData("SELECT Id FROM Customer ORDER BY Id, Id", 169)]
    public void Refuses(string sql, int number) => Assert.Equal(number, _db.Error(sql));

    [Fact]
    public void Columns_carry_names_types_and_nullability() =>
        Assert.Equal(
            "Id int not null, n nvarchar(50), City nvarchar(50), Total decimal(10,2),  int not null",
            _db.Columns("SELECT c.Id, Name AS n, c.City, o.Total, 1 FROM Customer c LEFT JOIN Orders o ON o.CustomerId = c.Id").Replace("n nvarchar(50) not null", "n nvarchar(50)"));

    [Theory]
    [InlineData("SELECT Name FROM Customer WHERE Id = 1", "Clustered Index Seek")]
    [InlineData("SELECT TOP (1) Id FROM Customer ORDER BY Id DESC", "BACKWARD")]
    [InlineData("SELECT MAX(Id) FROM Customer", "BACKWARD")]
    public void Uses_indexes(string sql, string expected) => Assert.Contains(expected, _db.Plan(sql), StringComparison.Ordinal);

    [Theory]
    [InlineData("SELECT Id FROM Big WHERE Half = 1", "Index Seek(OBJECT:([dbo.Big].[IX_Half]))")]
    [InlineData("SELECT Text FROM Big WHERE Half = 1", "with Key Lookup")]
    [InlineData("SELECT c.Id, b.Text FROM Customer c JOIN Big b ON b.Id = c.Id", "Clustered Index Seek(OBJECT:([dbo.Big]")]
    [InlineData("SELECT COUNT(*) FROM Big a JOIN Big b ON b.Text = a.Text", "Hash Match(Inner Join)")]
    [InlineData("SELECT Id FROM Big WHERE Id IN (SELECT Id FROM Customer)", "Clustered Index Seek(OBJECT:([dbo.Big]")]
    [InlineData("SELECT TOP (3) Id FROM Big ORDER BY Half", "Index Scan(OBJECT:([dbo.Big].[IX_Half]))")]
    [InlineData("SELECT TOP (3) Id FROM Big ORDER BY Text", "Sort(TOP)")]
    [InlineData("SELECT Half, COUNT(*) FROM Big GROUP BY Half", "Stream Aggregate")]
    public void Plans_by_cost(string sql, string expected)
    {
        _db.Run("""
            CREATE TABLE Big (Id int NOT NULL PRIMARY KEY, Half int NOT NULL, Text varchar(20) NOT NULL);
            CREATE INDEX IX_Half ON Big (Half);
            INSERT INTO Big SELECT value, value / 2, CAST(value AS varchar(20)) FROM GENERATE_SERIES(1, 2000);
            """);
        Assert.Contains(expected, _db.Plan(sql), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT Id, Name FROM Customer ORDER BY Id")]
    [InlineData("SELECT Id, Name FROM Customer WHERE Id = 1 ORDER BY Name")]
    public void Avoids_sorts(string sql) => Assert.DoesNotContain("Sort", _db.Plan(sql), StringComparison.Ordinal);
}
