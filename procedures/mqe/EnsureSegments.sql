-- Makes sure that every file of a model can be mapped. On the embedded host that is always so; on SQL Server the first use copies each file
-- into the CLR's segment cache, where it is verified against its SHA-256.
CREATE PROCEDURE mqe.EnsureSegments
    @ModelId int
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF CAST(SERVERPROPERTY('NinaDBEmbeddedHost') AS int) = 1
    BEGIN
        RETURN 0;
    END;

    DECLARE @Ordinal int = (SELECT MIN(Ordinal) FROM mqe.ModelFile WHERE ModelId = @ModelId);
    DECLARE @Done bit;
    WHILE @Ordinal IS NOT NULL
    BEGIN
        SELECT @Done = clr.MaterializeSegment(f.Sha256, f.Content)
        FROM mqe.ModelFile AS f
        WHERE f.ModelId = @ModelId AND f.Ordinal = @Ordinal AND clr.SegmentExists(f.Sha256, f.ByteLength) = 0;
        SET @Ordinal = (SELECT MIN(Ordinal) FROM mqe.ModelFile WHERE ModelId = @ModelId AND Ordinal > @Ordinal);
    END;

    SELECT @Done = clr.MaterializeSegment(v.Sha256, v.Content)
    FROM mqe.VectorSegment AS v
    WHERE v.ModelId = @ModelId AND clr.SegmentExists(v.Sha256, v.ByteLength) = 0;
END;
