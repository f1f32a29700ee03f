-- Verifies an exported agent: signed by a trusted key, and no file altered, removed or added. Result: a row a file. Errors: 50001, 50020, 50021, 50048, 519xx.
CREATE PROCEDURE factory.VerifyBundle
    @Path nvarchar(4000),                  -- Its folder, as the server sees it.
    @PublicKey nvarchar(max) = NULL        -- PEM of the key (or keys) to trust; NULL for those of this database that were not revoked.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    EXECUTE tenancy.RequireRole 'operator', 'bundle.verify', 'bundle', @Path;
    IF @Path IS NULL OR LTRIM(@Path) = N''
    BEGIN
        THROW 50001, N'@Path is required.', 1;
    END;

    SET @PublicKey = ISNULL(@PublicKey, safety.TrustedKeys());
    IF @PublicKey IS NULL
    BEGIN
        THROW 50048, N'This database has no signing key yet, so it trusts none: give @PublicKey.', 1;
    END;

    BEGIN TRY
        SELECT name, byte_length, sha256, key_id
        FROM clr.VerifyBundle(@Path, @PublicKey);
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
GRANT EXECUTE ON OBJECT::factory.VerifyBundle TO nina_application;
