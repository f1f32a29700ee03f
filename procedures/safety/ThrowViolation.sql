-- Throws the error of a broken rule, which it names: 50040 for a prompt, 50041 for an output, 50042 for a tool.
CREATE PROCEDURE safety.ThrowViolation
    @Violation nvarchar(max)               -- As safety.CheckText gives it.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Stage varchar(6) = JSON_VALUE(@Violation, '$.stage');
    DECLARE @Error nvarchar(2048) = CONCAT(N'the rule ''', JSON_VALUE(@Violation, '$.name'), N''' (', JSON_VALUE(@Violation, '$.scope'), N' constitution, version ', JSON_VALUE(@Violation, '$.version'), N').');
    IF @Stage = 'prompt'
    BEGIN
        SET @Error = N'The prompt was blocked by ' + @Error;
        THROW 50040, @Error, 1;
    END;

    IF @Stage = 'output'
    BEGIN
        SET @Error = N'The output was blocked by ' + @Error;
        THROW 50041, @Error, 1;
    END;

    SET @Error = N'The tool is not allowed by ' + @Error;
    THROW 50042, @Error, 1;
END;
