-- The text of a model's tokens. Control tokens vanish; bytes that are no UTF-8 become U+FFFD.
-- Errors: 50001, 50003, 50020, 50021, 50027, 51xxx.
CREATE PROCEDURE mqe.Detokenize
    @Model nvarchar(200) = NULL,           -- Name or public id of the model; may be left out where the tenant has only one.
    @Tokens nvarchar(max)                  -- Token ids as a JSON array: N'[1, 506, 576]'.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'viewer', 'model.detokenize', 'model', @Model;

    IF @Tokens IS NULL OR DATALENGTH(@Tokens) > 20000000 OR ISJSON(@Tokens, ARRAY) = 0
    BEGIN
        THROW 50001, N'@Tokens is required: a JSON array of token ids, at most 10000000 characters long.', 1;
    END;

    BEGIN TRY
        DECLARE @ModelId int;
        EXECUTE mqe.FindModel @Model, @ModelId OUTPUT;
        EXECUTE mqe.EnsureSegments @ModelId;

        DECLARE @Manifest nvarchar(max) = mqe.ModelManifest(@ModelId);
        SELECT clr.Detokenize(@Manifest, @Tokens) AS text;
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
GRANT EXECUTE ON OBJECT::mqe.Detokenize TO nina_application;
