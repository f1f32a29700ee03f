using NinaDB.Engine.Catalog;
using NinaDB.Engine.Types;
using NinaDB.Engine.Vectors;

namespace NinaDB.Engine.Storage;

/// <summary>Keeping and searching the vector indexes of a table.</summary>
internal sealed partial class TableAccess
{
    /// <summary>
    /// The rows nearest to <paramref name="query"/>, nearest first: locators with distances in the index's metric. Approximate; rows this snapshot cannot see are to be
    /// skipped by the caller when it fetches them.
    /// </summary>
    /// <param name="effort">Size of the candidate list (efSearch); 0 for the default.</param>
    /// <param name="filter">Which rows qualify; asked during the search, so that up to <paramref name="count"/> qualifying rows come back.</param>
    public IReadOnlyList<VectorMatch> SearchVectors(IndexDefinition index, float[] query, int count, int effort = 0, Func<byte[], bool>? filter = null) =>
        VectorIndex(new VectorIndexLayout(Table, index)).Search(Connection, query, count, effort, filter);

    private HnswIndex VectorIndex(VectorIndexLayout layout) => Connection.Store.VectorIndexes.Get(Connection, layout.Definition, layout.Dimensions);

    private void InsertVectors(SqlValue[] row, byte[] locator)
    {
        foreach (VectorIndexLayout index in _layout.VectorIndexes)
        {
            InsertVector(index, row, locator);
        }
    }

    private void InsertVector(VectorIndexLayout index, SqlValue[] row, byte[] locator)
    {
        if (!row[index.Ordinal].IsNull)
        {
            VectorIndex(index).Insert(Connection, locator, row[index.Ordinal].AsVector);
        }
    }

    private void DeleteVector(VectorIndexLayout index, SqlValue[] row, byte[] locator)
    {
        if (!row[index.Ordinal].IsNull)
        {
            VectorIndex(index).Delete(Connection, locator);
        }
    }

    private void BuildVectors(VectorIndexLayout index)
    {
        HnswIndex graph = VectorIndex(index);
        int ordinal = index.Ordinal;
        var row = new SqlValue[Table.Columns.Length];
        using TableCursor cursor = Scan(Table.RowStore, KeyRange.All, [ordinal], row, [ordinal]);
        while (cursor.MoveNext())
        {
            if (!row[ordinal].IsNull)
            {
                graph.Insert(Connection, cursor.Locator.ToArray(), row[ordinal].AsVector);
            }
        }
    }
}
