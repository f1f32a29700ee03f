-- The inner half of market.Acquire: works as the platform, for the session's tenant only, in the caller's transaction. Tells the seller, without saying who buys.
-- Errors: 50050, 50051, 50052, 50054, 50056.
CREATE PROCEDURE market.StoreAcquisition
    @ListingId int,
    @Key nvarchar(200),
    @MaxPrice decimal(19, 4),
    @Acquisition uniqueidentifier OUTPUT,  -- Public id of the entitlement.
    @IsNew bit OUTPUT                      -- 0: the key was used before, for this listing.
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    -- The write comes first: it makes acquisitions, changes and takedowns of one listing happen one after another, and what is read below stays true.
    UPDATE market.Listing SET Version = Version WHERE ListingId = @ListingId;

    DECLARE @TenantId int = tenancy.CurrentTenantId(), @Now datetime2(3) = SYSUTCDATETIME(), @Error nvarchar(2048), @HeldListingId int;
    SET @Acquisition = NULL;
    SET @IsNew = 0;
    SELECT @Acquisition = e.PublicId, @HeldListingId = e.ListingId
    FROM market.Sale AS s
    INNER JOIN market.Entitlement AS e ON e.EntitlementId = s.EntitlementId
    WHERE s.TenantId = @TenantId AND s.Kind = 'acquisition' AND s.IdempotencyKey = @Key;
    IF @HeldListingId <> @ListingId
    BEGIN
        SET @Error = CONCAT(N'The key ''', @Key, N''' belongs to the acquisition of another listing.');
        THROW 50054, @Error, 1;
    END;

    IF @Acquisition IS NOT NULL
    BEGIN
        RETURN 0;
    END;

    DECLARE
        @SellerTenantId int, @ListingPublicId uniqueidentifier, @Status varchar(10), @Version int, @Title nvarchar(200), @PriceModel varchar(10), @Price decimal(19, 4),
        @Currency char(3), @TermDays int, @MayReadWeights bit, @AgentId int, @ModelId int, @ModelHash binary(32);
    SELECT
        @SellerTenantId = l.TenantId, @ListingPublicId = l.PublicId, @Status = l.Status, @Version = l.Version, @Title = v.Title, @PriceModel = v.PriceModel,
        @Price = v.Price, @Currency = v.Currency, @TermDays = v.TermDays, @MayReadWeights = v.MayReadWeights, @AgentId = v.AgentId, @ModelId = v.ModelId,
        @ModelHash = v.ModelHash
    FROM market.Listing AS l
    INNER JOIN market.ListingVersion AS v ON v.ListingId = l.ListingId AND v.Version = l.Version
    WHERE l.ListingId = @ListingId;

    IF @SellerTenantId = @TenantId
    BEGIN
        SET @Error = CONCAT(N'The listing ''', @Title, N''' is your own.');
        THROW 50052, @Error, 1;
    END;

    IF @Status IS NULL OR @Status <> 'published'
    BEGIN
        SET @Error = CONCAT(N'There is no listing ''', @ListingPublicId, N'''. SELECT listing_id, title FROM market.listings lists what is published.');
        THROW 50050, @Error, 1;
    END;

    -- The buyer gets what the listing states, or nothing.
    IF NOT EXISTS
    (
        SELECT 1
        FROM factory.Agent AS a
        INNER JOIN mqe.Model AS m ON m.ModelId = a.ModelId
        WHERE a.AgentId = @AgentId AND a.Status = 'verified' AND a.ModelId = @ModelId AND m.ContentHash = @ModelHash
    )
    BEGIN
        SET @Error = CONCAT(N'The agent of the listing ''', @Title, N''' is not any more what was published; its seller has to publish it again.');
        THROW 50051, @Error, 1;
    END;

    IF @Price > @MaxPrice
    BEGIN
        SET @Error = CONCAT(N'The listing ''', @Title, N''' costs ', @Price, N' ', @Currency, N' now, more than the ', @MaxPrice, N' that were agreed to.');
        THROW 50056, @Error, 1;
    END;

    UPDATE market.Entitlement
    SET RevokedAt = ExpiresAt, RevokedReason = 'expired'
    WHERE TenantId = @TenantId AND ListingId = @ListingId AND RevokedAt IS NULL AND ExpiresAt <= @Now;

    IF EXISTS (SELECT 1 FROM market.Entitlement WHERE TenantId = @TenantId AND ListingId = @ListingId AND RevokedAt IS NULL)
    BEGIN
        SET @Error = CONCAT(N'The tenant holds the listing ''', @Title, N''' already: market.my_acquisitions shows it.');
        THROW 50054, @Error, 1;
    END;

    SET @Acquisition = NEWID();
    INSERT INTO market.Entitlement
    (
        PublicId, TenantId, PrincipalId, ListingId, Version, ListingPublicId, AgentId, ModelId, MayReadWeights, Title, PriceModel, Price, Currency, GrantedAt, ExpiresAt
    )
    VALUES
    (
        @Acquisition, @TenantId, tenancy.CurrentPrincipalId(), @ListingId, @Version, @ListingPublicId, @AgentId, @ModelId, @MayReadWeights, @Title, @PriceModel, @Price,
        @Currency, @Now, DATEADD(DAY, @TermDays, @Now)
    );
    DECLARE @EntitlementId int = CAST(SCOPE_IDENTITY() AS int);

    -- Tokens are paid for when they are used.
    DECLARE @Amount decimal(19, 4) = CASE WHEN @PriceModel = 'one_off' THEN @Price ELSE 0 END, @FeeRate decimal(9, 6) = market.FeeRate();
    INSERT INTO market.Sale (TenantId, EntitlementId, Kind, IdempotencyKey, Amount, FeeRate, Fee, Currency, CreatedAt)
    VALUES (@TenantId, @EntitlementId, 'acquisition', @Key, @Amount, @FeeRate, market.Fee(@Amount, @FeeRate), @Currency, @Now);
    DECLARE @SaleId bigint = CAST(SCOPE_IDENTITY() AS bigint);
    EXECUTE market.BookSales @SaleId = @SaleId;

    DECLARE @Data nvarchar(max) =
    (
        SELECT LOWER(@ListingPublicId) AS listing_id, LOWER(s.PublicId) AS sale_id, @Version AS version, s.Amount AS amount, s.Fee AS fee, s.Currency AS currency
        FROM market.Sale AS s
        WHERE s.SaleId = @SaleId
        FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
    );
    EXECUTE ops.WriteEvent @SellerTenantId, 'listing.sold', @Title, @Data;
    SET @IsNew = 1;
END;
