namespace NinaDB.Benchmarks;

/// <summary>Schema, data and cases.</summary>
internal static partial class PostgresBenchmarks
{
    private const int Rows = 1_000_000;

    /// <summary>Point reads and writes: no slower than PostgreSQL over its socket. Loops: faster than PL/pgSQL.</summary>
    private const double NoSlower = 1;

    /// <summary>Scans, joins, sorts.</summary>
    private const double FiveTimes = 5;

    /// <summary>A permutation of the million: 7,919 is prime and does not divide it.</summary>
    private static int Scattered(int n) => (int)((long)n * 7919 % Rows);

    private static void Fill(Side own, Side peer)
    {
        string[] tables =
        [
            "CREATE TABLE small (id int NOT NULL PRIMARY KEY, name varchar(40) NOT NULL)",
            "CREATE TABLE mid (id int NOT NULL PRIMARY KEY, small_id int NOT NULL, name varchar(40) NOT NULL)",
            "CREATE TABLE big (id int NOT NULL PRIMARY KEY, mid_id int NOT NULL, grp int NOT NULL, scattered int NOT NULL, amount float NOT NULL, name varchar(40) NOT NULL)",
            "CREATE TABLE written (id int NOT NULL PRIMARY KEY, grp int NOT NULL, amount float NOT NULL, name varchar(40) NOT NULL)",
            "CREATE TABLE changed (id int NOT NULL PRIMARY KEY, grp int NOT NULL, amount float NOT NULL, name varchar(40) NOT NULL)",
            "CREATE TABLE gone (id int NOT NULL PRIMARY KEY, grp int NOT NULL, amount float NOT NULL, name varchar(40) NOT NULL)",
        ];
        foreach (string table in tables)
        {
            own.Run(table);
            peer.Run(table);
        }

        own.Run("CREATE TABLE doc (id int NOT NULL PRIMARY KEY, body json NOT NULL)");
        peer.Run("CREATE TABLE doc (id int NOT NULL PRIMARY KEY, body json NOT NULL, binary_body jsonb NOT NULL)");
        const string Document =
            """
            CONCAT('{"id":', n.value, ',"name":"name ', n.value, '","price":', n.value % 1000, '.5,"tags":["one","two","three"],"address":{"street":"street ', n.value, '","city":"city ', n.value % 100, '"}}')
            """;
        (string Table, int Count, string Row)[] data =
        [
            ("small", 1_000, "n.value, CONCAT('small ', n.value)"),
            ("mid", 100_000, "n.value, n.value * 7 % 1000, CONCAT('mid ', n.value)"),
            ("big", Rows, $"n.value, CAST(CAST(n.value AS bigint) * 7919 % 100000 AS int), n.value % 100, CAST(CAST(n.value AS bigint) * 7919 % {Rows} AS int), CAST(CAST(n.value AS bigint) * 104729 % {Rows} AS float) * 0.25, CONCAT('name ', CAST(n.value AS bigint) * 15485863 % {Rows})"),
            ("changed", Rows, "n.value, n.value % 100, n.value, CONCAT('name ', n.value)"),
            ("gone", Rows, "n.value, n.value % 100, n.value, CONCAT('name ', n.value)"),
            ("doc", 100_000, "n.value, " + Document),
        ];
        foreach ((string table, int count, string row) in data)
        {
            Console.Error.WriteLine("  filling " + table);
            own.Run($"INSERT INTO {table} SELECT {row} FROM GENERATE_SERIES(0, {count - 1}) AS n");
            peer.Run(table == "doc"
                ? $"INSERT INTO {table} SELECT d.id, d.body::json, d.body::jsonb FROM (SELECT n.value AS id, {Document} AS body FROM generate_series(0, {count - 1}) AS n(value)) AS d"
                : $"INSERT INTO {table} SELECT {row} FROM generate_series(0, {count - 1}) AS n(value)");
        }

        own.Run("CREATE INDEX ix_big_scattered ON big (scattered)");
        peer.Run("CREATE INDEX ix_big_scattered ON big (scattered)");
        foreach ((string statement, string peerStatement) in Procedures())
        {
            own.Run(statement);
            peer.Run(peerStatement);
        }

        // What an installation does by itself after a while.
        peer.Run("VACUUM ANALYZE");
        peer.Run("CHECKPOINT");
    }

    private static IEnumerable<(string Own, string Peer)> Procedures() =>
    [
        (
            """
            CREATE PROCEDURE dbo.count_up @n int AS
            BEGIN
                SET NOCOUNT ON;
                DECLARE @i int = 0, @sum bigint = 0;
                WHILE @i < @n
                BEGIN
                    SET @sum = @sum + @i * 3 % 7;
                    IF @sum % 2 = 0 SET @sum = @sum + 1;
                    SET @i = @i + 1;
                END;
                SELECT @sum;
            END
            """,
            """
            CREATE FUNCTION count_up(n int) RETURNS bigint LANGUAGE plpgsql AS $$
            DECLARE i int := 0; sum bigint := 0;
            BEGIN
                WHILE i < n LOOP
                    sum := sum + i * 3 % 7;
                    IF sum % 2 = 0 THEN sum := sum + 1; END IF;
                    i := i + 1;
                END LOOP;
                RETURN sum;
            END $$
            """),
        (
            "CREATE FUNCTION dbo.weigh (@a int, @b int) RETURNS int AS BEGIN DECLARE @c int = @a * 3 + @b; IF @c % 2 = 0 RETURN @c; RETURN @c - 1; END",
            "CREATE FUNCTION weigh(a int, b int) RETURNS int LANGUAGE plpgsql AS $$ DECLARE c int := a * 3 + b; BEGIN IF c % 2 = 0 THEN RETURN c; END IF; RETURN c - 1; END $$"),
        (
            "CREATE PROCEDURE dbo.step @a int, @b int OUTPUT AS SET @b = @a * 2 + 1",
            "CREATE PROCEDURE step(a int, INOUT b int) LANGUAGE plpgsql AS $$ BEGIN b := a * 2 + 1; END $$"),
        (
            """
            CREATE PROCEDURE dbo.call_steps @n int AS
            BEGIN
                SET NOCOUNT ON;
                DECLARE @i int = 0, @r int, @sum bigint = 0;
                WHILE @i < @n
                BEGIN
                    EXECUTE dbo.step @i, @r OUTPUT;
                    SET @sum = @sum + @r;
                    SET @i = @i + 1;
                END;
                SELECT @sum;
            END
            """,
            """
            CREATE FUNCTION call_steps(n int) RETURNS bigint LANGUAGE plpgsql AS $$
            DECLARE i int := 0; r int; sum bigint := 0;
            BEGIN
                WHILE i < n LOOP
                    CALL step(i, r);
                    sum := sum + r;
                    i := i + 1;
                END LOOP;
                RETURN sum;
            END $$
            """),
        (
            """
            CREATE PROCEDURE dbo.look_up @n int AS
            BEGIN
                SET NOCOUNT ON;
                DECLARE @i int = 0, @x int, @sum bigint = 0;
                WHILE @i < @n
                BEGIN
                    SELECT @x = grp FROM dbo.big WHERE id = @i * 7 % 1000000;
                    SET @sum = @sum + @x;
                    SET @i = @i + 1;
                END;
                SELECT @sum;
            END
            """,
            """
            CREATE FUNCTION look_up(n int) RETURNS bigint LANGUAGE plpgsql AS $$
            DECLARE i int := 0; x int; sum bigint := 0;
            BEGIN
                WHILE i < n LOOP
                    SELECT grp INTO x FROM big WHERE id = i * 7 % 1000000;
                    sum := sum + x;
                    i := i + 1;
                END LOOP;
                RETURN sum;
            END $$
            """),
        (
            """
            CREATE PROCEDURE dbo.walk @n int AS
            BEGIN
                SET NOCOUNT ON;
                DECLARE @x int, @sum bigint = 0;
                DECLARE rows CURSOR LOCAL FAST_FORWARD FOR SELECT grp FROM dbo.big WHERE id < @n;
                OPEN rows;
                FETCH NEXT FROM rows INTO @x;
                WHILE @@FETCH_STATUS = 0
                BEGIN
                    SET @sum = @sum + @x;
                    FETCH NEXT FROM rows INTO @x;
                END;
                SELECT @sum;
            END
            """,
            """
            CREATE FUNCTION walk(n int) RETURNS bigint LANGUAGE plpgsql AS $$
            DECLARE x int; sum bigint := 0; rows CURSOR FOR SELECT grp FROM big WHERE id < n;
            BEGIN
                OPEN rows;
                LOOP
                    FETCH rows INTO x;
                    EXIT WHEN NOT FOUND;
                    sum := sum + x;
                END LOOP;
                RETURN sum;
            END $$
            """),
        (
            """
            CREATE PROCEDURE dbo.fill_up @n int AS
            BEGIN
                SET NOCOUNT ON;
                DECLARE @i int = 0;
                CREATE TABLE #t (id int NOT NULL PRIMARY KEY, grp int NOT NULL);
                BEGIN TRANSACTION;
                WHILE @i < @n
                BEGIN
                    INSERT INTO #t (id, grp) VALUES (@i, @i % 100);
                    SET @i = @i + 1;
                END;
                COMMIT;
                SELECT COUNT(*) FROM #t;
            END
            """,
            """
            CREATE FUNCTION fill_up(n int) RETURNS bigint LANGUAGE plpgsql AS $$
            DECLARE i int := 0; c bigint;
            BEGIN
                DROP TABLE IF EXISTS t;
                CREATE TEMPORARY TABLE t (id int NOT NULL PRIMARY KEY, grp int NOT NULL);
                WHILE i < n LOOP
                    INSERT INTO t (id, grp) VALUES (i, i % 100);
                    i := i + 1;
                END LOOP;
                SELECT count(*) INTO c FROM t;
                RETURN c;
            END $$
            """),
    ];

    private static IEnumerable<Case> Cases()
    {
        foreach (Case test in Reads().Concat(Queries()).Concat(Writes()).Concat(Loops()))
        {
            yield return test;
        }
    }

    private static IEnumerable<Case> Reads() =>
    [
        new("point select by primary key", NoSlower, new("SELECT grp, amount, name FROM big WHERE id = @p1", "SELECT grp, amount, name FROM big WHERE id = $1")) { Arguments = n => [Scattered(n)] },
        new("point select by secondary index", NoSlower, new("SELECT grp, amount, name FROM big WHERE scattered = @p1", "SELECT grp, amount, name FROM big WHERE scattered = $1")) { Arguments = n => [Scattered(n)] },
        new("range of 1,000 rows by primary key", FiveTimes, new("SELECT grp, amount, name FROM big WHERE id >= @p1 AND id < @p2", "SELECT grp, amount, name FROM big WHERE id >= $1 AND id < $2"))
        {
            Arguments = n => Range(n),
        },
        new("range of 1,000 rows by secondary index", FiveTimes, new("SELECT grp, amount, name FROM big WHERE scattered >= @p1 AND scattered < @p2", "SELECT grp, amount, name FROM big WHERE scattered >= $1 AND scattered < $2"))
        {
            Arguments = n => Range(n),
        },
    ];

    private static int[] Range(int n) => [Scattered(n) % (Rows - 1000), (Scattered(n) % (Rows - 1000)) + 1000];

    private static Case Query(string name, string text, string? peer = null) => new(name, FiveTimes, new(text, peer ?? text));

    private static IEnumerable<Case> Queries() =>
    [
        Query("scan of 1 million rows: COUNT with a condition", "SELECT COUNT(*) FROM big WHERE amount < 125000 AND grp <> 7"),
        Query("aggregate of 1 million rows: SUM, COUNT, WHERE", "SELECT SUM(amount), COUNT(*), MIN(scattered), MAX(scattered) FROM big WHERE grp < 50"),
        Query("scan with LIKE over 1 million strings", "SELECT COUNT(*) FROM big WHERE name LIKE '%99%'"),
        Query("GROUP BY, 100 groups", "SELECT grp, COUNT(*), SUM(amount) FROM big GROUP BY grp"),
        Query("GROUP BY, 100,000 groups", "SELECT mid_id, COUNT(*), SUM(amount) FROM big GROUP BY mid_id"),
        Query("COUNT(DISTINCT) of 100,000 values", "SELECT COUNT(DISTINCT mid_id) FROM big"),
        Query("join of 1 million and 100,000 rows, aggregated", "SELECT COUNT(*), SUM(b.amount) FROM big AS b JOIN mid AS m ON m.id = b.mid_id WHERE m.small_id < 500"),
        Query(
            "join of 1 million, 100,000 and 1,000 rows, grouped",
            "SELECT s.id, COUNT(*), SUM(b.amount) FROM big AS b JOIN mid AS m ON m.id = b.mid_id JOIN small AS s ON s.id = m.small_id GROUP BY s.id"),
        Query(
            "join of three, selective: 1,000 of 1 million rows",
            "SELECT COUNT(*), SUM(b.amount) FROM big AS b JOIN mid AS m ON m.id = b.mid_id JOIN small AS s ON s.id = m.small_id WHERE s.name = 'small 77'"),
        Query("outer join with a missing half", "SELECT COUNT(*), COUNT(m.id) FROM big AS b LEFT JOIN mid AS m ON m.id = b.mid_id + 50000"),
        Query("EXISTS of 1 million rows", "SELECT COUNT(*) FROM mid AS m WHERE EXISTS (SELECT 1 FROM big AS b WHERE b.mid_id = m.id AND b.grp = 3)"),
        Query("ORDER BY with TOP 10", "SELECT TOP 10 scattered, name FROM big ORDER BY amount DESC", "SELECT scattered, name FROM big ORDER BY amount DESC LIMIT 10"),
        Query("sort of 1 million rows by a number, read whole", "SELECT id, amount FROM big ORDER BY amount"),
        Query("sort of 1 million rows by a string, read whole", "SELECT id, name FROM big ORDER BY name COLLATE Latin1_General_BIN2", "SELECT id, name FROM big ORDER BY name"),
        Query("1 million rows of 6 columns, read whole", "SELECT id, mid_id, grp, scattered, amount, name FROM big"),
        Query("window: ROW_NUMBER by group", "SELECT SUM(CAST(t.n AS bigint)) FROM (SELECT ROW_NUMBER() OVER (PARTITION BY grp ORDER BY amount) AS n FROM big) AS t WHERE t.n % 2 = 0"),
        Query("window: SUM OVER a partition and running", "SELECT SUM(t.a - t.b) FROM (SELECT SUM(amount) OVER (PARTITION BY mid_id) AS a, SUM(amount) OVER (PARTITION BY mid_id ORDER BY id ROWS UNBOUNDED PRECEDING) AS b FROM big) AS t"),
        Query(
            "JSON: two values of each of 100,000 documents",
            "SELECT SUM(CAST(JSON_VALUE(body, '$.price') AS float)), COUNT(JSON_VALUE(body, '$.address.city')) FROM doc",
            "SELECT SUM(CAST(body ->> 'price' AS float)), COUNT(body -> 'address' ->> 'city') FROM doc"),
        Query(
            "JSON: the same beside jsonb",
            "SELECT SUM(CAST(JSON_VALUE(body, '$.price') AS float)), COUNT(JSON_VALUE(body, '$.address.city')) FROM doc",
            "SELECT SUM(CAST(binary_body ->> 'price' AS float)), COUNT(binary_body -> 'address' ->> 'city') FROM doc"),
    ];

    private static IEnumerable<Case> Writes()
    {
        var insert = new Texts("INSERT INTO written (id, grp, amount, name) VALUES (@p1, @p2, 1.5, 'a name')", "INSERT INTO written (id, grp, amount, name) VALUES ($1, $2, 1.5, 'a name')");
        var update = new Texts("UPDATE changed SET amount = amount + 1 WHERE id = @p1", "UPDATE changed SET amount = amount + 1 WHERE id = $1");
        var delete = new Texts("DELETE FROM gone WHERE id = @p1", "DELETE FROM gone WHERE id = $1");
        return
        [
            new("INSERT of a row, durable", NoSlower, insert) { Arguments = n => [n, n % 100], IsWrite = true },
            new("UPDATE of a row, durable", NoSlower, update) { Arguments = n => [Scattered(n)], IsWrite = true },
            new("DELETE of a row, durable", NoSlower, delete) { Arguments = n => [Scattered(n)], IsWrite = true },
            new("INSERT of a row, 1,000 a transaction", NoSlower, insert) { Arguments = n => [100_000_000 + n, n % 100], IsWrite = true, Transaction = 1000 },
            new("UPDATE of a row, 1,000 a transaction", NoSlower, update) { Arguments = n => [Scattered(n)], IsWrite = true, Transaction = 1000 },
            new("DELETE of a row, 1,000 a transaction", NoSlower, delete) { Arguments = n => [Scattered(300_000 + n)], IsWrite = true, Transaction = 1000 },
            new(
                "INSERT of 1,000 rows in a statement",
                NoSlower,
                new(
                    "INSERT INTO written (id, grp, amount, name) SELECT n.value, n.value % 100, 1.5, 'a name' FROM GENERATE_SERIES(@p1, @p2) AS n",
                    "INSERT INTO written (id, grp, amount, name) SELECT n.value, n.value % 100, 1.5, 'a name' FROM generate_series($1, $2) AS n(value)"))
            {
                Arguments = n => [200_000_000 + (n * 1000), 200_000_000 + (n * 1000) + 999],
                IsWrite = true,
            },
            new(
                "UPDATE of 1,000 rows in a statement",
                NoSlower,
                new("UPDATE changed SET amount = amount + 1 WHERE id >= @p1 AND id < @p2", "UPDATE changed SET amount = amount + 1 WHERE id >= $1 AND id < $2"))
            {
                Arguments = n => Range(n),
                IsWrite = true,
            },
            new(
                "DELETE of 1,000 rows in a statement",
                NoSlower,
                new("DELETE FROM gone WHERE id >= @p1 AND id < @p2", "DELETE FROM gone WHERE id >= $1 AND id < $2"))
            {
                Arguments = n => [n % 1000 * 1000, (n % 1000 * 1000) + 1000],
                IsWrite = true,
                MostCalls = 100,
            },
        ];
    }

    private static Case Loop(string name, string procedure) => new(name, NoSlower, new($"EXECUTE dbo.{procedure} 100000", $"SELECT {procedure}(100000)"));

    private static IEnumerable<Case> Loops() =>
    [
        Loop("loop: 100,000 turns of variables", "count_up"),
        new("loop: 100,000 calls of a scalar function", NoSlower, new("SELECT SUM(CAST(dbo.weigh(n.value, 5) AS bigint)) FROM GENERATE_SERIES(1, 25000) AS n CROSS JOIN GENERATE_SERIES(1, 4) AS m", "SELECT SUM(CAST(weigh(n, 5) AS bigint)) FROM generate_series(1, 25000) AS n CROSS JOIN generate_series(1, 4) AS m")),
        Loop("loop: 100,000 calls of a procedure", "call_steps"),
        Loop("loop: 100,000 point selects", "look_up"),
        Loop("loop: 100,000 rows of a cursor", "walk"),
        Loop("loop: 100,000 inserts into a temporary table", "fill_up"),
    ];
}
