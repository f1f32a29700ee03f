using System.Collections.Concurrent;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Ddl;
using NinaDB.Engine.Functions;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Planning;

/// <summary>A step of a histogram: a value, how many rows have it, and how many lie between it and the value of the step before.</summary>
internal readonly record struct HistogramStep(SqlValue High, double RangeRows, double EqualRows, long DistinctRangeRows)
{
    public double AverageRangeRows => DistinctRangeRows > 0 ? RangeRows / DistinctRangeRows : 1;
}

/// <summary>The share of one prefix of the columns: 1 / distinct lists of values, and how many bytes such a list takes.</summary>
internal readonly record struct DensityVector(double Density, double AverageLength, IReadOnlyList<string> Columns);

/// <summary>
/// A statistics object as it was read last: what DBCC SHOW_STATISTICS, STATS_DATE and sys.dm_db_stats_properties tell. Made by CREATE and UPDATE STATISTICS, by CREATE INDEX and
/// by rebuilding one; kept in memory for as long as the database is open.
/// </summary>
/// <param name="Modifications">The table's counter of changed rows when it was made.</param>
internal sealed record TableStatistics(
    DateTime Updated, long Rows, long RowsSampled, long UnfilteredRows, IReadOnlyList<HistogramStep> Steps, IReadOnlyList<DensityVector> Densities, SqlType KeyType, long Modifications)
{
    private const int MostSteps = 200;

    /// <summary>Average density of the values between the steps.</summary>
    public double RangeDensity => Steps.Sum(s => s.RangeRows) is > 0 and var rows ? Steps.Sum(s => s.DistinctRangeRows) / rows : 0;

    public double KeyLength => Densities.Count == 0 ? 0 : Densities[^1].AverageLength;

    /// <summary>What is kept by object and statistics id.</summary>
    public sealed class Store
    {
        private readonly ConcurrentDictionary<(int ObjectId, int StatisticsId), TableStatistics> _known = new();
        private readonly ConcurrentDictionary<int, System.Runtime.CompilerServices.StrongBox<long>> _modifications = new();

        public TableStatistics? Find(int objectId, int statisticsId) => _known.GetValueOrDefault((objectId, statisticsId));

        public void Put(int objectId, int statisticsId, TableStatistics? statistics)
        {
            if (statistics is null)
            {
                _known.TryRemove((objectId, statisticsId), out _);
            }
            else
            {
                _known[(objectId, statisticsId)] = statistics;
            }
        }

        /// <summary>Rows of a table that have been inserted, changed or deleted since the database was opened.</summary>
        public long Modifications(int objectId) => _modifications.TryGetValue(objectId, out var count) ? Volatile.Read(ref count.Value) : 0;

        public void NoteModified(int objectId, long rows) => Interlocked.Add(ref _modifications.GetOrAdd(objectId, static _ => new()).Value, rows);
    }

    /// <summary>The statistics of a table with what is known of each: its id, name, columns and filter. Those of indexes come first.</summary>
    public static IEnumerable<(int Id, string Name, int[] ColumnIds, string? Filter, IndexDefinition? Index)> Of(TableDefinition table)
    {
        foreach (IndexDefinition index in table.Indexes.Where(i => i.Kind is IndexKind.Clustered or IndexKind.NonClustered).OrderBy(i => i.IndexId))
        {
            yield return (index.IndexId, index.Name ?? "", [.. index.KeyColumns.Select(k => k.ColumnId)], index.FilterText, index);
        }

        foreach (StatisticsDefinition statistics in table.Statistics)
        {
            yield return (statistics.StatisticsId, statistics.Name, [.. statistics.ColumnIds], statistics.FilterText, null);
        }
    }

    /// <summary>Reads the table and keeps what it finds for each of the statistics; a table or filter without rows leaves none.</summary>
    public static void Update(EngineSession session, ExecutionContext context, TableDefinition table, IReadOnlyCollection<int> ids)
    {
        Store store = session.Database.Statistics;
        var wanted = Of(table).Where(s => ids.Contains(s.Id)).ToList();
        if (wanted.Count == 0)
        {
            return;
        }

        var collectors = wanted.ConvertAll(w => new Collector(table, w.ColumnIds, w.Index, w.Filter is null ? null : DdlExpressions.OverRows(DdlExpressions.ParseCondition(w.Filter), table, session, context)));
        TableAccess access = DdlExpressions.Access(table, session, context);
        int[] ordinals = [.. Enumerable.Range(0, table.Columns.Length).Where(i => table.Columns[i] is { IsComputed: false } or { IsPersisted: true })];
        var row = new SqlValue[table.Columns.Length];
        long rows = 0;
        using (TableCursor cursor = access.Scan(table.RowStore, KeyRange.All, ordinals, row, ordinals))
        {
            while (cursor.MoveNext())
            {
                context.ThrowIfCancelled();
                access.Options.CompleteRow?.Invoke(row);
                rows++;
                foreach (Collector collector in collectors)
                {
                    collector.Take(row);
                }
            }
        }

        for (int i = 0; i < wanted.Count; i++)
        {
            store.Put(table.ObjectId, wanted[i].Id, collectors[i].Finish(rows, store.Modifications(table.ObjectId)));
        }
    }

    /// <summary>Gathers the values of the columns of one statistics object.</summary>
    private sealed class Collector
    {
        private readonly int[] _ordinals;
        private readonly string[] _names;
        private readonly SqlType[] _types;
        private readonly SqlComparer[] _comparers;
        private readonly Func<SqlValue[], Truth>? _filter;
        private readonly List<SqlValue[]> _rows = [];

        public Collector(TableDefinition table, int[] columnIds, IndexDefinition? index, Func<SqlValue[], Truth>? filter)
        {
            // The key of the clustered index is a part of every other index that does not have it already.
            IndexDefinition? clustered = table.Indexes.FirstOrDefault(i => i.Kind == IndexKind.Clustered);
            int[] all = index is { Kind: IndexKind.NonClustered } && clustered is not null
                ? [.. columnIds, .. clustered.KeyColumns.Select(k => k.ColumnId).Where(c => !columnIds.Contains(c))]
                : columnIds;
            _ordinals = [.. all.Select(table.OrdinalOf)];
            _names = [.. _ordinals.Select(o => table.Columns[o].Name)];
            _types = [.. _ordinals.Select(o => table.Columns[o].Type)];
            _comparers = [.. _types.Select(SqlComparer.For)];
            _filter = filter;
        }

        public void Take(SqlValue[] row)
        {
            if (_filter is null || _filter(row) == Truth.True)
            {
                _rows.Add([.. _ordinals.Select(o => row[o].Kept())]);
            }
        }

        public TableStatistics? Finish(long rows, long modifications)
        {
            if (_rows.Count == 0)
            {
                return null;
            }

            _rows.Sort(Compare);
            var distinct = new long[_ordinals.Length];
            var lengths = new double[_ordinals.Length];
            var runs = new List<(SqlValue Value, long Rows)>();
            for (int r = 0; r < _rows.Count; r++)
            {
                int change = r == 0 ? 0 : FirstDifference(_rows[r - 1], _rows[r]);
                for (int c = change; c < distinct.Length; c++)
                {
                    distinct[c]++;
                }

                for (int c = 0; c < lengths.Length; c++)
                {
                    lengths[c] += _rows[r][c].IsNull ? 0 : BuiltinFunctions.DataLength(_rows[r][c], _types[c]);
                }

                if (change == 0)
                {
                    runs.Add((_rows[r][0], 1));
                }
                else
                {
                    runs[^1] = (runs[^1].Value, runs[^1].Rows + 1);
                }
            }

            var densities = new DensityVector[distinct.Length];
            double length = 0;
            for (int c = 0; c < densities.Length; c++)
            {
                length += lengths[c] / _rows.Count;
                densities[c] = new DensityVector(1.0 / distinct[c], length, _names[..(c + 1)]);
            }

            return new TableStatistics(DateTime.Now, _rows.Count, _rows.Count, rows, Histogram(runs), densities, _types[0], modifications);
        }

        private int Compare(SqlValue[] a, SqlValue[] b)
        {
            int at = FirstDifference(a, b);
            return at == a.Length ? 0 : Order(_comparers[at], a[at], b[at]);
        }

        private int FirstDifference(SqlValue[] a, SqlValue[] b)
        {
            int i = 0;
            while (i < a.Length && Order(_comparers[i], a[i], b[i]) == 0)
            {
                i++;
            }

            return i;
        }

        /// <summary>NULL comes first.</summary>
        private static int Order(SqlComparer comparer, SqlValue a, SqlValue b) =>
            a.IsNull || b.IsNull ? (a.IsNull ? 0 : 1) - (b.IsNull ? 0 : 1) : comparer.Compare(a, b);

        /// <summary>A step for every value where there are few; for many, steps at about equal numbers of rows, and one for each value that is frequent by itself.</summary>
        private static List<HistogramStep> Histogram(List<(SqlValue Value, long Rows)> runs)
        {
            var steps = new List<HistogramStep>();
            long total = runs.Sum(r => r.Rows);
            double depth = runs.Count <= MostSteps ? 0 : total / (MostSteps / 2.0);
            double rangeRows = 0;
            long rangeValues = 0;
            for (int i = 0; i < runs.Count; i++)
            {
                (SqlValue value, long rows) = runs[i];
                bool isEdge = i == 0 || i == runs.Count - 1 || depth == 0;
                if (isEdge || rangeRows + rows >= depth)
                {
                    steps.Add(new HistogramStep(value, rangeRows, rows, rangeValues));
                    rangeRows = 0;
                    rangeValues = 0;
                }
                else
                {
                    rangeRows += rows;
                    rangeValues++;
                }
            }

            return steps;
        }
    }
}
