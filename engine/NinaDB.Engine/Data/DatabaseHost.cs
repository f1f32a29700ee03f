using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Data;

/// <summary>The databases this process has open through ADO.NET: one <see cref="Database"/> a folder, shared by its connections.</summary>
internal sealed class DatabaseHost
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, DatabaseHost> Open = new(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
    private static bool _closesOnExit;

    private readonly string _key;
    private int _connections;
    private bool _pooled;

    private DatabaseHost(string key, Database database)
    {
        _key = key;
        Database = database;
    }

    public Database Database { get; }

    /// <summary>Opens, or joins, the database of a connection string.</summary>
    public static DatabaseHost Acquire(NinaConnectionStringBuilder options)
    {
        string key = KeyOf(options);
        lock (Gate)
        {
            bool known = Open.TryGetValue(key, out DatabaseHost? host);
            if (known && options.Mode == NinaOpenMode.Create && host!._connections == 0)
            {
                // Created before and kept only by the pool: let the store say that it exists.
                host.Close();
                known = false;
            }

            if (!known)
            {
                host = new DatabaseHost(key, OpenDatabase(options));
                Open.Add(key, host);
            }
            else if (options.Mode == NinaOpenMode.Create)
            {
                throw SqlErrors.Create(5170, options.DataSource);
            }

            host!._connections++;
            host._pooled |= options.Pooling && options.Mode != NinaOpenMode.Memory;
            if (host._pooled && !_closesOnExit)
            {
                _closesOnExit = true;
                AppDomain.CurrentDomain.ProcessExit += (_, _) => ClearAll();
            }

            return host;
        }
    }

    public void Release()
    {
        lock (Gate)
        {
            if (--_connections == 0 && !_pooled)
            {
                Close();
            }
        }
    }

    /// <summary>Closes a database that only the pool keeps open, now or when its last connection is closed.</summary>
    public static void Clear(NinaConnectionStringBuilder options)
    {
        lock (Gate)
        {
            if (Open.TryGetValue(KeyOf(options), out DatabaseHost? host))
            {
                host.Unpool();
            }
        }
    }

    public static void ClearAll()
    {
        lock (Gate)
        {
            foreach (DatabaseHost host in Open.Values.ToArray())
            {
                host.Unpool();
            }
        }
    }

    private void Unpool()
    {
        _pooled = false;
        if (_connections == 0)
        {
            Close();
        }
    }

    private void Close()
    {
        Open.Remove(_key);
        Database.Dispose();
    }

    private static Database OpenDatabase(NinaConnectionStringBuilder options) => options.Mode switch
    {
        NinaOpenMode.Memory => Database.CreateInMemory(),
        NinaOpenMode.Create => Database.Create(options.DataSource),
        NinaOpenMode.Open => Database.Open(options.DataSource),
        _ => Database.OpenOrCreate(options.DataSource),
    };

    private static string KeyOf(NinaConnectionStringBuilder options) =>
        options.Mode == NinaOpenMode.Memory
            ? (options.DataSource.Length == 0 ? "memory:" + Guid.NewGuid().ToString("N") : "memory:" + options.DataSource)
            : options.DataSource.Length == 0
                ? throw new InvalidOperationException("The connection string names no Data Source.")
                : Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.DataSource));
}
