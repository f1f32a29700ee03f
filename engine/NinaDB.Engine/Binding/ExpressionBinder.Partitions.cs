using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

internal sealed partial class ExpressionBinder
{
    /// <summary>$PARTITION.function(value): a comparison with one boundary after the other. The plan goes with the catalog, and so with the boundaries.</summary>
    private BoundExpression BindPartitionNumber(FunctionCallExpression call)
    {
        PartitionFunctionDefinition function = Partitions.Function(_scope.Context.Catalog, call.Name.Name)
            ?? throw SqlErrors.CreateWithState(208, 213, call.Name.ToString()).At(call);
        if (call.Arguments.Count != 1)
        {
            throw SqlErrors.CreateWithState(8144, 80, call.Name.ToString()).At(call);
        }

        BoundExpression value = Coerce(Bind(call.Arguments[0]), function.ParameterType);
        int ofNull = function.PartitionOf(SqlValue.Null);
        var whens = new List<(BoundPredicate, BoundExpression)> { (new BoundIsNull(value, isNegated: false), Number(ofNull)) };
        for (int i = 0; i < function.Boundaries.Length; i++)
        {
            SqlValue boundary = function.Boundaries[i];
            if (!boundary.IsNull)
            {
                whens.Add((Compare(function.IsRight ? ComparisonOperator.Less : ComparisonOperator.LessOrEqual, value, new BoundConstant(boundary, function.ParameterType)), Number(i + 1)));
            }
        }

        return new BoundCase(whens, Number(function.PartitionCount), SqlType.Int);

        static BoundConstant Number(int number) => new(SqlValue.FromInt(number), SqlType.Int);
    }
}
