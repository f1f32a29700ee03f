using System.Globalization;
using NinaDB.Engine.Tests.Session;

namespace NinaDB.Engine.Tests.Security;

/// <summary>
/// What a session sees under a policy is what it would see if the hidden rows did not exist: random queries and changes over protected tables answer as over tables that
/// hold the visible rows alone.
/// </summary>
public sealed class RowSecurityEquivalenceTests : IDisposable
{
    private const string Tables = """
        CREATE TABLE {0}.Item (Id int NOT NULL PRIMARY KEY, Tenant int NOT NULL, Grp int NOT NULL, Amount int NULL, Name varchar(10) NOT NULL, Twice AS (Amount * 2));
        CREATE INDEX IX_Grp ON {0}.Item (Grp, Amount DESC) INCLUDE (Name);
        CREATE INDEX IX_Some ON {0}.Item (Amount) WHERE Amount IS NOT NULL;
        CREATE TABLE {0}.Part (PartId int NOT NULL PRIMARY KEY, ItemId int NOT NULL, Price int NOT NULL);
        CREATE INDEX IX_Item ON {0}.Part (ItemId);
        """;

    private static readonly string[] Sources =
    [
        "{0}.Item AS i", "{0}.Item AS i INNER JOIN {0}.Part AS p ON p.ItemId = i.Id", "{0}.Part AS p LEFT JOIN {0}.Item AS i ON i.Id = p.ItemId",
        "{0}.Item AS i FULL JOIN {0}.Part AS p ON p.ItemId = i.Id", "{0}.Item AS i CROSS APPLY (SELECT TOP (2) * FROM {0}.Part AS x WHERE x.ItemId = i.Id ORDER BY x.Price, x.PartId) AS p",
        "{0}.Item AS i INNER JOIN {0}.Item AS j ON j.Grp = i.Grp AND j.Id < i.Id INNER JOIN {0}.Part AS p ON p.ItemId = j.Id",
        "(SELECT Grp, MAX(Amount) AS Amount, MIN(Id) AS Id, MAX(Twice) AS Twice, MIN(Name) AS Name FROM {0}.Item GROUP BY Grp) AS i LEFT JOIN {0}.Part AS p ON p.ItemId = i.Id",
    ];

    private static readonly string[] Conditions =
    [
        "i.Id = {1}", "i.Id IN ({1}, {2}, {1} + 7)", "i.Id BETWEEN {1} AND {1} + 40", "i.Grp = {2} % 7", "i.Grp = {2} % 7 AND i.Amount > {1}", "i.Amount IS NULL", "i.Amount > {1}", "i.Twice > {1}",
        "i.Name LIKE 'n1%'", "i.Id IN (SELECT ItemId FROM {0}.Part WHERE Price > {2})", "i.Id NOT IN (SELECT ItemId FROM {0}.Part)", "EXISTS (SELECT * FROM {0}.Part AS x WHERE x.ItemId = i.Id)",
        "NOT EXISTS (SELECT * FROM {0}.Item AS x WHERE x.Grp = i.Grp AND x.Amount > i.Amount)", "i.Amount = (SELECT MAX(Amount) FROM {0}.Item)", "i.Id > ALL (SELECT Id FROM {0}.Item WHERE Grp = 3)",
        "1 = 1", "i.Grp = 1 OR i.Amount = {1} OR i.Id = {2}",
    ];

    private static readonly string[] Shapes =
    [
        "SELECT i.Id, i.Grp, i.Amount FROM {s} WHERE {c}", "SELECT COUNT(*), COUNT(i.Amount), SUM(i.Amount), MIN(i.Id), MAX(i.Amount) FROM {s} WHERE {c}", "SELECT MAX(i.Id) FROM {s} WHERE {c}",
        "SELECT i.Grp, COUNT(*), SUM(i.Amount) FROM {s} WHERE {c} GROUP BY i.Grp", "SELECT DISTINCT i.Name FROM {s} WHERE {c}", "SELECT TOP (3) i.Id FROM {s} WHERE {c} ORDER BY i.Amount DESC, i.Id",
        "SELECT i.Id FROM {s} WHERE {c} ORDER BY i.Id OFFSET 2 ROWS FETCH NEXT 4 ROWS ONLY", "SELECT i.Id, ROW_NUMBER() OVER (PARTITION BY i.Grp ORDER BY i.Amount, i.Id) FROM {s} WHERE {c}",
        "SELECT i.Id FROM {s} WHERE {c} UNION SELECT Id FROM {0}.Item WHERE Grp = 2 EXCEPT SELECT ItemId FROM {0}.Part", "WITH x AS (SELECT i.Id, i.Grp FROM {s} WHERE {c}) SELECT a.Grp, COUNT(*) FROM x AS a INNER JOIN x AS b ON b.Id = a.Id GROUP BY a.Grp",
        "SELECT i.Id, i.Name FROM {s} WHERE {c} ORDER BY i.Id, i.Name FOR JSON PATH",
    ];

    private static readonly string[] Changes =
    [
        "UPDATE {0}.Item SET Amount = Amount + {1} WHERE Grp = {2} % 7", "UPDATE i SET Amount = p.Price FROM {0}.Item AS i INNER JOIN {0}.Part AS p ON p.ItemId = i.Id WHERE p.Price > {1}",
        "DELETE {0}.Part WHERE ItemId IN (SELECT Id FROM {0}.Item WHERE Amount > {1})", "DELETE {0}.Item WHERE Id = {1}", "WITH t AS (SELECT TOP (3) * FROM {0}.Item ORDER BY Id) UPDATE t SET Amount = {2}",
        "MERGE {0}.Item AS t USING (SELECT ItemId, MAX(Price) AS Price FROM {0}.Part GROUP BY ItemId) AS s ON s.ItemId = t.Id WHEN MATCHED AND s.Price > {1} THEN UPDATE SET Amount = s.Price WHEN NOT MATCHED BY SOURCE AND t.Grp = {2} % 7 THEN DELETE;",
        "INSERT {0}.Item (Id, Tenant, Grp, Amount, Name) SELECT MAX(i.Id) + 1000, 1, {2} % 7, {1}, 'new' FROM {0}.Item AS i HAVING MAX(i.Id) < 100000",
    ];

    private readonly SqlTestHarness _db = new() { ShowCounts = true };

    public RowSecurityEquivalenceTests() => _db.Run($"""
        CREATE SCHEMA p;
        GO
        CREATE SCHEMA q;
        GO
        {string.Format(CultureInfo.InvariantCulture, Tables, "p")}
        {string.Format(CultureInfo.InvariantCulture, Tables, "q")}
        INSERT p.Item (Id, Tenant, Grp, Amount, Name) SELECT value, value % 3, value % 7, CASE WHEN value % 11 = 0 THEN NULL ELSE value * 37 % 101 END, CONCAT('n', value % 40) FROM GENERATE_SERIES(1, 300);
        INSERT p.Part SELECT value, value * 13 % 320, value * 29 % 97 FROM GENERATE_SERIES(1, 400);
        INSERT q.Item (Id, Tenant, Grp, Amount, Name) SELECT Id, Tenant, Grp, Amount, Name FROM p.Item WHERE Tenant = 1;
        INSERT q.Part SELECT PartId, ItemId, Price FROM p.Part WHERE ItemId % 3 = 1;
        GO
        CREATE FUNCTION p.Own (@Tenant int) RETURNS TABLE WITH SCHEMABINDING AS RETURN SELECT 1 AS Allowed WHERE @Tenant = CONVERT(int, SESSION_CONTEXT(N'tenant'));
        GO
        CREATE FUNCTION p.OwnPart (@ItemId int) RETURNS TABLE WITH SCHEMABINDING AS RETURN SELECT 1 AS Allowed WHERE @ItemId % 3 = CONVERT(int, SESSION_CONTEXT(N'tenant'));
        GO
        CREATE SECURITY POLICY p.Rows ADD FILTER PREDICATE p.Own(Tenant) ON p.Item, ADD FILTER PREDICATE p.OwnPart(ItemId) ON p.Part, ADD BLOCK PREDICATE p.Own(Tenant) ON p.Item;
        GO
        EXEC sp_set_session_context N'tenant', 1;
        """);

    public void Dispose() => _db.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Hidden_rows_might_as_well_not_exist(int seed)
    {
        var random = new Random(seed);
        string Pick(string[] from) => from[random.Next(from.Length)];
        int errors = 0;
        for (int i = 0; i < 250; i++)
        {
            bool changes = random.Next(10) == 0;
            string sql = changes ? Pick(Changes) : Pick(Shapes).Replace("{s}", Pick(Sources), StringComparison.Ordinal).Replace("{c}", Pick(Conditions), StringComparison.Ordinal);
            (int first, int second) = (random.Next(300), random.Next(100));
            string expected = Run(sql, "q", first, second);
            Assert.Equal((sql, expected), (sql, Run(sql, "p", first, second)));
            errors += expected.Contains("Msg ", StringComparison.Ordinal) ? 1 : 0;
        }

        Assert.InRange(errors, 0, 10);

        Assert.Equal("200\n(1)", _db.Run("ALTER SECURITY POLICY p.Rows WITH (STATE = OFF); SELECT COUNT(*) FROM p.Item WHERE Tenant <> 1").Trim().ReplaceLineEndings("\n"));
    }

    /// <summary>The answer as a set of lines: a query without ORDER BY may give its rows in any order.</summary>
    private string Run(string sql, string schema, int first, int second)
    {
        string text = _db.Run(string.Format(CultureInfo.InvariantCulture, sql.Replace("{}", "{{}}", StringComparison.Ordinal), schema, first, second));
        return string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Order(StringComparer.Ordinal));
    }
}
