-- Changes the terms of a listing of the session's tenant; what is left NULL stays. A published listing gets a new version at once; what others acquired keeps the
-- terms that were agreed. Result: the listing. Errors: 50001, 50007, 50020, 50021, 50028, 50050, 50051, 50053.
CREATE PROCEDURE market.UpdateListing
    @Listing nvarchar(400),                -- Title or public id.
    @Title nvarchar(200) = NULL,           -- New title.
    @Agent nvarchar(200) = NULL,           -- Another agent of the tenant.
    @License nvarchar(100) = NULL,         -- SPDX identifier, or LicenseRef-...
    @Description nvarchar(4000) = NULL,    -- For people.
    @MayReadWeights bit = NULL,            -- 1: buyers may peek into and export the weights.
    @PriceModel varchar(10) = NULL,        -- free, one_off or per_token.
    @Price decimal(19, 4) = NULL,          -- In @Currency.
    @Currency varchar(3) = NULL,           -- ISO 4217.
    @TermDays int = NULL                   -- Days that an acquisition lasts; 0: for ever.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'editor', 'listing.update', 'listing', @Listing;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        DECLARE @ListingId int, @AgentId int, @Status varchar(10), @Version int, @Error nvarchar(2048);
        EXECUTE market.FindListing @Listing, @ListingId OUTPUT, @Own = 1;
        IF @Agent IS NOT NULL
        BEGIN
            EXECUTE factory.FindAgent @Agent, @AgentId OUTPUT, @Need = 'own';
        END;

        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        -- Takes the row before its terms are read: acts on one listing happen one after another.
        UPDATE market.Listing SET Version = Version WHERE ListingId = @ListingId;
        SELECT
            @Title = ISNULL(@Title, Title),
            @AgentId = ISNULL(@AgentId, AgentId),
            @License = ISNULL(@License, License),
            @Description = ISNULL(@Description, Description),
            @MayReadWeights = ISNULL(@MayReadWeights, MayReadWeights),
            @Price = CASE WHEN @Price IS NOT NULL THEN @Price WHEN @PriceModel = 'free' THEN 0 ELSE Price END,
            @PriceModel = ISNULL(@PriceModel, PriceModel),
            @Currency = ISNULL(@Currency, Currency),
            @TermDays = ISNULL(@TermDays, ISNULL(TermDays, 0)),
            @Status = Status
        FROM market.Listing
        WHERE ListingId = @ListingId;
        EXECUTE market.CheckTerms @Title, @License, @PriceModel, @Price, @Currency, @TermDays;

        IF EXISTS (SELECT 1 FROM market.Listing WHERE TenantId = tenancy.CurrentTenantId() AND Title = @Title AND ListingId <> @ListingId)
        BEGIN
            SET @Error = CONCAT(N'A listing titled ''', @Title, N''' exists. Choose another title.');
            THROW 50053, @Error, 1;
        END;

        UPDATE market.Listing
        SET
            Title = @Title, AgentId = @AgentId, License = @License, Description = @Description, MayReadWeights = @MayReadWeights,
            PriceModel = @PriceModel, Price = @Price, Currency = @Currency, TermDays = NULLIF(@TermDays, 0)
        WHERE ListingId = @ListingId;

        IF @Status = 'published'
        BEGIN
            EXECUTE market.StoreVersion @ListingId, @Version OUTPUT;
        END;

        EXECUTE ops.RecordAct 'listing.update', 'listing', @Title;

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
GRANT EXECUTE ON OBJECT::market.UpdateListing TO nina_application;
