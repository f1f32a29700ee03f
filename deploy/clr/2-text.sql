-- The CLR assembly's SQL face: tokens and generated text. Thin wrappers, called by NinaDB's procedures; applications get no grant on this schema.

-- The tokens of a text.
CREATE FUNCTION clr.Tokenize
(
    @Manifest nvarchar(max),
    @Text nvarchar(max)
)
RETURNS TABLE (
    ordinal int,
    token_id int,
    token nvarchar(400),
    is_special bit
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.TextFunctions].[Tokenize];
GO

-- The text of tokens.
CREATE FUNCTION clr.Detokenize
(
    @Manifest nvarchar(max),
    @Tokens nvarchar(max)
)
RETURNS nvarchar(max)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.TextFunctions].[Detokenize];
GO

-- Negative log-likelihood of passages.
CREATE FUNCTION clr.MeasureLoss
(
    @Manifest nvarchar(max),
    @Texts nvarchar(max)
)
RETURNS TABLE (
    token_count bigint,
    total_nats float
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.TextFunctions].[MeasureLoss];
GO

-- Continues a prompt, token by token; finish_reason is NULL but in the last row. @Options: NULL, or {"min_p", "repetition_penalty", "stop"} as JSON.
CREATE FUNCTION clr.Generate
(
    @Manifest nvarchar(max),
    @Prompt nvarchar(max),
    @MaxTokens int,
    @Temperature float,
    @TopK int,
    @TopP float,
    @Seed bigint,
    @Options nvarchar(max)
)
RETURNS TABLE (
    token_index int,
    token_id int,
    piece nvarchar(max),
    finish_reason nvarchar(10)
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.TextFunctions].[Generate];
GO
