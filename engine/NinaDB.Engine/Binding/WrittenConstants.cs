using System.Collections.Frozen;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Binding;

/// <summary>Expressions that SQL Server folds to a constant while it compiles: ORDER BY refuses them (408, 1008, 5308, 5309).</summary>
internal static class WrittenConstants
{
    /// <summary>Built-in functions whose calls over constants are folded. It is not the list of the deterministic ones: UPPER and ISNULL, say, are left to run time.</summary>
    private static readonly FrozenSet<string> Folded = new[]
    {
        "ABS", "ACOS", "ASIN", "ATAN", "ATN2", "CEILING", "COS", "COT", "DEGREES", "EXP", "FLOOR", "LOG", "LOG10", "PI", "POWER", "RADIANS", "ROUND", "SIGN", "SIN", "SQRT", "SQUARE", "TAN",
        "LEN", "DATALENGTH", "CHARINDEX", "CONCAT", "DATEPART", "DATENAME", "DATEADD", "DATEDIFF", "DATEDIFF_BIG", "YEAR", "MONTH", "DAY", "EOMONTH",
        "DATEFROMPARTS", "DATETIMEFROMPARTS", "DATETIME2FROMPARTS", "SMALLDATETIMEFROMPARTS", "TIMEFROMPARTS", "DATETIMEOFFSETFROMPARTS",
        "COALESCE", "NULLIF", "GREATEST", "LEAST",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a term is written without anything that a row or a run decides.</summary>
    public static bool IsConstant(Expression expression) => expression switch
    {
        LiteralExpression => true,
        UnaryExpression e => IsConstant(e.Operand),
        BinaryExpression => IsChain(expression),
        CollateExpression e => IsConstant(e.Operand),
        ConvertExpression { IsParse: false } e => IsConstant(e.Operand) && (e.Style is null || IsConstant(e.Style)),
        FunctionCallExpression { Over: null, Name.Parts.Count: 1 } e => Folded.Contains(e.Name.Name) && !e.IsStar && HasConstantArguments(e),
        _ => false,
    };

    /// <summary>A variable, however it is converted: error 1008.</summary>
    public static bool IsVariable(Expression expression) => expression switch
    {
        VariableExpression => true,
        ConvertExpression e => IsVariable(e.Operand),
        _ => false,
    };

    /// <summary>The number of a column: an integer, with a sign or without.</summary>
    public static string? Ordinal(Expression expression) => expression switch
    {
        LiteralExpression { Kind: LiteralKind.Integer } literal => literal.Text,
        UnaryExpression { Operator: UnaryOperator.Plus, Operand: LiteralExpression { Kind: LiteralKind.Integer } literal } => literal.Text,
        UnaryExpression { Operator: UnaryOperator.Minus, Operand: LiteralExpression { Kind: LiteralKind.Integer } literal } => "-" + literal.Text,
        _ => null,
    };

    /// <summary>A computation over literals that are not NULL: COUNT of it counts rows and does not compute it.</summary>
    public static bool IsNeverNull(Expression expression) => expression switch
    {
        LiteralExpression { Kind: not (LiteralKind.Null or LiteralKind.Default) } => true,
        UnaryExpression e => IsNeverNull(e.Operand),
        BinaryExpression e => IsNeverNull(e.Left) && IsNeverNull(e.Right),
        _ => false,
    };

    private static bool IsChain(Expression expression)
    {
        while (expression is BinaryExpression link)
        {
            if (!IsConstant(link.Right))
            {
                return false;
            }

            expression = link.Left;
        }

        return IsConstant(expression);
    }

    /// <summary>The first argument of a date function is the name of a part.</summary>
    private static bool HasConstantArguments(FunctionCallExpression call)
    {
        int first = call.Name.Name.StartsWith("DATE", StringComparison.OrdinalIgnoreCase) && call.Arguments is [ColumnExpression { Qualifier.Count: 0 }, ..] ? 1 : 0;
        return call.Arguments.Skip(first).All(IsConstant);
    }
}
