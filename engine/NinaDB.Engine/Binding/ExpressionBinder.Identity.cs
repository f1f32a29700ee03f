using System.Globalization;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Binding;

/// <remarks>https://learn.microsoft.com/sql/t-sql/functions/identity-function-transact-sql.</remarks>
internal sealed partial class ExpressionBinder
{
    /// <summary>IDENTITY(type [, seed, increment]) of SELECT ... INTO: numbers for the rows; the new column is an identity column.</summary>
    private BoundExpression BindIdentityFunction(FunctionCallExpression call)
    {
        if (!_scope.Context.FillsNewTable || _scope.Outer is not null)
        {
            throw SqlErrors.Create(177).At(call);
        }

        if (call.Arguments.Count is not (1 or 3))
        {
            throw SqlErrors.Create(189, "identity", 1, 3).At(call);
        }

        DataTypeSyntax type = IdentityType(call.Arguments[0]);
        var number = new FunctionCallExpression
        {
            Name = new ObjectName { Parts = ["ROW_NUMBER"], Line = call.Line },
            Arguments = [],
            Over = new OverClause { OrderBy = [new OrderByItem { Expression = new GlobalVariableExpression { Name = "@@SPID", Line = call.Line }, Line = call.Line }], Line = call.Line },
            Line = call.Line,
        };
        Expression value = number;
        if (call.Arguments.Count == 3)
        {
            Expression steps = Operation(BinaryOperator.Multiply, Operation(BinaryOperator.Subtract, number, Integer(1)), call.Arguments[2]);
            value = Operation(BinaryOperator.Add, steps, call.Arguments[1]);
        }

        return Bind(new ConvertExpression { Type = type, Operand = value, IsCast = true, Line = call.Line });

        BinaryExpression Operation(BinaryOperator op, Expression left, Expression right) => new() { Operator = op, Left = left, Right = right, Line = call.Line };

        LiteralExpression Integer(int literal) => new() { Kind = LiteralKind.Integer, Text = literal.ToString(CultureInfo.InvariantCulture), Line = call.Line };
    }

    /// <summary>The type that is written where an argument stands: int, or decimal(10, 0).</summary>
    private static DataTypeSyntax IdentityType(Expression written) => written switch
    {
        ColumnExpression { Qualifier.Count: 0 } word => new DataTypeSyntax { Name = new ObjectName { Parts = [word.Name], Line = word.Line }, Line = word.Line },
        FunctionCallExpression { Name.Parts.Count: 1 } sized when sized.Arguments.All(a => a is LiteralExpression { Kind: LiteralKind.Integer }) => new DataTypeSyntax
        {
            Name = sized.Name,
            Arguments = [.. sized.Arguments.Select(a => int.Parse(((LiteralExpression)a).Text, CultureInfo.InvariantCulture))],
            Line = sized.Line,
        },
        _ => throw SqlErrors.Create(102, "identity").At(written),
    };

    /// <summary>Seed and increment of a call of IDENTITY(...), for the new column's definition; null for other expressions.</summary>
    internal static (decimal Seed, decimal Increment)? IdentityOf(Expression expression) =>
        expression is not FunctionCallExpression { Name.Parts.Count: 1 } call || !call.Name.Name.Equals("IDENTITY", StringComparison.OrdinalIgnoreCase) ? null
            : call.Arguments.Count == 3 && Number(call.Arguments[1]) is { } seed && Number(call.Arguments[2]) is { } increment ? (seed, increment)
            : (1, 1);

    private static decimal? Number(Expression expression) => expression switch
    {
        LiteralExpression { Kind: LiteralKind.Integer } literal => decimal.Parse(literal.Text, CultureInfo.InvariantCulture),
        UnaryExpression { Operator: UnaryOperator.Minus, Operand: LiteralExpression { Kind: LiteralKind.Integer } literal } => -decimal.Parse(literal.Text, CultureInfo.InvariantCulture),
        _ => null,
    };
}
