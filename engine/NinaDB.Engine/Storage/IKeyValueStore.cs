namespace NinaDB.Engine.Storage;

/// <summary>
/// A durable, transactional store of ordered byte strings: a set of trees (one a B-tree), each mapping unique keys to values in memcmp order of keys.
/// One writer at a time, any number of snapshot readers; a commit that returned survives kill -9 and power loss.
/// </summary>
public interface IKeyValueStore : IDisposable
{
    /// <summary>Opens a connection for one session. Not thread-safe; different connections may be used concurrently.</summary>
    IStoreConnection OpenConnection();

    /// <summary>Folder of the database; null for a purely in-memory store.</summary>
    string? Folder { get; }
}

/// <summary>One session's view of the store.</summary>
/// <remarks>
/// Reads happen in a statement snapshot (<see cref="BeginStatement"/>/<see cref="EndStatement"/>, nestable), or inside the write transaction, where the session sees its own changes.
/// The first write of a transaction calls <see cref="BeginWrite"/>, which queues for the single writer slot.
/// </remarks>
public interface IStoreConnection : IDisposable
{
    /// <summary>Pins a consistent snapshot of committed data until the matching <see cref="EndStatement"/>. Inside a write transaction it does nothing.</summary>
    void BeginStatement();

    void EndStatement();

    bool InWriteTransaction { get; }

    /// <summary>
    /// Becomes the writer. Waits up to <paramref name="lockTimeoutMilliseconds"/> (-1 = for ever, 0 = not at all) and then throws error 1222.
    /// A statement snapshot pinned before is replaced by the newest committed state.
    /// </summary>
    void BeginWrite(int lockTimeoutMilliseconds, CancellationToken cancellation);

    /// <summary>Durable when it returns.</summary>
    void Commit();

    void Rollback();

    /// <summary>Creates a savepoint inside the write transaction and returns its token. Nested savepoints are released or rolled back in LIFO order.</summary>
    int Savepoint();

    /// <summary>Undoes everything since the savepoint; the savepoint itself stays.</summary>
    void RollbackTo(int savepoint);

    void Release(int savepoint);

    /// <summary>Creates an empty tree and returns its id (part of the transaction).</summary>
    int CreateTree();

    void DropTree(int tree);

    /// <summary>Removes every entry of a tree.</summary>
    void ClearTree(int tree);

    /// <summary>The value of a key; false when absent.</summary>
    bool TryGet(int tree, ReadOnlySpan<byte> key, out byte[] value);

    /// <summary>Adds an entry; false (and no change) when the key exists.</summary>
    bool TryInsert(int tree, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    /// <summary>Adds or replaces an entry.</summary>
    void Put(int tree, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    /// <summary>Removes an entry; false when absent.</summary>
    bool Delete(int tree, ReadOnlySpan<byte> key);

    /// <summary>Iterates a key range in order (or in reverse order). The cursor must be disposed before the statement ends.</summary>
    IStoreCursor Scan(int tree, KeyRange range, bool backward = false);

    /// <summary>Number of entries, counted or estimated cheaply.</summary>
    long EstimateCount(int tree);
}

/// <summary>A cursor over a key range. Spans are valid until the next <see cref="MoveNext"/>.</summary>
public interface IStoreCursor : IDisposable
{
    bool MoveNext();

    ReadOnlySpan<byte> Key { get; }

    ReadOnlySpan<byte> Value { get; }
}

/// <summary>Bounds of a scan; a null bound is open.</summary>
public readonly record struct KeyRange(byte[]? Lower, bool LowerInclusive, byte[]? Upper, bool UpperInclusive)
{
    public static KeyRange All => new(null, true, null, true);

    public static KeyRange Exactly(byte[] key) => new(key, true, key, true);
}
