-- The CLR assembly's SQL face: questions about a model. Thin wrappers, called by NinaDB's procedures; applications get no grant on this schema.

-- The likeliest next tokens after a prompt.
CREATE FUNCTION clr.Infer
(
    @Manifest nvarchar(max),
    @Prompt nvarchar(max),
    @Top int
)
RETURNS TABLE (
    [rank] int,
    token_id int,
    token nvarchar(400),
    probability float,
    logit real
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.QuestionFunctions].[Infer];
GO

-- Names the space that a model's meaning or write vectors are in: SHA-256 over its tokens and its token embedding or output head.
CREATE FUNCTION clr.SpaceHash
(
    @Manifest nvarchar(max),
    @By nvarchar(10)
)
RETURNS varbinary(32)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.QuestionFunctions].[SpaceHash];
GO
