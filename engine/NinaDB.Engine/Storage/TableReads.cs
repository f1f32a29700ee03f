namespace NinaDB.Engine.Storage;

/// <summary>What one statement reads of one table, for SET STATISTICS IO.</summary>
internal sealed class TableReads
{
    /// <summary>Entries in a page of a store that counts none.</summary>
    private const int EntriesInPage = 64;

    private long _entries;

    /// <summary>How often a scan or seek has begun; a lookup of one whole key of a unique index is none.</summary>
    public long Scans { get; private set; }

    /// <summary>Pages read, from the cache or not.</summary>
    public long Logical { get; private set; }

    /// <summary>Pages that were not in the cache.</summary>
    public long Physical { get; private set; }

    /// <summary>A cursor that counts what it reads.</summary>
    public TableCursor Watch(TableCursor cursor, IStoreConnection connection, bool isLookup)
    {
        Scans += isLookup ? 0 : 1;
        return new Watched(cursor, this, connection);
    }

    /// <summary>Before a change of a row; gives what <see cref="End"/> needs.</summary>
    public long Begin(IStoreConnection connection)
    {
        (long reads, long misses) = connection.PageReads;
        Physical -= misses;
        return reads;
    }

    public void End(IStoreConnection connection, long before)
    {
        (long reads, long misses) = connection.PageReads;
        Physical += misses;
        Logical += reads - before;
        if (reads == 0)
        {
            Entry();
        }
    }

    private void Entry() => Logical += _entries++ % EntriesInPage == 0 ? 1 : 0;

    private sealed class Watched(TableCursor inner, TableReads reads, IStoreConnection connection) : TableCursor
    {
        public override ReadOnlySpan<byte> Locator => inner.Locator;

        public override bool MoveNext()
        {
            long before = reads.Begin(connection);
            bool found = inner.MoveNext();
            reads.End(connection, before);
            return found;
        }

        public override void Dispose() => inner.Dispose();
    }
}
