-- The audit trail of the session's tenant, for its auditors and owners.
CREATE VIEW ops.audit_events
AS
SELECT
    t.PublicId AS tenant_id,
    e.Sequence AS sequence,
    e.OccurredAt AS occurred_at,
    e.PrincipalOid AS principal_oid,
    e.LoginName AS login_name,
    e.HostName AS host_name,
    e.AppName AS app_name,
    e.ClientAddress AS client_address,
    e.Action AS action,
    e.ObjectType AS object_type,
    e.ObjectName AS object_name,
    e.Outcome AS outcome,
    e.Details AS details,
    e.PreviousHash AS previous_hash,
    e.Hash AS hash
FROM ops.AuditEvent AS e
INNER JOIN tenancy.Tenant AS t ON t.TenantId = e.TenantId
WHERE tenancy.CurrentRole() IN ('owner', 'auditor') OR IS_ROLEMEMBER(N'nina_platform') = 1;
GO
GRANT SELECT ON OBJECT::ops.audit_events TO nina_application;
