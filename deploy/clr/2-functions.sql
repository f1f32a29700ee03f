-- The SQL faces of the CLR assembly: thin wrappers, called by NinaDB's procedures. Applications get no grant on this schema.

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

-- One row about a model.
CREATE FUNCTION clr.DescribeModel
(
    @Manifest nvarchar(max)
)
RETURNS TABLE (
    architecture nvarchar(128),
    hidden_size int,
    layer_count int,
    head_count int,
    key_value_head_count int,
    feed_forward_width int,
    vocabulary_size int,
    context_length int,
    parameter_count bigint,
    data_type nvarchar(16),
    format nvarchar(20),
    is_runnable bit,
    config_json nvarchar(max),
    tokenizer_kind nvarchar(64)
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ModelFunctions].[DescribeModel];
GO

-- The tensors of a model.
CREATE FUNCTION clr.Tensors
(
    @Manifest nvarchar(max)
)
RETURNS TABLE (
    name nvarchar(256),
    data_type nvarchar(16),
    shape nvarchar(200),
    row_count bigint,
    column_count bigint,
    file_ordinal int,
    byte_offset bigint,
    byte_length bigint,
    layer int,
    role nvarchar(64),
    expert int
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.ModelFunctions].[Tensors];
GO

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

-- Bytes of a segment.
CREATE FUNCTION clr.PeekBytes
(
    @Path nvarchar(4000),
    @Offset bigint,
    @Length int
)
RETURNS varbinary(max)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.TensorFunctions].[PeekBytes];
GO

-- A block of a tensor, a JSON array a row.
CREATE FUNCTION clr.PeekRows
(
    @Path nvarchar(4000),
    @DataType nvarchar(16),
    @ByteOffset bigint,
    @Rows bigint,
    @Columns bigint,
    @Row bigint,
    @RowCount bigint,
    @Column bigint,
    @ColumnCount bigint
)
RETURNS TABLE (
    row_index bigint,
    [values] nvarchar(max)
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.TensorFunctions].[PeekRows];
GO

-- A block of a tensor, a row a number.
CREATE FUNCTION clr.PeekElements
(
    @Path nvarchar(4000),
    @DataType nvarchar(16),
    @ByteOffset bigint,
    @Rows bigint,
    @Columns bigint,
    @Row bigint,
    @RowCount bigint,
    @Column bigint,
    @ColumnCount bigint
)
RETURNS TABLE (
    row_index bigint,
    column_index bigint,
    [value] real
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.TensorFunctions].[PeekElements];
GO

-- A block of a tensor, raw.
CREATE FUNCTION clr.PeekRowBytes
(
    @Path nvarchar(4000),
    @DataType nvarchar(16),
    @ByteOffset bigint,
    @Rows bigint,
    @Columns bigint,
    @Row bigint,
    @RowCount bigint,
    @Column bigint,
    @ColumnCount bigint
)
RETURNS TABLE (
    row_index bigint,
    [bytes] varbinary(max)
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.TensorFunctions].[PeekRowBytes];
GO

-- Statistics over all elements.
CREATE FUNCTION clr.TensorStatistics
(
    @Path nvarchar(4000),
    @DataType nvarchar(16),
    @ByteOffset bigint,
    @ElementCount bigint
)
RETURNS TABLE (
    element_count bigint,
    minimum float,
    maximum float,
    mean float,
    standard_deviation float,
    zero_count bigint,
    nan_count bigint,
    infinity_count bigint
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.TensorFunctions].[Statistics];
GO

-- The tokens of a text.
CREATE FUNCTION clr.Tokenize
(
    @Manifest nvarchar(max),
    @Text nvarchar(max)
)
RETURNS TABLE (
    ordinal int,
    token_id int,
    token nvarchar(400)
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.TextFunctions].[Tokenize];
GO

-- Negative log-likelihood of passages.
CREATE FUNCTION clr.MeasureLoss
(
    @Manifest nvarchar(max),
    @Texts nvarchar(max)
)
RETURNS TABLE (
    token_count bigint,
    total_nats float
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.TextFunctions].[MeasureLoss];
GO

-- Continues a prompt, token by token.
CREATE FUNCTION clr.Generate
(
    @Manifest nvarchar(max),
    @Prompt nvarchar(max),
    @MaxTokens int,
    @Temperature float,
    @TopK int,
    @TopP float,
    @Seed bigint
)
RETURNS TABLE (
    token_index int,
    token_id int,
    piece nvarchar(max)
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.TextFunctions].[Generate];
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

-- Starts cutting a model down to chosen neurons; a handle.
CREATE FUNCTION clr.DistillOpen
(
    @Manifest nvarchar(max),
    @Keep nvarchar(max)
)
RETURNS bigint
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.DistillationFunctions].[DistillOpen];
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
