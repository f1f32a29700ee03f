-- Replaces a table by an empty one with the same columns and no constraints, until the end of the test.
CREATE PROCEDURE tSQLt.FakeTable
    @TableName nvarchar(max),
    @SchemaName nvarchar(max) = NULL,
    @Identity bit = 0,
    @ComputedColumns bit = 0,
    @Defaults bit = 0
AS
BEGIN
    SET NOCOUNT ON;

    IF @Identity = 1 OR @ComputedColumns = 1 OR @Defaults = 1
    BEGIN
        THROW 50000, N'tSQLt.FakeTable: @Identity, @ComputedColumns and @Defaults are not supported by this framework.', 1;
    END;

    DECLARE @ObjectId int = OBJECT_ID(CASE WHEN @SchemaName IS NULL THEN @TableName ELSE CONCAT(QUOTENAME(@SchemaName), N'.', QUOTENAME(@TableName)) END);
    IF @ObjectId IS NULL
    BEGIN
        DECLARE @Error nvarchar(2048) = CONCAT(N'FakeTable could not resolve the object name, ''', @TableName, N'''.');
        THROW 50000, @Error, 1;
    END;

    DECLARE @Schema nvarchar(128) = OBJECT_SCHEMA_NAME(@ObjectId), @Table nvarchar(128) = OBJECT_NAME(@ObjectId);
    DECLARE @Hidden nvarchar(128) = CONCAT(N'tSQLt_', REPLACE(CAST(NEWID() AS nvarchar(36)), N'-', N''));
    DECLARE @Quoted nvarchar(300) = CONCAT(QUOTENAME(@Schema), N'.', QUOTENAME(@Table));
    EXECUTE sys.sp_rename @Quoted, @Hidden, N'OBJECT';

    -- A union with nothing makes every column nullable and no column an identity.
    DECLARE @Columns nvarchar(max) =
    (
        SELECT STRING_AGG(CAST(QUOTENAME(c.name) AS nvarchar(max)), N', ') WITHIN GROUP (ORDER BY c.column_id)
        FROM sys.columns AS c
        WHERE c.object_id = @ObjectId
    );
    DECLARE @Statement nvarchar(max) = CONCAT(
        N'SELECT f.* INTO ', @Quoted, N' FROM (SELECT 1 AS one) AS o LEFT OUTER JOIN (SELECT ', @Columns, N' FROM ', QUOTENAME(@Schema), N'.', QUOTENAME(@Hidden),
        N' WHERE 1 = 0 UNION ALL SELECT ', @Columns, N' FROM ', QUOTENAME(@Schema), N'.', QUOTENAME(@Hidden), N' WHERE 1 = 0) AS f ON 1 = 0 WHERE 1 = 0;');
    EXECUTE sys.sp_executesql @Statement;
END;
GO

-- Replaces a procedure by one that notes its arguments in <procedure>_SpyProcedureLog and runs a statement of the test's choice, until the end of the test.
CREATE PROCEDURE tSQLt.SpyProcedure
    @ProcedureName nvarchar(max),
    @CommandToExecute nvarchar(max) = NULL
AS
BEGIN
    SET NOCOUNT ON;

    DECLARE @ObjectId int = OBJECT_ID(@ProcedureName);
    IF @ObjectId IS NULL
    BEGIN
        DECLARE @Error nvarchar(2048) = CONCAT(N'Cannot use SpyProcedure on ', @ProcedureName, N' because the procedure does not exist');
        THROW 50000, @Error, 1;
    END;

    DECLARE @Schema nvarchar(128) = OBJECT_SCHEMA_NAME(@ObjectId), @Name nvarchar(128) = OBJECT_NAME(@ObjectId);
    DECLARE @Log nvarchar(300) = CONCAT(QUOTENAME(@Schema), N'.', QUOTENAME(CONCAT(@Name, N'_SpyProcedureLog')));
    DECLARE @Parameters nvarchar(max), @LogColumns nvarchar(max), @Names nvarchar(max), @Values nvarchar(max);
    SELECT
        @Parameters = STRING_AGG(CAST(CONCAT(p.name, N' ', t.TypeText, N' = NULL', CASE WHEN p.is_output = 1 THEN N' OUTPUT' ELSE N'' END) AS nvarchar(max)), N', ') WITHIN GROUP (ORDER BY p.parameter_id),
        @LogColumns = STRING_AGG(CAST(CONCAT(QUOTENAME(SUBSTRING(p.name, 2, 128)), N' ', t.TypeText, N' NULL') AS nvarchar(max)), N', ') WITHIN GROUP (ORDER BY p.parameter_id),
        @Names = STRING_AGG(CAST(QUOTENAME(SUBSTRING(p.name, 2, 128)) AS nvarchar(max)), N', ') WITHIN GROUP (ORDER BY p.parameter_id),
        @Values = STRING_AGG(CAST(p.name AS nvarchar(max)), N', ') WITHIN GROUP (ORDER BY p.parameter_id)
    FROM sys.parameters AS p
    CROSS APPLY
    (
        SELECT CONCAT(
            TYPE_NAME(p.user_type_id),
            CASE
                WHEN TYPE_NAME(p.user_type_id) IN (N'varchar', N'char', N'varbinary', N'binary') THEN CONCAT(N'(', CASE WHEN p.max_length = -1 THEN N'max' ELSE CAST(p.max_length AS nvarchar(10)) END, N')')
                WHEN TYPE_NAME(p.user_type_id) IN (N'nvarchar', N'nchar') THEN CONCAT(N'(', CASE WHEN p.max_length = -1 THEN N'max' ELSE CAST(p.max_length / 2 AS nvarchar(10)) END, N')')
                WHEN TYPE_NAME(p.user_type_id) IN (N'decimal', N'numeric') THEN CONCAT(N'(', p.precision, N', ', p.scale, N')')
                WHEN TYPE_NAME(p.user_type_id) = N'vector' THEN CONCAT(N'(', (p.max_length - 8) / 4, N')')
                ELSE N''
            END) AS TypeText
    ) AS t
    WHERE p.object_id = @ObjectId;

    DECLARE @Statement nvarchar(max) = CONCAT(N'CREATE TABLE ', @Log, N' (_id_ int IDENTITY(1, 1) NOT NULL', CASE WHEN @LogColumns IS NULL THEN N'' ELSE N', ' + @LogColumns END, N');');
    EXECUTE sys.sp_executesql @Statement;

    SET @Statement = CONCAT(N'DROP PROCEDURE ', QUOTENAME(@Schema), N'.', QUOTENAME(@Name), N';');
    EXECUTE sys.sp_executesql @Statement;

    SET @Statement = CONCAT(
        N'CREATE PROCEDURE ', QUOTENAME(@Schema), N'.', QUOTENAME(@Name), N' ', @Parameters, N' AS BEGIN SET NOCOUNT ON; ',
        CASE WHEN @Names IS NULL THEN CONCAT(N'INSERT INTO ', @Log, N' DEFAULT VALUES; ') ELSE CONCAT(N'INSERT INTO ', @Log, N' (', @Names, N') SELECT ', @Values, N'; ') END,
        @CommandToExecute, N'; RETURN 0; END;');
    EXECUTE sys.sp_executesql @Statement;
END;
GO
