using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>
/// Constant folding. What fails is left as it is, so that the error comes when (and only if) a row is evaluated; what depends on the session
/// (date formats) is left as well, because plans are shared.
/// </summary>
internal static class ExpressionFolding
{
    public static BoundExpression Fold(BoundExpression expression)
    {
        try
        {
            switch (expression)
            {
                case BoundBinary { Left: BoundConstant left, Right: BoundConstant right } binary:
                    return Constant(left.Value.IsNull || right.Value.IsNull ? SqlValue.Null : SqlOperators.Get(binary.Operator, binary.Type)(left.Value, right.Value), binary);
                case BoundUnary { Operand: BoundConstant operand } unary:
                    return Constant(operand.Value.IsNull ? SqlValue.Null : SqlOperators.Get(unary.Operator, unary.Type)(operand.Value), unary, isLiteral: operand.IsLiteral && unary.Operator == Syntax.Ast.UnaryOperator.Minus);
                case BoundConvert { Operand: BoundConstant operand, Style: null } convert when IsSessionFree(operand.Type, convert.Type):
                    return Constant(
                        operand.Value.IsNull ? SqlValue.Null
                        : convert.IsTry ? SqlConvert.TryConvert(operand.Value, operand.Type, convert.Type)
                        : SqlConvert.Convert(operand.Value, operand.Type, convert.Type),
                        convert);
                default:
                    return expression;
            }
        }
        catch (SqlErrorException error) when (error.Error.Number != 40517)
        {
            return expression;
        }
    }

    private static BoundConstant Constant(SqlValue value, BoundExpression source, bool isLiteral = false) => new(value, source.Type) { Label = source.Label, IsLiteral = isLiteral };

    private static bool IsSessionFree(SqlType from, SqlType to) => !from.IsDateOrTime && !to.IsDateOrTime && from.Id is not (SqlTypeId.SqlVariant or SqlTypeId.Udt) && to.Id != SqlTypeId.Udt && !to.IsMax;
}
