using NinaDB.Engine.Catalog;
using NinaDB.Engine.Execution.Ddl;
using NinaDB.Engine.Storage;

namespace NinaDB.Engine.Session;

/// <summary>The ##global tables and procedures that this session has made: they are in tempdb for everybody, and go when the session ends.</summary>
public sealed partial class EngineSession
{
    /// <summary>How many queries FOR XML ... XMLSCHEMA have numbered their namespace.</summary>
    internal int InlineSchemas { get; set; }

    /// <summary>The same for XMLDATA.</summary>
    internal int InlineDataSchemas { get; set; }

    private readonly HashSet<int> _globals = [];

    internal void OwnGlobal(int objectId) => _globals.Add(objectId);

    private void DropGlobals()
    {
        if (_globals.Count == 0 || !_globals.Any(id => Database.Server.Tempdb.Find(id) is not null))
        {
            _globals.Clear();
            return;
        }

        // Whoever waits for the store waits a moment; statements that read the table go on with their snapshot.
        Store.BeginWrite(-1, CancellationToken.None);
        try
        {
            Server = Database.SettledCatalog;
            using (In(ServerCatalog.TempdbId))
            {
                var editor = new CatalogEditor(this);
                foreach (int id in _globals)
                {
                    if (Catalog.Find(id) is { } value)
                    {
                        if (value is TableDefinition table)
                        {
                            new TableAccess(table, Store).Drop();
                        }

                        editor.Remove(value);
                    }
                }
            }

            Database.Commit(Store, Server);
            _globals.Clear();
        }
        catch
        {
            Store.Rollback();
            Server = Database.Server;
            throw;
        }
    }
}
