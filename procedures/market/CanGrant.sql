-- Row-level security of entitlements, sales and ledger entries: only the platform's own procedures (nina_platform) write them, so that no tenant, and no mistake in
-- a procedure that runs as a tenant, grants a right or books money.
CREATE FUNCTION market.CanGrant (@TenantId int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS Allowed
    WHERE @TenantId IS NOT NULL AND IS_ROLEMEMBER(N'nina_platform') = 1;
