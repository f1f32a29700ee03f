namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    /// <summary>Names, types of expressions, aggregates and windows.</summary>
    private static void AddBinding(Dictionary<int, Template> templates)
    {
        templates[116] = new(16, "Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.");
        templates[130] = new(15, "Cannot perform an aggregate function on an expression containing an aggregate or a subquery.");
        templates[137] = new(15, "Must declare the scalar variable \"%1\".");
        templates[140] = new(15, "Can only use IF UPDATE within a CREATE TRIGGER statement.");
        templates[144] = new(15, "Cannot use an aggregate or a subquery in an expression used for the group by list of a GROUP BY clause.");
        templates[147] = new(15, "An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a HAVING clause or a select list, and the column being aggregated is an outer reference.");
        templates[157] = new(15, "An aggregate may not appear in the set list of an UPDATE statement.");
        templates[158] = new(15, "An aggregate may not appear in the OUTPUT clause.");
        templates[175] = new(15, "An aggregate may not appear in a computed column expression or check constraint.");
        templates[195] = new(15, "'%1' is not a recognized %2.");
        templates[201] = new(16, "Procedure or function '%1' expects parameter '%2', which was not supplied.");
        templates[207] = new(16, "Invalid column name '%1'.");
        templates[208] = new(16, "Invalid object name '%1'.");
        templates[209] = new(16, "Ambiguous column name '%1'.");
        templates[243] = new(16, "Type %1 is not a defined system type.");
        templates[258] = new(15, "Cannot call methods on %1.");
        templates[305] = new(16, "The %1 data type cannot be compared or sorted, except when using the IS NULL operator.");
        templates[306] = new(16, "The text, ntext, and image data types cannot be compared or sorted, except when using IS NULL or LIKE operator.");
        templates[313] = new(16, "An insufficient number of arguments were supplied for the procedure or function %1.");
        templates[446] = new(16, "Cannot resolve collation conflict between \"%1\" and \"%2\" in %3 operator for %4 operation.");
        templates[512] = new(16, "Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.");
        templates[1015] = new(15, "An aggregate cannot appear in an ON clause unless it is in a subquery contained in a HAVING clause or select list, and the column being aggregated is an outer reference.");
        templates[1046] = new(15, "Subqueries are not allowed in this context. Only scalar expressions are allowed.");
        templates[4101] = new(15, "Aggregates on the right side of an APPLY cannot reference columns from the left side.");
        templates[4104] = new(16, "The multi-part identifier \"%1\" could not be bound.");
        templates[4108] = new(15, "Windowed functions can only appear in the SELECT or ORDER BY clauses.");
        templates[4109] = new(15, "Windowed functions cannot be used in the context of another windowed function or aggregate.");
        templates[4112] = new(15, "The function '%1' must have an OVER clause with ORDER BY.");
        templates[4113] = new(16, "The function '%1' is not a valid windowing function, and cannot be used with the OVER clause.");
        templates[4116] = new(16, "The function '%1' takes only a positive int or bigint expression as its input.");
        templates[4121] = new(16, "Cannot find either column \"%1\" or the user-defined function or aggregate \"%2\", or the name is ambiguous.");
        templates[4127] = new(16, "At least one of the arguments to COALESCE must be an expression that is not the NULL constant.");
        templates[4145] = new(15, "An expression of non-boolean type specified in a context where a condition is expected, near '%1'.");
        templates[4151] = new(16, "The type of the first argument to NULLIF cannot be the NULL constant because the type of the first argument has to be known.");
        templates[4193] = new(16, "'BETWEEN ... FOLLOWING AND ... PRECEDING' is not a valid window frame and cannot be used with the OVER clause.");
        templates[4194] = new(16, "RANGE is only supported with UNBOUNDED and CURRENT ROW window frame delimiters.");
        templates[4195] = new(16, "The window frame offset must be a constant or a variable.");
        templates[5308] = new(15, "Windowed functions, aggregates and NEXT VALUE FOR functions do not support integer indices as ORDER BY clause expressions.");
        templates[5309] = new(15, "Windowed functions, aggregates and NEXT VALUE FOR functions do not support constants as ORDER BY clause expressions.");
        templates[5362] = new(15, "Window '%1' is undefined.");
        templates[5363] = new(15, "Window element in OVER clause can not also be specified in WINDOW clause '%1'.");
        templates[5365] = new(15, "Cyclic window references are not permitted: '%1'.");
        templates[5593] = new(16, "Function %1 is only valid on columns with the FILESTREAM attribute.");
        templates[8120] = new(16, "Column '%1' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.");
        templates[8121] = new(16, "Column '%1' is invalid in the HAVING clause because it is not contained in either an aggregate function or the GROUP BY clause.");
        templates[8127] = new(16, "Column \"%1\" is invalid in the ORDER BY clause because it is not contained in either an aggregate function or the GROUP BY clause.");
        templates[8133] = new(16, "At least one of the result expressions in a CASE specification must be an expression other than the NULL constant.");
        templates[8144] = new(16, "Procedure or function %1 has too many arguments specified.");
        templates[8153] = new(10, "Warning: Null value is eliminated by an aggregate or other SET operation.");
        templates[8161] = new(15, "Argument %1 of the %2 function does not match any of the expressions in the GROUP BY clause.");
        templates[1056] = new(15, "The number of elements in the select list exceeds the maximum allowed number of 4096 elements.");
        templates[8623] = new(16, "The query processor ran out of internal resources and could not produce a query plan. This is a rare event and only expected for extremely complex queries or queries that reference a very large number of tables or partitions. Please simplify the query. If you believe you have received this message in error, contact Customer Support Services for more information.");
        templates[8631] = new(17, "Internal error: Server stack limit has been reached. Please look for potentially deep nesting in your query, and try to simplify it.");
        templates[8730] = new(16, "Offset parameter for Lag and Lead functions cannot be a negative value.");
        templates[8733] = new(16, "Separator parameter for STRING_AGG must be a string literal or variable.");
        templates[9818] = new(16, "The culture parameter '%1' provided in the function call is not supported.");
        templates[9829] = new(16, "STRING_AGG aggregation result exceeded the limit of 8000 bytes. Use LOB types to avoid result truncation.");
        templates[10751] = new(15, "The ORDER BY in WITHIN GROUP clause of '%1' function must have exactly one expression.");
        templates[10752] = new(15, "The function '%1' may not have a window frame.");
        templates[10753] = new(15, "The function '%1' must have an OVER clause.");
        templates[10755] = new(16, "The percentile value must be between 0.0 and 1.0.");
        templates[10756] = new(15, "Window frame with ROWS or RANGE must have an ORDER BY clause.");
        templates[10759] = new(15, "Use of DISTINCT is not allowed with the OVER clause.");
        templates[10761] = new(15, "Invalid data type %1 in function %2.");
        templates[11719] = new(15, "NEXT VALUE FOR function is not allowed in check constraints, default objects, computed columns, views, user-defined functions, user-defined aggregates, user-defined table types, sub-queries, common table expressions, derived tables or return statements.");
        templates[11741] = new(15, "NEXT VALUE FOR function cannot be used within CASE, CHOOSE, COALESCE, IIF, ISNULL and NULLIF.");
        templates[11720] = new(15, "NEXT VALUE FOR function is not allowed in the TOP, OVER, OUTPUT, ON, WHERE, GROUP BY, HAVING, or ORDER BY clauses.");
        templates[11726] = new(16, "Object '%1' is not a sequence object.");
    }
}
