namespace NinaDB.Engine.Security;

/// <summary>A fixed server role: its id, what sp_helpsrvrole says of it, and the permissions that membership stands for.</summary>
internal sealed record FixedServerRole(int Id, string Name, string Description, string[] Permissions);

/// <summary>The roles that every server has.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/security/authentication-access/server-level-roles</remarks>
internal static class FixedServerRoles
{
    public const int Public = 2, SysAdmin = 3, SecurityAdmin = 4;

    public static IReadOnlyList<FixedServerRole> All { get; } =
    [
        new(SysAdmin, "sysadmin", "System Administrators", ["CONTROL SERVER"]),
        new(SecurityAdmin, "securityadmin", "Security Administrators", ["ALTER ANY LOGIN"]),
        new(5, "serveradmin", "Server Administrators", ["ALTER ANY ENDPOINT", "ALTER RESOURCES", "ALTER SERVER STATE", "ALTER SETTINGS", "SHUTDOWN", "VIEW SERVER STATE"]),
        new(6, "setupadmin", "Setup Administrators", ["ALTER ANY LINKED SERVER"]),
        new(7, "processadmin", "Process Administrators", ["ALTER ANY CONNECTION", "ALTER SERVER STATE"]),
        new(8, "diskadmin", "Disk Administrators", ["ALTER RESOURCES"]),
        new(9, "dbcreator", "Database Creators", ["ALTER ANY DATABASE", "CREATE ANY DATABASE"]),
        new(10, "bulkadmin", "Bulk Insert Administrators", ["ADMINISTER BULK OPERATIONS"]),
        new(11, "##MS_ServerStateReader##", "Server State Readers", ["VIEW SERVER STATE", "VIEW SERVER PERFORMANCE STATE", "VIEW SERVER SECURITY STATE"]),
        new(12, "##MS_ServerStateManager##", "Server State Managers", ["ALTER SERVER STATE", "VIEW SERVER STATE", "VIEW SERVER PERFORMANCE STATE", "VIEW SERVER SECURITY STATE"]),
        new(13, "##MS_DefinitionReader##", "Definition Readers", ["VIEW ANY DATABASE", "VIEW ANY DEFINITION", "VIEW ANY PERFORMANCE DEFINITION", "VIEW ANY SECURITY DEFINITION"]),
        new(14, "##MS_DatabaseConnector##", "Database Connectors", ["CONNECT ANY DATABASE"]),
        new(15, "##MS_DatabaseManager##", "Database Managers", ["ALTER ANY DATABASE", "CREATE ANY DATABASE"]),
        new(16, "##MS_LoginManager##", "Login Managers", ["ALTER ANY LOGIN", "CREATE LOGIN"]),
        new(17, "##MS_SecurityDefinitionReader##", "Security Definition Readers", ["VIEW ANY SECURITY DEFINITION"]),
        new(18, "##MS_PerformanceDefinitionReader##", "Performance Definition Readers", ["VIEW ANY PERFORMANCE DEFINITION"]),
        new(19, "##MS_ServerSecurityStateReader##", "Server Security State Readers", ["VIEW SERVER SECURITY STATE"]),
        new(20, "##MS_ServerPerformanceStateReader##", "Server Performance State Readers", ["VIEW SERVER PERFORMANCE STATE"]),
    ];

    public static FixedServerRole? Find(int id) => All.FirstOrDefault(r => r.Id == id);
}
