-- Takes a listing of the session's tenant back: nobody finds or acquires it any more, who holds it keeps it. Errors: 50020, 50021, 50050, 50052.
CREATE PROCEDURE market.Unpublish
    @Listing nvarchar(400)                 -- Title or public id.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'editor', 'listing.unpublish', 'listing', @Listing;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        DECLARE @ListingId int, @Error nvarchar(2048);
        EXECUTE market.FindListing @Listing, @ListingId OUTPUT, @Own = 1;

        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        UPDATE market.Listing SET Status = 'draft' WHERE ListingId = @ListingId AND Status = 'published';
        IF @@ROWCOUNT = 0
        BEGIN
            SET @Error = CONCAT(N'The listing ''', @Listing, N''' is not published.');
            THROW 50052, @Error, 1;
        END;

        DECLARE @Title nvarchar(200), @Data nvarchar(max);
        SELECT @Title = Title, @Data = CONCAT(N'{"listing_id":"', LOWER(PublicId), N'"}')
        FROM market.Listing
        WHERE ListingId = @ListingId;
        EXECUTE ops.RecordAct 'listing.unpublish', 'listing', @Title, 'listing.unpublished', @Details = @Data;

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
GRANT EXECUTE ON OBJECT::market.Unpublish TO nina_application;
