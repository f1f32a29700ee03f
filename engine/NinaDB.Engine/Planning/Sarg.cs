using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Expressions;
using NinaDB.Engine.Execution.Operators;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Planning;

internal enum SargKind : byte
{
    /// <summary>column = value, column IN (values), column IS NULL.</summary>
    Equal,
    Lower,
    Upper,
}

/// <summary>A search argument: a condition on one column that an index can answer.</summary>
/// <param name="Ordinal">Position of the column in its table.</param>
/// <param name="Values">What it is compared with; reads nothing of the table itself.</param>
/// <param name="Condition">The conjunct it comes from.</param>
internal sealed record Sarg(int Ordinal, SargKind Kind, SqlType ColumnType, IReadOnlyList<BoundExpression> Values, BoundPredicate Condition)
{
    public bool IsInclusive { get; init; }

    /// <summary>A NULL value means the rows with NULL.</summary>
    public bool MatchesNull { get; init; }

    /// <summary>Only part of the condition is sought (one side of an AND inside it): it has to be checked as well.</summary>
    public bool IsPartial { get; init; }

    /// <summary>The seek decides the condition: it need not be checked again.</summary>
    public bool IsExact => !IsPartial && Values.All(v => SeekConversion.IsExact(v, ColumnType));

    public SeekKey CompileKey(ExpressionCompiler compiler) => new(Values.Select(v => SeekConversion.Equality(v, compiler.Compile(v), ColumnType)).ToArray(), MatchesNull);

    public SeekBound CompileBound(ExpressionCompiler compiler, bool isLower)
    {
        BoundExpression value = Values[0];
        return new SeekBound(SeekConversion.Bound(value, compiler.Compile(value), ColumnType, isLower), IsInclusive || !SeekConversion.IsExact(value, ColumnType));
    }
}

/// <summary>
/// Comparison happens in the common type of both sides; a seek needs the value in the column's type. Where the conversion of the column is one-to-one and keeps the
/// order, the value can be converted the other way instead.
/// </summary>
internal static class SeekConversion
{
    /// <summary>Types whose values compare alike without conversion: <see cref="SeekValues"/> fits them to the column.</summary>
    private static bool IsAlike(SqlType from, SqlType column) =>
        (from.IsExactInteger && column.IsExactInteger)
        || (from.IsDecimal && column.IsDecimal)
        || (from.IsString && column.IsString)
        || (from.IsBinary && column.IsBinary)
        || (from.Id == column.Id && from.Scale == column.Scale && from.Id != SqlTypeId.SqlVariant);

    /// <summary>Whether a seek for the value decides the comparison alone.</summary>
    public static bool IsExact(BoundExpression value, SqlType column) => IsAlike(value.Type, column) && SeekValues.IsExact(value, column);

    /// <summary>Whether a column of type <paramref name="column"/> that is compared as <paramref name="common"/> can be sought.</summary>
    public static bool IsSeekable(SqlType column, SqlType common)
    {
        if (IsAlike(common, column))
        {
            return !column.IsString || SameCollation(column, common);
        }

        if (column.IsExactInteger)
        {
            return common.IsExactInteger || common.IsDecimal || common.IsMoney || (common.Id == SqlTypeId.Float && column.Id != SqlTypeId.BigInt);
        }

        return (column.Id, common.Id) switch
        {
            (SqlTypeId.Money or SqlTypeId.SmallMoney, SqlTypeId.Money or SqlTypeId.Decimal or SqlTypeId.Numeric) => true,
            (SqlTypeId.Date, SqlTypeId.SmallDateTime or SqlTypeId.DateTime or SqlTypeId.DateTime2) => true,
            (SqlTypeId.SmallDateTime, SqlTypeId.DateTime or SqlTypeId.DateTime2) => true,
            (SqlTypeId.DateTime, SqlTypeId.DateTime2) => true,
            (SqlTypeId.DateTime2, SqlTypeId.DateTime2) or (SqlTypeId.Time, SqlTypeId.Time) => true,
            (SqlTypeId.Real, SqlTypeId.Float) => true,
            _ => false,
        };
    }

    private static bool SameCollation(SqlType a, SqlType b) => ReferenceEquals(a.Collation ?? Collation.Default, b.Collation ?? Collation.Default);

    /// <summary>The value in the column's type; NULL (which matches nothing) when no column value can equal it.</summary>
    public static Evaluator Equality(BoundExpression expression, Evaluator value, SqlType column)
    {
        SqlType from = expression.Type;
        if (IsAlike(from, column))
        {
            return SeekValues.ForEquality(expression, value, column);
        }

        Func<SqlValue, SqlValue>? back = SqlConvert.GetConverter(column, from);
        SqlComparer comparer = SqlComparer.For(from);
        return context =>
        {
            SqlValue original = value(context);
            if (original.IsNull || Convert(original, from, column) is not { } converted)
            {
                return SqlValue.Null;
            }

            return comparer.Equals(back is null ? converted : back(converted), original) ? converted : SqlValue.Null;
        };
    }

    /// <summary>
    /// A bound in the column's type. Rounding goes to a neighbouring value of the column, so an inclusive bound never loses a row; the condition is checked again on each.
    /// A value beyond the type's range becomes the end of the range.
    /// </summary>
    public static Evaluator Bound(BoundExpression expression, Evaluator value, SqlType column, bool isLower)
    {
        SqlType from = expression.Type;
        if (IsAlike(from, column))
        {
            return isLower ? SeekValues.ForLowerBound(expression, value, column) : SeekValues.ForUpperBound(expression, value, column);
        }

        return context =>
        {
            SqlValue original = value(context);
            if (original.IsNull)
            {
                return SqlValue.Null;
            }

            if (Convert(original, from, column) is { } converted)
            {
                return converted;
            }

            bool isHigh = IsPositive(original, from);
            return isHigh == isLower ? SqlValue.Null : Extreme(column, isHigh);
        };
    }

    private static SqlValue? Convert(SqlValue value, SqlType from, SqlType column)
    {
        try
        {
            return SqlConvert.Convert(value, from, column, null, null);
        }
        catch (SqlErrorException e) when (e.Error.Number is 220 or 8115 or 242 or 8114 or 232 or 517 or 244 or 248 or 298 or 8152 or 2628)
        {
            // Out of the column's range.
            return null;
        }
    }

    private static bool IsPositive(SqlValue value, SqlType type) => type switch
    {
        { IsDecimal: true } => value.AsDecimal.IsPositive,
        { IsApproximate: true } => value.AsDouble > 0,
        _ => value.AsInt64 > 0,
    };

    private static SqlValue Extreme(SqlType type, bool highest) => type.Id switch
    {
        SqlTypeId.Bit => SqlValue.FromBit(highest),
        SqlTypeId.TinyInt => SqlValue.FromTinyInt(highest ? byte.MaxValue : byte.MinValue),
        SqlTypeId.SmallInt => SqlValue.FromSmallInt(highest ? short.MaxValue : short.MinValue),
        SqlTypeId.Int => SqlValue.FromInt(highest ? int.MaxValue : int.MinValue),
        SqlTypeId.BigInt => SqlValue.FromBigInt(highest ? long.MaxValue : long.MinValue),
        SqlTypeId.Money => SqlValue.FromMoney(highest ? long.MaxValue : long.MinValue),
        SqlTypeId.SmallMoney => SqlValue.FromSmallMoney(highest ? int.MaxValue : int.MinValue),
        SqlTypeId.Decimal or SqlTypeId.Numeric => SqlValue.FromDecimal(
            System.Data.SqlTypes.SqlDecimal.ConvertToPrecScale(
                System.Data.SqlTypes.SqlDecimal.Parse((highest ? "" : "-") + new string('9', Math.Max(1, type.Precision - type.Scale)) + (type.Scale > 0 ? "." + new string('9', type.Scale) : "")),
                type.Precision,
                type.Scale),
            type.Id),
        SqlTypeId.Real => SqlValue.FromReal(highest ? float.MaxValue : float.MinValue),
        SqlTypeId.Date => SqlValue.FromDate(highest ? DateOnly.MaxValue.DayNumber : 0),
        SqlTypeId.SmallDateTime => SqlValue.FromSmallDateTime((highest ? new DateTime(2079, 6, 6, 23, 59, 0) : new DateTime(1900, 1, 1)).Ticks),
        SqlTypeId.DateTime => SqlValue.FromDateTimeUnits(highest ? long.MaxValue : long.MinValue),
        SqlTypeId.DateTime2 => SqlValue.FromDateTime2(highest ? DateTime.MaxValue.Ticks : 0),
        _ => SqlValue.FromTime(highest ? TimeSpan.TicksPerDay - 1 : 0),
    };
}

internal sealed partial class QueryPlanner
{
    /// <summary>The conditions that an index on the table might answer.</summary>
    private List<Sarg> FindSargs(TableRelation relation, List<BoundPredicate> conditions)
    {
        var sargs = new List<Sarg>();
        if (!_options.Uses(PlanRewrites.Seeks))
        {
            return sargs;
        }

        var own = new RegisterSet();
        own.AddRange(relation.Registers);
        foreach (BoundPredicate condition in conditions)
        {
            AddSargs(relation, own, condition, condition, sargs);
        }

        return sargs;
    }

    private static void AddSargs(TableRelation relation, RegisterSet own, BoundPredicate condition, BoundPredicate whole, List<Sarg> sargs)
    {
        bool isPartial = !ReferenceEquals(condition, whole);
        switch (condition)
        {
            case BoundComparison comparison:
                AddComparison(relation, own, comparison.Operator, comparison.Left, comparison.Right, whole, isPartial, sargs);
                AddComparison(relation, own, Mirror(comparison.Operator), comparison.Right, comparison.Left, whole, isPartial, sargs);
                break;
            case BoundInList { IsNegated: false } list when ColumnOf(relation, list.Operand) is { } column && list.Values.All(v => IsOuter(v, own) && SeekConversion.IsSeekable(column.Type, v.Type)):
                sargs.Add(new Sarg(column.Ordinal, SargKind.Equal, column.Type, list.Values, whole) { IsPartial = isPartial });
                break;
            case BoundLogical { IsAnd: true } and:
                foreach (BoundPredicate term in and.Terms)
                {
                    AddSargs(relation, own, term, whole, sargs);
                }

                break;
            case BoundLogical { IsAnd: false } or:
                AddAlternatives(relation, own, or, whole, isPartial, sargs);
                break;
            case BoundLike { IsNegated: false, Escape: null, Pattern: BoundConstant { Value.IsNull: false } pattern } like
                when pattern.Type.IsString && like.Operand.Type.IsString && ColumnOf(relation, like.Operand) is { } column:
                AddPrefix(column.Ordinal, column.Type, pattern.Value.AsString, whole, sargs);
                break;
            case BoundIsNull { IsNegated: false } isNull when ColumnOf(relation, isNull.Operand) is { } column:
                sargs.Add(new Sarg(column.Ordinal, SargKind.Equal, column.Type, [new BoundConstant(SqlValue.Null, column.Type)], whole) { MatchesNull = true, IsPartial = isPartial });
                break;
            case BoundDistinct { IsNegated: true } same:
                foreach ((BoundExpression side, BoundExpression other) in new[] { (same.Left, same.Right), (same.Right, same.Left) })
                {
                    if (ColumnOf(relation, side) is { } column && IsOuter(other, own) && SeekConversion.IsExact(other, column.Type) && SeekConversion.IsSeekable(column.Type, other.Type))
                    {
                        sargs.Add(new Sarg(column.Ordinal, SargKind.Equal, column.Type, [other], whole) { MatchesNull = true, IsPartial = isPartial });
                    }
                }

                break;
        }
    }

    private static void AddComparison(
        TableRelation relation, RegisterSet own, ComparisonOperator op, BoundExpression side, BoundExpression other, BoundPredicate whole, bool isPartial, List<Sarg> sargs)
    {
        if (op == ComparisonOperator.NotEqual || ColumnOf(relation, side) is not { } column || !IsOuter(other, own) || !SeekConversion.IsSeekable(column.Type, other.Type))
        {
            return;
        }

        SargKind kind = op switch
        {
            ComparisonOperator.Equal => SargKind.Equal,
            ComparisonOperator.Greater or ComparisonOperator.GreaterOrEqual => SargKind.Lower,
            _ => SargKind.Upper,
        };
        sargs.Add(new Sarg(column.Ordinal, kind, column.Type, [other], whole)
        {
            IsInclusive = op is ComparisonOperator.GreaterOrEqual or ComparisonOperator.LessOrEqual,
            IsPartial = isPartial,
        });
    }

    /// <summary>a = 1 OR a = 2 seeks like a IN (1, 2).</summary>
    private static void AddAlternatives(TableRelation relation, RegisterSet own, BoundLogical or, BoundPredicate whole, bool isPartial, List<Sarg> sargs)
    {
        var values = new List<BoundExpression>();
        (int Ordinal, SqlType Type)? found = null;
        foreach (BoundPredicate term in or.Terms)
        {
            var alternatives = new List<Sarg>();
            AddSargs(relation, own, term, term, alternatives);
            if (alternatives.Find(s => s is { Kind: SargKind.Equal, MatchesNull: false, IsPartial: false } && (found is null || found.Value.Ordinal == s.Ordinal)) is not { } sarg)
            {
                return;
            }

            found = (sarg.Ordinal, sarg.ColumnType);
            values.AddRange(sarg.Values);
        }

        sargs.Add(new Sarg(found!.Value.Ordinal, SargKind.Equal, found.Value.Type, values, whole) { IsPartial = isPartial });
    }

    /// <summary>LIKE 'abc%': from 'abc' on, and below 'abd' where the next character is sure to sort behind.</summary>
    private static void AddPrefix(int ordinal, SqlType type, string pattern, BoundPredicate whole, List<Sarg> sargs)
    {
        int length = pattern.AsSpan().IndexOfAny('%', '_', '[');
        string prefix = length < 0 ? pattern.TrimEnd(' ') : pattern[..length];
        if (prefix.Length == 0 || !prefix.All(char.IsAsciiLetterOrDigit))
        {
            return;
        }

        SqlType text = SqlType.NVarChar(Math.Max(1, prefix.Length), type.Collation);
        sargs.Add(new Sarg(ordinal, SargKind.Lower, type, [new BoundConstant(SqlValue.FromString(prefix), text)], whole) { IsInclusive = true, IsPartial = true });
        if (prefix[^1] is not ('9' or 'z' or 'Z'))
        {
            SqlValue next = SqlValue.FromString(prefix[..^1] + (char)(prefix[^1] + 1));
            sargs.Add(new Sarg(ordinal, SargKind.Upper, type, [new BoundConstant(next, text)], whole) { IsPartial = true });
        }
    }

    private static ComparisonOperator Mirror(ComparisonOperator op) => op switch
    {
        ComparisonOperator.Less => ComparisonOperator.Greater,
        ComparisonOperator.LessOrEqual => ComparisonOperator.GreaterOrEqual,
        ComparisonOperator.Greater => ComparisonOperator.Less,
        ComparisonOperator.GreaterOrEqual => ComparisonOperator.LessOrEqual,
        _ => op,
    };

    /// <summary>A stored column of the table, seen through implicit conversions that keep its order.</summary>
    private static (int Ordinal, SqlType Type)? ColumnOf(TableRelation relation, BoundExpression expression)
    {
        SqlType compared = expression.Type;
        while (expression is BoundConvert { IsTry: false, Style: null } convert)
        {
            expression = convert.Operand;
        }

        if (expression is not BoundColumn column)
        {
            return null;
        }

        int ordinal = Array.IndexOf(relation.Registers, column.Register);
        if (ordinal < 0)
        {
            return null;
        }

        ColumnDefinition definition = relation.Table.Columns[ordinal];
        bool isStored = !definition.IsComputed || definition.IsPersisted;
        return isStored && SeekConversion.IsSeekable(definition.Type, compared) ? (ordinal, definition.Type) : null;
    }

    /// <summary>Whether an expression has one value while the table is read.</summary>
    private static bool IsOuter(BoundExpression expression, RegisterSet own) => !RegisterSet.Of(expression).Overlaps(own) && ExpressionInfo.IsDeterministic(expression);
}
