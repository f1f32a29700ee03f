EXECUTE tSQLt.NewTestClass N'PeekTests';
GO

CREATE PROCEDURE PeekTests.[test a block of a tensor equals the same elements one by one]
AS
BEGIN
    CREATE TABLE #Rows (row_index bigint, [values] nvarchar(max));
    CREATE TABLE #Elements (row_index bigint, column_index bigint, [value] real);
    INSERT INTO #Rows EXECUTE mqe.PeekTensor @Tensor = N'model.layers.1.mlp.down_proj.weight', @Row = 3, @RowCount = 2, @Column = 10, @ColumnCount = 4;
    INSERT INTO #Elements EXECUTE mqe.PeekTensor @Tensor = N'model.layers.1.mlp.down_proj.weight', @Row = 3, @RowCount = 2, @Column = 10, @ColumnCount = 4, @Format = 'elements';

    SELECT r.row_index, CAST(j.[key] AS bigint) + 10 AS column_index, CAST(j.value AS real) AS [value]
    INTO #FromRows
    FROM #Rows AS r
    CROSS APPLY OPENJSON(r.[values]) AS j;

    EXECUTE tSQLt.AssertEqualsTable N'#FromRows', N'#Elements';
    DECLARE @Count int = (SELECT COUNT(*) FROM #Elements);
    EXECUTE tSQLt.AssertEquals 8, @Count;
END;
GO

CREATE PROCEDURE PeekTests.[test raw bytes are those of the stored file]
AS
BEGIN
    CREATE TABLE #Bytes (row_index bigint, [bytes] varbinary(max));
    INSERT INTO #Bytes EXECUTE mqe.PeekTensor @Tensor = N'model.norm.weight', @Format = 'bytes';

    DECLARE @Peeked varbinary(max) = (SELECT [bytes] FROM #Bytes), @Stored varbinary(max);
    SELECT @Stored = SUBSTRING(f.Content, t.ByteOffset + 1, t.ByteLength)
    FROM mqe.Tensor AS t
    INNER JOIN mqe.ModelFile AS f ON f.ModelId = t.ModelId AND f.Ordinal = t.FileOrdinal
    WHERE t.Name = N'model.norm.weight';
    IF @Peeked <> @Stored OR @Peeked IS NULL
    BEGIN
        EXECUTE tSQLt.Fail N'The peeked bytes differ from the stored ones.';
    END;
END;
GO

CREATE PROCEDURE PeekTests.[test a peek outside the tensor is error 50002 and names both ranges]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50002, @ExpectedMessagePattern = N'Rows 127 to 128 are not all within 0 to 127. Columns 500 to 600 are not all within 0 to 511.';
    EXECUTE mqe.PeekTensor @Tensor = N'model.layers.0.mlp.down_proj.weight', @Row = 127, @RowCount = 2, @Column = 500, @ColumnCount = 101;
END;
GO

CREATE PROCEDURE PeekTests.[test an unknown tensor is error 50005]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50005;
    EXECUTE mqe.PeekTensor @Tensor = N'no.such.tensor';
END;
GO

CREATE PROCEDURE PeekTests.[test statistics agree with the elements]
AS
BEGIN
    CREATE TABLE #Elements (row_index bigint, column_index bigint, [value] real);
    INSERT INTO #Elements EXECUTE mqe.PeekTensor @Tensor = N'model.norm.weight', @Format = 'elements';
    CREATE TABLE #Statistics
    (
        tensor_name nvarchar(256), data_type nvarchar(16), shape nvarchar(200), element_count bigint, minimum float, maximum float, mean float,
        standard_deviation float, zero_count bigint, nan_count bigint, infinity_count bigint
    );
    INSERT INTO #Statistics EXECUTE mqe.TensorStatistics @Tensor = N'model.norm.weight';

    DECLARE @Agree int =
    (
        SELECT COUNT(*)
        FROM #Statistics AS s
        CROSS JOIN (SELECT COUNT(*) AS n, MIN([value]) AS low, MAX([value]) AS high, AVG(CAST([value] AS float)) AS mean, STDEVP(CAST([value] AS float)) AS deviation FROM #Elements) AS e
        WHERE s.element_count = e.n AND s.minimum = e.low AND s.maximum = e.high AND ABS(s.mean - e.mean) < 1e-6 AND ABS(s.standard_deviation - e.deviation) < 1e-6
    );
    EXECUTE tSQLt.AssertEquals 1, @Agree;
END;
GO
