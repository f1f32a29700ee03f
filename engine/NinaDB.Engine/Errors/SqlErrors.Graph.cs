namespace NinaDB.Engine.Errors;

/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/errors-events/database-engine-events-and-errors-13000-to-13999.</remarks>
public static partial class SqlErrors
{
    private static void AddGraph(Dictionary<int, Template> templates)
    {
        templates[13900] = new(16, "Identifier '%1' in a MATCH clause could not be bound.");
        templates[13901] = new(16, "Identifier '%1' in a MATCH clause is not a node table or an alias for a node table.");
        templates[13902] = new(16, "Identifier '%1' in a MATCH clause is not an edge table or an alias for an edge table.");
        templates[13903] = new(16, "Edge table '%1' used in more than one MATCH pattern.");
        templates[13905] = new(16, "A MATCH clause may not be directly combined with other expressions using OR or NOT.");
        templates[13906] = new(16, "Node table name or alias '%1' marked as FOR PATH cannot be used outside the recursive section of a SHORTEST_PATH clause except in a LAST_NODE function.");
        templates[13907] = new(16, "Cannot modify permissions for graph column '%1'.");
        templates[13908] = new(16, "Cannot access internal graph column '%1'.");
        templates[13909] = new(16, "The internal graph column '%1' cannot be added to an index; use pseudocolumn '%2' instead.");
        templates[13913] = new(16, "Internal graph columns cannot be altered.");
        templates[13914] = new(16, "Cannot create a node or edge table as a temporary table.");
        templates[13916] = new(16, "The graph column '%1' cannot be used as a non-key column in an index or as a partitioning column.");
        templates[13918] = new(16, "Adding constraint to column '%1' of a node or edge table is not allowed.");
        templates[13920] = new(16, "Identifier '%1' in a MATCH clause is used with a JOIN clause or APPLY operator. JOIN and APPLY are not supported with MATCH clauses.");
        templates[13921] = new(16, "JSON data for INSERT/UPDATE of graph pseudocolumn '%1' is malformed.");
        templates[13925] = new(16, "Cannot drop or disable index or constraint '%1' because the last unique index or constraint on '%2' cannot be dropped or disabled.");
        templates[13927] = new(16, "Change Data Capture is not supported for node or edge table '%1'.");
        templates[13929] = new(16, "The pseudocolumn '%1' cannot be part of an index unless the index is on a node or edge table that contains that pseudocolumn.");
        templates[13930] = new(16, "Edge constraint cannot be created on table '%1'. The table is not an edge table.");
        templates[13931] = new(16, "Edge constraint '%1' references invalid table '%2'. Table could not be found.");
        templates[13932] = new(16, "Cross-database edge constraints are not supported.");
        templates[13933] = new(16, "Edge constraint must reference node tables.");
        templates[13934] = new(16, "Could not drop node table '%1' because it is referenced by an edge constraint.");
        templates[13942] = new(16, "The initial recursive quantifier must be 1: {1, ... }.");
        templates[13943] = new(16, "The final recursive quantifier must be greater than the initial recursive quantifier.");
        templates[13944] = new(16, "Cannot truncate table '%1' because it is being referenced by an EDGE constraint.");
        templates[13946] = new(16, "Cannot create a foreign key constraint referencing the $node_id or $edge_id column of a graph table.");
        templates[13947] = new(16, "Merge statements containing a MATCH clause do not support derived tables or views in the MATCH clause.");
        templates[13948] = new(16, "The table name or alias '%1' must be marked as FOR PATH to be used in the recursive section of a SHORTEST_PATH clause.");
        templates[13949] = new(16, "The table name or alias '%1' was marked as FOR PATH but was not used in the recursive section of a SHORTEST_PATH clause.");
        templates[13950] = new(16, "Node table name or alias '%1' was used more than once in a SHORTEST_PATH recursive section.");
        templates[13951] = new(16, "Aggregate function '%1' is not supported with WITHIN GROUP (GRAPH PATH).");
        templates[13952] = new(16, "No columns in the aggregate '%1' WITHIN GROUP(GRAPH PATH) reference a recursive path.");
        templates[13953] = new(16, "Columns in the aggregate '%1' WITHIN GROUP(GRAPH PATH) reference more than one recursive path.");
        templates[13954] = new(16, "Identifier '%1' in aggregate '%2' WITHIN GROUP(GRAPH PATH) is not referencing a recursive path and cannot be used.");
        templates[13955] = new(16, "Recursive MATCH queries cannot be used in a table-valued function.");
        templates[13956] = new(16, "Recursive MATCH queries cannot be used on the right side of APPLY.");
        templates[13957] = new(16, "Recursive MATCH queries cannot be used in subqueries.");
        templates[13960] = new(16, "Cannot define edge constraint '%1' with cascaded DELETE on table '%2' because the table has an INSTEAD OF DELETE TRIGGER defined on it.");
        templates[13961] = new(16, "The alias or identifier '%1' cannot be used in the select list, order by, group by, or having context.");
        templates[13962] = new(16, "The alias or identifier '%1' is not the last node in a shortest path pattern. Only the last node in the path can be used with LAST_NODE().");
        templates[13964] = new(16, "The two aliases '%1' and '%2' refer to different underlying objects in a LAST_NODE equality expression.");
        templates[13965] = new(16, "The table name or alias '%1' must use the LAST_NODE function to reference the last node in a shortest_path expression.");
        templates[13966] = new(16, "A recursive quantifier expression exceeds the limit of %1. Consider the '+' syntax instead.");
        templates[13968] = new(16, "An explicit DROP INDEX is not allowed on index '%1'. It is being used for edge constraint enforcement.");
        templates[13970] = new(16, "Change Feed is not supported for node or edge table '%1'.");
    }
}
