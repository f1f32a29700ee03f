-- The CLR assembly's SQL face: models written into folders. Thin wrappers, called by NinaDB's procedures; applications get no grant on this schema.

-- Writes a model into a new folder: as it came, with another data type, or in the other format.
CREATE FUNCTION clr.ExportModel
(
    @Manifest nvarchar(max),
    @Name nvarchar(200),
    @Folder nvarchar(4000),
    @Format nvarchar(20),
    @DataType nvarchar(16)
)
RETURNS TABLE (
    name nvarchar(260),
    byte_length bigint,
    sha256 binary(32)
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ModelExportFunctions].[ExportModel];
GO
