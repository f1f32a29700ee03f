-- The CLR assembly's SQL face: what components write, and search over their vectors. Thin wrappers, called by NinaDB's procedures; applications get no grant on this schema.

-- How finely a model of this size is described unless somebody says.
CREATE FUNCTION clr.DefaultGranularity
(
    @Manifest nvarchar(max)
)
RETURNS nvarchar(10)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.CapabilityFunctions].[DefaultGranularity];
GO

-- The components of a model, with what they write.
CREATE FUNCTION clr.Components
(
    @Manifest nvarchar(max),
    @Granularity nvarchar(10),
    @Segment nvarchar(4000)
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

-- Lays write vectors out in a file of a work folder; NULL where a VECTOR column holds them whole.
CREATE FUNCTION clr.LayOutVectors
(
    @Manifest nvarchar(max),
    @Granularity nvarchar(10)
)
RETURNS nvarchar(4000)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.CapabilityFunctions].[LayOutVectors];
GO

-- The file of vectors in a work folder.
CREATE FUNCTION clr.VectorFile
(
    @Folder nvarchar(4000)
)
RETURNS nvarchar(4000)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.CapabilityFunctions].[VectorFile];
GO

-- The tokens that components write.
CREATE FUNCTION clr.TopTokens
(
    @Manifest nvarchar(max),
    @Components nvarchar(max),
    @Count int
)
RETURNS TABLE (
    component_id int,
    top_tokens nvarchar(max)
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.CapabilityFunctions].[TopTokens];
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

-- A text as a vector to be compared with projected write vectors (JSON).
CREATE FUNCTION clr.EmbedWritten
(
    @Manifest nvarchar(max),
    @Segment nvarchar(4000),
    @Text nvarchar(max)
)
RETURNS nvarchar(max)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.CapabilityFunctions].[EmbedWritten];
GO

-- How similar some components are to a text, at the full length of their vectors.
CREATE FUNCTION clr.RankComponents
(
    @Manifest nvarchar(max),
    @Space varbinary(max),
    @Segment nvarchar(4000),
    @Text nvarchar(max),
    @Components nvarchar(max)
)
RETURNS TABLE (
    component_id int,
    similarity float
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.CapabilityFunctions].[RankComponents];
GO

-- The components most similar to a text, by comparing with every one at full length.
CREATE FUNCTION clr.NearestComponents
(
    @Manifest nvarchar(max),
    @Space varbinary(max),
    @Segment nvarchar(4000),
    @Text nvarchar(max),
    @Kind nvarchar(10),
    @Top int
)
RETURNS TABLE (
    kind nvarchar(10),
    layer int,
    component_index int,
    similarity float
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.CapabilityFunctions].[NearestComponents];
GO
