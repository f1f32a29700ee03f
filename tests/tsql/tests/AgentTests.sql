EXECUTE tSQLt.NewTestClass N'AgentTests';
GO

CREATE PROCEDURE AgentTests.[test a dry run stores nothing]
AS
BEGIN
    EXECUTE factory.AssembleAgent @Agent = N'nobody', @Domains = N'chess', @DryRun = 1;
    EXECUTE tSQLt.AssertEmptyTable N'factory.Agent';
    EXECUTE tSQLt.AssertEmptyTable N'factory.AgentComponent';
END;
GO

CREATE PROCEDURE AgentTests.[test an agent keeps the most important neurons of each layer]
AS
BEGIN
    EXECUTE factory.AssembleAgent @Agent = N'half', @Domains = N'chess', @KeepFraction = 0.5;

    SELECT layer, COUNT(*) AS kept INTO #Actual FROM factory.agent_components WHERE agent_name = N'half' GROUP BY layer;
    SELECT layer, kept INTO #Expected FROM (VALUES (0, 256), (1, 256), (2, 256), (3, 256)) AS e(layer, kept);
    EXECUTE tSQLt.AssertEqualsTable N'#Expected', N'#Actual';

    DECLARE @Better int =
    (
        SELECT COUNT(*)
        FROM mqe.capabilities AS c
        INNER JOIN (SELECT layer, MIN(importance) AS least FROM factory.agent_components WHERE agent_name = N'half' GROUP BY layer) AS k ON k.layer = c.layer
        WHERE c.domain = 'chess' AND c.kind = 'neuron' AND c.importance > k.least
            AND NOT EXISTS (SELECT 1 FROM factory.agent_components AS a WHERE a.agent_name = N'half' AND a.component_id = c.component_id)
    );
    EXECUTE tSQLt.AssertEquals 0, @Better;
END;
GO

CREATE PROCEDURE AgentTests.[test an agent of two domains keeps what either needs most of its layer]
AS
BEGIN
    EXECUTE factory.AssembleAgent @Agent = N'two', @Domains = N'chess, law', @KeepFraction = 0.25;

    WITH shares AS
    (
        SELECT component_id, layer, importance / SUM(importance) OVER (PARTITION BY layer, domain) AS share
        FROM mqe.capabilities
        WHERE kind = 'neuron' AND domain IN (N'chess', N'law') AND model_name = N'nina-mini'
    ),
    ranked AS
    (
        SELECT component_id, ROW_NUMBER() OVER (PARTITION BY layer ORDER BY AVG(share) DESC) AS place
        FROM shares
        GROUP BY component_id, layer
    )
    SELECT component_id INTO #Expected FROM ranked WHERE place <= 128;
    SELECT component_id INTO #Actual FROM factory.agent_components WHERE agent_name = N'two';
    EXECUTE tSQLt.AssertEqualsTable N'#Expected', N'#Actual';

    DECLARE @Domains nvarchar(400) = (SELECT domains FROM factory.agents WHERE name = N'two');
    EXECUTE tSQLt.AssertEqualsString N'chess, law', @Domains;
END;
GO

CREATE PROCEDURE AgentTests.[test an agent fits its budget of parameters]
AS
BEGIN
    EXECUTE factory.AssembleAgent @Agent = N'budget', @Domains = N'law', @Budget = 700000;
    EXECUTE factory.DistillAgent @Agent = N'budget', @TextsPerDomain = 2;

    -- One neuron more in each of the 4 layers would be 4 * 3 * 128 numbers more.
    DECLARE @Parameters bigint = (SELECT parameter_count FROM factory.agents WHERE name = N'budget');
    IF @Parameters > 700000 OR @Parameters + 4 * 3 * 128 <= 700000
    BEGIN
        EXECUTE tSQLt.Fail N'The budget is 700000; parameters: ', @Parameters;
    END;
END;
GO

CREATE PROCEDURE AgentTests.[test an agent fits its budget of bytes]
AS
BEGIN
    EXECUTE factory.AssembleAgent @Agent = N'budget', @Domains = N'law', @Budget = 1500000, @BudgetUnit = 'bytes';
    EXECUTE factory.DistillAgent @Agent = N'budget', @TextsPerDomain = 2;
    DECLARE @Bytes bigint =
    (
        SELECT f.ByteLength
        FROM mqe.ModelFile AS f
        INNER JOIN mqe.Model AS m ON m.ModelId = f.ModelId
        WHERE m.Name = N'agent/budget' AND f.Kind = 'weights'
    );
    IF @Bytes > 1500000 OR @Bytes + 2 * 4 * 3 * 128 + 64 <= 1500000
    BEGIN
        EXECUTE tSQLt.Fail N'The budget is 1500000; bytes: ', @Bytes;
    END;
END;
GO

CREATE PROCEDURE AgentTests.[test a budget below what cannot be dropped is error 51807]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 51807, @ExpectedMessagePattern = N'%one neuron a layer has % parameters%';
    EXECUTE factory.AssembleAgent @Agent = N'x', @Domains = N'law', @Budget = 100000;
END;
GO

CREATE PROCEDURE AgentTests.[test an unknown domain is error 50006]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50006, @ExpectedMessagePattern = N'There is no domain named ''alchemy''%';
    EXECUTE factory.AssembleAgent @Agent = N'x', @Domains = N'chess, alchemy';
END;
GO

CREATE PROCEDURE AgentTests.[test two agents cannot have one name]
AS
BEGIN
    EXECUTE factory.AssembleAgent @Agent = N'twin', @Domains = N'law';
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50008;
    EXECUTE factory.AssembleAgent @Agent = N'twin', @Domains = N'law';
END;
GO

CREATE PROCEDURE AgentTests.[test an agent without weights does not run]
AS
BEGIN
    EXECUTE factory.AssembleAgent @Agent = N'raw', @Domains = N'law';
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50011;
    EXECUTE factory.RunAgent @Agent = N'raw', @Prompt = N'The judge';
END;
GO

CREATE PROCEDURE AgentTests.[test a distilled agent is better than chance at its domain and worse elsewhere]
AS
BEGIN
    EXECUTE factory.AssembleAgent @Agent = N'chess', @Domains = N'chess', @KeepFraction = 0.5, @MaxLossIncrease = 1.5;
    EXECUTE factory.DistillAgent @Agent = N'chess', @TextsPerDomain = 20;
    EXECUTE factory.VerifyAgent @Agent = N'chess', @TextsPerDomain = 10;

    DECLARE @Status nvarchar(20) = (SELECT status FROM factory.agents WHERE name = N'chess');
    EXECUTE tSQLt.AssertEqualsString N'verified', @Status;

    DECLARE @OwnIsBetter int = (SELECT COUNT(*) FROM factory.agent_losses WHERE agent_name = N'chess' AND is_own_domain = 1 AND agent_loss < random_loss AND base_loss <= agent_loss + 0.05);
    EXECUTE tSQLt.AssertEquals 1, @OwnIsBetter;

    DECLARE @OthersWorse int =
    (
        SELECT COUNT(*)
        FROM factory.agent_losses AS o
        WHERE o.agent_name = N'chess' AND o.is_own_domain = 0
            AND o.agent_loss > (SELECT c.agent_loss FROM factory.agent_losses AS c WHERE c.agent_name = N'chess' AND c.is_own_domain = 1)
    );
    EXECUTE tSQLt.AssertEquals 7, @OthersWorse;

    CREATE TABLE #Text (token_index int, token_id int, piece nvarchar(max));
    INSERT INTO #Text EXECUTE factory.RunAgent @Agent = N'chess', @Prompt = N'The knight on f3 attacks', @MaxTokens = 8;
    DECLARE @Tokens int = (SELECT COUNT(*) FROM #Text);
    IF @Tokens NOT BETWEEN 1 AND 8
    BEGIN
        EXECUTE tSQLt.Fail N'The agent should say something; tokens: ', @Tokens;
    END;

    -- Its base cannot be dropped under it; the agent can, with its weights.
    EXECUTE factory.DropAgent @Agent = N'chess';
    DECLARE @Models int = (SELECT COUNT(*) FROM mqe.models WHERE kind = 'agent');
    EXECUTE tSQLt.AssertEquals 0, @Models;
END;
GO

CREATE PROCEDURE AgentTests.[test a strict limit rejects the agent and its export]
AS
BEGIN
    EXECUTE factory.AssembleAgent @Agent = N'tiny', @Domains = N'chess', @KeepFraction = 0.1, @MaxLossIncrease = 0.01;
    EXECUTE factory.DistillAgent @Agent = N'tiny', @TextsPerDomain = 5;
    EXECUTE factory.VerifyAgent @Agent = N'tiny', @TextsPerDomain = 5, @CompareRandom = 0;
    DECLARE @Status nvarchar(20) = (SELECT status FROM factory.agents WHERE name = N'tiny');
    EXECUTE tSQLt.AssertEqualsString N'rejected', @Status;

    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50011, @ExpectedMessagePattern = N'%was rejected%';
    EXECUTE factory.ExportAgent @Agent = N'tiny', @Path = N'/tmp/never-written';
END;
GO

CREATE PROCEDURE AgentTests.[test a model with agents cannot be dropped]
AS
BEGIN
    EXECUTE factory.AssembleAgent @Agent = N'keeper', @Domains = N'law';
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50014;
    EXECUTE mqe.DropModel @Model = N'nina-mini';
END;
GO
