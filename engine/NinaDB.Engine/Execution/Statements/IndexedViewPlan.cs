using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>
/// Keeps the rows of an indexed view in step with one of its tables. The view's own query runs over the rows that a statement took away and over those that it
/// added, in the table's place; what comes out leaves the view, or joins it. Groups change by the counts and sums of these rows, and go when they are empty.
/// </summary>
internal sealed class IndexedViewPlan
{
    private enum ColumnRole : byte
    {
        Value, Count, Sum,
    }

    private readonly ModuleDefinition _view;
    private readonly CompiledQuery _query;
    private readonly TableDefinition _shape;
    private readonly int _slots;
    private readonly int _slot;
    private readonly int _registers;
    private readonly ColumnRole[]? _roles;
    private readonly int _groupCount;

    private IndexedViewPlan(ModuleDefinition view, CompiledQuery query, CompilationContext context, VariableInfo delta)
    {
        _view = view;
        _query = query;
        _shape = delta.Table!;
        _slot = delta.Slot;
        _slots = context.Variables.Count;
        _registers = Math.Max(query.RegisterCount, context.RegisterCount);
        var select = (SelectQuery)ModuleSyntax.View(view).Query.Query;
        if (select.GroupBy.Count > 0)
        {
            Expression[] items = [.. select.Items.Select(i => ((ExpressionItem)i).Expression)];
            _roles = [.. items.Select(RoleOf)];
            _groupCount = Array.FindIndex(items, i => i is FunctionCallExpression { IsStar: true });
        }
    }

    private TableDefinition Rows => _view.Materialized!;

    public static IndexedViewPlan Create(EngineSession session, CatalogSnapshot catalog, ModuleDefinition view, TableDefinition table)
    {
        var variables = new VariableMap();
        VariableInfo delta = variables.Add("@delta", SqlType.Table(null), TriggerTables.ShapeFor(table))!;
        var context = new CompilationContext(session, catalog, variables)
        {
            IgnoresRowSecurity = true,
            IsInsideModule = true,
            ModuleSchema = catalog.SchemaName(view.SchemaId),
            Options = SessionOptions.Standard,
            Delta = (table.ObjectId, delta),
        };
        SelectStatement query = ModuleSyntax.View(view).Query;
        return new IndexedViewPlan(view, QueryCompiler.Compile(query.Query, query.With, context), context, delta);
    }

    /// <summary>Access to the rows of an indexed view.</summary>
    public static TableAccess Access(EngineSession session, ModuleDefinition view) =>
        new(view.Materialized!, session.StoreFor(view.Materialized!), new TableAccessOptions { ObjectName = session.CatalogOf(view).QualifiedName(view) });

    /// <summary>Carries the changes of one statement over. Error 2601 where two rows of the view would have the same key.</summary>
    public void Apply(BatchExecution run, IReadOnlyList<SqlValue[]> removed, IReadOnlyList<SqlValue[]> added)
    {
        EngineSession session = run.Session;
        if (removed.Count + added.Count == 0)
        {
            return;
        }

        TableAccess access = Access(session, _view);
        session.TouchTable(Rows);
        List<SqlValue[]> outgoing = Evaluate(run, removed);
        List<SqlValue[]> incoming = Evaluate(run, added);
        foreach (SqlValue[] row in outgoing)
        {
            if (_roles is not null)
            {
                ChangeGroup(session, access, row, -1);
            }
            else if (Find(access, row) is ({ } locator, { } old))
            {
                access.Delete(locator, old);
            }
            else
            {
                throw Lost(session);
            }
        }

        foreach (SqlValue[] row in incoming)
        {
            if (_roles is not null)
            {
                ChangeGroup(session, access, row, 1);
            }
            else
            {
                access.Insert(row);
            }
        }
    }

    private List<SqlValue[]> Evaluate(BatchExecution run, IReadOnlyList<SqlValue[]> rows)
    {
        var result = new List<SqlValue[]>();
        if (rows.Count == 0)
        {
            return result;
        }

        EngineSession session = run.Session;
        TableDefinition table = session.CreateTableVariable(_shape);
        try
        {
            var access = new TableAccess(table, session.TemporaryStore);
            foreach (SqlValue[] row in rows)
            {
                access.Insert(row.AsSpan().ToArray());
            }

            var frame = new VariableFrame(_slots) { Tables = new TableDefinition?[_slots] };
            frame.Tables[_slot] = table;
            var context = new ExecutionContext(session, frame, _registers, run.Cancellation);
            using RowIterator iterator = _query.Root.Open(context);
            while (iterator.MoveNext())
            {
                var row = new SqlValue[_query.Columns.Count];
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] = context.Registers[_query.Columns[i].Register].Kept();
                }

                result.Add(row);
            }
        }
        finally
        {
            session.DropTableVariable(table);
            session.Reads?.Forget(table);
        }

        return result;
    }

    /// <summary>The row with the same clustered key; of a grouped view, the row of the same group.</summary>
    private (byte[]? Locator, SqlValue[]? Row) Find(TableAccess access, SqlValue[] row)
    {
        SqlValue[] key = [.. Rows.RowStore.KeyColumns.Select(k => row[Rows.OrdinalOf(k.ColumnId)])];
        int[] ordinals = [.. Enumerable.Range(0, Rows.Columns.Length)];
        var buffer = new SqlValue[ordinals.Length];
        using TableCursor cursor = access.Scan(Rows.RowStore, access.Range(Rows.RowStore, key), ordinals, buffer);
        while (cursor.MoveNext())
        {
            if (_roles is null || IsSameGroup(buffer, row))
            {
                return (cursor.Locator.ToArray(), buffer.AsSpan().ToArray());
            }
        }

        return default;
    }

    private bool IsSameGroup(SqlValue[] left, SqlValue[] right)
    {
        for (int i = 0; i < left.Length; i++)
        {
            if (_roles![i] == ColumnRole.Value && (left[i].IsNull != right[i].IsNull || (!left[i].IsNull && !SqlComparer.Equals(left[i], right[i], Rows.Columns[i].Type))))
            {
                return false;
            }
        }

        return true;
    }

    private void ChangeGroup(EngineSession session, TableAccess access, SqlValue[] delta, int sign)
    {
        (byte[]? locator, SqlValue[]? old) = Find(access, delta);
        if (locator is null || old is null)
        {
            if (sign < 0)
            {
                throw Lost(session);
            }

            access.Insert(delta);
            return;
        }

        SqlValue[] changed = old.AsSpan().ToArray();
        for (int i = 0; i < changed.Length; i++)
        {
            if (_roles![i] != ColumnRole.Value)
            {
                changed[i] = Combine(old[i], delta[i], sign, Rows.Columns[i].Type);
            }
        }

        if (changed[_groupCount].AsInt64 == 0)
        {
            access.Delete(locator, old);
        }
        else
        {
            access.Update(locator, old, changed);
        }
    }

    private static SqlValue Combine(SqlValue left, SqlValue right, int sign, SqlType type)
    {
        switch (type.Id)
        {
            case SqlTypeId.Float:
                return SqlValue.FromFloat(left.AsDouble + (sign * right.AsDouble));
            case SqlTypeId.Decimal or SqlTypeId.Numeric:
                Numeric128? sum = sign > 0 ? Numeric128.Add(left.AsNumeric, right.AsNumeric, type.Scale) : Numeric128.Subtract(left.AsNumeric, right.AsNumeric, type.Scale);
                return sum is { } value ? SqlValue.FromNumeric(value, type.Id) : throw SqlErrors.Create(8115, "expression", type.Name);
            default:
                Int128 whole = (Int128)left.AsInt64 + (sign * (Int128)right.AsInt64);
                bool fits = type.Id == SqlTypeId.Int ? whole >= int.MinValue && whole <= int.MaxValue : whole >= long.MinValue && whole <= long.MaxValue;
                return fits ? SqlValue.FromInteger(type.Id, (long)whole) : throw SqlErrors.Create(8115, "expression", type.Name);
        }
    }

    private static ColumnRole RoleOf(Expression item) => item switch
    {
        FunctionCallExpression { Name.Parts.Count: 1 } call when call.Name.Name.Equals("COUNT_BIG", StringComparison.OrdinalIgnoreCase) => ColumnRole.Count,
        FunctionCallExpression { Name.Parts.Count: 1 } call when call.Name.Name.Equals("SUM", StringComparison.OrdinalIgnoreCase) => ColumnRole.Sum,
        _ => ColumnRole.Value,
    };

    private SqlErrorException Lost(EngineSession session) => SqlErrors.Create(8646, Rows.RowStore.IndexId, _view.ObjectId, session.CatalogOf(_view).DatabaseName);
}
