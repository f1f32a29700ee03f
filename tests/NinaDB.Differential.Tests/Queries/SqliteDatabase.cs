using System.Globalization;
using SQLitePCL;

namespace NinaDB.Differential.Tests.Queries;

/// <summary>An SQLite database in memory: the peer.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private readonly sqlite3 _handle;

    static SqliteDatabase() => Batteries_V2.Init();

    public SqliteDatabase()
    {
        Check(raw.sqlite3_open(":memory:", out _handle));
        Run("PRAGMA case_sensitive_like = ON");
    }

    public static string Version => raw.sqlite3_libversion().utf8_to_string();

    public void Run(string statement) => Rows(statement);

    /// <summary>Rows as text, values separated by |.</summary>
    public List<string> Rows(string statement)
    {
        Check(raw.sqlite3_prepare_v2(_handle, statement, out sqlite3_stmt prepared));
        using (prepared)
        {
            var rows = new List<string>();
            int result;
            while ((result = raw.sqlite3_step(prepared)) == raw.SQLITE_ROW)
            {
                rows.Add(string.Join('|', Enumerable.Range(0, raw.sqlite3_column_count(prepared)).Select(i => Value(prepared, i))));
            }

            Check(result == raw.SQLITE_DONE ? raw.SQLITE_OK : result);
            return rows;
        }
    }

    public void Dispose() => _handle.Dispose();

    private static string Value(sqlite3_stmt prepared, int column) => raw.sqlite3_column_type(prepared, column) switch
    {
        raw.SQLITE_NULL => "NULL",
        raw.SQLITE_INTEGER => raw.sqlite3_column_int64(prepared, column).ToString(CultureInfo.InvariantCulture),
        raw.SQLITE_FLOAT => raw.sqlite3_column_double(prepared, column).ToString("R", CultureInfo.InvariantCulture),
        _ => raw.sqlite3_column_text(prepared, column).utf8_to_string(),
    };

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            throw new InvalidOperationException(raw.sqlite3_errmsg(_handle).utf8_to_string());
        }
    }
}
