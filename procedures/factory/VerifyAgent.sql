-- Judges an agent on the held-out test passages of every domain: loss of the base model, of the agent and, as a yardstick, of a random choice of as many
-- components, refitted in the same way. The agent is verified when none of its own domains lost more than its limit, else rejected.
-- Result: factory.agent_losses of the agent. Errors: 50002, 50007, 50011, 50013, 50020, 50021, 50030, 51xxx.
CREATE PROCEDURE factory.VerifyAgent
    @Agent nvarchar(200),                  -- Name of the agent.
    @TextsPerDomain int = 60,              -- Test passages of each domain (the first ones); NULL for all.
    @CompareRandom bit = 1,                -- 0: leave out the random choice.
    @Seed int = 1                          -- Of the random choice.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'editor', 'agent.verify', 'agent', @Agent;

    IF @TextsPerDomain < 1
    BEGIN
        THROW 50002, N'@TextsPerDomain must be at least 1.', 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    DECLARE @Folder nvarchar(4000), @Deleted bit, @Started datetime2(3) = SYSUTCDATETIME();
    BEGIN TRY
        DECLARE @AgentId int, @BaseModelId int, @ModelId int, @Error nvarchar(2048);
        EXECUTE factory.FindAgent @Agent, @AgentId OUTPUT, @Need = 'own';
        SELECT @BaseModelId = BaseModelId, @ModelId = ModelId FROM factory.Agent WHERE AgentId = @AgentId;
        IF @ModelId IS NULL
        BEGIN
            SET @Error = CONCAT(N'The agent ''', @Agent, N''' has no weights yet; factory.DistillAgent makes them.');
            THROW 50011, @Error, 1;
        END;

        IF EXISTS
        (
            SELECT 1
            FROM factory.AgentDomain AS ad
            WHERE ad.AgentId = @AgentId AND NOT EXISTS (SELECT 1 FROM mqe.ProbeText AS p WHERE p.DomainId = ad.DomainId AND p.Purpose = 'test')
        )
        BEGIN
            THROW 50013, N'A domain of the agent has no test passages; mqe.AddProbeTexts @Purpose = ''test'' adds them.', 1;
        END;

        EXECUTE ops.RequireQuota 'calls', 0;
        EXECUTE ops.RequireQuota 'compute_ms', 0;
        EXECUTE mqe.EnsureSegments @BaseModelId;
        EXECUTE mqe.EnsureSegments @ModelId;

        DECLARE @Variants table (Variant varchar(8) NOT NULL PRIMARY KEY, Manifest nvarchar(max) NOT NULL);
        INSERT INTO @Variants (Variant, Manifest)
        VALUES ('base', mqe.ModelManifest(@BaseModelId)), ('agent', mqe.ModelManifest(@ModelId));

        IF @CompareRandom = 1
        BEGIN
            DECLARE @Keep nvarchar(max) = factory.RandomComponents(@AgentId, @Seed);
            EXECUTE factory.BuildWeights @AgentId = @AgentId, @Keep = @Keep, @TextsPerDomain = @TextsPerDomain, @Folder = @Folder OUTPUT;
            INSERT INTO @Variants (Variant, Manifest)
            SELECT 'random', (SELECT name AS [name], kind AS [kind], path AS [path] FROM clr.DescribePath(@Folder) ORDER BY ordinal FOR JSON PATH);
        END;

        DECLARE @Losses table
        (
            DomainId int NOT NULL,
            Variant varchar(8) NOT NULL,
            NatsPerToken float NOT NULL,
            TokenCount bigint NOT NULL,
            PRIMARY KEY (DomainId, Variant)
        );
        DECLARE @DomainId int = (SELECT MIN(DomainId) FROM mqe.ProbeText WHERE Purpose = 'test'), @Domain nvarchar(100), @Texts nvarchar(max);
        WHILE @DomainId IS NOT NULL
        BEGIN
            SET @Domain = (SELECT Name FROM mqe.Domain WHERE DomainId = @DomainId);
            RAISERROR (N'Measuring losses on %s.', 0, 1, @Domain) WITH NOWAIT;
            SET @Texts = mqe.TextsOf(@DomainId, 'test', @TextsPerDomain);

            INSERT INTO @Losses (DomainId, Variant, NatsPerToken, TokenCount)
            SELECT @DomainId, v.Variant, l.total_nats / l.token_count, l.token_count
            FROM @Variants AS v
            CROSS APPLY clr.MeasureLoss(v.Manifest, @Texts) AS l;

            SET @DomainId = (SELECT MIN(DomainId) FROM mqe.ProbeText WHERE Purpose = 'test' AND DomainId > @DomainId);
        END;

        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        UPDATE a
        SET
            VerifiedAt = SYSUTCDATETIME(),
            Status = CASE
                WHEN EXISTS
                (
                    SELECT 1
                    FROM factory.AgentDomain AS ad
                    INNER JOIN @Losses AS base ON base.DomainId = ad.DomainId AND base.Variant = 'base'
                    INNER JOIN @Losses AS agent ON agent.DomainId = ad.DomainId AND agent.Variant = 'agent'
                    WHERE ad.AgentId = a.AgentId AND agent.NatsPerToken > base.NatsPerToken + a.MaxLossIncrease
                ) THEN 'rejected'
                ELSE 'verified'
            END
        FROM factory.Agent AS a
        WHERE a.AgentId = @AgentId AND a.ModelId = @ModelId;
        IF @@ROWCOUNT = 0
        BEGIN
            -- Another connection dropped the agent, or made other weights, meanwhile: what was measured is not what is there.
            EXECUTE factory.FindAgent @Agent, @AgentId OUTPUT, @Need = 'own';
            SET @Error = CONCAT(N'The agent ''', @Agent, N''' got other weights while it was verified. Verify it again.');
            THROW 50011, @Error, 1;
        END;

        DELETE FROM factory.AgentMeasurement WHERE AgentId = @AgentId;
        INSERT INTO factory.AgentMeasurement (AgentId, DomainId, Variant, NatsPerToken, TokenCount, TextSetHash)
        SELECT @AgentId, DomainId, Variant, NatsPerToken, TokenCount, mqe.ProbeSetHash('test', @TextsPerDomain)
        FROM @Losses;

        EXECUTE mqe.RefreshSharedDomains;

        DECLARE @ComputeMs bigint = DATEDIFF_BIG(MILLISECOND, @Started, SYSUTCDATETIME()), @Tokens bigint = (SELECT SUM(TokenCount) FROM @Losses);
        DECLARE @Name nvarchar(200), @Details nvarchar(max);
        SELECT @Name = a.Name, @Details = CONCAT(N'{"agent_id":"', LOWER(a.PublicId), N'","status":"', a.Status, N'","tokens":', @Tokens, N'}')
        FROM factory.Agent AS a
        WHERE a.AgentId = @AgentId;
        EXECUTE ops.RecordAct 'agent.verify', 'agent', @Name, 'agent.verified', 'probe_tokens', @Tokens, @ComputeMs, @Details;

        IF @OwnsTransaction = 1
        BEGIN
            COMMIT TRANSACTION;
        END;

        SET @Deleted = CASE WHEN @Folder IS NULL THEN 0 ELSE clr.DeleteWorkFolder(@Folder) END;

        SELECT domain, is_own_domain, base_loss, agent_loss, random_loss, token_count
        FROM factory.agent_losses
        WHERE agent_id = (SELECT PublicId FROM factory.Agent WHERE AgentId = @AgentId)
        ORDER BY is_own_domain DESC, domain;
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
GRANT EXECUTE ON OBJECT::factory.VerifyAgent TO nina_application;
