using System.Runtime.CompilerServices;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Storage;

/// <summary>What can be worked out once for a table definition: which columns are stored, how keys are made, what each index covers. Immutable.</summary>
internal sealed class TableLayout
{
    private static readonly ConditionalWeakTable<TableDefinition, TableLayout> Cache = [];

    private TableLayout(TableDefinition table)
    {
        Table = table;
        ColumnDefinition[] columns = [.. table.Columns];
        StoredOrdinals = [.. Enumerable.Range(0, columns.Length).Where(i => IsStored(columns[i])).OrderBy(i => columns[i].ColumnId)];
        CoveredColumnId = StoredOrdinals.Length == 0 ? 0 : columns[StoredOrdinals[^1]].ColumnId;
        CanBeLarge = [.. columns.Select(c => IsStored(c) && (c.IsFileStream || c.Type.IsMax))];
        HasLargeColumns = CanBeLarge.Contains(true);
        RowStore = new IndexLayout(table, table.RowStore);
        Indexes = [.. table.Indexes.Skip(1).Where(i => i is { IsDisabled: false, Kind: IndexKind.NonClustered }).Select(i => new IndexLayout(table, i))];
        VectorIndexes = [.. table.Indexes.Where(i => i is { IsDisabled: false, Kind: IndexKind.Vector }).Select(i => new VectorIndexLayout(table, i))];
    }

    public TableDefinition Table { get; }

    /// <summary>Ordinals of the columns a row holds, by column id.</summary>
    public int[] StoredOrdinals { get; }

    /// <summary>Highest column id a new row covers.</summary>
    public int CoveredColumnId { get; }

    /// <summary>By ordinal: values may be kept outside the row.</summary>
    public bool[] CanBeLarge { get; }

    public bool HasLargeColumns { get; }

    public IndexLayout RowStore { get; }

    public bool IsHeap => RowStore.Definition.Kind == IndexKind.Heap;

    /// <summary>Enabled nonclustered B-tree indexes.</summary>
    public IndexLayout[] Indexes { get; }

    public VectorIndexLayout[] VectorIndexes { get; }

    public static TableLayout Of(TableDefinition table) => Cache.GetValue(table, static t => new TableLayout(t));

    public IndexLayout Find(IndexDefinition index)
    {
        if (index.IndexId == RowStore.Definition.IndexId)
        {
            return RowStore;
        }

        foreach (IndexLayout layout in Indexes)
        {
            if (layout.Definition.IndexId == index.IndexId)
            {
                return layout;
            }
        }

        return new IndexLayout(Table, index);
    }

    public static bool IsStored(ColumnDefinition column) => !column.IsComputed || column.IsPersisted;
}

/// <summary>One B-tree of a table: how its keys are made and what its entries hold.</summary>
internal sealed class IndexLayout
{
    public IndexLayout(TableDefinition table, IndexDefinition index)
    {
        Definition = index;
        KeyOrdinals = [.. index.KeyColumns.Select(k => table.OrdinalOf(k.ColumnId))];
        KeyTypes = [.. KeyOrdinals.Select(o => table.Columns[o].Type)];
        KeyDescending = [.. index.KeyColumns.Select(k => k.IsDescending)];
        IsRowStore = index.Kind is IndexKind.Heap or IndexKind.Clustered;
        IEnumerable<int> covered = KeyOrdinals.Concat(index.IncludedColumnIds.Select(table.OrdinalOf));
        if (table.RowStore.Kind == IndexKind.Clustered)
        {
            covered = covered.Concat(table.RowStore.KeyColumns.Select(k => table.OrdinalOf(k.ColumnId)));
        }

        CoveredOrdinals = IsRowStore ? [] : [.. covered.Distinct().OrderBy(o => table.Columns[o].ColumnId)];
    }

    public IndexDefinition Definition { get; }

    public int Tree => Definition.TreeId;

    public bool IsRowStore { get; }

    public bool IsUnique => Definition.IsUnique;

    public int[] KeyOrdinals { get; }

    public SqlType[] KeyTypes { get; }

    public bool[] KeyDescending { get; }

    /// <summary>Columns whose values an entry carries (key, included and clustered key columns), by column id.</summary>
    public int[] CoveredOrdinals { get; }

    public bool IsFiltered => Definition.FilterText is not null;

    /// <summary>Appends the key columns of a row.</summary>
    public void WriteKey(ref ByteWriter writer, SqlValue[] row)
    {
        for (int i = 0; i < KeyOrdinals.Length; i++)
        {
            KeyCodec.Encode(ref writer, row[KeyOrdinals[i]], KeyTypes[i], KeyDescending[i]);
        }
    }

    /// <summary>Whether two versions of a row differ in a key column.</summary>
    public bool KeyChanged(bool[] changed) => Array.Exists(KeyOrdinals, o => changed[o]);

    public bool ContentChanged(bool[] changed) => Array.Exists(CoveredOrdinals, o => changed[o]);
}

/// <summary>A vector index of a table.</summary>
internal sealed class VectorIndexLayout
{
    public VectorIndexLayout(TableDefinition table, IndexDefinition index)
    {
        Definition = index;
        Ordinal = table.OrdinalOf(index.KeyColumns[0].ColumnId);
        Dimensions = table.Columns[Ordinal].Type.Length;
    }

    public IndexDefinition Definition { get; }

    /// <summary>The vector column.</summary>
    public int Ordinal { get; }

    public int Dimensions { get; }
}
