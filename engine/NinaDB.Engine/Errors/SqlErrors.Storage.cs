namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    private static void AddStorage(Dictionary<int, Template> templates)
    {
        templates[823] = new(24, "The operating system returned error %1 to SQL Server during a read or write in file '%2'. Additional messages in the SQL Server error log and operating system error log may provide more detail.");
        templates[824] = new(24, "SQL Server detected a logical consistency-based I/O error: %1. It occurred during a read in file '%2'. This is a severe error condition that threatens database integrity and must be corrected immediately.");
        templates[1105] = new(17, "Could not allocate space in database file '%1' because the 'PRIMARY' filegroup is full due to lack of storage space or database files reaching the maximum allowed size.");
        templates[1505] = new(16, "The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name '%1' and the index name '%2'. The duplicate key value is (%3).");
        templates[1946] = new(16, "Operation failed. The index entry of length %1 bytes for the index '%2' exceeds the maximum length of %3 bytes for nonclustered indexes.");
        templates[2601] = new(14, "Cannot insert duplicate key row in object '%1' with unique index '%2'. The duplicate key value is (%3).");
        templates[2627] = new(14, "Violation of %1 constraint '%2'. Cannot insert duplicate key in object '%3'. The duplicate key value is (%4).");
        templates[3604] = new(0, "Duplicate key was ignored.");
        templates[3930] = new(16, "The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.");
        templates[5120] = new(16, "Unable to open the physical file \"%1\". Operating system error %2.");
        templates[5123] = new(16, "CREATE FILE encountered operating system error %1 while attempting to open or create the physical file '%2'.");
        templates[5149] = new(16, "MODIFY FILE encountered operating system error %1 while attempting to expand the physical file '%2'.");
        templates[5170] = new(16, "Cannot create file '%1' because it already exists. Change the file path or the file name, and retry the operation.");
        templates[5180] = new(22, "Could not access the database file. The storage reported: %1. File '%2'.");
        templates[948] = new(20, "The database '%1' cannot be opened because it is version %2. This server supports version %3 and earlier. A downgrade path is not supported.");
        templates[5571] = new(16, "Internal FILESTREAM error: failed to access the garbage collection table.");
        templates[5552] = new(16, "FILESTREAM file named with GUID '%1' that belongs to FILESTREAM data file ID 0x%2 does not exist or cannot be opened.");
        templates[7105] = new(22, "The Database ID 1, Page (0:0), slot 0 for LOB data type node does not exist. This is usually caused by transactions that can read uncommitted data on a data page. Run DBCC CHECKTABLE.");
    }
}
