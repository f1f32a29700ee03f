using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <param name="Type">The system type, with collation where the syntax names one.</param>
/// <param name="UserTypeId">user_type_id of an alias or table type, or of sysname (256); 0 for a system type.</param>
/// <param name="Table">Shape of a table type; null otherwise.</param>
internal readonly record struct ResolvedType(SqlType Type, int UserTypeId, TableDefinition? Table)
{
    /// <summary>Nullability that an alias type (or sysname, timestamp) gives a column that says nothing; null when it says nothing either.</summary>
    public bool? IsNullable { get; init; }
}

/// <summary>Where a type is written: it decides number and wording of the errors.</summary>
/// <param name="Subject">column, parameter, type ...: the noun of errors 131 and 2717.</param>
/// <param name="Name">Name of the column or parameter; null to name the type itself.</param>
/// <param name="Position">1-based ordinal of the column, parameter or variable.</param>
internal readonly record struct TypeUse(string Subject, string? Name, int Position)
{
    /// <summary>CAST, CONVERT and the like: an unknown type is error 243.</summary>
    public static TypeUse Cast => new("convert specification", null, 0);

    public static TypeUse Column(string name, int position) => new("column", name, position);

    public static TypeUse Parameter(string name, int position) => new("parameter", name, position);

    public bool IsCast => Position == 0;
}

/// <summary>Turns a data type as written into a <see cref="SqlType"/>: system types and their synonyms, sysname, alias types, table types.</summary>
internal static class TypeResolver
{
    public const int SysNameTypeId = 256;
    private const int DefaultCastLength = 30;

    public static ResolvedType Resolve(DataTypeSyntax syntax, CatalogSnapshot catalog) => Resolve(syntax, catalog, new TypeUse("parameter", null, 1));

    public static ResolvedType Resolve(DataTypeSyntax syntax, CatalogSnapshot catalog, TypeUse use)
    {
        string name = syntax.Name.Name;
        string? schema = syntax.Name.Schema;
        if (schema is null || schema.Equals("sys", StringComparison.OrdinalIgnoreCase))
        {
            if (ResolveSystem(name, syntax, catalog, use) is { } found)
            {
                return found;
            }
        }

        TypeDefinition type = catalog.FindType(schema, name) ?? throw Unknown(syntax, use);
        if (syntax.Arguments.Count > 0)
        {
            throw SqlErrors.Create(2716, use.Position, syntax.Name.ToString());
        }

        if (type.Clr is not null)
        {
            return type.BaseType is { Id: SqlTypeId.Udt } udt
                ? new ResolvedType(udt, type.UserTypeId, null)
                : throw SqlErrors.NotSupported($"values of the CLR type {catalog.SchemaName(type.SchemaId)}.{type.Name}, which an earlier release made");
        }

        if (use.IsCast && type.Table is null)
        {
            throw SqlErrors.CreateWithState(243, 2, syntax.Name.ToString());
        }

        if (type.Table is { } table)
        {
            if (use.IsCast || use.Subject == "column")
            {
                throw Unknown(syntax, use);
            }

            return new ResolvedType(SqlType.Table($"{catalog.SchemaName(type.SchemaId)}.{type.Name}"), type.UserTypeId, table) { IsNullable = true };
        }

        if (use.IsCast)
        {
            throw Unknown(syntax, use);
        }

        return new ResolvedType(WithCollation(type.BaseType!, syntax, use), type.UserTypeId, null) { IsNullable = type.IsNullable };
    }

    private static SqlErrorException Unknown(DataTypeSyntax syntax, TypeUse use) => use.IsCast
        ? SqlErrors.Create(243, syntax.Name.ToString())
        : SqlErrors.CreateWithState(2715, 6, use.Position, syntax.Name.ToString());

    private static ResolvedType? ResolveSystem(string name, DataTypeSyntax syntax, CatalogSnapshot catalog, TypeUse use)
    {
        string key = name.ToLowerInvariant();
        SqlType? type = key switch
        {
            "bit" => SqlType.Bit,
            "tinyint" => SqlType.TinyInt,
            "smallint" => SqlType.SmallInt,
            "int" or "integer" => SqlType.Int,
            "bigint" => SqlType.BigInt,
            "smallmoney" => SqlType.SmallMoney,
            "money" => SqlType.Money,
            "real" => SqlType.Real,
            "date" => SqlType.Date,
            "smalldatetime" => SqlType.SmallDateTime,
            "datetime" => SqlType.DateTime,
            "uniqueidentifier" => SqlType.UniqueIdentifier,
            "rowversion" or "timestamp" => SqlType.RowVersion,
            "sql_variant" => SqlType.SqlVariant,
            "xml" => SqlType.Xml,
            "json" => SqlType.Json,
            "text" => SqlType.Text,
            "ntext" or "national text" => SqlType.NText,
            "image" => SqlType.Image,
            "hierarchyid" => SqlType.HierarchyId,
            "cursor" => SqlType.Cursor,
            _ => null,
        };
        if (type is not null)
        {
            if (syntax.Arguments.Count > 0 && type.Id != SqlTypeId.Xml)
            {
                throw SqlErrors.Create(2716, use.Position, name);
            }

            if (syntax.XmlCollection is not null)
            {
                return new ResolvedType(TypedXml(syntax, catalog), 0, null);
            }

            return new ResolvedType(WithCollation(type, syntax, use), 0, null) { IsNullable = type.Id == SqlTypeId.RowVersion ? false : null };
        }

        switch (key)
        {
            case "sysname":
                NoArguments(syntax, use);
                return new ResolvedType(WithCollation(SqlType.SysName, syntax, use), SysNameTypeId, null) { IsNullable = false };
            case "decimal" or "dec":
                return Plain(DecimalType(SqlTypeId.Decimal, syntax, use));
            case "numeric":
                return Plain(DecimalType(SqlTypeId.Numeric, syntax, use));
            case "float" or "double precision":
                return Plain(FloatType(syntax, use));
            case "time":
                return Plain(SqlType.Time(Scale(syntax)));
            case "datetime2":
                return Plain(SqlType.DateTime2(Scale(syntax)));
            case "datetimeoffset":
                return Plain(SqlType.DateTimeOffset(Scale(syntax)));
            case "char" or "character":
                return Plain(WithCollation(SqlType.Char(Length(syntax, use, 8000, allowsMax: false)), syntax, use));
            case "varchar" or "char varying" or "character varying":
                return Plain(WithCollation(SqlType.VarChar(Length(syntax, use, 8000, allowsMax: true)), syntax, use));
            case "nchar" or "national char" or "national character":
                return Plain(WithCollation(SqlType.NChar(Length(syntax, use, 4000, allowsMax: false)), syntax, use));
            case "nvarchar" or "national char varying" or "national character varying":
                return Plain(WithCollation(SqlType.NVarChar(Length(syntax, use, 4000, allowsMax: true)), syntax, use));
            case "binary":
                return Plain(SqlType.Binary(Length(syntax, use, 8000, allowsMax: false)));
            case "varbinary" or "binary varying":
                return Plain(SqlType.VarBinary(Length(syntax, use, 8000, allowsMax: true)));
            case "vector":
                return Plain(VectorType(syntax, catalog, use));
            case "geometry" or "geography":
                throw SqlErrors.NotSupported(name);
            default:
                return null;
        }
    }

    /// <summary>xml(collection): error 6314 when there is none. The built-in sys.sys types nothing.</summary>
    private static SqlType TypedXml(DataTypeSyntax syntax, CatalogSnapshot catalog)
    {
        ObjectName name = syntax.XmlCollection!;
        XmlSchemaCollectionDefinition collection = catalog.FindXmlCollection(name.Schema, name.Name) ?? throw SqlErrors.Create(6314, name.ToString());
        return collection.TypeOf(syntax.IsXmlDocument);
    }

    private static ResolvedType Plain(SqlType type) => new(type, 0, null);

    private static void NoArguments(DataTypeSyntax syntax, TypeUse use)
    {
        if (syntax.Arguments.Count > 0)
        {
            throw SqlErrors.Create(2716, use.Position, syntax.Name.Name);
        }
    }

    private static SqlType DecimalType(SqlTypeId id, DataTypeSyntax syntax, TypeUse use)
    {
        int precision = syntax.Arguments.Count > 0 ? syntax.Arguments[0] : 18;
        int scale = syntax.Arguments.Count > 1 ? syntax.Arguments[1] : 0;
        if (precision > 38)
        {
            throw SqlErrors.Create(2750, Math.Max(use.Position, 1), precision, 38);
        }

        if (precision < 1)
        {
            throw SqlErrors.Create(1001, syntax.Line, precision);
        }

        if (scale > precision || scale < 0)
        {
            throw use.Subject == "column" && use.Name is not null
                ? SqlErrors.Create(183, scale, use.Name, 0, precision)
                : SqlErrors.Create(192);
        }

        return id == SqlTypeId.Decimal ? SqlType.Decimal(precision, scale) : SqlType.Numeric(precision, scale);
    }

    private static SqlType FloatType(DataTypeSyntax syntax, TypeUse use)
    {
        if (syntax.Arguments.Count == 0)
        {
            return SqlType.Float;
        }

        int bits = syntax.Arguments[0];
        return bits switch
        {
            > 53 => throw SqlErrors.Create(2750, Math.Max(use.Position, 1), bits, 53),
            < 1 => throw SqlErrors.Create(1001, syntax.Line, bits),
            <= 24 => SqlType.Real,
            _ => SqlType.Float,
        };
    }

    private static int Scale(DataTypeSyntax syntax)
    {
        int scale = syntax.Arguments.Count > 0 ? syntax.Arguments[0] : 7;
        return scale is >= 0 and <= 7 ? scale : throw SqlErrors.Create(1002, syntax.Line, scale);
    }

    private static int Length(DataTypeSyntax syntax, TypeUse use, int maximum, bool allowsMax)
    {
        if (syntax.Arguments.Count == 0)
        {
            return use.IsCast ? DefaultCastLength : 1;
        }

        int length = syntax.Arguments[0];
        if (syntax.Arguments.Count > 1)
        {
            throw SqlErrors.Create(2716, use.Position, syntax.Name.Name);
        }

        if (length == SqlType.Max && allowsMax)
        {
            return length;
        }

        if (length < 1)
        {
            throw SqlErrors.Create(1001, syntax.Line, length);
        }

        if (length > maximum)
        {
            (string subject, string subjectName) = use.Name is null ? ("type", syntax.Name.Name) : (use.Subject, use.Name);
            throw maximum == 8000 || length > 8000
                ? SqlErrors.Create(131, length, subject, subjectName, maximum == 8000 ? 8000 : maximum)
                : SqlErrors.Create(2717, length, subject, subjectName, maximum);
        }

        return length;
    }

    /// <summary>float32 takes 1 to 1998 dimensions; float16 (a preview feature) 1 to 3996.</summary>
    private static SqlType VectorType(DataTypeSyntax syntax, CatalogSnapshot catalog, TypeUse use)
    {
        bool half = false;
        if (syntax.BaseType is { } baseType)
        {
            half = baseType.Equals("float16", StringComparison.OrdinalIgnoreCase);
            bool allowed = half
                ? string.Equals(catalog.ScopedConfiguration("PREVIEW_FEATURES"), "ON", StringComparison.OrdinalIgnoreCase)
                : baseType.Equals("float32", StringComparison.OrdinalIgnoreCase);
            if (!allowed)
            {
                throw SqlErrors.Create(195, baseType, "vector base type");
            }
        }

        if (syntax.Arguments.Count == 0)
        {
            throw SqlErrors.Create(2731, use.Name ?? syntax.Name.Name, 0);
        }

        int dimensions = syntax.Arguments[0];
        if (dimensions < 1)
        {
            throw SqlErrors.Create(1001, syntax.Line, dimensions);
        }

        int maximum = half ? 3996 : 1998;
        if (dimensions > maximum)
        {
            (string subject, string subjectName) = use.Name is null ? ("type", syntax.Name.Name) : (use.Subject, use.Name);
            throw SqlErrors.Create(2717, dimensions, subject, subjectName, maximum);
        }

        return SqlType.Vector(dimensions, half);
    }

    private static SqlType WithCollation(SqlType type, DataTypeSyntax syntax, TypeUse use)
    {
        if (syntax.Collation is not { } name)
        {
            return type;
        }

        if (!type.IsString)
        {
            throw SqlErrors.Create(447, syntax.Name.Name);
        }

        if (name.Equals("database_default", StringComparison.OrdinalIgnoreCase) || name.Equals("catalog_default", StringComparison.OrdinalIgnoreCase))
        {
            return type;
        }

        Collation collation = Collation.Find(name) ?? throw SqlErrors.Create(448, name);
        if (type.IsAnsiString)
        {
            Binding.ExpressionBinder.RequireCodePage(collation);
        }

        return type.WithCollation(collation);
    }
}
