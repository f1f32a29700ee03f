using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>
/// What SqlClient calls for SqlConnection.GetSchema and SqlCommandBuilder.DeriveParameters: sp_columns_managed, sp_indexes_managed, sp_indexcolumns_managed,
/// sp_procedure_params_managed. Source of the columns: learn.microsoft.com/en-us/sql/connect/ado-net/sql-server-schema-collections.
/// </summary>
internal static partial class SystemProcedures
{
    private static void AddManagedProcedures(Action<SystemProcedure> add)
    {
        SystemParameter[] table = [Optional("@Catalog", Name), Optional("@Owner", Name), Optional("@Table", Name)];
        add(Reads("sp_columns_managed", SendManagedColumns, [.. table, Optional("@Column", Name), Optional("@SchemaType", SqlType.SmallInt, SqlValue.FromSmallInt(0))]));
        add(Reads("sp_indexes_managed", SendManagedIndexes, [.. table, Optional("@Name", Name)]));
        add(Reads("sp_indexcolumns_managed", SendManagedIndexColumns, [.. table, Optional("@ConstraintName", Name), Optional("@Column", Name)]));
        SystemParameter[] procedure = [Required("@procedure_name", Name), Optional("@group_number", SqlType.Int, SqlValue.FromInt(1)), Optional("@procedure_schema", Name), Optional("@parameter_name", Name)];
        add(Reads("sp_procedure_params_managed", SendManagedParameters, procedure));
        add(Reads("sp_procedure_params_100_managed", SendManagedParameters, procedure));
    }

    /// <summary>An exact name, where null asks for all.</summary>
    private static bool Is(SystemProcedureCall call, int argument, string value) => call.Text(argument) is not { } wanted || Same(wanted, value);

    /// <summary>The columns of INFORMATION_SCHEMA.COLUMNS with what is special of each. @SchemaType: 0 without column sets, 1 all, 2 column sets only, of which this host has none.</summary>
    private static int SendManagedColumns(SystemProcedureCall call)
    {
        const int shared = 18;
        const short columnSetsOnly = 2;
        EngineSession session = call.Session;
        SystemView view = SystemViews.Find("INFORMATION_SCHEMA", "COLUMNS")!;
        bool isEmpty = OtherDatabase(call, 0) || (!call.Arguments[4].IsNull && call.Arguments[4].AsInt64 == columnSetsOnly);
        ColumnDefinition? Defined(SqlValue[] row) => session.Catalog.Find(row[1].AsString, row[2].AsString) is TableDefinition found && found.FindColumn(row[3].AsString) is >= 0 and int ordinal ? found.Columns[ordinal] : null;
        call.Send([.. view.Columns.Take(shared), Column("IS_SPARSE", SqlType.Bit), Column("IS_COLUMN_SET", SqlType.Bit), Column("IS_FILESTREAM", SqlType.Bit)],
            isEmpty ? [] :
                from row in view.Rows(session)
                where Is(call, 1, row[1].AsString) && Is(call, 2, row[2].AsString) && Is(call, 3, row[3].AsString)
                orderby row[1].AsString, row[2].AsString, row[3].AsString
                let column = Defined(row)
                select (SqlValue[])[.. row.Take(shared), SqlValue.FromBit(column?.IsSparse ?? false), SqlValue.FromBit(false), SqlValue.FromBit(column?.IsFileStream ?? false)]);
        return 0;
    }

    private static int SendManagedIndexes(SystemProcedureCall call)
    {
        call.Send(
        [
            Column("constraint_catalog", Name), Column("constraint_schema", Name), Column("constraint_name", Name), Column("table_catalog", Name), Column("table_schema", Name), Column("table_name", Name),
            Column("index_name", Name), Column("type_desc", SqlType.NVarChar(60)),
        ],
            from found in Indexes(call)
            where found.Index.Name is { } name && Is(call, 3, name)
            let database = Text(call.Session.Catalog.DatabaseName)
            select new[]
            {
                database, Text(found.Schema), Text(found.Index.Name), database, Text(found.Schema), Text(found.Table.Name), Text(found.Index.Name),
                Text(found.Index.Kind == IndexKind.Clustered ? "CLUSTERED" : found.Index.Kind == IndexKind.NonClustered ? "NONCLUSTERED" : found.Index.Kind.ToString().ToUpperInvariant()),
            });
        return 0;
    }

    private static int SendManagedIndexColumns(SystemProcedureCall call)
    {
        call.Send(
        [
            Column("constraint_catalog", Name), Column("constraint_schema", Name), Column("constraint_name", Name), Column("table_catalog", Name), Column("table_schema", Name), Column("table_name", Name),
            Column("column_name", Name), Column("ordinal_position", SqlType.Int), Column("KeyType", SqlType.TinyInt), Column("index_name", Name),
        ],
            from found in Indexes(call)
            where found.Index.Name is { } name && Is(call, 3, name)
            from key in found.Index.KeyColumns.Select((k, i) => (Column: found.Table.Columns[found.Table.OrdinalOf(k.ColumnId)], Position: i + 1))
            where Is(call, 4, key.Column.Name)
            let database = Text(call.Session.Catalog.DatabaseName)
            select new[]
            {
                database, Text(found.Schema), Text(found.Index.Name), database, Text(found.Schema), Text(found.Table.Name), Text(key.Column.Name), Int(key.Position),
                SqlValue.FromTinyInt(SystemTypes.SystemTypeIdOf(key.Column.Type.Id)), Text(found.Index.Name),
            });
        return 0;
    }

    private static IEnumerable<(string Schema, TableDefinition Table, IndexDefinition Index)> Indexes(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        return OtherDatabase(call, 0) ? [] :
            from table in Visible<TableDefinition>(session)
            let schema = SchemaOf(session, table)
            where Is(call, 1, schema) && Is(call, 2, table.Name)
            orderby schema, table.Name
            from index in table.Indexes
            where index.KeyColumns.Length > 0
            select (schema, table, index);
    }

    /// <summary>A module's parameters with the number that System.Data.SqlDbType gives each type.</summary>
    private static int SendManagedParameters(SystemProcedureCall call)
    {
        const short input = 1, inputOutput = 2, returnValue = 4;
        EngineSession session = call.Session;
        call.Send(
        [
            Column("PROCEDURE_CATALOG", Name), Column("PROCEDURE_SCHEMA", Name), Column("PROCEDURE_NAME", SqlType.NVarChar(134)), Column("PARAMETER_NAME", Name), Column("ORDINAL_POSITION", SqlType.SmallInt),
            Column("PARAMETER_TYPE", SqlType.SmallInt), Column("PARAMETER_HASDEFAULT", SqlType.TinyInt), Column("PARAMETER_DEFAULT", SqlType.NVarChar(255)), Column("IS_NULLABLE", SqlType.Bit),
            Column("DATA_TYPE", SqlType.SmallInt), Column("CHARACTER_MAXIMUM_LENGTH", SqlType.Int), Column("CHARACTER_OCTET_LENGTH", SqlType.Int), Column("NUMERIC_PRECISION", SqlType.SmallInt),
            Column("NUMERIC_SCALE", SqlType.SmallInt), Column("DESCRIPTION", SqlType.NVarChar(255)), Column("TYPE_NAME", Name), Column("LOCAL_TYPE_NAME", Name), Column("MANAGED_DATA_TYPE", SqlType.SmallInt),
            Column("TYPE_CATALOG_NAME", Name), Column("TYPE_SCHEMA_NAME", Name), Column("UDT_CATALOG", Name), Column("UDT_SCHEMA", Name), Column("UDT_NAME", Name), Column("XML_CATALOGNAME", Name),
            Column("XML_SCHEMANAME", Name), Column("XML_SCHEMACOLLECTIONNAME", Name), Column("SS_DATETIME_PRECISION", SqlType.Int),
        ],
            from module in Visible<ModuleDefinition>(session)
            where module.Type is not (ObjectTypes.View or ObjectTypes.Trigger) && Same(module.Name, call.Text(0)) && Is(call, 2, SchemaOf(session, module))
            from parameter in ParametersOf(module)
            where Is(call, 3, parameter.Name)
            let declared = parameter.Position == 0 ? null : module.Parameters[parameter.Position - 1]
            let table = declared is { UserTypeId: not 0 } && session.Catalog.TypesById.TryGetValue(declared.UserTypeId, out TypeDefinition? type) && type.BaseType is null ? type : null
            let sql = parameter.Type
            let scale = sql.Id is SqlTypeId.Time or SqlTypeId.DateTime2 or SqlTypeId.DateTimeOffset ? Int(sql.Scale) : SqlValue.Null
            let length = sql.IsString || sql.IsBinary ? Int(sql.IsMax ? 0 : sql.Length) : SqlValue.Null
            select new[]
            {
                Text(session.Catalog.DatabaseName), Text(SchemaOf(session, module)), Text(module.Name + ";1"), Text(parameter.Name), SqlValue.FromSmallInt((short)parameter.Position),
                SqlValue.FromSmallInt(parameter.Kind == ReturnValueColumn ? returnValue : parameter.Kind == InputOutputColumn ? inputOutput : input), SqlValue.FromTinyInt(declared is { HasDefault: true } ? (byte)1 : (byte)0),
                SqlValue.Null, SqlValue.FromBit(parameter.Position > 0), SqlValue.FromSmallInt(OdbcType(sql).Type), length, sql.IsString || sql.IsBinary ? Int(sql.IsMax ? 0 : sql.MaxLength) : SqlValue.Null,
                SqlValue.FromSmallInt((short)sql.CatalogPrecision), SqlValue.FromSmallInt((short)sql.Scale), SqlValue.Null, Text(table?.Name ?? sql.Name), Text(table?.Name ?? sql.Name),
                SqlValue.FromSmallInt(table is not null ? (short)System.Data.SqlDbType.Structured : (short)ManagedType(sql)), table is null ? SqlValue.Null : Text(session.Catalog.DatabaseName),
                table is null ? SqlValue.Null : Text(session.Catalog.SchemaName(table.SchemaId)), SqlValue.Null, SqlValue.Null, SqlValue.Null, SqlValue.Null, SqlValue.Null, SqlValue.Null, scale,
            });
        return 0;
    }

    private static System.Data.SqlDbType ManagedType(SqlType type) => type.Id switch
    {
        SqlTypeId.Decimal or SqlTypeId.Numeric => System.Data.SqlDbType.Decimal,
        SqlTypeId.RowVersion => System.Data.SqlDbType.Timestamp,
        SqlTypeId.SqlVariant => System.Data.SqlDbType.Variant,
        SqlTypeId.Json => System.Data.SqlDbType.NVarChar,
        SqlTypeId.Vector => System.Data.SqlDbType.VarChar,
        _ => Enum.TryParse(type.Id.ToString(), ignoreCase: true, out System.Data.SqlDbType found) ? found : System.Data.SqlDbType.Udt,
    };
}
