using System.Globalization;
using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>A compiled MERGE: one join delivers target row, source row, the clause that applies and its values.</summary>
internal sealed class MergeUnit : DmlUnit
{
    public required CompiledQuery Query { get; init; }

    public required DmlSource Source { get; init; }

    public required IReadOnlyList<MergeAction> Actions { get; init; }

    public required int ExtraStart { get; init; }

    /// <summary>INSTEAD OF triggers do the work of every action.</summary>
    public bool IsInstead { get; init; }

    /// <summary>Position of the number of the clause that applies.</summary>
    public required int ClauseItem { get; init; }
}

/// <summary>One WHEN clause.</summary>
internal sealed class MergeAction
{
    public SetPlan? Set { get; init; }

    public bool IsDelete { get; init; }

    /// <summary>INSERT: target ordinals, item of each value (-1 for DEFAULT), and their conversions.</summary>
    public int[] Ordinals { get; init; } = [];

    public int[] Items { get; init; } = [];

    public Func<SqlValue, SqlValue>?[] Converters { get; set; } = [];

    public bool[] Given { get; init; } = [];

    /// <summary>Where the clause's values begin in the query's row.</summary>
    public int Start { get; init; }
}

/// <summary>MERGE. The join type follows from which WHEN clauses there are; every value is computed only in the rows whose clause needs it.</summary>
internal sealed partial class MergeOperation(MergeStatement statement) : DmlOperation<MergeUnit>
{
    public override StatementKind StatementKind => StatementKind.Merge;

    private const string Present = "<present>", Marker = "<marker>";

    protected override IEnumerable<string> TargetPermissions =>
        statement.Clauses.Select(c => c.IsDelete ? "DELETE" : c.Set is not null ? "UPDATE" : "INSERT").Distinct();

    protected override bool ReadsTarget => true;

    protected override IReadOnlyCollection<string> ChangedColumns(MergeUnit unit) =>
        [.. unit.Actions.Where(a => a.Set is not null).SelectMany(a => a.Set!.Columns).Distinct().Select(c => unit.Target.Shape.Columns[c].Name)];

    protected override MergeUnit Compile(UnitCompiler compiler)
    {
        compiler.Context.FeedsTable = true;
        int line = statement.Line;
        DmlSource target = DmlSource.Resolve(compiler, statement, [], [DmlKind.Merge, .. Kinds()], Written(), statement.TargetAlias ?? statement.Target.Alias);
        TableDefinition table = target.Target.Shape;
        HistoryWriter.RefuseHistory(compiler.Session, table, DmlKind.Merge);
        TableWriter writer = TableWriter.For(compiler.Session, table);
        bool isInstead = RequireTriggers(target.InsteadOfView is { } view ? TableWriter.TriggersOf(compiler.Session.CatalogOf(view), view.ObjectId) : writer.Triggers);
        string sourceAlias = SourceAlias();
        var marked = new DerivedTableSource
        {
            Line = line,
            Alias = sourceAlias,
            Query = new SelectQuery
            {
                Line = line,
                Items = [new StarItem { Line = line }, new ExpressionItem { Expression = One(line), Alias = Present, Line = line }],
                From = [statement.Source],
            },
        };
        TableSource right = marked;
        if (statement.Source is JoinTableSource)
        {
            // A join of several sources keeps their names; the mark stands beside them.
            sourceAlias = Marker;
            marked = new DerivedTableSource
            {
                Line = line,
                Alias = Marker,
                Query = new SelectQuery { Line = line, Items = [new ExpressionItem { Expression = One(line), Alias = Present, Line = line }] },
            };
            right = new JoinTableSource { Line = line, Kind = JoinKind.Cross, Left = statement.Source, Right = marked };
        }

        bool inserts = statement.Clauses.Any(c => c.Match == MergeMatch.NotMatchedByTarget);
        bool orphans = statement.Clauses.Any(c => c.Match == MergeMatch.NotMatchedBySource);
        var join = new JoinTableSource
        {
            Line = line,
            Kind = inserts ? orphans ? JoinKind.FullOuter : JoinKind.RightOuter : orphans ? JoinKind.LeftOuter : JoinKind.Inner,
            Left = target.InsteadOfView is null ? target.From[0] : Marked(target.From[0], target.Alias, line),
            Right = right,
            On = statement.On,
            AllowsMatch = true,
        };

        Expression mark = target.InsteadOfView is null ? target.Locator(line) : new ColumnExpression { Qualifier = [target.Alias], Name = Present, Line = line };
        var items = new List<SelectItem> { Item(mark, line) };
        items.AddRange(target.RowItems(line));
        Predicate hasTarget = new IsNullPredicate { Operand = mark, IsNegated = true, Line = line };
        if (target.IsDerived && target.InsteadOfView is null)
        {
            // A row of a join is there when a row of any of its tables is.
            foreach (Expression locator in target.Locators(line))
            {
                hasTarget = new OrPredicate { Left = hasTarget, Right = new IsNullPredicate { Operand = locator, IsNegated = true, Line = line }, Line = line };
            }
        }

        Predicate hasSource = new IsNullPredicate { Operand = new ColumnExpression { Qualifier = [sourceAlias], Name = Present, Line = line }, IsNegated = true, Line = line };
        int clauseItem = items.Count;
        items.Add(Item(ClauseSelector(hasTarget, hasSource, line), line));
        var actions = new List<MergeAction>();
        for (int i = 0; i < statement.Clauses.Count; i++)
        {
            actions.Add(Action(compiler, statement.Clauses[i], i, target, table, items, hasTarget, hasSource));
        }

        IReadOnlyList<ColumnExpression> extras = OutputPlan.FindExtras(statement.Outputs);
        int extraStart = items.Count;
        items.AddRange(extras.Select(e => Item(e, line)));
        int viewStart = items.Count;
        if (statement.Outputs.Count > 0)
        {
            items.AddRange(target.ViewItems(line));
        }

        var query = new SelectQuery { Items = items, From = [join], Top = statement.Top, Line = line };
        compiler.Context.MasksFrom = clauseItem + 1;
        CompiledQuery compiled = QueryCompiler.Compile(query, statement.With, compiler.Context, statement.Hints, target.Alias, out BoundTarget bound);
        string name = compiler.Session.DescribeTable(table, withDatabase: true);
        SessionOptions options = compiler.Session.Options.Clone();
        foreach (MergeAction action in actions)
        {
            action.Set?.Bind(compiler, table, compiled.Columns, action.Start);
            action.Converters = [.. action.Ordinals.Select((ordinal, i) => action.Items[i] < 0
                ? null
                : ColumnValue.Converter(compiled.Columns[action.Start + action.Items[i]].AssignedType, table.Columns[ordinal], name, options))];
        }

        OutputPlan output = OutputPlan.Compile(compiler, statement.Outputs, table, DmlKind.Merge, extras, [.. compiled.Columns.Skip(extraStart)], target.OutputRow(bound), viewStart);
        if (output.HasClientRows && writer.Triggers.Length > 0)
        {
            throw SqlErrors.Create(334, target.Target.Through is not null ? table.Name : statement.TargetAlias ?? statement.Target.Alias ?? WrittenName(statement.Target));
        }

        var unit = new MergeUnit
        {
            Target = target.Target,
            Source = target,
            Output = output,
            Query = compiled,
            Actions = actions,
            ExtraStart = extraStart,
            ClauseItem = clauseItem,
            IsInstead = isInstead,
        };
        unit.FindStores(compiler.Session);
        return unit;
    }

    public override bool IsPlanned => true;

    protected override ShownPlan? Show(MergeUnit unit) =>
        new ShownPlan(statement, "MERGE", $"Clustered Index Merge(OBJECT:({unit.Target.Shape.Name}))", unit.Query.Root);

    private string SourceAlias() => statement.Source.Alias ?? statement.Source switch
    {
        NamedTableSource n => n.Name.Name,
        VariableTableSource v => v.Name,
        _ => "<source>",
    };

    private static ExpressionItem Item(Expression expression, int line) => new() { Expression = expression, Alias = "<item>", Line = line };

    private static LiteralExpression One(int line) => Number(1, line);

    private static LiteralExpression Number(int value, int line) =>
        new() { Kind = LiteralKind.Integer, Text = value.ToString(CultureInfo.InvariantCulture), Line = line };

    private static Predicate MatchOf(MergeMatch match, Predicate hasTarget, Predicate hasSource) => match switch
    {
        MergeMatch.Matched => new AndPredicate { Left = hasTarget, Right = hasSource, Line = hasTarget.Line },
        MergeMatch.NotMatchedByTarget => new NotPredicate { Operand = hasTarget, Line = hasTarget.Line },
        _ => new NotPredicate { Operand = hasSource, Line = hasTarget.Line },
    };

    /// <summary>CASE that gives the 0-based number of the first clause whose conditions hold; NULL when none does.</summary>
    private CaseExpression ClauseSelector(Predicate hasTarget, Predicate hasSource, int line) => new()
    {
        Line = line,
        Whens = [.. statement.Clauses.Select((clause, i) => new WhenClause
        {
            Line = line,
            Condition = clause.Condition is null
                ? MatchOf(clause.Match, hasTarget, hasSource)
                : new AndPredicate { Left = MatchOf(clause.Match, hasTarget, hasSource), Right = clause.Condition, Line = line },
            Result = Number(i, line),
        })],
    };

    private static MergeAction Action(
        UnitCompiler compiler, MergeClause clause, int index, DmlSource target, TableDefinition table, List<SelectItem> items, Predicate hasTarget, Predicate hasSource)
    {
        _ = index;
        int line = clause.Line;
        int start = items.Count;
        Predicate match = clause.Condition is null
            ? MatchOf(clause.Match, hasTarget, hasSource)
            : new AndPredicate { Left = MatchOf(clause.Match, hasTarget, hasSource), Right = clause.Condition, Line = line };
        void Add(Expression value) => items.Add(Item(
            value is LiteralExpression or VariableExpression or ColumnExpression ? value : new CaseExpression { Whens = [new WhenClause { Condition = match, Result = value, Line = line }], Line = line },
            line));

        if (clause.IsDelete)
        {
            return new MergeAction { IsDelete = true, Start = start };
        }

        if (clause.Set is not null)
        {
            SetPlan plan = SetPlan.Create(compiler, clause.Set, target);
            plan.Items.ForEach(Add);
            return new MergeAction { Set = plan, Start = start };
        }

        var ordinals = new List<int>();
        var positions = new List<int>();
        var given = new bool[table.Columns.Length];
        if (!clause.IsInsertDefaultValues)
        {
            IReadOnlyList<Expression> values = clause.InsertValues!;
            ordinals.AddRange(clause.InsertColumns is { Count: > 0 } names
                ? names.Select(n => Listed(target, table, n))
                : target.ShownColumns is { } shown ? shown.Select(n => Listed(target, table, n))
                : Enumerable.Range(0, table.Columns.Length).Where(i => table.Columns[i] is { IsComputed: false, IsHidden: false, Identity: null } or { GraphType: GraphColumns.FromIdComputed or GraphColumns.ToIdComputed }));
            if (ordinals.Count != values.Count)
            {
                throw SqlErrors.Create(values.Count < ordinals.Count ? 109 : 110);
            }

            for (int i = 0; i < ordinals.Count; i++)
            {
                if (ordinals.IndexOf(ordinals[i]) < i)
                {
                    throw SqlErrors.Create(264, table.Columns[ordinals[i]].Name);
                }

                if (values[i] is LiteralExpression { Kind: LiteralKind.Default })
                {
                    positions.Add(-1);
                    continue;
                }

                if (table.Columns[ordinals[i]].Type.Id == SqlTypeId.RowVersion)
                {
                    throw SqlErrors.Create(273);
                }

                if (table.Columns[ordinals[i]].GeneratedAlways != 0)
                {
                    throw SqlErrors.Create(13536, compiler.Session.DescribeTable(table, withDatabase: true));
                }

                given[ordinals[i]] = true;
                positions.Add(items.Count - start);
                Add(values[i]);
            }
        }

        return new MergeAction { Ordinals = [.. ordinals], Items = [.. positions], Given = given, Start = start };
    }

    private static int Listed(DmlSource target, TableDefinition table, string name)
    {
        int ordinal = target.OrdinalOf(name);
        ColumnDefinition column = table.Columns[ordinal];
        return GraphColumns.IsInternal(column) ? throw SqlErrors.Create(13908, column.Name)
            : column.IsComputed && !GraphColumns.IsIdentifier(column) ? throw SqlErrors.Create(271, name)
            : ordinal;
    }

    protected override long Run(BatchExecution run, Frame frame, MergeUnit unit, ExecutionContext context, OutputPlan.Run output)
    {
        EngineSession session = run.Session;
        TableDefinition table = unit.Target.In(frame);
        TableWriter writer = TableWriter.For(session, unit.Target.Shape);
        if (unit.IsInstead && InsteadTriggers(session, unit).All(t => TriggerRunner.Fires(run, t)))
        {
            return RunInsteadOf(run, frame, unit, context, output, writer);
        }

        CheckIdentity(session, unit, writer, table);
        List<SqlValue[]> rows = Read(run, unit, context);
        using RowChanges changes = writer.Begin(run, table, DmlKind.Merge);
        changes.Check = unit.Target.Check;
        var seen = new HashSet<byte[]>(LocatorComparer.Instance);
        var gone = new HashSet<byte[]>(LocatorComparer.Instance);
        var updates = new List<RowUpdate>();
        var updateRows = new List<SqlValue[]>();
        var outputs = new List<(SqlValue[]? Inserted, SqlValue[]? Deleted, string Action, SqlValue[] Values)>();
        var inserts = new List<(SqlValue[] Values, MergeAction Action)>();
        var updated = new HashSet<int>();
        int width = table.Columns.Length;
        foreach (SqlValue[] values in rows)
        {
            MergeAction action = unit.Actions[values[unit.ClauseItem].AsInt32];
            if (action.Set is null && !action.IsDelete)
            {
                inserts.Add((values, action));
                continue;
            }

            if (values[0].IsNull)
            {
                // The target is a view, and its outer join has no row of the table that is to change.
                throw SqlErrors.Create(8705, table.Indexes.Length == 0 ? 0 : table.Indexes[0].IndexId, table.ObjectId, session.CatalogOf(table).DatabaseName);
            }

            byte[] locator = values[0].AsBytes;
            if (!seen.Add(locator))
            {
                // To be deleted twice is to be deleted.
                if (action.IsDelete && gone.Contains(locator))
                {
                    continue;
                }

                throw SqlErrors.Create(8672);
            }

            SqlValue[] old = values.AsSpan(1, width).ToArray();
            if (action.IsDelete)
            {
                gone.Add(locator);
                changes.Delete(locator, old);
                outputs.Add((null, old, "DELETE", values));
                continue;
            }

            action.Set!.AssignVariables(values, action.Start, frame);
            SqlValue[] row = action.Set.Apply(old, values, action.Start, writer, changes.Context, frame);
            changes.PrepareUpdate(old, row, action.Set.Columns);
            updates.Add(new RowUpdate(locator, old, row));
            updated.UnionWith(action.Set.Columns);
            outputs.Add((row, old, "UPDATE", values));
        }

        changes.UpdatedColumns = updated;
        changes.Update(updates);
        foreach ((SqlValue[] values, MergeAction action) in inserts)
        {
            SqlValue[] row = Inserted(values, action, width);
            if (changes.Insert(row, action.Given))
            {
                outputs.Add((row, null, "INSERT", values));
            }
        }

        if (!unit.Output.IsEmpty)
        {
            foreach ((SqlValue[]? inserted, SqlValue[]? deleted, string action, SqlValue[] values) in outputs)
            {
                output.Add(inserted, deleted, action, values, unit.ExtraStart);
            }
        }

        changes.Finish([.. Kinds()]);
        return changes.Count;
    }

    /// <summary>Actions that the statement names: their triggers fire whether or not a row was touched.</summary>
    private IEnumerable<DmlKind> Kinds()
    {
        if (statement.Clauses.Any(c => c.InsertValues is not null || c.IsInsertDefaultValues))
        {
            yield return DmlKind.Insert;
        }

        if (statement.Clauses.Any(c => c.Set is not null))
        {
            yield return DmlKind.Update;
        }

        if (statement.Clauses.Any(c => c.IsDelete))
        {
            yield return DmlKind.Delete;
        }
    }

    private static List<SqlValue[]> Read(BatchExecution run, MergeUnit unit, ExecutionContext context)
    {
        var rows = new List<SqlValue[]>();
        IReadOnlyList<OutputColumn> columns = unit.Query.Columns;
        long limit = run.Session.Options.RowCountLimit is > 0 and var rowCount ? rowCount : long.MaxValue;
        using RowIterator iterator = unit.Query.Root.Open(context);
        while (rows.Count < limit && iterator.MoveNext())
        {
            if (context.Registers[columns[unit.ClauseItem].Register].IsNull)
            {
                continue;
            }

            var row = new SqlValue[columns.Count];
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = context.Registers[columns[i].Register];
            }

            rows.Add(row);
            if ((rows.Count & 0xFF) == 0)
            {
                context.ThrowIfCancelled();
            }
        }

        return rows;
    }

    private static void CheckIdentity(EngineSession session, MergeUnit unit, TableWriter writer, TableDefinition table)
    {
        if (writer.IdentityOrdinal >= 0 && session.IdentityInsertTableId != table.ObjectId
            && unit.Actions.Any(a => a.Given.Length > 0 && a.Given[writer.IdentityOrdinal]))
        {
            throw SqlErrors.Create(544, table.Name);
        }
    }
}
