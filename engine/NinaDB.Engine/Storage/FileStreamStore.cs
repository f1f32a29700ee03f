using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Storage;

/// <summary>
/// The FILESTREAM files of a database: a folder of immutable files, each written once, listed in <see cref="SystemTrees.FileStreams"/> by the transaction that
/// made it, and removed when nothing can refer to it any more: no committed row, no older snapshot. What a crash leaves is removed on open.
/// </summary>
internal sealed partial class FileStreamStore : IDisposable
{
    private readonly SqliteStore _store;
    private readonly Lock _lock = new();

    /// <summary>Files that somebody holds a value of.</summary>
    private readonly Dictionary<Guid, WeakReference<StoredFile>> _open = [];

    /// <summary>Running transactions that made or removed files.</summary>
    private readonly Dictionary<IStoreConnection, FileTransaction> _transactions = [];

    /// <summary>Files no committed row refers to since the given commit.</summary>
    private readonly List<(Guid Id, long Version)> _obsolete = [];

    private int _obsoleteCount;
    private int _pruneAt = 256;

    public FileStreamStore(SqliteStore store)
    {
        _store = store;
        Folder = Path.Combine(store.Folder, "filestream");
    }

    public string Folder { get; }

    /// <summary>A handle on the file a row refers to. The file is opened when first read (error 5552 when it is missing).</summary>
    public FileLob Open(FileReference reference)
    {
        lock (_lock)
        {
            if (_open.TryGetValue(reference.Id, out WeakReference<StoredFile>? known) && known.TryGetTarget(out StoredFile? file))
            {
                return new FileLob(file, reference);
            }

            if (_open.Count >= _pruneAt)
            {
                Prune();
            }

            file = new StoredFile(reference.Id, PathOf(reference.Id));
            _open[reference.Id] = new WeakReference<StoredFile>(file);
            return new FileLob(file, reference);
        }
    }

    /// <summary>Copies a value into a new file. It becomes part of the database with the connection's transaction.</summary>
    public FileReference Write(IStoreConnection connection, SqlLob content) => Register(connection, id => WriteFile(id, content));

    public FileReference Write(IStoreConnection connection, byte[] content) => Register(connection, id => WriteFile(id, new MemoryLob(content)));

    /// <summary>The transaction takes the last reference to a file away.</summary>
    public void Remove(IStoreConnection connection, Guid id)
    {
        FileTransaction transaction = TransactionOf(connection);
        Span<byte> key = stackalloc byte[16];
        id.TryWriteBytes(key);
        connection.Delete(SystemTrees.FileStreams, key);
        transaction.Removed(id);
    }

    /// <summary>Whether the database lists a file and it has its full length.</summary>
    public bool Exists(IStoreConnection connection, FileReference reference)
    {
        Span<byte> key = stackalloc byte[16];
        reference.Id.TryWriteBytes(key);
        var file = new FileInfo(PathOf(reference.Id));
        return connection.TryGet(SystemTrees.FileStreams, key, out _) && file.Exists && file.Length == reference.Length;
    }

    /// <summary>Removes obsolete files that nobody can reach any more.</summary>
    public void CollectIfPending()
    {
        if (Volatile.Read(ref _obsoleteCount) == 0)
        {
            return;
        }

        long oldest = _store.Versions.OldestPinned();
        lock (_lock)
        {
            for (int i = _obsolete.Count - 1; i >= 0; i--)
            {
                if (_obsolete[i].Version <= oldest)
                {
                    DeleteFile(_obsolete[i].Id);
                    _obsolete.RemoveAt(i);
                }
            }

            Volatile.Write(ref _obsoleteCount, _obsolete.Count);
        }
    }

    /// <summary>On open: every file that the database does not list is left over from a crash.</summary>
    internal void Recover(IStoreConnection connection)
    {
        if (!Directory.Exists(Folder))
        {
            return;
        }

        var listed = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        using (IStoreCursor cursor = connection.Scan(SystemTrees.FileStreams, KeyRange.All))
        {
            while (cursor.MoveNext())
            {
                listed.Add(Path.GetFileName(PathOf(new Guid(cursor.Key))));
            }
        }

        foreach (string file in Directory.EnumerateFiles(Folder))
        {
            if (!listed.Contains(Path.GetFileName(file)))
            {
                File.Delete(file);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach ((Guid id, _) in _obsolete)
            {
                DeleteFile(id);
            }

            _obsolete.Clear();
            foreach (WeakReference<StoredFile> reference in _open.Values)
            {
                if (reference.TryGetTarget(out StoredFile? file))
                {
                    file.Close();
                }
            }

            _open.Clear();
        }
    }

    private string PathOf(Guid id) => Path.Combine(Folder, id.ToString("N"));

    private FileReference Register(IStoreConnection connection, Func<Guid, FileReference> write)
    {
        FileTransaction transaction = TransactionOf(connection);
        var id = Guid.CreateVersion7();

        // Noted before it exists: whatever happens while writing, the rollback removes it.
        transaction.Created(id);
        FileReference reference = write(id);
        Span<byte> key = stackalloc byte[16];
        Span<byte> value = stackalloc byte[FileReference.EncodedLength];
        id.TryWriteBytes(key);
        reference.Encode(value);
        connection.TryInsert(SystemTrees.FileStreams, key, value[16..]);
        return reference;
    }

    private FileTransaction TransactionOf(IStoreConnection connection)
    {
        FileTransaction? transaction;
        lock (_lock)
        {
            if (!_transactions.TryGetValue(connection, out transaction))
            {
                transaction = new FileTransaction(this, connection);
                _transactions.Add(connection, transaction);
            }
        }

        connection.Enlist(transaction);
        return transaction;
    }

    private void MakeObsolete(IEnumerable<Guid> files, long version)
    {
        lock (_lock)
        {
            _obsolete.AddRange(files.Select(id => (id, version)));
            Volatile.Write(ref _obsoleteCount, _obsolete.Count);
        }
    }

    private void Finish(FileTransaction transaction)
    {
        lock (_lock)
        {
            _transactions.Remove(transaction.Connection);
        }
    }

    /// <summary>Caller holds the lock.</summary>
    private void DeleteFile(Guid id)
    {
        string path = PathOf(id);
        if (_open.Remove(id, out WeakReference<StoredFile>? reference) && reference.TryGetTarget(out StoredFile? file) && File.Exists(path))
        {
            file.Remove();
        }
        else
        {
            File.Delete(path);
            File.Delete(path + PartSuffix);
        }
    }

    private void Prune()
    {
        foreach ((Guid id, WeakReference<StoredFile> reference) in _open.ToArray())
        {
            if (!reference.TryGetTarget(out _))
            {
                _open.Remove(id);
            }
        }

        _pruneAt = Math.Max(256, _open.Count * 2);
    }

    /// <summary>Bytes in memory seen as a large object.</summary>
    private sealed class MemoryLob(byte[] bytes) : SqlLob
    {
        public override long Length => bytes.Length;

        public override int Read(long offset, Span<byte> destination)
        {
            int count = (int)Math.Min(destination.Length, Math.Max(0, bytes.Length - offset));
            bytes.AsSpan((int)offset, count).CopyTo(destination);
            return count;
        }
    }

    /// <summary>Files made and removed by one transaction, in order, so that savepoints can cut them off.</summary>
    private sealed class FileTransaction(FileStreamStore owner, IStoreConnection connection) : ITransactionParticipant
    {
        private readonly List<Guid> _created = [];
        private readonly List<Guid> _removed = [];
        private readonly List<(int Token, int Created, int Removed)> _marks = [];

        public IStoreConnection Connection => connection;

        public void Created(Guid id) => _created.Add(id);

        public void Removed(Guid id) => _removed.Add(id);

        public void Savepoint(int token)
        {
            _marks.RemoveAll(m => m.Token >= token);
            _marks.Add((token, _created.Count, _removed.Count));
        }

        public void RollbackTo(int token)
        {
            (_, int created, int removed) = _marks.First(m => m.Token == token);
            _marks.RemoveAll(m => m.Token > token);
            owner.MakeObsolete(_created.Skip(created).ToArray(), 0);
            _created.RemoveRange(created, _created.Count - created);
            _removed.RemoveRange(removed, _removed.Count - removed);
        }

        public void Committing()
        {
            if (_created.Count > 0)
            {
                owner.FlushFolder();
            }
        }

        public void Committed(long version)
        {
            owner.MakeObsolete(_removed, version);
            owner.Finish(this);
        }

        public void RolledBack()
        {
            owner.MakeObsolete(_created, 0);
            owner.Finish(this);
            owner.CollectIfPending();
        }
    }
}
