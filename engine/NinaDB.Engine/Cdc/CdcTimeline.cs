using NinaDB.Engine.Catalog;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Cdc;

/// <summary>LSNs and times: what sys.fn_cdc_get_min_lsn, _get_max_lsn and the two mappings answer.</summary>
internal static class CdcTimeline
{
    private const int StartLsn = 0, EndTime = 2;

    /// <summary>The greatest LSN of cdc.lsn_time_mapping; NULL when there is none.</summary>
    public static SqlValue Maximum(EngineSession session) => Read(session, SqlValue.Null, static store =>
    {
        TableDefinition mapping = store.Table(CdcStore.LsnTimeMapping);
        return store.First(mapping, mapping.RowStore, KeyRange.All, backward: true)?[StartLsn] ?? SqlValue.Null;
    });

    /// <summary>The low end of an instance; zeros when there is no such instance or the caller may not see it.</summary>
    public static SqlValue Minimum(EngineSession session, string? instance)
    {
        SqlValue none = SqlValue.FromBinary(new byte[LogSequenceNumber.Length], SqlTypeId.Binary);
        return Read(session, none, store =>
        {
            if (CdcCatalog.FindChangeTable(session.Catalog, instance) is not { } table || !CdcCatalog.MayRead(session, CaptureInstance.Of(table)))
            {
                return none;
            }

            return store.ChangeTableRow(table.ObjectId) is { } row && !row.Values[ChangeTablesColumn.StartLsn].IsNull ? row.Values[ChangeTablesColumn.StartLsn] : none;
        });
    }

    /// <summary>Commit time of an LSN; NULL when it is not in cdc.lsn_time_mapping.</summary>
    public static SqlValue TimeOf(EngineSession session, SqlValue lsn) => Read(session, SqlValue.Null, store =>
    {
        TableDefinition mapping = store.Table(CdcStore.LsnTimeMapping);
        return store.First(mapping, mapping.RowStore, store.Access(mapping).Range(mapping.RowStore, [lsn]), backward: false)?[EndTime] ?? SqlValue.Null;
    });

    /// <summary>The LSN that stands in a relation to a commit time; NULL when there is none or the relation is unknown.</summary>
    public static SqlValue LsnOf(EngineSession session, string relation, SqlValue time) => Read(session, SqlValue.Null, store =>
    {
        TableDefinition mapping = store.Table(CdcStore.LsnTimeMapping);
        IndexDefinition byTime = mapping.Indexes.First(i => i.KeyColumns[0].ColumnId == mapping.Columns[EndTime].ColumnId);
        TableAccess access = store.Access(mapping);
        (KeyRange Range, bool Backward)? search = relation.Trim().ToLowerInvariant() switch
        {
            "largest less than" => (access.Range(byTime, [], upper: time, upperInclusive: false), true),
            "largest less than or equal" => (access.Range(byTime, [], upper: time), true),
            "smallest greater than" => (access.Range(byTime, [], lower: time, lowerInclusive: false), false),
            "smallest greater than or equal" => (access.Range(byTime, [], lower: time), false),
            _ => null,
        };
        return search is { } found ? store.First(mapping, byTime, found.Range, found.Backward)?[StartLsn] ?? SqlValue.Null : SqlValue.Null;
    });

    /// <summary>Reads committed rows (or the session's own, inside its write transaction).</summary>
    public static T Read<T>(EngineSession session, T disabled, Func<CdcStore, T> read)
    {
        if (!CdcCatalog.IsEnabled(session.Catalog))
        {
            return disabled;
        }

        session.BeginRead();
        try
        {
            return CdcCatalog.IsEnabled(session.Catalog) ? read(new CdcStore(session)) : disabled;
        }
        finally
        {
            session.EndRead();
        }
    }
}
