-- Passages of a domain as a JSON array of strings: the first @Count, or @SampleSize of those, drawn by @Seed. The same seed draws the same passages.
CREATE FUNCTION mqe.SampleOf
(
    @DomainId int,
    @Purpose varchar(5),
    @Count int,
    @SampleSize int,
    @Seed int
)
RETURNS nvarchar(max)
AS
BEGIN
    RETURN
    (
        SELECT CONCAT(N'[', STRING_AGG(CONCAT(N'"', CAST(STRING_ESCAPE(p.Content, 'json') AS nvarchar(max)), N'"'), N',') WITHIN GROUP (ORDER BY p.Ordinal), N']')
        FROM
        (
            SELECT t.Content, t.Ordinal, ROW_NUMBER() OVER (ORDER BY HASHBYTES('SHA2_256', CONCAT(@Seed, N':', t.Ordinal, N':', t.Content)), t.Ordinal) AS Place
            FROM mqe.ProbeText AS t
            WHERE t.DomainId = @DomainId AND t.Purpose = @Purpose AND t.Ordinal < COALESCE(@Count, 2147483647)
        ) AS p
        WHERE p.Place <= COALESCE(@SampleSize, 2147483647)
    );
END;
