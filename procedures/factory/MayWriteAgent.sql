-- Row-level security of factory.Agent: a row for each agent that the session may add, change or remove: its own tenant's, but for what is private to somebody else
-- (the tenant's owners may).
CREATE FUNCTION factory.MayWriteAgent (@TenantId int, @OwnerPrincipalId int, @Visibility varchar(8))
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
            AND s.TenantId = @TenantId
            AND (@Visibility <> 'private' OR s.PrincipalId = @OwnerPrincipalId OR s.Role = 'owner')
    )
        OR IS_ROLEMEMBER(N'nina_platform') = 1;
