-- Makes a draft that offers an agent of the session's tenant; market.Publish shows it to everybody. Result: the listing.
-- Errors: 50001, 50007, 50020, 50021, 50028, 50053.
CREATE PROCEDURE market.CreateListing
    @Title nvarchar(200),                  -- Unique for the tenant.
    @Agent nvarchar(200),                  -- Name or public id of an agent of the tenant.
    @License nvarchar(100),                -- SPDX identifier, or LicenseRef-...
    @Description nvarchar(4000) = N'',     -- For people.
    @MayReadWeights bit = 0,               -- 1: buyers may peek into and export the weights. Nobody may resell.
    @PriceModel varchar(10) = 'free',      -- free; one_off: @Price once; per_token: @Price for 1,000 tokens.
    @Price decimal(19, 4) = 0,             -- In @Currency.
    @Currency varchar(3) = 'EUR',          -- ISO 4217.
    @TermDays int = 0,                     -- Days that an acquisition lasts; 0: for ever.
    @Listing uniqueidentifier = NULL OUTPUT -- Public id of the listing.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'editor', 'listing.create', 'listing', @Title;
    EXECUTE market.CheckTerms @Title, @License, @PriceModel, @Price, @Currency, @TermDays;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        DECLARE @AgentId int, @Error nvarchar(2048);
        EXECUTE factory.FindAgent @Agent, @AgentId OUTPUT, @Need = 'own';

        IF EXISTS (SELECT 1 FROM market.Listing WHERE TenantId = tenancy.CurrentTenantId() AND Title = @Title)
        BEGIN
            SET @Error = CONCAT(N'A listing titled ''', @Title, N''' exists. Choose another title, or change that one with market.UpdateListing.');
            THROW 50053, @Error, 1;
        END;

        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        SET @Listing = NEWID();
        INSERT INTO market.Listing (PublicId, AuthorPrincipalId, AgentId, Title, Description, License, MayReadWeights, PriceModel, Price, Currency, TermDays)
        VALUES
        (
            @Listing, tenancy.CurrentPrincipalId(), @AgentId, @Title, ISNULL(@Description, N''), @License, ISNULL(@MayReadWeights, 0), @PriceModel, @Price, @Currency,
            NULLIF(@TermDays, 0)
        );
        EXECUTE ops.RecordAct 'listing.create', 'listing', @Title;

        IF @OwnsTransaction = 1
        BEGIN
            COMMIT TRANSACTION;
        END;

        SELECT listing_id, title, status
        FROM market.my_listings
        WHERE listing_id = @Listing;
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
GRANT EXECUTE ON OBJECT::market.CreateListing TO nina_application;
