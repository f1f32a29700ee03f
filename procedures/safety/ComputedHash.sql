-- The hash that a stored version should have, from what its rows say now.
CREATE FUNCTION safety.ComputedHash
(
    @ConstitutionId int
)
RETURNS binary(32)
AS
BEGIN
    DECLARE @Text nvarchar(max) =
    (
        SELECT safety.ConstitutionText(c.TenantId, c.Version, c.PreviousHash, c.CreatedBy, c.CreatedAt, safety.StoredRules(c.ConstitutionId))
        FROM safety.Constitution AS c
        WHERE c.ConstitutionId = @ConstitutionId
    );
    RETURN clr.CanonicalSha256(@Text);
END;
