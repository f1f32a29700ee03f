-- Runs a model on the probe passages of every domain and stores what each component's activity tells about the domains: skill levels with their evidence, importance,
-- the use of experts, and the meaning vectors that search compares. Replaces earlier measurements of the model at once, or not at all. A measurement that was killed is
-- gone on with when it is asked for again. Errors: 50002, 50003, 50009, 50013, 50020, 50021, 50030, 50069, 51xxx.
CREATE PROCEDURE mqe.MeasureSkills
    @Model nvarchar(200) = NULL,           -- Name or public id of the model; may be left out where the tenant has only one.
    @TextsPerDomain int = 60,              -- Probe passages of each domain to choose from (the first ones).
    @SampleSize int = NULL,                -- Passages of each domain to run, drawn from those; by default all of them, or as many as a large model can run in some minutes.
    @Seed int = 1                          -- Draws the sample.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'editor', 'model.measure', 'model', @Model;

    IF @TextsPerDomain IS NULL OR @TextsPerDomain < 2
    BEGIN
        THROW 50002, N'@TextsPerDomain must be at least 2.', 1;
    END;

    IF @SampleSize < 2 OR @Seed IS NULL
    BEGIN
        THROW 50002, N'@SampleSize must be at least 2, and @Seed a number.', 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    DECLARE @Started datetime2(3) = SYSUTCDATETIME(), @AllTokens bigint = 0;
    DECLARE @Probe bigint, @Folder nvarchar(4000), @Lock nvarchar(255), @Locked int = -1;
    DECLARE @Closed bit;
    BEGIN TRY
        DECLARE @ModelId int, @Error nvarchar(2048), @IsRunnable bit, @Name nvarchar(200), @Architecture nvarchar(128);
        EXECUTE mqe.FindModel @Model, @ModelId OUTPUT, @Need = 'own';
        SELECT @Name = Name, @Architecture = Architecture, @IsRunnable = IsRunnable FROM mqe.Model WHERE ModelId = @ModelId;
        IF @IsRunnable = 0
        BEGIN
            SET @Error = CONCAT(N'Skills need a known architecture; ''', @Name, N''' (', @Architecture, N') is stored as tensors only.');
            THROW 50009, @Error, 1;
        END;

        DECLARE @Domains table (Position int IDENTITY(1, 1) NOT NULL PRIMARY KEY, DomainId int NOT NULL, Name nvarchar(100) NOT NULL);
        INSERT INTO @Domains (DomainId, Name)
        SELECT d.DomainId, d.Name
        FROM mqe.Domain AS d
        WHERE d.TenantId = tenancy.CurrentTenantId()
            AND EXISTS (SELECT 1 FROM mqe.ProbeText AS p WHERE p.DomainId = d.DomainId AND p.Purpose = 'probe')
        ORDER BY d.Name;

        DECLARE @DomainCount int = (SELECT COUNT(*) FROM @Domains);
        IF @DomainCount < 2
        BEGIN
            THROW 50013, N'A skill contrasts a domain with others: add probe passages for at least two domains with mqe.AddProbeTexts.', 1;
        END;

        EXECUTE ops.RequireQuota 'calls', 0;
        EXECUTE ops.RequireQuota 'compute_ms', 0;

        -- One measurement of a model at a time: two would write into one file.
        SET @Lock = CONCAT(N'mqe.MeasureSkills ', @ModelId);
        EXECUTE @Locked = sys.sp_getapplock @Resource = @Lock, @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 0;
        IF @Locked < 0
        BEGIN
            SET @Error = CONCAT(N'The model ''', @Name, N''' is being measured by another session.');
            THROW 50069, @Error, 1;
        END;

        DECLARE @Parameters bigint, @Granularity nvarchar(10), @Owner nvarchar(200);
        SELECT @Parameters = ParameterCount, @Owner = CONCAT(LOWER(PublicId), N' ', CONVERT(char(64), ContentHash, 2)) FROM mqe.Model WHERE ModelId = @ModelId;
        SET @Granularity = CASE
            WHEN EXISTS (SELECT 1 FROM mqe.Component WHERE ModelId = @ModelId AND Kind = 'neuron') THEN 'neuron'
            WHEN EXISTS (SELECT 1 FROM mqe.Component WHERE ModelId = @ModelId AND Kind = 'expert') THEN 'expert'
            WHEN EXISTS (SELECT 1 FROM mqe.Component WHERE ModelId = @ModelId AND Kind = 'head') THEN 'head'
            ELSE 'layer'
        END;

        -- 2e11 parameters times passages are some minutes on two cores.
        IF @SampleSize IS NULL AND CAST(@Parameters AS float) * @DomainCount * @TextsPerDomain > 2e11
        BEGIN
            SET @SampleSize = CASE WHEN 2e11 / @Parameters / @DomainCount > 10 THEN CAST(2e11 / @Parameters / @DomainCount AS int) ELSE 10 END;
        END;

        DECLARE @IsSample bit = CASE WHEN EXISTS
        (
            SELECT 1
            FROM @Domains AS d
            INNER JOIN mqe.ProbeText AS p ON p.DomainId = d.DomainId
            WHERE p.Purpose = 'probe' AND p.Ordinal < @TextsPerDomain
            GROUP BY d.DomainId
            HAVING COUNT(*) > @SampleSize
        ) THEN 1 ELSE 0 END;
        IF @IsSample = 1
        BEGIN
            RAISERROR (N'Measuring %s on a sample of %d passages a domain, drawn by seed %d.', 0, 1, @Name, @SampleSize, @Seed) WITH NOWAIT;
        END;

        EXECUTE mqe.EnsureSegments @ModelId;
        DECLARE @Manifest nvarchar(max) = mqe.ModelManifest(@ModelId);
        SET @Probe = clr.ProbeOpen
        (
            @Manifest,
            (SELECT CONCAT(N'[', STRING_AGG(CONCAT(N'"', STRING_ESCAPE(Name, 'json'), N'"'), N',') WITHIN GROUP (ORDER BY Position), N']') FROM @Domains),
            @Granularity,
            @Owner
        );
        DECLARE @Losses table (DomainId int NOT NULL PRIMARY KEY, TotalNats float NOT NULL, TokenCount bigint NOT NULL, TextCount int NOT NULL);

        DECLARE @Position int = 1, @DomainId int, @Domain nvarchar(100), @Texts nvarchar(max), @Tokens bigint, @TextCount int, @Resumed int = 0, @Before int;
        WHILE @Position <= @DomainCount
        BEGIN
            SELECT @DomainId = DomainId, @Domain = Name FROM @Domains WHERE Position = @Position;
            RAISERROR (N'Probing %s, domain %d of %d.', 0, 1, @Domain, @Position, @DomainCount) WITH NOWAIT;
            SET @Texts = mqe.SampleOf(@DomainId, 'probe', @TextsPerDomain, @SampleSize, @Seed);
            SET @Tokens = clr.ProbeTexts(@Probe, @Domain, @Texts);
            SET @AllTokens += @Tokens;

            -- The model as a whole is judged on passages that nothing else is measured on.
            SET @TextCount = (SELECT COUNT(*) FROM mqe.ProbeText WHERE DomainId = @DomainId AND Purpose = 'test' AND Ordinal < @TextsPerDomain);
            SET @TextCount = CASE WHEN @SampleSize < @TextCount THEN @SampleSize ELSE @TextCount END;
            IF @TextCount > 0
            BEGIN
                SET @Texts = mqe.SampleOf(@DomainId, 'test', @TextsPerDomain, @SampleSize, @Seed);
                INSERT INTO @Losses (DomainId, TotalNats, TokenCount, TextCount)
                SELECT @DomainId, l.total_nats, l.token_count, @TextCount
                FROM clr.ProbeLoss(@Probe, @Texts) AS l;
            END;

            SET @Before = @Resumed;
            SET @Resumed = clr.ProbeResumed(@Probe);
            IF @Resumed > @Before
            BEGIN
                RAISERROR (N'Going on with a measurement that did not end: %d passages were done.', 0, 1, @Resumed) WITH NOWAIT;
            END;

            SET @Position += 1;
        END;

        RAISERROR (N'Measuring components.', 0, 1) WITH NOWAIT;
        DECLARE @ProbeSetHash binary(32) = mqe.ProbeSetHash('probe', @TextsPerDomain), @TestSetHash binary(32) = mqe.ProbeSetHash('test', @TextsPerDomain);
        IF @IsSample = 1
        BEGIN
            SET @ProbeSetHash = HASHBYTES('SHA2_256', CONCAT(CONVERT(char(64), @ProbeSetHash, 2), ':', @SampleSize, ':', @Seed));
            SET @TestSetHash = HASHBYTES('SHA2_256', CONCAT(CONVERT(char(64), @TestSetHash, 2), ':', @SampleSize, ':', @Seed));
        END;

        DECLARE @MeasuredAt datetime2(3) = SYSUTCDATETIME();
        SET @Folder = clr.ProbeVectors(@Probe);

        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        EXECUTE mqe.DropReadOnlyVectorIndexes;
        DELETE FROM mqe.SkillMeasurement WHERE ModelId = @ModelId;

        INSERT INTO mqe.SkillMeasurement
        (
            ComponentId, DomainId, ModelId, SkillLevel, SkillLower, SkillUpper, Importance, FiringRate, MeanActivation, TopContexts, Method,
            TextCount, OtherTextCount, TokenCount, ProbeSetHash, ModelHash, MeasuredAt
        )
        SELECT
            c.ComponentId, d.DomainId, @ModelId, s.skill_level, s.skill_lower, s.skill_upper, s.importance, s.firing_rate, s.mean_activation, s.top_contexts,
            CASE @IsSample WHEN 1 THEN CONCAT(s.method, '-sample') ELSE s.method END,
            s.text_count, s.other_text_count, s.token_count, @ProbeSetHash, m.ContentHash, @MeasuredAt
        FROM clr.ProbeSkills(@Probe) AS s
        INNER JOIN @Domains AS d ON d.Name = s.domain
        INNER JOIN mqe.Model AS m ON m.ModelId = @ModelId
        INNER JOIN mqe.Component AS c
            ON c.ModelId = @ModelId
            AND c.Kind = s.kind
            AND c.Layer = s.layer
            AND c.ComponentIndex = s.component_index;

        INSERT INTO mqe.SkillMeasurement
        (
            ComponentId, DomainId, ModelId, SkillLevel, Method, TextCount, OtherTextCount, TokenCount, ProbeSetHash, ModelHash, MeasuredAt
        )
        SELECT
            c.ComponentId, l.DomainId, @ModelId, EXP(-l.TotalNats / l.TokenCount), 'exp-negative-log-likelihood', l.TextCount, 0, l.TokenCount,
            @TestSetHash, m.ContentHash, @MeasuredAt
        FROM @Losses AS l
        INNER JOIN mqe.Model AS m ON m.ModelId = @ModelId
        INNER JOIN mqe.Component AS c ON c.ModelId = @ModelId AND c.Kind = 'model'
        WHERE l.TokenCount > 0;

        DELETE FROM mqe.ExpertUsage WHERE ModelId = @ModelId;
        INSERT INTO mqe.ExpertUsage
        (
            ModelId, Layer, Expert, DomainId, IsShared, TokenCount, UsageShare, MeanGateWeight, RoutingSkill, RoutingLower, RoutingUpper, MeasuredAt
        )
        SELECT
            @ModelId, u.layer, u.expert, d.DomainId, u.is_shared, u.token_count, u.usage_share, u.mean_gate_weight, u.routing_skill, u.routing_lower, u.routing_upper,
            @MeasuredAt
        FROM clr.ProbeExpertUsage(@Probe) AS u
        INNER JOIN @Domains AS d ON d.Name = u.domain;

        DECLARE @Meanings table
        (
            ComponentId int NOT NULL PRIMARY KEY,
            MeaningVector vector(768) NOT NULL,
            TopTokens nvarchar(max) NULL
        );
        INSERT INTO @Meanings (ComponentId, MeaningVector, TopTokens)
        SELECT c.ComponentId, CAST(p.meaning_vector AS vector(768)), p.top_tokens
        FROM clr.ProbeMeanings(@Probe) AS p
        INNER JOIN mqe.Component AS c
            ON c.ModelId = @ModelId
            AND c.Kind = p.kind
            AND c.Layer = p.layer
            AND c.ComponentIndex = p.component_index;

        UPDATE v
        SET MeaningVector = n.MeaningVector
        FROM mqe.ComponentVector AS v
        INNER JOIN @Meanings AS n ON n.ComponentId = v.ComponentId;

        -- Activity decides the sign of what a component writes.
        UPDATE c
        SET TopTokens = n.TopTokens
        FROM mqe.Component AS c
        INNER JOIN @Meanings AS n ON n.ComponentId = c.ComponentId;

        DELETE FROM mqe.VectorSegment WHERE ModelId = @ModelId AND Kind = 'meaning';
        IF @Folder IS NOT NULL
        BEGIN
            DECLARE @Path nvarchar(4000) = clr.VectorFile(@Folder);
            EXECUTE mqe.StoreVectorSegment @ModelId = @ModelId, @Kind = 'meaning', @Path = @Path;
            SET @Closed = clr.DeleteWorkFolder(@Folder);
            SET @Folder = NULL;
        END;

        DELETE FROM mqe.MeaningSpace WHERE ModelId = @ModelId;
        INSERT INTO mqe.MeaningSpace (ModelId, ProbeSetHash, State)
        VALUES (@ModelId, @ProbeSetHash, clr.ProbeSpace(@Probe));

        UPDATE mqe.Model SET MeasuredAt = @MeasuredAt WHERE ModelId = @ModelId;

        SET @AllTokens += COALESCE((SELECT SUM(TokenCount) FROM @Losses), 0);
        DECLARE @ComputeMs bigint = DATEDIFF_BIG(MILLISECOND, @Started, SYSUTCDATETIME());
        DECLARE @Details nvarchar(max) = CONCAT(N'{"domains":', @DomainCount, N',"texts_per_domain":', @TextsPerDomain,
            CASE @IsSample WHEN 1 THEN CONCAT(N',"sample_size":', @SampleSize, N',"seed":', @Seed) END, N',"tokens":', @AllTokens, N'}');
        EXECUTE ops.RecordAct 'model.measure', 'model', @Name, 'model.measured', 'probe_tokens', @AllTokens, @ComputeMs, @Details;
        EXECUTE mqe.RefreshSharedDomains;

        IF @OwnsTransaction = 1
        BEGIN
            COMMIT TRANSACTION;
        END;

        SET @Closed = clr.ProbeClose(@Probe, 1);
        EXECUTE sys.sp_releaseapplock @Resource = @Lock, @LockOwner = 'Session';
    END TRY
    BEGIN CATCH
        IF @OwnsTransaction = 1 AND XACT_STATE() <> 0
        BEGIN
            ROLLBACK TRANSACTION;
        END;

        IF @Probe IS NOT NULL
        BEGIN
            SET @Closed = clr.ProbeClose(@Probe, 0);
        END;

        IF @Folder IS NOT NULL
        BEGIN
            SET @Closed = clr.DeleteWorkFolder(@Folder);
        END;

        IF @Locked >= 0
        BEGIN
            EXECUTE sys.sp_releaseapplock @Resource = @Lock, @LockOwner = 'Session';
        END;

        IF ERROR_NUMBER() IN (6260, 6522)
        BEGIN
            EXECUTE mqe.ThrowClrError;
        END;

        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON OBJECT::mqe.MeasureSkills TO nina_application;
