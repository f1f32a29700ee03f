-- One row an acquisition of the session's tenant. status: in_force, or why it ended.
CREATE VIEW market.my_acquisitions
AS
SELECT
    e.PublicId AS acquisition_id,
    e.ListingPublicId AS listing_id,
    e.Title AS title,
    e.Version AS version,
    a.PublicId AS agent_id,
    a.Name AS agent_name,
    e.MayReadWeights AS may_read_weights,
    e.PriceModel AS price_model,
    e.Price AS price,
    e.Currency AS currency,
    e.GrantedAt AS granted_at,
    e.ExpiresAt AS expires_at,
    e.RevokedAt AS revoked_at,
    e.RefundedAt AS refunded_at,
    CASE
        WHEN e.RevokedAt IS NOT NULL THEN e.RevokedReason
        WHEN e.ExpiresAt <= SYSUTCDATETIME() THEN 'expired'
        ELSE 'in_force'
    END AS status,
    (SELECT COUNT(*) FROM market.Run AS r WHERE r.EntitlementId = e.EntitlementId) AS run_count
FROM market.Entitlement AS e
LEFT OUTER JOIN factory.Agent AS a ON a.AgentId = e.AgentId
WHERE e.TenantId = tenancy.CurrentTenantId();
GO
GRANT SELECT ON OBJECT::market.my_acquisitions TO nina_application;
