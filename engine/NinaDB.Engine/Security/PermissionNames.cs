using NinaDB.Engine.Catalog;

namespace NinaDB.Engine.Security;

/// <summary>The permissions of SQL Server by class of securable, and their four-letter codes in sys.database_permissions.</summary>
internal static class PermissionNames
{
    private static readonly Dictionary<string, string> Object = new()
    {
        ["ALTER"] = "AL  ",
        ["CONTROL"] = "CL  ",
        ["DELETE"] = "DL  ",
        ["EXECUTE"] = "EX  ",
        ["INSERT"] = "IN  ",
        ["RECEIVE"] = "RC  ",
        ["REFERENCES"] = "RF  ",
        ["SELECT"] = "SL  ",
        ["TAKE OWNERSHIP"] = "TO  ",
        ["UNMASK"] = "UMSK",
        ["UPDATE"] = "UP  ",
        ["VIEW CHANGE TRACKING"] = "VWCT",
        ["VIEW DEFINITION"] = "VW  ",
    };

    private static readonly Dictionary<string, string> Schema = new(Object) { ["CREATE SEQUENCE"] = "CRSO" };

    private static readonly Dictionary<string, string> Database = new(Object)
    {
        ["ALTER ANY APPLICATION ROLE"] = "ALAR",
        ["ALTER ANY ASSEMBLY"] = "ALAS",
        ["ALTER ANY DATABASE SCOPED CONFIGURATION"] = "ALDC",
        ["ALTER ANY ROLE"] = "ALRL",
        ["ALTER ANY SCHEMA"] = "ALSM",
        ["ALTER ANY SECURITY POLICY"] = "ALSP",
        ["ALTER ANY USER"] = "ALUS",
        ["ALTER ANY DATABASE DDL TRIGGER"] = "ALTG",
        ["AUTHENTICATE"] = "AUTH",
        ["BACKUP DATABASE"] = "BADB",
        ["BACKUP LOG"] = "BALO",
        ["CHECKPOINT"] = "CP  ",
        ["CONNECT"] = "CO  ",
        ["CREATE AGGREGATE"] = "CRAG",
        ["CREATE ASSEMBLY"] = "CRAS",
        ["CREATE DEFAULT"] = "CRDF",
        ["CREATE FUNCTION"] = "CRFN",
        ["CREATE PROCEDURE"] = "CRPR",
        ["CREATE ROLE"] = "CRRL",
        ["CREATE SCHEMA"] = "CRSM",
        ["CREATE SYNONYM"] = "CRSN",
        ["CREATE TABLE"] = "CRTB",
        ["CREATE TYPE"] = "CRTY",
        ["CREATE VIEW"] = "CRVW",
        ["CREATE XML SCHEMA COLLECTION"] = "CRXS",
        ["CREATE USER"] = "CUSR",
        ["SHOWPLAN"] = "SPLN",
        ["VIEW DATABASE STATE"] = "VWDS",
        ["VIEW ANY COLUMN ENCRYPTION KEY DEFINITION"] = "VWCK",
        ["VIEW ANY COLUMN MASTER KEY DEFINITION"] = "VWCM",
        ["VIEW DATABASE PERFORMANCE STATE"] = "VDP ",
        ["VIEW DATABASE SECURITY STATE"] = "VDSS",
        ["VIEW PERFORMANCE DEFINITION"] = "VWP ",
        ["VIEW SECURITY DEFINITION"] = "VSD ",
        ["KILL DATABASE CONNECTION"] = "KIDC",
        ["SUBSCRIBE QUERY NOTIFICATIONS"] = "SUQN",
        ["EXECUTE ANY EXTERNAL ENDPOINT"] = "EAEE",
        ["EXECUTE ANY EXTERNAL SCRIPT"] = "EAES",
        ["ALTER ANY SENSITIVITY CLASSIFICATION"] = "AASC",
        ["VIEW ANY SENSITIVITY CLASSIFICATION"] = "VASC",
    };

    private static readonly Dictionary<string, string> Principal = new()
    {
        ["ALTER"] = "AL  ",
        ["CONTROL"] = "CL  ",
        ["IMPERSONATE"] = "IM  ",
        ["TAKE OWNERSHIP"] = "TO  ",
        ["VIEW DEFINITION"] = "VW  ",
    };

    private static readonly Dictionary<string, string> Simple = new()
    {
        ["ALTER"] = "AL  ",
        ["CONTROL"] = "CL  ",
        ["EXECUTE"] = "EX  ",
        ["REFERENCES"] = "RF  ",
        ["TAKE OWNERSHIP"] = "TO  ",
        ["VIEW DEFINITION"] = "VW  ",
    };

    private static readonly Dictionary<string, string> Server = new()
    {
        ["UNSAFE ASSEMBLY"] = "XU  ",
        ["EXTERNAL ACCESS ASSEMBLY"] = "XA  ",
        ["CONTROL SERVER"] = "CL  ",
        ["VIEW SERVER STATE"] = "VWSS",
        ["VIEW ANY DEFINITION"] = "VWAD",
        ["VIEW ANY DATABASE"] = "VWDB",
        ["CONNECT SQL"] = "COSQ",
        ["ALTER ANY LOGIN"] = "ALLG",
        ["ALTER SETTINGS"] = "ALST",
        ["CREATE ANY DATABASE"] = "CRDB",
        ["ALTER TRACE"] = "ALTR",
        ["ADMINISTER BULK OPERATIONS"] = "ADBO",
        ["IMPERSONATE ANY LOGIN"] = "IAL ",
        ["SELECT ALL USER SECURABLES"] = "SUS ",
    };

    public static bool IsKnown(string permission, byte @class) => Of(@class).ContainsKey(permission);

    /// <summary>Four-letter code; null when the class has no such permission.</summary>
    public static string? Code(string permission, byte @class) => Of(@class).GetValueOrDefault(permission);

    /// <summary>Every permission of a class, for fn_my_permissions and HAS_PERMS_BY_NAME.</summary>
    public static IEnumerable<string> Of(string className) => Of(ClassOf(className) ?? 1).Keys;

    /// <summary>What ALL stands for on an object or the database.</summary>
    public static IEnumerable<string> All(byte @class, bool isTable, ModuleDefinition? module) => @class switch
    {
        0 => ["BACKUP DATABASE", "BACKUP LOG", "CREATE DEFAULT", "CREATE FUNCTION", "CREATE PROCEDURE", "CREATE TABLE", "CREATE VIEW"],
        1 when isTable || module?.Type is ObjectTypes.View or ObjectTypes.InlineFunction or ObjectTypes.TableFunction => ["DELETE", "INSERT", "REFERENCES", "SELECT", "UPDATE"],
        1 when module?.Type is ObjectTypes.ScalarFunction or ObjectTypes.ClrScalarFunction or ObjectTypes.ClrAggregate => ["EXECUTE", "REFERENCES"],
        1 => ["EXECUTE"],
        _ => Of(@class).Keys,
    };

    public static byte? ClassOf(string name) => name.ToUpperInvariant() switch
    {
        "DATABASE" => 0,
        "OBJECT" => 1,
        "SCHEMA" => 3,
        "USER" or "ROLE" or "DATABASE PRINCIPAL" => 4,
        "ASSEMBLY" => 5,
        "TYPE" => 6,
        "XML SCHEMA COLLECTION" => 10,
        "SERVER" => 100,
        _ => null,
    };

    public static string ClassDescription(byte @class) => @class switch
    {
        0 => "DATABASE",
        1 => "OBJECT_OR_COLUMN",
        3 => "SCHEMA",
        4 => "DATABASE_PRINCIPAL",
        5 => "ASSEMBLY",
        6 => "TYPE",
        10 => "XML_SCHEMA_COLLECTION",
        _ => "SERVER",
    };

    private static Dictionary<string, string> Of(byte @class) => @class switch
    {
        0 => Database,
        1 => Object,
        3 => Schema,
        4 => Principal,
        100 => Server,
        _ => Simple,
    };
}
