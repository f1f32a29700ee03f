-- Tenant and principal of this session in one look-up; no row without a valid session. For procedures that need both for every call.
CREATE FUNCTION tenancy.CurrentIdentity ()
RETURNS TABLE
AS
RETURN
    SELECT s.TenantId, s.PrincipalId
    FROM tenancy.Session AS s
    WHERE s.SessionKey = TRY_CAST(SESSION_CONTEXT(N'session_key') AS uniqueidentifier) AND s.ExpiresAt > SYSUTCDATETIME();
