-- The CLR assembly's SQL face: model files and segments. Thin wrappers, called by NinaDB's procedures; applications get no grant on this schema.

-- Default name of the model at a path.
CREATE FUNCTION clr.ModelNameOf
(
    @Path nvarchar(4000)
)
RETURNS nvarchar(260)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ModelFiles].[ModelNameOf];
GO

-- The files of the model at a path, weights first.
CREATE FUNCTION clr.DescribePath
(
    @Path nvarchar(4000)
)
RETURNS TABLE (
    ordinal int,
    name nvarchar(260),
    path nvarchar(4000),
    kind nvarchar(12),
    byte_length bigint
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ModelFiles].[DescribePath];
GO

-- SHA-256 of a file.
CREATE FUNCTION clr.FileSha256
(
    @Path nvarchar(4000)
)
RETURNS varbinary(32)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ModelFiles].[FileSha256];
GO

-- The lines of a UTF-8 text file.
CREATE FUNCTION clr.ReadLines
(
    @Path nvarchar(4000)
)
RETURNS TABLE (
    ordinal int,
    content nvarchar(max)
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ModelFiles].[ReadLines];
GO

-- Where the segment with this content is, or would be.
CREATE FUNCTION clr.SegmentPath
(
    @Sha256 varbinary(32)
)
RETURNS nvarchar(4000)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ModelFiles].[SegmentPath];
GO

-- Whether the segment cache holds this content.
CREATE FUNCTION clr.SegmentExists
(
    @Sha256 varbinary(32),
    @ByteLength bigint
)
RETURNS bit
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ModelFiles].[SegmentExists];
GO

-- Copies content into the segment cache.
CREATE FUNCTION clr.MaterializeSegment
(
    @Sha256 varbinary(32),
    @Content varbinary(max)
)
RETURNS bit
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ModelFiles].[MaterializeSegment];
GO

-- Writes the files of a model into a new folder.
CREATE FUNCTION clr.WriteFolder
(
    @Manifest nvarchar(max),
    @Folder nvarchar(4000),
    @AgentJson nvarchar(max),
    @MeaningSpace varbinary(max)
)
RETURNS TABLE (
    name nvarchar(260),
    byte_length bigint,
    sha256 binary(32)
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ModelFiles].[WriteFolder];
GO
