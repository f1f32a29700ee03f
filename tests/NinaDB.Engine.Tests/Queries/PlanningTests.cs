using NinaDB.Engine.Catalog;
using NinaDB.Engine.Planning;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Tests.Queries;

/// <summary>Which plan is taken on data of uneven distribution, and when a plan is made anew.</summary>
public sealed class PlanningTests : IDisposable
{
    private readonly QueryHarness _db = new();

    public void Dispose() => _db.Dispose();

    /// <summary>Names of the tables in the order in which a plan reads them (a hash join reads its second input first).</summary>
    private List<string> ReadingOrder(string query)
    {
        string[] lines = _db.Plan(query).Split('\n');
        var order = new List<string>();
        Visit(0);
        return order;

        int Visit(int line)
        {
            int depth = Depth(lines[line]);
            int next = line + 1;
            var inputs = new List<int>();
            while (next < lines.Length && Depth(lines[next]) > depth)
            {
                if (Depth(lines[next]) == depth + 2)
                {
                    inputs.Add(next);
                }

                next++;
            }

            if (lines[line].Contains("Hash Match(", StringComparison.Ordinal) && inputs.Count == 2)
            {
                inputs.Reverse();
            }

            inputs.ForEach(i => Visit(i));
            int name = lines[line].IndexOf("OBJECT:([", StringComparison.Ordinal);
            if (name >= 0)
            {
                string rest = lines[line][(name + 9)..];
                order.Add(rest[..rest.IndexOf(']', StringComparison.Ordinal)]);
            }

            return next;
        }

        static int Depth(string line) => line.Length - line.TrimStart().Length;
    }

    /// <summary>The tables of a model's skills, as schema/mqe has them, with one large model and a rare kind of component.</summary>
    private void FillSkills() => _db.Run("""
        CREATE SCHEMA mqe;
        GO
        CREATE TABLE mqe.Model (ModelId int NOT NULL PRIMARY KEY, Name nvarchar(200) NOT NULL);
        CREATE TABLE mqe.Domain (DomainId int NOT NULL PRIMARY KEY, Name nvarchar(100) NOT NULL);
        CREATE TABLE mqe.Component
        (
            ComponentId int NOT NULL PRIMARY KEY,
            ModelId int NOT NULL,
            Kind varchar(20) NOT NULL,
            Layer int NULL,
            INDEX IX_Component_Model (ModelId, Kind)
        );
        CREATE TABLE mqe.SkillMeasurement
        (
            ComponentId int NOT NULL,
            DomainId int NOT NULL,
            ModelId int NOT NULL,
            SkillLevel float NOT NULL,
            CONSTRAINT PK_SkillMeasurement PRIMARY KEY (ComponentId, DomainId),
            INDEX IX_SkillMeasurement_Domain (DomainId, SkillLevel DESC),
            INDEX IX_SkillMeasurement_Model (ModelId, DomainId)
        );
        INSERT INTO mqe.Model SELECT value, CONCAT(N'model ', value) FROM GENERATE_SERIES(1, 300);
        INSERT INTO mqe.Domain SELECT value, CONCAT(N'domain ', value) FROM GENERATE_SERIES(1, 10);
        INSERT INTO mqe.Component
        SELECT value, CASE WHEN value % 100 = 0 THEN value / 100 ELSE 1 END, CASE WHEN value % 1000 = 0 THEN 'expert' ELSE 'neuron' END, value % 12 FROM GENERATE_SERIES(1, 20000);
        INSERT INTO mqe.SkillMeasurement
        SELECT c.ComponentId, d.value, c.ModelId, c.ComponentId % 1000 / 1000.0 FROM mqe.Component AS c CROSS JOIN GENERATE_SERIES(1, 3) AS d;
        """);

    [Fact]
    public void A_small_model_is_found_by_its_components()
    {
        FillSkills();
        Assert.Equal(
            ["mqe.Model", "mqe.Component", "mqe.SkillMeasurement"],
            ReadingOrder("""
                SELECT m.Name, c.Kind, s.SkillLevel
                FROM mqe.SkillMeasurement AS s
                INNER JOIN mqe.Component AS c ON c.ComponentId = s.ComponentId
                INNER JOIN mqe.Model AS m ON m.ModelId = c.ModelId
                WHERE m.ModelId = 57
                """));
    }

    [Fact]
    public void Rare_kinds_come_before_what_was_measured_of_them()
    {
        FillSkills();
        List<string> order = ReadingOrder("""
            SELECT c.ComponentId, d.Name, s.SkillLevel
            FROM mqe.Domain AS d
            INNER JOIN mqe.SkillMeasurement AS s ON s.DomainId = d.DomainId
            INNER JOIN mqe.Component AS c ON c.ComponentId = s.ComponentId
            WHERE c.Kind = 'expert'
            """);
        Assert.True(order.IndexOf("mqe.Component") < order.IndexOf("mqe.SkillMeasurement"), string.Join(", ", order));
    }

    [Fact]
    public void Skilled_components_are_sought_where_few_are_and_scanned_where_most_are()
    {
        FillSkills();
        Assert.Contains("Index Seek", _db.Plan("SELECT ModelId FROM mqe.SkillMeasurement WHERE DomainId = 2 AND SkillLevel > 0.998"), StringComparison.Ordinal);
        Assert.Contains("Clustered Index Scan", _db.Plan("SELECT ModelId FROM mqe.SkillMeasurement WHERE DomainId = 2 AND SkillLevel > 0.1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("open", "Index Seek")]
    [InlineData("done", "Clustered Index Scan")]
    public void An_index_serves_rare_values_only(string state, string expected)
    {
        _db.Run("""
            CREATE TABLE Job (Id int NOT NULL PRIMARY KEY, State varchar(10) NOT NULL, Note varchar(50) NOT NULL, INDEX IX_Job_State (State));
            INSERT INTO Job SELECT value, CASE WHEN value % 200 = 0 THEN 'open' ELSE 'done' END, 'note' FROM GENERATE_SERIES(1, 10000);
            """);
        Assert.Contains(expected, _db.Plan($"SELECT Note FROM Job WHERE State = '{state}'"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_smaller_input_becomes_the_hash_table()
    {
        _db.Run("""
            CREATE TABLE Small (Id int NOT NULL PRIMARY KEY, Name varchar(20) NOT NULL);
            CREATE TABLE Middle (Id int NOT NULL PRIMARY KEY, SmallId int NOT NULL);
            CREATE TABLE Large (Id int NOT NULL PRIMARY KEY, MiddleId int NOT NULL);
            INSERT INTO Small SELECT value, CONCAT('small ', value) FROM GENERATE_SERIES(0, 499) AS n;
            INSERT INTO Middle SELECT value, value * 7 % 500 FROM GENERATE_SERIES(0, 4999) AS n;
            INSERT INTO Large SELECT value, value * 17 % 5000 FROM GENERATE_SERIES(0, 19999) AS n;
            """);
        const string From = "FROM Large AS l JOIN Middle AS m ON m.Id = l.MiddleId JOIN Small AS s ON s.Id = m.SmallId";
        Assert.Equal(["dbo.Small", "dbo.Middle", "dbo.Large"], ReadingOrder($"SELECT COUNT(*) {From} WHERE s.Name = 'small 77'"));
        Assert.Equal("40", _db.Query($"SELECT COUNT(*) {From} WHERE s.Name = 'small 77'"));
        Assert.Equal("20000", _db.Query($"SELECT COUNT(*) {From}"));
    }

    [Fact]
    public void Six_tables_are_joined_from_the_selective_one()
    {
        for (int i = 1; i <= 6; i++)
        {
            _db.Run($"CREATE TABLE T{i} (Id int NOT NULL PRIMARY KEY, Next int NOT NULL, Name varchar(20) NOT NULL); INSERT INTO T{i} SELECT value, value * 31 % 3000, CONCAT('n', value) FROM GENERATE_SERIES(0, 2999) AS n;");
        }

        List<string> order = ReadingOrder("""
            SELECT COUNT(*) FROM T1 JOIN T2 ON T2.Id = T1.Next JOIN T3 ON T3.Id = T2.Next JOIN T4 ON T4.Id = T3.Next JOIN T5 ON T5.Id = T4.Next JOIN T6 ON T6.Id = T5.Next
            WHERE T1.Name = 'n5'
            """);
        Assert.Equal(["dbo.T1", "dbo.T2", "dbo.T3", "dbo.T4", "dbo.T5", "dbo.T6"], order);
    }

    [Fact]
    public void Column_statistics_know_frequent_values_ranges_and_nulls()
    {
        _db.Run("""
            CREATE TABLE S (Id int NOT NULL PRIMARY KEY, Skewed int NOT NULL, Spread float NOT NULL, Half int NULL, Unique1 int NOT NULL);
            INSERT INTO S SELECT value, CASE WHEN value % 10 < 9 THEN 1 ELSE value END, value * 0.5, CASE WHEN value % 2 = 0 THEN value % 50 END, value FROM GENERATE_SERIES(1, 50000) AS n;
            """);
        TableDefinition table = (TableDefinition)_db.Session.Catalog.Find("dbo", "S")!;
        ColumnStatistics skewed = Of(1), spread = Of(2), half = Of(3), unique = Of(4);
        Assert.InRange(skewed.EqualTo(SqlValue.FromInt(1)), 0.8, 0.97);
        Assert.InRange(skewed.EqualTo(SqlValue.FromInt(7)), 0, 0.001);
        Assert.InRange(spread.Below(SqlValue.FromFloat(6250), false), 0.2, 0.3);
        Assert.Equal(0, spread.Below(SqlValue.FromFloat(-1), false));
        Assert.Equal(1, spread.Below(SqlValue.FromFloat(1e9), false), 3);
        Assert.InRange(half.NullShare, 0.4, 0.6);
        Assert.InRange(half.Distinct, 20, 30);
        Assert.InRange(unique.Distinct, 40000, 50000);

        ColumnStatistics Of(int ordinal) => ColumnStatistics.Of(table, ordinal, _db.Session, 50000)!;
    }

    [Fact]
    public void A_plan_is_stale_when_its_table_has_grown_or_its_statistics_are_renewed()
    {
        _db.Run("CREATE TABLE G (Id int NOT NULL PRIMARY KEY);");
        TableDefinition table = (TableDefinition)_db.Session.Catalog.Find("dbo", "G")!;
        var watch = new SizeWatch(_db.Session.StoreFor(table)!.SizeOf(table.RowStore.TreeId)!, 200);
        _db.Run("INSERT INTO G SELECT value FROM GENERATE_SERIES(1, 300) AS n;");
        Assert.True(watch.Holds);
        _db.Run("BEGIN TRANSACTION; INSERT INTO G SELECT value FROM GENERATE_SERIES(301, 3000) AS n; ROLLBACK;");
        Assert.True(watch.Holds);
        _db.Run("INSERT INTO G SELECT value FROM GENERATE_SERIES(301, 3000) AS n;");
        Assert.False(watch.Holds);
        var renewed = new SizeWatch(_db.Session.StoreFor(table)!.SizeOf(table.RowStore.TreeId)!, 3000);
        Assert.True(renewed.Holds);
        _db.Run("UPDATE STATISTICS G;");
        Assert.False(renewed.Holds);
    }

    [Fact]
    public void A_batch_that_fills_its_tables_joins_them_as_they_have_become()
    {
        // Planned ahead, both are empty; a nested loop over the second would look at 25 million pairs.
        _db.Run("CREATE TABLE A (Id int NOT NULL PRIMARY KEY, V int NOT NULL); CREATE TABLE B (Id int NOT NULL PRIMARY KEY, V int NOT NULL);");
        Assert.Equal("5000", _db.Query("""
            SET NOCOUNT ON;
            INSERT INTO A SELECT value, value FROM GENERATE_SERIES(1, 5000) AS n;
            INSERT INTO B SELECT value, value FROM GENERATE_SERIES(1, 5000) AS n;
            SELECT COUNT(*) FROM A JOIN B ON B.V = A.V;
            """));
    }

    [Theory]
    [InlineData(0, 200)]
    [InlineData(1_000, 700)]
    [InlineData(1_000_000, 31_622)]
    public void Tables_may_change_by_so_much(double rows, double expected) => Assert.Equal(expected, SizeWatch.Tolerated(rows), 1.0);
}
