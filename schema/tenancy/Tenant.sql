-- An organisation (or one person) that owns models, agents and everything about them.
CREATE TABLE tenancy.Tenant
(
    TenantId int IDENTITY(1, 1) NOT NULL,                 -- Internal key; the TenantId of every other table.
    PublicId uniqueidentifier NOT NULL                    -- The id that applications hold.
        CONSTRAINT DF_Tenant_PublicId DEFAULT (NEWID()),
    EntraTenantId uniqueidentifier NOT NULL,              -- The tid claim of its people's tokens.
    Name nvarchar(200) NOT NULL,                          -- As people call it.
    Status varchar(10) NOT NULL                           -- active; suspended: nobody can begin a session for it.
        CONSTRAINT DF_Tenant_Status DEFAULT ('active'),
    CreatedAt datetime2(3) NOT NULL                       -- UTC.
        CONSTRAINT DF_Tenant_CreatedAt DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT PK_Tenant PRIMARY KEY CLUSTERED (TenantId),
    CONSTRAINT UQ_Tenant_PublicId UNIQUE (PublicId),
    CONSTRAINT UQ_Tenant_EntraTenantId UNIQUE (EntraTenantId),
    CONSTRAINT CK_Tenant_Status CHECK (Status IN ('active', 'suspended'))
);
