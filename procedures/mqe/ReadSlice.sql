-- Sends rows and columns of a tensor that the caller has found and checked, in the form asked for. For mqe.PeekTensor and mqe.SliceTensor.
CREATE PROCEDURE mqe.ReadSlice
    @ModelId int,
    @FileOrdinal int,
    @DataType nvarchar(16),
    @ByteOffset bigint,
    @Rows bigint,
    @Columns bigint,
    @Row bigint,
    @RowCount bigint,
    @RowStep bigint,
    @Column bigint,
    @ColumnCount bigint,
    @ColumnStep bigint,
    @Format varchar(10)
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF CAST(SERVERPROPERTY('NinaDBEmbeddedHost') AS int) IS NULL
    BEGIN
        EXECUTE mqe.EnsureSegments @ModelId;
    END;

    DECLARE @Path nvarchar(4000) = mqe.SegmentPath(@ModelId, @FileOrdinal);
    IF @Format = 'rows'
    BEGIN
        SELECT row_index, [values]
        FROM clr.PeekRows(@Path, @DataType, @ByteOffset, @Rows, @Columns, @Row, @RowCount, @RowStep, @Column, @ColumnCount, @ColumnStep);
    END
    ELSE IF @Format = 'elements'
    BEGIN
        SELECT row_index, column_index, [value]
        FROM clr.PeekElements(@Path, @DataType, @ByteOffset, @Rows, @Columns, @Row, @RowCount, @RowStep, @Column, @ColumnCount, @ColumnStep);
    END
    ELSE IF @Format = 'bytes'
    BEGIN
        SELECT row_index, [bytes]
        FROM clr.PeekRowBytes(@Path, @DataType, @ByteOffset, @Rows, @Columns, @Row, @RowCount, @RowStep, @Column, @ColumnCount);
    END
    ELSE IF @Format = 'floats'
    BEGIN
        SELECT row_index, [bytes]
        FROM clr.PeekRowFloats(@Path, @DataType, @ByteOffset, @Rows, @Columns, @Row, @RowCount, @RowStep, @Column, @ColumnCount, @ColumnStep);
    END
    ELSE
    BEGIN
        -- The dimensions of a vector belong to its type, so the statement is made for them.
        CREATE TABLE #Slice (row_index bigint NOT NULL PRIMARY KEY, [values] nvarchar(max) NOT NULL);
        INSERT INTO #Slice (row_index, [values])
        SELECT row_index, [values]
        FROM clr.PeekRows(@Path, @DataType, @ByteOffset, @Rows, @Columns, @Row, @RowCount, @RowStep, @Column, @ColumnCount, @ColumnStep);

        DECLARE @Statement nvarchar(200) = CONCAT(N'SELECT row_index, CAST([values] AS vector(', @ColumnCount, N')) AS [values] FROM #Slice ORDER BY row_index;');
        EXECUTE sys.sp_executesql @Statement;
    END;
END;
