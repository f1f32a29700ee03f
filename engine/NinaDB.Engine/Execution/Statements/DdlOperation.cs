using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Ddl;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>CREATE, ALTER, DROP, GRANT and the like: a writing statement whose work the DDL executor does.</summary>
internal sealed class DdlOperation(Statement statement) : Operation, IDataChange
{
    /// <summary>The variable that a statement reads its text from; null for all others.</summary>
    public VariableInfo? TextVariable { get; init; }

    /// <summary>Only what rows already there make impossible ends a DDL statement half done.</summary>
    bool IDataChange.IsTerminatedBy(int number) => number is 220 or 515 or 1505 or 2628 or 8115 or 8152;

    public override int Execute(BatchExecution run, Frame frame)
    {
        EngineSession session = run.Session;
        session.RefreshCatalog();
        DdlExecutor.RefuseInTransaction(statement, session);
        DdlExecutor.EndSessions(statement, session);
        StatementScope scope = session.BeginWriteStatement(StoresOf(statement), isAtomic: false, run.Cancellation);
        using DatabaseScope database = Locate(session, scope);
        bool existed = statement is ModuleStatement { Action: ModuleAction.CreateOrAlter } known
            && (session.Catalog.Find(known.Name.Schema ?? session.DefaultSchema, known.Name.Name) ?? session.Catalog.TriggersOn(0).FirstOrDefault(t => t.Name == known.Name.Name)) is not null;
        try
        {
            var messages = new List<SqlError>();
            DdlExecutor.Execute(statement, session, run.ContextFor(frame, 0), messages, TextVariable is null ? null : (frame.Variables.Values[TextVariable.Slot], TextVariable.Type));
            messages.ForEach(m => run.SendMessage(m));
        }
        catch (SqlErrorException failure) when (statement is DropStatement { Names.Count: > 1 } drop && !failure.AbortsBatch)
        {
            session.FailStatement(scope);
            DropEach(run, frame, drop);
            return Next;
        }
        catch (Exception exception)
        {
            if (exception is SqlErrorException { Error.Number: not 166 } error && ModuleName is { } module)
            {
                error.Locate(Line, module);
                error.InModule(module);
            }

            session.FailStatement(scope);
            throw;
        }

        if (DdlTriggerRunner.HasTriggers(session))
        {
            try
            {
                DdlTriggerRunner.Fire(run, DdlEvents.Of(statement, existed), frame.Routine.Text[statement.Offset..statement.EndOffset]);
            }
            catch
            {
                session.FailStatement(scope);
                throw;
            }
        }

        session.CompleteStatement(scope);
        session.RowCount = 0;
        return Next;
    }

    /// <summary>What errors of the statement name as their procedure; null for none.</summary>
    private string? ModuleName => statement switch
    {
        CreateAggregateStatement => null,
        ModuleStatement module => module.Name.Name,
        CreateBindableStatement bindable => bindable.Name.Name,
        _ => null,
    };

    /// <summary>The statement acts in the database of its object, DDL triggers included.</summary>
    private DatabaseScope Locate(EngineSession session, in StatementScope scope)
    {
        try
        {
            return session.In(DdlExecutor.DatabaseOf(statement, session));
        }
        catch
        {
            session.FailStatement(scope);
            throw;
        }
    }

    /// <summary>A DROP of several objects drops those that it can.</summary>
    private static void DropEach(BatchExecution run, Frame frame, DropStatement drop)
    {
        EngineSession session = run.Session;
        var errors = new List<SqlErrorException>();
        for (int i = 0; i < drop.Names.Count; i++)
        {
            var single = new DropStatement
            {
                Class = drop.Class, IfExists = drop.IfExists, Names = [drop.Names[i]], On = drop.On is { } on ? [on[i]] : null, Line = drop.Line, Offset = drop.Offset, EndOffset = drop.EndOffset,
            };
            session.RefreshCatalog();
            StatementScope scope = session.BeginWriteStatement(StoresOf(single), isAtomic: false, run.Cancellation);
            try
            {
                DdlExecutor.Execute(single, session, run.ContextFor(frame, 0));
                if (DdlTriggerRunner.HasTriggers(session))
                {
                    DdlTriggerRunner.Fire(run, DdlEvents.Of(single, false), frame.Routine.Text[drop.Offset..drop.EndOffset]);
                }
            }
            catch (SqlErrorException error)
            {
                session.FailStatement(scope);
                errors.Add(error);
                continue;
            }
            catch
            {
                session.FailStatement(scope);
                throw;
            }

            session.CompleteStatement(scope);
        }

        session.RowCount = 0;
        if (errors.Count > 0)
        {
            throw new SqlErrorException(errors[^1].Error) { Preceding = [.. errors.SkipLast(1).SelectMany(e => e.Preceding.Append(e.Error)), .. errors[^1].Preceding] };
        }
    }

    /// <summary>DDL on temp tables alone leaves the durable store to others.</summary>
    private static StoreUse StoresOf(Statement statement)
    {
        bool isTemporary = statement switch
        {
            CreateTableStatement s => IsTemporary(s.Name),
            AlterTableStatement s => IsTemporary(s.Name),
            CreateIndexStatement s => IsTemporary(s.Table),
            CreateVectorIndexStatement s => IsTemporary(s.Table),
            AlterIndexStatement s => IsTemporary(s.Table),
            StatisticsStatement s => IsTemporary(s.Table),
            DropStatement { Class: "TABLE" } s => s.Names.All(IsTemporary),
            DropStatement { Class: "INDEX", On: { } tables } => tables.All(IsTemporary),
            _ => false,
        };
        return isTemporary ? StoreUse.Temporary : StoreUse.Durable | StoreUse.Temporary;
    }

    private static bool IsTemporary(ObjectName name) => Catalog.TemporaryNames.IsLocal(name.Name);
}
