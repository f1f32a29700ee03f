EXECUTE tSQLt.NewTestClass N'SkillTests';
GO

CREATE PROCEDURE SkillTests.[test a mixture has experts with what they write]
AS
BEGIN
    EXECUTE mqe.IngestModel @Path = N'$(MixtureModel)', @Name = N'mixture';
    DECLARE @Experts int = (SELECT COUNT(*) FROM mqe.components WHERE model_name = N'mixture' AND kind = 'expert' AND top_tokens IS NOT NULL),
        @Neurons int = (SELECT COUNT(*) FROM mqe.components WHERE model_name = N'mixture' AND kind = 'neuron'),
        @Vectors int = (SELECT COUNT(*) FROM mqe.ComponentVector AS v INNER JOIN mqe.Component AS c ON c.ComponentId = v.ComponentId INNER JOIN mqe.Model AS m ON m.ModelId = v.ModelId WHERE m.Name = N'mixture' AND c.Kind = 'expert');
    EXECUTE tSQLt.AssertEquals 16, @Experts;
    EXECUTE tSQLt.AssertEquals 2048, @Neurons;
    EXECUTE tSQLt.AssertEquals 16, @Vectors;
END;
GO

CREATE PROCEDURE SkillTests.[test the granularity is as asked]
AS
BEGIN
    EXECUTE mqe.IngestModel @Path = N'$(MixtureModel)', @Name = N'experts only', @Granularity = 'expert';
    DECLARE @Kinds nvarchar(100) =
    (
        SELECT STRING_AGG(CONCAT(k.kind, N' ', k.n), N', ') WITHIN GROUP (ORDER BY k.kind)
        FROM (SELECT kind, COUNT(*) AS n FROM mqe.components WHERE model_name = N'experts only' GROUP BY kind) AS k
    );
    EXECUTE tSQLt.AssertEquals N'expert 16, head 16, layer 2, model 1', @Kinds;
END;
GO

CREATE PROCEDURE SkillTests.[test expert usage adds up for every layer and domain]
AS
BEGIN
    EXECUTE mqe.IngestModel @Path = N'$(MixtureModel)', @Name = N'mixture', @Granularity = 'expert';
    EXECUTE mqe.MeasureSkills @Model = N'mixture', @TextsPerDomain = 5;
    DECLARE @Rows int = (SELECT COUNT(*) FROM mqe.expert_usage WHERE model_name = N'mixture' AND component_id IS NOT NULL);
    EXECUTE tSQLt.AssertEquals 128, @Rows;

    -- Two of eight experts a token, whose weights sum to one.
    DECLARE @Wrong int =
    (
        SELECT COUNT(*)
        FROM (SELECT SUM(usage_share) AS shares, SUM(routing_score) AS weights FROM mqe.expert_usage WHERE model_name = N'mixture' GROUP BY layer, domain) AS u
        WHERE ABS(u.shares - 2) > 0.001 OR ABS(u.weights - 1) > 0.001
    );
    EXECUTE tSQLt.AssertEquals 0, @Wrong;

    DECLARE @Measured int = (SELECT COUNT(*) FROM mqe.capabilities WHERE model_name = N'mixture' AND kind = 'expert' AND skill_level BETWEEN 0 AND 1);
    IF @Measured < 100
    BEGIN
        EXECUTE tSQLt.Fail N'Experts have no skills: ', @Measured;
    END;
END;
GO

CREATE PROCEDURE SkillTests.[test the router's statistics are those of its usage]
AS
BEGIN
    EXECUTE mqe.IngestModel @Path = N'$(MixtureModel)', @Name = N'mixture', @Granularity = 'expert';
    EXECUTE mqe.MeasureSkills @Model = N'mixture', @TextsPerDomain = 3;
    DECLARE @Wrong int =
    (
        SELECT COUNT(*)
        FROM mqe.router_statistics
        WHERE model_name = N'mixture'
            AND (expert_count <> 8 OR ABS(experts_per_token - 2) > 0.001 OR usage_entropy NOT BETWEEN 1 AND 3.0001 OR load_balance NOT BETWEEN 0.3 AND 1.0001 OR busiest_expert NOT BETWEEN 0 AND 7)
    );
    DECLARE @Rows int = (SELECT COUNT(*) FROM mqe.router_statistics WHERE model_name = N'mixture');
    EXECUTE tSQLt.AssertEquals 16, @Rows;
    EXECUTE tSQLt.AssertEquals 0, @Wrong;
    DECLARE @Shares float = (SELECT MAX(ABS(r.largest_share - u.usage_share)) FROM mqe.router_statistics AS r INNER JOIN mqe.expert_usage AS u
        ON u.model_id = r.model_id AND u.layer = r.layer AND u.domain = r.domain AND u.expert = r.busiest_expert);
    IF @Shares > 0
    BEGIN
        EXECUTE tSQLt.Fail N'The largest share is not the busiest expert''s: ', @Shares;
    END;
END;
GO

CREATE PROCEDURE SkillTests.[test a dense model has no expert usage]
AS
BEGIN
    DECLARE @Rows int = (SELECT COUNT(*) FROM mqe.expert_usage WHERE model_name = N'nina-mini');
    EXECUTE tSQLt.AssertEquals 0, @Rows;
END;
GO

CREATE PROCEDURE SkillTests.[test a sample says that it is one and the same seed draws the same]
AS
BEGIN
    EXECUTE mqe.MeasureSkills @TextsPerDomain = 20, @SampleSize = 4, @Seed = 7;
    DECLARE @Methods int = (SELECT COUNT(*) FROM mqe.capabilities WHERE kind <> 'model' AND (method <> 'auroc-text-mean-sample' OR text_count <> 4 OR skill_lower IS NULL));
    EXECUTE tSQLt.AssertEquals 0, @Methods;

    SELECT component_id, domain, skill_level, probe_set_hash INTO #First FROM mqe.capabilities;
    EXECUTE mqe.MeasureSkills @TextsPerDomain = 20, @SampleSize = 4, @Seed = 7;
    DECLARE @Changed int = (SELECT COUNT(*) FROM #First AS f INNER JOIN mqe.capabilities AS c ON c.component_id = f.component_id AND c.domain = f.domain
        WHERE c.skill_level <> f.skill_level OR c.probe_set_hash <> f.probe_set_hash);
    EXECUTE tSQLt.AssertEquals 0, @Changed;

    EXECUTE mqe.MeasureSkills @TextsPerDomain = 20, @SampleSize = 4, @Seed = 8;
    SET @Changed = (SELECT COUNT(*) FROM #First AS f INNER JOIN mqe.capabilities AS c ON c.component_id = f.component_id AND c.domain = f.domain
        WHERE c.skill_level <> f.skill_level AND c.probe_set_hash <> f.probe_set_hash);
    IF @Changed < 1000
    BEGIN
        EXECUTE tSQLt.Fail N'Another seed draws another sample; figures that changed: ', @Changed;
    END;
END;
GO

CREATE PROCEDURE SkillTests.[test a sample as large as all is no sample]
AS
BEGIN
    EXECUTE mqe.MeasureSkills @TextsPerDomain = 4, @SampleSize = 4;
    DECLARE @Samples int = (SELECT COUNT(*) FROM mqe.capabilities WHERE method = 'auroc-text-mean-sample');
    EXECUTE tSQLt.AssertEquals 0, @Samples;
END;
GO

CREATE PROCEDURE SkillTests.[test a sample of one passage is refused]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50002;
    EXECUTE mqe.MeasureSkills @SampleSize = 1;
END;
GO

CREATE PROCEDURE SkillTests.[test a measurement leaves rows of one moment]
AS
BEGIN
    EXECUTE mqe.MeasureSkills @TextsPerDomain = 3;
    DECLARE @Moments int = (SELECT COUNT(DISTINCT MeasuredAt) FROM mqe.SkillMeasurement);
    EXECUTE tSQLt.AssertEquals 1, @Moments;
END;
GO

CREATE PROCEDURE SkillTests.[test the tokens of a component are shown as many as wanted]
AS
BEGIN
    CREATE TABLE #Tokens ([rank] int, token nvarchar(200), z float);
    INSERT INTO #Tokens EXECUTE mqe.ShowTopTokens @Layer = 2, @Index = 353, @Count = 12;
    DECLARE @Rows int = (SELECT COUNT(*) FROM #Tokens), @First nvarchar(200) = (SELECT token FROM #Tokens WHERE [rank] = 1), @Stored nvarchar(200) =
        (SELECT JSON_VALUE(top_tokens, '$[0].token') FROM mqe.components WHERE model_name = N'nina-mini' AND kind = 'neuron' AND layer = 2 AND component_index = 353);
    EXECUTE tSQLt.AssertEquals 12, @Rows;
    EXECUTE tSQLt.AssertEquals @Stored, @First;
END;
GO

CREATE PROCEDURE SkillTests.[test the tokens of a component that is not there are refused]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 51704;
    EXECUTE mqe.ShowTopTokens @Layer = 2, @Index = 512;
END;
GO

CREATE PROCEDURE SkillTests.[test the vector index is checked against an exact search]
AS
BEGIN
    DECLARE @Recall float;
    EXECUTE mqe.CheckVectorIndex @Queries = 8, @Top = 10, @Recall = @Recall OUTPUT;
    IF @Recall < 0.9
    BEGIN
        EXECUTE tSQLt.Fail N'The vector index misses too much: ', @Recall;
    END;
END;
GO

CREATE PROCEDURE SkillTests.[test components found without tokens get theirs]
AS
BEGIN
    UPDATE mqe.Component SET TopTokens = NULL WHERE ModelId = (SELECT ModelId FROM mqe.Model WHERE Name = N'nina-mini');
    CREATE TABLE #Found
    (
        model_name nvarchar(200), component_id int, kind varchar(10), layer int, component_index int, similarity float, domain nvarchar(100), skill_level float,
        top_tokens nvarchar(max), evidence varchar(40)
    );
    INSERT INTO #Found EXECUTE mqe.FindCapabilities @Query = N'knight takes bishop', @Top = 6;
    DECLARE @Told int = (SELECT COUNT(*) FROM #Found WHERE JSON_VALUE(top_tokens, '$[7].token') IS NOT NULL);
    EXECUTE tSQLt.AssertEquals 6, @Told;
END;
GO
