namespace NinaDB.Engine.Errors;

/// <summary>Logins, server roles, permissions, masks, server triggers.</summary>
public static partial class SqlErrors
{
    private static void AddSecurity(Dictionary<int, Template> templates)
    {
        templates[297] = new(16, "The user does not have permission to perform this action.");
        templates[300] = new(14, "%1 permission was denied on object '%2', database '%3'.");
        templates[4611] = new(16, "To revoke or deny grantable privileges, specify the CASCADE option.");
        templates[4620] = new(16, "All permissions in a grant/deny/revoke statement should be at the same scope (e.g., server or database)");
        templates[15002] = new(16, "The procedure '%1' cannot be executed within a transaction.");
        templates[15014] = new(16, "The role '%1' does not exist in the current database.");
        templates[15063] = new(16, "The login already has an account under a different user name.");
        templates[15109] = new(16, "Cannot change the owner of the master, model, tempdb or distribution database.");
        templates[15110] = new(16, "The proposed new database owner is already a user or aliased in the database.");
        templates[15141] = new(16, "The server principal owns one or more %1(s) and cannot be dropped.");
        templates[15173] = new(16, "Server principal '%1' has granted one or more permission(s). Revoke the permission(s) before dropping the server principal.");
        templates[15174] = new(16, "Login '%1' owns one or more database(s). Change the owner of the database(s) before dropping the login.");
        templates[15198] = new(16, "The name supplied (%1) is not a user, role, or aliased login.");
        templates[15284] = new(16, "The database principal has granted or denied permissions to objects in the database and cannot be dropped.");
        templates[15330] = new(11, "There are no matching rows on which to report.");
        templates[15402] = new(11, "'%1' is not a fixed server role.");
        templates[15409] = new(11, "'%1' is not a role.");
        templates[15412] = new(11, "'%1' is not a known fixed role.");
        templates[15286] = new(16, "Terminating this procedure. The @action '%1' is unrecognized. Try 'REPORT', 'UPDATE_ONE', or 'AUTO_FIX'.");
        templates[15291] = new(16, "Terminating this procedure. The %1 name '%2' is absent or invalid.");
        templates[15420] = new(16, "The group '%1' does not exist in this database.");
        templates[15433] = new(16, "Supplied parameter sid is in use.");
        templates[15434] = new(16, "Could not drop login '%1' as the user is currently logged in.");
        templates[15407] = new(11, "'%1' is not a valid Windows NT name. Give the complete name: <domain\\username>.");
        templates[16002] = new(16, "Invalid data masking function in column '%1'.");
        templates[16003] = new(16, "The data type of column '%1' does not support data masking function '%2'.");
        templates[16004] = new(16, "Incorrect number of parameters for data masking function '%1' for column '%2'.");
        templates[16005] = new(16, "Invalid argument for data masking function '%1' for column '%2'.");
        templates[16006] = new(16, "Invalid data masking format for function '%1' in column '%2'.");
        templates[16007] = new(16, "The column '%1' does not have a data masking function.");
        templates[17892] = new(14, "Logon failed for login '%1' due to trigger execution.");
    }
}
