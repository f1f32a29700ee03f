using Xunit;

namespace NinaDB.Engine.Tests.Session;

public sealed class DmlTests : IDisposable
{
    private readonly SqlTestHarness _sql = new() { ShowCounts = true };

    public DmlTests() => _sql.Run("CREATE TABLE dbo.t (id int NOT NULL CONSTRAINT PK_t PRIMARY KEY, v varchar(5) NULL CONSTRAINT DF_v DEFAULT 'd', n int CONSTRAINT CK_n CHECK (n >= 0), c AS n * 2);");

    public void Dispose() => _sql.Dispose();

    [Theory]
    [InlineData("INSERT dbo.t (id, n) VALUES (1, 1), (2, NULL); SELECT * FROM dbo.t;", "(2)\n1 | d | 1 | 2\n2 | d | NULL | NULL\n(2)")]
    [InlineData("INSERT dbo.t VALUES (1, DEFAULT, 3); SELECT v FROM dbo.t;", "(1)\nd\n(1)")]
    [InlineData("INSERT dbo.t (id) VALUES (1, 2);", "Msg 110, Level 15, State 1, Line 1: There are fewer columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.")]
    [InlineData("INSERT dbo.t (id, n) VALUES (1);", "Msg 109, Level 15, State 1, Line 1: There are more columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.")]
    [InlineData("INSERT dbo.t (id, id) VALUES (1, 1);", "Msg 264")]
    [InlineData("INSERT dbo.t (id, nope) VALUES (1, 1);", "Msg 207, Level 16, State 1, Line 1: Invalid column name 'nope'.")]
    [InlineData("INSERT dbo.t (id, c) VALUES (1, 1);", "Msg 271, Level 16, State 1, Line 1: The column \"c\" cannot be modified because it is either a computed column or is the result of a UNION operator.")]
    [InlineData("INSERT dbo.t VALUES (1, 'a', 1, 1);", "Msg 213, Level 16, State 1, Line 1: Column name or number of supplied values does not match table definition.")]
    [InlineData("INSERT dbo.t (n) VALUES (1);", "Msg 515, Level 16, State 2, Line 1: Cannot insert the value NULL into column 'id', table 'NinaDB.dbo.t'; column does not allow nulls. INSERT fails.\nThe statement has been terminated.")]
    [InlineData("INSERT dbo.t VALUES (1, 'abcdefg', 1);", "Msg 2628, Level 16, State 1, Line 1: String or binary data would be truncated in table 'NinaDB.dbo.t', column 'v'. Truncated value: 'abcde'.\nThe statement has been terminated.")]
    [InlineData("INSERT dbo.t (id, n) VALUES (1, -1);", "Msg 547, Level 16, State 0, Line 1: The INSERT statement conflicted with the CHECK constraint \"CK_n\". The conflict occurred in database \"NinaDB\", table \"dbo.t\", column 'n'.\nThe statement has been terminated.")]
    [InlineData("INSERT dbo.t (id, n) SELECT value, value FROM GENERATE_SERIES(1, 3) WHERE value > 1; SELECT id, c FROM dbo.t;", "(2)\n2 | 4\n3 | 6\n(2)")]
    [InlineData("INSERT dbo.t (id) VALUES (1); INSERT dbo.t (id) SELECT id + 1 FROM dbo.t; INSERT dbo.t (id) SELECT id + 2 FROM dbo.t; SELECT COUNT(*) FROM dbo.t;", "(1)\n(1)\n(2)\n4\n(1)")]
    public void Insert(string script, string expected)
    {
        string actual = _sql.Run(script);
        if (expected.Length < 10 && expected.StartsWith("Msg", StringComparison.Ordinal))
        {
            Assert.StartsWith(expected, actual, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData("UPDATE dbo.t SET id = id + 1; SELECT id FROM dbo.t;", "(3)\n2\n3\n4\n(3)")]
    [InlineData("UPDATE dbo.t SET n += 10, v = DEFAULT WHERE id = 2; SELECT v, n, c FROM dbo.t WHERE id = 2;", "(1)\nd | 30 | 60\n(1)")]
    [InlineData("DECLARE @x int; UPDATE dbo.t SET @x = n = n * 2 WHERE id = 1; SELECT @x;", "(1)\n20\n(1)")]
    [InlineData("UPDATE x SET n = s.n FROM dbo.t AS x JOIN (VALUES (1, 7), (1, 8)) AS s(id, n) ON s.id = x.id; SELECT COUNT(*) FROM dbo.t WHERE n IN (7, 8);", "(1)\n1\n(1)")]
    [InlineData("UPDATE dbo.t SET n = s.n FROM (VALUES (1, 7)) AS s(id, n) WHERE s.id = dbo.t.id; SELECT n FROM dbo.t WHERE id = 1;", "(1)\n7\n(1)")]
    [InlineData("UPDATE TOP (2) dbo.t SET n = 0; SELECT COUNT(*) FROM dbo.t WHERE n = 0;", "(2)\n2\n(1)")]
    [InlineData("UPDATE dbo.t SET n = 1 OUTPUT inserted.id, deleted.n, inserted.c WHERE id < 3;", "1 | 10 | 2\n2 | 20 | 2\n(2)")]
    [InlineData("UPDATE dbo.t SET id = 2 WHERE id = 1;", "Msg 2627, Level 14, State 1, Line 1: Violation of PRIMARY KEY constraint 'PK_t'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (2).\nThe statement has been terminated.")]
    [InlineData("DELETE dbo.t OUTPUT deleted.id WHERE n > 10; SELECT COUNT(*) FROM dbo.t;", "2\n3\n(2)\n1\n(1)")]
    [InlineData("DELETE x FROM dbo.t AS x WHERE EXISTS (SELECT 1 FROM dbo.t AS y WHERE y.id = x.id + 1); SELECT id FROM dbo.t;", "(2)\n3\n(1)")]
    [InlineData("WITH c AS (SELECT id, ROW_NUMBER() OVER (ORDER BY id DESC) AS r FROM dbo.t) DELETE c WHERE r = 1; SELECT id FROM dbo.t;", "(1)\n1\n2\n(2)")]
    [InlineData("DECLARE @log TABLE (id int, n int); DELETE dbo.t OUTPUT deleted.id, deleted.n INTO @log (id, n) WHERE id = 1; SELECT * FROM @log;", "(1)\n1 | 10\n(1)")]
    [InlineData("SET ROWCOUNT 1; DELETE dbo.t; SET ROWCOUNT 0; SELECT COUNT(*) FROM dbo.t;", "(1)\n2\n(1)")]
    [InlineData("SET NOCOUNT ON; DELETE dbo.t; SELECT @@ROWCOUNT;", "3")]
    public void Update_and_delete(string script, string expected)
    {
        _sql.Run("INSERT dbo.t (id, n) VALUES (1, 10), (2, 20), (3, 30);");
        Assert.Equal(expected, _sql.Run(script));
    }

    [Fact]
    public void Merge_runs_every_branch() => Assert.Equal(
        "(3)\nDELETE | 3 | NULL | NULL\nINSERT | NULL | 9 | 9\nUPDATE | 1 | 1 | 1\n(3)\n1 | 100\n2 | 20\n9 | 90\n(3)",
        string.Join('\n', _sql.Run("""
            INSERT dbo.t (id, n) VALUES (1, 10), (2, 20), (3, 30);
            DECLARE @o TABLE (a nvarchar(10), d int, i int, s int);
            MERGE dbo.t AS t USING (VALUES (1, 100), (2, NULL), (9, 90)) AS s (id, n) ON t.id = s.id
            WHEN MATCHED AND s.n IS NOT NULL THEN UPDATE SET n = s.n
            WHEN NOT MATCHED BY TARGET THEN INSERT (id, n) VALUES (s.id, s.n)
            WHEN NOT MATCHED BY SOURCE AND t.id > 2 THEN DELETE
            OUTPUT $action, deleted.id, inserted.id, s.id INTO @o;
            SELECT * FROM @o ORDER BY a;
            SELECT id, n FROM dbo.t ORDER BY id;
            """).Split('\n').Where((l, i) => i != 1)));

    [Fact]
    public void Merge_refuses_to_change_a_row_twice()
    {
        _sql.Run("INSERT dbo.t (id, n) VALUES (1, 10);");
        Assert.StartsWith("Msg 8672", _sql.Run("MERGE dbo.t AS t USING (VALUES (1), (1)) AS s (id) ON t.id = s.id WHEN MATCHED THEN UPDATE SET n = 5;"), StringComparison.Ordinal);
    }

    [Fact]
    public void Foreign_keys_cascade_and_refuse() => Assert.Equal("""
        (2)
        (3)
        Msg 547, Level 16, State 0, Line 1: The INSERT statement conflicted with the FOREIGN KEY constraint "FK_c". The conflict occurred in database "NinaDB", table "dbo.p", column 'id'.
        The statement has been terminated.
        Msg 547, Level 16, State 0, Line 1: The DELETE statement conflicted with the REFERENCE constraint "FK_g". The conflict occurred in database "NinaDB", table "dbo.g", column 'cid'.
        The statement has been terminated.
        (1)
        3 | 20
        (1)
        """.ReplaceLineEndings("\n"), _sql.Run("""
        CREATE TABLE dbo.p (id int PRIMARY KEY);
        CREATE TABLE dbo.c (id int PRIMARY KEY, pid int CONSTRAINT FK_c REFERENCES dbo.p (id) ON DELETE CASCADE ON UPDATE CASCADE);
        CREATE TABLE dbo.g (cid int CONSTRAINT FK_g REFERENCES dbo.c (id));
        GO
        INSERT dbo.p VALUES (1), (2); INSERT dbo.c VALUES (1, 1), (2, 1), (3, 2);
        GO
        INSERT dbo.c VALUES (9, 9);
        GO
        SET NOCOUNT ON; INSERT dbo.g VALUES (1); SET NOCOUNT OFF;
        GO
        DELETE dbo.p WHERE id = 1;
        GO
        SET NOCOUNT ON; DELETE dbo.g; DELETE dbo.p WHERE id = 1; SET NOCOUNT OFF;
        UPDATE dbo.p SET id = 20 WHERE id = 2; SELECT * FROM dbo.c;
        """));

    [Fact]
    public void Self_references_are_checked_at_the_end_of_the_statement() => Assert.Equal("(2)\n(2)", _sql.Run("""
        CREATE TABLE dbo.tree (id int PRIMARY KEY, parent int REFERENCES dbo.tree (id));
        INSERT dbo.tree VALUES (2, 1), (1, NULL);
        DELETE dbo.tree;
        """));

    [Fact]
    public void Triggers_see_their_rows() => Assert.Equal("ins 2 del 0\n(2)\nins 1 del 1 n\n(1)\nins 0 del 0 n\n(0)", _sql.Run("""
        CREATE TRIGGER dbo.tr ON dbo.t AFTER INSERT, UPDATE AS
        BEGIN
            DECLARE @i int, @d int; SELECT @i = COUNT(*) FROM inserted; SELECT @d = COUNT(*) FROM deleted;
            PRINT CONCAT('ins ', @i, ' del ', @d, CASE WHEN @d > 0 OR @i = 0 THEN ' n' END);
        END
        GO
        INSERT dbo.t (id, n) VALUES (1, 1), (2, 2); UPDATE dbo.t SET n = 5 WHERE id = 1; UPDATE dbo.t SET n = 5 WHERE id = 99;
        """));

    [Fact]
    public void A_trigger_that_rolls_back_ends_the_batch() => Assert.Equal(
        "Msg 50000, Level 16, State 1, Procedure tr, Line 1: no\nMsg 3609, Level 16, State 1, Line 1: The transaction ended in the trigger. The batch has been aborted.\n0\n(1)",
        _sql.Run("""
            CREATE TRIGGER dbo.tr ON dbo.t AFTER INSERT AS BEGIN RAISERROR('no', 16, 1); ROLLBACK; END
            GO
            INSERT dbo.t (id) VALUES (1); PRINT 'not here';
            GO
            SELECT COUNT(*) FROM dbo.t;
            """));

    [Fact]
    public void Views_can_be_written_through() => Assert.Equal("(1)\n(1)\n(1)\n7 | 70\n(1)\ninstead 7\n(1)", _sql.Run("""
        CREATE VIEW dbo.v AS SELECT id AS k, n FROM dbo.t;
        GO
        INSERT dbo.v (k, n) VALUES (7, 7); INSERT dbo.v VALUES (8, 8); UPDATE dbo.v SET n = 70 WHERE k = 7; 
        GO
        SET NOCOUNT ON; DELETE dbo.v WHERE k = 8; SET NOCOUNT OFF; SELECT id, n FROM dbo.t;
        GO
        CREATE TRIGGER dbo.tr ON dbo.v INSTEAD OF DELETE AS BEGIN DECLARE @k int; SELECT @k = k FROM deleted; PRINT CONCAT('instead ', @k); END
        GO
        DELETE dbo.v;
        """));

    [Fact]
    public void Identity_insert_and_rowversion() => Assert.Equal("(1)\n(1)\n(1)\n1\n10\n11\n(3)\n1\n(1)", _sql.Run("""
        CREATE TABLE dbo.i (id int IDENTITY, a int, rv rowversion);
        GO
        INSERT dbo.i (a) VALUES (1); SET IDENTITY_INSERT dbo.i ON; INSERT dbo.i (id, a) VALUES (10, 2); SET IDENTITY_INSERT dbo.i OFF; INSERT dbo.i (a) VALUES (3);
        SELECT id FROM dbo.i ORDER BY id;
        SELECT CASE WHEN MIN(CAST(rv AS bigint)) < MAX(CAST(rv AS bigint)) THEN 1 END FROM dbo.i;
        """));

    [Fact]
    public void Select_into_keeps_types_and_identity() => Assert.Equal("(1)\n(1)\n1 | d\n2 | x\n(2)", _sql.Run("""
        CREATE TABLE dbo.i (id int IDENTITY, a varchar(5));
        GO
        SET NOCOUNT ON; INSERT dbo.i (a) VALUES ('d'); SET NOCOUNT OFF;
        SELECT id, a INTO dbo.copy FROM dbo.i; INSERT dbo.copy (a) VALUES ('x'); SELECT * FROM dbo.copy ORDER BY id;
        """));

    [Fact]
    public void Filtered_unique_index_and_write_method() => Assert.Equal(
        "(2)\nMsg 2601, Level 14, State 1, Line 3: Cannot insert duplicate key row in object 'dbo.f' with unique index 'ux'. The duplicate key value is (1).\nThe statement has been terminated.\n(1)\nhello WORLD!\n(1)",
        _sql.Run("""
            CREATE TABLE dbo.f (a int, live bit, s varchar(max)); CREATE UNIQUE INDEX ux ON dbo.f (a) WHERE live = 1;
            INSERT dbo.f VALUES (1, 0, NULL), (1, 1, 'hello world');
            INSERT dbo.f VALUES (1, 1, NULL);
            UPDATE dbo.f SET s.WRITE('WORLD!', 6, NULL) WHERE s IS NOT NULL; SELECT s FROM dbo.f WHERE s IS NOT NULL;
            """));
}
