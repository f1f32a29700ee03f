-- One row an agent that the session may see. What it knows of a base model that the session may not see is NULL.
CREATE VIEW factory.agents
AS
SELECT
    a.PublicId AS agent_id,
    a.Name AS name,
    b.Name AS base_model_name,
    (
        SELECT STRING_AGG(d.Name, N', ') WITHIN GROUP (ORDER BY d.Name)
        FROM factory.AgentDomain AS ad
        INNER JOIN mqe.Domain AS d ON d.DomainId = ad.DomainId
        WHERE ad.AgentId = a.AgentId
    ) AS domains,
    a.KeepFraction AS keep_fraction,
    a.NeuronsPerLayer AS neurons_per_layer,
    b.ParameterCount AS base_parameter_count,
    m.ParameterCount AS parameter_count,
    a.Status AS status,
    a.MaxLossIncrease AS max_loss_increase,
    a.CreatedAt AS created_at,
    a.DistilledAt AS distilled_at,
    a.VerifiedAt AS verified_at,
    a.Visibility AS visibility,
    CAST(CASE WHEN a.TenantId = CONVERT(int, SESSION_CONTEXT(N'tenant_id')) THEN 1 ELSE 0 END AS bit) AS is_own,
    b.PublicId AS base_model_id,
    a.ExpertsPerLayer AS experts_per_layer
FROM factory.Agent AS a
LEFT OUTER JOIN mqe.Model AS b ON b.ModelId = a.BaseModelId
LEFT OUTER JOIN mqe.Model AS m ON m.ModelId = a.ModelId;
GO
GRANT SELECT ON OBJECT::factory.agents TO nina_application;
