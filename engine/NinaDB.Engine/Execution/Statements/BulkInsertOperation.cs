using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>
/// INSERT BULK: stores a stream of rows that a client sends, as one statement. Checks and foreign keys hold with CHECK_CONSTRAINTS and are distrusted without; triggers
/// fire with FIRE_TRIGGERS; a NULL for a column with a default takes the default unless KEEP_NULLS.
/// </summary>
internal sealed class BulkInsertOperation(InsertBulkStatement statement, IReadOnlyList<SqlType> types, IEnumerable<SqlValue[]> rows) : Operation, IDataChange
{
    private const int CancellationInterval = 256;

    public override StatementKind StatementKind => StatementKind.Insert;

    bool IDataChange.IsTerminatedBy(int number) => true;

    public override int Execute(BatchExecution run, Frame frame)
    {
        EngineSession session = run.Session;
        session.RefreshCatalog();
        TableDefinition table = Find(session, statement);
        StoreUse stores = table.Storage == TableStorageKind.Durable ? StoreUse.Durable | StoreUse.Temporary | StoreUse.Variable : StoreUse.Temporary;
        StatementScope scope = session.BeginWriteStatement(stores, isAtomic: false, run.Cancellation);
        long count;
        try
        {
            // Becoming the writer may have shown a newer catalog.
            count = Load(run, Find(session, statement));
        }
        catch
        {
            session.FailStatement(scope);
            throw;
        }

        session.CompleteStatement(scope);
        session.RowCount = count;
        run.SendDone(count);
        return Next;
    }

    private long Load(BatchExecution run, TableDefinition table)
    {
        EngineSession session = run.Session;
        new Security.PermissionCheck(session, null).Require(table, "INSERT");
        bool firesTriggers = statement.Options.ContainsKey("FIRE_TRIGGERS");
        bool checksConstraints = statement.Options.ContainsKey("CHECK_CONSTRAINTS");
        bool keepsNulls = statement.Options.ContainsKey("KEEP_NULLS");
        int[] ordinals = Ordinals(table, statement);
        if (types.Count != ordinals.Length)
        {
            throw SqlErrors.Create(4891);
        }

        string name = session.DescribeTable(table, withDatabase: true);
        SessionOptions options = session.Options.Clone();
        var converters = new Func<SqlValue, SqlValue>?[ordinals.Length];
        var defaults = new bool[ordinals.Length];
        var given = new bool[table.Columns.Length];
        for (int i = 0; i < ordinals.Length; i++)
        {
            ColumnDefinition column = table.Columns[ordinals[i]];
            converters[i] = ColumnValue.Converter(types[i], column, name, options);
            defaults[i] = !keepsNulls && column.Default is not null;
            given[ordinals[i]] = true;
        }

        TableWriter writer = TableWriter.For(session, table);
        using RowChanges changes = writer.Begin(run, table, DmlKind.Insert);
        changes.SkipsConstraints = !checksConstraints;
        int untilCheck = CancellationInterval;
        foreach (SqlValue[] source in rows)
        {
            var row = new SqlValue[table.Columns.Length];
            bool[] rowGiven = given;
            for (int i = 0; i < ordinals.Length; i++)
            {
                SqlValue value = source[i];
                if (value.IsNull && defaults[i])
                {
                    rowGiven = ReferenceEquals(rowGiven, given) ? (bool[])given.Clone() : rowGiven;
                    rowGiven[ordinals[i]] = false;
                    continue;
                }

                row[ordinals[i]] = converters[i] is { } convert ? convert(value) : value;
            }

            changes.Insert(row, rowGiven);
            if (--untilCheck == 0)
            {
                untilCheck = CancellationInterval;
                run.Cancellation.ThrowIfCancellationRequested();
            }
        }

        if (firesTriggers)
        {
            changes.UpdatedColumns = Enumerable.Range(0, table.Columns.Length).ToHashSet();
            changes.Finish(DmlKind.Insert);
        }
        else
        {
            changes.Finish();
        }

        if (!checksConstraints)
        {
            BulkLoadOperation.Distrust(session, table);
        }

        return changes.Count;
    }

    /// <summary>The table that the statement names. Errors 208, 4891.</summary>
    internal static TableDefinition Find(EngineSession session, InsertBulkStatement statement)
    {
        return session.FindTable(statement.Table) ?? throw SqlErrors.Create(208, statement.Table.ToString());
    }

    /// <summary>Ordinals of the columns that the stream brings; an identity column among them keeps the client's values.</summary>
    internal static int[] Ordinals(TableDefinition table, InsertBulkStatement statement)
    {
        if (statement.Columns.Count == 0)
        {
            return [.. Enumerable.Range(0, table.Columns.Length).Where(i => (!table.Columns[i].IsComputed || table.Columns[i].GraphType is GraphColumns.FromIdComputed or GraphColumns.ToIdComputed) && !table.Columns[i].IsHidden && table.Columns[i].Type.Id != SqlTypeId.RowVersion)];
        }

        var ordinals = new int[statement.Columns.Count];
        for (int i = 0; i < ordinals.Length; i++)
        {
            string column = statement.Columns[i].Name;
            ordinals[i] = table.FindColumn(column);
            if (ordinals[i] < 0)
            {
                throw SqlErrors.Create(207, column);
            }

            if (table.Columns[ordinals[i]].IsComputed && !GraphColumns.IsIdentifier(table.Columns[ordinals[i]]))
            {
                throw SqlErrors.Create(271, table.Columns[ordinals[i]].Name);
            }
        }

        return ordinals;
    }
}
