using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Session;

/// <summary>The stack of frames: modules and batches are entered and left.</summary>
public sealed partial class BatchExecution
{
    /// <summary>Counts a module that has no frame (CLR) into @@NESTLEVEL and @@PROCID.</summary>
    internal void EnterModule(int objectId, string name)
    {
        if (Session.NestLevel + 1 > MaximumNesting)
        {
            throw SqlErrors.Create(217);
        }

        // It may run for long.
        Session.Store.ReleaseSnapshot();
        _outerModules.Push((Session.ModuleId, name));
        Session.ModuleId = objectId;
        Session.NestLevel++;
    }

    internal void LeaveModule()
    {
        Session.ModuleId = _outerModules.Pop().ModuleId;
        Session.NestLevel--;
    }

    private readonly Stack<(int ModuleId, string Name)> _outerModules = new();

    /// <summary>Makes a frame the running one.</summary>
    internal Frame Push(Routine routine, Action<Frame>? prepare = null, string? name = null)
    {
        EngineSession session = Session;
        bool isRoot = _top is null && _outer is null && routine.Kind == RoutineKind.Batch;
        int level = isRoot ? session.NestLevel : session.NestLevel + 1;
        if (level > MaximumNesting)
        {
            throw SqlErrors.Create(217);
        }

        var frame = new Frame(routine, _top)
        {
            Level = level,
            Name = name ?? routine.Name,
            EntryTransactionCount = session.TransactionCount,
            EntryCaughtDepth = session.CaughtDepth,
            SavedScopeIdentity = session.ScopeIdentity,
            SavedModuleId = session.ModuleId,
            SavedPlace = session.CurrentPlace,
            SavedImpersonationDepth = routine.Kind == RoutineKind.Batch ? 0 : session.ImpersonationDepth,
            SavedNestLevel = session.NestLevel,
        };
        if (routine.HasTableVariables)
        {
            frame.Variables.Tables = new Catalog.TableDefinition?[routine.Variables.Count];
            foreach (VariableInfo table in routine.DeclaredTables)
            {
                frame.Variables.Tables[table.Slot] = session.CreateTableVariable(table.Table!);
            }
        }

        if (routine.HasCursorVariables)
        {
            frame.Variables.Cursors = new object?[routine.Variables.Count];
        }

        if (routine.DatabaseId is { } home && home != session.DatabaseId)
        {
            session.Enter(home);
        }

        prepare?.Invoke(frame);
        if (routine.Statistics is { } statistics)
        {
            frame.Started = statistics.Begin();
        }

        session.NestLevel = level;
        if (routine.Kind != RoutineKind.Batch && routine.Kind != RoutineKind.DynamicBatch)
        {
            session.ModuleId = routine.ObjectId;
        }

        if (!isRoot)
        {
            session.ScopeIdentity = null;
        }

        if (routine.ExecuteAsPrincipalId is { } principal && principal != session.PrincipalId)
        {
            session.PrincipalId = principal;
        }

        if (routine.QuotedIdentifier is { } quoted && (quoted != session.Options.QuotedIdentifier || routine.AnsiNulls != session.Options.AnsiNulls))
        {
            frame.SavedOptions = session.Options.Clone();
            session.Options.QuotedIdentifier = quoted;
            session.Options.AnsiNulls = routine.AnsiNulls!.Value;
        }

        if (routine.WrittenQuotedIdentifier is { } written && written != session.Options.QuotedIdentifier)
        {
            frame.SavedOptions ??= routine.Kind == RoutineKind.Batch ? null : session.Options.Clone();
            session.Options.QuotedIdentifier = written;
        }

        _top = frame;
        return frame;
    }

    /// <summary>The end of a frame's code: pops it, hands outputs to the caller, and checks that transactions are balanced.</summary>
    private void Return(Frame frame)
    {
        int entry = frame.EntryTransactionCount;
        bool isProcedure = frame.Routine.Kind == RoutineKind.Procedure || frame.Routine.Kind == RoutineKind.DynamicBatch;
        if (!frame.HasReturnCode)
        {
            const int LeastCode = 10;
            frame.ReturnCode = frame.Routine.Kind == RoutineKind.DynamicBatch ? Session.LastError : frame.WorstSeverity > LeastCode ? LeastCode - frame.WorstSeverity : 0;
        }

        frame.Routine.Statistics?.Note(frame.Started, 0);
        Pop(frame);
        frame.Returned?.Invoke(this, frame);
        if (frame.Routine.Kind == RoutineKind.Procedure && frame.Caller is { Caller: null, Routine.Kind: RoutineKind.Batch } && _outer is null && _collector is null)
        {
            _sink?.ProcedureReturned(frame.ReturnCode);
        }

        if (isProcedure && entry != Session.TransactionCount && !Session.Options.XactAbort && frame.Caller is not null)
        {
            int current = Session.TransactionCount;
            throw new SqlErrorException(SqlErrors.CreateWithState(266, 2, entry, current).Error with { Procedure = frame.Name }) { IsLocated = true, HasPassedFrame = true };
        }
    }

    /// <summary>Removes the top frame and restores what it saved.</summary>
    private void Pop(Frame frame)
    {
        EngineSession session = Session;
        _top = frame.Caller;
        if (frame.SavedOptions is { } options && frame.Routine.Kind != RoutineKind.Batch)
        {
            session.Options.CopyFrom(options);
        }

        if (frame.HasContract)
        {
            Contract = frame.OuterContract;
        }

        session.TrimCaught(frame.EntryCaughtDepth);
        session.ModuleId = frame.SavedModuleId;
        if (frame.Routine.Kind != RoutineKind.Batch)
        {
            session.TrimImpersonation(frame.SavedImpersonationDepth);
            session.Return(frame.SavedPlace);
            session.ScopeIdentity = frame.SavedScopeIdentity;
        }

        session.NestLevel = frame.SavedNestLevel;
        if (frame.Level > frame.SavedNestLevel)
        {
            session.DropTemporaryTables(frame.Level);
        }

        if (frame.Variables.Tables.Length > 0)
        {
            foreach (VariableInfo table in frame.Routine.DeclaredTables)
            {
                if (frame.Variables.Tables[table.Slot] is { } definition && !frame.KeepTables)
                {
                    session.DropTableVariable(definition);
                }
            }
        }

        foreach (Catalog.TableDefinition table in frame.OwnedTables)
        {
            session.DropTableVariable(table);
        }

        frame.CloseCursors();
    }
}
