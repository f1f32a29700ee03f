EXECUTE tSQLt.NewTestClass N'GraphTests';
GO

CREATE PROCEDURE GraphTests.[test a model contains layers that contain its components]
AS
BEGIN
    CREATE TABLE #Built (model_name nvarchar(200), nodes bigint, [contains] bigint, similar_to bigint, routes_to bigint, components_compared int, models_compared int);
    INSERT INTO #Built EXECUTE mqe.BuildGraph @MaximumComponents = 50;
    DECLARE @Said nvarchar(100) = (SELECT CONCAT(model_name, N' ', nodes, N' ', [contains], N' ', similar_to, N' ', routes_to, N' ', components_compared) FROM #Built);
    DECLARE @Components int = (SELECT COUNT(*) FROM mqe.components WHERE kind <> 'model');
    DECLARE @Expected nvarchar(100) = CONCAT(N'nina-mini ', @Components + 1, N' ', @Components, N' 250 0 50');
    EXECUTE tSQLt.AssertEqualsString @Expected, @Said;

    DECLARE @Found int =
    (
        SELECT COUNT(*)
        FROM mqe.model_nodes AS m, mqe.[contains] AS inside, mqe.component_nodes AS l, mqe.[contains] AS within, mqe.component_nodes AS n
        WHERE MATCH(m-(inside)->l-(within)->n) AND l.kind = 'layer' AND n.layer = l.layer AND n.kind IN ('neuron', 'head')
    );
    SET @Components = (SELECT COUNT(*) FROM mqe.components WHERE kind IN ('neuron', 'head'));
    EXECUTE tSQLt.AssertEquals @Components, @Found;
END;
GO

CREATE PROCEDURE GraphTests.[test neurons that are alike know the same]
AS
BEGIN
    CREATE TABLE #Built (model_name nvarchar(200), nodes bigint, [contains] bigint, similar_to bigint, routes_to bigint, components_compared int, models_compared int);
    INSERT INTO #Built EXECUTE mqe.BuildGraph @MaximumComponents = 100;
    DECLARE @Edges int, @Same int;
    SELECT @Edges = COUNT(*), @Same = SUM(CASE WHEN a.domain = b.domain THEN 1 ELSE 0 END)
    FROM mqe.component_nodes AS a, mqe.similar_to AS s, mqe.component_nodes AS b
    WHERE MATCH(a-(s)->b);
    EXECUTE tSQLt.AssertEquals 500, @Edges;
    IF @Same < 300
    BEGIN
        EXECUTE tSQLt.Fail N'Of 500 edges most should connect components of one domain; do: ', @Same;
    END;

    DECLARE @Wrong int =
    (
        SELECT COUNT(*)
        FROM mqe.component_nodes AS a, mqe.similar_to AS s, mqe.component_nodes AS b
        WHERE MATCH(a-(s)->b) AND (a.component_id = b.component_id OR s.similarity < 0.3 OR s.similarity > 1.000001 OR s.place NOT BETWEEN 1 AND 5)
    );
    EXECUTE tSQLt.AssertEquals 0, @Wrong;
END;
GO

CREATE PROCEDURE GraphTests.[test building again replaces edges and keeps nodes]
AS
BEGIN
    CREATE TABLE #Built (model_name nvarchar(200), nodes bigint, [contains] bigint, similar_to bigint, routes_to bigint, components_compared int, models_compared int);
    INSERT INTO #Built EXECUTE mqe.BuildGraph @MaximumComponents = 20;
    DECLARE @Node nvarchar(1000) = (SELECT $node_id FROM mqe.component_nodes WHERE kind = 'neuron' AND layer = 2 AND component_index = 17);
    INSERT INTO #Built EXECUTE mqe.BuildGraph @MaximumComponents = 20;
    DECLARE @Again nvarchar(1000) = (SELECT $node_id FROM mqe.component_nodes WHERE kind = 'neuron' AND layer = 2 AND component_index = 17);
    EXECUTE tSQLt.AssertEqualsString @Node, @Again;
    DECLARE @Edges int = (SELECT COUNT(*) FROM mqe.similar_to);
    EXECUTE tSQLt.AssertEquals 100, @Edges;
END;
GO

CREATE PROCEDURE GraphTests.[test knowledge spreads along paths of similar neurons]
AS
BEGIN
    CREATE TABLE #Built (model_name nvarchar(200), nodes bigint, [contains] bigint, similar_to bigint, routes_to bigint, components_compared int, models_compared int);
    INSERT INTO #Built EXECUTE mqe.BuildGraph @MaximumComponents = 1000;
    DECLARE @From int = (SELECT TOP (1) component_id FROM mqe.component_nodes WHERE domain = N'chess' AND kind = 'neuron' ORDER BY skill_level DESC, component_id);
    CREATE TABLE #Paths (hops int, way nvarchar(max), component_id int, domain nvarchar(100), weakest float);
    INSERT INTO #Paths (hops, way, component_id, domain, weakest)
    SELECT q.hops, q.way, q.component_id, q.domain, q.weakest
    FROM
    (
        SELECT
            COUNT(n.component_id) WITHIN GROUP (GRAPH PATH) AS hops,
            STRING_AGG(CAST(n.component_id AS nvarchar(max)), N',') WITHIN GROUP (GRAPH PATH) AS way,
            LAST_VALUE(n.component_id) WITHIN GROUP (GRAPH PATH) AS component_id,
            LAST_VALUE(n.domain) WITHIN GROUP (GRAPH PATH) AS domain,
            MIN(s.similarity) WITHIN GROUP (GRAPH PATH) AS weakest
        FROM mqe.component_nodes AS a, mqe.similar_to FOR PATH AS s, mqe.component_nodes FOR PATH AS n
        WHERE MATCH(SHORTEST_PATH(a(-(s)->n)+)) AND a.component_id = @From
    ) AS q;

    DECLARE @Domains int = (SELECT COUNT(DISTINCT domain) FROM #Paths);
    IF @Domains < 4
    BEGIN
        EXECUTE tSQLt.Fail N'From a chess neuron the graph should reach several domains; it reaches ', @Domains;
    END;

    -- The nearest of another domain is further away than the nearest of its own.
    DECLARE @Own int = (SELECT MIN(hops) FROM #Paths WHERE domain = N'chess'), @Other int = (SELECT MIN(hops) FROM #Paths WHERE domain = N'cooking');
    EXECUTE tSQLt.AssertEquals 1, @Own;
    IF @Other IS NULL OR @Other < @Own
    BEGIN
        EXECUTE tSQLt.Fail N'Hops to cooking: ', @Other;
    END;

    DECLARE @Wrong int = (SELECT COUNT(*) FROM #Paths WHERE weakest < 0.3 OR hops <> LEN(way) - LEN(REPLACE(way, N',', N'')) + 1);
    EXECUTE tSQLt.AssertEquals 0, @Wrong;
END;
GO

CREATE PROCEDURE GraphTests.[test the questions of the documentation are answered]
AS
BEGIN
    CREATE TABLE #Built (model_name nvarchar(200), nodes bigint, [contains] bigint, similar_to bigint, routes_to bigint, components_compared int, models_compared int);
    INSERT INTO #Built EXECUTE mqe.BuildGraph @MaximumComponents = 1500;
    CREATE TABLE #Layers (layer int, neurons int, know_chess int);
    INSERT INTO #Layers
    SELECT l.layer, COUNT(*) AS neurons, SUM(CASE WHEN n.domain = N'chess' AND n.skill_level > 0.9 THEN 1 ELSE 0 END) AS know_chess
    FROM mqe.model_nodes AS m, mqe.[contains] AS inside, mqe.component_nodes AS l, mqe.[contains] AS within, mqe.component_nodes AS n
    WHERE MATCH(m-(inside)->l-(within)->n) AND m.model_name = N'nina-mini' AND n.kind = 'neuron'
    GROUP BY l.layer;
    DECLARE @Layers nvarchar(100) = (SELECT CONCAT(COUNT(*), N' ', MIN(neurons), N' ', MAX(neurons)) FROM #Layers), @Know int = (SELECT SUM(know_chess) FROM #Layers);
    EXECUTE tSQLt.AssertEqualsString N'4 512 512', @Layers;
    EXECUTE tSQLt.AssertNotEquals 0, @Know;

    -- From the best chess neuron to every cooking neuron that it leads to.
    CREATE TABLE #Ways (hops int, weakest float, way nvarchar(max));
    WITH ways AS
    (
        SELECT
            CONCAT(a.domain, N' ', a.layer, N'.', a.component_index, N' -> ',
                STRING_AGG(CONCAT(n.domain, N' ', n.layer, N'.', n.component_index), N' -> ') WITHIN GROUP (GRAPH PATH)) AS way,
            COUNT(n.component_id) WITHIN GROUP (GRAPH PATH) AS hops,
            MIN(s.similarity) WITHIN GROUP (GRAPH PATH) AS weakest,
            LAST_VALUE(n.domain) WITHIN GROUP (GRAPH PATH) AS domain
        FROM
            mqe.component_nodes AS a,
            mqe.similar_to FOR PATH AS s,
            (SELECT $node_id, component_id, domain, layer, component_index FROM mqe.component_nodes WHERE model_name = N'nina-mini' AND kind = 'neuron') FOR PATH AS n
        WHERE MATCH(SHORTEST_PATH(a(-(s)->n)+))
            AND a.component_id = (SELECT TOP (1) component_id FROM mqe.capabilities WHERE model_name = N'nina-mini' AND kind = 'neuron' AND domain = N'chess' ORDER BY skill_level DESC, component_id)
    )
    INSERT INTO #Ways (hops, weakest, way)
    SELECT w.hops, w.weakest, w.way
    FROM ways AS w
    WHERE w.domain = N'cooking';
    DECLARE @Ways int = (SELECT COUNT(*) FROM #Ways);
    DECLARE @Wrong int = (SELECT COUNT(*) FROM #Ways WHERE way NOT LIKE N'chess %-> cooking %' OR hops < 1 OR (LEN(way) - LEN(REPLACE(way, N'->', N''))) / 2 <> hops OR weakest < 0.3);
    EXECUTE tSQLt.AssertNotEquals 0, @Ways;
    EXECUTE tSQLt.AssertEquals 0, @Wrong;

    -- What stands between domains is named by components of several.
    DECLARE @Domains int =
    (
        SELECT MAX(q.domains)
        FROM
        (
            SELECT COUNT(DISTINCT a.domain) AS domains
            FROM mqe.component_nodes AS a, mqe.similar_to AS s, mqe.component_nodes AS b
            WHERE MATCH(a-(s)->b)
            GROUP BY b.component_id
        ) AS q
    );
    IF @Domains < 2
    BEGIN
        EXECUTE tSQLt.Fail N'Domains of the components that are similar to one: ', @Domains;
    END;
END;
GO

CREATE PROCEDURE GraphTests.[test components of a model are found in another of the same space, in other layers too]
AS
BEGIN
    CREATE TABLE #Built (model_name nvarchar(200), nodes bigint, [contains] bigint, similar_to bigint, routes_to bigint, components_compared int, models_compared int);
    EXECUTE mqe.IngestModel @Path = N'$(SampleModel)', @Name = N'copy';
    EXECUTE mqe.MeasureSkills @Model = N'copy', @TextsPerDomain = 20;
    INSERT INTO #Built EXECUTE mqe.BuildGraph @Model = N'nina-mini', @MaximumComponents = 10;
    INSERT INTO #Built EXECUTE mqe.BuildGraph @Model = N'copy', @MaximumComponents = 50;
    DECLARE @Compared int = (SELECT models_compared FROM #Built WHERE model_name = N'copy');
    EXECUTE tSQLt.AssertEquals 2, @Compared;

    DECLARE @Twins int =
    (
        SELECT COUNT(*)
        FROM mqe.component_nodes AS a, mqe.similar_to AS s, mqe.component_nodes AS b
        WHERE MATCH(a-(s)->b)
            AND a.model_name = N'copy' AND b.model_name = N'nina-mini' AND a.kind = b.kind AND a.layer = b.layer AND a.component_index = b.component_index AND s.similarity > 0.9999
    );
    EXECUTE tSQLt.AssertEquals 50, @Twins;
    DECLARE @Elsewhere int =
    (
        SELECT COUNT(*)
        FROM mqe.component_nodes AS a, mqe.similar_to AS s, mqe.component_nodes AS b
        WHERE MATCH(a-(s)->b) AND a.model_name = N'copy' AND b.model_name = N'nina-mini' AND b.layer <> a.layer
    );
    EXECUTE tSQLt.AssertNotEquals 0, @Elsewhere;

    -- A model that is dropped takes its nodes and all edges at them along.
    INSERT INTO #Built EXECUTE mqe.BuildGraph @Model = N'nina-mini', @MaximumComponents = 10;
    EXECUTE mqe.DropModel N'copy';
    DECLARE @Left int = (SELECT COUNT(*) FROM mqe.component_nodes WHERE model_name = N'copy') + (SELECT COUNT(*) FROM mqe.model_nodes WHERE model_name = N'copy');
    EXECUTE tSQLt.AssertEquals 0, @Left;
    DECLARE @Edges int = (SELECT COUNT(*) FROM mqe.similar_to), @Complete int = (SELECT COUNT(*) FROM mqe.component_nodes AS a, mqe.similar_to AS s, mqe.component_nodes AS b WHERE MATCH(a-(s)->b));
    EXECUTE tSQLt.AssertEquals 50, @Edges;
    EXECUTE tSQLt.AssertEquals 50, @Complete;
END;
GO

CREATE PROCEDURE GraphTests.[test routers send every token to as many experts as the model says]
AS
BEGIN
    CREATE TABLE #Built (model_name nvarchar(200), nodes bigint, [contains] bigint, similar_to bigint, routes_to bigint, components_compared int, models_compared int);
    EXECUTE mqe.IngestModel @Path = N'$(SampleModel)-moe', @Name = N'mixture';
    EXECUTE mqe.MeasureSkills @Model = N'mixture', @TextsPerDomain = 3;
    INSERT INTO #Built EXECUTE mqe.BuildGraph @Model = N'mixture', @MaximumComponents = 10;
    DECLARE @PerToken int = (SELECT experts_per_token FROM mqe.models WHERE name = N'mixture'), @Groups int, @Right int;
    SELECT @Groups = COUNT(*), @Right = SUM(CASE WHEN ABS(q.total - @PerToken) < 1e-6 THEN 1 ELSE 0 END)
    FROM
    (
        SELECT l.layer, r.domain, SUM(r.usage_share) AS total
        FROM mqe.component_nodes AS l, mqe.routes_to AS r, mqe.component_nodes AS e
        WHERE MATCH(l-(r)->e) AND l.kind = 'layer' AND e.kind = 'expert' AND e.layer = l.layer
        GROUP BY l.layer, r.domain
    ) AS q;
    EXECUTE tSQLt.AssertNotEquals 0, @Groups;
    EXECUTE tSQLt.AssertEquals @Groups, @Right;

    -- Neurons are in their experts.
    DECLARE @Neurons int = (SELECT COUNT(*) FROM mqe.components WHERE model_name = N'mixture' AND kind = 'neuron');
    DECLARE @Found int =
    (
        SELECT COUNT(*)
        FROM mqe.component_nodes AS l, mqe.[contains] AS has_expert, mqe.component_nodes AS e, mqe.[contains] AS has_neuron, mqe.component_nodes AS n
        WHERE MATCH(l-(has_expert)->e-(has_neuron)->n) AND l.model_name = N'mixture' AND e.kind = 'expert' AND n.kind = 'neuron'
    );
    EXECUTE tSQLt.AssertEquals @Neurons, @Found;
END;
GO

CREATE PROCEDURE GraphTests.[test a graph reports all wrong arguments]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50002, @ExpectedMessage = N'@Neighbours must be from 1 to 100. @MinSimilarity must be from -1 to 1. @MaximumComponents must be from 1 to 100000.';
    EXECUTE mqe.BuildGraph @Neighbours = 0, @MinSimilarity = 2, @MaximumComponents = NULL;
END;
GO

CREATE PROCEDURE GraphTests.[test a model without components is error 50060]
AS
BEGIN
    DELETE FROM mqe.Component;
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50060;
    EXECUTE mqe.BuildGraph @Model = N'nina-mini';
END;
GO

CREATE PROCEDURE GraphTests.[test a failed build leaves the graph as it was]
AS
BEGIN
    CREATE TABLE #Built (model_name nvarchar(200), nodes bigint, [contains] bigint, similar_to bigint, routes_to bigint, components_compared int, models_compared int);
    INSERT INTO #Built EXECUTE mqe.BuildGraph @MaximumComponents = 20;
    DELETE FROM mqe.SimilarToEdge;
    DECLARE @Contains int = (SELECT COUNT(*) FROM mqe.[contains]), @Again int, @Number int = 0;
    BEGIN TRY
        EXECUTE mqe.BuildGraph @Model = N'nobody';
    END TRY
    BEGIN CATCH
        SET @Number = ERROR_NUMBER();
    END CATCH;

    SET @Again = (SELECT COUNT(*) FROM mqe.[contains]);
    EXECUTE tSQLt.AssertEquals 50003, @Number;
    EXECUTE tSQLt.AssertEquals @Contains, @Again;
END;
GO
