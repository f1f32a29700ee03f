-- Row-level security of tenancy.Principal: a row for each member of the session's tenant.
CREATE FUNCTION tenancy.CanReadPrincipal (@PrincipalId int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS Allowed
    WHERE EXISTS
    (
        SELECT 1
        FROM tenancy.Session AS s
        INNER JOIN tenancy.Membership AS m ON m.TenantId = s.TenantId
        WHERE s.SessionKey = TRY_CAST(SESSION_CONTEXT(N'session_key') AS uniqueidentifier)
            AND s.ExpiresAt > SYSUTCDATETIME()
            AND m.PrincipalId = @PrincipalId
    )
        OR IS_ROLEMEMBER(N'nina_platform') = 1
        OR IS_ROLEMEMBER(N'nina_feed') = 1;
