-- Makes a new signing key. What the old one signed stays good, unless it is revoked: then agents that it signed must be exported again.
-- Result: the new key. For the platform's administrators. Errors: 50044.
CREATE PROCEDURE safety.RotateSigningKey
    @RevokeOld bit = 0                     -- 1: the old key may have leaked; nothing that it signed is believed any more.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF ISNULL(IS_ROLEMEMBER(N'nina_administrator'), 0) = 0 AND ISNULL(IS_ROLEMEMBER(N'nina_platform'), 0) = 0 AND ISNULL(IS_ROLEMEMBER(N'db_owner'), 0) = 0
    BEGIN
        THROW 50044, N'Only the platform''s administrators change its signing keys: members of the database role nina_administrator.', 1;
    END;

    DECLARE @OldStatus varchar(8) = CASE WHEN @RevokeOld = 1 THEN 'revoked' ELSE 'retired' END;
    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        EXECUTE safety.AddSigningKey @OldStatus;
        DECLARE @Details nvarchar(max) = CONCAT(N'{"old_key":"', @OldStatus, N'"}');
        EXECUTE ops.RecordAudit @Action = 'signing_key.rotate', @ObjectType = 'signing_key', @ObjectName = N'platform', @Details = @Details;
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

    SELECT key_id, public_key FROM safety.signing_keys WHERE status = 'active';
END;
GO
GRANT EXECUTE ON OBJECT::safety.RotateSigningKey TO nina_administrator;
