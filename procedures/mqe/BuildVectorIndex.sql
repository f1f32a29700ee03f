-- Builds the vector index over meaning vectors where the server has vector indexes and there are enough rows; search works without it too, by
-- exact comparison. For the database's administrators: the index covers all tenants. Must not run inside a transaction (error 574 of SQL Server).
CREATE PROCEDURE mqe.BuildVectorIndex
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(N'mqe.ComponentVector') AND name = N'VX_ComponentVector_Meaning')
    BEGIN
        RAISERROR (N'The vector index is already there.', 0, 1) WITH NOWAIT;
        RETURN 0;
    END;

    DECLARE @Count bigint;
    EXECUTE mqe.CountMeaningVectors @Count OUTPUT;
    IF @Count < 100
    BEGIN
        RAISERROR (N'A vector index needs at least 100 vectors; search compares exactly until then.', 0, 1) WITH NOWAIT;
        RETURN 0;
    END;

    IF NOT EXISTS (SELECT 1 FROM sys.database_scoped_configurations WHERE name = N'PREVIEW_FEATURES' AND CAST(value AS int) = 1)
        AND CAST(SERVERPROPERTY('EngineEdition') AS int) <> 5
    BEGIN
        RAISERROR (N'Vector indexes are a preview feature of this server and PREVIEW_FEATURES is off; search compares exactly.', 0, 1) WITH NOWAIT;
        RETURN 0;
    END;

    EXECUTE sys.sp_executesql N'
        CREATE VECTOR INDEX VX_ComponentVector_Meaning ON mqe.ComponentVector (MeaningVector)
        WITH (METRIC = ''cosine'', TYPE = ''DiskANN'');';
    RAISERROR (N'Built the vector index over meaning vectors.', 0, 1) WITH NOWAIT;
END;
GO
GRANT EXECUTE ON OBJECT::mqe.BuildVectorIndex TO nina_administrator;
