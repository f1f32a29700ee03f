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
        string @event = TableWriter.EventOf(kind);
        foreach (ModuleDefinition trigger in writer.Triggers.OrderBy(t => t.FirstFor.Contains(@event) ? 0 : t.LastFor.Contains(@event) ? 2 : 1))
        {
            if (!trigger.IsInsteadOf && trigger.TriggerEvents.Contains(@event))
            {
                Run(run, trigger, writer.Table, kind, inserted, deleted, updated, count);
            }
        }
    }

    /// <summary>
    /// Whether a trigger fires now: an AFTER trigger does not fire itself without RECURSIVE_TRIGGERS, and none fires within another when "nested triggers" is off; an INSTEAD OF
    /// trigger never fires itself.
    /// </summary>
    public static bool Fires(BatchExecution run, ModuleDefinition trigger)
    {
        EngineSession session = run.Session;
        if (trigger.IsInsteadOf)
        {
            return !IsActive(run, trigger.ObjectId);
        }

        if (session.Trigger is null)
        {
            return true;
        }

        CatalogSnapshot catalog = session.Catalog;
        if (catalog.ConfigurationInUse("nested triggers", 1) == 0 && ActiveTriggers(run).Any(id => catalog.Find(id) is ModuleDefinition { IsInsteadOf: false }))
        {
            return false;
        }

        return session.Trigger.TriggerId != trigger.ObjectId || string.Equals(catalog.DatabaseOptions.GetValueOrDefault("RECURSIVE_TRIGGERS"), "ON", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Runs one trigger where <see cref="Fires"/> allows it.</summary>
    public static void Run(
        BatchExecution run, ModuleDefinition trigger, CatalogObject target, DmlKind kind, List<SqlValue[]> inserted, List<SqlValue[]> deleted,
        IReadOnlySet<int> updated, long count)
    {
        EngineSession session = run.Session;
        if (!Fires(run, trigger))
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

    private static bool IsActive(BatchExecution run, int triggerId) => ActiveTriggers(run).Contains(triggerId);

    private static IEnumerable<int> ActiveTriggers(BatchExecution run)
    {
        for (Frame? frame = run.Top; frame is not null; frame = frame.Caller)
        {
            if (frame.Routine.Kind == RoutineKind.Trigger)
            {
                yield return frame.Routine.ObjectId;
            }
        }
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
