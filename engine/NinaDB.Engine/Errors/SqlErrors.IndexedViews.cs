namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    /// <summary>What keeps a view from being indexed.</summary>
    private static void AddIndexedViews(Dictionary<int, Template> templates)
    {
        templates[1901] = new(16, "Cannot create index or statistics '%1' on view '%2' because key column '%3' is imprecise, computed and not persisted. Consider removing reference to column in view index or statistics key or changing column to be precise. If column is computed in base table consider marking it PERSISTED there.");
        templates[1935] = new(16, "Cannot create index. Object '%1' was created with the following SET options off: '%2'.");
        templates[1937] = new(16, "Cannot create %1 on view '%2' because it references another view '%3'. Consider expanding referenced view's definition by hand in indexed view definition.");
        templates[1939] = new(16, "Cannot create %1 on view '%2' because the view is not schema bound.");
        templates[1940] = new(16, "Cannot create %1 on view '%2'. It does not have a unique clustered index.");
        templates[1941] = new(16, "Cannot create nonunique clustered index on view '%1' because only unique clustered indexes are allowed. Consider creating unique clustered index instead.");
        templates[1942] = new(16, "Cannot create %1 on view '%2'. It contains text, ntext, image, FILESTREAM or xml columns.");
        templates[1947] = new(16, "Cannot create %1 on view \"%2\". The view contains a self join on \"%3\".");
        templates[1949] = new(16, "Cannot create %1 on view '%2'. The function '%3' yields nondeterministic results. Use a deterministic system function, or modify the user-defined function to return deterministic results.");
        templates[1956] = new(16, "Cannot create %1 on the '%2' view because it uses the nondeterministic user-defined function '%3'. Remove the reference to the function, or make it deterministic.");
        templates[1962] = new(16, "Cannot create %1 on view '%2' because column '%3' that is referenced by the view in the WHERE or GROUP BY clause is imprecise. Consider eliminating the column from the view, or altering the column to be precise.");
        templates[1964] = new(16, "Cannot create %1 on view \"%2\". The view contains an imprecise constant.");
        templates[1985] = new(16, "Cannot create %1 on view '%2'. It contains one or more XML data type methods.");
        templates[1990] = new(16, "Cannot define an index on a view with ignore_dup_key index option. Remove ignore_dup_key option and verify that view definition does not allow duplicates, or do not index view.");
        templates[8171] = new(16, "Hint '%1' on object '%2' is invalid.");
        templates[8646] = new(21, "Unable to find index entry in index ID %1, of table %2, in database '%3'. The indicated index is corrupt or there is a problem with the current update plan. Run DBCC CHECKDB or DBCC CHECKTABLE. If the problem persists, contact product support.");
        templates[8660] = new(16, "Cannot create the clustered index \"%1\" on view \"%2\" because the select list of the view definition does not include all columns in the GROUP BY clause. Consider adding these columns to the select list.");
        templates[8661] = new(16, "Cannot create the clustered index \"%1\" on view \"%2\" because the index key includes columns that are not in the GROUP BY clause. Consider eliminating columns that are not in the GROUP BY clause from the index key.");
        templates[8662] = new(16, "Cannot create the clustered index \"%1\" on view \"%2\" because the view references an unknown value (SUM aggregate of nullable expression). Consider referencing only non-nullable values in SUM. ISNULL() may be useful for this.");
        templates[8668] = new(16, "Cannot create the clustered index '%1' on view '%2' because the select list of the view contains an expression on result of aggregate function or grouping column. Consider removing expression on result of aggregate function or grouping column from select list.");
        templates[10100] = new(16, "Cannot create %1 on view \"%2\" because it contains the DISTINCT keyword. Consider removing DISTINCT from the view or not indexing the view. Alternatively, consider replacing DISTINCT with GROUP BY or COUNT_BIG(*) to simulate DISTINCT on grouping columns.");
        templates[10101] = new(16, "Cannot create %1 on view \"%2\" because it contains the TOP or OFFSET keyword. Consider removing the TOP or OFFSET or not indexing the view.");
        templates[10102] = new(16, "Cannot create %1 on view \"%2\" because it contains the TABLESAMPLE clause. Consider removing TABLESAMPLE or not indexing the view.");
        templates[10103] = new(16, "Cannot create %1 on view \"%2\" because it uses OPENROWSET, OPENQUERY, or OPENDATASOURCE. Consider not indexing the view, or eliminating OPENQUERY, OPENROWSET, and OPENDATASOURCE.");
        templates[10105] = new(16, "Cannot create %1 on view \"%2\" because it uses the OPENXML rowset provider. Consider removing OPENXML or not indexing the view.");
        templates[10109] = new(16, "Cannot create %1 on view \"%2\" because it references derived table \"%3\" (defined by SELECT statement in FROM clause). Consider removing the reference to the derived table or not indexing the view.");
        templates[10110] = new(16, "Cannot create %1 on view \"%2\" because it contains an OUTER APPLY. Consider not indexing the view, or removing OUTER APPLY.");
        templates[10112] = new(16, "Cannot create %1 on view '%2' because it contains an INNER join that specifies a join hint. Consider removing the join hint.");
        templates[10113] = new(16, "Cannot create %1 on view \"%2\" because it uses a LEFT, RIGHT, or FULL OUTER join, and no OUTER joins are allowed in indexed views. Consider using an INNER join instead.");
        templates[10114] = new(16, "Cannot create %1 on view \"%2\" because it uses the PIVOT operator. Consider not indexing this view.");
        templates[10115] = new(16, "Cannot create %1 on view \"%2\" because it uses the UNPIVOT operator. Consider not indexing this view.");
        templates[10116] = new(16, "Cannot create %1 on view '%2' because it contains one or more UNION, INTERSECT, or EXCEPT operators. Consider creating a separate indexed view for each query that is an input to the UNION, INTERSECT, or EXCEPT operators of the original view.");
        templates[10119] = new(16, "Cannot create %1 on view \"%2\" because it contains a CUBE, ROLLUP, or GROUPING SETS operator. Consider not indexing this view.");
        templates[10121] = new(16, "Cannot create %1 on view \"%2\" because it contains a HAVING clause. Consider removing the HAVING clause.");
        templates[10125] = new(16, "Cannot create %1 on view \"%2\" because it uses aggregate \"%3\". Consider eliminating the aggregate, not indexing the view, or using alternate aggregates. For example, for AVG substitute SUM and COUNT_BIG, or for COUNT, substitute COUNT_BIG.");
        templates[10126] = new(16, "Cannot create %1 on view \"%2\" because it uses aggregate \"%3\" with the DISTINCT keyword. Consider not indexing this view or eliminating DISTINCT. Consider use of a GROUP BY or COUNT_BIG(*) view to simulate DISTINCT on grouping columns.");
        templates[10127] = new(16, "Cannot create %1 on view \"%2\" because it contains one or more subqueries. Consider changing the view to use only joins instead of subqueries. Alternatively, consider not indexing this view.");
        templates[10129] = new(16, "Cannot create %1 on view \"%2\" because it references the inline or multistatement table-valued function \"%3\". Consider expanding the function definition by hand in the view definition, or not indexing the view.");
        templates[10136] = new(16, "Cannot create %1 on view \"%2\" because it uses the aggregate COUNT. Use COUNT_BIG instead.");
        templates[10137] = new(16, "Cannot create %1 on view \"%2\" because it references common table expression \"%3\". Views referencing common table expressions cannot be indexed. Consider not indexing the view, or removing the common table expression from the view definition.");
        templates[10138] = new(16, "Cannot create %1 on view '%2' because its select list does not include a proper use of COUNT_BIG. Consider adding COUNT_BIG(*) to select list.");
        templates[10140] = new(16, "Cannot create %1 on view '%2' because the view contains a table hint. Consider removing the hint.");
        templates[10142] = new(16, "Cannot create %1 on view \"%2\" because it contains an APPLY. Consider not indexing the view, or removing APPLY.");
        templates[10143] = new(16, "Cannot create %1 on view \"%2\" because it contains a ranking or aggregate window function. Remove the function from the view definition or, alternatively, do not index the view.");
        templates[10147] = new(16, "Cannot create %1 on the view '%2' because it uses temporal FOR SYSTEM_TIME clause.");
        templates[10148] = new(16, "Cannot create %1 on the view '%2' because it uses OPENJSON.");
        templates[10610] = new(16, "Filtered %1 '%2' cannot be created on object '%3' because it is not a user table. Filtered indexes are only supported on tables. If you are trying to create a filtered index on a view, consider creating an indexed view with the filter expression incorporated in the view definition.");
    }
}
