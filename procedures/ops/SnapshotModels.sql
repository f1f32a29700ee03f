-- The current models in the order of their keys, a page at a time, for replication. Reads mqe's tables itself: the views that people use have no keys to go on from.
CREATE PROCEDURE ops.SnapshotModels
    @after_model bigint = NULL,            -- Key of the last row of the page before; NULL for the first page.
    @Max int = 1000,                       -- Rows at most.
    @TenantId int = NULL,                  -- One tenant only.
    @Subject nvarchar(400) = NULL          -- One model only, by name or public id.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    SELECT TOP (@Max)
        CAST(m.ModelId AS bigint) AS after_model,
        m.PublicId AS model_id,
        m.TenantId AS tenant_id,
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
        m.CreatedAt AS created_at,
        m.MeasuredAt AS measured_at
    FROM mqe.Model AS m
    WHERE m.ModelId > COALESCE(@after_model, 0)
        AND (@TenantId IS NULL OR m.TenantId = @TenantId)
        AND (@Subject IS NULL OR m.Name = @Subject OR m.PublicId = TRY_CAST(@Subject AS uniqueidentifier))
    ORDER BY m.ModelId;
END;
GO
GRANT EXECUTE ON OBJECT::ops.SnapshotModels TO nina_feed;
