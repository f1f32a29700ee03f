using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>INFORMATION_SCHEMA: columns with alias types, columns that functions return, privileges on columns, rules of types.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/system-information-schema-views/system-information-schema-views-transact-sql</remarks>
internal static partial class SystemViews
{
    private static void AddUsageViews(Action<SystemView> add)
    {
        const string domain = "DOMAIN_CATALOG nvarchar(128) null, DOMAIN_SCHEMA nvarchar(128) null, DOMAIN_NAME sysname";
        const string table = "TABLE_CATALOG nvarchar(128) null, TABLE_SCHEMA nvarchar(128) null, TABLE_NAME sysname";
        add(Iso("COLUMN_DOMAIN_USAGE", domain + ", " + table + ", COLUMN_NAME sysname null", s =>
            from t in Of<TableDefinition>(s)
            from c in t.Columns
            let type = s.Catalog.FindType(c.UserTypeId)
            where type is not null
            select new object?[] { Database(s), s.Catalog.SchemaName(type.SchemaId), type.Name, Database(s), Schema(s, t), t.Name, c.Name }));
        add(Iso("DOMAIN_CONSTRAINTS",
            "CONSTRAINT_CATALOG nvarchar(128) null, CONSTRAINT_SCHEMA nvarchar(128) null, CONSTRAINT_NAME sysname, " + domain + ", IS_DEFERRABLE varchar(2), INITIALLY_DEFERRED varchar(2)",
            s =>
                from type in s.Catalog.TypesById.Values
                where type.Rule is not null
                let rule = s.Catalog.Find(type.Rule!.ObjectId)
                where rule is not null
                select new object?[] { Database(s), Schema(s, rule), rule.Name, Database(s), s.Catalog.SchemaName(type.SchemaId), type.Name, "NO", "NO" }));
        add(Iso("COLUMN_PRIVILEGES",
            "GRANTOR nvarchar(128) null, GRANTEE nvarchar(128) null, " + table + ", COLUMN_NAME sysname null, PRIVILEGE_TYPE varchar(10) null, IS_GRANTABLE varchar(3) null",
            s =>
                from p in s.Catalog.Permissions
                where p.Class == 1 && p.State is 'G' or 'W' && p.Permission is "SELECT" or "INSERT" or "UPDATE" or "REFERENCES"
                let t = s.Catalog.Find<TableDefinition>(p.MajorId)
                where t is not null
                from c in t.Columns
                where p.MinorId == 0 || p.MinorId == c.ColumnId
                select new object?[]
                {
                    s.Catalog.Principals.GetValueOrDefault(p.GrantorId)?.Name, s.Catalog.Principals.GetValueOrDefault(p.GranteeId)?.Name, Database(s), Schema(s, t), t.Name, c.Name, p.Permission, p.State == 'W' ? "YES" : "NO",
                }));
        add(Iso("ROUTINE_COLUMNS",
            table + " null, COLUMN_NAME nvarchar(128) null, ORDINAL_POSITION int null, COLUMN_DEFAULT nvarchar(4000) null, IS_NULLABLE varchar(3) null, DATA_TYPE nvarchar(128) null, CHARACTER_MAXIMUM_LENGTH int null, "
            + "CHARACTER_OCTET_LENGTH int null, NUMERIC_PRECISION tinyint null, NUMERIC_PRECISION_RADIX smallint null, NUMERIC_SCALE int null, DATETIME_PRECISION smallint null, CHARACTER_SET_CATALOG varchar(6) null, "
            + "CHARACTER_SET_SCHEMA varchar(3) null, CHARACTER_SET_NAME sysname null, COLLATION_CATALOG varchar(6) null, COLLATION_SCHEMA varchar(3) null, COLLATION_NAME sysname null, DOMAIN_CATALOG nvarchar(128) null, "
            + "DOMAIN_SCHEMA nvarchar(128) null, DOMAIN_NAME nvarchar(128) null",
            s =>
                from f in Modules(s, ObjectTypes.InlineFunction, ObjectTypes.TableFunction, ObjectTypes.ClrTableFunction)
                from x in f.Columns.Select((c, i) => (Column: c, Position: i + 1))
                let facets = FacetsOf(x.Column.Type)
                select new object?[]
                {
                    Database(s), Schema(s, f), f.Name, x.Column.Name, x.Position, null, x.Column.IsNullable ? "YES" : "NO", x.Column.Type.Name, facets.Characters, facets.Octets, facets.Precision, facets.Radix, facets.Scale,
                    facets.Fraction, null, null, facets.CharacterSet, null, null, facets.Collation, null, null, null,
                }));
    }
}
