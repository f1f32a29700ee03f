using NinaDB.Engine.Execution.Ddl;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>The ISO views of INFORMATION_SCHEMA, columns as SQL Server names, orders and types them.</summary>
internal static partial class SystemViews
{
    private const string TypeFacets =
        "DATA_TYPE nvarchar(128) null, CHARACTER_MAXIMUM_LENGTH int null, CHARACTER_OCTET_LENGTH int null";

    private static SystemView Iso(string name, string columns, Func<EngineSession, IEnumerable<object?[]>> rows) => Make("INFORMATION_SCHEMA", name, columns, rows);

    private static void AddInformationSchemaViews(Action<SystemView> add)
    {
        const string table = "TABLE_CATALOG nvarchar(128) null, TABLE_SCHEMA sysname null, TABLE_NAME sysname";
        const string constraint = "CONSTRAINT_CATALOG nvarchar(128) null, CONSTRAINT_SCHEMA nvarchar(128) null, CONSTRAINT_NAME sysname";
        add(Iso("SCHEMATA",
            "CATALOG_NAME nvarchar(128) null, SCHEMA_NAME nvarchar(128), SCHEMA_OWNER nvarchar(128) null, DEFAULT_CHARACTER_SET_CATALOG varchar(6) null, DEFAULT_CHARACTER_SET_SCHEMA varchar(3) null, "
            + "DEFAULT_CHARACTER_SET_NAME sysname null",
            s => s.Catalog.SchemasByName.Values.OrderBy(x => x.SchemaId).Select(x => new object?[]
            {
                Database(s), x.Name, s.Catalog.Principals.GetValueOrDefault(x.OwnerId)?.Name, null, null, "iso_1",
            })));
        add(Iso("TABLES", table + ", TABLE_TYPE varchar(10) null", s =>
            Of<TableDefinition>(s).Select(t => new object?[] { Database(s), Schema(s, t), t.Name, "BASE TABLE" })
                .Concat(Modules(s, ObjectTypes.View).Select(v => new object?[] { Database(s), Schema(s, v), v.Name, "VIEW" }))));
        add(Iso("COLUMNS",
            "TABLE_CATALOG nvarchar(128) null, TABLE_SCHEMA nvarchar(128) null, TABLE_NAME nvarchar(128), COLUMN_NAME sysname null, ORDINAL_POSITION int null, COLUMN_DEFAULT nvarchar(4000) null, "
            + "IS_NULLABLE varchar(3) null, " + TypeFacets + ", NUMERIC_PRECISION tinyint null, NUMERIC_PRECISION_RADIX smallint null, NUMERIC_SCALE int null, DATETIME_PRECISION smallint null, "
            + "CHARACTER_SET_CATALOG sysname null, CHARACTER_SET_SCHEMA sysname null, CHARACTER_SET_NAME sysname null, COLLATION_CATALOG sysname null, COLLATION_SCHEMA sysname null, "
            + "COLLATION_NAME sysname null, DOMAIN_CATALOG sysname null, DOMAIN_SCHEMA sysname null, DOMAIN_NAME sysname null",
            ColumnRows));
        add(Iso("VIEWS", "TABLE_CATALOG nvarchar(128) null, TABLE_SCHEMA nvarchar(128) null, TABLE_NAME nvarchar(128), VIEW_DEFINITION nvarchar(4000) null, CHECK_OPTION varchar(7), IS_UPDATABLE varchar(2)",
            s => Modules(s, ObjectTypes.View).Select(v => new object?[] { Database(s), Schema(s, v), v.Name, v.IsEncrypted ? null : Short(v.Text), v.WithCheckOption ? "CASCADE" : "NONE", "NO" })));
        const string usage = "VIEW_CATALOG nvarchar(128) null, VIEW_SCHEMA nvarchar(128) null, VIEW_NAME sysname, ";
        add(Iso("VIEW_COLUMN_USAGE", usage + table + ", COLUMN_NAME sysname null", s =>
            from u in ViewTables(s)
            let used = ColumnsOf(u.View)
            from column in u.Table.Columns
            where used.Contains(column.Name)
            select new object?[] { Database(s), Schema(s, u.View), u.View.Name, Database(s), Schema(s, u.Table), u.Table.Name, column.Name }));
        AddRoutineViews(add);
        add(Iso("TABLE_CONSTRAINTS",
            constraint + ", TABLE_CATALOG nvarchar(128) null, TABLE_SCHEMA nvarchar(128) null, TABLE_NAME sysname null, CONSTRAINT_TYPE varchar(11) null, IS_DEFERRABLE varchar(2), INITIALLY_DEFERRED varchar(2)",
            s => Of<TableDefinition>(s).SelectMany(t => CatalogSnapshot.ConstraintsOf(t).Where(c => c.Type != ObjectTypes.Default).Select(c => new object?[]
            {
                Database(s), Schema(s, t), c.Name, Database(s), Schema(s, t), t.Name, ConstraintWord(c.Type), "NO", "NO",
            }))));
        add(Iso("KEY_COLUMN_USAGE",
            constraint + ", TABLE_CATALOG nvarchar(128) null, TABLE_SCHEMA nvarchar(128) null, TABLE_NAME nvarchar(128) null, COLUMN_NAME nvarchar(128) null, ORDINAL_POSITION int",
            s => Of<TableDefinition>(s).SelectMany(t => KeyColumns(t).Select(k => new object?[] { Database(s), Schema(s, t), k.Constraint, Database(s), Schema(s, t), t.Name, k.Column, k.Position }))));
        add(Iso("REFERENTIAL_CONSTRAINTS",
            constraint + ", UNIQUE_CONSTRAINT_CATALOG nvarchar(128) null, UNIQUE_CONSTRAINT_SCHEMA nvarchar(128) null, UNIQUE_CONSTRAINT_NAME sysname null, MATCH_OPTION varchar(7) null, "
            + "UPDATE_RULE varchar(11) null, DELETE_RULE varchar(11) null",
            s => Of<TableDefinition>(s).SelectMany(t => t.ForeignKeys.Select(k =>
            {
                TableDefinition? parent = s.Catalog.Find<TableDefinition>(k.ReferencedObjectId);
                string? key = parent?.Indexes.FirstOrDefault(i => i.IndexId == KeyIndexId(parent, k))?.Name;
                return new object?[] { Database(s), Schema(s, t), k.Name, Database(s), parent is null ? null : Schema(s, parent), key, "SIMPLE", Rule(k.OnUpdate), Rule(k.OnDelete) };
            }))));
        add(Iso("CHECK_CONSTRAINTS", constraint + ", CHECK_CLAUSE nvarchar(4000) null",
            s => Of<TableDefinition>(s).SelectMany(t => t.Checks.Select(c => new object?[] { Database(s), Schema(s, t), c.Name, c.Text }))));
        add(Iso("CONSTRAINT_COLUMN_USAGE",
            "TABLE_CATALOG nvarchar(128) null, TABLE_SCHEMA nvarchar(128) null, TABLE_NAME nvarchar(128), COLUMN_NAME nvarchar(128) null, CONSTRAINT_CATALOG nvarchar(128) null, "
            + "CONSTRAINT_SCHEMA nvarchar(128) null, CONSTRAINT_NAME sysname",
            s => Of<TableDefinition>(s).SelectMany(t => KeyColumns(t).Select(k => (k.Constraint, k.Column)).Concat(CheckColumns(t))
                .Select(x => new object?[] { Database(s), Schema(s, t), t.Name, x.Column, Database(s), Schema(s, t), x.Constraint }))));
        add(Iso("CONSTRAINT_TABLE_USAGE", table + ", CONSTRAINT_CATALOG nvarchar(128) null, CONSTRAINT_SCHEMA sysname null, CONSTRAINT_NAME sysname",
            s => Of<TableDefinition>(s).SelectMany(t => CatalogSnapshot.ConstraintsOf(t).Where(c => c.Type != ObjectTypes.Default).Select(c =>
                new object?[] { Database(s), Schema(s, t), t.Name, Database(s), Schema(s, t), c.Name }))));
        add(Iso("DOMAINS",
            "DOMAIN_CATALOG nvarchar(128) null, DOMAIN_SCHEMA nvarchar(128) null, DOMAIN_NAME sysname, DATA_TYPE sysname null, CHARACTER_MAXIMUM_LENGTH int null, CHARACTER_OCTET_LENGTH int null, "
            + "COLLATION_CATALOG varchar(6) null, COLLATION_SCHEMA varchar(3) null, COLLATION_NAME sysname null, CHARACTER_SET_CATALOG varchar(6) null, CHARACTER_SET_SCHEMA varchar(3) null, "
            + "CHARACTER_SET_NAME sysname null, NUMERIC_PRECISION tinyint null, NUMERIC_PRECISION_RADIX smallint null, NUMERIC_SCALE int null, DATETIME_PRECISION smallint null, DOMAIN_DEFAULT nvarchar(4000) null",
            s => s.Catalog.TypesById.Values.Where(t => t.BaseType is not null && t.Clr is null).Select(t =>
            {
                SqlType type = t.BaseType!;
                Facets f = FacetsOf(type);
                return new object?[]
                {
                    Database(s), s.Catalog.SchemaName(t.SchemaId), t.Name, type.Name, f.Characters, f.Octets, null, null, f.Collation, null, null, f.CharacterSet, f.Precision, f.Radix, f.Scale, f.Fraction, DefaultText(s.Catalog, t.Default),
                };
            })));
        add(Iso("SEQUENCES",
            "SEQUENCE_CATALOG nvarchar(128) null, SEQUENCE_SCHEMA nvarchar(128) null, SEQUENCE_NAME sysname, DATA_TYPE sysname null, NUMERIC_PRECISION tinyint, NUMERIC_PRECISION_RADIX smallint null, "
            + "NUMERIC_SCALE int null, START_VALUE sql_variant, MINIMUM_VALUE sql_variant, MAXIMUM_VALUE sql_variant, INCREMENT sql_variant, CYCLE_OPTION bit null, DECLARED_DATA_TYPE sysname null, "
            + "DECLARED_NUMERIC_PRECISION tinyint, DECLARED_NUMERIC_SCALE tinyint null",
            s => Of<SequenceDefinition>(s).Select(x => new object?[]
            {
                Database(s), Schema(s, x), x.Name, x.DataType.Name, x.DataType.CatalogPrecision, 10, x.DataType.Scale, Variant(x.Start, x.DataType), Variant(x.Minimum, x.DataType), Variant(x.Maximum, x.DataType),
                Variant(x.Increment, x.DataType), x.IsCycling, null, x.DataType.CatalogPrecision, null,
            })));
        add(Iso("TABLE_PRIVILEGES",
            "GRANTOR nvarchar(128) null, GRANTEE nvarchar(128) null, TABLE_CATALOG nvarchar(128) null, TABLE_SCHEMA sysname null, TABLE_NAME sysname, PRIVILEGE_TYPE varchar(10) null, IS_GRANTABLE varchar(3) null",
            s =>
                from p in s.Catalog.Permissions
                where p.Class == 1 && p.MinorId == 0 && p.State is 'G' or 'W' && p.Permission is "SELECT" or "INSERT" or "UPDATE" or "DELETE" or "REFERENCES"
                let t = s.Catalog.Find<TableDefinition>(p.MajorId)
                where t is not null
                select new object?[]
                {
                    s.Catalog.Principals.GetValueOrDefault(p.GrantorId)?.Name, s.Catalog.Principals.GetValueOrDefault(p.GranteeId)?.Name, Database(s), Schema(s, t), t.Name, p.Permission, p.State == 'W' ? "YES" : "NO",
                }));
        add(Iso("VIEW_TABLE_USAGE",
            "VIEW_CATALOG nvarchar(128) null, VIEW_SCHEMA nvarchar(128) null, VIEW_NAME sysname, " + table,
            s =>
                from v in Modules(s, ObjectTypes.View)
                from d in Dependencies(s, v)
                let t = d[11] is int id ? s.Catalog.Find(id) : null
                where t is TableDefinition or ModuleDefinition { Type: ObjectTypes.View }
                select new object?[] { Database(s), Schema(s, v), v.Name, Database(s), Schema(s, t), t.Name }));
    }

    private static void AddRoutineViews(Action<SystemView> add)
    {
        add(Iso("ROUTINES",
            "SPECIFIC_CATALOG nvarchar(128) null, SPECIFIC_SCHEMA nvarchar(128) null, SPECIFIC_NAME nvarchar(128), ROUTINE_CATALOG nvarchar(128) null, ROUTINE_SCHEMA nvarchar(128) null, "
            + "ROUTINE_NAME nvarchar(128), ROUTINE_TYPE nvarchar(20) null, MODULE_CATALOG nvarchar(128) null, MODULE_SCHEMA nvarchar(128) null, MODULE_NAME nvarchar(128) null, "
            + "UDT_CATALOG nvarchar(128) null, UDT_SCHEMA nvarchar(128) null, UDT_NAME nvarchar(128) null, " + TypeFacets + ", COLLATION_CATALOG nvarchar(128) null, COLLATION_SCHEMA nvarchar(128) null, "
            + "COLLATION_NAME nvarchar(128) null, CHARACTER_SET_CATALOG nvarchar(128) null, CHARACTER_SET_SCHEMA nvarchar(128) null, CHARACTER_SET_NAME nvarchar(128) null, NUMERIC_PRECISION smallint null, "
            + "NUMERIC_PRECISION_RADIX smallint null, NUMERIC_SCALE smallint null, DATETIME_PRECISION smallint null, INTERVAL_TYPE nvarchar(30) null, INTERVAL_PRECISION smallint null, "
            + "TYPE_UDT_CATALOG nvarchar(128) null, TYPE_UDT_SCHEMA nvarchar(128) null, TYPE_UDT_NAME nvarchar(128) null, SCOPE_CATALOG nvarchar(128) null, SCOPE_SCHEMA nvarchar(128) null, "
            + "SCOPE_NAME nvarchar(128) null, MAXIMUM_CARDINALITY bigint null, DTD_IDENTIFIER nvarchar(128) null, ROUTINE_BODY nvarchar(30) null, ROUTINE_DEFINITION nvarchar(4000) null, "
            + "EXTERNAL_NAME nvarchar(128) null, EXTERNAL_LANGUAGE nvarchar(30) null, PARAMETER_STYLE nvarchar(30) null, IS_DETERMINISTIC nvarchar(10) null, SQL_DATA_ACCESS nvarchar(30) null, "
            + "IS_NULL_CALL nvarchar(10) null, SQL_PATH nvarchar(128) null, SCHEMA_LEVEL_ROUTINE nvarchar(10) null, MAX_DYNAMIC_RESULT_SETS smallint null, IS_USER_DEFINED_CAST nvarchar(10) null, "
            + "IS_IMPLICITLY_INVOCABLE nvarchar(10) null, CREATED datetime null, LAST_ALTERED datetime null",
            s => Of<ModuleDefinition>(s).Where(m => m.Type is not (ObjectTypes.View or ObjectTypes.Trigger)).Select(m =>
            {
                bool isProcedure = m.Type is ObjectTypes.Procedure or ObjectTypes.ClrProcedure;
                SqlType? type = m.ReturnType;
                Facets f = type is null ? default : FacetsOf(type);
                string? dataType = isProcedure ? null : type?.Name ?? "TABLE";
                return new object?[]
                {
                    Database(s), Schema(s, m), m.Name, Database(s), Schema(s, m), m.Name, isProcedure ? "PROCEDURE" : "FUNCTION", null, null, null, null, null, null, dataType, f.Characters, f.Octets, null, null,
                    f.Collation, null, null, f.CharacterSet, f.Precision, f.Radix, f.Scale, f.Fraction, null, null, null, null, null, null, null, null, null, null, m.External is null ? "SQL" : "EXTERNAL",
                    m.External is null && !m.IsEncrypted ? Short(m.Text) : null, m.External is null ? null : m.External.Method.Length == 0 ? $"{m.External.Assembly}.{m.External.Class}" : $"{m.External.Assembly}.{m.External.Class}.{m.External.Method}", null, null, "NO",
                    isProcedure ? "MODIFIES" : "READS", m.ReturnsNullOnNullInput ? "YES" : isProcedure ? null : "NO", null, "YES", isProcedure ? -1 : 0, "NO", "NO", m.CreateDate, m.ModifyDate,
                };
            })));
        add(Iso("PARAMETERS",
            "SPECIFIC_CATALOG nvarchar(128) null, SPECIFIC_SCHEMA nvarchar(128) null, SPECIFIC_NAME nvarchar(128), ORDINAL_POSITION int, PARAMETER_MODE nvarchar(10) null, IS_RESULT nvarchar(10) null, "
            + "AS_LOCATOR nvarchar(10) null, PARAMETER_NAME nvarchar(128) null, " + TypeFacets + ", COLLATION_CATALOG nvarchar(128) null, COLLATION_SCHEMA nvarchar(128) null, COLLATION_NAME nvarchar(128) null, "
            + "CHARACTER_SET_CATALOG nvarchar(128) null, CHARACTER_SET_SCHEMA nvarchar(128) null, CHARACTER_SET_NAME nvarchar(128) null, NUMERIC_PRECISION tinyint null, NUMERIC_PRECISION_RADIX smallint null, "
            + "NUMERIC_SCALE tinyint null, DATETIME_PRECISION smallint null, INTERVAL_TYPE nvarchar(30) null, INTERVAL_PRECISION smallint null, USER_DEFINED_TYPE_CATALOG nvarchar(128) null, "
            + "USER_DEFINED_TYPE_SCHEMA nvarchar(128) null, USER_DEFINED_TYPE_NAME nvarchar(128) null, SCOPE_CATALOG nvarchar(128) null, SCOPE_SCHEMA nvarchar(128) null, SCOPE_NAME nvarchar(128) null",
            s => Of<ModuleDefinition>(s).SelectMany(m => Parameters(s, m))));
    }

    private static IEnumerable<object?[]> Parameters(EngineSession session, ModuleDefinition module)
    {
        if (module.ReturnType is { } returned)
        {
            yield return Row(0, "OUT", "YES", "", returned, 0);
        }

        for (int i = 0; i < module.Parameters.Length; i++)
        {
            ParameterDefinition p = module.Parameters[i];
            yield return Row(i + 1, p.IsOutput ? "INOUT" : "IN", "NO", p.Name, p.Type, p.UserTypeId);
        }

        object?[] Row(int position, string mode, string isResult, string name, SqlType type, int userTypeId)
        {
            Facets f = FacetsOf(type);
            TypeDefinition? alias = session.Catalog.FindType(userTypeId);
            return
            [
                Database(session), Schema(session, module), module.Name, position, mode, isResult, "NO", name, type.Id == SqlTypeId.Table ? "table type" : type.Name, f.Characters, f.Octets, null, null, f.Collation,
                null, null, f.CharacterSet, f.Precision, f.Radix, f.Scale, f.Fraction, null, null, alias is null ? null : Database(session),
                alias is null ? null : session.Catalog.SchemaName(alias.SchemaId), alias?.Name, null, null, null,
            ];
        }
    }

    private static IEnumerable<object?[]> ColumnRows(EngineSession session)
    {
        foreach (TableDefinition table in Of<TableDefinition>(session))
        {
            int position = 0;
            foreach (ColumnDefinition column in table.Columns)
            {
                position++;
                yield return Row(table, position, column.Name, DefaultText(session.Catalog, column.Default), column.IsNullable, column.Type, column.UserTypeId);
            }
        }

        foreach (ModuleDefinition view in Modules(session, ObjectTypes.View))
        {
            for (int i = 0; i < view.Columns.Length; i++)
            {
                yield return Row(view, i + 1, view.Columns[i].Name, null, view.Columns[i].IsNullable, view.Columns[i].Type, 0);
            }
        }

        object?[] Row(CatalogObject owner, int position, string name, string? value, bool nullable, SqlType type, int userTypeId)
        {
            Facets f = FacetsOf(type);
            TypeDefinition? alias = session.Catalog.FindType(userTypeId);
            return
            [
                Database(session), Schema(session, owner), owner.Name, name, position, value, nullable ? "YES" : "NO", type.Name, f.Characters, f.Octets, f.Precision, f.Radix, f.Scale, f.Fraction,
                null, null, f.CharacterSet, null, null, f.Collation, alias is null ? null : Database(session), alias is null ? null : session.Catalog.SchemaName(alias.SchemaId), alias?.Name,
            ];
        }
    }

    /// <summary>A default as the catalog shows it: a constraint's expression, or the whole text of a bound object.</summary>
    internal static string? DefaultText(CatalogSnapshot catalog, DefaultDefinition? value) =>
        value is { IsBound: true } ? catalog.Find<BindableDefinition>(value.ObjectId)?.Text : value?.Text;

    private readonly record struct Facets(int? Characters, int? Octets, byte? Precision, short? Radix, int? Scale, short? Fraction, string? Collation, string? CharacterSet);

    /// <summary>The ISO description of a type: lengths for strings and binaries, precision and scale for numbers, fractional digits for times.</summary>
    private static Facets FacetsOf(SqlType type)
    {
        if (type.IsString)
        {
            int limit = type.IsUnicodeString ? 1073741823 : int.MaxValue;
            int characters = type.IsLegacyLob ? limit : type.Length;
            int octets = type.IsLegacyLob ? (type.IsUnicodeString ? 2147483646 : int.MaxValue) : type.MaxLength;
            return new Facets(characters, octets, null, null, null, null, type.EffectiveCollation.Name, type.IsUnicodeString ? "UNICODE" : type.EffectiveCollation.IsUtf8 ? "UTF-8" : "iso_1");
        }

        if (type.IsBinary && type.Id != SqlTypeId.RowVersion)
        {
            int length = type.IsLegacyLob ? int.MaxValue : type.Length;
            return new Facets(length, length, null, null, null, null, null, null);
        }

        return type.Id switch
        {
            SqlTypeId.Xml or SqlTypeId.Json => new Facets(-1, -1, null, null, null, null, null, null),
            SqlTypeId.SqlVariant => new Facets(0, 0, null, null, null, null, null, null),
            SqlTypeId.Vector => new Facets(type.MaxLength, type.MaxLength, null, null, null, null, null, null),
            SqlTypeId.Bit => default,
            _ when type.IsApproximate => new Facets(null, null, type.Precision, 2, null, null, null, null),
            _ when type.IsNumber => new Facets(null, null, type.Precision, 10, type.Scale, null, null, null),
            SqlTypeId.DateTime => new Facets(null, null, null, null, null, 3, null, null),
            SqlTypeId.Date or SqlTypeId.SmallDateTime => new Facets(null, null, null, null, null, 0, null, null),
            _ when type.IsDateOrTime => new Facets(null, null, null, null, null, type.Scale, null, null),
            _ => default,
        };
    }

    private static string Database(EngineSession session) => session.Catalog.DatabaseName;

    private static string? Schema(EngineSession session, CatalogObject value) => session.Catalog.SchemaName(value.SchemaId);

    private static string Short(string text) => text.Length <= 4000 ? text : text[..4000];

    private static string ConstraintWord(string type) => type switch
    {
        ObjectTypes.PrimaryKey => "PRIMARY KEY",
        ObjectTypes.Unique => "UNIQUE",
        ObjectTypes.ForeignKey => "FOREIGN KEY",
        _ => "CHECK",
    };

    private static string Rule(ReferentialAction action) => action switch
    {
        ReferentialAction.Cascade => "CASCADE",
        ReferentialAction.SetNull => "SET NULL",
        ReferentialAction.SetDefault => "SET DEFAULT",
        _ => "NO ACTION",
    };

    private static IEnumerable<(string Constraint, string Column, int Position)> KeyColumns(TableDefinition table)
    {
        string Name(int id) => table.Columns[table.OrdinalOf(id)].Name;
        foreach (IndexDefinition index in table.Indexes.Where(i => i.ConstraintObjectId != 0))
        {
            for (int i = 0; i < index.KeyColumns.Length; i++)
            {
                yield return (index.Name!, Name(index.KeyColumns[i].ColumnId), i + 1);
            }
        }

        foreach (ForeignKeyDefinition key in table.ForeignKeys)
        {
            for (int i = 0; i < key.ColumnIds.Length; i++)
            {
                yield return (key.Name, Name(key.ColumnIds[i]), i + 1);
            }
        }
    }

    private static IEnumerable<(string Constraint, string Column)> CheckColumns(TableDefinition table) =>
        from check in table.Checks
        from name in SyntaxWalker.ColumnNames(DdlExpressions.ParseCondition(check.Text))
        let ordinal = table.FindColumn(name)
        where ordinal >= 0
        select (check.Name, table.Columns[ordinal].Name);

    private static IEnumerable<(ModuleDefinition View, TableDefinition Table)> ViewTables(EngineSession session) =>
        from view in Modules(session, ObjectTypes.View)
        from node in SyntaxWalker.Descendants(Parser.ParseBatch(view.Text).Statements).OfType<NamedTableSource>().DistinctBy(n => n.Name.ToString(), StringComparer.OrdinalIgnoreCase)
        let found = session.Catalog.Find(node.Name.Schema ?? session.Catalog.SchemaName(view.SchemaId)!, node.Name.Name) as TableDefinition
        where found is not null
        select (view, found);

    /// <summary>Names of the columns that a view's text uses.</summary>
    private static HashSet<string> ColumnsOf(ModuleDefinition view)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (Statement statement in Parser.ParseBatch(view.Text).Statements)
        {
            names.UnionWith(SyntaxWalker.ColumnNames(statement));
        }

        return names;
    }
}
