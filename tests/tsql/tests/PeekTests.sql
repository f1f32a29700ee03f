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
        standard_deviation float, zero_count bigint, nan_count bigint, infinity_count bigint, histogram nvarchar(max)
    );
    INSERT INTO #Statistics EXECUTE mqe.TensorStatistics @Tensor = N'model.norm.weight', @Bins = 7;

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

CREATE PROCEDURE PeekTests.[test the bins of a histogram hold what lies in them]
AS
BEGIN
    CREATE TABLE #Elements (row_index bigint, column_index bigint, [value] real);
    INSERT INTO #Elements EXECUTE mqe.PeekTensor @Tensor = N'model.norm.weight', @Format = 'elements';
    CREATE TABLE #Statistics
    (
        tensor_name nvarchar(256), data_type nvarchar(16), shape nvarchar(200), element_count bigint, minimum float, maximum float, mean float,
        standard_deviation float, zero_count bigint, nan_count bigint, infinity_count bigint, histogram nvarchar(max)
    );
    INSERT INTO #Statistics EXECUTE mqe.TensorStatistics @Tensor = N'model.norm.weight', @Bins = 5;

    DECLARE @Wrong int, @Bins int;
    SELECT @Bins = COUNT(*), @Wrong = SUM(CASE WHEN h.[count] <> c.[count] THEN 1 ELSE 0 END)
    FROM #Statistics AS s
    CROSS APPLY OPENJSON(s.histogram) AS j
    CROSS APPLY
    (
        SELECT
            CAST(j.[key] AS int) AS ordinal,
            CAST(JSON_VALUE(j.value, '$.lower') AS float) AS lower,
            CAST(JSON_VALUE(j.value, '$.upper') AS float) AS upper,
            CAST(JSON_VALUE(j.value, '$.count') AS bigint) AS [count]
    ) AS h
    CROSS APPLY (SELECT COUNT(*) AS [count] FROM #Elements AS e WHERE e.[value] >= h.lower AND (e.[value] < h.upper OR h.ordinal = 4)) AS c;
    EXECUTE tSQLt.AssertEquals 5, @Bins;
    EXECUTE tSQLt.AssertEquals 0, @Wrong;
END;
GO

CREATE PROCEDURE PeekTests.[test a slice takes every nth row and column and leaves out what lies beyond]
AS
BEGIN
    CREATE TABLE #All (row_index bigint, column_index bigint, [value] real);
    CREATE TABLE #Slice (row_index bigint, column_index bigint, [value] real);
    INSERT INTO #All EXECUTE mqe.PeekTensor @Tensor = N'model.layers.1.mlp.down_proj.weight', @Row = 0, @RowCount = 128, @Format = 'elements';
    INSERT INTO #Slice EXECUTE mqe.SliceTensor @Tensor = N'model.layers.1.mlp.down_proj.weight', @RowStart = 3, @RowStop = 1000, @RowStep = 50, @ColumnStart = 1, @ColumnStep = 100, @Format = 'elements';

    SELECT row_index, column_index, [value]
    INTO #Expected
    FROM #All
    WHERE row_index >= 3 AND (row_index - 3) % 50 = 0 AND column_index >= 1 AND (column_index - 1) % 100 = 0;

    EXECUTE tSQLt.AssertEqualsTable N'#Expected', N'#Slice';
    DECLARE @Count int = (SELECT COUNT(*) FROM #Slice);
    EXECUTE tSQLt.AssertEquals 18, @Count;
END;
GO

CREATE PROCEDURE PeekTests.[test a slice as vectors and as floats holds the same numbers as its JSON]
AS
BEGIN
    CREATE TABLE #Rows (row_index bigint, [values] nvarchar(max));
    CREATE TABLE #Vectors (row_index bigint, [values] vector(4));
    CREATE TABLE #Floats (row_index bigint, [bytes] varbinary(max));
    INSERT INTO #Rows EXECUTE mqe.SliceTensor @Tensor = N'model.embed_tokens.weight', @RowStop = 3, @ColumnStop = 16, @ColumnStep = 4;
    INSERT INTO #Vectors EXECUTE mqe.SliceTensor @Tensor = N'model.embed_tokens.weight', @RowStop = 3, @ColumnStop = 16, @ColumnStep = 4, @Format = 'vector';
    INSERT INTO #Floats EXECUTE mqe.SliceTensor @Tensor = N'model.embed_tokens.weight', @RowStop = 3, @ColumnStop = 16, @ColumnStep = 4, @Format = 'floats';

    DECLARE @Same int =
    (
        SELECT COUNT(*)
        FROM #Rows AS r
        INNER JOIN #Vectors AS v ON v.row_index = r.row_index
        INNER JOIN #Floats AS f ON f.row_index = r.row_index
        WHERE VECTOR_DISTANCE('euclidean', v.[values], CAST(r.[values] AS vector(4))) = 0 AND DATALENGTH(f.[bytes]) = 16
    );
    EXECUTE tSQLt.AssertEquals 3, @Same;
END;
GO

CREATE PROCEDURE PeekTests.[test an empty slice has no columns and a step of nothing is refused]
AS
BEGIN
    CREATE TABLE #Slice (row_index bigint, column_index bigint, [value] real);
    INSERT INTO #Slice EXECUTE mqe.SliceTensor @Tensor = N'model.norm.weight', @ColumnStart = 500, @Format = 'elements';
    DECLARE @Count int = (SELECT COUNT(*) FROM #Slice);
    EXECUTE tSQLt.AssertEquals 0, @Count;

    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50002, @ExpectedMessagePattern = N'@RowStep and @ColumnStep must be at least 1. Stored bytes come in neighbouring columns only: @ColumnStep must be 1.';
    EXECUTE mqe.SliceTensor @Tensor = N'model.norm.weight', @ColumnStep = 0, @Format = 'bytes';
END;
GO

CREATE PROCEDURE PeekTests.[test a tensor equals itself and differs from another]
AS
BEGIN
    CREATE TABLE #Compared
    (
        tensor_a nvarchar(256), tensor_b nvarchar(256), status varchar(12), data_type_a nvarchar(16), data_type_b nvarchar(16), shape_a nvarchar(200), shape_b nvarchar(200),
        element_count bigint, differing_count bigint, cosine float, max_abs_difference float, max_abs_index bigint, relative_l2 float, nonfinite_count bigint
    );
    DECLARE @Model nvarchar(200) = (SELECT TOP (1) name FROM mqe.models);
    INSERT INTO #Compared EXECUTE mqe.CompareTensors @Model, @Model, N'model.layers.0.%';
    DECLARE @Equal int = (SELECT COUNT(*) FROM #Compared WHERE status = 'equal' AND cosine = 1 AND max_abs_difference = 0 AND differing_count = 0);
    EXECUTE tSQLt.AssertEquals 9, @Equal;

    DELETE FROM #Compared;
    INSERT INTO #Compared EXECUTE mqe.CompareTensors @Model, @Model, N'model.layers.0.input_layernorm.weight', N'model.norm.weight';
    INSERT INTO #Compared EXECUTE mqe.CompareTensors @Model, @Model, N'model.layers.0.input_layernorm.weight', N'model.embed_tokens.weight';
    DECLARE @Statuses nvarchar(100) = (SELECT STRING_AGG(status, ', ') WITHIN GROUP (ORDER BY status) FROM #Compared WHERE max_abs_difference > 0 OR element_count IS NULL);
    EXECUTE tSQLt.AssertEquals N'different, other shape', @Statuses;
END;
GO

CREATE PROCEDURE PeekTests.[test an untouched model is intact, and that it was verified is audited]
AS
BEGIN
    CREATE TABLE #Files
    (
        name nvarchar(260), kind varchar(12), byte_length bigint, sha256 binary(32), stored_sha256 varbinary(32), segment_sha256 varbinary(32), is_intact bit, problem nvarchar(2048)
    );
    DECLARE @Result int;
    INSERT INTO #Files EXECUTE @Result = mqe.VerifyModel;
    EXECUTE tSQLt.AssertEquals 0, @Result;
    DECLARE @Damaged int = (SELECT COUNT(*) FROM #Files WHERE is_intact = 0);
    EXECUTE tSQLt.AssertEquals 0, @Damaged;
    DECLARE @Audited int = (SELECT COUNT(*) FROM ops.AuditEvent WHERE Action = 'model.verify');
    EXECUTE tSQLt.AssertEquals 1, @Audited;
END;
GO
