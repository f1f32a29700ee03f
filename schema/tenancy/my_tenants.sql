-- Who am I: one row a tenant that the session's principal is a member of; is_current marks the one that the session acts for.
CREATE VIEW tenancy.my_tenants
AS
SELECT
    t.PublicId AS tenant,
    t.Name AS name,
    t.Status AS status,
    m.Role AS role,
    p.Oid AS oid,
    p.Tid AS tid,
    p.DisplayName AS display_name,
    CAST(CASE WHEN t.TenantId = CONVERT(int, SESSION_CONTEXT(N'tenant_id')) THEN 1 ELSE 0 END AS bit) AS is_current
FROM tenancy.Membership AS m
INNER JOIN tenancy.Tenant AS t ON t.TenantId = m.TenantId
INNER JOIN tenancy.Principal AS p ON p.PrincipalId = m.PrincipalId
WHERE m.PrincipalId = CONVERT(int, SESSION_CONTEXT(N'principal_id'));
GO
GRANT SELECT ON OBJECT::tenancy.my_tenants TO nina_application;
