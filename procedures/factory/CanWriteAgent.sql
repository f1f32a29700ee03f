-- Row-level security of an agent's parts: a row when the session may change the agent, and the part carries the agent's own tenant.
CREATE FUNCTION factory.CanWriteAgent (@TenantId int, @AgentId int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS Allowed
    FROM factory.Agent AS a
    CROSS APPLY factory.MayWriteAgent(a.TenantId, a.OwnerPrincipalId, a.Visibility) AS w
    WHERE a.AgentId = @AgentId AND a.TenantId = @TenantId;
