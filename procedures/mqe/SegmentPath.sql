-- The file that the CLR assembly may map for one file of a model: on the embedded host the FILESTREAM file itself (its files are immutable),
-- on SQL Server, which forbids mapping FILESTREAM files, the segment of the same content in the CLR's cache folder.
CREATE FUNCTION mqe.SegmentPath
(
    @ModelId int,
    @Ordinal int
)
RETURNS nvarchar(4000)
AS
BEGIN
    RETURN
    (
        SELECT CASE
            WHEN CAST(SERVERPROPERTY('NinaDBEmbeddedHost') AS int) = 1 THEN f.Content.PathName()
            ELSE clr.SegmentPath(f.Sha256)
        END
        FROM mqe.ModelFile AS f
        WHERE f.ModelId = @ModelId AND f.Ordinal = @Ordinal
    );
END;
