-- Acquires a published listing for the session's tenant: books the sale and grants the entitlement in one transaction. A second call with the same key gives the same
-- acquisition, whatever happened to the listing since. Result: the acquisition. Errors: 50001, 50020, 50021, 50030, 50050, 50051, 50052, 50054, 50056.
CREATE PROCEDURE market.Acquire
    @Listing nvarchar(400),                -- Public id, or the title where only one published listing has it.
    @Key nvarchar(200),                    -- Of this purchase, made up by the caller: makes retries harmless.
    @MaxPrice decimal(19, 4) = NULL        -- The price that the buyer agreed to; refused when it is higher by now. NULL: any price.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'editor', 'listing.acquire', 'listing', @Listing;

    IF @Listing IS NULL OR @Key IS NULL OR LTRIM(@Key) = N''
    BEGIN
        THROW 50001, N'@Listing and @Key are required.', 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        DECLARE @ListingId int, @Acquisition uniqueidentifier, @IsNew bit = 0, @Error nvarchar(2048), @IsOther bit;
        SELECT
            @Acquisition = e.PublicId,
            @IsOther = CASE WHEN e.Title = @Listing OR CAST(e.ListingPublicId AS nvarchar(36)) = @Listing THEN 0 ELSE 1 END
        FROM market.Sale AS s
        INNER JOIN market.Entitlement AS e ON e.EntitlementId = s.EntitlementId
        WHERE s.TenantId = tenancy.CurrentTenantId() AND s.Kind = 'acquisition' AND s.IdempotencyKey = @Key;
        IF @IsOther = 1
        BEGIN
            SET @Error = CONCAT(N'The key ''', @Key, N''' belongs to the acquisition of another listing.');
            THROW 50054, @Error, 1;
        END;

        IF @Acquisition IS NULL
        BEGIN
            EXECUTE market.FindListing @Listing, @ListingId OUTPUT;

            IF @OwnsTransaction = 1
            BEGIN
                BEGIN TRANSACTION;
            END;

            EXECUTE market.StoreAcquisition @ListingId, @Key, @MaxPrice, @Acquisition OUTPUT, @IsNew OUTPUT;
            IF @IsNew = 1
            BEGIN
                DECLARE @Title nvarchar(200), @Data nvarchar(max);
                SELECT @Title = Title FROM market.Entitlement WHERE PublicId = @Acquisition;
                SET @Data =
                (
                    SELECT
                        LOWER(e.ListingPublicId) AS listing_id, LOWER(e.PublicId) AS acquisition_id, e.Version AS version, e.PriceModel AS price_model, e.Price AS price,
                        e.Currency AS currency
                    FROM market.Entitlement AS e
                    WHERE e.PublicId = @Acquisition
                    FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
                );
                EXECUTE ops.RecordAct 'listing.acquire', 'listing', @Title, 'listing.acquired', @Details = @Data;
            END;

            IF @OwnsTransaction = 1
            BEGIN
                COMMIT TRANSACTION;
            END;
        END;

        SELECT a.acquisition_id, a.listing_id, a.title, a.version, a.agent_id, a.price_model, a.price, a.currency, a.granted_at, a.expires_at, @IsNew AS is_new
        FROM market.my_acquisitions AS a
        WHERE a.acquisition_id = @Acquisition;
    END TRY
    BEGIN CATCH
        IF @OwnsTransaction = 1 AND XACT_STATE() <> 0
        BEGIN
            ROLLBACK TRANSACTION;
        END;

        IF ERROR_NUMBER() IN (2601, 2627)
        BEGIN
            THROW 50054, N'The same purchase is being made by another connection. Try again with the same key.', 1;
        END;

        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON OBJECT::market.Acquire TO nina_application;
