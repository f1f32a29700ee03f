using NinaDB.Engine.Catalog;

namespace NinaDB.Engine.Session;

/// <summary>Counts changes of tables, so that an open cursor knows when to read its rows again.</summary>
public sealed partial class EngineSession
{
    private readonly Dictionary<int, long> _localStamps = [];
    private readonly HashSet<int> _changedTables = [];
    private long _rollbacks;

    /// <summary>A statement begins to change a table.</summary>
    internal void TouchTable(TableDefinition table)
    {
        if (table.Storage != TableStorageKind.Durable)
        {
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_localStamps, table.ObjectId, out _)++;
            return;
        }

        Database.TouchTable(table.ObjectId);
        _changedTables.Add(table.ObjectId);
    }

    /// <summary>The transaction has ended: what it changed is there for everybody, or has gone.</summary>
    private void SettleTables(bool isRolledBack)
    {
        foreach (int id in _changedTables)
        {
            Database.TouchTable(id);
        }

        _changedTables.Clear();
        if (isRolledBack)
        {
            _rollbacks++;
        }
    }

    /// <summary>A number that differs after any of the tables may have changed.</summary>
    internal long TableStamp(IReadOnlyList<TableDefinition> tables)
    {
        long stamp = _rollbacks;
        foreach (TableDefinition table in tables)
        {
            stamp += table.Storage == TableStorageKind.Durable ? Database.StampOf(table.ObjectId) : _localStamps.GetValueOrDefault(table.ObjectId);
        }

        return stamp;
    }
}
