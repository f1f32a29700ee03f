using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>Values on their way into a column: implicit conversion, and error 2628 where a string would be cut.</summary>
internal static class ColumnValue
{
    public static Evaluator Compile(Expression expression, BindingScope scope, ColumnDefinition column, string table, SessionOptions options)
    {
        SqlType from = QueryCompiler.Describe(expression, scope).Type;
        if (scope.Context.ReadsMaskedTable)
        {
            // A value that comes out of a masked column is stored as default() of its type.
            Evaluator masked = QueryCompiler.CompileMasked(expression, scope, null, Security.MaskFunction.Default);
            return Converter(from, column, table, options) is { } converter ? context => converter(masked(context)) : masked;
        }

        if (!column.IsAnsiPadded)
        {
            Evaluator source = QueryCompiler.CompileExpression(expression, scope);
            Func<SqlValue, SqlValue>? trimming = Converter(from, column, table, options);
            return trimming is null ? source : context => trimming(source(context));
        }

        if (!NeedsFit(from, column.Type))
        {
            return QueryCompiler.CompileExpression(expression, scope, column.Type);
        }

        Evaluator value = QueryCompiler.CompileExpression(expression, scope);
        return Converter(from, column, table, options) is { } convert ? context => convert(value(context)) : value;
    }

    /// <summary>The conversion from a source type to a column, or null when there is none to do. Errors 206 and 257.</summary>
    public static Func<SqlValue, SqlValue>? Converter(SqlType from, ColumnDefinition column, string table, SessionOptions options)
    {
        SqlConvert.EnsureAllowed(from, column.Type, isImplicit: true);
        Func<SqlValue, SqlValue>? convert = options.AnsiWarnings
            ? SqlConvert.GetColumnConverter(from, column.Type, table, column.Name, options)
            : SqlConvert.GetConverter(from, column.Type, null, options);
        if (column.IsAnsiPadded || (column.Type.IsFixedLength && !column.IsNullable))
        {
            return convert;
        }

        return convert is null ? Trim : value => Trim(convert(value));
    }

    /// <summary>A value of a column made under ANSI_PADDING OFF: trailing blanks and zero bytes are not kept.</summary>
    private static SqlValue Trim(SqlValue value) => value.IsNull ? value
        : value.Kind is SqlTypeId.Binary or SqlTypeId.VarBinary ? SqlValue.FromBinary(value.AsBytes.AsSpan().TrimEnd((byte)0).ToArray(), value.Kind)
        : SqlValue.FromString(value.AsString.TrimEnd(' '), value.Kind);

    private static bool NeedsFit(SqlType from, SqlType to) => (to.IsString || to.IsBinary) && (from.IsString || from.IsBinary);
}
