-- Version of the vector index over meaning vectors: 0 none, 1 the read-only one of SQL Server 2025, 3 the one that is maintained by DML.
CREATE FUNCTION mqe.VectorIndexVersion
(
)
RETURNS int
WITH EXECUTE AS OWNER -- An application may not know of the table.
AS
BEGIN
    RETURN COALESCE
    (
        (
            SELECT COALESCE(TRY_CAST(JSON_VALUE(v.build_parameters, '$.Version') AS int), 1)
            FROM sys.vector_indexes AS v
            WHERE v.object_id = OBJECT_ID(N'mqe.ComponentVector') AND v.name = N'VX_ComponentVector_Meaning'
        ),
        0
    );
END;
