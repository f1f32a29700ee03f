namespace NinaDB.Differential.Tests.Queries;

internal sealed partial class QueryGenerator
{
    /// <summary>Tables of <see cref="TestData"/>, all of one shape: id (a key), a, b (numbers), s (text).</summary>
    internal static readonly string[] Tables = ["p", "q1", "r"];

    private static IReadOnlyList<Column> ColumnsOf(string table) => [new("id", false), new("a", false), new("b", false), new("s", true)];

    private Source From(IReadOnlyList<Column> outer, int depth)
    {
        Source source = Leaf(outer, depth);
        int joins = _random.Next(10) switch { < 4 => 0, < 8 => 1, _ => 2 };
        for (int i = 0; i < joins; i++)
        {
            Source right = Leaf(outer, depth);
            IReadOnlyList<Column> both = [.. source.Columns, .. right.Columns];
            source = new Source(
                _random.Next(8) switch
                {
                    0 => $"{source.Text} CROSS JOIN {right.Text}",
                    1 => $"{source.Text} FULL JOIN {right.Text} ON {JoinCondition(source, right, both)}",
                    2 => $"{source.Text} RIGHT JOIN {right.Text} ON {JoinCondition(source, right, both)}",
                    3 or 4 => $"{source.Text} LEFT JOIN {right.Text} ON {JoinCondition(source, right, both)}",
                    _ => $"{source.Text} {Dialect.InnerJoin(Pick(["", "", "", "LOOP", "HASH", "MERGE"]))} {right.Text} ON {JoinCondition(source, right, both)}",
                },
                both);
        }

        return source;
    }

    private Source Leaf(IReadOnlyList<Column> outer, int depth)
    {
        string alias = Alias();
        if (depth > 0 && _random.Next(6) == 0)
        {
            Query inner = _random.Next(2) == 0 ? Plain([], depth - 1) : Grouped([], depth - 1);
            return new Source($"({Dialect.Fence(inner.Text)}) AS {alias}", [.. inner.Columns.Select(c => c with { Name = $"{alias}.{c.Name}" })]);
        }

        string table = Pick(Tables);
        return new Source($"{table} AS {alias}", [.. ColumnsOf(table).Select(c => c with { Name = $"{alias}.{c.Name}" })]);
    }

    private string JoinCondition(Source left, Source right, IReadOnlyList<Column> both)
    {
        Column[] numbersLeft = [.. left.Columns.Where(c => !c.IsText)], numbersRight = [.. right.Columns.Where(c => !c.IsText)];
        if (_random.Next(5) == 0 || numbersLeft.Length == 0 || numbersRight.Length == 0)
        {
            return Condition(both, 2, subqueries: false);
        }

        string equal = $"{Pick(numbersLeft).Name} = {Pick(numbersRight).Name}";
        return _random.Next(3) == 0 ? $"{equal} AND {Condition(both, 1, subqueries: false)}" : equal;
    }
}
