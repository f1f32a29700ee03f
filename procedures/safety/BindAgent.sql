-- Binds a new agent to the versions in force: the platform's, and its tenant's where there is one. Runs in the caller's transaction. Errors: 50045.
CREATE PROCEDURE safety.BindAgent
    @AgentId int
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF NOT EXISTS (SELECT 1 FROM safety.ConstitutionHead WHERE ScopeKey = 0)
    BEGIN
        THROW 50045, N'The platform has no constitution, so no agent can be bound to it; safety.InstallDefaultConstitution gives it one.', 1;
    END;

    INSERT INTO safety.AgentConstitution (AgentId, ConstitutionId, TenantId, Hash)
    SELECT a.AgentId, c.ConstitutionId, a.TenantId, c.Hash
    FROM factory.Agent AS a
    INNER JOIN safety.ConstitutionHead AS h ON h.ScopeKey IN (0, a.TenantId)
    INNER JOIN safety.Constitution AS c ON ISNULL(c.TenantId, 0) = h.ScopeKey AND c.Version = h.Version
    WHERE a.AgentId = @AgentId;
END;
