using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>
/// The OUTPUT clauses of one statement, compiled over registers for inserted, deleted, $action, and the columns of other tables in FROM that they name
/// (the statement's query delivers those).
/// </summary>
internal sealed class OutputPlan
{
    private readonly List<Clause> _clauses = [];
    private int[] _insertedRegisters = [];
    private int[] _deletedRegisters = [];
    private int _actionRegister = -1;
    private int[] _extraRegisters = [];

    /// <summary>The target where it is a view, CTE or derived table: its rows come from the query, from <see cref="_viewStart"/> on.</summary>
    private ViewRow? _view;
    private int _viewStart;

    private sealed record Clause(Evaluator[] Values, IReadOnlyList<ResultColumn> Columns)
    {
        public DmlTarget? Into { get; init; }

        public int[] IntoOrdinals { get; init; } = [];

        public Func<SqlValue, SqlValue>?[] Converters { get; init; } = [];
    }

    public bool IsEmpty => _clauses.Count == 0;

    /// <summary>True when rows go to the client.</summary>
    public bool HasClientRows => _clauses.Exists(c => c.Into is null);

    /// <summary>Stores that OUTPUT INTO writes.</summary>
    public StoreUse Stores { get; private set; }

    /// <summary>Columns of other sources that the query must deliver, in this order.</summary>
    public IReadOnlyList<ColumnExpression> Extras { get; private init; } = [];

    /// <summary>Finds the columns of other sources that OUTPUT items name.</summary>
    public static IReadOnlyList<ColumnExpression> FindExtras(IReadOnlyList<OutputClause> outputs)
    {
        var extras = new List<ColumnExpression>();
        foreach (OutputClause output in outputs)
        {
            foreach (SelectItem item in output.Items)
            {
                if (item is not ExpressionItem { Expression: var expression })
                {
                    continue;
                }

                SyntaxTree.Visit(expression, node =>
                {
                    if (node is ColumnExpression { Qualifier.Count: > 0 } column && !IsPseudo(column.Qualifier[^1])
                        && !extras.Exists(e => Same(e, column)))
                    {
                        extras.Add(column);
                    }

                    return true;
                });
            }
        }

        return extras;
    }

    private static bool IsPseudo(string name) =>
        name.Equals("inserted", StringComparison.OrdinalIgnoreCase) || name.Equals("deleted", StringComparison.OrdinalIgnoreCase);

    private static bool Same(ColumnExpression a, ColumnExpression b) =>
        string.Equals(a.Qualifier[^1], b.Qualifier[^1], StringComparison.OrdinalIgnoreCase) && string.Equals(a.Name, b.Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Compiles the clauses. <paramref name="extraColumns"/> are the types of <paramref name="extras"/> as the query delivers them.</summary>
    public static OutputPlan Compile(
        UnitCompiler compiler, IReadOnlyList<OutputClause> outputs, TableDefinition target, DmlKind kind,
        IReadOnlyList<ColumnExpression>? extras = null, IReadOnlyList<OutputColumn>? extraColumns = null, ViewRow? view = null, int viewStart = 0)
    {
        extras ??= [];
        var plan = new OutputPlan { Extras = extras, _view = view, _viewStart = viewStart };
        if (outputs.Count == 0)
        {
            return plan;
        }

        CompilationContext context = compiler.Context;
        var sources = new List<ScopeSource>();
        if (kind != DmlKind.Delete)
        {
            ScopeSource inserted = view is null ? PlainSource(target, "inserted", context) : ViewSource(view, "inserted", context);
            plan._insertedRegisters = [.. inserted.Columns.Select(c => c.Register)];
            sources.Add(inserted);
        }

        if (kind != DmlKind.Insert)
        {
            ScopeSource deleted = view is null ? PlainSource(target, "deleted", context) : ViewSource(view, "deleted", context);
            plan._deletedRegisters = [.. deleted.Columns.Select(c => c.Register)];
            sources.Add(deleted);
        }

        if (kind == DmlKind.Merge)
        {
            plan._actionRegister = context.AllocateRegister();
            sources.Add(new ScopeSource("$action", null, [new ScopeColumn("$action", SqlType.NVarChar(10), false, plan._actionRegister)]));
        }

        plan._extraRegisters = new int[extras.Count];
        for (int i = 0; i < extras.Count; i++)
        {
            plan._extraRegisters[i] = context.AllocateRegister();
        }

        foreach (IGrouping<string, int> group in Enumerable.Range(0, extras.Count).GroupBy(i => extras[i].Qualifier[^1], StringComparer.OrdinalIgnoreCase))
        {
            sources.Add(new ScopeSource(group.Key, null,
                [.. group.Select(i => new ScopeColumn(extras[i].Name, extraColumns![i].Type, extraColumns[i].IsNullable, plan._extraRegisters[i]))]));
        }

        view?.Use(InsertedColumns(outputs, view), context);
        BindingScope scope = QueryCompiler.BindScopeFor(context, sources);
        scope.Clause = BindingClause.Output;
        foreach (OutputClause output in outputs)
        {
            plan._clauses.Add(plan.CompileClause(compiler, output, scope, target));
        }

        return plan;
    }

    private static ScopeSource PlainSource(TableDefinition table, string alias, CompilationContext context)
    {
        var source = new ScopeSource(
            alias,
            null,
            [.. table.Columns.Select(c => new ScopeColumn(c.Name, c.Type, c.IsNullable, context.AllocateRegister()) { Definition = c })]);
        context.MaskTable(table, [.. source.Columns.Select(c => c.Register)]);
        return source;
    }

    private static ScopeSource ViewSource(ViewRow view, string alias, CompilationContext context) => new(
        alias,
        null,
        [.. view.Columns.Select(c => new ScopeColumn(c.Name, c.Type, c.IsNullable, context.AllocateRegister()) { Definition = c.Definition })]);

    /// <summary>The columns of a view that the clauses name as columns of inserted. Error 404 for those that are not made from the written table.</summary>
    private static HashSet<string> InsertedColumns(IReadOnlyList<OutputClause> outputs, ViewRow view)
    {
        var named = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        void Name(string column)
        {
            view.RequireWritten(column);
            named.Add(column);
        }

        static bool IsInserted(IReadOnlyList<string> qualifier) => qualifier.Count > 0 && qualifier[^1].Equals("inserted", StringComparison.OrdinalIgnoreCase);
        foreach (SelectItem item in outputs.SelectMany(o => o.Items))
        {
            if (item is StarItem star && IsInserted(star.Qualifier))
            {
                foreach (ScopeColumn column in view.Columns)
                {
                    Name(column.Name);
                }
            }
            else if (item is ExpressionItem { Expression: var expression })
            {
                SyntaxTree.Visit(expression, node =>
                {
                    if (node is ColumnExpression column && IsInserted(column.Qualifier))
                    {
                        Name(column.Name);
                    }

                    return true;
                });
            }
        }

        return named;
    }

    private Clause CompileClause(UnitCompiler compiler, OutputClause output, BindingScope scope, TableDefinition target)
    {
        var values = new List<Evaluator>();
        var columns = new List<ResultColumn>();
        void Add(Expression expression, string? alias)
        {
            values.Add(QueryCompiler.CompileMasked(expression, scope));
            (SqlType type, bool isNullable) = QueryCompiler.Describe(expression, scope);
            columns.Add(new ResultColumn(alias ?? (expression as ColumnExpression)?.Name ?? "", type, isNullable));
        }

        foreach (SelectItem item in output.Items)
        {
            switch (item)
            {
                case StarItem star:
                    string qualifier = star.Qualifier.Count > 0 ? star.Qualifier[^1] : throw SqlErrors.Create(102, "*");
                    ScopeSource source = scope.Sources.FirstOrDefault(s => string.Equals(s.Alias, qualifier, StringComparison.OrdinalIgnoreCase))
                        ?? throw SqlErrors.Create(107, qualifier);
                    foreach (ScopeColumn column in source.Columns.Where(c => !c.IsHidden))
                    {
                        Add(new ColumnExpression { Qualifier = [qualifier], Name = column.Name, Line = star.Line }, null);
                    }

                    break;
                case ExpressionItem e:
                    Add(e.Expression, e.Alias);
                    break;
                default:
                    throw SqlErrors.NotSupported(item.GetType().Name);
            }
        }

        if (output.Into is null)
        {
            return new Clause([.. values], columns);
        }

        DmlTarget into = DmlTarget.Resolve(compiler, output.Into);
        Stores |= into.Store;
        int[] ordinals = IntoOrdinals(into.Shape, output, columns.Count, compiler.Session.DescribeTable(into.Shape, withDatabase: false));
        string name = compiler.Session.DescribeTable(into.Shape, withDatabase: true);
        SessionOptions options = compiler.Session.Options.Clone();
        var converters = new Func<SqlValue, SqlValue>?[columns.Count];
        for (int i = 0; i < converters.Length; i++)
        {
            ColumnDefinition column = into.Shape.Columns[ordinals[i]];
            SqlConvert.EnsureAllowed(columns[i].Type, column.Type, isImplicit: true);
            converters[i] = SqlConvert.GetColumnConverter(columns[i].Type, column.Type, name, column.Name, options);
        }

        return new Clause([.. values], columns) { Into = into, IntoOrdinals = ordinals, Converters = converters };
    }

    private static int[] IntoOrdinals(TableDefinition table, OutputClause output, int count, string displayName)
    {
        var ordinals = new List<int>();
        if (output.IntoColumns.Count > 0)
        {
            foreach (string column in output.IntoColumns)
            {
                int ordinal = table.FindColumn(column);
                ordinals.Add(ordinal >= 0 ? ordinal : throw SqlErrors.Create(207, column));
            }
        }
        else
        {
            for (int i = 0; i < table.Columns.Length; i++)
            {
                ColumnDefinition column = table.Columns[i];
                if (column.Identity is null && !column.IsComputed && column.Type.Id != SqlTypeId.RowVersion)
                {
                    ordinals.Add(i);
                }
            }
        }

        if (output.IntoColumns.Count == 0 && count > ordinals.Count && table.Columns.Any(c => c.Identity is not null))
        {
            throw SqlErrors.Create(8101, displayName);
        }

        return ordinals.Count == count ? [.. ordinals] : throw SqlErrors.Create(213);
    }

    /// <summary>Columns of OUTPUT without INTO; none when there is no such clause.</summary>
    public IReadOnlyList<ResultColumn> ClientColumns => _clauses.Find(c => c.Into is null)?.Columns ?? [];

    /// <summary>Starts collecting for one execution.</summary>
    public Run Begin(ExecutionContext context) => new(this, context);

    /// <summary>One execution: rows collected while the statement runs, delivered when it has succeeded.</summary>
    internal sealed class Run(OutputPlan plan, ExecutionContext context)
    {
        private readonly List<SqlValue[]>[] _rows = [.. plan._clauses.Select(_ => new List<SqlValue[]>())];

        /// <summary>Collects one changed row. <paramref name="extras"/> holds the columns of other sources from <paramref name="extraStart"/> on.</summary>
        public void Add(SqlValue[]? inserted, SqlValue[]? deleted, string? action = null, SqlValue[]? extras = null, int extraStart = 0)
        {
            SqlValue[] registers = context.Registers;
            if (plan._view is { } view)
            {
                inserted = inserted is null ? null : view.Of(context, inserted);
                deleted = deleted is null ? null : extras.AsSpan(plan._viewStart, view.Columns.Count).ToArray();
            }

            Load(registers, plan._insertedRegisters, inserted);
            Load(registers, plan._deletedRegisters, deleted);
            if (plan._actionRegister >= 0)
            {
                registers[plan._actionRegister] = SqlValue.FromString(action!);
            }

            for (int i = 0; i < plan._extraRegisters.Length; i++)
            {
                registers[plan._extraRegisters[i]] = extras![extraStart + i];
            }

            for (int c = 0; c < plan._clauses.Count; c++)
            {
                Evaluator[] values = plan._clauses[c].Values;
                var row = new SqlValue[values.Length];
                for (int i = 0; i < row.Length; i++)
                {
                    // Rows for the client are read when the statement is over.
                    row[i] = plan._clauses[c].Into is null ? values[i](context).Kept() : values[i](context);
                }

                _rows[c].Add(row);
            }
        }

        private static void Load(SqlValue[] registers, int[] map, SqlValue[]? row)
        {
            for (int i = 0; i < map.Length; i++)
            {
                registers[map[i]] = row is null ? SqlValue.Null : row[i];
            }
        }

        /// <summary>OUTPUT INTO: inside the statement, so that it is undone with it.</summary>
        public void WriteInto(BatchExecution run, Frame frame)
        {
            for (int c = 0; c < plan._clauses.Count; c++)
            {
                Clause clause = plan._clauses[c];
                if (clause.Into is null)
                {
                    continue;
                }

                TableDefinition table = clause.Into.In(frame);
                TableWriter writer = TableWriter.For(run.Session, clause.Into.Shape);
                if (writer.Triggers.Length > 0 || writer.References.Length > 0 || writer.ReferencedBy.Length > 0)
                {
                    throw writer.Triggers.Length > 0 ? SqlErrors.Create(331, writer.DisplayName) : SqlErrors.Create(332, writer.DisplayName, ReferenceOf(run.Session, table));
                }

                decimal? identity = run.Session.ScopeIdentity, last = run.Session.LastIdentity;
                using RowChanges changes = writer.Begin(run, table, DmlKind.Insert);
                var given = new bool[table.Columns.Length];
                foreach (int ordinal in clause.IntoOrdinals)
                {
                    given[ordinal] = true;
                }

                foreach (SqlValue[] values in _rows[c])
                {
                    var row = new SqlValue[table.Columns.Length];
                    for (int i = 0; i < values.Length; i++)
                    {
                        row[clause.IntoOrdinals[i]] = clause.Converters[i] is { } convert ? convert(values[i]) : values[i];
                    }

                    changes.Insert(row, given);
                }

                changes.Finish();
                run.Session.ScopeIdentity = identity;
                run.Session.LastIdentity = last;
            }
        }

        /// <summary>Name of a foreign key on either side of which the table stands.</summary>
        private static string? ReferenceOf(EngineSession session, TableDefinition table) =>
            table.ForeignKeys.Select(k => k.Name).Concat(session.Catalog.ForeignKeysReferencing(table.ObjectId).Select(k => k.Key.Name)).FirstOrDefault();

        /// <summary>Rows of OUTPUT without INTO.</summary>
        public IReadOnlyList<SqlValue[]> ClientRows
        {
            get
            {
                int index = plan._clauses.FindIndex(c => c.Into is null);
                return index < 0 ? [] : _rows[index];
            }
        }

        /// <summary>Sends the rows of OUTPUT without INTO; true when there is such a clause.</summary>
        public bool Send(BatchExecution run)
        {
            bool sent = false;
            for (int c = 0; c < plan._clauses.Count; c++)
            {
                if (plan._clauses[c].Into is not null)
                {
                    continue;
                }

                run.SendColumns(plan._clauses[c].Columns);
                foreach (SqlValue[] row in _rows[c])
                {
                    run.SendRow(row);
                }

                run.SendEndRows();
                sent = true;
            }

            return sent;
        }
    }
}
