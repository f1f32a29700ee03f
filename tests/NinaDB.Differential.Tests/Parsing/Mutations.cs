
namespace NinaDB.Differential.Tests.Parsing;

/// <summary>Makes near neighbours of a batch: tokens dropped, doubled, swapped, or put in from another batch.</summary>
internal static class Mutations
{
    /// <summary>What is put in.</summary>
    private static readonly string[] Donors =
    [
        "SELECT a, COUNT(*) AS n FROM dbo.T AS t WHERE t.a = 1 AND b IS NOT NULL GROUP BY a HAVING COUNT(*) > 1 ORDER BY n DESC;",
        "INSERT INTO dbo.T (a, b) OUTPUT inserted.a VALUES (1, 'x'), (DEFAULT, NULL);",
        "UPDATE t SET a = a + 1, b = CASE WHEN a > 0 THEN 'p' ELSE 'n' END FROM dbo.T AS t INNER JOIN #u AS u ON u.id = t.id;",
        "DELETE TOP (3) FROM dbo.T WHERE EXISTS (SELECT * FROM s.U WHERE U.x BETWEEN 1 AND 2);",
        "CREATE TABLE dbo.T (id int IDENTITY(1, 1) NOT NULL CONSTRAINT PK PRIMARY KEY, a decimal(9, 2) NULL DEFAULT (0), c AS (a * 2) PERSISTED, CHECK (a > 0));",
        "ALTER TABLE dbo.T ADD CONSTRAINT FK FOREIGN KEY (a) REFERENCES dbo.U (id) ON DELETE CASCADE;",
        "CREATE PROCEDURE dbo.P @a int = 1, @b nvarchar(max) OUTPUT WITH EXECUTE AS OWNER AS BEGIN SET NOCOUNT ON; RETURN 1; END;",
        "DECLARE @i int = 0, @t TABLE (x int); WHILE @i < 3 BEGIN SET @i += 1; IF @i = 2 BREAK ELSE CONTINUE; END;",
        "BEGIN TRY BEGIN TRANSACTION; EXEC dbo.P @a = 2, @b = @x OUTPUT; COMMIT; END TRY BEGIN CATCH IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION; THROW; END CATCH;",
        "MERGE dbo.T AS t USING (VALUES (1)) AS s(id) ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = 1 WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id);",
        "WITH c AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM c WHERE n < 9) SELECT SUM(n) OVER (PARTITION BY n ORDER BY n ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM c OPTION (MAXRECURSION 10);",
        "GRANT SELECT ON OBJECT::dbo.T TO u WITH GRANT OPTION; CREATE UNIQUE INDEX ix ON dbo.T (a ASC) INCLUDE (b) WHERE a IS NOT NULL WITH (FILLFACTOR = 80);",
    ];

    /// <summary>A seed for <see cref="Mutate"/> that is the same on every machine.</summary>
    public static int StableHash(string text) => (int)text.Aggregate(2166136261u, (hash, c) => (hash ^ c) * 16777619u);

    public static string Mutate(string batch, Random random)
    {
        List<string> tokens = Tokenize(batch);
        List<string> donor = Tokenize(Donors[random.Next(Donors.Length)]);
        int edits = 1 + (random.Next(4) == 0 ? 1 : 0);
        for (int i = 0; i < edits && tokens.Count > 1; i++)
        {
            int at = random.Next(tokens.Count);
            switch (random.Next(6))
            {
                case 0:
                    tokens.RemoveAt(at);
                    break;
                case 1:
                    tokens.Insert(at, tokens[at]);
                    break;
                case 2 when at + 1 < tokens.Count:
                    (tokens[at], tokens[at + 1]) = (tokens[at + 1], tokens[at]);
                    break;
                case 3 when donor.Count > 0:
                    tokens[at] = donor[random.Next(donor.Count)];
                    break;
                case 4 when donor.Count > 0:
                    int from = random.Next(donor.Count);
                    tokens.InsertRange(at, donor.Skip(from).Take(1 + random.Next(4)));
                    break;
                default:
                    tokens.RemoveRange(at, Math.Min(1 + random.Next(4), tokens.Count - at));
                    break;
            }
        }

        return string.Join(' ', tokens);
    }

    /// <summary>Words, numbers, strings, quoted names and operators; comments are left out.</summary>
    public static List<string> Tokenize(string text)
    {
        var tokens = new List<string>();
        int i = 0;
        while (i < text.Length)
        {
            int start = i;
            char c = text[i];
            if (char.IsWhiteSpace(c))
            {
                i++;
                continue;
            }

            if (text.AsSpan(i).StartsWith("--"))
            {
                i = text.IndexOf('\n', i) is var end and >= 0 ? end : text.Length;
                continue;
            }

            if (text.AsSpan(i).StartsWith("/*"))
            {
                i = text.IndexOf("*/", i + 2, StringComparison.Ordinal) is var end and >= 0 ? end + 2 : text.Length;
                continue;
            }

            if (c is 'N' or 'n' && i + 1 < text.Length && text[i + 1] == '\'')
            {
                i++;
                c = '\'';
            }

            if (c is '\'' or '"' or '[')
            {
                i = EndOfQuoted(text, i, c == '[' ? ']' : c);
            }
            else if (char.IsLetterOrDigit(c) || c is '_' or '@' or '#' or '$')
            {
                while (i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] is '_' or '@' or '#' or '$' || (char.IsDigit(c) && text[i] == '.')))
                {
                    i++;
                }
            }
            else
            {
                i += i + 1 < text.Length && text.Substring(i, 2) is "<>" or "<=" or ">=" or "!=" or "+=" or "-=" or "*=" or "/=" or "||" or "::" ? 2 : 1;
            }

            tokens.Add(text[start..i]);
        }

        return tokens;
    }

    private static int EndOfQuoted(string text, int start, char quote)
    {
        int i = start + 1;
        while (i < text.Length)
        {
            if (text[i] == quote)
            {
                if (i + 1 < text.Length && text[i + 1] == quote)
                {
                    i++;
                }
                else
                {
                    return i + 1;
                }
            }

            i++;
        }

        return i;
    }
}
