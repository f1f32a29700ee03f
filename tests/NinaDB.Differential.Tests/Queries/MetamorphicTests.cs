using System.Globalization;
using System.Text;
using NinaDB.Engine.Planning;

namespace NinaDB.Differential.Tests.Queries;

/// <summary>
/// What must hold between answers of the embedded host, whatever the right answer is: the rows of P, NOT P and P unknown add up to all rows; indexes and join algorithms change no answer;
/// what is filtered can as well be counted row by row. NINADB_METAMORPHIC sets the number of queries.
/// </summary>
public class MetamorphicTests
{
    private const int Seed = 700_000;

    /// <summary>How long a plan that was forced on a query may take; slower ones are passed over.</summary>
    private static readonly TimeSpan ForcedTime = TimeSpan.FromSeconds(1);

    private static int QueryCount => int.TryParse(Environment.GetEnvironmentVariable("NINADB_METAMORPHIC"), out int n) ? n : 1_500;

    [Fact]
    public void Rows_of_a_condition_of_its_negation_and_of_neither_are_all_rows() => Check("partition", (indexed, plain, seed, fail) =>
    {
        (string from, string condition) = Source(seed);
        long all = Count(indexed, from, "");
        long partition = Count(indexed, from, $"WHERE {condition}") + Count(indexed, from, $"WHERE NOT ({condition})")
            + Count(indexed, from, $"WHERE CASE WHEN {condition} THEN 1 WHEN NOT ({condition}) THEN 0 END IS NULL");
        if (all != partition)
        {
            fail($"{all} rows, {partition} in the parts: FROM {from} WHERE {condition}");
        }
    });

    [Fact]
    public void A_filter_keeps_the_rows_for_which_its_condition_is_true() => Check("filter", (indexed, plain, seed, fail) =>
    {
        (string from, string condition) = Source(seed);
        long filtered = Count(indexed, from, $"WHERE {condition}");
        long judged = indexed.Rows($"SELECT q.v FROM (SELECT CASE WHEN {condition} THEN 1 ELSE 0 END AS v FROM {from}) AS q").Count(r => r == "1");
        if (filtered != judged)
        {
            fail($"{filtered} rows pass, {judged} should: FROM {from} WHERE {condition}");
        }
    });

    [Fact]
    public void Indexes_change_no_answer() => Check("indexes", (indexed, plain, seed, fail) =>
    {
        string query = Dialect.Ours(new QueryGenerator(seed).Statement());
        string with = string.Join("; ", indexed.Rows(query));
        string without = string.Join("; ", plain.Rows(query));
        if (with != without)
        {
            fail($"{query}\n  with indexes:    {with}\n  without indexes: {without}");
        }
    });

    [Fact]
    public void Join_algorithms_and_join_order_change_no_answer() => Check("joins", (indexed, plain, seed, fail) =>
    {
        string query = Dialect.Ours(new QueryGenerator(seed).Statement());
        string expected = string.Join("; ", indexed.Rows(query));
        foreach (string option in (string[])["LOOP JOIN", "HASH JOIN", "MERGE JOIN", "FORCE ORDER"])
        {
            string? actual = indexed.RowsWithin($"{query} OPTION ({option})", ForcedTime) is { } rows ? string.Join("; ", rows) : null;
            if (actual is not null && actual != expected)
            {
                fail($"{query}\n  {option}: {actual}\n  otherwise: {expected}");
            }
        }
    });

    [Fact]
    public void Rewrites_of_the_planner_change_no_answer() => Check("rewrites", (indexed, plain, seed, fail) =>
    {
        string query = Dialect.Ours(new QueryGenerator(seed).Statement());
        string expected = string.Join("; ", indexed.Rows(query));
        foreach (PlanRewrites rewrite in Enum.GetValues<PlanRewrites>().Where(r => r != PlanRewrites.None))
        {
            PlanOptions.Without = rewrite;
            try
            {
                // Another text has a plan of its own.
                string? actual = indexed.RowsWithin($"{query} -- without {rewrite}", ForcedTime) is { } rows ? string.Join("; ", rows) : null;
                if (actual is not null && actual != expected)
                {
                    fail($"{query}\n  without {rewrite}: {actual}\n  with it: {expected}");
                }
            }
            finally
            {
                PlanOptions.Without = PlanRewrites.None;
            }
        }
    });

    private static (string From, string Condition) Source(int seed)
    {
        (string from, string condition) = new QueryGenerator(seed).SourceAndCondition();
        return (Dialect.Ours(from), Dialect.Ours(condition));
    }

    private static long Count(EngineDatabase database, string from, string where) =>
        long.Parse(database.Rows($"SELECT COUNT(*) FROM {from} {where}")[0], CultureInfo.InvariantCulture);

    private static void Check(string name, Action<EngineDatabase, EngineDatabase, int, Action<string>> test)
    {
        using EngineDatabase indexed = Create(withIndexes: true), plain = Create(withIndexes: false);
        var differences = new StringBuilder();
        for (int i = 0; i < QueryCount; i++)
        {
            try
            {
                test(indexed, plain, Seed + i, difference => differences.AppendLine($"-- query {Seed + i}").AppendLine(difference));
            }
            catch (InvalidOperationException exception)
            {
                differences.AppendLine($"-- query {Seed + i}").AppendLine(Dialect.Ours(new QueryGenerator(Seed + i).Statement())).AppendLine(exception.Message);
            }
        }

        if (differences.Length > 0)
        {
            differences.AppendLine(string.Join(";\n", TestData.Statements(Seed, " PRIMARY KEY", withIndexes: true)));
        }

        Report.Check($"metamorphic-{name}.txt", differences);
    }

    private static EngineDatabase Create(bool withIndexes)
    {
        var database = new EngineDatabase();
        foreach (string statement in TestData.Statements(Seed, withIndexes ? " PRIMARY KEY" : "", withIndexes))
        {
            database.Run(statement);
        }

        return database;
    }
}
