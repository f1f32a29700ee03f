-- A field of knowledge that skills are measured in.
CREATE TABLE mqe.Domain
(
    DomainId int IDENTITY(1, 1) NOT NULL,                 -- Internal key.
    TenantId int NOT NULL                                 -- Owner.
        CONSTRAINT DF_Domain_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    IsShared bit NOT NULL                                 -- 1: every tenant may read its name, because a model or agent that others see was measured in it.
        CONSTRAINT DF_Domain_IsShared DEFAULT (0),
    Name nvarchar(100) NOT NULL,                          -- chess, law, ...
    CONSTRAINT PK_Domain PRIMARY KEY CLUSTERED (DomainId),
    CONSTRAINT UQ_Domain_Name UNIQUE (TenantId, Name)
);
