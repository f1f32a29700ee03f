-- The file that the CLR assembly may map for the vectors of a model; NULL where it has none. See mqe.SegmentPath.
CREATE FUNCTION mqe.VectorSegmentPath
(
    @ModelId int,
    @Kind varchar(7)
)
RETURNS nvarchar(4000)
AS
BEGIN
    RETURN
    (
        SELECT CASE
            WHEN CAST(SERVERPROPERTY('NinaDBEmbeddedHost') AS int) = 1 THEN v.Content.PathName()
            ELSE clr.SegmentPath(v.Sha256)
        END
        FROM mqe.VectorSegment AS v
        WHERE v.ModelId = @ModelId AND v.Kind = @Kind
    );
END;
