-- Who reads the outbox: a tenant's own application, or (TenantId 0) a feed that reads all tenants.
CREATE TABLE ops.Consumer
(
    TenantId int NOT NULL,                                -- Whose events it reads; 0 for all.
    Name nvarchar(100) NOT NULL,                          -- As it names itself to ops.ReadChanges.
    RegisteredAt datetime2(3) NOT NULL                    -- UTC.
        CONSTRAINT DF_Consumer_RegisteredAt DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT PK_Consumer PRIMARY KEY CLUSTERED (TenantId, Name)
);
