-- Makes a signing key the active one; the one before gets another status, and its private half is erased.
CREATE PROCEDURE safety.AddSigningKey
    @OldStatus varchar(8)                  -- retired or revoked.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END, @PrivateKey varbinary(max) = clr.NewSigningKey();
    BEGIN TRY
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        UPDATE safety.SigningKey WITH (TABLOCKX, HOLDLOCK)
        SET Status = @OldStatus, PrivateKey = NULL, RetiredAt = SYSUTCDATETIME()
        WHERE Status = 'active';

        INSERT INTO safety.SigningKey (KeyId, PublicKeyPem, PrivateKey)
        VALUES (clr.SigningKeyId(@PrivateKey), clr.PublicKeyPem(@PrivateKey), @PrivateKey);

        IF @OwnsTransaction = 1
        BEGIN
            COMMIT TRANSACTION;
        END;
    END TRY
    BEGIN CATCH
        IF @OwnsTransaction = 1 AND XACT_STATE() <> 0
        BEGIN
            ROLLBACK TRANSACTION;
        END;

        THROW;
    END CATCH;
END;
