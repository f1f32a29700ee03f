using NinaDB.Engine.Catalog;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>What is the same for a whole statement while it is compiled.</summary>
internal sealed class CompilationContext(EngineSession session, CatalogSnapshot catalog, VariableMap variables)
{
    private int _registers;

    public EngineSession Session { get; } = session;

    /// <summary>SET options that expressions are bound under: the session's, but a new session's for what all sessions share (constraints, computed columns).</summary>
    public SessionOptions Options { get; init; } = session.Options;

    /// <summary>The catalog that names resolve in: the current database's, another one's while a view or function of that database is bound.</summary>
    public CatalogSnapshot Catalog { get; private set; } = catalog;

    /// <summary>Gathers everything that is wrong with the statement; null where the first error ends its compilation.</summary>
    public BindReport? Report { get; set; }

    /// <summary>Table sources bound so far.</summary>
    public int SourceCount { get; set; }

    /// <summary>How many subqueries, derived tables and views are being bound one in another.</summary>
    public int InnerQueries { get; set; }

    /// <summary>The database that the statement runs in.</summary>
    public int RootDatabaseId { get; } = catalog.DatabaseId;

    /// <summary>Catalog versions of the other databases that take part; null for none.</summary>
    public Dictionary<int, long>? OtherDatabases { get; private set; }

    /// <summary>Names resolve in another database until the result is disposed of.</summary>
    public NameScope In(int databaseId)
    {
        var scope = new NameScope(this, Catalog, Session.Database is null ? default : Session.In(databaseId));
        if (databaseId != Catalog.DatabaseId && Session.Server.Find(databaseId) is { } other)
        {
            Catalog = other;
            Use(other);
        }

        return scope;
    }

    /// <summary>Notes that the statement depends on another database's catalog.</summary>
    public void Use(CatalogSnapshot database)
    {
        if (database.DatabaseId != RootDatabaseId)
        {
            (OtherDatabases ??= [])[database.DatabaseId] = database.Version;
        }
    }

    /// <summary>Ends with the return to the database before.</summary>
    internal readonly struct NameScope(CompilationContext context, CatalogSnapshot previous, DatabaseScope session) : IDisposable
    {
        public void Dispose()
        {
            context.Catalog = previous;
            session.Dispose();
        }
    }

    public VariableMap Variables { get; } = variables;

    public int RegisterCount => _registers;

    /// <summary>The statement's query is the source of INSERT, MERGE or UPDATE: its columns take the collations of those that they go into.</summary>
    public bool FeedsTable { get; set; }

    /// <summary>Schema that unqualified names inside a module resolve to first; null for ad-hoc batches (the user's default schema).</summary>
    public string? ModuleSchema { get; init; }

    /// <summary>True while binding a module or view body where outer objects may not exist yet (deferred name resolution applies at run time).</summary>
    public bool IsInsideModule { get; init; }

    /// <summary>A table in whose place the changed rows of a statement are read, while an indexed view is kept in step; null elsewhere.</summary>
    public (int TableId, VariableInfo Rows)? Delta { get; init; }

    /// <summary>Row-level security does not apply: constraints judge every row of a table.</summary>
    public bool IgnoresRowSecurity { get; init; }

    /// <summary>A security predicate takes part in the statement: its conversion errors must not show values.</summary>
    public bool AppliesRowSecurity { get; set; }

    /// <summary>The statement reads a table with masked columns, so what it compiles to is one principal's.</summary>
    public bool ReadsMaskedTable { get; private set; }

    /// <summary>Nothing masks: the body of a scalar function, whose result masks where it is used.</summary>
    public bool IgnoresMasks { get; init; }

    /// <summary>Position of the first output column that masks: those before it are rows that the statement writes back.</summary>
    public int MasksFrom { get; set; }

    /// <summary>Masks of the columns that the principal may not see unmasked; null where there are none.</summary>
    public DataMasks? Masks { get; private set; }

    /// <summary>Notes a scalar function whose result may come out of a masked column.</summary>
    public void MaskResult(ModuleDefinition function)
    {
        if (IgnoresMasks || !Session.CatalogOf(function).HasMaskedColumns)
        {
            return;
        }

        DataMasks masks = Masks ?? new DataMasks(Session);
        if (masks.Add(function))
        {
            ReadsMaskedTable = true;
            Masks = masks;
        }
    }

    /// <summary>Notes the registers of a table with masked columns.</summary>
    public void MaskTable(TableDefinition table, IReadOnlyList<int> registers)
    {
        if (IgnoresMasks || !DataMasks.Masks(table))
        {
            return;
        }

        ReadsMaskedTable = true;
        (Masks ??= new DataMasks(Session)).Add(table, registers);
    }

    /// <summary>A table of the database is read WITH (UPDLOCK) or a stronger lock: in a transaction the reader waits for its turn to write, and keeps it.</summary>
    public bool LocksForUpdate { get; set; }

    /// <summary>Columns of the changing statement that the query reads from; null where it reads from none.</summary>
    public IReadOnlyList<ResultColumn>? NestedColumns { get; set; }

    /// <summary>Finds the types of parameters that nobody declared; null where all are declared.</summary>
    public ParameterInference? Inference { get; set; }

    /// <summary>The result names its base tables and carries their keys (SET NO_BROWSETABLE ON).</summary>
    public bool ShowsBaseTables { get; set; }

    /// <summary>The statement is SELECT ... INTO: IDENTITY(...) may number its rows.</summary>
    public bool FillsNewTable { get; set; }

    /// <summary>Looks up a #temporary table that this session sees; set by the session when it compiles.</summary>
    public Func<string, TableDefinition?>? TemporaryTables { get; init; }

    /// <summary>Objects that the statement reads, for permission checks and for the plan cache. Views are listed as well as what they read.</summary>
    public HashSet<CatalogObject> References { get; } = [];

    /// <summary>What the statement needs permissions for.</summary>
    public StatementAccess Access { get; } = new();

    /// <summary>WITH XMLNAMESPACES: prefixes and URIs; an empty prefix is the default element namespace.</summary>
    public IReadOnlyList<(string Prefix, string Uri)> XmlNamespaces { get; set; } = [];

    /// <summary>Format files that the statement was compiled by, as they were then.</summary>
    public List<Execution.Statements.FileStamp> Files { get; } = [];

    /// <summary>Sizes of tables that the choice of the plan rests on.</summary>
    public List<Planning.SizeWatch> Sizes { get; } = [];

    /// <summary>Events (INSERT, UPDATE, DELETE) of the statement that changes rows: a view inside its target that has an INSTEAD OF trigger for one of them is as good as a table.</summary>
    public IReadOnlyList<string> ChangeEvents { get; set; } = [];

    /// <summary>
    /// The first of the table sources (by the order of binding) whose rows are given, one each, in <see cref="Execution.VariableFrame.GivenRows"/>: the row that a view WITH CHECK OPTION has to
    /// show, the rows a cursor stands on.
    /// </summary>
    public int FirstGiven { get; set; }

    public int GivenCount { get; set; }

    public int AllocateRegister() => _registers++;
}

/// <summary>A column that a table source exposes.</summary>
internal sealed record ScopeColumn(string Name, SqlType Type, bool IsNullable, int Register)
{
    /// <summary>The base column, where it is one (identity, hidden, FILESTREAM, catalog metadata).</summary>
    public ColumnDefinition? Definition { get; init; }

    /// <summary>Expression to use instead of the register: a non-persisted computed column, expanded in place. Null for ordinary columns.</summary>
    public BoundExpression? Computed { get; init; }

    public bool IsHidden => Definition?.IsHidden ?? false;

    /// <summary>A derived table's column that shows a literal, a variable or what functions make of them: its collation gives way as theirs does.</summary>
    public bool IsCoercible { get; init; }

    /// <summary>What the rows of a column of nodes() refer to: only methods of xml may read it (error 493). Null for all other columns.</summary>
    public Types.Xml.XQuery.XType? NodeType { get; init; }

    /// <summary>The column whose nodes() made this one, as messages of XQuery name it; null for variables.</summary>
    public string? NodeReceiver { get; init; }
}

/// <summary>A table source in FROM (or inserted/deleted, or the target of MERGE) under its exposed name.</summary>
/// <param name="Alias">Exposed name: the alias, or the table's own name.</param>
/// <param name="Schema">Schema of a base table or view exposed without alias, so that schema.table.column resolves; null otherwise.</param>
internal sealed record ScopeSource(string Alias, string? Schema, IReadOnlyList<ScopeColumn> Columns)
{
    /// <summary>The base table behind it, for row locators and vector search; null for derived sources.</summary>
    public TableDefinition? Table { get; init; }

    /// <summary>The table or view whose columns these are, where the statement names it itself: permissions are asked for its columns.</summary>
    public CatalogObject? Securable { get; init; }

    /// <summary>Database of a base table or view named with three parts, without alias; null otherwise.</summary>
    public string? Database { get; init; }

    /// <summary>The source as FROM names it (its alias, or its name with whatever qualifier was written), for messages.</summary>
    public string? WrittenName { get; init; }

    /// <summary>The object as FROM names it, whatever its alias, for messages of XQuery.</summary>
    public string? ObjectName { get; init; }

    /// <summary>What UPDATE, DELETE, INSERT and MERGE change through the source; null where its rows come from no table.</summary>
    public SourceTarget? Target { get; init; }
}

/// <summary>Where in a statement an expression stands; decides which error a misplaced aggregate, window function or column gets.</summary>
internal enum BindingClause : byte
{
    Other, SelectList, Where, On, GroupBy, Having, OrderBy, Set, Output, Values, Check, Default, AggregateArgument,
}

/// <summary>
/// The names visible to an expression: sources of this query block, then of the outer blocks (correlation). The query binder fills it and hangs collectors
/// on it for aggregates and window functions; the expression binder resolves against it.
/// </summary>
internal sealed class BindingScope(CompilationContext context, BindingScope? outer = null)
{
    public CompilationContext Context { get; } = context;

    public BindingScope? Outer { get; } = outer;

    /// <summary>Boundary of EXISTS: nobody looks at the columns.</summary>
    public bool DiscardsOutput { get; init; }

    public List<ScopeSource> Sources { get; } = [];

    /// <summary>Sources marked FOR PATH: only aggregates over the path may name their columns (error 13961).</summary>
    public List<ScopeSource> PathSources { get; } = [];

    /// <summary>Gets every aggregate WITHIN GROUP (GRAPH PATH) and returns the column that will hold its result. Null where there is no path.</summary>
    public Func<FunctionCallExpression, BoundExpression>? PathCollector { get; set; }

    /// <summary>A query block's own scope: the numbers behind the identifiers of nodes and edges may not be named (error 13908). Expressions of the catalog may name them.</summary>
    public bool HidesGraphColumns { get; init; }

    /// <summary>What is being bound right now; set by whoever binds a block, clause by clause.</summary>
    public BindingClause Clause { get; set; }

    /// <summary>Registers of outer scopes that names seen from here (or from inner scopes) resolved to: the correlation of this block.</summary>
    public HashSet<int> OuterReferences { get; } = [];

    /// <summary>Parameters of the inline function whose body is bound under this scope, by name with @; they come before the batch's variables. Null elsewhere.</summary>
    public IReadOnlyDictionary<string, BoundExpression>? Parameters { get; init; }

    /// <summary>CTEs visible here (looked up through Outer too). Values belong to the query binder.</summary>
    public Dictionary<string, object> CommonTables { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Set by the query binder while binding a SELECT list, HAVING or ORDER BY: gets every aggregate call and returns the column that will hold its result.
    /// Null where aggregates are not allowed (error 147 in WHERE, 157 in SET, ...).
    /// </summary>
    public Func<FunctionCallExpression, BoundExpression>? AggregateCollector { get; set; }

    /// <summary>The same for window functions (OVER): null where they are not allowed (error 4108).</summary>
    public Func<FunctionCallExpression, BoundExpression>? WindowCollector { get; set; }

    /// <summary>
    /// In a grouped block: maps an expression (by structural equality) that is a grouping expression to its output column; returns null when it is none.
    /// Columns that are neither grouped nor aggregated are error 8120.
    /// </summary>
    public Func<Expression, BoundExpression?>? GroupingResolver { get; set; }

    /// <summary>Set where a row takes one value a sequence however often it asks (the select list): gets every NEXT VALUE FOR and returns the column with its value.</summary>
    public Func<NextValueForExpression, SequenceDefinition, BoundExpression>? SequenceCollector { get; set; }

    /// <summary>Gets the register of the row locator of one of a source's tables (see <see cref="RowLocatorExpression"/>).</summary>
    public Func<ScopeSource, int, int>? LocatorResolver { get; set; }
}

/// <summary>Query binding as the expression binder sees it (subqueries).</summary>
internal interface IQueryBinder
{
    /// <summary>Binds a subquery whose outer references resolve through <paramref name="outer"/>.</summary>
    BoundQuery BindSubquery(QueryExpression query, BindingScope outer);

    /// <summary>The table variable or table-valued parameter with this name; null when there is none.</summary>
    Execution.VariableInfo? FindTableVariable(string name);

    /// <summary>Notes an object that an expression uses (a function, a sequence), for permissions.</summary>
    void NoteNamed(CatalogObject found);
}

/// <summary>Planning as the expression compiler sees it (subqueries inside expressions).</summary>
internal interface IQueryPlanner
{
    PlanNode Plan(BoundQuery query);
}
