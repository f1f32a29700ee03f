-- Makes mqe.Model.ContentHash that of the files that a model runs with: SHA-256 over their SHA-256s in order, spare patches left out. Runs in the caller's transaction.
CREATE PROCEDURE mqe.RefreshModelHash
    @ModelId int
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    UPDATE mqe.Model
    SET ContentHash = HASHBYTES
    (
        'SHA2_256',
        (
            SELECT STRING_AGG(CAST(CONVERT(char(64), f.Sha256, 2) AS varchar(max)), '') WITHIN GROUP (ORDER BY f.Ordinal)
            FROM mqe.ModelFile AS f
            WHERE f.ModelId = @ModelId AND f.Kind <> 'spare'
        )
    )
    WHERE ModelId = @ModelId;
END;
