-- Writes an agent as a Hugging Face folder that other runtimes load (config.json, model.safetensors, tokenizer files), with agent.json beside it: where
-- its components came from, how it was judged, the rules that it obeys, the SHA-256 of every file, and the platform's signature over all of that (docs/safety.md).
-- Result: a row a file. Errors: 50001, 50007, 50011, 50020, 50021, 50030, 50049, 51xxx (the folder must be new or empty).
CREATE PROCEDURE factory.ExportAgent
    @Agent nvarchar(200),                  -- Name of the agent.
    @Path nvarchar(4000)                   -- Folder to write, as the server sees it.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'editor', 'agent.export', 'agent', @Agent;

    IF @Path IS NULL OR LTRIM(@Path) = N''
    BEGIN
        THROW 50001, N'@Path is required.', 1;
    END;

    BEGIN TRY
        DECLARE @AgentId int, @ModelId int, @PublicId uniqueidentifier, @Name nvarchar(200), @Error nvarchar(2048), @Status varchar(12);
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

        DECLARE @Files table (Name nvarchar(260) NOT NULL PRIMARY KEY, ByteLength bigint NOT NULL, Sha256 binary(32) NOT NULL);
        INSERT INTO @Files (Name, ByteLength, Sha256)
        SELECT Name, ByteLength, Sha256
        FROM mqe.ModelFile
        WHERE ModelId = @ModelId;
        IF @Space IS NOT NULL
        BEGIN
            INSERT INTO @Files (Name, ByteLength, Sha256)
            VALUES (N'meaning_space.bin', DATALENGTH(@Space), HASHBYTES('SHA2_256', @Space));
        END;

        DECLARE @AgentJson nvarchar(max) =
        (
            SELECT
                N'ninadb-agent/1' AS format,
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
                a.parameter_count,
                a.status,
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
        DECLARE @Written table (name nvarchar(260) NOT NULL, byte_length bigint NOT NULL, sha256 varbinary(32) NULL);
        INSERT INTO @Written (name, byte_length, sha256)
        SELECT name, byte_length, sha256
        FROM clr.WriteFolder(mqe.ModelManifest(@ModelId), @Path, @Signed, @Space);

        DECLARE @Details nvarchar(max) = CONCAT(N'{"agent_id":"', LOWER(@PublicId), N'","path":"', STRING_ESCAPE(@Path, 'json'), N'"}');
        EXECUTE ops.RecordAct 'agent.export', 'agent', @Name, 'agent.exported', @Details = @Details, @IsDone = 1;

        SELECT name, byte_length, sha256
        FROM @Written;
    END TRY
    BEGIN CATCH
        IF ERROR_NUMBER() IN (6260, 6522)
        BEGIN
            EXECUTE mqe.ThrowClrError;
        END;

        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON OBJECT::factory.ExportAgent TO nina_application;
