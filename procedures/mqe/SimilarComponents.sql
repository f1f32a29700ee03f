-- The components most like a given one: those that the same texts excite (@By = 'meaning'), or that write in the same direction (@By = 'write'), in its own model or in
-- another of the same space. Errors: 50001, 50003, 50010, 50020, 50021, 50027, 50028, 50030, 50074, 50075, 51xxx.
CREATE PROCEDURE mqe.SimilarComponents
    @Component int = NULL,                 -- component_id of mqe.components; or else the next four.
    @Model nvarchar(200) = NULL,           -- Name or public id of the model; may be left out where the tenant has only one.
    @Kind varchar(10) = NULL,              -- neuron, head or expert.
    @Layer int = NULL,                     -- 0-based.
    @Index int = NULL,                     -- 0-based within layer and kind.
    @Top int = 10,                         -- Components wanted.
    @OtherModel nvarchar(200) = NULL,      -- Where to look; NULL for the component's own model.
    @By varchar(10) = 'meaning'            -- meaning: what excites it, as measured; write: what it promotes, from the weights.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'viewer', 'model.search', 'model', @Model;

    DECLARE @Error nvarchar(2048) = N'';
    IF (@Component IS NULL AND (@Kind IS NULL OR @Layer IS NULL OR @Index IS NULL))
        OR (@Component IS NOT NULL AND (@Model IS NOT NULL OR @Kind IS NOT NULL OR @Layer IS NOT NULL OR @Index IS NOT NULL))
    BEGIN
        SET @Error += N'Give either @Component, or @Kind, @Layer and @Index (and @Model). ';
    END;

    IF @Top IS NULL OR @Top NOT BETWEEN 1 AND 1000
    BEGIN
        SET @Error += N'@Top must be from 1 to 1000. ';
    END;

    IF @By IS NULL OR @By NOT IN ('meaning', 'write')
    BEGIN
        SET @Error += N'@By must be meaning or write. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;

    BEGIN TRY
        -- Write vectors are the weights in another form.
        DECLARE @Need varchar(7) = CASE @By WHEN 'write' THEN 'weights' ELSE 'read' END, @ModelId int, @OtherModelId int;
        IF @Component IS NOT NULL
        BEGIN
            SET @Model = (SELECT CAST(m.PublicId AS nvarchar(36)) FROM mqe.Component AS c INNER JOIN mqe.Model AS m ON m.ModelId = c.ModelId WHERE c.ComponentId = @Component);
        END;

        IF @Component IS NULL OR @Model IS NOT NULL
        BEGIN
            EXECUTE mqe.FindModel @Model, @ModelId OUTPUT, @Need;
        END;

        IF @Component IS NULL
        BEGIN
            SET @Component = (SELECT ComponentId FROM mqe.Component WHERE ModelId = @ModelId AND Kind = @Kind AND Layer = @Layer AND ComponentIndex = @Index);
        END;

        IF @ModelId IS NULL OR @Component IS NULL
        BEGIN
            THROW 50074, N'There is no such component. SELECT component_id, kind, layer, component_index FROM mqe.components lists those of your models.', 1;
        END;

        DECLARE @Vector vector(768) = (SELECT CASE @By WHEN 'write' THEN WriteVector ELSE MeaningVector END FROM mqe.ComponentVector WHERE ComponentId = @Component);
        IF @Vector IS NULL
        BEGIN
            SET @Error = CASE @By
                WHEN 'write' THEN N'The component has no write vector: layers and models have none.'
                ELSE N'The component has no meaning vector: measure the model''s skills first (mqe.MeasureSkills), or compare by what components write (@By = ''write'').'
            END;
            THROW 50010, @Error, 1;
        END;

        SET @OtherModelId = @ModelId;
        IF @OtherModel IS NOT NULL
        BEGIN
            EXECUTE mqe.FindModel @OtherModel, @OtherModelId OUTPUT, @Need;
        END;

        IF @OtherModelId <> @ModelId
        BEGIN
            DECLARE @HiddenSize int, @OtherHiddenSize int, @ProbeSet binary(32), @OtherProbeSet binary(32), @State varbinary(max), @OtherState varbinary(max);
            SELECT @HiddenSize = m.HiddenSize, @ProbeSet = s.ProbeSetHash, @State = s.State
            FROM mqe.Model AS m
            LEFT OUTER JOIN mqe.MeaningSpace AS s ON s.ModelId = m.ModelId
            WHERE m.ModelId = @ModelId;
            SELECT @OtherHiddenSize = m.HiddenSize, @OtherProbeSet = s.ProbeSetHash, @OtherState = s.State
            FROM mqe.Model AS m
            LEFT OUTER JOIN mqe.MeaningSpace AS s ON s.ModelId = m.ModelId
            WHERE m.ModelId = @OtherModelId;

            IF @By = 'meaning' AND @OtherProbeSet IS NULL
            BEGIN
                SET @Error = CONCAT(N'The model ''', @OtherModel, N''' was not measured: mqe.MeasureSkills.');
                THROW 50010, @Error, 1;
            END;

            EXECUTE mqe.EnsureSegments @ModelId;
            EXECUTE mqe.EnsureSegments @OtherModelId;
            SET @Error = CASE
                WHEN @HiddenSize <> @OtherHiddenSize
                    THEN CONCAT(N'Their vectors have ', @HiddenSize, N' and ', @OtherHiddenSize, N' numbers.')
                WHEN clr.SpaceHash(mqe.ModelManifest(@ModelId), @By) <> clr.SpaceHash(mqe.ModelManifest(@OtherModelId), @By)
                    THEN CASE @By WHEN 'write' THEN N'Their tokenizers or output heads differ.' ELSE N'Their tokenizers or token embeddings differ.' END
                WHEN @By = 'meaning' AND @ProbeSet <> @OtherProbeSet
                    THEN N'They were measured with different passages.'
                WHEN @HiddenSize > 768 AND (@By = 'write' OR @State <> @OtherState)
                    THEN N'Their vectors have more than 768 numbers and were projected for each model.'
                ELSE N''
            END;
            IF @Error <> N''
            BEGIN
                SET @Error = CONCAT(N'The components of the two models cannot be compared. ', @Error);
                THROW 50075, @Error, 1;
            END;
        END;

        DECLARE @Found table (ComponentId int NOT NULL PRIMARY KEY, Distance float NOT NULL);

        -- Up to 50,000 candidates an exact search is as fast as an approximate one, and misses nothing.
        IF @By = 'meaning' AND mqe.VectorIndexVersion() > 0 AND (SELECT COUNT(*) FROM mqe.ComponentVector WHERE ModelId = @OtherModelId) > 50000
        BEGIN
            DECLARE @More int = @Top + 1;
            INSERT INTO @Found (ComponentId, Distance)
            EXECUTE mqe.SearchVectorIndex @ModelId = @OtherModelId, @Vector = @Vector, @Top = @More, @Kind = NULL;
        END
        ELSE
        BEGIN
            INSERT INTO @Found (ComponentId, Distance)
            SELECT TOP (@Top + 1) v.ComponentId, VECTOR_DISTANCE('cosine', @Vector, CASE @By WHEN 'write' THEN v.WriteVector ELSE v.MeaningVector END) AS Distance
            FROM mqe.ComponentVector AS v
            WHERE v.ModelId = @OtherModelId AND CASE @By WHEN 'write' THEN v.WriteVector ELSE v.MeaningVector END IS NOT NULL
            ORDER BY Distance, v.ComponentId;
        END;

        DECLARE @Name nvarchar(200) = (SELECT Name FROM mqe.Model WHERE ModelId = @OtherModelId);
        EXECUTE ops.RecordAct 'model.search', 'model', @Name, NULL, 'searches', 1;

        SELECT TOP (@Top)
            ROW_NUMBER() OVER (ORDER BY f.Distance, f.ComponentId) AS [rank],
            @Name AS model_name,
            c.ComponentId AS component_id,
            c.Kind AS kind,
            c.Layer AS layer,
            c.ComponentIndex AS component_index,
            1 - f.Distance AS similarity,
            best.domain,
            best.skill_level,
            c.TopTokens AS top_tokens,
            CASE @By WHEN 'write' THEN 'write vector' ELSE 'meaning vector' END AS evidence
        FROM @Found AS f
        INNER JOIN mqe.Component AS c ON c.ComponentId = f.ComponentId
        OUTER APPLY
        (
            SELECT TOP (1) d.Name AS domain, s.SkillLevel AS skill_level
            FROM mqe.SkillMeasurement AS s
            INNER JOIN mqe.Domain AS d ON d.DomainId = s.DomainId
            WHERE s.ComponentId = c.ComponentId
            ORDER BY s.SkillLevel DESC, d.Name
        ) AS best
        WHERE f.ComponentId <> @Component
        ORDER BY f.Distance, f.ComponentId;
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
GRANT EXECUTE ON OBJECT::mqe.SimilarComponents TO nina_application;
