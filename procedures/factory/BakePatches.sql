-- Makes an agent's applied patches part of its weights: a new model with the same figures, to which nothing is applied any more. The inner half of factory.PatchAgent; runs in
-- the caller's transaction. Errors: 50080, 50030, 51xxx.
CREATE PROCEDURE factory.BakePatches
    @AgentId int
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Error nvarchar(2048), @Spare nvarchar(200) = (SELECT MIN(Name) FROM factory.Patch WHERE AgentId = @AgentId AND IsApplied = 0);
    IF @Spare IS NOT NULL
    BEGIN
        SET @Error = CONCAT(N'The patch ''', @Spare, N''' is not applied, and baking would lose it: apply or drop it first.');
        THROW 50080, @Error, 1;
    END;

    IF NOT EXISTS (SELECT 1 FROM factory.Patch WHERE AgentId = @AgentId)
    BEGIN
        THROW 50080, N'The agent has no patch to bake.', 1;
    END;

    DECLARE @ModelId int, @SharesWeights bit, @Folder nvarchar(4000), @Deleted bit;
    SELECT @ModelId = a.ModelId, @SharesWeights = m.SharesWeights
    FROM factory.Agent AS a
    INNER JOIN mqe.Model AS m ON m.ModelId = a.ModelId
    WHERE a.AgentId = @AgentId;
    BEGIN TRY
        SET @Folder = clr.BakeModel(mqe.ModelManifest(@ModelId));
        EXECUTE factory.ReplaceWeights @AgentId, @Folder, @SharesWeights;
        SET @Deleted = clr.DeleteWorkFolder(@Folder);
    END TRY
    BEGIN CATCH
        IF @Folder IS NOT NULL
        BEGIN
            SET @Deleted = clr.DeleteWorkFolder(@Folder);
        END;

        THROW;
    END CATCH;
END;
