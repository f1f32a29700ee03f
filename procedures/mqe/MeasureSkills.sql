-- Runs a model on the probe passages of every domain and stores what each component's activity tells about the domains: skill levels with their
-- evidence, importance, and the meaning vectors that search compares. Replaces earlier measurements of the model at once, or not at all.
-- Errors: 50002, 50003, 50009, 50013, 50020, 50021, 50030, 51xxx.
CREATE PROCEDURE mqe.MeasureSkills
    @Model nvarchar(200) = NULL,           -- Name or public id of the model; may be left out where the tenant has only one.
    @TextsPerDomain int = 60               -- Probe passages to run for each domain (the first ones).
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'editor', 'model.measure', 'model', @Model;

    IF @TextsPerDomain IS NULL OR @TextsPerDomain < 2
    BEGIN
        THROW 50002, N'@TextsPerDomain must be at least 2.', 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    DECLARE @Started datetime2(3) = SYSUTCDATETIME(), @AllTokens bigint = 0;
    DECLARE @Probe bigint;
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
        EXECUTE mqe.EnsureSegments @ModelId;
        DECLARE @Manifest nvarchar(max) = mqe.ModelManifest(@ModelId);
        SET @Probe = clr.ProbeOpen
        (
            @Manifest,
            (SELECT CONCAT(N'[', STRING_AGG(CONCAT(N'"', STRING_ESCAPE(Name, 'json'), N'"'), N',') WITHIN GROUP (ORDER BY Position), N']') FROM @Domains)
        );
        DECLARE @Losses table (DomainId int NOT NULL PRIMARY KEY, TotalNats float NOT NULL, TokenCount bigint NOT NULL, TextCount int NOT NULL);

        DECLARE @Position int = 1, @DomainId int, @Domain nvarchar(100), @Texts nvarchar(max), @Tokens bigint, @TextCount int;
        WHILE @Position <= @DomainCount
        BEGIN
            SELECT @DomainId = DomainId, @Domain = Name FROM @Domains WHERE Position = @Position;
            RAISERROR (N'Probing %s, domain %d of %d.', 0, 1, @Domain, @Position, @DomainCount) WITH NOWAIT;
            SET @Texts = mqe.TextsOf(@DomainId, 'probe', @TextsPerDomain);
            SET @Tokens = clr.ProbeTexts(@Probe, @Domain, @Texts);
            SET @AllTokens += @Tokens;

            -- The model as a whole is judged on passages that nothing else is measured on.
            SET @TextCount = (SELECT COUNT(*) FROM mqe.ProbeText WHERE DomainId = @DomainId AND Purpose = 'test' AND Ordinal < @TextsPerDomain);
            IF @TextCount > 0
            BEGIN
                SET @Texts = mqe.TextsOf(@DomainId, 'test', @TextsPerDomain);
                INSERT INTO @Losses (DomainId, TotalNats, TokenCount, TextCount)
                SELECT @DomainId, l.total_nats, l.token_count, @TextCount
                FROM clr.MeasureLoss(@Manifest, @Texts) AS l;
            END;

            SET @Position += 1;
        END;

        RAISERROR (N'Measuring components.', 0, 1) WITH NOWAIT;
        DECLARE @ProbeSetHash binary(32) = mqe.ProbeSetHash('probe', @TextsPerDomain);

        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        EXECUTE mqe.DropReadOnlyVectorIndexes;
        DELETE FROM mqe.SkillMeasurement WHERE ModelId = @ModelId;

        INSERT INTO mqe.SkillMeasurement
        (
            ComponentId, DomainId, ModelId, SkillLevel, SkillLower, SkillUpper, Importance, FiringRate, TopContexts, Method,
            TextCount, OtherTextCount, TokenCount, ProbeSetHash, ModelHash
        )
        SELECT
            c.ComponentId, d.DomainId, @ModelId, s.skill_level, s.skill_lower, s.skill_upper, s.importance, s.firing_rate, s.top_contexts, s.method,
            s.text_count, s.other_text_count, s.token_count, @ProbeSetHash, m.ContentHash
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
            ComponentId, DomainId, ModelId, SkillLevel, Method, TextCount, OtherTextCount, TokenCount, ProbeSetHash, ModelHash
        )
        SELECT
            c.ComponentId, l.DomainId, @ModelId, EXP(-l.TotalNats / l.TokenCount), 'exp-negative-log-likelihood', l.TextCount, 0, l.TokenCount,
            mqe.ProbeSetHash('test', @TextsPerDomain), m.ContentHash
        FROM @Losses AS l
        INNER JOIN mqe.Model AS m ON m.ModelId = @ModelId
        INNER JOIN mqe.Component AS c ON c.ModelId = @ModelId AND c.Kind = 'model'
        WHERE l.TokenCount > 0;

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

        DELETE FROM mqe.MeaningSpace WHERE ModelId = @ModelId;
        INSERT INTO mqe.MeaningSpace (ModelId, ProbeSetHash, State)
        VALUES (@ModelId, @ProbeSetHash, clr.ProbeSpace(@Probe));

        UPDATE mqe.Model SET MeasuredAt = SYSUTCDATETIME() WHERE ModelId = @ModelId;

        SET @AllTokens += COALESCE((SELECT SUM(TokenCount) FROM @Losses), 0);
        DECLARE @ComputeMs bigint = DATEDIFF_BIG(MILLISECOND, @Started, SYSUTCDATETIME());
        DECLARE @Details nvarchar(max) = CONCAT(N'{"domains":', @DomainCount, N',"texts_per_domain":', @TextsPerDomain, N',"tokens":', @AllTokens, N'}');
        EXECUTE ops.RecordAct 'model.measure', 'model', @Name, 'model.measured', 'probe_tokens', @AllTokens, @ComputeMs, @Details;
        EXECUTE mqe.RefreshSharedDomains;

        IF @OwnsTransaction = 1
        BEGIN
            COMMIT TRANSACTION;
        END;

        SET @Closed = clr.ProbeClose(@Probe);
    END TRY
    BEGIN CATCH
        IF @OwnsTransaction = 1 AND XACT_STATE() <> 0
        BEGIN
            ROLLBACK TRANSACTION;
        END;

        IF @Probe IS NOT NULL
        BEGIN
            SET @Closed = clr.ProbeClose(@Probe);
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
