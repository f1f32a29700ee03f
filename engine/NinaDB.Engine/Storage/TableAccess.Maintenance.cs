using System.Collections.Immutable;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Storage;

/// <summary>Making, filling, emptying and removing the trees of a table.</summary>
internal sealed partial class TableAccess
{
    /// <summary>Entries sorted in memory before they go into a new index.</summary>
    private const int BuildBatch = 32 * 1024;

    /// <summary>Makes the trees of a new table and returns the definition that names them.</summary>
    public static TableDefinition CreateTrees(TableDefinition table, IStoreConnection connection) =>
        table with { Indexes = [.. table.Indexes.Select(index => index with { TreeId = NewTree(table, connection) })] };

    private static int NewTree(TableDefinition table, IStoreConnection connection) =>
        table.Storage == TableStorageKind.Variable && connection is MemoryStoreConnection memory ? memory.CreateVariableTree() : connection.CreateTree();

    /// <summary>Fills an empty index (of any kind but the row store) from the rows. Error 1505 for duplicates.</summary>
    public void Build(IndexDefinition index)
    {
        if (index.Kind == IndexKind.Vector)
        {
            BuildVectors(new VectorIndexLayout(Table, index));
            return;
        }

        if (index.IsCatalogOnly)
        {
            return;
        }

        IndexLayout layout = _layout.Find(index);
        Func<SqlValue[], bool>? filter = layout.IsFiltered ? FilterOf(index) : null;
        var batch = new List<(byte[] Key, byte[] Value)>(BuildBatch);
        bool needsAll = filter is not null || layout.CoveredOrdinals.Any(o => !TableLayout.IsStored(Table.Columns[o]));
        foreach ((byte[] locator, byte[] encoded, SqlValue[] row) in Rows(needsAll ? AllOrdinals : layout.CoveredOrdinals))
        {
            if (filter is not null && !filter(row))
            {
                continue;
            }

            WriteEntryKey(layout, row, locator);
            WriteEntryValue(layout, row, locator, encoded);
            batch.Add((_key.ToArray(), _entry.ToArray()));
            if (batch.Count == BuildBatch)
            {
                Flush(layout, batch);
            }
        }

        Flush(layout, batch);
    }

    private void Flush(IndexLayout layout, List<(byte[] Key, byte[] Value)> batch)
    {
        batch.Sort(static (a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));
        foreach ((byte[] key, byte[] value) in batch)
        {
            if (!Connection.TryInsert(layout.Tree, key, value))
            {
                throw Duplicate(layout, RowOfEntry(layout, value), building: true);
            }
        }

        batch.Clear();
    }

    /// <summary>The key columns of an index entry, in an otherwise empty row.</summary>
    private SqlValue[] RowOfEntry(IndexLayout layout, ReadOnlySpan<byte> entry)
    {
        int position = 0;
        int length = (int)RowCodec.ReadVarint(entry, ref position);
        var row = new SqlValue[Table.Columns.Length];
        Decoder(layout.KeyOrdinals, layout.KeyOrdinals).Decode(entry[(position + (layout.IsUnique ? length : 0))..], row, _largeValues);
        return row;
    }

    private int[] AllOrdinals => [.. Enumerable.Range(0, Table.Columns.Length)];

    /// <summary>All rows, as arrays by ordinal in which the asked-for columns are filled in.</summary>
    private IEnumerable<(byte[] Locator, byte[] Encoded, SqlValue[] Row)> Rows(int[] ordinals)
    {
        RowDecoder decoder = Decoder(ordinals, ordinals);
        bool complete = ordinals.Length == Table.Columns.Length;
        using IStoreCursor cursor = Connection.Scan(RowTree, KeyRange.All);
        while (cursor.MoveNext())
        {
            var row = new SqlValue[Table.Columns.Length];
            decoder.Decode(cursor.Value, row, _largeValues);
            if (complete)
            {
                Options.CompleteRow?.Invoke(row);
            }

            yield return (cursor.Key.ToArray(), cursor.Value.ToArray(), row);
        }
    }

    /// <summary>
    /// Moves all rows into another, empty shape of this table (a new clustered index, changed column types), and empties this one. Large values and files that stay
    /// the same are handed over, not copied. The trees of this shape remain to be dropped.
    /// </summary>
    /// <param name="transform">Makes the new row from the old one; columns correspond by id, large values that it passes through keep their identity.</param>
    public void MoveTo(TableAccess target, Func<SqlValue[], SqlValue[]>? transform = null)
    {
        foreach ((_, byte[] encoded, SqlValue[] row) in Rows(AllOrdinals))
        {
            SqlValue[] changedRow = transform is null ? row : transform(row);
            var changed = new bool[target.Table.Columns.Length];
            for (int i = 0; i < changed.Length; i++)
            {
                int source = Table.OrdinalOf(target.Table.Columns[i].ColumnId);
                changed[i] = source < 0 || !SqlValue.SameRepresentation(row[source], changedRow[i]);
            }

            target.EncodeRow(changedRow, encoded, changed);
            target.FreeDroppedColumns(encoded);
            byte[] locator = target.InsertRow(changedRow);
            target.InsertEntries(changedRow, locator, affected: null);
            target.InsertVectors(changedRow, locator);
        }

        ClearTrees();
    }

    /// <summary>Frees large values of columns that this shape of the table no longer has.</summary>
    private void FreeDroppedColumns(ReadOnlySpan<byte> oldRow)
    {
        var scanner = new RowScanner(oldRow);
        while (scanner.MoveNext())
        {
            if (scanner.Form >= StoredForm.Large && Table.OrdinalOf(scanner.ColumnId) < 0)
            {
                _largeValues.Free(scanner.Form, scanner.Payload);
            }
        }
    }

    /// <summary>Removes all rows (TRUNCATE TABLE).</summary>
    public void Truncate()
    {
        FreeAllLargeValues();
        ClearTrees();
    }

    /// <summary>Drops every tree, large value and file of a table.</summary>
    public void Drop()
    {
        FreeAllLargeValues();
        DropTrees();
    }

    /// <summary>Drops the trees alone, after <see cref="MoveTo"/>.</summary>
    public void DropTrees()
    {
        foreach (IndexDefinition index in Table.Indexes.Where(i => i.TreeId != 0))
        {
            Connection.DropTree(index.TreeId);
        }
    }

    private void ClearTrees()
    {
        foreach (IndexDefinition index in Table.Indexes.Where(i => i.TreeId != 0))
        {
            Connection.ClearTree(index.TreeId);
        }
    }

    private void FreeAllLargeValues()
    {
        if (!_keepsLargeValues)
        {
            return;
        }

        var references = new List<(StoredForm, byte[])>();
        using (IStoreCursor cursor = Connection.Scan(RowTree, KeyRange.All))
        {
            while (cursor.MoveNext())
            {
                var scanner = new RowScanner(cursor.Value);
                while (scanner.MoveNext())
                {
                    if (scanner.Form >= StoredForm.Large)
                    {
                        references.Add((scanner.Form, scanner.Payload.ToArray()));
                    }
                }
            }
        }

        foreach ((StoredForm form, byte[] reference) in references)
        {
            _largeValues.Free(form, reference);
        }
    }
}
