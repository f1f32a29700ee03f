using NinaDB.Engine.Binding;
using NinaDB.Engine.Functions;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Expressions;

/// <summary>A compiled expression whose values compare and compute as 64-bit integers; false for NULL. A tree of them passes numbers in registers instead of whole values.</summary>
internal delegate bool IntegerEvaluator(ExecutionContext context, out long value);

internal sealed partial class ExpressionCompiler
{
    /// <summary>Whether the operator is computed by <see cref="CompileIntegerOperator"/>.</summary>
    private static bool IsIntegerOperator(BoundBinary node) =>
        node.Type.Id is SqlTypeId.Int or SqlTypeId.BigInt && node.Left.Type.Id == node.Type.Id && node.Right.Type.Id == node.Type.Id
        && node.Operator is BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply or BinaryOperator.Divide or BinaryOperator.Modulo;

    /// <summary>The 64 bits of an expression of a type for which <see cref="HoldsBits"/> is true.</summary>
    internal IntegerEvaluator CompileInteger(BoundExpression expression)
    {
        EnsureStack();
        switch (expression)
        {
            case BoundConstant { Value.IsNull: false } n:
                long constant = n.Value.AsInt64;
                return (ExecutionContext _, out long value) =>
                {
                    value = constant;
                    return true;
                };
            case BoundColumn n:
                int register = n.Register;
                return (ExecutionContext context, out long value) =>
                {
                    ref readonly SqlValue held = ref context.Registers[register];
                    value = held.AsInt64;
                    return !held.IsNull;
                };
            case BoundVariable n:
                int slot = n.Slot;
                return (ExecutionContext context, out long value) =>
                {
                    ref readonly SqlValue held = ref context.Variables.Values[slot];
                    value = held.AsInt64;
                    return !held.IsNull;
                };
            case BoundConvert { Style: null, IsTry: false } n when !_absorbsErrors && IsWidening(n.Operand.Type, n.Type) && SpineLength(n) < LongChain:
                return CompileInteger(n.Operand);
            case BoundBinary n when !_absorbsErrors && IsIntegerOperator(n) && SpineLength(n) < LongChain:
                return CompileIntegerOperator(n);
            default:
                Evaluator evaluate = Compile(expression);
                return (ExecutionContext context, out long value) =>
                {
                    SqlValue held = evaluate(context);
                    value = held.AsInt64;
                    return !held.IsNull;
                };
        }
    }

    /// <summary>Integers that stay as they are when they become the wider type.</summary>
    private static bool IsWidening(SqlType from, SqlType to) => from.IsExactInteger && to.IsExactInteger && from.Id <= to.Id && from.Id != SqlTypeId.Bit && to.Id != SqlTypeId.Bit;

    /// <summary>int and bigint: computed in place; whatever overflows or divides by zero goes to the general operator, which knows the error.</summary>
    private IntegerEvaluator CompileIntegerOperator(BoundBinary node)
    {
        SqlTypeId kind = node.Type.Id;
        bool isInt = kind == SqlTypeId.Int;
        Func<SqlValue, SqlValue, SqlValue> general = SqlOperators.Get(node.Operator, node.Type);
        IntegerEvaluator left = CompileInteger(node.Left), right = CompileInteger(node.Right);
        switch (node.Operator)
        {
            case BinaryOperator.Add when node is { Left: BoundVariable variable, Right: BoundConstant { Value.IsNull: false } constant }:
                int slot = variable.Slot;
                long increment = constant.Value.AsInt64;
                return (ExecutionContext context, out long value) =>
                {
                    ref readonly SqlValue held = ref context.Variables.Values[slot];
                    long x = held.AsInt64;
                    value = unchecked(x + increment);
                    if (held.IsNull)
                    {
                        return false;
                    }

                    bool fits = isInt ? value == (int)value : ((x ^ value) & (increment ^ value)) >= 0;
                    return fits || Otherwise(general, kind, x, increment, out value);
                };
            case BinaryOperator.Add:
                return (ExecutionContext context, out long value) =>
                {
                    // Both sides are computed in any case: either may fail.
                    bool isKnown = left(context, out long x) & right(context, out long y);
                    value = unchecked(x + y);
                    if (!isKnown)
                    {
                        return false;
                    }

                    bool fits = isInt ? value == (int)value : ((x ^ value) & (y ^ value)) >= 0;
                    return fits || Otherwise(general, kind, x, y, out value);
                };
            case BinaryOperator.Subtract:
                return (ExecutionContext context, out long value) =>
                {
                    bool isKnown = left(context, out long x) & right(context, out long y);
                    value = unchecked(x - y);
                    if (!isKnown)
                    {
                        return false;
                    }

                    bool fits = isInt ? value == (int)value : ((x ^ y) & (x ^ value)) >= 0;
                    return fits || Otherwise(general, kind, x, y, out value);
                };
            case BinaryOperator.Multiply:
                return (ExecutionContext context, out long value) =>
                {
                    bool isKnown = left(context, out long x) & right(context, out long y);
                    if (!isKnown)
                    {
                        value = 0;
                        return false;
                    }

                    long high = Math.BigMul(x, y, out value);
                    bool fits = isInt ? value == (int)value && high == value >> 63 : high == value >> 63;
                    return fits || Otherwise(general, kind, x, y, out value);
                };
            default:
                bool isDivision = node.Operator == BinaryOperator.Divide;
                return (ExecutionContext context, out long value) =>
                {
                    value = 0;
                    bool isKnown = left(context, out long x) & right(context, out long y);
                    if (!isKnown)
                    {
                        return false;
                    }

                    if (y is 0 or -1)
                    {
                        // By zero, and the one quotient that does not fit.
                        return Otherwise(general, kind, x, y, out value);
                    }

                    value = isInt ? isDivision ? (int)x / (int)y : (int)x % (int)y : isDivision ? x / y : x % y;
                    return true;
                };
        }
    }

    private static bool Otherwise(Func<SqlValue, SqlValue, SqlValue> general, SqlTypeId kind, long x, long y, out long value)
    {
        SqlValue result = general(SqlValue.FromInteger(kind, x), SqlValue.FromInteger(kind, y));
        value = result.AsInt64;
        return !result.IsNull;
    }
}
