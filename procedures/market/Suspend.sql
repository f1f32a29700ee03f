-- Takes a listing down: nobody finds, acquires or publishes it any more until market.Reinstate. For the platform's administrators. Errors: 50001, 50050, 50059.
CREATE PROCEDURE market.Suspend
    @Listing uniqueidentifier,             -- Public id.
    @Reason nvarchar(1000),                -- Shown to the seller.
    @RevokeEntitlements bit = 0            -- 1: who holds the agent loses it at once; 0: keeps it.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Name nvarchar(400) = CAST(@Listing AS nvarchar(36));
    EXECUTE market.RequireAdministrator 'listing.suspend', @Name;

    IF @Listing IS NULL OR @Reason IS NULL OR LTRIM(@Reason) = N'' OR @RevokeEntitlements IS NULL
    BEGIN
        THROW 50001, N'@Listing, @Reason and @RevokeEntitlements are required.', 1;
    END;

    EXECUTE market.StoreSuspension @Listing, @Reason, @RevokeEntitlements;
END;
GO
GRANT EXECUTE ON OBJECT::market.Suspend TO nina_administrator;
