-- A person or an application's identity in Microsoft Entra ID. May be a member of several tenants.
CREATE TABLE tenancy.Principal
(
    PrincipalId int IDENTITY(1, 1) NOT NULL,              -- Internal key.
    Oid uniqueidentifier NOT NULL,                        -- Entra object id.
    Tid uniqueidentifier NOT NULL,                        -- Entra tenant id of its home.
    DisplayName nvarchar(200) NOT NULL,                   -- As shown to people.
    Status varchar(10) NOT NULL                           -- active; disabled: cannot begin a session anywhere.
        CONSTRAINT DF_Principal_Status DEFAULT ('active'),
    CreatedAt datetime2(3) NOT NULL                       -- UTC.
        CONSTRAINT DF_Principal_CreatedAt DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT PK_Principal PRIMARY KEY CLUSTERED (PrincipalId),
    CONSTRAINT UQ_Principal_Oid UNIQUE (Oid, Tid),
    CONSTRAINT CK_Principal_Status CHECK (Status IN ('active', 'disabled'))
);
