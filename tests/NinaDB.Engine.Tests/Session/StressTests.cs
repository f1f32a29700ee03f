using System.Globalization;
using Xunit;

namespace NinaDB.Engine.Tests.Session;

/// <summary>Random work against a model kept beside it, and the same work from several threads at once.</summary>
public sealed class StressTests
{
    /// <summary>Inserts, updates, deletes, savepoints and rollbacks in a random order, failures included; after every step rows and every index agree with the model.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Rows_and_indexes_agree_with_a_model(int seed)
    {
        var random = new Random(seed);
        using var sql = new SqlTestHarness();
        sql.Run("""
            SET NOCOUNT ON;
            CREATE TABLE dbo.t (id int PRIMARY KEY, a int UNIQUE, b int, CHECK (b < 90), INDEX ix_b (b DESC) INCLUDE (a), INDEX ux UNIQUE (b, a) WHERE b > 50);
            """);
        var rows = new SortedDictionary<int, (int A, int B)>();
        var saved = new Stack<SortedDictionary<int, (int A, int B)>>();
        bool inTransaction = false;
        for (int step = 0; step < 400; step++)
        {
            int id = random.Next(40), a = random.Next(60), b = random.Next(100);
            string script;
            SortedDictionary<int, (int A, int B)>? next = null;
            switch (random.Next(10))
            {
                case 0 when !inTransaction:
                    script = "BEGIN TRAN;";
                    inTransaction = true;
                    saved.Push(new(rows));
                    break;
                case 0 or 1 when inTransaction:
                    script = "SAVE TRAN s;";
                    saved.Push(new(rows));
                    break;
                case 2 when inTransaction && random.Next(2) == 0:
                    script = "COMMIT;";
                    inTransaction = false;
                    saved.Clear();
                    break;
                case 2 when inTransaction && saved.Count > 1:
                    script = "ROLLBACK TRAN s;";
                    next = new(saved.Peek());
                    break;
                case 3 when inTransaction && random.Next(3) == 0:
                    script = "ROLLBACK;";
                    next = saved.Last();
                    inTransaction = false;
                    saved.Clear();
                    break;
                case 4:
                    script = string.Create(CultureInfo.InvariantCulture, $"DELETE dbo.t WHERE b BETWEEN {b} AND {b + 10};");
                    next = new(rows.Where(r => r.Value.B < b || r.Value.B > b + 10).ToDictionary());
                    break;
                case 5:
                    script = string.Create(CultureInfo.InvariantCulture, $"UPDATE dbo.t SET a = a + 1, b = b + 3 WHERE id > {id};");
                    next = Try(rows.ToDictionary(r => r.Key, r => r.Key > id ? (r.Value.A + 1, r.Value.B + 3) : r.Value));
                    break;
                case 6:
                    script = string.Create(CultureInfo.InvariantCulture, $"INSERT dbo.t SELECT id + 40, a + 60, b FROM dbo.t WHERE a < {a};");
                    next = rows.Any(r => r.Value.A < a && rows.ContainsKey(r.Key + 40))
                        ? null
                        : Try(rows.Concat(rows.Where(r => r.Value.A < a).Select(r => KeyValuePair.Create(r.Key + 40, (r.Value.A + 60, r.Value.B)))).ToDictionary());
                    break;
                default:
                    script = string.Create(CultureInfo.InvariantCulture, $"INSERT dbo.t VALUES ({id}, {a}, {b}), ({id + 1}, {a + 1}, {b});");
                    next = rows.ContainsKey(id) || rows.ContainsKey(id + 1) ? null : Try(rows.Append(new(id, (a, b))).Append(new(id + 1, (a + 1, b))).ToDictionary());
                    break;
            }

            sql.Run(script);
            rows = next ?? rows;
            Assert.Equal(Text(rows, r => r.Key), sql.Run("SELECT id, a, b FROM dbo.t ORDER BY id;"));
            if (step % 10 == 0)
            {
                Assert.Equal(Text(rows, r => (-r.Value.B * 1000) + r.Value.A), sql.Run("SELECT id, a, b FROM dbo.t WITH (INDEX(ix_b)) WHERE b >= 0 ORDER BY b DESC, a;"));
                Assert.Equal(Text(rows.Where(r => r.Value.B > 50), r => (r.Value.B * 1000) + r.Value.A), sql.Run("SELECT id, a, b FROM dbo.t WHERE b > 50 ORDER BY b, a;"));
            }
        }

        // A change that breaks no constraint, or null when the statement must fail.
        static SortedDictionary<int, (int A, int B)>? Try(Dictionary<int, (int A, int B)> rows) =>
            rows.Values.Select(r => r.A).Distinct().Count() == rows.Count && rows.Values.All(r => r.B < 90) ? new(rows) : null;

        static string Text(IEnumerable<KeyValuePair<int, (int A, int B)>> rows, Func<KeyValuePair<int, (int A, int B)>, int> order) =>
            string.Join('\n', rows.OrderBy(order).Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Key} | {r.Value.A} | {r.Value.B}")));
    }

    [Fact]
    public async Task Shared_plans_serve_several_threads()
    {
        using var sql = new SqlTestHarness();
        sql.Run("""
            CREATE TABLE dbo.account (id int PRIMARY KEY, balance int NOT NULL CHECK (balance >= 0));
            INSERT dbo.account SELECT value, 1000 FROM GENERATE_SERIES(1, 10);
            CREATE TABLE dbo.log (id int IDENTITY PRIMARY KEY, source int, target int, amount int);
            GO
            CREATE FUNCTION dbo.f (@x int) RETURNS int AS BEGIN DECLARE @t TABLE (v int); INSERT @t VALUES (@x), (@x); RETURN (SELECT SUM(v) FROM @t); END
            GO
            CREATE PROCEDURE dbo.transfer @source int, @target int, @amount int AS
            BEGIN
                SET NOCOUNT, XACT_ABORT ON;
                BEGIN TRY
                    BEGIN TRAN;
                    UPDATE dbo.account SET balance -= @amount WHERE id = @source;
                    UPDATE dbo.account SET balance += @amount WHERE id = @target;
                    INSERT dbo.log (source, target, amount) VALUES (@source, @target, @amount);
                    COMMIT;
                END TRY
                BEGIN CATCH IF @@TRANCOUNT > 0 ROLLBACK; END CATCH;
                CREATE TABLE #r (v int); INSERT #r VALUES (@amount); SELECT dbo.f(v) FROM #r;
            END
            """);
        await Task.WhenAll(Enumerable.Range(1, 4).Select(thread => Task.Run(() =>
        {
            var random = new Random(thread);
            using SqlTestHarness other = sql.Another();
            for (int i = 0; i < 60; i++)
            {
                int amount = random.Next(1, 400);
                Assert.Equal(
                    (amount * 2).ToString(CultureInfo.InvariantCulture),
                    other.Run($"EXEC dbo.transfer {random.Next(1, 11)}, {random.Next(1, 11)}, {amount};"));
                Assert.Equal("10000", other.Run("SELECT SUM(balance) FROM dbo.account;"));
            }
        })));
        Assert.Equal("10000 | 1", sql.Run("""
            SELECT SUM(a.balance), MIN(CASE WHEN a.balance = 1000 + COALESCE(i.s, 0) - COALESCE(o.s, 0) THEN 1 ELSE 0 END)
            FROM dbo.account AS a
            OUTER APPLY (SELECT SUM(amount) AS s FROM dbo.log WHERE target = a.id) AS i
            OUTER APPLY (SELECT SUM(amount) AS s FROM dbo.log WHERE source = a.id) AS o;
            """));
    }
}
