-- A row when the session may read the model's weights and what shows them: peeks, statistics, export, distillation, write vectors. Its own tenant's models that it
-- sees, and those of others that it sees and that share their weights, or that it acquired with them.
CREATE FUNCTION mqe.CanReadWeights (@ModelId int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS Allowed
    FROM mqe.Model AS m
    CROSS APPLY mqe.MayReadModel(m.ModelId, m.TenantId, m.OwnerPrincipalId, m.Visibility) AS r
    WHERE m.ModelId = @ModelId
        AND
        (
            m.SharesWeights = 1
            OR EXISTS
            (
                SELECT 1
                FROM tenancy.Session AS s
                WHERE s.SessionKey = TRY_CAST(SESSION_CONTEXT(N'session_key') AS uniqueidentifier)
                    AND s.ExpiresAt > SYSUTCDATETIME()
                    AND
                    (
                        s.TenantId = m.TenantId
                        OR EXISTS
                        (
                            SELECT 1
                            FROM market.Entitlement AS e
                            WHERE e.ModelId = m.ModelId AND e.TenantId = s.TenantId AND e.MayReadWeights = 1
                                AND e.RevokedAt IS NULL AND (e.ExpiresAt IS NULL OR e.ExpiresAt > SYSUTCDATETIME())
                        )
                    )
            )
            OR IS_ROLEMEMBER(N'nina_platform') = 1
            OR IS_ROLEMEMBER(N'nina_feed') = 1
        );
