-- The number of a NinaDB error inside the text of error 6522 (how SQL Server wraps an exception of the CLR assembly); NULL when there is none.
CREATE FUNCTION mqe.ClrErrorNumber
(
    @Message nvarchar(4000)
)
RETURNS int
AS
BEGIN
    DECLARE @Start int = PATINDEX(N'%NinaException: [[]5[0-9][0-9][0-9][0-9]] %', @Message);
    RETURN CASE WHEN @Start > 0 THEN TRY_CAST(SUBSTRING(@Message, @Start + 16, 5) AS int) END;
END;
