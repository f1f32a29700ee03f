-- The current agents with their domains and losses in the order of their keys, a page at a time, for replication. Reads factory's tables itself: the views that people
-- use have no keys to go on from.
CREATE PROCEDURE ops.SnapshotAgents
    @after_agent bigint = NULL,            -- Key of the last row of the page before; NULL for the first page.
    @Max int = 1000,                       -- Rows at most.
    @TenantId int = NULL,                  -- One tenant only.
    @Subject nvarchar(400) = NULL          -- One agent only, by name or public id.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    SELECT TOP (@Max)
        CAST(a.AgentId AS bigint) AS after_agent,
        a.PublicId AS agent_id,
        a.TenantId AS tenant_id,
        a.Name AS name,
        b.PublicId AS base_model_id,
        m.PublicId AS model_id,
        (
            SELECT CONCAT(N'[', STRING_AGG(CONCAT(CAST(N'"' AS nvarchar(max)), STRING_ESCAPE(d.Name, 'json'), N'"'), N',') WITHIN GROUP (ORDER BY d.Name), N']')
            FROM factory.AgentDomain AS ad
            INNER JOIN mqe.Domain AS d ON d.DomainId = ad.DomainId
            WHERE ad.AgentId = a.AgentId
        ) AS domains,
        a.KeepFraction AS keep_fraction,
        a.NeuronsPerLayer AS neurons_per_layer,
        a.Status AS status,
        a.MaxLossIncrease AS max_loss_increase,
        (
            SELECT d.Name AS domain, am.Variant AS variant, am.NatsPerToken AS nats_per_token, am.TokenCount AS token_count
            FROM factory.AgentMeasurement AS am
            INNER JOIN mqe.Domain AS d ON d.DomainId = am.DomainId
            WHERE am.AgentId = a.AgentId
            ORDER BY d.Name, am.Variant
            FOR JSON PATH
        ) AS losses,
        a.CreatedAt AS created_at,
        a.DistilledAt AS distilled_at,
        a.VerifiedAt AS verified_at
    FROM factory.Agent AS a
    INNER JOIN mqe.Model AS b ON b.ModelId = a.BaseModelId
    LEFT OUTER JOIN mqe.Model AS m ON m.ModelId = a.ModelId
    WHERE a.AgentId > COALESCE(@after_agent, 0)
        AND (@TenantId IS NULL OR a.TenantId = @TenantId)
        AND (@Subject IS NULL OR a.Name = @Subject OR a.PublicId = TRY_CAST(@Subject AS uniqueidentifier))
    ORDER BY a.AgentId;
END;
GO
GRANT EXECUTE ON OBJECT::ops.SnapshotAgents TO nina_feed;
