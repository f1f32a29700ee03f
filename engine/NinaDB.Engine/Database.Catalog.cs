using NinaDB.Engine.Catalog;
using NinaDB.Engine.Storage;

namespace NinaDB.Engine;

/// <summary>How committed catalogs are published so that a reader never pairs rows with a catalog of another moment.</summary>
public sealed partial class Database
{
    private readonly Lock _publishing = new();
    private volatile ServerCatalog _catalog = null!;
    private volatile bool _isPublishing;

    /// <summary>The committed catalog, waiting for a commit that is just replacing it.</summary>
    internal ServerCatalog SettledCatalog
    {
        get
        {
            if (!_isPublishing)
            {
                return _catalog;
            }

            lock (_publishing)
            {
                return _catalog;
            }
        }
    }

    /// <summary>Commits a write transaction, and with it the catalog its session made; a changed catalog is durable in any case.</summary>
    internal void Commit(IStoreConnection connection, ServerCatalog catalog, bool isDurable = true)
    {
        if (ReferenceEquals(catalog, _catalog))
        {
            connection.Commit(isDurable);
            return;
        }

        lock (_publishing)
        {
            _isPublishing = true;
            try
            {
                connection.Commit();
                _catalog = catalog;
            }
            finally
            {
                _isPublishing = false;
            }
        }
    }
}
