-- 1 when a person wrote the listing, or belongs to its seller in whatever role: nobody rates his own goods on behalf of another tenant.
CREATE FUNCTION market.IsSeller (@ListingId int, @PrincipalId int)
RETURNS bit
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    RETURN CASE
        WHEN EXISTS
        (
            SELECT 1
            FROM market.Listing AS l
            WHERE l.ListingId = @ListingId
                AND (l.AuthorPrincipalId = @PrincipalId OR EXISTS (SELECT 1 FROM tenancy.Membership AS m WHERE m.TenantId = l.TenantId AND m.PrincipalId = @PrincipalId))
        ) THEN 1
        ELSE 0
    END;
END;
