using NinaDB.Engine.Execution.Ddl;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>sys.columns and its relatives.</summary>
internal static partial class SystemViews
{
    private const string ColumnViewColumns =
        "object_id int, name sysname null, column_id int, system_type_id tinyint, user_type_id int, max_length smallint, precision tinyint, scale tinyint, collation_name sysname null, "
        + "is_nullable bit null, is_ansi_padded bit, is_rowguidcol bit, is_identity bit, is_computed bit null, is_filestream bit, is_replicated bit null, is_non_sql_subscribed bit null, "
        + "is_merge_published bit null, is_dts_replicated bit null, is_xml_document bit, xml_collection_id int, default_object_id int, rule_object_id int, is_sparse bit null, "
        + "is_column_set bit null, generated_always_type tinyint null, generated_always_type_desc nvarchar(60) null, encryption_type int null, encryption_type_desc nvarchar(64) null, "
        + "encryption_algorithm_name sysname null, column_encryption_key_id int null, column_encryption_key_database_name sysname null, is_hidden bit null, is_masked bit, "
        + "graph_type int null, graph_type_desc nvarchar(60) null, is_data_deletion_filter_column bit null, ledger_view_column_type int null, ledger_view_column_type_desc nvarchar(60) null, "
        + "is_dropped_ledger_column bit null, vector_dimensions int null, vector_base_type tinyint null, vector_base_type_desc nvarchar(10) null";

    private static void AddColumnViews(Action<SystemView> add)
    {
        add(Sys("columns", ColumnViewColumns, s => UserColumns(s)));
        add(Sys("system_columns", ColumnViewColumns, s => SystemColumns()));
        add(Sys("all_columns", ColumnViewColumns, s => UserColumns(s).Concat(SystemColumns())));
        add(Sys("identity_columns", ColumnViewColumns + ", seed_value sql_variant null, increment_value sql_variant null, last_value sql_variant null, is_not_for_replication bit null",
            s => AllTables(s).SelectMany(t => t.Columns.Where(c => c.Identity is not null).Select(c => (object?[])
            [
                .. ColumnRow(t.ObjectId, c), Variant(c.Identity!.Seed, c.Type), Variant(c.Identity.Increment, c.Type), LastIdentity(s, t, c), false,
            ]))));
        add(Sys("computed_columns", ColumnViewColumns + ", definition nvarchar(max) null, uses_database_collation bit, is_persisted bit",
            s => AllTables(s).SelectMany(t => t.Columns.Where(c => c is { IsComputed: true, GraphType: 0 }).Select(c => (object?[])[.. ColumnRow(t.ObjectId, c), c.ComputedText, true, c.IsPersisted]))));
        add(Sys("masked_columns", ColumnViewColumns + ", masking_function nvarchar(4000) null",
            s => AllTables(s).SelectMany(t => t.Columns.Where(c => c.MaskFunction is not null).Select(c => (object?[])[.. ColumnRow(t.ObjectId, c), c.MaskFunction]))));
        add(Sys("periods", "name sysname null, period_type tinyint null, period_type_desc nvarchar(60) null, object_id int, start_column_id int, end_column_id int",
            s => Of<TableDefinition>(s).Where(t => t.Period is not null).Select(t => (object?[])["SYSTEM_TIME", 1, "SYSTEM_TIME_PERIOD", t.ObjectId, t.Period!.StartColumnId, t.Period.EndColumnId])));
        AddColumnStoreViews(add);
    }

    /// <summary>The identity value generated last; NULL until one was.</summary>
    private static SqlValue LastIdentity(EngineSession session, TableDefinition table, ColumnDefinition column) =>
        Rows(session, table) > 0 && session.CurrentIdentity(table) is { } last ? Variant(last, column.Type) : SqlValue.Null;

    private static IEnumerable<object?[]> UserColumns(EngineSession session)
    {
        foreach (TableDefinition table in AllTables(session))
        {
            foreach (ColumnDefinition column in table.Columns)
            {
                yield return ColumnRow(table.ObjectId, column);
            }
        }

        foreach (ModuleDefinition module in Of<ModuleDefinition>(session))
        {
            for (int i = 0; i < module.Columns.Length; i++)
            {
                yield return ColumnRow(module.ObjectId, Described(module.Columns[i], i + 1));
            }
        }
    }

    private static IEnumerable<object?[]> SystemColumns() =>
        All.SelectMany(view => view.Columns.Select((c, i) => ColumnRow(view.ObjectId, Described(c, i + 1))));

    private static ColumnDefinition Described(ResultColumnDefinition column, int id) =>
        new() { ColumnId = id, Name = column.Name, Type = column.Type, IsNullable = column.IsNullable };

    private static object?[] ColumnRow(int objectId, ColumnDefinition c)
    {
        SqlType type = c.Type;
        bool isVector = type.Id == SqlTypeId.Vector;
        return
        [
            objectId, c.Name, c.ColumnId, SystemTypes.SystemTypeIdOf(type.Id), UserTypeId(type, c.UserTypeId), type.MaxLength, type.CatalogPrecision, CatalogScale(type),
            type.IsString ? type.EffectiveCollation.Name : null, c.IsNullable, c.IsAnsiPadded && IsAnsiPadded(type), c.IsRowGuid, c.Identity is not null, c is { IsComputed: true, GraphType: 0 }, c.IsFileStream, false, false, false, false, type.XmlSchema is { IsDocument: true }, type.XmlSchema?.CollectionId ?? 0,
            c.Default?.ObjectId ?? 0, c.Rule?.ObjectId ?? 0, c.IsSparse, false, c.GeneratedAlways, GeneratedDescription(c.GeneratedAlways), null, null, null, null, null, c.IsHidden, c.MaskFunction is not null,
            c.GraphType == 0 ? null : c.GraphType, GraphColumns.Description(c.GraphType), false, null, null, false, isVector ? type.Length : null, isVector ? (type.IsHalfPrecision ? 1 : 0) : null,
            isVector ? (type.IsHalfPrecision ? "float16" : "float32") : null,
        ];
    }

    /// <summary>user_type_id of a column or parameter: its alias type, or the system type itself.</summary>
    internal static int UserTypeId(SqlType type, int aliasId) => aliasId != 0 ? aliasId : type.UdtFacts?.UserTypeId ?? SystemTypes.UserTypeIdOf(type.Id);

    /// <summary>sys.columns.scale: decimals, money and times have one.</summary>
    internal static byte CatalogScale(SqlType type) => type.Scale;

    private static bool IsAnsiPadded(SqlType type) => (type.IsString && !type.IsUnicodeString && !type.IsLegacyLob) || (type.IsUnicodeString && !type.IsLegacyLob)
        || (type.IsBinary && type.Id is SqlTypeId.Binary or SqlTypeId.VarBinary) || type.Id == SqlTypeId.SqlVariant;

    private static string GeneratedDescription(byte kind) => kind switch
    {
        0 => "NOT_APPLICABLE",
        1 => "AS_ROW_START",
        2 => "AS_ROW_END",
        5 => "AS_TRANSACTION_ID_START",
        6 => "AS_TRANSACTION_ID_END",
        7 => "AS_SEQUENCE_NUMBER_START",
        _ => "AS_SEQUENCE_NUMBER_END",
    };
}
