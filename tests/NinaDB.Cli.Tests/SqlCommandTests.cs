namespace NinaDB.Cli.Tests;

public sealed class SqlCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _database;

    public SqlCommandTests()
    {
        _database = _folder.At("db");
        Assert.Equal(0, Nina.Run("init", "--empty", "--path", _database).ExitCode);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_query_prints_aligned_columns_and_the_row_count()
    {
        (int exitCode, string output, _) = Nina.Run("sql", "-d", _database, "-Q", "SELECT 1 AS n, N'one' AS word UNION ALL SELECT 20, NULL;");

        Assert.Equal(0, exitCode);
        Assert.Equal(" n word\n-- ----\n 1 one\n20 NULL\n\n(2 rows affected)\n\n", output);
    }

    [Fact]
    public void Csv_quotes_what_needs_quotes_and_leaves_null_empty()
    {
        (_, string output, _) = Nina.Run("sql", "-d", _database, "-o", "csv", "-Q", "SELECT N'a,b' AS x, NULL AS y, N'' AS z;");

        Assert.Equal("x,y,z\n\"a,b\",,\"\"\n", output);
    }

    [Fact]
    public void Json_keeps_types()
    {
        (_, string output, _) = Nina.Run("sql", "-d", _database, "-o", "json", "-Q", "SELECT 1 AS n, CAST(1 AS bit) AS b, 1.50 AS d, NULL AS e, N'ü' AS s;");

        Assert.Equal("[\n{\"n\":1,\"b\":true,\"d\":1.50,\"e\":null,\"s\":\"ü\"}\n]\n", output);
    }

    [Fact]
    public void An_error_looks_as_in_sqlcmd_and_sets_the_exit_code()
    {
        (int exitCode, _, string errors) = Nina.Run("sql", "-d", _database, "-Q", "SELECT 1;\nSELECT * FROM nothing;");

        Assert.Equal(1, exitCode);
        Assert.Equal("Msg 208, Level 16, State 1, Line 2\nInvalid object name 'nothing'.\n", errors);
    }

    [Fact]
    public void Go_separates_batches_and_repeats_them()
    {
        (int exitCode, string output, _) = Nina.RunWithInput("PRINT 'a'\nGO 2\nPRINT 'b'\nGO\n", "sql", "-d", _database, "-o", "csv");

        Assert.Equal(0, exitCode);
        Assert.Equal(string.Empty, output);
    }

    [Fact]
    public void Printed_messages_go_to_standard_error()
    {
        (_, string output, string errors) = Nina.Run("sql", "-d", _database, "-Q", "PRINT 'hello';");

        Assert.Equal(string.Empty, output);
        Assert.Equal("hello\n", errors);
    }

    [Fact]
    public void Scripting_variables_come_from_the_script_and_the_command_line()
    {
        (_, string output, _) = Nina.Run("sql", "-d", _database, "-o", "csv", "-v", "B=2", "-Q", ":setvar A 1\nSELECT $(A) AS a, $(B) AS b;");

        Assert.Equal("a,b\n1,2\n", output);
    }

    [Fact]
    public void An_undefined_variable_is_a_usage_error()
    {
        (int exitCode, _, string errors) = Nina.Run("sql", "-d", _database, "-Q", "SELECT $(Nothing);");

        Assert.Equal(2, exitCode);
        Assert.Equal("'Nothing' scripting variable not defined. Set it with :setvar or -v.\n", errors);
    }

    [Fact]
    public void Scripts_include_scripts_relative_to_themselves()
    {
        Directory.CreateDirectory(_folder.At("scripts/inner"));
        File.WriteAllText(_folder.At("scripts/outer.sql"), ":r inner/one.sql\nSELECT 2 AS two;\n");
        File.WriteAllText(_folder.At("scripts/inner/one.sql"), "SELECT 1 AS one;\n");

        (int exitCode, string output, _) = Nina.Run("sql", "-d", _database, "-o", "csv", "-i", _folder.At("scripts/outer.sql"));

        Assert.Equal(0, exitCode);
        Assert.Equal("one\n1\n\ntwo\n2\n", output);
    }

    [Fact]
    public void Stop_on_error_stops_at_the_first_batch_that_fails()
    {
        (int exitCode, string output, _) = Nina.Run("sql", "-d", _database, "-b", "-o", "csv", "-Q", "SELECT * FROM nothing;\nGO\nSELECT 1 AS one;");

        Assert.Equal(1, exitCode);
        Assert.Equal(string.Empty, output);
    }

    [Fact]
    public void What_was_committed_is_there_in_the_next_run()
    {
        Nina.Run("sql", "-d", _database, "-Q", "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2);");
        (_, string output, _) = Nina.Run("sql", "-d", _database, "-o", "csv", "-Q", "SELECT COUNT(*) AS n FROM t;");

        Assert.Equal("n\n2\n", output);
    }
}
