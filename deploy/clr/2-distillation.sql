-- The CLR assembly's SQL face: assembling and writing agents. Thin wrappers, called by NinaDB's procedures; applications get no grant on this schema.

-- Starts cutting a model down to chosen neurons or experts; a handle.
CREATE FUNCTION clr.DistillOpen
(
    @Manifest nvarchar(max),
    @Keep nvarchar(max)
)
RETURNS bigint
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.DistillationFunctions].[DistillOpen];
GO

-- How many neurons, or experts, a layer may keep within a budget.
CREATE FUNCTION clr.FitBudget
(
    @Manifest nvarchar(max),
    @Budget bigint,
    @Unit nvarchar(10),
    @DataType nvarchar(8)
)
RETURNS int
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.DistillationFunctions].[FitBudget];
GO

-- Adds calibration passages; how many there are.
CREATE FUNCTION clr.DistillTexts
(
    @Distillation bigint,
    @Texts nvarchar(max)
)
RETURNS bigint
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.DistillationFunctions].[DistillTexts];
GO

-- Cuts and refits the next layer; how many are done.
CREATE FUNCTION clr.DistillLayer
(
    @Distillation bigint
)
RETURNS int
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.DistillationFunctions].[DistillLayer];
GO

-- Writes the result as a Hugging Face folder; its path.
CREATE FUNCTION clr.DistillWrite
(
    @Distillation bigint
)
RETURNS nvarchar(4000)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.DistillationFunctions].[DistillWrite];
GO

-- Ends a distillation.
CREATE FUNCTION clr.DistillClose
(
    @Distillation bigint
)
RETURNS bit
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.DistillationFunctions].[DistillClose];
GO

-- Deletes a folder that DistillWrite or StageBundle made.
CREATE FUNCTION clr.DeleteWorkFolder
(
    @Folder nvarchar(4000)
)
RETURNS bit
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.DistillationFunctions].[DeleteWorkFolder];
GO

-- Makes the files of an export in a work folder; its path, or NULL when the stored files are what is asked for.
CREATE FUNCTION clr.PrepareExport
(
    @Manifest nvarchar(max),
    @Format nvarchar(10),
    @DataType nvarchar(16)
)
RETURNS nvarchar(4000)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ExportFunctions].[PrepareExport];
GO

-- Writes an export, and checks it against the model in the database by loading it back.
CREATE FUNCTION clr.WriteExport
(
    @Manifest nvarchar(max),
    @Original nvarchar(max),
    @Folder nvarchar(4000),
    @AgentJson nvarchar(max),
    @MeaningSpace varbinary(max),
    @Texts nvarchar(max)
)
RETURNS TABLE (name nvarchar(260), byte_length bigint, sha256 binary(32), max_logit_difference float)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ExportFunctions].[WriteExport];
GO
