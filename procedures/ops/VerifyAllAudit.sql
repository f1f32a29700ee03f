-- Proves the audit trails of all tenants and that of the platform (tenant_id NULL), the broken ones first; shows none of their events. For administrators.
CREATE PROCEDURE ops.VerifyAllAudit
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    EXECUTE ops.VerifyChains @TenantId = NULL, @Sequence = NULL, @Hash = NULL;
END;
GO
GRANT EXECUTE ON OBJECT::ops.VerifyAllAudit TO nina_administrator;
