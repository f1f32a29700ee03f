-- How many tenants hold a listing now: counted from the entitlements, which nobody else sees, and told as a number only.
CREATE FUNCTION market.InstallCount (@ListingId int)
RETURNS int
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    RETURN
    (
        SELECT COUNT(*)
        FROM market.Entitlement AS e
        WHERE e.ListingId = @ListingId AND e.RevokedAt IS NULL AND (e.ExpiresAt IS NULL OR e.ExpiresAt > SYSUTCDATETIME())
    );
END;
