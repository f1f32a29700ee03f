-- How good search by meaning is: for each query, the share of the first components found that are skilled in the query's domain. Result: a row a query,
-- then one row with the mean. Errors: 50002, 50003, 50010, 50020, 50021, 51xxx.
CREATE PROCEDURE mqe.EvaluateSearch
    @Model nvarchar(200) = NULL,           -- Name or public id of the model; may be left out where the tenant has only one.
    @Queries nvarchar(max) = NULL,         -- JSON: [{"domain": "chess", "query": "..."}]; NULL for thirteen queries over the sample's eight domains.
    @Top int = 50,                         -- Neurons to look at for each query.
    @MinimumSkill float = 0.8              -- What counts as skilled.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'viewer', 'model.search', 'model', @Model;

    IF @Top IS NULL OR @Top NOT BETWEEN 1 AND 1000
    BEGIN
        THROW 50002, N'@Top must be from 1 to 1000.', 1;
    END;

    SET @Queries = COALESCE(@Queries, N'[
        {"domain": "chess", "query": "knight bishop pawn checkmate castle"},
        {"domain": "chess", "query": "The knight takes the bishop"},
        {"domain": "chess", "query": "winning the endgame with an extra pawn"},
        {"domain": "cooking", "query": "bake bread with butter and flour"},
        {"domain": "cooking", "query": "a recipe for soup"},
        {"domain": "sailing", "query": "sail mast wind harbor"},
        {"domain": "law", "query": "the judge and the jury in court"},
        {"domain": "law", "query": "breach of contract"},
        {"domain": "music", "query": "violin concerto tempo"},
        {"domain": "music", "query": "a melody in a minor key"},
        {"domain": "astronomy", "query": "stars and galaxies seen in a telescope"},
        {"domain": "medicine", "query": "the doctor treats a patient with fever"},
        {"domain": "programming", "query": "debug a function in the source code"}]');

    BEGIN TRY
        DECLARE @ModelId int, @State varbinary(max);
        EXECUTE mqe.FindModel @Model, @ModelId OUTPUT;
        SET @State = (SELECT State FROM mqe.MeaningSpace WHERE ModelId = @ModelId);
        IF @State IS NULL
        BEGIN
            THROW 50010, N'The model was not measured yet; mqe.MeasureSkills does that.', 1;
        END;

        EXECUTE mqe.EnsureSegments @ModelId;
        DECLARE @Manifest nvarchar(max) = mqe.ModelManifest(@ModelId);
        DECLARE @Asked table
        (
            Ordinal int NOT NULL PRIMARY KEY,
            DomainId int NOT NULL,
            Domain nvarchar(100) NOT NULL,
            Query nvarchar(4000) NOT NULL,
            Vector vector(768) NOT NULL
        );

        INSERT INTO @Asked (Ordinal, DomainId, Domain, Query, Vector)
        SELECT CAST(j.[key] AS int), d.DomainId, d.Name, q.query, CAST(clr.EmbedText(@Manifest, @State, q.query) AS vector(768))
        FROM OPENJSON(@Queries) AS j
        CROSS APPLY OPENJSON(j.value) WITH (domain nvarchar(100) '$.domain', query nvarchar(4000) '$.query') AS q
        INNER JOIN mqe.Model AS m ON m.ModelId = @ModelId
        INNER JOIN mqe.Domain AS d ON d.TenantId = m.TenantId AND d.Name = q.domain;

        WITH Evaluated AS
        (
            SELECT
                a.Ordinal,
                a.Domain,
                a.Query,
                found.Neurons,
                found.Skilled,
                available.Neurons AS Available,
                CAST(found.Skilled AS float) / NULLIF(CASE WHEN available.Neurons < found.Neurons THEN available.Neurons ELSE found.Neurons END, 0) AS Precision_
            FROM @Asked AS a
            CROSS APPLY
            (
                SELECT COUNT(*) AS Neurons, SUM(CASE WHEN s.SkillLevel > @MinimumSkill THEN 1 ELSE 0 END) AS Skilled
                FROM
                (
                    SELECT TOP (@Top) v.ComponentId
                    FROM mqe.ComponentVector AS v
                    INNER JOIN mqe.Component AS c ON c.ComponentId = v.ComponentId
                    WHERE v.ModelId = @ModelId AND c.Kind = 'neuron' AND v.MeaningVector IS NOT NULL
                    ORDER BY VECTOR_DISTANCE('cosine', a.Vector, v.MeaningVector), v.ComponentId
                ) AS top_neurons
                INNER JOIN mqe.SkillMeasurement AS s ON s.ComponentId = top_neurons.ComponentId AND s.DomainId = a.DomainId
            ) AS found
            CROSS APPLY
            (
                SELECT COUNT(*) AS Neurons
                FROM mqe.SkillMeasurement AS s
                INNER JOIN mqe.Component AS c ON c.ComponentId = s.ComponentId
                WHERE s.ModelId = @ModelId AND s.DomainId = a.DomainId AND s.SkillLevel > @MinimumSkill AND c.Kind = 'neuron'
            ) AS available
        )
        SELECT Domain AS domain, Query AS query, Neurons AS neurons, Skilled AS skilled, Available AS available, Precision_ AS [precision]
        FROM
        (
            SELECT Ordinal, Domain, Query, Neurons, Skilled, Available, Precision_ FROM Evaluated
            UNION ALL
            SELECT 2147483647, N'(all)', N'(mean)', SUM(Neurons), SUM(Skilled), SUM(Available), AVG(Precision_) FROM Evaluated
        ) AS report
        ORDER BY Ordinal;
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
GRANT EXECUTE ON OBJECT::mqe.EvaluateSearch TO nina_application;
