-- The inner half of market.Suspend (@Reason) and market.Reinstate (no reason): works as the platform, on a listing of any tenant. Recorded in the platform's audit trail
-- and in the seller's. Errors: 50050, 50052.
CREATE PROCEDURE market.StoreSuspension
    @Listing uniqueidentifier,             -- Public id.
    @Reason nvarchar(1000),                -- NULL: the listing becomes a draft again.
    @RevokeEntitlements bit
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        DECLARE @ListingId int, @SellerTenantId int, @Title nvarchar(200), @Status varchar(10), @Error nvarchar(2048), @Revoked int = 0;
        UPDATE market.Listing SET Version = Version WHERE PublicId = @Listing;
        SELECT @ListingId = ListingId, @SellerTenantId = TenantId, @Title = Title, @Status = Status
        FROM market.Listing
        WHERE PublicId = @Listing;
        IF @ListingId IS NULL
        BEGIN
            SET @Error = CONCAT(N'There is no listing ''', @Listing, N'''.');
            THROW 50050, @Error, 1;
        END;

        IF @Reason IS NULL AND @Status <> 'suspended'
        BEGIN
            SET @Error = CONCAT(N'The listing ''', @Listing, N''' is not suspended.');
            THROW 50052, @Error, 1;
        END;

        UPDATE market.Listing
        SET
            Status = CASE WHEN @Reason IS NULL THEN 'draft' ELSE 'suspended' END,
            SuspendedAt = CASE WHEN @Reason IS NULL THEN NULL ELSE SYSUTCDATETIME() END,
            SuspendedReason = @Reason
        WHERE ListingId = @ListingId;

        IF @RevokeEntitlements = 1
        BEGIN
            UPDATE market.Entitlement
            SET RevokedAt = SYSUTCDATETIME(), RevokedReason = 'takedown'
            WHERE ListingId = @ListingId AND RevokedAt IS NULL;
            SET @Revoked = @@ROWCOUNT;
        END;

        DECLARE @Action varchar(60) = CASE WHEN @Reason IS NULL THEN 'listing.reinstate' ELSE 'listing.suspend' END;
        DECLARE @Details nvarchar(max) =
        (
            SELECT LOWER(@Listing) AS listing_id, @Reason AS reason, @Revoked AS revoked_entitlements
            FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
        );
        EXECUTE ops.WriteAudit 0, NULL, @Action, 'listing', @Title, 'success', @Details;
        EXECUTE ops.WriteAudit @SellerTenantId, NULL, @Action, 'listing', @Title, 'success', @Details;
        IF @Status = 'published'
        BEGIN
            EXECUTE ops.WriteEvent @SellerTenantId, 'listing.unpublished', @Title, @Details;
        END;

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
