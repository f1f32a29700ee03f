-- Which components write a token and which read it, at which layers, and which tokens are nearest to it in the embedding. A text of several tokens is described by its first one;
-- text_tokens says all of them. With the right to the model's weights: every component is asked, z-scores and ranks are over the vocabulary. Without it: only what components are
-- known by already (their stored top tokens), and no second result. Errors: 50001, 50003, 50009, 50010, 50020, 50021, 50027, 50030, 51xxx.
CREATE PROCEDURE mqe.DescribeToken
    @Model nvarchar(200) = NULL,           -- Name or public id of the model; may be left out where the tenant has only one.
    @Token nvarchar(400),                  -- A word, or part of one; taken as it stands in running text, after a blank, where that makes one token of it.
    @Top int = 10,                         -- Components that write it, components that read it, and nearest tokens wanted, each.
    @Result varchar(10) = 'all'            -- components: the first result only; nearest: the second only; all: both.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'viewer', 'model.search', 'model', @Model;

    DECLARE @Error nvarchar(2048) = N'';
    IF @Token IS NULL OR @Token = N''
    BEGIN
        SET @Error += N'@Token is required. ';
    END;

    IF @Top IS NULL OR @Top NOT BETWEEN 1 AND 1000
    BEGIN
        SET @Error += N'@Top must be from 1 to 1000. ';
    END;

    IF @Result IS NULL OR @Result NOT IN ('all', 'components', 'nearest')
    BEGIN
        SET @Error += N'@Result must be all, components or nearest. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;

    BEGIN TRY
        DECLARE @ModelId int, @Name nvarchar(200), @Architecture nvarchar(128), @IsRunnable bit, @Started datetime2(3) = SYSUTCDATETIME();
        EXECUTE mqe.FindModel @Model, @ModelId OUTPUT;
        SELECT @Name = Name, @Architecture = Architecture, @IsRunnable = IsRunnable FROM mqe.Model WHERE ModelId = @ModelId;
        IF @IsRunnable = 0
        BEGIN
            SET @Error = CONCAT(N'Components need a known architecture; ''', @Name, N''' (', @Architecture, N') is stored as tensors only.');
            THROW 50009, @Error, 1;
        END;

        DECLARE @MayReadWeights bit = CASE WHEN EXISTS (SELECT 1 FROM mqe.CanReadWeights(@ModelId)) THEN 1 ELSE 0 END;
        EXECUTE ops.RequireQuota 'calls', 0;
        EXECUTE ops.RequireQuota 'compute_ms', 0;
        EXECUTE mqe.EnsureSegments @ModelId;
        DECLARE @Manifest nvarchar(max) = mqe.ModelManifest(@ModelId), @TokenId int, @TokenText nvarchar(400), @TextTokens nvarchar(max);
        DECLARE @Words table (Ordinal int NOT NULL PRIMARY KEY, TokenId int NOT NULL, Token nvarchar(400) NOT NULL);
        INSERT INTO @Words (Ordinal, TokenId, Token)
        SELECT ordinal, token_id, token
        FROM clr.WordTokens(@Manifest, @Token);
        SELECT @TokenId = TokenId, @TokenText = Token FROM @Words WHERE Ordinal = 0;
        SET @TextTokens =
        (
            SELECT CONCAT(N'[', STRING_AGG(CAST(CONCAT(N'"', STRING_ESCAPE(Token, 'json'), N'"') AS nvarchar(max)), N',') WITHIN GROUP (ORDER BY Ordinal), N']')
            FROM @Words
        );

        DECLARE @Links table
        (
            Relation varchar(10) NOT NULL,
            Kind varchar(10) NOT NULL,
            Layer int NOT NULL,
            ComponentIndex int NOT NULL,
            ComponentId int NULL,
            ActivitySign int NULL,
            Score float NULL,
            ZScore float NULL,
            VocabularyRank int NULL,
            PRIMARY KEY (Relation, Kind, Layer, ComponentIndex)
        );
        IF @MayReadWeights = 1
        BEGIN
            INSERT INTO @Links (Relation, Kind, Layer, ComponentIndex, ComponentId, ActivitySign, Score, ZScore, VocabularyRank)
            SELECT t.relation, t.kind, t.layer, t.component_index, c.ComponentId, t.[sign], t.score, t.z_score, t.vocabulary_rank
            FROM clr.DescribeToken(@Manifest, @TokenId, @Top) AS t
            LEFT OUTER JOIN mqe.Component AS c
                ON c.ModelId = @ModelId
                AND c.Kind = t.kind
                AND c.Layer = t.layer
                AND c.ComponentIndex = t.component_index;
        END
        ELSE
        BEGIN
            INSERT INTO @Links (Relation, Kind, Layer, ComponentIndex, ComponentId, ZScore, VocabularyRank)
            SELECT TOP (@Top) 'writes', c.Kind, c.Layer, c.ComponentIndex, c.ComponentId, JSON_VALUE(t.value, '$.z'), CAST(t.[key] AS int) + 1
            FROM mqe.Component AS c
            CROSS APPLY OPENJSON(c.TopTokens) AS t
            WHERE c.ModelId = @ModelId AND c.Layer IS NOT NULL
                AND JSON_VALUE(t.value, '$.token') COLLATE Latin1_General_100_BIN2 = @TokenText COLLATE Latin1_General_100_BIN2
                AND DATALENGTH(JSON_VALUE(t.value, '$.token')) = DATALENGTH(@TokenText)
            ORDER BY CAST(JSON_VALUE(t.value, '$.z') AS float) DESC, c.ComponentId;
            IF NOT EXISTS (SELECT 1 FROM mqe.Component WHERE ModelId = @ModelId AND TopTokens IS NOT NULL)
            BEGIN
                SET @Error = CONCAT(N'The model ''', @Name, N''' is shared without its weights, and has no described components.');
                THROW 50010, @Error, 1;
            END;
        END;

        DECLARE @Near table ([Rank] int NOT NULL PRIMARY KEY, TokenId int NOT NULL, Token nvarchar(400) NOT NULL, Similarity float NULL);
        IF @MayReadWeights = 1 AND @Result IN ('all', 'nearest')
        BEGIN
            INSERT INTO @Near ([Rank], TokenId, Token, Similarity)
            SELECT [rank], token_id, token, similarity
            FROM clr.NearestTokens(@Manifest, @TokenId, @Top);
        END;

        DECLARE @ComputeMs bigint = DATEDIFF_BIG(MILLISECOND, @Started, SYSUTCDATETIME());
        EXECUTE ops.RecordAct 'model.search', 'model', @Name, NULL, 'searches', 1, @ComputeMs;

        IF @Result IN ('all', 'components')
        BEGIN
            SELECT
                @TokenText AS token,
                @TokenId AS token_id,
                @TextTokens AS text_tokens,
                r.Relation AS relation,
                r.[Rank] AS [rank],
                r.Layer AS layer,
                r.Kind AS kind,
                r.ComponentIndex AS component_index,
                r.ComponentId AS component_id,
                r.ActivitySign AS activity_sign,
                r.Score AS score,
                r.ZScore AS z_score,
                r.VocabularyRank AS vocabulary_rank,
                best.domain,
                best.skill_level,
                c.TopTokens AS top_tokens,
                CASE @MayReadWeights WHEN 1 THEN 'weights' ELSE 'stored top tokens' END AS evidence
            FROM (SELECT l.*, ROW_NUMBER() OVER (PARTITION BY l.Relation ORDER BY l.ZScore DESC, l.Layer, l.Kind, l.ComponentIndex) AS [Rank] FROM @Links AS l) AS r
            LEFT OUTER JOIN mqe.Component AS c ON c.ComponentId = r.ComponentId
            OUTER APPLY
            (
                SELECT TOP (1) d.Name AS domain, s.SkillLevel AS skill_level
                FROM mqe.SkillMeasurement AS s
                INNER JOIN mqe.Domain AS d ON d.DomainId = s.DomainId
                WHERE s.ComponentId = r.ComponentId
                ORDER BY s.SkillLevel DESC, d.Name
            ) AS best
            ORDER BY r.Relation DESC, r.[Rank];
        END;

        IF @Result IN ('all', 'nearest')
        BEGIN
            SELECT [Rank] AS [rank], TokenId AS token_id, Token AS token, Similarity AS similarity
            FROM @Near
            ORDER BY [Rank];
        END;
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
GRANT EXECUTE ON OBJECT::mqe.DescribeToken TO nina_application;
