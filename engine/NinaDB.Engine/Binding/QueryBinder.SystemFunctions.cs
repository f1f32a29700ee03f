using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

internal sealed partial class QueryBinder
{
    /// <summary>A table-valued function of the sys schema (sys.fn_listextendedproperty ...).</summary>
    private BoundSource BindSystemFunction(SystemTableFunction function, FunctionTableSource syntax, BindingScope lateral)
    {
        IReadOnlyList<Expression> written = syntax.Call.Arguments;
        if (written.Count != function.Parameters.Count)
        {
            throw SqlErrors.Create(written.Count < function.Parameters.Count ? 313 : 8144, syntax.Call.Name.ToString());
        }

        var binder = new ExpressionBinder(lateral, this);
        BoundExpression[] arguments =
        [
            .. written.Select((e, i) => e is LiteralExpression { Kind: LiteralKind.Default }
                ? new BoundConstant(SqlValue.Null, function.Parameters[i])
                : binder.Coerce(binder.Bind(e), function.Parameters[i])),
        ];
        return Produce(
            syntax.Alias ?? function.Name,
            null,
            function.Columns,
            arguments,
            (context, values) => function.Rows(context.Session, [.. values.Select(v => v ?? SqlValue.Null)]),
            syntax.ColumnAliases,
            50,
            "sys." + function.Name);
    }
}
