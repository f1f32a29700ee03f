-- What a model expects next: the likeliest tokens after a prompt, with their probabilities (softmax over the whole vocabulary, at temperature 1).
-- Errors: 50001, 50003, 50009, 50020, 50021, 50027, 50030, 50040 (prompt blocked), 50045, 50049, 50073, 51xxx.
CREATE PROCEDURE mqe.Infer
    @Model nvarchar(200) = NULL,           -- Name or public id of the model; may be left out where the tenant has only one.
    @Prompt nvarchar(max),                 -- Text to continue.
    @Top int = 10                          -- Tokens wanted.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'operator', 'model.infer', 'model', @Model;

    DECLARE @Error nvarchar(2048) = N'';
    IF @Prompt IS NULL OR DATALENGTH(@Prompt) > 2000000
    BEGIN
        SET @Error += N'@Prompt is required, and has at most 1000000 characters. ';
    END;

    IF @Top IS NULL OR @Top NOT BETWEEN 1 AND 1000
    BEGIN
        SET @Error += N'@Top must be from 1 to 1000. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;

    BEGIN TRY
        DECLARE @ModelId int, @Name nvarchar(200), @Started datetime2(3) = SYSUTCDATETIME();
        EXECUTE mqe.FindRunnable @Model, @ModelId OUTPUT, @Name OUTPUT;
        EXECUTE ops.RequireQuota 'calls', 0;
        EXECUTE ops.RequireQuota 'compute_ms', 0;
        EXECUTE mqe.EnsureSegments @ModelId;
        EXECUTE mqe.CheckPrompt @ModelId, @Name, @Prompt;

        DECLARE @Manifest nvarchar(max) = mqe.ModelManifest(@ModelId);
        DECLARE @Next table ([Rank] int NOT NULL PRIMARY KEY, TokenId int NOT NULL, Token nvarchar(400) NOT NULL, Probability float NOT NULL, Logit real NOT NULL);
        INSERT INTO @Next ([Rank], TokenId, Token, Probability, Logit)
        SELECT [rank], token_id, token, probability, logit
        FROM clr.Infer(@Manifest, @Prompt, @Top);

        DECLARE @Tokens bigint = (SELECT COUNT(*) FROM clr.Tokenize(@Manifest, @Prompt)), @ComputeMs bigint = DATEDIFF_BIG(MILLISECOND, @Started, SYSUTCDATETIME());
        EXECUTE ops.RecordAct 'model.infer', 'model', @Name, NULL, 'probe_tokens', @Tokens, @ComputeMs;

        SELECT [Rank] AS [rank], TokenId AS token_id, Token AS token, Probability AS probability, Logit AS logit
        FROM @Next
        ORDER BY [Rank];
    END TRY
    BEGIN CATCH
        IF ERROR_NUMBER() IN (6260, 6522)
        BEGIN
            EXECUTE mqe.ThrowClrError;
        END;

        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON OBJECT::mqe.Infer TO nina_application;
