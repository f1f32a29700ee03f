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
/// ordinal whose values already have their column's type.
/// </summary>
internal sealed class TableAccess
{
    public TableAccess(TableDefinition table, IStoreConnection connection, TableAccessOptions? options = null)
    {
        Table = table;
        Connection = connection;
        Options = options ?? TableAccessOptions.Default;
    }

    public TableDefinition Table { get; }

    public IStoreConnection Connection { get; }

    public TableAccessOptions Options { get; }

    /// <summary>Adds a row. Errors 2627 and 2601 for a duplicate key. Null when an IGNORE_DUP_KEY index refused it (message 3604).</summary>
    public byte[]? Insert(SqlValue[] row) => throw new NotImplementedException();

    /// <summary>Removes a row whose full content is given.</summary>
    public void Delete(byte[] locator, SqlValue[] row) => throw new NotImplementedException();

    /// <summary>Changes one row and returns its new locator.</summary>
    public byte[] Update(byte[] locator, SqlValue[] old, SqlValue[] @new) => throw new NotImplementedException();

    /// <summary>Changes a set of rows as one: keys may swap, as uniqueness is judged on the outcome.</summary>
    public void Update(IReadOnlyList<RowUpdate> updates) => throw new NotImplementedException();

    /// <summary>Reads columns of one row into <paramref name="destination"/> (element i receives ordinals[i], or targets[i] names the element). False when it is gone.</summary>
    public bool TryFetch(byte[] locator, int[] ordinals, SqlValue[] destination, int[]? targets = null) => throw new NotImplementedException();

    /// <summary>Scans a key range of the row store or of an index; columns that the index does not cover are fetched from the row store.</summary>
    public TableCursor Scan(IndexDefinition index, KeyRange range, int[] ordinals, SqlValue[] destination, int[]? targets = null, bool backward = false) =>
        throw new NotImplementedException();

    /// <summary>
    /// Range of keys that start with <paramref name="prefix"/> (equality on the first key columns, NULL matching NULL) and whose next key column is within the bounds.
    /// Bounds are in the sense of the values also for a descending column. A bound excludes NULL unless <paramref name="includeNull"/>.
    /// </summary>
    public KeyRange Range(IndexDefinition index, ReadOnlySpan<SqlValue> prefix, SqlValue? lower = null, bool lowerInclusive = true, SqlValue? upper = null, bool upperInclusive = true, bool includeNull = false) =>
        throw new NotImplementedException();

    /// <summary>Whether all the columns can be read from the index alone.</summary>
    public bool Covers(IndexDefinition index, ReadOnlySpan<int> ordinals) => throw new NotImplementedException();

    /// <summary>Fills an empty index (of any kind) from the rows. Error 1505 for duplicates.</summary>
    public void Build(IndexDefinition index) => throw new NotImplementedException();

    /// <summary>Removes all rows (TRUNCATE TABLE).</summary>
    public void Truncate() => throw new NotImplementedException();

    /// <summary>Rows as this connection sees them; kept, not counted.</summary>
    public long RowCount => throw new NotImplementedException();

    /// <summary>Makes the trees of a new table and returns the definition that names them.</summary>
    public static TableDefinition CreateTrees(TableDefinition table, IStoreConnection connection) => throw new NotImplementedException();

    /// <summary>Drops every tree, large value and file of a table.</summary>
    public void Drop() => throw new NotImplementedException();
}

/// <summary>A running scan. Each row's columns are in the destination given to <see cref="TableAccess.Scan"/>.</summary>
internal abstract class TableCursor : IDisposable
{
    public abstract bool MoveNext();

    /// <summary>Locator of the current row; valid until the next <see cref="MoveNext"/>.</summary>
    public abstract ReadOnlySpan<byte> Locator { get; }

    public abstract void Dispose();
}
