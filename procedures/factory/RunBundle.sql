-- Lets an exported agent continue a prompt, after verifying it as factory.VerifyBundle does. It obeys the rules that it carries, and those of this platform and of the
-- session's tenant. Result: as factory.RunAgent. Errors: 50001, 50020, 50021, 50030, 50040, 50041, 50045, 50047, 50048, 50049, 519xx.
CREATE PROCEDURE factory.RunBundle
    @Path nvarchar(4000),                  -- Its folder, as the server sees it.
    @Prompt nvarchar(max),                 -- Text to continue.
    @PublicKey nvarchar(max) = NULL,       -- PEM of the key (or keys) to trust; NULL for those of this database that were not revoked.
    @MaxTokens int = 64,                   -- Tokens at most.
    @Temperature float = 0,                -- 0: always the likeliest token.
    @TopK int = 0,                         -- Sample from the k likeliest tokens only; 0: no limit.
    @TopP float = 1,                       -- Sample from the likeliest tokens that sum to this probability.
    @Seed int = 0                          -- Of the sampling.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    EXECUTE tenancy.RequireRole 'operator', 'bundle.run', 'bundle', @Path;

    DECLARE @Error nvarchar(2048) = N'';
    IF @Path IS NULL OR LTRIM(@Path) = N'' OR @Prompt IS NULL OR DATALENGTH(@Prompt) > 2000000
    BEGIN
        SET @Error += N'@Path and @Prompt are required, and a prompt has at most 1000000 characters. ';
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

    SET @PublicKey = ISNULL(@PublicKey, safety.TrustedKeys());
    IF @PublicKey IS NULL
    BEGIN
        THROW 50048, N'This database has no signing key yet, so it trusts none: give @PublicKey.', 1;
    END;

    DECLARE @Started datetime2(3) = SYSUTCDATETIME(), @Rules nvarchar(max), @Versions nvarchar(max), @Space varbinary(max), @AgentName nvarchar(200), @TokenCount int, @Violation nvarchar(max), @Blocked nvarchar(max);
    -- Tokens that were sent cannot be taken back: what may be refused comes before.
    EXECUTE ops.RequireQuota 'calls';
    EXECUTE ops.RequireQuota 'compute_ms', 0;
    EXECUTE safety.LoadRules NULL, @Rules OUTPUT, @Versions OUTPUT, @Space OUTPUT;
    EXECUTE factory.RunBundleFiles @Path, @PublicKey, @Rules, @Prompt, @MaxTokens, @Temperature, @TopK, @TopP, @Seed, @AgentName OUTPUT, @TokenCount OUTPUT, @Violation OUTPUT, @Blocked OUTPUT;
    IF @Violation IS NOT NULL
    BEGIN
        EXECUTE safety.BlockAttempt @Violation, NULL, @AgentName, @Blocked;
    END;

    DECLARE @ComputeMs bigint = DATEDIFF_BIG(MILLISECOND, @Started, SYSUTCDATETIME());
    EXECUTE ops.RecordAct 'bundle.run', 'bundle', @AgentName, NULL, 'agent_tokens', @TokenCount, @ComputeMs, @IsDone = 1;
END;
GO
GRANT EXECUTE ON OBJECT::factory.RunBundle TO nina_application;
