-- The text of a NinaDB error inside the text of error 6522, without the wrapping and the stack trace.
CREATE FUNCTION mqe.ClrErrorText
(
    @Message nvarchar(4000)
)
RETURNS nvarchar(2048)
AS
BEGIN
    DECLARE @Start int = PATINDEX(N'%NinaException: [[]5[0-9][0-9][0-9][0-9]] %', @Message);
    IF @Start = 0
    BEGIN
        RETURN NULL;
    END;

    DECLARE @Text nvarchar(4000) = SUBSTRING(@Message, @Start + 23, 4000);
    DECLARE @End int = CHARINDEX(NCHAR(10), @Text);
    IF @End > 0
    BEGIN
        SET @Text = LEFT(@Text, @End - 1);
    END;

    RETURN LEFT(REPLACE(@Text, NCHAR(13), N''), 2048);
END;
