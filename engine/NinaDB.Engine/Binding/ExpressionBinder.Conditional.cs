using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <remarks>CASE and its relatives: results are brought to one type by precedence.</remarks>
internal sealed partial class ExpressionBinder
{
    /// <summary>Type, collation and label of values that stand for each other (CASE results, COALESCE operands); null when every one is an untyped NULL.</summary>
    private (SqlType Type, CollationLabel Label, CollationConflict? Conflict)? ResultType(ReadOnlySpan<BoundExpression> values)
    {
        SizedType? sized = null;
        foreach (BoundExpression value in values)
        {
            if (value.Type.Id == SqlTypeId.Null)
            {
                continue;
            }

            SizedType next = value.Type.IsString ? new SizedType(value.Type.WithCollation(null), 0) : SizedType.Of(value);
            sized = sized is { } before ? before.With(next) : next;
        }

        if (sized?.Type is not { } type)
        {
            return null;
        }

        if (!type.IsString)
        {
            return (type, CollationLabel.CoercibleDefault, null);
        }

        (Collation? collation, CollationLabel label, CollationConflict? conflict) = CombineCollations("CASE", values);
        Settle(type, label, conflict, "CASE", values);
        return (type.WithCollation(collation), label, conflict);
    }

    /// <summary>Above zero within CASE and its relatives, whose values may or may not be evaluated: no value is taken from a sequence there (error 11741).</summary>
    private int _conditionals;

    private BoundExpression BindConditional(Expression expression)
    {
        if (expression is FunctionCallExpression { Name.Name: var name } && name.Equals("CHOOSE", StringComparison.OrdinalIgnoreCase))
        {
            return BindChoose((FunctionCallExpression)expression);
        }

        _conditionals++;
        try
        {
            return expression switch
            {
                CaseExpression e => BindCase(e),
                IifExpression e => BindIif(e),
                FunctionCallExpression e => e.Name.Name.ToUpperInvariant() switch
                {
                    "COALESCE" => BindCoalesce(e),
                    "ISNULL" => BindIsNull(e),
                    _ => BindNullIf(e),
                },
                _ => throw new InvalidOperationException(expression.GetType().Name),
            };
        }
        finally
        {
            _conditionals--;
        }
    }

    private BoundExpression BindCase(CaseExpression expression)
    {
        BoundExpression? input = expression.Input is null ? null : Bind(expression.Input);
        var conditions = new BoundPredicate[expression.Whens.Count];
        var results = new BoundExpression[expression.Whens.Count + 1];
        for (int i = 0; i < conditions.Length; i++)
        {
            WhenClause when = expression.Whens[i];
            conditions[i] = input is null ? Bind(when.Condition!) : Compare(ComparisonOperator.Equal, input, Bind(when.Value!));
            results[i] = Bind(when.Result);
        }

        results[^1] = expression.Else is null ? new BoundConstant(SqlValue.Null, SqlType.Null) : Bind(expression.Else);
        return MakeCase(conditions, results) ?? throw SqlErrors.Create(8133).At(expression);
    }

    private BoundExpression BindIif(IifExpression expression) =>
        MakeCase([Bind(expression.Condition)], [Bind(expression.WhenTrue), Bind(expression.WhenFalse)]) ?? throw SqlErrors.Create(8133).At(expression);

    /// <summary>CASE over bound pieces: the last result is ELSE. Null when every result is an untyped NULL.</summary>
    private BoundCase? MakeCase(BoundPredicate[] conditions, BoundExpression[] results)
    {
        if (ResultType(results) is not { } result)
        {
            return null;
        }

        var whens = new (BoundPredicate, BoundExpression)[conditions.Length];
        for (int i = 0; i < whens.Length; i++)
        {
            whens[i] = (conditions[i], Coerce(results[i], result.Type));
        }

        bool elseIsNull = results[^1] is BoundConstant { Value.IsNull: true };
        return new BoundCase(whens, elseIsNull ? null : Coerce(results[^1], result.Type), result.Type) { Label = result.Label, Conflict = result.Conflict };
    }

    private BoundCoalesce BindCoalesce(FunctionCallExpression call)
    {
        if (call.Arguments.Count < 2)
        {
            throw SqlErrors.Create(189, "coalesce", 2, 254).At(call);
        }

        BoundExpression[] operands = [.. call.Arguments.Select(Bind)];
        (SqlType type, CollationLabel label, CollationConflict? conflict) = ResultType(operands) ?? throw SqlErrors.Create(4127).At(call);
        return new BoundCoalesce([.. operands.Select(o => Coerce(o, type))], type, operands.Any(o => o.IsNullable)) { Label = label, Conflict = conflict };
    }

    /// <summary>ISNULL has the type of its first operand, unless that is an untyped NULL.</summary>
    private BoundCoalesce BindIsNull(FunctionCallExpression call)
    {
        RequireArguments(call, 2);
        BoundExpression check = Bind(call.Arguments[0]);
        BoundExpression replacement = Bind(call.Arguments[1]);
        SqlType type = check.Type.Id != SqlTypeId.Null ? check.Type : replacement.Type.Id != SqlTypeId.Null ? replacement.Type : SqlType.Int;
        CollationLabel label = type.IsString ? LabelOf(check.Type.Id == SqlTypeId.Null ? replacement : check) : CollationLabel.CoercibleDefault;
        return new BoundCoalesce([Coerce(check, type), Coerce(replacement, type)], type, check.IsNullable && replacement.IsNullable) { Label = label };
    }

    private BoundCase BindNullIf(FunctionCallExpression call)
    {
        RequireArguments(call, 2);
        BoundExpression value = Bind(call.Arguments[0]);
        if (value.Type.Id == SqlTypeId.Null)
        {
            throw SqlErrors.Create(4151).At(call);
        }

        BoundPredicate equal = Compare(ComparisonOperator.Equal, value, Bind(call.Arguments[1]));
        if (value is BoundConstant { LiteralDigits: > 0 } literal && NarrowestInteger(literal.Value.AsInt64) is { Id: not SqlTypeId.Int } narrow)
        {
            value = Coerce(value, narrow);
        }

        return new BoundCase([(equal, new BoundConstant(SqlValue.Null, value.Type))], value, value.Type) { Label = LabelOf(value) };
    }

    /// <summary>NULLIF alone sizes an integer literal in its first place by its value.</summary>
    private static SqlType NarrowestInteger(long value) => value switch
    {
        >= 0 and <= 255 => SqlType.TinyInt,
        >= short.MinValue and <= short.MaxValue => SqlType.SmallInt,
        _ => SqlType.Int,
    };

    private BoundExpression BindChoose(FunctionCallExpression call)
    {
        if (call.Arguments.Count < 2)
        {
            throw SqlErrors.Create(189, "choose", 2, 254).At(call);
        }

        BoundExpression index = Coerce(Bind(call.Arguments[0]), SqlType.Int, isImplicit: false);
        var conditions = new BoundPredicate[call.Arguments.Count - 1];
        var results = new BoundExpression[call.Arguments.Count];
        for (int i = 0; i < conditions.Length; i++)
        {
            conditions[i] = new BoundComparison(ComparisonOperator.Equal, index, new BoundConstant(SqlValue.FromInt(i + 1), SqlType.Int));
            results[i] = Bind(call.Arguments[i + 1]);
        }

        results[^1] = new BoundConstant(SqlValue.Null, SqlType.Null);
        return (BoundExpression?)MakeCase(conditions, results) ?? new BoundConstant(SqlValue.Null, SqlType.Int);
    }

    private static void RequireArguments(FunctionCallExpression call, int count)
    {
        if (call.Arguments.Count != count || call.IsStar)
        {
            throw SqlErrors.Create(174, call.Name.Name.ToLowerInvariant(), count).At(call);
        }
    }
}
