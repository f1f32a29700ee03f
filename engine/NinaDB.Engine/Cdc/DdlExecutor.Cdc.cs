using NinaDB.Engine.Catalog;
using NinaDB.Engine.Catalog.Procedures;
using NinaDB.Engine.Cdc;
using NinaDB.Engine.Clr;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>What change data capture has to do with DDL: its own objects are out of reach, changes of tracked tables are recorded.</summary>
internal sealed partial class DdlExecutor
{
    /// <summary>The system itself makes the objects of change data capture.</summary>
    private bool _asSystem;

    public static void Execute(Statement statement, Session.EngineSession session, ExecutionContext context, bool asSystem) =>
        new DdlExecutor(session, context) { _asSystem = asSystem }.Run(statement);

    /// <summary>Objects of change data capture do not exist for DDL, except to be granted.</summary>
    private CatalogObject? Reachable(CatalogObject? value, bool alsoSystem) => value is not null && !_asSystem && !alsoSystem && CdcCatalog.IsSystemObject(Catalog, value) ? null : value;

    /// <summary>
    /// Records ADD, ALTER and DROP COLUMN of a tracked table in cdc.ddl_history. Change tables keep their columns; only a new type of a captured column is carried over.
    /// </summary>
    private void CaptureAlterTable(TableDefinition before, AlterTableStatement statement)
    {
        IReadOnlyList<TableDefinition> changeTables = before.Storage == TableStorageKind.Durable ? Catalog.ChangeTablesOf(before.ObjectId) : [];
        bool changesColumns = statement.Action switch
        {
            AlterTableAction.AddColumns => statement.Columns.Count > 0,
            AlterTableAction.AlterColumn => statement.ColumnOption is null,
            AlterTableAction.DropColumn => true,
            _ => false,
        };
        if (changeTables.Count == 0 || !changesColumns)
        {
            return;
        }

        CdcTransaction transaction = CdcTransaction.Of(_session);
        transaction.NoteEntry(_session.DatabaseId);
        var store = new CdcStore(_session);
        foreach (TableDefinition changeTable in changeTables)
        {
            bool isCarriedOver = statement.Action == AlterTableAction.AlterColumn && CarryOver(store, before, changeTable, statement.Columns[0].Name);
            store.Insert(
                CdcStore.DdlHistory,
                [
                    SqlValue.FromInt(before.ObjectId), SqlValue.FromInt(changeTable.ObjectId), SqlValue.FromBit(isCarriedOver), SqlValue.FromString(statement.SourceText), transaction.Lsn,
                    ClrConvert.To_DateTime(_editor.Now, SqlType.DateTime),
                ]);
        }
    }

    /// <summary>Gives a captured column the new type of its source. False when the column is not captured or its type has not changed.</summary>
    private bool CarryOver(CdcStore store, TableDefinition before, TableDefinition changeTable, string name)
    {
        int id = before.Columns[before.FindColumn(name)].ColumnId;
        int place = CaptureInstance.Of(changeTable).ColumnIds.IndexOf(id);
        if (place < 0)
        {
            return false;
        }

        TableDefinition source = Current(before);
        ColumnDefinition column = source.Columns[source.OrdinalOf(id)];
        SystemProcedures.RequireCapturable(column);
        int ordinal = CaptureInstance.FirstCaptured + place;
        SqlType type = CdcInstaller.CapturedType(column);
        if (type == changeTable.Columns[ordinal].Type)
        {
            return false;
        }

        ConvertRows(changeTable, changeTable with { Columns = changeTable.Columns.SetItem(ordinal, changeTable.Columns[ordinal] with { Type = type }), ModifyDate = _editor.Now }, ordinal);
        CdcRow row = store.Rows(CdcStore.CapturedColumns, r => r[0].AsInt32 == changeTable.ObjectId && r[2].AsInt32 == id)[0];
        SqlValue[] values = [.. row.Values];
        values[3] = SqlValue.FromString(type.Name);
        store.Update(CdcStore.CapturedColumns, row, values);
        new CdcInstaller(_session, _context).RefreshFunctions(Current(changeTable));
        return true;
    }

    /// <summary>DROP TABLE takes the capture instances of the table along.</summary>
    private void DropCaptureInstances(TableDefinition table)
    {
        foreach (TableDefinition changeTable in Catalog.ChangeTablesOf(table.ObjectId))
        {
            new CdcInstaller(_session, _context).DropInstance(changeTable);
        }
    }

    /// <summary>Errors 22979 and 22983: the index identifies the rows of a capture instance.</summary>
    private void RefuseCaptureIndex(TableDefinition table, IndexDefinition index)
    {
        IReadOnlyList<TableDefinition> changeTables = table.Storage == TableStorageKind.Durable ? Catalog.ChangeTablesOf(table.ObjectId) : [];
        foreach (TableDefinition changeTable in changeTables)
        {
            SqlValue name = new CdcStore(_session).ChangeTableRow(changeTable.ObjectId)?.Values[ChangeTablesColumn.IndexName] ?? SqlValue.Null;
            if (!name.IsNull && name.AsString.Equals(index.Name, StringComparison.OrdinalIgnoreCase))
            {
                throw SqlErrors.Create(index.ConstraintObjectId != 0 ? 22979 : 22983, index.Name, table.Name);
            }
        }
    }
}
