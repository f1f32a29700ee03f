-- The CLR assembly's SQL face: rules, hashes and signatures. Thin wrappers, called by NinaDB's procedures; applications get no grant on this schema.

-- A text in the form in which safety rules are matched.
CREATE FUNCTION clr.NormalizeForMatching
(
    @Text nvarchar(max)
)
RETURNS nvarchar(max)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.SafetyFunctions].[NormalizeForMatching];
GO

-- The first forbidden word or phrase of a list that a text holds.
CREATE FUNCTION clr.FindWord
(
    @Text nvarchar(max),
    @Words nvarchar(max)
)
RETURNS nvarchar(400)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.SafetyFunctions].[FindWord];
GO

-- The first entry of a list of words that nothing could match; empty for an empty list.
CREATE FUNCTION clr.FindUnmatchable
(
    @Words nvarchar(max)
)
RETURNS nvarchar(400)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.SafetyFunctions].[FindUnmatchable];
GO

-- Overlapping windows of a text.
CREATE FUNCTION clr.Passages
(
    @Text nvarchar(max),
    @Words int
)
RETURNS TABLE (
    ordinal int,
    passage nvarchar(max)
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.SafetyFunctions].[Passages];
GO

-- The canonical text of JSON.
CREATE FUNCTION clr.CanonicalJson
(
    @Json nvarchar(max)
)
RETURNS nvarchar(max)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.SafetyFunctions].[CanonicalJson];
GO

-- SHA-256 of the canonical text of JSON, as UTF-8.
CREATE FUNCTION clr.CanonicalSha256
(
    @Json nvarchar(max)
)
RETURNS varbinary(32)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.SafetyFunctions].[CanonicalSha256];
GO

-- A new private key.
CREATE FUNCTION clr.NewSigningKey ()
RETURNS varbinary(max)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.SafetyFunctions].[NewSigningKey];
GO

-- The public half of a private key, as PEM.
CREATE FUNCTION clr.PublicKeyPem
(
    @PrivateKey varbinary(max)
)
RETURNS nvarchar(max)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.SafetyFunctions].[PublicKeyPem];
GO

-- The name of a private key's public half.
CREATE FUNCTION clr.SigningKeyId
(
    @PrivateKey varbinary(max)
)
RETURNS nvarchar(64)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.SafetyFunctions].[SigningKeyId];
GO

-- A JSON object in canonical form, signed.
CREATE FUNCTION clr.SignDocument
(
    @Json nvarchar(max),
    @PrivateKey varbinary(max)
)
RETURNS nvarchar(max)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.SafetyFunctions].[SignDocument];
GO

-- Verifies an exported agent; its files.
CREATE FUNCTION clr.VerifyBundle
(
    @Folder nvarchar(4000),
    @PublicKeys nvarchar(max)
)
RETURNS TABLE (
    name nvarchar(200),
    byte_length bigint,
    sha256 binary(32),
    key_id nvarchar(64)
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.SafetyFunctions].[VerifyBundle];
GO

-- Verifies an exported agent and copies it to a work folder.
CREATE FUNCTION clr.StageBundle
(
    @Folder nvarchar(4000),
    @PublicKeys nvarchar(max)
)
RETURNS nvarchar(max)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.SafetyFunctions].[StageBundle];
GO

-- A small file of a work folder.
CREATE FUNCTION clr.ReadWorkFile
(
    @Folder nvarchar(4000),
    @Name nvarchar(200)
)
RETURNS varbinary(max)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.SafetyFunctions].[ReadWorkFile];
GO
