using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <remarks>What expressions mean under the SET options that only old applications switch off. Plans are compiled for the options they were bound under.</remarks>
internal sealed partial class ExpressionBinder
{
    private SessionOptions Options => _scope.Context.Options;

    /// <summary>SET ANSI_NULLS OFF: = and &lt;&gt; beside a variable or a NULL literal take NULL for a value. Null where the option changes nothing.</summary>
    private BoundDistinct? CompareNulls(ComparisonOperator op, BoundExpression left, BoundExpression right) =>
        !Options.AnsiNulls && op is ComparisonOperator.Equal or ComparisonOperator.NotEqual && (MayBeNullOperand(left) || MayBeNullOperand(right))
            ? new BoundDistinct(left, right, isNegated: op == ComparisonOperator.Equal)
            : null;

    private static bool MayBeNullOperand(BoundExpression expression) => expression switch
    {
        BoundVariable => true,
        BoundConstant constant => constant.Value.IsNull,
        BoundConvert convert => MayBeNullOperand(convert.Operand),
        _ => false,
    };

    /// <summary>IN as the comparisons it stands for, where SET ANSI_NULLS OFF gives its values another meaning; null otherwise.</summary>
    private BoundLogical? CompareNullsInList(ReadOnlySpan<BoundExpression> all, bool isNegated)
    {
        if (Options.AnsiNulls)
        {
            return null;
        }

        bool any = false;
        foreach (BoundExpression each in all)
        {
            any |= MayBeNullOperand(each);
        }

        if (!any)
        {
            return null;
        }

        var terms = new List<BoundPredicate>(all.Length - 1);
        foreach (BoundExpression value in all[1..])
        {
            terms.Add(Compare(isNegated ? ComparisonOperator.NotEqual : ComparisonOperator.Equal, all[0], value));
        }

        return new BoundLogical(isNegated, terms);
    }

    /// <summary>SET CONCAT_NULL_YIELDS_NULL OFF: NULL beside + is an empty string. The operator || does not care.</summary>
    private BoundExpression WithoutNull(BoundExpression operand)
    {
        if (!operand.Type.IsString || operand is BoundConstant { Value.IsNull: false })
        {
            return operand;
        }

        var empty = new BoundConstant(SqlValue.FromString(string.Empty, operand.Type.Id), operand.Type);
        return operand is BoundConstant ? empty : new BoundCoalesce([operand, empty], operand.Type, isNullable: false) { Label = LabelOf(operand) };
    }

    /// <summary>Folding has no options of a session: under NUMERIC_ROUNDABORT a lost digit is an error of the run.</summary>
    private BoundExpression Fold(BoundExpression expression) => Options.NumericRoundAbort ? expression : ExpressionFolding.Fold(expression);
}
