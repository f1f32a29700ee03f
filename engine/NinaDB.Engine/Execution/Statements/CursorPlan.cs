using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>How a cursor's rows are found again: the model it really gets, its base tables, and its query with their locators.</summary>
/// <remarks>
/// A model asked for becomes a lesser one where the query allows no other: rows that are not made from rows of base tables (DISTINCT, GROUP BY, views, functions)
/// are copied; a limit on rows, or an order no index delivers, fixes the rows at OPEN; and a keyset needs a unique index on every table.
/// </remarks>
internal sealed partial class CursorPlan
{
    private readonly SelectStatement _query;
    private readonly IReadOnlyList<TableDefinition> _tables;
    private readonly IReadOnlyList<VariableInfo?> _variables;

    private CursorPlan(SelectStatement query, CursorModel model, bool isReadOnly, bool isFastForward, IReadOnlyList<(TableDefinition Table, VariableInfo? Variable)> tables)
    {
        _query = query;
        Model = model;
        IsReadOnly = isReadOnly;
        IsFastForward = isFastForward;
        _tables = [.. tables.Select(t => t.Table)];
        _variables = [.. tables.Select(t => t.Variable)];
    }

    public CursorModel Model { get; }

    public bool IsReadOnly { get; }

    public bool IsFastForward { get; }

    private bool HasLocators => Model != CursorModel.Static;

    private (IReadOnlyList<OutputColumn> Columns, List<CursorRow> Rows)? _given;

    /// <summary>A plan whose rows are there already.</summary>
    public static CursorPlan Given(IReadOnlyList<OutputColumn> columns, List<CursorRow> rows) =>
        new(new SelectStatement { Query = new SelectQuery { Items = [] } }, CursorModel.Static, true, false, []) { _given = (columns, rows), Concurrency = CursorConcurrency.ReadOnly };

    public int IndexOf(TableDefinition table)
    {
        for (int i = 0; i < _tables.Count; i++)
        {
            if (_tables[i].ObjectId == table.ObjectId)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Changes when a table of the cursor may have.</summary>
    public long Stamp(EngineSession session) => HasLocators ? session.TableStamp(_tables) : 0;

    public static CursorPlan Create(BatchExecution run, CursorDefinition definition, Frame frame)
    {
        CheckOptions(definition);
        IReadOnlyList<string> options = definition.Options;
        bool isFast = options.Contains("FAST_FORWARD") || (options.Contains("READ_ONLY") && !options.Any(o => o is "SCROLL" or "STATIC" or "KEYSET" or "DYNAMIC" or "INSENSITIVE"));
        CursorModel wanted = options.Any(o => o is "STATIC" or "INSENSITIVE") ? CursorModel.Static
            : options.Contains("KEYSET") || (options.Contains("SCROLL") && !options.Contains("DYNAMIC")) ? CursorModel.Keyset
            : CursorModel.Dynamic;
        bool isReadOnly = isFast || wanted == CursorModel.Static || options.Contains("READ_ONLY");
        CursorModel model = wanted;
        List<(TableDefinition, VariableInfo?)>? tables = null;
        SelectStatement query = definition.Query;
        if (wanted != CursorModel.Static)
        {
            tables = TablesOf(run, frame, definition.Query);
            SelectStatement? marked = tables is null ? null : WithLocators(definition.Query);
            if (marked is null || !Compiles(run, frame, marked))
            {
                model = CursorModel.Static;
            }
            else
            {
                bool isFixed = definition.Query.Query is SelectQuery { Top: not null } or { FetchRows: not null } or { OffsetRows: not null } || !IsOrderDelivered(definition.Query.Query, tables!);
                model = isFixed ? isFast ? CursorModel.Static : CursorModel.Keyset : wanted;
                if (model == CursorModel.Keyset && !tables!.TrueForAll(t => HasKey(t.Item1)))
                {
                    model = CursorModel.Static;
                }

                query = model == CursorModel.Static ? definition.Query : marked;
            }
        }

        CursorConcurrency concurrency = isReadOnly || model == CursorModel.Static ? CursorConcurrency.ReadOnly
            : options.Contains("SCROLL_LOCKS") ? CursorConcurrency.ScrollLocks
            : CursorConcurrency.Optimistic;
        if (options.Contains("TYPE_WARNING") && model != wanted && !isFast)
        {
            run.SendMessage(SqlErrors.Create(16956).Error);
        }

        return new CursorPlan(query, model, isReadOnly || model == CursorModel.Static, isFast, model == CursorModel.Static ? [] : tables!)
        {
            Concurrency = concurrency,
            IsGuarded = model != CursorModel.Static && tables!.Exists(t => run.Session.CatalogOf(t.Item1).SecurityPredicatesOn(t.Item1.ObjectId).Count > 0),
            KeepsBase = concurrency == CursorConcurrency.Optimistic && (options.Contains("OPTIMISTIC") || Array.Exists(frame.Routine.Operations, o => o is IPositionedChange { IsPositioned: true })),
        };
    }

    /// <summary>Pairs of options that contradict each other (1048).</summary>
    public static void CheckOptions(CursorDefinition definition)
    {
        (string, string)[] conflicts =
        [
            ("LOCAL", "GLOBAL"), ("FORWARD_ONLY", "SCROLL"), ("FAST_FORWARD", "SCROLL"), ("STATIC", "KEYSET"), ("STATIC", "DYNAMIC"), ("STATIC", "FAST_FORWARD"), ("KEYSET", "DYNAMIC"),
            ("KEYSET", "FAST_FORWARD"), ("DYNAMIC", "FAST_FORWARD"), ("READ_ONLY", "SCROLL_LOCKS"), ("READ_ONLY", "OPTIMISTIC"), ("SCROLL_LOCKS", "OPTIMISTIC"), ("FAST_FORWARD", "SCROLL_LOCKS"),
            ("FAST_FORWARD", "OPTIMISTIC"), ("STATIC", "SCROLL_LOCKS"),
        ];
        foreach ((string first, string second) in conflicts)
        {
            if (definition.Options.Contains(first) && definition.Options.Contains(second))
            {
                throw SqlErrors.Create(1048, first, second);
            }
        }
    }

    /// <summary>The base tables that a query reads, in order; null when it reads anything else.</summary>
    private static List<(TableDefinition, VariableInfo?)>? TablesOf(BatchExecution run, Frame frame, SelectStatement statement)
    {
        if (statement.With.Count > 0 || statement.Query is not SelectQuery { GroupBy.Count: 0, Having: null, IsDistinct: false, For: null, Into: null } query || query.From.Count == 0 || HasWindow(query))
        {
            return null;
        }

        var compiler = new UnitCompiler(run.Session, frame.Routine);
        var tables = new List<(TableDefinition, VariableInfo?)>();
        foreach (TableSource leaf in query.From.SelectMany(Leaves))
        {
            (TableDefinition?, VariableInfo?) found = leaf switch
            {
                NamedTableSource { Name.Server: null, SystemTime: null, Sample: null, IsForPath: false } named => (
                    named.Name.Name.StartsWith('#') ? compiler.FindTemporary(named.Name.Name) : compiler.FindObject(named.Name) as TableDefinition, null),
                VariableTableSource v when compiler.Context.Variables.Find(v.Name) is { Table: not null } variable => (frame.Variables.Tables[variable.Slot], variable),
                _ => (null, null),
            };
            if (found.Item1 is not { } table || table.IsNode || table.IsEdge)
            {
                return null;
            }

            tables.Add((table, found.Item2));
        }

        return tables;
    }

    private static bool HasWindow(SelectQuery query) => query.Items.Any(i => SyntaxTree.Visit(i, node => node is FunctionCallExpression { Over: not null }));

    private static IEnumerable<TableSource> Leaves(TableSource source) => source is JoinTableSource { Kind: not (JoinKind.CrossApply or JoinKind.OuterApply) } join
        ? Leaves(join.Left).Concat(Leaves(join.Right))
        : [source];

    private static SelectStatement WithLocators(SelectStatement statement)
    {
        var select = (SelectQuery)statement.Query;
        int line = select.Line;
        IEnumerable<SelectItem> locators = select.From.SelectMany(Leaves).Select(leaf => (SelectItem)new ExpressionItem
        {
            Expression = new RowLocatorExpression { SourceAlias = leaf.Alias ?? (leaf is NamedTableSource n ? n.Name.Name : ((VariableTableSource)leaf).Name), Line = line },
            Alias = "<locator>",
            Line = line,
        });
        return new SelectStatement
        {
            Line = statement.Line,
            Hints = statement.Hints,
            Query = new SelectQuery
            {
                Line = line, Items = [.. select.Items, .. locators], From = select.From, Where = select.Where, OrderBy = select.OrderBy, Windows = select.Windows, Top = select.Top,
                OffsetRows = select.OffsetRows, FetchRows = select.FetchRows,
            },
        };
    }

    private static bool Compiles(BatchExecution run, Frame frame, SelectStatement query)
    {
        try
        {
            QueryCompiler.Compile(query, new UnitCompiler(run.Session, frame.Routine).Context);
            return true;
        }
        catch (SqlErrorException)
        {
            // The query itself may be at fault (its own reading says so), or its rows are not made from rows of the tables.
            return false;
        }
    }

    /// <summary>An index makes the locator of a keyset: a key, any unique index, or a clustered one.</summary>
    private static bool HasKey(TableDefinition table) => table.Indexes.Any(i => (i.IsUnique && i.FilterText is null && i.IndexId > 0) || i.IndexId == 1);

    /// <summary>Whether some index delivers the order, forwards or backwards; after the columns of a unique one nothing more matters.</summary>
    private static bool IsOrderDelivered(QueryExpression query, List<(TableDefinition Table, VariableInfo?)> tables)
    {
        if (query.OrderBy.Count == 0)
        {
            return true;
        }

        if (tables.Count != 1)
        {
            return false;
        }

        TableDefinition table = tables[0].Table;
        var columns = new List<(int ColumnId, bool IsDescending)>();
        foreach (OrderByItem item in query.OrderBy)
        {
            Expression expression = Resolve(item.Expression, ((SelectQuery)query).Items);
            if (expression is not ColumnExpression column || table.FindColumn(column.Name) is not (>= 0 and var ordinal))
            {
                return false;
            }

            columns.Add((table.Columns[ordinal].ColumnId, item.IsDescending));
        }

        return table.Indexes.Any(index => index.IndexId > 0 && index.FilterText is null && !index.IsDisabled && Delivers(index, columns));
    }

    /// <summary>An ordinal or an alias of the select list as the expression it means.</summary>
    private static Expression Resolve(Expression expression, IReadOnlyList<SelectItem> items) => expression switch
    {
        LiteralExpression { Kind: LiteralKind.Integer } number when int.TryParse(number.Text, out int position) && position >= 1 && position <= items.Count && items[position - 1] is ExpressionItem item => item.Expression,
        ColumnExpression { Qualifier.Count: 0 } column when items.OfType<ExpressionItem>().FirstOrDefault(i => string.Equals(i.Alias, column.Name, StringComparison.OrdinalIgnoreCase)) is { } aliased => aliased.Expression,
        _ => expression,
    };

    private static bool Delivers(IndexDefinition index, List<(int ColumnId, bool IsDescending)> columns)
    {
        bool? isReversed = null;
        for (int i = 0; i < columns.Count; i++)
        {
            if (i == index.KeyColumns.Length)
            {
                return index.IsUnique;
            }

            bool reversed = index.KeyColumns[i].IsDescending != columns[i].IsDescending;
            if (index.KeyColumns[i].ColumnId != columns[i].ColumnId || (isReversed is { } direction && direction != reversed))
            {
                return false;
            }

            isReversed = reversed;
        }

        return true;
    }

    /// <summary>Runs the query. Not for membership, it delivers every row that its tables may make now, whatever the condition says.</summary>
    public (IReadOnlyList<OutputColumn> Columns, List<CursorRow> Rows) Read(BatchExecution run, Cursor cursor, bool isMembership)
    {
        if (_given is { } given)
        {
            return given;
        }

        EngineSession session = run.Session;
        session.RefreshCatalog();
        session.BeginRead();
        try
        {
            run.BeginCompiling();
            var compiler = new UnitCompiler(session, cursor.Routine);
            CursorUnit unit = compiler.Seal(new CursorUnit(QueryCompiler.Compile(isMembership ? _query : Unconditional(), compiler.Context), null));
            run.EndCompiling();
            new Security.PermissionCheck(session, cursor.Routine).RequireReads(compiler.Context.Access);
            var context = new ExecutionContext(session, cursor.Variables, unit.RegisterCount, run.Cancellation);
            int[] registers = [.. unit.Query!.Columns.Select(c => c.Register)];
            int width = registers.Length - _tables.Count;
            var rows = new List<CursorRow>();
            long limit = isMembership && session.Options.RowCountLimit is > 0 and var rowCount ? rowCount : long.MaxValue;
            using RowIterator iterator = unit.Query.Root.Open(context);
            while (rows.Count < limit && iterator.MoveNext())
            {
                var values = new SqlValue[width];
                for (int i = 0; i < width; i++)
                {
                    values[i] = context.Registers[registers[i]].Kept();
                }

                var locators = new byte[]?[_tables.Count];
                for (int i = 0; i < locators.Length; i++)
                {
                    SqlValue locator = context.Registers[registers[width + i]];
                    locators[i] = locator.IsNull ? null : locator.AsBytes.AsSpan().ToArray();
                }

                rows.Add(new CursorRow(values, locators));
            }

            return ([.. unit.Query.Columns.Take(width)], rows);
        }
        finally
        {
            session.EndRead();
        }
    }

    /// <summary>The query without what chooses among the rows: a member of the keyset stays one.</summary>
    private SelectStatement Unconditional()
    {
        var select = (SelectQuery)_query.Query;
        return new SelectStatement
        {
            Line = _query.Line,
            Hints = _query.Hints,
            Query = new SelectQuery { Line = select.Line, Items = select.Items, From = select.From, Where = select.From.Count == 1 && select.From[0] is not JoinTableSource ? null : select.Where },
        };
    }

    /// <summary>What a deleted row of a keyset looks like: NULL, or the zero of a type that cannot be NULL.</summary>
    public SqlValue[] Placeholders(IReadOnlyList<OutputColumn> columns) => [.. columns.Select(c => c.IsNullable ? SqlValue.Null : Zero(c.Type))];

    private static SqlValue Zero(SqlType type)
    {
        SqlValue zero = type.IsBinary ? SqlValue.FromBinary([]) : type.IsString ? SqlValue.FromString("") : SqlValue.FromInt(0);
        SqlType from = type.IsBinary ? SqlType.VarBinary(1) : type.IsString ? SqlType.NVarChar(1) : SqlType.Int;
        return SqlConvert.CanConvert(from, type, isImplicit: false) ? SqlConvert.Convert(zero, from, type) : SqlValue.Null;
    }
}
