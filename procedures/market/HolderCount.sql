-- How many tenants hold the right to run an agent now.
CREATE FUNCTION market.HolderCount (@AgentId int)
RETURNS int
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    RETURN
    (
        SELECT COUNT(*)
        FROM market.Entitlement AS e
        WHERE e.AgentId = @AgentId AND e.RevokedAt IS NULL AND (e.ExpiresAt IS NULL OR e.ExpiresAt > SYSUTCDATETIME())
    );
END;
