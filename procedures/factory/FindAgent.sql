-- The internal key of an agent by name or public id: the tenant's own before what others share. What the session may not see does not exist for it (the same
-- error 50007). Errors: 50007, 50027, 50028.
CREATE PROCEDURE factory.FindAgent
    @Agent nvarchar(200),                  -- Name, or public id as text.
    @AgentId int OUTPUT,
    @Need varchar(7) = 'read'              -- read: to see and run it; own: to change it.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @TenantId int = tenancy.CurrentTenantId();
    DECLARE @Error nvarchar(2048);
    SET @AgentId = (SELECT AgentId FROM factory.Agent WHERE TenantId = @TenantId AND Name = @Agent);
    IF @AgentId IS NULL
    BEGIN
        SET @AgentId = (SELECT AgentId FROM factory.Agent WHERE PublicId = TRY_CAST(@Agent AS uniqueidentifier));
    END;

    IF @AgentId IS NULL
    BEGIN
        DECLARE @Count int;
        SELECT @AgentId = MIN(AgentId), @Count = COUNT(*) FROM factory.Agent WHERE Name = @Agent;
        IF @Count > 1
        BEGIN
            SET @AgentId = NULL;
            SET @Error = CONCAT(N'Several tenants share an agent named ''', @Agent, N'''. Name it by its agent_id of factory.agents.');
            THROW 50027, @Error, 1;
        END;
    END;

    IF @AgentId IS NULL
    BEGIN
        SET @Error = CONCAT(N'There is no agent named ''', @Agent, N'''. SELECT name FROM factory.agents lists them.');
        THROW 50007, @Error, 1;
    END;

    IF @Need = 'own' AND NOT EXISTS (SELECT 1 FROM factory.Agent WHERE AgentId = @AgentId AND TenantId = @TenantId)
    BEGIN
        SET @Error = CONCAT(N'The agent ''', @Agent, N''' belongs to another tenant, which shares it to be run only.');
        THROW 50028, @Error, 1;
    END;
END;
