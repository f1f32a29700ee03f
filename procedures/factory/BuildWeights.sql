-- Builds a smaller model from chosen neurons or experts in a work folder of the CLR assembly, layer by layer. The caller deletes the folder.
CREATE PROCEDURE factory.BuildWeights
    @AgentId int,                          -- Whose base model and domains.
    @Keep nvarchar(max),                   -- As factory.KeptComponents gives it.
    @TextsPerDomain int,                   -- Probe passages of each domain to calibrate on.
    @Folder nvarchar(4000) OUTPUT          -- Hugging Face folder with the result.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @BaseModelId int = (SELECT BaseModelId FROM factory.Agent WHERE AgentId = @AgentId);
    DECLARE @Layers int = (SELECT COUNT(*) FROM OPENJSON(ISNULL(JSON_QUERY(@Keep, '$.experts'), @Keep)));
    DECLARE @Distillation bigint, @Closed bit;
    BEGIN TRY
        SET @Distillation = clr.DistillOpen(mqe.ModelManifest(@BaseModelId), @Keep);

        DECLARE @DomainId int = (SELECT MIN(DomainId) FROM factory.AgentDomain WHERE AgentId = @AgentId);
        DECLARE @Count bigint, @Texts nvarchar(max);
        WHILE @DomainId IS NOT NULL
        BEGIN
            SET @Texts = mqe.TextsOf(@DomainId, 'probe', @TextsPerDomain);
            SET @Count = clr.DistillTexts(@Distillation, @Texts);
            SET @DomainId = (SELECT MIN(DomainId) FROM factory.AgentDomain WHERE AgentId = @AgentId AND DomainId > @DomainId);
        END;

        DECLARE @Layer int = 0, @Position int, @Done int;
        WHILE @Layer < @Layers
        BEGIN
            SET @Position = @Layer + 1;
            RAISERROR (N'Refitting layer %d of %d.', 0, 1, @Position, @Layers) WITH NOWAIT;
            SET @Done = clr.DistillLayer(@Distillation);
            SET @Layer += 1;
        END;

        SET @Folder = clr.DistillWrite(@Distillation);
        SET @Closed = clr.DistillClose(@Distillation);
    END TRY
    BEGIN CATCH
        IF @Distillation IS NOT NULL
        BEGIN
            SET @Closed = clr.DistillClose(@Distillation);
        END;

        IF ERROR_NUMBER() IN (6260, 6522)
        BEGIN
            EXECUTE mqe.ThrowClrError;
        END;

        THROW;
    END CATCH;
END;
