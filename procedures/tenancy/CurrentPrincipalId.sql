-- The principal that this session acts as; NULL without a valid session.
CREATE FUNCTION tenancy.CurrentPrincipalId ()
RETURNS int
AS
BEGIN
    RETURN
    (
        SELECT s.PrincipalId
        FROM tenancy.Session AS s
        WHERE s.SessionKey = TRY_CAST(SESSION_CONTEXT(N'session_key') AS uniqueidentifier) AND s.ExpiresAt > SYSUTCDATETIME()
    );
END;
GO
GRANT EXECUTE ON OBJECT::tenancy.CurrentPrincipalId TO nina_application;
