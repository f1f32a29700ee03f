namespace NinaDB.Engine.Security;

/// <summary>What membership of a fixed database role stands for.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/security/authentication-access/database-level-roles</remarks>
internal static class FixedRolePermissions
{
    public const int SecurityAdmin = 16386;

    private const int Owner = 16384, AccessAdmin = 16385, DdlAdmin = 16387, BackupOperator = 16389, DataReader = 16390, DataWriter = 16391, DenyDataReader = 16392, DenyDataWriter = 16393;

    private static readonly Dictionary<int, (string Permission, bool IsGranted)[]> ByRole = new()
    {
        [Owner] = Grants("CONTROL"),
        [AccessAdmin] = Grants("ALTER ANY USER", "CREATE SCHEMA", "CONNECT"),
        [SecurityAdmin] = Grants("ALTER ANY APPLICATION ROLE", "ALTER ANY ROLE", "CREATE SCHEMA", "VIEW DEFINITION"),
        [DdlAdmin] = Grants(
            "ALTER ANY ASSEMBLY", "ALTER ANY DATABASE DDL TRIGGER", "ALTER ANY SCHEMA", "CHECKPOINT", "CREATE AGGREGATE", "CREATE ASSEMBLY", "CREATE DEFAULT", "CREATE FUNCTION", "CREATE PROCEDURE",
            "CREATE SCHEMA", "CREATE SYNONYM", "CREATE TABLE", "CREATE TYPE", "CREATE VIEW", "REFERENCES"),
        [BackupOperator] = Grants("BACKUP DATABASE", "BACKUP LOG", "CHECKPOINT"),
        [DataReader] = Grants("SELECT"),
        [DataWriter] = Grants("INSERT", "UPDATE", "DELETE"),
        [DenyDataReader] = Denials("SELECT"),
        [DenyDataWriter] = Denials("INSERT", "UPDATE", "DELETE"),
    };

    public static IReadOnlyList<(string Permission, bool IsGranted)> Of(int roleId) => ByRole.GetValueOrDefault(roleId, []);

    private static (string, bool)[] Grants(params string[] permissions) => [.. permissions.Select(p => (p, true))];

    private static (string, bool)[] Denials(params string[] permissions) => [.. permissions.Select(p => (p, false))];
}
