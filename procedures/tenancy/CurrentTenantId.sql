-- The tenant that this session acts for; NULL without a valid session.
CREATE FUNCTION tenancy.CurrentTenantId ()
RETURNS int
AS
BEGIN
    RETURN
    (
        SELECT s.TenantId
        FROM tenancy.Session AS s
        WHERE s.SessionKey = TRY_CAST(SESSION_CONTEXT(N'session_key') AS uniqueidentifier) AND s.ExpiresAt > SYSUTCDATETIME()
    );
END;
GO
GRANT EXECUTE ON OBJECT::tenancy.CurrentTenantId TO nina_application;
