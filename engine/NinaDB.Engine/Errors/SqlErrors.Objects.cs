namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    /// <summary>Partition switching, statistics, trigger order, partition functions and schemes, aggregates.</summary>
    private static void AddObjects(Dictionary<int, Template> templates)
    {
        templates[1731] = new(16, "Cannot create the sparse column '%1' in the table '%2' because an option or data type specified is not valid. A sparse column must be nullable and cannot have the ROWGUIDCOL, IDENTITY, or FILESTREAM properties. A sparse column cannot be of the following data types: text, ntext, image, geometry, geography, or user-defined type.");
        templates[1791] = new(16, "A DEFAULT constraint cannot be created on the column '%1' in the table '%2' because the column is a sparse column or sparse column set. Sparse columns or sparse column sets cannot have a DEFAULT constraint.");
        templates[1756] = new(10, "Skipping FOREIGN KEY constraint '%1' definition for temporary table. FOREIGN KEY constraints are not enforced on local or global temporary tables.");
        templates[1787] = new(16, "Cannot define foreign key constraint '%1' with cascaded DELETE or UPDATE on table '%2' because the table has an INSTEAD OF DELETE or UPDATE TRIGGER defined on it.");
        templates[315] = new(16, "Index \"%1\" on table \"%2\" (specified in the FROM clause) is disabled or resides in a filegroup which is not online.");
        templates[1979] = new(16, "Cannot use index option ignore_dup_key to alter index '%1' as it enforces a primary or unique constraint.");
        templates[1999] = new(16, "Column '%1' in table '%2' is of a type that is invalid for use as included column in an index.");
        templates[10618] = new(16, "Cannot %1 filtered index '%2' on table '%3' because the statement sets the IGNORE_DUP_KEY option to ON. Rewrite the statement so that it does not use the IGNORE_DUP_KEY option.");
        templates[1927] = new(16, "There are already statistics on table '%1' named '%2'.");
        templates[2767] = new(16, "Could not locate statistics '%1' in the system catalogs.");
        templates[3739] = new(11, "Cannot %1 the index '%2' because it is not a statistics collection.");
        templates[4905] = new(16, "ALTER TABLE SWITCH statement failed. The target table '%1' must be empty.");
        templates[4904] = new(16, "ALTER TABLE SWITCH statement failed. The specified partition %1 of target table '%2' must be empty.");
        templates[4911] = new(16, "Cannot specify a partitioned table without partition number in ALTER TABLE SWITCH statement. The table '%1' is partitioned.");
        templates[4942] = new(16, "ALTER TABLE SWITCH statement failed because column '%1' at ordinal %2 in table '%3' has a different name than the column '%4' at the same ordinal in table '%5'.");
        templates[4943] = new(16, "ALTER TABLE SWITCH statement failed because table '%1' has %2 columns and table '%3' has %4 columns.");
        templates[4944] = new(16, "ALTER TABLE SWITCH statement failed because column '%1' has data type %2 in source table '%3' which is different from its type %4 in target table '%5'.");
        templates[4945] = new(16, "ALTER TABLE SWITCH statement failed because column '%1' does not have the same collation in tables '%2' and '%3'.");
        templates[4947] = new(16, "ALTER TABLE SWITCH statement failed. There is no identical index in source table '%1' for the index '%2' in target table '%3' .");
        templates[4949] = new(16, "ALTER TABLE SWITCH statement failed because the object '%1' is not a user defined table.");
        templates[4950] = new(16, "ALTER TABLE SWITCH statement failed because partition number %1 does not exist in table '%2'.");
        templates[4955] = new(16, "ALTER TABLE SWITCH statement failed. The source table '%1' and target table '%2' are same.");
        templates[4965] = new(16, "ALTER TABLE SWITCH statement failed. Column '%1' in table '%2' is computed column but the same column in '%3' is not computed.");
        templates[4967] = new(16, "ALTER TABLE SWITCH statement failed. SWITCH is not allowed because source table '%1' contains primary key for constraint '%2'.");
        templates[4968] = new(16, "ALTER TABLE SWITCH statement failed. Target table '%1' has foreign key for constraint '%2' but source table '%3' does not have corresponding key.");
        templates[4970] = new(16, "ALTER TABLE SWITCH statement failed. Target table '%1' has a table level check constraint '%2' but the source table '%3' does not have a corresponding constraint.");
        templates[4971] = new(16, "ALTER TABLE SWITCH statement failed. Target table '%1' has a column level check constraint '%2' but the source table '%3' does not have a corresponding constraint.");
        templates[4982] = new(16, "ALTER TABLE SWITCH statement failed. Check constraints of source table '%1' allow values that are not allowed by range defined by partition %2 on target table '%3'.");
        templates[4985] = new(16, "ALTER TABLE SWITCH statement failed because column '%1' does not have the same nullability attribute in tables '%2' and '%3'.");
        templates[7704] = new(16, "The type '%1' is not valid for this operation.");
        templates[7705] = new(16, "Could not implicitly convert range values type specified at ordinal %1 to partition function parameter type.");
        templates[7706] = new(16, "Partition function '%1' is being used by one or more partition schemes.");
        templates[7707] = new(16, "The associated partition function '%1' generates more partitions than there are file groups mentioned in the scheme '%2'.");
        templates[7708] = new(16, "Duplicate range boundary values are not allowed in partition function boundary values list. Partition boundary values at ordinal %1 and %2 are equal.");
        templates[7709] = new(10, "Warning: Range value list for partition function '%1' is not sorted by value. Mapping of partitions to filegroups during CREATE PARTITION SCHEME will use the sorted boundary values if the function '%1' is referenced in CREATE PARTITION SCHEME.");
        templates[7710] = new(16, "Warning: The partition scheme '%1' does not have any next used filegroup. Partition scheme has not been changed.");
        templates[7715] = new(16, "The specified partition range value could not be found.");
        templates[7717] = new(16, "The partition scheme \"%1\" is currently being used to partition one or more tables.");
        templates[7721] = new(16, "Duplicate range boundary values are not allowed in partition function boundary values list. The boundary value being added is already present at ordinal %1 of the boundary value list.");
        templates[7722] = new(16, "Invalid partition number %1 specified for %2 '%3', partition number can range from 1 to %4.");
        templates[7729] = new(16, "Cannot specify partition number in the %1 statement as the %2 '%3' is not partitioned.");
        templates[7726] = new(16, "Partition column '%1' has data type %2 which is different from the partition function '%3' parameter data type %4.");
        templates[1908] = new(16, "Column '%1' is partitioning column of the index '%2'. Partition columns for a unique index must be a subset of the index key.");
        templates[1921] = new(16, "Invalid %1 '%2' specified.");
        templates[2726] = new(16, "Partition function '%1' uses %2 columns which does not match with the number of partition columns used to partition the table or index.");
        templates[15125] = new(16, "Trigger '%1' is not a trigger for '%2'.");
        templates[15130] = new(16, "There already exists a '%1' trigger for '%2'.");
        templates[15133] = new(16, "INSTEAD OF trigger '%1' cannot be associated with an order.");
    }
}
