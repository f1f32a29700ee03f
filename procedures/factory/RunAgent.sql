-- Lets an agent continue a prompt under the rules that it obeys (docs/safety.md). Result: a row a token, sent as soon as it is known where no rule looks at outputs;
-- the pieces concatenated are the text. Errors: 50001, 50002, 50007, 50011, 50020, 50021, 50030, 50040 (prompt blocked), 50041 (output blocked), 50045, 50049, 51xxx.
CREATE PROCEDURE factory.RunAgent
    @Agent nvarchar(200),                  -- Name of the agent.
    @Prompt nvarchar(max),                 -- Text to continue.
    @MaxTokens int = 64,                   -- Tokens at most.
    @Temperature float = 0,                -- 0: always the likeliest token.
    @TopK int = 0,                         -- Sample from the k likeliest tokens only; 0: no limit.
    @TopP float = 1,                       -- Sample from the likeliest tokens that sum to this probability.
    @Seed int = 0                          -- Of the sampling.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'operator', 'agent.run', 'agent', @Agent;

    DECLARE @Error nvarchar(2048) = N'';
    IF @Prompt IS NULL
    BEGIN
        SET @Error += N'@Prompt is required. ';
    END;

    IF DATALENGTH(@Prompt) > 2000000
    BEGIN
        SET @Error += N'@Prompt has at most 1000000 characters. ';
    END;

    IF @MaxTokens IS NULL OR @MaxTokens NOT BETWEEN 1 AND 100000
    BEGIN
        SET @Error += N'@MaxTokens must be from 1 to 100000. ';
    END;

    IF @Temperature IS NULL OR @Temperature < 0 OR @TopK IS NULL OR @TopK < 0 OR @TopP IS NULL OR @TopP <= 0 OR @TopP > 1
    BEGIN
        SET @Error += N'@Temperature and @TopK must not be negative, and @TopP must be above 0 and at most 1. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END, @Started datetime2(3) = SYSUTCDATETIME();
    BEGIN TRY
        DECLARE @AgentId int, @ModelId int, @Name nvarchar(200);
        EXECUTE factory.FindAgent @Agent, @AgentId OUTPUT;
        SELECT @ModelId = ModelId, @Name = Name FROM factory.Agent WHERE AgentId = @AgentId;
        IF @ModelId IS NULL
        BEGIN
            SET @Error = CONCAT(N'The agent ''', @Agent, N''' has no weights yet; factory.DistillAgent makes them.');
            THROW 50011, @Error, 1;
        END;

        -- Tokens that were sent cannot be taken back: what may be refused comes before.
        EXECUTE ops.RequireQuota 'calls';
        EXECUTE ops.RequireQuota 'compute_ms', 0;
        EXECUTE mqe.EnsureSegments @ModelId;
        DECLARE @Rules nvarchar(max), @Versions nvarchar(max), @Space varbinary(max), @TokenCount int, @Violation nvarchar(max), @Blocked nvarchar(max);
        DECLARE @Manifest nvarchar(max) = mqe.ModelManifest(@ModelId);
        EXECUTE safety.LoadRules @AgentId, @Rules OUTPUT, @Versions OUTPUT, @Space OUTPUT;
        EXECUTE factory.GenerateUnderRules @Rules, @Manifest, @Space, @Prompt, @MaxTokens, @Temperature, @TopK, @TopP, @Seed, @TokenCount OUTPUT, @Violation OUTPUT, @Blocked OUTPUT;
        IF @Violation IS NOT NULL
        BEGIN
            EXECUTE safety.BlockAttempt @Violation, @AgentId, @Name, @Blocked;
        END;

        DECLARE @ComputeMs bigint = DATEDIFF_BIG(MILLISECOND, @Started, SYSUTCDATETIME()), @UsageKey nvarchar(200) = CAST(NEWID() AS nvarchar(36));
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        EXECUTE ops.RecordAct 'agent.run', 'agent', @Name, NULL, 'agent_tokens', @TokenCount, @ComputeMs, @EventKey = @UsageKey, @IsDone = 1;
        EXECUTE market.RecordRun @AgentId, @UsageKey;

        IF @OwnsTransaction = 1
        BEGIN
            COMMIT TRANSACTION WITH (DELAYED_DURABILITY = ON);
        END;
    END TRY
    BEGIN CATCH
        IF @OwnsTransaction = 1 AND XACT_STATE() <> 0
        BEGIN
            ROLLBACK TRANSACTION;
        END;

        IF ERROR_NUMBER() IN (6260, 6522)
        BEGIN
            EXECUTE mqe.ThrowClrError;
        END;

        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON OBJECT::factory.RunAgent TO nina_application;
