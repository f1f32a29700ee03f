-- Disables a principal in every tenant, or enables it again. While it is disabled it begins no session, and every session that it has is ended.
-- For the platform's administrators. Errors: 50001, 50029.
CREATE PROCEDURE tenancy.DisablePrincipal
    @Oid uniqueidentifier,                 -- Entra object id.
    @Tid uniqueidentifier,                 -- Entra tenant id of its home.
    @Disable bit = 1                       -- 0: enables it again.
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF @Oid IS NULL OR @Tid IS NULL OR @Disable IS NULL
    BEGIN
        THROW 50001, N'@Oid, @Tid and @Disable are required.', 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        UPDATE tenancy.Principal
        SET Status = CASE WHEN @Disable = 1 THEN 'disabled' ELSE 'active' END
        WHERE Oid = @Oid AND Tid = @Tid;
        IF @@ROWCOUNT = 0
        BEGIN
            DECLARE @Error nvarchar(2048) = CONCAT(N'There is no principal ', @Oid, N' of the Entra tenant ', @Tid, N'.');
            THROW 50029, @Error, 1;
        END;

        IF @Disable = 1
        BEGIN
            DELETE FROM tenancy.Session WHERE PrincipalId = (SELECT PrincipalId FROM tenancy.Principal WHERE Oid = @Oid AND Tid = @Tid);
        END;

        DECLARE @Action varchar(60) = CASE WHEN @Disable = 1 THEN 'principal.disable' ELSE 'principal.enable' END, @ObjectName nvarchar(400) = CAST(@Oid AS nvarchar(36));
        EXECUTE ops.WritePlatformAudit @Action = @Action, @ObjectType = 'principal', @ObjectName = @ObjectName, @Outcome = 'success', @Details = NULL;

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
GO
GRANT EXECUTE ON OBJECT::tenancy.DisablePrincipal TO nina_administrator;
