-- The logit lens: what the model would answer after each layer. A row for the embedding and for the attention and the FFN of every layer: rank, probability and logit of the
-- answer if the model ended there, the likeliest token there, and what the step itself adds to the answer's final logit (contribution; with the scale that the final norm has
-- at the end, so that the contributions sum to the final logit). Errors: 50001, 50003, 50009, 50020, 50021, 50027, 50030, 50040 (prompt blocked), 50045, 50049, 50073, 51xxx.
CREATE PROCEDURE mqe.TracePrompt
    @Model nvarchar(200) = NULL,           -- Name or public id of the model; may be left out where the tenant has only one.
    @Prompt nvarchar(max),                 -- The text; its last position is traced.
    @Answer nvarchar(400) = NULL           -- What to look for: its first token. NULL: the token that the model finds likeliest.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'operator', 'model.trace', 'model', @Model;

    IF @Prompt IS NULL OR DATALENGTH(@Prompt) > 2000000
    BEGIN
        THROW 50001, N'@Prompt is required, and has at most 1000000 characters.', 1;
    END;

    BEGIN TRY
        DECLARE @ModelId int, @Name nvarchar(200), @Started datetime2(3) = SYSUTCDATETIME();
        EXECUTE mqe.FindRunnable @Model, @ModelId OUTPUT, @Name OUTPUT;
        EXECUTE ops.RequireQuota 'calls', 0;
        EXECUTE ops.RequireQuota 'compute_ms', 0;
        EXECUTE mqe.EnsureSegments @ModelId;
        EXECUTE mqe.CheckPrompt @ModelId, @Name, @Prompt;

        DECLARE @Manifest nvarchar(max) = mqe.ModelManifest(@ModelId);
        DECLARE @Steps table
        (
            Step int NOT NULL PRIMARY KEY,
            Layer int NULL,
            Part varchar(20) NOT NULL,
            Answer nvarchar(400) NOT NULL,
            AnswerRank int NOT NULL,
            AnswerProbability float NOT NULL,
            AnswerLogit real NOT NULL,
            Contribution float NULL,
            DeltaNorm float NULL,
            ResidualNorm float NULL,
            TopToken nvarchar(400) NOT NULL,
            TopProbability float NOT NULL
        );
        INSERT INTO @Steps (Step, Layer, Part, Answer, AnswerRank, AnswerProbability, AnswerLogit, Contribution, DeltaNorm, ResidualNorm, TopToken, TopProbability)
        SELECT step, layer, part, answer, answer_rank, answer_probability, answer_logit, contribution, delta_norm, residual_norm, top_token, top_probability
        FROM clr.TracePrompt(@Manifest, @Prompt, @Answer);

        DECLARE @Tokens bigint = (SELECT COUNT(*) FROM clr.Tokenize(@Manifest, @Prompt)), @ComputeMs bigint = DATEDIFF_BIG(MILLISECOND, @Started, SYSUTCDATETIME());
        EXECUTE ops.RecordAct 'model.trace', 'model', @Name, NULL, 'probe_tokens', @Tokens, @ComputeMs;

        SELECT
            Step AS step,
            Layer AS layer,
            Part AS part,
            Answer AS answer,
            AnswerRank AS answer_rank,
            AnswerProbability AS answer_probability,
            AnswerLogit AS answer_logit,
            Contribution AS contribution,
            TopToken AS top_token,
            TopProbability AS top_probability,
            DeltaNorm AS delta_norm,
            ResidualNorm AS residual_norm
        FROM @Steps
        ORDER BY Step;
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
GRANT EXECUTE ON OBJECT::mqe.TracePrompt TO nina_application;
