-- Chooses the components of an agent: per layer the most important neurons for its domains, or of a mixture the experts that they use most, as many in each layer, so
-- that the result is a standard architecture (docs/agents.md). The agent is bound to the constitutions in force (docs/safety.md). Result: a row a layer; with
-- @DryRun = 1 then every component that would be chosen, and why, and nothing is stored. Errors: 50001, 50002, 50003, 50006, 50008, 50010, 50020, 50021, 50030, 50045, 51807.
CREATE PROCEDURE factory.AssembleAgent
    @Agent nvarchar(200),                  -- Name of the new agent.
    @Domains nvarchar(4000),               -- Domains to keep, separated by commas.
    @Model nvarchar(200) = NULL,           -- Base model, by name or public id; may be left out where the tenant has only one.
    @KeepFraction float = 0.5,             -- Share of the FFN neurons, or experts, of each layer to keep; not looked at where there is a budget.
    @MaxLossIncrease float = 0.5,          -- Nats/token that a domain may lose before factory.VerifyAgent rejects the agent.
    @DryRun bit = 0,                       -- 1: only show the choice.
    @Budget bigint = NULL,                 -- The most parameters, or bytes of model.safetensors: as many components are kept as fit.
    @BudgetUnit varchar(10) = 'parameters', -- parameters or bytes.
    @DataType varchar(8) = 'BF16'          -- What the bytes are counted in: BF16, as agents are stored, F16 or F32.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'editor', 'agent.assemble', 'agent', @Agent;

    DECLARE @Error nvarchar(2048) = N'';
    IF @Agent IS NULL OR LTRIM(@Agent) = N''
    BEGIN
        SET @Error += N'@Agent is required. ';
    END;

    IF @Domains IS NULL OR LTRIM(@Domains) = N''
    BEGIN
        SET @Error += N'@Domains is required. ';
    END;

    IF @KeepFraction IS NULL OR @KeepFraction <= 0 OR @KeepFraction > 1
    BEGIN
        SET @Error += N'@KeepFraction must be above 0 and at most 1. ';
    END;

    IF @MaxLossIncrease IS NULL OR @MaxLossIncrease < 0
    BEGIN
        SET @Error += N'@MaxLossIncrease must not be negative. ';
    END;

    IF @Budget < 1 OR @BudgetUnit IS NULL OR @BudgetUnit NOT IN ('parameters', 'bytes') OR @DataType IS NULL OR @DataType NOT IN ('F32', 'F16', 'BF16')
    BEGIN
        SET @Error += N'@Budget must be positive, @BudgetUnit parameters or bytes, and @DataType F32, F16 or BF16. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        DECLARE @TenantId int = tenancy.CurrentTenantId();
        DECLARE @ModelId int, @Width int, @ModelName nvarchar(200), @IsMeasured bit, @ExpertCount int;
        EXECUTE mqe.FindModel @Model, @ModelId OUTPUT;
        SELECT @Width = m.feed_forward_width, @ExpertCount = m.expert_count, @ModelName = m.name, @IsMeasured = CASE WHEN m.measured_at IS NULL THEN 0 ELSE 1 END
        FROM mqe.models AS m
        INNER JOIN mqe.Model AS k ON k.PublicId = m.model_id
        WHERE k.ModelId = @ModelId;

        IF @IsMeasured = 0
        BEGIN
            SET @Error = CONCAT(N'The model ''', @ModelName, N''' was not measured yet; mqe.MeasureSkills does that.');
            THROW 50010, @Error, 1;
        END;

        IF EXISTS (SELECT 1 FROM factory.Agent WHERE TenantId = @TenantId AND Name = @Agent) AND @DryRun = 0
        BEGIN
            SET @Error = CONCAT(N'An agent named ''', @Agent, N''' exists. Choose another name, or drop it with factory.DropAgent.');
            THROW 50008, @Error, 1;
        END;

        -- The agent is for the tenant's own domains; a model that another tenant shares was measured in that tenant's domains of the same names.
        DECLARE @Chosen table (DomainId int NULL, MeasuredDomainId int NULL, Name nvarchar(100) NOT NULL);
        INSERT INTO @Chosen (DomainId, MeasuredDomainId, Name)
        SELECT DISTINCT d.DomainId, n.DomainId, TRIM(s.value)
        FROM STRING_SPLIT(@Domains, N',') AS s
        INNER JOIN mqe.Model AS m ON m.ModelId = @ModelId
        LEFT OUTER JOIN mqe.Domain AS d ON d.TenantId = @TenantId AND d.Name = TRIM(s.value)
        LEFT OUTER JOIN mqe.Domain AS n ON n.TenantId = m.TenantId AND n.Name = TRIM(s.value)
        WHERE TRIM(s.value) <> N'';

        IF EXISTS (SELECT 1 FROM @Chosen WHERE DomainId IS NULL)
        BEGIN
            SET @Error = CONCAT(N'There is no domain named ''', (SELECT MIN(Name) FROM @Chosen WHERE DomainId IS NULL), N'''. SELECT name FROM mqe.domains lists them.');
            THROW 50006, @Error, 1;
        END;

        -- What is chosen in each layer: neurons, or of a mixture whole experts.
        DECLARE @Kind varchar(10) = CASE WHEN @ExpertCount IS NULL THEN 'neuron' ELSE 'expert' END, @Total int = ISNULL(@ExpertCount, @Width);
        DECLARE @PerLayer int = CAST(ROUND(@Total * @KeepFraction, 0) AS int);
        IF @Budget IS NOT NULL
        BEGIN
            EXECUTE mqe.EnsureSegments @ModelId;
            SET @PerLayer = clr.FitBudget(mqe.ModelManifest(@ModelId), @Budget, @BudgetUnit, @DataType);
            SET @KeepFraction = CAST(@PerLayer AS float) / @Total;
        END;

        SET @PerLayer = CASE WHEN @PerLayer < 1 THEN 1 ELSE @PerLayer END;
        DECLARE @DomainsJson nvarchar(max) =
        (
            SELECT CONCAT(N'[', STRING_AGG(CONCAT(N'"', STRING_ESCAPE(Name, 'json'), N'"'), N','), N']')
            FROM @Chosen
        );

        DECLARE @Ranked table
        (
            ComponentId int NOT NULL PRIMARY KEY,
            Layer int NOT NULL,
            ComponentIndex int NOT NULL,
            Importance float NOT NULL,
            LayerRank int NOT NULL
        );
        IF @Kind = 'neuron'
        BEGIN
            INSERT INTO @Ranked (ComponentId, Layer, ComponentIndex, Importance, LayerRank)
            SELECT ComponentId, Layer, ComponentIndex, Importance, LayerRank
            FROM factory.ChooseNeurons(@ModelId, @DomainsJson, @Total);
        END
        ELSE
        BEGIN
            INSERT INTO @Ranked (ComponentId, Layer, ComponentIndex, Importance, LayerRank)
            SELECT ComponentId, Layer, ComponentIndex, Importance, LayerRank
            FROM factory.ChooseExperts(@ModelId, @DomainsJson, @Total);
        END;

        IF NOT EXISTS (SELECT 1 FROM @Ranked)
        BEGIN
            SET @Error = CONCAT(N'The model ''', @ModelName, N''' has no measured ', @Kind, N's: ingest it with @Granularity = ''', @Kind, N'''.');
            THROW 50010, @Error, 1;
        END;

        IF @DryRun = 0
        BEGIN
            IF @OwnsTransaction = 1
            BEGIN
                BEGIN TRANSACTION;
            END;

            EXECUTE ops.RequireQuota 'agents';
            INSERT INTO factory.Agent (Name, BaseModelId, KeepFraction, NeuronsPerLayer, ExpertsPerLayer, MaxLossIncrease)
            VALUES
            (
                @Agent, @ModelId, @KeepFraction, CASE WHEN @Kind = 'neuron' THEN @PerLayer ELSE @Width END, CASE WHEN @Kind = 'expert' THEN @PerLayer END, @MaxLossIncrease
            );
            DECLARE @AgentId int = CAST(SCOPE_IDENTITY() AS int);

            EXECUTE safety.BindAgent @AgentId;

            INSERT INTO factory.AgentDomain (AgentId, DomainId)
            SELECT @AgentId, DomainId
            FROM @Chosen;

            INSERT INTO factory.AgentComponent (AgentId, ComponentId, LayerRank, Importance)
            SELECT @AgentId, ComponentId, LayerRank, Importance
            FROM @Ranked
            WHERE LayerRank <= @PerLayer;

            DECLARE @Details nvarchar(max) =
            (
                SELECT LOWER(a.PublicId) AS agent_id, @ModelName AS base_model_name, JSON_QUERY(@DomainsJson) AS domains, a.KeepFraction AS keep_fraction
                FROM factory.Agent AS a
                WHERE a.AgentId = @AgentId
                FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
            );
            EXECUTE ops.RecordAct 'agent.assemble', 'agent', @Agent, 'agent.assembled', @Details = @Details;

            IF @OwnsTransaction = 1
            BEGIN
                COMMIT TRANSACTION;
            END;
        END;

        -- Of a mixture, what is counted are experts.
        SELECT
            Layer AS layer,
            SUM(CASE WHEN LayerRank <= @PerLayer THEN 1 ELSE 0 END) AS kept_neurons,
            COUNT(*) AS neurons,
            SUM(CASE WHEN LayerRank <= @PerLayer THEN Importance END) / NULLIF(SUM(Importance), 0) AS kept_importance
        FROM @Ranked
        GROUP BY Layer
        ORDER BY Layer;

        IF @DryRun = 1
        BEGIN
            SELECT
                n.Layer AS layer,
                n.LayerRank AS layer_rank,
                n.ComponentIndex AS component_index,
                n.Importance AS importance,
                s.SkillLevel AS skill_level,
                c.TopTokens AS top_tokens
            FROM @Ranked AS n
            INNER JOIN mqe.Component AS c ON c.ComponentId = n.ComponentId
            CROSS APPLY
            (
                SELECT MAX(k.SkillLevel) AS SkillLevel
                FROM mqe.SkillMeasurement AS k
                WHERE k.ComponentId = n.ComponentId AND k.DomainId IN (SELECT MeasuredDomainId FROM @Chosen)
            ) AS s
            WHERE n.LayerRank <= @PerLayer
            ORDER BY n.Layer, n.LayerRank;
        END;
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
GRANT EXECUTE ON OBJECT::factory.AssembleAgent TO nina_application;
