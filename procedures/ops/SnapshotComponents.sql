-- The current components with their vectors in the order of their keys, a page at a time, for replication. Reads mqe's tables itself: no view has the vectors.
CREATE PROCEDURE ops.SnapshotComponents
    @after_component bigint = NULL,        -- Key of the last row of the page before; NULL for the first page.
    @Max int = 1000,                       -- Rows at most.
    @TenantId int = NULL,                  -- One tenant only.
    @Subject nvarchar(400) = NULL          -- One model's only, by its public id.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @ModelId int = (SELECT ModelId FROM mqe.Model WHERE PublicId = TRY_CAST(@Subject AS uniqueidentifier));
    IF @Subject IS NOT NULL AND @ModelId IS NULL
    BEGIN
        -- Dropped since its row was read: no components.
        SET @ModelId = 0;
    END;

    SELECT TOP (@Max)
        CAST(c.ComponentId AS bigint) AS after_component,
        c.ComponentId AS component_id,
        c.TenantId AS tenant_id,
        m.PublicId AS model_id,
        c.Kind AS kind,
        c.Layer AS layer,
        c.ComponentIndex AS component_index,
        c.ParentComponentId AS parent_component_id,
        c.TopTokens AS top_tokens,
        v.MeaningVector AS meaning_vector,
        v.WriteVector AS write_vector
    FROM mqe.Component AS c
    INNER JOIN mqe.Model AS m ON m.ModelId = c.ModelId
    LEFT OUTER JOIN mqe.ComponentVector AS v ON v.ComponentId = c.ComponentId
    WHERE c.ComponentId > COALESCE(@after_component, 0)
        AND (@TenantId IS NULL OR c.TenantId = @TenantId)
        AND (@ModelId IS NULL OR c.ModelId = @ModelId)
    ORDER BY c.ComponentId;
END;
GO
GRANT EXECUTE ON OBJECT::ops.SnapshotComponents TO nina_feed;
