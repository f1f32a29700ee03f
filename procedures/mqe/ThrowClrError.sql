-- Called inside a CATCH block that caught error 6522, or 6260 from a row of a table-valued function: throws the NinaDB error it wraps under its own number; returns when it wraps none.
CREATE PROCEDURE mqe.ThrowClrError
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Number int = mqe.ClrErrorNumber(ERROR_MESSAGE());
    DECLARE @Text nvarchar(2048) = mqe.ClrErrorText(ERROR_MESSAGE());
    IF @Number IS NOT NULL
    BEGIN
        THROW @Number, @Text, 1;
    END;
END;
