-- Books sales in the ledger: the buyer's debit, the seller's credit, the platform's fee; they sum to zero by construction. Inner procedure: one sale, or all usage charges
-- of a month that have no entries yet.
CREATE PROCEDURE market.BookSales
    @SaleId bigint = NULL,
    @UsageMonth date = NULL
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    INSERT INTO market.SaleEntry (SaleId, Account, TenantId, SalePublicId, ListingId, Kind, Amount, Currency, CreatedAt)
    SELECT s.SaleId, x.Account, x.TenantId, s.PublicId, e.ListingId, s.Kind, x.Amount, s.Currency, s.CreatedAt
    FROM market.Sale AS s
    INNER JOIN market.Entitlement AS e ON e.EntitlementId = s.EntitlementId
    INNER JOIN market.Listing AS l ON l.ListingId = e.ListingId
    CROSS APPLY
    (
        VALUES
            ('buyer', s.TenantId, -s.Amount),
            ('seller', l.TenantId, s.Amount - s.Fee),
            ('platform', l.TenantId, s.Fee)
    ) AS x(Account, TenantId, Amount)
    WHERE (s.SaleId = @SaleId OR (s.Kind = 'usage' AND s.UsageMonth = @UsageMonth))
        AND NOT EXISTS (SELECT 1 FROM market.SaleEntry AS b WHERE b.SaleId = s.SaleId);
END;
