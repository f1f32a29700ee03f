-- Suspends a tenant, or lets it go on. While it is suspended nobody begins a session for it, and every session that there is has ended. Its data stays as it is.
-- For the platform's administrators. Errors: 50001, 50029.
CREATE PROCEDURE tenancy.SuspendTenant
    @Tenant uniqueidentifier,              -- Public id of the tenant: EXECUTE tenancy.ListTenants lists them.
    @Suspend bit = 1                       -- 0: lets it go on.
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF @Tenant IS NULL OR @Suspend IS NULL
    BEGIN
        THROW 50001, N'@Tenant and @Suspend are required.', 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        UPDATE tenancy.Tenant
        SET Status = CASE WHEN @Suspend = 1 THEN 'suspended' ELSE 'active' END
        WHERE PublicId = @Tenant;
        IF @@ROWCOUNT = 0
        BEGIN
            DECLARE @Error nvarchar(2048) = CONCAT(N'There is no tenant ', @Tenant, N'.');
            THROW 50029, @Error, 1;
        END;

        IF @Suspend = 1
        BEGIN
            DELETE FROM tenancy.Session WHERE TenantId = (SELECT TenantId FROM tenancy.Tenant WHERE PublicId = @Tenant);
        END;

        DECLARE @Action varchar(60) = CASE WHEN @Suspend = 1 THEN 'tenant.suspend' ELSE 'tenant.resume' END, @ObjectName nvarchar(400) = CAST(@Tenant AS nvarchar(36));
        EXECUTE ops.WritePlatformAudit @Action = @Action, @ObjectType = 'tenant', @ObjectName = @ObjectName, @Outcome = 'success', @Details = NULL;

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
GRANT EXECUTE ON OBJECT::tenancy.SuspendTenant TO nina_administrator;
