-- One row an agent and domain: losses on the held-out test passages, in nats/token.
CREATE VIEW factory.agent_losses
AS
SELECT
    a.Name AS agent_name,
    d.Name AS domain,
    CAST(CASE WHEN EXISTS (SELECT 1 FROM factory.AgentDomain AS ad WHERE ad.AgentId = a.AgentId AND ad.DomainId = d.DomainId) THEN 1 ELSE 0 END AS bit) AS is_own_domain,
    MAX(CASE WHEN am.Variant = 'base' THEN am.NatsPerToken END) AS base_loss,
    MAX(CASE WHEN am.Variant = 'agent' THEN am.NatsPerToken END) AS agent_loss,
    MAX(CASE WHEN am.Variant = 'random' THEN am.NatsPerToken END) AS random_loss,
    MAX(am.TokenCount) AS token_count,
    a.PublicId AS agent_id
FROM factory.AgentMeasurement AS am
INNER JOIN factory.Agent AS a ON a.AgentId = am.AgentId
INNER JOIN mqe.Domain AS d ON d.DomainId = am.DomainId
GROUP BY a.AgentId, a.PublicId, a.Name, d.DomainId, d.Name;
GO
GRANT SELECT ON OBJECT::factory.agent_losses TO nina_application;
