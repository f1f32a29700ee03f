using NinaDB.Engine.Catalog;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Storage;

/// <summary>What a caller knows about a table beyond its definition.</summary>
internal sealed record TableAccessOptions
{
    public static readonly TableAccessOptions Default = new();

    /// <summary>Compiled filter of a filtered index over a full row (by column ordinal); asked once an index. Required when the table has filtered indexes.</summary>
    public Func<IndexDefinition, Func<SqlValue[], bool>>? Filter { get; init; }

    /// <summary>Value of a column in rows written before the column was added, by ordinal; NULL where absent.</summary>
    public SqlValue[]? MissingValues { get; init; }

    /// <summary>Fills in computed columns that are not persisted, for building indexes on them.</summary>
    public Action<SqlValue[]>? CompleteRow { get; init; }

    /// <summary>schema.table as error messages show it.</summary>
    public string? ObjectName { get; init; }
}

/// <summary>A row to change: where it is, what it was, what it becomes.</summary>
internal readonly record struct RowUpdate(byte[] Locator, SqlValue[] Old, SqlValue[] New);

/// <summary>
/// Rows of one table through one connection, with every index kept in step. A locator is the clustered key or the heap row id as bytes; rows are arrays by column
/// ordinal whose values already have their column's type. Cheap to make; used by one thread, within a statement or write transaction of the connection.
/// </summary>
internal sealed partial class TableAccess
{
    private readonly TableLayout _layout;
    private readonly LargeValues _largeValues;
    private readonly Func<SqlValue[], bool>?[] _filters;
    private readonly string _objectName;

    /// <summary>Rows may refer to values outside; in memory there is no point in that.</summary>
    private readonly bool _keepsLargeValues;

    public TableAccess(TableDefinition table, IStoreConnection connection, TableAccessOptions? options = null)
    {
        Table = table;
        Connection = connection;
        Options = options ?? TableAccessOptions.Default;
        _layout = TableLayout.Of(table);
        _largeValues = new LargeValues(connection);
        _keepsLargeValues = _layout.HasLargeColumns && connection is not MemoryStoreConnection;
        _objectName = Options.ObjectName ?? table.Name;
        _filters = _layout.Indexes.Length == 0 ? [] : new Func<SqlValue[], bool>?[_layout.Indexes.Length];
    }

    public TableDefinition Table { get; }

    public IStoreConnection Connection { get; }

    public TableAccessOptions Options { get; }

    private int RowTree => _layout.RowStore.Tree;

    /// <summary>Rows as this connection sees them; kept, not counted.</summary>
    public long RowCount => Connection.EstimateCount(RowTree);

    /// <summary>Whether a row belongs into an index (by position in the layout).</summary>
    private bool Belongs(int index, SqlValue[] row)
    {
        IndexLayout layout = _layout.Indexes[index];
        return !layout.IsFiltered || (_filters[index] ??= FilterOf(layout.Definition))(row);
    }

    private Func<SqlValue[], bool> FilterOf(IndexDefinition index) =>
        Options.Filter?.Invoke(index) ?? throw new InvalidOperationException($"The filter of index {index.Name} was not given.");
}
