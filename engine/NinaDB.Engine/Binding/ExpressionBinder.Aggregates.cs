using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

internal sealed partial class ExpressionBinder
{
    /// <summary>
    /// Binds an aggregate call against this scope (the rows before grouping; the scope's collectors must be null). Called by the query binder's aggregate collector.
    /// </summary>
    public BoundAggregate BindAggregate(FunctionCallExpression call)
    {
        RefuseNested(call);
        BindingClause clause = _scope.Clause;
        _scope.Clause = BindingClause.AggregateArgument;
        try
        {
            return Locate(call, () => BindAggregateCore(call));
        }
        finally
        {
            _scope.Clause = clause;
        }
    }

    /// <summary>Hands an aggregate call to the block it belongs to: this one, or an outer one when it sees outer columns only.</summary>
    private BoundExpression BindAggregateCall(FunctionCallExpression call)
    {
        BindingScope owner = OwnerOfAggregate(call);
        if (owner.AggregateCollector is not { } collector)
        {
            throw (!ReferenceEquals(owner, _scope) && owner.Clause == BindingClause.Other ? SqlErrors.Create(4101) : MisplacedAggregate(owner.Clause)).At(call);
        }

        BoundExpression bound = collector(call);
        RecordOuterReferences(owner, bound);
        return bound;
    }

    /// <summary>The innermost block whose columns the call reads; this block when it reads none (COUNT(*), SUM(1)).</summary>
    private BindingScope OwnerOfAggregate(FunctionCallExpression call)
    {
        if (_scope.Outer is null)
        {
            return _scope;
        }

        BindingScope? owner = null;
        bool sawColumn = false;
        SyntaxTree.Visit(call, node =>
        {
            if (node is not ColumnExpression column)
            {
                return true;
            }

            for (BindingScope? scope = _scope; scope is not null; scope = scope.Outer)
            {
                if (FindColumn(scope, column) is not null)
                {
                    sawColumn = true;
                    if (owner is null || IsInside(scope, owner))
                    {
                        owner = scope;
                    }

                    break;
                }
            }

            return true;
        });
        return sawColumn ? owner! : _scope;
    }

    private static bool IsInside(BindingScope scope, BindingScope outer)
    {
        for (BindingScope? each = scope.Outer; each is not null; each = each.Outer)
        {
            if (ReferenceEquals(each, outer))
            {
                return true;
            }
        }

        return false;
    }

    private static SqlErrorException MisplacedAggregate(BindingClause clause) => SqlErrors.Create(clause switch
    {
        BindingClause.AggregateArgument => 130,
        BindingClause.On => 1015,
        BindingClause.GroupBy => 144,
        BindingClause.Set => 157,
        BindingClause.Output => 158,
        BindingClause.Values or BindingClause.Check or BindingClause.Default => 175,
        _ => 147,
    });

    private void RefuseNested(FunctionCallExpression call) => SyntaxTree.Visit(call, node =>
    {
        if (ReferenceEquals(node, call))
        {
            return true;
        }

        if (SyntaxTree.QueryOf(node) is not null)
        {
            throw SqlErrors.Create(130).At(node);
        }

        if (node is FunctionCallExpression own && IsUserAggregate(own))
        {
            throw SqlErrors.Create(own.Over is null ? 130 : 4109).At(own);
        }

        if (node is FunctionCallExpression { Name.Parts.Count: 1 } inner)
        {
            if (inner.Over is not null)
            {
                throw SqlErrors.Create(4109).At(inner);
            }

            if (ExpressionInfo.IsAggregate(inner.Name.Name))
            {
                throw SqlErrors.Create(130).At(inner);
            }
        }

        return true;
    });

    private BoundAggregate BindAggregateCore(FunctionCallExpression call)
    {
        if (call.Name.Parts.Count > 1)
        {
            return BindUserAggregate(call);
        }

        string name = call.Name.Name.ToUpperInvariant();
        if (call.WithinGroup is not null && name is not ("STRING_AGG" or "JSON_ARRAYAGG" or "JSON_OBJECTAGG") && !name.StartsWith("APPROX_PERCENTILE_", StringComparison.Ordinal))
        {
            throw SqlErrors.Create(10757, name);
        }

        if (call.IsStar)
        {
            return name is "COUNT" or "COUNT_BIG"
                ? new BoundAggregate(name, [], false, name == "COUNT" ? SqlType.Int : SqlType.BigInt)
                : throw SqlErrors.Create(102, "*");
        }

        switch (name)
        {
            case "STRING_AGG":
                return BindStringAggregate(call);
            case "JSON_ARRAYAGG":
            case "JSON_OBJECTAGG":
                return BindJsonAggregate(call, name);
            case "GROUPING" or "GROUPING_ID":
                throw SqlErrors.Create(8161, 1, name);
            case "APPROX_PERCENTILE_CONT" or "APPROX_PERCENTILE_DISC":
                return BindPercentile(call, name["APPROX_".Length..]);
        }

        if (call.Arguments.Count != 1)
        {
            throw SqlErrors.Create(174, name, 1);
        }

        BoundExpression argument = Bind(call.Arguments[0]);
        return MakeAggregate(name, argument, call.IsDistinct);
    }

    /// <summary>A one-argument aggregate over a bound argument.</summary>
    private BoundAggregate MakeAggregate(string name, BoundExpression argument, bool isDistinct)
    {
        SqlType type = argument.Type;
        switch (name)
        {
            case "COUNT":
            case "COUNT_BIG":
            case "APPROX_COUNT_DISTINCT":
                if (type.Id == SqlTypeId.Null)
                {
                    argument = Coerce(argument, SqlType.Int);
                }
                else if (type.IsLegacyLob || (type.Id is SqlTypeId.Xml or SqlTypeId.Json or SqlTypeId.Vector && (isDistinct || name[0] == 'A')))
                {
                    throw SqlErrors.Create(8117, type.Name, name.ToLowerInvariant());
                }

                return new BoundAggregate(name, [argument], isDistinct, name == "COUNT" ? SqlType.Int : SqlType.BigInt);
            case "MIN":
            case "MAX":
                if (type.UdtFacts is { IsByteOrdered: false } || type.Id is SqlTypeId.Null or SqlTypeId.Bit or SqlTypeId.Xml or SqlTypeId.Json or SqlTypeId.Vector || type.IsLegacyLob)
                {
                    throw InvalidOperand(type, name);
                }

                return new BoundAggregate(name, [argument], false, type);
            case "SUM":
            case "AVG":
            case "PRODUCT":
                SqlType result = SumType(type, name);
                return new BoundAggregate(name, [Coerce(argument, OperandType(type, result))], isDistinct, result);
            case "STDEV":
            case "STDEVP":
            case "VAR":
            case "VARP":
                if (!type.IsNumber || type.Id == SqlTypeId.Bit)
                {
                    throw InvalidOperand(type, name);
                }

                return new BoundAggregate(name, [Coerce(argument, SqlType.Float)], isDistinct, SqlType.Float);
            case "CHECKSUM_AGG":
                return type.IsExactInteger
                    ? new BoundAggregate(name, [Coerce(argument, SqlType.Int)], isDistinct, SqlType.Int)
                    : throw SqlErrors.Create(8116, type.Name, 1, "checksum_agg");
            default:
                throw SqlErrors.NotSupported(name);
        }
    }

    private static SqlErrorException InvalidOperand(SqlType type, string aggregate) =>
        SqlErrors.Create(8117, type.Id == SqlTypeId.Null ? "NULL" : type.Name, aggregate.ToLowerInvariant());

    /// <summary>tinyint, smallint, int give int; bigint, money, float stay; decimal(p,s) gives decimal(38,s), for AVG with at least six decimals.</summary>
    private static SqlType SumType(SqlType type, string name) => type.Id switch
    {
        SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int => SqlType.Int,
        SqlTypeId.BigInt => SqlType.BigInt,
        SqlTypeId.Decimal or SqlTypeId.Numeric when name == "PRODUCT" => Exact(type, type.Scale == 0 ? 0 : 6),
        SqlTypeId.Decimal or SqlTypeId.Numeric => Exact(type, name == "SUM" ? type.Scale : Math.Max(type.Scale, (byte)6)),
        SqlTypeId.Money or SqlTypeId.SmallMoney => SqlType.Money,
        SqlTypeId.Real or SqlTypeId.Float => SqlType.Float,
        _ => throw InvalidOperand(type, name),
    };

    private static SqlType Exact(SqlType type, int scale) => type.Id == SqlTypeId.Decimal ? SqlType.Decimal(38, scale) : SqlType.Numeric(38, scale);

    /// <summary>Decimals are added as they are; everything else in the result's type.</summary>
    private static SqlType OperandType(SqlType type, SqlType result) => type.IsDecimal ? type : result;

    private BoundAggregate BindStringAggregate(FunctionCallExpression call)
    {
        if (call.Arguments.Count != 2)
        {
            throw SqlErrors.Create(174, "string_agg", 2);
        }

        if (call.IsDistinct)
        {
            throw SqlErrors.Create(102, "DISTINCT");
        }

        BoundExpression value = Bind(call.Arguments[0]);
        BoundExpression separator = Bind(call.Arguments[1]);
        if (!separator.Type.IsString && separator.Type.Id != SqlTypeId.Null)
        {
            throw SqlErrors.Create(8116, separator.Type.Name, 2, "string_agg");
        }

        if (!ExpressionInfo.IsRuntimeConstant(separator))
        {
            throw SqlErrors.Create(8733);
        }

        SqlType type = value.Type switch
        {
            { IsString: true, IsMax: true } => value.Type,
            { Id: SqlTypeId.Char or SqlTypeId.VarChar } => SqlType.VarChar(8000, value.Type.Collation),
            { IsString: true } => SqlType.NVarChar(4000, value.Type.Collation),
            { IsNumber: true } or { IsDateOrTime: true } or { Id: SqlTypeId.UniqueIdentifier or SqlTypeId.Null } => SqlType.NVarChar(4000),
            _ => throw SqlErrors.Create(8116, value.Type.Name, 1, "string_agg"),
        };
        BoundOrder[] order = BindAggregateOrder(call.WithinGroup);
        return new BoundAggregate("STRING_AGG", [Coerce(value, type, isImplicit: false), Coerce(separator, type)], false, type) { OrderBy = order };
    }

    private BoundAggregate BindJsonAggregate(FunctionCallExpression call, string name)
    {
        IReadOnlyList<Expression> syntax = Flatten(call);
        int expected = name == "JSON_ARRAYAGG" ? 1 : 2;
        if (syntax.Count != expected)
        {
            throw SqlErrors.Create(174, name.ToLowerInvariant(), expected);
        }

        BoundExpression[] arguments = [.. syntax.Select(BindTyped)];
        if (expected == 2)
        {
            arguments[0] = Coerce(arguments[0], SqlType.NVarCharMax, isImplicit: false);
        }

        SqlType returning = call.Returning is null ? SqlType.NVarCharMax : TypeResolver.Resolve(call.Returning, _scope.Context.Catalog, TypeUse.Cast).Type;
        return new BoundAggregate(name, arguments, call.IsDistinct, returning)
        {
            OrderBy = BindAggregateOrder(call.WithinGroup),
            AbsentOnNull = call.AbsentOnNull ?? (expected == 1),
        };
    }

    /// <summary>PERCENTILE_CONT or PERCENTILE_DISC: the fraction is the argument, the values are the sort key.</summary>
    private BoundAggregate BindPercentile(FunctionCallExpression call, string name)
    {
        if (call.Arguments.Count != 1 || call.WithinGroup is not { Count: 1 })
        {
            throw SqlErrors.Create(174, name.ToLowerInvariant(), 1);
        }

        BoundExpression fraction = Coerce(Bind(call.Arguments[0]), SqlType.Float);
        BoundOrder[] order = BindAggregateOrder(call.WithinGroup);
        SqlType type = order[0].Expression.Type;
        if (!type.IsNumber || type.Id == SqlTypeId.Bit)
        {
            throw InvalidOperand(type, name);
        }

        if (name == "PERCENTILE_CONT")
        {
            order[0] = order[0] with { Expression = Coerce(order[0].Expression, SqlType.Float) };
            type = SqlType.Float;
        }

        return new BoundAggregate(name, [fraction], false, type) { OrderBy = order };
    }

    private BoundOrder[] BindAggregateOrder(IReadOnlyList<OrderByItem>? items) => items is null ? [] : [.. items.Select(BindOrderItem)];

    private BoundOrder BindOrderItem(OrderByItem item)
    {
        BoundExpression key = BindTyped(item.Expression);
        if (WrittenConstants.IsConstant(item.Expression) && (key is BoundConstant || item.Expression is FunctionCallExpression))
        {
            bool isIndex = key.Type.Id == SqlTypeId.Int && key is not BoundConstant { Value: { IsNull: true } or { AsInt64: < 1 } };
            throw SqlErrors.Create(isIndex ? 5308 : 5309).At(item);
        }

        RefuseUnsortable(key.Type, item);
        return new BoundOrder(key, item.IsDescending);
    }

    private static void RefuseUnsortable(SqlType type, SyntaxNode node) => Locate(node, () =>
    {
        RefuseUnsortable(type);
        return true;
    });

    /// <summary>Throws for types without order (ORDER BY, GROUP BY, PARTITION BY): 42213 vector, 13636 json, 305 xml and spatial, 306 text and image.</summary>
    internal static void RefuseUnsortable(SqlType type, string clause = "ORDER BY")
    {
        switch (type.Id)
        {
            case SqlTypeId.Vector:
                throw SqlErrors.Create(42213);
            case SqlTypeId.Json:
                throw SqlErrors.Create(13636);
            case SqlTypeId.Xml or SqlTypeId.Geometry or SqlTypeId.Geography:
                throw SqlErrors.Create(305, type.Name);
            case SqlTypeId.Udt when !type.UdtFacts!.IsByteOrdered:
                throw SqlErrors.Create(249, type.Name, clause);
            case SqlTypeId.Text or SqlTypeId.NText or SqlTypeId.Image:
                throw SqlErrors.Create(306);
        }
    }
}
