using NinaDB.Engine.Catalog;

namespace NinaDB.Engine.Session;

/// <summary>Counts changes of tables, so that an open cursor knows when to read its rows again.</summary>
public sealed partial class EngineSession
{
    private readonly Dictionary<int, TableStamp> _localStamps = [];

    /// <summary>Tables that the transaction has changed: the columns it updated, or null where rows came or moved.</summary>
    private readonly Dictionary<int, HashSet<int>?> _changedTables = [];
    private long _rollbacks;

    /// <summary>A statement begins to change a table in a way that may bring or move rows.</summary>
    internal void TouchTable(TableDefinition table)
    {
        StampOf(table).NoteShape();
        if (table.Storage == TableStorageKind.Durable)
        {
            _changedTables[table.ObjectId] = null;
        }
    }

    /// <summary>A statement begins to delete rows, or to update columns of them.</summary>
    internal void TouchColumns(TableDefinition table, IReadOnlyCollection<int> updated)
    {
        StampOf(table).NoteColumns(updated);
        if (table.Storage != TableStorageKind.Durable)
        {
            return;
        }

        if (!_changedTables.TryGetValue(table.ObjectId, out HashSet<int>? columns))
        {
            _changedTables[table.ObjectId] = [.. updated];
        }
        else
        {
            columns?.UnionWith(updated);
        }
    }

    private TableStamp StampOf(TableDefinition table)
    {
        if (table.Storage == TableStorageKind.Durable)
        {
            return Database.StampOf(table.ObjectId);
        }

        ref TableStamp? stamp = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_localStamps, table.ObjectId, out _);
        return stamp ??= new TableStamp();
    }

    /// <summary>The transaction has ended: what it changed is there for everybody, or has gone.</summary>
    private void SettleTables(bool isRolledBack)
    {
        foreach ((int id, HashSet<int>? columns) in _changedTables)
        {
            if (columns is null || isRolledBack)
            {
                Database.StampOf(id).NoteShape();
            }
            else
            {
                Database.StampOf(id).NoteColumns(columns);
            }
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
        for (int i = 0; i < tables.Count; i++)
        {
            stamp += StampOf(tables[i]).Changes;
        }

        return stamp;
    }

    /// <summary>A number that differs after rows of any of the tables may have come or moved, or one of the columns in question may have changed.</summary>
    internal long ShapeStamp(IReadOnlyList<TableDefinition> tables, IReadOnlyList<int[]> columns)
    {
        long stamp = _rollbacks;
        for (int i = 0; i < tables.Count; i++)
        {
            TableStamp table = StampOf(tables[i]);
            stamp += table.Shape + (columns[i].Length == 0 ? 0 : table.ColumnChanges(columns[i]));
        }

        return stamp;
    }
}
