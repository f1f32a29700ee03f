EXECUTE tSQLt.NewTestClass N'PatchTests';
GO

CREATE PROCEDURE PatchTests.[SetUp]
AS
BEGIN
    EXECUTE factory.AssembleAgent @Agent = N'patched', @Domains = N'law', @KeepFraction = 0.5;
    EXECUTE factory.DistillAgent @Agent = N'patched', @TextsPerDomain = 3;
END;
GO

CREATE PROCEDURE PatchTests.[Say]
    @Text nvarchar(max) OUTPUT
AS
BEGIN
    CREATE TABLE #Text (token_index int, token_id int, piece nvarchar(max));
    INSERT INTO #Text EXECUTE factory.RunAgent @Agent = N'patched', @Prompt = N'The judge', @MaxTokens = 6;
    SET @Text = (SELECT STRING_AGG(piece, N'') WITHIN GROUP (ORDER BY token_index) FROM #Text);
END;
GO

CREATE PROCEDURE PatchTests.[test a patch is taken off without a trace and baked without a change]
AS
BEGIN
    DECLARE @Before nvarchar(max), @Patched nvarchar(max), @After nvarchar(max), @Hash varbinary(32), @PatchedHash varbinary(32), @AfterHash varbinary(32), @Status nvarchar(20);
    EXECUTE PatchTests.Say @Before OUTPUT;
    SET @Hash = (SELECT content_hash FROM mqe.models WHERE name = N'agent/patched');
    EXECUTE factory.VerifyAgent @Agent = N'patched', @TextsPerDomain = 2, @CompareRandom = 0;

    EXECUTE factory.PatchAgent @Agent = N'patched', @Action = 'apply', @Patch = N'mute', @Kind = 'zero', @Components = N'[{"kind": "layer", "layer": 2}, {"kind": "head", "layer": 3, "index": 1}]';
    EXECUTE PatchTests.Say @Patched OUTPUT;
    SET @PatchedHash = (SELECT content_hash FROM mqe.models WHERE name = N'agent/patched');
    IF @Before = @Patched OR @Hash = @PatchedHash
    BEGIN
        EXECUTE tSQLt.Fail N'The patch changed nothing.';
    END;

    SET @Status = (SELECT status FROM factory.agents WHERE name = N'patched');
    EXECUTE tSQLt.AssertEqualsString N'distilled', @Status;
    IF EXISTS (SELECT 1 FROM factory.agent_losses WHERE agent_name = N'patched')
    BEGIN
        EXECUTE tSQLt.Fail N'What was measured of other weights should be gone.';
    END;

    EXECUTE factory.PatchAgent @Agent = N'patched', @Action = 'remove', @Patch = N'mute';
    EXECUTE PatchTests.Say @After OUTPUT;
    EXECUTE tSQLt.AssertEqualsString @Before, @After;
    SET @AfterHash = (SELECT content_hash FROM mqe.models WHERE name = N'agent/patched');
    IF @Hash <> @AfterHash
    BEGIN
        EXECUTE tSQLt.Fail N'The agent should be what it was.';
    END;

    EXECUTE factory.PatchAgent @Agent = N'patched', @Action = 'apply', @Patch = N'mute';
    EXECUTE factory.PatchAgent @Agent = N'patched', @Action = 'bake';
    EXECUTE PatchTests.Say @After OUTPUT;
    EXECUTE tSQLt.AssertEqualsString @Patched, @After;
    EXECUTE tSQLt.AssertEmptyTable N'factory.Patch';
END;
GO

CREATE PROCEDURE PatchTests.[test patches are listed and dropped, and their storage given back]
AS
BEGIN
    DECLARE @Used bigint = (SELECT SUM(ByteLength) FROM mqe.ModelFile), @UsedAfter bigint;
    DECLARE @Neurons nvarchar(max) = (SELECT TOP (3) kind, layer, component_index AS [index] FROM factory.agent_components WHERE agent_name = N'patched' AND layer = 1 ORDER BY layer_rank FOR JSON PATH);
    DECLARE @Ids nvarchar(max) = (SELECT CONCAT(N'[', STRING_AGG(component_id, N','), N']') FROM factory.agent_components WHERE agent_name = N'patched' AND layer = 2 AND layer_rank <= 2);
    EXECUTE factory.PatchAgent @Agent = N'patched', @Action = 'apply', @Patch = N'half', @Kind = 'scale', @Factor = 0.5, @Components = @Neurons;
    EXECUTE factory.PatchAgent @Agent = N'patched', @Action = 'apply', @Patch = N'more courts', @Kind = 'promote', @Token = N' court', @Strength = 2, @Components = @Ids;

    SELECT name, kind, is_applied, edit_count, parameter_count INTO #Actual FROM factory.patches WHERE agent_name = N'patched';
    SELECT name, kind, CAST(is_applied AS bit) AS is_applied, edit_count, CAST(parameter_count AS bigint) AS parameter_count
    INTO #Expected
    FROM (VALUES (N'half', 'scale', 1, 1, 3), (N'more courts', 'promote', 1, 1, 256)) AS e(name, kind, is_applied, edit_count, parameter_count);
    EXECUTE tSQLt.AssertEqualsTable N'#Expected', N'#Actual';

    DECLARE @Spare nvarchar(max);
    EXECUTE factory.PatchAgent @Agent = N'patched', @Action = 'drop', @Patch = N'half';
    EXECUTE PatchTests.Say @Spare OUTPUT;
    EXECUTE factory.PatchAgent @Agent = N'patched', @Action = 'drop', @Patch = N'more courts';
    EXECUTE tSQLt.AssertEmptyTable N'factory.Patch';
    SET @UsedAfter = (SELECT SUM(ByteLength) FROM mqe.ModelFile);
    EXECUTE tSQLt.AssertEquals @Used, @UsedAfter;
END;
GO

CREATE PROCEDURE PatchTests.[test a LoRA adapter of the base model fits its agent]
AS
BEGIN
    EXECUTE factory.PatchAgent @Agent = N'patched', @Action = 'apply', @Patch = N'lora', @Kind = 'adapter', @AdapterPath = N'$(Data)/adapter';

    -- Rank 2: the query projection whole, the down projection cut to the 256 neurons that were kept.
    DECLARE @Parameters bigint = (SELECT parameter_count FROM factory.patches WHERE agent_name = N'patched');
    EXECUTE tSQLt.AssertEquals 1280, @Parameters;
    DECLARE @Text nvarchar(max);
    EXECUTE PatchTests.Say @Text OUTPUT;
    IF @Text IS NULL
    BEGIN
        EXECUTE tSQLt.Fail N'The agent should say something.';
    END;
END;
GO

CREATE PROCEDURE PatchTests.[test patches go with the weights that they were made for]
AS
BEGIN
    EXECUTE factory.PatchAgent @Agent = N'patched', @Action = 'apply', @Patch = N'one', @Kind = 'zero', @Components = N'[{"kind": "head", "layer": 0, "index": 0}]';
    EXECUTE factory.DistillAgent @Agent = N'patched', @TextsPerDomain = 2;
    EXECUTE tSQLt.AssertEmptyTable N'factory.Patch';

    EXECUTE factory.PatchAgent @Agent = N'patched', @Action = 'apply', @Patch = N'one', @Kind = 'zero', @Components = N'[{"kind": "head", "layer": 0, "index": 0}]';
    EXECUTE factory.DropAgent @Agent = N'patched';
    EXECUTE tSQLt.AssertEmptyTable N'factory.Patch';
    DECLARE @Deltas int = (SELECT COUNT(*) FROM mqe.ModelFile WHERE Kind IN ('patch', 'spare'));
    EXECUTE tSQLt.AssertEquals 0, @Deltas;
END;
GO

CREATE PROCEDURE PatchTests.[test a component that the agent does not keep is error 50081]
AS
BEGIN
    DECLARE @Dropped nvarchar(max) =
    (
        SELECT TOP (1) c.kind, c.layer, c.component_index AS [index]
        FROM mqe.components AS c
        WHERE c.model_name = N'nina-mini' AND c.kind = 'neuron' AND c.layer = 0
            AND NOT EXISTS (SELECT 1 FROM factory.agent_components AS a WHERE a.agent_name = N'patched' AND a.component_id = c.component_id)
        FOR JSON PATH
    );
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50081, @ExpectedMessagePattern = N'The agent has no neuron 0.%';
    EXECUTE factory.PatchAgent @Agent = N'patched', @Action = 'apply', @Patch = N'x', @Kind = 'zero', @Components = @Dropped;
END;
GO

CREATE PROCEDURE PatchTests.[test a patch that is not there is error 50078]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50078;
    EXECUTE factory.PatchAgent @Agent = N'patched', @Action = 'remove', @Patch = N'nothing';
END;
GO

CREATE PROCEDURE PatchTests.[test a second patch of one name is error 50079]
AS
BEGIN
    EXECUTE factory.PatchAgent @Agent = N'patched', @Action = 'apply', @Patch = N'one', @Kind = 'zero', @Components = N'[{"kind": "head", "layer": 0, "index": 0}]';
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50079;
    EXECUTE factory.PatchAgent @Agent = N'patched', @Action = 'apply', @Patch = N'one', @Kind = 'zero', @Components = N'[{"kind": "head", "layer": 0, "index": 1}]';
END;
GO

CREATE PROCEDURE PatchTests.[test there is nothing to bake is error 50080]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50080;
    EXECUTE factory.PatchAgent @Agent = N'patched', @Action = 'bake';
END;
GO

CREATE PROCEDURE PatchTests.[test all wrong arguments are named at once]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50001, @ExpectedMessagePattern = N'%@Patch is required%@Factor is required%';
    EXECUTE factory.PatchAgent @Agent = N'patched', @Action = 'apply', @Kind = 'scale';
END;
GO

CREATE PROCEDURE PatchTests.[test a token of several pieces is refused]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 51803, @ExpectedMessagePattern = N'%tokens%not one%';
    EXECUTE factory.PatchAgent @Agent = N'patched', @Action = 'apply', @Patch = N'x', @Kind = 'promote', @Token = N'an unlikely thing', @Components = N'[{"kind": "head", "layer": 0, "index": 0}]';
END;
GO
