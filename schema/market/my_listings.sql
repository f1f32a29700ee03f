-- One row a listing of the session's tenant, whatever its status, with the terms as they stand now.
CREATE VIEW market.my_listings
AS
SELECT
    l.PublicId AS listing_id,
    l.Title AS title,
    l.Description AS description,
    a.Name AS agent_name,
    a.PublicId AS agent_id,
    l.Status AS status,
    l.Version AS version,
    l.License AS license,
    l.MayReadWeights AS may_read_weights,
    l.PriceModel AS price_model,
    l.Price AS price,
    l.Currency AS currency,
    l.TermDays AS term_days,
    l.CreatedAt AS created_at,
    l.PublishedAt AS published_at,
    l.SuspendedAt AS suspended_at,
    l.SuspendedReason AS suspended_reason,
    r.RatingCount AS rating_count,
    r.RatingSum AS rating_sum,
    CAST(CAST(r.RatingSum AS decimal(19, 6)) / NULLIF(r.RatingCount, 0) AS decimal(7, 6)) AS rating,
    market.InstallCount(l.ListingId) AS install_count
FROM market.Listing AS l
LEFT OUTER JOIN factory.Agent AS a ON a.AgentId = l.AgentId
CROSS APPLY
(
    SELECT COUNT(*) AS RatingCount, ISNULL(SUM(CAST(w.Stars AS int)), 0) AS RatingSum
    FROM market.ListingReview AS w
    WHERE w.ListingId = l.ListingId
) AS r
WHERE l.TenantId = tenancy.CurrentTenantId();
GO
GRANT SELECT ON OBJECT::market.my_listings TO nina_application;
