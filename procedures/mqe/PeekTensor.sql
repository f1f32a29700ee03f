-- Looks into a tensor without loading it: a block of rows and columns, decoded to numbers. Errors: 50001, 50002, 50003, 50005, 50020, 50021, 50028, 51xxx. mqe.SliceTensor has steps and more forms.
CREATE PROCEDURE mqe.PeekTensor
    @Model nvarchar(200) = NULL,           -- Name or public id of the model; may be left out where the tenant has only one.
    @Tensor nvarchar(256) = NULL,          -- Name of the tensor: SELECT name FROM mqe.tensors.
    @Row bigint = 0,                       -- First row, 0-based. A vector has one row.
    @RowCount bigint = 1,                  -- Rows wanted.
    @Column bigint = 0,                    -- First column, 0-based.
    @ColumnCount bigint = NULL,            -- Columns wanted; NULL for all that remain.
    @Format varchar(10) = 'rows'           -- rows: a JSON array a row; elements: one result row a number; bytes: the raw bytes of each row.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'viewer', 'model.peek', 'model', @Model;

    BEGIN TRY
        DECLARE @ModelId int, @DataType nvarchar(16), @FileOrdinal int, @ByteOffset bigint, @Rows bigint, @Columns bigint;
        EXECUTE mqe.FindModel @Model, @ModelId OUTPUT, @Need = 'weights';
        EXECUTE mqe.FindTensor @ModelId, @Tensor, @DataType OUTPUT, @FileOrdinal OUTPUT, @ByteOffset OUTPUT, @Rows OUTPUT, @Columns OUTPUT;

        DECLARE @Error nvarchar(2048) = N'';
        SET @ColumnCount = COALESCE(@ColumnCount, @Columns - @Column);
        IF @Row IS NULL OR @RowCount IS NULL OR @Row < 0 OR @RowCount < 0 OR @Row > @Rows - @RowCount
        BEGIN
            SET @Error += CONCAT(N'Rows ', @Row, N' to ', @Row + @RowCount - 1, N' are not all within 0 to ', @Rows - 1, N'. ');
        END;

        IF @Column IS NULL OR @Column < 0 OR @ColumnCount < 0 OR @Column > @Columns - @ColumnCount
        BEGIN
            SET @Error += CONCAT(N'Columns ', @Column, N' to ', @Column + @ColumnCount - 1, N' are not all within 0 to ', @Columns - 1, N'. ');
        END;

        IF @Format IS NULL OR @Format NOT IN ('rows', 'elements', 'bytes')
        BEGIN
            SET @Error += N'@Format must be rows, elements or bytes. ';
        END;

        IF @Error <> N''
        BEGIN
            SET @Error = RTRIM(@Error);
            THROW 50002, @Error, 1;
        END;

        EXECUTE mqe.ReadSlice @ModelId, @FileOrdinal, @DataType, @ByteOffset, @Rows, @Columns, @Row, @RowCount, 1, @Column, @ColumnCount, 1, @Format;
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
GRANT EXECUTE ON OBJECT::mqe.PeekTensor TO nina_application;
