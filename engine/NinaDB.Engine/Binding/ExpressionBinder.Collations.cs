using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

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
        return new BoundCollate(operand, operand.Type.WithCollation(collation)) { Label = CollationLabel.Explicit };
    }

    private static CollationLabel LabelOf(BoundExpression expression) =>
        expression is BoundColumn && expression.Label == CollationLabel.CoercibleDefault ? CollationLabel.Implicit : expression.Label;

    /// <summary>Collation and label of an operation over character operands. Two explicit collations that differ are error 468.</summary>
    /// <param name="operation">As error 468 names it.</param>
    /// <param name="operands">Operands of other types are ignored.</param>
    private static (Collation? Collation, CollationLabel Label) CombineCollations(string operation, params ReadOnlySpan<BoundExpression> operands)
    {
        Collation? collation = null;
        var label = CollationLabel.CoercibleDefault;
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
                continue;
            }

            if (next == label && next is CollationLabel.Implicit or CollationLabel.Explicit && !SameCollation(collation, operand.Type.Collation))
            {
                if (next == CollationLabel.Explicit)
                {
                    throw Conflict(collation, operand.Type.Collation, operation);
                }

                label = CollationLabel.None;
            }
        }

        return (collation, label);
    }

    /// <summary>As <see cref="CombineCollations"/>, where the operation needs a collation (comparison, LIKE): unresolved conflicts are error 468.</summary>
    private static Collation? ComparisonCollation(string operation, params ReadOnlySpan<BoundExpression> operands)
    {
        (Collation? collation, CollationLabel label) = CombineCollations(operation, operands);
        if (label != CollationLabel.None)
        {
            return collation;
        }

        foreach (BoundExpression operand in operands)
        {
            if (operand.Type.IsString && LabelOf(operand) == CollationLabel.Implicit && !SameCollation(operand.Type.Collation, collation))
            {
                throw Conflict(operand.Type.Collation, collation, operation);
            }
        }

        throw SqlErrors.Create(446, operation);
    }

    private static bool SameCollation(Collation? a, Collation? b) => ReferenceEquals(a ?? Collation.Default, b ?? Collation.Default);

    private static SqlErrorException Conflict(Collation? a, Collation? b, string operation) =>
        SqlErrors.Create(468, (b ?? Collation.Default).Name, (a ?? Collation.Default).Name, operation);
}
