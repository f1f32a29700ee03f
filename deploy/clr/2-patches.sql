-- The CLR assembly's SQL face: patches of agents. Thin wrappers, called by NinaDB's procedures; applications get no grant on this schema.

-- Makes a patch file in a work folder.
CREATE FUNCTION clr.MakePatch
(
    @Manifest nvarchar(max),
    @Specification nvarchar(max)
)
RETURNS TABLE (folder nvarchar(4000), path nvarchar(4000), byte_length bigint, parameter_count bigint, edit_count int)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.PatchFunctions].[MakePatch];
GO

-- Writes a model with its patches in as a Hugging Face folder; its path.
CREATE FUNCTION clr.BakeModel
(
    @Manifest nvarchar(max)
)
RETURNS nvarchar(4000)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.PatchFunctions].[BakeModel];
GO

-- Merges models that share an ancestor into a Hugging Face folder; its path.
CREATE FUNCTION clr.MergeModels
(
    @Specification nvarchar(max)
)
RETURNS nvarchar(4000)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.PatchFunctions].[MergeModels];
GO
