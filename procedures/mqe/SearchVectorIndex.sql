-- The approximate search behind mqe.FindCapabilities. The two versions of vector indexes refuse each other's syntax, so each form is dynamic SQL,
-- which runs as the owner; whose rows are found is decided by the session alone.
-- Result: component id and distance.
CREATE PROCEDURE mqe.SearchVectorIndex
    @ModelId int,                          -- Only components of this model.
    @Vector vector(768),                   -- What to look for.
    @Top int,                              -- Rows wanted.
    @Kind varchar(10) = NULL               -- Only components of this kind; NULL for all.
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Version int = mqe.VectorIndexVersion();
    IF @Version >= 3
    BEGIN
        -- Filters while it searches: always the full top N.
        EXECUTE sys.sp_executesql N'
            SELECT TOP (@Top) WITH APPROXIMATE v.ComponentId, s.distance
            FROM VECTOR_SEARCH(TABLE = mqe.ComponentVector AS v, COLUMN = MeaningVector, SIMILAR_TO = @Vector, METRIC = ''cosine'') AS s
            WHERE v.ModelId = @ModelId AND (@Kind IS NULL OR EXISTS (SELECT 1 FROM mqe.Component AS c WHERE c.ComponentId = v.ComponentId AND c.Kind = @Kind))
            ORDER BY s.distance;',
            N'@Top int, @Vector vector(768), @ModelId int, @Kind varchar(10)', @Top, @Vector, @ModelId, @Kind;
    END
    ELSE IF @Version > 0
    BEGIN
        -- Filters what it found: asks for more, and for all where that was not enough.
        DECLARE @Candidates int = @Top * 20;
        EXECUTE sys.sp_executesql N'
            DECLARE @Found table (ComponentId int NOT NULL, Distance float NOT NULL);
            INSERT INTO @Found (ComponentId, Distance)
            SELECT TOP (@Top) v.ComponentId, s.distance
            FROM VECTOR_SEARCH(TABLE = mqe.ComponentVector AS v, COLUMN = MeaningVector, SIMILAR_TO = @Vector, METRIC = ''cosine'', TOP_N = @Candidates) AS s
            WHERE v.ModelId = @ModelId AND (@Kind IS NULL OR EXISTS (SELECT 1 FROM mqe.Component AS c WHERE c.ComponentId = v.ComponentId AND c.Kind = @Kind))
            ORDER BY s.distance;

            IF @@ROWCOUNT < @Top
            BEGIN
                DELETE FROM @Found;
                INSERT INTO @Found (ComponentId, Distance)
                SELECT TOP (@Top) v.ComponentId, VECTOR_DISTANCE(''cosine'', @Vector, v.MeaningVector)
                FROM mqe.ComponentVector AS v
                INNER JOIN mqe.Component AS c ON c.ComponentId = v.ComponentId
                WHERE v.ModelId = @ModelId AND v.MeaningVector IS NOT NULL AND (@Kind IS NULL OR c.Kind = @Kind)
                ORDER BY VECTOR_DISTANCE(''cosine'', @Vector, v.MeaningVector), v.ComponentId;
            END;

            SELECT ComponentId, Distance FROM @Found ORDER BY Distance;',
            N'@Top int, @Vector vector(768), @ModelId int, @Kind varchar(10), @Candidates int', @Top, @Vector, @ModelId, @Kind, @Candidates;
    END
    ELSE
    BEGIN
        THROW 50016, N'There is no vector index over meaning vectors; mqe.BuildVectorIndex builds one.', 1;
    END;
END;
