-- Stores the files of a model and what they declare: files, tensors, configuration. The inner half of mqe.IngestModel, also used for agents' weights.
-- Runs in the caller's transaction, and as its owner: the dynamic SQL needs rights that no application has; throws 51xxx with file, offset and reason for anything wrong with the files.
CREATE PROCEDURE mqe.StoreModel
    @Path nvarchar(4000),                  -- A safetensors or GGUF file, or a Hugging Face folder.
    @Name nvarchar(200),                   -- Name of the new model.
    @Kind varchar(10),                     -- source or agent.
    @ModelId int OUTPUT
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Files table
    (
        Ordinal int NOT NULL PRIMARY KEY,
        Name nvarchar(260) NOT NULL,
        FilePath nvarchar(4000) NOT NULL,
        Kind varchar(12) NOT NULL,
        ByteLength bigint NOT NULL
    );

    INSERT INTO @Files (Ordinal, Name, FilePath, Kind, ByteLength)
    SELECT ordinal, name, path, kind, byte_length
    FROM clr.DescribePath(@Path);

    -- Asked before a byte is copied. The row stays locked until the commit, so that two ingestions cannot pass the limit together.
    DECLARE @Bytes bigint = (SELECT SUM(ByteLength) FROM @Files);
    EXECUTE ops.RequireQuota 'storage_bytes', @Bytes;

    -- Headers are checked before a byte is copied: a corrupt file is refused at once.
    DECLARE @SourceManifest nvarchar(max) =
    (
        SELECT Name AS [name], Kind AS [kind], FilePath AS [path]
        FROM @Files
        ORDER BY Ordinal
        FOR JSON PATH
    );

    INSERT INTO mqe.Model
    (
        Name, Kind, Architecture, HiddenSize, LayerCount, HeadCount, KeyValueHeadCount, FeedForwardWidth, VocabularySize, ContextLength,
        ParameterCount, DataType, Format, IsRunnable, ConfigJson, TokenizerKind, ContentHash, ExpertCount, ExpertsPerToken, ChatTemplate
    )
    SELECT
        @Name, @Kind, architecture, hidden_size, layer_count, head_count, key_value_head_count, feed_forward_width, vocabulary_size, context_length,
        parameter_count, data_type, format, is_runnable, config_json, tokenizer_kind, 0x00, expert_count, experts_per_token, chat_template
    FROM clr.DescribeModel(@SourceManifest);
    SET @ModelId = CAST(SCOPE_IDENTITY() AS int);

    DECLARE @Ordinal int = 0;
    DECLARE @FileCount int = (SELECT COUNT(*) FROM @Files);
    DECLARE @FileName nvarchar(260), @FilePath nvarchar(4000), @FileKind varchar(12), @ByteLength bigint, @Statement nvarchar(max), @Position int;
    WHILE @Ordinal < @FileCount
    BEGIN
        SELECT @FileName = Name, @FilePath = FilePath, @FileKind = Kind, @ByteLength = ByteLength
        FROM @Files
        WHERE Ordinal = @Ordinal;

        SET @Position = @Ordinal + 1;
        RAISERROR (N'Storing %s (%I64d bytes), file %d of %d.', 0, 1, @FileName, @ByteLength, @Position, @FileCount) WITH NOWAIT;

        -- OPENROWSET takes its path as a literal only. (QUOTENAME would give NULL beyond 128 characters.)
        SET @Statement = N'
            INSERT INTO mqe.ModelFile (ModelId, Ordinal, Name, Kind, ByteLength, Sha256, Content)
            SELECT @ModelId, @Ordinal, @FileName, @FileKind, 0, 0x00, b.BulkColumn
            FROM OPENROWSET(BULK N''' + REPLACE(@FilePath, N'''', N'''''') + N''', SINGLE_BLOB) AS b;';
        EXECUTE sys.sp_executesql
            @Statement,
            N'@ModelId int, @Ordinal int, @FileName nvarchar(260), @FileKind varchar(12)',
            @ModelId, @Ordinal, @FileName, @FileKind;

        UPDATE mqe.ModelFile
        SET ByteLength = DATALENGTH(Content), Sha256 = HASHBYTES('SHA2_256', Content)
        WHERE ModelId = @ModelId AND Ordinal = @Ordinal;

        IF NOT EXISTS (SELECT 1 FROM mqe.ModelFile WHERE ModelId = @ModelId AND Ordinal = @Ordinal AND ByteLength = @ByteLength)
        BEGIN
            DECLARE @Changed nvarchar(2048) = CONCAT(N'The file ''', @FilePath, N''' changed while it was ingested: ', @ByteLength, N' bytes were announced.');
            THROW 50015, @Changed, 1;
        END;

        SET @Ordinal += 1;
    END;

    -- From here on only the stored copy counts: it is parsed again, so that what the tables say is true of the stored bytes.
    EXECUTE mqe.EnsureSegments @ModelId;
    DECLARE @Manifest nvarchar(max) = mqe.ModelManifest(@ModelId);

    INSERT INTO mqe.Tensor (ModelId, Name, DataType, Shape, TensorRows, TensorColumns, FileOrdinal, ByteOffset, ByteLength, Layer, Role, Expert)
    SELECT @ModelId, name, data_type, shape, row_count, column_count, file_ordinal, byte_offset, byte_length, layer, role, expert
    FROM clr.Tensors(@Manifest);

    UPDATE mqe.Model
    SET
        ContentHash = HASHBYTES
        (
            'SHA2_256',
            (
                SELECT STRING_AGG(CAST(CONVERT(char(64), f.Sha256, 2) AS varchar(max)), '') WITHIN GROUP (ORDER BY f.Ordinal)
                FROM mqe.ModelFile AS f
                WHERE f.ModelId = @ModelId
            )
        ),
        Status = 'ready'
    WHERE ModelId = @ModelId;
END;
