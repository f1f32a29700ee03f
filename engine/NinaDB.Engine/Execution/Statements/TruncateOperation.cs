using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Security;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>TRUNCATE TABLE: all rows at once, identity back to its seed, no triggers.</summary>
internal sealed class TruncateOperation(TruncateTableStatement statement) : Operation
{
    public override int Execute(BatchExecution run, Frame frame)
    {
        EngineSession session = run.Session;
        session.RefreshCatalog();
        bool isTemporary = TemporaryNames.IsLocal(statement.Table.Name);
        StatementScope scope = session.BeginWriteStatement(isTemporary ? StoreUse.Temporary : StoreUse.Durable, isAtomic: false, run.Cancellation);
        try
        {
            var compiler = new UnitCompiler(session, frame.Routine);
            TableDefinition? table = isTemporary
                ? session.Temporary.Find(statement.Table.Name)
                : compiler.FindObject(statement.Table) as TableDefinition;
            if (table is null)
            {
                throw SqlErrors.CreateWithState(4701, 1, statement.Table.Name);
            }

            CatalogSnapshot catalog = session.CatalogOf(table);
            if (!isTemporary && catalog.IsReadOnly)
            {
                throw SqlErrors.Create(3906, catalog.DatabaseName);
            }

            if (!isTemporary && !PrincipalAccess.Of(session, table).OnObject("ALTER", table))
            {
                throw SqlErrors.CreateWithState(1088, 7, statement.Table);
            }

            if (table.Versioning is not null || table.HistoryOf != 0)
            {
                throw SqlErrors.Create(13545, session.DescribeTable(table, withDatabase: true));
            }

            if (catalog.ForeignKeysReferencing(table.ObjectId).Any(k => k.Table.ObjectId != table.ObjectId))
            {
                throw SqlErrors.Create(4712, statement.Table);
            }

            if (!isTemporary && catalog.IndexedViewsOn(table.ObjectId) is [{ } view, ..])
            {
                throw SqlErrors.Create(3729, "TRUNCATE TABLE", statement.Table, view.Name);
            }

            if (catalog.EdgeConstraintsOn(table.ObjectId).Count > 0)
            {
                throw SqlErrors.Create(13944, statement.Table);
            }

            if (!isTemporary && catalog.ChangeTablesOf(table.ObjectId).Count > 0)
            {
                throw SqlErrors.Create(4711, statement.Table);
            }

            if (statement.Partitions.Count > 0)
            {
                using DatabaseScope database = session.In(table);
                Ddl.DdlExecutor.TruncatePartitions(table, statement, session, run.ContextFor(frame, 0));
                session.CompleteStatement(scope);
                session.RowCount = 0;
                return Next;
            }

            session.TouchTable(table);
            TableWriter.For(session, table).Access(session, table).Truncate();
            if (table.Columns.Any(c => c.Identity is not null))
            {
                session.ReseedIdentity(table, null);
            }
        }
        catch
        {
            session.FailStatement(scope);
            throw;
        }

        session.CompleteStatement(scope);
        session.RowCount = 0;
        return Next;
    }
}
