-- The internal key of a listing: by the title of an own one, by public id, or by the title of a published one where only one has it. Drafts and suspended listings
-- of others do not exist for the caller: the same error 50050.
CREATE PROCEDURE market.FindListing
    @Listing nvarchar(400),                -- Title, or public id as text.
    @ListingId int OUTPUT,
    @Own bit = 0                           -- 1: only listings of the session's tenant.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @TenantId int = tenancy.CurrentTenantId();
    DECLARE @PublicId uniqueidentifier = CASE WHEN LEN(@Listing) = 36 THEN TRY_CAST(@Listing AS uniqueidentifier) END;
    SET @ListingId = (SELECT ListingId FROM market.Listing WHERE TenantId = @TenantId AND Title = @Listing);
    IF @ListingId IS NULL
    BEGIN
        SET @ListingId = (SELECT ListingId FROM market.Listing WHERE PublicId = @PublicId AND (TenantId = @TenantId OR (@Own = 0 AND Status = 'published')));
    END;

    IF @ListingId IS NULL AND @Own = 0
    BEGIN
        SELECT @ListingId = MIN(ListingId) FROM market.Listing WHERE Title = @Listing AND Status = 'published' HAVING COUNT(*) = 1;
    END;

    IF @ListingId IS NULL
    BEGIN
        DECLARE @Error nvarchar(2048) = CONCAT(N'There is no listing ''', @Listing, N'''. SELECT listing_id, title FROM market.listings lists what is published.');
        THROW 50050, @Error, 1;
    END;
END;
