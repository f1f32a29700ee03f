-- Changes an agent's weights reversibly (docs/agents.md): a patch is a small delta over files that stay as they are, so that removing it brings back every byte. A
-- patched agent keeps its rules and has to be verified again. Actions: apply makes a patch where @Kind is given, else applies one that was removed; remove
-- takes it off and keeps it; drop deletes it; bake makes new weights with all patches in; list changes nothing. Result: the agent's patches.
-- Errors: 50001, 50007, 50011, 50015, 50020, 50021, 50028, 50030, 50078, 50079, 50080, 50081, 51xxx.
CREATE PROCEDURE factory.PatchAgent
    @Agent nvarchar(200),                  -- Name or public id of the agent.
    @Action varchar(6) = 'list',           -- apply, remove, drop, bake or list.
    @Patch nvarchar(200) = NULL,           -- Name of the patch; for bake and list left out.
    @Kind varchar(8) = NULL,               -- A new patch: scale or zero (what components write), set (what neurons write along), promote (a token), adapter (LoRA).
    @Components nvarchar(max) = NULL,      -- JSON array of {"kind", "layer", "index"} as mqe.components numbers them, or of component_ids; for all kinds but adapter.
    @Factor float = NULL,                  -- scale: what their writing is multiplied by.
    @Direction nvarchar(max) = NULL,       -- set: JSON array of as many numbers as the model is wide.
    @Token nvarchar(400) = NULL,           -- promote: the token, as the model writes it; a token that begins a word has a blank before it.
    @Strength float = 1,                   -- promote: how much, in units of what the neuron writes already; below 0 to demote.
    @AdapterPath nvarchar(4000) = NULL     -- adapter: a PEFT folder (adapter_config.json, adapter_model.safetensors) or a GGUF adapter, as the server sees it.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Role varchar(20) = CASE WHEN @Action = 'list' THEN 'viewer' ELSE 'editor' END;
    EXECUTE tenancy.RequireRole @Role, 'agent.patch', 'agent', @Agent;

    DECLARE @Error nvarchar(2048) = N'';
    IF @Action IS NULL OR @Action NOT IN ('apply', 'remove', 'drop', 'bake', 'list')
    BEGIN
        SET @Error += N'@Action must be apply, remove, drop, bake or list. ';
    END;

    IF @Action IN ('apply', 'remove', 'drop') AND (@Patch IS NULL OR LTRIM(@Patch) = N'')
    BEGIN
        SET @Error += N'@Patch is required. ';
    END;

    IF @Kind IS NOT NULL AND (@Kind NOT IN ('scale', 'zero', 'set', 'promote', 'adapter') OR @Action <> 'apply')
    BEGIN
        SET @Error += N'@Kind must be scale, zero, set, promote or adapter, and goes with @Action = ''apply''. ';
    END;

    IF @Kind = 'scale' AND @Factor IS NULL
    BEGIN
        SET @Error += N'@Factor is required. ';
    END;

    IF @Kind = 'set' AND (@Direction IS NULL OR ISJSON(@Direction) = 0 OR LEFT(LTRIM(@Direction), 1) <> N'[')
    BEGIN
        SET @Error += N'@Direction must be a JSON array of numbers. ';
    END;

    IF @Kind = 'promote' AND (@Token IS NULL OR @Token = N'' OR @Strength IS NULL)
    BEGIN
        SET @Error += N'@Token and @Strength are required. ';
    END;

    IF @Kind = 'adapter' AND (@AdapterPath IS NULL OR LTRIM(@AdapterPath) = N'')
    BEGIN
        SET @Error += N'@AdapterPath is required. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END, @Started datetime2(3) = SYSUTCDATETIME();
    BEGIN TRY
        DECLARE @AgentId int, @ModelId int, @Name nvarchar(200), @Need varchar(7) = CASE WHEN @Action = 'list' THEN 'read' ELSE 'own' END;
        EXECUTE factory.FindAgent @Agent, @AgentId OUTPUT, @Need = @Need;
        SELECT @ModelId = ModelId, @Name = Name FROM factory.Agent WHERE AgentId = @AgentId;

        IF @Action <> 'list'
        BEGIN
            IF @ModelId IS NULL
            BEGIN
                SET @Error = CONCAT(N'The agent ''', @Agent, N''' has no weights yet; factory.DistillAgent makes them.');
                THROW 50011, @Error, 1;
            END;

            DECLARE @PatchId int, @IsApplied bit, @FileOrdinal int, @Bytes bigint = 0, @Metric varchar(30), @Quantity bigint = 0, @ComputeMs bigint;
            SELECT @PatchId = PatchId, @IsApplied = IsApplied, @FileOrdinal = FileOrdinal, @Bytes = ByteLength
            FROM factory.Patch
            WHERE AgentId = @AgentId AND Name = @Patch;
            IF @PatchId IS NULL AND @Action <> 'bake' AND @Kind IS NULL
            BEGIN
                SET @Error = CONCAT(N'The agent ''', @Name, N''' has no patch named ''', @Patch, N'''. SELECT name FROM factory.patches lists them; with @Kind a new one is made.');
                THROW 50078, @Error, 1;
            END;

            IF @Kind IS NULL AND ((@Action = 'apply' AND @IsApplied = 1) OR (@Action = 'remove' AND @IsApplied = 0))
            BEGIN
                SET @Error = CONCAT(N'The patch ''', @Patch, N''' is ', CASE WHEN @IsApplied = 1 THEN N'applied already.' ELSE N'not applied.' END);
                THROW 50080, @Error, 1;
            END;

            EXECUTE ops.RequireQuota 'calls', 0;
            EXECUTE ops.RequireQuota 'compute_ms', 0;
            EXECUTE mqe.EnsureSegments @ModelId;

            IF @OwnsTransaction = 1
            BEGIN
                BEGIN TRANSACTION;
            END;

            IF @Action = 'bake'
            BEGIN
                EXECUTE factory.BakePatches @AgentId;
                SELECT @ComputeMs = DATEDIFF_BIG(MILLISECOND, @Started, SYSUTCDATETIME()), @Metric = 'distillation_ms';
                SET @Quantity = @ComputeMs;
            END
            ELSE IF @Kind IS NOT NULL
            BEGIN
                EXECUTE factory.AddPatch @AgentId, @Patch, @Kind, @Components, @Factor, @Direction, @Token, @Strength, @AdapterPath, @Bytes OUTPUT;
                SELECT @Metric = 'ingest_bytes', @Quantity = @Bytes;
            END
            ELSE IF @Action = 'drop'
            BEGIN
                DELETE FROM factory.Patch WHERE PatchId = @PatchId;
                DELETE FROM mqe.ModelFile WHERE ModelId = @ModelId AND Ordinal = @FileOrdinal;
                EXECUTE ops.ReleaseQuota 'storage_bytes', @Bytes;
            END
            ELSE
            BEGIN
                UPDATE factory.Patch SET IsApplied = CASE WHEN @Action = 'apply' THEN 1 ELSE 0 END WHERE PatchId = @PatchId;
                UPDATE mqe.ModelFile SET Kind = CASE WHEN @Action = 'apply' THEN 'patch' ELSE 'spare' END WHERE ModelId = @ModelId AND Ordinal = @FileOrdinal;
            END;

            -- What runs is not what was verified.
            IF @Action <> 'bake' AND NOT (@Action = 'drop' AND @IsApplied = 0)
            BEGIN
                EXECUTE mqe.RefreshModelHash @ModelId;
                DELETE FROM factory.AgentMeasurement WHERE AgentId = @AgentId;
                UPDATE factory.Agent SET Status = 'distilled', VerifiedAt = NULL WHERE AgentId = @AgentId AND ModelId = @ModelId;
                IF @@ROWCOUNT = 0
                BEGIN
                    -- Another connection dropped the agent, or made other weights, meanwhile.
                    EXECUTE factory.FindAgent @Agent, @AgentId OUTPUT, @Need = 'own';
                    SET @Error = CONCAT(N'The agent ''', @Name, N''' got other weights while it was patched.');
                    THROW 50011, @Error, 1;
                END;
            END;

            DECLARE @Event varchar(100) = CASE WHEN @Action = 'bake' THEN 'agent.baked' ELSE 'agent.patched' END;
            DECLARE @Details nvarchar(max) =
            (
                SELECT LOWER(a.PublicId) AS agent_id, @Action AS action, @Patch AS patch, @Kind AS kind
                FROM factory.Agent AS a
                WHERE a.AgentId = @AgentId
                FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
            );
            SET @ComputeMs = ISNULL(@ComputeMs, 0);
            EXECUTE ops.RecordAct 'agent.patch', 'agent', @Name, @Event, @Metric, @Quantity, @ComputeMs, @Details;

            IF @OwnsTransaction = 1
            BEGIN
                COMMIT TRANSACTION;
            END;
        END;

        SELECT name, ordinal, kind, is_applied, edit_count, parameter_count, byte_length, sha256, specification, created_at
        FROM factory.patches
        WHERE agent_id = (SELECT PublicId FROM factory.Agent WHERE AgentId = @AgentId)
        ORDER BY ordinal;
    END TRY
    BEGIN CATCH
        IF @OwnsTransaction = 1 AND XACT_STATE() <> 0
        BEGIN
            ROLLBACK TRANSACTION;
        END;

        IF ERROR_NUMBER() IN (6260, 6522)
        BEGIN
            EXECUTE mqe.ThrowClrError;
        END;

        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON OBJECT::factory.PatchAgent TO nina_application;
