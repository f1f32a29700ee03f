-- A model as the CLR assembly addresses it: a JSON array of its files with the paths that can be mapped, applied patches among them; spare ones left out.
CREATE FUNCTION mqe.ModelManifest
(
    @ModelId int
)
RETURNS nvarchar(max)
AS
BEGIN
    RETURN
    (
        SELECT
            f.Name AS [name],
            f.Kind AS [kind],
            CONVERT(char(64), f.Sha256, 2) AS [sha256],
            mqe.SegmentPath(f.ModelId, f.Ordinal) AS [path]
        FROM mqe.ModelFile AS f
        WHERE f.ModelId = @ModelId AND f.Kind <> 'spare'
        ORDER BY f.Ordinal
        FOR JSON PATH
    );
END;
