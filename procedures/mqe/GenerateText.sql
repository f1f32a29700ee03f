-- Lets a base model continue a prompt, under the rules of the platform and of the session's tenant. Result: a row a token, sent as soon as it is known where no rule looks
-- at outputs; the pieces concatenated are the text, and finish_reason of the last token's row says why it ended: end (the model chose to), stop, length or context.
-- Agents run under more rules than these, by factory.RunAgent only. Errors: 50001, 50003, 50009, 50020, 50021, 50027, 50030, 50040 (prompt blocked), 50041 (output blocked),
-- 50045, 50049, 50073, 51xxx.
CREATE PROCEDURE mqe.GenerateText
    @Model nvarchar(200) = NULL,           -- Name or public id of the model; may be left out where the tenant has only one.
    @Prompt nvarchar(max),                 -- Text to continue.
    @MaxTokens int = 64,                   -- Tokens at most.
    @Temperature float = 0,                -- 0: always the likeliest token.
    @TopK int = 0,                         -- Sample from the k likeliest tokens only; 0: no limit.
    @TopP float = 1,                       -- Sample from the likeliest tokens that sum to this probability.
    @MinP float = 0,                       -- Sample from the tokens that are at least this times as likely as the likeliest; 0: no limit.
    @RepetitionPenalty float = 1,          -- Divides the logits of tokens that occurred, where they are positive, and multiplies them, where not; 1: none.
    @Seed int = 0,                         -- Of the sampling.
    @Stop nvarchar(max) = NULL             -- JSON array of texts that end the output, which does not contain them: N'["\n\n", "The end"]'.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'operator', 'model.generate', 'model', @Model;

    DECLARE @Error nvarchar(2048) = N'';
    IF @Prompt IS NULL OR DATALENGTH(@Prompt) > 2000000
    BEGIN
        SET @Error += N'@Prompt is required, and has at most 1000000 characters. ';
    END;

    IF @MaxTokens IS NULL OR @MaxTokens NOT BETWEEN 1 AND 100000
    BEGIN
        SET @Error += N'@MaxTokens must be from 1 to 100000. ';
    END;

    IF @Temperature IS NULL OR @Temperature < 0 OR @TopK IS NULL OR @TopK < 0 OR @TopP IS NULL OR @TopP <= 0 OR @TopP > 1
    BEGIN
        SET @Error += N'@Temperature and @TopK must not be negative, and @TopP must be above 0 and at most 1. ';
    END;

    IF @MinP IS NULL OR @MinP NOT BETWEEN 0 AND 1 OR @RepetitionPenalty IS NULL OR @RepetitionPenalty <= 0 OR @RepetitionPenalty > 1000000 OR @Seed IS NULL
    BEGIN
        SET @Error += N'@MinP must be from 0 to 1, @RepetitionPenalty above 0 and at most 1000000, and @Seed a number. ';
    END;

    IF @Stop IS NOT NULL AND (ISJSON(@Stop) = 0 OR LEFT(LTRIM(@Stop), 1) <> N'[')
    BEGIN
        SET @Error += N'@Stop must be a JSON array of texts. ';
    END
    ELSE IF EXISTS (SELECT 1 FROM OPENJSON(@Stop) WHERE [type] <> 1 OR value = N'' OR LEN(value) > 1000) OR (SELECT COUNT(*) FROM OPENJSON(@Stop)) > 64
    BEGIN
        SET @Error += N'@Stop must have at most 64 texts of 1 to 1000 characters. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END, @Started datetime2(3) = SYSUTCDATETIME();
    BEGIN TRY
        DECLARE @ModelId int, @Name nvarchar(200);
        EXECUTE mqe.FindRunnable @Model, @ModelId OUTPUT, @Name OUTPUT;

        -- Tokens that were sent cannot be taken back: what may be refused comes before.
        EXECUTE ops.RequireQuota 'calls';
        EXECUTE ops.RequireQuota 'compute_ms', 0;
        EXECUTE mqe.EnsureSegments @ModelId;
        DECLARE @Rules nvarchar(max), @Versions nvarchar(max), @Space varbinary(max), @TokenCount int, @Violation nvarchar(max), @Blocked nvarchar(max);
        DECLARE @Manifest nvarchar(max) = mqe.ModelManifest(@ModelId);
        DECLARE @Options nvarchar(max) =
        (
            SELECT @MinP AS [min_p], @RepetitionPenalty AS [repetition_penalty], JSON_QUERY(@Stop) AS [stop]
            FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
        );
        EXECUTE safety.LoadRules NULL, @Rules OUTPUT, @Versions OUTPUT, @Space OUTPUT;
        SET @Space = (SELECT State FROM mqe.MeaningSpace WHERE ModelId = @ModelId);
        EXECUTE factory.GenerateUnderRules
            @Rules, @Manifest, @Space, @Prompt, @MaxTokens, @Temperature, @TopK, @TopP, @Seed, @TokenCount OUTPUT, @Violation OUTPUT, @Blocked OUTPUT, @Options;
        IF @Violation IS NOT NULL
        BEGIN
            EXECUTE safety.BlockAttempt @Violation, NULL, @Name, @Blocked;
        END;

        DECLARE @ComputeMs bigint = DATEDIFF_BIG(MILLISECOND, @Started, SYSUTCDATETIME());
        EXECUTE ops.RecordAct 'model.generate', 'model', @Name, NULL, 'generated_tokens', @TokenCount, @ComputeMs, @IsDone = 1;
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
GRANT EXECUTE ON OBJECT::mqe.GenerateText TO nina_application;
