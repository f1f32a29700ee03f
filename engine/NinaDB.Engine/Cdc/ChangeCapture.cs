using NinaDB.Engine.Catalog;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Cdc;

/// <summary>How rows of a source table become rows of one change table; made once a definition.</summary>
internal sealed class CapturePlan
{
    private CapturePlan(TableDefinition source, TableDefinition changeTable)
    {
        CaptureInstance instance = CaptureInstance.Of(changeTable);
        ChangeTable = changeTable;
        Columns = new Column[instance.ColumnIds.Length];
        for (int i = 0; i < Columns.Length; i++)
        {
            int ordinal = source.OrdinalOf(instance.ColumnIds[i]);
            if (ordinal < 0 || source.Columns[ordinal].IsComputed)
            {
                // A dropped column and a computed one are NULL for ever.
                Columns[i] = new Column(-1, null, false, false);
                continue;
            }

            SqlType type = source.Columns[ordinal].Type;
            SqlType target = changeTable.Columns[CaptureInstance.FirstCaptured + i].Type;
            Columns[i] = new Column(ordinal, type == target ? null : SqlConvert.GetConverter(type, target), type.IsMax, type.IsLegacyLob);
        }

        KeyOrdinals = [.. instance.KeyColumnIds.Select(source.OrdinalOf).Where(o => o >= 0)];
        FullMask = SqlValue.FromBinary(UpdateMask.Full(Columns.Length));
    }

    /// <param name="Ordinal">In the source; -1 for what is always NULL.</param>
    /// <param name="IsLarge">varchar(max) and the like: left out of the row before an update unless changed.</param>
    /// <param name="IsLegacy">text, ntext, image: never in deleted rows and rows before an update.</param>
    public readonly record struct Column(int Ordinal, Func<SqlValue, SqlValue>? Convert, bool IsLarge, bool IsLegacy);

    public TableDefinition ChangeTable { get; }

    public Column[] Columns { get; }

    /// <summary>Ordinals of the source that identify a row.</summary>
    public int[] KeyOrdinals { get; }

    public SqlValue FullMask { get; }

    /// <summary>The plans of a table's capture instances; none for a table that is not tracked.</summary>
    public static CapturePlan[] For(CatalogSnapshot catalog, TableDefinition source) =>
        [.. catalog.ChangeTablesOf(source.ObjectId).Select(t => new CapturePlan(source, t))];
}

/// <summary>Writes what one statement changes in a tracked table into one of its change tables, within the same transaction.</summary>
internal sealed class ChangeCapture(EngineSession session, CapturePlan plan)
{
    private const int Deleted = 1, Inserted = 2, Before = 3, After = 4;

    private readonly TableAccess _access = TableWriter.For(session, plan.ChangeTable).Access(session, plan.ChangeTable);

    public static ChangeCapture[] Begin(EngineSession session, CapturePlan[] plans) => plans.Length == 0 ? [] : [.. plans.Select(p => new ChangeCapture(session, p))];

    public void Insert(SqlValue[] row) => Write(Inserted, row, plan.FullMask, null);

    public void Delete(SqlValue[] row) => Write(Deleted, row, plan.FullMask, null);

    /// <summary>
    /// The updates of one statement. A row whose key changes is a delete and an insert; all deletes come first, so that keys that rows hand to each other read right.
    /// An update that changes no captured column leaves nothing.
    /// </summary>
    public void Update(IReadOnlyList<RowUpdate> updates)
    {
        List<SqlValue[]>? moved = null;
        foreach (RowUpdate update in updates)
        {
            if (Array.Exists(plan.KeyOrdinals, o => !SqlValue.SameRepresentation(update.Old[o], update.New[o])))
            {
                Delete(update.Old);
                (moved ??= []).Add(update.New);
            }
            else
            {
                Change(update.Old, update.New);
            }
        }

        foreach (SqlValue[] row in moved ?? [])
        {
            Insert(row);
        }
    }

    private void Change(SqlValue[] old, SqlValue[] row)
    {
        byte[]? mask = null;
        for (int i = 0; i < plan.Columns.Length; i++)
        {
            int ordinal = plan.Columns[i].Ordinal;
            if (ordinal >= 0 && !SqlValue.SameRepresentation(old[ordinal], row[ordinal]))
            {
                UpdateMask.Set(mask ??= UpdateMask.Empty(plan.Columns.Length), i + 1);
            }
        }

        if (mask is null)
        {
            return;
        }

        (int command, SqlValue sequence) = CdcTransaction.Of(session).NextChange(plan.ChangeTable.DatabaseId);
        SqlValue shown = SqlValue.FromBinary(mask);
        Write(Before, old, shown, mask, command, sequence);
        Write(After, row, shown, mask, command, sequence);
    }

    private void Write(int operation, SqlValue[] source, SqlValue mask, byte[]? changed)
    {
        (int command, SqlValue sequence) = CdcTransaction.Of(session).NextChange(plan.ChangeTable.DatabaseId);
        Write(operation, source, mask, changed, command, sequence);
    }

    private void Write(int operation, SqlValue[] source, SqlValue mask, byte[]? changed, int command, SqlValue sequence)
    {
        CapturePlan.Column[] columns = plan.Columns;
        var row = new SqlValue[CaptureInstance.FirstCaptured + columns.Length + 1];
        row[CaptureInstance.StartLsn] = CdcTransaction.Of(session).Lsn;
        row[CaptureInstance.SequenceValue] = sequence;
        row[CaptureInstance.Operation] = SqlValue.FromInt(operation);
        row[CaptureInstance.UpdateMask] = mask;
        row[^1] = SqlValue.FromInt(command);
        for (int i = 0; i < columns.Length; i++)
        {
            ref readonly CapturePlan.Column column = ref columns[i];
            bool isLeftOut = column.Ordinal < 0
                || (column.IsLegacy && operation is Deleted or Before)
                || (column.IsLarge && operation == Before && !UpdateMask.IsSet(changed, i + 1));
            if (!isLeftOut)
            {
                SqlValue value = source[column.Ordinal];
                row[CaptureInstance.FirstCaptured + i] = column.Convert is { } convert && !value.IsNull ? convert(value) : value;
            }
        }

        _access.Insert(row);
    }
}
