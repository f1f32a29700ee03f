using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Cdc;

/// <summary>sys.fn_cdc_range, which the query functions of every capture instance begin with: one row with the range, or an error.</summary>
internal static class CdcRange
{
    private static readonly SqlType Lsn = SqlType.Binary(LogSequenceNumber.Length);
    private static readonly SqlType Filter = SqlType.NVarChar(30);

    public static SystemTableFunction Function { get; } = new(
        "fn_cdc_range",
        [SqlType.SysName, Lsn, Lsn, Filter, SqlType.Bit],
        [new("from_lsn", Lsn, false), new("to_lsn", Lsn, false), new("row_filter", Filter, false)],
        Rows);

    /// <summary>
    /// Error 229 when the caller may not see the source's columns or is not in the gating role; error 313, which SQL Server gives for a range outside of the timeline and for
    /// an unknown filter.
    /// </summary>
    private static IEnumerable<SqlValue[]> Rows(EngineSession session, SqlValue[] arguments)
    {
        bool isNet = !arguments[4].IsNull && arguments[4].AsBoolean;
        string name = arguments[0].IsNull ? "" : arguments[0].AsString;
        if (CdcCatalog.FindChangeTable(session.Catalog, name) is not { } table)
        {
            throw SqlErrors.Create(208, "cdc." + CaptureInstance.TableName(name));
        }

        if (!CdcCatalog.MayRead(session, CaptureInstance.Of(table)))
        {
            string function = isNet ? CaptureInstance.NetChangesFunction(name) : CaptureInstance.AllChangesFunction(name);
            throw SqlErrors.CreateWithState(229, 5, "SELECT", function, session.Catalog.DatabaseName, CdcCatalog.SchemaName);
        }

        string filter = arguments[3].IsNull ? "" : arguments[3].AsString.Trim().ToLowerInvariant();
        bool isKnown = isNet ? filter is "all" or "all with mask" or "all with merge" : filter is "all" or "all update old";
        SqlValue from = arguments[1], to = arguments[2];
        SqlValue maximum = CdcTimeline.Maximum(session);
        if (!isKnown || from.IsNull || to.IsNull || maximum.IsNull || CdcCleanup.Less(from, CdcTimeline.Minimum(session, name)) || CdcCleanup.Less(maximum, to) || CdcCleanup.Less(to, from))
        {
            throw SqlErrors.CreateWithState(313, 3, isNet ? "cdc.fn_cdc_get_net_changes_ ... " : "cdc.fn_cdc_get_all_changes_ ... ");
        }

        return [[from, to, SqlValue.FromString(filter)]];
    }
}
