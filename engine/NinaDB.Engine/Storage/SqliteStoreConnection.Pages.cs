namespace NinaDB.Engine.Storage;

/// <summary>Pages as SQLite counts them for a connection.</summary>
internal sealed unsafe partial class SqliteStoreConnection
{
    private const int CacheHit = 7, CacheMiss = 8;

    public (long Reads, long Misses) PageReads
    {
        get
        {
            SqliteNative.sqlite3_db_status(_db, CacheHit, out int hits, out _, 0);
            SqliteNative.sqlite3_db_status(_db, CacheMiss, out int misses, out _, 0);
            return ((long)hits + misses, misses);
        }
    }
}
