namespace NinaDB.Engine.Storage;

/// <summary>
/// A durable, transactional store of ordered byte strings: a set of trees (one a B-tree), each mapping unique keys to values in memcmp order of keys.
/// One writer at a time, any number of snapshot readers; a commit that returned survives kill -9 and power loss.
/// </summary>
internal interface IKeyValueStore : IDisposable
{
    /// <summary>Opens a connection for one session. Not thread-safe; different connections may be used concurrently.</summary>
    IStoreConnection OpenConnection();

    /// <summary>Folder of the database; null for a purely in-memory store.</summary>
    string? Folder { get; }

    /// <summary>Files of FILESTREAM columns; null for a purely in-memory store.</summary>
    FileStreamStore? FileStreams { get; }

    /// <summary>The vector indexes of this store that are in memory, by tree id.</summary>
    Vectors.VectorIndexRegistry VectorIndexes { get; }
}

/// <summary>Trees that exist in every store from the start. User trees get ids from <see cref="FirstUser"/> on.</summary>
internal static class SystemTrees
{
    /// <summary>Serialized catalog.</summary>
    public const int Catalog = 1;

    /// <summary>Chunks of large values: 8-byte value number, 4-byte chunk number.</summary>
    public const int LargeValues = 2;

    /// <summary>FILESTREAM files that committed rows refer to.</summary>
    public const int FileStreams = 3;

    /// <summary>Running values of sequences and identity columns.</summary>
    public const int Counters = 4;

    /// <summary>Free for the engine's other rooms (name as UTF-8 -> value).</summary>
    public const int Settings = 5;

    public const int FirstUser = 16;
}

/// <summary>Something whose in-memory or on-disk state follows a connection's transaction.</summary>
internal interface ITransactionParticipant
{
    /// <summary>A savepoint was made; its token is larger than those of the savepoints that enclose it.</summary>
    void Savepoint(int token);

    void RollbackTo(int token);

    /// <summary>Last moment to write into the transaction.</summary>
    void Committing();

    /// <summary>The transaction is durable. <paramref name="version"/> is the store's commit counter.</summary>
    void Committed(long version);

    void RolledBack();
}

/// <summary>One session's view of the store.</summary>
/// <remarks>
/// Reads happen in a statement snapshot (<see cref="BeginStatement"/>/<see cref="EndStatement"/>, nestable), or inside the write transaction, where the session sees its own changes.
/// The first write of a transaction calls <see cref="BeginWrite"/>, which queues for the single writer slot.
/// </remarks>
internal interface IStoreConnection : IDisposable
{
    /// <summary>Pins a consistent snapshot of committed data until the matching <see cref="EndStatement"/>. Inside a write transaction it does nothing.</summary>
    void BeginStatement();

    void EndStatement();

    /// <summary>
    /// From now on the snapshot of a statement stays when the statement ends, and the next statement goes on with it unless something has been committed since, until
    /// <see cref="ReleaseSnapshot"/>. For statements that follow each other at once: a loop.
    /// </summary>
    void KeepSnapshot()
    {
    }

    /// <summary>Lets go of a snapshot that no statement uses, and keeps none from now on.</summary>
    void ReleaseSnapshot()
    {
    }

    /// <summary>Gives up cached pages; the next statement reads them again. Called between statements, outside transactions.</summary>
    void ReleaseMemory()
    {
    }

    /// <summary>Pages that the connection has read since it was opened, from its cache or not; 0 for a store without pages.</summary>
    (long Reads, long Misses) PageReads => default;

    IKeyValueStore Store { get; }

    bool InWriteTransaction { get; }

    /// <summary>
    /// Tells a participant about the rest of this write transaction (an already enlisted one is left as it is). Savepoints made before are announced to it
    /// with the state it has now, so enlist before the first change.
    /// </summary>
    void Enlist(ITransactionParticipant participant);

    /// <summary>
    /// Becomes the writer. Waits up to <paramref name="lockTimeoutMilliseconds"/> (-1 = for ever, 0 = not at all) and then throws error 1222.
    /// A statement snapshot pinned before is replaced by the newest committed state.
    /// </summary>
    void BeginWrite(int lockTimeoutMilliseconds, CancellationToken cancellation);

    /// <summary>Durable when it returns, unless it may be delayed: then it is with the next durable commit or <see cref="Flush"/>; a transaction with participants never is delayed.</summary>
    void Commit(bool isDurable = true);

    /// <summary>Makes the commits that were delayed durable.</summary>
    void Flush();

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

    /// <summary>Replaces the value of an existing key; false (and no change) when the key is absent.</summary>
    bool TryUpdate(int tree, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    /// <summary>Removes an entry; false when absent.</summary>
    bool Delete(int tree, ReadOnlySpan<byte> key);

    /// <summary>Removes every entry of a key range; returns how many there were. No vector index may hang on the tree.</summary>
    long DeleteRange(int tree, KeyRange range);

    /// <summary>Iterates a key range in order (or in reverse order). The cursor must be disposed before the statement ends.</summary>
    IStoreCursor Scan(int tree, KeyRange range, bool backward = false);

    /// <summary>The same for a reader that asks for no keys, which may be cheaper.</summary>
    IStoreCursor ScanValues(int tree, KeyRange range, bool backward = false) => Scan(tree, range, backward);

    /// <summary>Number of entries as this connection sees them; kept, not counted.</summary>
    long EstimateCount(int tree);

    /// <summary>How a tree grows; null for trees that nobody plans for.</summary>
    TreeSize? SizeOf(int tree) => null;

    /// <summary>A number above the 8-byte big-endian prefix of every key of the tree, never handed out before while the store is open. Rollbacks leave gaps.</summary>
    long AllocateNumber(int tree);
}

/// <summary>A cursor over a key range. Spans are valid until the next <see cref="MoveNext"/>.</summary>
internal interface IStoreCursor : IDisposable
{
    bool MoveNext();

    ReadOnlySpan<byte> Key { get; }

    ReadOnlySpan<byte> Value { get; }
}

/// <summary>Bounds of a scan; a null bound is open.</summary>
internal readonly record struct KeyRange(byte[]? Lower, bool LowerInclusive, byte[]? Upper, bool UpperInclusive)
{
    public static KeyRange All => new(null, true, null, true);

    public static KeyRange Exactly(byte[] key) => new(key, true, key, true);
}
