-- One row a payment of the session's tenant as a buyer: acquisitions, charges for tokens, and refunds (below zero).
CREATE VIEW market.my_purchases
AS
SELECT
    s.PublicId AS sale_id,
    e.PublicId AS acquisition_id,
    e.Title AS title,
    s.Kind AS kind,
    s.Amount AS amount,
    s.Currency AS currency,
    s.UsageMonth AS usage_month,
    s.CreatedAt AS created_at
FROM market.Sale AS s
INNER JOIN market.Entitlement AS e ON e.EntitlementId = s.EntitlementId
WHERE s.TenantId = tenancy.CurrentTenantId();
GO
GRANT SELECT ON OBJECT::market.my_purchases TO nina_application;
