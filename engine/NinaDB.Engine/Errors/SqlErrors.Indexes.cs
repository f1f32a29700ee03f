namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    /// <summary>Columnstore and disabled indexes, numbered procedures.</summary>
    private static void AddIndexes(Dictionary<int, Template> templates)
    {
        templates[1005] = new(15, "Invalid procedure number (%1). Must be between 1 and %2.");
        templates[2730] = new(11, "Cannot create procedure '%1' with a group number of %2 because a procedure with the same name and a group number of 1 does not currently exist in the database. Must execute CREATE PROCEDURE '%1';1 first.");
        templates[1973] = new(16, "Cannot perform the specified operation on disabled index '%1' on %2 '%3'.");
        templates[1974] = new(16, "Cannot perform the specified operation on %1 '%2' because its clustered index '%3' is disabled.");
        templates[1987] = new(16, "Cannot %1 %2 '%3' on %4 '%5' because its %6 is disabled.");
        templates[1992] = new(10, "Warning: Foreign key '%1' on table '%2' referencing table '%3' was disabled as a result of disabling the index '%4'.");
        templates[3750] = new(10, "Warning: Index '%1' on %2 '%3' was disabled as a result of disabling the clustered index on the %4.");
        templates[8655] = new(16, "The query processor is unable to produce a plan because the index '%1' on table or view '%2' is disabled.");
        templates[10638] = new(16, "ALTER INDEX '%1' failed. There is no pending resumable index operation for the index '%2' on '%3'.");
        templates[10680] = new(11, "ALTER INDEX ALL '%1' failed. There is no pending resumable index operation on '%2'.");
        templates[10798] = new(16, "This is not a valid data compression setting for this object. It can only be used with columnstore indexes. Please choose NONE, PAGE, or ROW compression.");
        templates[10799] = new(16, "This is not a valid data compression setting for a columnstore index. Please choose COLUMNSTORE or COLUMNSTORE_ARCHIVE compression.");
        templates[35301] = new(15, "The statement failed because a columnstore index cannot be unique. Create the columnstore index without the UNIQUE keyword or create a unique index without the COLUMNSTORE keyword.");
        templates[35302] = new(15, "The statement failed because specifying sort order (ASC or DESC) is not allowed when creating a columnstore index. Create the columnstore index without specifying a sort order.");
        templates[35305] = new(15, "The statement failed because a clustered columnstore index cannot be created on a view. Consider creating a nonclustered columnstore index on the view, creating a clustered columnstore index on the base table or creating an index without the COLUMNSTORE keyword on the view.");
        templates[35307] = new(15, "The statement failed because column '%1' on table '%2' is a computed column. Columnstore index cannot include a computed column implicitly or explicitly.");
        templates[35308] = new(15, "The statement failed because a columnstore index cannot be a filtered index. Consider creating a columnstore index without the predicate filter.");
        templates[35309] = new(15, "The statement failed because a columnstore index cannot be created on a sparse column. Consider creating a nonclustered columnstore index on a subset of columns that does not include any sparse columns.");
        templates[35310] = new(15, "The statement failed because columnstore indexes are not allowed on table types and table variables. Remove the column store index specification from the table type or table variable declaration.");
        templates[35311] = new(15, "The statement failed because a columnstore index cannot have included columns. Create the columnstore index on the desired columns without specifying any included columns.");
        templates[35312] = new(15, "The statement failed because a columnstore index cannot be created on a column with filestream data. Consider creating a nonclustered columnstore index on a subset of columns that does not include any columns with filestream data.");
        templates[35313] = new(15, "The statement failed because specifying FILESTREAM_ON is not allowed when creating a columnstore index. Consider creating a columnstore index on columns without filestream data and omit the FILESTREAM_ON specification.");
        templates[35317] = new(15, "The statement failed because specifying %1 is not allowed when creating a columnstore index. Consider creating a columnstore index without specifying %1.");
        templates[35318] = new(15, "The statement failed because the %1 option is not allowed when creating a columnstore index. Create the columnstore index without specifying the %1 option.");
        templates[35324] = new(15, "The statement failed because specifying SORT_IN_TEMPDB is not allowed when creating a columnstore index without ORDER. Consider creating a columnstore index without specifying SORT_IN_TEMPDB, or use it with ORDER clause.");
        templates[35327] = new(15, "ALTER INDEX REBUILD statement failed because specifying %1 is not allowed when rebuilding a columnstore index. Rebuild the columnstore index without specifying %1.");
        templates[35328] = new(15, "ALTER INDEX REBUILD statement failed because the %1 option is not allowed when rebuilding a columnstore index. Rebuild the columnstore index without specifying the %1 option.");
        templates[35329] = new(15, "The statement failed because specifying ORDER is not allowed when creating the rowstore index '%1' on table '%2'. Consider creating the rowstore index without specifying ORDER.");
        templates[35331] = new(16, "Cannot use duplicate column names in the ORDER column list. Column name '%1' appears more than once.");
        templates[35332] = new(16, "Cannot ORDER on more than %1 columns.");
        templates[35335] = new(15, "The statement failed because specifying a key list is not allowed when creating a clustered columnstore index. Create the clustered columnstore index without specifying a key list.");
        templates[35336] = new(15, "The statement failed because specifying key list is missing when creating an index. Create the index with specifying key list .");
        templates[35339] = new(16, "Multiple columnstore indexes are not supported.");
        templates[35343] = new(15, "The statement failed. Column '%1' has a data type that cannot participate in a columnstore index.");
        templates[35364] = new(16, "ALTER INDEX statement option COMPRESSION_DELAY can only be used with columnstore indexes.");
        templates[35372] = new(16, "You cannot create more than one clustered index on %1 '%2'. Consider creating a new clustered index using 'with (drop_existing = on)' option.");
        templates[35382] = new(16, "The specified COMPRESSION_DELAY option value %1 is invalid. The valid range for disk-based table is between (0, 10080) minutes and for memory-optimized table is 0 or between (60, 10080) minutes.");
    }
}
