-- Makes the graph of a model for MATCH and SHORTEST_PATH: its components as nodes, what contains what, which components are alike (by meaning vector, in the model and in
-- those of your models' and your shared models' graphs that are of the same space), where routers send the tokens of each domain. Replaces the model's edges at once, or
-- not at all; nodes stay the same, so that the edges of other models to them stay. Errors: 50002, 50003, 50020, 50021, 50028, 50030, 50060, 51xxx.
-- Result: one row with what was made.
CREATE PROCEDURE mqe.BuildGraph
    @Model nvarchar(200) = NULL,           -- Name or public id of the model; may be left out where the tenant has only one.
    @Neighbours int = 5,                   -- Similar components of each component, in each model.
    @MinSimilarity float = 0.3,            -- Cosine below which components are not called similar.
    @MaximumComponents int = 4000          -- Components whose neighbours are looked for: those that know something best.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'editor', 'model.graph', 'model', @Model;

    DECLARE @Error nvarchar(2048) = N'';
    IF @Neighbours IS NULL OR @Neighbours NOT BETWEEN 1 AND 100
    BEGIN
        SET @Error += N'@Neighbours must be from 1 to 100. ';
    END;

    IF @MinSimilarity IS NULL OR @MinSimilarity NOT BETWEEN -1 AND 1
    BEGIN
        SET @Error += N'@MinSimilarity must be from -1 to 1. ';
    END;

    IF @MaximumComponents IS NULL OR @MaximumComponents NOT BETWEEN 1 AND 100000
    BEGIN
        SET @Error += N'@MaximumComponents must be from 1 to 100000. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50002, @Error, 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    DECLARE @Started datetime2(3) = SYSUTCDATETIME();
    BEGIN TRY
        DECLARE @ModelId int, @Name nvarchar(200);
        EXECUTE mqe.FindModel @Model, @ModelId OUTPUT, @Need = 'own';
        SET @Name = (SELECT Name FROM mqe.Model WHERE ModelId = @ModelId);
        IF NOT EXISTS (SELECT 1 FROM mqe.Component WHERE ModelId = @ModelId AND Kind <> 'model')
        BEGIN
            SET @Error = CONCAT(N'The model ''', @Name, N''' has no components that a graph could connect. An agent has them once it was exported and ingested; a model whose architecture is only stored has none.');
            THROW 50060, @Error, 1;
        END;

        EXECUTE ops.RequireQuota 'calls', 0;
        EXECUTE ops.RequireQuota 'compute_ms', 0;

        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        -- Nodes.
        DECLARE @Best table (ComponentId int NOT NULL PRIMARY KEY, Domain nvarchar(100) NOT NULL, SkillLevel float NOT NULL);
        INSERT INTO @Best (ComponentId, Domain, SkillLevel)
        SELECT r.ComponentId, r.Domain, r.SkillLevel
        FROM
        (
            SELECT s.ComponentId, d.Name AS Domain, s.SkillLevel, ROW_NUMBER() OVER (PARTITION BY s.ComponentId ORDER BY s.SkillLevel DESC, d.Name) AS Place
            FROM mqe.SkillMeasurement AS s
            INNER JOIN mqe.Domain AS d ON d.DomainId = s.DomainId
            WHERE s.ModelId = @ModelId
        ) AS r
        WHERE r.Place = 1;

        DELETE FROM mqe.ContainsEdge WHERE ModelId = @ModelId;
        DELETE FROM mqe.SimilarToEdge WHERE ModelId = @ModelId;
        DELETE FROM mqe.RoutesToEdge WHERE ModelId = @ModelId;

        UPDATE n
        SET Name = m.Name, Architecture = m.Architecture, BuiltAt = SYSUTCDATETIME()
        FROM mqe.ModelNode AS n
        INNER JOIN mqe.Model AS m ON m.ModelId = n.ModelId
        WHERE n.ModelId = @ModelId;
        INSERT INTO mqe.ModelNode (ModelId, PublicId, Name, Architecture)
        SELECT m.ModelId, m.PublicId, m.Name, m.Architecture
        FROM mqe.Model AS m
        WHERE m.ModelId = @ModelId AND NOT EXISTS (SELECT 1 FROM mqe.ModelNode AS n WHERE n.ModelId = @ModelId);

        UPDATE n
        SET ModelName = @Name, Domain = b.Domain, SkillLevel = b.SkillLevel
        FROM mqe.ComponentNode AS n
        LEFT OUTER JOIN @Best AS b ON b.ComponentId = n.ComponentId
        WHERE n.ModelId = @ModelId;
        INSERT INTO mqe.ComponentNode (ComponentId, ModelId, ModelName, Kind, Layer, ComponentIndex, Domain, SkillLevel)
        SELECT c.ComponentId, @ModelId, @Name, c.Kind, c.Layer, c.ComponentIndex, b.Domain, b.SkillLevel
        FROM mqe.Component AS c
        LEFT OUTER JOIN @Best AS b ON b.ComponentId = c.ComponentId
        WHERE c.ModelId = @ModelId AND c.Kind <> 'model' AND NOT EXISTS (SELECT 1 FROM mqe.ComponentNode AS n WHERE n.ComponentId = c.ComponentId);

        -- What contains what. The neurons of a layer with experts are numbered expert by expert.
        DECLARE @Contains bigint, @Nodes bigint, @Similar bigint = 0, @Routes bigint;
        INSERT INTO mqe.ContainsEdge ($from_id, $to_id, ModelId)
        SELECT m.$node_id, c.$node_id, @ModelId
        FROM mqe.ModelNode AS m
        INNER JOIN mqe.ComponentNode AS c ON c.ModelId = m.ModelId
        WHERE m.ModelId = @ModelId AND c.Kind = 'layer';
        SET @Contains = @@ROWCOUNT;

        DECLARE @Mixture table (Layer int NOT NULL PRIMARY KEY, Width int NOT NULL);
        INSERT INTO @Mixture (Layer, Width)
        SELECT n.Layer, SUM(CASE n.Kind WHEN 'neuron' THEN 1 ELSE 0 END) / SUM(CASE n.Kind WHEN 'expert' THEN 1 ELSE 0 END)
        FROM mqe.ComponentNode AS n
        WHERE n.ModelId = @ModelId AND n.Kind IN ('neuron', 'expert')
        GROUP BY n.Layer
        HAVING SUM(CASE n.Kind WHEN 'expert' THEN 1 ELSE 0 END) > 0 AND SUM(CASE n.Kind WHEN 'neuron' THEN 1 ELSE 0 END) >= SUM(CASE n.Kind WHEN 'expert' THEN 1 ELSE 0 END);

        INSERT INTO mqe.ContainsEdge ($from_id, $to_id, ModelId)
        SELECT p.$node_id, c.$node_id, @ModelId
        FROM mqe.ComponentNode AS c
        LEFT OUTER JOIN @Mixture AS x ON x.Layer = c.Layer AND c.Kind = 'neuron'
        INNER JOIN mqe.ComponentNode AS p
            ON p.ModelId = @ModelId
            AND p.Layer = c.Layer
            AND p.Kind = CASE WHEN x.Layer IS NULL THEN 'layer' ELSE 'expert' END
            AND p.ComponentIndex = CASE WHEN x.Layer IS NULL THEN 0 ELSE c.ComponentIndex / x.Width END
        WHERE c.ModelId = @ModelId AND c.Kind <> 'layer';
        SET @Contains += @@ROWCOUNT;
        SET @Nodes = 1 + (SELECT COUNT(*) FROM mqe.ComponentNode WHERE ModelId = @ModelId);

        -- What is alike.
        DECLARE @Chosen table (Position int IDENTITY(1, 1) NOT NULL PRIMARY KEY, ComponentId int NOT NULL, Vector vector(768) NOT NULL);
        INSERT INTO @Chosen (ComponentId, Vector)
        SELECT TOP (@MaximumComponents) v.ComponentId, v.MeaningVector
        FROM mqe.ComponentVector AS v
        INNER JOIN mqe.ComponentNode AS n ON n.ComponentId = v.ComponentId
        WHERE v.ModelId = @ModelId AND v.MeaningVector IS NOT NULL
        ORDER BY n.SkillLevel DESC, v.ComponentId;
        DECLARE @ChosenCount int = @@ROWCOUNT;
        IF @ChosenCount = 0
        BEGIN
            RAISERROR (N'The skills of %s were not measured: its graph says what contains what, and not yet what is similar.', 0, 1, @Name) WITH NOWAIT;
        END;

        -- Models of the same space that have a graph. Their nodes are what the edges lead to.
        DECLARE @Others table (OtherModelId int NOT NULL PRIMARY KEY, Candidates int NOT NULL);
        DECLARE @OtherModelId int, @Candidates int, @Compared int = 0;
        IF @ChosenCount > 0
        BEGIN
            EXECUTE mqe.EnsureSegments @ModelId;
            INSERT INTO @Others (OtherModelId, Candidates)
            SELECT o.ModelId, COALESCE(k.Candidates, 0)
            FROM mqe.ModelNode AS o
            INNER JOIN mqe.Model AS m ON m.ModelId = @ModelId
            INNER JOIN mqe.Model AS b ON b.ModelId = o.ModelId
            INNER JOIN mqe.MeaningSpace AS s ON s.ModelId = @ModelId
            INNER JOIN mqe.MeaningSpace AS t ON t.ModelId = o.ModelId
            OUTER APPLY (SELECT COUNT(*) AS Candidates FROM mqe.ComponentVector AS v WHERE v.ModelId = o.ModelId AND v.MeaningVector IS NOT NULL) AS k
            WHERE b.HiddenSize = m.HiddenSize AND t.ProbeSetHash = s.ProbeSetHash AND (m.HiddenSize <= 768 OR t.State = s.State);
            SET @OtherModelId = (SELECT MIN(OtherModelId) FROM @Others);
        END;

        DECLARE @Space binary(32), @OtherSpace binary(32), @Position int, @ComponentId int, @Vector vector(768), @More int = @Neighbours + 1;
        DECLARE @Found table (ComponentId int NOT NULL, Distance float NOT NULL);
        DECLARE @Near table (ComponentId int NOT NULL, OtherComponentId int NOT NULL, Similarity float NOT NULL, Place int NOT NULL, PRIMARY KEY (ComponentId, OtherComponentId));
        WHILE @OtherModelId IS NOT NULL
        BEGIN
            SET @Candidates = (SELECT Candidates FROM @Others WHERE OtherModelId = @OtherModelId);
            SET @Space = NULL;
            IF @OtherModelId <> @ModelId
            BEGIN
                EXECUTE mqe.EnsureSegments @OtherModelId;
                SET @Space = clr.SpaceHash(mqe.ModelManifest(@ModelId), 'meaning');
                SET @OtherSpace = clr.SpaceHash(mqe.ModelManifest(@OtherModelId), 'meaning');
            END;

            IF @OtherModelId = @ModelId OR @Space = @OtherSpace
            BEGIN
                DELETE FROM @Near;
                IF @Candidates > 50000 AND mqe.VectorIndexVersion() > 0
                BEGIN
                    -- Measuring every pair would take too long: the index finds the neighbours of one component after the other.
                    SET @Position = 1;
                    WHILE @Position <= @ChosenCount
                    BEGIN
                        SELECT @ComponentId = ComponentId, @Vector = Vector FROM @Chosen WHERE Position = @Position;
                        DELETE FROM @Found;
                        INSERT INTO @Found (ComponentId, Distance)
                        EXECUTE mqe.SearchVectorIndex @ModelId = @OtherModelId, @Vector = @Vector, @Top = @More, @Kind = NULL;
                        INSERT INTO @Near (ComponentId, OtherComponentId, Similarity, Place)
                        SELECT TOP (@Neighbours) @ComponentId, f.ComponentId, 1 - f.Distance, ROW_NUMBER() OVER (ORDER BY f.Distance, f.ComponentId)
                        FROM @Found AS f
                        WHERE f.ComponentId <> @ComponentId AND 1 - f.Distance >= @MinSimilarity
                        ORDER BY f.Distance, f.ComponentId;
                        SET @Position += 1;
                    END;
                END
                ELSE
                BEGIN
                    DECLARE @Vectors table (ComponentId int NOT NULL PRIMARY KEY, Vector vector(768) NOT NULL);
                    DELETE FROM @Vectors;
                    INSERT INTO @Vectors (ComponentId, Vector)
                    SELECT TOP (50000) v.ComponentId, v.MeaningVector
                    FROM mqe.ComponentVector AS v
                    WHERE v.ModelId = @OtherModelId AND v.MeaningVector IS NOT NULL
                    ORDER BY v.ComponentId;
                    INSERT INTO @Near (ComponentId, OtherComponentId, Similarity, Place)
                    SELECT c.ComponentId, n.ComponentId, 1 - n.Distance, n.Place
                    FROM @Chosen AS c
                    CROSS APPLY
                    (
                        SELECT f.ComponentId, f.Distance, ROW_NUMBER() OVER (ORDER BY f.Distance, f.ComponentId) AS Place
                        FROM
                        (
                            SELECT TOP (@Neighbours) v.ComponentId, VECTOR_DISTANCE('cosine', c.Vector, v.Vector) AS Distance
                            FROM @Vectors AS v
                            WHERE v.ComponentId <> c.ComponentId
                            ORDER BY Distance, v.ComponentId
                        ) AS f
                    ) AS n
                    WHERE 1 - n.Distance >= @MinSimilarity;
                END;

                INSERT INTO mqe.SimilarToEdge ($from_id, $to_id, ModelId, OtherModelId, Similarity, Place)
                SELECT a.$node_id, b.$node_id, @ModelId, @OtherModelId, p.Similarity, p.Place
                FROM @Near AS p
                INNER JOIN mqe.ComponentNode AS a ON a.ComponentId = p.ComponentId
                INNER JOIN mqe.ComponentNode AS b ON b.ComponentId = p.OtherComponentId;
                SET @Similar += @@ROWCOUNT;
                SET @Compared += 1;
            END;

            SET @OtherModelId = (SELECT MIN(OtherModelId) FROM @Others WHERE OtherModelId > @OtherModelId);
        END;

        -- Where routers send tokens. An expert that always runs is not routed to.
        INSERT INTO mqe.RoutesToEdge ($from_id, $to_id, ModelId, Domain, UsageShare, MeanGateWeight)
        SELECT l.$node_id, e.$node_id, @ModelId, d.Name, u.UsageShare, u.MeanGateWeight
        FROM mqe.ExpertUsage AS u
        INNER JOIN mqe.Domain AS d ON d.DomainId = u.DomainId
        INNER JOIN mqe.ComponentNode AS l ON l.ModelId = u.ModelId AND l.Kind = 'layer' AND l.Layer = u.Layer AND l.ComponentIndex = 0
        INNER JOIN mqe.ComponentNode AS e ON e.ModelId = u.ModelId AND e.Kind = 'expert' AND e.Layer = u.Layer AND e.ComponentIndex = u.Expert
        WHERE u.ModelId = @ModelId AND u.IsShared = 0;
        SET @Routes = @@ROWCOUNT;

        DECLARE @ComputeMs bigint = DATEDIFF_BIG(MILLISECOND, @Started, SYSUTCDATETIME());
        DECLARE @Details nvarchar(max) = CONCAT(N'{"neighbours":', @Neighbours, N',"contains":', @Contains, N',"similar_to":', @Similar, N',"routes_to":', @Routes, N'}');
        EXECUTE ops.RecordAct 'model.graph', 'model', @Name, NULL, NULL, NULL, @ComputeMs, @Details;
        IF @OwnsTransaction = 1
        BEGIN
            COMMIT TRANSACTION;
        END;

        SELECT
            @Name AS model_name,
            @Nodes AS nodes,
            @Contains AS [contains],
            @Similar AS similar_to,
            @Routes AS routes_to,
            @ChosenCount AS components_compared,
            @Compared AS models_compared;
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
GRANT EXECUTE ON OBJECT::mqe.BuildGraph TO nina_application;
