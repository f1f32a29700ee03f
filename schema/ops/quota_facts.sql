-- What tenants use, counted from what is there: what ops.QuotaUse must say. Reads the tables of other schemas, because a public view shows shared objects too
-- and no internal tenant. No grant: for ops.VerifyQuota.
CREATE VIEW ops.quota_facts
AS
SELECT f.TenantId, 'storage_bytes' AS Resource, SUM(f.ByteLength) AS Amount
FROM mqe.ModelFile AS f
GROUP BY f.TenantId
UNION ALL
SELECT m.TenantId, 'models', COUNT_BIG(*)
FROM mqe.Model AS m
WHERE m.Kind = 'source'
GROUP BY m.TenantId
UNION ALL
SELECT a.TenantId, 'agents', COUNT_BIG(*)
FROM factory.Agent AS a
GROUP BY a.TenantId
UNION ALL
SELECT u.TenantId, 'compute_ms', SUM(u.ComputeMs)
FROM ops.UsageEvent AS u
WHERE u.OccurredAt >= ops.QuotaPeriod('compute_ms', SYSUTCDATETIME())
GROUP BY u.TenantId;
