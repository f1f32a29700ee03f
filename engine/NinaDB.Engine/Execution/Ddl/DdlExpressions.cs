using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Functions;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>Expressions stored in the catalog: parsing them again, judging them, and evaluating them over rows while DDL rewrites a table.</summary>
internal static class DdlExpressions
{
    public static Expression Parse(string text) => Parser.ParseScalarExpression(text, ParseOptions.Default);

    public static Predicate ParseCondition(string text) => Parser.ParseCondition(text, ParseOptions.Default);

    /// <summary>False when the expression calls anything whose result is not determined by its arguments.</summary>
    public static bool IsDeterministic(Expression expression, CatalogSnapshot catalog)
    {
        foreach (SyntaxNode node in SyntaxWalker.Descendants(expression))
        {
            switch (node)
            {
                case GlobalVariableExpression or NextValueForExpression or AtTimeZoneExpression:
                    return false;
                case FunctionCallExpression { Name.Parts.Count: > 1 } call:
                    if (catalog.Find<ModuleDefinition>(call.Name.Schema, call.Name.Name) is not { IsSchemaBound: true })
                    {
                        return false;
                    }

                    break;
                case FunctionCallExpression call when BuiltinFunctions.Find(call.Name.Name) is { } function:
                    if (!function.IsDeterministic || function.DependsOnSession || (function.Name == "DATEPART" && DateParts.DependsOnFirstDay(call)))
                    {
                        return false;
                    }

                    break;
            }
        }

        return true;
    }

    /// <summary>Evaluates a stored expression (or any) over rows of a table.</summary>
    public static Func<SqlValue[], SqlValue> OverRows(Expression expression, TableDefinition table, SqlType? target, EngineSession session, ExecutionContext context)
    {
        (BindingScope scope, CompilationContext compilation) = Scope(table, session);
        Evaluator evaluate = QueryCompiler.CompileExpression(expression, scope, target);
        ExecutionContext own = Context(compilation, session, context);
        int[] registers = [.. scope.Sources[0].Columns.Select(c => c.Register)];
        return row =>
        {
            Fill(own, registers, row);
            return evaluate(own);
        };
    }

    /// <summary>Judges a stored condition over rows of a table.</summary>
    public static Func<SqlValue[], Truth> OverRows(Predicate condition, TableDefinition table, EngineSession session, ExecutionContext context)
    {
        (BindingScope scope, CompilationContext compilation) = Scope(table, session);
        PredicateEvaluator evaluate = QueryCompiler.CompilePredicate(condition, scope);
        ExecutionContext own = Context(compilation, session, context);
        int[] registers = [.. scope.Sources[0].Columns.Select(c => c.Register)];
        return row =>
        {
            Fill(own, registers, row);
            return evaluate(own);
        };
    }

    /// <summary>A value that depends on no row (a default), evaluated anew at each call.</summary>
    public static Func<SqlValue> Constant(Expression expression, SqlType target, EngineSession session, ExecutionContext context)
    {
        var compilation = new CompilationContext(session, session.Catalog, new VariableMap()) { Options = SessionOptions.Standard };
        Evaluator evaluate = QueryCompiler.CompileExpression(expression, new BindingScope(compilation) { Clause = BindingClause.Default }, target);
        ExecutionContext own = Context(compilation, session, context);
        return () => evaluate(own);
    }

    /// <summary>Access to a table's rows with filters and computed columns compiled, for building indexes and rewriting rows.</summary>
    public static TableAccess Access(TableDefinition table, EngineSession session, ExecutionContext context)
    {
        Action<SqlValue[]>? complete = null;
        foreach (ColumnDefinition column in table.Columns.Where(c => c is { IsComputed: true, IsPersisted: false }))
        {
            int ordinal = table.OrdinalOf(column.ColumnId);
            Func<SqlValue[], SqlValue> evaluate = OverRows(Parse(column.ComputedText!), table, column.Type, session, context);
            complete += row => row[ordinal] = evaluate(row);
        }

        return new TableAccess(table, session.StoreFor(table), new TableAccessOptions
        {
            Filter = index =>
            {
                Func<SqlValue[], Truth> judge = OverRows(ParseCondition(index.FilterText!), table, session, context);
                return row => judge(row) == Truth.True;
            },
            CompleteRow = complete,
            ObjectName = table.Storage == TableStorageKind.Durable ? session.Catalog.QualifiedName(table) : table.Name,
        });
    }

    /// <summary>Whether a query (text over catalog names) returns a row: how ALTER TABLE judges existing data.</summary>
    public static bool AnyRow(string query, EngineSession session, ExecutionContext context)
    {
        var statement = (SelectStatement)Parser.ParseBatch(query).Statements[0];
        var compilation = new CompilationContext(session, session.Catalog, new VariableMap()) { IgnoresRowSecurity = true, Options = SessionOptions.Standard };
        CompiledQuery compiled = QueryCompiler.Compile(statement, compilation);
        var own = new ExecutionContext(session, new VariableFrame(0), Math.Max(compiled.RegisterCount, compilation.RegisterCount), context.Cancellation);
        using RowIterator rows = compiled.Root.Open(own);
        return rows.MoveNext();
    }

    private static (BindingScope Scope, CompilationContext Compilation) Scope(TableDefinition table, EngineSession session)
    {
        var compilation = new CompilationContext(session, session.Catalog, new VariableMap()) { Options = SessionOptions.Standard };
        return (QueryCompiler.BindScopeFor(compilation, [QueryCompiler.BindSourceFor(table, table.Name, compilation, session.Catalog.SchemaName(table.SchemaId))]), compilation);
    }

    private static ExecutionContext Context(CompilationContext compilation, EngineSession session, ExecutionContext outer) =>
        new(session, new VariableFrame(0), compilation.RegisterCount, outer.Cancellation);

    private static void Fill(ExecutionContext context, int[] registers, SqlValue[] row)
    {
        for (int i = 0; i < registers.Length; i++)
        {
            context.Registers[registers[i]] = row[i];
        }
    }
}
