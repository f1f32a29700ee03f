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

CREATE PROCEDURE QuestionTests.[test the contributions of a trace sum to the final logit]
AS
BEGIN
    CREATE TABLE #Next ([rank] int, token_id int, token nvarchar(400), probability float, logit real);
    CREATE TABLE #Steps
    (
        step int, layer int, part varchar(20), answer nvarchar(400), answer_rank int, answer_probability float, answer_logit real, contribution float, top_token nvarchar(400),
        top_probability float, delta_norm float, residual_norm float
    );
    INSERT INTO #Next EXECUTE mqe.Infer @Prompt = N'The knight on f3 attacks', @Top = 1;
    INSERT INTO #Steps EXECUTE mqe.TracePrompt @Prompt = N'The knight on f3 attacks';

    DECLARE @Agree int =
    (
        SELECT COUNT(*)
        FROM #Next AS n
        CROSS JOIN (SELECT SUM(contribution) AS total, COUNT(*) AS steps FROM #Steps) AS s
        INNER JOIN #Steps AS l ON l.step = s.steps - 1
        WHERE ABS(s.total - n.logit) < 1e-4 AND s.steps = 9 AND l.answer_rank = 1 AND l.top_token = n.token AND ABS(l.answer_probability - n.probability) < 1e-6
    );
    EXECUTE tSQLt.AssertEquals 1, @Agree;
END;
GO

CREATE PROCEDURE QuestionTests.[test a trace follows the answer that was asked for]
AS
BEGIN
    CREATE TABLE #Steps
    (
        step int, layer int, part varchar(20), answer nvarchar(400), answer_rank int, answer_probability float, answer_logit real, contribution float, top_token nvarchar(400),
        top_probability float, delta_norm float, residual_norm float
    );
    INSERT INTO #Steps EXECUTE mqe.TracePrompt @Prompt = N'The knight on f3 attacks the', @Answer = N'bishop';
    DECLARE @Answer nvarchar(400) = (SELECT MAX(answer) FROM #Steps WHERE answer_rank >= 1);
    EXECUTE tSQLt.AssertEqualsString N' bishop', @Answer;
END;
GO

CREATE PROCEDURE QuestionTests.[test what fires on a chess prompt knows chess]
AS
BEGIN
    CREATE TABLE #Fired
    (
        layer int, [rank] int, kind varchar(10), component_index int, component_id int, position int, token nvarchar(400), activation float, strength float, baseline float, lift float,
        domain nvarchar(100), skill_level float, top_tokens nvarchar(max)
    );
    INSERT INTO #Fired EXECUTE mqe.WalkPrompt @Prompt = N'The knight on f3 attacks the bishop on e5, and the rook takes the pawn', @Top = 10;
    DECLARE @Rows int = (SELECT COUNT(*) FROM #Fired), @Chess int = (SELECT COUNT(*) FROM #Fired WHERE domain = 'chess' AND layer >= 1);
    EXECUTE tSQLt.AssertEquals 40, @Rows;
    IF @Chess < 12
    BEGIN
        EXECUTE tSQLt.Fail N'Of 30 components of the later layers about four would know chess best by chance; do: ', @Chess;
    END;

    -- Strength is that of importance: lift tells how many times the mean.
    DECLARE @Odd int = (SELECT COUNT(*) FROM #Fired WHERE ABS(lift - strength / baseline) > 1e-9 OR lift IS NULL);
    EXECUTE tSQLt.AssertEquals 0, @Odd;
END;
GO

CREATE PROCEDURE QuestionTests.[test a model that was not measured is walked by strength]
AS
BEGIN
    EXECUTE mqe.IngestModel @Path = N'$(SampleModel)', @Name = N'unmeasured', @Granularity = 'layer';
    CREATE TABLE #Fired
    (
        layer int, [rank] int, kind varchar(10), component_index int, component_id int, position int, token nvarchar(400), activation float, strength float, baseline float, lift float,
        domain nvarchar(100), skill_level float, top_tokens nvarchar(max)
    );
    INSERT INTO #Fired EXECUTE mqe.WalkPrompt @Model = N'unmeasured', @Prompt = N'The knight', @Top = 5, @Kind = 'head';
    DECLARE @Heads int = (SELECT COUNT(*) FROM #Fired WHERE kind = 'head' AND lift IS NULL AND component_id IS NULL AND strength > 0);
    DECLARE @Disorder int = (SELECT COUNT(*) FROM #Fired AS a INNER JOIN #Fired AS b ON a.layer = b.layer AND a.[rank] < b.[rank] AND a.strength < b.strength);
    EXECUTE tSQLt.AssertNotEquals 0, @Heads;
    EXECUTE tSQLt.AssertEquals 0, @Disorder;
END;
GO

CREATE PROCEDURE QuestionTests.[test a position outside the prompt is error 51731]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 51731;
    EXECUTE mqe.WalkPrompt @Prompt = N'The knight', @Position = 50;
END;
GO

CREATE PROCEDURE QuestionTests.[test a token is described by who writes and who reads it]
AS
BEGIN
    CREATE TABLE #Links
    (
        token nvarchar(400), token_id int, text_tokens nvarchar(max), relation varchar(10), [rank] int, layer int, kind varchar(10), component_index int, component_id int,
        activity_sign int, score float, z_score float, vocabulary_rank int, domain nvarchar(100), skill_level float, top_tokens nvarchar(max), evidence varchar(20)
    );
    INSERT INTO #Links EXECUTE mqe.DescribeToken @Token = N'knight', @Top = 7, @Result = 'components';
    DECLARE @Writes int = (SELECT COUNT(*) FROM #Links WHERE relation = 'writes'), @Reads int = (SELECT COUNT(*) FROM #Links WHERE relation = 'reads');
    EXECUTE tSQLt.AssertEquals 7, @Writes;
    EXECUTE tSQLt.AssertEquals 7, @Reads;
    DECLARE @Odd int = (SELECT COUNT(*) FROM #Links WHERE token <> N' knight' OR text_tokens <> N'[" knight"]' OR z_score <= 0 OR vocabulary_rank < 1 OR component_id IS NULL OR evidence <> 'weights');
    EXECUTE tSQLt.AssertEquals 0, @Odd;
END;
GO

CREATE PROCEDURE QuestionTests.[test the nearest tokens of a chess piece are chess pieces]
AS
BEGIN
    CREATE TABLE #Near ([rank] int, token_id int, token nvarchar(400), similarity float);
    INSERT INTO #Near EXECUTE mqe.DescribeToken @Token = N'knight', @Top = 4, @Result = 'nearest';
    DECLARE @Pieces int = (SELECT COUNT(*) FROM #Near WHERE token IN (N' bishop', N' rook', N' pawn', N' queen', N' king'));
    EXECUTE tSQLt.AssertEquals 4, @Pieces;
END;
GO

CREATE PROCEDURE QuestionTests.[test a word of several tokens is described by its first]
AS
BEGIN
    CREATE TABLE #Links
    (
        token nvarchar(400), token_id int, text_tokens nvarchar(max), relation varchar(10), [rank] int, layer int, kind varchar(10), component_index int, component_id int,
        activity_sign int, score float, z_score float, vocabulary_rank int, domain nvarchar(100), skill_level float, top_tokens nvarchar(max), evidence varchar(20)
    );
    INSERT INTO #Links EXECUTE mqe.DescribeToken @Token = N'Quetzalcoatl', @Top = 1, @Result = 'components';
    DECLARE @First int = (SELECT COUNT(*) FROM #Links WHERE token = JSON_VALUE(text_tokens, '$[0]')), @Tokens int = (SELECT COUNT(*) FROM OPENJSON((SELECT TOP (1) text_tokens FROM #Links)));
    EXECUTE tSQLt.AssertEquals 2, @First;
    IF @Tokens < 3
    BEGIN
        EXECUTE tSQLt.Fail N'The name should have several tokens; has ', @Tokens;
    END;
END;
GO

CREATE PROCEDURE QuestionTests.[test a model does not differ from its copy]
AS
BEGIN
    EXECUTE mqe.IngestModel @Path = N'$(SampleModel)', @Name = N'copy', @Granularity = 'layer';
    CREATE TABLE #Tensors
    (
        tensor_name nvarchar(256), relation varchar(20), cosine float, relative_l2 float, max_abs_difference float, differing_count bigint, element_count bigint, data_type_a nvarchar(16),
        data_type_b nvarchar(16), shape_a nvarchar(200), shape_b nvarchar(200), name_in_b nvarchar(256)
    );
    CREATE TABLE #Components
    (
        kind varchar(10), layer int, component_index int, relative_l2 float, read_cosine float, write_cosine float, component_id_a int, component_id_b int, top_tokens_a nvarchar(max),
        top_tokens_b nvarchar(max)
    );
    INSERT INTO #Tensors EXECUTE mqe.DiffModels N'nina-mini', N'copy', @Result = 'tensors';
    INSERT INTO #Components EXECUTE mqe.DiffModels N'nina-mini', N'copy', @Result = 'components';
    DECLARE @Equal int = (SELECT COUNT(*) FROM #Tensors WHERE relation = 'equal' AND cosine = 1 AND relative_l2 = 0 AND differing_count = 0), @All int = (SELECT COUNT(*) FROM mqe.tensors WHERE model_name = 'copy');
    EXECUTE tSQLt.AssertEquals @All, @Equal;
    EXECUTE tSQLt.AssertEmptyTable N'#Components';
END;
GO

CREATE PROCEDURE QuestionTests.[test an agent differs from its base in the FFN alone]
AS
BEGIN
    EXECUTE factory.AssembleAgent @Agent = N'smaller', @Domains = N'chess', @KeepFraction = 0.5;
    EXECUTE factory.DistillAgent @Agent = N'smaller';
    DECLARE @Model nvarchar(200) = (SELECT m.Name FROM factory.Agent AS a INNER JOIN mqe.Model AS m ON m.ModelId = a.ModelId WHERE a.Name = N'smaller');
    CREATE TABLE #Tensors
    (
        tensor_name nvarchar(256), relation varchar(20), cosine float, relative_l2 float, max_abs_difference float, differing_count bigint, element_count bigint, data_type_a nvarchar(16),
        data_type_b nvarchar(16), shape_a nvarchar(200), shape_b nvarchar(200), name_in_b nvarchar(256)
    );
    INSERT INTO #Tensors EXECUTE mqe.DiffModels N'nina-mini', @Model, @Result = 'tensors';
    DECLARE @Other int = (SELECT COUNT(*) FROM #Tensors WHERE relation <> 'equal' AND NOT (relation = 'shape' AND tensor_name LIKE N'%mlp%')), @Shape int = (SELECT COUNT(*) FROM #Tensors WHERE relation = 'shape');
    EXECUTE tSQLt.AssertEquals 0, @Other;
    EXECUTE tSQLt.AssertEquals 12, @Shape;
END;
GO

CREATE PROCEDURE QuestionTests.[test removing what chess needs hurts chess most]
AS
BEGIN
    CREATE TABLE #Ablation
    (
        domain nvarchar(100), is_target bit, component_count int, loss_before float, loss_after float, change float, change_lower float, change_upper float, standard_error float,
        control_change float, control_lower float, control_upper float, text_count int, token_count bigint
    );
    DECLARE @Components nvarchar(max) =
    (
        SELECT CONCAT(N'[', STRING_AGG(CAST(component_id AS nvarchar(max)), N','), N']')
        FROM (SELECT TOP (40) component_id FROM mqe.capabilities WHERE domain = 'chess' AND kind = 'neuron' ORDER BY importance DESC, component_id) AS t
    );
    INSERT INTO #Ablation EXECUTE mqe.MeasureAblation @Components = @Components, @Domain = N'chess', @Texts = 10;
    DECLARE @Good int = (SELECT COUNT(*) FROM #Ablation WHERE domain = 'chess' AND is_target = 1 AND component_count = 40 AND change_lower > control_upper AND change BETWEEN change_lower AND change_upper);
    DECLARE @Rows int = (SELECT COUNT(*) FROM #Ablation WHERE text_count = 10 AND ABS(loss_after - loss_before - change) < 1e-9);
    EXECUTE tSQLt.AssertEquals 1, @Good;
    EXECUTE tSQLt.AssertEquals 8, @Rows;
END;
GO

CREATE PROCEDURE QuestionTests.[test a component that the model does not have cannot be removed]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50074;
    EXECUTE mqe.MeasureAblation @Components = N'[{"kind": "head", "layer": 0, "index": 1}, 2147483647]', @Domain = N'chess';
END;
GO

CREATE PROCEDURE QuestionTests.[test ablation reports all wrong arguments]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50001, @ExpectedMessagePattern = N'@Components must name%@Domain is required%@Texts must be%';
    EXECUTE mqe.MeasureAblation @Components = N'["x"]', @Domain = NULL, @Texts = 1;
END;
GO
