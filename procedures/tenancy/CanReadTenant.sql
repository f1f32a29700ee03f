-- Row-level security of tenancy.Tenant: a row for each tenant that the session's principal is a member of.
CREATE FUNCTION tenancy.CanReadTenant (@TenantId int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS Allowed
    WHERE EXISTS
    (
        SELECT 1
        FROM tenancy.Session AS s
        INNER JOIN tenancy.Membership AS m ON m.PrincipalId = s.PrincipalId
        WHERE s.SessionKey = TRY_CAST(SESSION_CONTEXT(N'session_key') AS uniqueidentifier)
            AND s.ExpiresAt > SYSUTCDATETIME()
            AND m.TenantId = @TenantId
    )
        OR IS_ROLEMEMBER(N'nina_platform') = 1
        OR IS_ROLEMEMBER(N'nina_feed') = 1;
