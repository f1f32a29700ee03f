-- Row-level security: a row for the platform's rules, which everybody may see, and for those of a tenant that the session may see.
CREATE FUNCTION safety.CanReadRules (@TenantId int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS Allowed
    WHERE @TenantId IS NULL
        OR EXISTS
        (
            SELECT 1
            FROM tenancy.Session AS s
            WHERE s.SessionKey = TRY_CAST(SESSION_CONTEXT(N'session_key') AS uniqueidentifier)
                AND s.TenantId = @TenantId
                AND s.ExpiresAt > SYSUTCDATETIME()
        )
        OR IS_ROLEMEMBER(N'nina_platform') = 1;
