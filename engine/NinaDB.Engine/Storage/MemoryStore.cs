using NinaDB.Engine.Vectors;

namespace NinaDB.Engine.Storage;

/// <summary>Ordered in-memory trees of one session, for temp tables and table variables. Has one connection at a time.</summary>
internal sealed class MemoryStore : IKeyValueStore
{
    public MemoryStore() => VectorIndexes = new VectorIndexRegistry(this);

    public string? Folder => null;

    public FileStreamStore? FileStreams => null;

    public VectorIndexRegistry VectorIndexes { get; }

    public MemoryStoreConnection Connect() => throw new NotImplementedException();

    public IStoreConnection OpenConnection() => Connect();

    public void Dispose()
    {
    }
}

/// <summary>
/// The connection to a <see cref="MemoryStore"/>. Beyond the interface: trees of table variables, which transactions and user savepoints leave alone, and statement
/// savepoints, which undo everything.
/// </summary>
internal abstract class MemoryStoreConnection : IStoreConnection
{
    public abstract IKeyValueStore Store { get; }
    public abstract bool InWriteTransaction { get; }

    /// <summary>A tree that keeps its changes over ROLLBACK and ROLLBACK TRANSACTION savepoint; only <see cref="RollbackStatement"/> undoes them.</summary>
    public abstract int CreateVariableTree();

    /// <summary>Undoes everything since the savepoint, in table variables too (a failed statement). Savepoints work outside a write transaction as well here.</summary>
    public abstract void RollbackStatement(int savepoint);

    public abstract void BeginStatement();
    public abstract void EndStatement();
    public abstract void Enlist(ITransactionParticipant participant);
    public abstract void BeginWrite(int lockTimeoutMilliseconds, CancellationToken cancellation);
    public abstract void Commit();
    public abstract void Rollback();
    public abstract int Savepoint();
    public abstract void RollbackTo(int savepoint);
    public abstract void Release(int savepoint);
    public abstract int CreateTree();
    public abstract void DropTree(int tree);
    public abstract void ClearTree(int tree);
    public abstract bool TryGet(int tree, ReadOnlySpan<byte> key, out byte[] value);
    public abstract bool TryInsert(int tree, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);
    public abstract void Put(int tree, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);
    public abstract bool TryUpdate(int tree, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);
    public abstract bool Delete(int tree, ReadOnlySpan<byte> key);
    public abstract IStoreCursor Scan(int tree, KeyRange range, bool backward = false);
    public abstract long EstimateCount(int tree);
    public abstract long AllocateNumber(int tree);
    public abstract void Dispose();
}
