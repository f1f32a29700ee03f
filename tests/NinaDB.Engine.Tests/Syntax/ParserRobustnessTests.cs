using System.Diagnostics;
using System.Text;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Tests.Syntax;

/// <summary>Long, deep and broken input: never anything but a tree or a SQL error.</summary>
public class ParserRobustnessTests
{
    private const int ChainLength = 10_000;
    private const int FuzzSeed = 20251118;
    private const int MutationsPerScript = 60;

    [Theory]
    [InlineData("SELECT 1", " + 1", "")]
    [InlineData("SELECT 'a'", " || 'b'", "")]
    [InlineData("SELECT 1 WHERE 1 = 1", " AND 1 = 1", "")]
    [InlineData("SELECT 1 WHERE 1 = 1", " OR 1 = 1", "")]
    [InlineData("SELECT 1 WHERE 1 = 1", " AND 1 = 1 OR 2 = 2", "")]
    [InlineData("SELECT 1", " UNION ALL SELECT 1", "")]
    [InlineData("SELECT 1 FROM t", " CROSS JOIN u", "")]
    [InlineData("SELECT 1 WHERE 1 IN (1", ", 1", ")")]
    [InlineData("SELECT CASE 1", " WHEN 1 THEN 2", " END")]
    [InlineData("SELECT 1", ", 1", "")]
    [InlineData("SELECT 1 WHERE NOT 1 = 1", " AND NOT NOT 1 = 1", "")]
    [InlineData("SELECT 1 WHERE", " NOT", " 1 = 1")]
    [InlineData("", "SELECT 1;", "")]
    public void Chains_of_any_length_parse(string head, string link, string tail)
    {
        var text = new StringBuilder(head);
        for (int i = 0; i < ChainLength; i++)
        {
            text.Append(link);
        }

        Assert.NotEmpty(Parser.ParseBatch(text.Append(tail).ToString()).Statements);
    }

    [Fact]
    public void Long_conditions_are_shallow_trees()
    {
        string text = "SELECT 1 WHERE 1 = 1" + string.Concat(Enumerable.Repeat(" AND 2 = 2", ChainLength));
        var query = (SelectQuery)((SelectStatement)Parser.ParseBatch(text).Statements[0]).Query;
        Assert.InRange(Depth(query.Where!), 1, 32);

        static int Depth(Predicate predicate) => predicate is AndPredicate and ? 1 + Math.Max(Depth(and.Left), Depth(and.Right)) : 1;
    }

    [Theory]
    [InlineData("SELECT ", "(", "1")]
    [InlineData("SELECT ", "- ", "1")]
    [InlineData("SELECT ", "~", "1")]
    [InlineData("SELECT 1 WHERE ", "(", "1 = 1")]
    [InlineData("SELECT ", "ABS(", "1")]
    [InlineData("SELECT ", "CASE WHEN 1 = 1 THEN ", "1")]
    [InlineData("SELECT 1 FROM ", "(SELECT 1 FROM ", "t")]
    [InlineData("SELECT 1 FROM ", "(", "t")]
    [InlineData("SELECT 1 WHERE ", "EXISTS (SELECT 1 WHERE ", "1 = 1")]
    [InlineData("SELECT ", "(SELECT ", "1")]
    [InlineData("SELECT ", "CAST(", "1")]
    [InlineData("", "BEGIN ", "PRINT 1")]
    [InlineData("", "IF 1 = 1 ", "PRINT 1")]
    [InlineData("", "WHILE 1 = 1 ", "PRINT 1")]
    [InlineData("", "BEGIN TRY ", "PRINT 1")]
    [InlineData("", "IF 1 = 1 PRINT 1 ELSE ", "PRINT 1")]
    [InlineData("SELECT 1 GROUP BY ", "GROUPING SETS (", "1")]
    [InlineData("SELECT 1 FROM t", " JOIN t", " ON 1 = 1")]
    [InlineData("CREATE TABLE t (a int) WITH ", "(A = ON ", "(B = ON)")]
    [InlineData("SELECT ", "{fn ABS(", "1")]
    [InlineData("SELECT ", "IIF(1 = 1, ", "1")]
    [InlineData("SELECT ", "JSON_OBJECT('a':", "1")]
    [InlineData("SELECT ", "@x.value(", "1")]
    public void Deep_nesting_is_error_191(string head, string link, string tail)
    {
        var text = new StringBuilder(head);
        for (int i = 0; i < ChainLength; i++)
        {
            text.Append(link);
        }

        var exception = Assert.Throws<SqlErrorException>(() => Parser.ParseBatch(text.Append(tail).ToString()));
        Assert.Equal(191, exception.Error.Number);
    }

    [Fact]
    public void Moderate_nesting_parses()
    {
        string text = "SELECT " + new string('(', 150) + "1" + new string(')', 150);
        Assert.Single(Parser.ParseBatch(text).Statements);
    }

    [Fact]
    public void Mutated_scripts_parse_or_fail_with_a_sql_error()
    {
        var random = new Random(FuzzSeed);
        string[] scripts = [.. Directory.EnumerateFiles(CaseFile.Folder, "*.txt").Order(StringComparer.Ordinal)
            .SelectMany(CaseFile.Read).Select(c => c.Script)];
        string[] words = [.. scripts.SelectMany(s => s.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)).Distinct()];
        Assert.NotEmpty(words);
        var clock = Stopwatch.StartNew();
        foreach (string script in scripts)
        {
            for (int i = 0; i < MutationsPerScript; i++)
            {
                TryParse(Mutate(script, words, random));
            }
        }

        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1), $"{clock.Elapsed}");
    }

    [Fact]
    public void Truncated_scripts_parse_or_fail_with_a_sql_error()
    {
        foreach (string script in Directory.EnumerateFiles(CaseFile.Folder, "*.txt").SelectMany(CaseFile.Read).Select(c => c.Script))
        {
            for (int length = 0; length < script.Length; length++)
            {
                TryParse(script[..length]);
            }
        }
    }

    [Fact]
    public void Every_statement_knows_where_it_stands()
    {
        const string script = "DECLARE @a int = 1;\n  IF @a = 1\n    SELECT @a AS x\n  ELSE PRINT 'no';\nEXEC p";
        IReadOnlyList<Statement> statements = Parser.ParseBatch(script).Statements;
        Assert.Equal(["DECLARE @a int = 1", "IF @a = 1\n    SELECT @a AS x\n  ELSE PRINT 'no'", "EXEC p"],
            statements.Select(s => script[s.Offset..s.EndOffset]));
        Assert.Equal([1, 2, 5], statements.Select(s => s.Line));
        Assert.Equal(3, ((IfStatement)statements[1]).Then.Line);
    }

    [Fact]
    public void A_module_keeps_its_text()
    {
        const string script = "-- header\nCREATE VIEW v AS SELECT 1 AS a -- tail\n";
        Assert.Equal(script, ((CreateViewStatement)Parser.ParseBatch(script).Statements[0]).SourceText);
    }

    private static void TryParse(string text)
    {
        try
        {
            Parser.ParseBatch(text);
            BatchSplitter.Split(text);
        }
        catch (SqlErrorException exception)
        {
            Assert.True(exception.Error.Line > 0, $"no line in: {exception.Error.Message}\n{text}");
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Assert.Fail($"{exception}\n\n{text}");
        }
    }

    private static string Mutate(string script, string[] words, Random random)
    {
        var text = new StringBuilder(script);
        int changes = random.Next(1, 4);
        for (int i = 0; i < changes && text.Length > 0; i++)
        {
            int at = random.Next(text.Length);
            switch (random.Next(6))
            {
                case 0:
                    text.Remove(at, Math.Min(random.Next(1, 12), text.Length - at));
                    break;
                case 1:
                    text.Insert(at, " " + words[random.Next(words.Length)] + " ");
                    break;
                case 2:
                    text[at] = "'\"[](){}<>=!+-*/%.,;:@#$0xN\\&|^~"[random.Next(32)];
                    break;
                case 3:
                    int length = Math.Min(random.Next(1, 20), text.Length - at);
                    text.Insert(random.Next(text.Length), text.ToString(at, length));
                    break;
                case 4:
                    text[at] = (char)random.Next(1, 0x3000);
                    break;
                default:
                    text.Length = at;
                    break;
            }
        }

        return text.ToString();
    }
}
