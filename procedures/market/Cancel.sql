-- Gives an acquisition back without a refund: the right to run the agent ends at once. Errors: 50001, 50020, 50021, 50058.
CREATE PROCEDURE market.Cancel
    @Acquisition uniqueidentifier          -- acquisition_id of market.my_acquisitions.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Name nvarchar(400) = CAST(@Acquisition AS nvarchar(36));
    EXECUTE tenancy.RequireRole 'editor', 'listing.cancel', 'acquisition', @Name;

    IF @Acquisition IS NULL
    BEGIN
        THROW 50001, N'@Acquisition is required.', 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        EXECUTE market.StoreCancellation @Acquisition;
        DECLARE @Title nvarchar(200) = (SELECT Title FROM market.Entitlement WHERE PublicId = @Acquisition AND TenantId = tenancy.CurrentTenantId());
        EXECUTE ops.RecordAct 'listing.cancel', 'acquisition', @Title;

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
GRANT EXECUTE ON OBJECT::market.Cancel TO nina_application;
