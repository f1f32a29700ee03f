-- The CLR assembly's SQL face: probing a model with texts. Thin wrappers, called by NinaDB's procedures; applications get no grant on this schema.

-- Starts probing a model, or goes on with a probe that did not end; a handle.
CREATE FUNCTION clr.ProbeOpen
(
    @Manifest nvarchar(max),
    @Domains nvarchar(max),
    @Granularity nvarchar(10),
    @Owner nvarchar(200)
)
RETURNS bigint
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ProbeFunctions].[ProbeOpen];
GO

-- Runs the model on passages of a domain; the tokens they have.
CREATE FUNCTION clr.ProbeTexts
(
    @Probe bigint,
    @Domain nvarchar(100),
    @Texts nvarchar(max)
)
RETURNS bigint
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ProbeFunctions].[ProbeTexts];
GO

-- Passages that an earlier run had done.
CREATE FUNCTION clr.ProbeResumed
(
    @Probe bigint
)
RETURNS int
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ProbeFunctions].[ProbeResumed];
GO

-- How well the model predicts passages.
CREATE FUNCTION clr.ProbeLoss
(
    @Probe bigint,
    @Texts nvarchar(max)
)
RETURNS TABLE (
    total_nats float,
    token_count bigint
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ProbeFunctions].[ProbeLoss];
GO

-- A row a component and domain.
CREATE FUNCTION clr.ProbeSkills
(
    @Probe bigint
)
RETURNS TABLE (
    kind nvarchar(10),
    layer int,
    component_index int,
    domain nvarchar(100),
    skill_level float,
    skill_lower float,
    skill_upper float,
    importance float,
    firing_rate float,
    mean_activation float,
    top_contexts nvarchar(max),
    method nvarchar(40),
    text_count int,
    other_text_count int,
    token_count bigint
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ProbeFunctions].[ProbeSkills];
GO

-- A row an expert and domain.
CREATE FUNCTION clr.ProbeExpertUsage
(
    @Probe bigint
)
RETURNS TABLE (
    layer int,
    expert int,
    domain nvarchar(100),
    is_shared bit,
    token_count bigint,
    usage_share float,
    mean_gate_weight float,
    routing_skill float,
    routing_lower float,
    routing_upper float
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ProbeFunctions].[ProbeExpertUsage];
GO

-- The meaning vector of each component (JSON).
CREATE FUNCTION clr.ProbeMeanings
(
    @Probe bigint
)
RETURNS TABLE (
    kind nvarchar(10),
    layer int,
    component_index int,
    meaning_vector nvarchar(max),
    top_tokens nvarchar(max)
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ProbeFunctions].[ProbeMeanings];
GO

-- What EmbedText needs to embed a query.
CREATE FUNCTION clr.ProbeSpace
(
    @Probe bigint
)
RETURNS varbinary(max)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ProbeFunctions].[ProbeSpace];
GO

-- Lays meaning vectors out in a file of a work folder; NULL where a VECTOR column holds them whole.
CREATE FUNCTION clr.ProbeVectors
(
    @Probe bigint
)
RETURNS nvarchar(4000)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ProbeFunctions].[ProbeVectors];
GO

-- Ends probing; what a completed probe wrote down is deleted.
CREATE FUNCTION clr.ProbeClose
(
    @Probe bigint,
    @Completed bit
)
RETURNS bit
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ProbeFunctions].[ProbeClose];
GO
