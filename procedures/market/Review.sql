-- Rates a published listing: 1 to 5 stars and a text, by a person who ran the agent under an acquisition of the session's tenant. One a person and listing: a second call
-- changes the first. Whoever belongs to the seller does not rate. Errors: 50001, 50020, 50021, 50050, 50055.
CREATE PROCEDURE market.Review
    @Listing nvarchar(400),                -- Public id, or the title where only one published listing has it.
    @Stars int,                            -- 1 to 5.
    @Text nvarchar(2000) = N''             -- May be empty.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'operator', 'listing.review', 'listing', @Listing;

    IF @Listing IS NULL OR @Stars IS NULL OR @Stars NOT BETWEEN 1 AND 5
    BEGIN
        THROW 50001, N'@Listing is required, and @Stars from 1 to 5.', 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        DECLARE @ListingId int, @TenantId int = tenancy.CurrentTenantId(), @PrincipalId int = tenancy.CurrentPrincipalId(), @Error nvarchar(2048), @Title nvarchar(200), @Version int;
        EXECUTE market.FindListing @Listing, @ListingId OUTPUT;
        SELECT @Title = Title, @Version = Version FROM market.Listing WHERE ListingId = @ListingId;

        IF market.IsSeller(@ListingId, @PrincipalId) = 1 OR EXISTS (SELECT 1 FROM market.Listing WHERE ListingId = @ListingId AND TenantId = @TenantId)
        BEGIN
            SET @Error = CONCAT(N'The listing ''', @Title, N''' cannot be rated by its author, nor by people of its seller.');
            THROW 50055, @Error, 1;
        END;

        IF NOT EXISTS
        (
            SELECT 1
            FROM market.Entitlement AS e
            INNER JOIN market.Run AS r ON r.EntitlementId = e.EntitlementId AND r.TenantId = e.TenantId
            INNER JOIN ops.UsageEvent AS u ON u.TenantId = r.TenantId AND u.EventKey = r.UsageKey
            WHERE e.ListingId = @ListingId AND e.TenantId = @TenantId AND r.PrincipalId = @PrincipalId
        )
        BEGIN
            SET @Error = CONCAT(N'The listing ''', @Title, N''' can be rated only by who acquired it and ran the agent.');
            THROW 50055, @Error, 1;
        END;

        -- The reviews of a published listing are public, so this sees the person's review for another tenant too.
        IF EXISTS (SELECT 1 FROM market.ListingReview WHERE ListingId = @ListingId AND PrincipalId = @PrincipalId AND TenantId <> @TenantId)
        BEGIN
            SET @Error = CONCAT(N'You rated the listing ''', @Title, N''' for another tenant already.');
            THROW 50055, @Error, 1;
        END;

        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        UPDATE market.ListingReview
        SET Stars = @Stars, Text = ISNULL(@Text, N''), Version = @Version, UpdatedAt = SYSUTCDATETIME()
        WHERE ListingId = @ListingId AND PrincipalId = @PrincipalId AND TenantId = @TenantId;
        IF @@ROWCOUNT = 0
        BEGIN
            INSERT INTO market.ListingReview (ListingId, TenantId, PrincipalId, Version, Stars, Text)
            VALUES (@ListingId, @TenantId, @PrincipalId, @Version, @Stars, ISNULL(@Text, N''));
        END;

        EXECUTE ops.RecordAct 'listing.review', 'listing', @Title;

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

        IF ERROR_NUMBER() IN (2601, 2627)
        BEGIN
            THROW 50055, N'The same person is rating the listing on another connection. Try again.', 1;
        END;

        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON OBJECT::market.Review TO nina_application;
