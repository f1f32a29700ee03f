-- One row a domain that the session may see, with the passages that it may read: its tenant's own, and the names of those that shared models were measured in.
CREATE VIEW mqe.domains
AS
SELECT
    d.Name AS name,
    (SELECT COUNT(*) FROM mqe.ProbeText AS p WHERE p.DomainId = d.DomainId AND p.Purpose = 'probe') AS probe_texts,
    (SELECT COUNT(*) FROM mqe.ProbeText AS p WHERE p.DomainId = d.DomainId AND p.Purpose = 'test') AS test_texts,
    d.IsShared AS is_shared,
    CAST(CASE WHEN d.TenantId = CONVERT(int, SESSION_CONTEXT(N'tenant_id')) THEN 1 ELSE 0 END AS bit) AS is_own
FROM mqe.Domain AS d;
GO
GRANT SELECT ON OBJECT::mqe.domains TO nina_application;
