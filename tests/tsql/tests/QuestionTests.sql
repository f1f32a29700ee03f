EXECUTE tSQLt.NewTestClass N'QuestionTests';
GO

CREATE PROCEDURE QuestionTests.[test inference gives the golden tokens and logits]
AS
BEGIN
    -- The first prompt of samples/models/nina-mini/golden.json.
    CREATE TABLE #Next ([rank] int, token_id int, token nvarchar(400), probability float, logit real);
    INSERT INTO #Next EXECUTE mqe.Infer @Prompt = N'Nina opened with the Sicilian Defense:', @Top = 5;
    DECLARE @Agree int =
    (
        SELECT COUNT(*)
        FROM #Next AS n
        INNER JOIN (VALUES (1, 506, 16.190588), (2, 576, 9.148304), (3, 1914, 6.522021), (4, 327, 6.412002), (5, 718, 5.46138)) AS g (r, id, logit)
            ON g.r = n.[rank] AND g.id = n.token_id AND ABS(g.logit - n.logit) < 1e-3
    );
    EXECUTE tSQLt.AssertEquals 5, @Agree;
END;
GO

CREATE PROCEDURE QuestionTests.[test the probabilities of all tokens sum to one]
AS
BEGIN
    CREATE TABLE #Next ([rank] int, token_id int, token nvarchar(400), probability float, logit real);
    INSERT INTO #Next EXECUTE mqe.Infer @Prompt = N'The', @Top = 1000;
    DECLARE @Sum float = (SELECT SUM(probability) FROM #Next);
    IF @Sum IS NULL OR @Sum NOT BETWEEN 0.98 AND 1.0000001
    BEGIN
        EXECUTE tSQLt.Fail N'The 1000 likeliest of 2048 tokens have together ', @Sum;
    END;
END;
GO

CREATE PROCEDURE QuestionTests.[test inference reports all wrong arguments]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50001, @ExpectedMessage = N'@Prompt is required, and has at most 1000000 characters. @Top must be from 1 to 1000.';
    EXECUTE mqe.Infer @Prompt = NULL, @Top = 0;
END;
GO

CREATE PROCEDURE QuestionTests.[test greedy generation is the golden continuation]
AS
BEGIN
    CREATE TABLE #Tokens (token_index int, token_id int, piece nvarchar(max), finish_reason nvarchar(10));
    INSERT INTO #Tokens EXECUTE mqe.GenerateText @Prompt = N'Nina opened with the Sicilian Defense:', @MaxTokens = 24;
    DECLARE @Text nvarchar(max) = (SELECT STRING_AGG(piece, N'') WITHIN GROUP (ORDER BY token_index) FROM #Tokens);
    EXECUTE tSQLt.AssertEqualsString N' 1. e4 c5. The bishop on the long diagonal controls the center. The bishop on the long diagonal', @Text;
    DECLARE @Reasons nvarchar(100) = (SELECT STRING_AGG(CONCAT(token_index, N':', finish_reason), N',') FROM #Tokens WHERE finish_reason IS NOT NULL);
    EXECUTE tSQLt.AssertEqualsString N'23:length', @Reasons;
END;
GO

CREATE PROCEDURE QuestionTests.[test generation stops before a stop sequence]
AS
BEGIN
    CREATE TABLE #Tokens (token_index int, token_id int, piece nvarchar(max), finish_reason nvarchar(10));
    INSERT INTO #Tokens EXECUTE mqe.GenerateText @Prompt = N'Nina opened with the Sicilian Defense:', @MaxTokens = 100, @Stop = N'["zebra", "shop on"]';
    DECLARE @Text nvarchar(max) = (SELECT STRING_AGG(piece, N'') WITHIN GROUP (ORDER BY token_index) FROM #Tokens);
    DECLARE @Reason nvarchar(10) = (SELECT TOP (1) finish_reason FROM #Tokens ORDER BY token_index DESC);
    EXECUTE tSQLt.AssertEqualsString N' 1. e4 c5. The bi', @Text;
    EXECUTE tSQLt.AssertEqualsString N'stop', @Reason;
END;
GO

CREATE PROCEDURE QuestionTests.[test the same seed gives the same text and another one another]
AS
BEGIN
    CREATE TABLE #First (token_index int, token_id int, piece nvarchar(max), finish_reason nvarchar(10));
    CREATE TABLE #Second (token_index int, token_id int, piece nvarchar(max), finish_reason nvarchar(10));
    INSERT INTO #First EXECUTE mqe.GenerateText @Prompt = N'Marco decided to cook', @MaxTokens = 20, @Temperature = 1, @MinP = 0.02, @RepetitionPenalty = 1.1, @Seed = 5;
    INSERT INTO #Second EXECUTE mqe.GenerateText @Prompt = N'Marco decided to cook', @MaxTokens = 20, @Temperature = 1, @MinP = 0.02, @RepetitionPenalty = 1.1, @Seed = 5;
    EXECUTE tSQLt.AssertEqualsTable N'#First', N'#Second';
    DELETE FROM #Second;
    INSERT INTO #Second EXECUTE mqe.GenerateText @Prompt = N'Marco decided to cook', @MaxTokens = 20, @Temperature = 1, @Seed = 6;
    DECLARE @Different int = (SELECT COUNT(*) FROM (SELECT token_id FROM #First EXCEPT SELECT token_id FROM #Second) AS d);
    EXECUTE tSQLt.AssertNotEquals 0, @Different;
END;
GO

CREATE PROCEDURE QuestionTests.[test generation reports all wrong arguments]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50001,
        @ExpectedMessagePattern = N'@Prompt is required%@MaxTokens must%@Temperature and @TopK%@MinP must%@Stop must be a JSON array%';
    EXECUTE mqe.GenerateText @Prompt = NULL, @MaxTokens = 0, @Temperature = -1, @MinP = 2, @Stop = N'{"a": 1}';
END;
GO

CREATE PROCEDURE QuestionTests.[test generation is billed and leaves a trail]
AS
BEGIN
    DECLARE @Before bigint = (SELECT COALESCE(MAX(UsageEventId), 0) FROM ops.UsageEvent);
    CREATE TABLE #Tokens (token_index int, token_id int, piece nvarchar(max), finish_reason nvarchar(10));
    INSERT INTO #Tokens EXECUTE mqe.GenerateText @Prompt = N'The', @MaxTokens = 7;
    DECLARE @Billed bigint = (SELECT SUM(Quantity) FROM ops.UsageEvent WHERE UsageEventId > @Before AND Metric = 'generated_tokens');
    EXECUTE tSQLt.AssertEquals 7, @Billed;
    DECLARE @Said int = (SELECT COUNT(*) FROM ops.AuditEvent WHERE Action = 'model.generate' AND Outcome = 'success' AND ObjectName = N'nina-mini');
    EXECUTE tSQLt.AssertNotEquals 0, @Said;
END;
GO

CREATE PROCEDURE QuestionTests.[test similar components have similar skills]
AS
BEGIN
    CREATE TABLE #Similar
    (
        [rank] int, model_name nvarchar(200), component_id int, kind varchar(10), layer int, component_index int, similarity float, domain nvarchar(100), skill_level float,
        top_tokens nvarchar(max), evidence varchar(20)
    );
    DECLARE @Chess int = (SELECT TOP (1) component_id FROM mqe.capabilities WHERE domain = 'chess' AND kind = 'neuron' ORDER BY skill_level DESC, component_id);
    INSERT INTO #Similar EXECUTE mqe.SimilarComponents @Component = @Chess, @Top = 10;
    DECLARE @Rows int = (SELECT COUNT(*) FROM #Similar), @Same int = (SELECT COUNT(*) FROM #Similar WHERE domain = 'chess'), @Itself int = (SELECT COUNT(*) FROM #Similar WHERE component_id = @Chess);
    EXECUTE tSQLt.AssertEquals 10, @Rows;
    EXECUTE tSQLt.AssertEquals 0, @Itself;
    IF @Same < 7
    BEGIN
        EXECUTE tSQLt.Fail N'Most neighbours of a chess neuron should know chess best; do: ', @Same;
    END;
END;
GO

CREATE PROCEDURE QuestionTests.[test in a copy of the model the most similar component is the same one]
AS
BEGIN
    EXECUTE mqe.IngestModel @Path = N'$(SampleModel)', @Name = N'copy';
    CREATE TABLE #Similar
    (
        [rank] int, model_name nvarchar(200), component_id int, kind varchar(10), layer int, component_index int, similarity float, domain nvarchar(100), skill_level float,
        top_tokens nvarchar(max), evidence varchar(20)
    );
    INSERT INTO #Similar EXECUTE mqe.SimilarComponents @Model = N'nina-mini', @Kind = 'neuron', @Layer = 2, @Index = 17, @OtherModel = N'copy', @By = 'write', @Top = 3;
    DECLARE @First nvarchar(100) = (SELECT CONCAT(model_name, N' ', kind, N' ', layer, N'.', component_index) FROM #Similar WHERE [rank] = 1 AND similarity > 0.9999);
    EXECUTE tSQLt.AssertEqualsString N'copy neuron 2.17', @First;
END;
GO

CREATE PROCEDURE QuestionTests.[test a component that is not there is error 50074]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50074;
    EXECUTE mqe.SimilarComponents @Kind = 'neuron', @Layer = 99, @Index = 1;
END;
GO
