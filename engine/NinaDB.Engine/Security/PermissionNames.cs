using NinaDB.Engine.Catalog;

namespace NinaDB.Engine.Security;

/// <summary>Names and numbers of permissions and classes as GRANT, the permission views and the permission functions use them.</summary>
internal static class PermissionNames
{
    /// <summary>Numbers of the classes that belong to the server.</summary>
    public const byte ServerClass = 100, ServerPrincipalClass = 101, EndpointClass = 105;

    public static bool IsKnown(string permission, byte @class) => PermissionCatalog.Find(permission, @class) is not null;

    /// <summary>Four-letter code, with blanks; null when the class has no such permission.</summary>
    public static string? Code(string permission, byte @class) => PermissionCatalog.Find(permission, @class)?.Code.PadRight(4);

    /// <summary>Every permission of a class, for fn_my_permissions and HAS_PERMS_BY_NAME.</summary>
    public static IEnumerable<string> Of(string className) => PermissionCatalog.Find(className)?.Permissions.Keys.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>();

    /// <summary>Whether a class belongs to the server rather than to a database.</summary>
    public static bool IsOfServer(byte @class) => @class >= ServerClass;

    /// <summary>What ALL stands for on an object or the database.</summary>
    public static IEnumerable<string> All(byte @class, bool isTable, ModuleDefinition? module) => @class switch
    {
        0 => ["BACKUP DATABASE", "BACKUP LOG", "CREATE DEFAULT", "CREATE FUNCTION", "CREATE PROCEDURE", "CREATE RULE", "CREATE TABLE", "CREATE VIEW"],
        1 when isTable || module?.Type is ObjectTypes.View or ObjectTypes.InlineFunction or ObjectTypes.TableFunction => ["DELETE", "INSERT", "REFERENCES", "SELECT", "UPDATE"],
        1 when module?.Type is ObjectTypes.ScalarFunction or ObjectTypes.ClrScalarFunction or ObjectTypes.ClrAggregate => ["EXECUTE", "REFERENCES"],
        1 => ["EXECUTE"],
        _ => PermissionCatalog.Names(@class),
    };

    public static byte? ClassOf(string name) => PermissionCatalog.Find(name)?.Number;

    public static string ClassDescription(byte @class) => @class switch
    {
        0 => "DATABASE",
        1 => "OBJECT_OR_COLUMN",
        3 => "SCHEMA",
        4 => "DATABASE_PRINCIPAL",
        5 => "ASSEMBLY",
        6 => "TYPE",
        10 => "XML_SCHEMA_COLLECTION",
        ServerPrincipalClass => "SERVER_PRINCIPAL",
        EndpointClass => "ENDPOINT",
        _ => "SERVER",
    };
}
