-- Takes a model into the database: its files, tensors and components, with write vectors and top tokens computed from the weights.
-- All or nothing; running it again for the same files is harmless. Errors: 50001, 50002, 50004, 50015, 50020, 50021, 50030, 51xxx (docs/errors.md).
CREATE PROCEDURE mqe.IngestModel
    @Path nvarchar(4000),                  -- A safetensors or GGUF file, or a Hugging Face folder, as the server sees it.
    @Name nvarchar(200) = NULL,            -- Name of the model; by default that of the file or folder.
    @Granularity varchar(10) = NULL,       -- Finest components to describe: neuron, expert, head or layer; by default by the model's size (neurons up to four million).
    @ModelId int = NULL OUTPUT             -- Internal key of the model.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'editor', 'model.ingest', 'model', @Name;

    DECLARE @Error nvarchar(2048) = N'';
    IF @Path IS NULL OR LTRIM(@Path) = N''
    BEGIN
        SET @Error += N'@Path is required. ';
    END;

    IF @Granularity NOT IN ('neuron', 'expert', 'head', 'layer')
    BEGIN
        SET @Error += N'@Granularity must be neuron, expert, head or layer. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        SET @Name = COALESCE(@Name, clr.ModelNameOf(@Path));

        SET @ModelId = (SELECT ModelId FROM mqe.Model WHERE TenantId = tenancy.CurrentTenantId() AND Name = @Name);
        IF @ModelId IS NOT NULL
        BEGIN
            IF NOT EXISTS
            (
                SELECT p.name, p.byte_length, clr.FileSha256(p.path)
                FROM clr.DescribePath(@Path) AS p
                EXCEPT
                SELECT f.Name, f.ByteLength, f.Sha256
                FROM mqe.ModelFile AS f
                WHERE f.ModelId = @ModelId
            )
            BEGIN
                RAISERROR (N'The model %s is already there, with the same files.', 0, 1, @Name) WITH NOWAIT;
                RETURN 0;
            END;

            SET @Error = CONCAT(N'A model named ''', @Name, N''' exists with other content. Choose another @Name, or drop it with mqe.DropModel.');
            SET @ModelId = NULL;
            THROW 50004, @Error, 1;
        END;

        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        EXECUTE ops.RequireQuota 'models';
        EXECUTE mqe.StoreModel @Path = @Path, @Name = @Name, @Kind = 'source', @ModelId = @ModelId OUTPUT;
        EXECUTE mqe.DescribeComponents @ModelId = @ModelId, @Granularity = @Granularity OUTPUT;

        DECLARE @Bytes bigint, @Details nvarchar(max);
        SET @Bytes = (SELECT SUM(ByteLength) FROM mqe.ModelFile WHERE ModelId = @ModelId);
        SET @Details =
        (
            SELECT LOWER(m.PublicId) AS model_id, m.Architecture AS architecture, m.ParameterCount AS parameter_count, @Bytes AS byte_length, @Granularity AS granularity
            FROM mqe.Model AS m
            WHERE m.ModelId = @ModelId
            FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
        );
        EXECUTE ops.RecordAct 'model.ingest', 'model', @Name, 'model.ingested', 'ingest_bytes', @Bytes, 0, @Details;

        IF @OwnsTransaction = 1
        BEGIN
            COMMIT TRANSACTION;
        END;
    END TRY
    BEGIN CATCH
        IF @OwnsTransaction = 1 AND XACT_STATE() <> 0
        BEGIN
            ROLLBACK TRANSACTION;
        END;

        IF ERROR_NUMBER() IN (6260, 6522)
        BEGIN
            EXECUTE mqe.ThrowClrError;
        END;

        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON OBJECT::mqe.IngestModel TO nina_application;
