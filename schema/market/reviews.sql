-- One row a review of a published listing. Who wrote it is not told.
CREATE VIEW market.reviews
AS
SELECT
    l.PublicId AS listing_id,
    l.Title AS title,
    r.Stars AS stars,
    r.Text AS text,
    r.Version AS version,
    r.CreatedAt AS created_at,
    r.UpdatedAt AS updated_at,
    CAST(CASE WHEN r.PrincipalId = tenancy.CurrentPrincipalId() THEN 1 ELSE 0 END AS bit) AS is_mine
FROM market.ListingReview AS r
INNER JOIN market.Listing AS l ON l.ListingId = r.ListingId
WHERE l.Status = 'published';
GO
GRANT SELECT ON OBJECT::market.reviews TO nina_application;
