namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>What sp_srvrolepermission and sp_dbfixedrolepermission list for the fixed roles of the first versions.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/system-stored-procedures/sp-dbfixedrolepermission-transact-sql</remarks>
internal static class RolePermissionTexts
{
    private static readonly Dictionary<string, string[]> Server = new(StringComparer.OrdinalIgnoreCase)
    {
        ["bulkadmin"] = ["Add member to bulkadmin", "BULK INSERT"],
        ["dbcreator"] = ["Add member to dbcreator", "ALTER DATABASE", "CREATE DATABASE", "DROP DATABASE", "Extend database", "RESTORE DATABASE", "RESTORE LOG", "sp_renamedb"],
        ["diskadmin"] = ["Add member to diskadmin", "DISK INIT", "sp_addumpdevice", "sp_diskdefault", "sp_dropdevice"],
        ["processadmin"] = ["Add member to processadmin", "KILL"],
        ["securityadmin"] =
        [
            "Add member to securityadmin", "Grant/deny/revoke CREATE DATABASE", "Read the error log", "sp_addlinkedsrvlogin", "sp_addlogin", "sp_defaultdb", "sp_defaultlanguage", "sp_denylogin",
            "sp_droplinkedsrvlogin", "sp_droplogin", "sp_dropremotelogin", "sp_grantlogin", "sp_helplogins", "sp_password", "sp_remoteoption (update)", "sp_revokelogin",
        ],
        ["serveradmin"] = ["Add member to serveradmin", "dbcc freeproccache", "RECONFIGURE", "SHUTDOWN", "sp_configure", "sp_fulltext_service", "sp_tableoption"],
        ["setupadmin"] = ["Add member to setupadmin", "Add/drop/configure linked servers", "Mark a stored procedure as startup"],
    };

    private static readonly Dictionary<string, string[]> Database = new(StringComparer.OrdinalIgnoreCase)
    {
        ["db_accessadmin"] = ["sp_addalias", "sp_adduser", "sp_dropalias", "sp_dropuser", "sp_grantdbaccess", "sp_revokedbaccess"],
        ["db_backupoperator"] = ["BACKUP DATABASE", "BACKUP LOG", "CHECKPOINT"],
        ["db_datareader"] = ["SELECT permission on any object"],
        ["db_datawriter"] = ["DELETE permission on any object", "INSERT permission on any object", "UPDATE permission on any object"],
        ["db_ddladmin"] =
        [
            "All DDL but GRANT, REVOKE, DENY", "dbcc cleantable", "dbcc show_statistics", "dbcc showcontig", "REFERENCES permission on any table", "sp_changeobjectowner", "sp_fulltext_column",
            "sp_fulltext_table", "sp_recompile", "sp_rename", "sp_tableoption", "TRUNCATE TABLE",
        ],
        ["db_denydatareader"] = ["No SELECT permission on any object"],
        ["db_denydatawriter"] = ["No DELETE permission on any object", "No INSERT permission on any object", "No UPDATE permission on any object"],
        ["db_securityadmin"] =
        [
            "DENY", "GRANT", "REVOKE", "sp_addapprole", "sp_addgroup", "sp_addrole", "sp_addrolemember", "sp_approlepassword", "sp_changegroup", "sp_changeobjectowner", "sp_dropapprole", "sp_dropgroup",
            "sp_droprole", "sp_droprolemember",
        ],
    };

    /// <summary>Nothing for the roles of 2022, which came after these procedures.</summary>
    public static IEnumerable<string> OfServerRole(string role) => role == "sysadmin"
        ? Server.Values.SelectMany(v => v).Append("Add member to sysadmin").Append("Add extended procedures").Distinct()
        : Server.GetValueOrDefault(role, []);

    public static IEnumerable<string> OfDatabaseRole(string role) => role == "db_owner"
        ? Database.Where(r => !r.Key.StartsWith("db_deny", StringComparison.Ordinal)).SelectMany(r => r.Value).Distinct()
        : Database.GetValueOrDefault(role, []);
}
