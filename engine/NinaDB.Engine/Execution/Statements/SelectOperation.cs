using NinaDB.Engine.Binding;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>A compiled SELECT with the columns its client sees.</summary>
/// <param name="mayAnyBeNull">Arithmetic errors give NULL, whatever the columns are.</param>
internal sealed class SelectUnit(CompiledQuery query, bool mayAnyBeNull = false) : CompiledUnit
{
    public CompiledQuery Query { get; } = query;

    public IReadOnlyList<ResultColumn> Columns { get; } = Describe(query, mayAnyBeNull);

    /// <summary>1-based numbers of the columns that the rows are ordered by; empty where they are not, or by something that is not shown.</summary>
    public IReadOnlyList<int> Order { get; } = query.Order;

    public static IReadOnlyList<ResultColumn> Describe(CompiledQuery query, bool mayAnyBeNull = false) =>
        [.. query.Columns.Select(c => new ResultColumn(c.Name, c.Type, c.IsNullable || mayAnyBeNull) { IsIdentity = c.IsIdentity, IsComputed = c.IsComputed, IsHidden = c.Base?.IsAdded ?? false, Base = c.Base })];
}

/// <summary>SELECT to the client, or into variables.</summary>
internal sealed class SelectOperation(SelectStatement statement) : CompiledOperation<SelectUnit>
{
    public override StatementKind StatementKind => StatementKind.Select;

    protected override SelectUnit Compile(UnitCompiler compiler)
    {
        compiler.Context.ShowsBaseTables = compiler.Context.Session.Options.NoBrowseTable;
        return new SelectUnit(QueryCompiler.Compile(statement, compiler.Context), compiler.Session.Options.AbsorbsArithmeticErrors);
    }

    public override bool IsPlanned => true;

    protected override ShownPlan? Show(SelectUnit unit) => new(statement, "SELECT", null, unit.Query.Root);

    public override int Execute(BatchExecution run, Frame frame)
    {
        EngineSession session = run.Session;
        if (session.Options.FmtOnly)
        {
            return Describe(run, frame);
        }

        SelectUnit unit = PrepareRead(run, frame, out bool holdsRead);
        if (unit.ReadsStore && session.Options.ImplicitTransactions && session.TransactionCount == 0)
        {
            session.BeginTransaction(null, isImplicit: true);
        }

        ExecutionContext context = ContextFor(run, frame, unit);
        RowSource? rows = null;
        try
        {
            if (unit.Query.Assignments.Count == 0)
            {
                rows = new RowSource(run, frame, this, unit.Query, context, holdsRead);
            }
        }
        finally
        {
            if (rows is null && unit.Query.Assignments.Count == 0 && holdsRead)
            {
                session.EndRead();
            }
        }

        if (rows is not null)
        {
            run.StartRows(rows, unit.Columns, unit.Order);
            return Next;
        }

        try
        {
            Assign(run, frame, unit, context);
        }
        finally
        {
            if (holdsRead)
            {
                session.EndRead();
            }
        }

        return Next;
    }

    /// <summary>SET FMTONLY ON: columns and no rows.</summary>
    private int Describe(BatchExecution run, Frame frame)
    {
        SelectUnit unit = Prepare(run, frame);
        if (unit.Query.Assignments.Count == 0)
        {
            run.SendColumns(unit.Columns, unit.Order);
            run.SendEndRows();
            run.SendDone(0);
        }

        return Next;
    }

    private static void Assign(BatchExecution run, Frame frame, SelectUnit unit, ExecutionContext context)
    {
        long count = 0;
        long limit = run.Session.Options.RowCountLimit is > 0 and var value ? value : long.MaxValue;
        using RowIterator iterator = unit.Query.Root.Open(context);
        IReadOnlyList<CompiledAssignment> assignments = unit.Query.Assignments;
        while (count < limit && iterator.MoveNext())
        {
            count++;
            for (int i = 0; i < assignments.Count; i++)
            {
                CompiledAssignment assignment = assignments[i];
                frame.Variables.Values[assignment.Variable.Slot] = assignment.Value(context).Kept();
            }

            if ((count & 0xFF) == 0)
            {
                context.ThrowIfCancelled();
            }
        }

        run.Session.RowCount = count;
        run.WarnOfNulls(context);
    }
}
