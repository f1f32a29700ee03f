-- What search by meaning loses on its way, asked with the tenant's own passages: a row a step, with its mean and least recall against the exact answer.
-- vector index: the search through the index (where the platform has built one) against comparing with every vector of 768 numbers. projection: 768 numbers against the vectors at their full length.
-- re-ranked: what mqe.FindCapabilities returns, against the same. Errors: 50002, 50003, 50010, 50020, 50021, 50070, 51xxx.
CREATE PROCEDURE mqe.CheckVectorIndex
    @Model nvarchar(200) = NULL,           -- Name or public id of the model; may be left out where the tenant has only one.
    @Queries int = 20,                     -- Passages to ask with.
    @Top int = 10,                         -- Components that each answer has.
    @Recall float = NULL OUTPUT            -- Mean recall of what mqe.FindCapabilities returns.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'viewer', 'model.search', 'model', @Model;

    IF @Queries IS NULL OR @Queries NOT BETWEEN 1 AND 1000 OR @Top IS NULL OR @Top NOT BETWEEN 1 AND 1000
    BEGIN
        THROW 50002, N'@Queries and @Top must be from 1 to 1000.', 1;
    END;

    BEGIN TRY
        DECLARE @ModelId int, @State varbinary(max);
        EXECUTE mqe.FindModel @Model, @ModelId OUTPUT;
        SET @State = (SELECT State FROM mqe.MeaningSpace WHERE ModelId = @ModelId);
        IF @State IS NULL
        BEGIN
            THROW 50010, N'The model was not measured yet; mqe.MeasureSkills does that.', 1;
        END;

        DECLARE @Asked table (Place int NOT NULL PRIMARY KEY, Content nvarchar(max) NOT NULL);
        INSERT INTO @Asked (Place, Content)
        SELECT TOP (@Queries) ROW_NUMBER() OVER (ORDER BY HASHBYTES('SHA2_256', p.Content), p.ProbeTextId), p.Content
        FROM mqe.ProbeText AS p
        WHERE p.TenantId = tenancy.CurrentTenantId()
        ORDER BY HASHBYTES('SHA2_256', p.Content), p.ProbeTextId;
        IF @@ROWCOUNT = 0
        BEGIN
            THROW 50070, N'There are no passages to ask with: add some with mqe.AddProbeTexts.', 1;
        END;

        EXECUTE mqe.EnsureSegments @ModelId;
        DECLARE @Manifest nvarchar(max) = mqe.ModelManifest(@ModelId), @Segment nvarchar(4000) = mqe.VectorSegmentPath(@ModelId, 'meaning');
        DECLARE @HasIndex bit = CASE WHEN mqe.VectorIndexVersion() > 0 THEN 1 ELSE 0 END, @Candidates int = CASE WHEN @Top < 20 THEN 200 ELSE 10 * @Top END;
        DECLARE @Stored table (ComponentId int NOT NULL PRIMARY KEY, Distance float NOT NULL, Place int NOT NULL);
        DECLARE @Approximate table (ComponentId int NOT NULL PRIMARY KEY, Distance float NOT NULL);
        DECLARE @True table (ComponentId int NOT NULL PRIMARY KEY);
        DECLARE @Ranked table (ComponentId int NOT NULL PRIMARY KEY);
        DECLARE @Checked table (Step varchar(20) NOT NULL, Recall float NULL);
        DECLARE @Place int = 1, @Last int = (SELECT MAX(Place) FROM @Asked), @Text nvarchar(max), @Vector vector(768), @Components nvarchar(max), @Wanted int;
        WHILE @Place <= @Last
        BEGIN
            SET @Text = (SELECT Content FROM @Asked WHERE Place = @Place);
            SET @Vector = CAST(clr.EmbedText(@Manifest, @State, @Text) AS vector(768));
            DELETE FROM @Stored;
            INSERT INTO @Stored (ComponentId, Distance, Place)
            SELECT f.ComponentId, f.Distance, ROW_NUMBER() OVER (ORDER BY f.Distance, f.ComponentId)
            FROM
            (
                SELECT TOP (@Candidates) v.ComponentId, VECTOR_DISTANCE('cosine', @Vector, v.MeaningVector) AS Distance
                FROM mqe.ComponentVector AS v
                WHERE v.ModelId = @ModelId AND v.MeaningVector IS NOT NULL
                ORDER BY Distance, v.ComponentId
            ) AS f;

            DELETE FROM @Approximate;
            IF @HasIndex = 1
            BEGIN
                INSERT INTO @Approximate (ComponentId, Distance)
                EXECUTE mqe.SearchVectorIndex @ModelId = @ModelId, @Vector = @Vector, @Top = @Top;
            END
            ELSE
            BEGIN
                INSERT INTO @Approximate (ComponentId, Distance)
                SELECT ComponentId, Distance FROM @Stored WHERE Place <= @Top;
            END;

            SET @Wanted = (SELECT COUNT(*) FROM @Stored WHERE Place <= @Top);
            INSERT INTO @Checked (Step, Recall)
            SELECT 'vector index', CAST(COUNT(*) AS float) / NULLIF(@Wanted, 0)
            FROM @Stored AS s
            INNER JOIN @Approximate AS a ON a.ComponentId = s.ComponentId
            WHERE s.Place <= @Top;

            IF @Segment IS NOT NULL
            BEGIN
                DELETE FROM @True;
                INSERT INTO @True (ComponentId)
                SELECT c.ComponentId
                FROM clr.NearestComponents(@Manifest, @State, @Segment, @Text, NULL, @Top) AS n
                INNER JOIN mqe.Component AS c ON c.ModelId = @ModelId AND c.Kind = n.kind AND c.Layer = n.layer AND c.ComponentIndex = n.component_index;

                SET @Components =
                (
                    SELECT c.ComponentId AS [id], c.Kind AS [kind], c.Layer AS [layer], c.ComponentIndex AS [index]
                    FROM @Stored AS s
                    INNER JOIN mqe.Component AS c ON c.ComponentId = s.ComponentId
                    FOR JSON PATH
                );
                DELETE FROM @Ranked;
                INSERT INTO @Ranked (ComponentId)
                SELECT TOP (@Top) r.component_id
                FROM clr.RankComponents(@Manifest, @State, @Segment, @Text, @Components) AS r
                ORDER BY r.similarity DESC, r.component_id;

                INSERT INTO @Checked (Step, Recall)
                SELECT 'projection', CAST(COUNT(*) AS float) / NULLIF(@Wanted, 0)
                FROM @True AS t
                INNER JOIN @Stored AS s ON s.ComponentId = t.ComponentId
                WHERE s.Place <= @Top
                UNION ALL
                SELECT 're-ranked', CAST(COUNT(*) AS float) / NULLIF(@Wanted, 0)
                FROM @True AS t
                INNER JOIN @Ranked AS r ON r.ComponentId = t.ComponentId;
            END;

            SET @Place += 1;
        END;

        SET @Recall = COALESCE
        (
            (SELECT AVG(Recall) FROM @Checked WHERE Step = 're-ranked'),
            (SELECT AVG(Recall) FROM @Checked WHERE Step = 'vector index'),
            1
        );

        SELECT s.Step AS [check], r.Queries AS queries, @Top AS [top], COALESCE(r.Mean, 1) AS recall, COALESCE(r.Least, 1) AS least, s.Note AS note
        FROM
        (
            VALUES
                (1, 'vector index', N'search against comparing with all vectors of 768 numbers'),
                (2, 'projection', CASE WHEN @Segment IS NULL THEN N'768 numbers hold the vectors without loss' ELSE N'768 numbers against the full length' END),
                (3, 're-ranked', CASE WHEN @Segment IS NULL THEN N'nothing to re-rank' ELSE N'candidates from 768 numbers, ranked at full length' END)
        ) AS s (Ordinal, Step, Note)
        CROSS APPLY (SELECT COUNT(*) AS Queries, AVG(c.Recall) AS Mean, MIN(c.Recall) AS Least FROM @Checked AS c WHERE c.Step = s.Step) AS r
        ORDER BY s.Ordinal;
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
GRANT EXECUTE ON OBJECT::mqe.CheckVectorIndex TO nina_application;
