using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Expressions;

/// <remarks>Arithmetic under SET options: with ANSI_WARNINGS and ARITHABORT off, errors give NULL; with NUMERIC_ROUNDABORT on, lost digits are errors.</remarks>
internal sealed partial class ExpressionCompiler
{
    private readonly bool _absorbsErrors;
    private readonly bool _refusesRounding;

    /// <param name="planner">Plans subqueries.</param>
    /// <param name="options">The options that the plan is for.</param>
    public ExpressionCompiler(IQueryPlanner planner, SessionOptions options)
        : this(planner)
    {
        _absorbsErrors = options.AbsorbsArithmeticErrors;
        _refusesRounding = options.NumericRoundAbort;
    }

    /// <summary>The evaluator of a node as the SET options want it.</summary>
    private Evaluator UnderOptions(BoundExpression expression, Evaluator evaluate)
    {
        if (_refusesRounding && expression is BoundConvert { Type.IsDecimal: true } convert && convert.Operand.Type.IsDecimal && convert.Type.Scale < convert.Operand.Type.Scale)
        {
            evaluate = RefusingRounding(Compile(convert.Operand), evaluate);
        }

        return _absorbsErrors && expression is BoundBinary or BoundUnary or BoundConvert or BoundFunctionCall ? Absorbing(evaluate) : evaluate;
    }

    private static Evaluator RefusingRounding(Evaluator operand, Evaluator convert) => context =>
    {
        SqlValue exact = operand(context), rounded = convert(context);
        return exact.IsNull || rounded.IsNull || Numeric128.Compare(exact.AsNumeric, rounded.AsNumeric) == 0
            ? rounded
            : throw SqlErrors.CreateWithState(8115, 7, "numeric", "numeric");
    };

    private static Evaluator Absorbing(Evaluator evaluate) => context =>
    {
        try
        {
            return evaluate(context);
        }
        catch (SqlErrorException error) when (IsArithmetic(error.Error.Number))
        {
            if (error.Error.Number == 8134)
            {
                context.HasDividedByZero = true;
            }
            else
            {
                context.HasOverflowed = true;
            }

            return default;
        }
    };

    /// <summary>Divisions by zero and overflows: the errors that ARITHABORT and ARITHIGNORE are about.</summary>
    internal static bool IsArithmetic(int number) => number is 220 or 232 or 8115 or 8134;
}
