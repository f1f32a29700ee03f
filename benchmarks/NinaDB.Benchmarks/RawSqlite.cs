using System.Diagnostics;
using SQLitePCL;

namespace NinaDB.Benchmarks;

/// <summary>The same table in plain SQLite through SQLitePCLRaw: what the host's figures are held against.</summary>
internal sealed class RawSqlite : IDisposable
{
    private readonly sqlite3 _db;
    private int _rows;

    public RawSqlite(string file)
    {
        Batteries_V2.Init();
        Check(raw.sqlite3_open(file, out _db));
        Run("PRAGMA journal_mode=WAL");
        Run("PRAGMA synchronous=FULL");
        Run("PRAGMA mmap_size=1000000000");
        Run("CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT NOT NULL, score REAL NOT NULL, grp INTEGER NOT NULL)");
    }

    public void Fill(int rows)
    {
        _rows = rows;
        Run("BEGIN");
        Check(raw.sqlite3_prepare_v2(_db, "INSERT INTO t VALUES(?1, ?2, ?3, ?4)", out sqlite3_stmt statement));
        for (int i = 0; i < rows; i++)
        {
            raw.sqlite3_bind_int(statement, 1, i);
            raw.sqlite3_bind_text(statement, 2, "name of row " + i);
            raw.sqlite3_bind_double(statement, 3, i * 0.5);
            raw.sqlite3_bind_int(statement, 4, i % 100);
            raw.sqlite3_step(statement);
            raw.sqlite3_reset(statement);
        }

        raw.sqlite3_finalize(statement);
        Run("COMMIT");
    }

    /// <summary>Random lookups a second, each its own read transaction.</summary>
    public double PointSelects(int count)
    {
        Check(raw.sqlite3_prepare_v2(_db, "SELECT name, score FROM t WHERE id=?1", out sqlite3_stmt statement));
        var random = new Random(1);
        long length = 0;
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < count; i++)
        {
            raw.sqlite3_bind_int(statement, 1, random.Next(_rows));
            raw.sqlite3_step(statement);
            length += raw.sqlite3_column_text(statement, 0).utf8_to_string().Length;
            raw.sqlite3_reset(statement);
        }

        double rate = count / clock.Elapsed.TotalSeconds;
        raw.sqlite3_finalize(statement);
        return length > 0 ? rate : 0;
    }

    public void Dispose() => raw.sqlite3_close_v2(_db);

    private void Run(string sql) => Check(raw.sqlite3_exec(_db, sql));

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw new InvalidOperationException(raw.sqlite3_errmsg(_db).utf8_to_string());
        }
    }
}
