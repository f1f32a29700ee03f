using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>
/// The door of this room: syntax of a query in, executable plan out; and, for DML, expressions over hand-made scopes (inserted, deleted, target, source).
/// Everything compiled with one <see cref="CompilationContext"/> shares one register file: size it with <see cref="CompilationContext.RegisterCount"/>
/// after the last piece has been compiled.
/// </summary>
/// <remarks>
/// A table that only lives during a call (inserted and deleted of a trigger) is found as a table variable: add it to the <see cref="VariableMap"/> under its bare
/// name ("inserted") and put the definition with its tree ids into <see cref="VariableFrame.Tables"/>.
/// UPDATE, DELETE and MERGE compile a SELECT whose list holds <see cref="RowLocatorExpression"/> and alias.*; the locator comes out as varbinary.
/// </remarks>
internal static partial class QueryCompiler
{
    /// <summary>Compiles a SELECT statement.</summary>
    public static CompiledQuery Compile(SelectStatement statement, CompilationContext context) =>
        Compile(statement.Query, statement.With, context, statement.Hints);

    /// <summary>Compiles a query with its CTEs. <paramref name="outer"/> gives names the query may use besides its own (correlation with hand-made scopes).</summary>
    public static CompiledQuery Compile(
        QueryExpression query,
        IReadOnlyList<CommonTableExpression> with,
        CompilationContext context,
        IReadOnlyList<QueryHint>? hints = null,
        BindingScope? outer = null)
    {
        throw SqlErrors.NotSupported("SELECT");
    }

    /// <summary>A source whose columns are those of <paramref name="table"/> in order (hidden ones too), each with a fresh register: fill the registers before evaluating.</summary>
    public static ScopeSource BindSourceFor(TableDefinition table, string alias, CompilationContext context, string? schema = null)
    {
        var columns = new ScopeColumn[table.Columns.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            ColumnDefinition column = table.Columns[i];
            columns[i] = new ScopeColumn(column.Name, column.Type, column.IsNullable, context.AllocateRegister()) { Definition = column };
        }

        return new ScopeSource(alias, schema, columns) { Table = table };
    }

    /// <summary>A scope over the given sources.</summary>
    public static BindingScope BindScopeFor(CompilationContext context, params IReadOnlyList<ScopeSource> sources)
    {
        var scope = new BindingScope(context);
        scope.Sources.AddRange(sources);
        return scope;
    }

    /// <summary>Compiles an expression over a hand-made scope, converted implicitly to <paramref name="target"/> where given.</summary>
    public static Evaluator CompileExpression(Expression expression, BindingScope scope, SqlType? target = null) =>
        throw SqlErrors.NotSupported("expression");

    /// <summary>Compiles a condition over a hand-made scope.</summary>
    public static PredicateEvaluator CompilePredicate(Predicate predicate, BindingScope scope) => throw SqlErrors.NotSupported("condition");

    /// <summary>The implicit conversion of a query's output column to the type of the column it is stored in (errors 206, 257 where not allowed).</summary>
    public static Evaluator CompileColumn(OutputColumn column, SqlType target) => throw SqlErrors.NotSupported("conversion");

    /// <summary>Type and nullability of an expression over a hand-made scope.</summary>
    public static (SqlType Type, bool IsNullable) Describe(Expression expression, BindingScope scope) => throw SqlErrors.NotSupported("expression");
}
