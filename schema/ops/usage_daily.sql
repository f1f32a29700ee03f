-- Usage by day (UTC) and metric. One row a tenant, day and metric; a session sees its own tenant's.
CREATE VIEW ops.usage_daily
AS
SELECT
    t.PublicId AS tenant_id,
    CAST(u.OccurredAt AS date) AS usage_date,
    u.Metric AS metric,
    COUNT_BIG(*) AS event_count,
    SUM(u.Quantity) AS quantity,
    SUM(u.ComputeMs) AS compute_ms
FROM ops.UsageEvent AS u
INNER JOIN tenancy.Tenant AS t ON t.TenantId = u.TenantId
GROUP BY t.PublicId, CAST(u.OccurredAt AS date), u.Metric;
GO
GRANT SELECT ON OBJECT::ops.usage_daily TO nina_application;
