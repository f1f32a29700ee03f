-- Says for whom this connection acts from now on: once a connection, and only by a trusted application (a member of the database role nina_application), which has
-- verified the person's token. Sets the read-only SESSION_CONTEXT keys oid, tid, tenant_id, principal_id, role and session_key; row-level security believes only the
-- last. A pooled connection forgets them when it is reset. Errors: 50001, 50023, 50024, 50025.
CREATE PROCEDURE tenancy.BeginSession
    @Oid uniqueidentifier,                 -- Entra object id of the person or application identity.
    @Tid uniqueidentifier,                 -- Entra tenant id of the token.
    @Tenant uniqueidentifier = NULL        -- Public id of the tenant to act for, for guests of another tenant; NULL for the tenant of @Tid.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF @Oid IS NULL OR @Tid IS NULL
    BEGIN
        THROW 50001, N'@Oid and @Tid are required.', 1;
    END;

    -- Asked by name: that dbo may execute everything does not make it an application.
    IF ISNULL(IS_ROLEMEMBER(N'nina_application'), 0) = 0
    BEGIN
        THROW 50023, N'Only a trusted application may begin a session: a member of the database role nina_application.', 1;
    END;

    IF SESSION_CONTEXT(N'session_key') IS NOT NULL OR SESSION_CONTEXT(N'tenant_id') IS NOT NULL
    BEGIN
        THROW 50024, N'This connection has a session already; reset the connection to begin another.', 1;
    END;

    DECLARE @TenantId int, @PrincipalId int, @Role varchar(8), @SessionKey uniqueidentifier;
    EXECUTE tenancy.OpenSession @Oid, @Tid, @Tenant, @TenantId OUTPUT, @PrincipalId OUTPUT, @Role OUTPUT, @SessionKey OUTPUT;

    EXECUTE sys.sp_set_session_context @key = N'oid', @value = @Oid, @read_only = 1;
    EXECUTE sys.sp_set_session_context @key = N'tid', @value = @Tid, @read_only = 1;
    EXECUTE sys.sp_set_session_context @key = N'tenant_id', @value = @TenantId, @read_only = 1;
    EXECUTE sys.sp_set_session_context @key = N'principal_id', @value = @PrincipalId, @read_only = 1;
    EXECUTE sys.sp_set_session_context @key = N'role', @value = @Role, @read_only = 1;
    EXECUTE sys.sp_set_session_context @key = N'session_key', @value = @SessionKey, @read_only = 1;
END;
GO
GRANT EXECUTE ON OBJECT::tenancy.BeginSession TO nina_application;
