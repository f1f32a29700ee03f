using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Operators;
using NinaDB.Engine.Security;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>Dynamic data masking where values leave a statement: result rows, assignments, OUTPUT, stored values.</summary>
internal static partial class QueryCompiler
{
    /// <summary>
    /// Compiles an expression whose value leaves the statement, converted implicitly to <paramref name="target"/> where given. A masked value keeps its column's function where
    /// it has the type that it goes to, and reads as default() otherwise.
    /// </summary>
    /// <param name="always">The function to use whatever the column's is.</param>
    public static Evaluator CompileMasked(Expression expression, BindingScope scope, SqlType? target = null, MaskFunction? always = null)
    {
        BoundExpression bound = BindExpression(expression, scope, target);
        return Masked(bound, Compile(bound, scope.Context), scope.Context, always);
    }

    private static Evaluator Masked(BoundExpression bound, Evaluator value, CompilationContext context, MaskFunction? always = null)
    {
        if (context.Masks is not { Any: true } masks || masks.Of(bound) is not { } found)
        {
            return value;
        }

        context.AppliesRowSecurity = true;
        (MaskFunction mask, SqlType type) = (always ?? found, bound.Type);
        return evaluation => mask.Apply(value(evaluation), type);
    }

    /// <summary>Masks of a query's output columns; the columns come back with the registers that hold what the principal reads.</summary>
    private static IReadOnlyList<MaskedColumn> MaskOutput(BoundSelect bound, CompilationContext context, ref IReadOnlyList<OutputColumn> columns)
    {
        if (context.Masks is not { Any: true } masks)
        {
            return [];
        }

        masks.Walk(bound.Root);
        if (bound.Root is FormatRelation { IsStatementResult: true } format)
        {
            format.Masked = Masked(masks, format.Columns.Select(c => (c, c.Register)));
            context.AppliesRowSecurity |= format.Masked.Count > 0;
            return [];
        }

        var shown = new OutputColumn[columns.Count];
        var masked = new List<MaskedColumn>();
        for (int i = 0; i < shown.Length; i++)
        {
            OutputColumn column = columns[i];
            shown[i] = column;
            if (i >= context.MasksFrom && masks.Of(new BoundColumn(column.Register, column.Type, column.IsNullable, column.Name)) is { } mask)
            {
                shown[i] = column with { Register = context.AllocateRegister() };
                masked.Add(new MaskedColumn(column.Register, shown[i].Register, mask, column.Type));
            }
        }

        context.AppliesRowSecurity |= masked.Count > 0;
        columns = shown;
        return masked;
    }

    /// <summary>In place: whoever reads the rows knows their registers already.</summary>
    private static List<MaskedColumn> Masked(DataMasks masks, IEnumerable<(OutputColumn Column, int Register)> columns) =>
    [
        .. from c in columns
           let mask = masks.Of(new BoundColumn(c.Register, c.Column.Type, true, ""))
           where mask is not null
           group new MaskedColumn(c.Register, c.Register, mask, c.Column.Type) by c.Register into same
           select same.First(),
    ];
}
