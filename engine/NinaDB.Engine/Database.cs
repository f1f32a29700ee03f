using System.Collections.Concurrent;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;

namespace NinaDB.Engine;

/// <summary>One open database: its store, its committed catalog, and what all its sessions share. Thread-safe; sessions are not.</summary>
public sealed partial class Database : IDisposable
{
    private readonly ConcurrentDictionary<int, EngineSession> _sessions = new();
    private readonly string? _temporaryFolder;
    private int _lastSessionId = 50;
    private int _disposed;

    private Database(IKeyValueStore store, string? temporaryFolder = null)
    {
        Store = store;
        _temporaryFolder = temporaryFolder;
    }

    /// <summary>Creates a database in an empty or absent folder. Error 5170 when one is there.</summary>
    public static Database Create(string folder) => Create(SqliteStore.Create(folder), NameOf(folder), null);

    /// <summary>Opens the database of a folder, recovering it after a crash. Error 5120 when there is none, or another process has it.</summary>
    public static Database Open(string folder)
    {
        SqliteStore store = SqliteStore.Open(folder);
        try
        {
            using IStoreConnection connection = store.OpenConnection();
            connection.BeginStatement();
            ServerCatalog catalog = ServerConfiguration.AtStart(CatalogStore.Load(connection));
            connection.EndStatement();
            return new Database(store) { _catalog = ClearTempdb(connection, catalog) };
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Whether the folder holds a database.</summary>
    public static bool Exists(string folder) => SqliteStore.Exists(folder);

    /// <summary>Opens the database of a folder, creating it when there is none.</summary>
    public static Database OpenOrCreate(string folder) => SqliteStore.Exists(folder) ? Open(folder) : Create(folder);

    /// <summary>A scratch database that is gone when it is disposed. It lives in a temporary folder, in shared memory where the system has one.</summary>
    public static Database CreateInMemory()
    {
        string root = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        string folder = Path.Combine(root, "nina-" + Guid.NewGuid().ToString("N"));
        return Create(SqliteStore.Create(folder), "NinaDB", folder);
    }

    /// <summary>Name of the folder's own database, which sessions start in.</summary>
    public string Name => _catalog.Home.DatabaseName;

    /// <summary>Folder it lives in.</summary>
    public string? Folder => Store.Folder;

    /// <summary>The catalog of the folder's own database as last committed.</summary>
    public CatalogSnapshot Catalog => _catalog.Home;

    /// <summary>The catalogs of all databases as last committed.</summary>
    public ServerCatalog Server => _catalog;

    internal IKeyValueStore Store { get; }

    /// <summary>Batches and modules as parsed and flattened.</summary>
    internal RoutineCache Routines { get; } = new();

    /// <summary>Opens a connection. The session belongs to one thread at a time.</summary>
    public EngineSession OpenSession()
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        var session = new EngineSession(this, Interlocked.Increment(ref _lastSessionId));
        _sessions[session.SessionId] = session;
        return session;
    }

    /// <summary>A session has changed its database. Error 911 when that was dropped in the same moment: a session holds its database from here on.</summary>
    internal void Entered(EngineSession session)
    {
        if (_catalog.Find(session.DatabaseId) is null && !session.Store.InWriteTransaction)
        {
            session.RefreshCatalog();
        }
    }

    /// <summary>Sessions that are open, for sys.dm_exec_sessions.</summary>
    internal IEnumerable<EngineSession> Sessions => _sessions.Values.OrderBy(s => s.SessionId);

    internal void Remove(EngineSession session) => _sessions.TryRemove(session.SessionId, out _);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        foreach (EngineSession session in _sessions.Values)
        {
            session.Dispose();
        }

        DisposeCounters();
        Store.Dispose();
        if (_temporaryFolder is not null)
        {
            SqliteStore.Delete(_temporaryFolder);
        }
    }

    private static Database Create(IKeyValueStore store, string name, string? temporaryFolder)
    {
        try
        {
            using IStoreConnection connection = store.OpenConnection();
            connection.BeginWrite(-1, CancellationToken.None);
            ServerCatalog catalog = CatalogStore.Create(connection, name);
            connection.Commit();
            return new Database(store, temporaryFolder) { _catalog = catalog };
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>tempdb begins empty with every start of the server.</summary>
    private static ServerCatalog ClearTempdb(IStoreConnection connection, ServerCatalog server)
    {
        if (server.Tempdb.TreeId == 0)
        {
            return server;
        }

        connection.BeginWrite(-1, CancellationToken.None);
        CatalogStore.Drop(connection, server.Tempdb);
        connection.Commit();
        CatalogSnapshot home = server.Home;
        return server.With(InitialCatalog.CreateSystem(ServerCatalog.TempdbId).OnServerOf(home));
    }

    private static string NameOf(string folder)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        bool isTaken = name.Length == 0 || ServerCatalog.SystemDatabases.Any(d => string.Equals(d.Name, name, StringComparison.OrdinalIgnoreCase));
        return isTaken ? "NinaDB" : name.Length > 128 ? name[..128] : name;
    }
}
