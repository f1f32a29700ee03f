namespace NinaDB.Differential.Tests.Queries;

internal sealed partial class QueryGenerator
{
    private static readonly string[] Comparisons = ["=", "<>", "<", "<=", ">", ">="];
    private static readonly string[] Words = ["''", "'a'", "'b'", "'ab'", "'ba'", "'abc'", "'x'", "'cab'"];
    private static readonly string[] Patterns = ["'a%'", "'%b'", "'%a%'", "'_'", "'_b%'", "'%'", "'abc'", "'%a_'"];

    /// <summary>An integer expression that never overflows 32 bits: products are of columns and small constants only.</summary>
    private string Number(IReadOnlyList<Column> scope, int depth)
    {
        Column[] numbers = [.. scope.Where(c => !c.IsText)];
        if (depth == 0 || _random.Next(3) == 0)
        {
            return numbers.Length > 0 && _random.Next(4) != 0 ? Pick(numbers).Name : _random.Next(-9, 30).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return _random.Next(14) switch
        {
            0 or 1 => $"({Number(scope, depth - 1)} + {Number(scope, depth - 1)})",
            2 => $"({Number(scope, depth - 1)} - {Number(scope, depth - 1)})",
            3 => $"({Number(scope, 0)} * {Number(scope, 0)})",
            4 => $"({Number(scope, depth - 1)} / NULLIF({Number(scope, 0)}, 0))",
            5 => $"({Number(scope, depth - 1)} % NULLIF({Number(scope, 0)}, 0))",
            6 => $"COALESCE({Number(scope, depth - 1)}, {Number(scope, 0)})",
            7 => $"NULLIF({Known(scope)}, {Number(scope, 0)})",
            8 => $"CASE WHEN {Condition(scope, depth - 1, subqueries: false)} THEN {Number(scope, depth - 1)} ELSE {Number(scope, 0)} END",
            9 => $"CASE {Known(scope)} WHEN {Number(scope, 0)} THEN {Number(scope, 0)} WHEN {Number(scope, 0)} THEN {Number(scope, 0)} END",
            10 => $"ABS({Number(scope, depth - 1)})",
            11 => $"{Dialect.Length}({Text(scope, depth - 1)})",
            12 => $"(- {Number(scope, 0)})".Replace("(- -", "(0 - -", StringComparison.Ordinal),
            _ => $"CAST({Number(scope, depth - 1)} AS int)",
        };
    }

    /// <summary>A number that is no constant: some functions refuse a bare NULL, and folded constants test nothing.</summary>
    private string Known(IReadOnlyList<Column> scope) => scope.FirstOrDefault(c => !c.IsText).Name ?? "1";

    private string Text(IReadOnlyList<Column> scope, int depth)
    {
        Column[] texts = [.. scope.Where(c => c.IsText)];
        if (depth == 0 || _random.Next(3) == 0)
        {
            return texts.Length > 0 && _random.Next(4) != 0 ? Pick(texts).Name : Pick(Words);
        }

        return _random.Next(7) switch
        {
            0 => $"({Text(scope, depth - 1)} || {Text(scope, depth - 1)})",
            1 => $"SUBSTRING({Text(scope, depth - 1)}, {1 + _random.Next(3)}, {_random.Next(4)})",
            2 => $"REPLACE({Text(scope, depth - 1)}, 'a', {Pick(Words)})",
            3 => $"COALESCE({Text(scope, depth - 1)}, {Pick(Words)})",
            4 => $"CASE WHEN {Condition(scope, depth - 1, subqueries: false)} THEN {Text(scope, 0)} ELSE {Text(scope, 0)} END",
            5 => $"LOWER({Text(scope, depth - 1)})",
            _ => $"NULLIF({(texts.Length > 0 ? Pick(texts).Name : "'a'")}, {Pick(Words)})",
        };
    }

    private string Condition(IReadOnlyList<Column> scope, int depth, bool subqueries = true)
    {
        if (depth > 0 && _random.Next(3) == 0)
        {
            return _random.Next(4) switch
            {
                0 => $"NOT ({Condition(scope, depth - 1, subqueries)})",
                1 => $"({Condition(scope, depth - 1, subqueries)} OR {Condition(scope, depth - 1, subqueries)})",
                _ => $"({Condition(scope, depth - 1, subqueries)} AND {Condition(scope, depth - 1, subqueries)})",
            };
        }

        int size = Math.Min(depth, 1);
        switch (_random.Next(subqueries ? 14 : 10))
        {
            case 0:
                return $"{Number(scope, size)} IS {Pick(["", "NOT "])}NULL";
            case 1:
                return $"{Text(scope, size)} IS {Pick(["", "NOT "])}NULL";
            case 2:
                return $"{Number(scope, size)} {Pick(["", "NOT "])}IN ({Number(scope, 0)}, {Number(scope, 0)}, {Number(scope, 0)})";
            case 3:
                return $"{Number(scope, size)} {Pick(["", "NOT "])}BETWEEN {Number(scope, 0)} AND {Number(scope, 0)}";
            case 4:
                return $"{Text(scope, size)} {Pick(["", "NOT "])}LIKE {Pick(Patterns)}";
            case 5:
                return $"{Text(scope, size)} {Pick(Comparisons)} {Text(scope, size)}";
            case 6:
                return $"{Number(scope, size)} IS {Pick(["", "NOT "])}DISTINCT FROM {Number(scope, 0)}";
            case 10:
            case 11:
                return $"{Pick(["", "NOT "])}EXISTS ({Subquery("1", scope)})";
            case 12:
                return $"{Number(scope, size)} {Pick(["", "NOT "])}IN ({Subquery(null, scope)})";
            case 13:
                return $"{Number(scope, 0)} {Pick(Comparisons)} ({Subquery("aggregate", scope)})";
            default:
                return $"{Number(scope, size)} {Pick(Comparisons)} {Number(scope, size)}";
        }
    }

    /// <summary>A subquery over one table, more often than not correlated.</summary>
    private string Subquery(string? item, IReadOnlyList<Column> outer)
    {
        string table = Pick(Tables), alias = Alias();
        IReadOnlyList<Column> own = [.. ColumnsOf(table).Select(c => c with { Name = $"{alias}.{c.Name}" })];
        item = item switch { null => Number(own, 1), "aggregate" => Aggregate(own), _ => item };
        Column[] numbers = [.. outer.Where(c => !c.IsText)];
        List<string> conditions = [];
        if (numbers.Length > 0 && _random.Next(3) != 0)
        {
            conditions.Add($"{alias}.{Pick(["id", "a", "b"])} {Pick(["=", "=", "=", "<", ">="])} {Pick(numbers).Name}");
        }

        if (_random.Next(2) == 0)
        {
            conditions.Add(Condition([.. own, .. outer], 1, subqueries: false));
        }

        return $"SELECT {item} FROM {table} AS {alias}{(conditions.Count > 0 ? " WHERE " + string.Join(" AND ", conditions) : "")}";
    }

    private string Aggregate(IReadOnlyList<Column> scope) => _random.Next(7) switch
    {
        0 => "COUNT(*)",
        1 => $"COUNT({Known(scope)})",
        2 => $"COUNT(DISTINCT {Pick(scope).Name})",
        3 => $"SUM({Number(scope, 1)})",
        4 => $"SUM(DISTINCT {Known(scope)})",
        5 => $"MIN({Number(scope, 1)})",
        _ => $"MAX({Number(scope, 1)})",
    };
}
