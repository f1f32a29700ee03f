-- Search by meaning: the components that texts like the query excite most. Compares meaning vectors; where a model was not measured yet it falls back to
-- write vectors, and its evidence column says so. Vectors longer than 768 numbers are searched in 768, and what is found is re-ranked at full length. Errors: 50001, 50002, 50003, 50010, 50020, 50021, 50030, 51xxx.
CREATE PROCEDURE mqe.FindCapabilities
    @Query nvarchar(4000),                 -- Any text.
    @Top int = 10,                         -- Components wanted.
    @Model nvarchar(200) = NULL,           -- Name or public id of the model; may be left out where the tenant has only one.
    @Kind varchar(10) = NULL,              -- Only components of this kind; NULL for all.
    @Exact bit = 0                         -- 1: compare with every vector, even where there is a vector index.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'viewer', 'model.search', 'model', @Model;

    DECLARE @Error nvarchar(2048) = N'';
    IF @Query IS NULL OR LTRIM(@Query) = N''
    BEGIN
        SET @Error += N'@Query is required. ';
    END;

    IF @Top IS NULL OR @Top NOT BETWEEN 1 AND 1000
    BEGIN
        SET @Error += N'@Top must be from 1 to 1000. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;

    BEGIN TRY
        DECLARE @ModelId int, @State varbinary(max), @Evidence varchar(40) = 'meaning vector';
        EXECUTE mqe.FindModel @Model, @ModelId OUTPUT;
        EXECUTE mqe.EnsureSegments @ModelId;
        SET @State = (SELECT State FROM mqe.MeaningSpace WHERE ModelId = @ModelId);
        IF @State IS NULL
        BEGIN
            SET @Evidence = 'write vector (not measured)';

            -- Write vectors are the weights in another form.
            EXECUTE mqe.FindModel @Model, @ModelId OUTPUT, @Need = 'weights';
        END;

        IF NOT EXISTS (SELECT 1 FROM mqe.ComponentVector WHERE ModelId = @ModelId)
        BEGIN
            THROW 50010, N'The model has no component vectors: its architecture is not known, or it was ingested with layers only.', 1;
        END;

        -- Where there is a segment the stored vectors are projections: more are found than wanted, and the vectors themselves decide.
        DECLARE @Manifest nvarchar(max) = mqe.ModelManifest(@ModelId);
        DECLARE @Segment nvarchar(4000) = mqe.VectorSegmentPath(@ModelId, CASE WHEN @State IS NULL THEN 'write' ELSE 'meaning' END);
        DECLARE @Candidates int = CASE WHEN @Segment IS NULL THEN @Top WHEN @Top < 20 THEN 200 ELSE 10 * @Top END;
        DECLARE @Vector vector(768) = CAST
        (
            CASE WHEN @State IS NULL THEN clr.EmbedWritten(@Manifest, @Segment, @Query) ELSE clr.EmbedText(@Manifest, @State, @Query) END
            AS vector(768)
        );
        DECLARE @Found table (ComponentId int NOT NULL PRIMARY KEY, Distance float NOT NULL);

        -- Up to 50,000 candidates an exact search is as fast as an approximate one, and misses nothing.
        IF @Segment IS NOT NULL AND @Exact = 1
        BEGIN
            INSERT INTO @Found (ComponentId, Distance)
            SELECT c.ComponentId, 1 - n.similarity
            FROM clr.NearestComponents(@Manifest, @State, @Segment, @Query, @Kind, @Top) AS n
            INNER JOIN mqe.Component AS c ON c.ModelId = @ModelId AND c.Kind = n.kind AND c.Layer = n.layer AND c.ComponentIndex = n.component_index;
        END
        ELSE IF @State IS NOT NULL AND @Exact = 0 AND mqe.VectorIndexVersion() > 0
            AND (SELECT COUNT(*) FROM mqe.ComponentVector WHERE ModelId = @ModelId) > 50000
        BEGIN
            INSERT INTO @Found (ComponentId, Distance)
            EXECUTE mqe.SearchVectorIndex @ModelId = @ModelId, @Vector = @Vector, @Top = @Candidates, @Kind = @Kind;
        END
        ELSE IF @State IS NOT NULL
        BEGIN
            INSERT INTO @Found (ComponentId, Distance)
            SELECT TOP (@Candidates) v.ComponentId, VECTOR_DISTANCE('cosine', @Vector, v.MeaningVector) AS Distance
            FROM mqe.ComponentVector AS v
            INNER JOIN mqe.Component AS c ON c.ComponentId = v.ComponentId
            WHERE v.ModelId = @ModelId AND v.MeaningVector IS NOT NULL AND (@Kind IS NULL OR c.Kind = @Kind)
            ORDER BY Distance, v.ComponentId;
        END
        ELSE
        BEGIN
            INSERT INTO @Found (ComponentId, Distance)
            SELECT TOP (@Candidates) v.ComponentId, VECTOR_DISTANCE('cosine', @Vector, v.WriteVector) AS Distance
            FROM mqe.ComponentVector AS v
            INNER JOIN mqe.Component AS c ON c.ComponentId = v.ComponentId
            WHERE v.ModelId = @ModelId AND v.WriteVector IS NOT NULL AND (@Kind IS NULL OR c.Kind = @Kind)
            ORDER BY Distance, v.ComponentId;
        END;

        DECLARE @Components nvarchar(max);
        IF @Segment IS NOT NULL
        BEGIN
            SET @Evidence = CASE WHEN @State IS NULL THEN 'write vector (not measured), re-ranked' ELSE 'meaning vector, re-ranked' END;
        END;

        IF @Segment IS NOT NULL AND @Exact = 0
        BEGIN
            SET @Components =
            (
                SELECT c.ComponentId AS [id], c.Kind AS [kind], c.Layer AS [layer], c.ComponentIndex AS [index]
                FROM @Found AS f
                INNER JOIN mqe.Component AS c ON c.ComponentId = f.ComponentId
                FOR JSON PATH
            );

            UPDATE f
            SET Distance = 1 - r.similarity
            FROM @Found AS f
            INNER JOIN clr.RankComponents(@Manifest, @State, @Segment, @Query, @Components) AS r ON r.component_id = f.ComponentId;

            DELETE FROM @Found WHERE ComponentId NOT IN (SELECT TOP (@Top) ComponentId FROM @Found ORDER BY Distance, ComponentId);
        END;

        -- Of a large model nobody has computed the tokens of all neurons: those that were found get theirs here.
        DECLARE @Tokens table (ComponentId int NOT NULL PRIMARY KEY, TopTokens nvarchar(max) NULL);
        SET @Components =
        (
            SELECT
                c.ComponentId AS [id],
                c.Kind AS [kind],
                c.Layer AS [layer],
                c.ComponentIndex AS [index],
                (SELECT CASE WHEN SUM(s.MeanActivation * s.TokenCount) < 0 THEN -1 ELSE 1 END FROM mqe.SkillMeasurement AS s WHERE s.ComponentId = c.ComponentId) AS [sign]
            FROM @Found AS f
            INNER JOIN mqe.Component AS c ON c.ComponentId = f.ComponentId
            WHERE c.TopTokens IS NULL
            FOR JSON PATH
        );
        IF @Components IS NOT NULL
        BEGIN
            INSERT INTO @Tokens (ComponentId, TopTokens)
            SELECT component_id, top_tokens
            FROM clr.TopTokens(@Manifest, @Components, 8);
        END;

        DECLARE @ModelName nvarchar(200) = (SELECT Name FROM mqe.Model WHERE ModelId = @ModelId);
        EXECUTE ops.RecordAct 'model.search', 'model', @ModelName, NULL, 'searches', 1;

        SELECT
            m.Name AS model_name,
            c.ComponentId AS component_id,
            c.Kind AS kind,
            c.Layer AS layer,
            c.ComponentIndex AS component_index,
            1 - f.Distance AS similarity,
            best.domain,
            best.skill_level,
            COALESCE(c.TopTokens, k.TopTokens) AS top_tokens,
            @Evidence AS evidence
        FROM @Found AS f
        INNER JOIN mqe.Component AS c ON c.ComponentId = f.ComponentId
        INNER JOIN mqe.Model AS m ON m.ModelId = c.ModelId
        LEFT OUTER JOIN @Tokens AS k ON k.ComponentId = f.ComponentId
        OUTER APPLY
        (
            SELECT TOP (1) d.Name AS domain, s.SkillLevel AS skill_level
            FROM mqe.SkillMeasurement AS s
            INNER JOIN mqe.Domain AS d ON d.DomainId = s.DomainId
            WHERE s.ComponentId = c.ComponentId
            ORDER BY s.SkillLevel DESC, d.Name
        ) AS best
        ORDER BY f.Distance, c.ComponentId;
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
GRANT EXECUTE ON OBJECT::mqe.FindCapabilities TO nina_application;
