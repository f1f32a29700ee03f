-- The first passages of a domain as a JSON array of strings.
CREATE FUNCTION mqe.TextsOf
(
    @DomainId int,
    @Purpose varchar(5),
    @Count int
)
RETURNS nvarchar(max)
AS
BEGIN
    RETURN
    (
        SELECT CONCAT(N'[', STRING_AGG(CONCAT(N'"', CAST(STRING_ESCAPE(p.Content, 'json') AS nvarchar(max)), N'"'), N',') WITHIN GROUP (ORDER BY p.Ordinal), N']')
        FROM mqe.ProbeText AS p
        WHERE p.DomainId = @DomainId AND p.Purpose = @Purpose AND p.Ordinal < COALESCE(@Count, 2147483647)
    );
END;
