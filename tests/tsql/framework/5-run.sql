-- Runs one test: SetUp, the test, CleanUp, in a transaction that is rolled back.
CREATE PROCEDURE tSQLt.RunTest
    @ClassName nvarchar(128),
    @TestName nvarchar(128)
AS
BEGIN
    SET NOCOUNT ON;

    DECLARE @Result nvarchar(20) = N'Success', @Msg nvarchar(max) = N'', @Started datetime2(7) = SYSDATETIME();
    DECLARE @SetUp nvarchar(300) = CONCAT(QUOTENAME(@ClassName), N'.[SetUp]'), @CleanUp nvarchar(300) = CONCAT(QUOTENAME(@ClassName), N'.[CleanUp]');
    DECLARE @Test nvarchar(300) = CONCAT(QUOTENAME(@ClassName), N'.', QUOTENAME(@TestName));
    DECLARE @Number int, @Message nvarchar(4000), @Severity int, @State int, @Procedure nvarchar(300), @Line int;
    DECLARE @Kind nvarchar(20), @ExpectedMessage nvarchar(max), @Pattern nvarchar(max), @ExpectedSeverity int, @ExpectedState int, @ExpectedNumber int, @FailMessage nvarchar(max);

    DELETE FROM tSQLt.Expectation;
    DELETE FROM tSQLt.TestMessage;
    BEGIN TRANSACTION;
    BEGIN TRY
        IF OBJECT_ID(@SetUp) IS NOT NULL
        BEGIN
            EXECUTE @SetUp;
        END;

        EXECUTE @Test;

        IF OBJECT_ID(@CleanUp) IS NOT NULL
        BEGIN
            EXECUTE @CleanUp;
        END;
    END TRY
    BEGIN CATCH
        SELECT @Number = ERROR_NUMBER(), @Message = ERROR_MESSAGE(), @Severity = ERROR_SEVERITY(), @State = ERROR_STATE(), @Procedure = ERROR_PROCEDURE(), @Line = ERROR_LINE();
    END CATCH;

    SELECT @Kind = Kind, @ExpectedMessage = ExpectedMessage, @Pattern = ExpectedMessagePattern, @ExpectedSeverity = ExpectedSeverity,
        @ExpectedState = ExpectedState, @ExpectedNumber = ExpectedErrorNumber, @FailMessage = FailMessage
    FROM tSQLt.Expectation;

    IF @Message = N'tSQLt.Failure'
    BEGIN
        SELECT @Result = N'Failure', @Msg = COALESCE((SELECT TOP (1) Msg FROM tSQLt.TestMessage), N'(the transaction that held the message was rolled back)');
    END
    ELSE IF @Kind = N'Exception' AND @Number IS NULL
    BEGIN
        SELECT @Result = N'Failure', @Msg = CONCAT(@FailMessage, N' Expected an error to be raised.');
    END
    ELSE IF @Kind = N'Exception'
    BEGIN
        IF (@ExpectedMessage IS NOT NULL AND @Message <> @ExpectedMessage)
            OR (@Pattern IS NOT NULL AND @Message NOT LIKE @Pattern)
            OR (@ExpectedSeverity IS NOT NULL AND @Severity <> @ExpectedSeverity)
            OR (@ExpectedState IS NOT NULL AND @State <> @ExpectedState)
            OR (@ExpectedNumber IS NOT NULL AND @Number <> @ExpectedNumber)
        BEGIN
            SELECT @Result = N'Failure', @Msg = CONCAT(@FailMessage, N' Exception did not match expectation! Expected number <', @ExpectedNumber, N'> message <', COALESCE(@ExpectedMessage, @Pattern), N'>, was number <', @Number, N'> message <', @Message, N'>');
        END;
    END
    ELSE IF @Kind = N'NoException' AND @Number IS NOT NULL
    BEGIN
        SELECT @Result = N'Failure', @Msg = CONCAT(@FailMessage, N' Expected no error to be raised. Instead this error was encountered: [', @Number, N'] ', @Message);
    END
    ELSE IF @Number IS NOT NULL
    BEGIN
        SELECT @Result = N'Error', @Msg = CONCAT(@Message, N' [', @Severity, N',', @State, N']{', @Procedure, N',', @Line, N'} (number ', @Number, N')');
    END;

    IF XACT_STATE() <> 0
    BEGIN
        ROLLBACK TRANSACTION;
    END;

    INSERT INTO tSQLt.TestResult (Class, TestCase, Result, Msg, TestStartTime, TestEndTime)
    VALUES (@ClassName, @TestName, @Result, NULLIF(LTRIM(@Msg), N''), @Started, SYSDATETIME());
END;
GO

-- Runs every test of a class, or one test named class.[test name], after emptying the result table.
CREATE PROCEDURE tSQLt.Run
    @TestName nvarchar(max)
AS
BEGIN
    SET NOCOUNT ON;

    TRUNCATE TABLE tSQLt.TestResult;
    DECLARE @Queue table (Position int IDENTITY(1, 1) NOT NULL PRIMARY KEY, ClassName nvarchar(128) NOT NULL, TestName nvarchar(128) NOT NULL);
    INSERT INTO @Queue (ClassName, TestName)
    SELECT TestClassName, Name
    FROM tSQLt.Tests
    WHERE TestClassName = PARSENAME(@TestName, 1) OR CONCAT(TestClassName, N'.', Name) = CONCAT(PARSENAME(@TestName, 2), N'.', PARSENAME(@TestName, 1))
    ORDER BY TestClassName, Name;
    IF NOT EXISTS (SELECT 1 FROM @Queue)
    BEGIN
        DECLARE @Error nvarchar(2048) = CONCAT(N'The test case or class ''', @TestName, N''' does not exist or holds no tests.');
        THROW 50000, @Error, 1;
    END;

    DECLARE @Position int = 1, @Class nvarchar(128), @Test nvarchar(128);
    WHILE @Position <= (SELECT COUNT(*) FROM @Queue)
    BEGIN
        SELECT @Class = ClassName, @Test = TestName FROM @Queue WHERE Position = @Position;
        EXECUTE tSQLt.RunTest @Class, @Test;
        SET @Position += 1;
    END;
END;
GO

-- Runs every test of every class.
CREATE PROCEDURE tSQLt.RunAll
AS
BEGIN
    SET NOCOUNT ON;

    TRUNCATE TABLE tSQLt.TestResult;
    DECLARE @Queue table (Position int IDENTITY(1, 1) NOT NULL PRIMARY KEY, ClassName nvarchar(128) NOT NULL, TestName nvarchar(128) NOT NULL);
    INSERT INTO @Queue (ClassName, TestName)
    SELECT TestClassName, Name
    FROM tSQLt.Tests
    ORDER BY TestClassName, Name;

    DECLARE @Position int = 1, @Class nvarchar(128), @Test nvarchar(128);
    WHILE @Position <= (SELECT COUNT(*) FROM @Queue)
    BEGIN
        SELECT @Class = ClassName, @Test = TestName FROM @Queue WHERE Position = @Position;
        EXECUTE tSQLt.RunTest @Class, @Test;
        SET @Position += 1;
    END;

    SELECT Class, TestCase, Result, Msg FROM tSQLt.TestResult ORDER BY Id;
END;
GO
