using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Expressions;
using NinaDB.Engine.Execution.Operators;
using NinaDB.Engine.Planning;
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
        var binder = new QueryBinder(context);
        ReadHints(hints, binder);
        BoundSelect bound = binder.Bind(query, with, outer);
        return Plan(bound, new QueryPlanner(context, PlanOptions.From(hints)), context) with { Into = IntoOf(query) };
    }

    /// <summary>INTO stands in the first SELECT of a set operation.</summary>
    private static ObjectName? IntoOf(QueryExpression query)
    {
        while (query is SetOperationQuery set)
        {
            query = set.Left;
        }

        return query is SelectQuery select ? select.Into : null;
    }

    private static CompiledQuery Plan(BoundSelect bound, QueryPlanner planner, CompilationContext context)
    {
        context.Report?.Finish();
        IReadOnlyList<OutputColumn> columns = bound.Columns;
        IReadOnlyList<MaskedColumn> masked = MaskOutput(bound, context, ref columns);
        PlanNode root = planner.Plan(bound);
        if (masked.Count > 0)
        {
            root = new MaskNode(root, masked) { EstimatedRows = root.EstimatedRows };
        }

        CompiledAssignment[] assignments = bound.Assignments.Select(a => new CompiledAssignment(a.Variable, Masked(a.Value, planner.Compiler.Compile(a.Value), context))).ToArray();
        return new CompiledQuery(root, columns, context.RegisterCount) { Assignments = assignments, Order = bound.Order };
    }

    private static void ReadHints(IReadOnlyList<QueryHint>? hints, QueryBinder binder)
    {
        foreach (QueryHint hint in hints ?? [])
        {
            if (hint.Name != "MAXRECURSION")
            {
                continue;
            }

            binder.MaximumRecursion = hint.Value is LiteralExpression { Kind: LiteralKind.Integer } literal && int.TryParse(literal.Text, out int maximum) && maximum is >= 0 and <= short.MaxValue
                ? maximum
                : throw SqlErrors.Create(310, hint.Value is LiteralExpression text ? text.Text : "");
        }
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
        Compile(BindExpression(expression, scope, target), scope.Context);

    /// <summary>Binds an expression over a hand-made scope, converted implicitly to <paramref name="target"/> where given.</summary>
    public static BoundExpression BindExpression(Expression expression, BindingScope scope, SqlType? target = null)
    {
        var binder = new ExpressionBinder(scope, new QueryBinder(scope.Context));
        BoundExpression bound = binder.Bind(expression);
        return target is null ? bound : binder.Coerce(bound, target);
    }

    /// <summary>Compiles a bound expression.</summary>
    public static Evaluator Compile(BoundExpression expression, CompilationContext context) => new QueryPlanner(context).Compiler.Compile(expression);

    /// <summary>Compiles a condition over a hand-made scope.</summary>
    public static PredicateEvaluator CompilePredicate(Predicate predicate, BindingScope scope) =>
        new QueryPlanner(scope.Context).Compiler.Compile(new ExpressionBinder(scope, new QueryBinder(scope.Context)).Bind(predicate));

    /// <summary>The implicit conversion of a query's output column to the type of the column it is stored in (errors 206, 257 where not allowed).</summary>
    public static Evaluator CompileColumn(OutputColumn column, SqlType target, CompilationContext context)
    {
        var read = new BoundColumn(column.Register, column.Type, column.IsNullable, column.Name) { Label = CollationLabel.Implicit };
        return Compile(new ExpressionBinder(new BindingScope(context), new QueryBinder(context)).Coerce(read, target), context);
    }

    /// <summary>
    /// Compiles the block predicates that judge an operation on a table. <paramref name="source"/> has all columns of the table (see <see cref="BindSourceFor"/>).
    /// </summary>
    public static RowPredicate[] CompileBlockPredicates(TableDefinition table, ScopeSource source, SecurityOperation operation, CompilationContext context)
    {
        IReadOnlyList<BoundRowPredicate> bound = new QueryBinder(context).BindRowPredicates(table, source, p => p.Judges(operation));
        return [.. bound.Select(p => p.Compile(new QueryPlanner(context)))];
    }

    /// <summary>Binds the call of a predicate function over a table, for its errors.</summary>
    public static void CheckRowPredicate(FunctionCallExpression call, TableDefinition table, CompilationContext context) =>
        new QueryBinder(context).BindRowPredicate(call, table, BindSourceFor(table, table.Name, context));

    /// <summary>Type and nullability of an expression over a hand-made scope.</summary>
    public static (SqlType Type, bool IsNullable) Describe(Expression expression, BindingScope scope)
    {
        BoundExpression bound = BindExpression(expression, scope);
        return (bound.Type, bound.IsNullable);
    }

    /// <summary>Columns of a query without planning it: the shape of a view or inline function.</summary>
    public static IReadOnlyList<OutputColumn> DescribeColumns(QueryExpression query, IReadOnlyList<CommonTableExpression> with, CompilationContext context, BindingScope? outer = null) =>
        new QueryBinder(context).Bind(query, with, outer, QueryPlace.Table).Columns;

    /// <summary>What a statement changes rows through when its target is a view, CTE or derived table; FROM is bound by itself.</summary>
    public static BoundTarget DescribeTarget(IReadOnlyList<TableSource> from, IReadOnlyList<CommonTableExpression> with, string alias, CompilationContext context) =>
        new QueryBinder(context).DescribeTarget(from, with, alias);

    /// <summary>Compiles the query of a statement that changes rows through the source with an alias.</summary>
    public static CompiledQuery Compile(
        SelectQuery query, IReadOnlyList<CommonTableExpression> with, CompilationContext context, IReadOnlyList<QueryHint>? hints, string targetAlias, out BoundTarget target)
    {
        var binder = new QueryBinder(context);
        ReadHints(hints, binder);
        BoundSelect bound = binder.Bind(query, with, null);
        target = binder.TargetOf(targetAlias);
        return Plan(bound, new QueryPlanner(context, PlanOptions.From(hints)), context);
    }
}
