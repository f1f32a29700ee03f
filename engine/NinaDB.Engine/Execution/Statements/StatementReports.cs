using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>The order in which the mistakes of INSERT, UPDATE and DELETE are told.</summary>
internal static class StatementReports
{
    /// <summary>The source, and then the list of columns.</summary>
    public static void Insert(UnitCompiler compiler, BindReport report, InsertStatement statement)
    {
        CompilationContext context = compiler.Context;
        DmlTarget target = DmlSource.ResolveInsert(compiler, statement, out IReadOnlyList<string> columns, out _);
        if (statement.Source is ValuesQuery values && statement.With.Count == 0)
        {
            BindingScope scope = QueryCompiler.BindScopeFor(context, []);
            scope.Clause = BindingClause.Values;
            var binder = new ExpressionBinder(scope, new QueryBinder(context));
            foreach (Expression cell in values.Rows.SelectMany(r => r).Where(c => c is not LiteralExpression))
            {
                binder.BindTerm(cell);
            }
        }
        else if (statement.Source is QueryExpression source && NestedChange.Of(statement.Source) is null)
        {
            int width = new QueryBinder(context).Bind(source, statement.With, null).Columns.Count;
            if (columns.Count > 0 && width != columns.Count)
            {
                throw SqlErrors.Create(width < columns.Count ? 120 : 121);
            }
        }

        foreach (string column in columns)
        {
            if (target.Shape.FindColumn(column) < 0 && !column.StartsWith('$'))
            {
                report.Add(SqlErrors.Create(207, column));
            }
        }

        report.Finish();
    }

    /// <summary>FROM and WHERE; where they are right the columns that SET names, and then its values.</summary>
    public static void Change(UnitCompiler compiler, BindReport report, DmlStatement statement, IReadOnlyList<TableSource> from, Predicate? where, IReadOnlyList<SetClause> set, DmlKind kind)
    {
        DmlSource source = DmlSource.Resolve(compiler, statement, from, [kind], SetPlan.Written(set));
        var query = new SelectQuery
        {
            Items = [new ExpressionItem { Expression = new LiteralExpression { Kind = LiteralKind.Integer, Text = "1", Line = statement.Line }, Line = statement.Line }],
            From = source.From,
            Where = where,
            Line = statement.Line,
        };
        new QueryBinder(compiler.Context).Bind(query, statement.With, null);
        report.Finish();
        foreach (SetClause clause in set)
        {
            if ((clause.Column ?? clause.Method?.Target as ColumnExpression) is not { } column)
            {
                continue;
            }

            try
            {
                source.RequireTarget(column);
                source.OrdinalOf(column.Name);
            }
            catch (SqlErrorException error) when (error.Error.Number is 207 or 4104)
            {
                error.Locate(column.Line, null);
                report.Add(error);
            }
        }

        report.Finish();
    }
}
