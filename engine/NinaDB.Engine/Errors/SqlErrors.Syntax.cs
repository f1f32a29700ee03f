namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    private static void AddSyntax(Dictionary<int, Template> templates)
    {
        templates[102] = new(15, "Incorrect syntax near '%1'.");
        templates[103] = new(15, "The %1 that starts with '%2' is too long. Maximum length is %3.");
        templates[105] = new(15, "Unclosed quotation mark after the character string '%1'.");
        templates[111] = new(15, "'%1' must be the first statement in a query batch.");
        templates[113] = new(15, "Missing end comment mark '*/'.");
        templates[132] = new(15, "The label '%1' has already been declared. Label names must be unique within a query batch or stored procedure.");
        templates[133] = new(15, "A GOTO statement references the label '%1' but the label has not been declared.");
        templates[135] = new(15, "Cannot use a BREAK statement outside the scope of a WHILE statement.");
        templates[136] = new(15, "Cannot use a CONTINUE statement outside the scope of a WHILE statement.");
        templates[142] = new(15, "Incorrect syntax for definition of the '%1' constraint.");
        templates[153] = new(15, "Invalid usage of the option %1 in the %2 statement.");
        templates[156] = new(15, "Incorrect syntax near the keyword '%1'.");
        templates[159] = new(15, "Must specify the table name and index name for the DROP INDEX statement.");
        templates[166] = new(15, "'%1' does not allow specifying the database name as a prefix to the object name.");
        templates[168] = new(15, "The floating point value '%1' is out of the range of computer representation (%2 bytes).");
        templates[174] = new(15, "The %1 function requires %2 argument(s).");
        templates[191] = new(15, "Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller queries.");
        templates[195] = new(15, "'%1' is not a recognized %2.");
        templates[230] = new(14, "The %1 permission was denied on the column '%2' of the object '%3', database '%4', schema '%5'.");
        templates[229] = new(14, "The %1 permission was denied on the object '%2', database '%3', schema '%4'.");
        templates[319] = new(15, "Incorrect syntax near the keyword 'with'. If this statement is a common table expression, an xmlnamespaces clause or a change tracking context clause, the previous statement must be terminated with a semicolon.");
        templates[321] = new(15, "\"%1\" is not a recognized table hints option. If it is intended as a parameter to a table-valued function or to the CHANGETABLE function, ensure that your database compatibility mode is set to 90.");
        templates[336] = new(15, "Incorrect syntax near '%1'. If this is intended to be a common table expression, you need to explicitly terminate the previous statement with a semi-colon.");
        templates[343] = new(15, "Unknown object type '%1' used in a CREATE, DROP, or ALTER statement.");
        templates[443] = new(16, "Invalid use of a side-effecting operator '%1' within a function.");
        templates[444] = new(16, "Select statements included within a function cannot return data to a client.");
        templates[550] = new(16, "The attempted insert or update failed because the target view either specifies WITH CHECK OPTION or spans a view that specifies WITH CHECK OPTION and one or more rows resulting from the operation did not qualify under the CHECK OPTION constraint.");
        templates[1007] = new(15, "The number '%1' is out of the range for numeric representation (maximum precision 38).");
        templates[1035] = new(15, "Incorrect syntax near '%1', expected '%2'.");
        templates[1038] = new(15, "An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name. For other statements, look for empty alias names. Aliases defined as \"\" or [] are not allowed. Change the alias to a valid name.");
        templates[4145] = new(15, "An expression of non-boolean type specified in a context where a condition is expected, near '%1'.");
        templates[5313] = new(16, "Synonym '%1' refers to an invalid object.");
        templates[10704] = new(15, "To rethrow an error, a THROW statement must be used inside the CATCH block. Insert the THROW statement inside the CATCH block, or add error parameters to the THROW statement.");
        templates[10709] = new(16, "The number of columns for each row in a table value constructor must be the same.");
        templates[10713] = new(15, "A MERGE statement must be terminated by a semi-colon (;).");
        templates[10738] = new(15, "The number of row value expressions in the INSERT statement exceeds the maximum allowed number of %1 row values.");
    }
}
