namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    /// <summary>Messages of changes through views, of prepared statements and of the statistics of statements.</summary>
    private static void AddViewChanges(Dictionary<int, Template> templates)
    {
        templates[404] = new(16, "The column reference \"%1\" is not allowed because it refers to a base table that is not being modified in this statement.");
        templates[414] = new(16, "UPDATE is not allowed because the statement updates view \"%1\" which participates in a join and has an INSTEAD OF UPDATE trigger.");
        templates[415] = new(16, "DELETE is not allowed because the statement updates view \"%1\" which participates in a join and has an INSTEAD OF DELETE trigger.");
        templates[4415] = new(16, "View '%1' is not updatable because either it was created WITH CHECK OPTION or it spans a view created WITH CHECK OPTION and the target table is referenced multiple times in the resulting query.");
        templates[4416] = new(16, "UNION ALL view '%1' is not updatable because the definition contains a disallowed construct.");
        templates[4417] = new(16, "Derived table '%1' is not updatable because the definition contains a UNION operator.");
        templates[4418] = new(16, "Derived table '%1' is not updatable because it contains aggregates, or a DISTINCT or GROUP BY clause, or PIVOT or UNPIVOT operator.");
        templates[4420] = new(16, "Derived table '%1' is not updatable because the modification affects multiple base tables.");
        templates[4422] = new(16, "View '%1' has an INSTEAD OF UPDATE trigger and cannot be a target of an UPDATE FROM statement.");
        templates[4423] = new(16, "View '%1' has an INSTEAD OF DELETE trigger and cannot be a target of a DELETE FROM statement.");
        templates[4426] = new(16, "View '%1' is not updatable because the definition contains a UNION operator.");
        templates[4427] = new(16, "Cannot update the view \"%1\" because it or a view it references was created with WITH CHECK OPTION and its definition contains a TOP or OFFSET clause.");
        templates[4436] = new(16, "UNION ALL view '%1' is not updatable because a partitioning column was not found.");
        templates[4440] = new(16, "UNION ALL view '%1' is not updatable because a primary key was not found on table '%2'.");
        templates[5316] = new(16, "The target '%1' of the MERGE statement has an INSTEAD OF trigger on some, but not all, of the actions specified in the MERGE statement. In a MERGE statement, either all or none of the specified actions must have an enabled INSTEAD OF trigger on the target.");
        templates[557] = new(16, "Only functions and some extended stored procedures can be executed from within a function.");
        templates[2745] = new(16, "Process ID %1 has raised user error %2, severity %3. SQL Server is terminating this process.");
        templates[3613] = new(10, "SQL Server parse and compile time: \n   CPU time = %1 ms, elapsed time = %1 ms.");
        templates[3615] = new(10, "Table '%1'. Scan count %2, logical reads %3, physical reads %4, page server reads 0, read-ahead reads 0, page server read-ahead reads 0, lob logical reads 0, lob physical reads 0, lob page server reads 0, lob read-ahead reads 0, lob page server read-ahead reads 0.");
        templates[11725] = new(15, "An expression that contains a NEXT VALUE FOR function cannot be passed as an argument to an aggregate.");
        templates[11731] = new(16, "A column that uses a sequence object in the default constraint must be present in the target columns list, if the same sequence object appears in a row constructor.");
        templates[11738] = new(15, "The use of NEXT VALUE FOR function is not allowed in this context.");
        templates[11742] = new(15, "NEXT VALUE FOR function can only be used with MERGE if it is defined within a default constraint on the target table for insert actions.");
        templates[16934] = new(10, "Optimistic concurrency check failed. The row was modified outside of this cursor.");
        templates[8180] = new(16, "Statement(s) could not be prepared.");
        templates[8705] = new(16, "A DML statement encountered a missing entry in index ID %1 of table ID %2, in the database '%3'.");
    }
}
