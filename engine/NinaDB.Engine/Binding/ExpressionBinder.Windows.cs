using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

internal sealed partial class ExpressionBinder
{
    private bool _isInsideWindow;

    private BoundExpression BindWindowCall(FunctionCallExpression call, string name, bool isAggregate)
    {
        if (_isInsideWindow || _scope.Clause == BindingClause.AggregateArgument)
        {
            throw SqlErrors.Create(4109).At(call);
        }

        if (!isAggregate && !ExpressionInfo.IsWindowOnly(name))
        {
            throw SqlErrors.Create(4113, call.Name.Name).At(call);
        }

        return (_scope.WindowCollector ?? throw SqlErrors.Create(4108).At(call))(call);
    }

    /// <summary>Binds a window function against this scope (after grouping; aggregates are allowed inside). <paramref name="windows"/> is the WINDOW clause.</summary>
    public BoundWindow BindWindow(FunctionCallExpression call, IReadOnlyList<(string Name, OverClause Definition)>? windows = null)
    {
        bool wasInside = _isInsideWindow;
        _isInsideWindow = true;
        try
        {
            return Locate(call, () => BindWindowCore(call, windows ?? []));
        }
        finally
        {
            _isInsideWindow = wasInside;
        }
    }

    private BoundWindow BindWindowCore(FunctionCallExpression call, IReadOnlyList<(string Name, OverClause Definition)> windows)
    {
        string name = call.Name.Name.ToUpperInvariant();
        OverClause over = ResolveWindow(call.Over!, windows, []);
        BoundExpression[] partition = [.. over.PartitionBy.Select(BindPartition)];
        BoundOrder[] order = [.. over.OrderBy.Select(BindOrderItem)];
        BoundFrame? frame = BindFrame(over);
        BoundWindow window = call.Name.Parts.Count > 1 ? BindUserAggregateOver(call, order) : ExpressionInfo.IsAggregate(name) ? BindAggregateOver(call, name, order) : BindRankingOrValue(call, name, order, frame);
        bool takesFrame = window.Aggregate is not null || name is "FIRST_VALUE" or "LAST_VALUE";
        if (frame is not null && !takesFrame)
        {
            throw SqlErrors.Create(10752, name);
        }

        if (takesFrame && frame is null)
        {
            frame = order.Length > 0
                ? new BoundFrame(FrameUnit.Range, FrameBoundKind.UnboundedPreceding, null, FrameBoundKind.CurrentRow, null)
                : new BoundFrame(FrameUnit.Rows, FrameBoundKind.UnboundedPreceding, null, FrameBoundKind.UnboundedFollowing, null);
        }

        return window with { PartitionBy = partition, OrderBy = window.OrderBy.Count > 0 ? window.OrderBy : order, Frame = frame };
    }

    private BoundExpression BindPartition(Expression expression)
    {
        BoundExpression bound = BindTyped(expression);
        RefuseUnsortable(bound.Type, expression);
        return bound;
    }

    /// <summary>OVER name and OVER (name ...) through the WINDOW clause; what is written in place completes the named definition.</summary>
    private static OverClause ResolveWindow(OverClause over, IReadOnlyList<(string Name, OverClause Definition)> windows, HashSet<string> visited)
    {
        if (over.WindowName is not { } name)
        {
            return over;
        }

        OverClause? named = null;
        foreach ((string candidate, OverClause definition) in windows)
        {
            if (string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase))
            {
                named = definition;
            }
        }

        if (named is null || !visited.Add(name.ToUpperInvariant()))
        {
            throw SqlErrors.Create(named is null ? 5362 : 5365, name);
        }

        OverClause inner = ResolveWindow(named, windows, visited);
        if ((inner.PartitionBy.Count > 0 && over.PartitionBy.Count > 0) || (inner.OrderBy.Count > 0 && over.OrderBy.Count > 0) || (inner.FrameUnit is not null && over.FrameUnit is not null))
        {
            throw SqlErrors.Create(5363, name);
        }

        return new OverClause
        {
            PartitionBy = inner.PartitionBy.Count > 0 ? inner.PartitionBy : over.PartitionBy,
            OrderBy = inner.OrderBy.Count > 0 ? inner.OrderBy : over.OrderBy,
            FrameUnit = inner.FrameUnit ?? over.FrameUnit,
            FrameStart = inner.FrameStart ?? over.FrameStart,
            FrameEnd = inner.FrameEnd ?? over.FrameEnd,
            Line = over.Line,
            Offset = over.Offset,
            EndOffset = over.EndOffset,
        };
    }

    private BoundFrame? BindFrame(OverClause over)
    {
        if (over.FrameUnit is not { } unit)
        {
            return null;
        }

        if (over.OrderBy.Count == 0)
        {
            throw SqlErrors.Create(10756);
        }

        FrameBound start = over.FrameStart ?? new FrameBound(FrameBoundKind.UnboundedPreceding);
        FrameBound end = over.FrameEnd ?? new FrameBound(FrameBoundKind.CurrentRow);
        if (unit == FrameUnit.Range && (start.Offset is not null || end.Offset is not null))
        {
            throw SqlErrors.Create(4194);
        }

        if (start.Kind > end.Kind || start.Kind == FrameBoundKind.UnboundedFollowing || end.Kind == FrameBoundKind.UnboundedPreceding)
        {
            throw SqlErrors.Create(4193);
        }

        return new BoundFrame(unit, start.Kind, Offset(start), end.Kind, Offset(end));

        BoundExpression? Offset(FrameBound bound)
        {
            if (bound.Offset is null)
            {
                return null;
            }

            BoundExpression offset = Coerce(Bind(bound.Offset), SqlType.BigInt);
            return ExpressionInfo.IsRuntimeConstant(offset) ? offset : throw SqlErrors.Create(4195);
        }
    }

    private BoundWindow BindAggregateOver(FunctionCallExpression call, string name, BoundOrder[] order)
    {
        if (name is "STRING_AGG" or "JSON_ARRAYAGG" or "JSON_OBJECTAGG" or "GROUPING" or "GROUPING_ID" or "APPROX_COUNT_DISTINCT" || name.StartsWith("APPROX_", StringComparison.Ordinal))
        {
            throw SqlErrors.Create(4113, call.Name.Name);
        }

        if (call.IsDistinct)
        {
            throw SqlErrors.Create(10759);
        }

        BoundAggregate aggregate;
        if (call.IsStar)
        {
            aggregate = BindAggregateCore(call);
        }
        else
        {
            if (call.Arguments.Count != 1)
            {
                throw SqlErrors.Create(174, name, 1);
            }

            aggregate = MakeAggregate(name, Bind(call.Arguments[0]), false);
        }

        return new BoundWindow(name, aggregate.Arguments, aggregate.Type) { Aggregate = aggregate, OrderBy = order };
    }

    private BoundWindow BindRankingOrValue(FunctionCallExpression call, string name, BoundOrder[] order, BoundFrame? frame)
    {
        if (call.IgnoreNulls is not null && name is not ("LAG" or "LEAD" or "FIRST_VALUE" or "LAST_VALUE"))
        {
            throw SqlErrors.Create(102, "NULLS");
        }

        if (name is "PERCENTILE_CONT" or "PERCENTILE_DISC")
        {
            if (order.Length > 0)
            {
                throw SqlErrors.Create(10751, name);
            }

            BoundAggregate percentile = BindPercentile(call, name);
            return new BoundWindow(name, percentile.Arguments, percentile.Type) { OrderBy = percentile.OrderBy };
        }

        if (order.Length == 0)
        {
            throw SqlErrors.Create(4112, name);
        }

        (int minimum, int maximum) = name switch
        {
            "LAG" or "LEAD" => (1, 3),
            "NTILE" or "FIRST_VALUE" or "LAST_VALUE" => (1, 1),
            _ => (0, 0),
        };
        int count = call.Arguments.Count;
        if (count < minimum || count > maximum)
        {
            throw minimum == maximum ? SqlErrors.Create(174, name.ToLowerInvariant(), minimum) : SqlErrors.Create(189, name.ToLowerInvariant(), minimum, maximum);
        }

        bool ignoreNulls = call.IgnoreNulls == true;
        switch (name)
        {
            case "NTILE":
                return new BoundWindow(name, [Coerce(Bind(call.Arguments[0]), SqlType.BigInt)], SqlType.BigInt);
            case "LAG" or "LEAD":
                BoundExpression value = BindTyped(call.Arguments[0]);
                var arguments = new List<BoundExpression> { value };
                if (count > 1)
                {
                    arguments.Add(Coerce(Bind(call.Arguments[1]), SqlType.BigInt));
                }

                if (count > 2)
                {
                    arguments.Add(Coerce(Bind(call.Arguments[2]), value.Type));
                }

                return new BoundWindow(name, arguments, value.Type) { IgnoreNulls = ignoreNulls };
            case "FIRST_VALUE" or "LAST_VALUE":
                BoundExpression operand = BindTyped(call.Arguments[0]);
                return new BoundWindow(name, [operand], operand.Type) { IgnoreNulls = ignoreNulls, Frame = frame };
            case "PERCENT_RANK" or "CUME_DIST":
                return new BoundWindow(name, [], SqlType.Float);
            default:
                return new BoundWindow(name, [], SqlType.BigInt);
        }
    }
}
