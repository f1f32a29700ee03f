-- The current skill measurements in the order of their keys, a page at a time, for replication. Reads mqe's tables itself: the views that people use have no keys to go on from.
CREATE PROCEDURE ops.SnapshotCapabilities
    @after_component bigint = NULL,        -- Key of the last row of the page before; NULL for the first page.
    @after_domain bigint = NULL,           -- The rest of that key.
    @Max int = 1000,                       -- Rows at most.
    @TenantId int = NULL,                  -- One tenant only.
    @Subject nvarchar(400) = NULL          -- One model's only, by its public id.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @ModelId int = (SELECT ModelId FROM mqe.Model WHERE PublicId = TRY_CAST(@Subject AS uniqueidentifier));
    IF @Subject IS NOT NULL AND @ModelId IS NULL
    BEGIN
        -- Dropped since its row was read: no measurements.
        SET @ModelId = 0;
    END;

    SELECT TOP (@Max)
        CAST(s.ComponentId AS bigint) AS after_component,
        CAST(s.DomainId AS bigint) AS after_domain,
        s.ComponentId AS component_id,
        d.Name AS domain,
        s.TenantId AS tenant_id,
        m.PublicId AS model_id,
        s.SkillLevel AS skill_level,
        s.SkillLower AS skill_lower,
        s.SkillUpper AS skill_upper,
        s.Importance AS importance,
        s.FiringRate AS firing_rate,
        s.TopContexts AS top_contexts,
        s.Method AS method,
        s.TextCount AS text_count,
        s.OtherTextCount AS other_text_count,
        s.TokenCount AS token_count,
        s.ProbeSetHash AS probe_set_hash,
        s.ModelHash AS model_hash,
        s.MeasuredAt AS measured_at
    FROM mqe.SkillMeasurement AS s
    INNER JOIN mqe.Domain AS d ON d.DomainId = s.DomainId
    INNER JOIN mqe.Model AS m ON m.ModelId = s.ModelId
    WHERE s.ComponentId >= COALESCE(@after_component, 0)
        AND (s.ComponentId > COALESCE(@after_component, 0) OR s.DomainId > COALESCE(@after_domain, 0))
        AND (@TenantId IS NULL OR s.TenantId = @TenantId)
        AND (@ModelId IS NULL OR s.ModelId = @ModelId)
    ORDER BY s.ComponentId, s.DomainId;
END;
GO
GRANT EXECUTE ON OBJECT::ops.SnapshotCapabilities TO nina_feed;
