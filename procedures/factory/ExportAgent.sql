-- Writes an agent as a folder that other runtimes load, as Hugging Face has them (config.json, model.safetensors, tokenizer files) or with one GGUF file, and agent.json
-- beside it: where its components came from, how it was judged, the rules that it obeys, the SHA-256 of every file, and the platform's signature over all of
-- that (docs/safety.md). Applied patches are baked in. What was written is loaded back and compared with the agent in the database; where it differs, nothing is left.
-- Result: a row a file. Errors: 50001, 50007, 50011, 50020, 50021, 50028, 50030, 50049, 51808, 51xxx (the folder must be new or empty).
CREATE PROCEDURE factory.ExportAgent
    @Agent nvarchar(200),                  -- Name of the agent.
    @Path nvarchar(4000),                  -- Folder to write, as the server sees it.
    @Format varchar(4) = 'hf',             -- hf (Hugging Face) or gguf.
    @DataType varchar(8) = NULL            -- F32, F16 or BF16, with gguf also Q8_0, Q4_0 or Q4_K; NULL: as the weights are stored, with gguf BF16.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'editor', 'agent.export', 'agent', @Agent;

    DECLARE @Error nvarchar(2048) = N'';
    IF @Path IS NULL OR LTRIM(@Path) = N''
    BEGIN
        SET @Error += N'@Path is required. ';
    END;

    IF @Format IS NULL OR @Format NOT IN ('hf', 'gguf')
    BEGIN
        SET @Error += N'@Format must be hf or gguf. ';
    END;

    IF @DataType NOT IN ('F32', 'F16', 'BF16', 'Q8_0', 'Q4_0', 'Q4_K') OR (@Format = 'hf' AND @DataType IN ('Q8_0', 'Q4_0', 'Q4_K'))
    BEGIN
        SET @Error += N'@DataType must be F32, F16 or BF16, and with @Format = ''gguf'' may be Q8_0, Q4_0 or Q4_K. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;

    DECLARE @Folder nvarchar(4000), @Deleted bit;
    BEGIN TRY
        DECLARE @AgentId int, @ModelId int, @PublicId uniqueidentifier, @Name nvarchar(200), @Status varchar(12);
        EXECUTE factory.FindAgent @Agent, @AgentId OUTPUT;
        SELECT @ModelId = ModelId, @PublicId = PublicId, @Name = Name, @Status = Status FROM factory.Agent WHERE AgentId = @AgentId;
        IF @ModelId IS NULL
        BEGIN
            SET @Error = CONCAT(N'The agent ''', @Agent, N''' has no weights yet; factory.DistillAgent makes them.');
            THROW 50011, @Error, 1;
        END;

        IF NOT EXISTS (SELECT 1 FROM mqe.CanReadWeights(@ModelId))
        BEGIN
            SET @Error = CONCAT(N'The agent ''', @Agent, N''' is shared without its weights.');
            THROW 50028, @Error, 1;
        END;

        IF @Status = 'rejected'
        BEGIN
            SET @Error = CONCAT(N'The agent ''', @Agent, N''' was rejected by factory.VerifyAgent and is not exported.');
            THROW 50011, @Error, 1;
        END;

        EXECUTE mqe.EnsureSegments @ModelId;
        DECLARE @Rules nvarchar(max), @Versions nvarchar(max), @Space varbinary(max), @Signed nvarchar(max);
        EXECUTE safety.LoadRules @AgentId, @Rules OUTPUT, @Versions OUTPUT, @Space OUTPUT;

        DECLARE @Manifest nvarchar(max) = mqe.ModelManifest(@ModelId), @ToWrite nvarchar(max);
        DECLARE @Files table (Name nvarchar(260) NOT NULL PRIMARY KEY, ByteLength bigint NOT NULL, Sha256 binary(32) NOT NULL);
        EXECUTE ops.RequireQuota 'compute_ms', 0;
        SET @Folder = clr.PrepareExport(@Manifest, @Format, @DataType);
        IF @Folder IS NULL
        BEGIN
            SET @ToWrite = @Manifest;
            INSERT INTO @Files (Name, ByteLength, Sha256)
            SELECT Name, ByteLength, Sha256
            FROM mqe.ModelFile
            WHERE ModelId = @ModelId AND Kind NOT IN ('patch', 'spare');
        END
        ELSE
        BEGIN
            SET @ToWrite = (SELECT name AS [name], kind AS [kind], path AS [path] FROM clr.DescribePath(@Folder) ORDER BY ordinal FOR JSON PATH);
            INSERT INTO @Files (Name, ByteLength, Sha256)
            SELECT name, byte_length, clr.FileSha256(path)
            FROM clr.DescribePath(@Folder);
        END;

        IF @Space IS NOT NULL
        BEGIN
            INSERT INTO @Files (Name, ByteLength, Sha256)
            VALUES (N'meaning_space.bin', DATALENGTH(@Space), HASHBYTES('SHA2_256', @Space));
        END;

        DECLARE @AgentJson nvarchar(max) =
        (
            SELECT
                N'ninadb-agent/1' AS format,
                @Format AS weights_format,
                CONVERT(varchar(30), SYSUTCDATETIME(), 126) AS exported_at,
                JSON_QUERY(@Versions) AS [constitution.versions],
                JSON_QUERY
                (
                    ISNULL
                    (
                        (
                            SELECT r.scope, r.version, r.name, r.kind, r.stage, r.text, JSON_QUERY(r.parameters) AS parameters
                            FROM OPENJSON(@Rules) AS j
                            CROSS APPLY OPENJSON(j.value) WITH
                            (
                                scope varchar(8), version int, name nvarchar(100), kind varchar(20), stage varchar(6), text nvarchar(max), parameters nvarchar(max) AS JSON
                            ) AS r
                            ORDER BY CAST(j.[key] AS int)
                            FOR JSON PATH, INCLUDE_NULL_VALUES
                        ),
                        N'[]'
                    )
                ) AS [constitution.rules],
                (
                    SELECT Name AS name, ByteLength AS byte_length, LOWER(CONVERT(char(64), Sha256, 2)) AS sha256
                    FROM @Files
                    ORDER BY Name
                    FOR JSON PATH
                ) AS files,
                a.name,
                a.agent_id,
                a.base_model_name,
                CONVERT(char(64), b.content_hash, 2) AS base_model_hash,
                a.domains,
                a.keep_fraction,
                a.neurons_per_layer,
                a.experts_per_layer,
                a.parameter_count,
                a.status,
                (SELECT name, kind, LOWER(CONVERT(char(64), sha256, 2)) AS sha256 FROM factory.patches WHERE agent_id = @PublicId AND is_applied = 1 ORDER BY ordinal FOR JSON PATH) AS patches,
                (
                    SELECT domain, is_own_domain, base_loss, agent_loss, random_loss, token_count
                    FROM factory.agent_losses
                    WHERE agent_id = @PublicId
                    ORDER BY domain
                    FOR JSON PATH
                ) AS measurements,
                (
                    SELECT layer, kind, component_index, layer_rank, importance
                    FROM factory.agent_components
                    WHERE agent_id = @PublicId
                    ORDER BY layer, component_index
                    FOR JSON PATH
                ) AS components
            FROM factory.agents AS a
            LEFT OUTER JOIN mqe.models AS b ON b.model_id = a.base_model_id
            WHERE a.agent_id = @PublicId
            FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
        );

        EXECUTE safety.SignDocument @AgentJson, @Signed OUTPUT;

        -- A folder that was written stays written: what may be refused comes before.
        EXECUTE ops.RequireQuota 'calls';
        DECLARE @Texts nvarchar(max) = mqe.TextsOf((SELECT MIN(DomainId) FROM factory.AgentDomain WHERE AgentId = @AgentId), 'probe', 3);
        DECLARE @Written table (name nvarchar(260) NOT NULL, byte_length bigint NOT NULL, sha256 varbinary(32) NULL, max_logit_difference float NULL);
        INSERT INTO @Written (name, byte_length, sha256, max_logit_difference)
        SELECT name, byte_length, sha256, max_logit_difference
        FROM clr.WriteExport(@ToWrite, @Manifest, @Path, @Signed, @Space, @Texts);
        SET @Deleted = CASE WHEN @Folder IS NULL THEN 0 ELSE clr.DeleteWorkFolder(@Folder) END;
        SET @Folder = NULL;

        DECLARE @Details nvarchar(max) = CONCAT(N'{"agent_id":"', LOWER(@PublicId), N'","path":"', STRING_ESCAPE(@Path, 'json'), N'"}');
        EXECUTE ops.RecordAct 'agent.export', 'agent', @Name, 'agent.exported', @Details = @Details, @IsDone = 1;

        SELECT name, byte_length, sha256, max_logit_difference
        FROM @Written;
    END TRY
    BEGIN CATCH
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
GRANT EXECUTE ON OBJECT::factory.ExportAgent TO nina_application;
