-- Row-level security of tenancy.Membership: a row for each membership in the session's tenant, and for each of its principal elsewhere.
CREATE FUNCTION tenancy.CanReadMembership (@TenantId int, @PrincipalId int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS Allowed
    WHERE EXISTS
    (
        SELECT 1
        FROM tenancy.Session AS s
        WHERE s.SessionKey = TRY_CAST(SESSION_CONTEXT(N'session_key') AS uniqueidentifier)
            AND s.ExpiresAt > SYSUTCDATETIME()
            AND (s.TenantId = @TenantId OR s.PrincipalId = @PrincipalId)
    )
        OR IS_ROLEMEMBER(N'nina_platform') = 1
        OR IS_ROLEMEMBER(N'nina_feed') = 1;
