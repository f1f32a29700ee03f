-- One row a member of the session's tenant.
CREATE VIEW tenancy.members
AS
SELECT
    p.Oid AS oid,
    p.Tid AS tid,
    COALESCE(m.DisplayName, p.DisplayName) AS display_name,
    m.Role AS role,
    p.Status AS status,
    m.GrantedAt AS granted_at,
    g.DisplayName AS granted_by
FROM tenancy.Membership AS m
INNER JOIN tenancy.Principal AS p ON p.PrincipalId = m.PrincipalId
LEFT OUTER JOIN tenancy.Principal AS g ON g.PrincipalId = m.GrantedBy
WHERE m.TenantId = CONVERT(int, SESSION_CONTEXT(N'tenant_id'));
GO
GRANT SELECT ON OBJECT::tenancy.members TO nina_application;
