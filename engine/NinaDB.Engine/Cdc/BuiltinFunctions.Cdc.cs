using NinaDB.Engine.Catalog;
using NinaDB.Engine.Cdc;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>sys.fn_cdc_*.</summary>
internal static partial class BuiltinFunctions
{
    private static void AddCdcFamily(Action<BuiltinFunction> add)
    {
        SqlType lsn = SqlType.Binary(LogSequenceNumber.Length);
        SqlType mask = SqlType.VarBinary(128);
        void Add(string name, int arguments, SqlType result, SqlType[] types, Func<EngineSession, SqlValue[], SqlValue> evaluate, bool acceptsNull = false) =>
            add(SessionFunction(name, arguments, arguments, result, types, evaluate, acceptsNull) with { IsInSysSchema = true });
        Add("FN_CDC_GET_MIN_LSN", 1, lsn, [NameType], (s, a) => CdcTimeline.Minimum(s, a[0].IsNull ? null : a[0].AsString), acceptsNull: true);
        Add("FN_CDC_GET_MAX_LSN", 0, lsn, [], (s, _) => CdcTimeline.Maximum(s));
        Add("FN_CDC_INCREMENT_LSN", 1, lsn, [lsn], (_, a) => SqlValue.FromBinary(LogSequenceNumber.Increment(a[0].AsBytes), SqlTypeId.Binary));
        Add("FN_CDC_DECREMENT_LSN", 1, lsn, [lsn], (_, a) => SqlValue.FromBinary(LogSequenceNumber.Decrement(a[0].AsBytes), SqlTypeId.Binary));
        Add("FN_CDC_MAP_TIME_TO_LSN", 2, lsn, [SqlType.NVarChar(30), SqlType.DateTime], (s, a) => CdcTimeline.LsnOf(s, a[0].AsString, a[1]));
        Add("FN_CDC_MAP_LSN_TO_TIME", 1, SqlType.DateTime, [lsn], (s, a) => CdcTimeline.TimeOf(s, a[0]));
        Add("FN_CDC_GET_COLUMN_ORDINAL", 2, SqlType.Int, [NameType, NameType], (s, a) => Int(CapturedOrdinal(s, a[0].AsString, a[1].AsString)));
        Add("FN_CDC_IS_BIT_SET", 2, SqlType.Bit, [SqlType.Int, mask], (_, a) => SqlValue.FromBit(UpdateMask.IsSet(a[1].AsBytes, a[0].AsInt32)));
        Add("FN_CDC_HAS_COLUMN_CHANGED", 3, SqlType.Bit, [NameType, NameType, mask], (s, a) =>
            CapturedOrdinal(s, a[0].AsString, a[1].AsString) is { } ordinal ? SqlValue.FromBit(UpdateMask.IsSet(a[2].AsBytes, ordinal)) : SqlValue.Null);
        Add("FN_CDC_UNION_MASKS", 2, mask, [SqlType.VarCharMax, SqlType.Int], (_, a) => SqlValue.FromBinary(UpdateMask.Union(a[0].AsString, a[1].AsInt32)));
    }

    /// <summary>1-based place of a column among the captured ones; null when there is no such column or the caller may not see the instance.</summary>
    private static int? CapturedOrdinal(EngineSession session, string instance, string column)
    {
        if (CdcCatalog.FindChangeTable(session.Catalog, instance) is not { } table || !CdcCatalog.MayRead(session, CaptureInstance.Of(table)))
        {
            return null;
        }

        int ordinal = table.FindColumn(column) - CaptureInstance.FirstCaptured + 1;
        return ordinal >= 1 && ordinal < table.Columns.Length - CaptureInstance.FirstCaptured ? ordinal : null;
    }
}
