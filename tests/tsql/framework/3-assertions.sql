-- Ends the running test as failed.
CREATE PROCEDURE tSQLt.Fail
    @Message0 nvarchar(max) = N'',
    @Message1 nvarchar(max) = N'',
    @Message2 nvarchar(max) = N'',
    @Message3 nvarchar(max) = N''
AS
BEGIN
    SET NOCOUNT ON;

    INSERT INTO tSQLt.TestMessage (Msg)
    VALUES (CONCAT(@Message0, @Message1, @Message2, @Message3));
    RAISERROR (N'tSQLt.Failure', 16, 10);
END;
GO

CREATE PROCEDURE tSQLt.AssertEquals
    @Expected sql_variant,
    @Actual sql_variant,
    @Message nvarchar(max) = N''
AS
BEGIN
    SET NOCOUNT ON;

    IF @Expected = @Actual OR (@Expected IS NULL AND @Actual IS NULL)
    BEGIN
        RETURN 0;
    END;

    DECLARE @Text nvarchar(max) = CONCAT(@Message, N' Expected: <', COALESCE(CAST(@Expected AS nvarchar(4000)), N'NULL'), N'> but was: <', COALESCE(CAST(@Actual AS nvarchar(4000)), N'NULL'), N'>');
    EXECUTE tSQLt.Fail @Text;
END;
GO

CREATE PROCEDURE tSQLt.AssertNotEquals
    @Expected sql_variant,
    @Actual sql_variant,
    @Message nvarchar(max) = N''
AS
BEGIN
    SET NOCOUNT ON;

    IF @Expected = @Actual OR (@Expected IS NULL AND @Actual IS NULL)
    BEGIN
        DECLARE @Text nvarchar(max) = CONCAT(@Message, N' Expected actual value to not equal <', COALESCE(CAST(@Expected AS nvarchar(4000)), N'NULL'), N'>.');
        EXECUTE tSQLt.Fail @Text;
    END;
END;
GO

CREATE PROCEDURE tSQLt.AssertEqualsString
    @Expected nvarchar(max),
    @Actual nvarchar(max),
    @Message nvarchar(max) = N''
AS
BEGIN
    SET NOCOUNT ON;

    IF @Expected = @Actual OR (@Expected IS NULL AND @Actual IS NULL)
    BEGIN
        RETURN 0;
    END;

    DECLARE @Text nvarchar(max) = CONCAT(@Message, N' Expected: <', COALESCE(@Expected, N'NULL'), N'> but was: <', COALESCE(@Actual, N'NULL'), N'>');
    EXECUTE tSQLt.Fail @Text;
END;
GO

CREATE PROCEDURE tSQLt.AssertLike
    @ExpectedPattern nvarchar(max),
    @Actual nvarchar(max),
    @Message nvarchar(max) = N''
AS
BEGIN
    SET NOCOUNT ON;

    IF @Actual LIKE @ExpectedPattern OR (@Actual IS NULL AND @ExpectedPattern IS NULL)
    BEGIN
        RETURN 0;
    END;

    DECLARE @Text nvarchar(max) = CONCAT(@Message, N' Expected: <', COALESCE(@ExpectedPattern, N'NULL'), N'> but was: <', COALESCE(@Actual, N'NULL'), N'>');
    EXECUTE tSQLt.Fail @Text;
END;
GO

CREATE PROCEDURE tSQLt.AssertObjectExists
    @ObjectName nvarchar(max),
    @Message nvarchar(max) = N''
AS
BEGIN
    SET NOCOUNT ON;

    IF OBJECT_ID(@ObjectName) IS NULL AND OBJECT_ID(CONCAT(N'tempdb..', @ObjectName)) IS NULL
    BEGIN
        DECLARE @Text nvarchar(max) = CONCAT(@Message, N' ''', @ObjectName, N''' does not exist');
        EXECUTE tSQLt.Fail @Text;
    END;
END;
GO

-- Fails when a table has rows.
CREATE PROCEDURE tSQLt.AssertEmptyTable
    @TableName nvarchar(max),
    @Message nvarchar(max) = N''
AS
BEGIN
    SET NOCOUNT ON;

    DECLARE @Count int, @Statement nvarchar(max) = CONCAT(N'SELECT @Count = COUNT(*) FROM ', @TableName, N';');
    EXECUTE sys.sp_executesql @Statement, N'@Count int OUTPUT', @Count OUTPUT;
    IF @Count > 0
    BEGIN
        DECLARE @Text nvarchar(max) = CONCAT(@Message, N' ', @TableName, N' was not empty: ', @Count, N' rows.');
        EXECUTE tSQLt.Fail @Text;
    END;
END;
GO

-- Fails unless two tables hold the same rows, counting duplicates, whatever their order. The columns are those of the expected table.
CREATE PROCEDURE tSQLt.AssertEqualsTable
    @Expected nvarchar(max),
    @Actual nvarchar(max),
    @Message nvarchar(max) = NULL,
    @FailMsg nvarchar(max) = N'Unexpected/missing resultset rows!'
AS
BEGIN
    SET NOCOUNT ON;

    DECLARE @ObjectId int = COALESCE(OBJECT_ID(CASE WHEN @Expected LIKE N'#%' THEN CONCAT(N'tempdb..', @Expected) ELSE @Expected END), OBJECT_ID(@Expected));
    DECLARE @Columns nvarchar(max) =
        CASE
            WHEN @Expected LIKE N'#%' THEN (SELECT STRING_AGG(CAST(QUOTENAME(c.name) AS nvarchar(max)), N', ') WITHIN GROUP (ORDER BY c.column_id) FROM tempdb.sys.columns AS c WHERE c.object_id = @ObjectId)
            ELSE (SELECT STRING_AGG(CAST(QUOTENAME(c.name) AS nvarchar(max)), N', ') WITHIN GROUP (ORDER BY c.column_id) FROM sys.columns AS c WHERE c.object_id = @ObjectId)
        END;
    IF @Columns IS NULL
    BEGIN
        DECLARE @Missing nvarchar(max) = CONCAT(N'''', @Expected, N''' does not exist');
        EXECUTE tSQLt.Fail @Missing;
        RETURN 0;
    END;

    DECLARE @Differences int, @Sample nvarchar(max), @Statement nvarchar(max) = CONCAT(N'
        WITH Differences AS
        (
            SELECT ', @Columns, N', SUM(Side) AS _Side_
            FROM
            (
                SELECT ', @Columns, N', 1 AS Side FROM ', @Expected, N'
                UNION ALL
                SELECT ', @Columns, N', -1 AS Side FROM ', @Actual, N'
            ) AS Both_
            GROUP BY ', @Columns, N'
            HAVING SUM(Side) <> 0
        )
        SELECT @Differences = COUNT(*), @Sample = (SELECT TOP (10) * FROM Differences FOR JSON PATH, INCLUDE_NULL_VALUES)
        FROM Differences;');
    EXECUTE sys.sp_executesql @Statement, N'@Differences int OUTPUT, @Sample nvarchar(max) OUTPUT', @Differences OUTPUT, @Sample OUTPUT;
    IF @Differences > 0
    BEGIN
        DECLARE @Text nvarchar(max) = CONCAT(@Message, N' ', @FailMsg, N' (_Side_ above 0: missing, below 0: unexpected) ', @Sample);
        EXECUTE tSQLt.Fail @Text;
    END;
END;
GO

-- Says that the rest of the test must raise an error; each part that is given must match.
CREATE PROCEDURE tSQLt.ExpectException
    @ExpectedMessage nvarchar(max) = NULL,
    @ExpectedSeverity int = NULL,
    @ExpectedState int = NULL,
    @Message nvarchar(max) = NULL,
    @ExpectedMessagePattern nvarchar(max) = NULL,
    @ExpectedErrorNumber int = NULL
AS
BEGIN
    SET NOCOUNT ON;

    DELETE FROM tSQLt.Expectation;
    INSERT INTO tSQLt.Expectation (Kind, ExpectedMessage, ExpectedMessagePattern, ExpectedSeverity, ExpectedState, ExpectedErrorNumber, FailMessage)
    VALUES (N'Exception', @ExpectedMessage, @ExpectedMessagePattern, @ExpectedSeverity, @ExpectedState, @ExpectedErrorNumber, @Message);
END;
GO

-- Says that the rest of the test must raise no error.
CREATE PROCEDURE tSQLt.ExpectNoException
    @Message nvarchar(max) = NULL
AS
BEGIN
    SET NOCOUNT ON;

    DELETE FROM tSQLt.Expectation;
    INSERT INTO tSQLt.Expectation (Kind, FailMessage)
    VALUES (N'NoException', @Message);
END;
GO
