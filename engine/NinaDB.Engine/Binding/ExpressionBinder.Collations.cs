using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>Two implicit collations that met in an operator: the expression has no collation until one is given.</summary>
/// <param name="First">Collation of the operand further right, which messages name first.</param>
/// <param name="Operator">add, concat, CASE ...</param>
internal sealed record CollationConflict(Collation First, Collation Second, string Operator);

/// <remarks>Collation precedence: https://learn.microsoft.com/sql/t-sql/statements/collation-precedence-transact-sql.</remarks>
internal sealed partial class ExpressionBinder
{
    private BoundExpression BindCollate(CollateExpression expression)
    {
        BoundExpression operand = Bind(expression.Operand);
        if (operand.Type.Id == SqlTypeId.Null)
        {
            operand = Coerce(operand, SqlType.VarChar(1));
        }

        if (!operand.Type.IsString)
        {
            throw SqlErrors.Create(447, operand.Type.Name).At(expression);
        }

        bool isDefault = expression.Collation.Equals("database_default", StringComparison.OrdinalIgnoreCase);
        Collation collation = isDefault ? Collation.Default : Collation.Find(expression.Collation) ?? throw SqlErrors.Create(448, expression.Collation).At(expression);
        if (operand.Type.IsAnsiString)
        {
            RequireCodePage(collation);
            if (ConflictOf(operand) is { } conflict)
            {
                throw SqlErrors.CreateWithState(446, 6, conflict.First.Name, conflict.Second.Name, conflict.Operator, "COLLATE").At(expression);
            }
        }

        return new BoundCollate(operand, operand.Type.WithCollation(collation)) { Label = CollationLabel.Explicit };
    }

    /// <summary>Error 459 for a collation without a code page on char, varchar or text.</summary>
    internal static void RequireCodePage(Collation collation)
    {
        if (collation.CodePage == 0)
        {
            throw SqlErrors.CreateWithState(459, 2, collation.Name);
        }
    }

    private static CollationLabel LabelOf(BoundExpression expression) =>
        expression is BoundColumn { IsCoercible: false } && expression.Label == CollationLabel.CoercibleDefault ? CollationLabel.Implicit : expression.Label;

    /// <summary>The conflict that an expression without a collation carries; null for every other expression.</summary>
    internal static CollationConflict? ConflictOf(BoundExpression expression)
    {
        if (expression.Label != CollationLabel.None || !expression.Type.IsString)
        {
            return null;
        }

        return expression.Conflict ?? expression switch
        {
            BoundConvert n => ConflictOf(n.Operand),
            BoundBinary n => ConflictOf(n.Left) ?? ConflictOf(n.Right),
            BoundCoalesce n => n.Operands.Select(ConflictOf).FirstOrDefault(c => c is not null),
            BoundCase n => n.Whens.Select(w => ConflictOf(w.Result)).FirstOrDefault(c => c is not null) ?? (n.Else is null ? null : ConflictOf(n.Else)),
            BoundFunctionCall n => n.Arguments.Select(ConflictOf).FirstOrDefault(c => c is not null),
            _ => null,
        };
    }

    /// <summary>Collation and label of an operation over character operands. Two explicit collations that differ are error 468.</summary>
    /// <param name="operation">As errors name it.</param>
    /// <param name="operands">Operands of other types are ignored.</param>
    private static (Collation? Collation, CollationLabel Label, CollationConflict? Conflict) CombineCollations(string operation, params ReadOnlySpan<BoundExpression> operands)
    {
        Collation? collation = null;
        var label = CollationLabel.CoercibleDefault;
        CollationConflict? conflict = null;
        bool any = false;
        foreach (BoundExpression operand in operands)
        {
            if (!operand.Type.IsString)
            {
                continue;
            }

            CollationLabel next = LabelOf(operand);
            if (!any || next > label)
            {
                (collation, label, any) = (operand.Type.Collation, next, true);
                conflict = next == CollationLabel.None ? ConflictOf(operand) : null;
                continue;
            }

            if (next == label && next is CollationLabel.Implicit or CollationLabel.Explicit && !SameCollation(collation, operand.Type.Collation))
            {
                if (next == CollationLabel.Explicit)
                {
                    throw Conflict(collation, operand.Type.Collation, operation);
                }

                label = CollationLabel.None;
                conflict = new CollationConflict(operand.Type.Collation ?? Collation.Default, collation ?? Collation.Default, operation);
            }
        }

        return (collation, label, conflict);
    }

    /// <summary>
    /// A value in a code page needs a collation where it is made: error 457, or 456 when an operand brought the conflict along. Unicode values carry it on.
    /// </summary>
    private static void Settle(SqlType result, CollationLabel label, CollationConflict? conflict, string operation, params ReadOnlySpan<BoundExpression> operands)
    {
        if (label != CollationLabel.None || !result.IsAnsiString || conflict is null)
        {
            return;
        }

        foreach (BoundExpression operand in operands)
        {
            if (ConflictOf(operand) is { } earlier)
            {
                throw SqlErrors.Create(456, operand.Type.Name, result.Name, earlier.First.Name, earlier.Second.Name, earlier.Operator);
            }
        }

        throw SqlErrors.Create(457, result.Name, result.Name, conflict.First.Name, conflict.Second.Name, operation);
    }

    /// <summary>As <see cref="CombineCollations"/>, where the operation needs a collation (comparison, LIKE): a fresh conflict is error 468, one brought along 4191.</summary>
    private static Collation? ComparisonCollation(string operation, params ReadOnlySpan<BoundExpression> operands)
    {
        (Collation? collation, CollationLabel label, CollationConflict? conflict) = CombineCollations(operation, operands);
        if (label != CollationLabel.None)
        {
            return collation;
        }

        foreach (BoundExpression operand in operands)
        {
            if (operand.Type.IsString && LabelOf(operand) == CollationLabel.None)
            {
                throw SqlErrors.CreateWithState(4191, 9, operation);
            }
        }

        throw SqlErrors.Create(468, conflict!.First.Name, conflict.Second.Name, operation);
    }

    /// <summary>Error 451 for an output column without a collation.</summary>
    /// <param name="clause">SELECT, ORDER BY or GROUP BY.</param>
    /// <param name="position">1-based.</param>
    internal static void RequireOutputCollation(BoundExpression expression, string clause, int position)
    {
        if (ConflictOf(expression) is { } conflict)
        {
            throw SqlErrors.Create(451, conflict.First.Name, conflict.Second.Name, conflict.Operator, clause, position);
        }
    }

    internal static bool SameCollation(Collation? a, Collation? b) => ReferenceEquals(a ?? Collation.Default, b ?? Collation.Default);

    private static SqlErrorException Conflict(Collation? a, Collation? b, string operation) =>
        SqlErrors.Create(468, (b ?? Collation.Default).Name, (a ?? Collation.Default).Name, operation);
}
