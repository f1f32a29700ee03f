using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>The catalog procedures of ODBC and JDBC: sp_tables, sp_columns, sp_pkeys, sp_fkeys, sp_statistics, sp_stored_procedures, sp_datatype_info.</summary>
internal static partial class SystemProcedures
{
    private static void AddCatalogProcedures(Action<SystemProcedure> add)
    {
        SystemParameter[] pattern = [Optional("@table_name", SqlType.NVarChar(384)), Optional("@table_owner", SqlType.NVarChar(384)), Optional("@table_qualifier", Name)];
        add(Reads("sp_tables", SendTables, [.. pattern, Optional("@table_type", SqlType.VarChar(100)), Optional("@fUsePattern", SqlType.Bit, SqlValue.FromBit(true))]));
        SystemParameter[] columns = [Required("@table_name", SqlType.NVarChar(384)), .. pattern[1..], Optional("@column_name", SqlType.NVarChar(384)), Optional("@ODBCVer", SqlType.Int, SqlValue.FromInt(2)), Optional("@fUsePattern", SqlType.Bit, SqlValue.FromBit(true))];
        add(Reads("sp_columns", SendCatalogColumns, columns));
        add(Reads("sp_columns_100", SendCatalogColumns100, [.. columns[..4], Optional("@NameScope", SqlType.Int, SqlValue.FromInt(0)), .. columns[4..]]));
        add(Reads("sp_pkeys", SendPrimaryKeys, [Required("@table_name", Name), .. pattern[1..]]));
        add(Reads("sp_fkeys", SendForeignKeys, Optional("@pktable_name", Name), Optional("@pktable_owner", Name), Optional("@pktable_qualifier", Name), Optional("@fktable_name", Name), Optional("@fktable_owner", Name), Optional("@fktable_qualifier", Name)));
        SystemParameter[] statistics = [Required("@table_name", Name), .. pattern[1..], Optional("@index_name", Name, SqlValue.FromString("%")), Optional("@is_unique", SqlType.Char(1), SqlValue.FromString("N")), Optional("@accuracy", SqlType.Char(1))];
        add(Reads("sp_statistics", SendStatistics, statistics));
        add(Reads("sp_statistics_100", SendStatistics, statistics));
        add(Reads("sp_stored_procedures", SendProcedures, Optional("@sp_name", SqlType.NVarChar(390)), Optional("@sp_owner", SqlType.NVarChar(384)), Optional("@sp_qualifier", Name), Optional("@fUsePattern", SqlType.Bit, SqlValue.FromBit(true))));
        SystemParameter[] types = [Optional("@data_type", SqlType.Int, SqlValue.FromInt(0)), Optional("@ODBCVer", SqlType.TinyInt, SqlValue.FromTinyInt(2))];
        add(Reads("sp_datatype_info", SendTypes, types));
        add(Reads("sp_datatype_info_100", SendTypes, types));
        add(Reads("sp_databases", c =>
        {
            c.Send([Column("DATABASE_NAME", Name), Column("DATABASE_SIZE", SqlType.Int), Column("REMARKS", SqlType.VarChar(254))],
                c.Session.Server.Databases.Where(d => c.Session.PrincipalIn(d) is not null).OrderBy(d => d.DatabaseName, StringComparer.OrdinalIgnoreCase)
                    .Select(d => new[] { Text(d.DatabaseName), Int((int)(d.ObjectsById.Values.OfType<TableDefinition>().Sum(t => SystemViews.Pages(c.Session, t)) * 8)), SqlValue.Null }));
            return 0;
        }));
    }

    private static string SchemaOf(EngineSession session, CatalogObject value) => session.Catalog.SchemaName(value.SchemaId) ?? "dbo";

    private static bool OtherDatabase(SystemProcedureCall call, int index) => call.Text(index) is { Length: > 0 } name && !Same(name, call.Session.Catalog.DatabaseName);

    private static int SendTables(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        string? types = call.Text(3);
        bool Wants(string type) => types is null || types.Contains($"'{type}'", StringComparison.OrdinalIgnoreCase);
        var rows = new List<(string Schema, string Name, string Type)>();
        rows.AddRange(Visible<TableDefinition>(session).Select(t => (SchemaOf(session, t), t.Name, "TABLE")));
        rows.AddRange(Visible<ModuleDefinition>(session).Where(m => m.Type == ObjectTypes.View).Select(v => (SchemaOf(session, v), v.Name, "VIEW")));
        rows.AddRange(SystemViews.All.Select(v => (v.Schema, v.Name, "VIEW")));
        call.Send([Column("TABLE_QUALIFIER", Name), Column("TABLE_OWNER", Name), Column("TABLE_NAME", Name), Column("TABLE_TYPE", SqlType.VarChar(32)), Column("REMARKS", SqlType.VarChar(254))],
            OtherDatabase(call, 2) ? [] : rows.Where(r => Wants(r.Type) && Matches(call.Text(0), r.Name) && Matches(call.Text(1), r.Schema))
                .OrderBy(r => r.Type, StringComparer.Ordinal).ThenBy(r => r.Schema, StringComparer.OrdinalIgnoreCase).ThenBy(r => r.Name, StringComparer.OrdinalIgnoreCase)
                .Select(r => new[] { Text(session.Catalog.DatabaseName), Text(r.Schema), Text(r.Name), Text(r.Type, SqlTypeId.VarChar), SqlValue.Null }));
        return 0;
    }

    private static int SendCatalogColumns(SystemProcedureCall call) => SendCatalogColumns(call, hasSparseColumns: false);

    private static int SendCatalogColumns100(SystemProcedureCall call) => SendCatalogColumns(call, hasSparseColumns: true);

    /// <summary>What sp_columns_100 says before SS_DATA_TYPE, which sp_columns does not: sparse, computed, identity, and the names of a column's CLR type or XML schema.</summary>
    private static ResultColumnDefinition[] SparseColumns =>
    [
        Column("SS_IS_SPARSE", SqlType.SmallInt), Column("SS_IS_COLUMN_SET", SqlType.SmallInt), Column("SS_IS_COMPUTED", SqlType.SmallInt), Column("SS_IS_IDENTITY", SqlType.SmallInt),
        Column("SS_UDT_CATALOG_NAME", Name), Column("SS_UDT_SCHEMA_NAME", Name), Column("SS_UDT_ASSEMBLY_TYPE_NAME", SqlType.NVarCharMax), Column("SS_XML_SCHEMACOLLECTION_CATALOG_NAME", Name),
        Column("SS_XML_SCHEMACOLLECTION_SCHEMA_NAME", Name), Column("SS_XML_SCHEMACOLLECTION_NAME", Name),
    ];

    private static SqlValue[] SparseValues(ColumnDefinition c)
    {
        static SqlValue Flag(bool value) => SqlValue.FromSmallInt(value ? (short)1 : (short)0);
        return [Flag(c.IsSparse), Flag(false), Flag(c.IsComputed), Flag(c.Identity is not null), SqlValue.Null, SqlValue.Null, SqlValue.Null, SqlValue.Null, SqlValue.Null, SqlValue.Null];
    }

    private static int SendCatalogColumns(SystemProcedureCall call, bool hasSparseColumns)
    {
        EngineSession session = call.Session;
        var sources = new List<(string Schema, string Name, IReadOnlyList<ColumnDefinition> Columns)>();
        sources.AddRange(Visible<TableDefinition>(session).Select(t => (SchemaOf(session, t), t.Name, (IReadOnlyList<ColumnDefinition>)t.Columns)));
        sources.AddRange(Visible<ModuleDefinition>(session).Where(m => m.Columns.Length > 0).Select(m => (SchemaOf(session, m), m.Name, Plain(m.Columns))));
        sources.AddRange(SystemViews.All.Select(v => (v.Schema, v.Name, Plain(v.Columns))));
        if (call.Text(0) is { } temporary && temporary.StartsWith('#') && session.Temporary.Find(temporary) is { } table)
        {
            sources.Add(("dbo", table.Name, table.Columns));
        }

        SqlType word = SqlType.VarChar(254);
        call.Send(
        [
            Column("TABLE_QUALIFIER", Name), Column("TABLE_OWNER", Name), Column("TABLE_NAME", Name), Column("COLUMN_NAME", Name), Column("DATA_TYPE", SqlType.SmallInt), Column("TYPE_NAME", Name),
            Column("PRECISION", SqlType.Int), Column("LENGTH", SqlType.Int), Column("SCALE", SqlType.SmallInt), Column("RADIX", SqlType.SmallInt), Column("NULLABLE", SqlType.SmallInt), Column("REMARKS", word),
            Column("COLUMN_DEF", SqlType.NVarChar(4000)), Column("SQL_DATA_TYPE", SqlType.SmallInt), Column("SQL_DATETIME_SUB", SqlType.SmallInt), Column("CHAR_OCTET_LENGTH", SqlType.Int),
            Column("ORDINAL_POSITION", SqlType.Int), Column("IS_NULLABLE", word), .. hasSparseColumns ? SparseColumns : [], Column("SS_DATA_TYPE", SqlType.TinyInt),
        ],
        OtherDatabase(call, 2) ? [] :
            from s in sources
            where Matches(call.Text(0), s.Name) && Matches(call.Text(1), s.Schema)
            orderby s.Schema, s.Name
            from row in s.Columns.Select((column, position) => (column, position))
            where Matches(call.Text(3), row.column.Name)
            let values = CatalogColumn(session.Catalog.DatabaseName, s.Schema, s.Name, row.column, row.position + 1, SystemViews.DefaultText(session.Catalog, row.column.Default))
            select hasSparseColumns ? [.. values[..^1], .. SparseValues(row.column), values[^1]] : values);
        return 0;

        static IReadOnlyList<ColumnDefinition> Plain(IReadOnlyList<ResultColumnDefinition> columns) =>
            [.. columns.Select((c, i) => new ColumnDefinition { ColumnId = i + 1, Name = c.Name, Type = c.Type, IsNullable = c.IsNullable })];
    }

    private static SqlValue[] CatalogColumn(string database, string schema, string table, ColumnDefinition c, int position, string? defaultText)
    {
        SqlType type = c.Type;
        (short odbc, short? subType) = OdbcType(type);
        int precision = type.IsString || type.IsBinary ? (type.IsMax ? 0 : type.Length) : type.CatalogPrecision;
        int length = type.Id is SqlTypeId.Decimal or SqlTypeId.Numeric ? type.Precision + 2 : type.IsMax ? 0 : type.MaxLength;
        bool isNumber = type.IsNumber && type.Id != SqlTypeId.Bit;
        string name = type.Name + (c.Identity is not null ? " identity" : "");
        SqlValue Small(int? value) => value is { } v ? SqlValue.FromSmallInt((short)v) : SqlValue.Null;
        return
        [
            Text(database), Text(schema), Text(table), Text(c.Name), Small(odbc), Text(name), Int(precision), Int(length),
            type.IsNumber && !type.IsApproximate && type.Id != SqlTypeId.Bit || type.IsDateOrTime ? Small(type.Scale) : SqlValue.Null, isNumber ? Small(type.IsApproximate ? 2 : 10) : SqlValue.Null,
            Small(c.IsNullable ? 1 : 0), SqlValue.Null, Text(defaultText), Small(subType is null ? odbc : 9), Small(subType),
            type.IsString || type.IsBinary ? Int(type.IsMax ? 0 : type.MaxLength) : SqlValue.Null, Int(position), Text(c.IsNullable ? "YES" : "NO", SqlTypeId.VarChar),
            SqlValue.FromTinyInt(SystemTypes.SystemTypeIdOf(type.Id)),
        ];
    }

    /// <summary>ODBC type code, and the subcode of dates and times.</summary>
    private static (short Type, short? SubType) OdbcType(SqlType type) => type.Id switch
    {
        SqlTypeId.Char => (1, null),
        SqlTypeId.VarChar => (12, null),
        SqlTypeId.Text => (-1, null),
        SqlTypeId.NChar => (-8, null),
        SqlTypeId.NVarChar => (-9, null),
        SqlTypeId.NText => (-10, null),
        SqlTypeId.Decimal => (3, null),
        SqlTypeId.Numeric => (2, null),
        SqlTypeId.Money or SqlTypeId.SmallMoney => (3, null),
        SqlTypeId.SmallInt => (5, null),
        SqlTypeId.Int => (4, null),
        SqlTypeId.BigInt => (-5, null),
        SqlTypeId.TinyInt => (-6, null),
        SqlTypeId.Bit => (-7, null),
        SqlTypeId.Real => (7, null),
        SqlTypeId.Float => (6, null),
        SqlTypeId.Binary or SqlTypeId.RowVersion => (-2, null),
        SqlTypeId.VarBinary => (-3, null),
        SqlTypeId.Image => (-4, null),
        SqlTypeId.UniqueIdentifier => (-11, null),
        SqlTypeId.Date => (-9, null),
        SqlTypeId.Time => (-154, null),
        SqlTypeId.DateTime2 => (-9, null),
        SqlTypeId.DateTimeOffset => (-155, null),
        SqlTypeId.DateTime or SqlTypeId.SmallDateTime => (11, 3),
        SqlTypeId.SqlVariant => (-150, null),
        SqlTypeId.Xml => (-152, null),
        _ => (-9, null),
    };

    private static int SendPrimaryKeys(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        call.Send([Column("TABLE_QUALIFIER", Name), Column("TABLE_OWNER", Name), Column("TABLE_NAME", Name), Column("COLUMN_NAME", Name), Column("KEY_SEQ", SqlType.SmallInt), Column("PK_NAME", Name)],
            OtherDatabase(call, 2) ? [] :
                from table in Visible<TableDefinition>(session)
                where Same(table.Name, call.Text(0)) && (call.Text(1) is not { } owner || Same(SchemaOf(session, table), owner))
                from index in table.Indexes
                where index.IsPrimaryKey
                from key in index.KeyColumns.Select((k, i) => (k.ColumnId, Position: i + 1))
                select new[]
                {
                    Text(session.Catalog.DatabaseName), Text(SchemaOf(session, table)), Text(table.Name), Text(table.Columns[table.OrdinalOf(key.ColumnId)].Name), SqlValue.FromSmallInt((short)key.Position), Text(index.Name),
                });
        return 0;
    }

    private static int SendForeignKeys(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        static short Rule(Syntax.Ast.ReferentialAction action) => action switch
        {
            Syntax.Ast.ReferentialAction.Cascade => 0,
            Syntax.Ast.ReferentialAction.SetNull => 2,
            Syntax.Ast.ReferentialAction.SetDefault => 3,
            _ => 1,
        };
        bool Fits(TableDefinition table, int name, int owner) => (call.Text(name) is not { } n || Same(table.Name, n)) && (call.Text(owner) is not { } o || Same(SchemaOf(session, table), o));
        call.Send(
        [
            Column("PKTABLE_QUALIFIER", Name), Column("PKTABLE_OWNER", Name), Column("PKTABLE_NAME", Name), Column("PKCOLUMN_NAME", Name), Column("FKTABLE_QUALIFIER", Name), Column("FKTABLE_OWNER", Name),
            Column("FKTABLE_NAME", Name), Column("FKCOLUMN_NAME", Name), Column("KEY_SEQ", SqlType.SmallInt), Column("UPDATE_RULE", SqlType.SmallInt), Column("DELETE_RULE", SqlType.SmallInt), Column("FK_NAME", Name),
            Column("PK_NAME", Name), Column("DEFERRABILITY", SqlType.SmallInt),
        ],
            from child in Visible<TableDefinition>(session)
            where Fits(child, 3, 4)
            from key in child.ForeignKeys
            let parent = session.Catalog.Find<TableDefinition>(key.ReferencedObjectId)!
            where Fits(parent, 0, 1)
            from pair in key.ColumnIds.Select((c, i) => (Child: c, Parent: key.ReferencedColumnIds[i], Position: i + 1))
            select new[]
            {
                Text(session.Catalog.DatabaseName), Text(SchemaOf(session, parent)), Text(parent.Name), Text(parent.Columns[parent.OrdinalOf(pair.Parent)].Name), Text(session.Catalog.DatabaseName),
                Text(SchemaOf(session, child)), Text(child.Name), Text(child.Columns[child.OrdinalOf(pair.Child)].Name), SqlValue.FromSmallInt((short)pair.Position), SqlValue.FromSmallInt(Rule(key.OnUpdate)),
                SqlValue.FromSmallInt(Rule(key.OnDelete)), Text(key.Name), Text(parent.Indexes.FirstOrDefault(i => i.IsPrimaryKey)?.Name), SqlValue.FromSmallInt(7),
            });
        return 0;
    }

    private static int SendStatistics(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        bool uniqueOnly = Same(call.Text(4)?.Trim(), "Y");
        TableDefinition[] tables = OtherDatabase(call, 2) ? [] : [.. Visible<TableDefinition>(session).Where(t => Same(t.Name, call.Text(0)) && (call.Text(1) is not { } owner || Same(SchemaOf(session, t), owner)))];
        call.Send(
        [
            Column("TABLE_QUALIFIER", Name), Column("TABLE_OWNER", Name), Column("TABLE_NAME", Name), Column("NON_UNIQUE", SqlType.SmallInt), Column("INDEX_QUALIFIER", Name), Column("INDEX_NAME", Name),
            Column("TYPE", SqlType.SmallInt), Column("SEQ_IN_INDEX", SqlType.SmallInt), Column("COLUMN_NAME", Name), Column("COLLATION", SqlType.Char(1)), Column("CARDINALITY", SqlType.Int), Column("PAGES", SqlType.Int),
            Column("FILTER_CONDITION", SqlType.VarChar(128)),
        ],
            tables.Select(table => new[]
            {
                Text(session.Catalog.DatabaseName), Text(SchemaOf(session, table)), Text(table.Name), SqlValue.Null, SqlValue.Null, SqlValue.Null, SqlValue.FromSmallInt(0), SqlValue.Null, SqlValue.Null, SqlValue.Null,
                Int((int)Math.Min(int.MaxValue, SystemViews.Rows(session, table))), Int((int)Math.Min(int.MaxValue, SystemViews.Pages(session, table))), SqlValue.Null,
            }).Concat(
            from table in tables
            from index in table.Indexes
            where index.Kind is IndexKind.Clustered or IndexKind.NonClustered && Matches(call.Text(3), index.Name) && (!uniqueOnly || index.IsUnique)
            from key in index.KeyColumns.Select((k, i) => (Key: k, Position: i + 1))
            select new[]
            {
                Text(session.Catalog.DatabaseName), Text(SchemaOf(session, table)), Text(table.Name), SqlValue.FromSmallInt(index.IsUnique ? (short)0 : (short)1), Text(table.Name), Text(index.Name),
                SqlValue.FromSmallInt(index.Kind == IndexKind.Clustered ? (short)1 : (short)3), SqlValue.FromSmallInt((short)key.Position), Text(table.Columns[table.OrdinalOf(key.Key.ColumnId)].Name),
                SqlValue.FromString(key.Key.IsDescending ? "D" : "A", SqlTypeId.Char), Int((int)Math.Min(int.MaxValue, SystemViews.Rows(session, table))), Int((int)Math.Min(int.MaxValue, SystemViews.Pages(session, table))), SqlValue.Null,
            }));
        return 0;
    }

    private static int SendProcedures(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        call.Send(
        [
            Column("PROCEDURE_QUALIFIER", Name), Column("PROCEDURE_OWNER", Name), Column("PROCEDURE_NAME", SqlType.NVarChar(134)), Column("NUM_INPUT_PARAMS", SqlType.Int), Column("NUM_OUTPUT_PARAMS", SqlType.Int),
            Column("NUM_RESULT_SETS", SqlType.Int), Column("REMARKS", SqlType.VarChar(254)), Column("PROCEDURE_TYPE", SqlType.SmallInt),
        ],
            Visible<ModuleDefinition>(session).Where(m => m.Type is not (ObjectTypes.View or ObjectTypes.Trigger) && Matches(call.Text(0), m.Name) && Matches(call.Text(1), SchemaOf(session, m)))
                .OrderBy(m => m.Name, StringComparer.OrdinalIgnoreCase).Select(m =>
                {
                    bool isProcedure = m.Type is ObjectTypes.Procedure or ObjectTypes.ClrProcedure;
                    return new[]
                    {
                        Text(session.Catalog.DatabaseName), Text(SchemaOf(session, m)), Text(m.Name + (isProcedure ? ";1" : ";0")), Int(-1), Int(-1), Int(-1), SqlValue.Null,
                        SqlValue.FromSmallInt(isProcedure ? (short)2 : (short)1),
                    };
                }));
        return 0;
    }

    private static int SendTypes(SystemProcedureCall call)
    {
        int wanted = call.Arguments[0].IsNull ? 0 : call.Arguments[0].AsInt32;
        SqlValue Small(int? value) => value is { } v ? SqlValue.FromSmallInt((short)v) : SqlValue.Null;
        call.Send(
        [
            Column("TYPE_NAME", Name), Column("DATA_TYPE", SqlType.SmallInt), Column("PRECISION", SqlType.Int), Column("LITERAL_PREFIX", SqlType.VarChar(32)), Column("LITERAL_SUFFIX", SqlType.VarChar(32)),
            Column("CREATE_PARAMS", SqlType.VarChar(32)), Column("NULLABLE", SqlType.SmallInt), Column("CASE_SENSITIVE", SqlType.SmallInt), Column("SEARCHABLE", SqlType.SmallInt), Column("UNSIGNED_ATTRIBUTE", SqlType.SmallInt),
            Column("MONEY", SqlType.SmallInt), Column("AUTO_INCREMENT", SqlType.SmallInt), Column("LOCAL_TYPE_NAME", Name), Column("MINIMUM_SCALE", SqlType.SmallInt), Column("MAXIMUM_SCALE", SqlType.SmallInt),
            Column("SQL_DATA_TYPE", SqlType.SmallInt), Column("SQL_DATETIME_SUB", SqlType.SmallInt), Column("NUM_PREC_RADIX", SqlType.SmallInt), Column("INTERVAL_PRECISION", SqlType.SmallInt), Column("USERTYPE", SqlType.SmallInt),
        ],
            from type in SystemTypes.All
            where !type.IsAssemblyType && type.Id is not (SqlTypeId.Vector or SqlTypeId.Json)
            let sql = Declared(type)
            let odbc = OdbcType(sql)
            where wanted == 0 || odbc.Type == wanted
            orderby odbc.Type
            let isText = sql.IsString
            let parameters = sql.IsDecimal ? "precision,scale" : type.Name is "sysname" || sql.IsLegacyLob || sql.Id == SqlTypeId.RowVersion ? null
                : sql.IsString || sql.IsBinary ? (sql.IsFixedLength ? "length" : "max length") : sql.Id is SqlTypeId.Time or SqlTypeId.DateTime2 or SqlTypeId.DateTimeOffset ? "scale" : null
            select new[]
            {
                Text(type.Name), Small(odbc.Type), Int(sql.IsUnicodeString && !sql.IsLegacyLob ? (type.Name == "sysname" ? 128 : 4000) : sql.IsLegacyLob ? (sql.IsUnicodeString ? 1073741823 : int.MaxValue) : type.Precision != 0 ? type.Precision : type.MaxLength),
                sql.IsBinary ? Text("0x", SqlTypeId.VarChar) : isText ? Text(sql.IsUnicodeString ? "N'" : "'", SqlTypeId.VarChar) : sql.IsDateOrTime || sql.Id == SqlTypeId.UniqueIdentifier ? Text("'", SqlTypeId.VarChar) : sql.IsMoney ? Text("$", SqlTypeId.VarChar) : SqlValue.Null,
                isText || sql.IsDateOrTime || sql.Id == SqlTypeId.UniqueIdentifier ? Text("'", SqlTypeId.VarChar) : SqlValue.Null, Text(parameters, SqlTypeId.VarChar), Small(type.IsNullable ? 1 : 0), Small(0),
                Small(sql.IsLegacyLob ? 1 : isText ? 3 : 2), sql.IsNumber && sql.Id != SqlTypeId.Bit ? Small(sql.Id == SqlTypeId.TinyInt ? 1 : 0) : SqlValue.Null, Small(sql.IsMoney ? 1 : 0),
                sql.IsNumber && sql.Id != SqlTypeId.Bit ? Small(0) : SqlValue.Null, Text(type.Name), sql.IsExactInteger || sql.IsDecimal || sql.IsDateOrTime ? Small(0) : SqlValue.Null,
                sql.IsDecimal ? Small(38) : sql.IsExactInteger || sql.IsDateOrTime ? Small(type.Scale) : SqlValue.Null, Small(odbc.SubType is null ? odbc.Type : 9), Small(odbc.SubType),
                sql.IsNumber && sql.Id != SqlTypeId.Bit ? Small(sql.IsApproximate ? 2 : 10) : SqlValue.Null, SqlValue.Null, Small(type.SystemTypeId),
            });
        return 0;

        static SqlType Declared(SystemType type) => type.Id switch
        {
            SqlTypeId.Decimal => SqlType.Decimal(38, 0),
            SqlTypeId.Numeric => SqlType.Numeric(38, 0),
            SqlTypeId.Char => SqlType.Char(8000),
            SqlTypeId.VarChar => SqlType.VarChar(8000),
            SqlTypeId.NChar => SqlType.NChar(4000),
            SqlTypeId.NVarChar => SqlType.NVarChar(4000),
            SqlTypeId.Binary => SqlType.Binary(8000),
            SqlTypeId.VarBinary => SqlType.VarBinary(8000),
            SqlTypeId.Time => SqlType.Time(7),
            SqlTypeId.DateTime2 => SqlType.DateTime2(7),
            SqlTypeId.DateTimeOffset => SqlType.DateTimeOffset(7),
            SqlTypeId.Bit => SqlType.Bit,
            SqlTypeId.TinyInt => SqlType.TinyInt,
            SqlTypeId.SmallInt => SqlType.SmallInt,
            SqlTypeId.Int => SqlType.Int,
            SqlTypeId.BigInt => SqlType.BigInt,
            SqlTypeId.Money => SqlType.Money,
            SqlTypeId.SmallMoney => SqlType.SmallMoney,
            SqlTypeId.Real => SqlType.Real,
            SqlTypeId.Float => SqlType.Float,
            SqlTypeId.Date => SqlType.Date,
            SqlTypeId.DateTime => SqlType.DateTime,
            SqlTypeId.SmallDateTime => SqlType.SmallDateTime,
            SqlTypeId.Text => SqlType.Text,
            SqlTypeId.NText => SqlType.NText,
            SqlTypeId.Image => SqlType.Image,
            SqlTypeId.RowVersion => SqlType.RowVersion,
            SqlTypeId.UniqueIdentifier => SqlType.UniqueIdentifier,
            SqlTypeId.Xml => SqlType.Xml,
            _ => SqlType.SqlVariant,
        };
    }
}
