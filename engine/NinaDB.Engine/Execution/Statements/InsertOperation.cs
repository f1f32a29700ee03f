using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>A compiled INSERT.</summary>
internal sealed class InsertUnit : DmlUnit
{
    /// <summary>Target ordinals that the source fills, in source order.</summary>
    public required int[] Ordinals { get; init; }

    /// <summary>By target ordinal: filled by the source.</summary>
    public required bool[] Given { get; init; }

    /// <summary>VALUES: evaluators (already converted to their columns) by row; a null cell is DEFAULT. Null for other sources.</summary>
    public Evaluator?[][]? Values { get; init; }

    /// <summary>By row of <see cref="Values"/>, which columns are given (DEFAULT cells are not).</summary>
    public bool[][] ValuesGiven { get; init; } = [];

    public CompiledQuery? Query { get; init; }

    /// <summary>The query reads what the statement writes.</summary>
    public bool MustMaterialise { get; set; }

    /// <summary>Conversions of query or EXEC columns to their target columns.</summary>
    public Func<SqlValue, SqlValue>?[] Converters { get; init; } = [];

    public Evaluator? Top { get; init; }

    public bool HasColumnList { get; init; }

    /// <summary>Cells of <see cref="Values"/> take values of sequences: one value a row, with the defaults of the row.</summary>
    public bool TakesSequenceValues { get; init; }
}

internal sealed class InsertOperation(InsertStatement statement) : DmlOperation<InsertUnit>
{
    public override StatementKind StatementKind => StatementKind.Insert;

    private readonly ExecuteOperation? _execute = statement.Execute is null ? null : new ExecuteOperation(statement.Execute) { Line = statement.Execute.Line };

    /// <summary>The changing statement whose OUTPUT rows are the source.</summary>
    private readonly INestedChange? _nested = NestedChange.Of(statement.Source);

    protected override IEnumerable<string> TargetPermissions => ["INSERT"];

    protected override bool ReadsTarget => statement.Source is not (null or ValuesQuery);

    protected override void FindAll(UnitCompiler compiler, BindReport report) => StatementReports.Insert(compiler, report, statement);

    protected override InsertUnit Compile(UnitCompiler compiler)
    {
        QueryBinder.RefuseFor(statement.Source as QueryExpression, "INSERT");
        compiler.Context.FeedsTable = true;
        DmlTarget target = DmlSource.ResolveInsert(compiler, statement, out IReadOnlyList<string> columns, out ViewRow? shown);
        TableDefinition table = target.Shape;
        HistoryWriter.RefuseHistory(compiler.Session, table, DmlKind.Insert);
        QueryBinder.RequireEnabled(table);
        int[] ordinals = statement.IsDefaultValues ? [] : columns.Count > 0 ? Listed(table, columns) : Unlisted(table, SourceWidth(), compiler.Session);
        var given = new bool[table.Columns.Length];
        foreach (int ordinal in ordinals)
        {
            given[ordinal] = true;
        }

        if (_execute is not null && statement.Outputs.Count > 0)
        {
            throw SqlErrors.CreateWithState(483, 2);
        }

        OutputPlan output = OutputPlan.Compile(compiler, statement.Outputs, table, DmlKind.Insert, view: shown);
        string name = compiler.Session.DescribeTable(table, withDatabase: true);
        Evaluator? top = statement.Top is null ? null : QueryCompiler.CompileExpression(statement.Top.Count, compiler.Scope, statement.Top.IsPercent ? SqlType.Float : SqlType.BigInt);
        InsertUnit unit;
        if (statement.Source is ValuesQuery values && statement.With.Count == 0)
        {
            (Evaluator?[][] rows, bool[][] rowsGiven) = CompileValues(compiler, values, table, ordinals, name, columns.Count > 0);
            bool takesSequenceValues = Sequences(values).Any();
            if (takesSequenceValues && values.Rows.Count > 1)
            {
                RequireListed(table, given, [.. Sequences(values).Select(n => n.Sequence.Name)]);
            }

            unit = new InsertUnit
            {
                TakesSequenceValues = takesSequenceValues,
                Target = target,
                Output = output,
                Ordinals = ordinals,
                Given = given,
                Values = rows,
                ValuesGiven = rowsGiven,
                Top = top,
                HasColumnList = columns.Count > 0,
                IsAtomic = rows.Length == 1 && table.Indexes.Length == 1 && output.IsEmpty,
            };
        }
        else if (statement.Source is not null)
        {
            compiler.Context.NestedColumns = _nested?.Describe(compiler);
            CompiledQuery query = QueryCompiler.Compile(statement.Source, statement.With, compiler.Context, statement.Hints);
            if (query.Columns.Count != ordinals.Length)
            {
                throw columns.Count == 0 ? SqlErrors.Create(213) : SqlErrors.Create(query.Columns.Count < ordinals.Length ? 120 : 121);
            }

            unit = new InsertUnit
            {
                Target = target,
                Output = output,
                Ordinals = ordinals,
                Given = given,
                Query = query,
                Top = top,
                HasColumnList = columns.Count > 0,
                Converters = ColumnConverters([.. query.Columns.Select(c => c.AssignedType)], table, ordinals, name, compiler.Session),
            };
        }
        else
        {
            unit = new InsertUnit
            {
                Target = target,
                Output = output,
                Ordinals = ordinals,
                Given = given,
                Values = statement.IsDefaultValues ? [[]] : null,
                ValuesGiven = [given],
                HasColumnList = columns.Count > 0,
                Top = top,
                IsAtomic = statement.IsDefaultValues && table.Indexes.Length == 1 && output.IsEmpty,
            };
        }

        unit.FindStores(compiler.Session);
        if (target.View is null)
        {
            TableWriter writer = TableWriter.For(compiler.Session, table);
            CheckOutput(writer, output, DmlKind.Insert, target.Through is null ? WrittenName(statement.Target) : table.Name);
            unit.IsAtomic &= !writer.References.Any(r => r.IsSelfReference);
        }

        // A source that reads any durable or temporary table may read the target, through views and functions too.
        unit.MustMaterialise = unit.Query is not null && (compiler.Context.References.Count > 0 || target.Variable is not null || target.Shape.Storage != TableStorageKind.Durable);
        if (_execute is not null || _nested is not null)
        {
            unit.MustMaterialise = true;
            unit.Stores |= StoreUse.Durable | StoreUse.Temporary | StoreUse.Variable;
            unit.IsAtomic = false;
        }

        return unit;
    }

    public override bool IsPlanned => true;

    protected override ShownPlan? Show(InsertUnit unit) =>
        new ShownPlan(statement, "INSERT", $"Clustered Index Insert(OBJECT:({unit.Target.Shape.Name}))", unit.Query?.Root);

    private static IEnumerable<NextValueForExpression> Sequences(ValuesQuery values) =>
        values.Rows.SelectMany(r => r).Where(c => c is not LiteralExpression).SelectMany(c => SyntaxWalker.Descendants(c)).OfType<NextValueForExpression>();

    /// <summary>Error 11731: several rows take values of a sequence that an unlisted column has as its default.</summary>
    private static void RequireListed(TableDefinition table, bool[] given, HashSet<string> sequences)
    {
        for (int i = 0; i < given.Length; i++)
        {
            if (!given[i] && table.Columns[i].Default is { } value && Ddl.DdlExpressions.Parse(value.Text) is NextValueForExpression next && sequences.Contains(next.Sequence.Name))
            {
                throw SqlErrors.Create(11731);
            }
        }
    }

    private int SourceWidth() => statement.Source switch
    {
        ValuesQuery v => v.Rows[0].Count,
        SelectQuery { Items: var items } when items.All(i => i is ExpressionItem) => items.Count,
        _ => -1,
    };

    private static int[] Listed(TableDefinition table, IReadOnlyList<string> columns)
    {
        var ordinals = new int[columns.Count];
        for (int i = 0; i < ordinals.Length; i++)
        {
            int ordinal = columns[i] switch
            {
                var c when c.Equals("$identity", StringComparison.OrdinalIgnoreCase) => Array.FindIndex([.. table.Columns], d => d.Identity is not null),
                var c when c.Equals("$rowguid", StringComparison.OrdinalIgnoreCase) => Array.FindIndex([.. table.Columns], d => d.IsRowGuid),
                var c => table.FindColumn(c),
            };
            if (ordinal < 0)
            {
                throw SqlErrors.Create(207, columns[i]);
            }

            if (Array.IndexOf(ordinals, ordinal, 0, i) >= 0)
            {
                throw SqlErrors.Create(264, table.Columns[ordinal].Name);
            }

            ordinals[i] = ordinal;
            if (GraphColumns.IsInternal(table.Columns[ordinal]))
            {
                throw SqlErrors.Create(13908, table.Columns[ordinal].Name);
            }

            if (table.Columns[ordinal].IsComputed && !GraphColumns.IsIdentifier(table.Columns[ordinal]))
            {
                throw SqlErrors.Create(271, table.Columns[ordinal].Name);
            }
        }

        return ordinals;
    }

    /// <summary>Without a list every column is meant, except computed, hidden and identity columns; an edge's ends come first.</summary>
    private static int[] Unlisted(TableDefinition table, int width, EngineSession session)
    {
        var ordinals = new List<int>();
        int identity = -1;
        for (int i = 0; i < table.Columns.Length; i++)
        {
            ColumnDefinition column = table.Columns[i];
            if ((column.IsComputed && column.GraphType is not (GraphColumns.FromIdComputed or GraphColumns.ToIdComputed)) || column.IsHidden)
            {
                continue;
            }

            if (column.Identity is not null)
            {
                identity = i;
                continue;
            }

            ordinals.Add(i);
        }

        if (identity >= 0 && width > ordinals.Count)
        {
            throw SqlErrors.Create(8101, session.DescribeTable(table, withDatabase: false));
        }

        return [.. ordinals];
    }

    private static (Evaluator?[][] Rows, bool[][] Given) CompileValues(
        UnitCompiler compiler, ValuesQuery values, TableDefinition table, int[] ordinals, string name, bool hasList)
    {
        var rows = new Evaluator?[values.Rows.Count][];
        var given = new bool[rows.Length][];
        SessionOptions options = compiler.Session.Options.Clone();
        BindingScope scope = compiler.Scope;
        scope.Clause = BindingClause.Values;
        for (int r = 0; r < rows.Length; r++)
        {
            IReadOnlyList<Expression> cells = values.Rows[r];
            if (cells.Count != ordinals.Length)
            {
                throw !hasList ? SqlErrors.Create(213) : SqlErrors.Create(cells.Count < ordinals.Length ? 109 : 110);
            }

            rows[r] = new Evaluator?[cells.Count];
            given[r] = new bool[table.Columns.Length];
            for (int i = 0; i < cells.Count; i++)
            {
                ColumnDefinition column = table.Columns[ordinals[i]];
                if (column.Identity is not null && cells[i] is LiteralExpression { Kind: LiteralKind.Default or LiteralKind.Null })
                {
                    throw SqlErrors.Create(339);
                }

                if (cells[i] is LiteralExpression { Kind: LiteralKind.Default })
                {
                    continue;
                }

                if (column.Type.Id == SqlTypeId.RowVersion)
                {
                    throw SqlErrors.Create(273);
                }

                if (column.GeneratedAlways != 0)
                {
                    throw SqlErrors.Create(13536, name);
                }

                given[r][ordinals[i]] = true;
                rows[r][i] = ColumnValue.Compile(cells[i], scope, column, name, options);
            }
        }

        scope.Clause = BindingClause.Other;
        return (rows, given);
    }

    private static Func<SqlValue, SqlValue>?[] ColumnConverters(SqlType[] types, TableDefinition table, int[] ordinals, string name, EngineSession session)
    {
        SessionOptions options = session.Options.Clone();
        var converters = new Func<SqlValue, SqlValue>?[ordinals.Length];
        for (int i = 0; i < converters.Length; i++)
        {
            ColumnDefinition column = table.Columns[ordinals[i]];
            if (column.Type.Id == SqlTypeId.RowVersion)
            {
                throw SqlErrors.Create(273);
            }

            if (column.GeneratedAlways != 0)
            {
                throw SqlErrors.Create(13536, name);
            }

            converters[i] = ColumnValue.Converter(types[i], column, name, options);
        }

        return converters;
    }

    protected override long Run(BatchExecution run, Frame frame, InsertUnit unit, ExecutionContext context, OutputPlan.Run output)
    {
        EngineSession session = run.Session;
        if (unit.Target.View is not null || (TableWriter.For(session, unit.Target.Shape).InsteadOf(DmlKind.Insert) is { } instead && TriggerRunner.Fires(run, instead)))
        {
            return RunInsteadOf(run, frame, unit, context);
        }

        TableDefinition table = unit.Target.In(frame);
        TableWriter writer = TableWriter.For(session, unit.Target.Shape);
        CheckIdentity(session, unit, writer, table);
        using RowChanges changes = writer.Begin(run, table, DmlKind.Insert);
        changes.Check = unit.Target.Check;
        if (unit.Values is not null && unit.Values.Length == 1 && unit.Output.IsEmpty && unit.Top is null)
        {
            session.RowSequences = unit.TakesSequenceValues ? [] : null;
            InsertRow(unit, 0, context, changes, new SqlValue[table.Columns.Length]);
        }
        else
        {
            bool keepsRows = !unit.Output.IsEmpty;
            foreach ((SqlValue[] row, bool[] given) in Rows(run, frame, unit, context, table.Columns.Length))
            {
                if (changes.Insert(row, given) && keepsRows)
                {
                    output.Add(row, null);
                }
            }
        }

        session.RowSequences = null;
        changes.UpdatedColumns = writer.Triggers.Length == 0 ? EmptyOrdinals : Enumerable.Range(0, table.Columns.Length).ToHashSet();
        changes.Finish(DmlKind.Insert);
        return changes.Count;
    }

    private static readonly HashSet<int> EmptyOrdinals = [];

    private static void InsertRow(InsertUnit unit, int index, ExecutionContext context, RowChanges changes, SqlValue[] row)
    {
        Evaluator?[] cells = unit.Values![index];
        try
        {
            for (int i = 0; i < cells.Length; i++)
            {
                if (cells[i] is { } cell)
                {
                    row[unit.Ordinals[i]] = cell(context);
                }
            }
        }
        catch (SqlErrorException error) when (error.Error.Number is 2628 or 8152)
        {
            changes.WasteIdentity();
            throw;
        }

        changes.Insert(row, unit.ValuesGiven[index]);
    }

    /// <summary>Source rows by target ordinal. Everything a query delivers is read before the first row is stored when it might see the target.</summary>
    private IEnumerable<(SqlValue[] Row, bool[] Given)> Rows(BatchExecution run, Frame frame, InsertUnit unit, ExecutionContext context, int width)
    {
        if (unit.Top is not null && statement.Top!.IsPercent)
        {
            List<(SqlValue[], bool[])> all = [.. AllRows(run, frame, unit, context, width, long.MaxValue)];
            int count = DmlTop.Percent(unit.Top(context), all.Count);
            foreach ((SqlValue[], bool[]) row in all.Take(count))
            {
                yield return row;
            }

            yield break;
        }

        long limit = unit.Top is null ? long.MaxValue : DmlTop.Rows(unit.Top(context));
        if (run.Session.Options.RowCountLimit is > 0 and var rowCount)
        {
            limit = Math.Min(limit, rowCount);
        }

        foreach ((SqlValue[], bool[]) row in AllRows(run, frame, unit, context, width, limit))
        {
            yield return row;
        }
    }

    private IEnumerable<(SqlValue[] Row, bool[] Given)> AllRows(BatchExecution run, Frame frame, InsertUnit unit, ExecutionContext context, int width, long limit)
    {
        if (unit.Values is { } values)
        {
            for (int r = 0; r < values.Length && limit-- > 0; r++)
            {
                run.Session.RowSequences = unit.TakesSequenceValues ? [] : null;
                var row = new SqlValue[width];
                for (int i = 0; i < values[r].Length; i++)
                {
                    if (values[r][i] is { } cell)
                    {
                        row[unit.Ordinals[i]] = cell(context);
                    }
                }

                yield return (row, unit.ValuesGiven[r]);
            }

            yield break;
        }

        if (_execute is not null)
        {
            foreach (SqlValue[] row in ExecutedRows(run, frame, unit, width))
            {
                if (limit-- <= 0)
                {
                    yield break;
                }

                yield return (row, unit.Given);
            }

            yield break;
        }

        if (_nested is not null)
        {
            run.Session.NestedRows = _nested.RunNested(run, frame);
        }

        if (!unit.MustMaterialise)
        {
            foreach (SqlValue[] row in QueryRows(unit, context, width, limit))
            {
                yield return (row, unit.Given);
            }

            yield break;
        }

        foreach (SqlValue[] row in QueryRows(unit, context, width, limit).ToList())
        {
            yield return (row, unit.Given);
        }
    }

    private static IEnumerable<SqlValue[]> QueryRows(InsertUnit unit, ExecutionContext context, int width, long limit)
    {
        CompiledQuery query = unit.Query!;
        int[] registers = [.. query.Columns.Select(c => c.Register)];
        using RowIterator iterator = query.Root.Open(context);
        int untilCheck = 256;
        while (limit-- > 0 && iterator.MoveNext())
        {
            if (--untilCheck == 0)
            {
                untilCheck = 256;
                context.ThrowIfCancelled();
            }

            var row = new SqlValue[width];
            for (int i = 0; i < registers.Length; i++)
            {
                SqlValue value = context.Registers[registers[i]];
                row[unit.Ordinals[i]] = unit.Converters[i] is { } convert ? convert(value) : value;
            }

            yield return row;
        }
    }

    /// <summary>INSERT ... EXEC: every row of every result set, converted by the value's own kind.</summary>
    private List<SqlValue[]> ExecutedRows(BatchExecution run, Frame frame, InsertUnit unit, int width)
    {
        if (run.IsCollecting)
        {
            throw SqlErrors.Create(8164);
        }

        var rows = new List<SqlValue[]>();
        TableDefinition table = unit.Target.Shape;
        string name = run.Session.DescribeTable(table, withDatabase: true);
        SessionOptions options = run.Session.Options.Clone();
        IReadOnlyList<ResultColumn>? columns = null;
        Func<SqlValue, SqlValue>?[] converters = [];
        try
        {
            _execute!.Collect(run, frame, collected =>
            {
                try
                {
                    if (columns != run.CollectedColumns)
                    {
                        columns = run.CollectedColumns!;
                        if (columns.Count != unit.Ordinals.Length)
                        {
                            throw SqlErrors.CreateWithState(213, 7);
                        }

                        converters = ColumnConverters([.. columns.Select(c => c.Type)], table, unit.Ordinals, name, run.Session);
                    }

                    var row = new SqlValue[width];
                    for (int i = 0; i < collected.Length; i++)
                    {
                        row[unit.Ordinals[i]] = converters[i] is { } convert ? convert(collected[i]) : collected[i];
                    }

                    rows.Add(row);
                }
                catch (SqlErrorException error)
                {
                    // It is this statement that fails, not the one that sends the row.
                    throw new CollectorException(error);
                }
            });
        }
        catch (CollectorException failed)
        {
            throw failed.Error;
        }

        return rows;
    }

    /// <summary>Carries an error of the receiving statement through the code that sends the rows.</summary>
    private sealed class CollectorException(SqlErrorException error) : Exception(error.Message, error)
    {
        public SqlErrorException Error { get; } = error;
    }

    private static void CheckIdentity(EngineSession session, InsertUnit unit, TableWriter writer, TableDefinition table)
    {
        if (writer.IdentityOrdinal < 0)
        {
            return;
        }

        bool isExplicit = unit.Given[writer.IdentityOrdinal];
        bool isOn = session.IdentityInsertTableId == table.ObjectId;
        if (isExplicit && !isOn)
        {
            throw SqlErrors.Create(544, table.Name);
        }

        if (!isExplicit && isOn)
        {
            throw SqlErrors.Create(545, table.Name);
        }
    }

    private long RunInsteadOf(BatchExecution run, Frame frame, InsertUnit unit, ExecutionContext context)
    {
        EngineSession session = run.Session;
        CatalogObject target = (CatalogObject?)unit.Target.View ?? unit.Target.Shape;
        ModuleDefinition trigger = TableWriter.TriggersOf(session.CatalogOf(target), target.ObjectId).First(t => t.IsInsteadOf && t.TriggerEvents.Contains("INSERT"));
        TableWriter? writer = unit.Target.View is null ? TableWriter.For(session, unit.Target.Shape) : null;
        int width = unit.Target.Shape.Columns.Length;
        var rows = new List<SqlValue[]>();
        foreach ((SqlValue[] row, bool[] given) in Rows(run, frame, unit, context, width))
        {
            for (int i = 0; i < width && writer is not null; i++)
            {
                if (!given[i])
                {
                    row[i] = i == writer.IdentityOrdinal
                        ? EngineSession.IntegerValue(0, unit.Target.Shape.Columns[i].Type)
                        : writer.DefaultOf(i)?.Invoke(new ExecutionContext(session, new VariableFrame(0), writer.RegisterCount, run.Cancellation)) ?? SqlValue.Null;
                }
            }

            rows.Add(row);
        }

        TriggerRunner.Run(run, trigger, target, DmlKind.Insert, rows, [], Enumerable.Range(0, width).ToHashSet(), rows.Count);
        return rows.Count;
    }
}
