-- SHA-256 over the first passages of every domain: which texts a measurement was made on.
CREATE FUNCTION mqe.ProbeSetHash
(
    @Purpose varchar(5),
    @Count int
)
RETURNS binary(32)
AS
BEGIN
    RETURN
    (
        SELECT HASHBYTES
        (
            'SHA2_256',
            STRING_AGG(CAST(CONCAT(d.Name, N':', CONVERT(char(64), HASHBYTES('SHA2_256', p.Content), 2)) AS nvarchar(max)), N';') WITHIN GROUP (ORDER BY d.Name, p.Ordinal)
        )
        FROM mqe.ProbeText AS p
        INNER JOIN mqe.Domain AS d ON d.DomainId = p.DomainId
        WHERE p.Purpose = @Purpose AND p.Ordinal < COALESCE(@Count, 2147483647)
    );
END;
