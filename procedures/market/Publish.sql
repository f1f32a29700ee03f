-- Offers a listing of the session's tenant to everybody, with the terms and verified facts as they are now; for a published one, after the agent was changed and
-- verified again. Result: the listing. Errors: 50020, 50021, 50050, 50051, 50052.
CREATE PROCEDURE market.Publish
    @Listing nvarchar(400)                 -- Title or public id.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'editor', 'listing.publish', 'listing', @Listing;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        DECLARE @ListingId int, @Title nvarchar(200), @Status varchar(10), @Reason nvarchar(1000), @Version int, @Error nvarchar(2048);
        EXECUTE market.FindListing @Listing, @ListingId OUTPUT, @Own = 1;

        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        UPDATE market.Listing SET Version = Version WHERE ListingId = @ListingId;
        SELECT @Title = Title, @Status = Status, @Reason = SuspendedReason
        FROM market.Listing
        WHERE ListingId = @ListingId;
        IF @Status = 'suspended'
        BEGIN
            SET @Error = CONCAT(N'The listing ''', @Title, N''' was taken down by the platform: ', @Reason);
            THROW 50052, @Error, 1;
        END;

        EXECUTE market.StoreVersion @ListingId, @Version OUTPUT;
        UPDATE market.Listing
        SET Status = 'published', PublishedAt = CASE WHEN Status = 'published' THEN PublishedAt ELSE SYSUTCDATETIME() END
        WHERE ListingId = @ListingId;

        DECLARE @Data nvarchar(max) =
        (
            SELECT LOWER(l.PublicId) AS listing_id, v.Version AS version, v.PriceModel AS price_model, v.Price AS price, v.Currency AS currency, v.License AS license
            FROM market.Listing AS l
            INNER JOIN market.ListingVersion AS v ON v.ListingId = l.ListingId AND v.Version = @Version
            WHERE l.ListingId = @ListingId
            FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
        );
        EXECUTE ops.RecordAct 'listing.publish', 'listing', @Title, 'listing.published', @Details = @Data;

        IF @OwnsTransaction = 1
        BEGIN
            COMMIT TRANSACTION;
        END;

        SELECT l.listing_id, l.title, l.status, l.version
        FROM market.my_listings AS l
        INNER JOIN market.Listing AS k ON k.PublicId = l.listing_id
        WHERE k.ListingId = @ListingId;
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
GRANT EXECUTE ON OBJECT::market.Publish TO nina_application;
