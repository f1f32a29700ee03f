using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>More catalog procedures that ODBC and JDBC drivers call: sp_sproc_columns, sp_special_columns, sp_table_privileges, sp_column_privileges.</summary>
internal static partial class SystemProcedures
{
    private const short ReturnValueColumn = 5;
    private const short InputOutputColumn = 2;
    private const short InputColumn = 1;

    private static void AddDriverProcedures(Action<SystemProcedure> add)
    {
        SystemParameter[] parameters =
        [
            Optional("@procedure_name", SqlType.NVarChar(390)), Optional("@procedure_owner", SqlType.NVarChar(384)), Optional("@procedure_qualifier", Name), Optional("@column_name", SqlType.NVarChar(384)),
            Optional("@ODBCVer", SqlType.Int, SqlValue.FromInt(2)), Optional("@fUsePattern", SqlType.Bit, SqlValue.FromBit(true)),
        ];
        add(Reads("sp_sproc_columns", SendParameters, parameters));
        add(Reads("sp_sproc_columns_100", SendParameters, parameters));
        SystemParameter[] special =
        [
            Required("@table_name", Name), Optional("@table_owner", Name), Optional("@table_qualifier", Name), Optional("@col_type", SqlType.Char(1), SqlValue.FromString("R", SqlTypeId.Char)),
            Optional("@scope", SqlType.Char(1), SqlValue.FromString("T", SqlTypeId.Char)), Optional("@nullable", SqlType.Char(1), SqlValue.FromString("U", SqlTypeId.Char)), Optional("@ODBCVer", SqlType.Int, SqlValue.FromInt(2)),
        ];
        add(Reads("sp_special_columns", SendSpecialColumns, special));
        add(Reads("sp_special_columns_100", SendSpecialColumns, special));
        add(Reads("sp_table_privileges", SendTablePrivileges, Required("@table_name", SqlType.NVarChar(384)), Optional("@table_owner", SqlType.NVarChar(384)), Optional("@table_qualifier", Name), Optional("@fUsePattern", SqlType.Bit, SqlValue.FromBit(true))));
        add(Reads("sp_tablecollations", SendCollations, Required("@object", SqlType.NVarChar(4000))));
        add(Reads("sp_tablecollations_100", SendCollations, Required("@object", SqlType.NVarChar(4000))));
        add(Reads("sp_column_privileges", SendColumnPrivileges, Required("@table_name", Name), Optional("@table_owner", Name), Optional("@table_qualifier", Name), Optional("@column_name", SqlType.NVarChar(384))));
    }

    private static int SendParameters(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        SqlType word = SqlType.VarChar(254);
        call.Send(
        [
            Column("PROCEDURE_QUALIFIER", Name), Column("PROCEDURE_OWNER", Name), Column("PROCEDURE_NAME", SqlType.NVarChar(134)), Column("COLUMN_NAME", Name), Column("COLUMN_TYPE", SqlType.SmallInt),
            Column("DATA_TYPE", SqlType.SmallInt), Column("TYPE_NAME", Name), Column("PRECISION", SqlType.Int), Column("LENGTH", SqlType.Int), Column("SCALE", SqlType.SmallInt), Column("RADIX", SqlType.SmallInt),
            Column("NULLABLE", SqlType.SmallInt), Column("REMARKS", word), Column("COLUMN_DEF", SqlType.NVarChar(4000)), Column("SQL_DATA_TYPE", SqlType.SmallInt), Column("SQL_DATETIME_SUB", SqlType.SmallInt),
            Column("CHAR_OCTET_LENGTH", SqlType.Int), Column("ORDINAL_POSITION", SqlType.Int), Column("IS_NULLABLE", word), Column("SS_DATA_TYPE", SqlType.TinyInt),
        ],
            OtherDatabase(call, 2) ? [] :
                from module in session.Catalog.ObjectsById.Values.OfType<ModuleDefinition>()
                where module.Type is not (ObjectTypes.View or ObjectTypes.Trigger)
                let name = WithoutNumber(call.Text(0))
                where Matches(name, module.Name) && Matches(call.Text(1), SchemaOf(session, module))
                orderby SchemaOf(session, module), module.Name
                from parameter in ParametersOf(module)
                where Matches(call.Text(3), parameter.Name)
                select ParameterRowOf(session, module, parameter));
        return 0;
    }

    /// <summary>Drivers ask for "name;1", the procedure's group number with it.</summary>
    private static string? WithoutNumber(string? name) => name is not null && name.EndsWith(";1", StringComparison.Ordinal) ? name[..^2] : name;

    private static IEnumerable<(string Name, short Kind, SqlType Type, int Position)> ParametersOf(ModuleDefinition module)
    {
        bool isProcedure = module.Type is ObjectTypes.Procedure or ObjectTypes.ClrProcedure;
        if (isProcedure || module.ReturnType is not null)
        {
            yield return ("@RETURN_VALUE", ReturnValueColumn, isProcedure ? SqlType.Int : module.ReturnType!, 0);
        }

        for (int i = 0; i < module.Parameters.Length; i++)
        {
            ParameterDefinition parameter = module.Parameters[i];
            yield return (parameter.Name, parameter.IsOutput ? InputOutputColumn : InputColumn, parameter.Type, i + 1);
        }
    }

    private static SqlValue[] ParameterRowOf(EngineSession session, ModuleDefinition module, (string Name, short Kind, SqlType Type, int Position) parameter)
    {
        bool isReturnOfProcedure = parameter.Kind == ReturnValueColumn && module.ReturnType is null;
        var column = new ColumnDefinition { ColumnId = parameter.Position, Name = parameter.Name, Type = parameter.Type, IsNullable = !isReturnOfProcedure };
        SqlValue[] c = CatalogColumn(session.Catalog.DatabaseName, SchemaOf(session, module), module.Name, column, parameter.Position, null);
        bool isProcedure = module.Type is ObjectTypes.Procedure or ObjectTypes.ClrProcedure;
        return
        [
            c[0], c[1], Text(module.Name + (isProcedure ? ";1" : ";0")), c[3], SqlValue.FromSmallInt(parameter.Kind), c[4], c[5], c[6], c[7], c[8], c[9], c[10], SqlValue.Null, SqlValue.Null, c[13], c[14], c[15],
            Int(parameter.Position), c[17], c[18],
        ];
    }

    private static int SendSpecialColumns(SystemProcedureCall call)
    {
        const short pseudo = 1;
        EngineSession session = call.Session;
        bool wantsVersion = Same(call.Text(3)?.Trim(), "V");
        bool noNulls = Same(call.Text(5)?.Trim(), "O");
        var rows = new List<SqlValue[]>();
        foreach (TableDefinition table in OtherDatabase(call, 2) ? [] : session.Catalog.ObjectsById.Values.OfType<TableDefinition>())
        {
            if (!Same(table.Name, call.Text(0)) || (call.Text(1) is { } owner && !Same(SchemaOf(session, table), owner)))
            {
                continue;
            }

            IEnumerable<ColumnDefinition> columns = wantsVersion
                ? table.Columns.Where(c => c.Type.Id == SqlTypeId.RowVersion)
                : BestKey(table, noNulls)?.KeyColumns.Select(k => table.Columns[table.OrdinalOf(k.ColumnId)]) ?? [];
            rows.AddRange(columns.Select(column =>
            {
                SqlValue[] c = CatalogColumn(session.Catalog.DatabaseName, SchemaOf(session, table), table.Name, column, 1, null);
                return new[] { wantsVersion ? SqlValue.Null : SqlValue.FromSmallInt(0), c[3], c[4], c[5], c[6], c[7], c[8], SqlValue.FromSmallInt(pseudo) };
            }));
        }

        call.Send(
        [
            Column("SCOPE", SqlType.SmallInt), Column("COLUMN_NAME", Name), Column("DATA_TYPE", SqlType.SmallInt), Column("TYPE_NAME", Name), Column("PRECISION", SqlType.Int), Column("LENGTH", SqlType.Int),
            Column("SCALE", SqlType.SmallInt), Column("PSEUDO_COLUMN", SqlType.SmallInt),
        ],
            rows);
        return 0;
    }

    /// <summary>What identifies a row: the primary key, else a unique index.</summary>
    private static IndexDefinition? BestKey(TableDefinition table, bool noNulls) =>
        table.Indexes.FirstOrDefault(i => i.IsPrimaryKey)
        ?? table.Indexes.Where(i => i.IsUnique && (!noNulls || i.KeyColumns.All(k => !table.Columns[table.OrdinalOf(k.ColumnId)].IsNullable))).OrderBy(i => i.IndexId).FirstOrDefault();

    /// <summary>What bulk loaders ask before they send text: each column's collation.</summary>
    private static int SendCollations(SystemProcedureCall call)
    {
        // A missing schema leaves its dot: .[table].
        string name = (call.Text(0) ?? "").TrimStart('.');
        TableDefinition? table = Syntax.Parser.TryParseName(name) is { } parts && parts[^1].StartsWith('#')
            ? call.Session.Temporary.Find(parts[^1])
            : RequireObject(call.Session, name).Object as TableDefinition;
        call.Send(
            [Column("colid", SqlType.Int), Column("name", Name), Column("tds_collation", SqlType.Binary(5)), Column("collation", Name)],
            table?.Columns.Select(c =>
            {
                Collation? collation = c.Type.IsString ? c.Type.Collation ?? Collation.Default : null;
                return new[] { Int(c.ColumnId), Text(c.Name), collation is null ? SqlValue.Null : SqlValue.FromBinary(collation.WireBytes.ToArray()), Text(collation?.Name) };
            }) ?? []);
        return 0;
    }

    private static readonly string[] TableRights = ["DELETE", "INSERT", "REFERENCES", "SELECT", "UPDATE"];

    private static int SendTablePrivileges(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        call.Send(
        [
            Column("TABLE_QUALIFIER", Name), Column("TABLE_OWNER", Name), Column("TABLE_NAME", Name), Column("GRANTOR", Name), Column("GRANTEE", Name), Column("PRIVILEGE", SqlType.VarChar(32)),
            Column("IS_GRANTABLE", SqlType.VarChar(3)),
        ],
            OtherDatabase(call, 2) ? [] :
                from table in session.Catalog.ObjectsById.Values
                where table is TableDefinition or ModuleDefinition { Type: ObjectTypes.View } && Matches(call.Text(0), table.Name) && Matches(call.Text(1), SchemaOf(session, table))
                orderby SchemaOf(session, table), table.Name
                from right in Rights(session, table)
                select new[]
                {
                    Text(session.Catalog.DatabaseName), Text(SchemaOf(session, table)), Text(table.Name), Text(right.Grantor), Text(right.Grantee), Text(right.Permission, SqlTypeId.VarChar),
                    Text(right.IsGrantable ? "YES" : "NO", SqlTypeId.VarChar),
                });
        return 0;
    }

    private static int SendColumnPrivileges(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        call.Send(
        [
            Column("TABLE_QUALIFIER", Name), Column("TABLE_OWNER", Name), Column("TABLE_NAME", Name), Column("COLUMN_NAME", Name), Column("GRANTOR", Name), Column("GRANTEE", Name),
            Column("PRIVILEGE", SqlType.VarChar(32)), Column("IS_GRANTABLE", SqlType.VarChar(3)),
        ],
            OtherDatabase(call, 2) ? [] :
                from table in session.Catalog.ObjectsById.Values.OfType<TableDefinition>()
                where Same(table.Name, call.Text(0)) && (call.Text(1) is not { } owner || Same(SchemaOf(session, table), owner))
                from column in table.Columns
                where Matches(call.Text(3), column.Name)
                from right in Rights(session, table)
                where right.Permission != "DELETE"
                select new[]
                {
                    Text(session.Catalog.DatabaseName), Text(SchemaOf(session, table)), Text(table.Name), Text(column.Name), Text(right.Grantor), Text(right.Grantee), Text(right.Permission, SqlTypeId.VarChar),
                    Text(right.IsGrantable ? "YES" : "NO", SqlTypeId.VarChar),
                });
        return 0;
    }

    /// <summary>The owner's rights, then what was granted on the object itself.</summary>
    private static IEnumerable<(string Grantor, string Grantee, string Permission, bool IsGrantable)> Rights(EngineSession session, CatalogObject table)
    {
        const byte objectClass = 1;
        foreach (string right in TableRights)
        {
            yield return ("dbo", "dbo", right, true);
        }

        string Named(int principal) => session.Catalog.Principals.TryGetValue(principal, out PrincipalDefinition? found) ? found.Name : "dbo";
        foreach (PermissionDefinition grant in session.Catalog.Permissions.Where(p => p.Class == objectClass && p.MajorId == table.ObjectId && p.MinorId == 0 && (p.State is 'G' or 'W')))
        {
            if (TableRights.Contains(grant.Permission, StringComparer.OrdinalIgnoreCase))
            {
                yield return (Named(grant.GrantorId), Named(grant.GranteeId), grant.Permission.ToUpperInvariant(), grant.State == 'W');
            }
        }
    }
}
