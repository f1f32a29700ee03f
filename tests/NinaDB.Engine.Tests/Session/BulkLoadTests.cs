using Xunit;

namespace NinaDB.Engine.Tests.Session;

/// <summary>BULK INSERT and OPENROWSET(BULK) from files of a folder of the test's own.</summary>
public sealed class BulkLoadTests : IDisposable
{
    private readonly SqlTestHarness _sql = new() { ShowCounts = true };
    private readonly string _folder = Directory.CreateTempSubdirectory("nina-bulk").FullName;

    public BulkLoadTests() => _sql.Run("CREATE TABLE dbo.t (id int NOT NULL, name varchar(10) NULL, amount decimal(9,2) NULL DEFAULT 7);");

    public void Dispose()
    {
        _sql.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    private string Load(string content, string options) =>
        _sql.Run($"BULK INSERT dbo.t FROM '{Write("data.txt", content)}' WITH ({options});\nGO\nSELECT * FROM dbo.t ORDER BY id;");

    [Fact]
    public void Tabs_and_lines_are_the_default() =>
        Assert.Equal("(2)\n1 | one | 1.50\n2 | two | 2.00\n(2)", Load("1\tone\t1.5\n2\ttwo\t2\n", "TABLOCK"));

    [Fact]
    public void Windows_lines_end_rows_too() =>
        Assert.Equal("(2)\n1 | one | 1.00\n2 | two | 2.00\n(2)", Load("1,one,1\r\n2,two,2\r\n", "FIELDTERMINATOR = ','"));

    [Fact]
    public void Terminators_may_be_words_and_bytes() =>
        Assert.Equal("(2)\n1 | one | 1.00\n2 | two | 2.00\n(2)", Load("1||one||1;2||two||2;", "FIELDTERMINATOR = '||', ROWTERMINATOR = '0x3B'"));

    [Fact]
    public void The_first_and_last_row_can_be_chosen() =>
        Assert.Equal("(1)\n2 | two | 2.00\n(1)", Load("id,name,amount\n1,one,1\n2,two,2\n3,three,3\n", "FIELDTERMINATOR = ',', FIRSTROW = 3, LASTROW = 3"));

    [Fact]
    public void Csv_fields_may_be_quoted() =>
        Assert.Equal("(2)\n1 | a,\"b\" | 1.00\n2 | x\ny | 2.00\n(2)", Load("1,\"a,\"\"b\"\"\",1\n2,\"x\ny\",2\n", "FORMAT = 'CSV'"));

    [Fact]
    public void An_empty_field_takes_the_default_or_stays_null()
    {
        Assert.Equal("(1)\n1 | NULL | 7.00\n(1)", Load("1,,\n", "FIELDTERMINATOR = ','"));
        Assert.Equal("(1)\n1 | NULL | 7.00\n2 | NULL | NULL\n(2)", Load("2,,\n", "FIELDTERMINATOR = ',', KEEPNULLS"));
    }

    [Fact]
    public void A_row_that_does_not_fit_is_reported_and_skipped() => Assert.Equal(
        "Msg 4864, Level 16, State 1, Line 1: Bulk load data conversion error (type mismatch or invalid character for the specified codepage) for row 1, column 1 (id).\n"
        + "Msg 4863, Level 16, State 1, Line 1: Bulk load data conversion error (truncation) for row 2, column 2 (name).\n"
        + "Msg 4869, Level 16, State 1, Line 1: The bulk load failed. Unexpected NULL value in data file row 3, column 1. The destination column (id) is defined as NOT NULL.\n"
        + "4 | ok | 4.00\n(1)",
        Load("x,one,1\n2,much too long,2\n,three,3\n4,ok,4\n", "FIELDTERMINATOR = ','"));

    [Fact]
    public void Too_many_of_them_end_the_load() => Assert.Equal(
        "Msg 4864, Level 16, State 1, Line 1: Bulk load data conversion error (type mismatch or invalid character for the specified codepage) for row 1, column 1 (id).\n"
        + "Msg 4864, Level 16, State 1, Line 1: Bulk load data conversion error (type mismatch or invalid character for the specified codepage) for row 2, column 1 (id).\n"
        + "Msg 4865, Level 16, State 1, Line 1: Cannot bulk load because the maximum number of errors (1) was exceeded.\n"
        + "Msg 7399, Level 16, State 1, Line 1: The OLE DB provider \"BULK\" for linked server \"(null)\" reported an error. The provider did not give any information about the error.\n"
        + "Msg 7330, Level 16, State 2, Line 1: Cannot fetch a row from OLE DB provider \"BULK\" for linked server \"(null)\".\n(0)",
        Load("x,one,1\ny,two,2\n3,three,3\n", "FIELDTERMINATOR = ',', MAXERRORS = 1"));

    [Fact]
    public void Rows_that_do_not_fit_go_to_the_error_file()
    {
        string errors = Path.Combine(_folder, "errors.txt");
        Load("x,one,1\n2,two,2\n", $"FIELDTERMINATOR = ',', ERRORFILE = '{errors}'");
        Assert.Equal("x,one,1", File.ReadAllText(errors).Trim());
        Assert.StartsWith("Msg 4861", Load("3,three,3\n", $"FIELDTERMINATOR = ',', ERRORFILE = '{errors}'"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_ends_inside_a_row() =>
        Assert.StartsWith("Msg 4832, Level 16, State 1, Line 1: Bulk load: An unexpected end of file was encountered in the data file.", Load("1,one,1\n2,two", "FIELDTERMINATOR = ','"), StringComparison.Ordinal);

    [Fact]
    public void Identity_values_are_kept_only_when_asked_for()
    {
        _sql.Run("CREATE TABLE dbo.i (id int IDENTITY(100, 1), v varchar(5));");
        string path = Write("i.txt", "5,a\n6,b\n");
        Assert.Equal("(2)\n100\n101\n(2)", _sql.Run($"BULK INSERT dbo.i FROM '{path}' WITH (FIELDTERMINATOR = ','); SELECT id FROM dbo.i ORDER BY id;"));
        Assert.Equal("(2)\n5\n6\n100\n101\n(4)", _sql.Run($"BULK INSERT dbo.i FROM '{path}' WITH (FIELDTERMINATOR = ',', KEEPIDENTITY); SELECT id FROM dbo.i ORDER BY id;"));
    }

    [Fact]
    public void Triggers_fire_when_asked_for()
    {
        _sql.Run("CREATE TRIGGER dbo.tr ON dbo.t AFTER INSERT AS PRINT CONCAT('fired ', (SELECT COUNT(*) FROM inserted));");
        Assert.DoesNotContain("fired", Load("1,a,1\n", "FIELDTERMINATOR = ','"), StringComparison.Ordinal);
        Assert.StartsWith("fired 2", Load("2,b,1\n3,c,1\n", "FIELDTERMINATOR = ',', FIRE_TRIGGERS"), StringComparison.Ordinal);
    }

    [Fact]
    public void Batches_before_a_violated_constraint_stay()
    {
        _sql.Run("CREATE UNIQUE INDEX ix ON dbo.t (id);");
        Assert.Contains("(2)", Load("1,a,1\n2,b,1\n3,c,1\n3,d,1\n", "FIELDTERMINATOR = ',', BATCHSIZE = 2"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FORMATFILE = '/nowhere/x.fmt'", "Msg 4860, Level 16, State 3")]
    [InlineData("DATAFILETYPE = 'banana'", "Msg 102")]
    [InlineData("TABLOCK, TABLOCK", "Msg 4130")]
    [InlineData("DATA_SOURCE = 'there'", "Msg 12703, Level 16, State 2")]
    [InlineData("FORMAT = 'CSV', DATAFILETYPE = 'native'", "Msg 5339")]
    [InlineData("FORMAT = 'CSV', FIELDQUOTE = '##'", "Msg 4878")]
    [InlineData("FIRSTROW = 5, LASTROW = 4", "Msg 4880")]
    [InlineData("BANANA = 1", "Msg 102")]
    public void Options_that_are_refused(string options, string expected) => Assert.StartsWith(expected, Load("1\ta\t1\n", options), StringComparison.Ordinal);

    [Fact]
    public void Missing_files_and_tables()
    {
        Assert.StartsWith("Msg 4860", _sql.Run("BULK INSERT dbo.t FROM '/nowhere/at/all.txt';"), StringComparison.Ordinal);
        Assert.StartsWith("Msg 208", _sql.Run("BULK INSERT dbo.nope FROM '/nowhere/at/all.txt';"), StringComparison.Ordinal);
    }

    [Fact]
    public void Openrowset_reads_whole_files()
    {
        string path = Write("text.txt", "hello");
        Assert.Equal("hello\n(1)", _sql.Run($"SELECT BulkColumn FROM OPENROWSET(BULK '{path}', SINGLE_CLOB) AS f;"));
        Assert.Equal("5\n(1)", _sql.Run($"SELECT DATALENGTH(f.c) FROM OPENROWSET(BULK '{path}', SINGLE_BLOB) AS f(c);"));
        Assert.StartsWith("Msg 491", _sql.Run($"SELECT * FROM OPENROWSET(BULK '{path}', SINGLE_CLOB);"), StringComparison.Ordinal);
        Assert.StartsWith("Msg 471", _sql.Run($"SELECT * FROM OPENROWSET(BULK '{path}', SINGLE_CLOB, SINGLE_BLOB) AS f;"), StringComparison.Ordinal);
        Assert.StartsWith("Msg 15808", _sql.Run($"SELECT * FROM OPENROWSET(BULK '{path}') AS f;"), StringComparison.Ordinal);
        Assert.StartsWith("Msg 472", _sql.Run($"SELECT * FROM OPENROWSET(BULK '{path}', FORMAT = 'CSV') AS f;"), StringComparison.Ordinal);
    }
}
