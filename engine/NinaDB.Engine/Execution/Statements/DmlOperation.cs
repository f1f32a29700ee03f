using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Security;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>What INSERT, UPDATE, DELETE and MERGE have in common once compiled.</summary>
internal abstract class DmlUnit : CompiledUnit
{
    public required DmlTarget Target { get; init; }

    public required OutputPlan Output { get; init; }

    /// <summary>Stores that the statement writes.</summary>
    public StoreUse Stores { get; set; }

    /// <summary>The statement cannot fail with something already written.</summary>
    public bool IsAtomic { get; set; }

    /// <summary>Target, OUTPUT INTO, and what triggers and cascades may touch.</summary>
    public void FindStores(EngineSession session)
    {
        Stores = Target.Store | Output.Stores;
        AppliesRowSecurity |= Target.View is null && session.CatalogOf(Target.Shape).SecurityPredicatesOn(Target.Shape.ObjectId).Count > 0;
        IsAtomic &= Target.View is not null || !TableWriter.For(session, Target.Shape).HasBlockPredicates;
        if (Target.View is not null || TableWriter.For(session, Target.Shape) is { } writer && (writer.Triggers.Length > 0 || writer.ReferencedBy.Length > 0 || writer.Views.Length > 0))
        {
            Stores |= StoreUse.Durable | StoreUse.Temporary | StoreUse.Variable;
            IsAtomic = false;
        }
    }
}

/// <summary>A statement that changes rows: the frame around it (savepoint, commit, counts, OUTPUT).</summary>
internal abstract class DmlOperation<T> : CompiledOperation<T>, IDataChange, INestedChange
    where T : DmlUnit
{
    /// <summary>Permissions needed on the target.</summary>
    protected abstract IEnumerable<string> TargetPermissions { get; }

    /// <summary>The statement has a condition or a FROM that reads the target (or an alias of it): SELECT is needed as well.</summary>
    protected abstract bool ReadsTarget { get; }

    /// <summary>Columns of the target that an UPDATE sets; null where the permission is asked for the whole table.</summary>
    protected virtual IReadOnlyCollection<string>? ChangedColumns(T unit) => null;

    protected override void RequirePermissions(PermissionCheck check, T unit)
    {
        TableDefinition shape = unit.Target.Shape;
        CatalogObject target = unit.Target.View ?? (CatalogObject?)unit.Target.Through ?? shape;
        foreach (string permission in TargetPermissions)
        {
            if (permission == "UPDATE" && ReferenceEquals(target, shape) && ChangedColumns(unit) is { } changed)
            {
                check.RequireColumns(target, permission, changed);
            }
            else
            {
                check.Require(target, permission);
            }
        }

        if (ReferenceEquals(target, shape))
        {
            IReadOnlyCollection<string> used = unit.Access.UsedColumns(shape.ObjectId);
            if (used.Count > 0)
            {
                check.RequireColumns(target, "SELECT", used);
            }
            else if (!unit.Output.IsEmpty)
            {
                check.Require(target, "SELECT");
            }
        }
        else if (ReadsTarget || !unit.Output.IsEmpty)
        {
            check.Require(target, "SELECT");
        }

        check.RequireReads(unit.Access, read => read.ObjectId == shape.ObjectId || read.ObjectId == target.ObjectId);
    }

    /// <summary>Does the work; returns the number of rows and the OUTPUT rows to send.</summary>
    protected abstract long Run(BatchExecution run, Frame frame, T unit, ExecutionContext context, OutputPlan.Run output);

    public override int Execute(BatchExecution run, Frame frame)
    {
        EngineSession session = run.Session;
        session.RefreshCatalog();
        T unit = Prepare(run, frame);
        if (session.Options.IsSnapshot)
        {
            SnapshotIsolation.Require(session, unit.References.Append(unit.Target.Shape));
        }

        StatementScope scope = session.BeginWriteStatement(unit.Stores, unit.IsAtomic, run.Cancellation);
        OutputPlan.Run output;
        long count;
        bool holdsRead = false;
        ExecutionContext context;
        try
        {
            if (!unit.IsValid(session))
            {
                // Becoming the writer has shown a newer catalog.
                unit = Prepare(run, frame);
            }

            if (unit.ReadsStore)
            {
                session.BeginRead();
                holdsRead = true;
            }

            context = ContextFor(run, frame, unit);
            output = unit.Output.Begin(context);
            count = Run(run, frame, unit, context, output);
            output.WriteInto(run, frame);
        }
        catch
        {
            if (holdsRead)
            {
                session.EndRead();
            }

            session.FailStatement(scope);
            throw;
        }

        if (holdsRead)
        {
            session.EndRead();
        }

        session.CompleteStatement(scope);
        session.RowCount = count;
        run.WarnOfNulls(context);
        bool sent = output.Send(run);
        if (session.Options.StatisticsIo)
        {
            run.TellReads();
        }

        if (sent || !session.Options.NoCount)
        {
            run.SendDone(session.Options.NoCount ? null : count);
        }

        return Next;
    }

    public IReadOnlyList<ResultColumn> Describe(UnitCompiler compiler)
    {
        var inner = new UnitCompiler(compiler.Session, compiler.Routine);
        return inner.Seal(Compile(inner)).Output.ClientColumns;
    }

    public IReadOnlyList<SqlValue[]> RunNested(BatchExecution run, Frame frame)
    {
        T unit = Prepare(run, frame);
        ExecutionContext context = ContextFor(run, frame, unit);
        OutputPlan.Run output = unit.Output.Begin(context);
        Run(run, frame, unit, context, output);
        output.WriteInto(run, frame);
        return output.ClientRows;
    }

    /// <summary>The target as the statement names it.</summary>
    protected static string WrittenName(TableSource target) => target switch
    {
        NamedTableSource n => n.Name.ToString(),
        VariableTableSource v => v.Name,
        _ => target.Alias ?? "",
    };

    /// <summary>Error 334: OUTPUT without INTO on a table with triggers.</summary>
    protected static void CheckOutput(TableWriter writer, OutputPlan output, DmlKind kind, string name)
    {
        if (output.HasClientRows && writer.Triggers.Any(t => t.TriggerEvents.Contains(TableWriter.EventOf(kind))))
        {
            throw SqlErrors.Create(334, name);
        }
    }
}
