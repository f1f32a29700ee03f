-- The role that this session acts with; NULL without a valid session.
CREATE FUNCTION tenancy.CurrentRole ()
RETURNS varchar(8)
AS
BEGIN
    RETURN
    (
        SELECT s.Role
        FROM tenancy.Session AS s
        WHERE s.SessionKey = TRY_CAST(SESSION_CONTEXT(N'session_key') AS uniqueidentifier) AND s.ExpiresAt > SYSUTCDATETIME()
    );
END;
GO
GRANT EXECUTE ON OBJECT::tenancy.CurrentRole TO nina_application;
