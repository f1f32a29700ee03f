using NinaDB.Engine.Binding;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Expressions;
using NinaDB.Engine.Types;
using ExecutionContext = NinaDB.Engine.Execution.ExecutionContext;

namespace NinaDB.Engine.Tests.Expressions;

public class ExpressionTests
{
    private static ExpressionHarness Harness() => new ExpressionHarness()
        .Source(
            "t",
            ("i", SqlType.Int, SqlValue.FromInt(7)),
            ("n", SqlType.Int, SqlValue.Null),
            ("b", SqlType.BigInt, SqlValue.FromBigInt(9_000_000_000)),
            ("s", SqlType.VarChar(20), SqlValue.FromString("Apple", SqlTypeId.VarChar)),
            ("u", SqlType.NVarChar(20), SqlValue.FromString("Apple")),
            ("f", SqlType.Float, SqlValue.FromFloat(2.5)))
        .Source("r", ("i", SqlType.Int, SqlValue.FromInt(8)), ("z", SqlType.Int, SqlValue.FromInt(0)))
        .Variable("@v", SqlType.Int, SqlValue.FromInt(5));

    [Theory]
    [InlineData("1 + 2", "3 : int")]
    [InlineData("t.i * 2 - 1", "13 : int")]
    [InlineData("7 / 2", "3 : int")]
    [InlineData("-7 % 3", "-1 : int")]
    [InlineData("t.i + b", "9000000007 : bigint")]
    [InlineData("t.i + n", "NULL : int")]
    [InlineData("t.i + NULL", "NULL : int")]
    [InlineData("1.5 + 1", "2.5 : numeric(3,1)")]
    [InlineData("'a' + 'b'", "ab : varchar(2)")]
    [InlineData("s + N'!'", "Apple! : nvarchar(21)")]
    [InlineData("2147483648", "2147483648 : numeric(10,0)")]
    [InlineData("1 + '2'", "3 : int")]
    [InlineData("@v + 1", "6 : int")]
    [InlineData("~5", "-6 : int")]
    [InlineData("5 & 3 | 8", "9 : int")]
    [InlineData("CASE WHEN t.i > 5 THEN 1 ELSE 2.5 END", "1.0 : numeric(2,1)")]
    [InlineData("CASE t.i WHEN 7 THEN 'seven' END", "seven : varchar(5)")]
    [InlineData("CASE WHEN 1 = 0 THEN 1 END", "NULL : int")]
    [InlineData("COALESCE(n, t.i)", "7 : int")]
    [InlineData("COALESCE(n, 1.5)", "1.5 : numeric(11,1)")]
    [InlineData("ISNULL(n, 2.9)", "2 : int")]
    [InlineData("ISNULL(NULL, 'x')", "x : varchar(1)")]
    [InlineData("NULLIF(t.i, 7)", "NULL : int")]
    [InlineData("NULLIF(t.i, 8)", "7 : int")]
    [InlineData("IIF(t.i > 5, 'yes', 'no')", "yes : varchar(3)")]
    [InlineData("CHOOSE(2, 'a', 'bb', 'c')", "bb : varchar(2)")]
    [InlineData("CHOOSE(9, 'a', 'bb')", "NULL : varchar(2)")]
    [InlineData("CAST(t.i AS varchar)", "7 : varchar(30)")]
    [InlineData("CAST('12' AS int)", "12 : int")]
    [InlineData("TRY_CAST('x' AS int)", "NULL : int")]
    [InlineData("CONVERT(varchar(10), CAST('2024-02-03' AS date), 101)", "02/03/2024 : varchar(10)")]
    [InlineData("PARSE('1.234,5' AS decimal(10,2) USING 'de-DE')", "1234.50 : decimal(10,2)")]
    [InlineData("TRY_PARSE('?' AS int)", "NULL : int")]
    public void Evaluates(string expression, string expected) => Assert.Equal(expected, Harness().Show(expression));

    [Theory]
    [InlineData("nope", 207)]
    [InlineData("t.nope", 207)]
    [InlineData("x.i", 4104)]
    [InlineData("i", 209)]
    [InlineData("@nope", 137)]
    [InlineData("@@nope", 137)]
    [InlineData("NOPE(1)", 195)]
    [InlineData("dbo.nope(1)", 4121)]
    [InlineData("LEN()", 174)]
    [InlineData("CONCAT('a')", 189)]
    [InlineData("DATEADD('day', 1, '2020-01-01')", 1023)]
    [InlineData("DATEADD(nope, 1, '2020-01-01')", 155)]
    [InlineData("ISNULL(1)", 174)]
    [InlineData("1 / 0", 8134)]
    [InlineData("2147483647 + 1", 8115)]
    [InlineData("t.i + 2147483647", 8115)]
    [InlineData("CAST('x' AS int)", 245)]
    [InlineData("1 + 'x'", 245)]
    [InlineData("CAST(t.i AS nope)", 243)]
    [InlineData("COALESCE(NULL, NULL)", 4127)]
    [InlineData("NULLIF(NULL, 1)", 4151)]
    [InlineData("CASE WHEN 1 = 1 THEN NULL END", 8133)]
    [InlineData("SUM(t.i)", 147)]
    [InlineData("ROW_NUMBER() OVER (ORDER BY t.i)", 4108)]
    [InlineData("ROW_NUMBER()", 10753)]
    [InlineData("s COLLATE nope", 448)]
    [InlineData("t.i COLLATE Latin1_General_BIN", 447)]
    public void Refuses(string expression, int error) => Assert.Equal(error, Harness().ErrorOf(expression));

    [Fact]
    public void ErrorsNameTheirLine()
    {
        var error = Assert.Throws<Errors.SqlErrorException>(() => Harness().Bind("1 +\n nope"));
        Assert.Equal(2, error.Error.Line);
        Assert.Equal("Invalid column name 'nope'.", error.Error.Message);
    }

    [Theory]
    [InlineData("t.i = 7", Truth.True)]
    [InlineData("7 < t.i", Truth.False)]
    [InlineData("t.i !> 7", Truth.True)]
    [InlineData("t.i < b", Truth.True)]
    [InlineData("t.i = 7.0", Truth.True)]
    [InlineData("t.i = '7'", Truth.True)]
    [InlineData("n = 1", Truth.Unknown)]
    [InlineData("n = NULL", Truth.Unknown)]
    [InlineData("NOT n = 1", Truth.Unknown)]
    [InlineData("n IS NULL", Truth.True)]
    [InlineData("t.i IS NOT NULL", Truth.True)]
    [InlineData("n = 1 OR t.i = 7", Truth.True)]
    [InlineData("n = 1 AND t.i = 8", Truth.False)]
    [InlineData("n = 1 AND t.i = 7", Truth.Unknown)]
    [InlineData("s = 'APPLE  '", Truth.True)]
    [InlineData("s = u", Truth.True)]
    [InlineData("s < 'banana'", Truth.True)]
    [InlineData("s LIKE 'a%'", Truth.True)]
    [InlineData("s NOT LIKE '_pple'", Truth.False)]
    [InlineData("s LIKE n", Truth.Unknown)]
    [InlineData("t.i IN (1, 7, 9)", Truth.True)]
    [InlineData("t.i IN (1, 2, NULL)", Truth.Unknown)]
    [InlineData("t.i NOT IN (1, 2, NULL)", Truth.Unknown)]
    [InlineData("t.i NOT IN (1, 2)", Truth.True)]
    [InlineData("t.i IN (1, 2, 3, 4, 5, 6, 8, 7)", Truth.True)]
    [InlineData("s IN ('a', 'b', 'c', 'd', 'e', 'f', 'APPLE')", Truth.True)]
    [InlineData("t.i IN (@v, @v + 2)", Truth.True)]
    [InlineData("t.i BETWEEN 5 AND 7", Truth.True)]
    [InlineData("t.i NOT BETWEEN 5 AND 7", Truth.False)]
    [InlineData("t.i NOT BETWEEN n AND 6", Truth.True)]
    [InlineData("n IS NOT DISTINCT FROM NULL", Truth.True)]
    [InlineData("n IS DISTINCT FROM t.i", Truth.True)]
    [InlineData("t.i > @v", Truth.True)]
    [InlineData("t.i < r.i", Truth.True)]
    [InlineData("f = 2.5", Truth.True)]
    public void Tests(string condition, Truth expected) => Assert.Equal(expected, Harness().Test(condition));

    [Fact]
    public void CaseDoesNotEvaluateWhatItDoesNotChoose() =>
        Assert.Equal("0", Harness().Value("CASE WHEN z = 0 THEN 0 ELSE 1 / z END"));

    [Fact]
    public void FoldingKeepsErrorsForExecution()
    {
        ExpressionHarness harness = Harness();
        Assert.IsType<BoundConstant>(harness.Bind("1 + 2 * 3"));
        Assert.IsNotType<BoundConstant>(harness.Bind("1 / 0"));
        Assert.Equal("1", harness.Value("CASE WHEN 1 = 1 THEN 1 ELSE 1 / 0 END"));
    }

    [Fact]
    public void CollationConflictsAreFound()
    {
        ExpressionHarness harness = new ExpressionHarness().Source(
            "t",
            ("a", SqlType.VarChar(10, Collation.Find("Latin1_General_CI_AS")), SqlValue.FromString("x", SqlTypeId.VarChar)),
            ("b", SqlType.VarChar(10, Collation.Find("Latin1_General_BIN")), SqlValue.FromString("X", SqlTypeId.VarChar)));
        Assert.Equal(468, harness.ErrorOfCondition("a = b"));
        Assert.Equal(468, harness.ErrorOfCondition("a COLLATE Latin1_General_BIN = b COLLATE Latin1_General_CI_AS"));
        Assert.Equal(Truth.True, harness.Test("a = b COLLATE Latin1_General_CI_AS"));
        Assert.Equal(Truth.False, harness.Test("a COLLATE Latin1_General_BIN = b"));
        Assert.Equal(Truth.True, harness.Test("a = 'X'"));
        Assert.Equal(Truth.False, harness.Test("b = 'x'"));
        Assert.Equal(457, harness.ErrorOf("a + b"));
    }

    [Fact]
    public void LongChainsNeedNoDeepStack()
    {
        ExpressionHarness harness = Harness();
        string sum = string.Join(" + ", Enumerable.Repeat("t.i", 10_000));
        string text = string.Join(" + ", Enumerable.Repeat("s", 10_000));
        string any = string.Join(" OR ", Enumerable.Range(100, 10_000).Select(i => $"t.i = {i}")) + " OR t.i = 7";
        string all = string.Join(" AND ", Enumerable.Range(100, 10_000).Select(i => $"t.i <> {i}"));
        OnSmallStack(() =>
        {
            Assert.Equal("70000", harness.Value(sum));
            Assert.Equal(8000, harness.Value(text).Length);
            Assert.Equal(Truth.True, harness.Test(any));
            Assert.Equal(Truth.True, harness.Test(all));
            BoundExpression bound = harness.Bind(sum);
            Assert.Single(ExpressionInfo.Registers(bound));
            Assert.NotNull(ExpressionInfo.Substitute(bound, _ => null));
            Assert.True(ExpressionInfo.BoundComparer.Equals(bound, harness.Bind(sum)));
        });
    }

    [Fact]
    public void ScalarSubqueries()
    {
        ExpressionHarness harness = Harness();
        Assert.Equal("NULL", harness.Value("(SELECT x)"));
        harness.SubqueryRows.Add(SqlValue.FromInt(3));
        Assert.Equal("10", harness.Value("t.i + (SELECT x)"));
        harness.SubqueryRows.Add(SqlValue.FromInt(4));
        Assert.Equal(512, harness.ErrorOf("(SELECT x)"));
    }

    [Fact]
    public void UncorrelatedSubqueriesRunOnceAnExecution()
    {
        ExpressionHarness harness = Harness();
        harness.SubqueryRows.Add(SqlValue.FromInt(3));
        Evaluator compiled = new ExpressionCompiler(harness).Compile(harness.Bind("(SELECT x)"));
        ExecutionContext context = harness.NewContext();
        compiled(context);
        compiled(context);
        Assert.Equal(1, harness.SubqueryRuns);
        compiled(harness.NewContext());
        Assert.Equal(2, harness.SubqueryRuns);

        harness.Correlation = "z";
        BoundExpression correlated = harness.Bind("(SELECT x)");
        Assert.Single(ExpressionInfo.Registers(correlated));
        compiled = new ExpressionCompiler(harness).Compile(correlated);
        context = harness.NewContext();
        compiled(context);
        compiled(context);
        Assert.Equal(4, harness.SubqueryRuns);
    }

    [Theory]
    [InlineData("", "t.i IN (SELECT x)", Truth.False)]
    [InlineData("", "t.i NOT IN (SELECT x)", Truth.True)]
    [InlineData("", "n NOT IN (SELECT x)", Truth.True)]
    [InlineData("1,7", "t.i IN (SELECT x)", Truth.True)]
    [InlineData("1,7", "n IN (SELECT x)", Truth.Unknown)]
    [InlineData("1,NULL", "t.i IN (SELECT x)", Truth.Unknown)]
    [InlineData("1,NULL", "t.i NOT IN (SELECT x)", Truth.Unknown)]
    [InlineData("7,NULL", "t.i NOT IN (SELECT x)", Truth.False)]
    [InlineData("1,5", "t.i > ALL (SELECT x)", Truth.True)]
    [InlineData("1,9", "t.i > ALL (SELECT x)", Truth.False)]
    [InlineData("1,NULL", "t.i > ALL (SELECT x)", Truth.Unknown)]
    [InlineData("", "t.i > ALL (SELECT x)", Truth.True)]
    [InlineData("1,9", "t.i > ANY (SELECT x)", Truth.True)]
    [InlineData("8,9", "t.i > SOME (SELECT x)", Truth.False)]
    [InlineData("", "EXISTS (SELECT x)", Truth.False)]
    [InlineData("NULL", "EXISTS (SELECT x)", Truth.True)]
    public void QuantifiedSubqueries(string rows, string condition, Truth expected)
    {
        foreach (string? correlation in new[] { null, "z" })
        {
            ExpressionHarness harness = Harness();
            harness.Correlation = correlation;
            harness.SubqueryRows.AddRange(rows.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(r => r == "NULL" ? SqlValue.Null : SqlValue.FromInt(int.Parse(r))));
            Assert.Equal(expected, harness.Test(condition));
        }
    }

    [Fact]
    public void StructureIsCompared()
    {
        ExpressionHarness harness = Harness();
        BoundExpression a = harness.Bind("t.i + ISNULL(n, 4) * 2");
        Assert.True(ExpressionInfo.BoundComparer.Equals(a, harness.Bind("T.I + isnull(t.n, 4) * 2")));
        Assert.Equal(ExpressionInfo.BoundComparer.GetHashCode(a), ExpressionInfo.BoundComparer.GetHashCode(harness.Bind("t.I + IsNull(N, 4) * 2")));
        Assert.False(ExpressionInfo.BoundComparer.Equals(a, harness.Bind("t.i + ISNULL(n, 4) * 3")));
    }

    [Fact]
    public void DatepartsTellCallsApart()
    {
        ExpressionHarness harness = Harness();
        BoundExpression days = harness.Bind("DATEADD(day, t.i, CAST('2020-01-01' AS date))");
        Assert.True(ExpressionInfo.BoundComparer.Equals(days, harness.Bind("dateadd(DAY, t.I, CAST('2020-01-01' AS date))")));
        Assert.False(ExpressionInfo.BoundComparer.Equals(days, harness.Bind("DATEADD(month, t.i, CAST('2020-01-01' AS date))")));
        Assert.False(ExpressionInfo.BoundComparer.Equals(harness.Bind("NEWID()"), harness.Bind("NEWID()")));
    }

    [Fact]
    public void RandomNumbersAreOneAStatementAndIdentifiersOneACall()
    {
        ExpressionHarness harness = Harness();
        ExecutionContext context = harness.NewContext();
        Evaluator random = new ExpressionCompiler(harness).Compile(harness.Bind("RAND()"));
        Assert.Equal(random(context).AsDouble, random(context).AsDouble);
        Evaluator identifier = new ExpressionCompiler(harness).Compile(harness.Bind("NEWID()"));
        Assert.NotEqual(identifier(context).AsGuid, identifier(context).AsGuid);
    }

    [Fact]
    public void RegistersAreSubstituted()
    {
        ExpressionHarness harness = Harness();
        BoundPredicate predicate = harness.BindCondition("t.i > 3 AND s LIKE 'A%'");
        int register = ((BoundColumn)harness.Bind("t.i")).Register;
        BoundPredicate? moved = ExpressionInfo.Substitute(predicate, r => r == register ? new BoundConstant(SqlValue.FromInt(1), SqlType.Int) : null);
        Assert.NotNull(moved);
        Assert.DoesNotContain(register, ExpressionInfo.Registers(moved));
        Assert.Equal(Truth.False, new ExpressionCompiler(harness).Compile(moved)(harness.NewContext()));
    }

    private static void OnSmallStack(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    action();
                }
                catch (Exception exception)
                {
                    failure = exception;
                }
            },
            maxStackSize: 1 << 20);
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }
}
