-- A text as the model's tokens, with the special ones that the model expects around it. Control tokens that are written out in the text stay text.
-- Errors: 50001, 50003, 50020, 50021, 50027, 51xxx.
CREATE PROCEDURE mqe.Tokenize
    @Model nvarchar(200) = NULL,           -- Name or public id of the model; may be left out where the tenant has only one.
    @Text nvarchar(max)                    -- The text.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'viewer', 'model.tokenize', 'model', @Model;

    IF @Text IS NULL OR DATALENGTH(@Text) > 2000000
    BEGIN
        THROW 50001, N'@Text is required, and has at most 1000000 characters.', 1;
    END;

    BEGIN TRY
        DECLARE @ModelId int;
        EXECUTE mqe.FindModel @Model, @ModelId OUTPUT;
        EXECUTE mqe.EnsureSegments @ModelId;

        DECLARE @Manifest nvarchar(max) = mqe.ModelManifest(@ModelId);
        SELECT ordinal AS position, token_id, token, is_special
        FROM clr.Tokenize(@Manifest, @Text)
        ORDER BY ordinal;
    END TRY
    BEGIN CATCH
        IF ERROR_NUMBER() IN (6260, 6522)
        BEGIN
            EXECUTE mqe.ThrowClrError;
        END;

        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON OBJECT::mqe.Tokenize TO nina_application;
