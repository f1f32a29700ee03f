-- The right to act for a tenant. A connection proves it by holding SessionKey in its SESSION_CONTEXT, where only tenancy.BeginSession can have put it: anyone
-- can call sp_set_session_context, nobody can guess a key. No row-level policy (the policies' predicates read it) and no grant. Deleting a row ends the
-- access of every connection that holds its key at once.
CREATE TABLE tenancy.Session
(
    SessionKey uniqueidentifier NOT NULL                  -- Secret and random.
        CONSTRAINT DF_Session_SessionKey DEFAULT (CAST(CRYPT_GEN_RANDOM(16) AS uniqueidentifier)),
    TenantId int NOT NULL,                                -- Acts for this tenant,
    PrincipalId int NOT NULL,                             -- as this principal,
    Role varchar(8) NOT NULL,                             -- with this role.
    ExpiresAt datetime2(3) NOT NULL,                      -- UTC; tenancy.BeginSession extends it.
    CONSTRAINT PK_Session PRIMARY KEY CLUSTERED (SessionKey),
    CONSTRAINT UQ_Session_Principal UNIQUE (TenantId, PrincipalId),
    CONSTRAINT FK_Session_Membership FOREIGN KEY (TenantId, PrincipalId) REFERENCES tenancy.Membership (TenantId, PrincipalId) ON DELETE CASCADE
);
