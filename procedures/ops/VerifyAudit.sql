-- Proves the audit trail of the session's tenant: nothing was edited, removed, moved or cut off. Result: one row; first_break and problem are NULL where the chain is
-- whole. Give it an event that you noted outside the database, and it also proves that the chain was not written anew. For owners and auditors.
-- Errors: 50020, 50021.
CREATE PROCEDURE ops.VerifyAudit
    @Sequence bigint = NULL,               -- Sequence of an event that was noted outside.
    @Hash binary(32) = NULL                -- Its hash.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'auditor', 'audit.verify', 'audit';

    DECLARE @TenantId int = tenancy.CurrentTenantId();
    EXECUTE ops.VerifyChains @TenantId = @TenantId, @Sequence = @Sequence, @Hash = @Hash;
END;
GO
GRANT EXECUTE ON OBJECT::ops.VerifyAudit TO nina_application;
