using NinaDB.Engine.Tests.Session;

namespace NinaDB.Engine.Tests.Catalog;

public sealed class DdlTests
{
    /// <summary>Script, then what it must print: error numbers only, in order, or rows.</summary>
    [Theory]
    [InlineData("CREATE TABLE t (a int, a int)", "2705")]
    [InlineData("CREATE TABLE t (a int); CREATE TABLE t (a int)", "2714")]
    [InlineData("CREATE TABLE nope.t (a int)", "2760")]
    [InlineData("CREATE TABLE t (a nosuchtype)", "2715")]
    [InlineData("CREATE TABLE t (a int(4))", "2716")]
    [InlineData("CREATE TABLE t (a varchar(9000))", "131")]
    [InlineData("CREATE TABLE t (a nvarchar(5000))", "2717")]
    [InlineData("CREATE TABLE t (a varchar(0))", "1001")]
    [InlineData("CREATE TABLE t (a decimal(39))", "2750")]
    [InlineData("CREATE TABLE t (a decimal(5, 6))", "183")]
    [InlineData("DECLARE @a decimal(5, 6)", "192")]
    [InlineData("SELECT CAST(1 AS nosuchtype)", "243")]
    [InlineData("CREATE TABLE t (a int IDENTITY, b int IDENTITY)", "2744")]
    [InlineData("CREATE TABLE t (a float IDENTITY)", "2749")]
    [InlineData("CREATE TABLE t (a int NULL IDENTITY)", "8147")]
    [InlineData("CREATE TABLE t (a int PRIMARY KEY, b int PRIMARY KEY)", "8110")]
    [InlineData("CREATE TABLE t (a int NULL PRIMARY KEY)", "8111 1750")]
    [InlineData("CREATE TABLE t (a int PRIMARY KEY CLUSTERED, b int UNIQUE CLUSTERED)", "8112")]
    [InlineData("CREATE TABLE t (a int, CONSTRAINT pk PRIMARY KEY (b))", "1911 1750")]
    [InlineData("CREATE TABLE t (a xml PRIMARY KEY)", "1919 1750")]
    [InlineData("CREATE TABLE t (v vector(3) PRIMARY KEY)", "1919 1750")]
    [InlineData("CREATE TABLE t (v vector(3) DEFAULT '[1,2,3]')", "1752 1750")]
    [InlineData("CREATE TABLE t (v vector(3) CHECK (v IS NOT NULL))", "1760 1750")]
    [InlineData("CREATE TABLE t (v vector(2000))", "2717")]
    [InlineData("CREATE TABLE t (v vector(3, float16))", "195")]
    [InlineData("CREATE TYPE v3 FROM vector(3)", "42212")]
    [InlineData("CREATE TABLE t (a int DEFAULT 1 DEFAULT 2)", "8148")]
    [InlineData("CREATE TABLE t (a int IDENTITY DEFAULT 1)", "1754 1750")]
    [InlineData("CREATE TABLE t (a int, b AS c + 1)", "207")]
    [InlineData("CREATE TABLE t (a int, b AS a + 1, c AS b + 1)", "1759")]
    [InlineData("CREATE TABLE t (a int, b AS GETDATE() PERSISTED)", "4936")]
    [InlineData("CREATE TABLE t (a int CHECK (b > 1), b int)", "8141 1750")]
    [InlineData("CREATE TABLE t (a int CHECK (zz > 1))", "207 1750")]
    [InlineData("CREATE TABLE t (a int, b int ROWGUIDCOL)", "2761")]
    [InlineData("CREATE TABLE t (a int, f varbinary(max) FILESTREAM)", "5505")]
    [InlineData("CREATE TABLE t (a int REFERENCES nope(a))", "1767 1750")]
    [InlineData("CREATE TABLE p (a int); CREATE TABLE t (a int REFERENCES p)", "1773 1750")]
    [InlineData("CREATE TABLE p (a int); CREATE TABLE t (a int REFERENCES p(a))", "1776 1750")]
    [InlineData("CREATE TABLE p (a int PRIMARY KEY); CREATE TABLE t (a bigint REFERENCES p(a))", "1778 1750")]
    [InlineData("CREATE TABLE p (a varchar(5) PRIMARY KEY); CREATE TABLE t (a varchar(6) REFERENCES p(a))", "1753 1750")]
    [InlineData("CREATE TABLE p (a int PRIMARY KEY); CREATE TABLE t (a int REFERENCES p(zz))", "1770 1750")]
    [InlineData("CREATE TABLE p (a int PRIMARY KEY); CREATE TABLE t (a int NOT NULL REFERENCES p(a) ON DELETE SET NULL)", "1761 1750")]
    [InlineData("CREATE TABLE p (a int PRIMARY KEY, b int REFERENCES p(a) ON DELETE CASCADE)", "1785 1750")]
    [InlineData("CREATE TABLE p (a int PRIMARY KEY); CREATE TABLE t (a int REFERENCES p(a) ON DELETE CASCADE, b int REFERENCES p(a) ON DELETE CASCADE)", "1785 1750")]
    [InlineData("CREATE TABLE p (a int PRIMARY KEY); CREATE TABLE t (a int REFERENCES p(a)); DROP TABLE p", "3726")]
    [InlineData("DROP TABLE nope", "3701")]
    [InlineData("DROP TABLE IF EXISTS nope", "")]
    [InlineData("CREATE TABLE t (a int); DROP VIEW t", "3705")]
    [InlineData("CREATE TABLE t (a int); CREATE INDEX i ON t (b)", "1911")]
    [InlineData("CREATE TABLE t (a int); CREATE INDEX i ON t (a, a)", "1909")]
    [InlineData("CREATE TABLE t (a int); CREATE INDEX i ON t (a); CREATE INDEX i ON t (a)", "1913")]
    [InlineData("CREATE TABLE t (a int PRIMARY KEY); CREATE CLUSTERED INDEX i ON t (a)", "1902")]
    [InlineData("CREATE INDEX i ON nope (a)", "1088")]
    [InlineData("CREATE TABLE t (a int); INSERT t VALUES (1), (1); CREATE UNIQUE INDEX i ON t (a)", "1505")]
    [InlineData("CREATE TABLE t (a int PRIMARY KEY); ALTER TABLE t ADD PRIMARY KEY (a)", "1779 1750")]
    [InlineData("CREATE TABLE t (a int DEFAULT 1); ALTER TABLE t ADD DEFAULT 2 FOR a", "1781 1750")]
    [InlineData("ALTER TABLE nope ADD a int", "4902")]
    [InlineData("CREATE TABLE t (a int); INSERT t VALUES (1); ALTER TABLE t ADD b int NOT NULL", "4901")]
    [InlineData("CREATE TABLE t (a int); ALTER TABLE t DROP COLUMN zz", "4924")]
    [InlineData("CREATE TABLE t (a int, b int CHECK (b > 0)); ALTER TABLE t DROP CONSTRAINT nope", "3728 3727")]
    [InlineData("CREATE TABLE t (a int, b int CONSTRAINT ck CHECK (b > 0)); ALTER TABLE t DROP COLUMN b", "5074 4922")]
    [InlineData("CREATE TABLE t (a int); ALTER TABLE t DROP COLUMN a", "4923")]
    [InlineData("CREATE TABLE t (a int); INSERT t VALUES (-1); ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0)", "547")]
    [InlineData("CREATE TABLE p (a int PRIMARY KEY); CREATE TABLE t (a int); INSERT t VALUES (5); ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES p (a)", "547")]
    [InlineData("CREATE TABLE t (a int); INSERT t VALUES (NULL); ALTER TABLE t ALTER COLUMN a int NOT NULL", "515")]
    [InlineData("CREATE TABLE t (a varchar(10)); INSERT t VALUES ('abc'); ALTER TABLE t ALTER COLUMN a int", "245")]
    [InlineData("CREATE SCHEMA dbo", "2714 2759")]
    [InlineData("CREATE SCHEMA s; \nGO\nCREATE TABLE s.t (a int); DROP SCHEMA s", "3729")]
    [InlineData("DROP SCHEMA nope", "15151")]
    [InlineData("CREATE TYPE x FROM int; CREATE TYPE x FROM int", "219")]
    [InlineData("CREATE TYPE x FROM int; CREATE TABLE t (a x); DROP TYPE x", "3732")]
    [InlineData("CREATE SEQUENCE s AS varchar(10)", "11702")]
    [InlineData("CREATE SEQUENCE s AS int INCREMENT BY 0", "11700")]
    [InlineData("CREATE SEQUENCE s AS int MINVALUE 5 MAXVALUE 1", "11705")]
    [InlineData("CREATE SEQUENCE s AS int START WITH 1 MINVALUE 5", "11703")]
    [InlineData("CREATE SEQUENCE s AS tinyint MAXVALUE 300", "11708")]
    [InlineData("CREATE TABLE t (a int PRIMARY KEY)\nGO\nCREATE VIEW v WITH SCHEMABINDING AS SELECT a FROM dbo.t\nGO\nDROP TABLE t", "3729")]
    [InlineData("CREATE TABLE t (a int)\nGO\nCREATE VIEW v WITH SCHEMABINDING AS SELECT a FROM t", "4512")]
    [InlineData("CREATE VIEW v AS SELECT 1", "4511")]
    [InlineData("CREATE VIEW v AS SELECT 1 AS a, 2 AS a", "4506")]
    [InlineData("CREATE VIEW v (a) AS SELECT 1, 2", "8158")]
    [InlineData("CREATE VIEW v AS SELECT * FROM nope", "208")]
    [InlineData("ALTER VIEW v AS SELECT 1 AS a", "208")]
    [InlineData("CREATE PROCEDURE p AS SELECT * FROM nope", "")]
    [InlineData("CREATE PROCEDURE p @a int, @a int AS SELECT 1", "134")]
    [InlineData("CREATE FUNCTION f () RETURNS int AS BEGIN DECLARE @a int; END", "455")]
    [InlineData("CREATE TABLE t (a int)\nGO\nCREATE TRIGGER tr ON nope AFTER INSERT AS SELECT 1", "8197")]
    [InlineData("CREATE TABLE t (a int)\nGO\nCREATE TRIGGER tr ON t INSTEAD OF INSERT AS SELECT 1\nGO\nCREATE TRIGGER tr2 ON t INSTEAD OF INSERT AS SELECT 1", "2111")]
    [InlineData("CREATE TABLE t (id int PRIMARY KEY, v vector(3)); CREATE VECTOR INDEX i ON t (v) WITH (METRIC = 'cosine')", "343")]
    [InlineData("ALTER DATABASE SCOPED CONFIGURATION SET PREVIEW_FEATURES = ON; CREATE TABLE t (id int, v vector(3)); CREATE VECTOR INDEX i ON t (v) WITH (METRIC = 'cosine')", "42217")]
    [InlineData("ALTER DATABASE SCOPED CONFIGURATION SET PREVIEW_FEATURES = ON; CREATE TABLE t (id int PRIMARY KEY, v vector(3)); CREATE VECTOR INDEX i ON t (id) WITH (METRIC = 'cosine')", "42215")]
    [InlineData("ALTER DATABASE SCOPED CONFIGURATION SET PREVIEW_FEATURES = ON; CREATE TABLE t (id int PRIMARY KEY, v vector(3)); CREATE VECTOR INDEX i ON t (v) WITH (METRIC = 'cosine'); CREATE VECTOR INDEX j ON t (v) WITH (METRIC = 'dot')", "42230")]
    [InlineData("ALTER DATABASE SCOPED CONFIGURATION SET PREVIEW_FEATURES = ON; CREATE TABLE t (id int PRIMARY KEY, v vector(3)); CREATE VECTOR INDEX i ON t (v) WITH (METRIC = 'hamming')", "102")]
    [InlineData("CREATE USER u WITHOUT LOGIN; CREATE USER u WITHOUT LOGIN", "15023")]
    [InlineData("CREATE USER u", "15007")]
    [InlineData("DROP USER dbo", "15150")]
    [InlineData("GRANT SELECT ON nope TO public", "15151")]
    [InlineData("CREATE TABLE t (a int); GRANT SELECT ON t TO nobody", "15151")]
    [InlineData("CREATE TABLE t (a int) WITH (SYSTEM_VERSIONING = ON)", "13510")]
    [InlineData("CREATE TABLE #t (a int); CREATE TABLE #t (a int)", "2714")]
    public void Errors_have_the_numbers_of_sql_server(string script, string expected)
    {
        string numbers = string.Join(' ', SqlTestHarness.RunAlone(script).Split('\n')
            .Where(l => l.StartsWith("Msg ", StringComparison.Ordinal)).Select(l => l[4..l.IndexOf(',', StringComparison.Ordinal)]));
        Assert.Equal(expected, numbers);
    }

    [Theory]
    [InlineData("CREATE TABLE t (a int); INSERT t VALUES (1), (2); ALTER TABLE t ADD b int NOT NULL DEFAULT 7; SELECT * FROM t ORDER BY a", "1 | 7\n2 | 7")]
    [InlineData("CREATE TABLE t (a int); INSERT t VALUES (1), (2); ALTER TABLE t ADD b int NULL DEFAULT 7; SELECT * FROM t ORDER BY a", "1 | NULL\n2 | NULL")]
    [InlineData("CREATE TABLE t (a int); INSERT t VALUES (1), (2); ALTER TABLE t ADD b int NULL DEFAULT 7 WITH VALUES; SELECT * FROM t ORDER BY a", "1 | 7\n2 | 7")]
    [InlineData("CREATE TABLE t (a int); INSERT t VALUES (1), (2); ALTER TABLE t ADD id int IDENTITY(5, 5); SELECT * FROM t ORDER BY a", "1 | 5\n2 | 10")]
    [InlineData("CREATE TABLE t (a int); INSERT t VALUES (1), (2); ALTER TABLE t ADD id int IDENTITY(5, 5) PRIMARY KEY; INSERT t (a) VALUES (3); SELECT * FROM t ORDER BY a", "1 | 5\n2 | 10\n3 | 15")]
    [InlineData("CREATE TABLE t (a int NOT NULL, b int); INSERT t VALUES (2, 20), (1, 10); ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY (a); SELECT * FROM t", "1 | 10\n2 | 20")]
    [InlineData("CREATE TABLE t (a int CONSTRAINT pk PRIMARY KEY, b int); INSERT t VALUES (2, 20), (1, 10); ALTER TABLE t DROP CONSTRAINT pk; INSERT t VALUES (1, 11); SELECT COUNT(*) FROM t", "3")]
    [InlineData("CREATE TABLE t (a int, b int, c int); INSERT t VALUES (1, 2, 3); ALTER TABLE t DROP COLUMN b; SELECT * FROM t", "1 | 3")]
    [InlineData("CREATE TABLE t (a int, b varchar(5)); INSERT t VALUES (1, '12'); ALTER TABLE t ALTER COLUMN b int; SELECT b + 1 FROM t", "13")]
    [InlineData("CREATE TABLE t (a int); INSERT t VALUES (1), (2), (3); CREATE UNIQUE INDEX i ON t (a); ALTER INDEX i ON t REBUILD; DROP INDEX i ON t; SELECT COUNT(*) FROM t", "3")]
    [InlineData("CREATE TABLE t (a int, b AS (a * 2) PERSISTED); INSERT t (a) VALUES (4); CREATE INDEX i ON t (b); SELECT b FROM t WHERE b = 8", "8")]
    [InlineData("CREATE TABLE t (a int, b AS (a * 2)); INSERT t (a) VALUES (4); CREATE INDEX i ON t (b); SELECT b FROM t WHERE b = 8", "8")]
    [InlineData("CREATE TABLE t (a int, s char(1)); INSERT t VALUES (1, 'x'), (2, 'y'); CREATE INDEX i ON t (a) WHERE s = 'x'; SELECT a FROM t WHERE a > 0 AND s = 'x'", "1")]
    [InlineData("CREATE TABLE t (a int CONSTRAINT ck CHECK (a > 0)); ALTER TABLE t NOCHECK CONSTRAINT ck; INSERT t VALUES (-1); SELECT is_disabled, is_not_trusted FROM sys.check_constraints", "1 | 1")]
    [InlineData("BEGIN TRAN; CREATE TABLE t (a int); ROLLBACK; SELECT OBJECT_ID('t')", "NULL")]
    [InlineData("CREATE TABLE t (a int); BEGIN TRAN; DROP TABLE t; ROLLBACK; SELECT COUNT(*) FROM t", "0")]
    [InlineData("CREATE TABLE #t (a int PRIMARY KEY, b nvarchar(5) DEFAULT N'z'); INSERT #t (a) VALUES (1); SELECT * FROM #t", "1 | z")]
    [InlineData("CREATE TABLE #t (a int); INSERT #t VALUES (1); ALTER TABLE #t ADD b int NOT NULL DEFAULT 3; CREATE INDEX i ON #t (b); SELECT * FROM #t WHERE b = 3", "1 | 3")]
    [InlineData("CREATE SEQUENCE s START WITH 5; SELECT NEXT VALUE FOR s; ALTER SEQUENCE s RESTART WITH 100; SELECT NEXT VALUE FOR s", "5\n100")]
    [InlineData("CREATE SCHEMA x\nGO\nCREATE TABLE t (a int); ALTER SCHEMA x TRANSFER dbo.t; SELECT COUNT(*) FROM x.t", "0")]
    [InlineData("CREATE TABLE t (a int); EXEC sp_rename 't.a', 'b', 'COLUMN'; EXEC sp_rename 't', 'u'; SELECT b FROM u",
        "Caution: Changing any part of an object name could break scripts and stored procedures.\nCaution: Changing any part of an object name could break scripts and stored procedures.")]
    [InlineData("CREATE OR ALTER PROCEDURE p AS SELECT 1\nGO\nCREATE OR ALTER PROCEDURE p AS SELECT 2\nGO\nEXEC p; SELECT OBJECT_DEFINITION(OBJECT_ID('p'))", "2\nCREATE   PROCEDURE p AS SELECT 2\n")]
    [InlineData("CREATE PROCEDURE p AS SELECT 1\nGO\nALTER PROCEDURE p AS SELECT 2\nGO\nSELECT OBJECT_DEFINITION(OBJECT_ID('p'))", "CREATE PROCEDURE p AS SELECT 2\n")]
    [InlineData("CREATE TABLE t (a int); ALTER TABLE t ADD b int, c int NOT NULL CONSTRAINT df DEFAULT 1; INSERT t (a) VALUES (1); SELECT * FROM t", "1 | NULL | 1")]
    [InlineData("CREATE TABLE t (a int NOT NULL DEFAULT NEXT VALUE FOR s)", "Msg 208, Level 16, State 1, Line 1: Invalid object name 's'.")]
    [InlineData("CREATE TABLE p (a int PRIMARY KEY); CREATE TABLE t (a int); INSERT t VALUES (5); ALTER TABLE t WITH NOCHECK ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES p (a); SELECT is_not_trusted FROM sys.foreign_keys", "1")]
    [InlineData("ALTER DATABASE SCOPED CONFIGURATION SET PREVIEW_FEATURES = ON; CREATE TABLE t (id int PRIMARY KEY, v vector(2)); INSERT t VALUES (1, '[1,0]'), (2, '[0,1]'); CREATE VECTOR INDEX i ON t (v) WITH (METRIC = 'cosine', TYPE = 'DiskANN'); INSERT t VALUES (3, '[1,1]'); SELECT name, type_desc, distance_metric FROM sys.vector_indexes", "i | VECTOR | COSINE")]
    public void Ddl_does_what_it_says(string script, string expected) => Assert.Equal(expected.TrimEnd('\n'), SqlTestHarness.RunAlone(script).TrimEnd('\n'));

    [Fact]
    public void Definitions_are_stored_as_sql_server_writes_them()
    {
        using var sql = new SqlTestHarness();
        Assert.Equal("", sql.Run("""
            CREATE TABLE t (a int, b varchar(10), d datetime,
                CONSTRAINT c1 CHECK (a IN (1, 2)), CONSTRAINT c2 CHECK (a BETWEEN 1 AND 5 OR b LIKE 'x%'), CONSTRAINT c3 CHECK (NOT a = 1),
                CONSTRAINT c4 CHECK (LEN(b) > 2 AND (a > 1 OR a IS NULL)), CONSTRAINT c5 CHECK (CASE WHEN a = 1 THEN 1 ELSE 0 END = 1), CONSTRAINT c6 CHECK (DATEPART(year, d) > 2000));
            ALTER TABLE t ADD CONSTRAINT d1 DEFAULT -1 FOR a, CONSTRAINT d2 DEFAULT 'it''s' FOR b, CONSTRAINT d3 DEFAULT CURRENT_TIMESTAMP FOR d;
            """));
        Assert.Equal("""
            ([a]=(2) OR [a]=(1))
            ([a]>=(1) AND [a]<=(5) OR [b] like 'x%')
            (NOT [a]=(1))
            (len([b])>(2) AND ([a]>(1) OR [a] IS NULL))
            (case when [a]=(1) then (1) else (0) end=(1))
            (datepart(year,[d])>(2000))
            ((-1))
            ('it''s')
            (getdate())
            """, sql.Run("SELECT definition FROM sys.check_constraints ORDER BY name; SELECT definition FROM sys.default_constraints ORDER BY name"));
    }

    [Fact]
    public void Ddl_of_one_session_is_seen_by_another_after_commit()
    {
        using var sql = new SqlTestHarness();
        using SqlTestHarness other = sql.Another();
        sql.Run("BEGIN TRAN; CREATE TABLE t (a int);");
        Assert.Equal("NULL", other.Run("SELECT OBJECT_ID('t')"));
        sql.Run("COMMIT");
        Assert.Equal("0", other.Run("SELECT COUNT(*) FROM t"));
    }
}
