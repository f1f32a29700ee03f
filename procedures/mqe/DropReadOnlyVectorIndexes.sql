-- The vector index of SQL Server 2025 (its first version) makes its table read-only: before rows change the index goes, and
-- mqe.BuildVectorIndex makes it again. Later versions, and the embedded host, maintain theirs, and nothing is done.
CREATE PROCEDURE mqe.DropReadOnlyVectorIndexes
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(N'mqe.ComponentVector') AND name = N'VX_ComponentVector_Meaning')
        AND mqe.VectorIndexVersion() < 3
    BEGIN
        EXECUTE sys.sp_executesql N'DROP INDEX VX_ComponentVector_Meaning ON mqe.ComponentVector;';
    END;
END;
