using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Vectors;

namespace NinaDB.Engine.Storage;

/// <summary>
/// The durable store: one SQLite file in WAL mode (https://sqlite.org/wal.html), whose log each connection syncs itself when it commits, one B-tree a table <c>t&lt;id&gt;(k BLOB PRIMARY KEY, v BLOB)
/// WITHOUT ROWID</c>. A lock file makes the folder this process's own.
/// </summary>
internal sealed class SqliteStore : IKeyValueStore
{
    /// <summary>Name of the file in the database folder.</summary>
    public const string FileName = "nina.db";

    /// <summary>Raised whenever files written by this version cannot be read by an older one, or the reverse.</summary>
    public const int FormatVersion = 1;

    /// <summary>"Nina" in the application id of the SQLite header.</summary>
    private const int ApplicationId = 0x4E69_6E61;

    private const int PageSize = 8192;

    private readonly FileStream _lock;
    private readonly ConcurrentBag<SqliteStoreConnection> _idle = [];
    private readonly ConcurrentDictionary<int, StrongBox> _numbers = new();
    private readonly ConcurrentDictionary<int, CountedTreeSize> _sizes = new();
    private int _disposed;
    private int _lastTree;

    private SqliteStore(string folder, FileStream folderLock, SqliteStoreOptions options)
    {
        Folder = folder;
        FilePath = Path.Combine(folder, FileName);
        _lock = folderLock;
        Options = options;
    }

    public string Folder { get; }

    string? IKeyValueStore.Folder => Folder;

    /// <summary>Full path of the SQLite file.</summary>
    public string FilePath { get; }

    public FileStreamStore FileStreams { get; private set; } = null!;

    FileStreamStore? IKeyValueStore.FileStreams => FileStreams;

    public VectorIndexRegistry VectorIndexes { get; private set; } = null!;

    internal SqliteStoreOptions Options { get; }

    internal WriterGate Gate { get; } = new();

    internal StoreVersions Versions { get; } = new();

    /// <summary>Makes a new, empty store in a folder that holds none yet. Error 5170 when it does.</summary>
    public static SqliteStore Create(string folder, SqliteStoreOptions? options = null)
    {
        folder = Path.GetFullPath(folder);
        FileStream folderLock = LockFolder(folder, create: true);
        try
        {
            if (File.Exists(Path.Combine(folder, FileName)))
            {
                throw SqlErrors.Create(5170, Path.Combine(folder, FileName));
            }

            return Start(new SqliteStore(folder, folderLock, options ?? new SqliteStoreOptions()), create: true);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>Opens an existing store, recovering it after a crash. Error 5120 when it is missing or another process has it.</summary>
    public static SqliteStore Open(string folder, SqliteStoreOptions? options = null)
    {
        folder = Path.GetFullPath(folder);
        string file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            throw SqlErrors.Create(5120, file, "2(The system cannot find the file specified.)");
        }

        FileStream folderLock = LockFolder(folder, create: false);
        try
        {
            return Start(new SqliteStore(folder, folderLock, options ?? new SqliteStoreOptions()), create: false);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>Removes a database folder with everything in it; nobody may have it open.</summary>
    public static void Delete(string folder) => Directory.Delete(folder, recursive: true);

    /// <summary>Whether the folder holds a store.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, FileName));

    public IStoreConnection OpenConnection()
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (_idle.TryTake(out SqliteStoreConnection? pooled))
        {
            pooled.Reopen();
            return pooled;
        }

        return new SqliteStoreConnection(this, OpenRaw(create: false));
    }

    /// <summary>Takes back a connection whose session has ended; keeps a few warm for the next.</summary>
    internal bool Recycle(SqliteStoreConnection connection)
    {
        if (_disposed != 0 || _idle.Count >= Options.IdleConnections)
        {
            return false;
        }

        _idle.Add(connection);
        return true;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        FileStreams?.Dispose();
        while (_idle.TryTake(out SqliteStoreConnection? connection))
        {
            connection.Close();
        }

        _lock.Dispose();
    }

    /// <summary>How a tree has grown since the store was opened.</summary>
    internal CountedTreeSize SizeOf(int tree) => _sizes.GetOrAdd(tree, static _ => new CountedTreeSize());

    internal void ForgetSize(int tree) => _sizes.TryRemove(tree, out _);

    /// <summary>The next number of a tree, first asking the given connection for the highest in use. Only the writer calls this.</summary>
    internal long AllocateNumber(int tree, SqliteStoreConnection connection) =>
        Interlocked.Increment(ref _numbers.GetOrAdd(tree, static (id, c) => new StrongBox { Value = c.HighestNumber(id) }, connection).Value);

    private static SqliteStore Start(SqliteStore store, bool create)
    {
        nint db = store.OpenRaw(create);
        try
        {
            if (create)
            {
                store.Initialize(db);
            }
            else
            {
                store.CheckFormat(db);
            }
        }
        catch
        {
            _ = SqliteNative.sqlite3_close_v2(db);
            throw;
        }

        var connection = new SqliteStoreConnection(store, db);
        try
        {
            store.VectorIndexes = new VectorIndexRegistry(store);
            store.FileStreams = new FileStreamStore(store);
            store.FileStreams.Recover(connection);
        }
        catch
        {
            connection.Close();
            throw;
        }

        connection.Dispose();
        return store;
    }

    /// <summary>Sets up an empty file: header, the table of trees and the system trees.</summary>
    private void Initialize(nint db)
    {
        Execute(db, string.Create(CultureInfo.InvariantCulture, $"BEGIN IMMEDIATE; PRAGMA application_id={ApplicationId}; PRAGMA user_version={FormatVersion}"));
        Execute(db, string.Create(CultureInfo.InvariantCulture,
            $"CREATE TABLE trees(id INTEGER PRIMARY KEY, entries INTEGER NOT NULL); INSERT INTO trees VALUES(0, {SystemTrees.FirstUser - 1})"));
        for (int tree = SystemTrees.Catalog; tree <= SystemTrees.Settings; tree++)
        {
            Execute(db, TreeSql(tree));
        }

        Execute(db, "COMMIT");
    }

    /// <summary>Error 824 for a file that is not ours, 948 for one of another version.</summary>
    private void CheckFormat(nint db)
    {
        if (ReadPragma(db, "application_id") != ApplicationId)
        {
            throw SqlErrors.Create(824, "the file is not a NinaDB database", FilePath);
        }

        long found = ReadPragma(db, "user_version");
        if (found != FormatVersion)
        {
            throw SqlErrors.Create(948, Folder, found, FormatVersion);
        }
    }

    internal static string TreeSql(int tree) =>
        string.Create(CultureInfo.InvariantCulture, $"CREATE TABLE t{tree}(k BLOB PRIMARY KEY NOT NULL, v BLOB NOT NULL) WITHOUT ROWID; INSERT INTO trees VALUES({tree}, 0)");

    /// <summary>A tree id never used before in this process, above the persisted mark. Only the writer calls this.</summary>
    internal int NextTree(int persisted) => _lastTree = Math.Max(_lastTree, persisted) + 1;

    /// <summary>Commits were made whose log nobody has synced yet.</summary>
    internal volatile bool HasDelayedCommits;

    private long ReadPragma(nint db, string name)
    {
        nint statement = Prepare(db, "PRAGMA " + name);
        int code = SqliteNative.sqlite3_step(statement);
        long value = code == SqliteNative.Row ? SqliteNative.sqlite3_column_int64(statement, 0) : 0;
        _ = SqliteNative.sqlite3_finalize(statement);
        Check(db, code is SqliteNative.Row or SqliteNative.Done ? SqliteNative.Ok : code);
        return value;
    }

    private nint OpenRaw(bool create)
    {
        int flags = SqliteNative.OpenReadWrite | SqliteNative.OpenNoMutex | SqliteNative.OpenExtendedResultCodes | (create ? SqliteNative.OpenCreate : 0);
        int code = SqliteNative.sqlite3_open_v2(FilePath, out nint db, flags, 0);
        try
        {
            Check(db, code);
            LimitLookaside(db);
            SqliteNative.sqlite3_busy_timeout(db, 10_000);
            if (create)
            {
                Execute(db, $"PRAGMA page_size={PageSize}");
                Execute(db, "PRAGMA journal_mode=WAL");
            }

            Execute(db, $"""
                PRAGMA synchronous=NORMAL;
                PRAGMA wal_autocheckpoint={Options.CheckpointPages};
                PRAGMA cache_size=-{Options.CacheKilobytes};
                PRAGMA mmap_size={Options.MemoryMapBytes};
                PRAGMA temp_store=MEMORY;
                PRAGMA foreign_keys=OFF;
                PRAGMA trusted_schema=OFF;
                """);
            if (Options.MaximumPages > 0)
            {
                Execute(db, $"PRAGMA max_page_count={Options.MaximumPages}");
            }

            return db;
        }
        catch
        {
            SqliteNative.sqlite3_close_v2(db);
            throw;
        }
    }

    /// <summary>SQLite sets 48 KB aside for small objects of each connection; statements here are few and kept, and connections many. Best effort: an answer other than OK changes nothing.</summary>
    private static void LimitLookaside(nint db)
    {
        const int Lookaside = 1001;
        const int SlotLength = 256;
        const int Slots = 32;
        if (!OperatingSystem.IsMacOS())
        {
            _ = SqliteNative.sqlite3_db_config(db, Lookaside, 0, SlotLength, Slots);
        }
    }

    /// <summary>Runs SQL text that returns nothing of interest.</summary>
    internal unsafe void Execute(nint db, string sql)
    {
        foreach (string part in sql.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            nint statement = Prepare(db, part);
            int code;
            while ((code = SqliteNative.sqlite3_step(statement)) == SqliteNative.Row)
            {
            }

            int final = SqliteNative.sqlite3_finalize(statement);
            Check(db, code == SqliteNative.Done ? final : code);
        }
    }

    internal unsafe nint Prepare(nint db, string sql, uint flags = 0)
    {
        byte[] text = Encoding.UTF8.GetBytes(sql);
        fixed (byte* pointer = text)
        {
            Check(db, SqliteNative.sqlite3_prepare_v3(db, pointer, text.Length, flags, out nint statement, 0));
            return statement;
        }
    }

    /// <summary>Throws the SQL error that an SQLite result code stands for.</summary>
    internal void Check(nint db, int code)
    {
        if ((code & 0xFF) != SqliteNative.Ok)
        {
            throw Failure(db, code);
        }
    }

    internal unsafe SqlErrorException Failure(nint db, int code)
    {
        string detail = db == 0 ? "out of memory" : Marshal.PtrToStringUTF8((nint)SqliteNative.sqlite3_errmsg(db)) ?? "";
        return (code & 0xFF) switch
        {
            SqliteNative.Full => SqlErrors.Create(1105, FilePath),
            SqliteNative.Corrupt or SqliteNative.NotADatabase => SqlErrors.Create(824, detail, FilePath),
            SqliteNative.IoError => SqlErrors.Create(823, string.Create(CultureInfo.InvariantCulture, $"{code}({detail})"), FilePath),
            SqliteNative.NoMemory => SqlErrors.Create(701),
            SqliteNative.CannotOpen or SqliteNative.ReadOnly or 23 or 3 => SqlErrors.Create(5120, FilePath, string.Create(CultureInfo.InvariantCulture, $"{code}({detail})")),
            SqliteNative.Interrupt => SqlErrors.Create(3617),
            _ => SqlErrors.Create(5180, detail, FilePath),
        };
    }

    private static FileStream LockFolder(string folder, bool create)
    {
        string path = Path.Combine(folder, "nina.lock");
        try
        {
            if (create)
            {
                Directory.CreateDirectory(folder);
            }

            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            bool inUse = e is IOException and not (DirectoryNotFoundException or PathTooLongException) && File.Exists(path);
            throw SqlErrors.Create(5120, inUse ? folder : path,
                inUse ? "32(The database folder is already open in another process, or elsewhere in this one.)" : $"5({e.Message})");
        }
    }

    private sealed class StrongBox
    {
        public long Value;
    }
}

/// <summary>Tuning of a <see cref="SqliteStore"/>.</summary>
internal sealed record SqliteStoreOptions
{
    /// <summary>Page cache of one connection.</summary>
    public int CacheKilobytes { get; init; } = 32 * 1024;

    /// <summary>How much of the file is read through a memory map; clean pages then cost no copy.</summary>
    public long MemoryMapBytes { get; init; } = 8L << 30;

    /// <summary>Pages in the log before a commit moves them into the file.</summary>
    public int CheckpointPages { get; init; } = 4000;

    /// <summary>Closed connections kept for reuse.</summary>
    public int IdleConnections { get; init; } = 8;

    /// <summary>Upper limit of the file in pages; 0 for none. A full file is error 1105.</summary>
    public int MaximumPages { get; init; }
}
