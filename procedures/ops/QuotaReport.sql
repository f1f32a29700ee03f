-- Limits and use of every tenant, the fullest first. For administrators; a tenant looks at ops.quota_use.
CREATE PROCEDURE ops.QuotaReport
    @Tenant uniqueidentifier = NULL,       -- Public id of one tenant; NULL for all.
    @FromShare float = NULL                -- Only where at least this share of the limit is in use: 0.8, for example.
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    SELECT
        q.tenant_id,
        t.Name AS tenant_name,
        q.resource,
        q.limit_value,
        q.used,
        s.used_share,
        q.period_start,
        q.plan_name
    FROM ops.quota_use AS q
    INNER JOIN tenancy.Tenant AS t ON t.PublicId = q.tenant_id
    CROSS APPLY
    (
        SELECT CASE WHEN q.limit_value = 0 THEN CAST(1 AS float) ELSE CAST(q.used AS float) / q.limit_value END AS used_share
    ) AS s
    WHERE (@Tenant IS NULL OR q.tenant_id = @Tenant) AND (@FromShare IS NULL OR s.used_share >= @FromShare)
    ORDER BY s.used_share DESC, t.Name, q.resource;
END;
GO
GRANT EXECUTE ON OBJECT::ops.QuotaReport TO nina_administrator;
