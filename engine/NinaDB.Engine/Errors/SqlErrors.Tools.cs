namespace NinaDB.Engine.Errors;

/// <summary>Messages of DBCC, of statistics and of the dynamic management views.</summary>
public static partial class SqlErrors
{
    private static void AddTools(Dictionary<int, Template> templates)
    {
        templates[2020] = new(16, "The dependencies reported for entity \"%1\" might not include references to all columns. This is either because the entity references an object that does not exist or because of an error in one or more statements in the entity.  Before rerunning the query, ensure that there are no errors in the entity and that all objects referenced by the entity exist.");
        templates[2520] = new(16, "Could not find database '%1'. The database either does not exist, or was dropped before a statement tried to use it. Verify if the database exists by querying the sys.databases catalog view.");
        templates[2521] = new(16, "Could not find database ID %1. The database ID either does not exist, or the database was dropped before a statement tried to use it. Verify if the database ID exists by querying the sys.databases catalog view.");
        templates[2526] = new(16, "Incorrect DBCC statement. Check the documentation for the correct DBCC syntax and options.");
        templates[2532] = new(16, "One or more WITH options specified are not valid for this command.");
        templates[2536] = new(10, "DBCC results for '%1'.");
        templates[2557] = new(14, "User '%1' does not have permission to run DBCC %2 for object '%3'.");
        templates[2573] = new(16, "Could not find table or object ID %1. Check system catalog.");
        templates[2593] = new(10, "There are %1 rows in %2 pages for object \"%3\".");
        templates[7983] = new(14, "User '%1' does not have permission to run DBCC %2 for database '%3'.");
        templates[8989] = new(10, "%1 found %2 allocation errors and %3 consistency errors in database '%4'.");
        templates[8990] = new(10, "%1 found %2 allocation errors and %3 consistency errors in table '%4' (object ID %5).");
        templates[2560] = new(16, "Parameter %1 is incorrect for this DBCC statement.");
        templates[2571] = new(14, "User '%1' does not have permission to run DBCC %2.");
        templates[15305] = new(16, "The @TriggerType parameter value must be 'insert', 'update', or 'delete'.");
        templates[15015] = new(16, "The server '%1' does not exist. Use sp_helpserver to show available servers.");
        templates[15325] = new(16, "The current database does not contain a %1 named '%2'.");
        templates[15469] = new(0, "No constraints are defined on object '%1', or you do not have permissions.");
        templates[15470] = new(0, "No foreign keys reference table '%1', or you do not have permissions on referencing tables.");
        templates[15647] = new(0, "No views with schema binding reference table '%1'.");
        templates[17000] = new(10, "Usage: sp_autostats <table_name> [, {ON|OFF} [, <index_name>] ]");
        templates[7968] = new(10, "Transaction information for database '%1'.");
        templates[7969] = new(10, "No active open transactions.");
        templates[7970] = new(10, "%1Oldest active transaction:");
        templates[7971] = new(10, "%1    SPID (server process ID): %2%3");
        templates[7972] = new(10, "%1    UID (user ID) : %2");
        templates[7974] = new(10, "%1    Name          : %2");
        templates[7975] = new(10, "%1    LSN           : (%2:%3:%4)");
        templates[7977] = new(10, "%1    Start time    : %2");
        templates[7978] = new(10, "%1    SID           : %2");
    }
}
