-- The rules of a stored version as the JSON array that safety.ConstitutionText takes.
CREATE FUNCTION safety.StoredRules
(
    @ConstitutionId int
)
RETURNS nvarchar(max)
AS
BEGIN
    RETURN ISNULL
    (
        (
            SELECT
                r.Ordinal AS [ordinal],
                r.Name AS [name],
                r.Kind AS [kind],
                r.Stage AS [stage],
                r.Text AS [text],
                JSON_QUERY(r.Parameters) AS [parameters]
            FROM safety.[Rule] AS r
            WHERE r.ConstitutionId = @ConstitutionId
            ORDER BY r.Ordinal
            FOR JSON PATH, INCLUDE_NULL_VALUES
        ),
        N'[]'
    );
END;
