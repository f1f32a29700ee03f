using System.Text;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Statements;
using Xunit;

namespace NinaDB.Engine.Tests.Session;

/// <summary>Bulk loads by format files and of native data, from files of a folder of the test's own.</summary>
public sealed class BulkFormatTests : IDisposable
{
    private const string Head = "<?xml version=\"1.0\"?>\n<BCPFORMAT xmlns=\"http://schemas.microsoft.com/sqlserver/2004/bulkload/format\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n";

    private const string Comma = "1 SQLCHAR 0 12 \",\" 1 id \"\"\n2 SQLCHAR 0 10 \",\" 2 name SQL_Latin1_General_CP1_CI_AS\n3 SQLCHAR 0 41 \"\\n\" 3 amount \"\"\n";

    private const string Xml = Head
        + "<RECORD>\n<FIELD ID=\"1\" xsi:type=\"CharTerm\" TERMINATOR=\",\" MAX_LENGTH=\"12\"/>\n<FIELD ID=\"2\" xsi:type=\"CharTerm\" TERMINATOR=\",\" MAX_LENGTH=\"10\"/>\n"
        + "<FIELD ID=\"3\" xsi:type=\"CharTerm\" TERMINATOR=\"\\n\" MAX_LENGTH=\"41\"/>\n</RECORD>\n"
        + "<ROW>\n<COLUMN SOURCE=\"1\" NAME=\"id\" xsi:type=\"SQLINT\"/>\n<COLUMN SOURCE=\"2\" NAME=\"name\" xsi:type=\"SQLVARYCHAR\"/>\n"
        + "<COLUMN SOURCE=\"3\" NAME=\"amount\" xsi:type=\"SQLDECIMAL\" PRECISION=\"9\" SCALE=\"2\"/>\n</ROW>\n</BCPFORMAT>";

    private readonly SqlTestHarness _sql = new() { ShowCounts = true };
    private readonly string _folder = Directory.CreateTempSubdirectory("nina-format").FullName;

    public BulkFormatTests() => _sql.Run("CREATE TABLE dbo.t (id int NOT NULL, name varchar(10) NULL, amount decimal(9,2) NULL DEFAULT 7);");

    public void Dispose()
    {
        _sql.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static string Text(string fields, int count) => $"14.0\n{count}\n{fields}";

    private string Load(string data, string format, string options = "TABLOCK") => Load(Encoding.UTF8.GetBytes(data), format, options);

    private string Load(byte[] data, string format, string options = "TABLOCK") => _sql.Run(
        $"BULK INSERT dbo.t FROM '{Write("data.txt", data)}' WITH (FORMATFILE = '{Write("layout.fmt", format)}', {options});\nGO\nSELECT * FROM dbo.t ORDER BY id;");

    private string Read(string data, string format, string options = "") => _sql.Run(
        $"SELECT * FROM OPENROWSET(BULK '{Write("data.txt", data)}', FORMATFILE = '{Write("layout.fmt", format)}'{options}) AS f;");

    [Fact]
    public void Fields_end_at_their_terminators() =>
        Assert.Equal("(2)\n1 | one | 1.50\n2 | NULL | 7.00\n(2)", Load("1,one,1.5\n2,,\n", Text(Comma, 3)));

    [Fact]
    public void Xml_formats_say_the_same() => Assert.Equal("(2)\n1 | one | 1.50\n2 | NULL | 7.00\n(2)", Load("1,one,1.5\n2,,\n", Xml));

    [Fact]
    public void Fields_may_be_passed_over_and_change_places() => Assert.Equal(
        "(1)\n1 | one | 7.00\n(1)",
        Load("one;skipped;1\r\n", Text("1 SQLCHAR 0 10 \";\" 2 name \"\"\n2 SQLCHAR 0 50 \";\" 0 none \"\"\n3 SQLCHAR 0 12 \"\\r\\n\" 1 id \"\"\n", 3)));

    [Fact]
    public void Fields_of_fixed_length_need_no_terminator() => Assert.Equal(
        "(2)\n1 | abc | 7.00\n22 | def | 7.00\n(2)",
        Load(" 1abc22def", Text("1 SQLCHAR 0 2 \"\" 1 id \"\"\n2 SQLCHAR 0 3 \"\" 2 name \"\"\n", 2)));

    [Fact]
    public void Native_fields_bring_bytes() => Assert.Equal(
        "(2)\n3 | NULL | 7.00\n258 | ab | 12.34\n(2)",
        Load(
            [2, 1, 0, 0, 2, 0, (byte)'a', (byte)'b', 19, 9, 2, 1, 0xD2, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0xFF, 0xFF, 0xFF],
            Text("1 SQLINT 0 4 \"\" 1 id \"\"\n2 SQLCHAR 2 10 \"\" 2 name \"\"\n3 SQLDECIMAL 1 19 \"\" 3 amount \"\"\n", 3)));

    [Fact]
    public void Native_files_follow_the_table()
    {
        byte[] data = [2, 1, 0, 0, 2, 0, (byte)'a', (byte)'b', 19, 9, 2, 0, 0xD2, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Assert.Equal("(1)\n258 | ab | -12.34\n(1)", _sql.Run($"BULK INSERT dbo.t FROM '{Write("n.dat", data)}' WITH (DATAFILETYPE = 'native');\nGO\nSELECT * FROM dbo.t;"));
        byte[] wide = [7, 0, 0, 0, 2, 0, (byte)'x', 0, 0xFF];
        Assert.Equal("(1)\n7 | x | NULL\n(1)", _sql.Run($"DELETE dbo.t;\nGO\nBULK INSERT dbo.t FROM '{Write("w.dat", wide)}' WITH (DATAFILETYPE = 'widenative', KEEPNULLS);\nGO\nSELECT * FROM dbo.t;")[4..]);
    }

    [Fact]
    public void Dates_and_amounts_in_native_form()
    {
        _sql.Run("CREATE TABLE dbo.n (d datetime NOT NULL, m money NOT NULL, f float NOT NULL, s datetime2(3) NOT NULL, g uniqueidentifier NOT NULL, b bit NOT NULL);");
        var data = new MemoryStream();
        using (var writer = new BinaryWriter(data, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(1);
            writer.Write(300);
            writer.Write(0);
            writer.Write(12345);
            writer.Write(2.5);
            writer.Write((byte)7);
            writer.Write((byte[])[0xE8, 3, 0, 0, 1, 0, 0]);
            writer.Write((byte)16);
            writer.Write(new byte[16]);
            writer.Write((byte)1);
        }

        Assert.Equal(
            "(1)\n1900-01-02T00:00:01.000 | 1.2345 | 2.5 | 0001-01-02T00:00:01.000 | 00000000-0000-0000-0000-000000000000 | 1\n(1)",
            _sql.Run($"BULK INSERT dbo.n FROM '{Write("n.dat", data.ToArray())}' WITH (DATAFILETYPE = 'native');\nGO\nSELECT CONVERT(varchar(30), d, 126) + '.000', CONVERT(varchar(20), m, 2), f, CONVERT(varchar(30), s, 126), g, b FROM dbo.n;")
                .Replace("00:00:01 ", "00:00:01.000 ", StringComparison.Ordinal));
    }

    [Fact]
    public void Wide_characters_and_their_terminators() => Assert.Equal(
        "(1)\n5 | five | 7.00\n(1)",
        Load(Encoding.Unicode.GetBytes("5,five\n"), Text("1 SQLNCHAR 0 24 \",\" 1 id \"\"\n2 SQLNCHAR 0 20 \"\\n\\0\" 2 name \"\"\n", 2)));

    [Fact]
    public void Wide_files_need_their_signature()
    {
        byte[] wide = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("1\tone\t1\n")];
        Assert.Equal("(1)\n1 | one | 1.00\n(1)", _sql.Run($"BULK INSERT dbo.t FROM '{Write("w.txt", wide)}' WITH (DATAFILETYPE = 'widechar');\nGO\nSELECT * FROM dbo.t;"));
        Assert.Contains("DataFileType was incorrectly specified as char.", _sql.Run($"BULK INSERT dbo.t FROM '{Write("w.txt", wide)}';"), StringComparison.Ordinal);
        Assert.Contains("DataFileType was incorrectly specified as widechar.", _sql.Run($"BULK INSERT dbo.t FROM '{Write("c.txt", "1\tone\t1\n")}' WITH (DATAFILETYPE = 'widechar');"), StringComparison.Ordinal);
    }

    [Fact]
    public void Collations_of_fields_are_their_code_pages() => Assert.Equal(
        "(1)\n1 | é | 1.00\n(1)",
        Load([(byte)'1', (byte)',', 0xE9, (byte)',', (byte)'1', (byte)'\n'], Text(Comma, 3)));

    [Fact]
    public void Constraints_are_not_looked_at_and_not_trusted_then()
    {
        _sql.Run("CREATE TABLE dbo.p (id int NOT NULL PRIMARY KEY); ALTER TABLE dbo.t ADD CONSTRAINT c1 CHECK (id > 0); ALTER TABLE dbo.t ADD CONSTRAINT k1 FOREIGN KEY (id) REFERENCES dbo.p;");
        const string trust = "SELECT is_not_trusted FROM sys.check_constraints WHERE name = 'c1' UNION ALL SELECT is_not_trusted FROM sys.foreign_keys WHERE name = 'k1';";
        Assert.StartsWith("Msg 547", Load("-1,one,1\n", Text(Comma, 3), "CHECK_CONSTRAINTS"), StringComparison.Ordinal);
        Assert.Equal("0\n0\n(2)", _sql.Run(trust));
        Assert.Equal("(1)\n-1 | one | 1.00\n(1)", Load("-1,one,1\n", Text(Comma, 3)));
        Assert.Equal("1\n1\n(2)", _sql.Run(trust));
        Assert.StartsWith("Msg 547", _sql.Run("ALTER TABLE dbo.t WITH CHECK CHECK CONSTRAINT c1;"), StringComparison.Ordinal);
        Assert.StartsWith("Msg 547", _sql.Run("INSERT dbo.t (id) VALUES (-2);"), StringComparison.Ordinal);
    }

    [Fact]
    public void Openrowset_reads_rows()
    {
        Assert.Equal("1 | one | 1.50\n2 | NULL | NULL\n(2)", Read("1,one,1.5\n2,,\n", Xml));
        Assert.Equal("1 | one | 1.5\n(1)", Read("1,one,1.5\n", Text(Comma, 3)));
        Assert.Equal(
            "int NULL NULL | varchar 10 NULL | decimal 9 2\n(1)",
            _sql.Run($"SELECT * INTO dbo.copy FROM OPENROWSET(BULK '{Write("d", "1,a,1\n")}', FORMATFILE = '{Write("f", Xml)}') AS f;\nGO\n"
                + "SELECT STRING_AGG(DATA_TYPE + ' ' + COALESCE(STR(CHARACTER_MAXIMUM_LENGTH, 2), STR(NULLIF(NUMERIC_PRECISION, 10), 1), 'NULL') + ' ' + COALESCE(STR(NULLIF(NUMERIC_SCALE, 0), 1), 'NULL'), ' | ') FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'copy';")[4..]);
        Assert.StartsWith("Msg 4838", Read("", Text("1 SQLDECIMAL 1 19 \"\" 1 d \"\"\n", 1)), StringComparison.Ordinal);
        Assert.Equal("2 | b | 2.00\n(1)", Read("1,a,1\n2,b,2\n3,c,3\n", Xml, ", FIRSTROW = 2, LASTROW = 2"));
        Assert.Contains("Msg 4864", Read("x,a,1\n2,b,2\n", Xml), StringComparison.Ordinal);
        Assert.Contains("Msg 7330", Read("x,a,1\n2,b,2\n", Xml, ", MAXERRORS = 0"), StringComparison.Ordinal);
        Assert.StartsWith("Msg 4860, Level 16, State 4", _sql.Run($"SELECT * FROM OPENROWSET(BULK '/nowhere/d', FORMATFILE = '{Write("f", Xml)}') AS f;"), StringComparison.Ordinal);
        Assert.StartsWith("Msg 4860, Level 16, State 3", _sql.Run("SELECT * FROM OPENROWSET(BULK '/nowhere/d', FORMATFILE = '/nowhere/f') AS f;"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_order_hint_names_columns()
    {
        Assert.Equal("(1)", _sql.Run($"BULK INSERT dbo.t FROM '{Write("o.txt", "1\tone\t1\n")}' WITH (ORDER (id DESC, name));"));
        Assert.Contains("The sorted column 'nope' is not valid.", _sql.Run($"BULK INSERT dbo.t FROM '{Write("o.txt", "1\tone\t1\n")}' WITH (ORDER (nope));"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1,one", "Msg 4832")]
    [InlineData("1,much longer than ten,1\n", "Msg 4866")]
    public void Files_that_do_not_fit_the_layout(string data, string expected) => Assert.StartsWith(expected, Load(data, Text(Comma, 3)), StringComparison.Ordinal);

    [Theory]
    [InlineData("", 4820)]
    [InlineData("3.0\n1\n", 4820)]
    [InlineData("14.0\nx\n", 4821)]
    [InlineData("14.0\n0\n", 4822)]
    [InlineData("14.0\n1\n2 SQLCHAR 0 1 \",\" 1 a \"\"", 4823)]
    [InlineData("14.0\n2\n1 SQLCHAR 0 1 \",\" 1 a \"\"\n", 4823)]
    [InlineData("14.0\n1\n1 BANANA 0 1 \",\" 1 a \"\"", 4824)]
    [InlineData("14.0\n1\n1 SQLCHAR 3 1 \",\" 1 a \"\"", 4825)]
    [InlineData("14.0\n1\n1 SQLCHAR 0 -1 \",\" 1 a \"\"", 4826)]
    [InlineData("14.0\n1\n1 SQLCHAR 0 1 , 1 a \"\"", 4827)]
    [InlineData("14.0\n1\n1 SQLCHAR 0 1 \",\" x a \"\"", 4828)]
    [InlineData("14.0\n1\n1 SQLCHAR 0 1 \",\" 1", 4829)]
    [InlineData("14.0\n1\n1 SQLCHAR 0 1 \",\" 1 a Banana_CI", 4839)]
    [InlineData("14.0\n1\n1 SQLCHAR 0 0 \"\" 1 a \"\"", 4882)]
    [InlineData("<a/>", 4855)]
    [InlineData(Head + "<ROW/></BCPFORMAT>", 4855)]
    [InlineData(Head + "<RECORD><FIELD ID='1'/></RECORD></BCPFORMAT>", 4859)]
    [InlineData(Head + "<RECORD><FIELD ID='1' xsi:type='Banana'/></RECORD></BCPFORMAT>", 4858)]
    [InlineData(Head + "<RECORD><FIELD ID='1' xsi:type='CharFixed' TERMINATOR=','/></RECORD></BCPFORMAT>", 4857)]
    [InlineData(Head + "<RECORD><FIELD ID='1' xsi:type='CharFixed' LENGTH='1'/><FIELD ID='1' xsi:type='CharFixed' LENGTH='1'/></RECORD></BCPFORMAT>", 4872)]
    [InlineData(Head + "<RECORD><FIELD ID='1' xsi:type='CharFixed' LENGTH='1'/></RECORD><ROW><COLUMN SOURCE='2' NAME='a' xsi:type='SQLINT'/></ROW></BCPFORMAT>", 4873)]
    [InlineData(Head + "<RECORD><FIELD ID='1' xsi:type='CharFixed' LENGTH='1'/></RECORD><ROW><COLUMN SOURCE='1' NAME='a' xsi:type='SQLINT'/><COLUMN SOURCE='1' NAME='b' xsi:type='SQLINT'/></ROW></BCPFORMAT>", 4874)]
    [InlineData("<?xml version='1.0'?><!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", 4855)]
    public void Layouts_that_are_refused(string format, int expected)
    {
        SqlErrorException error = Assert.Throws<SqlErrorException>(() => BulkFormat.Parse(format, "f"));
        Assert.Contains(error.Error.Number, (int[])[expected, 6359, 9400]);
    }

    [Fact]
    public void A_column_that_the_table_lacks() =>
        Assert.StartsWith("Msg 4828", Load("1\n", Text("1 SQLCHAR 0 12 \"\\n\" 9 id \"\"\n", 1)), StringComparison.Ordinal);

    /// <summary>Whatever the bytes of a layout or of a file are, they end in rows or in an error of the server.</summary>
    [Fact]
    public void Random_layouts_and_files()
    {
        var random = new Random(4711);
        string[] seeds = [Text(Comma, 3), Xml, Text("1 SQLINT 1 4 \"\" 1 a \"\"\n2 SQLNCHAR 2 8 \"\\t\\0\" 2 b \"\"\n3 SQLTIME 8 5 \"\" 3 c \"\"\n4 SQLDATETIMEOFFSET 4 10 \"\" 0 d \"\"\n", 4)];
        for (int i = 0; i < 3000; i++)
        {
            char[] text = seeds[i % seeds.Length].ToCharArray();
            for (int changes = random.Next(4); changes > 0; changes--)
            {
                text[random.Next(text.Length)] = (char)random.Next(random.Next(2) == 0 ? 128 : 0x10000);
            }

            byte[] data = new byte[random.Next(200)];
            random.NextBytes(data);
            try
            {
                var format = BulkFormat.Parse(new string(text, 0, random.Next(4) == 0 ? random.Next(text.Length) : text.Length), "f");
                var reader = new BulkFileReader(new MemoryStream(data), format, Encoding.UTF8, prefersEncoding: false);
                while (reader.Read() is { } row)
                {
                    for (int f = 0; f < row.Length; f++)
                    {
                        if (row[f].Bytes is { } bytes)
                        {
                            BulkNative.TryDecode(format.Fields[f].HostType, bytes, NinaDB.Engine.Types.SqlType.Int, out _);
                        }
                    }
                }
            }
            catch (SqlErrorException)
            {
            }
        }
    }
}
