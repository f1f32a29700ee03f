-- Row-level security of an agent's parts: a row when the session may see the agent, and so run it.
CREATE FUNCTION factory.CanReadAgent (@AgentId int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS Allowed
    FROM factory.Agent AS a
    CROSS APPLY factory.MayReadAgent(a.AgentId, a.TenantId, a.OwnerPrincipalId, a.Visibility) AS r
    WHERE a.AgentId = @AgentId;
