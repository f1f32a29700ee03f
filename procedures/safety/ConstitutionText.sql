-- The one text of a version of a constitution, over which its hash is made (SHA-256 of it in UTF-8): canonical JSON, docs/safety.md.
CREATE FUNCTION safety.ConstitutionText
(
    @TenantId int,
    @Version int,
    @PreviousHash binary(32),
    @CreatedBy nvarchar(200),
    @CreatedAt datetime2(3),
    @Rules nvarchar(max)                   -- JSON array of {ordinal, name, kind, stage, text, parameters} in the order of ordinal.
)
RETURNS nvarchar(max)
AS
BEGIN
    RETURN clr.CanonicalJson
    (
        (
            SELECT
                N'ninadb-constitution/1' AS [format],
                @TenantId AS [tenant_id],
                @Version AS [version],
                LOWER(CONVERT(varchar(64), @PreviousHash, 2)) AS [previous_hash],
                @CreatedBy AS [created_by],
                CONVERT(varchar(30), @CreatedAt, 126) AS [created_at],
                JSON_QUERY(@Rules) AS [rules]
            FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER
        )
    );
END;
