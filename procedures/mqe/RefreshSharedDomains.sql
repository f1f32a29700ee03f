-- Keeps mqe.Domain.IsShared of the session's tenant true: the names of domains that a public model was measured in, or that a public or published agent has to do
-- with, may be read by everybody. Agents and listings belong to other schemas; what they show of a domain is decided here, once. Runs in the caller's transaction.
CREATE PROCEDURE mqe.RefreshSharedDomains
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @TenantId int = tenancy.CurrentTenantId();
    DECLARE @Shared table (DomainId int NOT NULL PRIMARY KEY);
    INSERT INTO @Shared (DomainId)
    SELECT d.DomainId
    FROM mqe.Domain AS d
    WHERE d.TenantId = @TenantId
        AND EXISTS
        (
            SELECT 1
            FROM mqe.Model AS m
            WHERE m.TenantId = @TenantId AND m.Visibility = 'public'
                AND EXISTS (SELECT 1 FROM mqe.SkillMeasurement AS s WHERE s.ModelId = m.ModelId AND s.DomainId = d.DomainId)
        );

    INSERT INTO @Shared (DomainId)
    SELECT d.DomainId
    FROM mqe.Domain AS d
    WHERE d.TenantId = @TenantId
        AND NOT EXISTS (SELECT 1 FROM @Shared AS s WHERE s.DomainId = d.DomainId)
        AND EXISTS
        (
            SELECT 1
            FROM factory.Agent AS a
            WHERE a.TenantId = @TenantId
                AND (a.Visibility = 'public' OR EXISTS (SELECT 1 FROM market.Listing AS l WHERE l.AgentId = a.AgentId AND l.Version > 0))
                AND
                (
                    EXISTS (SELECT 1 FROM factory.AgentDomain AS ad WHERE ad.AgentId = a.AgentId AND ad.DomainId = d.DomainId)
                    OR EXISTS (SELECT 1 FROM factory.AgentMeasurement AS am WHERE am.AgentId = a.AgentId AND am.DomainId = d.DomainId)
                )
        );

    UPDATE d
    SET IsShared = CASE WHEN s.DomainId IS NULL THEN 0 ELSE 1 END
    FROM mqe.Domain AS d
    LEFT OUTER JOIN @Shared AS s ON s.DomainId = d.DomainId
    WHERE d.TenantId = @TenantId AND d.IsShared <> CASE WHEN s.DomainId IS NULL THEN 0 ELSE 1 END;
END;
