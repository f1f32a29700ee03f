EXECUTE tSQLt.NewTestClass N'CapabilityTests';
GO

CREATE PROCEDURE CapabilityTests.[test the capability query works as written]
AS
BEGIN
    DECLARE @Found int = (SELECT COUNT(*) FROM mqe.capabilities WHERE domain = 'chess' AND skill_level > 0.8);
    IF @Found NOT BETWEEN 50 AND 600
    BEGIN
        EXECUTE tSQLt.Fail N'About 200 components of the sample know chess; found ', @Found;
    END;
END;
GO

CREATE PROCEDURE CapabilityTests.[test every measurement carries its evidence]
AS
BEGIN
    DECLARE @Without int =
    (
        SELECT COUNT(*)
        FROM mqe.capabilities
        WHERE method IS NULL OR token_count < 1 OR text_count < 1 OR probe_set_hash IS NULL OR model_hash IS NULL
            OR (kind <> 'model' AND (skill_lower IS NULL OR skill_lower > skill_level OR skill_upper < skill_level OR other_text_count < 1))
    );
    EXECUTE tSQLt.AssertEquals 0, @Without;
END;
GO

CREATE PROCEDURE CapabilityTests.[test a model hash names the content that was measured]
AS
BEGIN
    DECLARE @Other int = (SELECT COUNT(*) FROM mqe.capabilities AS c INNER JOIN mqe.models AS m ON m.name = c.model_name WHERE c.model_hash <> m.content_hash);
    EXECUTE tSQLt.AssertEquals 0, @Other;
END;
GO

CREATE PROCEDURE CapabilityTests.[test the model as a whole is measured by its loss]
AS
BEGIN
    DECLARE @Good int = (SELECT COUNT(*) FROM mqe.capabilities WHERE kind = 'model' AND method = 'exp-negative-log-likelihood' AND skill_level BETWEEN 0.45 AND 0.65);
    EXECUTE tSQLt.AssertEquals 8, @Good;
END;
GO

CREATE PROCEDURE CapabilityTests.[test search by meaning finds components of the domain]
AS
BEGIN
    CREATE TABLE #Found
    (
        model_name nvarchar(200), component_id int, kind varchar(10), layer int, component_index int, similarity float, domain nvarchar(100), skill_level float,
        top_tokens nvarchar(max), evidence varchar(40)
    );
    INSERT INTO #Found EXECUTE mqe.FindCapabilities @Query = N'knight takes bishop', @Top = 20;

    DECLARE @Rows int = (SELECT COUNT(*) FROM #Found), @Chess int =
        (SELECT COUNT(*) FROM #Found AS f INNER JOIN mqe.capabilities AS c ON c.component_id = f.component_id AND c.domain = 'chess' AND c.skill_level > 0.7);
    EXECUTE tSQLt.AssertEquals 20, @Rows;
    IF @Chess < 12
    BEGIN
        EXECUTE tSQLt.Fail N'Most of what is found should know chess; does: ', @Chess;
    END;
END;
GO

CREATE PROCEDURE CapabilityTests.[test search reports all wrong arguments]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50001, @ExpectedMessage = N'@Query is required. @Top must be from 1 to 1000.';
    EXECUTE mqe.FindCapabilities @Query = N'', @Top = 0;
END;
GO

CREATE PROCEDURE CapabilityTests.[test a model that was not measured is searched by what it writes and says so]
AS
BEGIN
    EXECUTE mqe.IngestModel @Path = N'$(SampleModel)', @Name = N'unmeasured';
    CREATE TABLE #Found
    (
        model_name nvarchar(200), component_id int, kind varchar(10), layer int, component_index int, similarity float, domain nvarchar(100), skill_level float,
        top_tokens nvarchar(max), evidence varchar(40)
    );
    INSERT INTO #Found EXECUTE mqe.FindCapabilities @Query = N'knight', @Top = 5, @Model = N'unmeasured';
    DECLARE @Said int = (SELECT COUNT(*) FROM #Found WHERE evidence = 'write vector (not measured)');
    EXECUTE tSQLt.AssertEquals 5, @Said;
END;
GO

CREATE PROCEDURE CapabilityTests.[test measuring again replaces the measurements]
AS
BEGIN
    DECLARE @Before int = (SELECT COUNT(*) FROM mqe.SkillMeasurement);
    EXECUTE mqe.MeasureSkills @TextsPerDomain = 5;
    DECLARE @After int = (SELECT COUNT(*) FROM mqe.SkillMeasurement), @Texts int = (SELECT MAX(text_count) FROM mqe.capabilities);
    EXECUTE tSQLt.AssertEquals 5, @Texts;
    IF @After > @Before + 100 OR @After = 0
    BEGIN
        EXECUTE tSQLt.Fail N'Measurements were added, not replaced: ', @After;
    END;
END;
GO

CREATE PROCEDURE CapabilityTests.[test the vector index finds what an exact search finds]
AS
BEGIN
    DECLARE @Version int = mqe.VectorIndexVersion();
    EXECUTE tSQLt.AssertNotEquals 0, @Version, N'The index was built before the tests.';

    DECLARE @ModelId int = (SELECT ModelId FROM mqe.Model WHERE Name = N'nina-mini');
    DECLARE @Vector vector(768) = (SELECT TOP (1) MeaningVector FROM mqe.ComponentVector WHERE ModelId = @ModelId ORDER BY ComponentId DESC);
    CREATE TABLE #Approximate (ComponentId int, Distance float);
    INSERT INTO #Approximate EXECUTE mqe.SearchVectorIndex @ModelId = @ModelId, @Vector = @Vector, @Top = 10;

    SELECT TOP (10) ComponentId INTO #Exact FROM mqe.ComponentVector WHERE ModelId = @ModelId ORDER BY VECTOR_DISTANCE('cosine', @Vector, MeaningVector);
    DECLARE @Shared int = (SELECT COUNT(*) FROM #Approximate AS a INNER JOIN #Exact AS e ON e.ComponentId = a.ComponentId);
    IF @Shared < 8
    BEGIN
        EXECUTE tSQLt.Fail N'Of ten neighbours the index found only ', @Shared;
    END;
END;
GO

CREATE PROCEDURE CapabilityTests.[test the vector index filters by kind and still gives as many]
AS
BEGIN
    DECLARE @ModelId int = (SELECT ModelId FROM mqe.Model WHERE Name = N'nina-mini');
    DECLARE @Vector vector(768) = (SELECT TOP (1) MeaningVector FROM mqe.ComponentVector WHERE ModelId = @ModelId ORDER BY ComponentId DESC);
    CREATE TABLE #Heads (ComponentId int, Distance float);
    INSERT INTO #Heads EXECUTE mqe.SearchVectorIndex @ModelId = @ModelId, @Vector = @Vector, @Top = 5, @Kind = 'head';
    DECLARE @Heads int = (SELECT COUNT(*) FROM #Heads AS h INNER JOIN mqe.Component AS c ON c.ComponentId = h.ComponentId WHERE c.Kind = 'head');
    EXECUTE tSQLt.AssertEquals 5, @Heads;
END;
GO
