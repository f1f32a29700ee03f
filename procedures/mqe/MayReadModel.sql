-- Row-level security of mqe.Model: a row for each model that the session may see. Everything public; of its own tenant what is not private, and what is private
-- to the one who made it and to the tenant's owners; what the tenant acquired on the market. Policies do not apply inside a policy's function, so the whole rule stands here.
CREATE FUNCTION mqe.MayReadModel (@ModelId int, @TenantId int, @OwnerPrincipalId int, @Visibility varchar(8))
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
            AND
            (
                @Visibility = 'public'
                OR (s.TenantId = @TenantId AND (@Visibility = 'tenant' OR s.PrincipalId = @OwnerPrincipalId OR s.Role = 'owner'))
                OR EXISTS
                (
                    SELECT 1
                    FROM market.Entitlement AS e
                    WHERE e.ModelId = @ModelId AND e.TenantId = s.TenantId AND e.RevokedAt IS NULL AND (e.ExpiresAt IS NULL OR e.ExpiresAt > SYSUTCDATETIME())
                )
            )
    )
        OR IS_ROLEMEMBER(N'nina_platform') = 1
        OR IS_ROLEMEMBER(N'nina_feed') = 1;
