using NinaDB.Engine.Cdc;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>sys.sp_cdc_help_change_data_capture, sys.sp_cdc_get_captured_columns, sys.sp_cdc_get_ddl_history.</summary>
internal static partial class SystemProcedures
{
    private static readonly SqlType Lsn = SqlType.Binary(LogSequenceNumber.Length);

    private static void AddCdcHelpProcedures(Action<SystemProcedure> add)
    {
        add(Reads("sp_cdc_help_change_data_capture", HelpCdc, Optional("@source_schema", Name), Optional("@source_name", Name)));
        add(Reads("sp_cdc_get_captured_columns", GetCapturedColumns, Required("@capture_instance", Name)));

        // The documentation of cdc.captured_columns sends readers to this name.
        add(Reads("sp_cdc_get_source_columns", GetCapturedColumns, Required("@capture_instance", Name)));
        add(Reads("sp_cdc_get_ddl_history", GetDdlHistory, Required("@capture_instance", Name)));
    }

    private static int HelpCdc(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        RequireCdc(session);
        CatalogSnapshot catalog = session.Catalog;
        string? schema = call.Text(0)?.TrimEnd() is { Length: > 0 } s ? s : null;
        string? name = call.Text(1)?.TrimEnd() is { Length: > 0 } n ? n : null;
        if ((schema is null) != (name is null))
        {
            throw SqlErrors.Create(22972);
        }

        int? only = null;
        if (schema is not null)
        {
            only = (catalog.Find(schema, name!) as TableDefinition ?? throw SqlErrors.Create(22931, schema, name)).ObjectId;
            if (catalog.ChangeTablesOf(only.Value).Count == 0)
            {
                throw SqlErrors.Create(22985, schema, name);
            }
        }

        var store = new CdcStore(session);
        var rows = new List<SqlValue[]>();
        foreach (CdcRow row in store.Rows(CdcStore.ChangeTables))
        {
            SqlValue[] v = row.Values;
            int sourceId = v[ChangeTablesColumn.SourceObjectId].AsInt32;
            if ((only is { } wanted && wanted != sourceId) || catalog.Find<TableDefinition>(v[ChangeTablesColumn.ObjectId].AsInt32) is not { } table
                || catalog.Find<TableDefinition>(sourceId) is not { } source || !CdcCatalog.MayRead(session, CaptureInstance.Of(table)))
            {
                continue;
            }

            SqlValue Names(string metadata) => Text(string.Join(", ", store.Rows(metadata, r => r[0].AsInt32 == table.ObjectId).Select(r => CdcFunctionText.Quote(r.Values[1].AsString))));
            SqlValue keys = Names(CdcStore.IndexColumns);
            rows.Add(
            [
                Text(catalog.SchemaName(source.SchemaId)), Text(source.Name), v[ChangeTablesColumn.CaptureInstance], v[ChangeTablesColumn.ObjectId], v[ChangeTablesColumn.SourceObjectId], v[ChangeTablesColumn.StartLsn],
                v[ChangeTablesColumn.EndLsn], v[ChangeTablesColumn.SupportsNetChanges], v[ChangeTablesColumn.HasDropPending], v[ChangeTablesColumn.RoleName], v[ChangeTablesColumn.IndexName],
                v[ChangeTablesColumn.FilegroupName], v[ChangeTablesColumn.CreateDate], keys.AsString.Length == 0 ? SqlValue.Null : keys, Names(CdcStore.CapturedColumns),
            ]);
        }

        call.Send(
            [
                Column("source_schema", Name), Column("source_table", Name), Column("capture_instance", Name), Column("object_id", SqlType.Int), Column("source_object_id", SqlType.Int), Column("start_lsn", Lsn),
                Column("end_lsn", Lsn), Column("supports_net_changes", SqlType.Bit), Column("has_drop_pending", SqlType.Bit), Column("role_name", Name), Column("index_name", Name), Column("filegroup_name", Name),
                Column("create_date", SqlType.DateTime), Column("index_column_list", SqlType.NVarCharMax), Column("captured_column_list", SqlType.NVarCharMax),
            ],
            rows);
        return 0;
    }

    /// <summary>The change table of @capture_instance; error 22981 when there is none or the caller may not see it.</summary>
    private static (TableDefinition ChangeTable, TableDefinition Source) RequireInstance(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        RequireCdc(session);
        string name = RequireText(call, 0, "@capture_instance");
        return CdcCatalog.FindChangeTable(session.Catalog, name) is { } table && session.Catalog.Find<TableDefinition>(CaptureInstance.Of(table).SourceObjectId) is { } source
            && CdcCatalog.MayRead(session, CaptureInstance.Of(table))
            ? (table, source)
            : throw SqlErrors.Create(22981);
    }

    private static int GetCapturedColumns(SystemProcedureCall call)
    {
        (TableDefinition table, TableDefinition source) = RequireInstance(call);
        CaptureInstance instance = CaptureInstance.Of(table);
        var rows = new List<SqlValue[]>();
        for (int i = 0; i < instance.ColumnIds.Length; i++)
        {
            ColumnDefinition column = table.Columns[CaptureInstance.FirstCaptured + i];
            SqlType type = column.Type;
            bool isApproximate = type.Id is SqlTypeId.Real or SqlTypeId.Float;
            bool isNumber = isApproximate || type.IsDecimal
                || type.Id is SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt or SqlTypeId.Money or SqlTypeId.SmallMoney;
            SqlValue length = type.IsString || type.IsBinary ? Int(type.IsMax ? -1 : type.Length) : SqlValue.Null;
            SqlValue datePart = type.Id switch
            {
                SqlTypeId.Date or SqlTypeId.SmallDateTime => SqlValue.FromSmallInt(0),
                SqlTypeId.DateTime => SqlValue.FromSmallInt(3),
                SqlTypeId.Time or SqlTypeId.DateTime2 or SqlTypeId.DateTimeOffset => SqlValue.FromSmallInt((short)type.Scale),
                _ => SqlValue.Null,
            };
            rows.Add(
            [
                Text(call.Session.Catalog.SchemaName(source.SchemaId)), Text(source.Name), Text(instance.Name), Text(column.Name), Int(instance.ColumnIds[i]), Int(i + 1), Text(type.Name), length,
                isNumber ? SqlValue.FromTinyInt((byte)type.CatalogPrecision) : SqlValue.Null, isNumber ? SqlValue.FromSmallInt((short)(isApproximate ? 2 : 10)) : SqlValue.Null,
                isNumber && !isApproximate ? Int(type.Scale) : SqlValue.Null, datePart,
            ]);
        }

        call.Send(
            [
                Column("source_schema", Name), Column("source_table", Name), Column("capture_instance", Name), Column("column_name", Name), Column("column_id", SqlType.Int), Column("column_ordinal", SqlType.Int),
                Column("data_type", Name), Column("character_maximum_length", SqlType.Int), Column("numeric_precision", SqlType.TinyInt), Column("numeric_precision_radix", SqlType.SmallInt),
                Column("numeric_scale", SqlType.Int), Column("datetime_precision", SqlType.SmallInt),
            ],
            rows);
        return 0;
    }

    private static int GetDdlHistory(SystemProcedureCall call)
    {
        (TableDefinition table, TableDefinition source) = RequireInstance(call);
        SqlValue schema = Text(call.Session.Catalog.SchemaName(source.SchemaId));
        call.Send(
            [
                Column("source_schema", Name), Column("source_table", Name), Column("capture_instance", Name), Column("required_column_update", SqlType.Bit), Column("ddl_command", SqlType.NVarCharMax),
                Column("ddl_lsn", Lsn), Column("ddl_time", SqlType.DateTime),
            ],
            new CdcStore(call.Session).Rows(CdcStore.DdlHistory, r => r[1].AsInt32 == table.ObjectId)
                .Select(r => new[] { schema, Text(source.Name), Text(CaptureInstance.Of(table).Name), r.Values[2], r.Values[3], r.Values[4], r.Values[5] }));
        return 0;
    }
}
