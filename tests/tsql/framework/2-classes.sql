-- Drops a schema with everything in it.
CREATE PROCEDURE tSQLt.DropClass
    @ClassName nvarchar(128)
AS
BEGIN
    SET NOCOUNT ON;

    DECLARE @Statement nvarchar(max) =
    (
        SELECT STRING_AGG(CAST(CONCAT(
            N'DROP ',
            CASE o.type WHEN 'P' THEN N'PROCEDURE ' WHEN 'V' THEN N'VIEW ' WHEN 'U' THEN N'TABLE ' WHEN 'SN' THEN N'SYNONYM ' WHEN 'SO' THEN N'SEQUENCE ' ELSE N'FUNCTION ' END,
            QUOTENAME(s.name), N'.', QUOTENAME(o.name), N';') AS nvarchar(max)), N' ')
        FROM sys.objects AS o
        INNER JOIN sys.schemas AS s ON s.schema_id = o.schema_id
        WHERE s.name = @ClassName AND o.type IN ('P', 'V', 'U', 'SN', 'SO', 'FN', 'IF', 'TF')
    );
    IF @Statement IS NOT NULL
    BEGIN
        EXECUTE sys.sp_executesql @Statement;
    END;

    IF SCHEMA_ID(@ClassName) IS NOT NULL
    BEGIN
        SET @Statement = CONCAT(N'DROP SCHEMA ', QUOTENAME(@ClassName), N';');
        EXECUTE sys.sp_executesql @Statement;
    END;
END;
GO

-- Makes a test class: a new schema, marked as one. An old one of that name goes.
CREATE PROCEDURE tSQLt.NewTestClass
    @ClassName nvarchar(128)
AS
BEGIN
    SET NOCOUNT ON;

    EXECUTE tSQLt.DropClass @ClassName;
    DECLARE @Statement nvarchar(max) = CONCAT(N'CREATE SCHEMA ', QUOTENAME(@ClassName), N';');
    EXECUTE sys.sp_executesql @Statement;
    EXECUTE sys.sp_addextendedproperty @name = N'tSQLt.TestClass', @value = 1, @level0type = N'SCHEMA', @level0name = @ClassName;
END;
GO
