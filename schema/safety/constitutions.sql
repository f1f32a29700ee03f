-- Every version of the platform's constitution, and of the session's tenant.
CREATE VIEW safety.constitutions
AS
SELECT
    CASE WHEN c.TenantId IS NULL THEN 'platform' ELSE 'tenant' END AS scope,
    c.Version AS version,
    CAST(CASE WHEN c.Version = h.Version THEN 1 ELSE 0 END AS bit) AS is_in_force,
    (SELECT COUNT(*) FROM safety.[Rule] AS r WHERE r.ConstitutionId = c.ConstitutionId) AS rule_count,
    c.PreviousHash AS previous_hash,
    c.Hash AS hash,
    c.CreatedBy AS created_by,
    c.CreatedAt AS created_at
FROM safety.Constitution AS c
LEFT OUTER JOIN safety.ConstitutionHead AS h ON h.ScopeKey = ISNULL(c.TenantId, 0);
GO
GRANT SELECT ON OBJECT::safety.constitutions TO nina_application;
GO
GRANT SELECT ON OBJECT::safety.constitutions TO nina_administrator;
