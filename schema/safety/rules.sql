-- Every rule of every version that safety.constitutions shows.
CREATE VIEW safety.rules
AS
SELECT
    CASE WHEN c.TenantId IS NULL THEN 'platform' ELSE 'tenant' END AS scope,
    c.Version AS version,
    CAST(CASE WHEN c.Version = h.Version THEN 1 ELSE 0 END AS bit) AS is_in_force,
    r.Ordinal AS ordinal,
    r.Name AS name,
    r.Kind AS kind,
    r.Stage AS stage,
    r.Text AS text,
    r.Parameters AS parameters
FROM safety.[Rule] AS r
INNER JOIN safety.Constitution AS c ON c.ConstitutionId = r.ConstitutionId
LEFT OUTER JOIN safety.ConstitutionHead AS h ON h.ScopeKey = ISNULL(c.TenantId, 0);
GO
GRANT SELECT ON OBJECT::safety.rules TO nina_application;
GO
GRANT SELECT ON OBJECT::safety.rules TO nina_administrator;
