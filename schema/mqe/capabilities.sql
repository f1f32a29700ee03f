-- One row a component and domain: what it can do, and the evidence for it. The passages behind a figure are shown to their owner only.
CREATE VIEW mqe.capabilities
AS
SELECT
    m.Name AS model_name,
    s.ComponentId AS component_id,
    c.Kind AS kind,
    c.Layer AS layer,
    c.ComponentIndex AS component_index,
    d.Name AS domain,
    s.SkillLevel AS skill_level,
    s.SkillLower AS skill_lower,
    s.SkillUpper AS skill_upper,
    s.Importance AS importance,
    s.FiringRate AS firing_rate,
    c.TopTokens AS top_tokens,
    CASE WHEN s.TenantId = CONVERT(int, SESSION_CONTEXT(N'tenant_id')) THEN s.TopContexts END AS top_contexts,
    s.Method AS method,
    s.TextCount AS text_count,
    s.OtherTextCount AS other_text_count,
    s.TokenCount AS token_count,
    s.ProbeSetHash AS probe_set_hash,
    s.ModelHash AS model_hash,
    s.MeasuredAt AS measured_at,
    m.PublicId AS model_id,
    s.MeanActivation AS mean_activation
FROM mqe.SkillMeasurement AS s
INNER JOIN mqe.Domain AS d ON d.DomainId = s.DomainId
INNER JOIN mqe.Component AS c ON c.ComponentId = s.ComponentId
INNER JOIN mqe.Model AS m ON m.ModelId = s.ModelId;
GO
GRANT SELECT ON OBJECT::mqe.capabilities TO nina_application;
