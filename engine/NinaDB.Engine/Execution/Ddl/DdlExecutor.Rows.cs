using System.Collections.Immutable;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>Rows under DDL: scanning, rewriting in place, rebuilding into new trees, building indexes.</summary>
internal sealed partial class DdlExecutor
{
    /// <summary>Rows are rewritten in batches so that no cursor is open while its tree changes.</summary>
    private const int RewriteBatch = 512;

    /// <summary>Calls back with every row; the array is reused.</summary>
    private void ScanRows(TableDefinition table, Action<SqlValue[]> visit)
    {
        TableAccess access = DdlExpressions.Access(table, _session, _context);
        int[] ordinals = StoredOrdinals(table);
        var row = new SqlValue[table.Columns.Length];
        using TableCursor cursor = access.Scan(table.RowStore, KeyRange.All, ordinals, row, ordinals);
        while (cursor.MoveNext())
        {
            _context.ThrowIfCancelled();
            access.Options.CompleteRow?.Invoke(row);
            visit(row);
        }
    }

    private static int[] StoredOrdinals(TableDefinition table) =>
        [.. Enumerable.Range(0, table.Columns.Length).Where(i => table.Columns[i] is { IsComputed: false } or { IsPersisted: true })];

    /// <summary>Changes every row in place (not its key columns). Indexes that are still to be built are left out.</summary>
    private void RewriteRows(TableDefinition table, Action<SqlValue[]> change)
    {
        TableDefinition existing = table with { Indexes = table.Indexes.RemoveAll(i => _unbuilt.Contains(i.TreeId) && i.TreeId != 0) };
        TableAccess access = DdlExpressions.Access(existing, _session, _context);
        int[] ordinals = StoredOrdinals(table);
        byte[]? last = null;
        while (true)
        {
            var batch = new List<(byte[] Locator, SqlValue[] Row)>(RewriteBatch);
            var row = new SqlValue[table.Columns.Length];
            var range = new KeyRange(last, LowerInclusive: false, null, UpperInclusive: true);
            using (TableCursor cursor = access.Scan(existing.RowStore, range, ordinals, row, ordinals))
            {
                while (batch.Count < RewriteBatch && cursor.MoveNext())
                {
                    batch.Add((cursor.Locator.ToArray(), [.. row]));
                }
            }

            foreach ((byte[] locator, SqlValue[] old) in batch)
            {
                _context.ThrowIfCancelled();
                access.Options.CompleteRow?.Invoke(old);
                SqlValue[] changed = [.. old];
                change(changed);
                access.Options.CompleteRow?.Invoke(changed);
                access.Update(locator, old, changed);
            }

            if (batch.Count < RewriteBatch)
            {
                return;
            }

            last = batch[^1].Locator;
        }
    }

    /// <summary>Trees of this statement's new indexes, empty until <see cref="BuildNewIndexes"/>.</summary>
    private readonly HashSet<int> _unbuilt = [];

    /// <summary>Gives trees to the indexes that <paramref name="after"/> has and <paramref name="before"/> has not.</summary>
    private TableDefinition CreateIndexStorage(TableDefinition before, TableDefinition after)
    {
        IStoreConnection store = _session.StoreFor(after);
        ImmutableArray<IndexDefinition> indexes = after.Indexes;
        for (int i = 0; i < indexes.Length; i++)
        {
            if (indexes[i].TreeId == 0)
            {
                int tree = store.CreateTree();
                _unbuilt.Add(tree);
                indexes = indexes.SetItem(i, indexes[i] with { TreeId = tree });
            }
        }

        // A new clustered index (or heap) is another row store: the old one is emptied by Rebuild.
        return after with { Indexes = indexes };
    }

    /// <summary>Fills the indexes that are new. A changed row store means copying every row.</summary>
    private void BuildNewIndexes(TableDefinition before, TableDefinition after)
    {
        if (before.RowStore.TreeId != after.RowStore.TreeId)
        {
            CopyRows(before, after, null, null);
            return;
        }

        TableAccess access = DdlExpressions.Access(after, _session, _context);
        foreach (IndexDefinition index in after.Indexes.Where(i => _unbuilt.Contains(i.TreeId)))
        {
            access.Build(index);
        }

        _unbuilt.Clear();
    }

    /// <summary>Moves every row into new trees, changed by <paramref name="change"/> or with columns picked by <paramref name="project"/>, and drops the old ones.</summary>
    private void Rebuild(TableDefinition before, TableDefinition after, Action<SqlValue[]>? change = null, int[]? project = null)
    {
        after = TableAccess.CreateTrees(after with { Indexes = [.. after.Indexes.Select(i => i with { TreeId = 0 })] }, _session.StoreFor(after));
        _editor.Put(after with { ModifyDate = _editor.Now });
        CopyRows(before, after, change, project);
    }

    private void CopyRows(TableDefinition before, TableDefinition after, Action<SqlValue[]>? change, int[]? project)
    {
        TableAccess source = DdlExpressions.Access(before, _session, _context);

        // Secondary indexes are built from the finished rows, faster than row by row and with the errors of an index build.
        TableDefinition rowsOnly = after with { Indexes = [after.RowStore] };
        TableAccess target = DdlExpressions.Access(rowsOnly, _session, _context);
        int[] ordinals = StoredOrdinals(before);
        var row = new SqlValue[before.Columns.Length];
        using (TableCursor cursor = source.Scan(before.RowStore, KeyRange.All, ordinals, row, ordinals))
        {
            while (cursor.MoveNext())
            {
                _context.ThrowIfCancelled();
                source.Options.CompleteRow?.Invoke(row);
                SqlValue[] copy = project is null ? new SqlValue[after.Columns.Length] : [.. project.Select(i => row[i])];
                if (project is null)
                {
                    Array.Copy(row, copy, row.Length);
                }

                change?.Invoke(copy);
                target.Options.CompleteRow?.Invoke(copy);
                target.Insert(copy);
            }
        }

        DropReplacedTrees(before, after);
        TableAccess all = DdlExpressions.Access(after, _session, _context);
        foreach (IndexDefinition index in after.Indexes.Where(i => i.TreeId != after.RowStore.TreeId && !i.IsDisabled && (before.Indexes.All(b => b.TreeId != i.TreeId))))
        {
            all.Build(index);
        }

        // Secondary indexes that stayed hold locators into the old row store.
        IStoreConnection store = _session.StoreFor(after);
        foreach (IndexDefinition index in after.Indexes.Where(i => i.TreeId != after.RowStore.TreeId && !i.IsDisabled && before.Indexes.Any(b => b.TreeId == i.TreeId)))
        {
            store.ClearTree(index.TreeId);
            all.Build(index);
        }

        _unbuilt.Clear();
    }

    /// <summary>Drops the trees (with their large values and files) that only the old definition has.</summary>
    private void DropReplacedTrees(TableDefinition before, TableDefinition after)
    {
        ImmutableArray<IndexDefinition> gone = before.Indexes.RemoveAll(b => after.Indexes.Any(a => a.TreeId == b.TreeId));
        if (gone.Any(i => i.TreeId == before.RowStore.TreeId))
        {
            DdlExpressions.Access(before with { Indexes = gone }, _session, _context).Drop();
            return;
        }

        IStoreConnection store = _session.StoreFor(before);
        foreach (IndexDefinition index in gone)
        {
            store.DropTree(index.TreeId);
        }
    }

    /// <summary>Computes the persisted computed columns of a row.</summary>
    private Action<SqlValue[]>? FillComputed(TableDefinition table)
    {
        Action<SqlValue[]>? fill = null;
        foreach (ColumnDefinition column in table.Columns.Where(c => c is { IsComputed: true, IsPersisted: true }))
        {
            int ordinal = table.OrdinalOf(column.ColumnId);
            Func<SqlValue[], SqlValue> evaluate = DdlExpressions.OverRows(DdlExpressions.Parse(column.ComputedText!), table, column.Type, _session, _context);
            fill += row => row[ordinal] = evaluate(row);
        }

        return fill;
    }
}
