using System.Runtime.CompilerServices;
using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Cdc;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Ddl;
using NinaDB.Engine.Execution.Expressions;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

internal enum DmlKind : byte
{
    Insert, Update, Delete, Merge,
}

/// <summary>
/// Everything that has to happen when rows of a table change, compiled once a definition: defaults, computed columns, NOT NULL, CHECK, foreign keys in both
/// directions, triggers. Shared by sessions.
/// </summary>
internal sealed class TableWriter
{
    private static readonly ConditionalWeakTable<TableDefinition, TableWriter> Cache = [];

    private readonly long _catalogVersion;
    private readonly Evaluator?[] _defaults;
    private readonly bool _needsOptions;

    private TableWriter(EngineSession session, TableDefinition table)
    {
        Table = table;
        _needsOptions = RequiredOptions.Concern(table);
        using DatabaseScope database = session.In(table);
        CatalogSnapshot catalog = session.Catalog;
        IsReadOnly = catalog.IsReadOnly && table.Storage == TableStorageKind.Durable;
        DatabaseName = table.Storage == TableStorageKind.Durable || !TemporaryNames.IsTemporary(table.Name) ? catalog.DatabaseName : "tempdb";
        _catalogVersion = catalog.Version;
        DisplayName = session.DescribeTable(table, withDatabase: false);
        FullName = session.DescribeTable(table, withDatabase: true);
        int count = table.Columns.Length;
        var compilation = new CompilationContext(session, catalog, new VariableMap()) { Options = SessionOptions.Standard };
        ScopeSource source = QueryCompiler.BindSourceFor(table, table.Name, compilation, catalog.SchemaName(table.SchemaId));
        Registers = [.. source.Columns.Select(c => c.Register)];
        BindingScope scope = QueryCompiler.BindScopeFor(compilation, [source]);

        _defaults = new Evaluator?[count];
        var computed = new List<(int, Evaluator)>();
        for (int i = 0; i < count; i++)
        {
            ColumnDefinition column = table.Columns[i];
            if (column.IsComputed)
            {
                scope.Clause = BindingClause.Other;
                computed.Add((i, QueryCompiler.CompileExpression(DdlExpressions.Parse(column.ComputedText!), scope, column.Type)));
            }
            else if (column.Default is { } value)
            {
                scope.Clause = BindingClause.Default;
                _defaults[i] = ColumnValue.Compile(DdlExpressions.Parse(value.Text), scope, column, FullName, SessionOptions.Standard);
            }

            if (column.Identity is not null)
            {
                IdentityOrdinal = i;
            }

            if (column.Type.Id == SqlTypeId.RowVersion)
            {
                RowVersionOrdinal = i;
            }
        }

        Computed = [.. computed];
        scope.Clause = BindingClause.Check;
        Checks = [.. table.Checks.Where(c => !c.IsDisabled).Select(c => (c, QueryCompiler.CompilePredicate(DdlExpressions.ParseCondition(c.Text), scope)))];
        Rules = [.. table.Columns.Select((c, i) => (Column: c, Ordinal: i)).Where(c => c.Column.Rule is not null)
            .Select(c => (c.Ordinal, QueryCompiler.CompilePredicate(Syntax.Parser.ParseRule(c.Column.Rule!.Condition, c.Column.Name), scope)))];
        Filters = table.Indexes.Where(i => i.FilterText is not null)
            .ToDictionary(i => i.IndexId, i => QueryCompiler.CompilePredicate(DdlExpressions.ParseCondition(i.FilterText!), scope));
        if (catalog.SecurityPredicatesOn(table.ObjectId).Any(p => p.Predicate.IsBlock))
        {
            AfterInsert = QueryCompiler.CompileBlockPredicates(table, source, SecurityOperation.AfterInsert, compilation);
            AfterUpdate = QueryCompiler.CompileBlockPredicates(table, source, SecurityOperation.AfterUpdate, compilation);
            BeforeUpdate = QueryCompiler.CompileBlockPredicates(table, source, SecurityOperation.BeforeUpdate, compilation);
            BeforeDelete = QueryCompiler.CompileBlockPredicates(table, source, SecurityOperation.BeforeDelete, compilation);
        }

        RegisterCount = compilation.RegisterCount;
        References = [.. table.ForeignKeys.Where(k => !k.IsDisabled).Select(k => ForeignKeyCheck.Create(session, table, k))];
        ReferencedBy = table.Storage == TableStorageKind.Durable
            ? [.. catalog.ForeignKeysReferencing(table.ObjectId).Where(k => !k.Key.IsDisabled).Select(k => ForeignKeyCheck.Create(session, k.Table, k.Key))]
            : [];
        Graph = GraphRows.For(table);
        Connections = [.. table.EdgeConstraints.Where(c => !c.IsDisabled).Select(c => new EdgeConstraintCheck(session, table, c))];
        ConnectedBy = table.IsNode
            ? [.. catalog.EdgeConstraintsOn(table.ObjectId).Where(c => !c.Constraint.IsDisabled).Select(c => new EdgeConstraintCheck(session, c.Table, c.Constraint))]
            : [];
        Triggers = table.Storage == TableStorageKind.Durable ? TriggersOf(catalog, table.ObjectId) : [];
        Captures = table.Storage == TableStorageKind.Durable ? CapturePlan.For(catalog, table) : [];
        Views = table.Storage == TableStorageKind.Durable ? [.. catalog.IndexedViewsOn(table.ObjectId).Select(v => IndexedViewPlan.Create(session, catalog, v, table))] : [];
        _needsOptions |= Views.Length > 0;
    }

    public TableDefinition Table { get; }

    /// <summary>schema.table.</summary>
    public string DisplayName { get; }

    /// <summary>database.schema.table.</summary>
    public string FullName { get; }

    /// <summary>Database of the table, for messages.</summary>
    public string DatabaseName { get; }

    /// <summary>Its database is set READ_ONLY.</summary>
    public bool IsReadOnly { get; }

    /// <summary>Register of each column in the context that expressions over a row are evaluated with.</summary>
    public int[] Registers { get; }

    public int RegisterCount { get; }

    public int IdentityOrdinal { get; } = -1;

    public int RowVersionOrdinal { get; } = -1;

    public (int Ordinal, Evaluator Value)[] Computed { get; }

    public (CheckDefinition Check, PredicateEvaluator Condition)[] Checks { get; }

    /// <summary>Rules bound to columns.</summary>
    public (int Ordinal, PredicateEvaluator Condition)[] Rules { get; }

    /// <summary>Filters of filtered indexes by index id.</summary>
    public Dictionary<int, PredicateEvaluator> Filters { get; }

    /// <summary>Block predicates of security policies, by the operation they judge.</summary>
    public RowPredicate[] AfterInsert { get; } = [];

    public RowPredicate[] AfterUpdate { get; } = [];

    public RowPredicate[] BeforeUpdate { get; } = [];

    public RowPredicate[] BeforeDelete { get; } = [];

    public bool HasBlockPredicates => AfterInsert.Length + AfterUpdate.Length + BeforeUpdate.Length + BeforeDelete.Length > 0;

    public ForeignKeyCheck[] References { get; }

    /// <summary>Foreign keys of other tables (or of this one) that point here.</summary>
    public ForeignKeyCheck[] ReferencedBy { get; }

    /// <summary>What a node or edge table adds to INSERT; null for others.</summary>
    public GraphRows? Graph { get; }

    /// <summary>Enabled constraints of an edge table.</summary>
    public EdgeConstraintCheck[] Connections { get; }

    /// <summary>Enabled constraints of edge tables that name this node table.</summary>
    public EdgeConstraintCheck[] ConnectedBy { get; }

    /// <summary>Enabled DML triggers.</summary>
    public ModuleDefinition[] Triggers { get; }

    /// <summary>Indexed views that are kept in step with this table.</summary>
    public IndexedViewPlan[] Views { get; }

    /// <summary>The capture instances that record changes of this table.</summary>
    public CapturePlan[] Captures { get; }

    /// <summary>The writer of a table (or of the shape of a table variable) for the session's catalog.</summary>
    public static TableWriter For(EngineSession session, TableDefinition table)
    {
        if (Cache.TryGetValue(table, out TableWriter? writer) && (writer._catalogVersion == session.CatalogOf(table).Version || writer.IsIndependent))
        {
            return writer;
        }

        writer = new TableWriter(session, table);
        Cache.AddOrUpdate(table, writer);
        return writer;
    }

    public static ModuleDefinition[] TriggersOf(CatalogSnapshot catalog, int objectId) =>
        [.. catalog.TriggersOn(objectId).Where(t => !t.IsDisabled)];

    public ModuleDefinition? InsteadOf(DmlKind kind) => Triggers.FirstOrDefault(t => t.IsInsteadOf && t.TriggerEvents.Contains(EventOf(kind)));

    public bool HasAfter(DmlKind kind) => Triggers.Any(t => !t.IsInsteadOf && t.TriggerEvents.Contains(EventOf(kind)));

    public static string EventOf(DmlKind kind) => kind switch
    {
        DmlKind.Insert => "INSERT",
        DmlKind.Update => "UPDATE",
        _ => "DELETE",
    };

    /// <summary>The default of a column, as an evaluator without registers; null when it has none.</summary>
    public Evaluator? DefaultOf(int ordinal) => _defaults[ordinal];

    public RowChanges Begin(BatchExecution run, TableDefinition table, DmlKind kind)
    {
        if (_needsOptions)
        {
            RequiredOptions.Check(run.Session.Options, kind.ToString().ToUpperInvariant());
        }

        switch (kind)
        {
            case DmlKind.Delete:
                run.Session.TouchColumns(table, []);
                break;
            case DmlKind.Update:
                // UPDATE says which columns once it has begun.
                break;
            default:
                run.Session.TouchTable(table);
                break;
        }

        return new(run, this, table, kind);
    }

    /// <summary>Nothing in it depends on other objects of the catalog: a heap of plain columns, a table variable.</summary>
    private bool IsIndependent => Table.Storage != TableStorageKind.Durable;

    /// <summary>Access to the rows of the table (of a session's instance of it).</summary>
    public TableAccess Access(EngineSession session, TableDefinition table) => session.AccessTo(table, () =>
    {
        ExecutionContext? context = null;
        return new TableAccessOptions
        {
            ObjectName = DisplayName,
            Filter = Filters.Count == 0
                ? null
                : index =>
                {
                    context ??= new ExecutionContext(session, new VariableFrame(0), RegisterCount, CancellationToken.None);
                    PredicateEvaluator filter = Filters[index.IndexId];
                    return row =>
                    {
                        Load(context, row);
                        return filter(context) == Truth.True;
                    };
                },
            CompleteRow = Computed.Length == 0
                ? null
                : row =>
                {
                    context ??= new ExecutionContext(session, new VariableFrame(0), RegisterCount, CancellationToken.None);
                    Compute(context, row);
                },
        };
    });

    /// <summary>Puts a row into the registers.</summary>
    public void Load(ExecutionContext context, SqlValue[] row)
    {
        SqlValue[] registers = context.Registers;
        for (int i = 0; i < Registers.Length; i++)
        {
            registers[Registers[i]] = row[i];
        }
    }

    /// <summary>Evaluates the computed columns of a row and leaves the row in the registers.</summary>
    public void Compute(ExecutionContext context, SqlValue[] row)
    {
        Load(context, row);
        foreach ((int ordinal, Evaluator value) in Computed)
        {
            SqlValue result = value(context);
            row[ordinal] = result;
            context.Registers[Registers[ordinal]] = result;
        }
    }

    /// <summary>Error 33504 unless the block predicates admit the row.</summary>
    public void RequireAdmitted(ExecutionContext context, RowPredicate[] predicates, SqlValue[] row)
    {
        if (predicates.Length == 0)
        {
            return;
        }

        Load(context, row);
        foreach (RowPredicate predicate in predicates)
        {
            RowPredicate.Run run = predicate.Begin(context);
            if (predicate.Reads?.Contains(Table.ObjectId) ?? true)
            {
                // The rows just written may change the answer.
                run.Forget();
            }

            if (!run.Admits())
            {
                throw SqlErrors.Create(33504, FullName);
            }
        }
    }

    /// <summary>Error 513 when a value that the statement gives a column breaks the column's rule. The row is in the registers when there are rules.</summary>
    /// <param name="changed">Columns that are written; null for all.</param>
    public void RequireRules(ExecutionContext context, IReadOnlySet<int>? changed)
    {
        foreach ((int ordinal, PredicateEvaluator condition) in Rules)
        {
            if ((changed is null || changed.Contains(ordinal)) && condition(context) == Truth.False)
            {
                throw SqlErrors.CreateWithState(513, 0, DatabaseName, DisplayName, Table.Columns[ordinal].Name);
            }
        }
    }

    /// <summary>Errors 515 and 547 (CHECK). The row is in the registers when there are checks.</summary>
    public void Validate(ExecutionContext context, SqlValue[] row, string statement, string database, bool skipsChecks = false)
    {
        for (int i = 0; i < row.Length; i++)
        {
            if (row[i].IsNull && !Table.Columns[i].IsNullable)
            {
                throw SqlErrors.CreateWithState(515, 2, Table.Columns[i].Name, FullName, statement);
            }
        }

        foreach ((CheckDefinition check, PredicateEvaluator condition) in Checks)
        {
            if (!skipsChecks && condition(context) == Truth.False)
            {
                string? column = check.ParentColumnId > 0 ? Table.Columns[Table.OrdinalOf(check.ParentColumnId)].Name : null;
                throw SqlErrors.CreateWithState(547, 0, statement, "CHECK", check.Name, database, DisplayName, column is null ? "" : $", column '{column}'");
            }
        }
    }
}
