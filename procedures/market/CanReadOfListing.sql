-- Row-level security of what belongs to a listing (versions, skills, reviews): a row when it is the session's tenant's own, or of a listing that the session may see,
-- or of one that its tenant holds. The whole rule stands here, so that it holds whether or not other policies apply inside it.
CREATE FUNCTION market.CanReadOfListing (@ListingId int, @TenantId int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS Allowed
    WHERE EXISTS (SELECT 1 FROM tenancy.CanRead(@TenantId) AS r)
        OR EXISTS
        (
            SELECT 1
            FROM market.Listing AS l
            WHERE l.ListingId = @ListingId AND (l.Status = 'published' OR EXISTS (SELECT 1 FROM tenancy.CanRead(l.TenantId) AS r))
        )
        OR EXISTS
        (
            SELECT 1
            FROM market.Entitlement AS e
            WHERE e.ListingId = @ListingId
                AND e.RevokedAt IS NULL
                AND (e.ExpiresAt IS NULL OR e.ExpiresAt > SYSUTCDATETIME())
                AND EXISTS (SELECT 1 FROM tenancy.CanRead(e.TenantId) AS r)
        );
