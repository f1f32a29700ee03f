using System.Runtime.CompilerServices;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Planning;

/// <summary>
/// What the values of a column are like, judged from a sample: how many differ, which are frequent, where the others lie (an equi-depth histogram), how many are NULL.
/// Kept beside the table's definition; made when a plan first asks, anew when the table has grown or UPDATE STATISTICS says so.
/// </summary>
internal sealed class ColumnStatistics
{
    /// <summary>A value that makes up more than this share of the sample is kept by itself.</summary>
    private const double FrequentShare = 0.01;
    private const int MostFrequent = 64;
    private const int Steps = 100;

    private static readonly ConditionalWeakTable<TableDefinition, ColumnStatistics?[]> Known = [];

    private readonly SqlComparer _comparer;
    private readonly double _rows;
    private readonly int _generation;
    private readonly (SqlValue Value, double Share)[] _frequent;

    /// <summary>Values at equal distances (in rows) among those that are neither NULL nor frequent, in order, the least first and the greatest last.</summary>
    private readonly SqlValue[] _bounds;

    /// <summary>Share of the rows that are neither NULL nor frequent.</summary>
    private readonly double _restShare;

    private ColumnStatistics(SqlType type, SqlValue[] sample, int nulls, double rows, int generation, bool isUnique)
    {
        _comparer = SqlComparer.For(type);
        _rows = Math.Max(1, rows);
        _generation = generation;
        int size = sample.Length + nulls;
        NullShare = size == 0 ? 0 : (double)nulls / size;
        Array.Sort(sample, _comparer);

        // Runs of equal values.
        var runs = new List<(int Start, int Length)>();
        for (int i = 0; i < sample.Length; i++)
        {
            if (i > 0 && _comparer.Equals(sample[i - 1], sample[i]))
            {
                runs[^1] = (runs[^1].Start, runs[^1].Length + 1);
            }
            else
            {
                runs.Add((i, 1));
            }
        }

        Distinct = isUnique ? Math.Max(1, _rows * (1 - NullShare)) : EstimateDistinct(runs, sample.Length, _rows * (1 - NullShare));
        bool isWhole = size >= rows;
        int least = isWhole && runs.Count <= MostFrequent ? 1 : Math.Max(2, (int)(size * FrequentShare));
        (int Start, int Length)[] frequent = [.. runs.Where(r => r.Length >= least).OrderByDescending(r => r.Length).Take(MostFrequent)];
        _frequent = [.. frequent.Select(r => (sample[r.Start], (double)r.Length / size))];
        _restShare = Math.Max(0, 1 - NullShare - _frequent.Sum(f => f.Share));
        var rest = new List<SqlValue>(sample.Length);
        var starts = frequent.Select(r => r.Start).ToHashSet();
        foreach ((int start, int length) in runs)
        {
            if (!starts.Contains(start))
            {
                rest.AddRange(sample.AsSpan(start, length));
            }
        }

        int steps = Math.Min(Steps, rest.Count - 1);
        _bounds = rest.Count == 0 ? [] : rest.Count == 1 ? [rest[0]] : [.. Enumerable.Range(0, steps + 1).Select(i => rest[(int)((long)i * (rest.Count - 1) / steps)])];
    }

    /// <summary>How many values differ.</summary>
    public double Distinct { get; }

    public double NullShare { get; }

    /// <summary>Statistics of a column; null where its values have no order worth knowing.</summary>
    public static ColumnStatistics? Of(TableDefinition table, int ordinal, EngineSession session, double rows)
    {
        ColumnDefinition column = table.Columns[ordinal];
        if (!IsSampled(column) || session.StoreFor(table) is not { } store)
        {
            return null;
        }

        ColumnStatistics?[] columns = Known.GetValue(table, static t => new ColumnStatistics?[t.Columns.Length]);
        int generation = store.SizeOf(table.RowStore.TreeId)?.Generation ?? 0;
        ColumnStatistics? known = Volatile.Read(ref columns[ordinal]);
        if (known is not null && known._generation == generation && Math.Abs(known._rows - rows) <= SizeWatch.Tolerated(known._rows))
        {
            return known;
        }

        bool isUnique = table.Indexes.Any(i => i is { IsUnique: true, FilterText: null, KeyColumns: [var only] } && only.ColumnId == column.ColumnId);
        (SqlValue[] values, int nulls) = TableSample.Read(table, ordinal, store, rows);
        var fresh = new ColumnStatistics(column.Type, values, nulls, rows, generation, isUnique);
        Volatile.Write(ref columns[ordinal], fresh);
        return fresh;
    }

    /// <summary>Share of the rows that hold one value, or any one value when it is not known.</summary>
    public double EqualTo(SqlValue? value)
    {
        double average = Math.Max(1 / _rows, (1 - NullShare) / Math.Max(1, Distinct));
        if (value is not { } known)
        {
            return average;
        }

        if (known.IsNull)
        {
            return 0;
        }

        foreach ((SqlValue frequent, double share) in _frequent)
        {
            if (_comparer.Equals(frequent, known))
            {
                return share;
            }
        }

        return Math.Max(1 / _rows, _restShare / Math.Max(1, Distinct - _frequent.Length));
    }

    /// <summary>Share of the rows whose value is less than (or equal to) one.</summary>
    public double Below(SqlValue value, bool isInclusive)
    {
        double share = 0;
        foreach ((SqlValue frequent, double each) in _frequent)
        {
            int order = _comparer.Compare(frequent, value);
            share += order < 0 || (order == 0 && isInclusive) ? each : 0;
        }

        return share + (_restShare * RestBelow(value));
    }

    /// <summary>Share of the values that are not frequent which lie below one, between two bounds in proportion.</summary>
    private double RestBelow(SqlValue value)
    {
        if (_bounds.Length == 0 || _comparer.Compare(value, _bounds[0]) < 0)
        {
            return 0;
        }

        if (_comparer.Compare(value, _bounds[^1]) >= 0)
        {
            return 1;
        }

        int low = 0, high = _bounds.Length - 1;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (_comparer.Compare(_bounds[middle], value) <= 0)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return (low + Between(_bounds[low], _bounds[high], value)) / (_bounds.Length - 1);
    }

    private static double Between(SqlValue low, SqlValue high, SqlValue value)
    {
        if (value.Reference is not null || low.Reference is not null || high.Reference is not null)
        {
            return 0.5;
        }

        bool isFloating = value.Kind is SqlTypeId.Float or SqlTypeId.Real;
        double from = isFloating ? low.AsDouble : low.AsInt64;
        double to = isFloating ? high.AsDouble : high.AsInt64;
        double at = isFloating ? value.AsDouble : value.AsInt64;
        return to > from ? Math.Clamp((at - from) / (to - from), 0, 1) : 0.5;
    }

    /// <summary>
    /// The estimator Duj1 of Haas and Stokes (Estimating the number of classes in a finite population, 1998): values that the sample shows once tell how many it has not shown.
    /// </summary>
    private static double EstimateDistinct(List<(int Start, int Length)> runs, int sampled, double rows)
    {
        if (sampled == 0)
        {
            return 1;
        }

        double once = runs.Count(r => r.Length == 1);
        double unseen = sampled - once + (once * sampled / Math.Max(sampled, rows));
        return Math.Clamp(sampled * (double)runs.Count / Math.Max(1, unseen), runs.Count, Math.Max(runs.Count, rows));
    }

    private static bool IsSampled(ColumnDefinition column)
    {
        SqlType type = column.Type;
        return !(column.IsComputed && !column.IsPersisted) && !type.IsMax && !type.IsLegacyLob
            && type.Id is not (SqlTypeId.Xml or SqlTypeId.Json or SqlTypeId.Vector or SqlTypeId.SqlVariant or SqlTypeId.HierarchyId or SqlTypeId.Udt or SqlTypeId.Table);
    }
}
