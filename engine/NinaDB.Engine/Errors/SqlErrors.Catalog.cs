namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    /// <summary>An error that follows others: <paramref name="first"/> says why, message <paramref name="number"/> what failed because of it.</summary>
    public static SqlErrorException CreateAfter(SqlErrorException first, int number, params object?[] arguments) =>
        new(Create(number, arguments).Error) { Preceding = [.. first.Preceding, first.Error] };

    private static void AddCatalog(Dictionary<int, Template> templates)
    {
        AddCatalogTypes(templates);
        AddCatalogTables(templates);
        AddCatalogIndexes(templates);
        AddCatalogModules(templates);
        AddCatalogSecurity(templates);
        AddCatalogPolicies(templates);
        AddCatalogClr(templates);
        AddClrClasses(templates);
        AddCatalogProcedures(templates);
    }

    private static void AddCatalogTypes(Dictionary<int, Template> templates)
    {
        templates[131] = new(15, "The size (%1) given to the %2 '%3' exceeds the maximum allowed for any data type (%4).");
        templates[183] = new(15, "The scale (%1) for column '%2' must be within the range %3 to %4.");
        templates[192] = new(15, "The scale must be less than or equal to the precision.");
        templates[195] = new(15, "'%1' is not a recognized %2.");
        templates[218] = new(16, "Could not find the type '%1'. Either it does not exist or you do not have the necessary permission.");
        templates[219] = new(16, "The type '%1' already exists, or you do not have permission to create it.");
        templates[243] = new(16, "Type %1 is not a defined system type.");
        templates[343] = new(15, "Unknown object type '%1' used in a CREATE, DROP, or ALTER statement.");
        templates[1001] = new(15, "Line %1: Length or precision specification %2 is invalid.");
        templates[1002] = new(15, "Line %1: Specified scale %2 is invalid.");
        templates[2715] = new(16, "Column, parameter, or variable #%1: Cannot find data type %2.");
        templates[2716] = new(16, "Column, parameter, or variable #%1: Cannot specify a column width on data type %2.");
        templates[2717] = new(15, "The size (%1) given to the %2 '%3' exceeds the maximum allowed (%4).");
        templates[2731] = new(16, "Column '%1' has invalid width: %2.");
        templates[2750] = new(16, "Column or parameter #%1: Specified column precision %2 is greater than the maximum precision of %3.");
        templates[2751] = new(16, "Column or parameter #%1: Specified column scale %2 is greater than the specified precision of %3.");
        templates[3732] = new(16, "Cannot drop type '%1' because it is being referenced by object '%2'. There may be other objects that reference this type.");
        templates[11503] = new(16, "The parameter type cannot be deduced because a single expression contains two untyped parameters, '%1' and '%2'.");
        templates[11505] = new(16, "The parameter type cannot be deduced for '%1' because no type would make the query valid.");
        templates[11508] = new(16, "The undeclared parameter '%1' is used more than once in the batch being analyzed.");
        templates[11700] = new(16, "The increment for sequence object '%1' cannot be zero.");
        templates[11701] = new(16, "The absolute value of the increment for sequence object '%1' must be less than or equal to the difference between the minimum and maximum value of the sequence object.");
        templates[11702] = new(16, "The sequence object '%1' must be of data type int, bigint, smallint, tinyint, or decimal or numeric with a scale of 0, or any user-defined data type that is based on one of the above integer data types.");
        templates[11703] = new(16, "The start value for sequence object '%1' must be between the minimum and maximum value of the sequence object.");
        templates[11704] = new(16, "The current value '%1' for sequence object '%2' must be between the minimum and maximum value of the sequence object.");
        templates[11705] = new(16, "The minimum value for sequence object '%1' must be less than its maximum value.");
        templates[11706] = new(16, "The cache size for sequence object '%1' must be greater than 0.");
        templates[11708] = new(16, "An invalid value was specified for argument '%1' for the given data type.");
        templates[11711] = new(16, "Argument '%1' cannot be used in a %2 statement.");
        templates[42212] = new(16, "The vector data type cannot be the base type of an alias type.");
    }

    private static void AddCatalogTables(Dictionary<int, Template> templates)
    {
        templates[128] = new(15, "The name \"%1\" is not permitted in this context. Valid expressions are constants, constant expressions, and (in some contexts) variables. Column names are not permitted.");
        templates[515] = new(16, "Cannot insert the value NULL into column '%1', table '%2'; column does not allow nulls. %3 fails.");
        templates[547] = new(16, "The %1 statement conflicted with the %2 constraint \"%3\". The conflict occurred in database \"%4\", table \"%5\"%6.");
        templates[3734] = new(16, "Could not drop the primary key constraint '%1' because the table has the vector index '%2'.");
        templates[11415] = new(16, "Object '%1' cannot be disabled or enabled. This action applies only to foreign key and check constraints.");
        templates[1046] = new(15, "Subqueries are not allowed in this context. Only scalar expressions are allowed.");
        templates[8196] = new(16, "Duplicate column specified as ROWGUIDCOL.");
        templates[1701] = new(16, "Creating or altering table '%1' failed because the minimum row size would be %2, including %3 bytes of internal overhead. This exceeds the maximum allowable table row size of %4 bytes.");
        templates[1702] = new(16, "CREATE TABLE failed because column '%1' in table '%2' exceeds the maximum of %3 columns.");
        templates[1750] = new(16, "Could not create constraint or index. See previous errors.");
        templates[1752] = new(16, "Column '%1' in table '%2' is invalid for creating a default constraint.");
        templates[1753] = new(16, "Column '%1.%2' is not the same length or scale as referencing column '%3.%4' in foreign key '%5'. Columns participating in a foreign key relationship must be defined with the same length and scale.");
        templates[1754] = new(16, "Defaults cannot be created on columns with an IDENTITY attribute. Table '%1', column '%2'.");
        templates[1755] = new(16, "Defaults cannot be created on columns of data type timestamp. Table '%1', column '%2'.");
        templates[1757] = new(16, "Column '%1.%2' is not of same collation as referencing column '%3.%4' in foreign key '%5'.");
        templates[1759] = new(16, "Computed column '%1' in table '%2' is not allowed to be used in another computed-column definition.");
        templates[1760] = new(16, "Constraints of type %1 cannot be created on columns of type %2.");
        templates[1761] = new(16, "Cannot create the foreign key \"%1\" with the SET NULL referential action, because one or more referencing columns are not nullable.");
        templates[1763] = new(16, "Cross-database foreign key references are not supported. Foreign key '%1'.");
        templates[1766] = new(16, "Foreign key references to temporary tables are not supported. Foreign key '%1'.");
        templates[1767] = new(16, "Foreign key '%1' references invalid table '%2'.");
        templates[1768] = new(16, "Foreign key '%1' references object '%2' which is not a user table.");
        templates[1769] = new(16, "Foreign key '%1' references invalid column '%2' in referencing table '%3'.");
        templates[1770] = new(16, "Foreign key '%1' references invalid column '%2' in referenced table '%3'.");
        templates[1772] = new(16, "Foreign key '%1' is not valid. A system table cannot be used in a foreign key definition.");
        templates[1773] = new(16, "Foreign key '%1' has implicit reference to object '%2' which does not have a primary key defined on it.");
        templates[1774] = new(16, "The number of columns in the referencing column list for foreign key '%1' does not match those of the primary key in the referenced table '%2'.");
        templates[1776] = new(16, "There are no primary or candidate keys in the referenced table '%1' that match the referencing column list in the foreign key '%2'.");
        templates[1778] = new(16, "Column '%1.%2' is not the same data type as referencing column '%3.%4' in foreign key '%5'.");
        templates[1779] = new(16, "Table '%1' already has a primary key defined on it.");
        templates[1781] = new(16, "Column already has a DEFAULT bound to it.");
        templates[1785] = new(16, "Introducing FOREIGN KEY constraint '%1' on table '%2' may cause cycles or multiple cascade paths. Specify ON DELETE NO ACTION or ON UPDATE NO ACTION, or modify other FOREIGN KEY constraints.");
        templates[1788] = new(16, "Cascading foreign key '%1' cannot be created where the referencing column '%2.%3' is an identity column.");
        templates[1969] = new(16, "Default FILESTREAM filegroup is not available in database '%1'.");
        templates[2705] = new(16, "Column names in each table must be unique. Column name '%1' in table '%2' is specified more than once.");
        templates[2714] = new(16, "There is already an object named '%1' in the database.");
        templates[2738] = new(16, "A table can only have one timestamp column. Because table '%1' already has one, the column '%2' cannot be added.");
        templates[2744] = new(16, "Multiple identity columns specified for table '%1'. Only one identity column per table is allowed.");
        templates[2749] = new(16, "Identity column '%1' must be of data type int, bigint, smallint, tinyint, or decimal or numeric with a scale of 0, unencrypted, and constrained to be nonnullable.");
        templates[2752] = new(16, "Identity column '%1' contains invalid SEED.");
        templates[2753] = new(16, "Identity column '%1' contains invalid INCREMENT.");
        templates[2759] = new(16, "CREATE SCHEMA failed due to previous errors.");
        templates[2760] = new(16, "The specified schema name \"%1\" either does not exist or you do not have permission to use it.");
        templates[2761] = new(16, "The ROWGUIDCOL property can only be specified on the uniqueidentifier data type.");
        templates[3701] = new(11, "Cannot %1 the %2 '%3', because it does not exist or you do not have permission.");
        templates[3705] = new(16, "Cannot use DROP %1 with '%2' because '%2' is a %3. Use %4.");
        templates[3708] = new(16, "Cannot %1 the %2 '%3' because it is a system %2.");
        templates[3723] = new(16, "An explicit DROP INDEX is not allowed on index '%1'. It is being used for %2 constraint enforcement.");
        templates[3725] = new(16, "The constraint '%1' is being referenced by table '%2', foreign key constraint '%3'.");
        templates[3726] = new(16, "Could not drop object '%1' because it is referenced by a FOREIGN KEY constraint.");
        templates[3727] = new(16, "Could not drop constraint. See previous errors.");
        templates[3728] = new(16, "'%1' is not a constraint.");
        templates[3729] = new(16, "Cannot %1 '%2' because it is being referenced by object '%3'.");
        templates[3733] = new(16, "Constraint '%1' does not belong to table '%2'.");
        templates[4901] = new(16, "ALTER TABLE only allows columns to be added that can contain nulls, or have a DEFAULT definition specified, or the column being added is an identity or timestamp column, or alternatively if none of the previous conditions are satisfied the table must be empty to allow addition of this column. Column '%1' cannot be added to non-empty table '%2' because it does not satisfy these conditions.");
        templates[4902] = new(16, "Cannot find the object \"%1\" because it does not exist or you do not have permissions.");
        templates[4909] = new(16, "Cannot alter '%1' because it is not a table.");
        templates[4916] = new(16, "Could not enable or disable the constraint. See previous errors.");
        templates[4917] = new(16, "Constraint '%1' does not exist.");
        templates[4920] = new(16, "ALTER TABLE failed because trigger '%1' on table '%2' does not exist.");
        templates[4922] = new(16, "%1 %2 failed because one or more objects access this column.");
        templates[4923] = new(16, "ALTER TABLE DROP COLUMN failed because '%1' is the only data column in table '%2'. A table must have at least one data column.");
        templates[4924] = new(16, "%1 failed because column '%2' does not exist in table '%3'.");
        templates[4925] = new(16, "ALTER TABLE ALTER COLUMN ADD ROWGUIDCOL failed because a column already exists in table '%1' with ROWGUIDCOL property.");
        templates[4926] = new(16, "ALTER TABLE ALTER COLUMN DROP ROWGUIDCOL failed because a column does not exist in table '%1' with ROWGUIDCOL property.");
        templates[4927] = new(16, "Cannot alter column '%1' to be data type %2.");
        templates[4928] = new(16, "Cannot alter column '%1' because it is '%2'.");
        templates[4936] = new(16, "Computed column '%1' in table '%2' cannot be persisted because the column is non-deterministic.");
        templates[5074] = new(16, "The %1 '%2' is dependent on %3 '%4'.");
        templates[5505] = new(16, "A table that has FILESTREAM columns must have a nonnull unique column with the ROWGUIDCOL property.");
        templates[5508] = new(16, "The FILESTREAM attribute can only be specified on columns of data type varbinary(max).");
        templates[8110] = new(16, "Cannot add multiple PRIMARY KEY constraints to table '%1'.");
        templates[8111] = new(16, "Cannot define PRIMARY KEY constraint on nullable column in table '%1'.");
        templates[8112] = new(16, "Cannot add more than one clustered index for constraints on table '%1'.");
        templates[8135] = new(16, "Table level constraint does not specify column list, table '%1'.");
        templates[8139] = new(16, "Number of referencing columns in foreign key differs from number of referenced columns, table '%1'.");
        templates[8140] = new(16, "More than one key specified in column level %1 constraint, table '%2'.");
        templates[8141] = new(16, "Column %1 constraint for column '%2' references another column, table '%3'.");
        templates[8147] = new(16, "Could not create IDENTITY attribute on nullable column '%1', table '%2'.");
        templates[8148] = new(16, "More than one column %1 constraint specified for column '%2', table '%3'.");
        templates[8151] = new(16, "Both a PRIMARY KEY and UNIQUE constraint have been defined for column '%1', table '%2'. Only one is allowed.");
        templates[8168] = new(16, "Cannot create, drop, enable, or disable more than one constraint, column, index, or trigger named '%1' in this context. Duplicate names are not allowed.");
        templates[8183] = new(16, "Only UNIQUE or PRIMARY KEY constraints can be created on computed columns, while CHECK, FOREIGN KEY, and NOT NULL constraints require that computed columns be persisted.");
        templates[8197] = new(16, "The object '%1' does not exist or is invalid for this operation.");
        templates[15530] = new(16, "The %1 with name \"%2\" already exists.");
        templates[103] = new(15, "The %1 that starts with '%2' is too long. Maximum length is %3.");
        templates[193] = new(15, "The object or column name starting with '%1' is too long. The maximum length is %2 characters.");
        templates[117] = new(15, "The %1 name '%2' contains more than the maximum number of prefixes. The maximum is %3.");
    }

    private static void AddCatalogIndexes(Dictionary<int, Template> templates)
    {
        templates[1084] = new(15, "'%1' is an invalid event type.");
        templates[1094] = new(15, "Cannot specify a schema name as a prefix to the trigger name for database and server level triggers.");
        templates[1098] = new(15, "The specified event type(s) is/are not valid on the specified target object.");
        templates[1088] = new(16, "Cannot find the object \"%1\" because it does not exist or you do not have permissions.");
        templates[1505] = new(16, "The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name '%1' and the index name '%2'. The duplicate key value is %3.");
        templates[1902] = new(16, "Cannot create more than one clustered index on %1 '%2'. Drop the existing clustered index '%3' before creating another.");
        templates[1904] = new(16, "The index '%1' on table '%2' has %3 columns in the key list. The maximum limit for index key column list is %4.");
        templates[1907] = new(16, "Cannot recreate index '%1'. The new index definition does not match the constraint being enforced by the existing index.");
        templates[1909] = new(16, "Cannot use duplicate column names in %1. Column name '%2' listed more than once.");
        templates[1911] = new(16, "Column name '%1' does not exist in the target table or view.");
        templates[1913] = new(16, "The operation failed because an index or statistics with name '%1' already exists on %2 '%3'.");
        templates[1915] = new(16, "Cannot alter a non-unique index with ignore_dup_key index option. Index '%1' is non-unique.");
        templates[1916] = new(16, "CREATE INDEX options %1 and %2 are mutually exclusive.");
        templates[1919] = new(16, "Column '%1' in table '%2' is of a type that is invalid for use as a key column in an index.");
        templates[1925] = new(16, "Cannot convert a clustered index to a nonclustered index by using the DROP_EXISTING option. To change the index type from clustered to nonclustered, delete the clustered index, and then create a nonclustered index by using two separate statements.");
        templates[153] = new(15, "Invalid usage of the option %1 in the %2 statement.");
        templates[304] = new(16, "'%1' is out of range for index option '%2'. See sp_configure option '%2' for valid values.");
        templates[2706] = new(11, "Table '%1' does not exist.");
        templates[1934] = new(16, "%1 failed because the following SET options have incorrect settings: '%2'. Verify that SET options are correct for use with indexed views and/or indexes on computed columns and/or filtered indexes and/or query notifications and/or XML data type methods and/or spatial index operations.");
        templates[1978] = new(16, "Column '%1' in table '%2' is of a type that is invalid for use as a key column in an index or statistics.");
        templates[2727] = new(11, "Cannot find index '%1'.");
        templates[574] = new(16, "%1 statement cannot be used inside a user transaction.");
        templates[2729] = new(16, "Column '%1' in %2 '%3' cannot be used in an index or statistics or as a partition key because it is non-deterministic.");
        templates[7999] = new(16, "Could not find any index named '%1' for table '%2'.");
        templates[8625] = new(0, "Warning: The join order has been enforced because a local join hint is used.");
        templates[10609] = new(16, "Filtered index '%1' cannot be created on table '%2' because the column '%3' in the filter expression is a computed column. Rewrite the filter expression so that it does not include this column.");
        templates[10735] = new(15, "Incorrect WHERE clause for filtered %1 '%2' on table '%3'.");
        templates[42215] = new(16, "The column '%1' is not of type vector: a vector index can be created only on a vector column.");
        templates[42217] = new(16, "A vector index on table '%1' requires a clustered primary key.");
        templates[42220] = new(16, "A vector index cannot be created on the temporary table '%1'.");
        templates[42225] = new(16, "The value '%1' is not valid for the vector index option %2.");
        templates[42230] = new(16, "A vector index already exists on column '%1' of table '%2'.");
        templates[42232] = new(16, "Table '%1' cannot be truncated because it has a vector index.");
        templates[42250] = new(16, "ALTER INDEX %1 is not supported for the vector index '%2'.");
    }

    private static void AddCatalogModules(Dictionary<int, Template> templates)
    {
        templates[208] = new(16, "Invalid object name '%1'.");
        templates[111] = new(15, "'%1' must be the first statement in a query batch.");
        templates[134] = new(15, "The variable name '%1' has already been declared. Variable names must be unique within a query batch or stored procedure.");
        templates[346] = new(15, "The parameter \"%1\" can not be declared READONLY since it is not a table-valued parameter.");
        templates[352] = new(15, "The table-valued parameter \"%1\" must be declared with the READONLY option.");
        templates[455] = new(16, "The last statement included within a function must be a return statement.");
        templates[2010] = new(16, "Cannot perform alter on '%1' because it is an incompatible object type.");
        templates[2103] = new(16, "Cannot %1 trigger '%2' because its schema is different from the schema of the target table or view.");
        templates[2111] = new(16, "Cannot %1 trigger '%2' on %3 '%4' because an INSTEAD OF %5 trigger already exists on this object.");
        templates[2113] = new(16, "Cannot create INSTEAD OF DELETE or INSTEAD OF UPDATE TRIGGER '%1' on table '%2'. This is because the table has a FOREIGN KEY with cascading DELETE or UPDATE.");
        templates[4413] = new(16, "Could not use view or function '%1' because of binding errors.");
        templates[4502] = new(16, "View or function '%1' has more column names specified than columns defined.");
        templates[4506] = new(16, "Column names in each view or function must be unique. Column name '%1' in view or function '%2' is specified more than once.");
        templates[4508] = new(16, "Views or functions are not allowed on temporary tables. Table names that begin with '#' denote temporary tables.");
        templates[4511] = new(16, "Create View or Function failed because no column name was specified for column %1.");
        templates[4512] = new(16, "Cannot schema bind %1 '%2' because name '%3' is invalid for schema binding. Names must be in two-part format and an object cannot reference itself.");
        templates[4513] = new(16, "Cannot schema bind %1 '%2'. '%3' is not schema bound.");
        templates[8158] = new(16, "'%1' has more columns than were specified in the column list.");
        templates[8159] = new(16, "'%1' has fewer columns than were specified in the column list.");
        templates[2007] = new(10, "The module '%1' depends on the missing object '%2'. The module will still be created; however, it cannot run successfully until the object exists.");
    }

    private static void AddCatalogSecurity(Dictionary<int, Template> templates)
    {
        templates[1828] = new(16, "The logical file name \"%1\" is already in use. Choose a different name.");
        templates[5011] = new(14, "User does not have permission to alter database '%1', the database does not exist, or the database is not in a state that allows access checks.");
        templates[5069] = new(16, "%1 statement failed.");
        templates[15081] = new(16, "Membership of the public role cannot be changed.");
        templates[15413] = new(11, "Cannot make a role a member of itself.");
        templates[222] = new(16, "The base type \"%1\" is not a valid base type for the alias data type.");
        templates[470] = new(16, "The synonym \"%1\" referenced synonym \"%2\". Synonym chaining is not allowed.");
        templates[11730] = new(16, "Range size must be greater than 0.");
        templates[11732] = new(16, "The requested range for sequence object '%1' exceeds the maximum or minimum limit. Retry with a smaller range.");
        templates[15347] = new(16, "Cannot transfer an object that is owned by a parent object.");
        templates[15036] = new(16, "The data type '%1' does not exist or cannot be the base of an alias type.");
        templates[4624] = new(16, "Cannot grant, deny, or revoke permissions to sa, dbo, entity owner, information_schema, sys, or yourself.");
        templates[15007] = new(16, "'%1' is not a valid login or you do not have permission.");
        templates[15008] = new(16, "User '%1' does not exist in the current database.");
        templates[15023] = new(16, "User, group, or role '%1' already exists in the current database.");
        templates[15025] = new(16, "The server principal '%1' already exists.");
        templates[15138] = new(16, "The database principal owns a %1 in the database, and cannot be dropped.");
        templates[15144] = new(16, "The role has members. It must be empty before it can be dropped.");
        templates[15150] = new(16, "Cannot %1 the %2 '%3'.");
        templates[15151] = new(16, "Cannot %1 the %2 '%3', because it does not exist or you do not have permission.");
        templates[15247] = new(16, "User does not have permission to perform this action.");
        templates[15405] = new(16, "Cannot use the special principal '%1'.");
        templates[15410] = new(11, "User or role '%1' does not exist in this database.");
        templates[1020] = new(15, "Sub-entity lists (such as column or security expressions) cannot be specified for entity-level permissions.");
        templates[4604] = new(16, "There is no such user or group '%1' or you do not have permission.");
        templates[4606] = new(16, "Granted or revoked privilege %1 is not compatible with object.");
        templates[4617] = new(16, "Cannot grant, deny or revoke permissions to or from special roles.");
        templates[4621] = new(16, "Permissions at the server scope can only be granted when the current database is master");
    }

    private static void AddCatalogPolicies(Dictionary<int, Template> templates)
    {
        templates[262] = new(14, "%1 permission denied in database '%2'.");
        templates[3704] = new(16, "User does not have permission to perform this operation on %1 '%2'.");
        templates[4613] = new(16, "Grantor does not have GRANT permission.");
        templates[4834] = new(16, "You do not have permission to use the bulk load statement.");
        templates[5812] = new(14, "You do not have permission to run the RECONFIGURE statement.");
        templates[15165] = new(16, "Could not find object '%1' or you do not have permission.");
        templates[15589] = new(16, "Cannot revert the current security context because the cookie is invalid.");
        templates[15590] = new(16, "Can only use the 'No Revert' or 'Cookie' options with the 'Execute As' statement at the adhoc level.");
        templates[15591] = new(16, "The current security context cannot be reverted using this statement. A cookie may or may not be needed with 'Revert' statement depending on how the context was set with 'Execute As' statement.");
        templates[112] = new(15, "Variables are not allowed in the %1 statement.");
        templates[15348] = new(16, "Cannot transfer a schemabound object.");
        templates[33261] = new(16, "The security policy '%1' does not contain a predicate on table '%2'.");
        templates[33262] = new(16, "A %1 predicate for the same operation has already been defined on table '%2' in the security policy '%3'.");
        templates[33263] = new(16, "Security predicates can only be added to user tables and schema bound views. '%1' is not a user table or a schema bound view.");
        templates[33264] = new(16, "The security policy '%1' cannot be enabled with a predicate on table '%2'. Table '%2' is already referenced by the enabled security policy '%3'.");
        templates[33268] = new(16, "Cannot find the object \"%1\" because it does not exist or you do not have permissions.");
        templates[33269] = new(16, "Security predicates are not allowed on temporary objects. Object names that begin with '#' denote temporary objects.");
        templates[33270] = new(16, "Cannot find the object \"%1\" or this object is not an inline table-valued function.");
        templates[33271] = new(16, "Cannot alter '%1' because it is not a security policy.");
        templates[33501] = new(16, "Security predicates cannot be added on tables that contain filestream data. Column '%1' on table '%2' contains filestream data.");
        templates[33502] = new(16, "The column '%1' could not be added to table '%2' because the column contains filestream data and the table is referenced by one or more security policies. Filestream columns are not allowed on tables that are referenced by security policies.");
        templates[33503] = new(16, "BLOCK predicates can only be added to user tables. '%1' is not a user table.");
        templates[33504] = new(16, "The attempted operation failed because the target object '%1' has a block predicate that conflicts with this operation. If the operation is performed on a view, the block predicate might be enforced on the underlying table. Modify the operation to target only the rows that are allowed by the block predicate.");
        templates[33512] = new(16, "Binding for the non-schema bound security predicate on object '%1' failed with one or more errors, indicating the schema of the predicate function has changed. Update or drop the affected security predicates.");
        templates[33513] = new(16, "Binding for the non-schema bound security predicate on object '%1' failed, because the predicate function is not an inline table-valued function. Only inline table-valued functions can be used for security predicates.");
    }

    private static void AddCatalogClr(Dictionary<int, Template> templates)
    {
        templates[6211] = new(16, "CREATE ASSEMBLY failed because type '%1' in %2 assembly '%3' has a static field '%4'. Attributes of static fields in safe assemblies must be marked readonly in Visual C#, ReadOnly in Visual Basic, or initonly in Visual C++ and intermediate language.");
        templates[6246] = new(16, "Assembly \"%1\" already exists in database \"%2\".");
        templates[6260] = new(16, "An error occurred while getting new row from user defined Table Valued Function : \r\n%1.");
        templates[6263] = new(16, "Execution of user code in the .NET Framework is disabled. Enable \"clr enabled\" configuration option.");
        templates[6285] = new(16, "%1 ASSEMBLY failed because the source assembly is, according to MVID, identical to an assembly that is already registered under the name \"%2\".");
        templates[6501] = new(16, "%1 ASSEMBLY failed because it could not open the physical file \"%2\": %3.");
        templates[6503] = new(16, "Assembly '%1' was not found in the SQL catalog.");
        templates[6505] = new(16, "Could not find Type '%1' in assembly '%2'.");
        templates[6506] = new(16, "Could not find method '%1' for type '%2' in assembly '%3'");
        templates[6522] = new(16, "A .NET Framework error occurred during execution of user-defined routine or aggregate \"%1\": \r\n%2.");
        templates[6528] = new(16, "Assembly '%1' was not found in the SQL catalog of database '%2'.");
        templates[6544] = new(16, "%1 ASSEMBLY for assembly '%2' failed because assembly '%2' is malformed or not a pure .NET assembly. Unverifiable PE Header/native stub.");
        templates[6550] = new(16, "%1 failed because parameter counts do not match.");
        templates[6551] = new(16, "%1 for \"%2\" failed because T-SQL and CLR types for return value do not match.");
        templates[6552] = new(16, "%1 for \"%2\" failed because T-SQL and CLR types for parameter \"%3\" do not match.");
        templates[6567] = new(16, "%1 failed because a CLR Procedure may only be defined on CLR methods that return either SqlInt32, System.Int32, System.Nullable<System.Int32>, void.");
        templates[6572] = new(16, "More than one method, property or field was found with name '%1' in class '%2' in assembly '%3'. Overloaded methods, properties or fields are not supported.");
        templates[6573] = new(16, "Method, property or field '%1' of class '%2' in assembly '%3' is not static.");
        templates[6580] = new(16, "Declarations do not match for parameter %1. .NET Framework reference and T-SQL OUTPUT parameter declarations must match.");
        templates[6590] = new(16, "DROP ASSEMBLY failed because '%1' is referenced by object '%2'.");
        templates[6549] = new(16, "A .NET Framework error occurred during execution of user defined routine or aggregate '%1': %2. User transaction, if any, will be rolled back.");
        templates[10301] = new(16, "Assembly '%1' references assembly '%2', which is not present in the current database. SQL Server attempted to locate and automatically load the referenced assembly from the same location where referring assembly came from, but that operation has failed (reason: %3). Please load the referenced assembly into the current database and retry your request.");
        templates[10327] = new(14, "%1 ASSEMBLY for assembly '%2' failed because assembly '%2' is not trusted. The assembly is trusted when either of the following is true: the assembly is signed with a certificate or an asymmetric key that has a corresponding login with UNSAFE ASSEMBLY permission, or the assembly is trusted using sp_add_trusted_assembly.");
        templates[10343] = new(14, "CREATE or ALTER ASSEMBLY for assembly '%2' with the SAFE or EXTERNAL_ACCESS option failed because the 'clr strict security' option of sp_configure is set to 1. Microsoft recommends that you sign the assembly with a certificate or asymmetric key that has a corresponding login with UNSAFE ASSEMBLY permission. Alternatively, you can trust the assembly using sp_add_trusted_assembly.");
        templates[10345] = new(16, "The assembly hash '%1' is already trusted.");
        templates[10346] = new(16, "The assembly hash '%1' is not currently trusted. No action was taken.");
        templates[214] = new(16, "Procedure expects parameter '%1' of type '%2'.");
    }

    private static void AddCatalogProcedures(Dictionary<int, Template> templates)
    {
        templates[225] = new(16, "The parameters supplied for the %1 \"%2\" are not valid.");
        templates[15010] = new(16, "The database '%1' does not exist. Supply a valid database name. To see available databases, use sys.databases.");
        templates[15009] = new(16, "The object '%1' does not exist in database '%2' or is invalid for this operation.");
        templates[15123] = new(16, "The configuration option '%1' does not exist, or it may be an advanced option.");
        templates[15124] = new(16, "The configuration option '%1' is not unique.");
        templates[15129] = new(16, "'%1' is not a valid value for configuration option '%2'.");
        templates[15135] = new(16, "Object is invalid. Extended properties are not permitted on '%1', or the object does not exist.");
        templates[15471] = new(10, "The text for object '%1' is encrypted.");
        templates[2772] = new(16, "Cannot access temporary tables from within a function.");
        templates[15197] = new(16, "There is no text for object '%1'.");
        templates[15217] = new(16, "Property cannot be updated or deleted. Property '%1' does not exist for '%2'.");
        templates[15225] = new(11, "No item by the name of '%1' could be found in the current database '%2', given that @itemtype was input as '%3'.");
        templates[15233] = new(16, "Property cannot be added. Property '%1' already exists for '%2'.");
        templates[15248] = new(11, "Either the parameter @objname is ambiguous or the claimed @objtype (%1) is wrong.");
        templates[15249] = new(11, "Error: Explicit @objtype '%1' is unrecognized.");
        templates[15250] = new(16, "The database name component of the object qualifier must be the name of the current database.");
        templates[15335] = new(11, "Error: The new name '%1' is already in use as a %2 name and would cause a duplicate that is not permitted.");
        templates[15336] = new(16, "Object '%1' cannot be renamed because the object participates in enforced dependencies.");
        templates[15457] = new(0, "Configuration option '%1' changed from %2 to %3. Run the RECONFIGURE statement to install.");
        templates[15472] = new(0, "The object '%1' does not have any indexes, or you do not have permissions.");
        templates[15477] = new(0, "Caution: Changing any part of an object name could break scripts and stored procedures.");
        templates[15600] = new(16, "An invalid parameter or option was specified for procedure '%1'.");
        templates[15664] = new(16, "Cannot set key '%1' in the session context. The key has been set as read_only for this session.");
        templates[15665] = new(16, "The value was not set for key '%1' because the total size of keys and values in the session context would exceed the 1 MB limit.");
        templates[15666] = new(16, "Cannot set key '%1' in the session context. The size of the key cannot exceed 256 bytes.");
        templates[290] = new(16, "%1 is not supported for the vector index '%2'.");
        templates[1205] = new(13, "Transaction (Process ID %1) was deadlocked on %2 resources with another process and has been chosen as the deadlock victim. Rerun the transaction.");
        templates[1223] = new(16, "Cannot release the application lock (Database Principal: '%1', Resource: '%2') because it is not currently held.");
        templates[1224] = new(16, "An invalid application lock resource was passed to %1.");
        templates[1225] = new(16, "An invalid application lock mode was passed to %1.");
        templates[1226] = new(16, "An invalid application lock owner was passed to %1.");
        templates[1227] = new(16, "An invalid application lock time-out was passed to %1.");
        templates[1228] = new(16, "An invalid parameter \"%1\" was passed to application lock function or procedure \"%2\".");
    }
}
