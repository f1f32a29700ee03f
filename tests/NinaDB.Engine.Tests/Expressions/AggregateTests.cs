using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Tests.Expressions;

public class AggregateTests
{
    private static SqlValue[] Ints(params int?[] values) => [.. values.Select(v => v is { } x ? SqlValue.FromInt(x) : SqlValue.Null)];

    private static string Show(SqlValue value, SqlType type) => value.IsNull ? "NULL" : SqlFormat.ToText(value, type);

    private static string Text(SqlValue value) => value.Kind switch
    {
        SqlTypeId.Null => "NULL",
        SqlTypeId.Int => Show(value, SqlType.Int),
        SqlTypeId.BigInt => Show(value, SqlType.BigInt),
        SqlTypeId.Float => value.AsDouble.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        SqlTypeId.Decimal or SqlTypeId.Numeric => value.AsDecimal.ToString(),
        _ => value.AsString,
    };

    [Theory]
    [InlineData("COUNT(*)", "4")]
    [InlineData("COUNT(x)", "3")]
    [InlineData("COUNT(DISTINCT x)", "2")]
    [InlineData("COUNT_BIG(x)", "3")]
    [InlineData("SUM(x)", "5")]
    [InlineData("SUM(DISTINCT x)", "3")]
    [InlineData("AVG(x)", "1")]
    [InlineData("AVG(x * 1.0)", "1.666666")]
    [InlineData("MIN(x)", "1")]
    [InlineData("MAX(x)", "2")]
    [InlineData("MAX(CAST(x AS varchar(10)))", "2")]
    [InlineData("VARP(x)", "0.2222222222222222")]
    [InlineData("STDEV(x * x)", "1.7320508075688772")]
    [InlineData("STRING_AGG(x, ',')", "1,2,2")]
    [InlineData("STRING_AGG(x, ',') WITHIN GROUP (ORDER BY x DESC)", "2,2,1")]
    [InlineData("CHECKSUM_AGG(x)", "1")]
    [InlineData("APPROX_COUNT_DISTINCT(x)", "2")]
    [InlineData("PRODUCT(x)", "4")]
    [InlineData("APPROX_PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY x)", "2")]
    [InlineData("JSON_ARRAYAGG(x)", "[1,2,2]")]
    [InlineData("JSON_ARRAYAGG(x NULL ON NULL)", "[1,null,2,2]")]
    [InlineData("JSON_ARRAYAGG(x ORDER BY x DESC)", "[2,2,1]")]
    public void Aggregates(string call, string expected)
    {
        ExpressionHarness harness = new ExpressionHarness().Source("t", ("x", SqlType.Int, SqlValue.Null));
        Assert.Equal(expected, Text(harness.Aggregate(call, 0, Ints(1, null, 2, 2))));
    }

    [Theory]
    [InlineData("COUNT(*)", "0")]
    [InlineData("SUM(x)", "NULL")]
    [InlineData("MAX(x)", "NULL")]
    [InlineData("STRING_AGG(x, ',')", "NULL")]
    [InlineData("STDEV(x)", "NULL")]
    public void EmptyGroups(string call, string expected)
    {
        ExpressionHarness harness = new ExpressionHarness().Source("t", ("x", SqlType.Int, SqlValue.Null));
        Assert.Equal(expected, Text(harness.Aggregate(call, 0)));
    }

    [Theory]
    [InlineData("SUM(x)", 8115)]
    [InlineData("AVG(x)", 8115)]
    [InlineData("SUM(SUM(x))", 130)]
    [InlineData("SUM((SELECT 1))", 130)]
    [InlineData("SUM(CAST(x AS bit))", 8117)]
    [InlineData("SUM('a')", 8117)]
    [InlineData("MIN(CAST(x AS bit))", 8117)]
    [InlineData("SUM(x, 1)", 174)]
    public void Refuses(string call, int error)
    {
        ExpressionHarness harness = new ExpressionHarness().Source("t", ("x", SqlType.Int, SqlValue.Null));
        var raised = Assert.Throws<SqlErrorException>(() => harness.Aggregate(call, 0, Ints(int.MaxValue, 1)));
        Assert.Equal(error, raised.Error.Number);
    }

    [Theory]
    [InlineData("ROW_NUMBER() OVER (ORDER BY x)", "1 2 3 4 5")]
    [InlineData("RANK() OVER (ORDER BY x)", "1 2 2 4 5")]
    [InlineData("DENSE_RANK() OVER (ORDER BY x)", "1 2 2 3 4")]
    [InlineData("NTILE(2) OVER (ORDER BY x)", "1 1 1 2 2")]
    [InlineData("PERCENT_RANK() OVER (ORDER BY x)", "0 0.25 0.25 0.75 1")]
    [InlineData("CUME_DIST() OVER (ORDER BY x)", "0.2 0.6 0.6 0.8 1")]
    [InlineData("LAG(x) OVER (ORDER BY x)", "NULL 1 2 2 3")]
    [InlineData("LAG(x, 2, -1) OVER (ORDER BY x)", "-1 -1 1 2 2")]
    [InlineData("LEAD(x, 1, 0) OVER (ORDER BY x)", "2 2 3 5 0")]
    [InlineData("FIRST_VALUE(x) OVER (ORDER BY x)", "1 1 1 1 1")]
    [InlineData("LAST_VALUE(x) OVER (ORDER BY x)", "1 2 2 3 5")]
    [InlineData("LAST_VALUE(x) OVER (ORDER BY x ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)", "5 5 5 5 5")]
    [InlineData("SUM(x) OVER ()", "13 13 13 13 13")]
    [InlineData("SUM(x) OVER (ORDER BY x)", "1 5 5 8 13")]
    [InlineData("SUM(x) OVER (ORDER BY x ROWS UNBOUNDED PRECEDING)", "1 3 5 8 13")]
    [InlineData("SUM(x) OVER (ORDER BY x ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)", "3 5 7 10 8")]
    [InlineData("SUM(x) OVER (ORDER BY x ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)", "13 12 10 8 5")]
    [InlineData("SUM(x) OVER (ORDER BY x ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING)", "5 8 5 NULL NULL")]
    [InlineData("SUM(x) OVER (ORDER BY x ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING)", "NULL NULL 1 3 4")]
    [InlineData("SUM(x * 1e0) OVER (ORDER BY x ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)", "1 3 4 5 8")]
    [InlineData("MAX(x) OVER (ORDER BY x ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)", "2 2 3 5 5")]
    [InlineData("MIN(x) OVER (ORDER BY x ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)", "1 1 2 2 3")]
    [InlineData("COUNT(*) OVER (ORDER BY x ROWS 1 PRECEDING)", "1 2 2 2 2")]
    [InlineData("PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY x) OVER ()", "2 2 2 2 2")]
    [InlineData("PERCENTILE_DISC(0.9) WITHIN GROUP (ORDER BY x) OVER ()", "5 5 5 5 5")]
    public void Windows(string call, string expected)
    {
        ExpressionHarness harness = new ExpressionHarness().Source("t", ("x", SqlType.Int, SqlValue.Null));
        Assert.Equal(expected, string.Join(' ', harness.Window(call, 0, Ints(1, 2, 2, 3, 5)).Select(Text)));
    }

    [Theory]
    [InlineData("LAG(x) IGNORE NULLS OVER (ORDER BY x)", "NULL 1 1 1 2")]
    [InlineData("LEAD(x) IGNORE NULLS OVER (ORDER BY x)", "2 2 2 4 NULL")]
    [InlineData("LAST_VALUE(x) IGNORE NULLS OVER (ORDER BY (SELECT NULL) ROWS UNBOUNDED PRECEDING)", "1 1 1 2 4")]
    [InlineData("FIRST_VALUE(x) IGNORE NULLS OVER (ORDER BY (SELECT NULL) ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)", "2 2 2 4 NULL")]
    public void IgnoringNulls(string call, string expected)
    {
        ExpressionHarness harness = new ExpressionHarness().Source("t", ("x", SqlType.Int, SqlValue.Null));
        Assert.Equal(expected, string.Join(' ', harness.Window(call, 0, Ints(1, null, null, 2, 4)).Select(Text)));
    }

    [Theory]
    [InlineData("ROW_NUMBER() OVER ()", 4112)]
    [InlineData("ROW_NUMBER() OVER (ORDER BY 1)", 5308)]
    [InlineData("ROW_NUMBER() OVER (ORDER BY 'a')", 5309)]
    [InlineData("ROW_NUMBER() OVER (ORDER BY x ROWS UNBOUNDED PRECEDING)", 10752)]
    [InlineData("SUM(x) OVER (ROWS UNBOUNDED PRECEDING)", 10756)]
    [InlineData("SUM(x) OVER (ORDER BY x RANGE BETWEEN 1 PRECEDING AND CURRENT ROW)", 4194)]
    [InlineData("COUNT(DISTINCT x) OVER ()", 10759)]
    [InlineData("STRING_AGG(x, ',') OVER ()", 4113)]
    [InlineData("SUM(x) OVER (ORDER BY ROW_NUMBER() OVER (ORDER BY x))", 4109)]
    public void RefusesWindows(string call, int error)
    {
        ExpressionHarness harness = new ExpressionHarness().Source("t", ("x", SqlType.Int, SqlValue.Null));
        var raised = Assert.Throws<SqlErrorException>(() => harness.Window(call, 0, Ints(1)));
        Assert.Equal(error, raised.Error.Number);
    }
}
