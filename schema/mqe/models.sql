-- One row a model.
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
    m.ContentHash AS content_hash,
    m.Status AS status,
    m.CreatedAt AS created_at,
    m.MeasuredAt AS measured_at
FROM mqe.Model AS m;
