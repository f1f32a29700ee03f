-- Notes where every audit chain ends now. Result: a row a chain, to be kept outside the database: whoever can write the database anew cannot write those. For
-- administrators; a daily job.
CREATE PROCEDURE ops.AnchorAudit
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    INSERT INTO ops.AuditAnchor (TenantId, Sequence, Hash)
    SELECT h.TenantId, h.LastSequence, h.LastHash
    FROM ops.AuditHead AS h
    WHERE h.LastSequence > 0 AND NOT EXISTS (SELECT 1 FROM ops.AuditAnchor AS a WITH (UPDLOCK, HOLDLOCK) WHERE a.TenantId = h.TenantId AND a.Sequence = h.LastSequence);

    SELECT t.PublicId AS tenant_id, a.Sequence AS sequence, a.Hash AS hash, a.AnchoredAt AS anchored_at
    FROM ops.AuditAnchor AS a
    LEFT OUTER JOIN tenancy.Tenant AS t ON t.TenantId = a.TenantId
    WHERE a.Sequence = (SELECT MAX(l.Sequence) FROM ops.AuditAnchor AS l WHERE l.TenantId = a.TenantId)
    ORDER BY a.TenantId;
END;
GO
GRANT EXECUTE ON OBJECT::ops.AnchorAudit TO nina_administrator;
