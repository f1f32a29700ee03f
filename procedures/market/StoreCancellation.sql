-- The inner half of market.Cancel: works as the platform, on entitlements of the session's tenant only. Errors: 50058.
CREATE PROCEDURE market.StoreCancellation
    @Acquisition uniqueidentifier
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    UPDATE market.Entitlement
    SET RevokedAt = SYSUTCDATETIME(), RevokedReason = 'cancelled'
    WHERE PublicId = @Acquisition AND TenantId = tenancy.CurrentTenantId() AND RevokedAt IS NULL;
    IF @@ROWCOUNT = 0
    BEGIN
        DECLARE @Error nvarchar(2048) = CONCAT(N'There is no acquisition ''', @Acquisition, N''' in force. market.my_acquisitions lists yours.');
        THROW 50058, @Error, 1;
    END;
END;
