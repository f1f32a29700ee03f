EXECUTE tSQLt.NewTestClass N'ExportTests';
GO

CREATE PROCEDURE ExportTests.[test a model comes out byte for byte as it went in]
AS
BEGIN
    CREATE TABLE #Written (name nvarchar(260), byte_length bigint, sha256 varbinary(32));
    DECLARE @Path nvarchar(400) = CONCAT(N'$(Output)/', NEWID());
    INSERT INTO #Written EXECUTE mqe.ExportModel @Path = @Path;

    SELECT f.Name AS name, f.ByteLength AS byte_length, CAST(f.Sha256 AS varbinary(32)) AS sha256
    INTO #Stored
    FROM mqe.ModelFile AS f
    INNER JOIN mqe.Model AS m ON m.ModelId = f.ModelId
    WHERE m.Name = N'nina-mini' AND f.Kind <> 'spare';
    EXECUTE tSQLt.AssertEqualsTable N'#Stored', N'#Written';

    -- What is on the disk is what the result says.
    DECLARE @Wrong int = (SELECT COUNT(*) FROM #Written WHERE clr.FileSha256(CONCAT(@Path, N'/', name)) <> sha256);
    EXECUTE tSQLt.AssertEquals 0, @Wrong;
END;
GO

CREATE PROCEDURE ExportTests.[test a model goes to gguf and comes back with the same tensors]
AS
BEGIN
    CREATE TABLE #Written (name nvarchar(260), byte_length bigint, sha256 varbinary(32));
    DECLARE @Path nvarchar(400) = CONCAT(N'$(Output)/', NEWID());
    INSERT INTO #Written EXECUTE mqe.ExportModel @Model = N'nina-mini', @Path = @Path, @Format = 'gguf';
    DECLARE @Name nvarchar(260) = (SELECT name FROM #Written);
    EXECUTE tSQLt.AssertEqualsString N'nina-mini-BF16.gguf', @Name;

    SET @Path = CONCAT(@Path, N'/', @Name);
    EXECUTE mqe.IngestModel @Path = @Path, @Name = N'nina-gguf', @Granularity = 'layer';
    DECLARE @Runnable bit = (SELECT is_runnable FROM mqe.models WHERE name = N'nina-gguf');
    EXECUTE tSQLt.AssertEquals 1, @Runnable;

    CREATE TABLE #Source (row_index bigint, [values] nvarchar(max));
    CREATE TABLE #Target (row_index bigint, [values] nvarchar(max));
    INSERT INTO #Source EXECUTE mqe.PeekTensor @Model = N'nina-mini', @Tensor = N'model.layers.2.mlp.down_proj.weight', @Row = 5, @RowCount = 3;
    INSERT INTO #Target EXECUTE mqe.PeekTensor @Model = N'nina-gguf', @Tensor = N'blk.2.ffn_down.weight', @Row = 5, @RowCount = 3;
    EXECUTE tSQLt.AssertEqualsTable N'#Source', N'#Target';
END;
GO

CREATE PROCEDURE ExportTests.[test quantised tensors are decoded on the fly]
AS
BEGIN
    CREATE TABLE #Written (name nvarchar(260), byte_length bigint, sha256 varbinary(32));
    DECLARE @Path nvarchar(400) = CONCAT(N'$(Output)/', NEWID());
    INSERT INTO #Written EXECUTE mqe.ExportModel @Model = N'nina-mini', @Path = @Path, @Format = 'gguf', @DataType = 'Q4_K';
    SET @Path = CONCAT(@Path, N'/nina-mini-Q4_K.gguf');
    EXECUTE mqe.IngestModel @Path = @Path, @Name = N'nina-q4', @Granularity = 'layer';
    DECLARE @Type nvarchar(16) = (SELECT data_type FROM mqe.tensors WHERE model_name = N'nina-q4' AND name = N'blk.0.ffn_down.weight');
    EXECUTE tSQLt.AssertEqualsString N'Q4_K', @Type;

    -- Columns that start and end inside a block of 256.
    CREATE TABLE #Source (row_index bigint, column_index bigint, [value] real);
    CREATE TABLE #Target (row_index bigint, column_index bigint, [value] real);
    INSERT INTO #Source EXECUTE mqe.PeekTensor @Model = N'nina-mini', @Tensor = N'model.layers.0.mlp.down_proj.weight', @Row = 7, @Column = 200, @ColumnCount = 100, @Format = 'elements';
    INSERT INTO #Target EXECUTE mqe.PeekTensor @Model = N'nina-q4', @Tensor = N'blk.0.ffn_down.weight', @Row = 7, @Column = 200, @ColumnCount = 100, @Format = 'elements';
    DECLARE @Near int =
    (
        SELECT COUNT(*)
        FROM #Source AS s
        INNER JOIN #Target AS t ON t.column_index = s.column_index
        WHERE ABS(s.[value] - t.[value]) < 0.1 * (SELECT MAX(ABS([value])) FROM #Source)
    );
    EXECUTE tSQLt.AssertEquals 100, @Near;
END;
GO

CREATE PROCEDURE ExportTests.[test another data type keeps the format and says so in config.json]
AS
BEGIN
    CREATE TABLE #Written (name nvarchar(260), byte_length bigint, sha256 varbinary(32));
    DECLARE @Path nvarchar(400) = CONCAT(N'$(Output)/', NEWID());
    INSERT INTO #Written EXECUTE mqe.ExportModel @Model = N'nina-mini', @Path = @Path, @DataType = 'F32';
    DECLARE @Bytes bigint = (SELECT byte_length FROM #Written WHERE name = N'model.safetensors');
    DECLARE @Expected bigint = (SELECT MIN(t.byte_offset) + 2 * SUM(t.byte_length) FROM mqe.tensors AS t WHERE t.model_name = N'nina-mini');
    IF ABS(@Bytes - @Expected) > 256
    BEGIN
        EXECUTE tSQLt.Fail N'The file does not have twice the bytes of tensors.';
    END;

    DECLARE @Line int = (SELECT COUNT(*) FROM clr.ReadLines(CONCAT(@Path, N'/config.json')) WHERE content LIKE N'%"torch_dtype": "float32"%');
    EXECUTE tSQLt.AssertEquals 1, @Line;
END;
GO

CREATE PROCEDURE ExportTests.[test a folder with something in it is refused]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 51007;
    EXECUTE mqe.ExportModel @Model = N'nina-mini', @Path = N'$(SampleModel)';
END;
GO

CREATE PROCEDURE ExportTests.[test safetensors has no quantised types]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50065;
    EXECUTE mqe.ExportModel @Model = N'nina-mini', @Path = N'$(Output)/never', @DataType = 'Q4_K';
END;
GO

CREATE PROCEDURE ExportTests.[test unknown formats and types are refused together]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50002, @ExpectedMessagePattern = N'%@Format%@DataType%';
    EXECUTE mqe.ExportModel @Model = N'nina-mini', @Path = N'$(Output)/never', @Format = 'onnx', @DataType = 'Q9';
END;
GO
