-- Lets a model continue a prompt under rules. Result: a row a token; none when @Violation says that the prompt or the output broke a rule. Rows are sent as they are
-- known where no rule looks at outputs and none asks for a disclosure; else all at once, after the whole output was checked. A required disclosure is a row of its own,
-- with token_id -1, before the first or after the last token. With @Options the rows have a fourth column, finish_reason, which is not NULL in the last token's row.
-- Reads no table. Errors: 50045, 51xxx.
CREATE PROCEDURE factory.GenerateUnderRules
    @Rules nvarchar(max),                  -- As safety.LoadRules gives them.
    @Manifest nvarchar(max),               -- The model.
    @Space varbinary(max),                 -- Its meaning space; NULL when it has none.
    @Prompt nvarchar(max),                 -- Text to continue.
    @MaxTokens int,                        -- Tokens at most; rules may allow fewer.
    @Temperature float,
    @TopK int,
    @TopP float,
    @Seed int,
    @TokenCount int OUTPUT,                -- Tokens that were generated, for the bill.
    @Violation nvarchar(max) OUTPUT,       -- As safety.CheckText gives it; NULL when all is well.
    @Blocked nvarchar(max) OUTPUT,         -- The text that broke the rule.
    @Options nvarchar(max) = NULL          -- More options of the sampling, as JSON: {"min_p", "repetition_penalty", "stop"}.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    SET @TokenCount = 0;
    EXECUTE safety.CheckText @Rules, 'prompt', @Prompt, @Manifest, @Space, @Violation OUTPUT;
    IF @Violation IS NOT NULL
    BEGIN
        SET @Blocked = @Prompt;
        RETURN 0;
    END;

    DECLARE @TokenLimit int = safety.TokenLimit(@Rules);
    SET @MaxTokens = CASE WHEN @MaxTokens > @TokenLimit THEN @TokenLimit ELSE @MaxTokens END;

    IF NOT EXISTS
    (
        SELECT 1
        FROM OPENJSON(@Rules) WITH (kind varchar(20), stage varchar(6)) AS r
        WHERE r.kind = 'require_disclosure' OR (r.kind IN ('deny_words', 'deny_regex', 'deny_similar') AND r.stage IN ('output', 'both'))
    )
    BEGIN
        IF @Options IS NULL
        BEGIN
            SELECT token_index, token_id, piece
            FROM clr.Generate(@Manifest, @Prompt, @MaxTokens, @Temperature, @TopK, @TopP, @Seed, NULL);
            SET @TokenCount = @@ROWCOUNT;
        END
        ELSE
        BEGIN
            SELECT token_index, token_id, piece, finish_reason
            FROM clr.Generate(@Manifest, @Prompt, @MaxTokens, @Temperature, @TopK, @TopP, @Seed, @Options);
            SET @TokenCount = @@ROWCOUNT;
        END;

        RETURN 0;
    END;

    DECLARE @Tokens table (TokenIndex int NOT NULL PRIMARY KEY, TokenId int NOT NULL, Piece nvarchar(max) NOT NULL, FinishReason nvarchar(10) NULL);
    INSERT INTO @Tokens (TokenIndex, TokenId, Piece, FinishReason)
    SELECT token_index, token_id, piece, finish_reason
    FROM clr.Generate(@Manifest, @Prompt, @MaxTokens, @Temperature, @TopK, @TopP, @Seed, @Options);
    SET @TokenCount = @@ROWCOUNT;

    DECLARE @Output nvarchar(max) = ISNULL((SELECT STRING_AGG(Piece, N'') WITHIN GROUP (ORDER BY TokenIndex) FROM @Tokens), N'');
    EXECUTE safety.CheckText @Rules, 'output', @Output, @Manifest, @Space, @Violation OUTPUT;

    -- A word that the prompt begins and the output ends is checked whole, unless it was forbidden in the prompt alone.
    IF @Violation IS NULL AND @Output LIKE N'[^ ' + NCHAR(9) + NCHAR(10) + NCHAR(13) + N']%'
    BEGIN
        DECLARE @Tail nvarchar(400) = REPLACE(REPLACE(REPLACE(RIGHT(@Prompt, 100), NCHAR(9), N' '), NCHAR(10), N' '), NCHAR(13), N' '), @InTail nvarchar(max), @Seam nvarchar(max);
        SET @Tail = CASE WHEN CHARINDEX(N' ', @Tail) = 0 THEN @Tail WHEN RIGHT(@Tail, 1) = N' ' THEN N'' ELSE RIGHT(@Tail, CHARINDEX(N' ', REVERSE(@Tail)) - 1) END;
        IF @Tail <> N''
        BEGIN
            SET @Seam = @Tail + @Output;
            EXECUTE safety.CheckText @Rules, 'output', @Tail, @Manifest, @Space, @InTail OUTPUT;
            IF @InTail IS NULL
            BEGIN
                EXECUTE safety.CheckText @Rules, 'output', @Seam, @Manifest, @Space, @Violation OUTPUT;
            END;
        END;
    END;

    IF @Violation IS NOT NULL
    BEGIN
        SET @Blocked = @Output;
        RETURN 0;
    END;

    INSERT INTO @Tokens (TokenIndex, TokenId, Piece)
    SELECT
        CASE WHEN d.position = N'first' THEN CAST(d.ordinal AS int) - 1000 ELSE CAST(d.ordinal AS int) + 1000000 END,
        -1,
        CASE WHEN d.position = N'first' THEN CONCAT(d.text, NCHAR(10)) ELSE CONCAT(NCHAR(10), d.text) END
    FROM
    (
        SELECT MIN(CAST(j.[key] AS int)) AS ordinal, r.text, ISNULL(JSON_VALUE(r.parameters, '$.position'), N'last') AS position
        FROM OPENJSON(@Rules) AS j
        CROSS APPLY OPENJSON(j.value) WITH (kind varchar(20), text nvarchar(1000), parameters nvarchar(max) AS JSON) AS r
        WHERE r.kind = 'require_disclosure'
        GROUP BY r.text, ISNULL(JSON_VALUE(r.parameters, '$.position'), N'last')
    ) AS d;

    IF @Options IS NULL
    BEGIN
        SELECT TokenIndex AS token_index, TokenId AS token_id, Piece AS piece
        FROM @Tokens
        ORDER BY TokenIndex;
    END
    ELSE
    BEGIN
        SELECT TokenIndex AS token_index, TokenId AS token_id, Piece AS piece, FinishReason AS finish_reason
        FROM @Tokens
        ORDER BY TokenIndex;
    END;
END;
