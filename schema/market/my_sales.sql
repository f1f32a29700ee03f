-- One row a sale, refund or usage charge of the session's tenant as a seller: what was paid, the platform's part, and what it got. Not who bought.
CREATE VIEW market.my_sales
AS
SELECT
    n.SalePublicId AS sale_id,
    l.PublicId AS listing_id,
    l.Title AS title,
    n.Kind AS kind,
    n.Amount + p.Amount AS amount,
    p.Amount AS fee,
    n.Amount AS proceeds,
    n.Currency AS currency,
    n.CreatedAt AS created_at
FROM market.SaleEntry AS n
INNER JOIN market.SaleEntry AS p ON p.SaleId = n.SaleId AND p.Account = 'platform'
INNER JOIN market.Listing AS l ON l.ListingId = n.ListingId
WHERE n.Account = 'seller' AND n.TenantId = tenancy.CurrentTenantId();
GO
GRANT SELECT ON OBJECT::market.my_sales TO nina_application;
