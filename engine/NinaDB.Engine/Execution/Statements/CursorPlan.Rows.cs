using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>What a cursor does about changes of the same row by others.</summary>
internal enum CursorConcurrency : byte
{
    ReadOnly = 1, ScrollLocks, Optimistic,
}

/// <summary>Looking rows up by their locators, instead of running the query again.</summary>
internal sealed partial class CursorPlan
{
    private CursorUnit? _oneMember, _oneRow;
    private bool? _readsSingly;

    /// <summary>By table, the columns that say whether a row belongs to the cursor, and where.</summary>
    private IReadOnlyList<int[]>? _deciding;

    public CursorConcurrency Concurrency { get; private init; }

    /// <summary>FETCH remembers the base rows, so that a positioned change finds out whether they are still the same.</summary>
    public bool KeepsBase { get; private init; }

    /// <summary>Row-level security filters one of the tables.</summary>
    private bool IsGuarded { get; init; }

    public IReadOnlyList<TableDefinition> Tables => _tables;

    /// <summary>Whether a row can be looked up by itself: not under row-level security, which would have to judge it.</summary>
    public bool ReadsSingly => _readsSingly ??= HasLocators && !IsGuarded && (Model == CursorModel.Keyset || _query.Query is SelectQuery { Top: null, OffsetRows: null });

    /// <summary>Changes when rows may have come into the cursor, or to another place in it.</summary>
    public long ShapeStamp(EngineSession session) => HasLocators ? session.ShapeStamp(_tables, _deciding ??= Deciding()) : 0;

    private IReadOnlyList<int[]> Deciding()
    {
        var query = (SelectQuery)_query.Query;
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        bool isOpaque = false;
        void Look(SyntaxNode node) => SyntaxTree.Visit(node, found =>
        {
            isOpaque |= SyntaxTree.QueryOf(found) is not null;
            if (found is ColumnExpression column)
            {
                names.Add(column.Name);
            }

            return true;
        });
        if (query.Where is not null)
        {
            Look(query.Where);
        }

        foreach (JoinTableSource join in query.From.SelectMany(Joins))
        {
            if (join.On is not null)
            {
                Look(join.On);
            }
        }

        foreach (OrderByItem item in query.OrderBy)
        {
            Look(Resolve(item.Expression, query.Items));
        }

        return [.. _tables.Select(table =>
        {
            int[] named = [.. Enumerable.Range(0, table.Columns.Length).Where(i => names.Contains(table.Columns[i].Name))];
            return isOpaque || named.Any(i => table.Columns[i].IsComputed)
                ? [.. Enumerable.Range(0, table.Columns.Length)]
                : named.Union(table.Indexes.SelectMany(i => i.KeyColumns).Select(k => table.OrdinalOf(k.ColumnId))).ToArray();
        })];
    }

    private static IEnumerable<JoinTableSource> Joins(TableSource source) => source is JoinTableSource join ? [join, .. Joins(join.Left), .. Joins(join.Right)] : [];

    /// <summary>The cursor's row for given locators as it is now; null when a base row has gone, or the rows do not belong together any more.</summary>
    /// <param name="isMembership">The condition decides as well.</param>
    public CursorRow? ReadOne(BatchExecution run, Cursor cursor, byte[]?[] locators, bool isMembership)
    {
        EngineSession session = run.Session;
        session.RefreshCatalog();
        session.BeginRead();
        try
        {
            if (Fetch(session, cursor, locators) is not { } rows)
            {
                return null;
            }

            CursorUnit unit = One(run, cursor, isMembership);
            cursor.Variables.GivenRows = rows;
            var context = new ExecutionContext(session, cursor.Variables, unit.RegisterCount, run.Cancellation);
            using RowIterator iterator = unit.Query!.Root.Open(context);
            if (!iterator.MoveNext())
            {
                return null;
            }

            IReadOnlyList<OutputColumn> columns = unit.Query.Columns;
            var values = new SqlValue[columns.Count];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = context.Registers[columns[i].Register].Kept();
            }

            return new CursorRow(values, locators);
        }
        finally
        {
            session.EndRead();
        }
    }

    /// <summary>The base rows behind locators, with nothing computed; null where one has gone.</summary>
    public SqlValue[]?[]? BaseRows(BatchExecution run, Cursor cursor, byte[]?[] locators)
    {
        run.Session.BeginRead();
        try
        {
            SqlValue[]?[]? rows = Fetch(run.Session, cursor, locators);
            foreach (SqlValue[]? row in rows ?? [])
            {
                for (int i = 0; i < row?.Length; i++)
                {
                    row[i] = row[i].Kept();
                }
            }

            return rows;
        }
        finally
        {
            run.Session.EndRead();
        }
    }

    public SqlValue[]? BaseRow(BatchExecution run, Cursor cursor, int source, byte[] locator) => Fetch(run.Session, cursor, source, locator);

    private SqlValue[]?[]? Fetch(EngineSession session, Cursor cursor, byte[]?[] locators)
    {
        var rows = new SqlValue[]?[_tables.Count];
        for (int i = 0; i < rows.Length; i++)
        {
            if (locators[i] is { } locator)
            {
                rows[i] = Fetch(session, cursor, i, locator);
                if (rows[i] is null)
                {
                    return null;
                }
            }
        }

        return rows;
    }

    private SqlValue[]? Fetch(EngineSession session, Cursor cursor, int source, byte[] locator)
    {
        TableDefinition table = _variables[source] is { } variable ? cursor.Variables.Tables[variable.Slot]! : _tables[source];
        int[] stored = Stored(source);
        var row = new SqlValue[table.Columns.Length];
        return TableWriter.For(session, _tables[source]).Access(session, table).TryFetch(locator, stored, row, stored) ? row : null;
    }

    private int[]?[]? _stored;

    /// <summary>Ordinals of the columns that rows of a table hold.</summary>
    private int[] Stored(int source) => (_stored ??= new int[]?[_tables.Count])[source] ??=
        [.. Enumerable.Range(0, _tables[source].Columns.Length).Where(i => !_tables[source].Columns[i].IsComputed || _tables[source].Columns[i].IsPersisted)];

    /// <summary>The query over one given row a table.</summary>
    private CursorUnit One(BatchExecution run, Cursor cursor, bool isMembership)
    {
        ref CursorUnit? known = ref isMembership ? ref _oneMember : ref _oneRow;
        if (known is not null && known.IsValid(run.Session))
        {
            return known;
        }

        run.BeginCompiling();
        var compiler = new UnitCompiler(run.Session, cursor.Routine);
        compiler.Context.GivenCount = _tables.Count;
        var select = (SelectQuery)(isMembership ? _query : Unconditional()).Query;
        var one = new SelectQuery { Line = select.Line, Items = [.. select.Items.SkipLast(_tables.Count)], From = select.From, Where = select.Where };
        known = compiler.Seal(new CursorUnit(QueryCompiler.Compile(one, [], compiler.Context), null));
        run.EndCompiling();
        new Security.PermissionCheck(run.Session, cursor.Routine).RequireReads(compiler.Context.Access);
        return known;
    }
}
