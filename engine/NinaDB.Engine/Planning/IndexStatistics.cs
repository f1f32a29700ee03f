using System.Runtime.CompilerServices;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Planning;

/// <summary>How many rows share the values of the first columns of an index, judged from a sample of its entries. Kept with the index's definition.</summary>
internal sealed class IndexStatistics
{
    private const int SampleSize = 256;
    private const int MostSkips = 16;

    /// <summary>A table that has grown or shrunk by this factor is sampled again.</summary>
    private const double StaleFactor = 4;

    private static readonly ConditionalWeakTable<IndexDefinition, IndexStatistics> Known = [];

    private readonly double[] _rowsPerPrefix;
    private readonly double _total;
    private readonly int _generation;

    private IndexStatistics(double[] rowsPerPrefix, double total, int generation)
    {
        _rowsPerPrefix = rowsPerPrefix;
        _total = total;
        _generation = generation;
    }

    /// <summary>Average number of rows with the same values in the first <paramref name="columns"/> key columns.</summary>
    public double RowsPerPrefix(int columns) => _rowsPerPrefix[columns - 1];

    /// <summary>Statistics of an index of a table with <paramref name="total"/> rows.</summary>
    public static IndexStatistics Of(TableDefinition table, IndexDefinition index, EngineSession session, double total)
    {
        int generation = session.StoreFor(table)?.SizeOf(table.RowStore.TreeId)?.Generation ?? 0;
        if (Known.TryGetValue(index, out IndexStatistics? known) && known._generation == generation && total < known._total * StaleFactor && total > known._total / StaleFactor)
        {
            return known;
        }

        IndexStatistics fresh = Sample(table, index, session, total, generation);
        Known.AddOrUpdate(index, fresh);
        return fresh;
    }

    private static IndexStatistics Sample(TableDefinition table, IndexDefinition index, EngineSession session, double total, int generation)
    {
        int columns = index.KeyColumns.Length;
        var rowsPerPrefix = new double[columns];
        int[] ordinals = index.KeyColumns.Select(k => table.OrdinalOf(k.ColumnId)).ToArray();
        var access = new TableAccess(table, session.StoreFor(table));
        SqlComparer[] comparers = Array.ConvertAll(ordinals, o => SqlComparer.For(table.Columns[o].Type));
        var row = new SqlValue[columns];
        int[] targets = Enumerable.Range(0, columns).ToArray();
        var distinct = new int[columns];
        int count = 0;
        using (TableCursor cursor = access.Scan(index, KeyRange.All, ordinals, row, targets))
        {
            var previous = new SqlValue[columns];
            while (count < SampleSize && cursor.MoveNext())
            {
                int change = 0;
                while (count > 0 && change < columns && comparers[change].Equals(previous[change], row[change]))
                {
                    change++;
                }

                for (int i = change; i < columns; i++)
                {
                    distinct[i]++;
                }

                row.CopyTo(previous, 0);
                count++;
            }
        }

        for (int i = 0; i < columns; i++)
        {
            rowsPerPrefix[i] = count == 0 ? 1 : Math.Max(1, count < SampleSize ? (double)count / distinct[i] : (double)SampleSize / distinct[i]);
        }

        if (count == SampleSize && distinct[0] < MostSkips)
        {
            // Long runs: jump from value to value to see whether there are only a few.
            int values = CountValues(access, index, ordinals, row, targets);
            rowsPerPrefix[0] = values < MostSkips ? total / Math.Max(1, values) : Math.Max(rowsPerPrefix[0], Math.Sqrt(total));
        }

        return new IndexStatistics(rowsPerPrefix, Math.Max(1, total), generation);
    }

    private static int CountValues(TableAccess access, IndexDefinition index, int[] ordinals, SqlValue[] row, int[] targets)
    {
        int values = 0;
        KeyRange range = KeyRange.All;
        while (values < MostSkips)
        {
            using (TableCursor cursor = access.Scan(index, range, ordinals, row, targets))
            {
                if (!cursor.MoveNext())
                {
                    break;
                }
            }

            values++;
            KeyRange same = access.Range(index, row.AsSpan(0, 1));
            range = new KeyRange(same.Upper, !same.UpperInclusive, null, true);
        }

        return values;
    }
}
