-- Ties a run of an agent that the session's tenant holds an entitlement for to it; for other agents does nothing. Inner procedure: factory.RunAgent calls it in the transaction
-- that records the usage.
CREATE PROCEDURE market.RecordRun
    @AgentId int,                          -- The agent that was run.
    @UsageKey nvarchar(200)                -- Key of the usage event agent_tokens of the run.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @TenantId int = tenancy.CurrentTenantId();
    INSERT INTO market.Run (TenantId, UsageKey, EntitlementId, PrincipalId)
    SELECT TOP (1) e.TenantId, @UsageKey, e.EntitlementId, tenancy.CurrentPrincipalId()
    FROM market.Entitlement AS e
    WHERE e.TenantId = @TenantId
        AND e.AgentId = @AgentId
        AND e.RevokedAt IS NULL
        AND (e.ExpiresAt IS NULL OR e.ExpiresAt > SYSUTCDATETIME())
        AND NOT EXISTS (SELECT 1 FROM market.Run AS r WHERE r.TenantId = @TenantId AND r.UsageKey = @UsageKey)
    ORDER BY e.EntitlementId;
END;
