using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>Fires DML triggers with their inserted and deleted tables.</summary>
internal static class TriggerRunner
{
    public static void RunAfter(
        BatchExecution run, TableWriter writer, DmlKind kind, List<SqlValue[]> inserted, List<SqlValue[]> deleted, IReadOnlySet<int> updated, long count)
    {
        foreach (ModuleDefinition trigger in writer.Triggers)
        {
            if (!trigger.IsInsteadOf && trigger.TriggerEvents.Contains(TableWriter.EventOf(kind)))
            {
                Run(run, trigger, writer.Table, kind, inserted, deleted, updated, count);
            }
        }
    }

    /// <summary>Runs one trigger. A trigger does not fire itself (RECURSIVE_TRIGGERS OFF).</summary>
    public static void Run(
        BatchExecution run, ModuleDefinition trigger, CatalogObject target, DmlKind kind, List<SqlValue[]> inserted, List<SqlValue[]> deleted,
        IReadOnlySet<int> updated, long count)
    {
        EngineSession session = run.Session;
        if (session.Trigger?.TriggerId == trigger.ObjectId || (trigger.IsInsteadOf && IsActive(run, trigger.ObjectId)))
        {
            return;
        }

        Routine routine = session.Database.Routines.Module(session, trigger);
        TriggerInfo? outer = session.Trigger;
        TableDefinition? insertedTable = null, deletedTable = null;
        Frame frame = run.Push(routine, f =>
        {
            insertedTable = Fill(session, routine.Variables.Find("inserted")!, f, inserted);
            deletedTable = Fill(session, routine.Variables.Find("deleted")!, f, deleted);
        });
        session.Trigger = new TriggerInfo(target, updated, TableWriter.EventOf(kind)) { TriggerId = trigger.ObjectId };
        session.TriggerNestingLevel++;
        session.RowCount = count;
        try
        {
            run.RunNested(frame);
        }
        finally
        {
            session.TriggerNestingLevel--;
            session.Trigger = outer;
            session.DropTableVariable(insertedTable!);
            session.DropTableVariable(deletedTable!);
        }

        if (session.TransactionCount == 0)
        {
            throw new SqlErrorException(SqlErrors.Create(3609).Error) { EndsTransaction = true };
        }
    }

    private static bool IsActive(BatchExecution run, int triggerId)
    {
        for (Frame? frame = run.Top; frame is not null; frame = frame.Caller)
        {
            if (frame.Routine.Kind == RoutineKind.Trigger && frame.Routine.ObjectId == triggerId)
            {
                return true;
            }
        }

        return false;
    }

    private static TableDefinition Fill(EngineSession session, VariableInfo variable, Frame frame, List<SqlValue[]> rows)
    {
        TableDefinition table = session.CreateTableVariable(variable.Table!);
        var access = new TableAccess(table, session.TemporaryStore);
        foreach (SqlValue[] row in rows)
        {
            access.Insert(row);
        }

        frame.Variables.Tables[variable.Slot] = table;
        return table;
    }
}
