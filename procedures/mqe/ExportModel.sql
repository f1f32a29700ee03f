-- Writes an ingested model back into a folder. As it came it is byte for byte what was ingested, checked against the stored SHA-256; with another data type the
-- tensors are converted one by one; in the other format, where the architecture has an equal there (docs/formats.md).
-- Result: a row a file. Errors: 50001, 50002, 50003, 50020, 50021, 50027, 50028, 50030, 50065, 51xxx (the folder must be new or empty).
CREATE PROCEDURE mqe.ExportModel
    @Model nvarchar(200) = NULL,           -- Name or public id of the model; may be left out where the tenant has only one.
    @Path nvarchar(4000) = NULL,           -- Folder to write, as the server sees it.
    @Format varchar(12) = NULL,            -- safetensors or gguf; NULL: as it came.
    @DataType varchar(16) = NULL           -- F32, F16 or BF16; in gguf also Q8_0, Q4_0 or Q4_K. NULL: as it came (F16 where the format lacks that type).
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'editor', 'model.export', 'model', @Model;

    IF @Path IS NULL OR LTRIM(@Path) = N''
    BEGIN
        THROW 50001, N'@Path is required.', 1;
    END;

    BEGIN TRY
        DECLARE @Error nvarchar(2048) = N'';
        IF @Format NOT IN ('safetensors', 'gguf')
        BEGIN
            SET @Error += N'@Format must be safetensors or gguf. ';
        END;

        IF @DataType NOT IN ('F32', 'F16', 'BF16', 'Q8_0', 'Q4_0', 'Q4_K')
        BEGIN
            SET @Error += N'@DataType must be F32, F16, BF16, Q8_0, Q4_0 or Q4_K. ';
        END;

        IF @Error <> N''
        BEGIN
            SET @Error = RTRIM(@Error);
            THROW 50002, @Error, 1;
        END;

        DECLARE @ModelId int, @Name nvarchar(200), @Kind varchar(10), @OwnFormat varchar(20), @PublicId uniqueidentifier;
        EXECUTE mqe.FindModel @Model, @ModelId OUTPUT, @Need = 'weights';
        SELECT @Name = Name, @Kind = Kind, @OwnFormat = Format, @PublicId = PublicId FROM mqe.Model WHERE ModelId = @ModelId;
        IF @Kind <> 'source'
        BEGIN
            SET @Error = CONCAT(N'The model ''', @Name, N''' is that of an agent; factory.ExportAgent writes it with its signature.');
            THROW 50065, @Error, 1;
        END;

        IF @DataType IN ('Q8_0', 'Q4_0', 'Q4_K') AND COALESCE(@Format, @OwnFormat) = 'safetensors'
        BEGIN
            SET @Error = CONCAT(N'safetensors has no data type ', @DataType, N'; F32, F16 and BF16 are possible, or @Format = ''gguf''.');
            THROW 50065, @Error, 1;
        END;

        EXECUTE mqe.EnsureSegments @ModelId;

        -- A folder that was written stays written: what may be refused comes before.
        EXECUTE ops.RequireQuota 'calls';
        DECLARE @Written table (name nvarchar(260) NOT NULL, byte_length bigint NOT NULL, sha256 varbinary(32) NULL);
        INSERT INTO @Written (name, byte_length, sha256)
        SELECT name, byte_length, sha256
        FROM clr.ExportModel(mqe.ModelManifest(@ModelId), @Name, @Path, @Format, @DataType);

        DECLARE @Details nvarchar(max) = CONCAT
        (
            N'{"model_id":"', LOWER(@PublicId), N'","path":"', STRING_ESCAPE(@Path, 'json'), N'","format":"', COALESCE(@Format, @OwnFormat), N'","data_type":',
            COALESCE(N'"' + @DataType + N'"', N'null'), N'}'
        );
        EXECUTE ops.RecordAct 'model.export', 'model', @Name, 'model.exported', @Details = @Details, @IsDone = 1;

        SELECT name, byte_length, sha256
        FROM @Written;
    END TRY
    BEGIN CATCH
        IF ERROR_NUMBER() IN (6260, 6522)
        BEGIN
            EXECUTE mqe.ThrowClrError;
        END;

        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON OBJECT::mqe.ExportModel TO nina_application;
