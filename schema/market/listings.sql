-- One row a published listing of any tenant: the terms and the verified facts of the version on offer. Counts and ratings are counted from entitlements and reviews.
CREATE VIEW market.listings
AS
SELECT
    l.PublicId AS listing_id,
    v.Title AS title,
    v.Description AS description,
    (
        SELECT STRING_AGG(s.Domain, N', ') WITHIN GROUP (ORDER BY s.Domain)
        FROM market.ListingSkill AS s
        WHERE s.ListingId = v.ListingId AND s.Version = v.Version AND s.IsOwnDomain = 1
    ) AS domains,
    v.Version AS version,
    v.License AS license,
    v.MayReadWeights AS may_read_weights,
    v.PriceModel AS price_model,
    v.Price AS price,
    v.Currency AS currency,
    v.TermDays AS term_days,
    v.BaseModelName AS base_model_name,
    v.BaseModelHash AS base_model_hash,
    v.ModelHash AS model_hash,
    v.KeepFraction AS keep_fraction,
    v.NeuronsPerLayer AS neurons_per_layer,
    v.ParameterCount AS parameter_count,
    v.ComponentsJson AS components,
    v.ComponentsHash AS components_hash,
    v.ConstitutionsJson AS constitutions,
    v.ConstitutionHash AS constitution_hash,
    v.VerifiedAt AS verified_at,
    l.PublishedAt AS published_at,
    r.RatingCount AS rating_count,
    r.RatingSum AS rating_sum,
    CAST(CAST(r.RatingSum AS decimal(19, 6)) / NULLIF(r.RatingCount, 0) AS decimal(7, 6)) AS rating,
    market.InstallCount(l.ListingId) AS install_count,
    CAST(CASE WHEN l.TenantId = CONVERT(int, SESSION_CONTEXT(N'tenant_id')) THEN 1 ELSE 0 END AS bit) AS is_own
FROM market.Listing AS l
INNER JOIN market.ListingVersion AS v ON v.ListingId = l.ListingId AND v.Version = l.Version
CROSS APPLY
(
    SELECT COUNT(*) AS RatingCount, ISNULL(SUM(CAST(w.Stars AS int)), 0) AS RatingSum
    FROM market.ListingReview AS w
    WHERE w.ListingId = l.ListingId
) AS r
WHERE l.Status = 'published';
GO
GRANT SELECT ON OBJECT::market.listings TO nina_application;
