using System.Collections.Immutable;

namespace NinaDB.Engine.Catalog;

/// <summary>
/// The databases of one server at one moment, each with its own catalog. Immutable, as the snapshots in it: a transaction over several databases has one of these, and
/// commits or forgets it as a whole. Object ids are unique over the whole server; what belongs to the server (logins, sp_configure, trusted assemblies) is the same in
/// every snapshot.
/// </summary>
public sealed class ServerCatalog
{
    public const int MasterId = 1, TempdbId = 2, ModelId = 3, MsdbId = 4;

    /// <summary>The folder's own database: the first one, which gave the folder its catalog tree.</summary>
    public const int HomeId = 5;

    /// <summary>The system databases with their ids.</summary>
    public static readonly ImmutableArray<(int Id, string Name)> SystemDatabases = [(MasterId, "master"), (TempdbId, "tempdb"), (ModelId, "model"), (MsdbId, "msdb")];

    private readonly ImmutableSortedDictionary<int, CatalogSnapshot> _databases;

    private ServerCatalog(ImmutableSortedDictionary<int, CatalogSnapshot> databases) => _databases = databases;

    public static ServerCatalog Empty { get; } = new(ImmutableSortedDictionary<int, CatalogSnapshot>.Empty);

    /// <summary>By id.</summary>
    public IEnumerable<CatalogSnapshot> Databases => _databases.Values;

    public CatalogSnapshot Home => _databases[HomeId];

    public CatalogSnapshot Master => _databases[MasterId];

    public CatalogSnapshot Tempdb => _databases[TempdbId];

    public CatalogSnapshot? Find(int databaseId) => _databases.GetValueOrDefault(databaseId);

    public CatalogSnapshot? Find(string name)
    {
        foreach (CatalogSnapshot database in _databases.Values)
        {
            if (string.Equals(database.DatabaseName, name, StringComparison.OrdinalIgnoreCase))
            {
                return database;
            }
        }

        return null;
    }

    public static bool IsSystemDatabase(int databaseId) => databaseId < HomeId;

    public ServerCatalog With(CatalogSnapshot database) =>
        _databases.TryGetValue(database.DatabaseId, out CatalogSnapshot? known) && ReferenceEquals(known, database)
            ? this
            : new ServerCatalog(_databases.SetItem(database.DatabaseId, database));

    public ServerCatalog Without(int databaseId) => new(_databases.Remove(databaseId));

    /// <summary>Changes something that belongs to the server, and so to the snapshot of every database.</summary>
    public ServerCatalog WithAll(Func<CatalogSnapshot, CatalogSnapshot> change) =>
        new(_databases.ToImmutableSortedDictionary(d => d.Key, d => change(d.Value)));

    /// <summary>The table with this id, in whichever database it is.</summary>
    public T? Find<T>(int objectId) where T : CatalogObject
    {
        foreach (CatalogSnapshot database in _databases.Values)
        {
            if (database.Find<T>(objectId) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Whether some database has an object or constraint with this id.</summary>
    internal bool HasObject(int objectId)
    {
        foreach (CatalogSnapshot database in _databases.Values)
        {
            if (database.ObjectsById.ContainsKey(objectId) || database.ConstraintTables.ContainsKey(objectId))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Ids of dropped databases are given again, as SQL Server does.</summary>
    internal int NextDatabaseId()
    {
        int id = HomeId;
        while (_databases.ContainsKey(id))
        {
            id++;
        }

        return id;
    }
}
