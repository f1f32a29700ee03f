using System.Text;

namespace NinaDB.Differential.Tests.Queries;

/// <summary>
/// Random queries answered by the embedded host and by SQLite: the rows are the same, in the same order. Where they are not, SQLite is asked
/// again with its inner queries kept apart: where it then answers otherwise, its own optimisation was at fault. NINADB_RANDOM_QUERIES sets how many (100,000 takes minutes).
/// </summary>
public class SqliteComparisonTests
{
    private const int Seed = 600_000;

    /// <summary>Queries to one set of tables.</summary>
    private const int QueriesPerData = 500;

    private static int QueryCount => int.TryParse(Environment.GetEnvironmentVariable("NINADB_RANDOM_QUERIES"), out int n) ? n : 4_000;

    [Fact]
    public void Random_queries_answer_as_SQLite_answers()
    {
        var differences = new StringBuilder();
        for (int first = 0; first < QueryCount; first += QueriesPerData)
        {
            int data = Seed + first;
            using var sqlite = new SqliteDatabase();
            using var engine = new EngineDatabase();
            foreach (string statement in TestData.Statements(data, "", withIndexes: false))
            {
                sqlite.Run(statement);
            }

            foreach (string statement in TestData.Statements(data, " PRIMARY KEY", withIndexes: first % (2 * QueriesPerData) == 0))
            {
                engine.Run(statement);
            }

            int found = differences.Length;
            for (int i = first; i < Math.Min(first + QueriesPerData, QueryCount); i++)
            {
                string query = new QueryGenerator(Seed + i).Statement();
                string theirs = Answer(() => sqlite.Rows(Dialect.Sqlite(query)));
                string ours = Answer(() => engine.Rows(Dialect.Ours(query)));
                if (ours != theirs && !IsRestriction(theirs) && ours != Answer(() => sqlite.Rows(Dialect.FencedSqlite(query))))
                {
                    differences.AppendLine($"-- query {i}, data {data}").AppendLine(Dialect.Ours(query)).AppendLine("ours:   " + ours).AppendLine("SQLite: " + theirs);
                }
            }

            if (differences.Length > found)
            {
                differences.AppendLine($"-- data {data}").AppendLine(string.Join(";\n", TestData.Statements(data, " PRIMARY KEY", withIndexes: true)));
            }
        }

        Report.Check("sqlite.txt", differences);
    }

    /// <summary>SQLite refuses what is valid elsewhere: conditions of a RIGHT or FULL JOIN that name a table of an outer query's later join.</summary>
    private static bool IsRestriction(string answer) => answer == "error: ON clause references tables to its right";

    private static string Answer(Func<List<string>> rows)
    {
        try
        {
            return string.Join("; ", rows());
        }
        catch (InvalidOperationException exception)
        {
            return "error: " + exception.Message;
        }
    }
}
