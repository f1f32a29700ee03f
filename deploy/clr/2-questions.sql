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

-- The logit lens over the last position of a prompt: the residual stream after every attention and every FFN, and what each adds to the answer's logit.
CREATE FUNCTION clr.TracePrompt
(
    @Manifest nvarchar(max),
    @Prompt nvarchar(max),
    @Answer nvarchar(max)
)
RETURNS TABLE (
    step int,
    layer int,
    part nvarchar(20),
    answer_id int,
    answer nvarchar(400),
    answer_rank int,
    answer_probability float,
    answer_logit real,
    contribution float,
    delta_norm float,
    residual_norm float,
    top_token_id int,
    top_token nvarchar(400),
    top_probability float
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.QuestionFunctions].[TracePrompt];
GO

-- The components that fire most on a prompt.
CREATE FUNCTION clr.WalkPrompt
(
    @Manifest nvarchar(max),
    @Prompt nvarchar(max),
    @Position int
)
RETURNS TABLE (
    kind nvarchar(10),
    layer int,
    component_index int,
    position int,
    token nvarchar(400),
    activation float,
    strength float
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.QuestionFunctions].[WalkPrompt];
GO

-- The tokens of a word as it stands in running text.
CREATE FUNCTION clr.WordTokens
(
    @Manifest nvarchar(max),
    @Text nvarchar(max)
)
RETURNS TABLE (
    ordinal int,
    token_id int,
    token nvarchar(400)
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.QuestionFunctions].[WordTokens];
GO

-- The components that write a token most, and those that read it most.
CREATE FUNCTION clr.DescribeToken
(
    @Manifest nvarchar(max),
    @TokenId int,
    @Top int
)
RETURNS TABLE (
    relation nvarchar(10),
    kind nvarchar(10),
    layer int,
    component_index int,
    [sign] int,
    score float,
    z_score float,
    vocabulary_rank int
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.QuestionFunctions].[DescribeToken];
GO

-- The tokens nearest to a token in the embedding.
CREATE FUNCTION clr.NearestTokens
(
    @Manifest nvarchar(max),
    @TokenId int,
    @Top int
)
RETURNS TABLE (
    [rank] int,
    token_id int,
    token nvarchar(400),
    similarity float
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.QuestionFunctions].[NearestTokens];
GO

-- All tensors of two models, matched and compared.
CREATE FUNCTION clr.DiffTensors
(
    @ManifestA nvarchar(max),
    @ManifestB nvarchar(max)
)
RETURNS TABLE (
    relation nvarchar(20),
    name_a nvarchar(256),
    name_b nvarchar(256),
    data_type_a nvarchar(16),
    data_type_b nvarchar(16),
    shape_a nvarchar(200),
    shape_b nvarchar(200),
    element_count bigint,
    differing_count bigint,
    cosine float,
    max_abs_difference float,
    relative_l2 float
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.QuestionFunctions].[DiffTensors];
GO

-- The components that differ most between two models of the same shapes.
CREATE FUNCTION clr.DiffComponents
(
    @ManifestA nvarchar(max),
    @ManifestB nvarchar(max),
    @Top int
)
RETURNS TABLE (
    kind nvarchar(10),
    layer int,
    component_index int,
    read_cosine float,
    write_cosine float,
    relative_l2 float
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.QuestionFunctions].[DiffComponents];
GO

-- What removing components does to the loss by domain, beside a random set of as many.
CREATE FUNCTION clr.MeasureAblation
(
    @Manifest nvarchar(max),
    @Components nvarchar(max),
    @Domains nvarchar(max),
    @Seed bigint
)
RETURNS TABLE (
    domain nvarchar(100),
    text_count int,
    token_count bigint,
    loss_before float,
    loss_after float,
    change float,
    change_lower float,
    change_upper float,
    standard_error float,
    control_change float,
    control_lower float,
    control_upper float
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.QuestionFunctions].[MeasureAblation];
GO
