using System.Globalization;

namespace NinaDB.Engine.Tests.Queries;

/// <summary>Graph queries against answers computed another way, with and without indexes; and their plans.</summary>
public sealed class GraphTests : IDisposable
{
    private const int Nodes = 400;
    private const int Edges = 1500;

    private readonly QueryHarness _db = new();
    private readonly List<(int From, int To)> _edges = [];

    public GraphTests()
    {
        var random = new Random(7);
        _db.Run($"""
            CREATE TABLE dbo.N (Id int NOT NULL PRIMARY KEY, Tag int NOT NULL) AS NODE;
            CREATE TABLE dbo.E (W int NOT NULL) AS EDGE;
            CREATE TABLE #pairs (a int, b int, w int);
            INSERT dbo.N SELECT value, value % 10 FROM GENERATE_SERIES(1, {Nodes});
            """);
        for (int i = 0; i < Edges; i++)
        {
            _edges.Add((random.Next(1, Nodes + 1), random.Next(1, Nodes + 1)));
        }

        foreach ((int From, int To)[] chunk in _edges.Chunk(500))
        {
            _db.Run("INSERT #pairs VALUES " + string.Join(", ", chunk.Select(e => $"({e.From}, {e.To}, {e.From + e.To})")));
        }

        _db.Run("INSERT dbo.E ($from_id, $to_id, W) SELECT a.$node_id, b.$node_id, p.w FROM #pairs p JOIN dbo.N a ON a.Id = p.a JOIN dbo.N b ON b.Id = p.b;");
    }

    public void Dispose() => _db.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_pattern_is_the_join_that_it_stands_for(bool indexed)
    {
        Index(indexed);
        int[] start = [.. Enumerable.Range(1, Nodes).Where(n => n % 10 == 3)];
        IEnumerable<string> expected = from n in start
                                       from e in _edges
                                       where e.From == n
                                       from f in _edges
                                       where f.To == e.To && f.From % 10 == 4
                                       select $"{n}|{e.To}|{f.From}";
        Assert.Equal(
            string.Join('\n', expected.Order(StringComparer.Ordinal)),
            _db.Sorted("SELECT a.Id, b.Id, c.Id FROM dbo.N a, dbo.E e, dbo.N b, dbo.E f, dbo.N c WHERE MATCH(a-(e)->b<-(f)-c) AND a.Tag = 3 AND c.Tag = 4"));
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(false, 3)]
    [InlineData(true, 3)]
    public void Paths_are_as_short_as_they_can_be(bool indexed, int? limit)
    {
        Index(indexed);
        string quantifier = limit is null ? "+" : $"{{1,{limit}}}";
        foreach (int start in new[] { 1, 17, 200 })
        {
            IEnumerable<string> expected = Distances(start, limit).Select(d => $"{d.Key}|{d.Value}");
            Assert.Equal(
                string.Join('\n', expected.Order(StringComparer.Ordinal)),
                _db.Sorted($"""
                    SELECT LAST_VALUE(b.Id) WITHIN GROUP (GRAPH PATH), COUNT(b.Id) WITHIN GROUP (GRAPH PATH) FROM dbo.N a, dbo.E FOR PATH e, dbo.N FOR PATH b
                    WHERE MATCH(SHORTEST_PATH(a(-(e)->b){quantifier})) AND a.Id = {start}
                    """));
        }
    }

    [Fact]
    public void Every_step_of_a_path_is_an_edge()
    {
        var edges = _edges.ToHashSet();
        foreach (string row in _db.Rows("""
            SELECT a.Id, STRING_AGG(b.Id, ',') WITHIN GROUP (GRAPH PATH), SUM(e.W) WITHIN GROUP (GRAPH PATH) FROM dbo.N a, dbo.E FOR PATH e, dbo.N FOR PATH b
            WHERE MATCH(SHORTEST_PATH(a(-(e)->b)+)) AND a.Id <= 3
            """))
        {
            string[] parts = row.Split('|');
            int[] path = [int.Parse(parts[0], CultureInfo.InvariantCulture), .. parts[1].Split(',').Select(p => int.Parse(p, CultureInfo.InvariantCulture))];
            Assert.All(path.Zip(path.Skip(1)), step => Assert.Contains(step, edges));
            Assert.Equal(path.Zip(path.Skip(1)).Sum(s => s.First + s.Second), int.Parse(parts[2], CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void The_way_back_is_as_long_as_the_way_there()
    {
        string there = _db.Sorted("SELECT a.Id, LAST_VALUE(b.Id) WITHIN GROUP (GRAPH PATH), COUNT(b.Id) WITHIN GROUP (GRAPH PATH) FROM dbo.N a, dbo.E FOR PATH e, dbo.N FOR PATH b WHERE MATCH(SHORTEST_PATH(a(-(e)->b){1,2}))");
        string back = _db.Sorted("SELECT LAST_VALUE(a.Id) WITHIN GROUP (GRAPH PATH), b.Id, COUNT(a.Id) WITHIN GROUP (GRAPH PATH) FROM dbo.N b, dbo.E FOR PATH e, dbo.N FOR PATH a WHERE MATCH(SHORTEST_PATH(b(<-(e)-a){1,2}))");
        string mirrored = _db.Sorted("SELECT LAST_VALUE(a.Id) WITHIN GROUP (GRAPH PATH), b.Id, COUNT(a.Id) WITHIN GROUP (GRAPH PATH) FROM dbo.N b, dbo.E FOR PATH e, dbo.N FOR PATH a WHERE MATCH(SHORTEST_PATH((a-(e)->){1,2}b))");
        Assert.Equal(there, back);
        Assert.Equal(there, mirrored);
    }

    [Fact]
    public void An_index_on_the_ends_is_used()
    {
        Index(true);
        string pattern = _db.Plan("SELECT b.Id FROM dbo.N a, dbo.E e, dbo.N b WHERE MATCH(a-(e)->b) AND a.Id = 5");
        Assert.Contains("[IX_From]", pattern, StringComparison.Ordinal);
        Assert.DoesNotContain("Scan", pattern, StringComparison.Ordinal);
        string reverse = _db.Plan("SELECT a.Id FROM dbo.N a, dbo.E e, dbo.N b WHERE MATCH(a-(e)->b) AND b.Id = 5");
        Assert.Contains("[IX_To]", reverse, StringComparison.Ordinal);
        Assert.DoesNotContain("Scan", reverse, StringComparison.Ordinal);
        string path = _db.Plan("SELECT COUNT(b.Id) WITHIN GROUP (GRAPH PATH) FROM dbo.N a, dbo.E FOR PATH e, dbo.N FOR PATH b WHERE MATCH(SHORTEST_PATH(a(-(e)->b)+)) AND a.Id = 5");
        Assert.Contains("Shortest Path(Index Seek)", path, StringComparison.Ordinal);
        Assert.Contains("[IX_From]", path, StringComparison.Ordinal);
        Assert.DoesNotContain("Scan", path, StringComparison.Ordinal);
    }

    [Fact]
    public void A_view_of_one_table_is_looked_through()
    {
        Index(true);
        _db.Run("""
            CREATE VIEW dbo.nodes AS SELECT $node_id, Id, Tag FROM dbo.N WHERE Id > 0;
            GO
            CREATE VIEW dbo.edges AS SELECT $edge_id, $from_id, $to_id, W FROM dbo.E;
            """);
        string pattern = _db.Plan("SELECT b.Id FROM dbo.nodes a, dbo.edges e, dbo.nodes b WHERE MATCH(a-(e)->b) AND a.Id = 5");
        Assert.Contains("[IX_From]", pattern, StringComparison.Ordinal);
        Assert.DoesNotContain("Scan", pattern, StringComparison.Ordinal);
        string path = _db.Plan("SELECT COUNT(b.Id) WITHIN GROUP (GRAPH PATH) FROM dbo.nodes a, dbo.edges FOR PATH e, dbo.nodes FOR PATH b WHERE MATCH(SHORTEST_PATH(a(-(e)->b)+)) AND a.Id = 5");
        Assert.Contains("Shortest Path(Index Seek)", path, StringComparison.Ordinal);
        Assert.Contains("[IX_From]", path, StringComparison.Ordinal);
        const string Query = "SELECT a.Id, LAST_VALUE(b.Id) WITHIN GROUP (GRAPH PATH), COUNT(b.Id) WITHIN GROUP (GRAPH PATH), SUM(e.W) WITHIN GROUP (GRAPH PATH) FROM {0} a, {1} FOR PATH e, {0} FOR PATH b WHERE MATCH(SHORTEST_PATH(a(-(e)->b){{1,3}})) AND a.Id < 4";
        string Run(string nodes, string edges) => _db.Sorted(string.Format(CultureInfo.InvariantCulture, Query, nodes, edges));
        Assert.Equal(Run("dbo.N", "dbo.E"), Run("dbo.nodes", "dbo.edges"));

        // Nor does DISTINCT, which keeps the identifiers only, change the answer.
        Assert.Equal(Run("dbo.N", "dbo.E"), Run("(SELECT DISTINCT $node_id, Id FROM dbo.N)", "dbo.edges"));
    }

    [Fact]
    public void A_search_stops_when_nobody_asks_for_more() =>
        Assert.Equal("1", _db.Query("SELECT COUNT(*) FROM (SELECT TOP (1) COUNT(b.Id) WITHIN GROUP (GRAPH PATH) AS n FROM dbo.N a, dbo.E FOR PATH e, dbo.N FOR PATH b WHERE MATCH(SHORTEST_PATH(a(-(e)->b)+)) AND a.Id = 1) AS q"));

    private void Index(bool indexed)
    {
        if (indexed)
        {
            _db.Run("CREATE INDEX IX_From ON dbo.E ($from_id, $to_id) INCLUDE (W); CREATE INDEX IX_To ON dbo.E ($to_id, $from_id);");
        }
    }

    private Dictionary<int, int> Distances(int start, int? limit)
    {
        var distances = new Dictionary<int, int>();
        List<int> level = [start];
        for (int hops = 1; level.Count > 0 && (limit is null || hops <= limit); hops++)
        {
            var next = new List<int>();
            foreach ((int from, int to) in _edges)
            {
                if (level.Contains(from) && distances.TryAdd(to, hops))
                {
                    next.Add(to);
                }
            }

            level = next;
        }

        return distances;
    }
}
