using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Session;

public sealed partial class EngineSession
{
    /// <summary>Reads an INSERT BULK statement and checks its names; the rows come later. Null when the text is something else.</summary>
    internal InsertBulkStatement? PrepareBulkInsert(string text)
    {
        RefreshCatalog();
        if (Syntax.Parser.ParseBatch(text).Statements is not [InsertBulkStatement statement])
        {
            return null;
        }

        NinaDB.Engine.Catalog.TableDefinition table = BulkInsertOperation.Find(this, statement);
        BulkInsertOperation.Ordinals(table, statement);
        new Security.PermissionCheck(this, null).Require(table, "INSERT");
        return statement;
    }

    /// <summary>Sends the columns of a batch's first result set, without running it; nothing for a batch that branches or has none.</summary>
    internal void DescribeColumns(string text, string declarations, IResultSink sink)
    {
        BeginRead();
        try
        {
            IReadOnlyList<OutputColumn> columns = NinaDB.Engine.Catalog.Procedures.SystemProcedures.FirstResultColumns(this, text, declarations);
            if (columns.Count > 0)
            {
                sink.Columns([.. columns.Select(c => new ResultColumn(c.Name, c.Type, c.IsNullable) { IsIdentity = c.IsIdentity, IsComputed = c.IsComputed })]);
                sink.EndRows();
                sink.Done(null);
            }
        }
        catch (Errors.SqlErrorException error) when (error.Error.Number == 40517)
        {
            // A batch that branches: its columns are only known when it runs, and the client learns them then.
        }
        finally
        {
            EndRead();
        }
    }

    /// <summary>Stores the rows of an INSERT BULK as one statement, reading them as they come.</summary>
    /// <param name="types">Types of the values in each row.</param>
    internal void BulkInsert(InsertBulkStatement statement, IReadOnlyList<SqlType> types, IEnumerable<SqlValue[]> rows, IResultSink sink, CancellationToken cancellation)
    {
        RefreshCatalog();
        var operation = new BulkInsertOperation(statement, types, rows) { Line = 1 };
        var routine = new Routine { Kind = RoutineKind.Batch, Variables = new VariableMap(), Operations = [operation] };
        using var run = new BatchExecution(this, sink, cancellation);
        run.Start(() => run.Push(routine));
        run.RunToEnd();
    }
}
