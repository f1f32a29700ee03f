using System.Globalization;

namespace NinaDB.Differential.Tests.Queries;

/// <summary>
/// Makes random queries in the subset that SQL Server and SQLite agree on: integers and lower-case text with NULLs, joins, subqueries, aggregates, set operators, windows, common table
/// expressions. Where the two spell a thing differently the text holds a mark of <see cref="Dialect"/>. Every query orders by all its columns, so that rows compare in order.
/// </summary>
internal sealed partial class QueryGenerator(int seed)
{
    private readonly Random _random = new(seed);
    private int _aliases;

    /// <summary>A column that an expression may name.</summary>
    private readonly record struct Column(string Name, bool IsText);

    /// <summary>One whole statement.</summary>
    public string Statement()
    {
        _aliases = 0;
        Query query = _random.Next(10) switch
        {
            0 => SetOperation(),
            1 => WithCommonTable(),
            2 => Windowed(),
            3 or 4 => Grouped([], 2),
            _ => Plain([], 2),
        };
        string order = string.Join(", ", Enumerable.Range(1, query.Columns.Count).Select(i => _random.Next(4) == 0 ? $"{i} DESC" : $"{i}"));
        string limit = _random.Next(4) == 0 ? $" {Dialect.Limit(1 + _random.Next(8))}" : "";
        return $"{query.Text} ORDER BY {order}{limit}";
    }

    /// <summary>A source and a condition over it, for tests that put the condition into different places.</summary>
    public (string From, string Condition) SourceAndCondition()
    {
        _aliases = 0;
        Source source = From([], 2);
        return (source.Text, Condition(source.Columns, 3));
    }

    /// <summary>A query without ORDER BY; its columns are named c1, c2, ...</summary>
    private sealed record Query(string Text, IReadOnlyList<Column> Columns);

    private sealed record Source(string Text, IReadOnlyList<Column> Columns);

    private string Alias() => "t" + (++_aliases).ToString(CultureInfo.InvariantCulture);

    private T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    /// <summary>Items that occur twice are left out once: ordering by both would be error 169.</summary>
    private static Query Named(string head, List<string> items, List<bool> areText, string tail)
    {
        int[] kept = [.. Enumerable.Range(0, items.Count).Where(i => items.IndexOf(items[i]) == i)];
        return new Query(
            $"{head} {string.Join(", ", kept.Select((e, i) => $"{items[e]} AS c{i + 1}"))} {tail}", [.. kept.Select((e, i) => new Column($"c{i + 1}", areText[e]))]);
    }

    private Query Plain(IReadOnlyList<Column> outer, int depth)
    {
        Source source = From(outer, depth);
        IReadOnlyList<Column> scope = source.Columns;
        int count = 1 + _random.Next(4);
        List<string> items = [];
        List<bool> areText = [];
        for (int i = 0; i < count; i++)
        {
            bool isText = _random.Next(3) == 0;
            items.Add(isText ? Text(scope, 2) : Number(scope, 3));
            areText.Add(isText);
        }

        string where = _random.Next(4) != 0 ? $" WHERE {Condition([.. scope, .. outer], 3)}" : "";
        return Named(_random.Next(5) == 0 ? "SELECT DISTINCT" : "SELECT", items, areText, $"FROM {source.Text}{where}");
    }

    private Query Grouped(IReadOnlyList<Column> outer, int depth)
    {
        Source source = From(outer, depth);
        IReadOnlyList<Column> scope = source.Columns;
        List<Column> keys = [.. Enumerable.Range(0, _random.Next(3)).Select(_ => Pick(scope)).Distinct()];
        List<string> items = [.. keys.Select(k => k.Name)];
        List<bool> areText = [.. keys.Select(k => k.IsText)];
        int count = 1 + _random.Next(3);
        for (int i = 0; i < count; i++)
        {
            items.Add(Aggregate(scope));
            areText.Add(false);
        }

        string where = _random.Next(2) == 0 ? $" WHERE {Condition(scope, 2, subqueries: true)}" : "";
        string group = keys.Count > 0 ? $" GROUP BY {string.Join(", ", keys.Select(k => k.Name))}" : "";
        string having = keys.Count > 0 && _random.Next(3) == 0 ? $" HAVING {Aggregate(scope)} {Pick(Comparisons)} {_random.Next(-5, 20)}" : "";
        return Named("SELECT", items, areText, $"FROM {source.Text}{where}{group}{having}");
    }

    private Query SetOperation()
    {
        int count = 1 + _random.Next(3);
        bool[] areText = [.. Enumerable.Range(0, count).Select(_ => _random.Next(3) == 0)];
        string operation = Pick(["UNION", "UNION ALL", "EXCEPT", "INTERSECT"]);
        string left = Branch(areText), right = Branch(areText);
        string alias = Alias();
        Column[] columns = [.. areText.Select((t, i) => new Column($"c{i + 1}", t))];
        return new Query($"SELECT {string.Join(", ", columns.Select(c => $"{alias}.{c.Name} AS {c.Name}"))} FROM ({left} {operation} {right}) AS {alias}", columns);
    }

    private string Branch(bool[] areText)
    {
        Source source = From([], 1);
        string items = string.Join(", ", areText.Select((t, i) => $"{(t ? Text(source.Columns, 1) : Number(source.Columns, 2))} AS c{i + 1}"));
        string where = _random.Next(2) == 0 ? $" WHERE {Condition(source.Columns, 2)}" : "";
        return Dialect.Fence($"SELECT {items} FROM {source.Text}{where}");
    }

    private Query WithCommonTable()
    {
        if (_random.Next(3) == 0)
        {
            int limit = 2 + _random.Next(8), step = 1 + _random.Next(3);
            return new Query(
                $"{Dialect.With} walk(n, k) AS (SELECT id, 0 FROM r WHERE id <= {1 + _random.Next(3)} UNION ALL SELECT n + {step}, k + 1 FROM walk WHERE n < {limit}) "
                + $"SELECT w.n AS c1, w.k AS c2, r.s AS c3 FROM walk AS w LEFT JOIN r ON r.id = w.n", [new("c1", false), new("c2", false), new("c3", true)]);
        }

        Query inner = _random.Next(2) == 0 ? Plain([], 1) : Grouped([], 1);
        string left = Alias(), right = Alias();
        Column key = inner.Columns[0];
        return new Query(
            $"{Dialect.With} q AS ({Dialect.Fence(inner.Text)}) SELECT {left}.{key.Name} AS c1, COUNT(*) AS c2 FROM q AS {left} JOIN q AS {right} ON {left}.{key.Name} = {right}.{key.Name} GROUP BY {left}.{key.Name}",
            [key, new("c2", false)]);
    }

    private Query Windowed()
    {
        // A derived table with a unique number makes every frame definite.
        string table = Pick(Tables), alias = Alias();
        IReadOnlyList<Column> scope = [.. ColumnsOf(table).Select(c => c with { Name = $"{alias}.{c.Name}" })];
        string partition = _random.Next(2) == 0 ? $"PARTITION BY {alias}.{Pick(["a", "b", "s"])} " : "";
        string order = $"ORDER BY {(_random.Next(2) == 0 ? $"{alias}.a, " : "")}{alias}.id{(_random.Next(3) == 0 ? " DESC" : "")}";
        string ties = $"ORDER BY {alias}.{Pick(["a", "b", "s"])}";
        List<string> items = [$"{alias}.id"];
        List<bool> areText = [false];
        for (int i = 1 + _random.Next(3); i > 0; i--)
        {
            items.Add(_random.Next(9) switch
            {
                0 => $"ROW_NUMBER() OVER ({partition}{order})",
                1 => $"RANK() OVER ({partition}{ties})",
                2 => $"DENSE_RANK() OVER ({partition}{ties})",
                3 => $"NTILE({1 + _random.Next(4)}) OVER ({partition}{order})",
                4 => $"LAG({alias}.{Pick(["a", "b"])}, {_random.Next(3)}) OVER ({partition}{order})",
                5 => $"LEAD({alias}.{Pick(["a", "b"])}, {_random.Next(3)}, -7) OVER ({partition}{order})",
                6 => $"FIRST_VALUE({alias}.{Pick(["a", "b"])}) OVER ({partition}{order})",
                7 => $"{Pick(["SUM", "MIN", "MAX", "COUNT"])}({alias}.{Pick(["a", "b"])}) OVER ({partition}{(_random.Next(2) == 0 ? ties : "")})",
                _ => $"{Pick(["SUM", "MIN", "MAX", "COUNT"])}({Number(scope, 1)}) OVER ({partition}{order} ROWS BETWEEN {_random.Next(3)} PRECEDING AND {Pick(["CURRENT ROW", "1 FOLLOWING", "UNBOUNDED FOLLOWING"])})",
            });
            areText.Add(false);
        }

        string where = _random.Next(3) == 0 ? $" WHERE {Condition(scope, 2)}" : "";
        return Named("SELECT", items, areText, $"FROM {table} AS {alias}{where}");
    }
}
