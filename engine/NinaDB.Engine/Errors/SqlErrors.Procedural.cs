namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    /// <summary>Messages of batches, calls, cursors, options and bulk loads.</summary>
    private static void AddProcedural(Dictionary<int, Template> templates)
    {
        AddUserMessageErrors(templates);
        AddCallErrors(templates);
        AddChangeErrors(templates);
        AddCursorRules(templates);
        AddBulkErrors(templates);
        AddOptionErrors(templates);
    }

    private static void AddOptionErrors(Dictionary<int, Template> templates)
    {
        templates[177] = new(15, "The IDENTITY function can only be used when the SELECT statement has an INTO clause.");
        templates[507] = new(16, "Invalid argument for SET ROWCOUNT. Must be a non-null non-negative integer.");
        templates[1067] = new(15, "The SET SHOWPLAN statements must be the only statements in the batch.");
        templates[2755] = new(16, "SET DEADLOCK_PRIORITY option is invalid. Valid options are {HIGH | NORMAL | LOW | [-10 ... 10] of type integer}.");
        templates[3901] = new(16, "The transaction name must be specified when it is used with the mark option.");
        templates[3920] = new(10, "The WITH MARK option only applies to the first BEGIN TRAN WITH MARK statement. The option is ignored.");
        templates[9815] = new(16, "Waitfor delay and waitfor time cannot be of type time.");
    }

    private static void AddBulkErrors(Dictionary<int, Template> templates)
    {
        templates[471] = new(16, "Only one of the three options, SINGLE_BLOB, SINGLE_CLOB or SINGLE_NCLOB, can be specified.");
        templates[472] = new(16, "Either a format file or one of the three options SINGLE_BLOB, SINGLE_CLOB, or SINGLE_NCLOB must be specified.");
        templates[491] = new(16, "A correlation name must be specified for the bulk rowset in the from clause.");
        templates[4832] = new(16, "Bulk load: An unexpected end of file was encountered in the data file.");
        templates[4130] = new(16, "A duplicate hint was specified for the BULK rowset.");
        templates[4817] = new(0, "Could not bulk load. The sorted column '%1' is not valid. The ORDER hint is ignored.");
        templates[4820] = new(16, "Cannot bulk load. Unknown version of format file \"%1\".");
        templates[4821] = new(16, "Cannot bulk load. Error reading the number of columns from the format file \"%1\".");
        templates[4822] = new(16, "Cannot bulk load. Invalid number of columns in the format file \"%1\".");
        templates[4823] = new(16, "Cannot bulk load. Invalid column number in the format file \"%1\".");
        templates[4824] = new(16, "Cannot bulk load. Invalid data type for column number %1 in the format file \"%2\".");
        templates[4825] = new(16, "Cannot bulk load. Invalid prefix for column number %1 in the format file \"%2\".");
        templates[4826] = new(16, "Cannot bulk load. Invalid column length for column number %1 in the format file \"%2\".");
        templates[4827] = new(16, "Cannot bulk load. Invalid column terminator for column number %1 in the format file \"%2\".");
        templates[4828] = new(16, "Cannot bulk load. Invalid destination table column number for source column %1 in the format file \"%2\".");
        templates[4829] = new(16, "Cannot bulk load. Error reading the destination table column name for source column %1 in the format file \"%2\".");
        templates[4830] = new(10, "Bulk load: DataFileType was incorrectly specified as char. DataFileType will be assumed to be widechar because the data file has a Unicode signature.");
        templates[4831] = new(10, "Bulk load: DataFileType was incorrectly specified as widechar. DataFileType will be assumed to be char because the data file does not have a Unicode signature.");
        templates[4838] = new(16, "The bulk data source does not support the SQLNUMERIC or SQLDECIMAL data types.");
        templates[4839] = new(16, "Cannot perform the bulk load. Invalid collation name for source column %1 in the format file \"%2\".");
        templates[4855] = new(16, "Line %1 in format file \"%2\": unexpected element \"%3\".");
        templates[4857] = new(16, "Line %1 in format file \"%2\": Attribute \"%3\" could not be specified for this type.");
        templates[4858] = new(16, "Line %1 in format file \"%2\": bad value %3 for attribute \"%4\".");
        templates[4859] = new(16, "Line %1 in format file \"%2\": required attribute \"%3\" is missing.");
        templates[4862] = new(16, "Cannot bulk load because the file \"%1\" could not be read. Operating system error code %2.");
        templates[4866] = new(16, "The bulk load failed. The column is too long in the data file for row %1, column %2. Verify that the field terminator and row terminator are specified correctly.");
        templates[4872] = new(16, "Line %1 in format file \"%2\": duplicate element id \"%3\".");
        templates[4873] = new(16, "Line %1 in format file \"%2\": referencing non-existing element id \"%3\".");
        templates[4874] = new(16, "Line %1 in format file \"%2\": duplicate element id reference \"%3\".");
        templates[4882] = new(16, "Cannot bulk load. A prefix length, field length, or terminator is required for the source column %1 in the format file \"%2\".");
        templates[5374] = new(16, "WITH clause is not supported for locations with '%1' connector when specified FORMAT is '%2'.");
        templates[12703] = new(16, "Referenced external data source \"%1\" not found.");
        templates[4863] = new(16, "Bulk load data conversion error (truncation) for row %1, column %2 (%3).");
        templates[4864] = new(16, "Bulk load data conversion error (type mismatch or invalid character for the specified codepage) for row %1, column %2 (%3).");
        templates[4865] = new(16, "Cannot bulk load because the maximum number of errors (%1) was exceeded.");
        templates[4867] = new(16, "Bulk load data conversion error (overflow) for row %1, column %2 (%3).");
        templates[4869] = new(16, "The bulk load failed. Unexpected NULL value in data file row %1, column %2. The destination column (%3) is defined as NOT NULL.");
        templates[4878] = new(16, "Invalid quote character specified for bulk load. Quote character can be one single byte or Unicode character.");
        templates[4879] = new(16, "Bulk load failed due to invalid column value in CSV data file %1 in row %2, column %3.");
        templates[4880] = new(16, "Cannot bulk load. When you use the FIRSTROW/FIRST_ROW and LASTROW parameters, the value for FIRSTROW/FIRST_ROW cannot be greater than the value for LASTROW.");
        templates[5339] = new(16, "CSV format option is supported for char and widechar datafiletype options.");
        templates[7330] = new(16, "Cannot fetch a row from OLE DB provider \"%1\" for linked server \"%2\".");
        templates[7399] = new(16, "The OLE DB provider \"%1\" for linked server \"%2\" reported an error. The provider did not give any information about the error.");
        templates[15808] = new(16, "Schema cannot be determined from data files for file format ''. Please use WITH clause of OPENROWSET to define schema.");
    }

    private static void AddCursorRules(Dictionary<int, Template> templates)
    {
        templates[1048] = new(15, "Conflicting cursor options %1 and %2.");
        templates[1049] = new(15, "Mixing old and new syntax to specify cursor options is not allowed.");
        templates[1058] = new(15, "Cannot specify both READ_ONLY and FOR READ ONLY on a cursor declaration.");
        templates[16925] = new(16, "The fetch type %1 cannot be used with dynamic cursors.");
        templates[16932] = new(16, "The cursor has a FOR UPDATE list and the requested column to be updated is not in this list.");
        templates[16933] = new(16, "The cursor does not include the table being modified or the table is not updatable through the cursor.");
        templates[16951] = new(16, "The variable '%1' cannot be used as a parameter because a CURSOR OUTPUT parameter must not have a cursor allocated to it before execution of the procedure.");
        templates[16956] = new(10, "The created cursor is not of the requested type.");
    }

    private static void AddChangeErrors(Dictionary<int, Template> templates)
    {
        templates[332] = new(16, "The target table '%1' of the OUTPUT INTO clause cannot be on either side of a (primary key, foreign key) relationship. Found reference constraint '%2'.");
        templates[339] = new(16, "DEFAULT or NULL are not allowed as explicit identity values.");
        templates[1047] = new(15, "Conflicting locking hints specified.");
        templates[1065] = new(15, "The NOLOCK and READUNCOMMITTED lock hints are not allowed for target tables of INSERT, UPDATE, DELETE or MERGE statements.");
        templates[1069] = new(16, "Index hints are only allowed in a FROM or OPTION clause.");
        templates[2528] = new(10, "DBCC execution completed. If DBCC printed error messages, contact your system administrator.");
        templates[3606] = new(10, "Arithmetic overflow occurred.");
        templates[5324] = new(15, "In a MERGE statement, a '%1' clause with a search condition cannot appear after a '%2' clause with no search condition.");
        templates[7116] = new(16, "Offset %1 is not in the range of available LOB data.");
        templates[10710] = new(15, "An action of type '%1' is not allowed in the '%2' clause of a MERGE statement.");
        templates[10711] = new(15, "An action of type '%1' is not allowed in the '%2' clause of a MERGE statement.");
        templates[10714] = new(15, "An action of type '%1' cannot appear more than once in a '%2' clause of a MERGE statement.");
        templates[10715] = new(15, "'%1' is not a valid hint.");
        templates[10729] = new(15, "A nested INSERT, UPDATE, DELETE, or MERGE statement is not allowed in a SELECT statement that is not the immediate source of rows for an INSERT statement.");
    }

    private static void AddCallErrors(Dictionary<int, Template> templates)
    {
        templates[483] = new(16, "The OUTPUT clause cannot be used in an INSERT...EXEC statement.");
        templates[8146] = new(16, "Procedure %1 has no parameters and arguments were supplied.");
        templates[8199] = new(16, "In EXECUTE <procname>, procname can only be a literal or variable of type char, varchar, nchar, or nvarchar.");
        templates[11533] = new(16, "Type '%1' cannot be used with EXECUTE AS OBJECT in the WITH RESULT SETS clause: there is no table, view or table-valued function of this name, or you do not have permission.");
        templates[11534] = new(16, "Type '%1' in the WITH RESULT SETS clause is no table type, does not exist, or you do not have permission.");
        templates[11535] = new(16, "EXECUTE statement failed because its WITH RESULT SETS clause specified %1 result set(s), and the statement tried to send more result sets than this.");
        templates[11536] = new(16, "EXECUTE statement failed because its WITH RESULT SETS clause specified %1 result set(s), but the statement only sent %2 result set(s) at run time.");
        templates[11537] = new(16, "EXECUTE statement failed because its WITH RESULT SETS clause specified %1 column(s) for result set number %2, but the statement sent %3 column(s) at run time.");
        templates[11538] = new(16, "EXECUTE statement failed because its WITH RESULT SETS clause specified type '%1' for column #%2 in result set #%3, and the corresponding type sent at run time was '%4'; there is no conversion between the two types.");
        templates[11553] = new(16, "EXECUTE statement failed because its WITH RESULT SETS clause specified a non-nullable type for column #%1 in result set #%2, and the corresponding value sent at run time was null.");
    }

    private static void AddUserMessageErrors(Dictionary<int, Template> templates)
    {
        templates[2732] = new(16, "Error number %1 is invalid. The number must be from 13000 through 2147483647 and it cannot be 50000.");
        templates[15040] = new(16, "User-defined error messages must have an ID greater than 50000.");
        templates[15041] = new(16, "User-defined error messages must have a severity level between 1 and 25.");
        templates[15043] = new(16, "You must specify 'REPLACE' to overwrite an existing message.");
        templates[15071] = new(16, "Usage: sp_addmessage <msgnum>,<severity>,<msgtext> [,<language> [,FALSE | TRUE [,REPLACE]]]");
        templates[15176] = new(16, "The only valid @parameter value is 'WITH_LOG'.");
        templates[15177] = new(16, "Usage: sp_dropmessage <msg number> [,<language> | 'ALL']");
        templates[15178] = new(16, "Cannot drop a message with an ID less than 50,000.");
        templates[15179] = new(16, "The message number %1 or specified language version does not exist.");
        templates[15271] = new(16, "Invalid @with_log parameter value. Valid values are 'true' or 'false'.");
        templates[15277] = new(16, "The only valid @parameter_value values are 'true' or 'false'.");
        templates[15279] = new(16, "You must add the us_english version of this message before you can add the '%1' version.");
        templates[15280] = new(16, "All localized versions of this message must be dropped before the us_english version can be dropped.");
        templates[15304] = new(16, "The severity level of the '%1' version of this message must be the same as the severity level (%2) of the us_english version.");
    }
}
