using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;

namespace NinaDB.Engine;

/// <summary>One open database: its store, its committed catalog, and what all its sessions share. Thread-safe; sessions are not.</summary>
public sealed partial class Database : IDisposable
{
    private Database(IKeyValueStore store, string name)
    {
        Store = store;
        Name = name;
    }

    /// <summary>Creates a database in an empty or absent folder. Error 1801 when one is there.</summary>
    public static Database Create(string folder) => throw SqlErrors.NotSupported("CREATE DATABASE");

    /// <summary>Opens the database of a folder. Error 911 when there is none.</summary>
    public static Database Open(string folder) => throw SqlErrors.NotSupported("USE");

    /// <summary>Opens the database of a folder, creating it when there is none.</summary>
    public static Database OpenOrCreate(string folder) => throw SqlErrors.NotSupported("USE");

    /// <summary>A database that lives in memory until it is disposed.</summary>
    public static Database CreateInMemory() => new(null!, "memory");

    /// <summary>DB_NAME().</summary>
    public string Name { get; }

    /// <summary>Folder it lives in; null in memory.</summary>
    public string? Folder => Store.Folder;

    /// <summary>The catalog as last committed.</summary>
    public CatalogSnapshot Catalog => _catalog;

    internal IKeyValueStore Store { get; }

    private volatile CatalogSnapshot _catalog = null!;

    /// <summary>Opens a connection. The session belongs to one thread at a time.</summary>
    public EngineSession OpenSession() => throw SqlErrors.NotSupported("session");

    /// <summary>Sessions that are open, for sys.dm_exec_sessions.</summary>
    internal IReadOnlyList<EngineSession> Sessions => [];

    public void Dispose() => Store.Dispose();
}
