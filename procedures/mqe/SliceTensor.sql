-- Reads rows and columns of a tensor by start, stop and step, as NumPy slices do: 0-based, the stop is not included, NULL stands for the end, what lies beyond the
-- tensor is left out. Any data type, dequantised on the fly; rows are read as they are sent. Errors: 50001, 50002, 50003, 50005, 50020, 50021, 50028, 51xxx.
CREATE PROCEDURE mqe.SliceTensor
    @Model nvarchar(200) = NULL,           -- Name or public id of the model; may be left out where the tenant has only one.
    @Tensor nvarchar(256) = NULL,          -- Name of the tensor: SELECT name FROM mqe.tensors.
    @RowStart bigint = 0,                  -- First row. A vector has one row; of a tensor with more than two dimensions all but the last count as rows.
    @RowStop bigint = NULL,                -- Row to stop before; NULL for the end.
    @RowStep bigint = 1,                   -- Every nth row.
    @ColumnStart bigint = 0,               -- First column.
    @ColumnStop bigint = NULL,             -- Column to stop before; NULL for the end.
    @ColumnStep bigint = 1,                -- Every nth column.
    @Format varchar(10) = 'rows'           -- rows: a JSON array a row; elements: a result row a number; vector: VECTOR(n) a row; bytes: as stored; floats: decoded, 32-bit little-endian.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'viewer', 'model.peek', 'model', @Model;

    BEGIN TRY
        DECLARE @ModelId int, @DataType nvarchar(16), @FileOrdinal int, @ByteOffset bigint, @Rows bigint, @Columns bigint;
        EXECUTE mqe.FindModel @Model, @ModelId OUTPUT, @Need = 'weights';
        EXECUTE mqe.FindTensor @ModelId, @Tensor, @DataType OUTPUT, @FileOrdinal OUTPUT, @ByteOffset OUTPUT, @Rows OUTPUT, @Columns OUTPUT;

        DECLARE @Error nvarchar(2048) = N'';
        IF @RowStart IS NULL OR @ColumnStart IS NULL OR @RowStart < 0 OR @ColumnStart < 0 OR @RowStop < 0 OR @ColumnStop < 0
        BEGIN
            SET @Error += N'Starts and stops must not be negative. ';
        END;

        IF @RowStep IS NULL OR @ColumnStep IS NULL OR @RowStep < 1 OR @ColumnStep < 1
        BEGIN
            SET @Error += N'@RowStep and @ColumnStep must be at least 1. ';
        END;

        IF @Format IS NULL OR @Format NOT IN ('rows', 'elements', 'vector', 'bytes', 'floats')
        BEGIN
            SET @Error += N'@Format must be rows, elements, vector, bytes or floats. ';
        END;

        IF @Format = 'bytes' AND @ColumnStep <> 1
        BEGIN
            SET @Error += N'Stored bytes come in neighbouring columns only: @ColumnStep must be 1. ';
        END;

        IF @Error <> N''
        BEGIN
            SET @Error = RTRIM(@Error);
            THROW 50002, @Error, 1;
        END;

        SET @RowStop = LEAST(ISNULL(@RowStop, @Rows), @Rows);
        SET @ColumnStop = LEAST(ISNULL(@ColumnStop, @Columns), @Columns);
        DECLARE @RowCount bigint = CASE WHEN @RowStop > @RowStart THEN (@RowStop - @RowStart - 1) / @RowStep + 1 ELSE 0 END;
        DECLARE @ColumnCount bigint = CASE WHEN @ColumnStop > @ColumnStart THEN (@ColumnStop - @ColumnStart - 1) / @ColumnStep + 1 ELSE 0 END;
        SET @RowStart = LEAST(@RowStart, @Rows);
        SET @ColumnStart = LEAST(@ColumnStart, @Columns);
        IF @Format = 'vector' AND @ColumnCount NOT BETWEEN 1 AND 1998
        BEGIN
            SET @Error = CONCAT(N'A vector has 1 to 1998 dimensions; the slice has ', @ColumnCount, N' columns.');
            THROW 50002, @Error, 1;
        END;

        EXECUTE mqe.ReadSlice @ModelId, @FileOrdinal, @DataType, @ByteOffset, @Rows, @Columns, @RowStart, @RowCount, @RowStep, @ColumnStart, @ColumnCount, @ColumnStep, @Format;
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
GRANT EXECUTE ON OBJECT::mqe.SliceTensor TO nina_application;
