-- One row a model that the session may see: its tenant's own, those that are public, and those it is entitled to.
CREATE VIEW mqe.models
AS
SELECT
    m.PublicId AS model_id,
    m.Name AS name,
    m.Kind AS kind,
    m.Architecture AS architecture,
    m.HiddenSize AS hidden_size,
    m.LayerCount AS layer_count,
    m.HeadCount AS head_count,
    m.KeyValueHeadCount AS key_value_head_count,
    m.FeedForwardWidth AS feed_forward_width,
    m.VocabularySize AS vocabulary_size,
    m.ContextLength AS context_length,
    m.ParameterCount AS parameter_count,
    m.DataType AS data_type,
    m.Format AS format,
    m.IsRunnable AS is_runnable,
    m.TokenizerKind AS tokenizer_kind,
    m.ChatTemplate AS chat_template,
    m.ContentHash AS content_hash,
    m.Status AS status,
    m.CreatedAt AS created_at,
    m.MeasuredAt AS measured_at,
    m.Visibility AS visibility,
    m.SharesWeights AS shares_weights,
    CAST(CASE WHEN m.TenantId = CONVERT(int, SESSION_CONTEXT(N'tenant_id')) THEN 1 ELSE 0 END AS bit) AS is_own,
    m.ExpertCount AS expert_count,
    m.ExpertsPerToken AS experts_per_token
FROM mqe.Model AS m;
GO
GRANT SELECT ON OBJECT::mqe.models TO nina_application;
