-- One row an expert and domain: how a mixture's router uses it.
CREATE VIEW mqe.expert_usage
AS
SELECT
    m.PublicId AS model_id,
    m.Name AS model_name,
    u.Layer AS layer,
    u.Expert AS expert,
    d.Name AS domain,
    u.TokenCount AS token_count,
    u.UsageShare AS usage_share,
    u.MeanGateWeight AS mean_gate_weight,
    u.UsageShare * u.MeanGateWeight AS routing_score,
    u.RoutingSkill AS routing_skill,
    u.RoutingLower AS routing_lower,
    u.RoutingUpper AS routing_upper,
    u.IsShared AS is_shared,
    c.ComponentId AS component_id,
    u.MeasuredAt AS measured_at
FROM mqe.ExpertUsage AS u
INNER JOIN mqe.Model AS m ON m.ModelId = u.ModelId
INNER JOIN mqe.Domain AS d ON d.DomainId = u.DomainId
LEFT OUTER JOIN mqe.Component AS c ON c.ModelId = u.ModelId AND c.Kind = 'expert' AND c.Layer = u.Layer AND c.ComponentIndex = u.Expert;
GO
GRANT SELECT ON OBJECT::mqe.expert_usage TO nina_application;
