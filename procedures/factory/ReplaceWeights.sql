-- Gives an agent other weights: a folder of the CLR assembly becomes its model, and the one that it had goes, with its patches. What was measured of the old weights goes
-- too. Runs in the caller's transaction. Errors: 50007, 50015, 50030, 51xxx.
CREATE PROCEDURE factory.ReplaceWeights
    @AgentId int,
    @Folder nvarchar(4000),                -- Hugging Face folder.
    @SharesWeights bit = NULL              -- Whether others may read them; NULL: they may not.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Name nvarchar(200), @BaseModelId int, @OldModelId int, @OldName nvarchar(200), @ModelId int, @Agent nvarchar(200);
    SELECT @Name = Name, @BaseModelId = BaseModelId, @OldModelId = ModelId, @Agent = CAST(PublicId AS nvarchar(36)) FROM factory.Agent WHERE AgentId = @AgentId;
    SET @OldName = (SELECT Name FROM mqe.Model WHERE ModelId = @OldModelId);

    IF @OldModelId IS NOT NULL
    BEGIN
        UPDATE factory.Agent SET ModelId = NULL WHERE AgentId = @AgentId;
        EXECUTE mqe.DropModel @OldName;
    END;

    DECLARE @ModelName nvarchar(200) = LEFT(CONCAT(N'agent/', @Name), 200);
    EXECUTE mqe.StoreModel @Path = @Folder, @Name = @ModelName, @Kind = 'agent', @ModelId = @ModelId OUTPUT;

    -- The token embedding is the base model's, so texts mean to the agent what they mean to it.
    INSERT INTO mqe.MeaningSpace (ModelId, ProbeSetHash, State)
    SELECT @ModelId, ProbeSetHash, State
    FROM mqe.MeaningSpace
    WHERE ModelId = @BaseModelId;

    DELETE FROM factory.AgentMeasurement WHERE AgentId = @AgentId;
    UPDATE factory.Agent
    SET ModelId = @ModelId, Status = 'distilled', DistilledAt = SYSUTCDATETIME(), VerifiedAt = NULL
    WHERE AgentId = @AgentId;
    IF @@ROWCOUNT = 0
    BEGIN
        -- Another connection dropped the agent meanwhile: weights without an agent must not stay.
        EXECUTE factory.FindAgent @Agent, @AgentId OUTPUT, @Need = 'own';
    END;

    EXECUTE factory.AlignSharing @AgentId, @SharesWeights;
END;
