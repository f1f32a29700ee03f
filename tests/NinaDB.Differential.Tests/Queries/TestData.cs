using System.Globalization;

namespace NinaDB.Differential.Tests.Queries;

/// <summary>Three small tables with many NULLs and repeated values, the same in every database; with indexes or without.</summary>
internal static class TestData
{
    private static readonly string[] Words = ["a", "b", "ab", "ba", "abc", "x", "cab", ""];

    /// <remarks>All text is lower-case letters, which every collation here compares alike.</remarks>
    /// <param name="key">Clause after the type of id.</param>
    public static IEnumerable<string> Statements(int seed, string key, bool withIndexes)
    {
        var random = new Random(seed);
        foreach (string table in QueryGenerator.Tables)
        {
            yield return $"CREATE TABLE {table} (id int NOT NULL{key}, a int NULL, b int NULL, s varchar(40) NULL)";
            int rows = table switch { "p" => 24, "q1" => 13, _ => 7 };
            for (int id = 1; id <= rows; id++)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"INSERT INTO {table} (id, a, b, s) VALUES ({id}, {Number(10)}, {Number(30)}, {(random.Next(5) == 0 ? "NULL" : $"'{Words[random.Next(Words.Length)]}'")})");
            }

            if (withIndexes)
            {
                yield return $"CREATE INDEX {table}_a ON {table} (a)";
                yield return $"CREATE INDEX {table}_ba ON {table} (b, a)";
                yield return $"CREATE INDEX {table}_s ON {table} (s)";
            }

            string Number(int limit) => random.Next(5) == 0 ? "NULL" : random.Next(-3, limit).ToString(CultureInfo.InvariantCulture);
        }
    }
}
