using NinaDB.Engine.Catalog;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Cdc;

/// <summary>A row of a cdc table and where it is.</summary>
internal readonly record struct CdcRow(byte[] Locator, SqlValue[] Values);

/// <summary>Reads and writes the tables of the cdc schema for one session.</summary>
internal sealed class CdcStore(EngineSession session)
{
    public const string ChangeTables = "change_tables", CapturedColumns = "captured_columns", IndexColumns = "index_columns", DdlHistory = "ddl_history", LsnTimeMapping = "lsn_time_mapping";

    public EngineSession Session => session;

    public TableDefinition Table(string name) =>
        session.Catalog.Find<TableDefinition>(CdcCatalog.SchemaName, name) ?? throw new InvalidDataException($"The table cdc.{name} is missing.");

    public TableAccess Access(TableDefinition table) => TableWriter.For(session, table).Access(session, table);

    public void Insert(string table, SqlValue[] row) => Access(Table(table)).Insert(row);

    /// <summary>All rows of a table that satisfy a condition, read before anything is changed.</summary>
    public List<CdcRow> Rows(string table, Func<SqlValue[], bool>? condition = null) => Rows(Table(table), KeyRange.All, condition);

    /// <summary>Rows of a key range of the clustered index, at most <paramref name="limit"/>.</summary>
    public List<CdcRow> Rows(TableDefinition table, KeyRange range, Func<SqlValue[], bool>? condition = null, long limit = long.MaxValue)
    {
        var rows = new List<CdcRow>();
        int[] ordinals = [.. Enumerable.Range(0, table.Columns.Length)];
        var buffer = new SqlValue[ordinals.Length];
        using TableCursor cursor = Access(table).Scan(table.RowStore, range, ordinals, buffer);
        while (rows.Count < limit && cursor.MoveNext())
        {
            if (condition is null || condition(buffer))
            {
                rows.Add(new CdcRow(cursor.Locator.ToArray(), [.. buffer]));
            }
        }

        return rows;
    }

    /// <summary>First (or last) row of a range of an index, or null.</summary>
    public SqlValue[]? First(TableDefinition table, IndexDefinition index, KeyRange range, bool backward)
    {
        int[] ordinals = [.. Enumerable.Range(0, table.Columns.Length)];
        var buffer = new SqlValue[ordinals.Length];
        using TableCursor cursor = Access(table).Scan(index, range, ordinals, buffer, backward: backward);
        return cursor.MoveNext() ? buffer : null;
    }

    public void Delete(string table, Func<SqlValue[], bool> condition)
    {
        TableDefinition definition = Table(table);
        TableAccess access = Access(definition);
        foreach (CdcRow row in Rows(definition, KeyRange.All, condition))
        {
            access.Delete(row.Locator, row.Values);
        }
    }

    public void Update(string table, CdcRow row, SqlValue[] values) => Access(Table(table)).Update(row.Locator, row.Values, values);

    /// <summary>The row of cdc.change_tables of a change table.</summary>
    public CdcRow? ChangeTableRow(int objectId)
    {
        TableDefinition table = Table(ChangeTables);
        List<CdcRow> rows = Rows(table, Access(table).Range(table.RowStore, [SqlValue.FromInt(objectId)]), limit: 1);
        return rows.Count == 0 ? null : rows[0];
    }
}

/// <summary>Ordinals of cdc.change_tables.</summary>
internal static class ChangeTablesColumn
{
    public const int ObjectId = 0, Version = 1, SourceObjectId = 2, CaptureInstance = 3, StartLsn = 4, EndLsn = 5, SupportsNetChanges = 6, HasDropPending = 7, RoleName = 8, IndexName = 9,
        FilegroupName = 10, CreateDate = 11, PartitionSwitch = 12;
}
