using NinaDB.Engine.Catalog;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Cdc;

/// <summary>
/// Removes change rows below the low-water marks. Where SQL Server has an Agent job at night, this host takes a step with a commit that has captured changes, at
/// most once an hour (sooner while rows are left over), and never more than the job's threshold of rows a table; sys.sp_cdc_start_job N'cleanup' does it all at once.
/// </summary>
internal static class CdcCleanup
{
    private const int EndTime = 2;

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly TimeSpan ShortInterval = TimeSpan.FromMinutes(1);

    /// <summary>A step of the cleanup job within a committing transaction, when it is time.</summary>
    public static void RunIfDue(EngineSession session, CdcStore store, DateTime now)
    {
        if (now.Ticks < session.Database.CdcCleanupDue.GetValueOrDefault(session.DatabaseId))
        {
            return;
        }

        bool isDone = CdcJob.Find(session.Catalog, CdcJob.Cleanup) is not { } job || Step(store, job);
        session.Database.CdcCleanupDue[session.DatabaseId] = (now + (isDone ? Interval : ShortInterval)).Ticks;
    }

    /// <summary>One pass of the cleanup job: new low-water marks, then at most threshold rows of each table. True when nothing is left to remove.</summary>
    public static bool Step(CdcStore store, CdcJob job)
    {
        TableDefinition mapping = store.Table(CdcStore.LsnTimeMapping);
        if (store.First(mapping, mapping.RowStore, KeyRange.All, backward: true) is not { } last)
        {
            return true;
        }

        // As SQL Server does, the retention counts back from the last commit, not from now: a quiet database keeps what it has.
        SqlValue limit = SqlValue.FromDateTimeUnits(last[EndTime].AsInt64 - (job.Retention * 60 * 300));
        IndexDefinition byTime = mapping.Indexes.First(i => i.KeyColumns[0].ColumnId == mapping.Columns[EndTime].ColumnId);
        SqlValue low = store.First(mapping, byTime, store.Access(mapping).Range(byTime, [], lower: limit), backward: false)![0];
        foreach (CdcRow row in store.Rows(CdcStore.ChangeTables, r => Less(r[ChangeTablesColumn.StartLsn], low)))
        {
            Raise(store, row, low);
        }

        bool isDone = true;
        foreach (CdcRow row in store.Rows(CdcStore.ChangeTables))
        {
            isDone &= RemoveBelow(store, row, job.Threshold) < job.Threshold;
        }

        return RemoveMappings(store, job.Threshold) < job.Threshold && isDone;
    }

    /// <summary>Sets the low-water mark of an instance.</summary>
    public static CdcRow Raise(CdcStore store, CdcRow row, SqlValue low)
    {
        SqlValue[] changed = [.. row.Values];
        changed[ChangeTablesColumn.StartLsn] = low;
        store.Update(CdcStore.ChangeTables, row, changed);
        return row with { Values = changed };
    }

    /// <summary>Deletes at most <paramref name="limit"/> rows below an instance's low-water mark; returns how many.</summary>
    public static long RemoveBelow(CdcStore store, CdcRow changeTable, long limit)
    {
        if (store.Session.Catalog.Find<TableDefinition>(changeTable.Values[ChangeTablesColumn.ObjectId].AsInt32) is not { } table || changeTable.Values[ChangeTablesColumn.StartLsn].IsNull)
        {
            return 0;
        }

        return Remove(store, table, changeTable.Values[ChangeTablesColumn.StartLsn], limit);
    }

    /// <summary>Deletes mapping entries that no instance reaches back to.</summary>
    public static long RemoveMappings(CdcStore store, long limit)
    {
        List<CdcRow> instances = store.Rows(CdcStore.ChangeTables);
        if (instances.Count == 0 || instances.Exists(r => r.Values[ChangeTablesColumn.StartLsn].IsNull))
        {
            return 0;
        }

        SqlValue low = instances[0].Values[ChangeTablesColumn.StartLsn];
        foreach (CdcRow row in instances)
        {
            low = Less(row.Values[ChangeTablesColumn.StartLsn], low) ? row.Values[ChangeTablesColumn.StartLsn] : low;
        }

        return Remove(store, store.Table(CdcStore.LsnTimeMapping), low, limit);
    }

    public static bool Less(SqlValue a, SqlValue b) => a.IsNull || (!b.IsNull && a.AsBytes.AsSpan().SequenceCompareTo(b.AsBytes) < 0);

    private static long Remove(CdcStore store, TableDefinition table, SqlValue low, long limit)
    {
        TableAccess access = store.Access(table);
        List<CdcRow> rows = store.Rows(table, access.Range(table.RowStore, [], upper: low, upperInclusive: false), limit: limit);
        foreach (CdcRow row in rows)
        {
            access.Delete(row.Locator, row.Values);
        }

        return rows.Count;
    }
}
