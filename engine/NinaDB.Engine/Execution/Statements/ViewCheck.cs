using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>WITH CHECK OPTION: a row written through a view must be visible through it afterwards (error 550).</summary>
/// <remarks>The view is read with the row standing in for its table, so joins of the view and views below it have their say as well.</remarks>
internal sealed class ViewCheck
{
    private readonly PlanNode _root;
    private readonly int _registerCount;

    /// <param name="table">The table whose rows are written, by the order in which the sources of the whole statement are bound.</param>
    public ViewCheck(EngineSession session, CheckedView view, TargetTable table)
    {
        CatalogSnapshot catalog = session.CatalogOf(view.View);
        var compilation = new CompilationContext(session, session.Catalog, new VariableMap())
        {
            Options = SessionOptions.Standard,
            FirstGiven = table.Sequence - view.Sequence,
            GivenCount = 1,
        };
        var query = new SelectQuery
        {
            Items = [new ExpressionItem { Expression = new LiteralExpression { Kind = LiteralKind.Integer, Text = "1" }, Alias = "shown" }],
            From = [new NamedTableSource { Name = new ObjectName { Parts = [catalog.DatabaseName, view.Schema, view.View.Name] } }],
        };
        _root = QueryCompiler.Compile(query, [], compilation).Root;
        _registerCount = compilation.RegisterCount;
    }

    /// <summary>The check that a target asks for: the outermost view's, since what it shows those below show too.</summary>
    public static ViewCheck? For(EngineSession session, SourceTarget target, int table) =>
        target.Checks.LastOrDefault(c => table >= c.FirstTable && table < c.FirstTable + c.TableCount) is { } check ? new ViewCheck(session, check, target.Tables[table]) : null;

    public void Require(EngineSession session, SqlValue[] row)
    {
        // A compiled statement is shared by sessions, so the registers are the call's own.
        var context = new ExecutionContext(session, new VariableFrame(0) { GivenRows = [row] }, _registerCount, CancellationToken.None);
        using RowIterator rows = _root.Open(context);
        if (!rows.MoveNext())
        {
            throw SqlErrors.Create(550);
        }
    }
}
