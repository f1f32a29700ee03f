-- Row-level security: a row for each row of a tenant that the session may see. The session's own tenant; every tenant for the platform's own procedures
-- (nina_platform) and for replication (nina_feed).
CREATE FUNCTION tenancy.CanRead (@TenantId int)
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
            AND s.TenantId = @TenantId
            AND s.ExpiresAt > SYSUTCDATETIME()
    )
        OR IS_ROLEMEMBER(N'nina_platform') = 1
        OR IS_ROLEMEMBER(N'nina_feed') = 1;
