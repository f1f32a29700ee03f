-- The inner half of market.Refund: works as the platform, after the caller's right was checked, in the caller's transaction. Errors: 50058.
CREATE PROCEDURE market.StoreRefund
    @Sale uniqueidentifier                 -- Public id of an acquisition's sale.
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Now datetime2(3) = SYSUTCDATETIME(), @SaleId bigint, @BuyerTenantId int, @EntitlementId int, @Title nvarchar(200), @Error nvarchar(2048);
    SELECT @SaleId = s.SaleId, @BuyerTenantId = s.TenantId, @EntitlementId = s.EntitlementId, @Title = e.Title
    FROM market.Sale AS s
    INNER JOIN market.Entitlement AS e ON e.EntitlementId = s.EntitlementId
    WHERE s.PublicId = @Sale AND s.Kind = 'acquisition';

    -- One statement refunds at most once, however many ask at the same time.
    UPDATE market.Entitlement
    SET
        RefundedAt = @Now,
        RevokedReason = CASE WHEN RevokedAt IS NULL THEN 'refunded' ELSE RevokedReason END,
        RevokedAt = ISNULL(RevokedAt, @Now)
    WHERE EntitlementId = @EntitlementId AND RefundedAt IS NULL;
    IF @@ROWCOUNT = 0
    BEGIN
        SET @Error = CONCAT(N'There is no sale ''', @Sale, N''' that can be refunded. market.my_sales lists yours.');
        THROW 50058, @Error, 1;
    END;

    INSERT INTO market.Sale (TenantId, EntitlementId, Kind, IdempotencyKey, Amount, FeeRate, Fee, Currency, RefundOf, CreatedAt)
    SELECT TenantId, EntitlementId, 'refund', CAST(PublicId AS nvarchar(36)), -Amount, FeeRate, -Fee, Currency, SaleId, @Now
    FROM market.Sale
    WHERE SaleId = @SaleId;
    DECLARE @RefundId bigint = CAST(SCOPE_IDENTITY() AS bigint);
    EXECUTE market.BookSales @SaleId = @RefundId;

    DECLARE @Data nvarchar(max) =
    (
        SELECT LOWER(e.PublicId) AS acquisition_id, LOWER(e.ListingPublicId) AS listing_id, r.Amount AS amount, r.Currency AS currency
        FROM market.Sale AS r
        INNER JOIN market.Entitlement AS e ON e.EntitlementId = r.EntitlementId
        WHERE r.SaleId = @RefundId
        FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
    );
    EXECUTE ops.WriteEvent @BuyerTenantId, 'listing.refunded', @Title, @Data;
END;
