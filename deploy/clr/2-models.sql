-- The CLR assembly's SQL face: whole models. Thin wrappers, called by NinaDB's procedures; applications get no grant on this schema.

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
    tokenizer_kind nvarchar(64),
    expert_count int,
    experts_per_token int,
    chat_template nvarchar(max)
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
