-- Row-level security of mqe.Domain: a row for each domain of the session's tenant, and for each whose name is shared.
CREATE FUNCTION mqe.CanReadDomain (@TenantId int, @IsShared bit)
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
            AND (s.TenantId = @TenantId OR @IsShared = 1)
    )
        OR IS_ROLEMEMBER(N'nina_platform') = 1
        OR IS_ROLEMEMBER(N'nina_feed') = 1;
