namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    private static void AddExecution(Dictionary<int, Template> templates)
    {
        AddBatchErrors(templates);
        AddDmlErrors(templates);
        AddTransactionErrors(templates);
        AddCursorErrors(templates);
    }

    private static void AddBatchErrors(Dictionary<int, Template> templates)
    {
        templates[2583] = new(16, "An incorrect number of parameters was given to the DBCC statement.");
        templates[7955] = new(16, "Invalid SPID %1 specified.");
        templates[119] = new(15, "Must pass parameter number %1 and subsequent parameters as '@name = value'. After the form '@name = value' has been used, all subsequent parameters must be passed in the form '@name = value'.");
        templates[148] = new(15, "Incorrect time syntax in time string '%1' used with %2.");
        templates[178] = new(15, "A RETURN statement with a return value cannot be used in this context.");
        templates[179] = new(15, "Cannot use the OUTPUT option when passing a constant to a stored procedure.");
        templates[217] = new(16, "Maximum stored procedure, function, trigger, or view nesting level exceeded (limit 32).");
        templates[282] = new(10, "The '%1' procedure attempted to return a status of NULL, which is not allowed. A status of 0 will be returned instead.");
        templates[911] = new(16, "Database '%1' does not exist. Make sure that the name is entered correctly.");
        templates[1026] = new(15, "GOTO cannot be used to jump into a TRY or CATCH scope.");
        templates[1031] = new(15, "Percent values must be between 0 and 100.");
        templates[2739] = new(16, "The text, ntext, and image data types are invalid for local variables.");
        templates[2740] = new(16, "SET LANGUAGE failed because '%1' is not an official language name or a language alias on this SQL Server.");
        templates[2741] = new(16, "SET DATEFORMAT date order '%1' is invalid.");
        templates[2742] = new(16, "SET DATEFIRST %1 is out of range.");
        templates[2747] = new(16, "Too many substitution parameters for RAISERROR. Cannot exceed 20 substitution parameters.");
        templates[2748] = new(16, "Cannot specify %1 data type (parameter %2) as a substitution parameter.");
        templates[2754] = new(16, "Error severity levels greater than 18 can only be specified by members of the sysadmin role, using the WITH LOG option.");
        templates[2786] = new(16, "The data type of substitution parameter %1 does not match the expected type of the format specification.");
        templates[2787] = new(16, "Invalid format specification: '%1'.");
        templates[2812] = new(16, "Could not find stored procedure '%1'.");
        templates[5701] = new(10, "Changed database context to '%1'.");
        templates[5703] = new(10, "Changed language setting to %1.");
        templates[8143] = new(16, "Parameter '%1' was supplied multiple times.");
        templates[8144] = new(16, "Procedure or function %1 has too many arguments specified.");
        templates[8145] = new(16, "%1 is not a parameter for procedure %2.");
        templates[8162] = new(16, "The formal parameter \"%1\" was not declared as an OUTPUT parameter, but the actual parameter passed in requested output.");
        templates[8178] = new(16, "The parameterized query '%1' expects the parameter '%2', which was not supplied.");
        templates[10700] = new(16, "The table-valued parameter \"%1\" is READONLY and cannot be modified.");
        templates[15406] = new(16, "Cannot execute as the server principal because the principal \"%1\" does not exist, this type of principal cannot be impersonated, or you do not have permission.");
        templates[15517] = new(16, "Cannot execute as the database principal because the principal \"%1\" does not exist, this type of principal cannot be impersonated, or you do not have permission.");
        templates[18054] = new(16, "Error %1, severity %2, state %3 was raised, but no message with that error number was found in sys.messages. If error is larger than 50000, make sure the user-defined message is added using sp_addmessage.");
        templates[35100] = new(16, "Error number %1 in the THROW statement is outside the valid range. Specify an error number in the valid range of 50000 to 2147483647.");
    }

    private static void AddDmlErrors(Dictionary<int, Template> templates)
    {
        templates[107] = new(15, "The column prefix '%1' does not match with a table name or alias name used in the query.");
        templates[109] = new(15, "There are more columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.");
        templates[110] = new(15, "There are fewer columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.");
        templates[120] = new(15, "The select list for the INSERT statement contains fewer items than the insert list. The number of SELECT values must match the number of INSERT columns.");
        templates[121] = new(15, "The select list for the INSERT statement contains more items than the insert list. The number of SELECT values must match the number of INSERT columns.");
        templates[213] = new(16, "Column name or number of supplied values does not match table definition.");
        templates[239] = new(16, "Duplicate common table expression name '%1' was specified.");
        templates[259] = new(16, "Ad hoc updates to system catalogs are not allowed.");
        templates[264] = new(16, "The column name '%1' is specified more than once in the SET clause or column list of an INSERT. A column cannot be assigned more than one value in the same clause. Modify the clause to make sure that a column is updated only once. If this statement updates or inserts columns into a view, column aliasing can conceal the duplication in your code.");
        templates[271] = new(16, "The column \"%1\" cannot be modified because it is either a computed column or is the result of a UNION operator.");
        templates[272] = new(16, "Cannot update a timestamp column.");
        templates[273] = new(16, "Cannot insert an explicit value into a timestamp column. Use INSERT with a column list to exclude the timestamp column, or insert a DEFAULT into the timestamp column.");
        templates[310] = new(15, "The value %1 specified for the MAXRECURSION option exceeds the allowed maximum of 32767.");
        templates[331] = new(16, "The target table '%1' of the OUTPUT INTO clause cannot have any enabled triggers.");
        templates[334] = new(16, "The target table '%1' of the DML statement cannot have any enabled triggers if the statement contains an OUTPUT clause without INTO clause.");
        templates[544] = new(16, "Cannot insert explicit value for identity column in table '%1' when IDENTITY_INSERT is set to OFF.");
        templates[545] = new(16, "Explicit value must be specified for identity column in table '%1' either when IDENTITY_INSERT is set to ON or when a replication user is inserting into a NOT FOR REPLICATION identity column.");
        templates[1087] = new(15, "Must declare the table variable \"%1\".");
        templates[2501] = new(16, "Cannot find a table or object with the name \"%1\". Check the system catalog.");
        templates[4403] = new(16, "Cannot update the view or function '%1' because it contains aggregates, or a DISTINCT or GROUP BY clause, or PIVOT or UNPIVOT operator.");
        templates[4405] = new(16, "View or function '%1' is not updatable because the modification affects multiple base tables.");
        templates[4406] = new(16, "Update or insert of view or function '%1' failed because it contains a derived or constant field.");
        templates[4421] = new(16, "Derived table '%1' is not updatable because a column of the derived table is derived or constant.");
        templates[4701] = new(16, "Cannot find the object \"%1\" because it does not exist or you do not have permissions.");
        templates[4712] = new(16, "Cannot truncate table '%1' because it is being referenced by a FOREIGN KEY constraint.");
        templates[5373] = new(16, "All the input parameters should be of the same type. Supported types are tinyint, smallint, int, bigint, decimal and numeric.");
        templates[6906] = new(16, "The offset or length %1 of the .WRITE clause is not valid.");
        templates[6907] = new(16, "The .WRITE clause cannot be used on a column whose value is NULL.");
        templates[7202] = new(11, "Could not find server '%1' in sys.servers. Verify that the correct server name was specified. If necessary, execute the stored procedure sp_addlinkedserver to add the server to sys.servers.");
        templates[7997] = new(16, "'%1' does not contain an identity column.");
        templates[7998] = new(10, "Checking identity information: current identity value '%1', current column value '%2'.");
        templates[8101] = new(16, "An explicit value for the identity column in table '%1' can only be specified when a column list is used and IDENTITY_INSERT is ON.");
        templates[8102] = new(16, "Cannot update identity column '%1'.");
        templates[8106] = new(16, "Table '%1' does not have the identity property. Cannot perform SET operation.");
        templates[8107] = new(16, "IDENTITY_INSERT is already ON for table '%1'. Cannot perform SET operation for table '%2'.");
        templates[8154] = new(15, "The table '%1' is ambiguous.");
        templates[8164] = new(16, "An INSERT EXEC statement cannot be nested.");
        templates[8672] = new(16, "The MERGE statement attempted to UPDATE or DELETE the same row more than once. This happens when a target row matches more than one source row. A MERGE statement cannot UPDATE/DELETE the same row of the target table multiple times. Refine the ON clause to ensure a target row matches at most one source row, or use the GROUP BY clause to group the source rows.");
        templates[11728] = new(16, "The sequence object '%1' has reached its minimum or maximum value. Restart the sequence object to allow new values to be generated.");
    }

    private static void AddTransactionErrors(Dictionary<int, Template> templates)
    {
        templates[266] = new(16, "Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = %1, current count = %2.");
        templates[628] = new(16, "Cannot issue SAVE TRANSACTION when there is no active transaction.");
        templates[3609] = new(16, "The transaction ended in the trigger. The batch has been aborted.");
        templates[3621] = new(10, "The statement has been terminated.");
        templates[3902] = new(16, "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.");
        templates[3903] = new(16, "The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.");
        templates[3915] = new(16, "Cannot use the ROLLBACK statement within an INSERT-EXEC statement.");
        templates[3931] = new(16, "The current transaction cannot be committed and cannot be rolled back to a savepoint. Roll back the entire transaction.");
        templates[3998] = new(16, "Uncommittable transaction is detected at the end of the batch. The transaction is rolled back.");
        templates[6401] = new(16, "Cannot roll back %1. No transaction or savepoint of that name was found.");
    }

    private static void AddCursorErrors(Dictionary<int, Template> templates)
    {
        templates[16905] = new(16, "The cursor is already open.");
        templates[16911] = new(16, "fetch: The fetch type %1 cannot be used with forward only cursors.");
        templates[16915] = new(16, "A cursor with the name '%1' already exists.");
        templates[16916] = new(16, "A cursor with the name '%1' does not exist.");
        templates[16917] = new(16, "Cursor is not open.");
        templates[16922] = new(16, "Cursor Fetch: Implicit conversion from data type %1 to %2 is not allowed.");
        templates[16924] = new(16, "Cursorfetch: The number of variables declared in the INTO list must match that of selected columns.");
        templates[16929] = new(16, "The cursor is READ ONLY.");
        templates[16931] = new(16, "There are no rows in the current fetch buffer.");
        templates[16947] = new(16, "No rows were updated or deleted.");
        templates[16951] = new(16, "The variable '%1' cannot be used as a parameter because a CURSOR OUTPUT parameter must not have a cursor allocated to it before execution of the procedure.");
        templates[16950] = new(16, "The variable '%1' does not currently have a cursor allocated to it.");
    }
}
