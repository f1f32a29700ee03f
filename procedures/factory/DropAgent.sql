-- Removes an agent and its weights; the base model stays. Errors: 50007, 50020, 50021, 50028, 50057.
CREATE PROCEDURE factory.DropAgent
    @Agent nvarchar(200)                   -- Name of the agent.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'editor', 'agent.drop', 'agent', @Agent;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        DECLARE @AgentId int, @ModelName nvarchar(200);
        EXECUTE factory.FindAgent @Agent, @AgentId OUTPUT, @Need = 'own';

        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        EXECUTE market.ReleaseAgent @AgentId;
        SET @ModelName =
        (
            SELECT m.Name
            FROM factory.Agent AS a
            INNER JOIN mqe.Model AS m ON m.ModelId = a.ModelId
            WHERE a.AgentId = @AgentId
        );
        DECLARE @Name nvarchar(200), @Details nvarchar(max);
        SELECT @Name = Name, @Details = CONCAT(N'{"agent_id":"', LOWER(PublicId), N'"}') FROM factory.Agent WHERE AgentId = @AgentId;
        DELETE FROM factory.Agent WHERE AgentId = @AgentId;
        IF @@ROWCOUNT = 0
        BEGIN
            -- Another connection dropped it meanwhile.
            EXECUTE factory.FindAgent @Agent, @AgentId OUTPUT, @Need = 'own';
        END;

        EXECUTE ops.ReleaseQuota 'agents';
        IF @ModelName IS NOT NULL
        BEGIN
            EXECUTE mqe.DropModel @ModelName;
        END;

        EXECUTE ops.RecordAct 'agent.drop', 'agent', @Name, 'agent.dropped', @Details = @Details;

        IF @OwnsTransaction = 1
        BEGIN
            COMMIT TRANSACTION;
        END;
    END TRY
    BEGIN CATCH
        IF @OwnsTransaction = 1 AND XACT_STATE() <> 0
        BEGIN
            ROLLBACK TRANSACTION;
        END;

        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON OBJECT::factory.DropAgent TO nina_application;
