namespace NinaDB.Engine.Errors;

/// <summary>Messages about databases, and about names that say one.</summary>
public static partial class SqlErrors
{
    private static void AddDatabases(Dictionary<int, Template> templates)
    {
        templates[154] = new(15, "a USE database statement is not allowed in a procedure, function or trigger.");
        templates[166] = new(15, "'%1' does not allow specifying the database name as a prefix to the object name.");
        templates[226] = new(16, "%1 statement not allowed within multi-statement transaction.");
        templates[923] = new(14, "Database '%1' is in restricted mode. Only the database owner and members of the dbcreator and sysadmin roles can access it.");
        templates[924] = new(14, "Database '%1' is already open and can only have one user at a time.");
        templates[942] = new(14, "Database '%1' cannot be opened because it is offline.");
        templates[1074] = new(15, "Creation of temporary %1 is not allowed.");
        templates[4103] = new(15, "\"%1\": Temporary views are not allowed.");
        templates[1801] = new(16, "Database '%1' already exists. Choose a different database name.");
        templates[2108] = new(15, "Cannot create trigger on '%1' as the target is not in the current database.");
        templates[2702] = new(16, "Database '%1' does not exist.");
        templates[3702] = new(16, "Cannot drop database \"%1\" because it is currently in use.");
        templates[3906] = new(16, "Failed to update database \"%1\" because the database is read-only.");
        templates[3908] = new(16, "Could not run BEGIN TRANSACTION in database '%1' because the database is in emergency mode or is damaged and must be restarted.");
        templates[3952] = new(16, "Snapshot isolation transaction failed accessing database '%1' because snapshot isolation is not allowed in this database. Use ALTER DATABASE to allow snapshot isolation.");
        templates[5004] = new(16, "To use ALTER DATABASE, the database must be in a writable state in which a checkpoint can be executed.");
        templates[5021] = new(10, "The %1 name '%2' has been set.");
        templates[5030] = new(16, "The database could not be exclusively locked to perform the operation.");
        templates[5058] = new(16, "Option '%1' cannot be set in database '%2'.");
        templates[5064] = new(14, "Changes to the state or options of database '%1' cannot be made at this time. The database is in single-user mode, and a user is currently connected to it.");
        templates[5070] = new(16, "Database state cannot be changed while other users are using the database '%1'");
        templates[5083] = new(16, "The termination option is not supported when making versioning state changes.");
        templates[5600] = new(16, "The Cross Database Chaining option cannot be set to the specified value on the specified database.");
        templates[15048] = new(16, "Valid values of the database compatibility level are %1.");
        templates[15199] = new(16, "The current security context cannot be reverted. Please switch to the original database where 'Execute As' was called and try it again.");
        templates[15309] = new(16, "Cannot alter the trustworthy state of the model or tempdb databases.");
    }
}
