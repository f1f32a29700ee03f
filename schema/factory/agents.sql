-- One row an agent.
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
    a.VerifiedAt AS verified_at
FROM factory.Agent AS a
INNER JOIN mqe.Model AS b ON b.ModelId = a.BaseModelId
LEFT OUTER JOIN mqe.Model AS m ON m.ModelId = a.ModelId;
