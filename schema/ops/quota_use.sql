-- Limits and what is used of them. One row a tenant and resource that has a limit or was used.
CREATE VIEW ops.quota_use
AS
SELECT
    t.PublicId AS tenant_id,
    r.Resource AS resource,
    CASE WHEN p.Resource IS NULL THEN d.LimitValue ELSE p.LimitValue END AS limit_value,
    CASE
        WHEN u.Used IS NULL OR u.PeriodStart < ops.QuotaPeriod(r.Resource, SYSUTCDATETIME()) THEN CAST(0 AS bigint)
        ELSE u.Used
    END AS used,
    ops.QuotaPeriod(r.Resource, SYSUTCDATETIME()) AS period_start,
    CASE WHEN p.Resource IS NULL AND d.Resource IS NOT NULL THEN 'default' ELSE p.PlanName END AS plan_name
FROM tenancy.Tenant AS t
CROSS JOIN (VALUES ('storage_bytes'), ('models'), ('agents'), ('compute_ms'), ('calls')) AS r(Resource)
LEFT OUTER JOIN ops.QuotaPolicy AS p ON p.TenantId = t.TenantId AND p.Resource = r.Resource
LEFT OUTER JOIN ops.QuotaPlan AS d ON d.PlanName = 'default' AND d.Resource = r.Resource
LEFT OUTER JOIN ops.QuotaUse AS u ON u.TenantId = t.TenantId AND u.Resource = r.Resource;
GO
GRANT SELECT ON OBJECT::ops.quota_use TO nina_application;
