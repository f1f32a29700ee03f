using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Operators;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>A compiled UPDATE or DELETE: the query that finds the rows delivers locator, old row, new values, then columns for OUTPUT.</summary>
internal sealed class ChangeUnit : DmlUnit
{
    public required CompiledQuery Query { get; init; }

    public required DmlSource Source { get; init; }

    /// <summary>Null for DELETE.</summary>
    public SetPlan? Set { get; init; }

    /// <summary>Where the old row, the new values and the OUTPUT extras begin in the query's row.</summary>
    public required int OldStart { get; init; }

    public required int SetStart { get; init; }

    public required int ExtraStart { get; init; }

    public CursorCondition? Cursor { get; init; }

    /// <summary>WHERE CURRENT OF a base table: its query runs over the one row that the cursor stands on.</summary>
    public bool IsPositioned { get; init; }

    /// <summary>Stands for the rows of a DELETE that does not read them; null otherwise.</summary>
    public SqlValue[]? NoRow { get; init; }

    /// <summary>The scan whose key ranges are all that a DELETE removes, where it need not look at a row; null otherwise.</summary>
    public TableScanNode? KeyRange { get; init; }
}

/// <summary>WHERE CURRENT OF: of the rows that the query finds only the one the cursor stands on is meant.</summary>
internal sealed record CursorCondition(string Name);

/// <summary>What UPDATE and DELETE share.</summary>
internal abstract class ChangeOperation : DmlOperation<ChangeUnit>, IPositionedChange
{
    public abstract bool IsPositioned { get; }

    protected static ChangeUnit Compile(
        UnitCompiler compiler, DmlStatement statement, IReadOnlyList<TableSource> from, Predicate? where, string? currentOf, IReadOnlyList<SetClause>? set, DmlKind kind)
    {
        DmlSource source = DmlSource.Resolve(compiler, statement, from, [kind], set is null ? [] : SetPlan.Written(set));
        TableDefinition table = source.Target.Shape;
        HistoryWriter.RefuseHistory(compiler.Session, table, kind);
        SetPlan? plan = set is null ? null : SetPlan.Create(compiler, set, source);
        IReadOnlyList<ColumnExpression> extras = OutputPlan.FindExtras(statement.Outputs);
        int line = statement.Line;
        var items = new List<SelectItem>();
        bool isPositioned = currentOf is not null && !source.IsDerived && source.InsteadOfView is null && source.From is [not JoinTableSource]
            && compiler.Session.CatalogOf(table).SecurityPredicatesOn(table.ObjectId).Count == 0;
        if (source.InsteadOfView is null)
        {
            Expression locator = isPositioned ? new LiteralExpression { Kind = LiteralKind.Null, Text = "NULL", Line = line } : source.Locator(line);
            items.Add(new ExpressionItem { Expression = locator, Alias = "<locator>", Line = line });
        }

        int oldStart = items.Count;
        bool isBlind = kind == DmlKind.Delete && statement.Outputs.Count == 0 && source.InsteadOfView is null && !source.IsDerived && IsBlind(TableWriter.For(compiler.Session, table));
        if (!isBlind)
        {
            items.AddRange(source.RowItems(line));
        }

        int setStart = items.Count;
        if (plan is not null)
        {
            items.AddRange(plan.Items.Select(e => new ExpressionItem { Expression = e, Alias = "<set>", Line = line }));
        }

        int extraStart = items.Count;
        items.AddRange(extras.Select(e => new ExpressionItem { Expression = e, Line = line }));
        int viewStart = items.Count;
        if (statement.Outputs.Count > 0)
        {
            items.AddRange(source.ViewItems(line));
        }

        CursorCondition? cursor = null;
        if (currentOf is not null)
        {
            cursor = new CursorCondition(currentOf);
        }

        var query = new SelectQuery { Items = items, From = source.From, Where = where, Top = statement.Top, Line = line };
        compiler.Context.MasksFrom = setStart;
        compiler.Context.GivenCount = isPositioned ? 1 : 0;
        CompiledQuery compiled = QueryCompiler.Compile(query, statement.With, compiler.Context, statement.Hints, source.Alias, out BoundTarget bound);
        compiler.Context.GivenCount = 0;
        plan?.Bind(compiler, table, compiled.Columns, setStart);
        OutputPlan output = OutputPlan.Compile(compiler, statement.Outputs, table, kind, extras, [.. compiled.Columns.Skip(extraStart)], source.OutputRow(bound), viewStart);
        var unit = new ChangeUnit
        {
            Target = source.Target,
            Output = output,
            Query = compiled,
            Source = source,
            Set = plan,
            OldStart = oldStart,
            SetStart = setStart,
            ExtraStart = extraStart,
            Cursor = cursor,
            IsPositioned = isPositioned,
            NoRow = isBlind ? new SqlValue[table.Columns.Length] : null,
            KeyRange = isBlind && cursor is null && compiled.Root is TableScanNode { IsKeyRange: true } scan ? scan : null,
        };
        unit.FindStores(compiler.Session);
        if (source.InsteadOfView is null)
        {
            CheckOutput(TableWriter.For(compiler.Session, table), output, kind, source.Target.Through is null ? WrittenName(statement.Target) : table.Name);
        }

        return unit;
    }

    /// <summary>Reads every row before any is changed. A target row that a join delivers twice counts once.</summary>
    protected static List<SqlValue[]> Read(BatchExecution run, Frame frame, ChangeUnit unit, ExecutionContext context)
    {
        byte[]? only = null;
        if (unit.Cursor is { } condition)
        {
            Cursor cursor = Cursors.Find(run, frame, condition.Name);
            SqlValue[] current = cursor.RowIn(run, unit.Target.In(frame), unit.Set?.Columns.Select(c => unit.Target.Shape.Columns[c].Name), out only);
            if (unit.IsPositioned)
            {
                frame.Variables.GivenRows = [current];
            }
        }

        var rows = new List<SqlValue[]>();
        HashSet<byte[]>? seen = unit.Source.MayRepeat && unit.Source.InsteadOfView is null ? new(LocatorComparer.Instance) : null;
        IReadOnlyList<OutputColumn> columns = unit.Query.Columns;
        long limit = run.Session.Options.RowCountLimit is > 0 and var rowCount ? rowCount : long.MaxValue;
        using RowIterator iterator = unit.Query.Root.Open(context);
        int untilCheck = 256;
        while (rows.Count < limit && iterator.MoveNext())
        {
            if (--untilCheck == 0)
            {
                untilCheck = 256;
                context.ThrowIfCancelled();
            }

            if (only is not null && !unit.IsPositioned && !context.Registers[columns[0].Register].AsBytes.AsSpan().SequenceEqual(only))
            {
                continue;
            }

            if (seen is not null && !unit.IsPositioned && context.Registers[columns[0].Register].IsNull)
            {
                // An outer join has no row of the table here.
                continue;
            }

            if (seen is not null && !unit.IsPositioned && !seen.Add(context.Registers[columns[0].Register].AsBytes))
            {
                continue;
            }

            var row = new SqlValue[columns.Count];
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = context.Registers[columns[i].Register];
            }

            if (unit.IsPositioned)
            {
                row[0] = SqlValue.FromBinary(only!);
            }

            unit.Set?.AssignVariables(row, unit.SetStart, frame);
            rows.Add(row);
        }

        return only is not null && rows.Count == 0 ? throw SqlErrors.Create(16947) : rows;
    }

    /// <summary>Whether a row can be deleted by its locator alone: there is no index to keep in step, and nobody asks what the row was.</summary>
    private static bool IsBlind(TableWriter writer) =>
        writer.Table.Indexes.Length == 1 && writer.Table is { Versioning: null, Period: null } && writer.Graph is null && writer.BeforeDelete.Length == 0 && writer.ReferencedBy.Length == 0
        && writer.ConnectedBy.Length == 0 && writer.Triggers.Length == 0 && writer.Captures.Length == 0 && writer.Views.Length == 0;

    protected static SqlValue[] OldRow(ChangeUnit unit, SqlValue[] row) => unit.NoRow ?? row.AsSpan(unit.OldStart, unit.Target.Shape.Columns.Length).ToArray();
}

internal sealed class UpdateOperation(UpdateStatement statement) : ChangeOperation
{
    public override StatementKind StatementKind => StatementKind.Update;

    public override bool IsPositioned => statement.CurrentOf is not null;

    protected override IEnumerable<string> TargetPermissions => ["UPDATE"];

    protected override bool ReadsTarget => statement.Where is not null || statement.From.Count > 0;

    protected override IReadOnlyCollection<string> ChangedColumns(ChangeUnit unit) => [.. unit.Set!.Columns.Select(c => unit.Target.Shape.Columns[c].Name)];

    protected override void FindAll(UnitCompiler compiler, BindReport report) => StatementReports.Change(compiler, report, statement, statement.From, statement.Where, statement.Set, DmlKind.Update);

    protected override ChangeUnit Compile(UnitCompiler compiler) =>
        Compile(compiler, statement, statement.From, statement.Where, statement.CurrentOf, statement.Set, DmlKind.Update);

    public override bool IsPlanned => true;

    protected override ShownPlan? Show(ChangeUnit unit) =>
        new ShownPlan(statement, "UPDATE", $"Clustered Index Update(OBJECT:({unit.Target.Shape.Name}))", unit.Query.Root);

    protected override long Run(BatchExecution run, Frame frame, ChangeUnit unit, ExecutionContext context, OutputPlan.Run output)
    {
        EngineSession session = run.Session;
        List<SqlValue[]> rows = Read(run, frame, unit, context);
        SetPlan set = unit.Set!;
        TableWriter? writer = unit.Source.InsteadOfView is null ? TableWriter.For(session, unit.Target.Shape) : null;
        if (writer is null || (writer.InsteadOf(DmlKind.Update) is { } instead && TriggerRunner.Fires(run, instead)))
        {
            return RunInsteadOf(run, frame, unit, rows, writer);
        }

        using RowChanges changes = writer.Begin(run, unit.Target.In(frame), DmlKind.Update);
        changes.Check = unit.Target.Check;
        var updates = new List<RowUpdate>(rows.Count);
        foreach (SqlValue[] values in rows)
        {
            SqlValue[] old = OldRow(unit, values);
            SqlValue[] row = set.Apply(old, values, unit.SetStart, writer, changes.Context, frame);
            changes.PrepareUpdate(old, row, set.Columns);
            updates.Add(new RowUpdate(values[0].AsBytes, old, row));
        }

        changes.UpdatedColumns = set.Columns;
        session.TouchColumns(changes.Table, writer.Computed.Length == 0 ? set.Columns : [.. set.Columns, .. writer.Computed.Select(c => c.Ordinal)]);
        changes.Update(updates);
        if (!unit.Output.IsEmpty)
        {
            for (int i = 0; i < rows.Count; i++)
            {
                output.Add(updates[i].New, updates[i].Old, null, rows[i], unit.ExtraStart);
            }
        }

        if (unit.Cursor is { } condition)
        {
            Cursors.Find(run, frame, condition.Name).Changed(unit.Target.Shape, updates[0].New);
        }

        changes.Finish(DmlKind.Update);
        return changes.Count;
    }

    private static long RunInsteadOf(BatchExecution run, Frame frame, ChangeUnit unit, List<SqlValue[]> rows, TableWriter? writer)
    {
        CatalogObject target = (CatalogObject?)unit.Source.InsteadOfView ?? unit.Target.Shape;
        ModuleDefinition trigger = TableWriter.TriggersOf(run.Session.CatalogOf(target), target.ObjectId).First(t => t.IsInsteadOf && t.TriggerEvents.Contains("UPDATE"));
        var inserted = new List<SqlValue[]>();
        var deleted = new List<SqlValue[]>();
        var defaults = new ExecutionContext(run.Session, new VariableFrame(0), writer?.RegisterCount ?? 0, run.Cancellation);
        foreach (SqlValue[] values in rows)
        {
            SqlValue[] old = OldRow(unit, values);
            deleted.Add(old);
            inserted.Add(unit.Set!.Apply(old, values, unit.SetStart, writer, defaults, frame));
        }

        TriggerRunner.Run(run, trigger, target, DmlKind.Update, inserted, deleted, unit.Set!.Columns, rows.Count);
        return rows.Count;
    }
}

internal sealed class DeleteOperation(DeleteStatement statement) : ChangeOperation
{
    public override StatementKind StatementKind => StatementKind.Delete;

    public override bool IsPositioned => statement.CurrentOf is not null;

    protected override IEnumerable<string> TargetPermissions => ["DELETE"];

    protected override bool ReadsTarget => statement.Where is not null || statement.From.Count > 0;

    protected override void FindAll(UnitCompiler compiler, BindReport report) => StatementReports.Change(compiler, report, statement, statement.From, statement.Where, [], DmlKind.Delete);

    protected override ChangeUnit Compile(UnitCompiler compiler) =>
        Compile(compiler, statement, statement.From, statement.Where, statement.CurrentOf, null, DmlKind.Delete);

    public override bool IsPlanned => true;

    protected override ShownPlan? Show(ChangeUnit unit) =>
        new ShownPlan(statement, "DELETE", $"Clustered Index Delete(OBJECT:({unit.Target.Shape.Name}))", unit.Query.Root);

    protected override long Run(BatchExecution run, Frame frame, ChangeUnit unit, ExecutionContext context, OutputPlan.Run output)
    {
        EngineSession session = run.Session;
        if (unit.KeyRange is { } scan && session.Options.RowCountLimit == 0)
        {
            using RowChanges unseen = TableWriter.For(session, unit.Target.Shape).Begin(run, unit.Target.In(frame), DmlKind.Delete);
            if (unseen.TryDelete(scan, context))
            {
                unseen.Finish(DmlKind.Delete);
                return unseen.Count;
            }
        }

        List<SqlValue[]> rows = Read(run, frame, unit, context);
        TableWriter? writer = unit.Source.InsteadOfView is null ? TableWriter.For(session, unit.Target.Shape) : null;
        if (writer is null || (writer.InsteadOf(DmlKind.Delete) is { } instead && TriggerRunner.Fires(run, instead)))
        {
            CatalogObject target = (CatalogObject?)unit.Source.InsteadOfView ?? unit.Target.Shape;
            ModuleDefinition trigger = TableWriter.TriggersOf(session.CatalogOf(target), target.ObjectId).First(t => t.IsInsteadOf && t.TriggerEvents.Contains("DELETE"));
            TriggerRunner.Run(run, trigger, target, DmlKind.Delete, [], [.. rows.Select(r => OldRow(unit, r))], new HashSet<int>(), rows.Count);
            return rows.Count;
        }

        using RowChanges changes = writer.Begin(run, unit.Target.In(frame), DmlKind.Delete);
        foreach (SqlValue[] values in rows)
        {
            SqlValue[] old = OldRow(unit, values);
            changes.Delete(values[0].AsBytes, old);
            if (!unit.Output.IsEmpty)
            {
                output.Add(null, old, null, values, unit.ExtraStart);
            }
        }

        if (unit.Cursor is { } condition)
        {
            Cursors.Find(run, frame, condition.Name).Changed(unit.Target.Shape, null);
        }

        changes.Finish(DmlKind.Delete);
        return changes.Count;
    }
}
