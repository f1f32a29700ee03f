using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Planning;

/// <remarks>How many rows a condition lets through and how many values a column has: from column statistics where there are some, otherwise by the condition's form.</remarks>
internal sealed partial class QueryPlanner
{
    private const double EqualitySelectivity = 0.05;
    private const double NullSelectivity = 0.1;
    private const double LikeSelectivity = 0.1;
    private const double OtherSelectivity = 0.5;

    private readonly HashSet<int> _watched = [];

    /// <summary>The plan is good for as long as the table is about as large as now.</summary>
    private void Watch(TableRelation relation, double rows)
    {
        int tree = relation.Table.RowStore.TreeId;
        if (relation.VariableSlot is null && _context.Session.StoreFor(relation.Table)?.SizeOf(tree) is { } size && _watched.Add(tree))
        {
            _context.Sizes.Add(new SizeWatch(size, rows));
        }
    }

    /// <summary>Statistics of the column that an expression is; null where it is none, or its table is small.</summary>
    private ColumnStatistics? StatisticsOf(BoundExpression expression) => ColumnBehind(expression) is { } found ? StatisticsOf(found.Table, found.Ordinal) : null;

    private ColumnStatistics? StatisticsOf(TableRelation relation, int ordinal)
    {
        if (relation.VariableSlot is not null)
        {
            return null;
        }

        double total = RowsOf(relation);
        return total <= LeastTableRows ? null : ColumnStatistics.Of(relation.Table, ordinal, _context.Session, total);
    }

    private (TableRelation Table, int Ordinal)? ColumnBehind(BoundExpression expression)
    {
        while (expression is BoundConvert { IsTry: false, Style: null } convert)
        {
            expression = convert.Operand;
        }

        return expression is BoundColumn column && _columns.TryGetValue(column.Register, out (TableRelation Table, int Ordinal) found) ? found : null;
    }

    /// <summary>Number of different values of an expression; null when unknown.</summary>
    private double? DistinctValues(BoundExpression expression)
    {
        if (ColumnBehind(expression) is not { } found)
        {
            return null;
        }

        int id = found.Table.Table.Columns[found.Ordinal].ColumnId;
        double total = RowsOf(found.Table);
        foreach (IndexDefinition index in found.Table.Table.Indexes)
        {
            if (index.Kind is IndexKind.Clustered or IndexKind.NonClustered && index.KeyColumns.Length > 0 && index.KeyColumns[0].ColumnId == id && !index.IsDisabled)
            {
                if (index.IsUnique && index.KeyColumns.Length == 1 && index.FilterText is null)
                {
                    return total;
                }

                // Rows lie in the order of the clustered key: a sample of blocks says little about its first column, runs of equal values do.
                if (index.Kind == IndexKind.Clustered && StatisticsOf(found.Table, index, total) is { } runs)
                {
                    return Math.Max(1, total / runs.RowsPerPrefix(1));
                }
            }
        }

        return StatisticsOf(found.Table, found.Ordinal)?.Distinct;
    }

    /// <summary>Share of the rows of a table that have the values sought, where all are constants; null when that is not known.</summary>
    private double? KnownShare(TableRelation relation, List<Sarg> prefix)
    {
        double share = 1;
        foreach (Sarg sarg in prefix)
        {
            if (!sarg.Values.All(v => v is BoundConstant) || StatisticsOf(relation, sarg.Ordinal) is not { } statistics)
            {
                return null;
            }

            share *= Math.Min(1, sarg.Values.Sum(v => ((BoundConstant)v).Value.IsNull
                ? sarg.MatchesNull ? statistics.NullShare : 0
                : statistics.EqualTo(ValueAs(v, sarg.ColumnType))));
        }

        return share;
    }

    /// <summary>Share of the rows between two bounds.</summary>
    private double RangeShare(TableRelation relation, Sarg? lower, Sarg? upper)
    {
        SqlValue? from = lower is null ? null : ValueAs(lower.Values[0], lower.ColumnType);
        SqlValue? to = upper is null ? null : ValueAs(upper.Values[0], upper.ColumnType);
        if ((from is null && to is null) || StatisticsOf(relation, (lower ?? upper)!.Ordinal) is not { } statistics)
        {
            return lower is not null && upper is not null ? RangeSelectivity * RangeSelectivity : RangeSelectivity;
        }

        double high = to is { } end ? statistics.Below(end, upper!.IsInclusive) : upper is null ? 1 - statistics.NullShare : 1;
        double low = from is { } start ? statistics.Below(start, !lower!.IsInclusive) : 0;
        double share = Math.Max(0, high - low);

        // One end is known only when the query runs.
        return (lower is not null && from is null) || (upper is not null && to is null) ? share * RangeSelectivity : share;
    }

    /// <summary>Share of rows that meet all conditions, taken as independent; two bounds of a column are one range.</summary>
    private double Share(IReadOnlyList<BoundPredicate> conditions)
    {
        double share = 1;
        Dictionary<int, (double Low, double High)>? ranges = null;
        foreach (BoundPredicate condition in conditions)
        {
            if (BoundOf(condition) is { } bound)
            {
                ranges ??= [];
                (double low, double high) = ranges.GetValueOrDefault(bound.Register, (0, 1));
                ranges[bound.Register] = (Math.Max(low, bound.Low), Math.Min(high, bound.High));
            }
            else
            {
                share *= Selectivity(condition);
            }
        }

        foreach ((double low, double high) in ranges?.Values ?? (IEnumerable<(double, double)>)[])
        {
            share *= Math.Max(0, high - low);
        }

        return share;
    }

    /// <summary>A comparison of a column with a constant as the part of the column's rows that it leaves.</summary>
    private (int Register, double Low, double High)? BoundOf(BoundPredicate condition)
    {
        if (condition is not BoundComparison { Operator: not (ComparisonOperator.Equal or ComparisonOperator.NotEqual) } comparison)
        {
            return null;
        }

        (BoundExpression side, BoundExpression other, ComparisonOperator op) = comparison.Right is BoundConstant
            ? (comparison.Left, comparison.Right, comparison.Operator)
            : (comparison.Right, comparison.Left, Mirror(comparison.Operator));
        if (ColumnBehind(side) is not { } column
            || ValueAs(other, column.Table.Table.Columns[column.Ordinal].Type) is not { } value
            || StatisticsOf(column.Table, column.Ordinal) is not { } statistics)
        {
            return null;
        }

        int register = column.Table.Registers[column.Ordinal];
        return op switch
        {
            ComparisonOperator.Less => (register, 0, statistics.Below(value, false)),
            ComparisonOperator.LessOrEqual or ComparisonOperator.NotGreater => (register, 0, statistics.Below(value, true)),
            ComparisonOperator.Greater => (register, statistics.Below(value, true), 1 - statistics.NullShare),
            _ => (register, statistics.Below(value, false), 1 - statistics.NullShare),
        };
    }

    /// <summary>Share of rows that a condition lets through.</summary>
    private double Selectivity(BoundPredicate predicate) => predicate switch
    {
        BoundComparison { Operator: ComparisonOperator.Equal } equality => EqualShare(equality),
        BoundComparison { Operator: ComparisonOperator.NotEqual } inequality => 1 - Math.Min(0.9, EqualShare(inequality)),
        BoundComparison comparison => BoundOf(comparison) is { } bound ? Math.Max(0, bound.High - bound.Low) : RangeSelectivity,
        BoundInList list => InShare(list),
        BoundIsNull isNull => isNull.IsNegated ? 1 - NullShare(isNull.Operand) : NullShare(isNull.Operand),
        BoundLike like => like.IsNegated ? 1 - LikeSelectivity : LikeSelectivity,
        BoundLogical { IsAnd: true } and => Share(and.Terms),
        BoundLogical or => 1 - or.Terms.Aggregate(1.0, (s, t) => s * (1 - Selectivity(t))),
        BoundNot not => 1 - Selectivity(not.Operand),
        _ => OtherSelectivity,
    };

    private double NullShare(BoundExpression operand) => StatisticsOf(operand)?.NullShare ?? NullSelectivity;

    private double EqualShare(BoundComparison comparison)
    {
        ColumnStatistics? left = StatisticsOf(comparison.Left), right = StatisticsOf(comparison.Right);
        if (left is not null && right is not null)
        {
            return 1 / Math.Max(1, Math.Max(left.Distinct, right.Distinct));
        }

        (ColumnStatistics? statistics, BoundExpression side, BoundExpression other) = left is not null ? (left, comparison.Left, comparison.Right) : (right, comparison.Right, comparison.Left);
        return statistics is null ? EqualitySelectivity : statistics.EqualTo(ValueAs(other, TypeBehind(side)));
    }

    private double InShare(BoundInList list)
    {
        double share = StatisticsOf(list.Operand) is { } statistics
            ? list.Values.Sum(v => statistics.EqualTo(ValueAs(v, TypeBehind(list.Operand))))
            : EqualitySelectivity * list.Values.Count;
        share = Math.Min(OtherSelectivity, share);
        return list.IsNegated ? 1 - share : share;
    }

    private SqlType TypeBehind(BoundExpression side) => ColumnBehind(side) is { } column ? column.Table.Table.Columns[column.Ordinal].Type : side.Type;

    /// <summary>A constant as the type of the column it is compared with; null when it is none, or that type cannot hold it.</summary>
    private static SqlValue? ValueAs(BoundExpression expression, SqlType column)
    {
        if (expression is not BoundConstant { Value.IsNull: false } constant)
        {
            return null;
        }

        SqlType from = constant.Type;
        if (from.Id == column.Id || (from.IsExactInteger && column.IsExactInteger) || (from.IsString && column.IsString))
        {
            return constant.Value;
        }

        try
        {
            SqlValue converted = SqlConvert.TryConvert(constant.Value, from, column, null, null);
            return converted.IsNull ? null : converted;
        }
        catch (SqlErrorException)
        {
            // No such conversion: the comparison happens in another type.
            return null;
        }
    }
}
