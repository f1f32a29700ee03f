-- The CLR assembly's SQL face: what components do. Thin wrappers, called by NinaDB's procedures; applications get no grant on this schema.

-- The components of a model, with what they write.
CREATE FUNCTION clr.Components
(
    @Manifest nvarchar(max),
    @Granularity nvarchar(10)
)
RETURNS TABLE (
    kind nvarchar(10),
    layer int,
    component_index int,
    write_vector nvarchar(max),
    top_tokens nvarchar(max)
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.CapabilityFunctions].[Components];
GO

-- A text as a vector of the model's embedding space (JSON).
CREATE FUNCTION clr.EmbedText
(
    @Manifest nvarchar(max),
    @Space varbinary(max),
    @Text nvarchar(max)
)
RETURNS nvarchar(max)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.CapabilityFunctions].[EmbedText];
GO

-- Starts probing a model; a handle.
CREATE FUNCTION clr.ProbeOpen
(
    @Manifest nvarchar(max),
    @Domains nvarchar(max)
)
RETURNS bigint
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.CapabilityFunctions].[ProbeOpen];
GO

-- Runs the model on passages of a domain; the tokens it ran on.
CREATE FUNCTION clr.ProbeTexts
(
    @Probe bigint,
    @Domain nvarchar(100),
    @Texts nvarchar(max)
)
RETURNS bigint
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.CapabilityFunctions].[ProbeTexts];
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
    top_contexts nvarchar(max),
    method nvarchar(40),
    text_count int,
    other_text_count int,
    token_count bigint
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.CapabilityFunctions].[ProbeSkills];
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
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.CapabilityFunctions].[ProbeMeanings];
GO

-- What EmbedText needs to embed a query.
CREATE FUNCTION clr.ProbeSpace
(
    @Probe bigint
)
RETURNS varbinary(max)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.CapabilityFunctions].[ProbeSpace];
GO

-- Ends probing.
CREATE FUNCTION clr.ProbeClose
(
    @Probe bigint
)
RETURNS bit
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.CapabilityFunctions].[ProbeClose];
GO
