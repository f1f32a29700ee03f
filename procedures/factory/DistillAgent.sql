-- Makes the agent's own weights: cuts the base model to the chosen neurons and refits each layer's output to the domains' probe passages
-- (closed-form ridge regression). Running it again makes the weights anew, and drops the agent's patches. Errors: 50002, 50007, 50020, 50021, 50030, 51xxx.
CREATE PROCEDURE factory.DistillAgent
    @Agent nvarchar(200),                  -- Name of the agent.
    @TextsPerDomain int = 200              -- Probe passages of each of its domains to calibrate on (the first ones).
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'editor', 'agent.distil', 'agent', @Agent;

    IF @TextsPerDomain IS NULL OR @TextsPerDomain < 1
    BEGIN
        THROW 50002, N'@TextsPerDomain must be at least 1.', 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    DECLARE @Folder nvarchar(4000), @Deleted bit, @Started datetime2(3) = SYSUTCDATETIME();
    BEGIN TRY
        DECLARE @AgentId int, @BaseModelId int, @Name nvarchar(200);
        EXECUTE factory.FindAgent @Agent, @AgentId OUTPUT, @Need = 'own';
        SELECT @BaseModelId = BaseModelId, @Name = Name FROM factory.Agent WHERE AgentId = @AgentId;
        IF NOT EXISTS (SELECT 1 FROM mqe.CanReadWeights(@BaseModelId))
        BEGIN
            DECLARE @Error nvarchar(2048) = CONCAT(N'The base model of the agent ''', @Agent, N''' is shared without its weights, and distillation would copy them.');
            THROW 50028, @Error, 1;
        END;

        DECLARE @Keep nvarchar(max) = factory.KeptComponents(@AgentId);
        EXECUTE ops.RequireQuota 'calls', 0;
        EXECUTE ops.RequireQuota 'compute_ms', 0;
        EXECUTE mqe.EnsureSegments @BaseModelId;
        EXECUTE factory.BuildWeights @AgentId = @AgentId, @Keep = @Keep, @TextsPerDomain = @TextsPerDomain, @Folder = @Folder OUTPUT;

        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        EXECUTE factory.ReplaceWeights @AgentId, @Folder;

        DECLARE @ComputeMs bigint = DATEDIFF_BIG(MILLISECOND, @Started, SYSUTCDATETIME());
        DECLARE @Details nvarchar(max) =
        (
            SELECT LOWER(a.PublicId) AS agent_id, m.ParameterCount AS parameter_count, @ComputeMs AS compute_ms
            FROM factory.Agent AS a
            INNER JOIN mqe.Model AS m ON m.ModelId = a.ModelId
            WHERE a.AgentId = @AgentId
            FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
        );
        EXECUTE ops.RecordAct 'agent.distil', 'agent', @Name, 'agent.distilled', 'distillation_ms', @ComputeMs, @ComputeMs, @Details;

        IF @OwnsTransaction = 1
        BEGIN
            COMMIT TRANSACTION;
        END;

        SET @Deleted = clr.DeleteWorkFolder(@Folder);
    END TRY
    BEGIN CATCH
        IF @OwnsTransaction = 1 AND XACT_STATE() <> 0
        BEGIN
            ROLLBACK TRANSACTION;
        END;

        IF @Folder IS NOT NULL
        BEGIN
            SET @Deleted = clr.DeleteWorkFolder(@Folder);
        END;

        IF ERROR_NUMBER() IN (6260, 6522)
        BEGIN
            EXECUTE mqe.ThrowClrError;
        END;

        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON OBJECT::factory.DistillAgent TO nina_application;
