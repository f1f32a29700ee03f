-- Which components fire on a prompt, by layer, at the token where each is strongest: neurons, heads and experts, with the tokens that they promote and the domain that they know
-- best. strength is the length of what the component adds to the residual stream there (|activation| * norm of the write direction for a neuron). Where the model was measured
-- they are ranked by lift, how many times stronger that is than the component's mean over all probe tokens (baseline); where not, by strength. Only components that write at
-- least as much as the mean of their layer and kind are told. Errors: 50001, 50003, 50009, 50020, 50021, 50027, 50030, 50040 (prompt blocked), 50045, 50049, 50073, 51xxx.
CREATE PROCEDURE mqe.WalkPrompt
    @Model nvarchar(200) = NULL,           -- Name or public id of the model; may be left out where the tenant has only one.
    @Prompt nvarchar(max),                 -- The text to run.
    @Top int = 10,                         -- Components wanted of each layer.
    @Position int = NULL,                  -- Only this token of the prompt: 0 is the first (the start token where the model has one), -1 the last; NULL for all.
    @Kind varchar(10) = NULL               -- Only neuron, head or expert; NULL for all.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'operator', 'model.walk', 'model', @Model;

    DECLARE @Error nvarchar(2048) = N'';
    IF @Prompt IS NULL OR DATALENGTH(@Prompt) > 2000000
    BEGIN
        SET @Error += N'@Prompt is required, and has at most 1000000 characters. ';
    END;

    IF @Top IS NULL OR @Top NOT BETWEEN 1 AND 1000
    BEGIN
        SET @Error += N'@Top must be from 1 to 1000. ';
    END;

    IF @Kind NOT IN ('neuron', 'head', 'expert')
    BEGIN
        SET @Error += N'@Kind must be neuron, head or expert. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;

    BEGIN TRY
        DECLARE @ModelId int, @Name nvarchar(200), @Started datetime2(3) = SYSUTCDATETIME();
        EXECUTE mqe.FindRunnable @Model, @ModelId OUTPUT, @Name OUTPUT;
        EXECUTE ops.RequireQuota 'calls', 0;
        EXECUTE ops.RequireQuota 'compute_ms', 0;
        EXECUTE mqe.EnsureSegments @ModelId;
        EXECUTE mqe.CheckPrompt @ModelId, @Name, @Prompt;

        DECLARE @Manifest nvarchar(max) = mqe.ModelManifest(@ModelId);
        DECLARE @Fired table
        (
            Kind varchar(10) NOT NULL,
            Layer int NOT NULL,
            ComponentIndex int NOT NULL,
            Position int NOT NULL,
            Token nvarchar(400) NOT NULL,
            Activation float NULL,
            Strength float NULL,
            ComponentId int NULL,
            Baseline float NULL,
            PRIMARY KEY (Layer, Kind, ComponentIndex)
        );
        INSERT INTO @Fired (Kind, Layer, ComponentIndex, Position, Token, Activation, Strength, ComponentId)
        SELECT w.kind, w.layer, w.component_index, w.position, w.token, w.activation, w.strength, c.ComponentId
        FROM clr.WalkPrompt(@Manifest, @Prompt, @Position) AS w
        LEFT OUTER JOIN mqe.Component AS c
            ON c.ModelId = @ModelId
            AND c.Kind = w.kind
            AND c.Layer = w.layer
            AND c.ComponentIndex = w.component_index
        WHERE @Kind IS NULL OR w.kind = @Kind;

        -- Importance is the same strength, as its mean over a domain's tokens.
        UPDATE f
        SET Baseline = b.Baseline
        FROM @Fired AS f
        INNER JOIN
        (
            SELECT ComponentId, SUM(Importance * TokenCount) / SUM(TokenCount) AS Baseline
            FROM mqe.SkillMeasurement
            WHERE ModelId = @ModelId AND Importance IS NOT NULL
            GROUP BY ComponentId
        ) AS b ON b.ComponentId = f.ComponentId
        WHERE b.Baseline > 0;

        DECLARE @Tokens bigint = (SELECT COUNT(*) FROM clr.Tokenize(@Manifest, @Prompt)), @ComputeMs bigint = DATEDIFF_BIG(MILLISECOND, @Started, SYSUTCDATETIME());
        EXECUTE ops.RecordAct 'model.walk', 'model', @Name, NULL, 'probe_tokens', @Tokens, @ComputeMs;

        SELECT
            r.Layer AS layer,
            r.[Rank] AS [rank],
            r.Kind AS kind,
            r.ComponentIndex AS component_index,
            r.ComponentId AS component_id,
            r.Position AS position,
            r.Token AS token,
            r.Activation AS activation,
            r.Strength AS strength,
            r.Baseline AS baseline,
            r.Strength / r.Baseline AS lift,
            best.domain,
            best.skill_level,
            c.TopTokens AS top_tokens
        FROM
        (
            SELECT
                f.*,
                ROW_NUMBER() OVER
                (
                    PARTITION BY f.Layer
                    ORDER BY CASE WHEN f.Baseline IS NULL THEN 1 ELSE 0 END, f.Strength / f.Baseline DESC, f.Strength DESC, f.Kind, f.ComponentIndex
                ) AS [Rank]
            FROM @Fired AS f
        ) AS r
        LEFT OUTER JOIN mqe.Component AS c ON c.ComponentId = r.ComponentId
        OUTER APPLY
        (
            SELECT TOP (1) d.Name AS domain, s.SkillLevel AS skill_level
            FROM mqe.SkillMeasurement AS s
            INNER JOIN mqe.Domain AS d ON d.DomainId = s.DomainId
            WHERE s.ComponentId = r.ComponentId
            ORDER BY s.SkillLevel DESC, d.Name
        ) AS best
        WHERE r.[Rank] <= @Top
        ORDER BY r.Layer, r.[Rank];
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
GRANT EXECUTE ON OBJECT::mqe.WalkPrompt TO nina_application;
