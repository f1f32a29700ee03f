-- The tenants of the platform, for its administrators: who they are and how many members they have, nothing of what they own.
CREATE PROCEDURE tenancy.ListTenants
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    SELECT
        t.PublicId AS tenant,
        t.EntraTenantId AS entra_tenant_id,
        t.Name AS name,
        t.Status AS status,
        t.CreatedAt AS created_at,
        (SELECT COUNT(*) FROM tenancy.Membership AS m WHERE m.TenantId = t.TenantId) AS members
    FROM tenancy.Tenant AS t
    ORDER BY t.TenantId;
END;
GO
GRANT EXECUTE ON OBJECT::tenancy.ListTenants TO nina_administrator;
